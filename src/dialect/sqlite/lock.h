// The run lock: one ormdb run at a time on a database file.
//
// An flock on "<database>-ormdb-lock", whose text says who holds it. The kernel releases it when
// the holder dies, however it dies; a file that is left behind is used again. It is removed while
// it is locked, and whoever gets the lock checks that the path still names the file that it locked.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "ormdb/dialect.h"

namespace ormdb {

/// The lock file of a database file.
std::string lock_file_of(const std::string& database);

/// Tries until `timeout` is over, then throws kLocked naming the holder. No lock (an empty object)
/// for a database that cannot be written by this process anyway, where the lock file cannot be made
/// either; kIo where only the lock file cannot be made.
std::unique_ptr<RunLock> lock_database_file(const std::string& database,
                                            std::chrono::milliseconds timeout);

/// "pid 4711 on web1 since 2026-11-22T10:04:11Z", or empty when nobody holds it. Takes and changes
/// nothing that lasts.
std::optional<std::string> lock_holder(const std::string& database);

}  // namespace ormdb
