// From headers to numbers.
//   1. sort by id, so that nothing below depends on the input's order
//   2. check ids and labels, resolve what the revisions name
//   3. depth-first walk over both kinds of edges: the topological order, or a cycle
//   4. renumber by that order, and index it
#include <algorithm>
#include <iterator>
#include <numeric>

#include "revision/graph_data.h"
#include "revision/graph_errors.h"

namespace ormdb {
namespace {

using Edges = std::vector<std::pair<NodeIndex, NodeIndex>>;

// The revisions by id, before they have their final numbers.
struct Draft {
  std::vector<Revision*> by_rank;
  std::unordered_map<std::string_view, NodeIndex> by_id, by_label;
  std::vector<NodeList> parents, dependencies, all_parents;

  std::size_t size() const { return by_rank.size(); }
  const Revision& revision(std::size_t rank) const { return *by_rank[rank]; }
};

std::size_t at(NodeIndex node) { return static_cast<std::size_t>(node); }

void check_ids(Draft& draft) {
  draft.by_id.reserve(draft.size());
  for (std::size_t i = 0; i < draft.size(); ++i) {
    const Revision& revision = draft.revision(i);
    check_id_in_script(revision);
    auto [place, added] = draft.by_id.emplace(revision.id, static_cast<NodeIndex>(i));
    if (!added) throw duplicate_revision(draft.revision(at(place->second)), revision);
  }
}

void check_labels(Draft& draft) {
  for (std::size_t i = 0; i < draft.size(); ++i) {
    const Revision& revision = draft.revision(i);
    for (const std::string& label : revision.branch_labels) {
      check_label_in_script(revision, label);
      if (auto owner = draft.by_id.find(label); owner != draft.by_id.end()) {
        throw label_is_an_id(revision, draft.revision(at(owner->second)));
      }
      auto [place, added] = draft.by_label.emplace(label, static_cast<NodeIndex>(i));
      if (!added) throw duplicate_label(label, draft.revision(at(place->second)), revision);
    }
  }
}

NodeIndex resolve_dependency(const Draft& draft, const std::string& name) {
  if (auto found = draft.by_id.find(name); found != draft.by_id.end()) return found->second;
  auto found = draft.by_label.find(name);
  return found == draft.by_label.end() ? kNoNode : found->second;
}

void sort_unique(NodeList& nodes) {
  std::sort(nodes.begin(), nodes.end());
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

// Loops are looked for in all revisions before missing ones: a missing one may be the cure's first
// half.
void check_loops(const Draft& draft) {
  for (std::size_t i = 0; i < draft.size(); ++i) {
    const Revision& revision = draft.revision(i);
    for (const std::string& name : revision.down_revisions) {
      if (name == revision.id) throw loop_error(ErrorKind::kLoop, revision);
    }
    for (const std::string& name : revision.depends_on) {
      if (resolve_dependency(draft, name) == static_cast<NodeIndex>(i)) {
        throw loop_error(ErrorKind::kDependencyLoop, revision);
      }
    }
  }
}

std::vector<std::string> ids_of(const Draft& draft) {
  std::vector<std::string> ids;
  for (const Revision* revision : draft.by_rank) ids.push_back(revision->id);
  return ids;
}

void resolve_names(Draft& draft) {
  draft.parents.resize(draft.size());
  draft.dependencies.resize(draft.size());
  draft.all_parents.resize(draft.size());
  for (std::size_t i = 0; i < draft.size(); ++i) {
    const Revision& revision = draft.revision(i);
    for (const std::string& name : revision.down_revisions) {
      auto found = draft.by_id.find(name);
      if (found == draft.by_id.end()) {
        throw missing_revision(revision, name, "down_revision", ids_of(draft));
      }
      draft.parents[i].push_back(found->second);
    }
    for (const std::string& name : revision.depends_on) {
      NodeIndex node = resolve_dependency(draft, name);
      if (node == kNoNode) throw missing_revision(revision, name, "depends_on", ids_of(draft));
      draft.dependencies[i].push_back(node);
    }
    sort_unique(draft.parents[i]);
    sort_unique(draft.dependencies[i]);
    std::set_union(draft.parents[i].begin(), draft.parents[i].end(), draft.dependencies[i].begin(),
                   draft.dependencies[i].end(), std::back_inserter(draft.all_parents[i]));
  }
}

// A depth-first walk with its own stack. Post-order in `order`; a back edge leaves its cycle in
// `cycle`.
class Walk {
 public:
  explicit Walk(const std::vector<NodeList>& edges) : edges_(edges), state_(edges.size()) {}

  bool from(NodeIndex root) {
    if (state_[at(root)] != State::kNew) return true;
    enter(root);
    while (!stack_.empty()) {
      auto& [node, next] = stack_.back();
      const NodeList& parents = edges_[at(node)];
      if (next == parents.size()) {
        state_[at(node)] = State::kDone;
        order.push_back(node);
        stack_.pop_back();
        continue;
      }
      NodeIndex parent = parents[next++];
      if (state_[at(parent)] == State::kOpen) return found_cycle(parent);
      if (state_[at(parent)] == State::kNew) enter(parent);
    }
    return true;
  }

  NodeList order;
  NodeList cycle;

 private:
  enum class State : char { kNew, kOpen, kDone };

  void enter(NodeIndex node) {
    state_[at(node)] = State::kOpen;
    stack_.emplace_back(node, 0);
  }

  bool found_cycle(NodeIndex start) {
    auto first = std::find_if(stack_.begin(), stack_.end(),
                              [&](const auto& entry) { return entry.first == start; });
    for (; first != stack_.end(); ++first) cycle.push_back(first->first);
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    return false;
  }

  const std::vector<NodeList>& edges_;
  std::vector<State> state_;
  std::vector<std::pair<NodeIndex, std::size_t>> stack_;
};

void throw_if_cyclic(const Draft& draft, const std::vector<NodeList>& edges, ErrorKind kind) {
  Walk walk(edges);
  for (std::size_t i = 0; i < draft.size(); ++i) {
    if (walk.from(static_cast<NodeIndex>(i))) continue;
    std::vector<const Revision*> cycle;
    for (NodeIndex node : walk.cycle) cycle.push_back(&draft.revision(at(node)));
    throw cycle_error(kind, cycle);
  }
}

NodeList topological_order(const Draft& draft) {
  std::vector<char> has_child(draft.size());
  for (const NodeList& parents : draft.all_parents) {
    for (NodeIndex parent : parents) has_child[at(parent)] = 1;
  }
  Walk walk(draft.all_parents);
  for (std::size_t i = 0; i < draft.size(); ++i) {
    if (!has_child[i] && !walk.from(static_cast<NodeIndex>(i))) break;
  }
  // What no head leads to lies on or below a cycle, and so does a walk that stopped.
  if (walk.order.size() != draft.size()) {
    throw_if_cyclic(draft, draft.parents, ErrorKind::kCycle);
    throw_if_cyclic(draft, draft.all_parents, ErrorKind::kDependencyCycle);
  }
  return std::move(walk.order);
}

// Edges between final numbers, each node's neighbours by id: drafts are numbered by id.
Edges renumber(const std::vector<NodeList>& edges, const NodeList& number) {
  Edges result;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    for (NodeIndex parent : edges[i]) result.emplace_back(number[i], number[at(parent)]);
  }
  return result;
}

Edges reversed(const Edges& edges) {
  Edges result;
  result.reserve(edges.size());
  for (auto [from, to] : edges) result.emplace_back(to, from);
  return result;
}

void connect(GraphData& graph, const Draft& draft, const NodeList& number) {
  Edges parents = renumber(draft.parents, number);
  Edges all_parents = renumber(draft.all_parents, number);
  graph.parents = Adjacency(draft.size(), parents);
  graph.children = Adjacency(draft.size(), reversed(parents));
  graph.all_parents = Adjacency(draft.size(), all_parents);
  graph.all_children = Adjacency(draft.size(), reversed(all_parents));
  graph.dependencies = Adjacency(draft.size(), renumber(draft.dependencies, number));
  for (NodeIndex node : number) {  // by id
    if (graph.children[node].empty()) graph.heads.push_back(node);
    if (graph.all_children[node].empty()) graph.effective_heads.push_back(node);
    if (graph.parents[node].empty()) graph.bases.push_back(node);
  }
}

void index_names(GraphData& graph) {
  graph.by_id.reserve(graph.size());
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Revision& revision = graph.revisions[i];
    auto node = static_cast<NodeIndex>(i);
    graph.order.push_back(&revision);
    graph.by_id.emplace(revision.id, node);
    for (const std::string& label : revision.branch_labels) graph.by_label.emplace(label, node);
  }
}

// Only labelled nodes and those that join different sources are sources themselves: everything else
// shares its parent's, so spreading costs nothing where there is nothing to spread.
void spread_labels_up(GraphData& graph) {
  NodeList source(graph.size(), kNoNode);  // the one source of a node
  Edges edges;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    auto node = static_cast<NodeIndex>(i);
    NodeList below;
    for (NodeIndex parent : graph.parents[node]) {
      if (source[at(parent)] != kNoNode) below.push_back(source[at(parent)]);
    }
    sort_unique(below);
    bool is_source = !graph.revisions[i].branch_labels.empty() || below.size() > 1;
    if (is_source) {
      source[i] = node;
      edges.emplace_back(node, node);
    } else if (!below.empty()) {
      source[i] = below[0];
    }
    for (NodeIndex other : below) edges.emplace_back(node, other);
  }
  graph.label_sources = Adjacency(graph.size(), edges);
}

