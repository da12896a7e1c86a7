#include "ormdb/values.h"

#include <cstdlib>
#include <random>

#include "base/decimal.h"
#include "db/iso_time.h"
#include "ormdb/orm_error.h"

namespace ormdb {

SysTime now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

LocalTime local_now_utc() { return LocalTime(now().time_since_epoch()); }

Numeric::Numeric(std::string_view digits) : digits_(digits) {
  if (!is_decimal(digits)) throw ConversionError("'" + digits_ + "' is not a decimal number");
}

double Numeric::to_double() const { return std::strtod(digits_.c_str(), nullptr); }

int Numeric::compare(const Numeric& other) const {
  return compare_decimals(digits_, other.digits_);
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
