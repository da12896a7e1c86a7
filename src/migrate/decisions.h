// Decisions that only a person can make: whether a drop and an add are a rename, what a new NOT
// NULL column holds in old rows, how old values become those of a new type. They come as options
// (--rename, --no-rename, --fill, --using) or from questions at a terminal; what stays open is an
// error (needs_decision) that prints the options which decide it.
#pragma once

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

/// Puts fills and casts into the operations of a diff. `existing` is the schema they start from.
/// Throws needs_decision for a NOT NULL column without default that is added to an existing table.
TwoWays decide_values(std::vector<Operation> operations, const Schema& existing,
                      const MigrateOptions& options, const SchemaRules& rules);

}  // namespace ormdb
