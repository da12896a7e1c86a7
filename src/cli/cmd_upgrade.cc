// upgrade and downgrade.
#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/document.h"
#include "cli/print.h"
#include "cli/progress.h"

namespace ormdb::cli {
namespace {

void refuse_together(const OptionSet& options, std::string_view a, std::string_view b) {
  if (options.has(a) && options.has(b)) {
    throw Error(ErrorKind::kUsage,
                "--" + std::string(a) + " and --" + std::string(b) + " exclude each other");
  }
}

RunOptions read_options(const OptionSet& options) {
  refuse_together(options, "sql", "plan");
  refuse_together(options, "sql", "dry-run");
  refuse_together(options, "plan", "dry-run");
  refuse_together(options, "step-done", "step-redo");
  refuse_together(options, "no-wait", "lock-timeout");
  refuse_together(options, "no-wait", "run-lock-timeout");
  RunOptions run;
  run.target = options.argument(0);
  run.sql = options.has("sql");
  run.plan = options.has("plan");
  run.dry_run = options.has("dry-run");
  run.allow_edited = options.has("allow-edited");
  run.tag = options.value("tag");
  run.lock_timeout_ms = duration_option(options, "lock-timeout");
  run.run_lock_timeout_ms = duration_option(options, "run-lock-timeout");
  run.statement_timeout_ms = duration_option(options, "statement-timeout");
  if (options.has("no-wait")) run.lock_timeout_ms = run.run_lock_timeout_ms = 0;
  run.step_done = number_option(options, "step-done");
  run.step_redo = number_option(options, "step-redo");
  return run;
}

std::string plan_text(const RunResult& result, const Style& style) {
  std::string text;
  for (const StepResult& step : result.steps) {
    text += step_text(step, result.direction, style);
    for (const std::string& statement : step.statements) {
      text += indented(printable(statement) + ";", "    ");
    }
  }
  return text;
}

std::string steps_text(const RunResult& result, const Style& style) {
  std::string text;
  for (const StepResult& step : result.steps) text += step_text(step, result.direction, style);
  return text;
}

// "already at 4f1c2a9be07d (head): nothing to do"
std::string nothing_text(const RunResult& result, const RevisionGraph& graph) {
  std::string text = "already at ";
  if (result.rows.empty()) return text + "base: nothing to do\n";
  std::vector<std::string> names;
  for (const std::string& row : result.rows) {
    const Revision* revision = graph.find(row);
    const bool head = revision != nullptr && graph.is_head(*revision);
    names.push_back(row + (head ? " (head)" : ""));
  }
  return text + join(names, ", ") + ": nothing to do\n";
}

void fill_text(const RunOptions& options, const RunResult& run, CommandContext& context,
               Result& result) {
  const Style style = context.style();
  if (options.sql) {
    result.text = run.sql;
    result.comment = "-- ";
  } else if (run.steps.empty()) {
    result.notice = nothing_text(run, context.graph());
  } else if (options.plan) {
    result.text = plan_text(run, style);
    result.notice = "plan only: " + counted(run.steps.size(), "step") + ", " +
                    rows_text(run.rows_before) + " to " + rows_text(run.rows) +
                    "; nothing was run\n";
  } else if (options.dry_run) {
    result.notice = steps_text(run, style) + "dry run: rolled back, the database is still at " +
                    rows_text(run.rows_before) + "\n";
  } else {
    result.notice = steps_text(run, style);
  }
}

using RunFunction = RunResult (Migrator::*)(const RunOptions&);

Result run_steps(CommandContext& context, RunFunction function) {
  RunOptions options = read_options(context.options());
  ProgressBar bar(context.streams().error, context.terminal().error && !context.quiet(),
                  context.terminal().width);
  options.step_started = [&bar](std::size_t number, std::size_t count, const Revision& revision,
                                Direction direction) {
    const std::string label = arrow(revision, direction) + ", " + revision.message;
    bar.update(number, count, label);
    log_verbose((direction == Direction::kUpgrade ? "running upgrade " : "running downgrade ") +
                printable(label));
  };
  const RunResult run = (context.migrator().*function)(options);
  bar.clear();
  for (const std::string& warning : run.warnings) log_warning(printable(warning));
  Result result;
  if (context.json()) {
    result.document = run_document(run, true, options.sql);
  } else {
    fill_text(options, run, context, result);
  }
  return result;
}

}  // namespace

Result run_upgrade(CommandContext& context) { return run_steps(context, &Migrator::upgrade); }

Result run_downgrade(CommandContext& context) { return run_steps(context, &Migrator::downgrade); }

}  // namespace ormdb::cli
