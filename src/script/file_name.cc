#include <array>
#include <charconv>
#include <cstdint>

#include "base/text.h"
#include "base/utf8.h"
#include "script/script.h"

namespace ormdb {
namespace {

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

std::string first_characters(const std::string& text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size() && count > 0; --count) end += decode_utf8(text, end).size;
  return text.substr(0, end);
}

/// The parts of an ISO time as they stand in it, and its offset from UTC.
struct IsoTime {
  std::string year, month, day, hour, minute, second;
  std::int64_t offset_seconds = 0;
};

std::int64_t number(std::string_view digits) {
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// "" when the text has other than `count` digits at `at`.
std::string digits_at(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return "";
  const std::string_view digits = text.substr(at, count);
  return digits.find_first_not_of("0123456789") == digits.npos ? std::string(digits) : "";
}

IsoTime parse_iso_time(std::string_view text) {
  IsoTime time{digits_at(text, 0, 4),
               digits_at(text, 5, 2),
               digits_at(text, 8, 2),
               digits_at(text, 11, 2),
               digits_at(text, 14, 2),
               digits_at(text, 17, 2),
               0};
  if (time.year.empty() || time.month.empty() || time.day.empty() || time.hour.empty() ||
      time.minute.empty() || time.second.empty()) {
    throw Error(ErrorKind::kConfig, "'" + std::string(text) + "' is no ISO time")
        .hint("write it like 2026-11-22T10:04:11Z");
  }
  const std::size_t sign = text.find_first_of("+-", 19);
  if (sign != text.npos) {
    const std::string hours = digits_at(text, sign + 1, 2);
    const std::size_t minutes_at =
        sign + (text.substr(sign).size() > 3 && text[sign + 3] == ':' ? 4 : 3);
    const std::int64_t offset = number(hours) * 3600 + number(digits_at(text, minutes_at, 2)) * 60;
    time.offset_seconds = text[sign] == '-' ? -offset : offset;
  }
  return time;
}

// Days since 1970-01-01 in the proleptic Gregorian calendar: Howard Hinnant, "chrono-Compatible
// Low-Level Date Algorithms", days_from_civil, for years after 0.
std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = year / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

std::int64_t epoch_of(const IsoTime& time) {
  const std::int64_t days =
      days_from_civil(number(time.year), number(time.month), number(time.day));
  return days * 86400 + number(time.hour) * 3600 + number(time.minute) * 60 + number(time.second) -
         time.offset_seconds;
}

/// A revision id as a part of a file's name.
std::string safe_in_name(std::string text) {
  for (char& c : text) {
    if (c == '/' || c == '\\') c = '_';
  }
  return text;
}

std::string fill(std::string_view file_template,
                 const std::vector<std::pair<std::string, std::string>>& tokens) {
  std::string name;
  while (!file_template.empty()) {
    const std::size_t open = file_template.find('{');
    const std::size_t close = file_template.find('}', open);
    if (open == file_template.npos || close == file_template.npos) break;
    const std::string_view token = file_template.substr(open + 1, close - open - 1);
    name += file_template.substr(0, open);
    std::vector<std::string> names;
    const std::string* value = nullptr;
    for (const auto& [known, text] : tokens) {
      names.push_back(known);
      if (known == token) value = &text;
    }
    if (value == nullptr) {
      throw Error(ErrorKind::kConfig, "unknown token '{" + std::string(token) +
                                          "}' in file_template" + did_you_mean(token, names))
          .hint("tokens: {" + join(names, "} {") + "}");
    }
    name += *value;
    file_template.remove_prefix(close + 1);
  }
  return name.append(file_template);
}

}  // namespace

std::string slug_of(std::string_view message, int max_length) {
  const std::size_t limit =
      max_length > 0 ? static_cast<std::size_t>(max_length) : std::string::npos;
  const std::string text = to_lower(message);
  std::string slug;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word_character(text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && is_word_character(text[at])) ++at;
    const std::string word = text.substr(begin, at - begin);
    if (slug.empty()) {
      slug = first_characters(word, limit);
    } else if (utf8_length(slug) + 1 + utf8_length(word) <= limit) {
      slug += "_" + word;
    } else {
      break;
    }
  }
  return slug;
}

std::string script_file_name(std::string_view file_template, const Revision& revision,
                             std::string_view created, int slug_length, ScriptFormat format) {
  const IsoTime time = parse_iso_time(created);
  std::string name = fill(file_template, {{"rev", safe_in_name(revision.id)},
                                          {"slug", slug_of(revision.message, slug_length)},
                                          {"year", time.year},
                                          {"month", time.month},
                                          {"day", time.day},
                                          {"hour", time.hour},
                                          {"minute", time.minute},
                                          {"second", time.second},
                                          {"epoch", std::to_string(epoch_of(time))}});
  // A message without words leaves the separator behind.
  while (name.ends_with('_')) name.pop_back();
  return name + (format == ScriptFormat::kSql ? ".sql" : ".yaml");
}

}  // namespace ormdb
