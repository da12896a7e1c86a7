#include "dialect/sqlite/connection.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>

#include "base/decimal.h"
#include "base/file_system.h"
#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/sqlite/sqlite_error.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

using Clock = std::chrono::steady_clock;

struct CloseHandle {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Handle = std::unique_ptr<sqlite3, CloseHandle>;
using Prepared = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

class SqliteConnection : public Connection {
 public:
  SqliteConnection(Handle handle, std::string file, const ConnectOptions& options);

  void execute(std::string_view sql, const std::vector<Value>& parameters) override {
    run(sql, parameters, nullptr);
  }
  Rows query(std::string_view sql, const std::vector<Value>& parameters) override {
    Rows rows;
    run(sql, parameters, &rows);
    return rows;
  }
  bool in_transaction() const override { return sqlite3_get_autocommit(handle_.get()) == 0; }

 private:
  void run(std::string_view sql, const std::vector<Value>& parameters, Rows* rows);
  Prepared prepare(std::string_view sql, std::string_view& rest);
  void bind(sqlite3_stmt* statement, std::string_view sql, const std::vector<Value>& parameters);
  void step_all(sqlite3_stmt* statement, std::string_view sql, Rows* rows);
  void start_timer();
  [[noreturn]] void fail(std::string_view sql) const;
  void refuse_lost_pragma(std::string_view sql) const;
  static int timed_out(void* self);

  Handle handle_;
  std::string file_;
  std::chrono::milliseconds statement_timeout_;
  Clock::time_point deadline_{};
};

Value column_value(sqlite3_stmt* statement, int column) {
  const auto size = [&] {
    return static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_NULL:
      return std::monostate();
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      return Blob{bytes == nullptr ? std::string() : std::string(bytes, size())};
    }
    default: {
      const void* text = sqlite3_column_text(statement, column);
      return std::string(static_cast<const char*>(text), size());
    }
  }
}

struct Binder {
  sqlite3_stmt* statement;
  int index;

  int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
  int operator()(std::int64_t value) const { return sqlite3_bind_int64(statement, index, value); }
  int operator()(double value) const { return sqlite3_bind_double(statement, index, value); }
  int operator()(const std::string& value) const {
    return sqlite3_bind_text64(statement, index, value.data(), value.size(), nullptr, SQLITE_UTF8);
  }
  int operator()(const Blob& value) const {
    // A null pointer would bind NULL instead of an empty blob.
    if (value.bytes.empty()) return sqlite3_bind_zeroblob(statement, index, 0);
    return sqlite3_bind_blob64(statement, index, value.bytes.data(), value.bytes.size(), nullptr);
  }
};

SqliteConnection::SqliteConnection(Handle handle, std::string file, const ConnectOptions& options)
    : handle_(std::move(handle)),
      file_(std::move(file)),
      statement_timeout_(options.statement_timeout) {
  sqlite3_extended_result_codes(handle_.get(), 1);
  sqlite3_busy_timeout(handle_.get(), static_cast<int>(options.lock_timeout.count()));
  if (statement_timeout_.count() > 0) {
    constexpr int kInstructionsBetweenChecks = 1000;
    sqlite3_progress_handler(handle_.get(), kInstructionsBetweenChecks, &timed_out, this);
  }
  execute("PRAGMA foreign_keys=ON", {});
  const Rows enforced = query("PRAGMA foreign_keys", {});
  if (enforced.rows.empty() || enforced.integer(0, 0) != 1) {
    throw Error(ErrorKind::kUnsupported,
                "this SQLite library was built without foreign keys (SQLITE_OMIT_FOREIGN_KEY)");
  }
  // Opening is lazy: only a first read shows whether the file is a database.
  query("PRAGMA schema_version", {});
}

int SqliteConnection::timed_out(void* self) {
  return Clock::now() > static_cast<SqliteConnection*>(self)->deadline_ ? 1 : 0;
}

void SqliteConnection::start_timer() { deadline_ = Clock::now() + statement_timeout_; }

void SqliteConnection::fail(std::string_view sql) const {
  const Error error = sqlite_error(handle_.get(), sql, file_);
  const bool interrupted = sqlite3_extended_errcode(handle_.get()) == SQLITE_INTERRUPT;
  if (!interrupted || statement_timeout_.count() == 0) throw error;
  throw Error(ErrorKind::kLocked,
              "timed out after " + std::to_string(statement_timeout_.count()) + " ms")
      .statement(error.statement())
      .sqlstate(error.sqlstate())
      .where("database")
      .hint("raise statement_timeout (--statement-timeout), or set it to 0");
}

// Inside a transaction SQLite ignores the pragma without a word, and a rebuild would cascade.
void SqliteConnection::refuse_lost_pragma(std::string_view sql) const {
  if (!in_transaction() || !starts_with_icase(sql, "pragma")) return;
  const std::vector<SqlToken> tokens = scan_sql_tokens(sql, SqlDialect::kSqlite);
  if (tokens.size() < 3 || !tokens[1].is_word("foreign_keys")) return;
  throw Error(ErrorKind::kScript, "PRAGMA foreign_keys has no effect inside a transaction")
      .statement(std::string(sql));
}

Prepared SqliteConnection::prepare(std::string_view sql, std::string_view& rest) {
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                      &statement, &tail);
  Prepared prepared(statement);
  if (code != SQLITE_OK) fail(sql);
  rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
  return prepared;
}

