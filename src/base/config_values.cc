#include <algorithm>
#include <charconv>
#include <climits>
#include <cmath>

#include "base/text.h"
#include "ormdb/config.h"

namespace ormdb {
namespace {

bool matches_any(const std::map<std::string, std::vector<std::string>>& globs,
                 const std::string& kind, const std::string& name) {
  const auto found = globs.find(kind);
  if (found == globs.end()) return false;
  const std::string_view last = std::string_view(name).substr(name.rfind('.') + 1);
  return std::any_of(found->second.begin(), found->second.end(), [&](const std::string& glob) {
    const bool has_dot = glob.find('.') != glob.npos;
    return glob_match(glob, name) || (!has_dot && glob_match(glob, last));
  });
}

double unit_milliseconds(std::string_view unit) {
  if (unit == "ms") return 1;
  if (unit.empty() || unit == "s" || unit == "sec") return 1000;
  if (unit == "m" || unit == "min") return 60000;
  return unit == "h" ? 3600000 : 0;
}

}  // namespace

const std::vector<std::string>& object_filter_kinds() {
  static const std::vector<std::string> kinds = {
      "tables",    "columns",        "indexes",    "views",     "triggers",        "enums",
      "schemas",   "extensions",     "collations", "domains",   "composite_types", "sequences",
      "functions", "procedures",     "aggregates", "operators", "statistics",      "rules",
      "policies",  "event_triggers", "events"};
  return kinds;
}

bool ObjectFilter::admits(const std::string& kind, const std::string& name) const {
  if (matches_any(exclude, kind, name)) return false;
  return include.find(kind) == include.end() || matches_any(include, kind, name);
}

std::optional<int> parse_duration_ms(const std::string& text) {
  const std::string_view trimmed = trim(text);
  if (trimmed.empty() || trimmed[0] < '0' || trimmed[0] > '9') return std::nullopt;
  double number = 0;
  const char* end = trimmed.data() + trimmed.size();
  const auto result = std::from_chars(trimmed.data(), end, number, std::chars_format::fixed);
  if (result.ec != std::errc()) return std::nullopt;
  const std::string unit(
      trim(std::string_view(result.ptr, static_cast<std::size_t>(end - result.ptr))));
  const double milliseconds = std::round(number * unit_milliseconds(unit));
  const bool is_known_unit = unit_milliseconds(unit) > 0;
  if (!is_known_unit || milliseconds > INT_MAX) return std::nullopt;
  return static_cast<int>(milliseconds);
}

}  // namespace ormdb
