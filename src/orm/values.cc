#include "ormdb/values.h"

#include <cstdlib>
#include <random>

#include "db/iso_time.h"
#include "ormdb/orm_error.h"

namespace ormdb {

namespace {

/// A decimal number taken apart: sign, digits before and after the point, without needless zeros.
struct Decimal {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
};

Decimal take_apart(std::string_view text) {
  Decimal decimal;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    decimal.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  const std::size_t point = text.find('.');
  decimal.whole = text.substr(0, point);
  if (point != std::string_view::npos) decimal.fraction = text.substr(point + 1);
  while (!decimal.whole.empty() && decimal.whole.front() == '0') decimal.whole.remove_prefix(1);
  while (!decimal.fraction.empty() && decimal.fraction.back() == '0') {
    decimal.fraction.remove_suffix(1);
  }
  if (decimal.whole.empty() && decimal.fraction.empty()) decimal.negative = false;
  return decimal;
}

int compare_magnitude(const Decimal& a, const Decimal& b) {
  if (a.whole.size() != b.whole.size()) return a.whole.size() < b.whole.size() ? -1 : 1;
  if (const int order = a.whole.compare(b.whole); order != 0) return order;
  return a.fraction.compare(b.fraction);
}

bool all_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

SysTime now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

LocalTime local_now_utc() { return LocalTime(now().time_since_epoch()); }

Numeric::Numeric(std::string_view digits) : digits_(digits) {
  std::string_view rest = digits;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) rest.remove_prefix(1);
  const std::size_t point = rest.find('.');
  const std::string_view whole = rest.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : rest.substr(point + 1);
  if (whole.size() + fraction.size() == 0 || !all_digits(whole) || !all_digits(fraction)) {
    throw ConversionError("'" + digits_ + "' is not a decimal number");
  }
}

double Numeric::to_double() const { return std::strtod(digits_.c_str(), nullptr); }

int Numeric::compare(const Numeric& other) const {
  const Decimal a = take_apart(digits_), b = take_apart(other.digits_);
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  const int order = compare_magnitude(a, b);
  return a.negative ? -order : order;
}

std::string Uuid::text() const { return format_uuid(bytes.data()); }

Uuid Uuid::random() {
  static thread_local std::random_device device;
  Uuid uuid;
  for (std::size_t i = 0; i < uuid.bytes.size(); i += 4) {
    const std::uint32_t bits = device();
    for (std::size_t j = 0; j < 4; ++j) {
      uuid.bytes[i + j] = static_cast<std::uint8_t>(bits >> (8 * j));
    }
  }
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | 0x40);  // version 4
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);  // RFC 4122 variant
  return uuid;
}

Uuid Uuid::parse(std::string_view text) {
  Uuid uuid;
  if (!read_uuid(text, uuid.bytes.data())) {
    throw ConversionError("'" + std::string(text.substr(0, 40)) + "' is not a UUID");
  }
  return uuid;
}

}  // namespace ormdb
