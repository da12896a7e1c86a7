// An order of operations in which nothing is used before it is there and nothing goes before what
// uses it, for engines where objects of any kind can depend on each other (a function in a default,
// a type in a function, a table in a view in a policy).
//
// 1. Each operation tells what it makes and takes away (names) and which names its new and its old
//    definitions mention. Bodies that the engine keeps as text bind late and do not count.
// 2. An operation stands after the one that makes what its new definition mentions, and before the
//    one that takes away what its old definition mentions; a name goes before it comes again.
// 3. What stands on a column that a table has from another one (a partition) comes after the other
//    table's columns have changed, and goes before.
// 4. Among those that are free, the order given stays: topological_order.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ops/heirs.h"
#include "ormdb/diff.h"
#include "ormdb/operation.h"

namespace ormdb {

/// Table → the tables that its foreign keys point to; qualified names.
using References = std::map<std::string, std::set<std::string>>;
void collect_references(const Schema& schema, References& references);

/// `ancestors`: whose columns a table has besides its own, before or after. `references`: between
/// tables, before or after.
std::vector<Operation> in_order_of_dependency(std::vector<Operation> operations,
                                              const SchemaRules& rules,
                                              const Ancestors& ancestors = {},
                                              const References& references = {});

/// Whether foreign keys may lean on it: a primary key or a unique constraint.
bool is_key(const Constraint& constraint);

}  // namespace ormdb
