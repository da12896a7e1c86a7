#include "dialect/sqlite/driver.h"

#include <sqlite3.h>

#include <list>
#include <unordered_map>

#include "base/file_system.h"
#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/sqlite/connection.h"
#include "dialect/sqlite/literal.h"
#include "dialect/sqlite/statement.h"
#include "ormdb/orm_error.h"

namespace ormdb {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxStatements = 256;
// Of SQLITE_MAX_VARIABLE_NUMBER (32766 by default): what a key list may take in one statement.
constexpr std::size_t kMaxParameters = 32766;
constexpr std::size_t kMaxKeyParameters = 512;

const SqlStyle kStyle = {"sqlite", false, false, false, true, kMaxParameters, &quote_sqlite};

class SqliteDriver;

/// Schema statements over the same connection.
class DriverConnection : public Connection {
 public:
  explicit DriverConnection(SqliteDriver& driver) : driver_(driver) {}
  void execute(std::string_view sql, const std::vector<Value>& parameters) override;
  Rows query(std::string_view sql, const std::vector<Value>& parameters) override;
  bool in_transaction() const override;

 private:
  SqliteDriver& driver_;
};

class SqliteDriver final : public Driver {
 public:
  SqliteDriver(sqlite3* handle, std::string file, const DriverOptions& options);
  ~SqliteDriver() override;
  SqliteDriver(const SqliteDriver&) = delete;
  SqliteDriver& operator=(const SqliteDriver&) = delete;

  const SqlStyle& style() const override { return kStyle; }
  SqliteStatement& prepare(std::string_view sql) override;
  std::unique_ptr<PreparedStatement> prepare_own(std::string_view sql) override {
    return compile(sql);
  }
  void run(std::string_view sql) override;

  void begin(const TransactionOptions& options) override;
  void commit() override { run("COMMIT"); }
  void rollback() override;
  bool in_transaction() const override { return sqlite3_get_autocommit(handle_) == 0; }

  void insert(const InsertPlan& plan, RowSource& rows) override;
  std::size_t update(const UpdatePlan& plan, RowSource& rows) override;
  std::size_t remove(const DeletePlan& plan, RowSource& rows) override;

  std::size_t max_keys(std::size_t columns) const override { return kMaxKeyParameters / columns; }
  std::size_t padded_keys(std::size_t count) const override;
  void key_list(std::string& sql, const std::vector<std::string>& columns,
                const std::vector<ValueKind>& kinds, std::size_t count,
                int& parameter) const override;

  bool ping() noexcept override;
  bool reset() noexcept override;
  void interrupt() noexcept override { sqlite3_interrupt(handle_); }
  void set_deadline(Clock::time_point deadline) override;
  Connection& connection() override { return connection_; }

 private:
  struct Cached {
    std::unique_ptr<SqliteStatement> statement;
    std::list<std::string_view>::iterator use;
  };

  std::unique_ptr<SqliteStatement> compile(std::string_view sql) {
    return std::make_unique<SqliteStatement>(handle_, sql, context_);
  }
  SqliteStatement& of_plan(std::uint64_t id, std::string (*sql)(const void*), const void* plan);
  void evict();
  void insert_each(const InsertPlan& plan, RowSource& rows);
  std::size_t change_each(SqliteStatement& statement, RowSource& rows);
  static int past_deadline(void* self);

  sqlite3* handle_;
  SqliteContext context_;
  bool prepared_statements_;
  bool has_progress_handler_ = false;
  std::unique_ptr<SqliteStatement> unprepared_;
  // Keys point into the statements, most recently used first.
  std::unordered_map<std::string_view, Cached> statements_;
  std::list<std::string_view> uses_;
  std::unordered_map<std::uint64_t, std::unique_ptr<SqliteStatement>> plans_;
  DriverConnection connection_;
};

SqliteDriver::SqliteDriver(sqlite3* handle, std::string file, const DriverOptions& options)
    : handle_(handle), prepared_statements_(options.prepared_statements), connection_(*this) {
  context_.file = std::move(file);
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, static_cast<int>(options.lock_timeout.count()));
}

SqliteDriver::~SqliteDriver() {
  unprepared_.reset();
  statements_.clear();
  plans_.clear();
  sqlite3_close_v2(handle_);
}

