// Decisions that only a person can make: whether a drop and an add are a rename, what a new NOT
// NULL column holds in old rows, how old values become those of a new type. They come as options
// (--rename, --no-rename, --fill, --using) or from questions at a terminal; what stays open is an
// error (needs_decision) that prints the options which decide it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ormdb/diff.h"
#include "ormdb/error.h"
#include "ormdb/migrator.h"

namespace ormdb {

/// Operations for the way up, and for the way back.
struct TwoWays {
  std::vector<Operation> upgrade, downgrade;
};

/// Renames that hold: decided ones, hints in force, and what the user answered. Throws
/// needs_decision for open candidates, kUsage for a --rename or --no-rename that fits nothing or
/// contradicts another.
std::vector<Rename> decide_renames(const Schema& from, const Schema& to,
                                   const MigrateOptions& options, const SchemaRules& rules);

/// Candidates that no option decides, with those that follow when these hold.
std::vector<Rename> open_renames(const Schema& from, const Schema& to,
                                 const MigrateOptions& options, const SchemaRules& rules);
/// The error (needs_decision) for them. `with` and `without` are the further options that are
/// needed when all hold, and when none does: the two commands of the hint are whole.
Error open_renames_error(const std::vector<Rename>& open, const std::vector<std::string>& with,
                         const std::vector<std::string>& without);

/// What only the rows of the database tell; by the names behind the renames. Empty where there is
/// no database to ask.
struct RowQuestions {
  /// Whether the column ("table", "column") holds NULL.
  std::function<bool(const std::string&, const std::string&)> has_nulls;
  /// Whether a value of the column cannot become one of the type.
  std::function<bool(const std::string&, const std::string&, const Type&)> cannot_convert;
};

/// Puts fills and casts into the operations of a diff. `existing` is the schema they start from.
/// The fills of one table come together, so that what follows them is one change of the table.
/// Throws needs_decision for a NOT NULL column without default that is added to an existing table,
/// for a column that becomes NOT NULL and holds NULL, and for a type that a value of the column
/// does not fit; kUsage for a fill that is no value of its column's type.
TwoWays decide_values(std::vector<Operation> operations, const Schema& existing,
                      const MigrateOptions& options, const SchemaRules& rules,
                      const RowQuestions& ask = {});

}  // namespace ormdb
