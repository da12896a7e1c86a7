// Making and removing database files.
#pragma once

#include <string>

namespace ormdb {

/// Makes an empty file, which is a valid empty database. Throws kDatabase when the path exists or
/// cannot be made.
void create_database_file(const std::string& path);

/// Removes the file and what SQLite keeps beside it (-wal, -shm, -journal). Throws kDatabase when
/// it does not exist or is something else than an SQLite database or an empty file: nothing is
/// removed then.
void drop_database_file(const std::string& path);

}  // namespace ormdb
