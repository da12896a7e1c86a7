// Arrays as they go to and come from a database: one text, PostgreSQL's form of a literal (manual,
// 8.15.6 "Array Input and Output Syntax"), in a Datum of the kind kArray.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ormdb/datum.h"

namespace ormdb::detail {

using ArrayItems = std::vector<std::optional<std::string>>;  ///< Without a value: NULL.

/// {"a",NULL}. Every element stands in quotes, whatever its type.
std::string array_literal(const ArrayItems& items);

/// Throws ConversionError for a text that is no array of one dimension.
ArrayItems array_items(std::string_view literal);

/// An element as the text between the quotes, and back; bytes are \x0a1b.
std::string element_text(const Datum& value);
Datum element_datum(ValueKind kind, const std::string& text);

}  // namespace ormdb::detail
