// Verifying foreign keys after a section that ran without enforcement.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ormdb/dialect.h"

namespace ormdb {

/// Notes the rows that break a foreign key now. verify() throws kDatabase for rows that do so then
/// and did not before, naming up to ten ("row 5 of post: user_id = 7 has no row in user"), and for
/// keys whose parent has no matching unique key any more. A table that was renamed in between keeps
/// its broken rows.
std::unique_ptr<IntegrityCheck> sqlite_integrity_check(Connection& connection);

/// Statements that fail in SQLite's shell when any row breaks a foreign key.
std::vector<std::string> sqlite_integrity_sql();

}  // namespace ormdb
