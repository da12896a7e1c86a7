// Writing columns, indexes, constraints, views, triggers, enums and whole schemas.
#include <set>

#include "base/text.h"
#include "schema/key_part.h"
#include "schema/object_node.h"
#include "schema/schema_node.h"
#include "schema/schema_node_parts.h"

namespace ormdb {

using namespace schema_node;

const char* action_word(ForeignKeyAction action) {
  switch (action) {
    case ForeignKeyAction::kNoAction:
      return "";
    case ForeignKeyAction::kRestrict:
      return "restrict";
    case ForeignKeyAction::kCascade:
      return "cascade";
    case ForeignKeyAction::kSetNull:
      return "set_null";
    case ForeignKeyAction::kSetDefault:
      return "set_default";
  }
  return "";
}

namespace schema_node {
namespace {

/// `true` for a constraint without a name.
Node name_or_true(const std::string& name) { return name.empty() ? Node(true) : Node(name); }

Node key_part_to_node(const KeyPart& part) {
  if (auto text = render_key_part(part)) return *std::move(text);
  Node node = Node::map();
  node.set_if("column", part.column);
  if (!part.expression.empty()) node.set("expression", sql_text_to_node(part.expression));
  if (part.descending) node.set("order", "desc");
  node.set_if("collate", part.collation);
  node.set_if("nulls", part.nulls);
  node.set_if("operator_class", part.operator_class);
  if (part.prefix_length != 0) node.set("length", part.prefix_length);
  return node;
}

}  // namespace

Node key_parts_to_node(const std::vector<KeyPart>& parts) {
  Node list = Node::list();
  for (const KeyPart& part : parts) list.push(key_part_to_node(part));
  return list;
}

Node primary_key_to_node(const PrimaryKey& key) {
  Node columns = key_parts_to_node(key.columns);
  if (key.name.empty() && key.deferrable == Deferrable::kNo && key.options.empty()) return columns;
  Node node = Node::map();
  node.set_if("name", key.name);
  node.set("columns", std::move(columns));
  write_deferrable(node, key.deferrable);
  append_options(node, key.options);
  return node;
}

Node indexes_to_node(const std::vector<Index>& indexes) {
  std::set<std::string> names;
  for (const Index& index : indexes) names.insert(index.name);
  Node node = names.size() == indexes.size() && !names.contains("") ? Node::map() : Node::list();
  for (const Index& index : indexes) {
    Node body = index_to_node(index);
    if (node.is_map()) {
      node.set(index.name, std::move(body));
    } else {
      if (!index.name.empty()) {
        body.entries.emplace(body.entries.begin(), "name", Node(index.name));
      }
      node.push(std::move(body));
    }
  }
  node.style = Node::Style::kBlock;
  return node;
}

Node reference_to_node(const ForeignKey& key) {
  if (auto text = render_reference({key.referenced_table, key.referenced_columns})) {
    return *std::move(text);
  }
  Node node = Node::map({{"table", Node(key.referenced_table)}});
  node.set_if("columns", Node::strings(key.referenced_columns));
  return node;
}

void write_deferrable(Node& node, Deferrable deferrable) {
  if (deferrable == Deferrable::kImmediate) node.set("deferrable", "immediate");
  if (deferrable == Deferrable::kDeferred) node.set("deferrable", "deferred");
}

void write_foreign_key_rules(Node& node, const ForeignKey& key) {
  node.set_if("on_delete", action_word(key.on_delete));
  node.set_if("on_update", action_word(key.on_update));
  node.set_if("match", key.match);
  write_deferrable(node, key.deferrable);
}

Node column_to_node(const Column& column, const ColumnConstraints& constraints) {
  Node node = Node::map({{"type", type_to_node(column.type)}});
  if (column.nullable) node.set("nullable", true);
  if (constraints.primary_key != nullptr) {
    node.set("primary_key", name_or_true(constraints.primary_key->name));
  }
  if (constraints.unique != nullptr) node.set("unique", name_or_true(constraints.unique->name));
  if (const ForeignKey* key = constraints.foreign_key; key != nullptr) {
    node.set("references", reference_to_node(*key));
    node.set_if("foreign_key", key->name);
    write_foreign_key_rules(node, *key);
  }
  if (column.default_value) node.set("default", literal_to_node(*column.default_value));
  if (column.generated) {
    Node generated = Node::map({{"as", sql_text_to_node(column.generated->expression)}});
    if (column.generated->stored) generated.set("stored", true);
    node.set("generated", std::move(generated));
  }
  if (column.autoincrement) node.set("autoincrement", true);
  node.set_if("collate", column.collation);
  node.set_if("comment", column.comment);
  node.set_if("renamed_from", column.renamed_from);
  append_options(node, column.options);
  return node;
}

}  // namespace schema_node

namespace {

struct ConstraintWriter {
  Node operator()(const PrimaryKey& key) const {
    Node node = Node::map();
    node.set_if("name", key.name);
    node.set("primary_key", key_parts_to_node(key.columns));
    return finished(std::move(node), key);
  }
  Node operator()(const Unique& unique) const {
    Node node = Node::map();
    node.set_if("name", unique.name);
    node.set("unique", key_parts_to_node(unique.columns));
    return finished(std::move(node), unique);
  }
  Node operator()(const ForeignKey& key) const {
    Node node = Node::map();
    node.set_if("name", key.name);
    node.set("foreign_key", Node::strings(key.columns));
    node.set("references", reference_to_node(key));
    write_foreign_key_rules(node, key);
    append_options(node, key.options);
    return node;
  }
  Node operator()(const Check& check) const {
    Node node = Node::map();
    node.set_if("name", check.name);
    node.set("check", sql_text_to_node(check.expression));
    append_options(node, check.options);
    return node;
  }

