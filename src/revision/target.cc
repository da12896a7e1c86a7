#include "revision/target.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "revision/graph_errors.h"

namespace ormdb {
namespace {

constexpr int kFarAway = 1'000'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct BranchAndSymbol {
  std::optional<std::string_view> branch;
  std::string_view symbol;
};

BranchAndSymbol split_branch(std::string_view argument) {
  std::size_t at = argument.find('@');
  if (at == std::string_view::npos) return {std::nullopt, argument};
  return {argument.substr(0, at), argument.substr(at + 1)};
}

using PrefixMatch = std::pair<std::string_view, NodeIndex>;

/// Ids and labels longer than three characters that begin so, sorted. Few arguments are prefixes:
/// an index of them would cost each command more than the look at every id does here.
std::vector<PrefixMatch> matches_of_prefix(const GraphData& graph, std::string_view prefix,
                                           const NodeMarks* lineage) {
  constexpr std::size_t kShortestPrefixed = 4;
  std::vector<PrefixMatch> found;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto node = static_cast<NodeIndex>(i);
    if (lineage != nullptr && !is_marked(*lineage, node)) continue;
    const auto add = [&](std::string_view key) {
      if (key.size() >= kShortestPrefixed && key.starts_with(prefix)) found.emplace_back(key, node);
    };
    add(graph.id(node));
    for (const std::string& label : graph.revision(node).branch_labels) add(label);
  }
  std::sort(found.begin(), found.end());
  return found;
}

NodeList keep_marked(const NodeList& nodes, const NodeMarks& marks) {
  NodeList kept;
  for (NodeIndex node : nodes) {
    if (is_marked(marks, node)) kept.push_back(node);
  }
  return kept;
}

Error relative_elsewhere(std::string_view argument) {
  return Error(ErrorKind::kUnknownRevision,
               "'" + std::string(argument) +
                   "' is a relative form that only upgrade, downgrade and "
                   "the upper end of a history range understand")
      .revision(std::string(argument))
      .where("argument")
      .hint("name the revision, or write -N for N back from every head; `ormdb history` lists all");
}

}  // namespace

std::optional<RelativeForm> parse_relative(std::string_view argument) {
  std::size_t digits = argument.size();
  while (digits > 0 && is_digit(argument[digits - 1])) --digits;
  if (digits == 0 || digits == argument.size()) return std::nullopt;
  char sign = argument[digits - 1];
  if (sign != '+' && sign != '-') return std::nullopt;
  RelativeForm form;
  std::string_view number = argument.substr(digits);
  auto [end, fault] = std::from_chars(number.data(), number.data() + number.size(), form.steps);
  if (fault != std::errc() || form.steps > kFarAway) form.steps = kFarAway;
  if (sign == '-') form.steps = -form.steps;
  std::string_view name = argument.substr(0, digits - 1);
  std::size_t at = name.rfind('@');
  if (at == 0) return std::nullopt;
  if (at != std::string_view::npos) form.branch = name.substr(0, at);
  form.symbol = at == std::string_view::npos ? name : name.substr(at + 1);
  return form;
}

NodeList TargetResolver::rows() const {
  NodeList nodes;
  for (const std::string& row : rows_) {
    NodeIndex node = graph_.find_id(row);
    if (node == kNoNode) throw unknown_row(graph_, row);
    nodes.push_back(node);
  }
  sort_by_id(graph_, nodes);
  return nodes;
}

NodeIndex TargetResolver::identify(std::string_view name, std::string_view argument,
                                   const NodeMarks* lineage) const {
  NodeIndex exact = graph_.find_exact(name);
  if (exact != kNoNode) return exact;
  if (name.empty()) throw unknown_argument(graph_, name, argument);
  const std::vector<PrefixMatch> found = matches_of_prefix(graph_, name, lineage);
  if (found.empty()) throw unknown_argument(graph_, name, argument);
  const NodeIndex first = found.front().second;
  // An id and the same revision's label are no ambiguity.
  if (std::all_of(found.begin(), found.end(), [&](auto& match) { return match.second == first; })) {
    return first;
  }
  std::vector<std::string> keys;
  for (const auto& [key, node] : found) keys.emplace_back(key);
  throw ambiguous_prefix(graph_, name, std::move(keys));
}

