// `merge --auto`: whether heads can be merged without a person.
//
// Two heads provably commute when none of their own revisions (those that the other head does not
// have) runs raw SQL or works on rows, the operations of one apply after those of the other in both
// orders, both orders give equivalent schemas, and the outcome is sound where each head alone is:
// no key, view or trigger of one uses what the other took away. What cannot be proved is a clash.
#pragma once

#include <string>
#include <vector>

#include "migrate/workspace.h"
#include "ormdb/diff.h"
#include "ormdb/operation.h"

namespace ormdb {

/// The upgrade operations of a head's own revisions, parents first.
struct MergeSide {
  struct Step {
    std::string revision;
    std::vector<Operation> operations;
  };
  std::string head;
  std::vector<Step> steps;
};

struct MergeClash {
  std::string object;      ///< "post", "post.slug", "ix_post_slug"; "" for raw SQL.
  std::string reason;      ///< For people: which operation, and what is wrong with it.
  std::string revision{};  ///< Whose operation it is; "" when it is no single one.
  int operation = 0;       ///< 1-based in the revision's upgrade section; 0: none.
};

/// Why the two sides, each on top of `common`, do not provably commute; empty when they do. Pure.
std::vector<MergeClash> merge_clashes(const MergeSide& a, const MergeSide& b, const Schema& common,
                                      const SchemaRules& rules);

/// Throws kNeedsDecision with the clashing objects (as candidates) unless all `heads` commute
/// pairwise. `command` is the merge that a person would run, for the hint.
void require_commuting(Workspace& workspace, const std::vector<std::string>& heads,
                       const std::string& command);

}  // namespace ormdb
