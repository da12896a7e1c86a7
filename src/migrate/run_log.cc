#include "migrate/run_log.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/clock.h"

namespace ormdb {

namespace {

constexpr std::string_view kTable = "ormdb_log";

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : "";
}

Column column(std::string name, Type type, bool nullable) {
  Column c;
  c.name = std::move(name);
  c.type = std::move(type);
  c.nullable = nullable;
  return c;
}

}  // namespace

const UnfinishedStep::Part* UnfinishedStep::part(int number) const {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [&](const Part& part) { return part.number == number; });
  return found != parts.end() ? &*found : nullptr;
}

int UnfinishedStep::open_part() const {
  int number = 1;
  while (part(number) != nullptr && part(number)->finished) ++number;
  return number;
}

RunLog::RunLog(const Dialect& dialect, const Url& url, std::string schema)
    : dialect_(dialect),
      user_(dialect.database_user(url)),
      host_(host_name()),
      schema_(std::move(schema)) {}

std::string RunLog::quoted() const {
  const std::string table = dialect_.quote(kTable);
  return schema_.empty() ? table : dialect_.quote(schema_) + "." + table;
}

bool RunLog::exists(Connection& connection) const {
  const std::string name =
      schema_.empty() ? std::string(kTable) : schema_ + "." + std::string(kTable);
  return dialect_.table_exists(connection, name);
}

std::vector<std::string> RunLog::create_sql() const {
  Table table;
  table.name = kTable;
  table.schema = schema_;
  table.columns = {column("id", Type::of(TypeKind::kInteger), false),
                   column("step", Type::of(TypeKind::kInteger), true),
                   column("revision", Type::string(64), false),
                   column("direction", Type::string(10), false),
                   column("started", Type::string(32), false),
                   column("finished", Type::string(32), true),
                   column("checksum", Type::string(64), true),
                   column("ormdb_version", Type::string(32), false),
                   column("database_user", Type::string(128), false),
                   column("host", Type::string(255), false),
                   column("statements", Type::of(TypeKind::kInteger), false),
                   column("error", Type::of(TypeKind::kText), true),
                   column("part", Type::of(TypeKind::kInteger), true),
                   column("part_hash", Type::string(64), true)};
  PrimaryKey key;
  key.columns.emplace_back().column = "id";
  table.primary_key = std::move(key);
  Schema none;
  std::vector<std::string> sql;
  for (Statement& statement : dialect_.compile({CreateTable{table}}, none).statements) {
    sql.push_back(std::move(statement.sql));
  }
  return sql;
}

std::vector<std::string> RunLog::create_if_missing_sql() const {
  constexpr std::string_view kCreate = "CREATE TABLE ";
  std::vector<std::string> sql = create_sql();
  for (std::string& statement : sql) {
    if (statement.starts_with(kCreate)) statement.insert(kCreate.size(), "IF NOT EXISTS ");
  }
  return sql;
}

std::string RunLog::finished_sql(const LogEntry& entry, bool server_time) const {
  const auto text = [this](const std::string& value) {
    return value.empty() ? dialect_.literal(Literal::null())
                         : dialect_.literal(Literal::string(value));
  };
  const auto required = [this](const std::string& value) {
    return dialect_.literal(Literal::string(value));
  };
  const std::string started = server_time ? "CURRENT_TIMESTAMP" : text(entry.started);
  const std::string finished = server_time ? "CURRENT_TIMESTAMP" : text(now_utc());
  return "INSERT INTO " + quoted() +
         " (revision, direction, started, finished, checksum, ormdb_version,\n"
         "    database_user, host, statements)\n  VALUES (" +
         text(entry.revision) + ", " + text(entry.direction) + ", " + started + ", " + finished +
         ", " + text(entry.checksum) + ",\n    " + required(ORMDB_VERSION) + ", " +
         required(user_) + ", " + required(host_) + ", " + std::to_string(entry.statements) + ")";
}

std::map<std::string, RunLog::LastEntry> RunLog::last_entries(Connection& connection) const {
  std::map<std::string, LastEntry> last;
  if (!exists(connection)) return last;
  const Rows rows = connection.query("SELECT id, revision, direction, checksum FROM " + quoted() +
                                     " WHERE step IS NULL AND finished IS NOT NULL"
                                     " AND error IS NULL AND direction <> 'edited' ORDER BY id");
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    last[rows.text(i, 1)] = {rows.integer(i, 0), rows.text(i, 2), rows.text(i, 3)};
  }
  return last;
}

