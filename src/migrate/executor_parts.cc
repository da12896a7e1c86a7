// Steps that commit in parts, and runs that commit (or roll back) as one.
#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/text.h"
#include "dialect/postgresql/connection.h"
#include "dialect/postgresql/new_labels.h"
#include "dialect/postgresql/took_effect.h"
#include "migrate/executor.h"
#include "migrate/failure.h"
#include "migrate/half_applied.h"
#include "migrate/offline.h"
#include "migrate/preflight.h"

namespace ormdb {

namespace {

Error not_in_one_transaction(const std::string& what, const Revision& revision,
                             const std::string& why) {
  return Error(ErrorKind::kUnsupported, what + " cannot run revision " + revision.id + ": " + why)
      .revision(revision.id)
      .hint("run up to the revision before it, then that one without " + what);
}

// A value of an enum that is new in a run of one transaction, and used in it.
Error refuse_new_label(const std::string& what, const postgresql::NewLabelUse& use,
                       const Plan& plan) {
  const Revision& adds = *plan.steps[use.added_in].revision;
  const Revision& uses = *plan.steps[use.used_in].revision;
  return Error(ErrorKind::kUnsupported,
               what + " cannot run revision " + uses.id + ": it uses the value '" + use.label +
                   "' of enum " + use.type + ", which revision " + adds.id +
                   " of the same run adds, and PostgreSQL takes a new value only after a commit")
      .revision(uses.id)
      .hint("run `ormdb upgrade " + adds.id + "` first, or run all without " + what);
}

// What the search above cannot see, such as a function's body (SQLSTATE 55P04).
Error in_one_transaction(const Error& error, bool dry_run) {
  Error told = error;
  if (error.sqlstate() != "55P04") return told;
  return told.hint(dry_run
                       ? "a dry run is one transaction, in which a value that an earlier revision "
                         "of it adds cannot be used; without --dry-run it can"
                       : "use transaction: per_script, or run up to the revision that adds the "
                         "value first");
}

Error after_parts(const Error& error, std::size_t number) {
  if (number == 1) return with_applied(error, "nothing of this revision was applied");
  return with_applied(error, number == 2 ? "part 1 of this revision stays applied"
                                         : "parts 1 to " + std::to_string(number - 1) +
                                               " of this revision stay applied");
}

// Writes to the log after a failure. Where that fails too (the connection is gone), the log says
// "unfinished", which is true, and the first error is the one to tell.
template <typename Note>
void note_failure(const Note& note) {
  try {
    note();
  } catch (const Error& error) {
    log_verbose("the failure could not be logged: " + error.message());
  }
}

}  // namespace

std::optional<UnfinishedStep> Executor::half_of(const PlanStep& step, Direction direction) const {
  if (half_ && half_->revision == step.revision->id && half_->direction == direction) return half_;
  return std::nullopt;
}

// The database is asked, not the log; where it cannot tell, the user has to.
bool Executor::took_effect(const SectionPart& part, const UnfinishedStep& half,
                           std::size_t number) {
  std::optional<bool> answer;
  if (part.operations.size() == 1) {
    answer = dialect_.took_effect(*connection_, part.operations.front());
  }
  if (!answer) throw unknown_outcome(half, number);
  return *answer;
}

bool Executor::part_is_done(const std::optional<UnfinishedStep>& half, const SectionPart& part,
                            std::size_t number, const LogEntry& entry, const PlanStep& step,
                            const LoadedScript& script) {
  if (!half) return false;
  const int n = static_cast<int>(number);
  PartState state = part_state(*half, part, number, options_, *step.revision, script);
  if (state == PartState::kUnknown) {
    state = took_effect(part, *half, number) ? PartState::kSaid : PartState::kOpen;
    RunOptions done;
    done.step_done = n;
    // That it took effect does not make it the one that the script has now.
    if (state == PartState::kSaid) part_state(*half, part, number, done, *step.revision, script);
  }
  if (state == PartState::kDone) return true;
  const bool logged = half->part(n) != nullptr;
  if (state == PartState::kOpen) {
    if (logged) log_.forget_part(*connection_, half->id, n);
    return false;
  }
  if (!logged) log_.start_part(*connection_, half->id, entry, n, part.hash());
  log_.finish_part(*connection_, half->id, n);
  return true;
}

void Executor::run_in_parts(const PlanStep& step, const LoadedScript& script, Direction direction,
                            const std::vector<std::string>& rows, std::vector<SectionPart> parts,
                            StepResult& result) {
  const LogEntry entry{step.revision->id, std::string(direction_name(direction)), now_utc(),
                       script.checksum(Direction::kUpgrade), 0};
  const std::optional<UnfinishedStep> half = half_of(step, direction);
  std::int64_t id = half ? half->id : 0;
  if (!half) {
    Transaction transaction(*connection_, dialect_.begin());
    expect_rows(rows);
    ensure_tables();
    id = log_.start_step(*connection_, entry, parts.size());
    transaction.commit();
  }
  schema_loaded_ = false;
  place_.parts = parts.size();
  bool applied = false;
  try {
    refuse_removed_parts(half, parts.size(), *step.revision, script);
    if (half) refuse_wrong_statement(half, static_cast<int>(parts.size()), options_);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!part_is_done(half, parts[i], i + 1, entry, step, script)) {
        run_next_part(parts[i], i + 1, id, entry, step, script, direction, result);
      }
      applied = applied_part_ = true;
    }
  } catch (const Error& error) {
    if (!connection_->in_transaction()) {
      const bool nothing = !applied && !half;
      note_failure([&] {
        nothing ? log_.forget_step(*connection_, id)
                : log_.fail_step(*connection_, id, error.message());
      });
    }
    throw;
  }
  Transaction transaction(*connection_, dialect_.begin());
  expect_rows(rows);
  run_own(store_.change_sql(rows, step.rows_after));
  log_.finish_step(*connection_, id, entry.checksum);
  fault_before_statement();
  transaction.commit();
  fault_after_statement();
}