void SqliteConnection::bind(sqlite3_stmt* statement, std::string_view sql,
                            const std::vector<Value>& parameters) {
  const auto marks = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement));
  if (marks == 0) return;
  if (marks != parameters.size()) {
    throw Error(ErrorKind::kDatabase, "the statement has " + counted(marks, "parameter") +
                                          ", and " + counted(parameters.size(), "value") +
                                          " for them")
        .statement(std::string(sql));
  }
  for (std::size_t i = 0; i < marks; ++i) {
    if (std::visit(Binder{statement, static_cast<int>(i) + 1}, parameters[i]) != SQLITE_OK) {
      fail(sql);
    }
  }
}

void SqliteConnection::step_all(sqlite3_stmt* statement, std::string_view sql, Rows* rows) {
  const int columns = sqlite3_column_count(statement);
  if (rows != nullptr) {
    *rows = Rows();
    for (int i = 0; i < columns; ++i) rows->columns.emplace_back(sqlite3_column_name(statement, i));
  }
  int code = 0;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    if (rows == nullptr) continue;
    std::vector<Value> row;
    for (int i = 0; i < columns; ++i) row.push_back(column_value(statement, i));
    rows->rows.push_back(std::move(row));
  }
  if (code != SQLITE_DONE) fail(sql);
}

void SqliteConnection::run(std::string_view sql, const std::vector<Value>& parameters, Rows* rows) {
  std::string_view rest = sql;
  while (!rest.empty()) {
    const std::string_view piece = rest;
    start_timer();
    const Prepared statement = prepare(piece, rest);
    if (statement == nullptr) continue;  // a comment or white space
    const std::string_view text = piece.substr(0, piece.size() - rest.size());
    refuse_lost_pragma(trim(text));
    bind(statement.get(), text, parameters);
    step_all(statement.get(), text, rows);
  }
}

int open_flags(const Url& url, const ConnectOptions& options) {
  const std::string mode = sqlite_mode(url);
  if (options.read_only || mode == "ro") return SQLITE_OPEN_READONLY;
  const bool create = options.create && mode == "rwc";
  return create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
}

// SQLite says "unable to open database file" for all of these.
void require_openable(const std::string& file, int flags) {
  const std::string shown = display_path(file);
  if (directory_exists(file)) {
    throw Error(ErrorKind::kDatabase, "database file " + shown + " is a directory")
        .where("database");
  }
  const std::string directory = parent_directory(file);
  if (!directory_exists(directory)) {
    throw Error(ErrorKind::kDatabase, "directory " + display_path(directory) +
                                          " of database file " + shown + " does not exist")
        .hint("make the directory, or correct the database URL")
        .where("database");
  }
  if ((flags & SQLITE_OPEN_CREATE) == 0 && !file_exists(file)) {
    throw Error(ErrorKind::kDatabase, "database file " + shown + " does not exist")
        .hint("create it with ormdb create-db or ormdb upgrade, or correct the database URL")
        .where("database");
  }
}

}  // namespace

std::string sqlite_mode(const Url& url) {
  std::string mode = "rwc";
  for (const auto& [key, value] : url.options) {
    if (key != "mode") {
      throw Error(ErrorKind::kConfig, "unknown option '" + key + "' in the URL " + masked(url))
          .hint("an SQLite URL takes mode=ro, mode=rw or mode=rwc");
    }
    mode = value;
  }
  if (mode != "ro" && mode != "rw" && mode != "rwc") {
    throw Error(ErrorKind::kConfig, "unknown mode '" + mode + "' in the URL " + masked(url))
        .hint("use mode=ro, mode=rw or mode=rwc");
  }
  return mode;
}

bool is_memory(const Url& url) { return url.database.empty() || url.database == ":memory:"; }

namespace {

// Decimal numbers by their value, before all other texts. SQLite's shell has one of this name, too.
int compare_as_decimals(void* /*unused*/, int left_size, const void* left, int right_size,
                        const void* right) {
  const std::string_view a(static_cast<const char*>(left), static_cast<std::size_t>(left_size));
  const std::string_view b(static_cast<const char*>(right), static_cast<std::size_t>(right_size));
  const bool first = is_decimal(a), second = is_decimal(b);
  if (first && second) return compare_decimals(a, b);
  if (first != second) return first ? -1 : 1;
  return a.compare(b);
}

}  // namespace

sqlite3* open_sqlite(const Url& url, const ConnectOptions& options) {
  const bool memory = is_memory(url);
  int flags = open_flags(url, options);
  // A Connection belongs to one thread at a time; SQLite's own mutexes would cost 5 % of a run.
  flags |= SQLITE_OPEN_NOMUTEX;
  if (memory) flags |= SQLITE_OPEN_READWRITE;
  if (memory) flags &= ~SQLITE_OPEN_READONLY;
  if (!memory) require_openable(url.database, flags);
  const std::string file = memory ? "" : url.database;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(memory ? ":memory:" : file.c_str(), &raw, flags, nullptr);
  Handle handle(raw);
  if (handle == nullptr) throw Error(ErrorKind::kDatabase, "SQLite has no memory left");
  if (code != SQLITE_OK) throw sqlite_error(handle.get(), "", file);
  sqlite3_create_collation_v2(handle.get(), "decimal", SQLITE_UTF8, nullptr, &compare_as_decimals,
                              nullptr);
  return handle.release();
}

std::unique_ptr<Connection> connect_sqlite(const Url& url, const ConnectOptions& options) {
  Handle handle(open_sqlite(url, options));
  const std::string file = is_memory(url) ? "" : url.database;
  return std::make_unique<SqliteConnection>(std::move(handle), file, options);
}

}  // namespace ormdb
