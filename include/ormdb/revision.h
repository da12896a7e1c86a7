// Revisions and their graph. Pure: no files, no database.
//
// A revision names its parents (down_revision) and dependencies (depends_on); the graph they form
// answers what a revision argument means and which steps lead from the rows of the version table to
// a target. With A(R) = R and all its ancestors over both kinds of edges:
//   upgrade T    runs A(T) − A(rows), parents and dependencies first
//   downgrade T  reverts the applied descendants of T's children
//   rows         are always the maximal elements of what is applied
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ormdb {

/// The header of a script.
struct Revision {
  std::string id;
  std::vector<std::string> down_revisions;  ///< Empty: a base. Several: a merge.
  std::vector<std::string> depends_on;      ///< As written: ids or labels.
  std::vector<std::string> branch_labels;
  std::string message;
  std::string created;         ///< As written.
  std::string file;            ///< "" for one that is in no file.
  int line = 0;                ///< Of `revision:`.
  int down_revision_line = 0;  ///< Of `down_revision:`.
  int depends_on_line = 0;

  bool operator==(const Revision&) const = default;
};

enum class Direction { kUpgrade, kDowngrade };

/// One step of a plan, and the version rows after it.
struct PlanStep {
  const Revision* revision = nullptr;
  std::vector<std::string> rows_after;  ///< Sorted.
};

struct Plan {
  Direction direction = Direction::kUpgrade;
  std::vector<PlanStep> steps;
  std::vector<std::string> rows_before;  ///< Sorted.
  std::vector<std::string> rows_after;   ///< Sorted.
};

/// Immutable once built. Pointers to revisions live as long as the graph.
class RevisionGraph {
 public:
  /// Throws duplicate_revision (both files), missing_revision (file and line of the reference),
  /// loop, cycle, dependency_loop, dependency_cycle (the cycle's ids in `candidates`),
  /// duplicate_label, illegal_id.
  static RevisionGraph build(std::vector<Revision> revisions);

  RevisionGraph(RevisionGraph&&) noexcept;
  RevisionGraph& operator=(RevisionGraph&&) noexcept;
  ~RevisionGraph();

  bool empty() const;
  const std::vector<const Revision*>& all()
      const;  ///< Parents first; the same order on every machine.
  const Revision* find(std::string_view full_id) const;

  std::vector<const Revision*> heads() const;  ///< Without children by down_revision.
  std::vector<const Revision*> effective_heads()
      const;  ///< Heads that no other revision depends on.
  std::vector<const Revision*> bases() const;
  std::vector<const Revision*> branch_points() const;
  std::vector<const Revision*> children(const Revision& revision) const;  ///< By down_revision.
  /// Labels the revision carries, its own and those that spread to it.
  std::vector<std::string> labels_of(const Revision& revision) const;
  /// Ids (sorted) that `revision` depends on, labels resolved, those implied by an ancestor
  /// dropped.
  std::vector<std::string> dependencies_of(const Revision& revision) const;
  bool is_head(const Revision& revision) const;
  bool is_effective_head(const Revision& revision) const;
  bool is_branch_point(const Revision& revision) const;
  bool is_merge_point(const Revision& revision) const;
  /// What `current` shows: the applied revisions that no applied child by down_revision follows.
  /// More than the rows where a branch depends on another, because a dependency's target has no
  /// row.
  std::vector<const Revision*> current(const std::vector<std::string>& rows) const;
  /// A(ids): them and all ancestors over both kinds of edges. Unknown ids throw.
  std::vector<const Revision*> ancestors(const std::vector<std::string>& ids) const;

  // Revision arguments. `rows` are the version table's rows; an unknown one throws unknown_revision
  // with where "database" (exit 6), an unknown argument one with where "argument".

  /// What a revision argument of show, edit, stamp, merge, history means: full id, unique prefix,
  /// head, heads, base (empty), current, LABEL, LABEL@head, REV@head, relative forms.
  std::vector<const Revision*> resolve(std::string_view argument,
                                       const std::vector<std::string>& rows) const;

  Plan plan_upgrade(std::string_view target, const std::vector<std::string>& rows) const;
  Plan plan_downgrade(std::string_view target, const std::vector<std::string>& rows) const;
  /// The rows after `stamp targets`; `purge` forgets the present ones first. No steps.
  Plan plan_stamp(const std::vector<std::string>& targets, const std::vector<std::string>& rows,
                  bool purge) const;

  /// Newest first. `range` is "" (all), "A:B", "A:", ":B"; without a colon: a usage error.
  std::vector<const Revision*> history(std::string_view range,
                                       const std::vector<std::string>& rows) const;

  /// The parents of a new revision: `heads` are --head arguments (empty: the single head, else
  /// multiple_heads). A non-head needs `splice` (not_a_head); duplicates: duplicate_heads.
  std::vector<std::string> parents_for_new(const std::vector<std::string>& head_arguments,
                                           bool splice, const std::vector<std::string>& rows) const;
  /// Resolves --depends-on arguments to what the new script writes.
  std::vector<std::string> dependencies_for_new(const std::vector<std::string>& arguments,
                                                const std::vector<std::string>& rows) const;

 private:
  struct Impl;
  explicit RevisionGraph(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// Throws illegal_id when `id` is empty, longer than 64 characters or has one of @ - + : or white
/// space.
void validate_revision_id(std::string_view id);

}  // namespace ormdb
