#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "dialect/postgresql/expression.h"

using namespace ormdb::postgresql;

namespace {

const ColumnTypes kColumns = {{"status", "character varying"},
                              {"tags", "character varying[]"},
                              {"price", "numeric"},
                              {"kind", "app.kind"},
                              {"email", "citext"},
                              {"day", "date"},
                              {"data", "jsonb"}};

std::string canonical(const std::string& sql) { return canonical_expression(sql, kColumns); }

struct Pair {
  std::string a, b;
};

}  // namespace

TEST_CASE("expressions that mean the same for certain have one spelling") {
  const std::vector<Pair> pairs = {
      {"((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
       "status IN ('a','b')"},
      {"((status)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::varchar)::text]))",
       "STATUS in ('a', 'b')"},
      {"((status)::text <> ALL ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
       "status NOT IN ('a','b')"},
      {"((status)::text = 'a'::text)", "status IN ('a')"},
      {"(kind = ANY (ARRAY['a'::app.kind, 'b'::app.kind]))", "kind IN ('a', 'b')"},
      {"(x = ANY (ARRAY[1, '-2'::integer]))", "x in (1, -2)"},
      {"((price > (0)::numeric) AND (price < (10)::numeric))", "price > 0 and price < 10"},
      {"(price > ('-1'::integer)::numeric)", "price > -1"},
      {"((price >= (0)::numeric) AND (price <= (10)::numeric))", "price BETWEEN 0 AND 10"},
      {"((((a + b) * c) > 5) OR (NOT (x IS NULL)))", "(a+b)*c > 5 or not x is null"},
      {"((a - b) - c)", "a - b - c"},
      {"(((a OR b) OR c) AND d)", "(a or b or c) and d"},
      {"CAST(a AS varchar(20))", "(a)::character varying(20)"},
      {"(day >= '2020-01-01'::date)", "day >= date '2020-01-01'"},
      {"((data ->> 'a'::text) IS NOT NULL)", "data->>'a' is not null"},
      {"((status)::text ~~ 'a%'::text)", "status LIKE 'a%'"},
      {"((status)::text !~~* 'a%'::text)", "status NOT ILIKE 'a%'"},
      {"CASE WHEN (a > 0) THEN 'x'::text ELSE 'y'::text END",
       "case when a > 0 then 'x' else 'y' end"},
      {"COALESCE(name, ''::character varying)", "coalesce(name, '')"},
      {"(CURRENT_TIMESTAMP + '1 day'::interval)", "now() + interval '1 day'"},
      {"(lower((status)::text) = (status)::text)", "lower(status) = status"},
      {"((new.status)::text IS DISTINCT FROM (old.status)::text)",
       "NEW.status IS DISTINCT FROM OLD.status"},
      {"(a <> b)", "a != b -- other"},
      {"\"a\" = E'it\\'s'", "a = 'it''s'"},
      {"((tags)::text[] @> ARRAY['a'::text])", "tags @> ARRAY['a']"},
  };
  for (const Pair& pair : pairs) {
    INFO(pair.a << "  |  " << pair.b);
    CHECK(canonical(pair.a) == canonical(pair.b));
  }
}

TEST_CASE("expressions that may differ are told apart") {
  const std::vector<Pair> pairs = {
      {"a - (b - c)", "a - b - c"},
      {"a AND (b OR c)", "a AND b OR c"},
      {"NOT (a AND b)", "NOT a AND b"},
      {"(a = b) = c", "a = (b = c)"},
      {"(a IS NULL) = b", "a IS NULL = b"},
      {"(a + b)::text", "a + b::text"},
      {"-(a * b)", "-a * b"},
      {"(a).b", "a.b"},
      {"(-1)::text", "-1::text"},
      {"f((a, b))", "f(a, b)"},
      {"x IN ((SELECT 1))", "x IN (SELECT 1)"},
      {"x BETWEEN a AND (b = c)", "x BETWEEN a AND b = c"},
      {"email = 'A'::citext", "email::text = 'A'"},
      {"data || 'a'::text", "data || 'a'"},
      {"kind = 'a'::other.kind", "kind = 'a'"},
      {"x > 0::numeric", "x > 0"},
      {"a::integer", "a::bigint"},
      {"\"A\" = 1", "a = 1"},
      {"'A' = a", "'a' = a"},
      {"E'a\\nb'", "'a\\nb'"},
      {"day::text = 'a'", "day = 'a'"},
      {"a ~~ b || c", "a LIKE b || c"},
      {"current_timestamp(3)", "now()"},
      {"status::text::citext = 'a'", "status = 'a'"},
      {"(a OR b) IS TRUE", "a OR b IS TRUE"},
      {"(a, b) = (1, 2)", "a, b = 1, 2"},
  };
  for (const Pair& pair : pairs) {
    INFO(pair.a << "  |  " << pair.b);
    CHECK(canonical(pair.a) != canonical(pair.b));
    CHECK(canonical(canonical(pair.a)) == canonical(pair.a));
    CHECK(canonical(canonical(pair.b)) == canonical(pair.b));
  }
}

TEST_CASE("what is no expression is kept and does no harm") {
  for (const char* text : {"", "((", "))((", "'", "a ::", "CAST(a AS", "case when", "()", ":: text",
                           "= any (array[", "in (", "x between", "a . ", "array[]::text[]", "not",
                           "$$x$$ || $1", "\"", "cast(x as numeric(10", "x ~~"}) {
    INFO(text);
    const std::string once = canonical(text);
    CHECK(canonical(once) == once);
  }
}
