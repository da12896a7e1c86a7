// One value as it goes to and comes from a database, with the kind it is bound as: what filters,
// raw statements and undo logs hold.
#pragma once

#include <cstdint>
#include <string>

namespace ormdb {

/// A value on its way to the database, with the kind it is bound as.
enum class ValueKind : std::uint8_t {
  kNull,
  kBool,
  kInteger,
  kReal,
  kText,
  kBlob,
  kDate,          // integer: days since 1970-01-01
  kTime,          // integer: microseconds since midnight
  kTimestamp,     // integer: microseconds since 1970-01-01 00:00, no zone
  kTimestampUtc,  // the same, UTC
  kInterval,      // integer: microseconds; text: months and days, 4 bytes each
  kNumeric,       // text: digits
  kUuid,          // text: 16 bytes
  kJson,          // text
  kArray,         // text: {"a",NULL}, PostgreSQL's literal; integer: the elements' ValueKind
};

struct Datum {
  ValueKind kind = ValueKind::kNull;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;

  bool is_null() const { return kind == ValueKind::kNull; }
  bool operator==(const Datum&) const = default;
};

}  // namespace ormdb
