// Reading constraints, indexes and the key parts they consist of.
#include <algorithm>

#include "base/text.h"
#include "schema/key_part.h"
#include "schema/schema_node.h"
#include "schema/schema_node_parts.h"

namespace ormdb {

using namespace schema_node;

namespace {

constexpr std::string_view kConstraintKinds[] = {"primary_key", "unique", "foreign_key", "check",
                                                 "exclude"};

ForeignKeyAction read_action(NodeReader& reader, std::string_view key) {
  static const std::vector<std::pair<std::string, ForeignKeyAction>> kActions = {
      {"no_action", ForeignKeyAction::kNoAction},
      {"restrict", ForeignKeyAction::kRestrict},
      {"cascade", ForeignKeyAction::kCascade},
      {"set_null", ForeignKeyAction::kSetNull},
      {"set_default", ForeignKeyAction::kSetDefault}};
  const std::string word = replace_all(to_lower(reader.text(key, "no_action")), " ", "_");
  std::vector<std::string> words;
  for (const auto& [name, action] : kActions) {
    if (name == word) return action;
    words.push_back(name);
  }
  throw reader
      .error_at_key(key, "'" + word + "' is no value for '" + std::string(key) + "' in " +
                             reader.what() + did_you_mean(word, words))
      .hint("one of: " + join(words, ", "))
      .candidates(words);
}

KeyPart read_key_part_map(const NodeReader& parent, const Node& node) {
  NodeReader reader(node, parent.source(), parent.kind(), "a key part of " + parent.what());
  KeyPart part;
  part.column = reader.text("column");
  part.expression = sql_or_empty(reader, "expression");
  if (part.column.empty() == part.expression.empty()) {
    reader.has("order");  // so that only what is unknown is reported as such
    for (const char* key : {"collate", "nulls", "operator_class", "length"}) reader.has(key);
    reader.finish();
    throw parent.error(node, reader.what() + " needs 'column' or 'expression', and not both");
  }
  part.descending = reader.choice("order", "asc", {"asc", "desc"}) == "desc";
  part.collation = reader.text("collate");
  part.nulls = reader.choice("nulls", "", {"first", "last"});
  part.operator_class = reader.text("operator_class");
  part.prefix_length = reader.integer("length", 0);
  reader.finish();
  return part;
}

/// Which of the kinds the body says; an error when it is none or several.
std::string_view constraint_kind_of(NodeReader& reader) {
  std::string_view kind;
  for (const std::string_view candidate : kConstraintKinds) {
    if (!reader.has(candidate)) continue;
    if (!kind.empty()) {
      throw reader.error_at_key(candidate, reader.what() + " has both '" + std::string(kind) +
                                               "' and '" + std::string(candidate) + "'");
    }
    kind = candidate;
  }
  if (!kind.empty()) return kind;
  for (const char* key : {"name", "references", "on_delete", "on_update", "match", "deferrable",
                          "method", "where", "sqlite", "postgresql", "mysql", "table"}) {
    reader.has(key);
  }
  reader.finish();
  throw reader.error(
      reader.node(),
      reader.what() + " needs one of primary_key, unique, foreign_key, check, exclude");
}

template <typename Key>
Key read_key_constraint(NodeReader& reader, std::string name, std::string_view kind) {
  Key key;
  key.name = std::move(name);
  key.columns = read_key_columns(reader, kind);
  key.deferrable = read_deferrable(reader);
  const bool primary = std::is_same_v<Key, PrimaryKey>;
  key.options = read_options(reader, primary ? OptionsOf::kPrimaryKey : OptionsOf::kUnique);
  return key;
}

ForeignKey read_foreign_key(NodeReader& reader, std::string name) {
  ForeignKey key;
  key.name = std::move(name);
  key.columns = reader.texts("foreign_key");
  if (key.columns.empty()) {
    throw reader.error_at_key("foreign_key",
                              "'foreign_key' in " + reader.what() + " has no columns");
  }
  read_reference(reader, key);
  read_foreign_key_rules(reader, key);
  key.options = read_options(reader);
  return key;
}

Exclude read_exclude(NodeReader& reader, std::string name) {
  Exclude exclude;
  exclude.name = std::move(name);
  for (const Node& item : reader.require("exclude").items) {
    NodeReader element(item, reader.source(), reader.kind(), "an element of " + reader.what());
    exclude.elements.push_back(
        {read_key_part(element, element.require("part")), element.require_text("with")});
    element.finish();
  }
  if (exclude.elements.empty()) {
    throw reader
        .error_at_key("exclude", "'exclude' in " + reader.what() + " must be a list of elements")
        .hint("write it like exclude: [{part: room, with: =}, {part: during, with: '&&'}]");
  }
  exclude.method = reader.text("method");
  exclude.where = sql_or_empty(reader, "where");
  exclude.deferrable = read_deferrable(reader);
  exclude.options = read_options(reader);
  return exclude;
}

Constraint read_constraint_named(NodeReader& reader, std::string name) {
  const std::string_view kind = constraint_kind_of(reader);
  if (kind == "primary_key") return read_key_constraint<PrimaryKey>(reader, std::move(name), kind);
  if (kind == "unique") return read_key_constraint<Unique>(reader, std::move(name), kind);
  if (kind == "foreign_key") return read_foreign_key(reader, std::move(name));
  if (kind == "exclude") return read_exclude(reader, std::move(name));
  Check check;
  check.name = std::move(name);
  check.expression = require_sql(reader, "check");
  check.options = read_options(reader, OptionsOf::kCheck);
  return check;
}

/// Puts a constraint where its kind belongs.
struct Adder {
  Table& table;
  NodeReader& reader;