NodeList TargetResolver::branch_nodes(std::string_view branch, std::string_view argument) const {
  if (branch == "heads") return graph_.effective_heads;
  if (branch == "head") {
    if (graph_.heads.size() > 1) throw multiple_heads(graph_, argument, graph_.heads);
    return graph_.heads;
  }
  return {identify(branch, argument, nullptr)};
}

NodeList TargetResolver::heads_of_branch(std::string_view branch, std::string_view argument) const {
  NodeMarks lineage = mark_lineage(graph_, branch_nodes(branch, argument), graph_.parents);
  return keep_marked(graph_.heads, lineage);
}

NodeList TargetResolver::resolve(std::string_view argument) const {
  NodeIndex exact = graph_.find_exact(argument);
  if (exact != kNoNode) return {exact};
  if (argument == "current") return rows();
  if (argument == "heads") return graph_.effective_heads;
  auto [branch, symbol] = split_branch(argument);
  if (symbol == "head" || symbol == "heads") {
    NodeList heads = branch ? heads_of_branch(*branch, argument) : graph_.heads;
    if (symbol == "head" && heads.size() > 1) throw multiple_heads(graph_, argument, heads);
    return heads;
  }
  if (symbol == "base") {
    if (branch) branch_nodes(*branch, argument);
    return {};
  }
  std::optional<RelativeForm> form = parse_relative(argument);
  if (form && form->symbol.empty() && form->steps < 0) return back_from_heads(argument, nullptr);
  if (form) throw relative_elsewhere(argument);
  if (!branch) return {identify(symbol, argument, nullptr)};
  NodeMarks lineage = mark_lineage(graph_, branch_nodes(*branch, argument), graph_.parents);
  NodeIndex node = identify(symbol, argument, &lineage);
  if (!is_marked(lineage, node)) throw not_in_branch(graph_, node, *branch);
  return {node};
}

NodeIndex TargetResolver::single(std::string_view argument) const {
  NodeList nodes = resolve(argument);
  if (nodes.size() > 1) throw multiple_heads(graph_, argument, nodes);
  return nodes.empty() ? kNoNode : nodes[0];
}

NodeList TargetResolver::back_from_heads(std::string_view argument, bool* base_reached) const {
  RelativeForm form = parse_relative(argument).value();
  if (!form.branch.empty()) branch_nodes(form.branch, argument);
  NodeList nodes;
  for (NodeIndex head : graph_.effective_heads) {
    if (!form.branch.empty()) {
      std::vector<std::string> labels = labels_of_node(graph_, head);
      if (!std::binary_search(labels.begin(), labels.end(), form.branch)) continue;
    }
    NodeIndex node = walk_down(argument, head, -form.steps, base_reached != nullptr);
    if (node != kNoNode) nodes.push_back(node);
    if (node == kNoNode && base_reached) *base_reached = true;
  }
  sort_by_id(graph_, nodes);
  return nodes;
}

NodeIndex TargetResolver::walk_up(std::string_view argument, NodeIndex from, int steps,
                                  std::string_view branch, bool clamp) const {
  NodeMarks lineage;
  if (!branch.empty())
    lineage = mark_lineage(graph_, branch_nodes(branch, argument), graph_.parents);
  NodeIndex node = from;
  for (int i = 0; i < steps; ++i) {
    NodeList next = graph_.bases;
    if (node != kNoNode) next.assign(graph_.children[node].begin(), graph_.children[node].end());
    if (!branch.empty()) next = keep_marked(next, lineage);
    if (next.size() > 1) {
      throw ambiguous_walk(
          graph_, argument,
          node == kNoNode ? "base is followed by" : graph_.id(node) + " is followed by", next);
    }
    if (next.empty()) {
      if (clamp && node != kNoNode) return node;
      std::string start = from == kNoNode ? "base" : graph_.id(from);
      throw out_of_range(
          argument,
          counted(static_cast<std::size_t>(i), "revision") + " above " + start + ", not " +
              std::to_string(steps),
          "`ormdb upgrade head` goes to the top; `ormdb history` lists all revisions");
    }
    node = next[0];
  }
  return node;
}

