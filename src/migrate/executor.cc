#include "migrate/executor.h"

#include <algorithm>
#include <thread>

#include "base/clock.h"
#include "base/fault.h"
#include "base/file_system.h"
#include "base/log.h"
#include "base/text.h"
#include "dialect/sqlite/blame.h"
#include "dialect/sqlite/dependents.h"
#include "migrate/failure.h"
#include "migrate/half_applied.h"
#include "migrate/offline.h"
#include "migrate/preflight.h"
#include "migrate/replay.h"
#include "migrate/script_reader.h"

namespace ormdb {

namespace {

std::string rows_text(const std::vector<std::string>& rows) {
  return rows.empty() ? "base" : join(rows, ", ");
}

Error changed_meanwhile(const std::vector<std::string>& expected,
                        const std::vector<std::string>& found) {
  return Error(ErrorKind::kConflict,
               "the version table was changed while this run was under way: "
               "expected " +
                   rows_text(expected) + ", found " + rows_text(found))
      .where("database")
      .hint("look at `ormdb status`, then run the command again");
}

}  // namespace

AtExit::~AtExit() {
  for (const std::string& sql : statements_) {
    try {
      connection_.execute(sql);
    } catch (const Error&) {
      continue;
    }
  }
}

std::string_view direction_name(Direction direction) {
  return direction == Direction::kUpgrade ? "upgrade" : "downgrade";
}

Plan plan_run(const RevisionGraph& graph, Direction direction, const std::string& target,
              const std::vector<std::string>& rows) {
  if (target.find(':') != std::string::npos) {
    throw Error(ErrorKind::kUsage, "a range like '" + target + "' is for --sql only")
        .hint("give a single target, or add --sql to print the statements of the range");
  }
  if (direction == Direction::kUpgrade)
    return graph.plan_upgrade(target.empty() ? "head" : target, rows);
  return graph.plan_downgrade(target.empty() ? "-1" : target, rows);
}

Executor::Executor(Workspace& workspace, const RunOptions& options)
    : workspace_(workspace),
      options_(options),
      dialect_(workspace.dialect()),
      store_(dialect_, workspace.config().version_table, workspace.config().version_schema),
      log_(dialect_, workspace.url(), workspace.config().version_schema) {}

void Executor::apply_timeouts() {
  ConnectOptions& connect = workspace_.connect_options();
  const ConnectOptions before = connect;
  if (options_.lock_timeout_ms)
    connect.lock_timeout = std::chrono::milliseconds(*options_.lock_timeout_ms);
  if (options_.statement_timeout_ms) {
    connect.statement_timeout = std::chrono::milliseconds(*options_.statement_timeout_ms);
  }
  if (before.lock_timeout != connect.lock_timeout ||
      before.statement_timeout != connect.statement_timeout) {
    workspace_.disconnect();
  }
}

Plan Executor::plan_from(Direction direction, const std::vector<std::string>& rows) {
  return plan_run(workspace_.graph(), direction, options_.target, rows);
}

RunResult Executor::run(Direction direction) {
  apply_timeouts();
  RunResult result;
  result.direction = direction;
  connection_ = workspace_.existing_connection();
  const Plan plan =
      plan_from(direction, connection_ ? store_.rows(*connection_) : std::vector<std::string>());
  if (connection_ != nullptr && direction == Direction::kUpgrade) {
    edited_ = edited_revisions(workspace_, log_, *connection_, plan.rows_before);
    if (!options_.allow_edited) refuse_edited(edited_, workspace_.graph());
    const std::vector<std::string> skipped =
        never_run(workspace_.graph(), log_.last_entries(*connection_), plan.rows_before);
    if (!skipped.empty()) result.warnings = {never_run_warning(skipped, plan.rows_before)};
  }
  const auto half = connection_ ? log_.unfinished(*connection_) : std::nullopt;
  refuse_half_applied(half, plan);
  refuse_wrong_statement(half, half ? half->total : 0, options_);
  result.rows_before = plan.rows_before;
  result.rows = plan.rows_before;
  if (plan.steps.empty()) return result;

  connection_ = &workspace_.connection();
  try {
    run_locked(direction, result);
  } catch (const Error&) {
    workspace_.disconnect();
    throw;
  }
  return result;
}

void Executor::run_locked(Direction direction, RunResult& result) {
  const int lock_ms =
      options_.run_lock_timeout_ms.value_or(workspace_.config().run_lock_timeout_ms);
  const auto lock =
      dialect_.lock_run(workspace_.url(), *connection_, std::chrono::milliseconds(lock_ms));
  // A database file that this run made and leaves empty goes again. Another run may have made
  // something of it before the lock was had.
  const bool fresh = workspace_.created_database() && dialect_.schema_version(*connection_) == 0;
  const auto remove_database = [&] {
    workspace_.disconnect();
    dialect_.drop_database(workspace_.url());
  };
  try {
    const Plan plan = plan_from(direction, store_.rows(*connection_));
    result.rows_before = plan.rows_before;
    result.rows = plan.rows_before;
    half_ = log_.unfinished(*connection_);
    refuse_half_applied(half_, plan);
    refuse_unversioned(workspace_, *connection_, store_, plan);
    refuse_unavailable(workspace_, plan);
    if (!plan.steps.empty()) accept_edited(result);
    const bool together = options_.dry_run || workspace_.config().transaction_per_run;
    together ? run_in_one_transaction(plan, result) : run_steps(plan, result);
  } catch (const Error&) {
    if (fresh && result.steps.empty() && !applied_part_) remove_database();
    throw;
  }
  if (options_.dry_run && fresh) remove_database();
}

void Executor::accept_edited(RunResult& result) {
  if (edited_.empty()) return;
  Transaction transaction(*connection_, dialect_.begin());
  for (const std::string& id : edited_) {
    result.warnings.push_back("the upgrade section of revision " + id +
                              " was edited after it was applied here; --allow-edited accepts it");
    if (options_.dry_run) continue;
    const std::string text = read_file(workspace_.graph().find(id)->file);
    const LogEntry entry{id, "edited", now_utc(), section_checksum(text, Direction::kUpgrade), 0};
    connection_->execute(log_.finished_sql(entry, false));
  }
  transaction.commit();
}

void Executor::run_steps(const Plan& plan, RunResult& result) {
  std::size_t number = 0;
  ScriptReader scripts(workspace_, plan);
  for (const PlanStep& step : plan.steps) {
    ++number;
    if (options_.step_started) {
      options_.step_started(number, plan.steps.size(), *step.revision, plan.direction);
    }
    try {
      result.steps.push_back(run_step(step, scripts.next(), plan.direction, result.rows));
    } catch (const Error& error) {
      throw with_earlier(error, result.steps);
    }
    result.rows = step.rows_after;
  }
}

StepResult Executor::run_step(const PlanStep& step, const LoadedScript& script, Direction direction,
                              const std::vector<std::string>& rows) {
  const double start = steady_milliseconds();
  StepResult result;
  result.revision = *step.revision;
  place_ = {};
  try {
    run_as_it_commits(step, script, direction, rows, result);
  } catch (const Error& error) {
    // What is no statement of the script (COMMIT, the rows of ormdb's own tables).
    if (!error.revision().empty()) throw;
    Error told = error;
    throw told.revision(step.revision->id)
        .message(std::string(direction_name(direction)) + " of revision " + step.revision->id +
                 ": " + error.message());
  }
  result.milliseconds = steady_milliseconds() - start;
  return result;
}

void Executor::run_as_it_commits(const PlanStep& step, const LoadedScript& script,
                                 Direction direction, const std::vector<std::string>& rows,
                                 StepResult& result) {
  std::vector<SectionPart> parts = parts_of(script.operations(direction), dialect_.name());
  const bool whole = parts.empty() || (parts.size() == 1 && parts.front().transaction);
  if (whole && dialect_.transactional_ddl() && !half_of(step, direction)) {
    try {
      run_whole(step, script, direction, rows, result);
    } catch (const Error& error) {
      throw with_applied(error, "nothing of this revision was applied");
    }
  } else {
    run_in_parts(step, script, direction, rows, std::move(parts), result);
  }
}

void Executor::run_whole(const PlanStep& step, const LoadedScript& script, Direction direction,
                         const std::vector<std::string>& rows, StepResult& result) {
  constexpr int kAttempts = 5;  // each but the last lost a race with somebody else's schema change
  int waits = 0;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    try {
      if (try_whole(step, script, direction, rows, result)) return;
    } catch (const Error& error) {
      if (!wait_for_lock(error, waits++)) throw;
      --attempt;
    }
    schema_loaded_ = false;
    tables_exist_ = false;
    result.statements.clear();
  }
  throw Error(ErrorKind::kLocked, "the schema keeps changing while revision " + step.revision->id +
                                      " is being prepared")
      .revision(step.revision->id)
      .hint("another program changes tables in this database; try again when it is done");
}

