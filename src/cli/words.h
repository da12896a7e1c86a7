// The words of a command line against the specs of the command table: what CLI11 does not check,
// and the errors that name the word, the possible ones and the nearest.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"
#include "cli/option_set.h"
#include "ormdb/error.h"

namespace ormdb::cli {

/// "--message", or "-x" for an option that has only a letter.
std::string option_display(const OptionSpec& option);

/// Whether an unclaimed word is meant as an option: "-z", "--zap"; not "-", "-1", "-3:".
bool looks_like_option(const std::string& word);

/// The index of the command's word among `words`, or words.size(). Throws kUsage for an option
/// before it that is no global one.
std::size_t find_command_word(const std::vector<std::string>& words);

Error unknown_command(const std::string& word);
/// `command` is nullptr for an option that stands before the command.
Error unknown_option(const std::string& word, const Command* command);

/// What CLI11 would misread or report in its own words: unknown options, "--flag=value", "--name="
/// (it takes the next word), a missing value. Throws kUsage.
void check_options(const std::vector<std::string>& words, const Command* command);

/// Throws kUsage for an empty value and for one that is none of the choices.
void check_value(const OptionSpec& option, const std::string& value);

/// Throws kUsage for too many, missing and impossible arguments.
void check_arguments(const Command& command, const OptionSet& options);

}  // namespace ormdb::cli