void Executor::run_next_part(const SectionPart& part, std::size_t number, std::int64_t step_id,
                             const LogEntry& entry, const PlanStep& step,
                             const LoadedScript& script, Direction direction, StepResult& result) {
  const std::size_t statements = result.statements.size();
  for (int waits = 0;; ++waits) {
    try {
      return run_part(part, number, step_id, entry, step, script, direction, result);
    } catch (const Error& error) {
      if (!part.transaction || !wait_for_lock(error, waits)) throw after_parts(error, number);
    }
    schema_loaded_ = false;
    result.statements.resize(statements);
  }
}

// What a failed statement left (an INVALID index) would be in the way of its next attempt. Where it
// cannot be cleared away now, the log says "unfinished", and the next run asks the database.
bool Executor::clear_failed_part(const SectionPart& part, std::int64_t step_id, int number) {
  try {
    if (part.operations.size() == 1) {
      dialect_.took_effect(*connection_, part.operations.front());
    }
    log_.forget_part(*connection_, step_id, number);
    return true;
  } catch (const Error& error) {
    log_verbose("what the failed statement left could not be cleared away: " + error.message());
    return false;
  }
}

// CREATE INDEX CONCURRENTLY and its like keep nobody waiting while they wait for older transactions
// to end, and begin anew when they give up: they may wait as long as a run waits for another.
bool Executor::is_patient(const CompiledSection& section) const {
  if (dialect_.name() != "postgresql" || options_.lock_timeout_ms) return false;
  return section.statements.size() == 1 &&
         postgresql::is_concurrent(section.statements.front().sql);
}

