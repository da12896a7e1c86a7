// Which steps, in which order, and the rows after each.
//
// Applied sets are closed under ancestors, so a revision is a row exactly when it is applied and
// none of its children (over both kinds of edges) is. AppliedRows keeps that with one counter a
// node.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "revision/graph_data.h"
#include "revision/graph_errors.h"
#include "revision/target.h"

namespace ormdb {
namespace {

class AppliedRows {
 public:
  AppliedRows(const GraphData& graph, const NodeMarks& applied)
      : graph_(graph), applied_children_(graph.size()) {
    for (NodeIndex node : marked_nodes(applied)) count_parents(node, 1);
    for (NodeIndex node : marked_nodes(applied)) {
      if (applied_children_[at(node)] == 0) rows_.push_back(graph.id(node));
    }
    std::sort(rows_.begin(), rows_.end());
  }

  void apply(NodeIndex node) {
    count_parents(node, 1);
    for (NodeIndex parent : graph_.all_parents[node]) {
      if (applied_children_[at(parent)] == 1) erase(graph_.id(parent));
    }
    insert(graph_.id(node));
  }

  void revert(NodeIndex node) {
    erase(graph_.id(node));
    count_parents(node, -1);
    for (NodeIndex parent : graph_.all_parents[node]) {
      if (applied_children_[at(parent)] == 0) insert(graph_.id(parent));
    }
  }

  const std::vector<std::string>& rows() const { return rows_; }

 private:
  static std::size_t at(NodeIndex node) { return static_cast<std::size_t>(node); }

  void count_parents(NodeIndex node, int change) {
    for (NodeIndex parent : graph_.all_parents[node]) applied_children_[at(parent)] += change;
  }

  void insert(const std::string& id) {
    rows_.insert(std::lower_bound(rows_.begin(), rows_.end(), id), id);
  }

  void erase(const std::string& id) {
    auto place = std::lower_bound(rows_.begin(), rows_.end(), id);
    if (place != rows_.end() && *place == id) rows_.erase(place);
  }

