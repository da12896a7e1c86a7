// A command: a row of kCommands (command_table.cc) and a function.
//
// The table is the one description of the command line: the parser, --help, the completion scripts
// and the suggestions for misspelt words all read it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/node.h"

namespace ormdb::cli {

class CommandContext;

/// An option. The word that stands for its value also says what the value may be: "yaml|sql" is a
/// choice, REV a revision, DIR a directory, FILE a file (completion uses that), SECONDS a duration.
struct OptionSpec {
  std::string_view name;        ///< Long name without dashes; "" only for the lone letter -x.
  char letter = 0;              ///< Short name; 0: none.
  std::string_view value = {};  ///< "" for a flag.
  std::string_view help = {};
  bool repeated = false;
  bool may_be_empty = false;  ///< Whether "" is a sensible value.

  /// The key in OptionSet: the long name, or the letter.
  std::string_view key() const { return name.empty() ? std::string_view(&letter, 1) : name; }
};

/// A word that is no option.
struct ArgumentSpec {
  std::string_view value;  ///< As in OptionSpec.
  std::string_view help;
  bool required = false;
  bool repeated = false;  ///< Takes all further words.
};

/// How much of the world a command works on.
enum class Need {
  kNothing,  // runs without a project, once
  kScripts,  // once for each database of the project; connects only when its arguments ask for that
  kDatabase,  // once for each database of the project; waits for its server (--wait) first
};

/// What a command hands back. Exactly one of text and document is used, depending on --json.
struct Result {
  int exit_code = 0;    ///< 0, or 1 when a check found something. Failures are thrown.
  std::string text;     ///< The answer, with its last newline; printed always.
  std::string notice;   ///< What was done, for people; printed after text, but not with -q.
  std::string comment;  ///< What makes a line a comment in `text` ("-- " for SQL), or "".
  Node document;        ///< The document's own entries, after ok, command and database.
};

struct Command {
  std::string_view name;
  std::string_view help;  ///< One line.
  Need need = Need::kNothing;
  std::span<const ArgumentSpec> arguments;
  std::span<const OptionSpec> options;
  Result (*run)(CommandContext&) = nullptr;
  bool hidden = false;  ///< Not in --help; for the completion scripts.
};

std::span<const Command> all_commands();
std::span<const OptionSpec> global_options();
const Command* find_command(std::string_view name);  ///< nullptr if absent.

/// "a|b|c" → its words; empty for any other value word.
std::vector<std::string> choices_of(std::string_view value);

}  // namespace ormdb::cli
