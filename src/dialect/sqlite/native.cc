#include "dialect/sqlite/native.h"

#include "base/sql_scanner.h"
#include "dialect/sqlite/ddl.h"
#include "dialect/sqlite/literal.h"
#include "dialect/sqlite/lookup.h"
#include "dialect/sqlite/rules.h"
#include "dialect/sqlite/types.h"

namespace ormdb {

namespace {

bool part_mentions(const std::vector<KeyPart>& parts, const std::string& column) {
  for (const KeyPart& part : parts) {
    if (same_name(part.column, column)) return true;
    if (part.column.empty() && mentions(sqlite_text(part.expression), column)) return true;
  }
  return false;
}

bool constraint_mentions(const Table& table, const std::string& column) {
  if (table.primary_key && part_mentions(table.primary_key->columns, column)) return true;
  for (const Unique& unique : table.uniques) {
    if (part_mentions(unique.columns, column)) return true;
  }
  for (const ForeignKey& key : table.foreign_keys) {
    if (holds_name(key.columns, column)) return true;
  }
  for (const Check& check : table.checks) {
    if (mentions(sqlite_text(check.expression), column)) return true;
  }
  return false;
}

bool table_mentions(const Table& table, const std::string& column) {
  if (constraint_mentions(table, column)) return true;
  for (const Index& index : table.indexes) {
    if (part_mentions(index.columns, column)) return true;
    if (mentions(sqlite_text(index.where), column)) return true;
  }
  for (const Column& other : table.columns) {
    if (!same_name(other.name, column) && other.generated &&
        mentions(sqlite_text(other.generated->expression), column)) {
      return true;
    }
  }
  return false;
}

bool others_mention(const Table& table, const std::string& column, const Schema& schema) {
  for (const Table& other : schema.tables) {
    for (const ForeignKey& key : other.foreign_keys) {
      if (same_name(key.referenced_table, table.name) &&
          holds_name(key.referenced_columns, column)) {
        return true;
      }
    }
  }
  for (const View& view : schema.views) {
    if (mentions(sqlite_text(view.query), column)) return true;
  }
  for (const Trigger& trigger : schema.triggers) {
    if (holds_name(trigger.update_of, column) || mentions(sqlite_text(trigger.body), column) ||
        mentions(sqlite_text(trigger.when), column)) {
      return true;
    }
  }
  return false;
}

// The column and check that a column of the enum becomes on SQLite.
Table enum_column(const Enum& value, const std::string& column) {
  Table table;
  table.columns.emplace_back();
  table.columns[0].name = column;
  table.columns[0].type = Type::of(TypeKind::kEnum);
  table.columns[0].type.name = qualified_name(value);
  expand_enums(table, {value});
  return table;
}

bool same_sql(const SqlText& a, const SqlText& b) {
  return canonical_sql(sqlite_text(a), SqlDialect::kSqlite) ==
         canonical_sql(sqlite_text(b), SqlDialect::kSqlite);
}

void alter_enum_column(Table& table, Column& column, const Enum& from, const Enum& to) {
  const Table old_form = enum_column(from, column.name);
  const Table new_form = enum_column(to, column.name);
  for (Check& check : table.checks) {
    if (!same_sql(check.expression, old_form.checks.at(0).expression)) continue;
    check.expression = new_form.checks.at(0).expression;
    if (column.type == old_form.columns[0].type) column.type = new_form.columns[0].type;
  }
}

// The table, first, with what an operation on it may have to look up: enums, and for foreign keys
// that name no columns the tables that they reference.
Schema surroundings(const Table& table, const Schema& schema) {
  Schema result;
  result.enums = schema.enums;
  result.tables.push_back(table);
  for (const ForeignKey& key : table.foreign_keys) {
    const Table* parent = lookup_table(schema, key.referenced_table);
    if (parent == nullptr || lookup_table(result, parent->name) != nullptr) continue;
    result.tables.push_back(*parent);
  }
  return result;
}

bool changes_sql(const Operation& operation, const Table& table, const Schema& before) {
  Schema alone = surroundings(table, before);
  if (const auto* alter = operation.get_if<AlterEnum>()) {
    alter_enum(alone, alter->from, alter->to);
  } else {
    apply(operation, alone, sqlite_rules());
  }
  return create_table_sql(table, before.enums) != create_table_sql(alone.tables[0], alone.enums);
}

std::vector<std::string> if_so(bool rebuild, const std::string& table) {
  return rebuild ? std::vector<std::string>{table} : std::vector<std::string>{};
}

struct Chooser {
  const Operation& operation;
  const Schema& before;

  std::vector<std::string> operator()(const AddColumn& op) const {
    require_table(before, op.table);
    return if_so(!can_add_column(op.column), op.table);
  }
  std::vector<std::string> operator()(const DropColumn& op) const {
    const Table& table = require_table(before, op.table);
    const Column* column = lookup_column(table, op.column.name);
    return if_so(column != nullptr && !can_drop_column(table, *column, before), op.table);
  }
  std::vector<std::string> operator()(const AlterColumn& op) const {
    const bool using_sql = !sqlite_text(op.using_expression).empty();
    return if_so(using_sql || changes(op.table), op.table);
  }
  std::vector<std::string> operator()(const AlterTable& op) const {
    return if_so(changes(op.table), op.table);
  }
  std::vector<std::string> operator()(const AddConstraint& op) const {
    return if_so(changes(op.table), op.table);
  }
  std::vector<std::string> operator()(const DropConstraint& op) const {
    return if_so(changes(op.table), op.table);
  }
  std::vector<std::string> operator()(const AlterEnum&) const {
    std::vector<std::string> names;
    for (const Table& table : before.tables) {
      if (changes_sql(operation, table, before)) names.push_back(table.name);
    }
    return names;
  }
  template <typename Other>
  std::vector<std::string> operator()(const Other&) const {
    return {};
  }

  bool changes(const std::string& table) const {
    return changes_sql(operation, require_table(before, table), before);
  }
};

}  // namespace

bool can_add_column(const Column& column) {
  if (column.generated) return !column.generated->stored;
  if (!column.default_value) return column.nullable;
  const Literal& value = *column.default_value;
  if (value.kind == Literal::Kind::kSql) return false;
  if (value.kind == Literal::Kind::kString && value.text.find('\0') != std::string::npos) {
    return false;  // its default is an expression
  }
  return column.nullable || value.kind != Literal::Kind::kNull;
}

bool can_drop_column(const Table& table, const Column& column, const Schema& schema) {
  if (table.columns.size() < 2 || column.type.kind == TypeKind::kEnum) return false;
  return !table_mentions(table, column.name) && !others_mention(table, column.name, schema);
}

void alter_enum(Schema& schema, const Enum& from, const Enum& to) {
  for (Enum& value : schema.enums) {
    if (same_name(qualified_name(value), qualified_name(from))) value = to;
  }
  for (Table& table : schema.tables) {
    for (Column& column : table.columns) alter_enum_column(table, column, from, to);
  }
}

std::vector<std::string> tables_to_rebuild(const Operation& operation, const Schema& before) {
  return operation.visit(Chooser{operation, before});
}

}  // namespace ormdb
