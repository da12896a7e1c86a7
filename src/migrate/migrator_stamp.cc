// stamp and ensure-version: the version table changed without running anything.
#include <algorithm>
#include <set>

#include "base/clock.h"
#include "base/text.h"
#include "migrate/foreign_versions.h"
#include "migrate/migrator_impl.h"
#include "migrate/offline.h"
#include "migrate/preflight.h"

namespace ormdb {

namespace {

std::set<std::string> applied_set(const RevisionGraph& graph,
                                  const std::vector<std::string>& rows) {
  std::set<std::string> ids;
  std::vector<std::string> known;
  for (const std::string& row : rows) {
    if (graph.find(row) != nullptr) known.push_back(row);
  }
  for (const Revision* revision : graph.ancestors(known)) ids.insert(revision->id);
  return ids;
}

// A log row for every revision that counts as applied now and did not before, or the other way
// round. `skipped` never ran and counted as applied: their word is the user's from now on.
std::vector<std::string> stamp_log_sql(const RunLog& log, const RevisionGraph& graph,
                                       const std::vector<std::string>& before,
                                       const std::vector<std::string>& after,
                                       const std::vector<std::string>& skipped, bool server_time) {
  std::vector<std::string> sql;
  const std::set<std::string> old = applied_set(graph, before);
  const std::set<std::string> now = applied_set(graph, after);
  const auto add = [&](const std::string& id, const char* direction) {
    sql.push_back(log.finished_sql({id, direction, now_utc(), "", 0}, server_time));
  };
  for (const std::string& id : now) {
    const bool unknown = std::find(skipped.begin(), skipped.end(), id) != skipped.end();
    if (old.count(id) == 0 || unknown) add(id, "stamp");
  }
  for (const std::string& id : old) {
    if (now.count(id) == 0) add(id, "unstamp");
  }
  return sql;
}

std::string abandoned(const UnfinishedStep& half) {
  const std::string verb = half.direction == Direction::kUpgrade ? "upgrade" : "downgrade";
  const auto done = std::count_if(half.parts.begin(), half.parts.end(),
                                  [](const UnfinishedStep::Part& part) { return part.finished; });
  return "the half-applied " + verb + " of revision " + half.revision +
         " is abandoned: " + std::to_string(done) + " of its " + std::to_string(half.total) +
         " parts " + (done == 1 ? "stays" : "stay") + " in the database";
}

std::string as_text(const Workspace& workspace, const std::vector<std::string>& statements,
                    const std::string& title, const std::string& tag = "") {
  const Dialect& dialect = workspace.dialect();
  std::string text =
      "-- " + title + "\n" + tag_comment(tag) + dialect.sql_preamble(workspace.url());
  text += std::string(dialect.begin()) + ";\n";
  for (const std::string& sql : statements) text += sql + ";\n";
  return text + "COMMIT;\n";
}

}  // namespace

RunResult Migrator::stamp(const StampOptions& options) {
  Workspace& workspace = impl_->workspace;
  std::vector<std::string> targets = options.targets;
  if (targets.empty()) targets = {"heads"};
  std::vector<std::string> rows = impl_->rows();
  if (!options.from_table.empty()) {
    targets = stamped_elsewhere(workspace, options.from_table);
    if (!options.purge) refuse_other_rows(targets, rows, options.from_table);
  }
  const std::size_t colon = targets.front().find(':');
  if (options.sql && colon != std::string::npos) {
    rows.clear();
    for (const Revision* revision : graph().resolve(targets.front().substr(0, colon), {})) {
      rows.push_back(revision->id);
    }
    targets.front().erase(0, colon + 1);
  } else if (colon != std::string::npos) {
    throw Error(ErrorKind::kUsage, "a range like '" + targets.front() + "' is for --sql only");
  }
  const Dialect& dialect = workspace.dialect();
  RunResult result;
  std::vector<std::string> statements;
  const auto prepare = [&](Connection* connection) {
    const Plan plan = graph().plan_stamp(targets, rows, options.purge);
    result.rows_before = rows;
    result.rows = plan.rows_after;
    statements.clear();
    if (connection == nullptr || !impl_->store.exists(*connection)) {
      append(statements, impl_->store.create_sql());
    }
    if (connection == nullptr || !impl_->log.exists(*connection)) {
      append(statements, impl_->log.create_sql());
    }
    append(statements, impl_->store.change_sql(rows, result.rows));
    std::vector<std::string> known = rows;
    impl_->take_unknown(known);
    std::vector<std::string> skipped;
    if (connection != nullptr) {
      skipped = never_run(graph(), impl_->log.last_entries(*connection), known);
    }
    append(statements, stamp_log_sql(impl_->log, graph(), rows, result.rows, skipped, options.sql));
    const auto half = connection ? impl_->log.unfinished(*connection) : std::nullopt;
    if (half || options.sql) statements.push_back(impl_->log.abandon_sql(options.sql));
    if (half) result.warnings = {abandoned(*half)};
  };
  prepare(workspace.existing_connection());
  if (options.sql) {
    result.sql = as_text(workspace, statements, "ormdb stamp", options.tag);
    return result;
  }
  Connection& connection = workspace.connection();
  const auto lock =
      dialect.lock_run(workspace.url(), connection,
                       std::chrono::milliseconds(workspace.config().run_lock_timeout_ms));
  Transaction transaction(connection, dialect.begin());
  rows = impl_->store.rows(connection);
  prepare(&connection);
  for (const std::string& sql : statements) connection.execute(sql);
  transaction.commit();
  return result;
}

RunResult Migrator::ensure_version(bool sql) {
  Workspace& workspace = impl_->workspace;
  RunResult result;
  result.rows_before = result.rows = impl_->rows();
  Connection* existing = workspace.existing_connection();
  const bool there = existing != nullptr && impl_->store.exists(*existing);
  if (sql) {
    result.sql = as_text(workspace, there ? std::vector<std::string>() : impl_->store.create_sql(),
                         "ormdb ensure-version");
    return result;
  }
  if (there) return result;
  Connection& connection = workspace.connection();
  Transaction transaction(connection, workspace.dialect().begin());
  if (!impl_->store.exists(connection)) {
    for (const std::string& statement : impl_->store.create_sql()) connection.execute(statement);
  }
  transaction.commit();
  return result;
}

}  // namespace ormdb
