#include "dialect/postgresql/database.h"

#include <memory>

#include "dialect/postgresql/connection.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/parameters.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

// Not the database itself, which could not be dropped then.
std::unique_ptr<Connection> maintenance_connection(const Url& url) {
  const std::string name = database_name(url);
  try {
    return connect(with_database(url, name == "postgres" ? "template1" : "postgres"), {});
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kDatabase || name == "template1" || name == "postgres") throw;
    try {
      return connect(with_database(url, "template1"), {});
    } catch (const Error&) {
      throw error;
    }
  }
}

bool is_listed(Connection& connection, const std::string& name) {
  return !connection.query("SELECT 1 FROM pg_catalog.pg_database WHERE datname = ?", {name})
              .rows.empty();
}

// What a server says in another language about a missing database has at least its name.
bool may_be_missing(const Url& url, const Error& error) {
  if (error.kind() != ErrorKind::kDatabase || !error.sqlstate().empty()) return false;
  const std::string shown = masked(url);
  const std::size_t words = error.message().find(shown) + shown.size();
  return error.message().find(database_name(url), words) != std::string::npos;
}

}  // namespace

std::unique_ptr<Connection> connect_existing(const Url& url, const ConnectOptions& options) {
  try {
    return connect(url, options);
  } catch (const Error& error) {
    if (error.sqlstate() == "3D000") return nullptr;
    if (!may_be_missing(url, error)) throw;
    if (is_listed(*maintenance_connection(url), database_name(url))) throw;
    return nullptr;
  }
}

bool database_exists(const Url& url) { return connect_existing(url, {}) != nullptr; }

void create_database(const Url& url) {
  maintenance_connection(url)->execute("CREATE DATABASE " + quote(database_name(url)));
}

void drop_database(const Url& url) {
  maintenance_connection(url)->execute("DROP DATABASE " + quote(database_name(url)));
}

}  // namespace ormdb::postgresql
