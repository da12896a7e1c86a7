// A progress bar on standard error, for runs that take over a second at a terminal.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace ormdb::cli {

class ProgressBar {
 public:
  /// Draws nothing when `enabled` is false, and nothing in the first second.
  ProgressBar(std::FILE* stream, bool enabled, int width);
  ~ProgressBar();  ///< Clears the line.
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// `number` of `count` begins now; `label` is what it is.
  void update(std::size_t number, std::size_t count, std::string_view label);
  void clear();

 private:
  std::FILE* stream_;
  bool enabled_;
  std::size_t width_;
  double started_;
  bool drawn_ = false;  // the line is there
};

/// One line of at most `width` bytes: "[#####-----] 12/34 label".
std::string progress_line(std::size_t number, std::size_t count, std::string_view label,
                          std::size_t width);

}  // namespace ormdb::cli
