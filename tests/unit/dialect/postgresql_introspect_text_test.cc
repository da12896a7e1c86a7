// The small texts of PostgreSQL's catalogs.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "dialect/postgresql/introspect_default.h"
#include "dialect/postgresql/introspect_row.h"

using namespace ormdb;
using namespace ormdb::postgresql;

TEST_CASE("arrays are read from the server's text", "[postgresql]") {
  struct Case {
    std::string text;
    std::vector<std::string> elements;
  };
  const std::vector<Case> cases = {
      {"", {}},
      {"{}", {}},
      {"{a}", {"a"}},
      {"{a,b c,d}", {"a", "b c", "d"}},
      {R"({"a,b","c}d",""})", {"a,b", "c}d", ""}},
      {R"({"say \"hi\"","back\\slash"})", {R"(say "hi")", R"(back\slash)"}},
      {R"({NULL,"NULL"})", {"", "NULL"}},
      {"{fillfactor=70}", {"fillfactor=70"}},
  };
  for (const Case& one : cases) {
    INFO(one.text);
    CHECK(parse_array(one.text) == one.elements);
  }
}

TEST_CASE("a row's numbers come from arrays and vectors", "[postgresql]") {
  std::vector<Value> values = {std::string("{1,-2,30}"), std::string("4 5"), std::monostate(),
                               std::string("{}")};
  CatalogRow row(values);
  CHECK(row.numbers() == std::vector<std::int64_t>{1, -2, 30});
  CHECK(row.numbers() == std::vector<std::int64_t>{4, 5});
  CHECK(row.numbers().empty());
  CHECK(row.numbers().empty());
}

TEST_CASE("a row's nulls are empty", "[postgresql]") {
  std::vector<Value> values(7);
  CatalogRow row(values);
  CHECK(row.text().empty());
  CHECK_FALSE(row.optional_text().has_value());
  CHECK(row.integer() == 0);
  CHECK_FALSE(row.flag());
  CHECK(row.letter() == '\0');
  CHECK(row.list().empty());
  CHECK(row.expression().empty());
}

TEST_CASE("only parentheses around everything are outer ones", "[postgresql]") {
  struct Case {
    std::string text, inner;
  };
  const std::vector<Case> cases = {
      {"(a)", "a"},
      {"((a + b))", "a + b"},
      {"(a) + (b)", "(a) + (b)"},
      {"((a) OR (b))", "(a) OR (b)"},
      {"(a = ')')", "a = ')'"},
      {"(a = '(') OR (b)", "(a = '(') OR (b)"},
      {"(\")\" = 1)", "\")\" = 1"},
      {"f(a)", "f(a)"},
      {"()", ""},
      {"(a", "(a"},
  };
  for (const Case& one : cases) {
    INFO(one.text);
    CHECK(without_outer_parentheses(one.text) == one.inner);
  }
}

TEST_CASE("a sequence's usual name is the server's", "[postgresql]") {
  const std::string a(40, 'a');
  const std::string b(40, 'b');
  CHECK(default_sequence_name("user", "id") == "user_id_seq");
  CHECK(default_sequence_name(a, b) == a.substr(0, 29) + "_" + b.substr(0, 29) + "_seq");
  CHECK(default_sequence_name(a + a, "id") == (a + a).substr(0, 56) + "_id_seq");
  // Cut between characters: 27 letters of two bytes, and one byte more that fits no letter.
  std::string umlauts;
  for (int i = 0; i < 40; ++i) umlauts += "\xc3\xa4";
  CHECK(default_sequence_name(umlauts, "abc") == umlauts.substr(0, 54) + "_abc_seq");
}

TEST_CASE("a default is a plain constant where the server stores that again", "[postgresql]") {
  struct Case {
    std::string text, type;
    Literal literal;
  };
  const std::vector<Case> cases = {
      {"5", "integer", Literal::number("5")},
      {"1.50", "numeric(10,2)", Literal::number("1.50")},
      {"'1e-07'::numeric", "numeric", Literal::expression("'1e-07'::numeric")},
      {"'-5'::integer", "bigint", Literal::number("-5")},
      {"'-1.5'::numeric", "numeric", Literal::number("-1.5")},
      {"'-5'::numeric", "numeric", Literal::expression("'-5'::numeric")},
      {"'3000000000'::bigint", "bigint", Literal::number("3000000000")},
      {"'-3000000000'::bigint", "bigint", Literal::number("-3000000000")},
      {"'5'::bigint", "bigint", Literal::expression("'5'::bigint")},
      {"'5'::integer", "integer", Literal::expression("'5'::integer")},
      {"true", "boolean", Literal::boolean(true)},
      {"false", "boolean", Literal::boolean(false)},
      {"'it''s'::text", "text", Literal::string("it's")},
      {R"(E'a\\b'::text)", "text", Literal::string("a\\b")},
      {R"('a\b'::text)", "text", Literal::string("a\\b")},
      {"''::character varying", "character varying(20)", Literal::string("")},
      {"'x'::text", "character varying(20)", Literal::expression("'x'::text")},
      {"'abc'::bpchar", "character(3)", Literal::string("abc")},
      {"'sad'::mood", "mood", Literal::string("sad")},
      {"'{}'::text[]", "text[]", Literal::string("{}")},
      {"'2020-01-01 00:00:00'::timestamp without time zone", "timestamp(3) without time zone",
       Literal::string("2020-01-01 00:00:00")},
      {"NULL::character varying", "character varying",
       Literal::expression("NULL::character varying")},
      {"'a'::text || 'b'::text", "text", Literal::expression("'a'::text || 'b'::text")},
      {"('a'::text || 'b'::text)", "text", Literal::expression("'a'::text || 'b'::text")},
      {"now()", "timestamp with time zone", Literal::expression("now()")},
      {"1 + 2", "integer", Literal::expression("1 + 2")},
      {"2020-01-01", "text", Literal::expression("2020-01-01")},
  };
  for (const Case& one : cases) {
    INFO(one.text << " of " << one.type);
    CHECK(default_from_catalog(one.text, one.type) == one.literal);
  }
}
