// `?` marks as PostgreSQL's $1, $2, ….
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ormdb::postgresql {

/// `sql` with its marks numbered. Only for statements with parameters: without any, a ? is the
/// operator of jsonb or hstore, and the text must go to the server untouched. With parameters every
/// ? outside strings, quoted names and comments is a mark, also beside another operator (`a=?`),
/// except in the operators ?|, ?& and @?; for a lone ? as operator write jsonb_exists().
/// Throws kDatabase when there are not `count` marks.
std::string numbered_marks(std::string_view sql, std::size_t count);

}  // namespace ormdb::postgresql
