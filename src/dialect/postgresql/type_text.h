// The name of a type as PostgreSQL's grammar has it: words, modifiers in parentheses, array bounds.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/sql_scanner.h"

namespace ormdb::postgresql {

/// A type's text taken apart and put into format_type's words.
struct TypeText {
  /// "character varying", "timestamp with time zone", "\"char\"", "geo.shape"; quoted where needed.
  std::string name;
  std::string unquoted_name;           ///< The same without quotes: "Geo.shape".
  std::vector<std::string> arguments;  ///< "20"; "Point", "4326".
  std::string fields;                  ///< Of an interval: "day to second".
  bool is_array = false;
  bool is_known = false;  ///< One of the types that have keywords or old names.

  /// format_type's text of it, without [].
  std::string spelling() const;
};

TypeText read_type_text(std::string_view text);

/// Behind the type that begins at token `begin` (behind :: or within CAST).
std::size_t end_of_type(const std::vector<SqlToken>& tokens, std::size_t begin);

}  // namespace ormdb::postgresql
