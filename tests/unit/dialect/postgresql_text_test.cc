// What needs no server: names, constants, marks, URLs, messages.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "base/text.h"
#include "dialect/postgresql/blockers.h"
#include "dialect/postgresql/client.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/marks.h"
#include "dialect/postgresql/parameters.h"
#include "dialect/postgresql/postgresql_error.h"
#include "support/dialect_sqlite.h"

using namespace ormdb;
using namespace ormdb::postgresql;
using ormdb::test::error_of;

namespace {

struct TextCase {
  const char* given;
  const char* expected;
};

// An environment variable that is as it was in the end.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    const char* before = std::getenv(name);
    if (before != nullptr) before_ = before;
    had_ = before != nullptr;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  ~Variable() { had_ ? setenv(name_, before_.c_str(), 1) : unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string before_;
  bool had_ = false;
};

std::string parameters_text(const std::string& url) {
  std::vector<std::string> parts;
  for (const Parameter& parameter : connection_parameters(parse_url(url))) {
    if (parameter.keyword == "client_encoding") continue;
    if (parameter.keyword == "fallback_application_name") continue;
    parts.push_back(parameter.keyword + "=" + parameter.value);
  }
  return join(parts, " ");
}

}  // namespace

TEST_CASE("PostgreSQL names are quoted where they must be", "[postgresql]") {
  const TextCase cases[] = {
      {"post", "post"},
      {"_a1", "_a1"},
      {"Post", "\"Post\""},
      {"1a", "\"1a\""},
      {"", "\"\""},
      {"a b", "\"a b\""},
      {"a\"b", "\"a\"\"b\""},
      {"ä", "\"ä\""},
      {"a$b", "\"a$b\""},
      {"user", "\"user\""},
      {"all", "\"all\""},
      {"xmltable", "\"xmltable\""},
      {"position", "\"position\""},
      {"left", "\"left\""},
      {"system_user", "\"system_user\""},
      {"name", "name"},
      {"type", "type"},
      {"merge_action", "\"merge_action\""},
  };
  for (const TextCase& c : cases) CHECK(quote(c.given) == c.expected);
  CHECK(quoted_list({"a", "order"}) == "a, \"order\"");
}

TEST_CASE("constants are PostgreSQL text", "[postgresql]") {
  CHECK(literal(Literal::null()) == "NULL");
  CHECK(literal(Literal::boolean(true)) == "TRUE");
  CHECK(literal(Literal::boolean(false)) == "FALSE");
  CHECK(literal(Literal::number("-1.50")) == "-1.50");
  CHECK(literal(Literal::string("it's \\n")) == "'it''s \\n'");
  CHECK(literal(Literal::binary(std::string("\0\xff'", 3))) == "'\\x00ff27'");
  CHECK(literal(Literal::expression("now()")) == "now()");
  CHECK(error_of([] { string_literal(std::string("a\0b", 3)); }).kind() == ErrorKind::kUnsupported);
}

TEST_CASE("marks become numbers, and operators and texts stay", "[postgresql]") {
  struct Case {
    const char* sql;
    std::size_t count;
    const char* expected;
  };
  const Case cases[] = {
      {"SELECT ?", 1, "SELECT $1"},
      {"VALUES (?,?)", 2, "VALUES ($1,$2)"},
      {"a=? AND b>=?", 2, "a=$1 AND b>=$2"},
      {"?||?", 2, "$1||$2"},
      {"LIMIT?", 1, "LIMIT $1"},
      {"?::bigint", 1, "$1::bigint"},
      {"?AND", 1, "$1 AND"},
      {"'?' || \"?\" || ?", 1, "'?' || \"?\" || $1"},
      {"-- ?\n/* ? /* ? */ ? */ ?", 1, "-- ?\n/* ? /* ? */ ? */ $1"},
      {"$$ ? $$ || $x$ ? $x$ || ? || E'\\'?'", 1, "$$ ? $$ || $x$ ? $x$ || $1 || E'\\'?'"},
      {"a ?| b AND c ?& d AND e @? ?", 1, "a ?| b AND c ?& d AND e @? $1"},
  };
  for (const Case& c : cases) CHECK(numbered_marks(c.sql, c.count) == c.expected);
  const Error error = error_of([] { numbered_marks("SELECT ?, ?", 1); });
  CHECK(error.message() == "the statement has 2 parameters, and 1 value for them");
  CHECK(error.statement() == "SELECT ?, ?");
}

