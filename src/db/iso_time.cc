// Days and dates: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil,
// civil_from_days), in eras of 400 years that begin on the first of March.
#include "db/iso_time.h"

#include <charconv>
#include <cstdio>

namespace ormdb {

namespace {

constexpr std::int64_t kMicroseconds = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kMicroseconds;

/// Reads digits from a text, position after position.
struct Cursor {
  std::string_view text;
  std::size_t at = 0;

  bool number(std::size_t digits, std::int64_t& value) {
    if (at + digits > text.size()) return false;
    value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      const char c = text[at + i];
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    at += digits;
    return true;
  }
  bool skip(char c) {
    if (at >= text.size() || text[at] != c) return false;
    ++at;
    return true;
  }
  bool done() const { return at == text.size(); }

  bool date(std::int64_t& days) {
    std::int64_t year = 0, month = 0, day = 0;
    const bool negative = skip('-');
    if (!number(4, year) || !skip('-') || !number(2, month) || !skip('-') || !number(2, day)) {
      return false;
    }
    if (month < 1 || month > 12 || day < 1 || day > 31) return false;
    days =
        days_of(negative ? -year : year, static_cast<unsigned>(month), static_cast<unsigned>(day));
    return true;
  }

  bool fraction(std::int64_t& microseconds) {
    std::int64_t scale = kMicroseconds / 10;
    const std::size_t start = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') {
      microseconds += (text[at++] - '0') * scale;
      scale /= 10;
    }
    return at > start;
  }

  bool time(std::int64_t& microseconds) {
    std::int64_t hour = 0, minute = 0, second = 0;
    if (!number(2, hour) || !skip(':') || !number(2, minute)) return false;
    if (skip(':') && !number(2, second)) return false;
    if (hour > 24 || minute > 59 || second > 60) return false;
    microseconds = ((hour * 60 + minute) * 60 + second) * kMicroseconds;
    return !skip('.') || fraction(microseconds);
  }

  /// Z, +02, +0200, +02:00 or nothing.
  bool zone(std::int64_t& offset) {
    offset = 0;
    if (done() || skip('Z')) return true;
    const bool west = text[at] == '-';
    if (!west && text[at] != '+') return false;
    ++at;
    std::int64_t hours = 0, minutes = 0;
    if (!number(2, hours)) return false;
    skip(':');
    if (!done() && !number(2, minutes)) return false;
    offset = (hours * 60 + minutes) * 60 * kMicroseconds * (west ? -1 : 1);
    return true;
  }
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_padded(std::string& text, std::int64_t value, int width) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%0*lld", width, static_cast<long long>(value));
  text += digits;
}

}  // namespace

std::int64_t days_of(std::int64_t year, unsigned month, unsigned day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const auto of_era = static_cast<unsigned>(year - era * 400);
  const unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
  return era * 146097 + static_cast<std::int64_t>(day_of_era) - 719468;
}

void date_of(std::int64_t days, std::int64_t& year, unsigned& month, unsigned& day) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146097);
  const unsigned of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const unsigned of_year = day_of_era - (365 * of_era + of_era / 4 - of_era / 100);
  const unsigned shifted = (5 * of_year + 2) / 153;
  day = of_year - (153 * shifted + 2) / 5 + 1;
  month = shifted < 10 ? shifted + 3 : shifted - 9;
  year = static_cast<std::int64_t>(of_era) + era * 400 + (month <= 2 ? 1 : 0);
}

std::string format_date(std::int64_t days) {
  std::int64_t year = 0;
  unsigned month = 0, day = 0;
  date_of(days, year, month, day);
  std::string text;
  if (year < 0) text += '-';
  append_padded(text, year < 0 ? -year : year, 4);
  text += '-';
  append_padded(text, month, 2);
  text += '-';
  append_padded(text, day, 2);
  return text;
}

std::string format_time(std::int64_t microseconds) {
  const std::int64_t seconds = microseconds / kMicroseconds;
  std::string text;
  append_padded(text, seconds / 3600, 2);
  text += ':';
  append_padded(text, seconds / 60 % 60, 2);
  text += ':';
  append_padded(text, seconds % 60, 2);
  if (const std::int64_t fraction = microseconds % kMicroseconds; fraction != 0) {
    text += '.';
    append_padded(text, fraction, 6);
  }
  return text;
}

std::string format_timestamp(std::int64_t microseconds, char separator) {
  std::int64_t days = microseconds / kDay;
  if (microseconds % kDay < 0) --days;
  return format_date(days) + separator + format_time(microseconds - days * kDay);
}

