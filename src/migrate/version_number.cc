#include "migrate/version_number.h"

#include <algorithm>

#include "base/text.h"

namespace ormdb {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

bool part_before(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

bool between(std::string_view digits, int low, int high) {
  const int value = (digits[0] - '0') * 10 + (digits[1] - '0');
  return value >= low && value <= high;
}

}  // namespace

std::vector<std::string> version_parts(std::string_view version) {
  std::vector<std::string> parts = split(replace_all(std::string(version), "_", "."), '.');
  for (std::string& part : parts) {
    if (!is_digits(part)) return {};
    part.erase(0, std::min(part.find_first_not_of('0'), part.size() - 1));
  }
  while (parts.size() > 1 && parts.back() == "0") parts.pop_back();
  return parts;
}

bool version_before(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), part_before);
}

std::string version_time(std::string_view version) {
  if (version.size() != 14 || !is_digits(version)) return "";
  const auto part = [&](std::size_t at, std::size_t count) {
    return std::string(version.substr(at, count));
  };
  const bool is_time = between(part(4, 2), 1, 12) && between(part(6, 2), 1, 31) &&
                       between(part(8, 2), 0, 23) && between(part(10, 2), 0, 59) &&
                       between(part(12, 2), 0, 59) && part(0, 4) >= "1970";
  if (!is_time) return "";
  return part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + "T" + part(8, 2) + ":" + part(10, 2) +
         ":" + part(12, 2) + "Z";
}

}  // namespace ormdb
