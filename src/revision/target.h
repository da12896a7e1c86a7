// What a revision argument means, given the graph and the rows of the version table.
//
//   full id, label, unique prefix   one revision. A prefix is looked up among ids and labels longer
//   than
//                                   three characters.
//   head, heads, base, current      the single head; the effective heads; nothing; the rows
//   BRANCH@x                        x within the lineage (ancestors and descendants by
//   down_revision)
//                                   of BRANCH, a label or id
//   +N, BRANCH@+N, X+N              upwards from the row, from the branch's applied tip, from X
//   -N, BRANCH@-N, X-N              the same downwards; elsewhere than in upgrade and downgrade
//   only
//                                   -N, from every effective head
//
// The meanings are those of Alembic; where it depends on the order of a set (-N with several rows)
// the argument is refused.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revision/graph_data.h"

namespace ormdb {

/// BRANCH@SYMBOL±N; branch and symbol may be missing.
struct RelativeForm {
  std::string_view branch, symbol;
  int steps = 0;
};
std::optional<RelativeForm> parse_relative(std::string_view argument);

struct DowngradeTarget {
  NodeIndex node = kNoNode;  ///< kNoNode: base.
  NodeIndex branch =
      kNoNode;  ///< Restricts the children that are reverted, when there are several.
};

class TargetResolver {
 public:
  /// Both must outlive the resolver.
  TargetResolver(const GraphData& graph, const std::vector<std::string>& rows)
      : graph_(graph), rows_(rows) {}

  /// The rows by id. Throws unknown_revision (where: database).
  NodeList rows() const;
  /// Everything but what only upgrade and downgrade understand. By id; for "heads" and -N several.
  NodeList resolve(std::string_view argument) const;
  /// `from` are the revisions that +N counts from; `clamp` stops +N at the top instead of refusing.
  NodeList upgrade_target(std::string_view argument, const NodeList* from, bool clamp) const;
  DowngradeTarget downgrade_target(std::string_view argument) const;
  /// N back from every effective head (with -N after BRANCH@, of those that carry the label). With
  /// `base_reached` a walk that ends at base or would go beyond sets it; without, beyond throws.
  NodeList back_from_heads(std::string_view argument, bool* base_reached) const;
  /// The nodes that BRANCH stands for.
  NodeList branch_nodes(std::string_view branch, std::string_view argument) const;
  /// One revision by id, label or prefix, within `lineage` if not null.
  NodeIndex identify(std::string_view name, std::string_view argument,
                     const NodeMarks* lineage) const;

 private:
  NodeIndex single(std::string_view argument) const;
  NodeList heads_of_branch(std::string_view branch, std::string_view argument) const;
  NodeIndex walk_up(std::string_view argument, NodeIndex from, int steps, std::string_view branch,
                    bool clamp) const;
  /// kNoNode: base; beyond it throws, or with `clamp` stays there.
  NodeIndex walk_down(std::string_view argument, NodeIndex from, int steps, bool clamp) const;
  NodeIndex start_of_upgrade(std::string_view argument, std::string_view branch,
                             const NodeList& from) const;
  NodeList applied_tips(std::string_view branch, std::string_view argument) const;
  DowngradeTarget down_from_rows(std::string_view argument, int steps) const;
  DowngradeTarget down_from_branch(std::string_view argument, const RelativeForm& form) const;
  DowngradeTarget absolute_downgrade(std::string_view argument) const;

  const GraphData& graph_;
  const std::vector<std::string>& rows_;
};

}  // namespace ormdb