std::string format_interval(std::int32_t months, std::int32_t days, std::int64_t microseconds) {
  const bool negative = microseconds < 0;
  const auto magnitude = negative ? 0 - static_cast<std::uint64_t>(microseconds)
                                  : static_cast<std::uint64_t>(microseconds);
  std::string text = "P" + std::to_string(months) + "M" + std::to_string(days) + "DT";
  if (negative) text += '-';
  text += std::to_string(magnitude / 1'000'000) + ".";
  append_padded(text, static_cast<std::int64_t>(magnitude % 1'000'000), 6);
  return text + "S";
}

std::string format_uuid(const std::uint8_t* bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (int i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

bool read_date(std::string_view text, std::int64_t& days) {
  Cursor cursor{text};
  return cursor.date(days) && cursor.done();
}

bool read_time(std::string_view text, std::int64_t& microseconds) {
  Cursor cursor{text};
  return cursor.time(microseconds) && cursor.done();
}

bool read_timestamp(std::string_view text, std::int64_t& microseconds) {
  Cursor cursor{text};
  std::int64_t days = 0, time = 0, offset = 0;
  if (!cursor.date(days)) return false;
  if (!cursor.done()) {
    if (!cursor.skip(' ') && !cursor.skip('T')) return false;
    if (!cursor.time(time) || !cursor.zone(offset) || !cursor.done()) return false;
  }
  microseconds = days * kDay + time - offset;
  return true;
}

namespace {

/// One part of an interval: "-5.25S" in microseconds, "2M" as 2.
struct IntervalPart {
  std::int64_t value = 0;
  char unit = '\0';
};

bool read_part(std::string_view text, std::size_t& at, IntervalPart& part) {
  const bool negative = text[at] == '-';
  if (negative || text[at] == '+') ++at;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + at, end, part.value);
  if (parsed.ec != std::errc() || text[at] == '-') return false;
  at = static_cast<std::size_t>(parsed.ptr - text.data());
  std::int64_t fraction = 0;
  const bool has_fraction = at < text.size() && text[at] == '.';
  if (has_fraction) ++at;
  for (std::int64_t worth = kMicroseconds / 10; has_fraction && at < text.size(); worth /= 10) {
    if (text[at] < '0' || text[at] > '9') break;
    fraction += worth * (text[at++] - '0');
  }
  if (at == text.size()) return false;
  part.unit = text[at++];
  if (part.unit != 'S' && has_fraction) return false;
  if (part.unit == 'S') part.value = part.value * kMicroseconds + fraction;
  if (negative) part.value = -part.value;
  return true;
}

}  // namespace

bool read_interval(std::string_view text, std::int32_t& months, std::int32_t& days,
                   std::int64_t& microseconds) {
  if (text.size() < 3 || text.front() != 'P') return false;
  std::int64_t month_count = 0, day_count = 0, time = 0;
  bool in_time = false;
  for (std::size_t at = 1; at < text.size();) {
    if (text[at] == 'T' && !in_time && at + 1 < text.size()) {
      in_time = true;
      ++at;
    }
    IntervalPart part;
    if (!read_part(text, at, part)) return false;
    if (!in_time && part.unit == 'Y') {
      month_count += 12 * part.value;
    } else if (!in_time && part.unit == 'M') {
      month_count += part.value;
    } else if (!in_time && (part.unit == 'W' || part.unit == 'D')) {
      day_count += (part.unit == 'W' ? 7 : 1) * part.value;
    } else if (in_time && (part.unit == 'H' || part.unit == 'M')) {
      time += (part.unit == 'H' ? 60 : 1) * 60 * kMicroseconds * part.value;
    } else if (in_time && part.unit == 'S') {
      time += part.value;
    } else {
      return false;
    }
  }
  months = static_cast<std::int32_t>(month_count);
  days = static_cast<std::int32_t>(day_count);
  microseconds = time;
  return true;
}

bool read_uuid(std::string_view text, std::uint8_t* bytes) {
  if (text.size() != 36) return false;
  int count = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return false;
      continue;
    }
    const int high = hex_digit(text[i]), low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[count++] = static_cast<std::uint8_t>(high * 16 + low);
    i += 2;
  }
  return count == 16;
}

bool read_datum(std::string_view text, ValueKind kind, Datum& datum) {
  datum.kind = kind;
  switch (kind) {
    case ValueKind::kDate:
      return read_date(text, datum.integer);
    case ValueKind::kTime:
      return read_time(text, datum.integer);
    case ValueKind::kTimestamp:
    case ValueKind::kTimestampUtc:
      return read_timestamp(text, datum.integer);
    case ValueKind::kInterval: {
      std::int32_t parts[2] = {0, 0};
      const bool fits = read_interval(text, parts[0], parts[1], datum.integer);
      datum.text.assign(reinterpret_cast<const char*>(parts), sizeof parts);
      return fits;
    }
    case ValueKind::kUuid:
      datum.text.resize(16);
      return read_uuid(text, reinterpret_cast<std::uint8_t*>(datum.text.data()));
    default:
      datum.text = text;
      return true;
  }
}

}  // namespace ormdb
