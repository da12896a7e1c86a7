// JSON out. The only file that includes nlohmann-json is json.cc.
#pragma once

#include <string>

#include "base/node.h"

namespace ormdb {

/// One document without a final newline. `indent` < 0: on one line. Invalid UTF-8 is replaced.
std::string render_json(const Node& node, int indent = -1);

/// Reads a JSON text. Throws `kind`.
Node parse_json(const std::string& text, ErrorKind kind);

}  // namespace ormdb
