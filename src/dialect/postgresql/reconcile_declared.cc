#include "dialect/postgresql/reconcile_declared.h"

#include <utility>

#include "dialect/postgresql/reconcile_open.h"
#include "dialect/postgresql/type_change.h"
#include "dialect/postgresql/types.h"

namespace ormdb::postgresql {
namespace {

template <typename Found>
void each_retyped(const Schema& from, const Schema& to, const Found& found) {
  const KnownTables known(from);
  for (const Table& table : to.tables) {
    const Table* before = known.counterpart(table);
    if (before == nullptr) continue;
    for (const Column& column : table.columns) {
      const Column* old = counterpart(column, *before);
      if (old == nullptr || old->type == column.type) continue;
      const Type type = canonical_type(column.type, &to);
      if (is_incompatible(canonical_type(old->type, &from), type)) found(table, column);
    }
  }
}

/// Every text of a table by what it is of, the same in both schemas.
template <typename TableType, typename Visit>
void each_text(TableType& table, const Visit& visit) {
  for (auto& column : table.columns) {
    if (column.generated) visit("column " + column.name, column.generated->expression);
  }
  for (auto& check : table.checks) visit("check " + check.name, check.expression);
  for (auto& exclude : table.excludes) visit("exclude " + exclude.name, exclude.where);
  for (auto& index : table.indexes) {
    visit("index " + index.name, index.where);
    for (std::size_t i = 0; i < index.columns.size(); ++i) {
      visit("part " + std::to_string(i) + " of " + index.name, index.columns[i].expression);
    }
  }
}

SqlText* find_text(Table& table, const std::string& place) {
  SqlText* found = nullptr;
  each_text(table, [&](const std::string& other, SqlText& text) {
    if (other == place) found = &text;
  });
  return found;
}

SqlText* find_text(Schema& schema, const DatabaseObject& policy, const std::string& property) {
  for (DatabaseObject& object : schema.objects) {
    if (object.kind != policy.kind || object.table != policy.table || object.name != policy.name) {
      continue;
    }
    const auto found = object.properties.find(property);
    if (found != object.properties.end()) return std::get_if<SqlText>(&found->second);
  }
  return nullptr;
}

void keep(const SqlText& declared, SqlText* before, SqlText* after) {
  if (before == nullptr || after == nullptr || *after == declared || *after != *before) return;
  *before = *after = declared;
}

}  // namespace

std::set<std::string> retyped_columns(const Schema& from, const Schema& to) {
  std::set<std::string> names;
  each_retyped(from, to, [&](const Table&, const Column& column) { names.insert(column.name); });
  return names;
}

Declared declared_on_new_types(const Schema& from, const Schema& to) {
  Declared declared;
  const Table* last = nullptr;
  each_retyped(from, to, [&](const Table& table, const Column&) {
    if (std::exchange(last, &table) == &table) return;
    declared.tables.push_back(table);
    for (const DatabaseObject& object : to.objects) {
      if (object.kind == "policy" && object.table == qualified_name(table)) {
        declared.policies.push_back(object);
      }
    }
  });
  return declared;
}

void keep_declared(const Declared& declared, Schema& from, Schema& to) {
  const KnownTables known(from);
  for (const Table& table : declared.tables) {
    const Table* counterpart = known.counterpart(table);
    Table* before =
        counterpart == nullptr ? nullptr : from.find_table(qualified_name(*counterpart));
    Table* after = to.find_table(qualified_name(table));
    if (before == nullptr || after == nullptr) continue;
    each_text(table, [&](const std::string& place, const SqlText& text) {
      keep(text, find_text(*before, place), find_text(*after, place));
    });
  }
  for (const DatabaseObject& policy : declared.policies) {
    for (const auto& [name, value] : policy.properties) {
      const auto* text = std::get_if<SqlText>(&value);
      if (text == nullptr) continue;
      keep(*text, find_text(from, policy, name), find_text(to, policy, name));
    }
  }
}

}  // namespace ormdb::postgresql
