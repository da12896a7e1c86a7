#include "base/sql_scanner.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace ormdb {
namespace {

using Kind = SqlToken::Kind;
constexpr SqlDialect kLite = SqlDialect::kSqlite;
constexpr SqlDialect kPg = SqlDialect::kPostgresql;
constexpr SqlDialect kMy = SqlDialect::kMysql;

std::vector<std::string> texts(std::string_view sql, SqlDialect dialect) {
  std::vector<std::string> result;
  for (const SqlToken& token : scan_sql_tokens(sql, dialect)) result.emplace_back(token.text);
  return result;
}

std::vector<std::string> statements(std::string_view sql, SqlDialect dialect) {
  std::vector<std::string> result;
  for (const SqlStatement& statement : split_sql(sql, dialect)) result.push_back(statement.text);
  return result;
}

struct OneToken {
  std::string sql;
  SqlDialect dialect;
  Kind kind;
  std::string unquoted;
};

const std::vector<OneToken> kOneToken = {
    {"\"a\"\"b\"", kLite, Kind::kQuoted, "a\"b"},
    {"`a``b`", kLite, Kind::kQuoted, "a`b"},
    {"[a b]", kLite, Kind::kQuoted, "a b"},
    {"'it''s'", kLite, Kind::kString, "it's"},
    {"x'00fF'", kLite, Kind::kString, "00fF"},
    {"\"a\\\"b\"", kMy, Kind::kString, "a\\\"b"},
    {"'a\\'b'", kMy, Kind::kString, "a\\'b"},
    {"E'a\\'b'", kPg, Kind::kString, "a\\'b"},
    {"U&'d\\0061'", kPg, Kind::kString, "d\\0061"},
    {"U&\"d\\0061\"", kPg, Kind::kQuoted, "d\\0061"},
    {"$$it's; $1$$", kPg, Kind::kString, "it's; $1"},
    {"$f$ $$ $f$", kPg, Kind::kString, " $$ "},
    {"$1", kPg, Kind::kParameter, "$1"},
    {":name", kLite, Kind::kParameter, ":name"},
    {"?12", kLite, Kind::kParameter, "?12"},
    {"@@global", kMy, Kind::kParameter, "@@global"},
    {"1.5e-10", kLite, Kind::kNumber, "1.5e-10"},
    {".5", kPg, Kind::kNumber, ".5"},
    {"0x1F", kLite, Kind::kNumber, "0x1F"},
    {"Größe$1", kLite, Kind::kWord, "Größe$1"},
    {"/* a /* b */ c */", kPg, Kind::kComment, "/* a /* b */ c */"},
    {"# all", kMy, Kind::kComment, "# all"},
    {"@>", kPg, Kind::kSymbol, "@>"},
    {"->>", kLite, Kind::kSymbol, "->>"},
    {"<=>", kMy, Kind::kSymbol, "<=>"},
};

TEST_CASE("a token of each form is one token of its dialect") {
  for (const OneToken& one : kOneToken) {
    INFO(one.sql);
    const std::vector<SqlToken> tokens = scan_sql(one.sql, one.dialect);
    REQUIRE(tokens.size() == 1);
    CHECK(tokens[0].kind == one.kind);
    CHECK(tokens[0].unquoted() == one.unquoted);
    CHECK(tokens[0].terminated);
  }
}

TEST_CASE("dialects cut the same text differently") {
  using List = std::vector<std::string>;
  CHECK(texts("a /* /* */ b", kLite) == List{"a", "b"});
  CHECK(texts("a /* /* */ b", kPg) == List{"a"});
  CHECK(texts("a--b", kLite) == List{"a"});
  CHECK(texts("a--b", kMy) == List{"a", "-", "-", "b"});
  CHECK(texts("a -- b\nc", kMy) == List{"a", "c"});
  CHECK(texts("a[1]", kPg) == List{"a", "[", "1", "]"});
  CHECK(texts("a[1]", kLite) == List{"a", "[1]"});
  CHECK(texts("a::text", kPg) == List{"a", "::", "text"});
  CHECK(texts("a=-1", kPg) == List{"a", "=", "-", "1"});
  CHECK(texts("a@-1", kPg) == List{"a", "@-", "1"});
  CHECK(texts("a+/*c*/b", kPg) == List{"a", "+", "b"});
  CHECK(texts("1..n", kPg) == List{"1", ".", ".", "n"});
  CHECK(texts("/*!40101 SET x */", kMy) == List{"/*!40101", "SET", "x", "*/"});
}

TEST_CASE("an unterminated token goes to the end and says so") {
  for (const std::string sql : {"'abc", "\"abc", "`abc", "[abc", "/* abc", "x'00"}) {
    INFO(sql);
    const std::vector<SqlToken> tokens = scan_sql(sql, kLite);
    REQUIRE(tokens.size() == 1);
    CHECK_FALSE(tokens[0].terminated);
    CHECK(tokens[0].text == sql);
  }
  CHECK(scan_sql("'abc", kLite)[0].unquoted() == "abc");
  CHECK(scan_sql("$t$abc", kPg)[0].unquoted() == "abc");
}

TEST_CASE("tokens know their line and place") {
  const std::vector<SqlToken> tokens = scan_sql_tokens("a\n/* x\n */ 'b\nc' d", kLite);
  REQUIRE(tokens.size() == 3);
  CHECK(tokens[0].line == 1);
  CHECK(tokens[1].line == 3);
  CHECK(tokens[2].line == 4);
  CHECK(tokens[2].begin == 17);
}

struct Pair {
  std::string a, b;
  SqlDialect dialect;
};

TEST_CASE("texts that mean the same have one canonical form") {
  const std::vector<Pair> pairs = {
      {"a>0", "A  >\n0", kLite},
      {"((a > 0));", "a > 0 -- positive", kLite},
      {"\"price\" > 0", "price > 0", kLite},
      {"[Price] > 0", "`price` > 0", kLite},
      {"a != 1", "a <> 1", kPg},
      {"a == 1", "a = 1", kLite},
      {"/* c */ SELECT 1", "select 1", kLite},
      {"`Name` = 1", "name = 1", kMy},
  };
  for (const Pair& pair : pairs) {
    INFO(pair.a << " | " << pair.b);
    CHECK(canonical_sql(pair.a, pair.dialect) == canonical_sql(pair.b, pair.dialect));
  }
}

TEST_CASE("texts that may differ in meaning keep different canonical forms") {
  const std::vector<Pair> pairs = {
      {"a = 'X'", "a = 'x'", kLite},     {"a = 'x  y'", "a = 'x y'", kLite},
      {"(a) = (b)", "a = b", kLite},     {"a IN (\"Open\")", "a IN (\"open\")", kLite},
      {"\"end\" = 1", "end = 1", kLite}, {"\"Name\" = 1", "name = 1", kPg},
      {"\"a b\" = 1", "a b = 1", kLite}, {"a - -1", "a --1", kLite},
      {"\"true\"", "true", kLite},       {"a == 1", "a = 1", kPg},
  };
  for (const Pair& pair : pairs) {
    INFO(pair.a << " | " << pair.b);
    CHECK(canonical_sql(pair.a, pair.dialect) != canonical_sql(pair.b, pair.dialect));
  }
}

TEST_CASE("the canonical form is its own canonical form") {
  const std::vector<std::string> nasty = {"((a);)",         "();",
                                          "[Order By]",     "`A``b` \"C\"\"d\"",
                                          "'unterminated ", "\"unterminated ",
                                          "a /* b",         "1abc .5 x'00' U&\"x\"",
                                          "$$ a $$ $1 ::",  "((((a)))) ; ;",
                                          "a ! = b",        "[a\"B]"};
  for (const SqlDialect dialect : {kLite, kPg, kMy}) {
    for (const std::string& sql : nasty) {
      INFO(sql);
      const std::string once = canonical_sql(sql, dialect);
      CHECK(canonical_sql(once, dialect) == once);
    }
  }
}

TEST_CASE("keywords of every dialect are keywords in any case") {
  for (const char* word :
       {"select", "SELECT", "Order", "ilike", "zerofill", "autoincrement", "end"}) {
    CHECK(is_sql_keyword(word));
  }
  for (const char* word : {"", "name", "user_id", "selected", "zzz"})
    CHECK_FALSE(is_sql_keyword(word));
}

TEST_CASE("SQLite text is split outside trigger bodies") {
  const std::string trigger =
      "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN\n"
      "  UPDATE a SET x = CASE WHEN y THEN 1 ELSE 2 END; -- ; END;\n"
      "  SELECT end FROM b;\nEND";
  CHECK(statements("BEGIN; " + trigger + ";\n;COMMIT;", kLite) ==
        std::vector<std::string>{"BEGIN", trigger, "COMMIT"});
  CHECK(statements("create table \"trigger\"(a);select ';';", kLite) ==
        std::vector<std::string>{"create table \"trigger\"(a)", "select ';'"});
}

TEST_CASE("pieces without statements are left out and lines are those of the first token") {
  const std::vector<SqlStatement> found =
      split_sql("-- x\n\nSELECT 1; -- y\n;\n/* z */ SELECT\n2 ", kLite);
  REQUIRE(found.size() == 2);
  CHECK(found[0].text == "SELECT 1");
  CHECK(found[0].line == 3);
  CHECK(found[1].text == "SELECT\n2");
  CHECK(found[1].line == 5);
  CHECK(split_sql(" -- nothing", kLite).empty());
}

TEST_CASE("PostgreSQL text is split outside dollar quotes, parentheses and atomic bodies") {
  const std::vector<std::string> parts = {
      "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN RETURN 1; END; $f$",
      "CREATE FUNCTION g(x int) RETURNS int BEGIN ATOMIC SELECT CASE WHEN x > 0 THEN 1 END; SELECT "
      "2; END",
      "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)",
      "BEGIN",
      "SELECT E'\\';'",
  };
  std::string all;
  for (const std::string& part : parts) all += part + ";\n";
  CHECK(statements(all, kPg) == parts);
}

TEST_CASE("MySQL routine bodies need no DELIMITER") {
  const std::vector<std::string> parts = {
      "CREATE PROCEDURE p() BEGIN IF a THEN SET b = IF(c, 1, 2); ELSEIF d THEN SET e = 1; END IF; "
      "WHILE x DO SET y = CASE z WHEN 1 THEN 2 END; END WHILE; CASE a WHEN 1 THEN SELECT 1; END "
      "CASE; END",
      "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.x THEN SET NEW.y = 1; END IF",
      "BEGIN",
      "CREATE TABLE t (a int)",
      "INSERT INTO t VALUES ('a\\'; b')",
  };
  std::string all;
  for (const std::string& part : parts) all += part + ";\n";
  CHECK(statements(all, kMy) == parts);
}

TEST_CASE("MySQL DELIMITER lines change what ends a statement") {
  const std::string sql =
      "SELECT 1;\nDELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\nSELECT '$$'$$\n"
      "DELIMITER ;\nSELECT 2;";
  CHECK(statements(sql, kMy) == std::vector<std::string>{"SELECT 1",
                                                         "CREATE PROCEDURE p() BEGIN SELECT 1; END",
                                                         "SELECT '$$'", "SELECT 2"});
  CHECK(split_sql(sql, kMy).back().line == 6);
}

TEST_CASE("statements on rows are told from statements on the schema") {
  for (const char* sql : {"SELECT 1", "(select 1) union select 2", "insert into a values (1)",
                          "WITH x AS (SELECT 1) INSERT INTO a SELECT * FROM x",
                          "replace into a values (1)", "values (1)", "/* x */ DELETE FROM a"}) {
    INFO(sql);
    CHECK(is_data_statement(sql, kPg));
  }
  for (const char* sql :
       {"", "CREATE TABLE a (b int)", "SELECT * INTO b FROM a", "PRAGMA x", "(("}) {
    INFO(sql);
    CHECK_FALSE(is_data_statement(sql, kPg));
  }
  CHECK(is_data_statement("SELECT 1 INTO @x", kMy));
}

}  // namespace
}  // namespace ormdb