TEST_CASE("a URL becomes the parameters that it states", "[postgresql]") {
  const Variable timeout("PGCONNECT_TIMEOUT", "7");
  const Variable service("PGSERVICE", nullptr);
  const TextCase cases[] = {
      {"postgresql://", ""},
      {"postgres://u:p%40w@h:5433/d", "dbname=d host=h password=p@w port=5433 user=u"},
      {"postgresql+psycopg2://a:1,b:2/d?target_session_attrs=read-write",
       "dbname=d host=a,b port=1,2 target_session_attrs=read-write"},
      {"postgresql:///d?host=/run/postgresql", "dbname=d host=/run/postgresql"},
      {"postgresql://%2Frun%2Fpg/d", "dbname=d host=/run/pg"},
      {"postgresql://[::1]:5432/d", "dbname=d host=::1 port=5432"},
      {"postgresql://h/d?host=a:1&host=b:2", "dbname=d host=a,b port=1,2"},
      {"postgresql://u@h/d?user=v", "dbname=d host=h user=v"},
      {"postgresql://h/d?ssl=true", "dbname=d host=h sslmode=require"},
      {"postgresql+asyncpg://h/d?ssl=verify-full", "dbname=d host=h sslmode=verify-full"},
      {"postgresql://?service=prod", "service=prod"},
      {"postgresql://h?connect_timeout=3", "connect_timeout=3 host=h"},
  };
  for (const TextCase& c : cases) {
    INFO(c.given);
    CHECK(parameters_text(c.given) == c.expected);
  }
}

TEST_CASE("a host has ten seconds to answer unless something else is said", "[postgresql]") {
  const Variable service("PGSERVICE", nullptr);
  {
    const Variable timeout("PGCONNECT_TIMEOUT", nullptr);
    CHECK(parameters_text("postgresql://h") == "connect_timeout=10 host=h");
  }
  const Variable timeout("PGCONNECT_TIMEOUT", "7");
  CHECK(parameters_text("postgresql://h") == "host=h");
}

TEST_CASE("an option that libpq does not know is refused without the password", "[postgresql]") {
  const Error error =
      error_of([] { connection_parameters(parse_url("postgresql://u:hush@h/d?sslmod=require")); });
  CHECK(error.kind() == ErrorKind::kConfig);
  CHECK(error.message().find("'sslmod'") != std::string::npos);
  CHECK(error.message().find("did you mean 'sslmode'?") != std::string::npos);
  CHECK(error.message().find("hush") == std::string::npos);
}

TEST_CASE("user and database of a URL without them are libpq's", "[postgresql]") {
  const Variable user("PGUSER", "carol");
  const Variable database("PGDATABASE", nullptr);
  CHECK(database_user(parse_url("postgresql://h/d")) == "carol");
  CHECK(database_user(parse_url("postgresql://dave@h/d")) == "dave");
  CHECK(database_name(parse_url("postgresql://dave@h")) == "dave");
  CHECK(database_name(parse_url("postgresql://h/d")) == "d");
  CHECK(database_name(parse_url("postgresql://h/d?dbname=e")) == "e");
  CHECK(database_name(with_database(parse_url("postgresql://h/d?dbname=e"), "f")) == "f");
}

