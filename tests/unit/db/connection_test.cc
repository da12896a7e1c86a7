#include "ormdb/connection.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "db/recording_connection.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

// Notes what it is told to run; fails on the statement named.
class FakeConnection : public Connection {
 public:
  void execute(std::string_view sql, const std::vector<Value>& = {}) override {
    log.emplace_back(sql);
    if (sql == failing) throw Error(ErrorKind::kDatabase, "refused");
    open = sql == "BEGIN" || (open && sql != "COMMIT" && sql != "ROLLBACK");
  }
  Rows query(std::string_view, const std::vector<Value>& = {}) override { return {}; }
  bool in_transaction() const override { return open; }

  std::vector<std::string> log;
  std::string failing;
  bool open = false;
};

using Log = std::vector<std::string>;

TEST_CASE("rows give values as text and as numbers") {
  const Rows rows{{"a"},
                  {{std::monostate{}, std::int64_t{-5}, 1.5, std::string("12"), Blob{"x"}},
                   {std::string("abc"), 1e300}}};
  CHECK(rows.text(0, 0).empty());
  CHECK(rows.text(0, 1) == "-5");
  CHECK(rows.text(0, 2) == "1.5");
  CHECK(rows.text(0, 4) == "x");
  CHECK(rows.integer(0, 0) == 0);
  CHECK(rows.integer(0, 2) == 1);
  CHECK(rows.integer(0, 3) == 12);
  CHECK(rows.is_null(0, 0));
  CHECK_FALSE(rows.is_null(0, 1));
  CHECK_THROWS_AS(rows.integer(1, 0), Error);
  CHECK_THROWS_AS(rows.integer(1, 1), Error);
  CHECK_THROWS_AS(rows.text(2, 0), Error);
  CHECK_THROWS_AS(rows.text(1, 2), Error);
}

TEST_CASE("a transaction that is not committed is rolled back") {
  FakeConnection connection;
  { const Transaction transaction(connection, "BEGIN"); }
  CHECK(connection.log == Log{"BEGIN", "ROLLBACK"});
}

TEST_CASE("a committed transaction is left alone") {
  FakeConnection connection;
  {
    Transaction transaction(connection, "BEGIN");
    transaction.commit();
  }
  CHECK(connection.log == Log{"BEGIN", "COMMIT"});
}

TEST_CASE("a commit that fails is rolled back") {
  FakeConnection connection;
  connection.failing = "COMMIT";
  {
    Transaction transaction(connection, "BEGIN");
    CHECK_THROWS_AS(transaction.commit(), Error);
  }
  CHECK(connection.log == Log{"BEGIN", "COMMIT", "ROLLBACK"});
}

TEST_CASE(
    "a transaction that the engine ended itself needs no rollback, and a failing one is quiet") {
  FakeConnection connection;
  {
    const Transaction transaction(connection, "BEGIN");
    connection.open = false;
  }
  CHECK(connection.log == Log{"BEGIN"});
  connection.failing = "ROLLBACK";
  CHECK_NOTHROW([&] { const Transaction transaction(connection, "BEGIN"); }());
}

TEST_CASE("a transaction that cannot begin is none") {
  FakeConnection connection;
  connection.failing = "BEGIN";
  CHECK_THROWS_AS(Transaction(connection, "BEGIN"), Error);
  CHECK(connection.log == Log{"BEGIN"});
}

struct LiteralCase {
  Value value;
  const char* dialect;
  std::string literal;
};

TEST_CASE("values become SQL literals of the dialect") {
  const std::vector<LiteralCase> cases = {
      {std::monostate{}, "sqlite", "NULL"},
      {std::int64_t{-12}, "sqlite", "-12"},
      {1.5, "sqlite", "1.5"},
      {2.0, "sqlite", "2.0"},
      {std::string("it's"), "sqlite", "'it''s'"},
      {std::string("a\\'"), "postgresql", "'a\\'''"},
      {std::string("a\\'"), "mysql", "'a\\\\'''"},
      {std::string("a\0b", 3), "mysql", "'a\\0b'"},
      {Blob{std::string("\0\xFF", 2)}, "sqlite", "x'00ff'"},
      {Blob{std::string("\0\xFF", 2)}, "postgresql", "'\\x00ff'::bytea"},
      {Blob{""}, "mysql", "x''"},
      {std::numeric_limits<double>::infinity(), "postgresql", "'Infinity'::float8"}};
  for (const LiteralCase& c : cases) CHECK(sql_literal(c.value, c.dialect) == c.literal);
  CHECK_THROWS_AS(sql_literal(std::string("\0", 1), "sqlite"), Error);
  CHECK_THROWS_AS(sql_literal(std::nan(""), "mysql"), Error);
}

TEST_CASE("marks become literals, but not those in strings, names and comments") {
  CHECK(inline_parameters("SELECT '?', \"?\", ? /* ? */ FROM t WHERE a = ?",
                          {std::int64_t{1}, std::string("?")},
                          "sqlite") == "SELECT '?', \"?\", 1 /* ? */ FROM t WHERE a = '?'");
  CHECK(inline_parameters("SELECT a ? 'b'", {}, "postgresql") == "SELECT a ? 'b'");
  CHECK_THROWS_AS(inline_parameters("SELECT ?", {std::int64_t{1}, std::int64_t{2}}, "sqlite"),
                  Error);
  CHECK_THROWS_AS(inline_parameters("SELECT ?, ?", {std::int64_t{1}}, "sqlite"), Error);
}

TEST_CASE("the recording connection writes statements") {
  std::string out;
  RecordingConnection connection(out, "sqlite");
  CHECK(connection.is_recording());
  connection.comment("Running upgrade\n  -> ab");
  connection.execute("BEGIN IMMEDIATE");
  CHECK(connection.in_transaction());
  connection.execute("CREATE TABLE a (\n  b\n);\n");
  connection.execute("INSERT INTO v VALUES (?)", {std::string("ab")});
  connection.execute("SELECT 1 -- one");
  connection.execute(" ; ");
  connection.execute("COMMIT");
  CHECK_FALSE(connection.in_transaction());
  CHECK(out ==
        "-- Running upgrade\n--   -> ab\nBEGIN IMMEDIATE;\n\nCREATE TABLE a (\n  b\n);\n\n"
        "INSERT INTO v VALUES ('ab');\n\nSELECT 1 -- one\n;\n\nCOMMIT;\n\n");
}

TEST_CASE("the recording connection follows transactions by their statements") {
  std::string out;
  RecordingConnection connection(out, "mysql");
  connection.execute("/* x */ START TRANSACTION");
  connection.execute("ROLLBACK TO SAVEPOINT a");
  CHECK(connection.in_transaction());
  connection.execute("ROLLBACK");
  CHECK_FALSE(connection.in_transaction());
}

TEST_CASE("there is nothing to ask a recording connection") {
  std::string out;
  RecordingConnection connection(out, "sqlite");
  CHECK_THROWS_AS(connection.query("SELECT 1"), Error);
  CHECK(out.empty());
}

}  // namespace
}  // namespace ormdb
