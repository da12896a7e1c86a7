// Constants of expressions as users write them, without the casts that the server adds for the type
// of the column beside them: `a > (0)::numeric` is what it makes of `a > 0`. When the column gets
// another type such a cast would stay, and make another expression than the one that was declared.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialect/postgresql/element.h"
#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// The text with
///
///     a > 0           for  a > (0)::numeric, and for double precision and real: at an operator, in
///                          an ARRAY, in COALESCE and its like, where what is beside the constant
///                          decides its type
///     a > '-1'::integer    for  a > ('-1'::integer)::numeric
///     a <> 'x'        for  a <> 'x'::type, as long as `type` is no number's and `a` the column
///     a IN ('x')      for  a = ANY (ARRAY['x'::type]), the same
///
/// It means the same as long as the column has its type.
std::string with_plain_constants(std::string_view sql, std::string_view column, const Type& type,
                                 const Schema& schema);

/// `a` for (a)::type, which is what the server makes of a column of a domain over the type.
std::string without_own_casts(std::string_view sql, std::string_view column, const Type& type,
                              const Schema& schema);

/// Rewrites those of the elements that mention the column, before it changes: checks, exclusions,
/// indexes, generated columns, views, triggers, policies and rules. `of_domain`: the column is of a
/// domain over the change's old type.
void write_plain_constants(Schema& schema, const AlterColumn& change,
                           const std::vector<Element>& elements, bool of_domain = false);

}  // namespace ormdb::postgresql
