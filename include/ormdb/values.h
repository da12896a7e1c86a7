// The value types of models beyond the language's own.
//
//     C++ type                          SQLite             PostgreSQL        MySQL
//     bool                              BOOLEAN (0, 1)     boolean           tinyint(1)
//     int16/32/64, uint16/32            SMALLINT … BIGINT  smallint … bigint smallint … bigint
//     uint64                            BIGINT             bigint            bigint
//     float, double                     FLOAT, DOUBLE      real, double      float, double
//     std::string                       VARCHAR(n), TEXT   varchar(n), text  varchar(n), text
//     Numeric                           TEXT, by value     numeric           decimal
//     Date (year_month_day)             DATE  2026-11-22   date              date
//     TimeOfDay                         TIME  10:04:11.5   time              time(6)
//     LocalTime (local_time<µs>)        DATETIME           timestamp         datetime(6)
//     SysTime (sys_time<µs>), UTC       DATETIME           timestamptz       datetime(6)
//     Interval                          TEXT (ISO 8601)    interval          –
//     Blob                              BLOB               bytea             blob
//     Uuid                              CHAR(36)           uuid              char(36)
//     Json                              JSON               json              json
//     an enum with enum_names           VARCHAR, CHECK     a native enum     a native enum
//     std::vector of one of these       –                  element[]         –
//     a type with a codec               that of its stored type
//
// An array has one dimension; its elements may be optional. Where the engine has no arrays,
// create_all() and writing throw kUnsupported: Json or a codec serves there. nlohmann::json is a
// type with a codec in nlohmann_json.h.
//
// An integer that does not fit its member, and a uint64 past 2^63-1 on its way out, throw
// ConversionError. SQLite stores times as ISO text, which sorts as time does.
//
// A Numeric is exact. SQLite's NUMERIC keeps 15 significant digits, so it is TEXT there with the
// collation "decimal", which compares by value; ormdb's connections and SQLite's shell have it,
// other programs must register one. {.type = "numeric(10,2)"} asks for SQLite's NUMERIC.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "ormdb/connection.h"

namespace ormdb {

using Date = std::chrono::year_month_day;
using LocalTime = std::chrono::local_time<std::chrono::microseconds>;  ///< Without a zone.
using SysTime = std::chrono::sys_time<std::chrono::microseconds>;      ///< UTC.

/// Now, in microseconds.
SysTime now();
/// Now in UTC as a time without zone: what CURRENT_TIMESTAMP of SQLite says.
LocalTime local_now_utc();

/// A time of day, microseconds since midnight.
struct TimeOfDay {
  std::chrono::microseconds since_midnight{};
  auto operator<=>(const TimeOfDay&) const = default;
};

/// A span as PostgreSQL has it: months and days have no fixed length, so the parts stay apart.
struct Interval {
  std::int32_t months{};
  std::int32_t days{};
  std::int64_t microseconds{};
  auto operator<=>(const Interval&) const = default;
};

/// An exact decimal number, kept as its digits. Comparison is by value: 1.50 == 1.5.
class Numeric {
 public:
  Numeric() = default;
  /// Throws ConversionError for text that is no decimal number.
  explicit Numeric(std::string_view digits);
  explicit Numeric(std::int64_t value) : digits_(std::to_string(value)) {}

  const std::string& text() const { return digits_; }
  double to_double() const;

  bool operator==(const Numeric& other) const { return compare(other) == 0; }
  std::strong_ordering operator<=>(const Numeric& other) const { return compare(other) <=> 0; }

 private:
  int compare(const Numeric& other) const;

  std::string digits_ = "0";
};

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Uuid&) const = default;
  std::string text() const;  ///< 36 characters, lower case.

  static Uuid random();                      ///< Version 4, from the system's random source.
  static Uuid parse(std::string_view text);  ///< Throws ConversionError.
};

/// JSON as text; ormdb does not look into it.
struct Json {
  std::string text;
  bool operator==(const Json&) const = default;
};

/// How a type of the program is stored: specialise it with
///
///     template <> struct ormdb::codec<UserId> {
///       using stored = std::int64_t;                         // a type of the table above
///       static stored to(const UserId& id) { return id.value; }
///       static UserId from(const stored& value) { return UserId{value}; }
///     };
template <typename T>
struct codec;

/// The names of an enum whose enumerators count from 0: specialise it with
///
///     template <> struct ormdb::enum_names<Status> {
///       static constexpr std::string_view name = "status";
///       static constexpr std::string_view values[] = {"draft", "published"};
///     };
template <typename T>
struct enum_names;

/// A value stored as text through codec<T> (`to` gives the text); PickleType's place.
template <typename T>
struct Serialized {
  T value{};
  bool operator==(const Serialized&) const = default;
};

template <typename T>
struct codec<Serialized<T>> {
  using stored = Json;
  static Json to(const Serialized<T>& from) { return Json{codec<T>::to(from.value)}; }
  static Serialized<T> from(const Json& text) { return {codec<T>::from(text.text)}; }
};

}  // namespace ormdb
