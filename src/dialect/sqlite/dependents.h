// Views and triggers whose SQL no longer fits the tables that it names.
//
// SQLite binds their names when they are used, so that a rebuilt table can leave them broken
// without a word; its own ALTER TABLE … DROP COLUMN looks at all of them
// (https://www.sqlite.org/lang_altertable.html#altertabdropcol), and so must what stands for it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ormdb/dialect.h"

namespace ormdb {

struct BrokenDependent {
  std::string kind;  ///< "view" or "trigger"
  std::string name;
  std::string words;  ///< SQLite's: "no such column: n".
};

/// The views and triggers of the database that SQLite cannot compile now. What only the
/// application's own connection knows (functions, modules, collations) does not count, and neither
/// do foreign keys without a parent key. Changes nothing; where a trigger is broken it needs a
/// transaction, or can open one.
std::vector<BrokenDependent> broken_dependents(Connection& connection);

/// Those of `after` that `before` has not: what was broken already is not made worse.
std::vector<BrokenDependent> newly_broken(const std::vector<BrokenDependent>& before,
                                          const std::vector<BrokenDependent>& after);

/// Notes what is broken now, in the transaction of the section. verify() throws kDatabase for views
/// and triggers that were there and not broken and are then, with the number of the operation that
/// drops the column. nullptr where the operations drop none.
std::unique_ptr<IntegrityCheck> dependents_check(Connection& connection,
                                                 const std::vector<Operation>& operations);

}  // namespace ormdb
