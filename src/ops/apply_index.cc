#include <algorithm>

#include "base/text.h"
#include "ops/apply_parts.h"
#include "ops/find.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

void require_known_column(const Index& index, std::string_view name, const Table& table,
                          const SchemaRules& rules) {
  if (find_column(table, name, rules) < table.columns.size()) return;
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  throw Error(ErrorKind::kScript, "index '" + index.name + "': table '" + qualified_name(table) +
                                      "' has no column '" + std::string(name) + "'" +
                                      did_you_mean(name, names));
}

/// MySQL's index names are a table's own; elsewhere they share one space.
void require_free_name(const Index& index, const Table& table, const Schema& schema,
                       const SchemaRules& rules) {
  if (index.name.empty()) return;
  const Table* owner = nullptr;
  if (find_index(table, index.name, rules) < table.indexes.size()) owner = &table;
  if (rules.dialect() != "mysql") {
    const NameMatcher matcher(index.name, rules);
    for (const Table& other : schema.tables) {
      for (const Index& existing : other.indexes) {
        if (other.schema == table.schema && matcher.same(existing.name)) owner = &other;
      }
    }
  }
  if (owner == nullptr) return;
  throw Error(ErrorKind::kScript, "index '" + index.name + "' exists already, on table '" +
                                      qualified_name(*owner) + "'");
}

}  // namespace

void check_new_index(const Index& index, const Table& table, const Schema& schema,
                     const SchemaRules& rules) {
  require_free_name(index, table, schema, rules);
  for (const KeyPart& part : index.columns) {
    if (!part.column.empty()) require_known_column(index, part.column, table, rules);
  }
  for (const std::string& name : index.include) {
    require_known_column(index, name, table, rules);
  }
}

void apply_create_index(const CreateIndex& operation, Schema& schema, const SchemaRules& rules) {
  Table& table = require_table(schema, operation.table, rules);
  check_new_index(operation.index, table, schema, rules);
  table.indexes.push_back(operation.index);
}

void apply_drop_index(const DropIndex& operation, Schema& schema, const SchemaRules& rules) {
  Table& table = require_table(schema, operation.table, rules);
  auto found = table.indexes.end();
  if (operation.index.name.empty()) {
    found = std::find(table.indexes.begin(), table.indexes.end(), operation.index);
  } else {
    found = table.indexes.begin() +
            static_cast<std::ptrdiff_t>(find_index(table, operation.index.name, rules));
  }
  if (found == table.indexes.end()) {
    std::vector<std::string> names;
    for (const Index& index : table.indexes) names.push_back(index.name);
    throw Error(ErrorKind::kScript, "index '" + operation.index.name + "' of table '" +
                                        operation.table + "' does not exist" +
                                        did_you_mean(operation.index.name, names));
  }
  table.indexes.erase(found);
}

}  // namespace ormdb
