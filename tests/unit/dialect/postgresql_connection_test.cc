// Live: what PostgreSQL makes of statements, values and failures.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <limits>
#include <thread>

#include "dialect/postgresql/connection.h"
#include "dialect/postgresql/database.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/parameters.h"
#include "support/dialect_postgresql_server.h"
#include "support/dialect_sqlite.h"
#include "support/dialect_tcp_proxy.h"

using namespace ormdb;
using namespace ormdb::test;
using postgresql::PostgresqlConnection;
using std::chrono::milliseconds;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

ConnectOptions short_wait(int lock_milliseconds) {
  ConnectOptions options;
  options.lock_timeout = milliseconds(lock_milliseconds);
  return options;
}

Error connect_error(const Url& url) {
  return error_of([&] { postgresql::connect(url, {}); });
}

// As a role without any rights, whom scripts/live_servers.sh asks for the password; other servers
// may ask nobody.
Url as_role(const PostgresqlDatabase& database) {
  database.connect()->execute(
      "DO $$ BEGIN CREATE ROLE ormdb_password LOGIN PASSWORD 'right'; "
      "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$");
  Url url = database.url();
  url.user = "ormdb_password";
  url.password = "right";
  return url;
}

// A table to work on through a proxy that can break the connection.
struct BreakableDatabase {
  explicit BreakableDatabase(const PostgresqlDatabase& database)
      : direct(database.connect()), proxy(database.url().host, database.url().port) {
    direct->execute("CREATE TABLE t (a int)");
    Url url = database.url();
    url.host = "127.0.0.1";
    url.port = proxy.port();
    connection = std::make_unique<PostgresqlConnection>(url, ConnectOptions());
  }

  void insert_and_commit(TcpProxy::Loss loss) {
    Transaction transaction(*connection, "BEGIN");
    connection->execute("INSERT INTO t VALUES (1)");
    proxy.lose(loss);
    transaction.commit();
  }

  std::unique_ptr<PostgresqlConnection> direct;
  TcpProxy proxy;
  std::unique_ptr<PostgresqlConnection> connection;
};

}  // namespace

TEST_CASE("values come back from PostgreSQL as they were bound", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto db = database->connect();
  constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  struct Case {
    const char* type;
    Value value;
  };
  const Case cases[] = {
      {"int", std::int64_t{-5}},
      {"bigint", kLeast},
      {"smallint", std::monostate()},
      {"double precision", 0.1},
      {"real", 0.5},
      {"double precision", std::numeric_limits<double>::infinity()},
      {"text", std::string("é\\'\n")},
      {"text", std::string()},
      {"bytea", Blob{std::string("\0\xff'\\", 4)}},
      {"bytea", Blob{}},
      {"bytea", std::monostate()},
      {"bool", std::int64_t{1}},
      {"bool", std::int64_t{0}},
      {"numeric", std::string("12345678901234567890.50")},
      {"uuid", std::string("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")},
      {"jsonb", std::string("{\"a\": [1, null]}")},
  };
  for (const Case& c : cases) {
    INFO(c.type);
    const std::string sql = "SELECT ?::" + std::string(c.type) + " AS v";
    const Rows rows = db->query(sql, {c.value});
    CHECK(rows.columns == std::vector<std::string>{"v"});
    CHECK(rows.rows.at(0).at(0) == c.value);
  }
  db->execute("SET bytea_output = 'escape'");
  CHECK(db->query("SELECT '\\x00ff5c'::bytea").rows[0][0] == Value(Blob{{"\0\xff\\", 3}}));
  CHECK(error_of([&] { db->query("SELECT ?::text", {std::string("a\0b", 3)}); }).kind() ==
        ErrorKind::kUnsupported);
}

TEST_CASE("literals mean on PostgreSQL what they are", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto db = database->connect();
  const std::string text = "it's \\n \" ;--";
  CHECK(value(*db, "SELECT " + postgresql::string_literal(text)) == text);
  const std::string bytes("\0\x01\xfe'", 4);
  CHECK(value(*db, "SELECT " + postgresql::literal(Literal::binary(bytes)) + "::bytea") == bytes);
  for (const char* name : {"user", "A b", "a\"b", "table", "name", "ä"}) {
    const std::string quoted = postgresql::quote(name);
    CHECK(db->query("SELECT 1 AS " + quoted + ", t." + quoted + " FROM (SELECT 2 AS " + quoted +
                    ") AS t")
              .columns == std::vector<std::string>{name, name});
  }
  // What the server itself would quote, we quote.
  const Rows bare = db->query("SELECT word FROM pg_get_keywords() WHERE quote_ident(word) <> word");
  REQUIRE(bare.rows.size() > 100);
  for (std::size_t i = 0; i < bare.rows.size(); ++i) {
    CHECK(postgresql::quote(bare.text(i, 0)) == "\"" + bare.text(i, 0) + "\"");
  }
}