  Node operator()(const Exclude& exclude) const {
    Node elements = Node::list();
    for (const Exclude::Element& element : exclude.elements) {
      Node node = Node::map();
      node.set("part", key_part_to_node(element.part));
      node.set("with", element.operator_name);
      elements.push(std::move(node));
    }
    Node node = Node::map();
    node.set_if("name", exclude.name);
    node.set("exclude", std::move(elements));
    node.set_if("method", exclude.method);
    if (!exclude.where.empty()) node.set("where", sql_text_to_node(exclude.where));
    return finished(std::move(node), exclude);
  }

  template <typename Key>
  static Node finished(Node node, const Key& key) {
    write_deferrable(node, key.deferrable);
    append_options(node, key.options);
    return node;
  }
};

/// The key of a table, view or enum in the models file: its name, unless another of another schema
/// has it or the name alone would be read as "schema.name".
class Keys {
 public:
  template <typename Object>
  std::string of(const Object& object) {
    const bool looks_qualified =
        !object.schema.empty() && object.name.starts_with(object.schema + ".");
    std::string key = looks_qualified ? qualified_name(object) : object.name;
    if (!taken_.insert(key).second) {
      key = qualified_name(object);
      taken_.insert(key);
    }
    return key;
  }

 private:
  std::set<std::string> taken_;
};

template <typename Object, typename Write>
Node named_map(const std::vector<Object>& objects, Write write) {
  Node node = Node::map();
  Keys keys;
  for (const Object& object : objects) node.set(keys.of(object), write(object));
  node.style = Node::Style::kBlock;
  return node;
}

std::vector<View> views_of(const Schema& schema, bool materialized) {
  std::vector<View> views;
  for (const View& view : schema.views) {
    if (view.materialized == materialized) views.push_back(view);
  }
  return views;
}

/// "fts5(title, body)", where that reads back as the same.
Node short_virtual_table_to_node(const VirtualTable& table) {
  const bool is_text = table.renamed_from.empty() && !table.module.empty() &&
                       !table.arguments.empty() && trim(table.module) == table.module &&
                       table.module.find('(') == std::string::npos;
  return is_text ? Node(table.module + "(" + table.arguments + ")") : virtual_table_to_node(table);
}

Node virtual_tables_to_node(const std::vector<VirtualTable>& tables) {
  Node node = Node::map();
  for (const VirtualTable& table : tables) node.set(table.name, short_virtual_table_to_node(table));
  node.style = Node::Style::kBlock;
  return node;
}

/// A map by name, or a list where names are missing or come twice (on several tables).
Node triggers_to_node(const std::vector<Trigger>& triggers) {
  std::set<std::string> names;
  for (const Trigger& trigger : triggers) names.insert(trigger.name);
  Node node = names.size() == triggers.size() && !names.contains("") ? Node::map() : Node::list();
  for (const Trigger& trigger : triggers) {
    Node body = trigger_to_node(trigger);
    if (node.is_map()) {
      node.set(trigger.name, std::move(body));
    } else {
      body.entries.emplace(body.entries.begin(), "name", Node(trigger.name));
      node.push(std::move(body));
    }
  }
  node.style = Node::Style::kBlock;
  return node;
}

}  // namespace

Node column_to_node(const Column& column) { return column_to_node(column, ColumnConstraints{}); }

Node constraint_to_node(const Constraint& constraint) {
  return std::visit(ConstraintWriter{}, constraint);
}

Node index_to_node(const Index& index) {
  Node node = Node::map({{"columns", key_parts_to_node(index.columns)}});
  if (index.unique) node.set("unique", true);
  if (!index.where.empty()) node.set("where", sql_text_to_node(index.where));
  node.set_if("method", index.method);
  node.set_if("include", Node::strings(index.include));
  node.set_if("comment", index.comment);
  node.set_if("renamed_from", index.renamed_from);
  append_options(node, index.options);
  return node;
}

Node view_to_node(const View& view) {
  Node node = Node::map();
  node.set_if("schema", view.schema);
  node.set_if("columns", Node::strings(view.columns));
  node.set("as", sql_text_to_node(view.query));
  node.set_if("indexes", indexes_to_node(view.indexes));
  node.set_if("comment", view.comment);
  append_options(node, view.options);
  return node;
}

Node trigger_to_node(const Trigger& trigger) {
  Node node = Node::map();
  node.set_if("table", trigger.table);
  if (trigger.timing != "after") node.set("timing", trigger.timing);
  node.set("events", Node::strings(trigger.events));
  node.set_if("update_of", Node::strings(trigger.update_of));
  if (!trigger.for_each_row) node.set("for_each", "statement");
  if (!trigger.when.empty()) node.set("when", sql_text_to_node(trigger.when));
  if (!trigger.body.empty()) node.set("body", sql_text_to_node(trigger.body));
  node.set_if("execute", trigger.function);
  node.set_if("comment", trigger.comment);
  append_options(node, trigger.options);
  return node;
}

Node virtual_table_to_node(const VirtualTable& table) {
  Node node = Node::map({{"module", Node(table.module)}});
  node.set_if("arguments", table.arguments);
  node.set_if("renamed_from", table.renamed_from);
  return node;
}

Node enum_to_node(const Enum& value) {
  Node values = Node::strings(value.values);
  if (value.schema.empty() && value.comment.empty()) return values;
  Node node = Node::map();
  node.set_if("schema", value.schema);
  node.set("values", std::move(values));
  node.set_if("comment", value.comment);
  return node;
}

Node schema_to_node(const Schema& schema) {
  Node node = Node::map({{"format", Node(1)}});
  append_objects(node, schema.objects, false);
  node.set_if("enums", named_map(schema.enums, enum_to_node));
  node.set("tables", named_map(schema.tables, table_to_node));
  node.set_if("virtual_tables", virtual_tables_to_node(schema.virtual_tables));
  node.set_if("views", named_map(views_of(schema, false), view_to_node));
  node.set_if("materialized_views", named_map(views_of(schema, true), view_to_node));
  node.set_if("triggers", triggers_to_node(schema.triggers));
  append_objects(node, schema.objects, true);
  node.style = Node::Style::kBlock;
  return node;
}

}  // namespace ormdb
