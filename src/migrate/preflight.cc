#include "migrate/preflight.h"

#include <algorithm>
#include <unordered_map>

#include "base/file_system.h"
#include "base/text.h"

namespace ormdb {

std::vector<std::string> edited_revisions(Workspace& workspace, const RunLog& log,
                                          Connection& connection,
                                          const std::vector<std::string>& rows) {
  std::vector<std::string> edited;
  const std::map<std::string, std::string> checksums = log.applied_checksums(connection);
  if (checksums.empty()) return edited;
  for (const Revision* revision : workspace.graph().ancestors(rows)) {
    const auto found = checksums.find(revision->id);
    if (found == checksums.end() || found->second.empty()) continue;
    const std::string now = section_checksum(read_file(revision->file), Direction::kUpgrade);
    if (now != found->second) edited.push_back(revision->id);
  }
  return edited;
}

std::vector<std::string> never_run(const RevisionGraph& graph,
                                   const std::map<std::string, RunLog::LastEntry>& entries,
                                   const std::vector<std::string>& rows) {
  if (entries.empty()) return {};
  const auto done = [&](const std::string& id, bool stamps) -> std::int64_t {
    const auto found = entries.find(id);
    if (found == entries.end()) return 0;
    const bool counts =
        found->second.direction == "upgrade" || (stamps && found->second.direction == "stamp");
    return counts ? found->second.id : 0;
  };
  const std::vector<const Revision*> applied = graph.ancestors(rows);
  const auto known = static_cast<std::size_t>(std::count_if(
      applied.begin(), applied.end(), [&](const Revision* r) { return done(r->id, true) > 0; }));
  // One that never ran lies between two that did.
  if (known < 2 || known == applied.size()) return {};
  struct Around {
    std::int64_t below = 0;  // the last entry of an ancestor
    std::int64_t above = 0;  // the last entry of a descendant that was run
  };
  std::unordered_map<std::string_view, Around> around;
  around.reserve(applied.size());
  std::vector<std::pair<std::string_view, std::string_view>> edges;  // parents first
  for (const Revision* revision : applied) around[revision->id];
  for (const Revision* revision : graph.all()) {
    const auto child = around.find(revision->id);
    if (child == around.end()) continue;
    std::vector<std::string> parents = revision->down_revisions;
    if (!revision->depends_on.empty()) append(parents, graph.dependencies_of(*revision));
    for (const std::string& name : parents) {
      const auto parent = around.find(name);
      edges.emplace_back(parent->first, child->first);
      child->second.below = std::max({child->second.below, parent->second.below, done(name, true)});
    }
  }
  for (auto edge = edges.rbegin(); edge != edges.rend(); ++edge) {
    const Around& child = around[edge->second];
    Around& parent = around[edge->first];
    parent.above = std::max({parent.above, child.above, done(std::string(edge->second), false)});
  }
  // What the log has in between, and no script has any more, may have done the work under a former
  // name: scripts that were squashed into one.
  const auto may_be_squashed = [&](const Around& one) {
    return std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
      const std::int64_t id = graph.find(entry.first) == nullptr ? done(entry.first, true) : 0;
      return id > one.below && id < one.above;
    });
  };
  std::vector<std::string> ids;
  for (const Revision* revision : graph.all()) {
    const auto found = around.find(revision->id);
    if (found == around.end() || done(revision->id, true) > 0) continue;
    const Around& one = found->second;
    if (one.below > 0 && one.above > one.below && !may_be_squashed(one)) {
      ids.push_back(revision->id);
    }
  }
  return ids;
}

std::string never_run_warning(const std::vector<std::string>& ids,
                              const std::vector<std::string>& rows) {
  const bool one = ids.size() == 1;
  return "revision" + std::string(one ? " " : "s ") + join(ids, ", ") +
         (one ? " counts" : " count") + " as applied, since what follows is, but " +
         (one ? "was" : "were") + " never run here: move " + (one ? "it" : "them") +
         " behind what is applied (`down_revision:`), or, where the work is done, say so with "
         "`ormdb stamp " +
         join(rows, " ") + "`";
}

void refuse_edited(const std::vector<std::string>& edited, const RevisionGraph& graph) {
  if (edited.empty()) return;
  const Revision* first = graph.find(edited.front());
  std::string message =
      "the upgrade section of revision " + edited.front() + " was edited after it was applied here";
  if (edited.size() > 1)
    message += " (and those of " + std::to_string(edited.size() - 1) + " more)";
  throw Error(ErrorKind::kConflict, message)
      .revision(edited.front())
      .where("script")
      .at(display_path(first->file), first->line)
      .candidates(edited)
      .hint(
          "restore the script and put the change into a new revision, or accept it with "
          "--allow-edited");
}

void refuse_unversioned(Workspace& workspace, Connection& connection, const VersionStore& store,
                        const Plan& plan) {
  const bool from_base =
      plan.rows_before.empty() && !plan.steps.empty() && plan.direction == Direction::kUpgrade;
  if (!from_base || store.exists(connection)) return;
  Schema schema = workspace.introspect(connection);
  leave_out_foreign_version_tables(schema, {});
  if (schema.tables.empty()) return;
  std::vector<std::string> names;
  for (const Table& table : schema.tables) names.push_back(qualified_name(table));
  throw Error(ErrorKind::kConflict, "the database has " + counted(names.size(), "table") +
                                        " but no version table " + store.table() +
                                        ", so it was not made by these scripts")
      .where("database")
      .candidates(names)
      .hint(
          "adopt it with `ormdb init --from-database`, or, when it is already at a revision of "
          "these scripts, say so with `ormdb stamp REVISION`");
}

void refuse_unavailable(const Workspace& workspace, const Plan& plan) {
  for (const PlanStep& step : plan.steps) {
    const std::string& file = step.revision->file;
    if (!file.ends_with(".sql")) continue;  // the YAML form has no such mark
    const bool marked = read_file(file).find("-- ormdb unavailable") != std::string::npos;
    if (marked) workspace.load(*step.revision, plan.direction);
  }
}

}  // namespace ormdb
