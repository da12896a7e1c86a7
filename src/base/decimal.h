// Decimal numbers as text: an optional sign, digits, at most one point.
#pragma once

#include <string_view>

namespace ormdb {

bool is_decimal(std::string_view text);

/// Negative, 0 or positive, by value: "1.50" is "1.5". Both are decimal numbers.
int compare_decimals(std::string_view a, std::string_view b);

}  // namespace ormdb
