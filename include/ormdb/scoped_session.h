// One session a thread, behind one name: what a web application has in a global.
//
//     ormdb::ScopedSession db(engine, models);
//     …in a request handler, on any thread:
//     db->add(User{…});
//     db->commit();
//     db.remove();               // at the end of the request
#pragma once

#include <cstdint>

#include "ormdb/session.h"

namespace ormdb {

/// May be used by all threads at once. A thread's session is made with its first use and ends with
/// remove() or the thread, rolled back; it may outlive the ScopedSession.
class ScopedSession {
 public:
  ScopedSession(const Engines& engines, const Metadata& models, const SessionOptions& options = {});
  ScopedSession(const ScopedSession&) = delete;
  ScopedSession& operator=(const ScopedSession&) = delete;

  /// The session of this thread.
  Session& operator*() const;
  Session* operator->() const { return &**this; }
  /// Whether this thread has one.
  bool is_open() const;
  /// Closes this thread's; the next use makes a new one.
  void remove() const;

 private:
  Engines engines_;
  Metadata models_;
  SessionOptions options_;
  std::uint64_t id_;
};

}  // namespace ormdb
