// Version numbers of other migration tools.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ormdb {

/// "1.02_0" → {"1", "2"}: the numbers between dots and underscores without leading zeros, and
/// without zeros at the end, as Flyway compares them. Empty when it is none.
std::vector<std::string> version_parts(std::string_view version);

/// Whether `a` stands before `b`, both from version_parts.
bool version_before(const std::vector<std::string>& a, const std::vector<std::string>& b);

/// A version of 14 digits as the time that it is: "20240131120000" → "2024-01-31T12:00:00Z"; "" for
/// any other.
std::string version_time(std::string_view version);

}  // namespace ormdb
