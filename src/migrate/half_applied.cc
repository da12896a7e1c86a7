#include "migrate/half_applied.h"

#include <algorithm>

namespace ormdb {

namespace {

Error edited_after_applied(const UnfinishedStep& half, std::size_t number) {
  return Error(ErrorKind::kConflict, "statement " + std::to_string(number) +
                                         " of half-applied revision " + half.revision +
                                         " was edited after it was applied")
      .hint("restore it; what follows it may be edited");
}

}  // namespace

std::string resume_command(const UnfinishedStep& half) {
  const bool up = half.direction == Direction::kUpgrade;
  return up ? "ormdb upgrade " + half.revision : "ormdb downgrade " + half.revision + "-1";
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

void refuse_removed_parts(const std::optional<UnfinishedStep>& half, std::size_t parts,
                          const Revision& revision, const LoadedScript& script) {
  if (!half) return;
  for (const UnfinishedStep::Part& seen : half->parts) {
    if (static_cast<std::size_t>(seen.number) <= parts) continue;
    throw in_step(edited_after_applied(*half, static_cast<std::size_t>(seen.number)), revision,
                  script, half->direction, 0);
  }
}

PartState part_state(const UnfinishedStep& half, const SectionPart& part, std::size_t number,
                     const RunOptions& options, const Revision& revision,
                     const LoadedScript& script) {
  const int n = static_cast<int>(number);
  const UnfinishedStep::Part* seen = half.part(n);
  const bool said_done = options.step_done == n;
  if (seen == nullptr) return said_done ? PartState::kSaid : PartState::kOpen;
  if (!seen->finished && options.step_redo == n) return PartState::kOpen;
  if ((seen->finished || said_done) && seen->hash != part.hash()) {
    throw in_step(edited_after_applied(half, number), revision, script, half.direction,
                  static_cast<int>(part.first) + 1);
  }
  if (seen->finished) return PartState::kDone;
  return said_done ? PartState::kSaid : PartState::kUnknown;
}

Error unknown_outcome(const UnfinishedStep& half, std::size_t number) {
  const std::string command = resume_command(half);
  const std::string n = std::to_string(number);
  return Error(ErrorKind::kConflict,
               "statement " + n + " of revision " + half.revision +
                   " was started and its outcome is unknown: the run ended before it was recorded")
      .revision(half.revision)
      .where("database")
      .hint("look whether it took effect, then `" + command + " --step-done " + n +
            "` if it did, `" + command + " --step-redo " + n + "` to run it again");
}

}  // namespace ormdb