std::map<std::string, std::string> RunLog::applied_checksums(Connection& connection) const {
  std::map<std::string, std::string> checksums;
  for (const auto& [revision, entry] : last_entries(connection)) {
    if (entry.direction == "upgrade") checksums.emplace(revision, entry.checksum);
  }
  return checksums;
}

std::optional<UnfinishedStep> RunLog::unfinished(Connection& connection) const {
  if (!exists(connection)) return std::nullopt;
  const Rows steps =
      connection.query("SELECT id, revision, direction, statements FROM " + quoted() +
                       " WHERE step IS NULL AND finished IS NULL ORDER BY id DESC");
  if (steps.rows.empty()) return std::nullopt;
  UnfinishedStep step;
  step.id = steps.integer(0, 0);
  step.revision = steps.text(0, 1);
  step.direction = steps.text(0, 2) == "downgrade" ? Direction::kDowngrade : Direction::kUpgrade;
  step.total = static_cast<int>(steps.integer(0, 3));
  const Rows parts = connection.query(
      "SELECT part, part_hash, finished FROM " + quoted() + " WHERE step = ? ORDER BY part, id",
      {step.id});
  for (std::size_t i = 0; i < parts.rows.size(); ++i) {
    step.parts.push_back(
        {static_cast<int>(parts.integer(i, 0)), parts.text(i, 1), !parts.is_null(i, 2)});
  }
  return step;
}

std::int64_t RunLog::start_step(Connection& connection, const LogEntry& entry,
                                std::size_t parts) const {
  connection.execute("INSERT INTO " + quoted() +
                         " (revision, direction, started, checksum, ormdb_version, database_user, "
                         "host, statements) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                     {entry.revision, entry.direction, entry.started, entry.checksum,
                      std::string(ORMDB_VERSION), user_, host_, static_cast<std::int64_t>(parts)});
  const Rows rows = connection.query("SELECT max(id) FROM " + quoted());
  return rows.integer(0, 0);
}

void RunLog::start_part(Connection& connection, std::int64_t step, const LogEntry& entry,
                        int number, const std::string& hash) const {
  connection.execute(
      "INSERT INTO " + quoted() +
          " (step, revision, direction, started, ormdb_version, database_user, host, "
          "statements, part, part_hash) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
      {step, entry.revision, entry.direction, now_utc(), std::string(ORMDB_VERSION), user_, host_,
       static_cast<std::int64_t>(number), hash});
}

void RunLog::finish_part(Connection& connection, std::int64_t step, int number) const {
  connection.execute("UPDATE " + quoted() + " SET finished = ? WHERE step = ? AND part = ?",
                     {now_utc(), step, static_cast<std::int64_t>(number)});
}

void RunLog::forget_part(Connection& connection, std::int64_t step, int number) const {
  connection.execute("DELETE FROM " + quoted() + " WHERE step = ? AND part = ?",
                     {step, static_cast<std::int64_t>(number)});
}

void RunLog::finish_step(Connection& connection, std::int64_t step,
                         const std::string& checksum) const {
  connection.execute(
      "UPDATE " + quoted() + " SET finished = ?, checksum = ?, error = NULL WHERE id = ?",
      {now_utc(), checksum, step});
}

std::string RunLog::finish_sql(std::int64_t step, const std::string& checksum) const {
  return "UPDATE " + quoted() + " SET finished = CURRENT_TIMESTAMP, checksum = " +
         dialect_.literal(Literal::string(checksum)) +
         ", error = NULL\n  WHERE id = " + std::to_string(step);
}

std::string RunLog::abandon_sql(bool server_time) const {
  const std::string now =
      server_time ? "CURRENT_TIMESTAMP" : dialect_.literal(Literal::string(now_utc()));
  return "UPDATE " + quoted() + " SET finished = " + now +
         ", error = " + dialect_.literal(Literal::string("abandoned by stamp")) +
         "\n  WHERE step IS NULL AND finished IS NULL";
}

void RunLog::forget_step(Connection& connection, std::int64_t step) const {
  connection.execute("DELETE FROM " + quoted() + " WHERE id = ?", {step});
}

void RunLog::fail_step(Connection& connection, std::int64_t step, const std::string& error) const {
  connection.execute("UPDATE " + quoted() + " SET error = ? WHERE id = ?", {error, step});
}

}  // namespace ormdb
