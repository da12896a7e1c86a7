#include "migrate/preflight.h"

#include <algorithm>

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

std::string resume_command(const UnfinishedStep& half) {
  const bool up = half.direction == Direction::kUpgrade;
  return up ? "ormdb upgrade " + half.revision : "ormdb downgrade " + half.revision + "-1";
}

void refuse_wrong_statement(const std::optional<UnfinishedStep>& half, int parts,
                            const RunOptions& options) {
  const std::optional<int> named = options.step_done ? options.step_done : options.step_redo;
  if (!named) return;
  const std::string option =
      std::string(options.step_done ? "--step-done " : "--step-redo ") + std::to_string(*named);
  if (!half) {
    throw Error(ErrorKind::kUsage, option + " fits nothing: no revision is half-applied")
        .where("argument")
        .hint("leave the option out; `ormdb status` shows where the database stands");
  }
  const int open = half->open_part();
  if (*named == open && open <= parts) return;
  const std::string which = " of half-applied revision " + half->revision;
  const bool all = open > parts;
  throw Error(ErrorKind::kUsage,
              option + " fits nothing: " +
                  (all ? "all statements" + which + " are done"
                       : "the statement to decide about" + which + " is " + std::to_string(open) +
                             " of " + std::to_string(parts)))
      .revision(half->revision)
      .where("argument")
      .hint(all ? "finish it with `" + resume_command(*half) + "`"
                : "those before it are done and those after it have not run; see `ormdb status`");
}

void refuse_half_applied(const std::optional<UnfinishedStep>& half, const Plan& plan) {
  if (!half) return;
  const auto goes_on = [&](const PlanStep& step) { return step.revision->id == half->revision; };
  const bool planned = plan.direction == half->direction &&
                       std::any_of(plan.steps.begin(), plan.steps.end(), goes_on);
  if (planned) return;
  const std::string verb = half->direction == Direction::kUpgrade ? "upgrade" : "downgrade";
  const auto done = std::count_if(half->parts.begin(), half->parts.end(),
                                  [](const UnfinishedStep::Part& part) { return part.finished; });
  throw Error(ErrorKind::kConflict, "revision " + half->revision + " is half-applied: its " + verb +
                                        " stopped after " + std::to_string(done) + " of " +
                                        std::to_string(half->total) + " parts")
      .revision(half->revision)
      .where("database")
      .hint("finish it first with `" + resume_command(*half) +
            "`; or set the database right by hand and say where it is: `ormdb stamp REVISION`");
}

}  // namespace ormdb
