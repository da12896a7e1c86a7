// PostgreSQL as a Dialect; the parts are in the files beside it.
#pragma once

#include "ormdb/dialect.h"

namespace ormdb {

class PostgresqlDialect : public Dialect {
 public:
  std::string_view name() const override { return "postgresql"; }
  const SchemaRules& rules() const override;
  /// NAMEDATALEN - 1, unless the server was built otherwise.
  int max_identifier_length() const override { return 63; }
  bool transactional_ddl() const override { return true; }
  /// A waiting ALTER TABLE makes later readers of the table wait behind it.
  bool retries_lock_timeouts() const override { return true; }
  std::string_view begin() const override { return "BEGIN"; }

  std::string quote(std::string_view identifier) const override;
  std::string literal(const Literal& value) const override;
  std::unique_ptr<Connection> connect(const Url& url, const ConnectOptions& options) const override;
  std::unique_ptr<Connection> connect_existing(const Url& url,
                                               const ConnectOptions& options) const override;
  Schema introspect(Connection& connection, const IntrospectOptions& options) const override;
  std::vector<std::string> unmanaged(Connection& connection,
                                     const IntrospectOptions& options) const override;
  std::vector<std::string> reconcile(Connection* connection, Schema& from,
                                     Schema& to) const override;
  std::optional<bool> took_effect(Connection& connection,
                                  const Operation& operation) const override;
  bool table_exists(Connection& connection, std::string_view qualified_name) const override;
  /// Always 0: PostgreSQL counts no schema changes.
  std::int64_t schema_version(Connection& connection) const override;
  CompiledSection compile(const std::vector<Operation>& operations, Schema& schema) const override;
  /// Verifies nothing: keys are enforced all the time.
  std::unique_ptr<IntegrityCheck> integrity_check(Connection& connection) const override;
  std::vector<std::string> integrity_check_sql() const override { return {}; }
  /// psql goes on after an error by itself, and exits with 0.
  std::string sql_preamble(const Url& url) const override;
  std::unique_ptr<RunLock> lock_run(const Url& url, Connection& connection,
                                    std::chrono::milliseconds timeout) const override;
  std::optional<std::string> run_lock_holder(const Url& url, Connection& connection) const override;
  bool database_exists(const Url& url) const override;
  void create_database(const Url& url) const override;
  void drop_database(const Url& url) const override;
  /// The role of the URL, else of PGUSER, else the operating system's user, as libpq has it.
  std::string database_user(const Url& url) const override;
};

const PostgresqlDialect& postgresql_dialect();

}  // namespace ormdb