void Executor::run_part_outside(const SectionPart& part, std::size_t number, std::int64_t step_id,
                                const LogEntry& entry, const CompiledSection& section,
                                SectionCompiler& compiler, const PlanStep& step,
                                const LoadedScript& script, Direction direction,
                                StepResult& result) {
  const std::size_t statements = result.statements.size();
  const int part_number = static_cast<int>(number);
  std::optional<postgresql::PostgresqlConnection::Patience> patience;
  if (is_patient(section)) {
    patience.emplace(postgresql::as_postgresql(*connection_),
                     std::chrono::milliseconds(workspace_.config().run_lock_timeout_ms));
  }
  for (int waits = 0;; ++waits) {
    log_.start_part(*connection_, step_id, entry, part_number, part.hash());
    try {
      run_sections(compiler, section, step, script, direction, static_cast<int>(part.first),
                   result);
      break;
    } catch (const Error& error) {
      // It failed, so it is not done; a lost connection leaves open what became of it.
      if (error.sqlstate().starts_with("08")) throw;
      // Clearing away may have to wait for the same lock.
      while (!clear_failed_part(part, step_id, part_number)) {
        if (!wait_for_lock(error, waits++)) throw;
      }
      if (!wait_for_lock(error, waits)) throw;
    }
    result.statements.resize(statements);
  }
  log_.finish_part(*connection_, step_id, part_number);
  schema_loaded_ = false;
}

void Executor::run_part(const SectionPart& part, std::size_t number, std::int64_t step_id,
                        const LogEntry& entry, const PlanStep& step, const LoadedScript& script,
                        Direction direction, StepResult& result) {
  const int offset = static_cast<int>(part.first);
  std::vector<Operation> done = script.operations(direction);
  done.erase(done.begin() + static_cast<std::ptrdiff_t>(part.first), done.end());
  place_.part = number;
  place_.before = result.statements.size();
  place_.single = part.operations.size() == 1;
  SectionCompiler compiler(dialect_, part.operations, schema_for(part.operations, done));
  CompiledSection first;
  try {
    first = compiler.next();
  } catch (const Error& error) {
    throw in_step(error, *step.revision, script, direction, error.operation() + offset);
  }
  const int part_number = static_cast<int>(number);
  if (runs_outside_transaction(part, first)) {
    return run_part_outside(part, number, step_id, entry, first, compiler, step, script, direction,
                            result);
  }
  for (const std::string& sql : first.before) connection_->execute(sql);
  const AtExit restore(*connection_, first.after);
  const bool verify = first.verify_integrity;
  Transaction transaction(*connection_, dialect_.begin());
  const auto check = verify ? dialect_.integrity_check(*connection_) : nullptr;
  const auto dependents = check_dependents(part.operations);
  run_sections(compiler, std::move(first), step, script, direction, offset, result);
  verify_after(check.get(), step, script, direction, offset);
  verify_after(dependents.get(), step, script, direction, offset);
  log_.start_part(*connection_, step_id, entry, part_number, part.hash());
  log_.finish_part(*connection_, step_id, part_number);
  fault_before_statement();
  transaction.commit();
  fault_after_statement();
  schema_loaded_ = false;
}