NodeIndex TargetResolver::walk_down(std::string_view argument, NodeIndex from, int steps,
                                    bool clamp) const {
  NodeIndex node = from;
  for (int i = 0; i < steps; ++i) {
    if (node == kNoNode && clamp) return node;
    if (node == kNoNode) {
      std::string start = from == kNoNode ? "base" : graph_.id(from);
      throw out_of_range(argument,
                         start + " is " + counted(static_cast<std::size_t>(i), "step") +
                             " above base, not " + std::to_string(steps),
                         "`base` is below everything; `ormdb history` lists all revisions");
    }
    auto parents = graph_.parents[node];
    if (parents.size() > 1) {
      NodeList merged(parents.begin(), parents.end());
      throw ambiguous_walk(graph_, argument, graph_.id(node) + " merges", merged)
          .hint("name the revision to stop at, e.g. `" + graph_.id(merged[0]) + "`");
    }
    node = parents.empty() ? kNoNode : parents[0];
  }
  return node;
}

// What is applied of the branch, if no row is on it: without its own descendants among it.
NodeIndex TargetResolver::start_of_upgrade(std::string_view argument, std::string_view branch,
                                           const NodeList& from) const {
  NodeList start = from;
  if (!branch.empty()) {
    NodeMarks lineage = mark_lineage(graph_, branch_nodes(branch, argument), graph_.parents);
    start = keep_marked(from, lineage);
    if (start.empty()) {
      NodeMarks applied = mark_ancestors(graph_, from, graph_.all_parents);
      for (std::size_t i = 0; i < applied.size(); ++i) applied[i] = applied[i] && lineage[i];
      for (NodeIndex node : marked_nodes(applied)) {
        auto above = graph_.all_children[node];
        bool tip = std::none_of(above.begin(), above.end(),
                                [&](NodeIndex child) { return is_marked(applied, child); });
        if (tip) start.push_back(node);
      }
    }
  }
  sort_by_id(graph_, start);
  if (start.size() > 1) {
    throw ambiguous_walk(graph_, argument, "the database is at several revisions:", start);
  }
  return start.empty() ? kNoNode : start[0];
}

NodeList TargetResolver::upgrade_target(std::string_view argument, const NodeList* from,
                                        bool clamp) const {
  std::optional<RelativeForm> form = parse_relative(argument);
  if (!form || graph_.find_exact(argument) != kNoNode) return resolve(argument);
  if (form->symbol.empty() && form->steps <= 0) {
    throw out_of_range(argument, "an upgrade does not go down",
                       "`ormdb downgrade " + std::string(argument) + "` goes down");
  }
  if (form->symbol.empty()) {
    NodeIndex start = start_of_upgrade(argument, form->branch, from ? *from : rows());
    return {walk_up(argument, start, form->steps, form->branch, clamp)};
  }
  if (form->steps > 0) {
    return {walk_up(argument, single(form->symbol), form->steps, form->branch, clamp)};
  }
  std::string name(form->symbol);
  if (!form->branch.empty()) name = std::string(form->branch) + "@" + name;
  NodeIndex node = walk_down(argument, single(name), -form->steps, false);
  if (node == kNoNode) {
    throw out_of_range(argument, "that is base, and an upgrade to base is none",
                       "`ormdb downgrade base` reverts everything");
  }
  return {node};
}

