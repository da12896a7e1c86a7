// Decisions that only a person can make: whether a drop and an add are a rename, what a new NOT
// NULL column holds in old rows, how old values become those of a new type. They come as options
// (--rename, --no-rename, --fill, --using) or from questions at a terminal; what stays open is an
// error (needs_decision) that prints the options which decide it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ormdb/diff.h"
#include "ormdb/migrator.h"

namespace ormdb {

/// Operations for the way up, and for the way back.
struct TwoWays {
  std::vector<Operation> upgrade, downgrade;
};

/// Renames that hold: decided ones, hints in force, and what the user answered. Throws
/// needs_decision for open candidates, kUsage for a --rename or --no-rename that fits nothing.
std::vector<Rename> decide_renames(const Schema& from, const Schema& to,
                                   const MigrateOptions& options, const SchemaRules& rules);

/// Whether a column of the database ("table", "column", as they are behind the renames) holds NULL;
/// empty where there is no database to ask.
using HasNulls = std::function<bool(const std::string&, const std::string&)>;

/// Puts fills and casts into the operations of a diff. `existing` is the schema they start from.
/// Throws needs_decision for a NOT NULL column without default that is added to an existing table,
/// and for a column that becomes NOT NULL and holds NULL; kUsage for an empty fill of a column that
/// holds no text.
TwoWays decide_values(std::vector<Operation> operations, const Schema& existing,
                      const MigrateOptions& options, const SchemaRules& rules,
                      const HasNulls& has_nulls = {});

}  // namespace ormdb
