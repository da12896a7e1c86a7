// The values of a script's header: scalars and lists on one line, a subset of YAML that needs no
// parser.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ormdb {

struct HeaderValue {
  bool is_list = false;
  bool is_null = false;            ///< Empty, null or ~, without quotes.
  std::vector<std::string> items;  ///< The list's, or the scalar as the only one; none for null.
  std::string problem;             ///< What is wrong, "" when nothing is.
  std::string hint;
};

/// Reads what stands behind "key:": a plain or quoted scalar, or a list of them, then maybe a
/// comment.
HeaderValue parse_header_value(std::string_view text);

/// The text that parse_header_value reads as this scalar: plain where it can be, else in double
/// quotes.
std::string render_header_scalar(std::string_view text);

/// "[a, b]".
std::string render_header_list(const std::vector<std::string>& items);

}  // namespace ormdb
