// What SQLite's own ALTER TABLE can do, and what needs a rebuild of the table.
//
// ALTER TABLE renames tables and columns, adds columns within limits and drops columns that nothing
// else mentions (https://www.sqlite.org/lang_altertable.html). Where a statement would be accepted
// but its outcome depends on how the table was written (a key inline or after the columns), the
// answer here is a rebuild.
#pragma once

#include <string>
#include <vector>

#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb {

/// Whether ALTER TABLE … ADD COLUMN takes the column: not generated and stored, its default a plain
/// constant, and not null only with such a default that is not NULL.
bool can_add_column(const Column& column);

/// Whether ALTER TABLE … DROP COLUMN takes it: no key, constraint, index, generated column, view or
/// trigger mentions it (by name; a view that means another column of that name counts).
bool can_drop_column(const Table& table, const Column& column, const Schema& schema);

/// Replaces an enum's values in the schema: the enum itself, where it is there, and the CHECKs and
/// lengths of columns that were created from it. A database keeps only the latter.
void alter_enum(Schema& schema, const Enum& from, const Enum& to);

/// The tables that the operation changes in a way that only a rebuild can, given the schema before
/// it. Throws kScript when it names a table that is not there.
std::vector<std::string> tables_to_rebuild(const Operation& operation, const Schema& before);

}  // namespace ormdb
