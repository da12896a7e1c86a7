// How an enum's values change.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// One value that has another name and the same place, and nothing else changed: from and to.
std::optional<std::pair<std::string, std::string>> renamed_value(const Enum& from, const Enum& to);

/// The values that come, when all others stay in their order; empty (no value) when they do not.
std::optional<std::vector<std::string>> added_values(const Enum& from, const Enum& to);

/// CREATE TYPE … AS ENUM, and its comment.
std::vector<std::string> create_enum_sql(const Enum& value);

/// ALTER TYPE … ADD VALUE for each of the added ones, in an order that puts them in place.
std::vector<std::string> add_values_sql(const Enum& from, const Enum& to);

}  // namespace ormdb::postgresql
