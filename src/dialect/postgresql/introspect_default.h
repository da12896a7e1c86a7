// Column defaults between the server's text and Literal.
#pragma once

#include <string>
#include <string_view>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// What pg_get_expr() gave for the default of a column of this type (format_type's text).
///
/// Plain constants become what a user would write, but only where the server, given that, stores
/// the same expression again (get_const_expr() in ruleutils.c): 5, '-5'::integer, true,
/// 'a'::text of a text column. 'a'::text of a varchar column is another expression than 'a', and
/// NULL::text is stored where NULL is not; they stay expressions like everything else.
Literal default_from_catalog(std::string_view text, std::string_view column_type);

/// Defaults of columns of a domain, whose constants the server casts to what the domain is made of:
/// 'ok'::text is the string, whatever the domain is made of next.
void free_domain_defaults(Schema& schema);

}  // namespace ormdb::postgresql
