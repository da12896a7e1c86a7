#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "dialect/sqlite/data_sql.h"
#include "support/dialect_sqlite.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

std::unique_ptr<Connection> open_file(const std::string& path, ConnectOptions options = {}) {
  return dialect_for("sqlite").connect(file_url(path), options);
}

}  // namespace

TEST_CASE("values come back as they were bound", "[sqlite][connection]") {
  const auto db = memory_database("CREATE TABLE t (v)");
  const std::vector<Value> values = {std::monostate(),       std::int64_t{1} << 62,        0.1,
                                     std::string("a\0é", 4), Blob{std::string("\0\1", 2)}, Blob{},
                                     std::string()};
  for (const Value& value : values) db->execute("INSERT INTO t VALUES (?)", {value});
  const Rows found = db->query("SELECT v FROM t ORDER BY rowid");
  REQUIRE(found.rows.size() == values.size());
  for (std::size_t i = 0; i < values.size(); ++i) CHECK(found.rows[i][0] == values[i]);
  CHECK(found.columns == std::vector<std::string>{"v"});
}

TEST_CASE("parameters must be as many as the marks", "[sqlite][connection]") {
  const auto db = memory_database();
  CHECK(error_of([&] { db->query("SELECT ?, ?", {std::int64_t{1}}); }).kind() ==
        ErrorKind::kDatabase);
}

TEST_CASE("errors carry the statement, SQLite's words and the code", "[sqlite][connection]") {
  const auto db = memory_database(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT UNIQUE);"
      "INSERT INTO t VALUES (1, 'x')");
  const Error error = error_of([&] { db->execute("INSERT INTO t (a) VALUES ('x')"); });
  CHECK(error.kind() == ErrorKind::kDatabase);
  CHECK(error.message() == "UNIQUE constraint failed: t.a");
  CHECK(error.sqlstate() == "SQLITE_CONSTRAINT_UNIQUE");
  CHECK(error.statement() == "INSERT INTO t (a) VALUES ('x')");
  CHECK(error_of([&] { db->execute("SELEC 1"); }).sqlstate() == "SQLITE_ERROR");
}

TEST_CASE("of several statements the failing one is named", "[sqlite][connection]") {
  const auto db = memory_database();
  const Error error =
      error_of([&] { db->execute("CREATE TABLE t (a); -- c\n INSERT INTO u VALUES (1)"); });
  CHECK(error.statement().find("INSERT INTO u") != std::string::npos);
  CHECK(error.statement().find("CREATE") == std::string::npos);
}

TEST_CASE("foreign keys are enforced, and not switched where it has no effect",
          "[sqlite][connection]") {
  const auto db = memory_database();
  CHECK(rows(*db, "PRAGMA foreign_keys") == "1");
  db->execute("BEGIN");
  CHECK(db->in_transaction());
  CHECK(error_of([&] { db->execute("PRAGMA foreign_keys=OFF"); }).kind() == ErrorKind::kScript);
  CHECK(rows(*db, "PRAGMA foreign_keys") == "1");
  db->execute("ROLLBACK");
  CHECK_FALSE(db->in_transaction());
}

TEST_CASE("a database that another connection writes is kLocked", "[sqlite][connection]") {
  const TemporaryDirectory directory;
  ConnectOptions options;
  options.lock_timeout = std::chrono::milliseconds(10);
  const auto first = open_file(directory.path("a.db"), options);
  const auto second = open_file(directory.path("a.db"), options);
  first->execute("BEGIN IMMEDIATE");
  const Error error = error_of([&] { second->execute("BEGIN IMMEDIATE"); });
  CHECK(error.kind() == ErrorKind::kLocked);
  CHECK(error.message().find("a.db") != std::string::npos);
  CHECK(error.hint().find("--lock-timeout") != std::string::npos);
}

