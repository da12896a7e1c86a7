// What differs between two schemas, before it is put into an order: the diff finds it, order.h
// turns it into operations.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ops/heirs.h"
#include "ops/order_dependencies.h"
#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb {

template <typename Object>
struct ObjectChanges {
  std::vector<Object> created;
  std::vector<Object> dropped;
  std::vector<std::pair<Object, Object>> replaced;  ///< from, to
};

/// A table that both schemas have. Lists stand in the order in which they are worked off.
struct TableChanges {
  std::string name;  ///< Qualified, as `to` spells it.
  /// Columns that change with the key or the options alone, and are the same as long as those
  /// stand.
  std::vector<std::pair<Column, Column>> columns_altered_first;
  std::optional<AlterTable> settings;
  bool settings_last = false;  ///< The rest makes the table fit to become a partition.
  std::vector<Index> dropped_indexes;
  std::vector<Constraint> dropped_constraints;  ///< Foreign keys, checks, uniques, primary key.
  std::vector<Column> added_columns;
  std::vector<std::pair<Column, Column>> altered_columns;
  std::vector<Column> dropped_columns;
  std::vector<Constraint> added_constraints;  ///< Primary key, uniques, checks, foreign keys.
  std::vector<Index> created_indexes;
};

struct SchemaChanges {
  ObjectChanges<Enum> enums;
  ObjectChanges<Table> tables;  ///< `replaced` stays empty: see altered_tables.
  std::vector<TableChanges> altered_tables;
  ObjectChanges<VirtualTable> virtual_tables;
  ObjectChanges<View> views;
  ObjectChanges<Trigger> triggers;
  ObjectChanges<DatabaseObject> objects;
  Ancestors ancestors;
  References references;
  // They fall with what they stand on.
  std::vector<Trigger> unchanged_triggers;
  std::vector<DatabaseObject> unchanged_objects;  ///< Those of tables and views.
};

}  // namespace ormdb