  const GraphData& graph_;
  std::vector<int> applied_children_;
  std::vector<std::string> rows_;
};

std::vector<std::string> sorted_unique(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

NodeMarks ancestors_of(const GraphData& graph, const NodeList& nodes) {
  return mark_ancestors(graph, nodes, graph.all_parents);
}

// `where` says whose fault it is: the argument's or the database's.
void check_no_overlap(const GraphData& graph, const NodeList& nodes, std::string_view where) {
  if (nodes.size() < 2) return;
  NodeMarks proper(graph.size());
  NodeList below;
  for (NodeIndex node : nodes) {
    below.insert(below.end(), graph.all_parents[node].begin(), graph.all_parents[node].end());
  }
  NodeMarks ancestors = ancestors_of(graph, below);
  for (NodeIndex lower : nodes) {
    if (!is_marked(ancestors, lower)) continue;
    for (NodeIndex upper : nodes) {
      if (upper != lower && is_marked(ancestors_of(graph, {upper}), lower)) {
        throw overlap(graph, lower, upper, where);
      }
    }
  }
}

Plan make_plan(const GraphData& graph, Direction direction, const NodeMarks& applied,
               NodeList steps, const std::vector<std::string>& rows) {
  Plan plan;
  plan.direction = direction;
  plan.rows_before = sorted_unique(rows);
  plan.steps.reserve(steps.size());
  AppliedRows state(graph, applied);
  for (NodeIndex node : steps) {
    direction == Direction::kUpgrade ? state.apply(node) : state.revert(node);
    plan.steps.push_back({&graph.revision(node), state.rows()});
  }
  plan.rows_after = state.rows();
  return plan;
}

NodeMarks minus(NodeMarks marks, const NodeMarks& others) {
  for (std::size_t i = 0; i < marks.size(); ++i) marks[i] = marks[i] && !others[i];
  return marks;
}

NodeMarks both(NodeMarks marks, const NodeMarks& others) {
  for (std::size_t i = 0; i < marks.size(); ++i) marks[i] = marks[i] && others[i];
  return marks;
}

Error no_downgrade_target(const GraphData& graph, std::string_view argument, NodeIndex target,
                          const NodeList& rows) {
  std::string what = target == kNoNode ? "base" : graph.id(target);
  std::string at = rows.empty() ? "base" : join(as_ids(graph, rows), ", ");
  return Error(ErrorKind::kNotAncestor,
               "'" + std::string(argument) +
                   "' is no target of a downgrade: " + "nothing that follows " + what +
                   " is applied (the database " + "is at " + at + ")")
      .revision(target == kNoNode ? "" : what)
      .where("argument")
      .candidates(as_ids(graph, rows))
      .hint("`ormdb current` shows what is applied" +
            (target == kNoNode ? "" : "; `ormdb upgrade " + what + "` goes up to it"));
}

// The children of the target; with a branch and several of them, those that lead to the branch.
NodeList downgrade_roots(const GraphData& graph, const DowngradeTarget& target) {
  NodeList roots = graph.bases;
  if (target.node != kNoNode) {
    roots.assign(graph.children[target.node].begin(), graph.children[target.node].end());
  }
  if (target.branch == kNoNode || roots.size() < 2) return roots;
  NodeMarks lineage = mark_ancestors(graph, {target.branch}, graph.parents);
  std::erase_if(roots, [&](NodeIndex root) { return !is_marked(lineage, root); });
  return roots;
}

// "A@base" as the lower end of a range shows only what belongs to A.
NodeList within_branch(const GraphData& graph, const TargetResolver& resolver,
                       std::string_view lower, NodeList targets) {
  std::size_t at = lower.find('@');
  if (at == std::string_view::npos) return targets;
  NodeList branch = resolver.branch_nodes(lower.substr(0, at), lower);
  std::string label(lower.substr(0, at));
  if (graph.find_id(label) != kNoNode) {
    std::vector<std::string> labels = labels_of_node(graph, branch[0]);
    label = labels.size() == 1 ? labels[0] : "";
  }
  if (graph.find_label(label) == kNoNode) {
    NodeMarks lineage = mark_lineage(graph, branch, graph.parents);
    std::erase_if(targets, [&](NodeIndex node) { return !is_marked(lineage, node); });
    return targets;
  }
  std::erase_if(targets, [&](NodeIndex node) {
    std::vector<std::string> labels = labels_of_node(graph, node);
    return !std::binary_search(labels.begin(), labels.end(), label);
  });
  return targets;
}

Error range_goes_nowhere(const GraphData& graph, std::string_view range, NodeIndex lower) {
  std::string what = lower == kNoNode ? "base" : graph.id(lower);
  return Error(ErrorKind::kNotAncestor,
               "the range '" + std::string(range) + "' is empty: its lower end " + what +
                   (lower == kNoNode ? " is no revision" : " is not an ancestor of its upper end"))
      .revision(lower == kNoNode ? "" : graph.id(lower))
      .where("argument")
      .hint("`ormdb history` without -r shows all; the older revision stands first: `-r OLD:NEW`");
}

NodeList lower_end(const GraphData& graph, const TargetResolver& resolver, std::string_view range,
                   std::string_view lower) {
  if (lower.empty() || lower == "base") return {};
  auto form = parse_relative(lower);
  if (!form || !form->symbol.empty() || form->steps >= 0 || graph.find_exact(lower) != kNoNode) {
    return resolver.resolve(lower);
  }
  bool base_reached = false;
  NodeList nodes = resolver.back_from_heads(lower, &base_reached);
  if (base_reached) throw range_goes_nowhere(graph, range, kNoNode);
  return nodes;
}

// Rows in the lineage of what one stamp argument names, both kinds of edges counted.
void mark_hit_by(const GraphData& graph, const TargetResolver& resolver, std::string_view argument,
                 const NodeList& rows, NodeMarks& hit) {
  NodeList against = resolver.resolve(argument);
  std::size_t at = argument.find('@');
  if (at != std::string_view::npos) {
    for (NodeIndex node : resolver.branch_nodes(argument.substr(0, at), argument)) {
      against.push_back(node);
    }
  }
  NodeMarks lineage = mark_lineage(graph, against, graph.all_parents);
  for (NodeIndex row : rows) {
    if (against.empty() || is_marked(lineage, row)) hit[static_cast<std::size_t>(row)] = 1;
  }
}

// The rows that remain and those that come. As in Alembic a target that is a row already asks for
// nothing: the rows go as soon as one further target lies above or below any of them.
NodeList stamped(const GraphData& graph, const NodeList& rows, const NodeList& targets,
                 const NodeMarks& hit) {
  NodeList added;
  for (NodeIndex target : targets) {
    if (!is_marked(hit, target)) added.push_back(target);
  }
  bool replaced = targets.empty();
  for (NodeIndex target : added) {
    if (replaced) break;
    NodeMarks met = both(mark_lineage(graph, {target}, graph.all_parents), hit);
    replaced = std::find(met.begin(), met.end(), 1) != met.end();
  }
  for (NodeIndex row : rows) {
    if (!replaced || !is_marked(hit, row)) added.push_back(row);
  }
  return added;
}

}  // namespace

std::vector<const Revision*> RevisionGraph::resolve(std::string_view argument,
                                                    const std::vector<std::string>& rows) const {
  return as_revisions(*impl_, TargetResolver(*impl_, rows).resolve(argument));
}

std::vector<const Revision*> RevisionGraph::current(const std::vector<std::string>& rows) const {
  NodeMarks applied = ancestors_of(*impl_, TargetResolver(*impl_, rows).rows());
  NodeList tips;
  for (NodeIndex node : marked_nodes(applied)) {
    auto above = impl_->children[node];
    bool followed = std::any_of(above.begin(), above.end(),
                                [&](NodeIndex child) { return is_marked(applied, child); });
    if (!followed) tips.push_back(node);
  }
  sort_by_id(*impl_, tips);
  return as_revisions(*impl_, tips);
}

Plan RevisionGraph::plan_upgrade(std::string_view target,
                                 const std::vector<std::string>& rows) const {
  TargetResolver resolver(*impl_, rows);
  NodeList targets = resolver.upgrade_target(target, nullptr, false);
  NodeList present = resolver.rows();
  check_no_overlap(*impl_, targets, "argument");
  check_no_overlap(*impl_, present, "database");
  NodeMarks applied = ancestors_of(*impl_, present);
  NodeList steps = marked_nodes(minus(ancestors_of(*impl_, targets), applied));
  return make_plan(*impl_, Direction::kUpgrade, applied, std::move(steps), rows);
}

Plan RevisionGraph::plan_downgrade(std::string_view target,
                                   const std::vector<std::string>& rows) const {
  TargetResolver resolver(*impl_, rows);
  DowngradeTarget to = resolver.downgrade_target(target);
  NodeList roots = downgrade_roots(*impl_, to);
  NodeList present = resolver.rows();
  bool is_row = std::find(present.begin(), present.end(), to.node) != present.end();
  bool no_roots = roots.empty() && to.node == kNoNode && !impl_->bases.empty();
  NodeMarks applied = ancestors_of(*impl_, present);
  NodeMarks reverted = both(mark_descendants(*impl_, roots, impl_->all_parents), applied);
  NodeList steps = marked_nodes(reverted);
  bool unreachable = to.node != kNoNode && steps.empty() && !is_row;
  if (no_roots || unreachable) throw no_downgrade_target(*impl_, target, to.node, present);
  std::reverse(steps.begin(), steps.end());
  return make_plan(*impl_, Direction::kDowngrade, applied, std::move(steps), rows);
}

Plan RevisionGraph::plan_stamp(const std::vector<std::string>& targets,
                               const std::vector<std::string>& rows, bool purge) const {
  const std::vector<std::string> kept = purge ? std::vector<std::string>{} : rows;
  TargetResolver resolver(*impl_, kept);
  NodeList present = resolver.rows();
  NodeMarks hit(impl_->size());
  NodeList named;
  for (const std::string& target : targets) {
    mark_hit_by(*impl_, resolver, target, present, hit);
    for (NodeIndex node : resolver.resolve(target)) named.push_back(node);
  }
  NodeList result = stamped(*impl_, present, named, hit);
  Plan plan;
  plan.rows_before = sorted_unique(rows);
  plan.rows_after = AppliedRows(*impl_, ancestors_of(*impl_, result)).rows();
  return plan;
}

std::vector<const Revision*> RevisionGraph::history(std::string_view range,
                                                    const std::vector<std::string>& rows) const {
  if (range.empty()) return {impl_->order.rbegin(), impl_->order.rend()};
  std::size_t colon = range.find(':');
  if (colon == std::string_view::npos || range.find(':', colon + 1) != std::string_view::npos) {
    throw Error(ErrorKind::kUsage, "'" + std::string(range) + "' is no range of revisions")
        .hint("write -r OLD:NEW, OLD: or :NEW");
  }
  std::string_view lower = range.substr(0, colon), upper = range.substr(colon + 1);
  TargetResolver resolver(*impl_, rows);
  NodeList from = lower_end(*impl_, resolver, range, lower);
  // As in Alembic `:current` of a database at base is `:heads`.
  if (upper.empty() || (upper == "current" && rows.empty())) upper = "heads";
  NodeList to = resolver.upgrade_target(upper, &from, true);
  to = within_branch(*impl_, resolver, lower, std::move(to));
  check_no_overlap(*impl_, to, "argument");
  NodeMarks shown = ancestors_of(*impl_, to);
  for (NodeIndex node : from) {
    if (!is_marked(shown, node)) throw range_goes_nowhere(*impl_, range, node);
  }
  check_no_overlap(*impl_, from, lower == "current" ? "database" : "argument");
  shown = minus(std::move(shown), ancestors_of(*impl_, from));
  for (NodeIndex node : from) shown[static_cast<std::size_t>(node)] = 1;
  if (!from.empty()) shown = both(std::move(shown), mark_descendants(*impl_, from, impl_->parents));
  NodeList nodes = marked_nodes(shown);
  std::reverse(nodes.begin(), nodes.end());
  return as_revisions(*impl_, nodes);
}

std::vector<std::string> RevisionGraph::parents_for_new(
    const std::vector<std::string>& head_arguments, bool splice,
    const std::vector<std::string>& rows) const {
  TargetResolver resolver(*impl_, rows);
  const std::vector<std::string> arguments =
      head_arguments.empty() ? std::vector<std::string>{"head"} : head_arguments;
  std::vector<std::string> parents;
  std::set<NodeIndex> seen;
  for (const std::string& argument : arguments) {
    NodeList nodes = resolver.resolve(argument);
    if (nodes.empty() && arguments.size() > 1) {
      throw Error(ErrorKind::kUsage, "'" + argument + "' cannot be merged with other revisions")
          .hint("name revisions only, or `base` alone for a new base");
    }
    for (NodeIndex node : nodes) {
      const Revision& revision = impl_->revision(node);
      if (!seen.insert(node).second) throw duplicate_heads(revision, argument);
      if (!splice && !impl_->children[node].empty()) throw not_a_head(*impl_, node);
      parents.push_back(revision.id);
    }
  }
  return parents;
}

std::vector<std::string> RevisionGraph::dependencies_for_new(
    const std::vector<std::string>& arguments, const std::vector<std::string>& rows) const {
  TargetResolver resolver(*impl_, rows);
  std::vector<std::string> names;
  auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const std::string& argument : arguments) {
    // A label stays one: it says why the dependency is there.
    if (impl_->find_label(argument) != kNoNode) {
      add(argument);
      continue;
    }
    for (const std::string& id : as_ids(*impl_, resolver.resolve(argument))) add(id);
  }
  return names;
}

}  // namespace ormdb
