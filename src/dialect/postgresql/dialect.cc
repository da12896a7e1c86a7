#include "dialect/postgresql/dialect.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include "dialect/postgresql/compile.h"
#include "dialect/postgresql/connection.h"
#include "dialect/postgresql/database.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/introspect.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/lock.h"
#include "dialect/postgresql/reconcile.h"
#include "dialect/postgresql/rules.h"
#include "dialect/postgresql/search_path.h"
#include "dialect/postgresql/took_effect.h"

namespace ormdb {

namespace {

class NothingToVerify : public IntegrityCheck {
 public:
  void verify(Connection&) override {}
};

}  // namespace

const SchemaRules& PostgresqlDialect::rules() const { return postgresql_rules(); }

std::string PostgresqlDialect::quote(std::string_view identifier) const {
  return postgresql::quote(identifier);
}

std::string PostgresqlDialect::literal(const Literal& value) const {
  return postgresql::literal(value);
}

std::unique_ptr<Connection> PostgresqlDialect::connect(const Url& url,
                                                       const ConnectOptions& options) const {
  return postgresql::connect(url, options);
}

std::unique_ptr<Connection> PostgresqlDialect::connect_existing(
    const Url& url, const ConnectOptions& options) const {
  return postgresql::connect(url, options);
}

Schema PostgresqlDialect::introspect(Connection& connection,
                                     const IntrospectOptions& options) const {
  return postgresql::introspect(connection, options);
}

std::vector<std::string> PostgresqlDialect::unmanaged(Connection& connection,
                                                      const IntrospectOptions& options) const {
  return postgresql::unmanaged(connection, options);
}

std::vector<std::string> PostgresqlDialect::reconcile(Connection* connection, Schema& from,
                                                      Schema& to) const {
  return postgresql::reconcile(connection, from, to);
}

std::optional<bool> PostgresqlDialect::took_effect(Connection& connection,
                                                   const Operation& operation) const {
  return postgresql::took_effect(connection, operation);
}

std::string PostgresqlDialect::sql_preamble(const Url& url) const {
  const std::string path = postgresql::search_path_sql(url);
  return "\\set ON_ERROR_STOP on\n" + (path.empty() ? path : path + ";\n");
}

bool PostgresqlDialect::table_exists(Connection& connection,
                                     std::string_view qualified_name) const {
  const Rows rows = connection.query(
      "SELECT 1 FROM pg_class WHERE oid = to_regclass(?) AND relkind IN ('r', 'p')",
      {postgresql::relation_sql(qualified_name, Schema())});
  return !rows.rows.empty();
}

std::int64_t PostgresqlDialect::schema_version(Connection&) const { return 0; }

CompiledSection PostgresqlDialect::compile(const std::vector<Operation>& operations,
                                           Schema& schema) const {
  return postgresql::compile(operations, schema);
}

std::unique_ptr<IntegrityCheck> PostgresqlDialect::integrity_check(Connection&) const {
  return std::make_unique<NothingToVerify>();
}

std::unique_ptr<RunLock> PostgresqlDialect::lock_run(const Url& url, Connection& connection,
                                                     std::chrono::milliseconds timeout) const {
  return postgresql::lock_run(url, connection, timeout);
}

std::optional<std::string> PostgresqlDialect::run_lock_holder(const Url& url,
                                                              Connection& connection) const {
  return postgresql::run_lock_holder(url, connection);
}

bool PostgresqlDialect::database_exists(const Url& url) const {
  return postgresql::database_exists(url);
}

void PostgresqlDialect::create_database(const Url& url) const { postgresql::create_database(url); }

void PostgresqlDialect::drop_database(const Url& url) const { postgresql::drop_database(url); }

std::string PostgresqlDialect::database_user(const Url& url) const {
  if (!url.user.empty()) return url.user;
  const auto option = url.options.find("user");
  if (option != url.options.end()) return option->second;
  if (const char* name = std::getenv("PGUSER"); name != nullptr && *name != '\0') return name;
  const passwd* user = getpwuid(geteuid());
  return user == nullptr ? "" : user->pw_name;
}

const PostgresqlDialect& postgresql_dialect() {
  static const PostgresqlDialect dialect;
  return dialect;
}

}  // namespace ormdb
