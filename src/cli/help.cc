#include "cli/help.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ormdb::cli {
namespace {

using HelpRow = std::pair<std::string, std::string>;
constexpr std::size_t kWidestLeft = 32;

// Two columns; a left side that is too wide has its help on the next line.
std::string rows_of(const std::vector<HelpRow>& rows) {
  std::size_t width = 0;
  for (const HelpRow& row : rows) {
    if (row.first.size() <= kWidestLeft) width = std::max(width, row.first.size());
  }
  std::string text;
  for (const HelpRow& row : rows) {
    text += "  " + row.first;
    if (row.first.size() > width) {
      text += "\n" + std::string(width + 4, ' ');
    } else {
      text += std::string(width + 2 - row.first.size(), ' ');
    }
    text += row.second + "\n";
  }
  return text;
}

std::string option_left(const OptionSpec& option) {
  std::string text = option.letter == 0 ? "    " : std::string("-") + option.letter;
  if (!option.name.empty()) {
    text += option.letter == 0 ? "" : ", ";
    text += "--" + std::string(option.name);
  }
  if (!option.value.empty()) text += " " + std::string(option.value);
  return text;
}

std::string options_section(const std::string& title, std::span<const OptionSpec> options,
                            const Style& style) {
  if (options.empty()) return "";
  std::vector<HelpRow> rows;
  for (const OptionSpec& option : options) {
    rows.emplace_back(option_left(option),
                      std::string(option.help) + (option.repeated ? " (repeatable)" : ""));
  }
  return "\n" + style(Paint::kBold, title) + "\n" + rows_of(rows);
}

}  // namespace

std::string usage_line(const Command& command) {
  std::string text = "ormdb " + std::string(command.name);
  if (!command.options.empty()) text += " [OPTIONS]";
  for (const ArgumentSpec& argument : command.arguments) {
    const std::string word = std::string(argument.value) + (argument.repeated ? "..." : "");
    text += argument.required ? " " + word : " [" + word + "]";
  }
  return text;
}

std::string program_help(const Style& style) {
  std::vector<HelpRow> rows;
  for (const Command& command : all_commands()) {
    if (!command.hidden) rows.emplace_back(command.name, command.help);
  }
  return style(Paint::kBold, "Usage:") + " ormdb [OPTIONS] COMMAND [ARGUMENTS]\n\n" +
         "Schema migrations. `ormdb COMMAND --help` describes a command.\n\n" +
         style(Paint::kBold, "Commands:") + "\n" + rows_of(rows) +
         options_section("Options, before or after the command:", global_options(), style);
}

std::string command_help(const Command& command, const Style& style) {
  std::string text = style(Paint::kBold, "Usage:") + " " + usage_line(command) + "\n\n" +
                     std::string(command.help) + "\n";
  std::vector<HelpRow> rows;
  for (const ArgumentSpec& argument : command.arguments) {
    rows.emplace_back(argument.value, argument.help);
  }
  if (!rows.empty()) text += "\n" + style(Paint::kBold, "Arguments:") + "\n" + rows_of(rows);
  return text + options_section("Options:", command.options, style) +
         options_section("Options of every command:", global_options(), style);
}

}  // namespace ormdb::cli
