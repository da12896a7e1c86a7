// A connection to an SQLite database.
#pragma once

#include <memory>
#include <string>

#include "ormdb/connection.h"
#include "ormdb/dialect.h"

struct sqlite3;

namespace ormdb {

/// Opens the database of the URL: a file, or memory when the path is empty or ":memory:". Foreign
/// keys are enforced; waiting for locks ends after ConnectOptions::lock_timeout, a statement after
/// statement_timeout (kLocked "timed out"). Several statements in one execute() run in order;
/// parameters belong to the first one that has marks, and may only stand in one.
/// URL options: mode=ro (as read_only), mode=rw (as create = false), mode=rwc (the default).
/// Errors: kConfig for an unknown option; kDatabase naming the path when the file is missing and
/// not to be created, its directory is missing, or it is no database.
std::unique_ptr<Connection> connect_sqlite(const Url& url, const ConnectOptions& options);

/// The same database as a bare handle, which the caller closes, with none of the pragmas set.
sqlite3* open_sqlite(const Url& url, const ConnectOptions& options);

/// The mode that the URL's options ask for. Throws kConfig for an unknown option or mode.
std::string sqlite_mode(const Url& url);

/// Whether the URL means a database in memory.
bool is_memory(const Url& url);

}  // namespace ormdb
