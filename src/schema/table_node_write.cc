// Writing a table.
//
// 1. The primary key, and the uniques and foreign keys that may, are given to their columns: those
// at the
//    front of each list whose columns stand in ascending order, since reading collects them in
//    that order and puts those of `constraints:` behind them.
// 2. All others go to `primary_key:` and `constraints:`.
#include <optional>
#include <unordered_map>

#include "schema/schema_node.h"
#include "schema/schema_node_parts.h"

namespace ormdb {

using namespace schema_node;

namespace {

class Placement {
 public:
  explicit Placement(const Table& table) : by_column_(table.columns.size()) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      positions_.emplace(table.columns[i].name, i);
    }
    if (table.primary_key && table.primary_key->deferrable == Deferrable::kNo &&
        table.primary_key->options.empty()) {
      if (const auto at = position(table.primary_key->columns)) {
        by_column_[*at].primary_key = &*table.primary_key;
        has_primary_key_ = true;
      }
    }
    place_uniques(table.uniques);
    place_foreign_keys(table.foreign_keys);
  }

  const ColumnConstraints& of_column(std::size_t index) const { return by_column_[index]; }
  bool has_primary_key() const { return has_primary_key_; }
  std::size_t placed_uniques() const { return placed_uniques_; }
  std::size_t placed_foreign_keys() const { return placed_foreign_keys_; }

 private:
  /// Where the column stands that these parts name and say nothing else of.
  std::optional<std::size_t> position(const std::vector<KeyPart>& parts) const {
    if (parts.size() != 1) return std::nullopt;
    KeyPart plain;
    plain.column = parts.front().column;
    return parts.front() == plain ? position(plain.column) : std::nullopt;
  }

  std::optional<std::size_t> position(const std::string& column) const {
    const auto found = positions_.find(column);
    if (found == positions_.end()) return std::nullopt;
    return found->second;
  }

  void place_uniques(const std::vector<Unique>& uniques) {
    std::size_t next = 0;
    for (const Unique& unique : uniques) {
      const auto at = position(unique.columns);
      if (!at || *at < next || unique.deferrable != Deferrable::kNo || !unique.options.empty())
        break;
      by_column_[*at].unique = &unique;
      next = *at + 1;
      ++placed_uniques_;
    }
  }

  void place_foreign_keys(const std::vector<ForeignKey>& keys) {
    std::size_t next = 0;
    for (const ForeignKey& key : keys) {
      if (key.columns.size() != 1 || key.referenced_columns.size() > 1) break;
      const auto at = position(key.columns.front());
      if (!at || *at < next || !key.options.empty()) break;
      by_column_[*at].foreign_key = &key;
      next = *at + 1;
      ++placed_foreign_keys_;
    }
  }

  std::unordered_map<std::string, std::size_t> positions_;
  std::vector<ColumnConstraints> by_column_;
  bool has_primary_key_ = false;
  std::size_t placed_uniques_ = 0;
  std::size_t placed_foreign_keys_ = 0;
};

Node block(Node node) {
  node.style = Node::Style::kBlock;
  return node;
}

Node columns_to_node(const Table& table, const Placement& placement) {
  Node node = Node::map();
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const Column& column = table.columns[i];
    node.set(column.name, column_to_node(column, placement.of_column(i)));
  }
  return block(std::move(node));
}

Node constraints_to_node(const Table& table, const Placement& placement) {
  Node list = Node::list();
  for (std::size_t i = placement.placed_uniques(); i < table.uniques.size(); ++i) {
    list.push(constraint_to_node(table.uniques[i]));
  }
  for (std::size_t i = placement.placed_foreign_keys(); i < table.foreign_keys.size(); ++i) {
    list.push(constraint_to_node(table.foreign_keys[i]));
  }
  for (const Check& check : table.checks) list.push(constraint_to_node(check));
  for (const Exclude& exclude : table.excludes) list.push(constraint_to_node(exclude));
  return block(std::move(list));
}

Node relationships_to_node(const std::vector<Relationship>& relationships) {
  Node node = Node::map();
  for (const Relationship& relationship : relationships) {
    Node body = Node::map({{"to", Node(relationship.to)}});
    body.set_if("kind", relationship.kind);
    body.set_if("back_populates", relationship.back_populates);
    body.set_if("secondary", relationship.secondary);
    body.set_if("columns", Node::strings(relationship.columns));
    body.set_if("order_by", relationship.order_by);
    body.set_if("cascade", relationship.cascade);
    node.set(relationship.name, std::move(body));
  }
  return block(std::move(node));
}

}  // namespace

Node table_to_node(const Table& table) {
  const Placement placement(table);
  Node node = Node::map();
  node.set_if("schema", table.schema);
  node.set("columns", columns_to_node(table, placement));
  if (table.primary_key && !placement.has_primary_key()) {
    node.set("primary_key", primary_key_to_node(*table.primary_key));
  }
  node.set_if("constraints", constraints_to_node(table, placement));
  node.set_if("indexes", indexes_to_node(table.indexes));
  node.set_if("comment", table.comment);
  node.set_if("renamed_from", table.renamed_from);
  append_options(node, table.options);
  node.set_if("relationships", relationships_to_node(table.relationships));
  return block(std::move(node));
}

}  // namespace ormdb
