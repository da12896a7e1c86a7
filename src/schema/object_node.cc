#include "schema/object_node.h"

#include <set>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "schema/schema_node.h"
#include "schema/schema_node_parts.h"

namespace ormdb {

using namespace schema_node;

namespace {

struct PropertyWriter {
  PropertyShape shape;

  Node operator()(const SqlText& text) const {
    if (shape == PropertyShape::kFlag) return text.common == "true";
    if (shape == PropertyShape::kText) {
      return is_plain_number(text.common) ? Node::number(text.common) : Node(text.common);
    }
    return sql_text_to_node(text);
  }
  Node operator()(const std::vector<std::string>& list) const { return Node::strings(list); }
  Node operator()(const std::vector<NamedText>& entries) const {
    Node map = Node::map();
    for (const NamedText& entry : entries) map.set(entry.name, Node(entry.text));
    return map;
  }
};

std::vector<NamedText> read_map(NodeReader& reader, std::string_view key) {
  const Node* node = section(reader, key);
  std::vector<NamedText> entries;
  if (node == nullptr) return entries;
  for (const auto& [name, value] : node->entries) {
    if (!value.is_scalar() || value.is_null()) {
      throw reader.error(value, "'" + name + "' in '" + std::string(key) + "' of " + reader.what() +
                                    " must be text");
    }
    entries.push_back({name, value.text});
  }
  return entries;
}

SqlText plain(std::string text) { return SqlText{std::move(text), {}}; }

/// A body is kept to the last blank; one that is the same for all dialects is a plain text.
SqlText read_body(NodeReader& reader, std::string_view key) {
  const Node& node = reader.require(key);
  return node.is_scalar() ? plain(node.text) : read_sql_text(reader, node);
}

/// As a column's default may be written: {sql: …}, or one word, which as SQL would be the name of a
/// column, that a domain has not. Everything else is SQL.
SqlText read_default(NodeReader& reader, const Node& node) {
  if (node.is_map() && node.entries.size() == 1 && node.entries.front().first == "sql") {
    return read_sql_text(reader, node.entries.front().second);
  }
  SqlText text = read_sql_text(reader, node);
  const std::vector<SqlToken> tokens = scan_sql_tokens(text.common, SqlDialect::kPostgresql);
  if (tokens.size() != 1 || tokens[0].kind != SqlToken::Kind::kWord) return text;
  for (const std::string_view word :
       {"null", "true", "false", "current_catalog", "current_date", "current_role",
        "current_schema", "current_time", "current_timestamp", "current_user", "localtime",
        "localtimestamp", "session_user", "system_user", "user"}) {
    if (tokens[0].is_word(word)) return text;
  }
  return plain("'" + std::string(tokens[0].text) + "'");
}

void read_property(NodeReader& reader, const PropertyRule& rule, DatabaseObject& object) {
  const std::string name(rule.name);
  if (rule.required) reader.require(name);
  const Node* node = reader.get(name);
  if (node == nullptr || node->is_null()) return;
  switch (rule.shape) {
    case PropertyShape::kFlag:
      if (reader.boolean(name, false)) object.properties[name] = plain("true");
      return;
    case PropertyShape::kText:
      object.properties[name] = plain(reader.text(name));
      return;
    case PropertyShape::kList:
      object.properties[name] = reader.texts(name);
      return;
    case PropertyShape::kMap:
      object.properties[name] = read_map(reader, name);
      return;
    case PropertyShape::kSql:
      if (name == "default") {
        object.properties[name] = read_default(reader, *node);
        return;
      }
      object.properties[name] = read_sql_text(reader, *node);
      return;
    case PropertyShape::kBody:
      object.properties[name] = read_body(reader, name);
      return;
  }
}

void read_section(NodeReader& models, const ObjectKind& kind, Schema& schema) {
  std::string noun = replace_all(std::string(kind.kind), "_", " ");
  each_named(models, kind.section, noun, [&](NodeReader& body, std::string name) {
    DatabaseObject object = read_object_place(body, kind, std::move(name));
    if (!object.schema.empty() && object.name.starts_with(object.schema + ".")) {
      object.name.erase(0, object.schema.size() + 1);
    }
    read_object_body(body, object);
    schema.objects.push_back(std::move(object));
  });
}

/// The key in a section: the name, with its schema where another schema has it too.
std::string key_of(const DatabaseObject& object, const std::set<std::string>& taken) {
  const bool looks_qualified =
      !object.schema.empty() && object.name.starts_with(object.schema + ".");
  const std::string name = written_name(object);
  return looks_qualified || taken.contains(name) ? qualified_name(object) : name;
}

/// A map by name, or a list where a name comes twice (policies of several tables).
Node section_to_node(const ObjectKind& kind, const std::vector<const DatabaseObject*>& objects) {
  std::set<std::string> names;
  for (const DatabaseObject* object : objects) names.insert(written_name(*object));
  Node node = !kind.on_table || names.size() == objects.size() ? Node::map() : Node::list();
  std::set<std::string> taken;
  for (const DatabaseObject* object : objects) {
    Node body = object_place_to_node(*object);
    for (auto& [key, value] : object_body_to_node(*object).entries) body.set(key, std::move(value));
    const std::string key = key_of(*object, taken);
    taken.insert(key);
    if (node.is_map()) {
      node.set(key, std::move(body));
    } else {
      body.entries.emplace(body.entries.begin(), "name", Node(key));
      node.push(std::move(body));
    }
  }
  node.style = Node::Style::kBlock;
  return node;
}

}  // namespace

Node object_place_to_node(const DatabaseObject& object) {
  Node node = Node::map();
  node.set_if("schema", object.schema);
  node.set_if("table", object.table);
  return node;
}

Node object_body_to_node(const DatabaseObject& object) {
  Node node = Node::map();
  for (const PropertyRule& rule : kind_of(object).properties) {
    const auto found = object.properties.find(std::string(rule.name));
    if (found == object.properties.end()) continue;
    node.set(found->first, std::visit(PropertyWriter{rule.shape}, found->second));
  }
  node.set_if("comment", object.comment);
  return node;
}

DatabaseObject read_object_place(NodeReader& reader, const ObjectKind& kind, std::string written) {
  DatabaseObject object;
  object.kind = std::string(kind.kind);
  read_written_name(object, written);
  if (kind.in_schema) object.schema = reader.text("schema");
  if (kind.on_table) object.table = reader.require_text("table");
  return object;
}

void read_object_body(NodeReader& reader, DatabaseObject& object) {
  for (const PropertyRule& rule : kind_of(object).properties) read_property(reader, rule, object);
  object.comment = reader.text("comment");
}

void append_objects(Node& models, const std::vector<DatabaseObject>& objects, bool after_tables) {
  for (const ObjectKind& kind : object_kinds()) {
    if (kind.after_tables != after_tables) continue;
    std::vector<const DatabaseObject*> of_kind;
    for (const DatabaseObject& object : objects) {
      if (object.kind == kind.kind) of_kind.push_back(&object);
    }
    models.set_if(std::string(kind.section), section_to_node(kind, of_kind));
  }
}

void read_objects(NodeReader& models, Schema& schema) {
  for (const ObjectKind& kind : object_kinds()) read_section(models, kind, schema);
}

}  // namespace ormdb
