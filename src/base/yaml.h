// YAML in and out. The only file that includes yaml-cpp is yaml.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/node.h"

namespace ormdb {

/// All documents of a text. Core schema for plain scalars (null ~, true/false, integers, floats,
/// !!binary); yes/no are text. Anchors and aliases work. Throws `kind` at file:line for bad syntax
/// and for duplicate keys (naming the first place). Depth is limited to 200, and what aliases copy
/// to a million nodes. `first_line` is the line number of the text's first line in `source.file`
/// (for a section of a larger file).
std::vector<Node> parse_yaml(const Source& source, ErrorKind kind, int first_line = 1);

/// The single document of a text; null for an empty one.
Node parse_yaml_document(const Source& source, ErrorKind kind);

/// Block style, two spaces; flat maps and lists that fit into 100 columns on one line; multi-line
/// strings as literal blocks; a string that YAML would read as something else is quoted.
/// parse(render(x)) == x for every Node; only text that is not UTF-8 comes back as kBinary (its
/// bytes the same), since YAML has no other way to hold it.
std::string render_yaml(const Node& node);

}  // namespace ormdb
