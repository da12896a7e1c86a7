#include "migrate/offline.h"

#include <algorithm>

#include "base/text.h"
#include "migrate/executor.h"
#include "migrate/half_applied.h"
#include "migrate/replay.h"

namespace ormdb {

namespace {

void append_all(std::string& text, const std::vector<std::string>& statements) {
  for (const std::string& sql : statements) text += sql + ";\n";
}

// Whether `target` is just where the rows are, so that there is nothing to do.
bool is_at(const RevisionGraph& graph, const std::string& target, std::vector<std::string> rows) {
  std::vector<std::string> ids;
  for (const Revision* revision : graph.resolve(target, rows)) ids.push_back(revision->id);
  std::sort(ids.begin(), ids.end());
  std::sort(rows.begin(), rows.end());
  return ids == rows;
}

// "statements 1 to 2 of 5 are done and left out"
std::string left_out_text(const OfflineStep& step) {
  const std::string of = " of " + std::to_string(step.all_parts);
  return step.left_out == 1
             ? "statement 1" + of + " is done and left out"
             : "statements 1 to " + std::to_string(step.left_out) + of + " are done and left out";
}

Error range_goes_down(const std::string& range, const std::string& from, const std::string& to) {
  return Error(ErrorKind::kNotAncestor,
               "the range '" + range + "' has nothing to upgrade: " + to + " comes before " + from)
      .where("argument")
      .hint("the older revision stands first: `ormdb upgrade " + to + ":" + from +
            " --sql`; the way back is `ormdb downgrade " + range + " --sql`");
}

}  // namespace

std::string tag_comment(const std::string& tag) {
  return tag.empty() ? "" : "-- tag: " + replace_all(tag, "\n", " ") + "\n";
}

OfflineRun::OfflineRun(Workspace& workspace, const RunOptions& options)
    : workspace_(workspace),
      options_(options),
      dialect_(workspace.dialect()),
      store_(dialect_, workspace.config().version_table, workspace.config().version_schema),
      log_(dialect_, workspace.url(), workspace.config().version_schema) {}

std::vector<OfflineStep> OfflineRun::compile(const Plan& plan, Schema schema) {
  std::vector<OfflineStep> steps;
  for (const PlanStep& step : plan.steps) {
    steps.push_back(compile_step(step, plan.direction, schema));
  }
  return steps;
}

OfflineStep OfflineRun::compile_step(const PlanStep& step, Direction direction, Schema& schema) {
  OfflineStep out;
  out.revision = step.revision;
  const LoadedScript script = workspace_.load(*step.revision, direction);
  out.checksum = script.checksum(Direction::kUpgrade);
  const std::vector<SectionPart> parts = parts_of(script.operations(direction), dialect_.name());
  out.in_parts = parts.size() > 1 || (parts.size() == 1 && !parts.front().transaction);
  out.all_parts = parts.size();
  if (half_ && half_->revision == step.revision->id) {
    refuse_removed_parts(half_, parts.size(), *step.revision, script);
    refuse_wrong_statement(half_, static_cast<int>(parts.size()), options_);
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const SectionPart& part = parts[i];
    if (is_done(part, i + 1, step, direction, script)) {
      ++out.left_out;
      continue;
    }
    const auto in_script = [&](const Error& error) {
      const int number =
          error.operation() > 0 ? error.operation() + static_cast<int>(part.first) : 0;
      return in_step(error, *step.revision, script, direction, number);
    };
    const bool known = !unknown_;
    try {
      out.parts.push_back(compile_part(part, schema, out));
    } catch (const Error& error) {
      if (unknown_ && error.kind() == ErrorKind::kScript)
        throw known ? in_script(*unknown_) : *unknown_;
      throw in_script(error);
    }
    if (unknown_ && known) unknown_ = in_script(*unknown_);
  }
  return out;
}

bool OfflineRun::is_done(const SectionPart& part, std::size_t number, const PlanStep& step,
                         Direction direction, const LoadedScript& script) const {
  if (!half_ || half_->revision != step.revision->id || half_->direction != direction) return false;
  const PartState state = part_state(*half_, part, number, options_, *step.revision, script);
  if (state == PartState::kUnknown) throw unknown_outcome(*half_, number);
  return state != PartState::kOpen;
}

void OfflineRun::find_half_applied(Connection& connection, const Plan& plan) {
  half_ = log_.unfinished(connection);
  refuse_half_applied(half_, plan);
  refuse_wrong_statement(half_, half_ ? half_->total : 0, options_);
}

void OfflineRun::warn_of_half(const std::vector<OfflineStep>& steps, RunResult& result) const {
  for (const OfflineStep& step : steps) {
    if (step.left_out == 0) continue;
    result.warnings.push_back("revision " + step.revision->id +
                              " is half-applied: " + left_out_text(step));
  }
}

OfflinePart OfflineRun::compile_part(const SectionPart& part, Schema& schema, OfflineStep& out) {
  OfflinePart compiled;
  Schema before;
  bool opaque = false;
  for (const Operation& operation : part.operations) {
    opaque = opaque || !is_replayable(operation, dialect_.name());
  }
  if (opaque) before = schema;
  SectionCompiler compiler(dialect_, part.operations, schema);
  std::size_t covered = 0;
  while (!compiler.done()) {
    const CompiledSection piece = compiler.next();
    if (covered == 0) compiled.transaction = !runs_outside_transaction(part, piece);
    covered += piece.compiled_operations;
    if (out.before.empty()) out.before = piece.before;
    if (out.after.empty()) out.after = piece.after;
    out.verify_integrity = out.verify_integrity || piece.verify_integrity;
    for (const Statement& statement : piece.statements)
      compiled.statements.push_back(statement.sql);
    if (needs_schema_ && !compiler.schema_known()) {
      const auto end = part.operations.begin() + static_cast<std::ptrdiff_t>(covered);
      schema = replayed({part.operations.begin(), end}, before);
    }
  }
  return compiled;
}

// SQLite runs what it does not know, and rebuilds tables, for which it must know all. Elsewhere a
// step of unknown meaning is taken for none: a statement after it that should have been another
// one fails, and its transaction with it.
Schema OfflineRun::replayed(const std::vector<Operation>& operations, const Schema& before) {
  try {
    return replay(dialect_, operations, before);
  } catch (const Error& error) {
    std::vector<Operation> known;
    for (const Operation& operation : operations) {
      if (is_replayable(operation, dialect_.name())) known.push_back(operation);
    }
    if (dialect_.name() == "sqlite" || known.size() == operations.size()) throw;
    if (!unknown_) unknown_ = error;
    return replay(dialect_, known, before);
  }
}

bool OfflineRun::any_step(const Plan& plan, bool (*holds)(const std::vector<Operation>&)) const {
  for (const PlanStep& step : plan.steps) {
    const LoadedScript script = workspace_.load(*step.revision, plan.direction);
    if (holds(script.operations(plan.direction))) return true;
  }
  return false;
}

Schema OfflineRun::live_schema(const Plan& plan, Connection& connection) const {
  Schema schema = workspace_.introspect(connection);
  // SQLite keeps no enums: their values stand in the scripts alone.
  if (dialect_.name() == "sqlite" && any_step(plan, names_enums)) {
    schema.enums = enums_of_history(workspace_, plan.rows_before);
  }
  return schema;
}

Plan OfflineRun::range_plan(Direction direction, const std::string& range) const {
  const std::size_t colon = range.find(':');
  const std::string from = range.substr(0, colon);
  const std::string to = range.substr(colon + 1);
  const RevisionGraph& graph = workspace_.graph();
  std::vector<std::string> rows;
  if (!from.empty()) {
    for (const Revision* revision : graph.resolve(from, {})) rows.push_back(revision->id);
  }
  if (direction == Direction::kUpgrade) {
    Plan plan = graph.plan_upgrade(to.empty() ? "head" : to, rows);
    if (plan.steps.empty() && !is_at(graph, to.empty() ? "head" : to, rows)) {
      throw range_goes_down(range, from, to);
    }
    return plan;
  }
  return graph.plan_downgrade(to.empty() ? "base" : to, rows);
}

Plan OfflineRun::plan_and_schema(Direction direction, Schema& schema) {
  if (options_.sql && options_.target.find(':') != std::string::npos) {
    const Plan plan = range_plan(direction, options_.target);
    // Behind base there is a version table; its log may be missing, as in an adopted database.
    preparation_ = plan.rows_before.empty() ? tables_sql(nullptr) : log_.create_if_missing_sql();
    needs_schema_ = any_step(plan, needs_schema);
    if (needs_schema_) schema = replay_history(workspace_, plan.rows_before);
    return plan;
  }
  Connection* connection = workspace_.existing_connection();
  const std::vector<std::string> rows =
      connection != nullptr ? store_.rows(*connection) : std::vector<std::string>();
  const Plan plan = plan_run(workspace_.graph(), direction, options_.target, rows);
  if (connection != nullptr) find_half_applied(*connection, plan);
  preparation_ = tables_sql(connection);
  needs_schema_ = any_step(plan, needs_schema);
  if (connection != nullptr && needs_schema_) schema = live_schema(plan, *connection);
  return plan;
}

RunResult OfflineRun::plan(Direction direction) {
  Schema schema;
  const Plan plan = plan_and_schema(direction, schema);
  RunResult result;
  result.direction = direction;
  result.rows_before = plan.rows_before;
  result.rows = plan.rows_after;
  const std::vector<OfflineStep> steps = compile(plan, std::move(schema));
  warn_of_half(steps, result);
  for (const OfflineStep& step : steps) {
    StepResult one;
    one.revision = *step.revision;
    for (const OfflinePart& part : step.parts) {
      one.statements.insert(one.statements.end(), part.statements.begin(), part.statements.end());
    }
    result.steps.push_back(std::move(one));
  }
  return result;
}

RunResult OfflineRun::sql(Direction direction) {
  Schema schema;
  const Plan plan = plan_and_schema(direction, schema);
  const std::vector<OfflineStep> steps = compile(plan, std::move(schema));
  RunResult result;
  result.direction = direction;
  result.rows_before = plan.rows_before;
  result.rows = plan.rows_after;
  warn_of_half(steps, result);
  result.sql = text_of(plan, steps);
  return result;
}

std::vector<std::string> OfflineRun::tables_sql(Connection* connection) const {
  std::vector<std::string> sql;
  if (connection == nullptr || !store_.exists(*connection)) sql = store_.create_sql();
  if (connection == nullptr || !log_.exists(*connection)) {
    for (std::string& statement : log_.create_sql()) sql.push_back(std::move(statement));
  }
  return sql;
}

std::string OfflineRun::text_of(const Plan& plan, const std::vector<OfflineStep>& steps) const {
  const std::string verb(direction_name(plan.direction));
  std::string text = "-- ormdb " + verb + ", " + counted(steps.size(), "revision") + ", for " +
                     std::string(dialect_.name()) + "\n";
  text += tag_comment(options_.tag);
  text += dialect_.sql_preamble(workspace_.url());
  const std::string begin = std::string(dialect_.begin()) + ";\n";
  if (!preparation_.empty() && !steps.empty()) {
    text += "\n" + begin;
    append_all(text, preparation_);
    text += "COMMIT;\n";
  }
  std::vector<std::string> rows = plan.rows_before;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    text += text_of(plan, steps[i], i, rows);
    rows = plan.steps[i].rows_after;
  }
  return text;
}

