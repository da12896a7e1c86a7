#include "dialect/sqlite/dialect.h"

#include "base/file_system.h"
#include "dialect/sqlite/compile.h"
#include "dialect/sqlite/connection.h"
#include "dialect/sqlite/database_file.h"
#include "dialect/sqlite/integrity.h"
#include "dialect/sqlite/introspect.h"
#include "dialect/sqlite/literal.h"
#include "dialect/sqlite/lock.h"
#include "dialect/sqlite/rules.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

// Nobody else can reach a database in memory.
class MemoryLock : public RunLock {};

}  // namespace

const SchemaRules& SqliteDialect::rules() const { return sqlite_rules(); }

std::string SqliteDialect::quote(std::string_view identifier) const {
  return quote_sqlite(identifier);
}

std::string SqliteDialect::literal(const Literal& value) const { return sqlite_literal(value); }

std::unique_ptr<Connection> SqliteDialect::connect(const Url& url,
                                                   const ConnectOptions& options) const {
  return connect_sqlite(url, options);
}

Schema SqliteDialect::introspect(Connection& connection, const IntrospectOptions& options) const {
  return introspect_sqlite(connection, options);
}

bool SqliteDialect::table_exists(Connection& connection, std::string_view qualified_name) const {
  const Rows rows = connection.query(
      "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ? COLLATE NOCASE",
      {std::string(qualified_name)});
  return !rows.rows.empty();
}

std::int64_t SqliteDialect::schema_version(Connection& connection) const {
  return connection.query("PRAGMA schema_version").integer(0, 0);
}

CompiledSection SqliteDialect::compile(const std::vector<Operation>& operations,
                                       Schema& schema) const {
  return compile_sqlite(operations, schema);
}

std::unique_ptr<IntegrityCheck> SqliteDialect::integrity_check(Connection& connection) const {
  return sqlite_integrity_check(connection);
}

std::vector<std::string> SqliteDialect::integrity_check_sql() const {
  return sqlite_integrity_sql();
}

std::unique_ptr<RunLock> SqliteDialect::lock_run(const Url& url, Connection& /*connection*/,
                                                 std::chrono::milliseconds timeout) const {
  if (is_memory(url)) return std::make_unique<MemoryLock>();
  return lock_database_file(url.database, timeout);
}

std::optional<std::string> SqliteDialect::run_lock_holder(const Url& url,
                                                          Connection& /*connection*/) const {
  return is_memory(url) ? std::nullopt : lock_holder(url.database);
}

bool SqliteDialect::database_exists(const Url& url) const {
  sqlite_mode(url);
  // Connecting says what is wrong with a directory.
  return is_memory(url) || file_exists(url.database) || directory_exists(url.database);
}

void SqliteDialect::create_database(const Url& url) const {
  if (is_memory(url)) {
    throw Error(ErrorKind::kDatabase, "a database in memory exists as long as its connection")
        .hint("give the database URL a file");
  }
  create_database_file(url.database);
}

void SqliteDialect::drop_database(const Url& url) const {
  if (is_memory(url)) {
    throw Error(ErrorKind::kDatabase, "a database in memory ends with its connection")
        .hint("give the database URL a file");
  }
  drop_database_file(url.database);
}

const SqliteDialect& sqlite_dialect() {
  static const SqliteDialect dialect;
  return dialect;
}

}  // namespace ormdb
