#include "dialect/postgresql/driver_decode.h"

#include <bit>
#include <charconv>
#include <limits>

#include "base/text.h"
#include "db/iso_time.h"
#include "dialect/postgresql/driver_types.h"
#include "ormdb/error.h"
#include "ormdb/orm_error.h"

namespace ormdb::postgresql {

namespace {

template <class Signed>
Signed read_signed(const Cell& cell, std::size_t offset = 0) {
  return static_cast<Signed>(read_number<std::make_unsigned_t<Signed>>(cell.bytes.data() + offset));
}

// src/backend/utils/adt/numeric.c, numeric_send: count, weight, sign and scale of 16 bits each,
// then digits to the base of 10000.
std::string numeric_text(const Cell& cell) {
  constexpr std::size_t kHeader = 8;
  const auto count = read_signed<std::int16_t>(cell);
  const auto weight = read_signed<std::int16_t>(cell, 2);
  const auto sign = read_number<std::uint16_t>(cell.bytes.data() + 4);
  const auto scale = static_cast<std::size_t>(read_signed<std::int16_t>(cell, 6));
  if (sign == 0xC000) return "NaN";
  if (sign >= 0xD000) return sign == 0xF000 ? "-Infinity" : "Infinity";
  const auto group = [&](int i) {
    const bool there = i >= 0 && i < count;
    const std::size_t at = kHeader + 2 * static_cast<std::size_t>(there ? i : 0);
    const std::string digits =
        there ? std::to_string(read_number<std::uint16_t>(cell.bytes.data() + at)) : "0";
    return std::string(4 - digits.size(), '0') + digits;
  };
  std::string whole, fraction;
  for (int i = 0; i <= weight; ++i) whole += group(i);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  for (int i = weight + 1; fraction.size() < scale; ++i) fraction += group(i);
  fraction.resize(scale);
  std::string text = sign == 0x4000 ? "-" : "";
  text += whole.empty() ? "0" : whole;
  return fraction.empty() ? text : text + "." + fraction;
}

template <class Real>
std::string real_text(Real value) {
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return {buffer, end};
}

double real_of(const Cell& cell) {
  if (cell.type == type::kFloat4) {
    return std::bit_cast<float>(read_number<std::uint32_t>(cell.bytes.data()));
  }
  return std::bit_cast<double>(read_number<std::uint64_t>(cell.bytes.data()));
}

bool is_real(const Cell& cell) {
  return cell.binary && (cell.type == type::kFloat4 || cell.type == type::kFloat8);
}

// The type's integer, of whichever width; false for other types.
bool binary_integer(const Cell& cell, std::int64_t& value) {
  if (!cell.binary) return false;
  switch (cell.type) {
    case type::kInt8:
      value = read_signed<std::int64_t>(cell);
      return true;
    case type::kInt4:
      value = read_signed<std::int32_t>(cell);
      return true;
    case type::kInt2:
      value = read_signed<std::int16_t>(cell);
      return true;
    case type::kOid:
      value = read_number<std::uint32_t>(cell.bytes.data());
      return true;
    case type::kBool:
      value = cell.bytes[0];
      return true;
    default:
      return false;
  }
}

template <class Number>
bool parse(std::string_view text, Number& value) {
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

std::string_view without_zero_fraction(std::string_view text) {
  const std::size_t point = text.find('.');
  const bool zeros = point != text.npos && text.find_first_not_of('0', point + 1) == text.npos;
  return zeros ? text.substr(0, point) : text;
}

std::string timestamp_text(const Cell& cell) {
  const auto value = read_signed<std::int64_t>(cell);
  if (value == std::numeric_limits<std::int64_t>::max()) return "infinity";
  if (value == std::numeric_limits<std::int64_t>::min()) return "-infinity";
  return format_timestamp(value + kEpochMicroseconds) +
         (cell.type == type::kTimestamptz ? "+00" : "");
}

std::string date_text(const Cell& cell) {
  const auto value = read_signed<std::int32_t>(cell);
  if (value == std::numeric_limits<std::int32_t>::max()) return "infinity";
  if (value == std::numeric_limits<std::int32_t>::min()) return "-infinity";
  return format_date(value + kEpochDays);
}

std::string interval_text(const Cell& cell) {
  return format_interval(read_signed<std::int32_t>(cell, 12), read_signed<std::int32_t>(cell, 8),
                         read_signed<std::int64_t>(cell));
}

std::string bytes_of_text(std::string_view text) {
  std::size_t size = 0;
  const std::string terminated(text);
  const auto* escaped = reinterpret_cast<const unsigned char*>(terminated.c_str());
  const std::unique_ptr<unsigned char, decltype(Client::PQfreemem)> bytes(
      client().PQunescapeBytea(escaped, &size), client().PQfreemem);
  if (bytes == nullptr) throw Error(ErrorKind::kInternal, "no memory for a value of type bytea");
  return {reinterpret_cast<const char*>(bytes.get()), size};
}

bool is_converted(const Cell& cell) {
  if (!cell.binary) return false;
  switch (cell.type) {
    case type::kText:
    case type::kVarchar:
    case type::kBpchar:
    case type::kJson:
    case type::kName:
    case type::kBytea:
      return false;
    default:
      return is_decodable(cell.type);
  }
}

}  // namespace

std::string cell_text(const Cell& cell) {
  std::int64_t integer = 0;
  if (!cell.binary) return std::string(cell.bytes);
  if (cell.type == type::kBool) return cell.bytes[0] != 0 ? "true" : "false";
  if (binary_integer(cell, integer)) return std::to_string(integer);
  switch (cell.type) {
    case type::kFloat4:
      return real_text(static_cast<float>(real_of(cell)));
    case type::kFloat8:
      return real_text(real_of(cell));
    case type::kDate:
      return date_text(cell);
    case type::kTime:
      return format_time(read_signed<std::int64_t>(cell));
    case type::kTimestamp:
    case type::kTimestamptz:
      return timestamp_text(cell);
    case type::kInterval:
      return interval_text(cell);
    case type::kNumeric:
      return numeric_text(cell);
    case type::kUuid:
      return format_uuid(reinterpret_cast<const std::uint8_t*>(cell.bytes.data()));
    case type::kJsonb:
      return std::string(cell.bytes.substr(1));  // behind the number of the format
    default:
      return std::string(cell.bytes);
  }
}

bool decode_integer(const Cell& cell, std::int64_t& value) {
  if (binary_integer(cell, value)) return true;
  if (is_real(cell)) {
    const double real = real_of(cell);
    constexpr double kLimit = 9.2e18;
    if (!(real > -kLimit && real < kLimit)) return false;
    value = static_cast<std::int64_t>(real);
    return static_cast<double>(value) == real;
  }
  const std::string text = cell_text(cell);
  if (!cell.binary && cell.type == type::kBool) {
    value = text == "t" ? 1 : 0;
    return true;
  }
  return parse(without_zero_fraction(text), value);
}

bool decode_bool(const Cell& cell, bool& value) {
  std::int64_t integer = 0;
  if (!decode_integer(cell, integer)) return false;
  value = integer != 0;
  return true;
}

bool decode_real(const Cell& cell, double& value) {
  if (is_real(cell)) {
    value = real_of(cell);
    return true;
  }
  std::int64_t integer = 0;
  if (binary_integer(cell, integer)) {
    value = static_cast<double>(integer);
    return true;
  }
  return parse(cell_text(cell), value);
}

bool decode_date(const Cell& cell, std::int64_t& days) {
  if (!cell.binary || cell.type != type::kDate) return read_date(cell_text(cell), days);
  const auto value = read_signed<std::int32_t>(cell);
  if (value == std::numeric_limits<std::int32_t>::max()) return false;
  if (value == std::numeric_limits<std::int32_t>::min()) return false;
  days = value + kEpochDays;
  return true;
}

bool decode_time(const Cell& cell, std::int64_t& microseconds) {
  if (!cell.binary || cell.type != type::kTime) return read_time(cell_text(cell), microseconds);
  microseconds = read_signed<std::int64_t>(cell);
  return true;
}

bool decode_timestamp(const Cell& cell, std::int64_t& microseconds) {
  const bool direct =
      cell.binary && (cell.type == type::kTimestamp || cell.type == type::kTimestamptz);
  if (!direct) return read_timestamp(cell_text(cell), microseconds);
  const auto value = read_signed<std::int64_t>(cell);
  if (value == std::numeric_limits<std::int64_t>::max()) return false;
  if (value == std::numeric_limits<std::int64_t>::min()) return false;
  microseconds = value + kEpochMicroseconds;
  return true;
}

bool decode_interval(const Cell& cell, std::int32_t& months, std::int32_t& days,
                     std::int64_t& microseconds) {
  if (!cell.binary || cell.type != type::kInterval) {
    return read_interval(cell_text(cell), months, days, microseconds);
  }
  microseconds = read_signed<std::int64_t>(cell);
  days = read_signed<std::int32_t>(cell, 8);
  months = read_signed<std::int32_t>(cell, 12);
  return true;
}

bool decode_uuid(const Cell& cell, std::uint8_t* bytes) {
  if (!cell.binary || cell.type != type::kUuid) return read_uuid(cell_text(cell), bytes);
  for (std::size_t i = 0; i < 16; ++i) bytes[i] = static_cast<std::uint8_t>(cell.bytes[i]);
  return true;
}

void ResultReader::take(Result result) {
  pq_ = &client();
  texts_.clear();
  result_ = std::move(result);
  rows_ = pq_->PQntuples(result_.get());
  row_ = -1;
  const int columns = pq_->PQnfields(result_.get());
  types_.clear();
  for (int i = 0; i < columns; ++i) types_.push_back(pq_->PQftype(result_.get(), i));
  binary_ = columns > 0 && pq_->PQfformat(result_.get(), 0) == 1;
}

void ResultReader::clear() {
  result_.reset();
  texts_.clear();
  rows_ = 0;
  row_ = -1;
}

bool ResultReader::next() {
  if (!texts_.empty()) texts_.clear();
  return ++row_ < rows_;
}

std::string ResultReader::column_name(int column) const {
  const char* name = client().PQfname(result_.get(), column);
  return name == nullptr ? "" : name;
}

std::int64_t ResultReader::changes() const {
  std::int64_t count = 0;
  parse(std::string_view(pq_->PQcmdTuples(result_.get())), count);
  return count;
}

bool ResultReader::get_text(int column, std::string_view& value) const {
  Cell found;
  if (!cell(column, found)) return false;
  value = is_converted(found) ? texts_.emplace_back(cell_text(found)) : found.bytes;
  return true;
}

bool ResultReader::get_blob(int column, std::string_view& value) const {
  Cell found;
  if (!cell(column, found)) return false;
  if (!found.binary && found.type == type::kBytea) {
    value = texts_.emplace_back(bytes_of_text(found.bytes));
    return true;
  }
  return get_text(column, value);
}

Value ResultReader::value(int column) const {
  Cell found;
  if (!cell(column, found)) return std::monostate();
  switch (found.type) {
    case type::kBool:
    case type::kInt2:
    case type::kInt4:
    case type::kInt8:
    case type::kOid: {
      std::int64_t integer = 0;
      decode_integer(found, integer);
      return integer;
    }
    case type::kFloat4:
    case type::kFloat8: {
      double real = 0;
      decode_real(found, real);
      return real;
    }
    case type::kBytea:
      return Blob{found.binary ? std::string(found.bytes) : bytes_of_text(found.bytes)};
    default:
      return cell_text(found);
  }
}

void ResultReader::wrong_form(const Cell& cell, int column, const char* what) const {
  throw ConversionError("column " + column_name(column) + " holds '" +
                        cell_text(cell).substr(0, 40) + "', which is not " + what);
}

}  // namespace ormdb::postgresql
