// Rows as COPY … FROM STDIN (FORMAT binary) takes them (manual, COPY, "Binary Format").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialect/postgresql/driver_encode.h"

namespace ormdb::postgresql {

/// Encodes row after row. In binary a value must be exactly of its column's type: what an INSERT
/// would convert on the server is converted here.
class CopyRows final : public Encoding<ParameterSink> {
 public:
  /// The types of the columns, for each of which takes() holds.
  explicit CopyRows(std::vector<Oid> types) : types_(std::move(types)) {}

  /// Whether values of the kind can go into a column of the type; `textual`: the type's binary form
  /// is its text (Wire::is_textual()).
  static bool takes(ValueKind kind, Oid type, bool textual);

  void begin();      ///< The header.
  void begin_row();  ///< All values of the row follow.
  void end();        ///< The trailer.
  /// What was encoded since the last swap().
  const std::string& data() const { return data_; }
  /// Gives it away for an empty text.
  void swap(std::string& data) { data_.swap(data); }

 private:
  /// Throws ConversionError for a text with a zero byte and a number out of the column's range.
  void add(ValueKind kind, std::string_view bytes) override;
  void add_null(ValueKind kind) override;
  void add_integer(std::string_view bytes, Oid type);
  void add_float(std::string_view bytes);
  void add_numeric(std::string_view digits);
  void append(std::string_view bytes);

  std::vector<Oid> types_;
  std::size_t next_ = 0;
  std::string data_;
};

}  // namespace ormdb::postgresql
