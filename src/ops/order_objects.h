// Views, virtual tables and triggers around the changes of tables (order.h, steps 1 and 6).
#pragma once

#include <set>
#include <string>
#include <vector>

#include "ops/changes.h"
#include "ormdb/diff.h"

namespace ormdb {

struct ObjectOperations {
  std::vector<Operation> before;  ///< Drops: triggers, views (users first), virtual tables.
  std::vector<Operation> after;   ///< Virtual tables, views (users last), triggers.
  std::set<std::string> gone;     ///< Relations that go, if only to come again; no schema, folded.
};

ObjectOperations object_operations(const SchemaChanges& changes, const SchemaRules& rules);

}  // namespace ormdb