  void operator()(PrimaryKey&& key) const {
    if (table.primary_key) {
      throw reader.error_at_key("primary_key", "table " + table.name + " has two primary keys")
          .hint("keep one of them");
    }
    table.primary_key = std::move(key);
  }
  void operator()(Unique&& unique) const { table.uniques.push_back(std::move(unique)); }
  void operator()(ForeignKey&& key) const { table.foreign_keys.push_back(std::move(key)); }
  void operator()(Check&& check) const { table.checks.push_back(std::move(check)); }
  void operator()(Exclude&& exclude) const { table.excludes.push_back(std::move(exclude)); }
};

}  // namespace

namespace schema_node {

std::vector<KeyPart> read_key_parts(NodeReader& reader, std::string_view key) {
  const Node& node = reader.require(key);
  std::vector<KeyPart> parts;
  if (node.is_list()) {
    parts.reserve(node.items.size());
    for (const Node& item : node.items) parts.push_back(read_key_part(reader, item));
  } else if (!node.is_null()) {
    parts.push_back(read_key_part(reader, node));
  }
  if (parts.empty()) {
    throw reader.error_at_key(key,
                              "'" + std::string(key) + "' in " + reader.what() + " has no columns");
  }
  return parts;
}

std::vector<KeyPart> read_key_columns(NodeReader& reader, std::string_view key) {
  std::vector<KeyPart> parts = read_key_parts(reader, key);
  for (const KeyPart& part : parts) {
    if (!part.column.empty()) continue;
    throw reader
        .error_at_key(key, "'" + std::string(key) + "' in " + reader.what() +
                               " takes columns, not the expression '" + part.expression.common +
                               "'")
        .hint("several columns are a list, [a, b]; a unique index may have expressions");
  }
  return parts;
}

Deferrable read_deferrable(NodeReader& reader) {
  const std::string word = reader.choice("deferrable", "false", {"true", "immediate", "deferred"});
  if (word == "deferred") return Deferrable::kDeferred;
  return word == "false" ? Deferrable::kNo : Deferrable::kImmediate;
}

void read_reference(NodeReader& reader, ForeignKey& key) {
  const Node& node = reader.require("references");
  if (node.is_map()) {
    NodeReader map(node, reader.source(), reader.kind(), "'references' of " + reader.what());
    key.referenced_table = map.require_text("table");
    key.referenced_columns = map.texts("columns");
    map.finish();
    return;
  }
  auto reference = node.is_scalar() ? parse_reference(node.text) : std::nullopt;
  if (!reference) {
    const bool is_cut =
        node.is_scalar() && node.text.find('(') != std::string::npos && !node.text.ends_with(')');
    throw reader
        .error_at_key("references",
                      "'references' in " + reader.what() + " must be table.column or table(a, b)")
        .hint(is_cut ? "within { } a comma ends a value: put it in quotes, \"parent(x, y)\""
                     : "names with odd characters go into {table: …, columns: […]}");
  }
  key.referenced_table = std::move(reference->table);
  key.referenced_columns = std::move(reference->columns);
}

void read_foreign_key_rules(NodeReader& reader, ForeignKey& key) {
  key.on_delete = read_action(reader, "on_delete");
  key.on_update = read_action(reader, "on_update");
  key.match = reader.choice("match", "", {"full", "partial", "simple"});
  key.deferrable = read_deferrable(reader);
}

PrimaryKey read_primary_key(NodeReader& table) {
  const Node& node = table.require("primary_key");
  const bool is_part = node.find("column") != nullptr || node.find("expression") != nullptr;
  if (!node.is_map() || is_part) {
    PrimaryKey key;
    key.columns = read_key_columns(table, "primary_key");
    return key;
  }
  NodeReader reader(node, table.source(), table.kind(), "the primary key of " + table.what());
  PrimaryKey key = read_key_constraint<PrimaryKey>(reader, reader.text("name"), "columns");
  reader.finish();
  return key;
}

void read_constraints(NodeReader& reader, Table& table) {
  each_named(reader, "constraints", "constraint", [&](NodeReader& body, std::string name) {
    std::visit(Adder{table, body}, read_constraint_named(body, std::move(name)));
  });
}

}  // namespace schema_node

KeyPart read_key_part(const NodeReader& reader, const Node& node) {
  if (node.is_map()) return read_key_part_map(reader, node);
  if (node.is_list() || node.is_null()) {
    throw reader.error(node, "a key part of " + reader.what() + " must be text or a map");
  }
  ParsedKeyPart parsed = parse_key_part(node.text);
  if (!parsed.problem.empty()) {
    throw reader.error(node, parsed.problem + " (in " + reader.what() + ")").hint(parsed.hint);
  }
  return std::move(parsed.part);
}

Constraint read_constraint(NodeReader& reader) {
  return read_constraint_named(reader, reader.text("name"));
}

Index read_index(NodeReader& reader, std::string name) {
  Index index;
  index.name = std::move(name);
  index.columns = read_key_parts(reader, "columns");
  index.unique = reader.boolean("unique", false);
  index.where = sql_or_empty(reader, "where");
  index.method = reader.text("method");
  index.include = reader.texts("include");
  index.comment = reader.text("comment");
  index.renamed_from = reader.text("renamed_from");
  index.options = read_options(reader);
  return index;
}

}  // namespace ormdb
