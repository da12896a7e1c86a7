// SQLite's failures as ormdb's errors.
#pragma once

#include <string>
#include <string_view>

#include "ormdb/error.h"

struct sqlite3;

namespace ormdb {

/// "SQLITE_CONSTRAINT_UNIQUE" for 2067; "SQLITE_ERROR 4711" for a code that is not known.
std::string sqlite_code_name(int extended_code);

/// The error that `handle` stands at. Kinds: kLocked for SQLITE_BUSY and SQLITE_LOCKED, else
/// kDatabase. The message has SQLite's words (the temporary name of a rebuilt table replaced by its
/// own), the sqlstate the extended code's name; hints for what a user can mend: broken views, NULLs
/// in the way of a NOT NULL, a full disk, a file that is no database. `file`: the database's path,
/// "" for memory.
Error sqlite_error(sqlite3* handle, std::string_view statement, const std::string& file);

}  // namespace ormdb