// A waiting ALTER TABLE makes every later reader of the table wait behind it, so it gives up soon
// and comes back later instead of waiting long.
bool Executor::wait_for_lock(const Error& error, int attempt) {
  constexpr int kWaits = 3;
  constexpr int kFirstWait = 500;  // milliseconds, doubled each time
  if (error.kind() != ErrorKind::kLocked || !dialect_.retries_lock_timeouts()) return false;
  if (error.sqlstate() == "57014") return false;  // statement_timeout: as long again would not do
  const bool no_wait = options_.lock_timeout_ms && *options_.lock_timeout_ms == 0;
  if (no_wait || attempt >= kWaits) return false;
  log_warning(error.message() + "; trying again");
  std::this_thread::sleep_for(std::chrono::milliseconds(kFirstWait << attempt));
  return true;
}

bool Executor::try_whole(const PlanStep& step, const LoadedScript& script, Direction direction,
                         const std::vector<std::string>& rows, StepResult& result) {
  const std::vector<Operation> operations = script.operations(direction);
  const std::string started = now_utc();
  SectionCompiler compiler(dialect_, operations, schema_for(operations));
  CompiledSection first;
  try {
    if (!compiler.done()) first = compiler.next();
  } catch (const Error& error) {
    schema_loaded_ = false;
    throw in_step(as_drift(error), *step.revision, script, direction, error.operation());
  }
  for (const std::string& sql : first.before) connection_->execute(sql);
  const AtExit restore(*connection_, first.after);
  const bool verify = first.verify_integrity;
  Transaction transaction(*connection_, dialect_.begin());
  if (schema_loaded_ && schema_version_ != dialect_.schema_version(*connection_)) return false;
  expect_rows(rows);
  ensure_tables();
  const auto check = verify ? dialect_.integrity_check(*connection_) : nullptr;
  const auto dependents = check_dependents(operations);
  run_sections(compiler, std::move(first), step, script, direction, 0, result);
  verify_after(check.get(), step, script, direction, 0);
  verify_after(dependents.get(), step, script, direction, 0);
  record(step, script, direction, rows, result, started);
  remember_schema(compiler.schema_known());
  fault_before_statement();
  transaction.commit();
  fault_after_statement();
  return true;
}

