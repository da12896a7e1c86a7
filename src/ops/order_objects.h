// Views, virtual tables and triggers around the changes of tables (order.h, steps 1 and 6).
#pragma once

#include <vector>

#include "ops/changes.h"
#include "ormdb/diff.h"

namespace ormdb {

struct ObjectOperations {
  std::vector<Operation> before;  ///< Drops: triggers, views (users first), virtual tables.
  std::vector<Operation> after;   ///< Virtual tables, views (users last), triggers.
};

ObjectOperations object_operations(const SchemaChanges& changes, const SchemaRules& rules);

}  // namespace ormdb
