#include "ormdb/scoped_session.h"

#include <atomic>
#include <unordered_map>

namespace ormdb {

namespace {

/// This thread's sessions by the ids of their holders, which are never used twice.
std::unordered_map<std::uint64_t, Session>& sessions() {
  static thread_local std::unordered_map<std::uint64_t, Session> held;
  return held;
}

std::uint64_t next_id() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

ScopedSession::ScopedSession(const Engines& engines, const Metadata& models,
                             const SessionOptions& options)
    : engines_(engines), models_(models), options_(options), id_(next_id()) {}

Session& ScopedSession::operator*() const {
  auto& held = sessions();
  const auto found = held.find(id_);
  if (found != held.end()) return found->second;
  return held.emplace(id_, Session(engines_, models_, options_)).first->second;
}

bool ScopedSession::is_open() const { return sessions().count(id_) != 0; }
void ScopedSession::remove() const { sessions().erase(id_); }

}  // namespace ormdb
