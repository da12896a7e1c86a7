// Data steps: rows and raw SQL.
#include <unordered_map>

#include "schema/schema_node.h"
#include "script/operation_fields.h"
#include "script/operation_node.h"

namespace ormdb::operation_fields {
namespace {

using Row = std::vector<Literal>;

void write_rows(Node& node, const std::vector<std::string>& columns, const std::vector<Row>& rows) {
  if (rows.empty()) node.set_if("columns", Node::strings(columns));
  Node list = Node::list();
  for (const Row& row : rows) {
    Node map = Node::map();
    for (std::size_t i = 0; i < columns.size() && i < row.size(); ++i) {
      map.set(columns[i], literal_to_node(row[i]));
    }
    list.push(std::move(map));
  }
  node.set("rows", std::move(list));
}

/// Collects rows whose keys come in any order; a column that appears late is null in earlier rows.
class RowReader {
 public:
  RowReader(std::vector<std::string>& columns, std::vector<Row>& rows)
      : columns_(columns), rows_(rows) {}

  void read(NodeReader& reader) {
    for (std::string& name : reader.texts("columns")) position(name);
    const Node& rows = reader.require("rows");
    if (!rows.is_list()) {
      throw reader.error_at_key("rows", "'rows' in " + reader.what() + " must be a list of maps");
    }
    for (const Node& row : rows.items) add(reader, row);
    for (Row& row : rows_) row.resize(columns_.size());
  }

 private:
  void add(const NodeReader& reader, const Node& map) {
    if (!map.is_map()) {
      throw reader.error(map, "a row of " + reader.what() + " must be a map (column: value)");
    }
    Row row(columns_.size());
    for (const auto& [column, value] : map.entries) {
      const std::size_t at = position(column);
      if (at >= row.size()) row.resize(at + 1);
      row[at] = read_literal(reader, value);
    }
    rows_.push_back(std::move(row));
  }

  std::size_t position(const std::string& column) {
    const auto [found, is_new] = positions_.emplace(column, columns_.size());
    if (is_new) columns_.push_back(column);
    return found->second;
  }

  std::vector<std::string>& columns_;
  std::vector<Row>& rows_;
  std::unordered_map<std::string, std::size_t> positions_;
};

SqlText read_where(NodeReader& reader) {
  const Node* where = reader.get("where");
  return where == nullptr || where->is_null() ? SqlText{} : read_sql_text(reader, *where);
}

std::vector<Operation> read_effects(const NodeReader& reader, const Node& node, int number) {
  if (!node.is_list()) {
    throw reader.error(node, "'effects' of " + reader.what() + " must be a list of operations")
        .hint("write effects: [] for SQL that changes no schema");
  }
  std::vector<Operation> effects;
  for (const Node& item : node.items) {
    effects.push_back(operation_from_node(item, reader.source(), number));
  }
  return effects;
}

}  // namespace

Node write_body(const InsertRows& kind) {
  Node node = Node::map({{"table", Node(kind.table)}});
  write_rows(node, kind.columns, kind.rows);
  return node;
}
InsertRows read_body(Tag<InsertRows>, NodeReader& reader) {
  InsertRows kind;
  kind.table = reader.require_text("table");
  RowReader(kind.columns, kind.rows).read(reader);
  return kind;
}

Node write_body(const UpdateRows& kind) {
  Node set = Node::map();
  for (const auto& [column, value] : kind.set) set.set(column, literal_to_node(value));
  Node node = Node::map({{"table", Node(kind.table)}, {"set", std::move(set)}});
  if (!kind.where.empty()) node.set("where", sql_text_to_node(kind.where));
  return node;
}
UpdateRows read_body(Tag<UpdateRows>, NodeReader& reader) {
  UpdateRows kind;
  kind.table = reader.require_text("table");
  const Node& set = reader.require("set");
  if (!set.is_map() || set.entries.empty()) {
    throw reader.error_at_key("set",
                              "'set' in " + reader.what() + " must be a map (column: value)");
  }
  for (const auto& [column, value] : set.entries) {
    kind.set.emplace_back(column, read_literal(reader, value));
  }
  kind.where = read_where(reader);
  return kind;
}

Node write_body(const DeleteRows& kind) {
  Node node = Node::map({{"table", Node(kind.table)}});
  if (!kind.where.empty()) node.set("where", sql_text_to_node(kind.where));
  if (!kind.columns.empty()) write_rows(node, kind.columns, kind.rows);
  return node;
}
DeleteRows read_body(Tag<DeleteRows>, NodeReader& reader) {
  DeleteRows kind;
  kind.table = reader.require_text("table");
  kind.where = read_where(reader);
  if (!reader.has("rows")) return kind;
  if (!kind.where.empty()) {
    throw reader.error_at_key("rows", reader.what() + " has both 'where' and 'rows'");
  }
  RowReader(kind.columns, kind.rows).read(reader);
  // Without a column the operation would mean every row.
  if (kind.columns.empty()) {
    throw reader.error_at_key("rows", "'rows' in " + reader.what() + " names no columns");
  }
  return kind;
}

Node write_body(const Execute& kind) {
  Node sql = sql_text_to_node(kind.sql);
  if (!kind.effects) return sql;
  Node effects = Node::list();
  for (const Operation& effect : *kind.effects) effects.push(operation_to_node(effect));
  return Node::map({{"sql", std::move(sql)}, {"effects", std::move(effects)}});
}

Execute read_execute(const NodeReader& step, const Node& body, int number) {
  Execute kind;
  const bool by_keys = body.find("sql") != nullptr || body.find("effects") != nullptr;
  if (by_keys) {
    NodeReader reader(body, step.source(), step.kind(), "execute");
    kind.sql = read_sql_text(reader, reader.require("sql"));
    if (const Node* effects = reader.get("effects")) {
      kind.effects = read_effects(reader, *effects, number);
    }
    reader.finish();
  } else {
    kind.sql = read_sql_text(step, body);
  }
  if (kind.sql.empty()) throw step.error(body, "execute has no SQL");
  return kind;
}

}  // namespace ormdb::operation_fields
