// What stands at the other end of the standard streams.
#pragma once

#include <cstdio>
#include <string_view>

namespace ormdb::cli {

enum class ColorMode { kAuto, kAlways, kNever };

/// "auto", "always", "never"; kAuto for anything else.
ColorMode parse_color_mode(std::string_view text);

struct Terminal {
  bool input = false;   ///< Standard input is a terminal: questions can be asked.
  bool output = false;  ///< Standard output is one.
  bool error = false;   ///< Standard error is one: progress can be drawn.
  bool color_output = false;
  bool color_error = false;
  int width = 80;  ///< Columns of standard output, COLUMNS, or 80.
};

/// kAuto colours a stream that is a terminal, unless NO_COLOR (https://no-color.org) is set to
/// something or TERM is "dumb".
Terminal detect_terminal(ColorMode mode, std::FILE* output, std::FILE* error);

}  // namespace ormdb::cli
