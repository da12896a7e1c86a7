// Dates and times as ISO 8601 text, as engines without such types store them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ormdb/datum.h"

namespace ormdb {

std::string format_date(std::int64_t days_since_1970);      ///< 2026-11-22
std::string format_time(std::int64_t microseconds_of_day);  ///< 10:04:11 or 10:04:11.000250
std::string format_timestamp(std::int64_t microseconds, char separator = ' ');
std::string format_interval(std::int32_t months, std::int32_t days, std::int64_t microseconds);
std::string format_uuid(const std::uint8_t* bytes);

// Reading gives false for text of another form. Times may lack seconds; a timestamp may have a T
// and a zone (Z, +02:00), which is taken off to UTC, or be a date alone. Intervals are as ISO 8601
// has them, each part with its own sign (PostgreSQL's IntervalStyle iso_8601).
bool read_date(std::string_view text, std::int64_t& days);
bool read_time(std::string_view text, std::int64_t& microseconds);
bool read_timestamp(std::string_view text, std::int64_t& microseconds);
bool read_interval(std::string_view text, std::int32_t& months, std::int32_t& days,
                   std::int64_t& microseconds);
bool read_uuid(std::string_view text, std::uint8_t* bytes);
/// Into a datum of this kind; the text itself for kinds that are none of these.
bool read_datum(std::string_view text, ValueKind kind, Datum& datum);

/// Days since 1970-01-01 of a date of the Gregorian calendar.
std::int64_t days_of(std::int64_t year, unsigned month, unsigned day);
void date_of(std::int64_t days, std::int64_t& year, unsigned& month, unsigned& day);

}  // namespace ormdb
