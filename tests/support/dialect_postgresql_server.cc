#include "support/dialect_postgresql_server.h"

#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "ormdb/error.h"

namespace ormdb::test {

using postgresql::PostgresqlConnection;

namespace {

std::string unique_name() {
  static std::atomic<int> number{0};
  return "ormdb_test_" + std::to_string(getpid()) + "_" + std::to_string(++number);
}

}  // namespace

PostgresqlDatabase::PostgresqlDatabase(const Url& server) : server_(server), url_(server) {
  url_.database = unique_name();
  PostgresqlConnection(server_, {}).execute("CREATE DATABASE " + url_.database);
}

PostgresqlDatabase::~PostgresqlDatabase() {
  try {
    PostgresqlConnection connection(server_, {});
    connection.execute("DROP DATABASE IF EXISTS " + url_.database + " WITH (FORCE)");
  } catch (const Error& error) {
    WARN(error.message());
  }
}

std::unique_ptr<PostgresqlConnection> PostgresqlDatabase::connect(
    const ConnectOptions& options) const {
  return std::make_unique<PostgresqlConnection>(url_, options);
}

std::unique_ptr<PostgresqlDatabase> postgresql_database() {
  const char* url = std::getenv("ORMDB_TEST_POSTGRESQL_URL");
  if (url == nullptr) {
    WARN("skipped: ORMDB_TEST_POSTGRESQL_URL is not set");
    return nullptr;
  }
  return std::make_unique<PostgresqlDatabase>(parse_url(url));
}

std::string value(Connection& connection, const std::string& sql) {
  return connection.query(sql).text(0, 0);
}

}  // namespace ormdb::test
