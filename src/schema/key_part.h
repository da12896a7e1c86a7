// The text forms of key parts ("title collate NOCASE desc") and references ("user.id").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb {

/// What a key part's text says, or what is wrong with it (`problem` is empty when nothing is).
struct ParsedKeyPart {
  KeyPart part;
  std::string problem;
  std::string hint;
};

/// CORE [collate NAME] [asc|desc] [nulls first|last], the words after CORE in any order and case.
/// CORE is a column when it is an identifier or stands in double quotes ("" inside is one quote),
/// else an SQL expression.
ParsedKeyPart parse_key_part(std::string_view text);

/// The text that parse_key_part reads as this part; empty when there is none (operator class,
/// prefix length, SQL that differs by dialect).
std::optional<std::string> render_key_part(const KeyPart& part);

/// What a foreign key points to. No columns: the primary key of the table.
struct Reference {
  std::string table;
  std::vector<std::string> columns;
  bool operator==(const Reference&) const = default;
};

/// "table.column", "schema.table.column", "table(a, b)", "table". Empty for anything else: names
/// with white space, quotes, commas or parentheses (and columns with dots) have no text form.
std::optional<Reference> parse_reference(std::string_view text);

/// The text that parse_reference reads as this reference; empty when there is none.
std::optional<std::string> render_reference(const Reference& reference);

}  // namespace ormdb
