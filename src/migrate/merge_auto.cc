// 1. A raw step on either side ends the proof: nobody knows what it reads.
// 2. Each side alone, then both orders, are applied to the common schema. An operation that fits
//    alone and not after the other side is a clash on its object.
// 3. The two outcomes are compared; what differs names the objects.
// 4. Outcomes may agree and still be broken: a view over a column that the other side dropped. What
//    is wrong with the outcome and with neither side alone is a clash too.
#include "migrate/merge_auto.h"

#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "migrate/replay.h"
#include "migrate/section.h"
#include "ops/find.h"
#include "ops/sql_names.h"
#include "schema/validate.h"

namespace ormdb {

namespace {

bool is_raw(const Operation& operation) {
  return operation.get_if<Execute>() != nullptr || operation.get_if<InsertRows>() != nullptr ||
         operation.get_if<UpdateRows>() != nullptr || operation.get_if<DeleteRows>() != nullptr;
}

std::string object_of(const Operation& operation) {
  const std::string table = operation_table(operation);
  const std::string object = operation_object(operation);
  if (table.empty() || object.empty()) return table + object;
  return table + "." + object;
}

void add_raw(const MergeSide& side, std::vector<MergeClash>& clashes) {
  for (const MergeSide::Step& step : side.steps) {
    int number = 0;
    for (const Operation& operation : step.operations) {
      ++number;
      if (!is_raw(operation)) continue;
      const std::string what = operation.get_if<Execute>() != nullptr ? "raw SQL" : "a data step";
      clashes.push_back({"", what + " in revision " + step.revision + ", whose order may matter",
                         step.revision, number});
    }
  }
}

// What does not fit ends the side; nullopt when everything did.
std::optional<MergeClash> apply_side(const MergeSide& side, const std::string& after,
                                     Schema& schema, const SchemaRules& rules) {
  for (const MergeSide::Step& step : side.steps) {
    int number = 0;
    for (const Operation& operation : step.operations) {
      ++number;
      try {
        apply(operation, schema, rules);
      } catch (const Error& error) {
        return MergeClash{
            object_of(operation),
            describe(operation) + " does not fit after " + after + ": " + error.message(),
            step.revision, number};
      }
    }
  }
  return std::nullopt;
}

// Names of tables and views (no column), and of columns of tables, that `after` no longer has.
std::vector<std::pair<std::string, std::string>> gone_names(const Schema& before,
                                                            const Schema& after,
                                                            const SchemaRules& rules) {
  std::vector<std::pair<std::string, std::string>> gone;
  for (const Table& table : before.tables) {
    const std::size_t found = find_table(after, qualified_name(table), rules);
    if (found == after.tables.size()) {
      gone.emplace_back(table.name, "");
      continue;
    }
    for (const Column& column : table.columns) {
      const Table& now = after.tables[found];
      if (find_column(now, column.name, rules) == now.columns.size()) {
        gone.emplace_back(table.name, column.name);
      }
    }
  }
  for (const View& view : before.views) {
    if (find_view(after, qualified_name(view), rules) == after.views.size()) {
      gone.emplace_back(view.name, "");
    }
  }
  for (const VirtualTable& table : before.virtual_tables) {
    if (find_virtual_table(after, table.name, rules) == after.virtual_tables.size()) {
      gone.emplace_back(table.name, "");
    }
  }
  return gone;
}

template <typename Object>
bool has(const std::vector<Object>& objects, const Object& wanted) {
  return std::find(objects.begin(), objects.end(), wanted) != objects.end();
}

// Views and triggers that `maker` made or changed and that use what `taker` took away.
void add_broken_texts(const Schema& common, const Schema& maker, const Schema& taker,
                      const SchemaRules& rules, std::vector<MergeClash>& clashes) {
  const auto gone = gone_names(common, taker, rules);
  const auto judge = [&](const std::string& what, const std::set<std::string>& names) {
    for (const auto& [table, column] : gone) {
      const bool uses = names.contains(rules.fold(table)) &&
                        (column.empty() || names.contains(rules.fold(column)));
      if (!uses) continue;
      const std::string object = column.empty() ? table : table + "." + column;
      clashes.push_back({object, what + " uses " + object + ", which the other head takes away"});
    }
  };
  for (const View& view : maker.views) {
    if (has(common.views, view)) continue;
    judge("view " + qualified_name(view), mentioned_names(view.query, rules));
  }
  for (const Trigger& trigger : maker.triggers) {
    if (has(common.triggers, trigger)) continue;
    std::set<std::string> names = mentioned_names(trigger.body, rules);
    names.merge(mentioned_names(trigger.when, rules));
    names.insert(rules.fold(trigger.table));
    judge("trigger " + trigger.name, names);
  }
}

std::vector<SchemaProblem> problems_of(const Schema& schema, const SchemaRules& rules) {
  ValidateOptions options;
  options.fold = [&](std::string_view name) { return rules.fold(name); };
  options.dialect = std::string(rules.dialect());
  return validate(schema, options);
}

void add_new_problems(const Schema& both, const Schema& a, const Schema& b,
                      const SchemaRules& rules, std::vector<MergeClash>& clashes) {
  std::set<std::string> old;
  for (const Schema* alone : {&a, &b}) {
    for (const SchemaProblem& problem : problems_of(*alone, rules)) old.insert(problem.message);
  }
  for (const SchemaProblem& problem : problems_of(both, rules)) {
    if (old.contains(problem.message)) continue;
    const std::string object = problem.path.size() > 1 ? problem.path[1] : "";
    clashes.push_back({object, problem.message});
  }
}

void add_differences(const Schema& ab, const Schema& ba, const SchemaRules& rules,
                     std::vector<MergeClash>& clashes) {
  std::set<std::string> seen;
  for (const Operation& operation : diff(ab, ba, rules)) {
    const std::string object = object_of(operation);
    if (!seen.insert(object).second) continue;
    clashes.push_back({object, "the heads change " + object + " differently"});
  }
}

MergeSide side_of(Workspace& workspace, const std::string& head,
                  const std::set<const Revision*>& shared) {
  MergeSide side{head, {}};
  for (const Revision* revision : workspace.graph().ancestors({head})) {
    if (shared.contains(revision)) continue;
    const LoadedScript script = workspace.load(*revision, Direction::kUpgrade);
    side.steps.push_back({revision->id, script.operations(Direction::kUpgrade)});
  }
  return side;
}

std::vector<const Revision*> shared_ancestors(const RevisionGraph& graph, const std::string& a,
                                              const std::string& b) {
  const std::vector<const Revision*> of_a = graph.ancestors({a});
  std::vector<const Revision*> shared;
  for (const Revision* revision : graph.ancestors({b})) {
    if (has(of_a, revision)) shared.push_back(revision);
  }
  return shared;
}

Schema replay_shared(Workspace& workspace, const std::vector<const Revision*>& shared) {
  std::vector<std::string> ids;
  for (const Revision* revision : shared) ids.push_back(revision->id);
  return replay_history(workspace, ids);
}

Error needs_a_person(Workspace& workspace, const std::string& a, const std::string& b,
                     const std::vector<MergeClash>& clashes, const std::string& command) {
  std::vector<std::string> reasons;
  std::set<std::string> objects;
  for (const MergeClash& clash : clashes) {
    if (!has(reasons, clash.reason)) reasons.push_back(clash.reason);
    if (!clash.object.empty()) objects.insert(clash.object);
  }
  const std::string on =
      objects.empty() ? "" : " on " + join({objects.begin(), objects.end()}, ", ");
  Error error(ErrorKind::kNeedsDecision, "heads " + a + " and " + b +
                                             " do not provably commute, they clash" + on + ": " +
                                             join(reasons, "; "));
  error.hint("look at both, then merge them yourself: `" + command + "`")
      .candidates({objects.begin(), objects.end()});
  const auto placed = std::find_if(clashes.begin(), clashes.end(),
                                   [](const MergeClash& clash) { return clash.operation > 0; });
  if (placed == clashes.end()) return error;
  const Revision& revision = *workspace.graph().find(placed->revision);
  return in_step(error, revision, workspace.load(revision, Direction::kUpgrade),
                 Direction::kUpgrade, placed->operation);
}

void require_pair(Workspace& workspace, const std::string& a, const std::string& b,
                  const std::string& command) {
  const std::vector<const Revision*> shared = shared_ancestors(workspace.graph(), a, b);
  const std::set<const Revision*> known(shared.begin(), shared.end());
  const MergeSide side_a = side_of(workspace, a, known);
  const MergeSide side_b = side_of(workspace, b, known);
  Schema common;
  try {
    common = replay_shared(workspace, shared);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnsupported) throw;
    throw Error(ErrorKind::kNeedsDecision,
                "heads " + a + " and " + b +
                    " do not provably commute: the schema of their common ancestors is unknown, " +
                    error.message())
        .revision(error.revision())
        .at(error.file(), error.line(), error.source_line())
        .operation(error.operation())
        .statement(error.statement())
        .hint("look at both, then merge them yourself: `" + command + "`");
  }
  const std::vector<MergeClash> clashes =
      merge_clashes(side_a, side_b, common, workspace.dialect().rules());
  if (!clashes.empty()) throw needs_a_person(workspace, a, b, clashes, command);
}

}  // namespace