void Executor::run_sections(SectionCompiler& compiler, CompiledSection first, const PlanStep& step,
                            const LoadedScript& script, Direction direction, int operation_offset,
                            StepResult& result) {
  CompiledSection piece = std::move(first);
  while (true) {
    for (const Statement& statement : piece.statements) {
      run_statement(statement, step, script, direction, operation_offset, result);
    }
    if (compiler.done()) return;
    if (!compiler.schema_known()) {
      schema_ = read_again(schema_, workspace_.introspect(*connection_), dialect_.name());
    }
    const bool keys_enforced = !piece.verify_integrity;
    try {
      piece = compiler.next();
    } catch (const Error& error) {
      throw in_step(error, *step.revision, script, direction, error.operation());
    }
    if (!piece.before.empty() && keys_enforced) {
      throw in_step(
          Error(ErrorKind::kUnsupported,
                "raw SQL and a table rebuild stand in one script, and what the rebuild "
                "needs is only known after the raw SQL ran")
              .hint("put the operations after the raw SQL into a revision of their own, or "
                    "say what it does with `effects`"),
          *step.revision, script, direction, 0);
    }
    piece.verify_integrity = !keys_enforced;
  }
}

void Executor::run_statement(const Statement& statement, const PlanStep& step,
                             const LoadedScript& script, Direction direction, int operation_offset,
                             StepResult& result) {
  result.statements.push_back(statement.sql);
  fault_before_statement();
  try {
    connection_->execute(statement.sql);
  } catch (const Error& error) {
    schema_loaded_ = false;
    Error told = error;
    told.message("revision " + step.revision->id + " failed to " +
                 std::string(direction_name(direction)) + place_.text(result.statements.size()) +
                 ": " + error.message());
    if (told.statement().empty()) told.statement(statement.sql);
    int operation = statement.operation > 0 ? statement.operation + operation_offset : 0;
    if (const auto blame = blame_constraint(error, script.operations(direction), operation)) {
      operation = blame->operation;
      if (!blame->hint.empty()) told.hint(blame->hint);
    }
    throw in_step(told, *step.revision, script, direction, operation);
  }
  fault_after_statement();
  fault_before_log();
}

