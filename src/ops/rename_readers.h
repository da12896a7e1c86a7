// Views and triggers that stand in the way of a column's rename.
//
// RENAME COLUMN follows the column into the views and triggers that read its table. What reads it
// through another query (a view, a subquery, a WITH) knows it by the name that it has there, which
// changes too and is not followed: SQLite then refuses the rename with "error in view … after
// rename: no such column" (src/alter.c, renameColumnFunc).
#pragma once

#include <vector>

#include "ormdb/diff.h"
#include "ormdb/operation.h"

namespace ormdb {

/// Drops of the views and triggers of `from` that the column renames among `renames` would break,
/// and of what uses them, users first. Empty for other dialects than SQLite.
std::vector<Operation> drops_before_renames(const Schema& from,
                                            const std::vector<Operation>& renames,
                                            const SchemaRules& rules);

}  // namespace ormdb
