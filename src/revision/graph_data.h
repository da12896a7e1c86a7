// The graph as numbers: what build() makes once and every question reads.
//
// A node is its place in a fixed topological order over both kinds of edges, so parents have
// smaller numbers than children. Ancestors are then one scan downwards, descendants one scan
// upwards, and every plan and history is a subset read in index order: no set of strings, no
// recursion. The order is the post-order of a depth-first walk from the effective heads by id,
// parents by id: branches stay together, and it depends on nothing but the graph.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ormdb/revision.h"

namespace ormdb {

using NodeIndex = int;
using NodeList = std::vector<NodeIndex>;
using NodeMarks = std::vector<char>;  ///< One flag a node.
inline constexpr NodeIndex kNoNode = -1;

/// Neighbours of every node in one array.
class Adjacency {
 public:
  Adjacency() = default;
  /// `edges` are (node, neighbour); neighbours keep the order in which they stand.
  Adjacency(std::size_t nodes, const std::vector<std::pair<NodeIndex, NodeIndex>>& edges);
  std::span<const NodeIndex> operator[](NodeIndex node) const {
    auto at = static_cast<std::size_t>(node);
    return {targets_.data() + offsets_[at], offsets_[at + 1] - offsets_[at]};
  }

 private:
  std::vector<std::size_t> offsets_;
  NodeList targets_;
};

struct GraphData {
  std::vector<Revision> revisions;         ///< By node.
  std::vector<const Revision*> order;      ///< By node.
  Adjacency parents, children;             ///< By down_revision; by id.
  Adjacency all_parents, all_children;     ///< By down_revision and depends_on; by id.
  Adjacency dependencies;                  ///< depends_on, labels resolved; by id.
  NodeList heads, effective_heads, bases;  ///< By id.
  std::unordered_map<std::string_view, NodeIndex> by_id, by_label;
  /// Labels spread to all descendants by down_revision. `label_sources[n]`: the nearest nodes at or
  /// below n that carry labels of their own or join different sources; n itself if it is one.
  Adjacency label_sources;
  /// They also spread downwards, until a branch or merge point: the next labelled node above n, or
  /// none.
  NodeList labelled_above;

  std::size_t size() const { return revisions.size(); }
  const Revision& revision(NodeIndex node) const {
    return revisions[static_cast<std::size_t>(node)];
  }
  const std::string& id(NodeIndex node) const { return revision(node).id; }
  NodeIndex find_id(std::string_view id) const;  ///< kNoNode if there is none.
  NodeIndex find_label(std::string_view label) const;
  NodeIndex find_exact(std::string_view id_or_label) const;
  NodeIndex node_of(const Revision& revision) const;  ///< Throws unknown_revision for a stranger.
};

struct RevisionGraph::Impl : GraphData {};

/// `nodes` and what is reached from them; `parents` says over which edges.
NodeMarks mark_ancestors(const GraphData& graph, const NodeList& nodes, const Adjacency& parents);
NodeMarks mark_descendants(const GraphData& graph, const NodeList& nodes, const Adjacency& parents);
/// Ancestors and descendants of `nodes`: their lineage.
NodeMarks mark_lineage(const GraphData& graph, const NodeList& nodes, const Adjacency& parents);

NodeList marked_nodes(const NodeMarks& marks);  ///< Ascending: parents first.
inline bool is_marked(const NodeMarks& marks, NodeIndex node) {
  return marks[static_cast<std::size_t>(node)] != 0;
}
void sort_by_id(const GraphData& graph, NodeList& nodes);
std::vector<const Revision*> as_revisions(const GraphData& graph, const NodeList& nodes);
std::vector<std::string> as_ids(const GraphData& graph, const NodeList& nodes);
/// All labels of a node, its own and those that spread to it; sorted.
std::vector<std::string> labels_of_node(const GraphData& graph, NodeIndex node);

/// Checks and numbers the revisions. Errors as RevisionGraph::build().
GraphData build_graph_data(std::vector<Revision> revisions);

}  // namespace ormdb
