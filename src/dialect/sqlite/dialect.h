// SQLite as a Dialect; the parts are in the files beside it.
#pragma once

#include "ormdb/dialect.h"

namespace ormdb {

class SqliteDialect : public Dialect {
 public:
  std::string_view name() const override { return "sqlite"; }
  const SchemaRules& rules() const override;
  int max_identifier_length() const override { return 0; }
  bool transactional_ddl() const override { return true; }
  /// IMMEDIATE: a transaction that reads first and writes later could fail with SQLITE_BUSY in
  /// between.
  std::string_view begin() const override { return "BEGIN IMMEDIATE"; }

  std::string quote(std::string_view identifier) const override;
  std::string literal(const Literal& value) const override;
  std::unique_ptr<Connection> connect(const Url& url, const ConnectOptions& options) const override;
  Schema introspect(Connection& connection, const IntrospectOptions& options) const override;
  bool table_exists(Connection& connection, std::string_view qualified_name) const override;
  std::int64_t schema_version(Connection& connection) const override;
  CompiledSection compile(const std::vector<Operation>& operations, Schema& schema) const override;
  std::unique_ptr<IntegrityCheck> integrity_check(Connection& connection) const override;
  std::vector<std::string> integrity_check_sql() const override;
  std::string sql_preamble(const Url& /*url*/) const override { return ".bail on\n"; }
  std::unique_ptr<RunLock> lock_run(const Url& url, Connection& connection,
                                    std::chrono::milliseconds timeout) const override;
  std::optional<std::string> run_lock_holder(const Url& url, Connection& connection) const override;
  bool database_exists(const Url& url) const override;
  void create_database(const Url& url) const override;
  void drop_database(const Url& url) const override;
  std::string database_user(const Url&) const override { return ""; }
};

const SqliteDialect& sqlite_dialect();

}  // namespace ormdb
