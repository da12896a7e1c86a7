#include "dialect/postgresql/driver_copy.h"

#include <cmath>

#include "ormdb/orm_error.h"

namespace ormdb::postgresql {

namespace {

template <class Number>
void append_number(std::string& data, Number number) {
  char bytes[sizeof number];
  write_number(bytes, number);
  data.append(bytes, sizeof bytes);
}

[[noreturn]] void out_of_range(const std::string& value, const char* type) {
  ConversionError error(value + " is out of the range of the type " + type);
  error.sqlstate("22003");  // numeric_value_out_of_range, as the server says it
  throw error;
}

bool is_integer_type(Oid type) {
  return type == type::kInt2 || type == type::kInt4 || type == type::kInt8;
}

}  // namespace

bool CopyRows::takes(ValueKind kind, Oid type, bool textual) {
  switch (kind) {
    case ValueKind::kInteger:
      return is_integer_type(type) || type == type::kNumeric;
    case ValueKind::kReal:
      return type == type::kFloat8 || type == type::kFloat4;
    case ValueKind::kText:
      return textual || type == type::kText || type == type::kVarchar || type == type::kBpchar;
    case ValueKind::kJson:
      return type == type::kJson || type == type::kJsonb;
    case ValueKind::kNumeric:
      return type == type::kNumeric;
    case ValueKind::kNull:
    case ValueKind::kArray:
      return false;
    default:
      return type == element_type(kind).oid;
  }
}

void CopyRows::begin() {
  constexpr std::string_view kSignature("PGCOPY\n\377\r\n\0", 11);
  data_ += kSignature;
  append_number(data_, std::uint32_t{0});  // flags
  append_number(data_, std::uint32_t{0});  // length of the header's extension
}

void CopyRows::begin_row() {
  append_number(data_, static_cast<std::uint16_t>(types_.size()));
  next_ = 0;
}

void CopyRows::end() { append_number(data_, std::uint16_t{0xFFFF}); }

void CopyRows::append(std::string_view bytes) {
  append_number(data_, static_cast<std::uint32_t>(bytes.size()));
  data_ += bytes;
}

void CopyRows::add_null(ValueKind /*kind*/) {
  ++next_;
  append_number(data_, ~std::uint32_t{0});
}

void CopyRows::add(ValueKind kind, std::string_view bytes) {
  const Oid type = types_[next_++];
  switch (kind) {
    case ValueKind::kInteger:
      return add_integer(bytes, type);
    case ValueKind::kReal:
      return type == type::kFloat4 ? add_float(bytes) : append(bytes);
    case ValueKind::kNumeric:
      return add_numeric(bytes);
    case ValueKind::kText:
      refuse_zero_byte(bytes);
      return append(bytes);
    case ValueKind::kJson:
      refuse_zero_byte(bytes);
      if (type == type::kJson) return append(bytes);
      append_number(data_, static_cast<std::uint32_t>(bytes.size() + 1));
      data_ += '\1';  // the number of jsonb's format
      data_ += bytes;
      return;
    default:
      return append(bytes);
  }
}

void CopyRows::add_integer(std::string_view bytes, Oid type) {
  if (type == type::kInt8) return append(bytes);
  const auto value = static_cast<std::int64_t>(read_number<std::uint64_t>(bytes.data()));
  if (type == type::kNumeric) return add_numeric(std::to_string(value));
  const bool is_small = type == type::kInt2;
  const std::int64_t limit = is_small ? std::numeric_limits<std::int16_t>::max()
                                      : std::numeric_limits<std::int32_t>::max();
  if (value > limit || value < -limit - 1) {
    out_of_range(std::to_string(value), is_small ? "smallint" : "integer");
  }
  append(bytes.substr(is_small ? 6 : 4));
}

void CopyRows::add_float(std::string_view bytes) {
  const auto value = std::bit_cast<double>(read_number<std::uint64_t>(bytes.data()));
  const auto narrow = static_cast<float>(value);
  if (std::isinf(narrow) && !std::isinf(value)) out_of_range(std::to_string(value), "real");
  append_number(data_, std::uint32_t{sizeof narrow});
  append_number(data_, std::bit_cast<std::uint32_t>(narrow));
}

// src/backend/utils/adt/numeric.c, numeric_recv: count, weight, sign and scale of 16 bits each,
// then digits to the base of 10000; it strips zeros itself.
void CopyRows::add_numeric(std::string_view digits) {
  constexpr std::size_t kGroup = 4;
  constexpr std::uint16_t kNegative = 0x4000;
  const bool negative = digits.front() == '-';
  if (negative || digits.front() == '+') digits.remove_prefix(1);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  const std::size_t scale = point == digits.size() ? 0 : digits.size() - point - 1;
  const std::size_t lead = (kGroup - point % kGroup) % kGroup;
  std::string plain(lead, '0');
  plain += digits.substr(0, point);
  plain += digits.substr(digits.size() - scale);
  plain.append((kGroup - plain.size() % kGroup) % kGroup, '0');
  const std::size_t count = plain.size() / kGroup;
  append_number(data_, static_cast<std::uint32_t>(8 + 2 * count));
  append_number(data_, static_cast<std::uint16_t>(count));
  append_number(data_, static_cast<std::uint16_t>((lead + point) / kGroup - 1));
  append_number(data_, negative ? kNegative : std::uint16_t{0});
  append_number(data_, static_cast<std::uint16_t>(scale));
  for (std::size_t i = 0; i < plain.size(); i += kGroup) {
    int group = 0;
    for (std::size_t j = 0; j < kGroup; ++j) group = 10 * group + (plain[i + j] - '0');
    append_number(data_, static_cast<std::uint16_t>(group));
  }
}

}  // namespace ormdb::postgresql