// Rows on the branch; if there are none, the applied revisions on it that no applied child follows.
NodeList TargetResolver::applied_tips(std::string_view branch, std::string_view argument) const {
  NodeMarks lineage = mark_lineage(graph_, branch_nodes(branch, argument), graph_.parents);
  NodeList applied = rows();
  NodeList tips = keep_marked(applied, lineage);
  if (!tips.empty()) return tips;
  NodeMarks all = mark_ancestors(graph_, applied, graph_.all_parents);
  for (NodeIndex node : marked_nodes(all)) {
    auto above = graph_.children[node];
    bool tip = std::none_of(above.begin(), above.end(),
                            [&](NodeIndex child) { return is_marked(all, child); });
    if (tip && is_marked(lineage, node)) tips.push_back(node);
  }
  sort_by_id(graph_, tips);
  return tips;
}

DowngradeTarget TargetResolver::down_from_rows(std::string_view argument, int steps) const {
  NodeList starts = rows();
  if (starts.empty()) {
    throw out_of_range(argument, "the database is at base", "`ormdb current` shows where it is");
  }
  std::vector<Error> refused;
  for (NodeIndex row : starts) {
    try {
      DowngradeTarget target{walk_down(argument, row, steps, false), row};
      if (starts.size() == 1) return target;
    } catch (const Error& error) {
      refused.push_back(error);
    }
  }
  // Refused the same way from every row: that is the answer. Otherwise the rows would decide by
  // chance.
  bool same = refused.size() == starts.size() &&
              std::all_of(refused.begin(), refused.end(),
                          [&](const Error& error) { return error.kind() == refused[0].kind(); });
  if (same) throw refused[0];
  throw ambiguous_walk(graph_, argument, "the database is at several revisions:", starts);
}

DowngradeTarget TargetResolver::down_from_branch(std::string_view argument,
                                                 const RelativeForm& form) const {
  NodeList tips = applied_tips(form.branch, argument);
  if (tips.empty()) {
    throw out_of_range(argument, "nothing of the branch is applied",
                       "`ormdb current` shows what is");
  }
  if (tips.size() > 1) {
    throw ambiguous_walk(graph_, argument, "several applied revisions are on the branch:", tips);
  }
  return {walk_down(argument, tips[0], -form.steps, false),
          branch_nodes(form.branch, argument).at(0)};
}

DowngradeTarget TargetResolver::absolute_downgrade(std::string_view argument) const {
  if (graph_.find_exact(argument) != kNoNode) return {single(argument), kNoNode};
  std::size_t at = argument.rfind('@');
  if (at == std::string_view::npos) return {single(argument), kNoNode};
  std::string_view symbol = argument.substr(at + 1);
  NodeList branch = branch_nodes(argument.substr(0, at), argument);
  bool is_word = symbol == "base" || symbol == "head" || symbol == "heads";
  return {single(is_word ? argument : symbol), branch.empty() ? kNoNode : branch[0]};
}

DowngradeTarget TargetResolver::downgrade_target(std::string_view argument) const {
  std::optional<RelativeForm> form = parse_relative(argument);
  if (!form || graph_.find_exact(argument) != kNoNode) return absolute_downgrade(argument);
  if (form->symbol.empty()) {
    if (form->steps >= 0) {
      throw out_of_range(argument, "a downgrade does not go up",
                         "`ormdb upgrade " + std::string(argument) + "` goes up");
    }
    if (form->branch.empty()) return down_from_rows(argument, -form->steps);
    return down_from_branch(argument, *form);
  }
  NodeIndex branch = kNoNode;
  if (!form->branch.empty()) branch = branch_nodes(form->branch, argument).at(0);
  if (form->steps >= 0) {
    NodeIndex start = single(form->symbol);
    return {walk_up(argument, start, form->steps, form->branch, false), branch};
  }
  std::string name(form->symbol);
  if (!form->branch.empty()) name = std::string(form->branch) + "@" + name;
  return {walk_down(argument, single(name), -form->steps, false), branch};
}

}  // namespace ormdb
