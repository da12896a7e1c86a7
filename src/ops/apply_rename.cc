#include <algorithm>
#include <functional>

#include "base/text.h"
#include "ops/apply_parts.h"
#include "ops/find.h"
#include "ops/heirs.h"
#include "ops/sql_names.h"
#include "ormdb/error.h"
#include "schema/object_kind.h"

namespace ormdb {
namespace {

/// The name a table gets: RenameTable's `to` may repeat the schema.
std::string name_within_schema(const std::string& schema, const std::string& name) {
  if (!schema.empty() && name.starts_with(schema + ".")) return name.substr(schema.size() + 1);
  return name;
}

void rename_in_expressions(Table& table, const std::function<void(SqlText&)>& edit) {
  for (Check& check : table.checks) edit(check.expression);
  for (Exclude& exclude : table.excludes) {
    edit(exclude.where);
    for (Exclude::Element& element : exclude.elements) edit(element.part.expression);
  }
  for (Column& column : table.columns) {
    if (column.generated) edit(column.generated->expression);
  }
  for (Index& index : table.indexes) {
    edit(index.where);
    for (KeyPart& part : index.columns) edit(part.expression);
  }
}

/// "table.column" of a sequence that the table owns.
void rename_owner(DatabaseObject& object, const std::string& from, const std::string& to) {
  const std::string& owner = object.text("owned_by");
  if (!owner.starts_with(from + ".") || owner.find('.', from.size() + 1) != std::string::npos) {
    return;
  }
  object.properties["owned_by"] = SqlText{to + owner.substr(from.size()), {}};
}

/// The texts of an object that the engine keeps parsed: expressions, and what a rule does.
void edit_texts(DatabaseObject& object, const std::function<void(SqlText&)>& edit) {
  for (auto& [name, value] : object.properties) {
    const PropertyRule* rule = find_property(kind_of(object), name);
    auto* text = std::get_if<SqlText>(&value);
    if (text == nullptr || rule == nullptr) continue;
    if (rule->shape == PropertyShape::kSql || name == "action") edit(*text);
  }
}

/// A table's name is its row type's, too.
void rename_row_type(const RenameTable& rename, DatabaseObject& object, const SchemaRules& rules) {
  const auto edit = [&](SqlText& text) { rename_type_in_sql(text, rename.from, rename.to, rules); };
  SqlText signature{object.signature, {}};
  edit(signature);
  object.signature = signature.common;
  for (const char* name : {"arguments", "returns", "type"}) {
    const auto found = object.properties.find(name);
    if (found == object.properties.end()) continue;
    if (auto* text = std::get_if<SqlText>(&found->second)) edit(*text);
  }
  const auto attributes = object.properties.find("attributes");
  if (attributes == object.properties.end()) return;
  if (auto* entries = std::get_if<std::vector<NamedText>>(&attributes->second)) {
    for (NamedText& entry : *entries) {
      SqlText text{entry.text, {}};
      edit(text);
      entry.text = text.common;
    }
  }
}

void rename_row_type(const RenameTable& rename, Type& type, const SchemaRules& rules) {
  const auto native = type.native.find(std::string(rules.dialect()));
  if (native != type.native.end()) {
    SqlText text{native->second, {}};
    rename_type_in_sql(text, rename.from, rename.to, rules);
    native->second = text.common;
  }
  for (Type& element : type.element) rename_row_type(rename, element, rules);
}

void rename_in_object(const RenameTable& rename, DatabaseObject& object, const SchemaRules& rules) {
  const NameMatcher matcher(rename.from, rules);
  if (!object.table.empty() && matcher.same(object.table)) object.table = rename.to;
  rename_owner(object, rename.from, rename.to);
  const std::string& on = object.text("on");
  if (object.kind == "statistics" && matcher.same(on)) {
    object.properties["on"] = SqlText{rename.to, {}};
  }
  if (!rules.orders_by_dependency()) return;
  rename_row_type(rename, object, rules);
  edit_texts(object,
             [&](SqlText& text) { rename_table_in_sql(text, rename.from, rename.to, rules); });
}

/// Everything of other objects that names the table.
void rename_references(const std::string& from, const std::string& to, Schema& schema,
                       const SchemaRules& rules) {
  const NameMatcher matcher(from, rules);
  const auto same = [&](const std::string& name) { return matcher.same(name); };
  for (Table& table : schema.tables) {
    rename_parent(table, same, to);
    for (ForeignKey& key : table.foreign_keys) {
      if (matcher.same(key.referenced_table)) key.referenced_table = to;
    }
    for (Column& column : table.columns) rename_row_type({from, to}, column.type, rules);
  }
  for (Trigger& trigger : schema.triggers) {
    if (matcher.same(trigger.table)) trigger.table = to;
    rename_table_in_sql(trigger.body, from, to, rules);
    rename_table_in_sql(trigger.when, from, to, rules);
  }
  for (View& view : schema.views) rename_table_in_sql(view.query, from, to, rules);
  for (DatabaseObject& object : schema.objects) rename_in_object({from, to}, object, rules);
}

class ColumnRenamer {
 public:
  ColumnRenamer(const RenameColumn& operation, const std::string& table, const SchemaRules& rules)
      : rename_{table, operation.from, operation.to},
        rules_(rules),
        column_(operation.from, rules),
        table_(table, rules) {}

