#include "base/fault.h"

#ifdef ORMDB_ENABLE_FAULTS

#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

namespace ormdb {
namespace {

struct Fault {
  std::string place;  // "" : no fault is wanted.
  long statement = 0;
};

Fault read_fault() {
  const char* text = std::getenv("ORMDB_FAULT");
  const std::string_view given = text == nullptr ? "" : text;
  const std::size_t colon = given.find(':');
  if (colon == given.npos) return {};
  return {std::string(given.substr(0, colon)),
          std::strtol(std::string(given.substr(colon + 1)).c_str(), nullptr, 10)};
}

long statements = 0;

void die_at(std::string_view place) {
  static const Fault fault = read_fault();
  if (fault.place == place && fault.statement == statements) std::raise(SIGKILL);
}

}  // namespace

void fault_before_statement() {
  ++statements;
  die_at("before");
}

void fault_after_statement() { die_at("after"); }

void fault_before_log() { die_at("log"); }

}  // namespace ormdb

#else

namespace ormdb {

void fault_before_statement() {}
void fault_after_statement() {}
void fault_before_log() {}

}  // namespace ormdb

#endif
