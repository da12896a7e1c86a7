// Reading tables: columns first, with the constraints that stand in them, then the rest, in
// whatever order the text has them.
#include "schema/schema_node.h"
#include "schema/schema_node_parts.h"

namespace ormdb {

using namespace schema_node;

namespace {

/// Keys of a column that say something of its table's constraints.
constexpr std::string_view kConstraintKeys[] = {"primary_key", "unique",     "references",
                                                "foreign_key", "on_delete",  "on_update",
                                                "match",       "deferrable", "check"};
constexpr std::string_view kForeignKeyKeys[] = {"foreign_key", "on_delete", "on_update", "match",
                                                "deferrable"};

/// `true` is a constraint without a name, false none, text its name.
struct Flag {
  bool set = false;
  std::string name;
};

Flag read_flag(NodeReader& reader, std::string_view key) {
  const Node* node = reader.get(key);
  if (node == nullptr || node->is_null()) return {};
  if (node->kind == Node::Kind::kBoolean) return {node->text == "true", ""};
  if (node->kind != Node::Kind::kString || node->text.empty()) {
    throw reader.error_at_key(key, "'" + std::string(key) + "' in " + reader.what() +
                                       " must be true or the constraint's name");
  }
  return {true, node->text};
}

KeyPart plain_part(const std::string& column) {
  KeyPart part;
  part.column = column;
  return part;
}

/// Several columns with primary_key: true are one composite key.
void add_to_primary_key(NodeReader& reader, const std::string& column, Table& table) {
  const Flag flag = read_flag(reader, "primary_key");
  if (!flag.set) return;
  if (!table.primary_key) table.primary_key.emplace();
  PrimaryKey& key = *table.primary_key;
  if (!key.name.empty() && !flag.name.empty() && key.name != flag.name) {
    throw reader
        .error_at_key("primary_key", reader.what() + " names the primary key '" + flag.name +
                                         "', an earlier column '" + key.name + "'")
        .hint("a table has one primary key: give its columns the same name, or none");
  }
  if (key.name.empty()) key.name = flag.name;
  key.columns.push_back(plain_part(column));
}

void add_foreign_key(NodeReader& reader, const std::string& column, Table& table) {
  if (!reader.has("references")) {
    for (const std::string_view key : kForeignKeyKeys) {
      if (!reader.has(key)) continue;
      throw reader.error_at_key(
          key, "'" + std::string(key) + "' in " + reader.what() + " needs 'references'");
    }
    return;
  }
  ForeignKey key;
  key.name = reader.text("foreign_key");
  key.columns = {column};
  read_reference(reader, key);
  if (key.referenced_columns.size() > 1) {
    throw reader
        .error_at_key("references", reader.what() + " references " +
                                        std::to_string(key.referenced_columns.size()) + " columns")
        .hint("a composite foreign key stands under the table's 'constraints'");
  }
  read_foreign_key_rules(reader, key);
  table.foreign_keys.push_back(std::move(key));
}

void read_column_constraints(NodeReader& reader, const std::string& column, Table& table) {
  add_to_primary_key(reader, column, table);
  const Flag unique = read_flag(reader, "unique");
  if (unique.set) {
    Unique constraint;
    constraint.name = unique.name;
    constraint.columns.push_back(plain_part(column));
    table.uniques.push_back(std::move(constraint));
  }
  add_foreign_key(reader, column, table);
  if (reader.has("check")) {
    Check check;
    check.expression = require_sql(reader, "check");
    table.checks.push_back(std::move(check));
  }
}

void refuse_column_constraints(NodeReader& reader) {
  for (const std::string_view key : kConstraintKeys) {
    if (reader.node().find(key) == nullptr) continue;
    throw reader
        .error_at_key(key,
                      "'" + std::string(key) + "' does not belong in " + reader.what() + " here")
        .hint("write the constraint as an add_constraint operation of its own");
  }
}

Generated read_generated(NodeReader& column) {
  NodeReader reader(column.require("generated"), column.source(), column.kind(),
                    "'generated' of " + column.what());
  Generated generated;
  generated.expression = require_sql(reader, "as");
  generated.stored = reader.boolean("stored", false);
  reader.finish();
  return generated;
}

Relationship read_relationship(NodeReader& reader, std::string name) {
  static const std::vector<std::string> kRelationshipKinds = {"one_to_many", "many_to_one",
                                                              "one_to_one", "many_to_many"};
  Relationship relationship;
  relationship.name = std::move(name);
  relationship.to = reader.require_text("to");
  relationship.kind = reader.choice("kind", "", kRelationshipKinds);
  relationship.back_populates = reader.text("back_populates");
  relationship.secondary = reader.text("secondary");
  relationship.columns = reader.texts("columns");
  relationship.order_by = reader.text("order_by");
  relationship.cascade = reader.text("cascade");
  return relationship;
}

void read_columns(NodeReader& reader, Table& table) {
  const Node* columns = section(reader, "columns");
  if (columns == nullptr) return;
  table.columns.reserve(columns->entries.size());
  for (const auto& [name, body] : columns->entries) {
    NodeReader column(body, reader.source(), reader.kind(), "column " + table.name + "." + name);
    table.columns.push_back(read_column(column, name, &table));
    column.finish();
  }
}

}  // namespace

Column read_column(NodeReader& reader, std::string name, Table* table) {
  Column column;
  column.name = std::move(name);
  column.type = read_type(reader, reader.require("type"));
  column.nullable = reader.boolean("nullable", false);
  if (table != nullptr) {
    read_column_constraints(reader, column.name, *table);
  } else {
    refuse_column_constraints(reader);
  }
  if (const Node* value = reader.get("default"))
    column.default_value = read_literal(reader, *value);
  if (reader.has("generated")) column.generated = read_generated(reader);
  column.autoincrement = reader.boolean("autoincrement", false);
  column.collation = reader.text("collate");
  column.comment = reader.text("comment");
  column.renamed_from = reader.text("renamed_from");
  column.options = read_options(reader, OptionsOf::kColumn);
  return column;
}

Table read_table(NodeReader& reader, std::string name) {
  Table table;
  table.name = std::move(name);
  table.schema = reader.text("schema");
  read_columns(reader, table);
  if (reader.has("primary_key")) {
    if (table.primary_key) {
      throw reader.error_at_key("primary_key", reader.what() + " has two primary keys")
          .hint("a column of it has 'primary_key' too: keep one of them");
    }
    table.primary_key = read_primary_key(reader);
  }
  read_constraints(reader, table);
  each_named(reader, "indexes", "index", [&](NodeReader& body, std::string index) {
    table.indexes.push_back(read_index(body, std::move(index)));
  });
  table.comment = reader.text("comment");
  table.renamed_from = reader.text("renamed_from");
  table.options = read_options(reader, OptionsOf::kTable);
  each_named(reader, "relationships", "relationship",
             [&](NodeReader& body, std::string relationship) {
               table.relationships.push_back(read_relationship(body, std::move(relationship)));
             });
  if (!reader.has("columns")) {
    reader.has("triggers");  // a misspelt 'columns' is reported as such, what may follow is not
    reader.finish();
    reader.require("columns");
  }
  return table;
}

}  // namespace ormdb
