// Which operation of a section is to blame for a constraint that rows do not satisfy.
//
// All changes of a table make one rebuild, whose statements carry the number of the first change.
// When copying the rows fails, SQLite's words name the constraint, and so the operation that asks
// for it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ormdb/error.h"
#include "ormdb/operation.h"

namespace ormdb {

struct Blame {
  int operation = 0;  ///< From 1; the one the statement carries where the words do not tell.
  std::string hint;
};

/// `error` is what the statement of operation `first` (from 1) of `operations` threw. Empty when it
/// is no failed constraint, or `first` changes rows itself.
std::optional<Blame> blame_constraint(const Error& error, const std::vector<Operation>& operations,
                                      int first);

/// The operation (from 1) that most likely broke what `error`, of an IntegrityCheck, names: one
/// that asks for a key of the table, else one that works on it or on the parent, else raw SQL; 0:
/// none.
int blame_foreign_keys(const Error& error, const std::vector<Operation>& operations);

}  // namespace ormdb
