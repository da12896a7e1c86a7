// Reading views, triggers, virtual tables, enums and whole schemas.
#include <algorithm>

#include "base/text.h"
#include "schema/object_node.h"
#include "schema/schema_node.h"
#include "schema/schema_node_parts.h"

namespace ormdb {

using namespace schema_node;

namespace schema_node {

const Node* section(NodeReader& reader, std::string_view key) {
  const Node* node = reader.get(key);
  if (node == nullptr || node->is_null()) return nullptr;
  if (!node->is_map()) {
    throw reader.error_at_key(
        key, "'" + std::string(key) + "' in " + reader.what() + " must be a map (name: body)");
  }
  return node;
}

void each_named(NodeReader& reader, std::string_view key, std::string_view noun,
                const ReadNamed& read) {
  const Node* node = reader.get(key);
  if (node == nullptr || node->is_null()) return;
  if (node->is_scalar()) {
    throw reader.error_at_key(key, "'" + std::string(key) + "' in " + reader.what() +
                                       " must be a map (name: body) or a list");
  }
  const std::string of = " of " + reader.what();
  for (const auto& [name, value] : node->entries) {
    NodeReader body(value, reader.source(), reader.kind(), std::string(noun) + " " + name + of);
    read(body, name);
    body.finish();
  }
  for (std::size_t i = 0; i < node->items.size(); ++i) {
    const Node& value = node->items[i];
    const Node* name = value.find("name");
    const std::string which =
        name != nullptr && name->is_scalar() ? name->text : std::to_string(i + 1);
    NodeReader body(value, reader.source(), reader.kind(), std::string(noun) + " " + which + of);
    read(body, body.text("name"));
    body.finish();
  }
}

SqlText require_sql(NodeReader& reader, std::string_view key) {
  SqlText text = read_sql_text(reader, reader.require(key));
  if (text.empty()) {
    throw reader.error_at_key(key, "'" + std::string(key) + "' in " + reader.what() + " is empty");
  }
  return text;
}

SqlText sql_or_empty(NodeReader& reader, std::string_view key) {
  const Node* node = reader.get(key);
  return node == nullptr || node->is_null() ? SqlText{} : read_sql_text(reader, *node);
}

}  // namespace schema_node

namespace {

void drop_semicolon(std::string& sql) {
  while (sql.ends_with(';')) {
    sql.pop_back();
    sql = std::string(trim(sql));
  }
}

/// A view's query, which must say something.
SqlText read_query(const NodeReader& reader, const Node& node, const std::string& view) {
  SqlText text = read_sql_text(reader, node);
  drop_semicolon(text.common);
  for (auto& [dialect, sql] : text.by_dialect) drop_semicolon(sql);
  if (text.empty()) throw reader.error(node, "the query of view " + view + " is empty");
  return text;
}

std::vector<std::string> read_events(NodeReader& reader) {
  static const std::vector<std::string> kEvents = {"insert", "update", "delete", "truncate"};
  reader.require("events");
  std::vector<std::string> events = reader.texts("events");
  for (std::string& event : events) {
    event = to_lower(event);
    if (std::find(kEvents.begin(), kEvents.end(), event) != kEvents.end()) continue;
    throw reader
        .error_at_key("events", "'" + event + "' is no event of a trigger, in " + reader.what() +
                                    did_you_mean(event, kEvents))
        .hint("one of: " + join(kEvents, ", "));
  }
  if (events.empty()) {
    throw reader.error_at_key("events", "'events' in " + reader.what() + " is empty");
  }
  return events;
}

/// The whole of an object that may be written as one text.
View read_view_entry(NodeReader& reader, const Node& node, std::string name) {
  if (node.is_scalar() && !node.is_null()) {
    View view;
    view.query = read_query(reader, node, name);
    view.name = std::move(name);
    return view;
  }
  NodeReader body(node, reader.source(), reader.kind(), "view " + name);
  View view = read_view(body, std::move(name));
  body.finish();
  return view;
}

VirtualTable read_virtual_table_entry(NodeReader& reader, const Node& node, std::string name) {
  if (!node.is_scalar() || node.is_null()) {
    NodeReader body(node, reader.source(), reader.kind(), "virtual table " + name);
    VirtualTable table = read_virtual_table(body, std::move(name));
    body.finish();
    return table;
  }
  VirtualTable table;
  const std::string_view text = trim(node.text);
  const std::size_t open = text.find('(');
  table.module = std::string(trim(text.substr(0, open)));
  if (table.module.empty() || (open != std::string_view::npos && text.back() != ')')) {
    throw reader.error(node, "virtual table " + name + " must be written module(arguments)")
        .hint("for example: fts5(title, body)");
  }
  if (open != std::string_view::npos) {
    table.arguments = std::string(text.substr(open + 1, text.size() - open - 2));
  }
  table.name = std::move(name);
  return table;
}

/// A models file's key "schema.name" beside `schema:` stands for name.
template <typename Object>
void drop_schema_prefix(Object& object) {
  if (!object.schema.empty() && object.name.starts_with(object.schema + ".")) {
    object.name.erase(0, object.schema.size() + 1);
  }
}

void read_format(NodeReader& reader) {
  const Node& format = reader.require("format");
  if (format.kind == Node::Kind::kInteger && format.text == "1") return;
  throw reader.error_at_key("format", "format '" + format.text + "' is unknown")
      .hint("this ormdb reads models of format 1");
}

void read_tables(NodeReader& reader, Schema& schema) {
  const Node* tables = section(reader, "tables");
  if (tables == nullptr) return;
  schema.tables.reserve(tables->entries.size());
  for (const auto& [name, node] : tables->entries) {
    NodeReader body(node, reader.source(), reader.kind(), "table " + name);
    Table table = read_table(body, name);
    drop_schema_prefix(table);
    each_named(body, "triggers", "trigger", [&](NodeReader& trigger, std::string trigger_name) {
      schema.triggers.push_back(
          read_trigger_of(trigger, std::move(trigger_name), qualified_name(table)));
    });
    body.finish();
    schema.tables.push_back(std::move(table));
  }
}

void read_views(NodeReader& reader, std::string_view key, bool materialized, Schema& schema) {
  const Node* views = section(reader, key);
  if (views == nullptr) return;
  for (const auto& [name, node] : views->entries) {
    schema.views.push_back(read_view_entry(reader, node, name));
    schema.views.back().materialized = materialized;
    drop_schema_prefix(schema.views.back());
  }
}

}  // namespace

View read_view(NodeReader& reader, std::string name) {
  View view;
  view.name = std::move(name);
  view.schema = reader.text("schema");
  view.columns = reader.texts("columns");
  view.query = read_query(reader, reader.require("as"), view.name);
  each_named(reader, "indexes", "index", [&](NodeReader& body, std::string index) {
    view.indexes.push_back(read_index(body, std::move(index)));
  });
  view.comment = reader.text("comment");
  view.options = read_options(reader);
  return view;
}

Trigger read_trigger(NodeReader& reader, std::string name) {
  return read_trigger_of(reader, std::move(name), reader.require_text("table"));
}

Trigger read_trigger_of(NodeReader& reader, std::string name, std::string table) {
  Trigger trigger;
  trigger.name = std::move(name);
  trigger.table = std::move(table);
  trigger.timing = reader.choice("timing", "after", {"after", "before", "instead_of"});
  trigger.events = read_events(reader);
  trigger.update_of = reader.texts("update_of");
  trigger.for_each_row = reader.choice("for_each", "row", {"row", "statement"}) == "row";
  trigger.when = sql_or_empty(reader, "when");
  trigger.function = reader.text("execute");
  trigger.body =
      trigger.function.empty() ? require_sql(reader, "body") : sql_or_empty(reader, "body");
  trigger.comment = reader.text("comment");
  trigger.options = read_options(reader);
  return trigger;
}

VirtualTable read_virtual_table(NodeReader& reader, std::string name) {
  VirtualTable table;
  table.name = std::move(name);
  table.module = reader.require_text("module");
  table.arguments = reader.text("arguments");
  table.renamed_from = reader.text("renamed_from");
  return table;
}

Enum read_enum(const NodeReader& parent, const Node& node, std::string name) {
  Enum value;
  value.name = std::move(name);
  // A bare list is read as the `values` of a map.
  Node wrapped;
  if (node.is_list()) {
    wrapped.set("values", node);
    wrapped.line = node.line;
  }
  const Node& map = node.is_list() ? wrapped : node;
  NodeReader reader(map, parent.source(), parent.kind(), "enum " + value.name);
  if (reader.get("values") == nullptr) {
    throw parent.error(node, "enum " + value.name + " needs 'values'");
  }
  value.values = reader.texts("values");
  value.schema = reader.text("schema");
  value.comment = reader.text("comment");
  reader.finish();
  return value;
}

Schema read_schema(NodeReader& reader) {
  Schema schema;
  read_format(reader);
  if (const Node* enums = section(reader, "enums")) {
    for (const auto& [name, node] : enums->entries) {
      schema.enums.push_back(read_enum(reader, node, name));
      drop_schema_prefix(schema.enums.back());
    }
  }
  read_tables(reader, schema);
  if (const Node* tables = section(reader, "virtual_tables")) {
    for (const auto& [name, node] : tables->entries) {
      schema.virtual_tables.push_back(read_virtual_table_entry(reader, node, name));
    }
  }
  read_views(reader, "views", false, schema);
  read_views(reader, "materialized_views", true, schema);
  each_named(reader, "triggers", "trigger", [&](NodeReader& body, std::string name) {
    schema.triggers.push_back(read_trigger(body, std::move(name)));
  });
  read_objects(reader, schema);
  return schema;
}

}  // namespace ormdb
