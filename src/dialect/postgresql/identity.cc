#include "dialect/postgresql/identity.h"

#include <algorithm>

#include "dialect/postgresql/type_change.h"

namespace ormdb::postgresql {
namespace {

bool says(const Column& column, const char* key) {
  const auto own = column.options.find("postgresql");
  return own != column.options.end() && own->second.contains(key);
}

bool is_foreign_key(const Table& table, const std::string& column) {
  return std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                     [&](const ForeignKey& key) {
                       return std::find(key.columns.begin(), key.columns.end(), column) !=
                              key.columns.end();
                     });
}

void say(Table& table, const char* word) {
  for (Column& column : table.columns) {
    if (is_unstated_identity(table, column)) column.options["postgresql"]["identity"] = word;
  }
}

}  // namespace

bool is_unstated_identity(const Table& table, const Column& column) {
  return table.primary_key && table.primary_key->columns.size() == 1 &&
         table.primary_key->columns.front().column == column.name && is_integer(column.type) &&
         !column.default_value && !column.generated && !says(column, "identity") &&
         !says(column, "serial") && !says(column, "inherited") &&
         !is_foreign_key(table, column.name);
}

void state_identity(Table& table) { say(table, "by_default"); }

void deny_identity(Table& table) { say(table, "none"); }

}  // namespace ormdb::postgresql