TEST_CASE("a statement without parameters is sent untouched", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto db = database->connect();
  CHECK(db->query("SELECT '{\"a\": 1}'::jsonb ? 'a'").rows[0][0] == Value(std::int64_t{1}));
  CHECK(db->query("-- nothing").rows.empty());
  CHECK(error_of([&] { db->execute(std::string("SELECT 1\0; x", 12)); }).kind() ==
        ErrorKind::kDatabase);
}

TEST_CASE("a session has its name, its limits and standard strings", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  ConnectOptions options = short_wait(1234);
  options.statement_timeout = milliseconds(4321);
  const auto db = database->connect(options);
  CHECK(value(*db, "SHOW application_name") == "ormdb");
  CHECK(value(*db, "SHOW lock_timeout") == "1234ms");
  CHECK(value(*db, "SHOW statement_timeout") == "4321ms");
  CHECK(value(*db, "SHOW client_encoding") == "UTF8");
  CHECK(value(*db, "SELECT pg_backend_pid()") == std::to_string(db->backend_pid()));
  CHECK(db->database() == database->name());
  CHECK_FALSE(db->pooled());
  CHECK(db->server_version() >= 100000);
  CHECK(value(*database->connect(short_wait(0)), "SHOW lock_timeout") == "1ms");
  db->execute("ALTER DATABASE " + database->name() + " SET standard_conforming_strings = off");
  CHECK(value(*database->connect(), "SELECT 'a\\n'") == "a\\n");
  Url named = database->url();
  named.options["application_name"] = "deploy";
  CHECK(value(*postgresql::connect(named, {}), "SHOW application_name") == "deploy");
  options.read_only = true;
  CHECK(error_of([&] {
          database->connect(options)->execute("CREATE TABLE t (a int)");
        }).sqlstate() == "25006");
}

TEST_CASE("errors carry the server's words, the code and the place", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto db = database->connect();
  Error error = error_of([&] { db->execute("SELECT *\nFORM t"); });
  CHECK(error.kind() == ErrorKind::kDatabase);
  CHECK(error.message() == "syntax error at or near \"FORM\" (line 2, column 1)");
  CHECK(error.statement() == "SELECT *\nFORM t\n^");
  CHECK(error.sqlstate() == "42601");

  db->execute("CREATE TABLE t (a int PRIMARY KEY)");
  db->execute("INSERT INTO t VALUES (?)", {std::int64_t{1}});
  error = error_of([&] { db->execute("INSERT INTO t VALUES (?)", {std::int64_t{1}}); });
  CHECK(error.sqlstate() == "23505");
  CHECK(contains(error.message(), "Key (a)=(1) already exists."));
  CHECK(error.statement() == "INSERT INTO t VALUES ($1)");

  db->execute("BEGIN");
  error = error_of([&] { db->execute("CREATE INDEX CONCURRENTLY i ON t (a)"); });
  CHECK(error.sqlstate() == "25001");
  CHECK(contains(error.hint(), "transaction: false"));
  db->execute("ROLLBACK");
}

TEST_CASE("COPY is refused, and the connection goes on", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto db = database->connect();
  db->execute("CREATE TABLE t AS SELECT generate_series(1, 20000) AS a");
  for (const char* sql : {"COPY t FROM STDIN", "COPY t TO STDOUT"}) {
    CHECK(error_of([&] { db->execute(sql); }).kind() == ErrorKind::kUnsupported);
    CHECK(value(*db, "SELECT count(*) FROM t") == "20000");
  }
}