TEST_CASE("a long statement is timed out", "[sqlite][connection]") {
  ConnectOptions options;
  options.statement_timeout = std::chrono::milliseconds(20);
  const auto db = dialect_for("sqlite").connect(file_url(""), options);
  const Error error = error_of([&] {
    db->query(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");
  });
  CHECK(error.kind() == ErrorKind::kLocked);
  CHECK(error.message() == "timed out after 20 ms");
  CHECK(rows(*db, "SELECT 1") == "1");
}

TEST_CASE("files that cannot be opened are named with the reason", "[sqlite][connection]") {
  const TemporaryDirectory directory;
  ConnectOptions existing;
  existing.create = false;
  const Error missing = error_of([&] { open_file(directory.path("no.db"), existing); });
  CHECK(missing.message().find("no.db does not exist") != std::string::npos);
  CHECK_FALSE(missing.hint().empty());
  CHECK_FALSE(std::filesystem::exists(directory.path("no.db")));

  const Error parent = error_of([&] { open_file(directory.path("no/such.db")); });
  CHECK(parent.kind() == ErrorKind::kDatabase);
  CHECK(parent.message().find("directory") != std::string::npos);

  CHECK(error_of([&] { open_file(directory.path("")); }).message().find("is a directory") !=
        std::string::npos);

  std::ofstream(directory.path("text.db")) << std::string(4096, 'x');
  const Error text = error_of([&] { open_file(directory.path("text.db")); });
  CHECK(text.message().find("text.db is not an SQLite database") != std::string::npos);
  CHECK(text.sqlstate() == "SQLITE_NOTADB");
}

TEST_CASE("read-only connections refuse to write", "[sqlite][connection]") {
  const TemporaryDirectory directory;
  open_file(directory.path("a.db"))->execute("CREATE TABLE t (a)");
  Url url = file_url(directory.path("a.db"));
  url.options["mode"] = "ro";
  const auto db = dialect_for("sqlite").connect(url, {});
  const Error error = error_of([&] { db->execute("INSERT INTO t VALUES (1)"); });
  CHECK(error.sqlstate() == "SQLITE_READONLY");
  CHECK(error.message().find("a.db") != std::string::npos);
}

TEST_CASE("unknown URL options are configuration errors", "[sqlite][connection]") {
  Url url = file_url("");
  url.options["mod"] = "ro";
  CHECK(error_of([&] { dialect_for("sqlite").connect(url, {}); }).kind() == ErrorKind::kConfig);
  url.options = {{"mode", "memory"}};
  CHECK(error_of([&] { dialect_for("sqlite").connect(url, {}); }).kind() == ErrorKind::kConfig);
}

TEST_CASE("a full database says so", "[sqlite][connection]") {
  const auto db = memory_database("PRAGMA max_page_count=3; CREATE TABLE t (a)");
  const Error error = error_of([&] { db->execute("INSERT INTO t VALUES (zeroblob(100000))"); });
  CHECK(error.kind() == ErrorKind::kDatabase);
  CHECK(error.message().find("disk is full") != std::string::npos);
}

TEST_CASE("databases are made, found and dropped", "[sqlite][connection]") {
  const TemporaryDirectory directory;
  const Dialect& sqlite = dialect_for("sqlite");
  const Url url = file_url(directory.path("a.db"));
  CHECK_FALSE(sqlite.database_exists(url));
  sqlite.create_database(url);
  CHECK(sqlite.database_exists(url));
  CHECK(error_of([&] { sqlite.create_database(url); }).kind() == ErrorKind::kDatabase);
  const auto version = [&] { return sqlite.schema_version(*sqlite.connect(url, {})); };
  const std::int64_t empty = version();
  {
    const auto db = sqlite.connect(url, {});
    db->execute("PRAGMA journal_mode=WAL; CREATE TABLE t (a)");
    CHECK(sqlite.table_exists(*db, "T"));
    CHECK_FALSE(sqlite.table_exists(*db, "u"));
  }
  CHECK(version() != empty);
  std::ofstream(directory.path("a.db-wal")) << "left";
  sqlite.drop_database(url);
  CHECK(std::filesystem::is_empty(directory.path("")));
  CHECK(error_of([&] { sqlite.drop_database(url); }).kind() == ErrorKind::kDatabase);

  std::ofstream(directory.path("a.db")) << "my thesis, not a database";
  CHECK_THROWS_AS(sqlite.drop_database(url), Error);
  CHECK(sqlite.database_exists(url));
}

TEST_CASE("known and unknown dialects without an adapter are told apart", "[sqlite][connection]") {
  const Error known = error_of([] { dialect_for("mysql"); });
  CHECK(known.kind() == ErrorKind::kUnsupported);
  CHECK(known.message() == "this build has no adapter for mysql");
  const Error unknown = error_of([] { dialect_for("sqlit"); });
  CHECK(unknown.message().find("did you mean 'sqlite'") != std::string::npos);
}

TEST_CASE("inserted rows are deleted again, NULLs and booleans too", "[sqlite][data]") {
  const auto db = memory_database("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b, c)");
  InsertRows insert{"t", {"id", "a", "b", "c"}, {}};
  for (int i = 0; i < 1201; ++i) {
    insert.rows.push_back({Literal::number(std::to_string(i)), Literal::null(),
                           Literal::boolean(i % 2 == 0), Literal::expression("CURRENT_TIMESTAMP")});
  }
  CHECK(insert_sql(insert).size() == 3);
  run(*db, {insert});
  db->execute("INSERT INTO t VALUES (5000, 'mine', 5, NULL); UPDATE t SET c = 'long ago'");
  DeleteRows remove{"t", {}, insert.columns, insert.rows};
  run(*db, {remove});
  CHECK(rows(*db, "SELECT id FROM t") == "5000");

  const auto keyless = memory_database("CREATE TABLE k (a); INSERT INTO k VALUES (5), (1), (NULL)");
  run(*keyless, {DeleteRows{"k", {}, {"a"}, {{Literal::boolean(true)}, {Literal::null()}}}});
  CHECK(rows(*keyless, "SELECT a FROM k") == "5");
}

TEST_CASE("rows of another length are refused", "[sqlite][data]") {
  const InsertRows insert{"t", {"a", "b"}, {{Literal::null()}}};
  CHECK(error_of([&] { insert_sql(insert); }).kind() == ErrorKind::kScript);
}
