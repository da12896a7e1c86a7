// The types that the ORM's driver speaks in binary, and how.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "dialect/postgresql/client.h"
#include "ormdb/datum.h"

namespace ormdb::postgresql {

// src/include/catalog/pg_type.dat: these never change.
namespace type {
inline constexpr Oid kBool = 16, kBytea = 17, kChar = 18, kName = 19, kInt8 = 20, kInt2 = 21,
                     kInt4 = 23, kText = 25, kOid = 26, kJson = 114, kFloat4 = 700, kFloat8 = 701,
                     kUnknown = 705, kBpchar = 1042, kVarchar = 1043, kDate = 1082, kTime = 1083,
                     kTimestamp = 1114, kTimestamptz = 1184, kInterval = 1186, kNumeric = 1700,
                     kUuid = 2950, kJsonb = 3802;
}  // namespace type

/// As what a value goes in an array.
struct ElementType {
  Oid oid;
  Oid array;
  const char* name;
};
ElementType element_type(ValueKind kind);

/// Whether the ORM decodes the type's binary form by itself. Other types may be known to have text
/// as their binary form: Wire::is_textual().
bool is_decodable(Oid oid);

inline constexpr std::int64_t kMicrosecondsOfDay = 86'400'000'000;
/// The server counts from 2000-01-01.
inline constexpr std::int64_t kEpochDays = 10957;
inline constexpr std::int64_t kEpochMicroseconds = kEpochDays * kMicrosecondsOfDay;

/// Writes an unsigned number in network order.
template <class Number>
void write_number(char* to, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    to[i] = static_cast<char>(number >> (8 * (sizeof(Number) - 1 - i)));
  }
}

template <class Number>
Number read_number(const char* from) {
  Number number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    number = static_cast<Number>(number << 8 | static_cast<unsigned char>(from[i]));
  }
  return number;
}

}  // namespace ormdb::postgresql
