#include "cli/progress.h"

#include <algorithm>

#include "base/clock.h"
#include "cli/print.h"

namespace ormdb::cli {
namespace {

constexpr double kSilentMilliseconds = 1000;
constexpr std::size_t kBarWidth = 20;

// A cut in the middle of a UTF-8 character would leave half of it.
std::string_view cut(std::string_view text, std::size_t length) {
  if (text.size() <= length) return text;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
  return text.substr(0, length);
}

}  // namespace

std::string progress_line(std::size_t number, std::size_t count, std::string_view label,
                          std::size_t width) {
  const std::size_t done = count == 0 ? 0 : (number - 1) * kBarWidth / count;
  const std::string line = "[" + std::string(done, '#') + std::string(kBarWidth - done, '-') +
                           "] " + std::to_string(number) + "/" + std::to_string(count) + " " +
                           printable(label);
  return std::string(cut(line, width));
}

ProgressBar::ProgressBar(std::FILE* stream, bool enabled, int width)
    : stream_(stream),
      enabled_(enabled),
      width_(static_cast<std::size_t>(std::max(width, 2)) - 1),
      started_(steady_milliseconds()) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::update(std::size_t number, std::size_t count, std::string_view label) {
  if (!enabled_ || steady_milliseconds() - started_ < kSilentMilliseconds) return;
  drawn_ = true;
  std::fprintf(stream_, "\r\x1b[2K%s", progress_line(number, count, label, width_).c_str());
  std::fflush(stream_);
}

void ProgressBar::clear() {
  if (!drawn_) return;
  std::fputs("\r\x1b[2K", stream_);
  std::fflush(stream_);
  drawn_ = false;
}

}  // namespace ormdb::cli