std::string OfflineRun::text_of(const Plan& plan, const OfflineStep& step, std::size_t number,
                                const std::vector<std::string>& rows) const {
  const std::string verb(direction_name(plan.direction));
  const std::string begin = std::string(dialect_.begin()) + ";\n";
  const std::string parents = join(step.revision->down_revisions, ", ");
  const bool up = plan.direction == Direction::kUpgrade;
  std::string text = "\n-- Running " + verb + " " + (up ? parents : step.revision->id) + " -> " +
                     (up ? step.revision->id : parents) + ", " +
                     replace_all(step.revision->message, "\n", " ") + "\n";
  if (step.left_out > 0) text += "-- Half-applied: " + left_out_text(step) + "\n";
  append_all(text, step.before);
  bool open = false;
  std::size_t statements = 0;
  for (const OfflinePart& part : step.parts) {
    if (part.transaction) text += begin;
    append_all(text, part.statements);
    statements += part.statements.size();
    open = part.transaction && &part == &step.parts.back();
    if (part.transaction && !open) text += "COMMIT;\n";
  }
  if (!open) text += begin;
  if (step.verify_integrity) append_all(text, dialect_.integrity_check_sql());
  append_all(text, store_.change_sql(rows, plan.steps[number].rows_after));
  const bool half = half_ && half_->revision == step.revision->id;
  append_all(text, {half ? log_.finish_sql(half_->id, step.checksum)
                         : log_.finished_sql(
                               {step.revision->id, verb, "", step.checksum, statements}, true)});
  text += "COMMIT;\n";
  append_all(text, step.after);
  return text;
}

}  // namespace ormdb
