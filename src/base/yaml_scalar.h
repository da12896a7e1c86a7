// What a plain scalar means in YAML's core schema (YAML 1.2.2, section 10.3.2).
#pragma once

#include <string_view>

#include "base/node.h"

namespace ormdb {

/// kNull, kBoolean, kInteger, kFloat or kString. yes, no, on and off are text.
Node::Kind plain_scalar_kind(std::string_view text);

}  // namespace ormdb
