// Reading the rows of catalog queries, and small texts of the catalogs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ormdb/connection.h"

namespace ormdb::postgresql {

using Oid = std::uint32_t;

/// One row, read from left to right: each call takes the next column. Texts are moved out.
class CatalogRow {
 public:
  explicit CatalogRow(std::vector<Value>& values) : values_(values) {}

  std::string text();                          ///< "" for NULL.
  std::optional<std::string> optional_text();  ///< None for NULL.
  std::int64_t integer();                      ///< 0 for NULL.
  Oid oid();                                   ///< 0 for NULL.
  bool flag();                                 ///< false for NULL.
  char letter();                        ///< A "char" of the catalogs; '\0' for NULL and for ''.
  std::string expression();             ///< text() without outer parentheses.
  std::vector<std::string> list();      ///< An array; none for NULL. NULL elements are "".
  std::vector<std::int64_t> numbers();  ///< An array or vector of numbers; none for NULL.

 private:
  Value& next() { return values_[column_++]; }

  std::vector<Value>& values_;
  std::size_t column_ = 0;
};

/// The elements of a one-dimensional array in the server's text form: {a,"b \"c\"",NULL}
/// (https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO).
std::vector<std::string> parse_array(std::string_view text);

/// Without the parentheses that enclose all of it, as often as they do: "((a) + b)" is "(a) + b".
std::string_view without_outer_parentheses(std::string_view sql);

/// The name that the server gives the sequence of a serial or identity column: table_column_seq,
/// with the longer part cut so that it fits 63 bytes (makeObjectName() in indexcmds.c).
std::string default_sequence_name(std::string_view table, std::string_view column);

}  // namespace ormdb::postgresql
