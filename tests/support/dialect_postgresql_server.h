// The PostgreSQL server of the live tests, which $ORMDB_TEST_POSTGRESQL_URL names
// (scripts/live_servers.sh starts one).
#pragma once

#include <memory>
#include <string>

#include "dialect/postgresql/connection.h"
#include "ormdb/connection.h"

namespace ormdb::test {

/// A database of its own on the server, dropped in the end with whoever is connected to it.
class PostgresqlDatabase {
 public:
  explicit PostgresqlDatabase(const Url& server);
  ~PostgresqlDatabase();
  PostgresqlDatabase(const PostgresqlDatabase&) = delete;
  PostgresqlDatabase& operator=(const PostgresqlDatabase&) = delete;

  const Url& url() const { return url_; }
  const std::string& name() const { return url_.database; }
  /// A new connection to it.
  std::unique_ptr<postgresql::PostgresqlConnection> connect(
      const ConnectOptions& options = {}) const;

 private:
  Url server_;
  Url url_;
};

/// nullptr, with a warning, where no server is named.
std::unique_ptr<PostgresqlDatabase> postgresql_database();

/// The first value of the first row as text.
std::string value(Connection& connection, const std::string& sql);

}  // namespace ormdb::test
