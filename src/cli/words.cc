#include "cli/words.h"

#include <algorithm>

#include "base/text.h"
#include "cli/help.h"

namespace ormdb::cli {
namespace {

// nullptr when neither the global options nor the command's have it.
template <typename Predicate>
const OptionSpec* find_spec(const Command* command, Predicate wanted) {
  const auto find = [&](std::span<const OptionSpec> options) -> const OptionSpec* {
    const auto found = std::find_if(options.begin(), options.end(), wanted);
    return found == options.end() ? nullptr : &*found;
  };
  const OptionSpec* option = find(global_options());
  return option != nullptr || command == nullptr ? option : find(command->options);
}

const OptionSpec* find_option(const Command* command, std::string_view name) {
  return find_spec(command,
                   [&](const OptionSpec& option) { return !name.empty() && option.name == name; });
}

const OptionSpec* find_letter(const Command* command, char letter) {
  return find_spec(command, [&](const OptionSpec& option) { return option.letter == letter; });
}

// Long names only: a misspelt letter says nothing about the one meant.
std::vector<std::string> long_names(const Command* command) {
  std::vector<std::string> names;
  const auto add = [&](std::span<const OptionSpec> options) {
    for (const OptionSpec& option : options) {
      if (!option.name.empty()) names.push_back(option_display(option));
    }
  };
  add(global_options());
  if (command != nullptr) add(command->options);
  return names;
}

// Whether the word after `word`, an option, is its value. Throws for an unknown one.
bool takes_next_word(const std::string& word, const Command* command) {
  if (word.starts_with("--")) {
    const std::size_t equals = word.find('=');
    const OptionSpec* option = find_option(command, word.substr(2, equals - 2));
    if (option == nullptr) throw unknown_option(word, command);
    return !option->value.empty() && equals == std::string::npos;
  }
  for (std::size_t i = 1; i < word.size(); ++i) {
    const OptionSpec* option = find_letter(command, word[i]);
    if (option == nullptr) throw unknown_option(word, command);
    if (!option->value.empty()) return i + 1 == word.size();
  }
  return false;
}

// Throws for "--flag=value" and for "--name=" without a value.
void check_assignment(const std::string& word, const Command* command) {
  const std::size_t equals = word.find('=');
  if (!word.starts_with("--") || equals == std::string::npos) return;
  const std::string name = word.substr(2, equals - 2);
  const OptionSpec* option = find_option(command, name);
  if (option == nullptr) return;
  if (option->value.empty()) {
    throw Error(ErrorKind::kUsage, "--" + name + " takes no value");
  }
  if (equals + 1 == word.size()) check_value(*option, "");
}

// A known option where a value should stand means that the value was forgotten.
void refuse_option_as_value(const std::string& option, const std::string& value,
                            const Command* command) {
  if (!value.starts_with("--") || value.size() == 2) return;
  if (find_option(command, value.substr(2, value.find('=') - 2)) == nullptr) return;
  throw Error(ErrorKind::kUsage, option + " wants a value, and " + value + " is an option")
      .hint("a value that begins with -- is written behind the option's name: --name=VALUE");
}

}  // namespace

std::string option_display(const OptionSpec& option) {
  return option.name.empty() ? std::string("-") + option.letter : "--" + std::string(option.name);
}

bool looks_like_option(const std::string& word) {
  const bool relative = word.size() > 1 && word[1] >= '0' && word[1] <= '9';  // -1, -3:
  return word.size() > 1 && word.front() == '-' && !relative;
}

Error unknown_option(const std::string& word, const Command* command) {
  const std::string name = word.starts_with("--") ? word.substr(0, word.find('=')) : word;
  const std::string of =
      command == nullptr ? " before the command" : " of " + std::string(command->name);
  const std::string guess =
      word.starts_with("--") ? did_you_mean(name, long_names(command)) : std::string();
  Error error(ErrorKind::kUsage, "unknown option " + name + of + guess);
  return error.hint(command == nullptr
                        ? "a command's own options stand after it; see `ormdb --help`"
                        : "see `ormdb " + std::string(command->name) + " --help`");
}

std::size_t find_command_word(const std::vector<std::string>& words) {
  std::size_t at = 0;
  while (at < words.size() && words[at].size() > 1 && words[at].front() == '-') {
    if (words[at] == "--") return std::min(at + 1, words.size());
    at += takes_next_word(words[at], nullptr) ? 2 : 1;
  }
  return std::min(at, words.size());
}

Error unknown_command(const std::string& word) {
  std::vector<std::string> names;
  for (const Command& command : all_commands()) {
    if (!command.hidden) names.emplace_back(command.name);
  }
  return Error(ErrorKind::kUsage, "unknown command '" + word + "'" + did_you_mean(word, names))
      .hint("`ormdb --help` lists the commands");
}

void check_value(const OptionSpec& option, const std::string& value) {
  if (value.empty() && !option.may_be_empty) {
    throw Error(ErrorKind::kUsage,
                option_display(option) + " wants " + std::string(option.value) + ", got nothing");
  }
  const std::vector<std::string> choices = choices_of(option.value);
  if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end()) {
    throw Error(ErrorKind::kUsage, option_display(option) + " is one of " + join(choices, ", ") +
                                       ", not '" + value + "'" + did_you_mean(value, choices))
        .candidates(choices);
  }
}

void check_arguments(const Command& command, const OptionSet& options) {
  const std::vector<std::string>& words = options.arguments();
  const bool unlimited = !command.arguments.empty() && command.arguments.back().repeated;
  if (words.size() > command.arguments.size() && !unlimited) {
    throw Error(ErrorKind::kUsage, "unexpected argument '" + words[command.arguments.size()] + "'")
        .hint("usage: " + usage_line(command));
  }
  for (std::size_t i = 0; i < command.arguments.size(); ++i) {
    const ArgumentSpec& argument = command.arguments[i];
    if (i < words.size()) {
      const std::vector<std::string> choices = choices_of(argument.value);
      if (choices.empty() || std::find(choices.begin(), choices.end(), words[i]) != choices.end()) {
        continue;
      }
      throw Error(ErrorKind::kUsage, "'" + words[i] + "' is none of " + join(choices, ", ") +
                                         did_you_mean(words[i], choices))
          .candidates(choices);
    }
    if (argument.required) {
      throw Error(ErrorKind::kUsage,
                  std::string(command.name) + " wants " + std::string(argument.value))
          .hint("usage: " + usage_line(command));
    }
  }
}

void check_options(const std::vector<std::string>& words, const Command* command) {
  for (std::size_t at = 0; at < words.size() && words[at] != "--"; ++at) {
    if (!looks_like_option(words[at])) continue;
    check_assignment(words[at], command);
    if (!takes_next_word(words[at], command)) continue;
    if (++at == words.size()) throw Error(ErrorKind::kUsage, words.back() + " wants a value");
    refuse_option_as_value(words[at - 1], words[at], command);
  }
}

}  // namespace ormdb::cli
