// The table of dialects: what a database URL may begin with, and who serves it.
#include "base/text.h"
#include "dialect/postgresql/dialect.h"
#include "dialect/sqlite/dialect.h"
#include "ormdb/dialect.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

struct Entry {
  std::string_view name;
  const Dialect& (*dialect)();  ///< nullptr: known, but not in this build.
};

constexpr Entry kDialects[] = {
    {"sqlite", []() -> const Dialect& { return sqlite_dialect(); }},
    {"postgresql", []() -> const Dialect& { return postgresql_dialect(); }},
    {"mysql", nullptr},
};

std::vector<std::string> available() {
  std::vector<std::string> names;
  for (const Entry& entry : kDialects) {
    if (entry.dialect != nullptr) names.emplace_back(entry.name);
  }
  return names;
}

}  // namespace

const Dialect& dialect_for(std::string_view name) {
  for (const Entry& entry : kDialects) {
    if (entry.name != name) continue;
    if (entry.dialect != nullptr) return entry.dialect();
    throw Error(ErrorKind::kUnsupported, "this build has no adapter for " + std::string(name))
        .hint("it has one for: " + join(available(), ", "))
        .candidates(available());
  }
  throw Error(ErrorKind::kUnsupported,
              "unknown database '" + std::string(name) + "'" + did_you_mean(name, available()))
      .hint("there is an adapter for: " + join(available(), ", "))
      .candidates(available());
}

}  // namespace ormdb
