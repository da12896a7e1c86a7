// Runs the steps of a plan on a live database.
//
// 1. Plan from the version table's rows; nothing to do ends here.
// 2. Take the run lock, read the rows again, plan again: another run may have been faster.
// 3. For each step: load and compile its section, then in one transaction the statements, the check
//    of the keys where they were not enforced, the version rows and the log row.
//    A section with steps outside a transaction runs in parts, each journalled, so that a run that
//    was killed goes on where it stopped.
// The schema is introspected once and then advanced in memory; a change made by somebody else
// (schema_version) makes it be read again.
#pragma once

#include "migrate/run_log.h"
#include "migrate/section.h"
#include "migrate/version_store.h"
#include "migrate/workspace.h"
#include "ormdb/migrator.h"

namespace ormdb {

std::string_view direction_name(Direction direction);  ///< "upgrade", "downgrade"

/// Runs statements when it goes out of scope. What they put back is session state, so a failure to
/// do so must not hide an error that is on its way.
class AtExit {
 public:
  AtExit(Connection& connection, std::vector<std::string> statements)
      : connection_(connection), statements_(std::move(statements)) {}
  ~AtExit();
  AtExit(const AtExit&) = delete;
  AtExit& operator=(const AtExit&) = delete;

 private:
  Connection& connection_;
  std::vector<std::string> statements_;
};

class Executor {
 public:
  Executor(Workspace& workspace, const RunOptions& options);

  RunResult run(Direction direction);

 private:
  void run_locked(Direction direction, RunResult& result);
  Plan plan_from(Direction direction, const std::vector<std::string>& rows);
  /// Tells and logs the edited scripts that the user lets pass.
  void accept_edited(RunResult& result);
  void run_steps(const Plan& plan, RunResult& result);
  struct Surroundings {
    std::vector<std::string> before, after;
  };
  Surroundings surroundings(const Plan& plan);
  void run_in_one_transaction(const Plan& plan, RunResult& result);
  void run_together(const Plan& plan, RunResult& result);
  void try_in_one_transaction(const Plan& plan, bool verify, RunResult& result);
  StepResult run_inside(const PlanStep& step, Direction direction,
                        const std::vector<std::string>& rows, IntegrityCheck* check);
  StepResult run_step(const PlanStep& step, const LoadedScript& script, Direction direction,
                      const std::vector<std::string>& rows);
  void run_as_it_commits(const PlanStep& step, const LoadedScript& script, Direction direction,
                         const std::vector<std::string>& rows, StepResult& result);

  /// Waits before a statement that did not get its lock is tried again; false: no more tries.
  bool wait_for_lock(const Error& error, int attempt);

  // One step; the names say how it commits.
  bool try_whole(const PlanStep& step, const LoadedScript& script, Direction direction,
                 const std::vector<std::string>& rows, StepResult& result);
  void run_whole(const PlanStep& step, const LoadedScript& script, Direction direction,
                 const std::vector<std::string>& rows, StepResult& result);
  void run_in_parts(const PlanStep& step, const LoadedScript& script, Direction direction,
                    const std::vector<std::string>& rows, std::vector<SectionPart> parts,
                    StepResult& result);
  void run_part_outside(const SectionPart& part, std::size_t number, std::int64_t step_id,
                        const LogEntry& entry, const CompiledSection& section,
                        SectionCompiler& compiler, const PlanStep& step, const LoadedScript& script,
                        Direction direction, StepResult& result);
  /// Whether the only statement of a section waits longer than lock_timeout.
  bool is_patient(const CompiledSection& section) const;
  bool clear_failed_part(const SectionPart& part, std::int64_t step_id, int number);
  void run_part(const SectionPart& part, std::size_t number, std::int64_t step_id,
                const LogEntry& entry, const PlanStep& step, const LoadedScript& script,
                Direction direction, StepResult& result);
  /// The half-applied step that `step` is, if it is.
  std::optional<UnfinishedStep> half_of(const PlanStep& step, Direction direction) const;
  void run_next_part(const SectionPart& part, std::size_t number, std::int64_t step_id,
                     const LogEntry& entry, const PlanStep& step, const LoadedScript& script,
                     Direction direction, StepResult& result);
  bool took_effect(const SectionPart& part, const UnfinishedStep& half, std::size_t number);
  bool part_is_done(const std::optional<UnfinishedStep>& half, const SectionPart& part,
                    std::size_t number, const LogEntry& entry, const PlanStep& step,
                    const LoadedScript& script);

  void run_sections(SectionCompiler& compiler, CompiledSection first, const PlanStep& step,
                    const LoadedScript& script, Direction direction, int operation_offset,
                    StepResult& result);
  void run_statement(const Statement& statement, const PlanStep& step, const LoadedScript& script,
                     Direction direction, int operation_offset, StepResult& result);
  /// Throws what the step broke, blamed on the operation that did. `check` may be nullptr.
  void verify_after(IntegrityCheck* check, const PlanStep& step, const LoadedScript& script,
                    Direction direction, int operation_offset);
  void run_own(const std::vector<std::string>& statements);
  void record(const PlanStep& step, const LoadedScript& script, Direction direction,
              const std::vector<std::string>& rows, const StepResult& result,
              const std::string& started);
  void ensure_tables();
  void expect_rows(const std::vector<std::string>& rows);
  /// `done` are those of the same script that ran in parts before.
  Schema& schema_for(const std::vector<Operation>& operations,
                     const std::vector<Operation>& done = {});
  /// Looks after views and triggers that a section may break; nullptr where there are none.
  std::unique_ptr<IntegrityCheck> check_dependents(const std::vector<Operation>& operations);
  void remember_schema(bool known);
  void apply_timeouts();

  /// Where in a step of several parts a statement is.
  struct Place {
    std::size_t parts = 0, part = 0;
    std::size_t before = 0;  ///< Statements of the step that this run ran before the part.
    bool single = false;     ///< One operation.

    std::string text(std::size_t statements) const;  ///< " at statement 3"
  };

  Workspace& workspace_;
  const RunOptions& options_;
  const Dialect& dialect_;
  VersionStore store_;
  RunLog log_;
  Connection* connection_ = nullptr;
  std::vector<std::string> edited_;     ///< Applied, and edited since (upgrade).
  std::optional<UnfinishedStep> half_;  ///< As the run found it.
  Place place_;
  bool applied_part_ = false;  ///< A part of an unfinished step was committed by this run.

  Schema schema_;
  bool schema_loaded_ = false;
  std::int64_t schema_version_ = 0;
  bool tables_exist_ = false;
};

/// The plan of a run's target: "" is head upwards and -1 downwards. Throws kUsage for a range.
Plan plan_run(const RevisionGraph& graph, Direction direction, const std::string& target,
              const std::vector<std::string>& rows);

}  // namespace ormdb