SqliteStatement& SqliteDriver::prepare(std::string_view sql) {
  if (!prepared_statements_) {
    unprepared_ = compile(sql);
    return *unprepared_;
  }
  if (const auto found = statements_.find(sql); found != statements_.end()) {
    uses_.splice(uses_.begin(), uses_, found->second.use);
    found->second.statement->reset();
    return *found->second.statement;
  }
  evict();
  auto statement = compile(sql);
  SqliteStatement& result = *statement;
  uses_.push_front(result.sql());
  statements_.emplace(result.sql(), Cached{std::move(statement), uses_.begin()});
  return result;
}

void SqliteDriver::evict() {
  while (statements_.size() >= kMaxStatements) {
    const auto oldest = statements_.find(uses_.back());
    uses_.pop_back();
    statements_.erase(oldest);
  }
}

void SqliteDriver::run(std::string_view sql) {
  for (const SqlStatement& statement : split_sql(sql, SqlDialect::kSqlite)) {
    SqliteStatement& prepared = prepare(statement.text);
    while (prepared.step()) {
    }
  }
}

void SqliteDriver::begin(const TransactionOptions& options) {
  run(options.isolation == "immediate" ? "BEGIN IMMEDIATE" : "BEGIN");
}

void SqliteDriver::rollback() {
  // A full disk and some conflicts roll back by themselves.
  if (in_transaction()) run("ROLLBACK");
}

std::string placeholders(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += i == 0 ? "?" : ", ?";
  return text;
}

std::string names(const std::vector<PlanColumn>& columns, std::string_view separator,
                  std::string_view suffix) {
  std::string text;
  for (const PlanColumn& column : columns) {
    if (!text.empty()) text += separator;
    text += quote_sqlite(column.name);
    text += suffix;
  }
  return text;
}

std::string insert_text(const void* erased) {
  const auto& plan = *static_cast<const InsertPlan*>(erased);
  std::string sql = "INSERT INTO " + plan.table;
  if (plan.columns.empty()) {
    sql += " DEFAULT VALUES";
  } else {
    sql += " (" + names(plan.columns, ", ", "") + ") VALUES (" + placeholders(plan.columns.size()) +
           ")";
  }
  if (!plan.returning.empty()) sql += " RETURNING " + quoted_list(plan.returning);
  return sql;
}

std::string update_text(const void* erased) {
  const auto& plan = *static_cast<const UpdatePlan*>(erased);
  return "UPDATE " + plan.table + " SET " + names(plan.set, ", ", " = ?") + " WHERE " +
         names(plan.key, " AND ", " = ?");
}

std::string delete_text(const void* erased) {
  const auto& plan = *static_cast<const DeletePlan*>(erased);
  return "DELETE FROM " + plan.table + " WHERE " + names(plan.key, " AND ", " = ?");
}

SqliteStatement& SqliteDriver::of_plan(std::uint64_t id, std::string (*sql)(const void*),
                                       const void* plan) {
  if (plans_.size() >= kMaxStatements) plans_.clear();
  std::unique_ptr<SqliteStatement>& statement = plans_[id];
  if (statement == nullptr || !prepared_statements_) statement = compile(sql(plan));
  statement->reset();
  return *statement;
}

// SQLite does not say which table a row points from to none, or breaks a check of: it is the one
// that is written.
template <typename F>
auto naming_table(const std::string& qualified, F&& write) {
  try {
    return write();
  } catch (IntegrityError& error) {
    if (error.table().empty()) {
      error.table(scan_sql(qualified, SqlDialect::kSqlite).back().unquoted());
    }
    throw;
  }
}

void SqliteDriver::insert(const InsertPlan& plan, RowSource& rows) {
  naming_table(plan.table, [&] { insert_each(plan, rows); });
}

void SqliteDriver::insert_each(const InsertPlan& plan, RowSource& rows) {
  SqliteStatement& statement = of_plan(plan.id, &insert_text, &plan);
  const std::size_t count = rows.size();
  for (std::size_t row = 0; row < count; ++row) {
    rows.put(row, statement);
    if (plan.returning.empty()) {
      statement.step();
      rows.written(row, sqlite3_last_insert_rowid(handle_), nullptr);
      continue;
    }
    while (statement.step()) rows.written(row, sqlite3_last_insert_rowid(handle_), &statement);
  }
}

std::size_t SqliteDriver::change_each(SqliteStatement& statement, RowSource& rows) {
  const std::size_t count = rows.size();
  for (std::size_t row = 0; row < count; ++row) {
    rows.put(row, statement);
    statement.step();
    if (statement.changes() == 0) return row;
    rows.written(row, 0, nullptr);
  }
  return count;
}