std::vector<MergeClash> merge_clashes(const MergeSide& a, const MergeSide& b, const Schema& common,
                                      const SchemaRules& rules) {
  std::vector<MergeClash> clashes;
  add_raw(a, clashes);
  add_raw(b, clashes);
  if (!clashes.empty()) return clashes;
  const std::string base = "their common ancestors";
  Schema only_a = common;
  Schema only_b = common;
  for (const auto& misfit :
       {apply_side(a, base, only_a, rules), apply_side(b, base, only_b, rules)}) {
    if (misfit) clashes.push_back(*misfit);
  }
  if (!clashes.empty()) return clashes;
  Schema ab = only_a;
  Schema ba = only_b;
  for (const auto& misfit :
       {apply_side(b, "head " + a.head, ab, rules), apply_side(a, "head " + b.head, ba, rules)}) {
    if (misfit) clashes.push_back(*misfit);
  }
  if (!clashes.empty()) return clashes;
  if (!equivalent(ab, ba, rules)) {
    add_differences(ab, ba, rules, clashes);
    if (clashes.empty()) clashes.push_back({"", "the two orders give different schemas"});
  }
  add_broken_texts(common, only_a, only_b, rules, clashes);
  add_broken_texts(common, only_b, only_a, rules, clashes);
  add_new_problems(ab, only_a, only_b, rules, clashes);
  return clashes;
}

void require_commuting(Workspace& workspace, const std::vector<std::string>& heads,
                       const std::string& command) {
  for (std::size_t i = 0; i < heads.size(); ++i) {
    for (std::size_t j = i + 1; j < heads.size(); ++j) {
      require_pair(workspace, heads[i], heads[j], command);
    }
  }
}

}  // namespace ormdb
