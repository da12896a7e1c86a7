// Operations on tables, columns, constraints and indexes.
#include "schema/schema_node.h"
#include "script/operation_fields.h"

namespace ormdb::operation_fields {

Node joined(Node first, Node rest) {
  for (Node::Entry& entry : rest.entries)
    first.set(std::move(entry.first), std::move(entry.second));
  if (rest.style == Node::Style::kBlock) first.style = rest.style;
  return first;
}

namespace {

Node with_table(const std::string& table) { return Node::map({{"table", Node(table)}}); }

Node whole_table(const Table& table) {
  return joined(with_table(table.name), table_to_node(table));
}

Table read_whole_table(NodeReader& reader) {
  return read_table(reader, reader.require_text("table"));
}

Node settings_to_node(const AlterTable::Settings& settings) {
  Node node = Node::map();
  node.set_if("comment", settings.comment);
  return joined(std::move(node), options_to_node(settings.options));
}

AlterTable::Settings read_settings(NodeReader& reader) {
  AlterTable::Settings settings;
  settings.comment = reader.text("comment");
  settings.options = read_options(reader, OptionsOf::kTable);
  return settings;
}

template <typename Kind>
Node column_body(const Kind& kind) {
  Node column = Node::map({{"name", Node(kind.column.name)}});
  return with_table(kind.table)
      .set("column", joined(std::move(column), column_to_node(kind.column)));
}

template <typename Kind>
Kind read_column_body(NodeReader& reader) {
  Kind kind;
  kind.table = reader.require_text("table");
  const Node& node = reader.require("column");
  const Node* name = node.find("name");
  const std::string label = name != nullptr ? kind.table + "." + name->text : "of " + reader.what();
  NodeReader column(node, reader.source(), reader.kind(), "column " + label);
  kind.column = read_column(column, column.require_text("name"), nullptr);
  column.finish();
  return kind;
}

template <typename Kind>
Node constraint_body(const Kind& kind) {
  return joined(with_table(kind.table), constraint_to_node(kind.constraint));
}

template <typename Kind>
Kind read_constraint_body(NodeReader& reader) {
  Kind kind;
  kind.table = reader.require_text("table");
  kind.constraint = read_constraint(reader);
  return kind;
}

template <typename Kind>
Node index_body(const Kind& kind) {
  Node node = Node::map();
  node.set_if("name", kind.index.name);
  node.set("table", kind.table);
  return joined(std::move(node), index_to_node(kind.index));
}

template <typename Kind>
Kind read_index_body(NodeReader& reader) {
  Kind kind;
  kind.table = reader.require_text("table");
  kind.index = read_index(reader, reader.text("name"));
  return kind;
}

}  // namespace

Node write_body(const CreateTable& kind) { return whole_table(kind.table); }
CreateTable read_body(Tag<CreateTable>, NodeReader& reader) { return {read_whole_table(reader)}; }

Node write_body(const DropTable& kind) { return whole_table(kind.table); }
DropTable read_body(Tag<DropTable>, NodeReader& reader) { return {read_whole_table(reader)}; }

Node write_body(const RenameTable& kind) { return with_table(kind.from).set("to", kind.to); }
RenameTable read_body(Tag<RenameTable>, NodeReader& reader) {
  return {reader.require_text("table"), reader.require_text("to")};
}

Node write_body(const AlterTable& kind) {
  return with_table(kind.table)
      .set("from", settings_to_node(kind.from))
      .set("to", settings_to_node(kind.to));
}
AlterTable read_body(Tag<AlterTable>, NodeReader& reader) {
  return {reader.require_text("table"),
          read_side<AlterTable::Settings>(reader, "from", read_settings),
          read_side<AlterTable::Settings>(reader, "to", read_settings)};
}

Node write_body(const AddColumn& kind) { return column_body(kind); }
AddColumn read_body(Tag<AddColumn>, NodeReader& reader) {
  return read_column_body<AddColumn>(reader);
}

Node write_body(const DropColumn& kind) { return column_body(kind); }
DropColumn read_body(Tag<DropColumn>, NodeReader& reader) {
  return read_column_body<DropColumn>(reader);
}

Node write_body(const AlterColumn& kind) {
  Node node = with_table(kind.table);
  node.set("name", kind.from.name);
  node.set("from", column_to_node(kind.from));
  node.set("to", column_to_node(kind.to));
  if (!kind.using_expression.empty()) node.set("using", sql_text_to_node(kind.using_expression));
  return node;
}
AlterColumn read_body(Tag<AlterColumn>, NodeReader& reader) {
  AlterColumn kind;
  kind.table = reader.require_text("table");
  const std::string name = reader.require_text("name");
  const auto read = [&](NodeReader& side) { return read_column(side, name, nullptr); };
  kind.from = read_side<Column>(reader, "from", read);
  kind.to = read_side<Column>(reader, "to", read);
  if (const Node* text = reader.get("using")) kind.using_expression = read_sql_text(reader, *text);
  return kind;
}

Node write_body(const RenameColumn& kind) {
  return with_table(kind.table).set("name", kind.from).set("to", kind.to);
}
RenameColumn read_body(Tag<RenameColumn>, NodeReader& reader) {
  return {reader.require_text("table"), reader.require_text("name"), reader.require_text("to")};
}

Node write_body(const AddConstraint& kind) { return constraint_body(kind); }
AddConstraint read_body(Tag<AddConstraint>, NodeReader& reader) {
  return read_constraint_body<AddConstraint>(reader);
}

Node write_body(const DropConstraint& kind) { return constraint_body(kind); }
DropConstraint read_body(Tag<DropConstraint>, NodeReader& reader) {
  return read_constraint_body<DropConstraint>(reader);
}

Node write_body(const CreateIndex& kind) { return index_body(kind); }
CreateIndex read_body(Tag<CreateIndex>, NodeReader& reader) {
  return read_index_body<CreateIndex>(reader);
}

Node write_body(const DropIndex& kind) { return index_body(kind); }
DropIndex read_body(Tag<DropIndex>, NodeReader& reader) {
  return read_index_body<DropIndex>(reader);
}

}  // namespace ormdb::operation_fields