void spread_labels_down(GraphData& graph) {
  graph.labelled_above.assign(graph.size(), kNoNode);
  for (std::size_t i = graph.size(); i-- > 0;) {
    auto node = static_cast<NodeIndex>(i);
    if (graph.all_children[node].size() > 1 || graph.parents[node].size() > 1) continue;
    if (graph.children[node].empty()) continue;
    NodeIndex child = graph.children[node][0];
    if (graph.parents[child].size() > 1) continue;
    bool labelled = !graph.revision(child).branch_labels.empty();
    graph.labelled_above[i] = labelled ? child : graph.labelled_above[at(child)];
  }
}

}  // namespace

Adjacency::Adjacency(std::size_t nodes, const std::vector<std::pair<NodeIndex, NodeIndex>>& edges)
    : offsets_(nodes + 1), targets_(edges.size()) {
  for (auto [from, to] : edges) ++offsets_[at(from) + 1];
  std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
  std::vector<std::size_t> next(offsets_.begin(), offsets_.end() - 1);
  for (auto [from, to] : edges) targets_[next[at(from)]++] = to;
}

GraphData build_graph_data(std::vector<Revision> revisions) {
  Draft draft;
  for (Revision& revision : revisions) draft.by_rank.push_back(&revision);
  // By file as well: of two with one id the error must name the same file first on every machine.
  std::sort(draft.by_rank.begin(), draft.by_rank.end(), [](const Revision* a, const Revision* b) {
    int order = a->id.compare(b->id);
    return order != 0 ? order < 0 : a->file < b->file;
  });
  check_ids(draft);
  check_labels(draft);
  check_loops(draft);
  resolve_names(draft);
  NodeList order = topological_order(draft);
  NodeList number(draft.size());
  for (std::size_t i = 0; i < order.size(); ++i) number[at(order[i])] = static_cast<NodeIndex>(i);
  GraphData graph;
  connect(graph, draft, number);
  graph.revisions.reserve(draft.size());
  for (NodeIndex node : order) graph.revisions.push_back(std::move(*draft.by_rank[at(node)]));
  index_names(graph);
  spread_labels_up(graph);
  spread_labels_down(graph);
  return graph;
}

}  // namespace ormdb