void Executor::verify_after(IntegrityCheck* check, const PlanStep& step, const LoadedScript& script,
                            Direction direction, int operation_offset) {
  if (check == nullptr) return;
  try {
    check->verify(*connection_);
  } catch (const Error& error) {
    schema_loaded_ = false;
    Error told = error;
    told.message("revision " + step.revision->id + " failed to " +
                 std::string(direction_name(direction)) + ": " + error.message());
    const int operation = error.operation() > 0
                              ? error.operation() + operation_offset
                              : blame_foreign_keys(error, script.operations(direction));
    throw in_step(told, *step.revision, script, direction, operation);
  }
}

// As `status` and --step-done count: what commits together in a step of parts is one statement.
std::string Executor::Place::text(std::size_t statements) const {
  if (parts < 2) return " at statement " + std::to_string(statements);
  if (single) return " at statement " + std::to_string(part);
  return " in part " + std::to_string(part) + " at statement " +
         std::to_string(statements - before);
}

void Executor::run_own(const std::vector<std::string>& statements) {
  for (const std::string& sql : statements) {
    fault_before_statement();
    connection_->execute(sql);
    fault_after_statement();
    fault_before_log();
  }
}

void Executor::record(const PlanStep& step, const LoadedScript& script, Direction direction,
                      const std::vector<std::string>& rows, const StepResult& result,
                      const std::string& started) {
  run_own(store_.change_sql(rows, step.rows_after));
  LogEntry entry{step.revision->id, std::string(direction_name(direction)), started,
                 script.checksum(Direction::kUpgrade), result.statements.size()};
  run_own({log_.finished_sql(entry, false)});
}

void Executor::ensure_tables() {
  if (tables_exist_) return;
  if (!store_.exists(*connection_)) run_own(store_.create_sql());
  if (!log_.exists(*connection_)) run_own(log_.create_sql());
  tables_exist_ = true;
}

void Executor::expect_rows(const std::vector<std::string>& rows) {
  const std::vector<std::string> found =
      tables_exist_ ? store_.rows_of_existing(*connection_) : store_.rows(*connection_);
  if (found != rows) throw changed_meanwhile(rows, found);
}

Schema& Executor::schema_for(const std::vector<Operation>& operations,
                             const std::vector<Operation>& done) {
  if (!schema_loaded_ && needs_schema(operations)) {
    schema_version_ = dialect_.schema_version(*connection_);
    schema_ = workspace_.introspect(*connection_);
    schema_loaded_ = true;
  }
  // SQLite keeps no enums: their values stand in the scripts alone.
  if (schema_loaded_ && dialect_.name() == "sqlite" && names_enums(operations)) {
    schema_.enums = enums_of_history(workspace_, store_.rows(*connection_), done);
  }
  return schema_;
}

std::unique_ptr<IntegrityCheck> Executor::check_dependents(
    const std::vector<Operation>& operations) {
  return dialect_.name() == "sqlite" ? dependents_check(*connection_, operations) : nullptr;
}

void Executor::remember_schema(bool known) {
  schema_loaded_ = schema_loaded_ && known;
  if (schema_loaded_) schema_version_ = dialect_.schema_version(*connection_);
}

}  // namespace ormdb