// What the steps need around a transaction that holds them all.
Executor::Surroundings Executor::surroundings(const Plan& plan) {
  const std::string what = options_.dry_run ? "--dry-run" : "transaction: per_run";
  Surroundings around;
  for (const PlanStep& step : plan.steps) {
    if (half_of(step, plan.direction)) {
      throw not_in_one_transaction(what, *step.revision, "it is half-applied");
    }
  }
  std::vector<std::vector<Operation>> scripts;
  for (const PlanStep& step : plan.steps) {
    scripts.push_back(workspace_.load(*step.revision, plan.direction).operations(plan.direction));
    const std::vector<SectionPart> parts = parts_of(scripts.back(), dialect_.name());
    if (parts.size() > 1 || (parts.size() == 1 && !parts.front().transaction)) {
      throw not_in_one_transaction(what, *step.revision, "it has a step outside a transaction");
    }
  }
  if (dialect_.name() == "postgresql" && postgresql::adds_labels(scripts)) {
    const int version = postgresql::as_postgresql(*connection_).server_version();
    const auto use =
        postgresql::new_label_in_use(scripts, workspace_.introspect(*connection_), version);
    if (use) throw refuse_new_label(what, *use, plan);
  }
  // What its rebuilds need only compiling tells; other engines need nothing.
  if (dialect_.name() != "sqlite") return around;
  OfflineRun offline(workspace_, options_);
  std::vector<OfflineStep> steps;
  try {
    steps = offline.compile(plan, offline.live_schema(plan, *connection_));
  } catch (const Error& error) {
    throw as_drift(error);
  }
  for (const OfflineStep& step : steps) {
    if (step.before.empty()) continue;
    if (!options_.dry_run) {
      throw Error(ErrorKind::kUnsupported,
                  what + " cannot run revision " + step.revision->id +
                      ": it rebuilds a table that others reference, for which the keys must be off "
                      "from before the transaction")
          .revision(step.revision->id)
          .hint("use transaction: per_script");
    }
    around = {step.before, step.after};
  }
  return around;
}

void Executor::run_in_one_transaction(const Plan& plan, RunResult& result) {
  try {
    run_together(plan, result);
  } catch (const Error& error) {
    throw with_applied(error, "nothing was applied: the run is one transaction");
  }
}

void Executor::run_together(const Plan& plan, RunResult& result) {
  const Surroundings around = surroundings(plan);
  for (const std::string& sql : around.before) connection_->execute(sql);
  const AtExit restore(*connection_, around.after);
  for (int waits = 0;; ++waits) {
    try {
      return try_in_one_transaction(plan, !around.before.empty(), result);
    } catch (const Error& error) {
      if (!wait_for_lock(error, waits)) throw;
    }
    schema_loaded_ = false;
    tables_exist_ = false;
  }
}

void Executor::try_in_one_transaction(const Plan& plan, bool verify, RunResult& result) {
  Transaction transaction(*connection_, dialect_.begin());
  expect_rows(plan.rows_before);
  ensure_tables();
  const auto check = verify ? dialect_.integrity_check(*connection_) : nullptr;
  std::vector<StepResult> done;
  std::vector<std::string> rows = plan.rows_before;
  for (const PlanStep& step : plan.steps) {
    if (options_.step_started) {
      options_.step_started(done.size() + 1, plan.steps.size(), *step.revision, plan.direction);
    }
    const double start = steady_milliseconds();
    done.push_back(run_inside(step, plan.direction, rows, check.get()));
    done.back().milliseconds = steady_milliseconds() - start;
    rows = step.rows_after;
  }
  options_.dry_run ? transaction.rollback() : transaction.commit();
  result.steps = std::move(done);
  result.rows = rows;
}

StepResult Executor::run_inside(const PlanStep& step, Direction direction,
                                const std::vector<std::string>& rows, IntegrityCheck* check) {
  StepResult result;
  result.revision = *step.revision;
  place_ = {};
  const std::string started = now_utc();
  const LoadedScript script = workspace_.load(*step.revision, direction);
  const std::vector<Operation> operations = script.operations(direction);
  SectionCompiler compiler(dialect_, operations, schema_for(operations));
  std::unique_ptr<IntegrityCheck> dependents;
  try {
    dependents = check_dependents(operations);
    if (!compiler.done()) {
      run_sections(compiler, compiler.next(), step, script, direction, 0, result);
    }
  } catch (const Error& error) {
    throw in_step(in_one_transaction(as_drift(error), options_.dry_run), *step.revision, script,
                  direction, error.operation());
  }
  verify_after(check, step, script, direction, 0);
  verify_after(dependents.get(), step, script, direction, 0);
  record(step, script, direction, rows, result, started);
  remember_schema(compiler.schema_known());
  return result;
}

}  // namespace ormdb
