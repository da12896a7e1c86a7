// Live: the run lock, and connection poolers.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <thread>

#include "dialect/postgresql/lock.h"
#include "support/dialect_postgresql_server.h"
#include "support/dialect_sqlite.h"

using namespace ormdb;
using namespace ormdb::test;
using postgresql::lock_run;
using postgresql::PostgresqlConnection;
using postgresql::run_lock_holder;
using std::chrono::milliseconds;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The pooler in front of the test server, or empty with a warning.
std::optional<Url> pooler_url(const PostgresqlDatabase& database) {
  const char* text = std::getenv("ORMDB_TEST_PGBOUNCER_URL");
  if (text == nullptr) {
    WARN("skipped: ORMDB_TEST_PGBOUNCER_URL is not set");
    return std::nullopt;
  }
  Url url = parse_url(text);
  url.database = database.name();
  return url;
}

}  // namespace

TEST_CASE("the run lock is one connection's until it is given back", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const Url& url = database->url();
  const auto first = database->connect();
  const auto second = database->connect();
  CHECK_FALSE(run_lock_holder(url, *second));

  auto lock = lock_run(url, *first, milliseconds(0));
  const std::string pid = "pid " + std::to_string(first->backend_pid());
  CHECK(contains(run_lock_holder(url, *second).value(), pid));
  const Error error = error_of([&] { lock_run(url, *second, milliseconds(50)); });
  CHECK(error.kind() == ErrorKind::kLocked);
  CHECK(contains(error.message(), database->name()));
  CHECK(contains(error.message(), pid + " (user "));
  CHECK(contains(error.message(), "ormdb"));
  CHECK(contains(error.hint(), "--run-lock-timeout"));

  lock.reset();
  CHECK_FALSE(run_lock_holder(url, *second));
  const auto again = lock_run(url, *second, milliseconds(0));
  CHECK(again != nullptr);
}

TEST_CASE("a waiting run gets the lock when its holder is done, or dies", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const Url& url = database->url();
  auto holder = database->connect();
  const auto waiting = database->connect();
  const auto killer = database->connect();
  const auto lock = lock_run(url, *holder, milliseconds(0));
  std::thread thread([&] {
    std::this_thread::sleep_for(milliseconds(100));
    killer->execute("SELECT pg_terminate_backend(" + std::to_string(holder->backend_pid()) + ")");
  });
  const auto taken = lock_run(url, *waiting, milliseconds(20000));
  thread.join();
  CHECK(taken != nullptr);
}

TEST_CASE("a lock outlives neither its connection nor harms it", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  auto first = database->connect();
  const auto second = database->connect();
  auto lock = lock_run(database->url(), *first, milliseconds(0));
  first.reset();
  CHECK(lock_run(database->url(), *second, milliseconds(5000)) != nullptr);
  lock.reset();
}

TEST_CASE("who waits for the run lock does not block an index that is built concurrently",
          "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const Url& url = database->url();
  const auto holder = database->connect();
  holder->execute("CREATE TABLE t AS SELECT generate_series(1, 1000) AS a");
  auto lock = lock_run(url, *holder, milliseconds(0));
  std::thread waiting([&] {
    const auto other = database->connect();
    lock_run(url, *other, milliseconds(20000));
  });
  holder->execute("CREATE INDEX CONCURRENTLY i ON t (a)");
  CHECK(value(*holder, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass") == "1");
  lock.reset();
  waiting.join();
}

TEST_CASE("databases have run locks of their own", "[postgresql][live]") {
  const auto one = postgresql_database();
  const auto two = postgresql_database();
  if (!one) return;
  const auto first = one->connect();
  const auto second = two->connect();
  const auto lock = lock_run(one->url(), *first, milliseconds(0));
  CHECK(lock_run(two->url(), *second, milliseconds(0)) != nullptr);
}

TEST_CASE("a pooler in transaction mode is recognised, and no lock is taken through it",
          "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const std::optional<Url> url = pooler_url(*database);
  if (!url) return;
  ConnectOptions options;
  options.lock_timeout = milliseconds(777);
  options.statement_timeout = milliseconds(8888);
  PostgresqlConnection pooled(*url, options);
  CHECK(pooled.pooled());
  const Error error = error_of([&] { lock_run(*url, pooled, milliseconds(0)); });
  CHECK(error.kind() == ErrorKind::kUnsupported);
  CHECK(contains(error.hint(), "direct_url"));
  CHECK_FALSE(run_lock_holder(*url, pooled));

  // The limits hold inside transactions and do not stay with the server connection.
  for (const char* begin : {"BEGIN", "BEGIN READ ONLY"}) {
    Transaction transaction(pooled, begin);
    CHECK(value(pooled, "SHOW lock_timeout") == "777ms");
    CHECK(value(pooled, "SHOW statement_timeout") == "8888ms");
    transaction.commit();
  }
  CHECK(value(pooled, "SHOW lock_timeout") == "0");
  CHECK(pooled.query("SELECT ?::int + ?::int", {std::int64_t{1}, std::int64_t{2}}).integer(0, 0) ==
        3);
}
