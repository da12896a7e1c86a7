#include "dialect/postgresql/blockers.h"

#include <algorithm>
#include <set>

#include "base/sql_scanner.h"
#include "base/text.h"

namespace ormdb::postgresql {

namespace {

constexpr std::size_t kMostNames = 200;
constexpr std::size_t kMostShown = 5;

// Every name of the statement: some are of relations.
std::set<std::string> names_in(std::string_view statement) {
  std::set<std::string> names;
  for (const SqlToken& token : scan_sql_tokens(statement, SqlDialect::kPostgresql)) {
    if (names.size() >= kMostNames) break;
    if (token.kind == SqlToken::Kind::kWord) names.insert(to_lower(token.text));
    if (token.kind == SqlToken::Kind::kQuoted) names.insert(token.unquoted());
  }
  return names;
}

// Manual, 13.3.1 "Table-Level Locks": what only reads is in nobody's way but of ACCESS EXCLUSIVE.
bool readers_block(std::string_view statement) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(statement, SqlDialect::kPostgresql);
  if (tokens.empty()) return false;
  for (const char* word : {"insert", "update", "delete", "merge", "select", "with", "comment"}) {
    if (tokens[0].is_word(word)) return false;
  }
  if (!tokens[0].is_word("create") || tokens.size() < 2) return true;
  return !tokens[1].is_word("index") && !tokens[1].is_word("unique") &&
         !tokens[1].is_word("table") && !tokens[1].is_word("trigger");
}

std::string blockers_sql(std::size_t names, bool with_readers) {
  std::string marks = "?";
  for (std::size_t i = 1; i < names; ++i) marks += ", ?";
  return "WITH named AS (SELECT oid FROM pg_catalog.pg_class WHERE relname IN (" + marks +
         ")),\n"
         "touched AS (SELECT oid FROM named\n"
         "  UNION SELECT indrelid FROM pg_catalog.pg_index WHERE indexrelid IN (TABLE named)\n"
         "  UNION SELECT confrelid FROM pg_catalog.pg_constraint\n"
         "    WHERE contype = 'f' AND conrelid IN (TABLE named)\n"
         "  UNION SELECT conrelid FROM pg_catalog.pg_constraint\n"
         "    WHERE contype = 'f' AND confrelid IN (TABLE named)\n"
         "  UNION SELECT inhparent FROM pg_catalog.pg_inherits WHERE inhrelid IN (TABLE named)\n"
         "  UNION SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent IN (TABLE named))\n"
         "SELECT " +
         kActivityColumns +
         ", string_agg(DISTINCT l.relation::regclass::text, ', ')\n"
         "FROM pg_catalog.pg_locks l JOIN touched ON touched.oid = l.relation\n"
         "JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind NOT IN ('i', 'I')\n"
         "JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid\n"
         "WHERE l.granted AND l.pid NOT IN (pg_backend_pid(), ?::int)\n"
         "  AND l.database = (SELECT oid FROM pg_catalog.pg_database\n"
         "                    WHERE datname = current_database())\n" +
         (with_readers ? "" : "  AND l.mode <> 'AccessShareLock'\n") +
         "GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 6 DESC, 1";
}

// Manual, CREATE INDEX "Building Indexes Concurrently": it waits for transactions of the database
// that have a snapshot from before it, whatever tables they use.
std::string snapshots_sql() {
  return std::string("SELECT ") + kActivityColumns +
         "\nFROM pg_catalog.pg_stat_activity a\n"
         "WHERE a.backend_xmin IS NOT NULL AND a.datname = current_database()\n"
         "  AND a.pid NOT IN (pg_backend_pid(), ?::int)\n"
         "ORDER BY 6 DESC, 1";
}

std::string one_line(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!space) result += c;
    if (space && !result.empty() && result.back() != ' ') result += ' ';
  }
  return std::string(trim(result));
}

std::string seconds_text(std::chrono::milliseconds time) {
  const auto count = time.count();
  return count % 1000 == 0 ? std::to_string(count / 1000) + " s" : std::to_string(count) + " ms";
}

}  // namespace

const char kActivityColumns[] =
    "a.pid, coalesce(a.usename, ''), coalesce(a.application_name, ''),\n"
    "  coalesce(host(a.client_addr), ''), coalesce(a.state, ''),\n"
    "  greatest(0, extract(epoch FROM clock_timestamp() -\n"
    "    coalesce(a.xact_start, a.query_start, a.backend_start)))::bigint,\n"
    "  left(coalesce(a.query, ''), 120)";

std::string Activity::text() const {
  std::vector<std::string> facts;
  if (!user.empty()) facts.push_back("user " + user);
  if (!application.empty()) facts.push_back(application);
  if (!client.empty()) facts.push_back("from " + client);
  std::string doing = state.empty() ? "" : state + " for " + std::to_string(seconds) + " s";
  if (!query.empty()) doing += (doing.empty() ? "" : ": ") + one_line(query);
  if (!doing.empty()) facts.push_back(doing);
  const std::string name = "pid " + std::to_string(pid);
  return facts.empty() ? name : name + " (" + join(facts, ", ") + ")";
}

Activity activity_of(const Rows& rows, std::size_t row) {
  Activity activity{
      rows.integer(row, 0), rows.text(row, 1),    rows.text(row, 2), rows.text(row, 3),
      rows.text(row, 4),    rows.integer(row, 5), rows.text(row, 6), ""};
  if (rows.columns.size() > 7) activity.tables = rows.text(row, 7);
  return activity;
}

std::vector<Activity> blockers(Connection& connection, std::string_view statement,
                               int waiting_pid) {
  const std::set<std::string> names = names_in(statement);
  if (names.empty()) return {};
  std::vector<Value> parameters(names.begin(), names.end());
  parameters.emplace_back(std::int64_t{waiting_pid});
  Rows rows = connection.query(blockers_sql(names.size(), readers_block(statement)), parameters);
  if (rows.rows.empty() && names.contains("concurrently")) {
    rows = connection.query(snapshots_sql(), {std::int64_t{waiting_pid}});
  }
  std::vector<Activity> found;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) found.push_back(activity_of(rows, i));
  return found;
}

Error name_blockers(Error error, const std::vector<Activity>& holders,
                    std::chrono::milliseconds waited) {
  if (holders.empty()) return error;
  std::vector<std::string> texts, calls;
  for (const Activity& holder : holders) {
    if (texts.size() >= kMostShown) break;
    const std::string what =
        holder.tables.empty() ? "an older snapshot is held by " : holder.tables + " is in use by ";
    texts.push_back(what + holder.text());
    calls.push_back("pg_terminate_backend(" + std::to_string(holder.pid) + ")");
  }
  std::string message = "no lock was had within " + seconds_text(waited) + ": " + join(texts, "; ");
  if (holders.size() > texts.size()) {
    message += "; and " + counted(holders.size() - texts.size(), "more session");
  }
  return error.message(message).hint("let it end, or end it with SELECT " + join(calls, ", ") +
                                     ", or wait longer with --lock-timeout");
}

}  // namespace ormdb::postgresql
