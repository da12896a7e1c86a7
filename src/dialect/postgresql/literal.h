// Identifiers and constants as PostgreSQL text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// As it is where that is safe (lower-case letters, digits and _, and no keyword but an unreserved
/// one), else in double quotes: the rule of the server's own quote_identifier(), with the keywords
/// of all versions up to 18.
std::string quote(std::string_view identifier);

/// Names joined by ", ", each quoted where needed.
std::string quoted_list(const std::vector<std::string>& identifiers);

/// 'text', quotes doubled; right where standard_conforming_strings is on, which connect() sees to.
/// Throws kUnsupported for a text with a zero byte, which PostgreSQL cannot store.
std::string string_literal(std::string_view text);

/// The constant or expression for a VALUES list, an assignment or DEFAULT. Bytes are '\x…'.
std::string literal(const Literal& value);

/// The text that a dialect-dependent text has for PostgreSQL.
const std::string& postgresql_text(const SqlText& text);

}  // namespace ormdb::postgresql
