// Other programs.
#pragma once

#include <string>
#include <string_view>

namespace ormdb {

struct CommandOutput {
  int exit_code = 0;  ///< 127: no such program; 128: a signal ended it.
  std::string output;
  std::string error;
};

/// Runs a line of sh in `directory`, with this process's environment and an empty standard input,
/// and waits for its end. Throws kIo when it cannot be started.
CommandOutput run_command(const std::string& line, const std::string& directory);

/// The text as one word of sh.
std::string shell_quoted(std::string_view text);

}  // namespace ormdb
