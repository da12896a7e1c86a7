// nlohmann::json as a member of models: to include beside orm.h where the program has the library.
//
//     struct Post {
//       nlohmann::json meta{};       // a json column; {.type = "jsonb"} for jsonb
//       …
//     };
//
// Paths work on it as on ormdb::Json: col<&Post::meta>["tags"][0] == "new".
#pragma once

#include <nlohmann/json.hpp>

#include "ormdb/orm_error.h"
#include "ormdb/values.h"

template <>
struct ormdb::codec<nlohmann::json> {
  using stored = ormdb::Json;
  static stored to(const nlohmann::json& value) { return {value.dump()}; }
  /// Throws ConversionError for text that is no JSON.
  static nlohmann::json from(const stored& value) {
    nlohmann::json result = nlohmann::json::parse(value.text, nullptr, false);
    if (result.is_discarded()) {
      throw ormdb::ConversionError("'" + value.text.substr(0, 40) + "' is not JSON");
    }
    return result;
  }
};
