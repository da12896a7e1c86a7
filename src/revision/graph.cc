#include <algorithm>
#include <functional>

#include "revision/graph_data.h"
#include "revision/graph_errors.h"

namespace ormdb {
namespace {

NodeIndex lookup(const std::unordered_map<std::string_view, NodeIndex>& map,
                 std::string_view name) {
  auto found = map.find(name);
  return found == map.end() ? kNoNode : found->second;
}

NodeMarks mark(const GraphData& graph, const NodeList& nodes) {
  NodeMarks marks(graph.size());
  for (NodeIndex node : nodes) marks[static_cast<std::size_t>(node)] = 1;
  return marks;
}

void sort_unique(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

NodeIndex GraphData::find_id(std::string_view id) const { return lookup(by_id, id); }
NodeIndex GraphData::find_label(std::string_view label) const { return lookup(by_label, label); }

NodeIndex GraphData::find_exact(std::string_view name) const {
  NodeIndex node = find_id(name);
  return node == kNoNode ? find_label(name) : node;
}

NodeIndex GraphData::node_of(const Revision& revision) const {
  // Nearly always it is one of ours, whose place says it.
  const Revision* const begin = revisions.data();
  const std::less<const Revision*> before;
  if (!before(&revision, begin) && before(&revision, begin + revisions.size())) {
    return static_cast<NodeIndex>(&revision - begin);
  }
  NodeIndex node = find_id(revision.id);
  if (node == kNoNode) throw unknown_argument(*this, revision.id, revision.id);
  return node;
}

NodeMarks mark_ancestors(const GraphData& graph, const NodeList& nodes, const Adjacency& parents) {
  NodeMarks marks = mark(graph, nodes);
  for (std::size_t i = graph.size(); i-- > 0;) {
    if (!marks[i]) continue;
    for (NodeIndex parent : parents[static_cast<NodeIndex>(i)]) {
      marks[static_cast<std::size_t>(parent)] = 1;
    }
  }
  return marks;
}

NodeMarks mark_descendants(const GraphData& graph, const NodeList& nodes,
                           const Adjacency& parents) {
  NodeMarks marks = mark(graph, nodes);
  for (std::size_t i = 0; i < graph.size(); ++i) {
    for (NodeIndex parent : parents[static_cast<NodeIndex>(i)]) {
      if (is_marked(marks, parent)) marks[i] = 1;
    }
  }
  return marks;
}

NodeMarks mark_lineage(const GraphData& graph, const NodeList& nodes, const Adjacency& parents) {
  NodeMarks marks = mark_ancestors(graph, nodes, parents);
  NodeMarks above = mark_descendants(graph, nodes, parents);
  for (std::size_t i = 0; i < marks.size(); ++i) marks[i] = marks[i] || above[i];
  return marks;
}

NodeList marked_nodes(const NodeMarks& marks) {
  NodeList nodes;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (marks[i]) nodes.push_back(static_cast<NodeIndex>(i));
  }
  return nodes;
}

void sort_by_id(const GraphData& graph, NodeList& nodes) {
  std::sort(nodes.begin(), nodes.end(),
            [&](NodeIndex a, NodeIndex b) { return graph.id(a) < graph.id(b); });
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

std::vector<const Revision*> as_revisions(const GraphData& graph, const NodeList& nodes) {
  std::vector<const Revision*> revisions;
  revisions.reserve(nodes.size());
  for (NodeIndex node : nodes) revisions.push_back(&graph.revision(node));
  return revisions;
}

std::vector<std::string> as_ids(const GraphData& graph, const NodeList& nodes) {
  std::vector<std::string> ids;
  for (NodeIndex node : nodes) ids.push_back(graph.id(node));
  return ids;
}

std::vector<std::string> labels_of_node(const GraphData& graph, NodeIndex node) {
  std::vector<std::string> labels;
  auto add = [&](NodeIndex from) {
    const std::vector<std::string>& own = graph.revision(from).branch_labels;
    labels.insert(labels.end(), own.begin(), own.end());
  };
  std::vector<NodeIndex> seen, todo{node};
  while (!todo.empty()) {
    NodeIndex next = todo.back();
    todo.pop_back();
    auto place = std::lower_bound(seen.begin(), seen.end(), next);
    if (place != seen.end() && *place == next) continue;
    seen.insert(place, next);
    add(next);
    for (NodeIndex source : graph.label_sources[next]) todo.push_back(source);
  }
  for (NodeIndex above = graph.labelled_above[static_cast<std::size_t>(node)]; above != kNoNode;
       above = graph.labelled_above[static_cast<std::size_t>(above)]) {
    add(above);
  }
  sort_unique(labels);
  return labels;
}

RevisionGraph RevisionGraph::build(std::vector<Revision> revisions) {
  auto impl = std::make_unique<Impl>();
  static_cast<GraphData&>(*impl) = build_graph_data(std::move(revisions));
  return RevisionGraph(std::move(impl));
}

RevisionGraph::RevisionGraph(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RevisionGraph::RevisionGraph(RevisionGraph&&) noexcept = default;
RevisionGraph& RevisionGraph::operator=(RevisionGraph&&) noexcept = default;
RevisionGraph::~RevisionGraph() = default;

bool RevisionGraph::empty() const { return impl_->revisions.empty(); }
const std::vector<const Revision*>& RevisionGraph::all() const { return impl_->order; }

const Revision* RevisionGraph::find(std::string_view full_id) const {
  NodeIndex node = impl_->find_id(full_id);
  return node == kNoNode ? nullptr : &impl_->revision(node);
}

std::vector<const Revision*> RevisionGraph::heads() const {
  return as_revisions(*impl_, impl_->heads);
}

std::vector<const Revision*> RevisionGraph::effective_heads() const {
  return as_revisions(*impl_, impl_->effective_heads);
}

std::vector<const Revision*> RevisionGraph::bases() const {
  return as_revisions(*impl_, impl_->bases);
}

std::vector<const Revision*> RevisionGraph::branch_points() const {
  NodeList nodes;
  for (std::size_t i = impl_->size(); i-- > 0;) {
    auto node = static_cast<NodeIndex>(i);
    if (impl_->children[node].size() > 1) nodes.push_back(node);
  }
  return as_revisions(*impl_, nodes);
}

std::vector<const Revision*> RevisionGraph::children(const Revision& revision) const {
  auto nodes = impl_->children[impl_->node_of(revision)];
  return as_revisions(*impl_, NodeList(nodes.begin(), nodes.end()));
}

std::vector<std::string> RevisionGraph::labels_of(const Revision& revision) const {
  return labels_of_node(*impl_, impl_->node_of(revision));
}

std::vector<std::string> RevisionGraph::dependencies_of(const Revision& revision) const {
  NodeIndex node = impl_->node_of(revision);
  auto dependencies = impl_->dependencies[node];
  if (dependencies.empty()) return {};
  // Implied is what a proper ancestor of the node already stands on: reached over another edge.
  NodeList others;
  for (NodeIndex parent : impl_->all_parents[node]) {
    for (NodeIndex below : impl_->all_parents[parent]) others.push_back(below);
  }
  for (NodeIndex parent : impl_->parents[node]) others.push_back(parent);
  NodeMarks implied = mark_ancestors(*impl_, others, impl_->all_parents);
  std::vector<std::string> ids;
  for (NodeIndex dependency : dependencies) {
    if (!is_marked(implied, dependency)) ids.push_back(impl_->id(dependency));
  }
  return ids;
}

bool RevisionGraph::is_head(const Revision& revision) const {
  return impl_->children[impl_->node_of(revision)].empty();
}

bool RevisionGraph::is_effective_head(const Revision& revision) const {
  return impl_->all_children[impl_->node_of(revision)].empty();
}

bool RevisionGraph::is_branch_point(const Revision& revision) const {
  return impl_->children[impl_->node_of(revision)].size() > 1;
}

bool RevisionGraph::is_merge_point(const Revision& revision) const {
  return impl_->parents[impl_->node_of(revision)].size() > 1;
}

std::vector<const Revision*> RevisionGraph::ancestors(const std::vector<std::string>& ids) const {
  NodeList nodes;
  for (const std::string& id : ids) {
    NodeIndex node = impl_->find_id(id);
    if (node == kNoNode) throw unknown_argument(*impl_, id, id);
    nodes.push_back(node);
  }
  return as_revisions(*impl_, marked_nodes(mark_ancestors(*impl_, nodes, impl_->all_parents)));
}

}  // namespace ormdb