  void everywhere(Table& table, Schema& schema) const;

 private:
  void in_table(Table& table) const;
  void in_references(Table& table) const {
    for (ForeignKey& key : table.foreign_keys) {
      if (table_.same(key.referenced_table)) rename(key.referenced_columns);
    }
  }
  void in_trigger(Trigger& trigger) const;
  void in_object(DatabaseObject& object) const;
  void in_statistics(DatabaseObject& object) const;
  /// Names that the engine gave a view's columns stay, where it keeps the query parsed.
  void in_view(View& view) const {
    if (rules_.orders_by_dependency() && view.columns.empty()) {
      rename_column_in_parsed(view.query, rename_, false, rules_);
    } else {
      rename_column_in_statement(view.query, rename_, false, rules_);
    }
  }
  void in_expression(std::string& sql) const {
    SqlText text{sql, {}};
    rename_column_in_expression(text, rename_, rules_);
    sql = text.common;
  }

  void rename(std::string& name) const {
    if (column_.same(name)) name = rename_.to;
  }
  void rename(std::vector<std::string>& names) const {
    for (std::string& name : names) rename(name);
  }
  void rename(std::vector<KeyPart>& parts) const {
    for (KeyPart& part : parts) rename(part.column);
  }

  ColumnRename rename_;
  const SchemaRules& rules_;
  NameMatcher column_;
  NameMatcher table_;
};

void ColumnRenamer::in_table(Table& table) const {
  if (table.primary_key) rename(table.primary_key->columns);
  for (Unique& unique : table.uniques) rename(unique.columns);
  for (ForeignKey& key : table.foreign_keys) rename(key.columns);
  for (Exclude& exclude : table.excludes) {
    for (Exclude::Element& element : exclude.elements) rename(element.part.column);
  }
  for (Index& index : table.indexes) {
    rename(index.columns);
    rename(index.include);
  }
  for (Relationship& relationship : table.relationships) rename(relationship.columns);
  const auto own = table.options.find(std::string(rules_.dialect()));
  if (own != table.options.end() && own->second.contains("partition_by")) {
    in_expression(own->second.at("partition_by"));
  }
  rename_in_expressions(table,
                        [&](SqlText& text) { rename_column_in_expression(text, rename_, rules_); });
}

void ColumnRenamer::in_trigger(Trigger& trigger) const {
  const bool owned = table_.same(trigger.table);
  if (owned) rename(trigger.update_of);
  rename_column_in_statement(trigger.when, rename_, owned, rules_);
  rename_column_in_statement(trigger.body, rename_, owned, rules_);
}

void ColumnRenamer::in_object(DatabaseObject& object) const {
  const std::string owner = std::string(rename_.table) + "." + std::string(rename_.from);
  if (object.text("owned_by") == owner) {
    object.properties["owned_by"] =
        SqlText{std::string(rename_.table) + "." + std::string(rename_.to), {}};
  }
  if (object.kind == "statistics") in_statistics(object);
  const bool owned = !object.table.empty() && table_.same(object.table);
  if (!owned && !rules_.orders_by_dependency()) return;
  edit_texts(object, [&](SqlText& text) {
    if (rules_.orders_by_dependency()) {
      rename_column_in_parsed(text, rename_, owned, rules_);
    } else {
      rename_column_in_statement(text, rename_, owned, rules_);
    }
    if (owned && object.kind == "policy") rename_column_in_expression(text, rename_, rules_);
  });
}

void ColumnRenamer::in_statistics(DatabaseObject& object) const {
  const auto columns = object.properties.find("columns");
  if (!table_.same(object.text("on")) || columns == object.properties.end()) return;
  if (auto* list = std::get_if<std::vector<std::string>>(&columns->second)) {
    for (std::string& column : *list) in_expression(column);
  }
}

void ColumnRenamer::everywhere(Table& table, Schema& schema) const {
  in_table(table);
  for (Table& other : schema.tables) in_references(other);
  for (Trigger& trigger : schema.triggers) in_trigger(trigger);
  for (View& view : schema.views) in_view(view);
  for (DatabaseObject& object : schema.objects) in_object(object);
}

}  // namespace

void apply_rename_table(const RenameTable& operation, Schema& schema, const SchemaRules& rules) {
  const std::size_t virtual_table = find_virtual_table(schema, operation.from, rules);
  const bool is_virtual = virtual_table < schema.virtual_tables.size();
  if (!is_virtual) require_table(schema, operation.from, rules);
  if (!same_name(operation.from, operation.to, rules)) {
    const std::string_view kind = relation_with_name(schema, operation.to, rules);
    if (!kind.empty()) {
      throw Error(ErrorKind::kScript, "table '" + operation.from +
                                          "' cannot be renamed: " + std::string(kind) + " '" +
                                          operation.to + "' exists already");
    }
  }
  std::string to = operation.to;
  if (is_virtual) {
    schema.virtual_tables[virtual_table].name = to;
  } else {
    Table& table = require_table(schema, operation.from, rules);
    table.name = name_within_schema(table.schema, operation.to);
    to = qualified_name(table);
    rename_in_expressions(
        table, [&](SqlText& text) { rename_table_in_sql(text, operation.from, to, rules); });
  }
  rename_references(operation.from, to, schema, rules);
}

void apply_rename_column(const RenameColumn& operation, Schema& schema, const SchemaRules& rules) {
  Table& table = require_table(schema, operation.table, rules);
  const bool followed = find_column(table, operation.from, rules) == table.columns.size() &&
                        is_inherited(table, operation.to);
  if (followed) return;  // the rename in its parent
  Column& column = require_column(table, operation.from, rules);
  const bool only_case = same_name(operation.from, operation.to, rules);
  if (!only_case && find_column(table, operation.to, rules) < table.columns.size()) {
    throw Error(ErrorKind::kScript, "column '" + operation.table + "." + operation.from +
                                        "' cannot be renamed: '" + operation.to +
                                        "' exists already");
  }
  std::vector<Table*> tables = heirs_with_column(qualified_name(table), column.name, schema);
  tables.push_back(&table);
  for (Table* each : tables) {
    require_column(*each, operation.from, rules).name = operation.to;
    ColumnRenamer(operation, qualified_name(*each), rules).everywhere(*each, schema);
  }
}

}  // namespace ormdb