TEST_CASE("transactions commit, roll back, and tell a COMMIT that did nothing",
          "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto db = database->connect();
  db->execute("CREATE TABLE t (a int)");
  for (const char* begin :
       {"BEGIN", "begin isolation level serializable", "-- c\nSTART TRANSACTION"}) {
    INFO(begin);
    Transaction transaction(*db, begin);
    CHECK(db->in_transaction());
    db->execute("INSERT INTO t VALUES (1)");
    transaction.commit();
    CHECK_FALSE(db->in_transaction());
  }
  { Transaction transaction(*db, "BEGIN TRANSACTION READ ONLY"); }
  CHECK(value(*db, "SELECT count(*) FROM t") == "3");

  const Error error = error_of([&] {
    Transaction transaction(*db, "BEGIN");
    db->execute("DELETE FROM t");
    CHECK_THROWS_AS(db->execute("SELECT 1 / 0"), Error);
    CHECK(db->in_transaction());
    transaction.commit();
  });
  CHECK(contains(error.message(), "was rolled back"));
  CHECK_FALSE(db->in_transaction());
  CHECK(value(*db, "SELECT count(*) FROM t") == "3");

  db->execute("CREATE TABLE p (a int PRIMARY KEY)");
  db->execute("CREATE TABLE c (a int REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
  const Error broken = error_of([&] {
    Transaction transaction(*db, "BEGIN");
    db->execute("INSERT INTO c VALUES (1)");
    transaction.commit();
  });
  CHECK(broken.sqlstate() == "23503");
  CHECK_FALSE(db->in_transaction());
}

TEST_CASE("a statement that takes too long says so", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  ConnectOptions options;
  options.statement_timeout = milliseconds(50);
  const auto db = database->connect(options);
  const Error error = error_of([&] { db->execute("SELECT pg_sleep(10)"); });
  CHECK(error.kind() == ErrorKind::kLocked);
  CHECK(error.sqlstate() == "57014");
  CHECK(contains(error.hint(), "--statement-timeout"));
}

TEST_CASE("who cannot connect hears why, without the password", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  Url url = database->url();
  url.database = "ormdb_no_such_database";
  CHECK(connect_error(url).sqlstate() == "3D000");
  CHECK(contains(connect_error(url).hint(), "ormdb create-db"));

  url = database->url();
  url.host = "no-such-host.invalid";
  url.password = "hush";
  Error error = connect_error(url);
  CHECK(error.kind() == ErrorKind::kDatabase);
  CHECK(contains(error.message(), "no-such-host.invalid"));
  CHECK_FALSE(contains(error.message() + error.hint(), "hush"));

  url = database->url();
  url.port = "1";
  CHECK(connect_error(url).sqlstate() == "08001");

  url = as_role(*database);
  postgresql::connect(url, {});
  url.password = "wr0ng";
  try {
    postgresql::connect(url, {});
    WARN("skipped: the server asks for no password");
  } catch (const Error& refused) {
    CHECK(refused.sqlstate() == "28P01");
    CHECK_FALSE(contains(refused.message() + refused.hint() + refused.statement(), "wr0ng"));
  }
}

TEST_CASE("a socket's directory works as host", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto db = database->connect();
  const std::string directory = value(*db, "SHOW unix_socket_directories");
  if (directory.empty() || contains(directory, ",")) {
    WARN("skipped: the server has not one socket");
    return;
  }
  Url url = database->url();
  url.host = "";
  url.options["host"] = directory;
  const auto connection = postgresql::connect(url, {});
  CHECK(value(*connection, "SELECT inet_client_addr() IS NULL") == "1");
}

TEST_CASE("several hosts are tried in turn", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  Url url = database->url();
  url.port = "1," + url.port;
  url.host = url.host + "," + url.host;
  url.options["target_session_attrs"] = "read-write";
  CHECK(value(*postgresql::connect(url, {}), "SELECT 1") == "1");
}

TEST_CASE("a lock that is not had in time is kLocked and names who holds it",
          "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  Url url = database->url();
  url.options["application_name"] = "report";
  const auto holder = std::make_unique<PostgresqlConnection>(url, ConnectOptions());
  const auto reader = database->connect();
  holder->execute("CREATE TABLE \"Post\" (a int PRIMARY KEY)");
  holder->execute("CREATE TABLE comment (a int REFERENCES \"Post\")");
  holder->execute("CREATE TABLE other (a int)");
  holder->execute("INSERT INTO \"Post\" VALUES (1)");
  holder->execute("BEGIN");
  holder->execute("UPDATE \"Post\" SET a = 1");
  reader->execute("BEGIN");
  reader->query("SELECT * FROM \"Post\"");
  const std::string holder_pid = "pid " + std::to_string(holder->backend_pid());
  const std::string reader_pid = "pid " + std::to_string(reader->backend_pid());

  struct Case {
    const char* sql;
    int milliseconds;
    bool by_reader;
  };
  const Case cases[] = {
      {"ALTER TABLE \"Post\" ADD COLUMN b int", 50, true},
      {"ALTER TABLE \"Post\" ADD COLUMN b int", 0, true},
      {"CREATE INDEX i ON \"Post\" (a)", 50, false},
      {"UPDATE \"Post\" SET a = 2 WHERE a = 1", 50, false},
      {"DROP TABLE comment", 50, true},  // its key's other table
      {"REINDEX INDEX \"Post_pkey\"", 50, true},
  };
  for (const Case& c : cases) {
    INFO(c.sql);
    const auto db = database->connect(short_wait(c.milliseconds));
    db->execute("BEGIN");
    const Error error = error_of([&] { db->execute(c.sql); });
    CHECK(error.kind() == ErrorKind::kLocked);
    CHECK(error.sqlstate() == "55P03");
    INFO(error.message());
    CHECK(contains(error.message(), holder_pid));
    CHECK(contains(error.message(), "report"));
    CHECK(contains(error.message(), "UPDATE \"Post\" SET a = 1"));
    CHECK(contains(error.message(), reader_pid) == c.by_reader);
    CHECK(contains(error.hint(), "--lock-timeout"));
  }
}

TEST_CASE("a connection that the server ends is told from a failed statement",
          "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto victim = database->connect();
  const auto killer = database->connect();
  const std::string kill =
      "SELECT pg_terminate_backend(" + std::to_string(victim->backend_pid()) + ")";
  victim->execute("BEGIN");
  std::thread thread([&] {
    std::this_thread::sleep_for(milliseconds(100));
    killer->execute(kill);
  });
  const Error error = error_of([&] { victim->execute("SELECT pg_sleep(30)"); });
  thread.join();
  CHECK(error.kind() == ErrorKind::kDatabase);
  CHECK(error.message() ==
        "the connection to the server was lost: terminating connection due to administrator "
        "command");
  CHECK(contains(error.hint(), "rolls the transaction back"));
  CHECK_FALSE(victim->in_transaction());
  CHECK(contains(error_of([&] { victim->query("SELECT 1"); }).message(), "was lost"));
}

TEST_CASE("a COMMIT whose answer is lost is found out", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  BreakableDatabase broken(*database);

  SECTION("it was done: the connection goes on, with its lock") {
    const auto lock = broken.connection->try_lock(42);
    const int pid = broken.connection->backend_pid();
    broken.insert_and_commit(TcpProxy::Loss::kReply);
    CHECK(broken.connection->backend_pid() != pid);
    CHECK(broken.direct->try_lock(42) == nullptr);
    CHECK(value(*broken.connection, "SELECT count(*) FROM t") == "1");
    broken.insert_and_commit(TcpProxy::Loss::kNothing);
    CHECK(value(*broken.direct, "SELECT count(*) FROM t") == "2");
  }
  SECTION("it was not done: nothing is applied") {
    const Error error = error_of([&] { broken.insert_and_commit(TcpProxy::Loss::kRequest); });
    CHECK(error.kind() == ErrorKind::kDatabase);
    CHECK(contains(error.hint(), "nothing of it was applied"));
    CHECK(value(*broken.direct, "SELECT count(*) FROM t") == "0");
  }
  SECTION("the server cannot be asked: the outcome is unknown") {
    broken.connection->set_recovery_time(milliseconds(100));
    const Error error = error_of([&] { broken.insert_and_commit(TcpProxy::Loss::kEverything); });
    CHECK(error.exit_code() == 5);
    CHECK(contains(error.message(), "outcome unknown"));
    CHECK(contains(error.hint(), "ormdb status"));
  }
}

TEST_CASE("databases are made and removed", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const Url url = postgresql::with_database(database->url(), database->name() + " Ä\"");
  CHECK(postgresql::database_exists(database->url()));
  CHECK_FALSE(postgresql::database_exists(url));
  postgresql::create_database(url);
  CHECK(postgresql::database_exists(url));
  CHECK(error_of([&] { postgresql::create_database(url); }).sqlstate() == "42P04");
  {
    const auto user = postgresql::connect(url, {});
    CHECK(error_of([&] { postgresql::drop_database(url); }).sqlstate() == "55006");
  }
  postgresql::drop_database(url);
  CHECK_FALSE(postgresql::database_exists(url));
  CHECK(error_of([&] { postgresql::drop_database(url); }).sqlstate() == "3D000");
  CHECK(postgresql::connect_existing(url, {}) == nullptr);
  CHECK(value(*postgresql::connect_existing(database->url(), {}), "SELECT 1") == "1");
  Url nowhere = url;
  nowhere.port = "1";
  CHECK(error_of([&] { postgresql::database_exists(nowhere); }).sqlstate() == "08001");
}

TEST_CASE("a database that lets nobody in is not taken for a missing one", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  database->connect()->execute("REVOKE CONNECT ON DATABASE " + database->name() + " FROM public");
  const Error error = error_of([&] { postgresql::database_exists(as_role(*database)); });
  CHECK(contains(error.message(), "permission denied for database"));
}
