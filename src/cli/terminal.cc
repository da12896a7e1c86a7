#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace ormdb::cli {
namespace {

constexpr int kDefaultWidth = 80;
constexpr int kLeastWidth = 20;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

// A memory stream has no descriptor.
bool is_terminal(std::FILE* stream) {
  const int descriptor = fileno(stream);
  return descriptor >= 0 && isatty(descriptor) == 1;
}

bool wants_color(ColorMode mode, bool terminal) {
  if (mode != ColorMode::kAuto) return mode == ColorMode::kAlways;
  return terminal && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
}

int terminal_width(std::FILE* stream) {
  winsize size{};
  if (is_terminal(stream) && ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    return size.ws_col;
  }
  const int columns = std::atoi(std::string(environment("COLUMNS")).c_str());
  return columns >= kLeastWidth ? columns : kDefaultWidth;
}

}  // namespace

ColorMode parse_color_mode(std::string_view text) {
  if (text == "always") return ColorMode::kAlways;
  if (text == "never") return ColorMode::kNever;
  return ColorMode::kAuto;
}

Terminal detect_terminal(ColorMode mode, std::FILE* output, std::FILE* error) {
  Terminal terminal;
  terminal.input = isatty(STDIN_FILENO) == 1;
  terminal.output = is_terminal(output);
  terminal.error = is_terminal(error);
  terminal.color_output = wants_color(mode, terminal.output);
  terminal.color_error = wants_color(mode, terminal.error);
  terminal.width = terminal_width(output);
  return terminal;
}

}  // namespace ormdb::cli
