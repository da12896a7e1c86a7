// Identifiers and constants as SQLite text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb {

/// As it is where that is safe (a plain word that is no keyword of the linked SQLite), else in
/// double quotes.
std::string quote_sqlite(std::string_view identifier);

/// Names joined by ", ", each quoted where needed.
std::string quoted_list(const std::vector<std::string>& identifiers);

/// 'text', quotes doubled. A text with a zero byte, which no SQL literal can hold, becomes a cast
/// blob.
std::string sqlite_string(std::string_view text);

/// The constant or expression for a VALUES list or an assignment.
std::string sqlite_literal(const Literal& value);

/// The same for DEFAULT: expressions of more than one token stand in parentheses, as SQLite demands
/// (https://www.sqlite.org/syntax/column-constraint.html).
std::string sqlite_default(const Literal& value);

/// The text that a dialect-dependent text has for SQLite.
const std::string& sqlite_text(const SqlText& text);

}  // namespace ormdb
