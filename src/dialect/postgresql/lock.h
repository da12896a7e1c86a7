// The run lock: one ormdb run at a time in a database.
//
// A session advisory lock, which the server releases when the session ends, however it ends. It is
// taken by asking again and again, never by waiting inside pg_advisory_lock(): a waiting statement
// holds a snapshot, for which a CREATE INDEX CONCURRENTLY of the holder waits in turn, and the
// server breaks that deadlock by failing the index (measured on 15).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "ormdb/dialect.h"

namespace ormdb::postgresql {

/// The bytes "ormdbrun". Advisory locks are a database's own, so each database has one run lock,
/// whichever version table a run keeps: in pg_locks classid 1869770084, objid 1651668334.
inline constexpr std::int64_t kRunLockKey = 0x6f726d646272756e;

/// Tries until `timeout` is over, then throws kLocked naming the holder. Throws kUnsupported behind
/// a transaction pooler, where a lock would be another client's at the next statement.
std::unique_ptr<RunLock> lock_run(const Url& url, Connection& connection,
                                  std::chrono::milliseconds timeout);

/// "pid 4711 (user alice, ormdb, from 10.0.0.7, idle for 2 s: …)", or empty when nobody but this
/// connection holds it.
std::optional<std::string> run_lock_holder(const Url& url, Connection& connection);

}  // namespace ormdb::postgresql