std::size_t SqliteDriver::update(const UpdatePlan& plan, RowSource& rows) {
  return naming_table(plan.table,
                      [&] { return change_each(of_plan(plan.id, &update_text, &plan), rows); });
}

std::size_t SqliteDriver::remove(const DeletePlan& plan, RowSource& rows) {
  return change_each(of_plan(plan.id, &delete_text, &plan), rows);
}

std::size_t SqliteDriver::padded_keys(std::size_t count) const {
  std::size_t padded = 1;
  while (padded < count) padded *= 2;
  return padded;
}

void SqliteDriver::key_list(std::string& sql, const std::vector<std::string>& columns,
                            const std::vector<ValueKind>& /*kinds*/, std::size_t count,
                            int& parameter) const {
  if (columns.size() == 1) {
    sql += columns[0] + " IN (" + placeholders(count) + ")";
  } else {
    sql += "(" + join(columns, ", ") + ") IN (VALUES ";
    const std::string row = "(" + placeholders(columns.size()) + ")";
    for (std::size_t i = 0; i < count; ++i) sql += i == 0 ? row : ", " + row;
    sql += ")";
  }
  parameter += static_cast<int>(count * columns.size());
}

bool SqliteDriver::ping() noexcept {
  try {
    run("SELECT 1");
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool SqliteDriver::reset() noexcept {
  try {
    for (const auto& [sql, cached] : statements_) cached.statement->reset();
    for (const auto& [id, statement] : plans_) statement->reset();
    rollback();
    set_deadline(Clock::time_point::max());
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

int SqliteDriver::past_deadline(void* self) {
  return Clock::now() > static_cast<SqliteDriver*>(self)->context_.deadline ? 1 : 0;
}

void SqliteDriver::set_deadline(Clock::time_point deadline) {
  context_.deadline = deadline;
  const bool wanted = deadline != Clock::time_point::max();
  if (wanted == has_progress_handler_) return;
  constexpr int kInstructionsBetweenChecks = 1000;
  sqlite3_progress_handler(handle_, wanted ? kInstructionsBetweenChecks : 0,
                           wanted ? &past_deadline : nullptr, this);
  has_progress_handler_ = wanted;
}

void put_value(SqliteStatement& statement, const Value& value) {
  switch (value.index()) {
    case 0:
      return statement.put_null(ValueKind::kNull);
    case 1:
      return statement.put_integer(std::get<std::int64_t>(value));
    case 2:
      return statement.put_real(std::get<double>(value));
    case 3:
      return statement.put_text(std::get<std::string>(value));
    default:
      return statement.put_blob(std::get<Blob>(value).bytes);
  }
}

void DriverConnection::execute(std::string_view sql, const std::vector<Value>& parameters) {
  if (parameters.empty()) return driver_.run(sql);
  query(sql, parameters);
}

Rows DriverConnection::query(std::string_view sql, const std::vector<Value>& parameters) {
  SqliteStatement& statement = driver_.prepare(sql);
  for (const Value& value : parameters) put_value(statement, value);
  Rows rows;
  for (int i = 0; i < statement.columns(); ++i) rows.columns.push_back(statement.column_name(i));
  while (statement.step()) {
    std::vector<Value>& row = rows.rows.emplace_back();
    for (int i = 0; i < statement.columns(); ++i) row.push_back(statement.value(i));
  }
  return rows;
}

bool DriverConnection::in_transaction() const { return driver_.in_transaction(); }

}  // namespace

std::unique_ptr<Driver> open_sqlite_driver(const Url& url, const DriverOptions& options) {
  DriverOptions own = options;
  Url plain = url;
  if (const auto found = plain.options.find("prepared_statements"); found != plain.options.end()) {
    own.prepared_statements = found->second != "off";
    plain.options.erase(found);
  }
  sqlite3* handle = open_sqlite(plain, ConnectOptions{.lock_timeout = options.lock_timeout});
  auto driver = std::make_unique<SqliteDriver>(
      handle, is_memory(plain) ? std::string() : plain.database, own);
  driver->run("PRAGMA foreign_keys=ON");
  // Opening is lazy: only a first read shows whether the file is a database.
  driver->run("PRAGMA schema_version");
  return driver;
}

}  // namespace ormdb
