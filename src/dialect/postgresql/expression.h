// One spelling for SQL expressions that mean the same on PostgreSQL, as far as tokens can tell.
//
// The catalog's text (pg_get_expr) is what the parser made of the user's: every cast is spelled,
// every operation stands in parentheses, IN is = ANY (ARRAY[…]). What can be brought together
// without knowing functions and operators is; for everything else there is the server
// (reconcile.h).
//
//     words in lower case, names quoted where needed, types after :: in format_type's spelling
//     CAST (x AS t) is x::t, date 'x' is 'x'::date, CURRENT_TIMESTAMP is now(), != is <>
//     parentheses that the precedence of operators makes needless are gone (manual, 4.1.6)
//     'x'::text and 'x'::character varying are 'x': that is what an untyped literal becomes where
//       no other type is asked for, and the catalog spells the cast of the other side if one was
//     a column of type character varying is not cast to text: it has no operators of its own
//     a literal that a column is compared with is not cast to the column's own type
//     x = ANY (ARRAY[…]) of literals is IN, <> ALL is NOT IN, an IN of one literal is =
//     x BETWEEN 1 AND 2 is x >= 1 AND x <= 2, ~~ is LIKE
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ormdb::postgresql {

/// What an expression's plain names mean: column → type without modifiers.
using ColumnTypes = std::map<std::string, std::string, std::less<>>;

/// Two texts with equal results mean the same; the reverse does not hold. Idempotent. The result is
/// an expression of the same meaning, without outer parentheses.
std::string canonical_expression(std::string_view sql, const ColumnTypes& columns = {});

}  // namespace ormdb::postgresql