TEST_CASE("the place of an error is marked in the statement", "[postgresql]") {
  struct Case {
    const char* sql;
    int position;
    const char* expected;
  };
  const Case cases[] = {
      {"SELEC 1", 1, "SELEC 1\n^"},
      {"SELECT *\nFROM nix\nWHERE a", 15, "SELECT *\nFROM nix\n     ^\nWHERE a"},
      {"SELECT 'ä', x", 13, "SELECT 'ä', x\n            ^"},
      {"\tSELECT x", 9, "\tSELECT x\n\t       ^"},
      {"SELECT (1", 10, "SELECT (1\n         ^"},
      {"\nX", 1, "\n^\nX"},
      {"SELECT", 0, "SELECT"},
      {"SELECT", 99, "SELECT"},
      {"", 1, "\n^"},
  };
  for (const Case& c : cases) {
    INFO(c.sql);
    CHECK(with_caret(c.sql, c.position) == c.expected);
  }
}

TEST_CASE("an error of the server keeps what the server says", "[postgresql]") {
  ServerError server{
      "42703", "column \"b\" does not exist", "", "Perhaps you meant \"a\".", "", 10, "", 0};
  Error error = to_error(server, "SELECT\n a, b FROM t");
  CHECK(error.kind() == ErrorKind::kDatabase);
  CHECK(error.message() == "column \"b\" does not exist (line 2, column 3)");
  CHECK(error.hint() == "Perhaps you meant \"a\".");
  CHECK(error.sqlstate() == "42703");
  CHECK(error.where() == "database");

  server = {"23505", "duplicate key", "Key (a)=(1) already exists.", "", "", 0, "", 0};
  error = to_error(server, "INSERT");
  CHECK(error.message() == "duplicate key: Key (a)=(1) already exists.");
  CHECK(error.hint().find("equal values") != std::string::npos);

  server = {"42P01", "no u", "", "", "function f() line 2", 0, "SELECT u", 8};
  CHECK(to_error(server, "SELECT f()").message() ==
        "no u\nin function f() line 2\nSELECT u\n       ^");

  server = {"40P01", "deadlock detected", "", "", "", 0, "", 0};
  CHECK(to_error(server, "UPDATE t").kind() == ErrorKind::kLocked);
}

TEST_CASE("a failure to connect says what to do", "[postgresql]") {
  const Url url = parse_url("postgresql://u:hush@h/d");
  const TextCase cases[] = {
      {"FATAL:  password authentication failed for user \"u\"", "28P01"},
      {"FATAL:  database \"d\" does not exist", "3D000"},
      {"FATAL:  role \"u\" does not exist", "28000"},
      {"FATAL:  the database system is starting up", "57P03"},
      {"FATAL:  sorry, too many clients already", "53300"},
      {"Connection refused\n\tIs the server running?", "08001"},
      {"FATAL:  etwas anderes", ""},
  };
  for (const TextCase& c : cases) {
    const Error error = connection_error(url, c.given);
    INFO(c.given);
    CHECK(error.kind() == ErrorKind::kDatabase);
    CHECK(error.sqlstate() == c.expected);
    CHECK(error.message().find("postgresql://u:***@h/d") != std::string::npos);
    CHECK(error.hint().empty() == error.sqlstate().empty());
  }
}

TEST_CASE("a lock error names who holds the lock", "[postgresql]") {
  const Activity alice{
      4711,  "alice", "psql", "10.0.0.7", "idle in transaction", 12, "SELECT *\n  FROM post",
      "post"};
  const Error error = name_blockers(Error(ErrorKind::kLocked, "canceling statement"), {alice},
                                    std::chrono::milliseconds(5000));
  CHECK(error.message() ==
        "no lock was had within 5 s: post is in use by pid 4711 (user alice, psql, from 10.0.0.7, "
        "idle in transaction for 12 s: SELECT * FROM post)");
  CHECK(error.hint().find("pg_terminate_backend(4711)") != std::string::npos);
  CHECK(Activity{7, "", "", "", "", 3, "", ""}.text() == "pid 7");
  CHECK(name_blockers(error, {}, std::chrono::milliseconds(1)).message() == error.message());
}

TEST_CASE("libpq is opened with all its functions", "[postgresql]") {
  CHECK(client().PQexec != nullptr);
  CHECK(client().PQunescapeBytea != nullptr);
}
