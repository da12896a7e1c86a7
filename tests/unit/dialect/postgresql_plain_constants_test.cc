#include <catch2/catch.hpp>

#include "dialect/postgresql/plain_constants.h"
#include "dialect/postgresql/types.h"

using namespace ormdb;
using postgresql::type_from_sql;
using postgresql::with_plain_constants;
using postgresql::without_own_casts;

namespace {

struct Case {
  std::string type;
  std::string sql;
  std::string plain;  ///< "": the text itself.
};

}  // namespace

TEST_CASE("constants lose the casts that the type of the column beside them brought") {
  const std::vector<Case> cases = {
      {"numeric", "(a > (0)::numeric)", "(a > 0)"},
      {"numeric", "((a * (2)::numeric) + (1)::numeric)", "((a * 2) + 1)"},
      {"numeric(10,2)", "((1)::numeric < t.a)", "(1 < t.a)"},
      {"numeric", "(a <> ('-1'::integer)::numeric)", "(a <> '-1'::integer)"},
      {"numeric", "(a = ANY (ARRAY[(1)::numeric, (2)::numeric]))", "(a IN (1, 2))"},
      {"integer", "(a <> ALL (ARRAY[1, '-2'::integer]))", "(a NOT IN (1, '-2'::integer))"},
      {"numeric", "(b = ANY (ARRAY[(1)::numeric]))", "(b = ANY (ARRAY[1]))"},
      {"numeric", "(a = ANY (ARRAY[(1)::numeric, b]))", "(a = ANY (ARRAY[1, b]))"},
      {"numeric", "(a = ANY ((ARRAY[1, '-2'::integer])::numeric[]))",
       "(a = ANY (ARRAY[1, '-2'::integer]))"},
      {"double precision", "(a >= (0)::double precision)", "(a >= 0)"},
      {"real", "(a >= (5.5)::double precision)", "(a >= 5.5)"},
      {"real", "a >= 0::double precision AND a <> '-1'::integer::real",
       "a >= 0 AND a <> '-1'::integer"},
      {"numeric", "(COALESCE(a, (0)::numeric) > b)", "(COALESCE(a, 0) > b)"},
      {"numeric", "((a)::text <> 'it''s (0)::numeric'::text)", ""},
      {"numeric", "(a > f(5)::numeric)", ""},
      {"numeric", "(a > \"F\"(5)::numeric)", ""},
      {"numeric", "(a > (b)(5)::numeric)", ""},
      {"numeric", "(a > ((1)::numeric / (2)::numeric))", ""},
      {"numeric", "(a > (1)::numeric / 2)", ""},
      {"numeric", "(a > 1 / (2)::numeric)", ""},
      {"numeric", "(round((5)::numeric) > (0)::numeric(3,1))", ""},
      {"numeric", "(a > (0)::numeric_of_mine)", ""},
      {"numeric", "a > 1::numeric / 2", ""},
      {"numeric", "(a > (", ""},
      {"date", "(a > '2020-01-01'::date)", "(a > '2020-01-01')"},
      {"timestamp(3)", "(a > '2020-01-01 00:00:00'::timestamp without time zone)",
       "(a > '2020-01-01 00:00:00')"},
      {"timestamp", "(a > '2020-01-01 00:00:00'::timestamp with time zone)", ""},
      {"date", "('2020-01-01'::date < a)", "('2020-01-01' < a)"},
      {"date", "('2020-01-01'::date < t.a)", "('2020-01-01' < t.a)"},
      {"date", "(b > '2020-01-01'::date)", ""},
      {"date", "(f(a) > '2020-01-01'::date)", ""},
      {"date", "(a > f('2020-01-01'::date))", ""},
      {"mood", "(a = ANY (ARRAY['ok'::mood, 'sad'::mood]))", "(a IN ('ok', 'sad'))"},
      {"mood", "(t.a <> ALL (ARRAY['ok'::mood]))", "(t.a NOT IN ('ok'))"},
      {"mood", "(a = ANY (ARRAY['ok'::mood, b]))", ""},
      {"mood", "(b = ANY (ARRAY['ok'::mood]))", ""},
      {"mood", "(a = ANY (ARRAY['ok'::mood", ""},
      {"mood", "SELECT (a = 'ok'::mood), 'sad'::mood AS b", "SELECT (a = 'ok'), 'sad'::mood AS b"},
      {"mood", "SELECT a = 'ok'::mood, 'sad'::mood AS b", "SELECT a = 'ok', 'sad'::mood AS b"},
      {"char(3)", "(a <> 'no'::bpchar)", "(a <> 'no')"},
  };
  for (const Case& one : cases) {
    INFO(one.sql);
    CHECK(with_plain_constants(one.sql, "a", type_from_sql(one.type), {}) ==
          (one.plain.empty() ? one.sql : one.plain));
  }
}

TEST_CASE("a column of a domain loses the cast to what the domain is made of") {
  const std::vector<Case> cases = {
      {"integer", "((a)::integer < 1000)", "(a < 1000)"},
      {"numeric", "(((t.a)::numeric < (5)::numeric) AND a::numeric > 0)",
       "((t.a < (5)::numeric) AND a > 0)"},
      {"text", "((a)::text <> 'x'::text)", "(a <> 'x'::text)"},
      {"text", "(lower(a)::text <> 'x'::text)", ""},
      {"integer", "(a)::integer[]", ""},
      {"integer", "(a)::bigint", ""},
  };
  for (const Case& one : cases) {
    INFO(one.sql);
    CHECK(without_own_casts(one.sql, "a", type_from_sql(one.type), {}) ==
          (one.plain.empty() ? one.sql : one.plain));
  }
}
