// From words to an exit code.
//
//   1. parse: find the command's word, let CLI11 read the rest with that command's options only
//   2. run the command's function once, or once for each database, and catch what it throws
//   3. print each outcome as text, or all of them as one JSON document
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/context.h"
#include "cli/option_set.h"

namespace ormdb::cli {

struct CommandLine {
  std::string word;                  ///< The command as given; "" for none.
  const Command* command = nullptr;  ///< nullptr only with --help or --version.
  OptionSet options;
};

/// `words` are the arguments without the program's name. Global options stand anywhere, a command's
/// own after it; a word after the command is an argument, also -1 and -3:, and everything after --.
/// Throws kUsage.
CommandLine parse_command_line(const std::vector<std::string>& words);

/// run_cli() with its streams.
int run_command_line(const std::vector<std::string>& words, const Streams& streams,
                     const ProgramModels& models = {});

}  // namespace ormdb::cli
