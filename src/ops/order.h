// The order in which the operations of a diff run, forwards and, reversed, backwards:
//
//     1  triggers, views and virtual tables that go, users first; indexes whose name is used anew
//     2  objects of other kinds that do not need tables, enums: those that come or change
//     3  new tables with their indexes, referenced ones first
//     4  tables that change, by name: drops of indexes and constraints, columns (add, alter, drop),
//        constraints, indexes
//     5  foreign keys that had to wait; tables that go, referencing ones first; enums that go
//     6  virtual tables, views and triggers that come or change, users last; objects of other kinds
//        that go, those that need tables (policies, rules) that come or change
//
// Objects that need tables go in 1. Where objects of all kinds depend on each other (PostgreSQL),
// the result is put into the order of its dependencies (order_dependencies.h).
//
// New tables move behind 4 when one of them references a column or key that 4 adds, and so do
// foreign keys of other tables; tables and foreign keys that go move before 4 when one of them
// references a column or key that 4 drops. Foreign keys in a cycle of new tables are added
// afterwards, but on SQLite, which takes them at once and could add them by a rebuild only.
// A view or trigger that changes is dropped in 1 and created in 6 when its old text mentions
// something that goes in between, else it is replaced in 6.
#pragma once

#include <vector>

#include "ops/changes.h"
#include "ormdb/diff.h"

namespace ormdb {

std::vector<Operation> ordered_operations(SchemaChanges changes, const SchemaRules& rules);

}  // namespace ormdb
