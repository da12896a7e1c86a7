#include "cli/completion.h"

#include <vector>

#include "base/text.h"
#include "cli/command.h"

namespace ormdb::cli {
namespace {

bool is_file(std::string_view value) { return value == "FILE"; }
bool is_directory(std::string_view value) { return value == "DIR"; }
bool is_revision(std::string_view value) { return value == "REV"; }
// --database; inspect's --schema NAME is free text.
bool is_database(const OptionSpec& option) { return option.name == "database"; }

std::vector<const Command*> visible_commands() {
  std::vector<const Command*> commands;
  for (const Command& command : all_commands()) {
    if (!command.hidden) commands.push_back(&command);
  }
  return commands;
}

std::string words_of(std::span<const OptionSpec> options) {
  std::vector<std::string> words;
  for (const OptionSpec& option : options) {
    if (option.letter != 0) words.push_back(std::string("-") + option.letter);
    if (!option.name.empty()) words.push_back("--" + std::string(option.name));
  }
  return join(words, " ");
}

// bash -----------------------------------------------------------------------------------------

// What bash offers for a value: an argument of compgen, or "".
std::string bash_action(std::string_view value) {
  if (is_file(value)) return "-f";
  if (is_directory(value)) return "-d";
  if (is_revision(value)) return "-W \"$(ormdb __complete revisions 2>/dev/null)\"";
  const std::vector<std::string> choices = choices_of(value);
  return choices.empty() ? "" : "-W \"" + join(choices, " ") + "\"";
}

std::string bash_option(const OptionSpec& option) {
  const std::string action = is_database(option)
                                 ? "-W \"$(ormdb __complete databases 2>/dev/null)\""
                                 : bash_action(option.value);
  std::vector<std::string> patterns;
  if (option.letter != 0) patterns.push_back(std::string("-") + option.letter);
  if (!option.name.empty()) patterns.push_back("--" + std::string(option.name));
  const std::string body =
      action.empty() ? "return" : "COMPREPLY=($(compgen " + action + " -- \"$cur\")); return";
  return join(patterns, "|") + ") " + body + ";;\n";
}

// The values of options: a case on the word before.
std::string bash_values(std::span<const OptionSpec> options, const std::string& indent) {
  std::string cases;
  for (const OptionSpec& option : options) {
    if (!option.value.empty()) cases += indent + "  " + bash_option(option);
  }
  return cases.empty() ? "" : indent + "case $prev in\n" + cases + indent + "esac\n";
}

std::string bash_command(const Command& command) {
  std::string text = "    " + std::string(command.name) + ")\n";
  text += bash_values(command.options, "      ");
  text += "      options=\"" + words_of(command.options) + "\"\n";
  if (!command.arguments.empty()) {
    const std::string action = bash_action(command.arguments.front().value);
    if (!action.empty()) text += "      words=($(compgen " + action + " -- \"$cur\"))\n";
  }
  return text + "      ;;\n";
}

// zsh ------------------------------------------------------------------------------------------

std::string zsh_escape(std::string_view text) {
  std::string result = replace_all(std::string(text), "'", "'\\''");
  result = replace_all(result, "[", "\\[");
  result = replace_all(result, "]", "\\]");
  return replace_all(result, ":", "\\:");
}

std::string zsh_action(std::string_view value) {
  if (is_file(value)) return "_files";
  if (is_directory(value)) return "_files -/";
  if (is_revision(value)) return "_ormdb_revisions";
  const std::vector<std::string> choices = choices_of(value);
  return choices.empty() ? " " : "(" + join(choices, " ") + ")";
}

std::string zsh_option(const OptionSpec& option) {
  std::string names =
      option.name.empty() ? std::string("-") + option.letter : "--" + std::string(option.name);
  std::string text = option.repeated ? "'*'" : "";
  if (option.letter != 0 && !option.name.empty()) {
    names = "{-" + std::string(1, option.letter) + "," + names + "}";
  }
  text += names + "'[" + zsh_escape(option.help) + "]";
  if (!option.value.empty()) {
    const std::string action = is_database(option) ? "_ormdb_databases" : zsh_action(option.value);
    text += ":" + zsh_escape(option.value) + ":" + action;
  }
  return text + "'";
}

std::string zsh_command(const Command& command) {
  std::string text = "    " + std::string(command.name) + ")\n      _arguments -s $globals";
  for (const OptionSpec& option : command.options) text += " \\\n        " + zsh_option(option);
  for (const ArgumentSpec& argument : command.arguments) {
    text += " \\\n        '" + std::string(argument.repeated ? "*" : "") +
            (argument.required || argument.repeated ? ":" : "::") + zsh_escape(argument.value) +
            ":" + zsh_action(argument.value) + "'";
  }
  return text + "\n      ;;\n";
}

// fish -----------------------------------------------------------------------------------------

std::string fish_quote(std::string_view text) {
  return "'" + replace_all(replace_all(std::string(text), "\\", "\\\\"), "'", "\\'") + "'";
}

// What fish offers for a value: options of complete, or "".
std::string fish_action(std::string_view value) {
  if (is_file(value)) return " -F";
  if (is_directory(value)) return " -a '(__fish_complete_directories)'";
  if (is_revision(value)) return " -a '(ormdb __complete revisions 2>/dev/null)'";
  const std::vector<std::string> choices = choices_of(value);
  return choices.empty() ? "" : " -a " + fish_quote(join(choices, " "));
}

std::string fish_option(const OptionSpec& option, const std::string& condition) {
  std::string text = "complete -c ormdb" + condition;
  if (option.letter != 0) text += std::string(" -s ") + option.letter;
  if (!option.name.empty()) text += " -l " + std::string(option.name);
  if (!option.value.empty()) {
    text += " -x";
    text += is_database(option) ? " -a '(ormdb __complete databases 2>/dev/null)'"
                                : fish_action(option.value);
  }
  return text + " -d " + fish_quote(option.help) + "\n";
}

}  // namespace

std::string bash_completion() {
  std::string names;
  std::string cases;
  for (const Command* command : visible_commands()) {
    names += (names.empty() ? "" : " ") + std::string(command->name);
    cases += bash_command(*command);
  }
  return "# bash completion for ormdb: eval \"$(ormdb completion bash)\"\n"
         "_ormdb() {\n"
         "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
         "  local commands=\"" +
         names +
         "\"\n"
         "  local globals=\"" +
         words_of(global_options()) +
         "\"\n"
         "  local command=\"\" options=\"\" word words=()\n"
         "  COMPREPLY=()\n" +
         bash_values(global_options(), "  ") +
         "  for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
         "    if [[ \" $commands \" == *\" $word \"* ]]; then command=$word; break; fi\n"
         "  done\n"
         "  case $command in\n"
         "    \"\") words=($(compgen -W \"$commands\" -- \"$cur\"));;\n" +
         cases +
         "  esac\n"
         "  if [[ $cur == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$globals $options\" -- \"$cur\"))\n"
         "  else\n"
         "    COMPREPLY=(\"${words[@]}\")\n"
         "  fi\n"
         "}\n"
         "complete -F _ormdb ormdb\n";
}

std::string zsh_completion() {
  std::string names;
  std::string cases;
  for (const Command* command : visible_commands()) {
    names += "    '" + std::string(command->name) + ":" + zsh_escape(command->help) + "'\n";
    cases += zsh_command(*command);
  }
  std::string globals;
  for (const OptionSpec& option : global_options()) globals += "    " + zsh_option(option) + "\n";
  return "#compdef ormdb\n"
         "# zsh completion for ormdb: eval \"$(ormdb completion zsh)\"\n"
         "_ormdb_revisions() {\n"
         "  compadd -- ${(f)\"$(ormdb __complete revisions 2>/dev/null)\"}\n"
         "}\n"
         "_ormdb_databases() {\n"
         "  compadd -- ${(f)\"$(ormdb __complete databases 2>/dev/null)\"}\n"
         "}\n"
         "_ormdb() {\n"
         "  local curcontext=$curcontext state line\n"
         "  typeset -A opt_args\n"
         "  local -a commands globals\n"
         "  commands=(\n" +
         names +
         "  )\n"
         "  globals=(\n" +
         globals +
         "  )\n"
         "  _arguments -C -s $globals '1:command:->command' '*::argument:->argument'\n"
         "  if [[ $state == command ]]; then\n"
         "    _describe command commands\n"
         "    return\n"
         "  fi\n"
         "  case $words[1] in\n" +
         cases +
         "  esac\n"
         "}\n"
         "compdef _ormdb ormdb\n";
}

std::string fish_completion() {
  std::string text =
      "# fish completion for ormdb: ormdb completion fish | source\n"
      "complete -c ormdb -f\n";
  for (const OptionSpec& option : global_options()) text += fish_option(option, "");
  for (const Command* command : visible_commands()) {
    const std::string name(command->name);
    text += "complete -c ormdb -n __fish_use_subcommand -a " + name + " -d " +
            fish_quote(command->help) + "\n";
    const std::string condition = " -n '__fish_seen_subcommand_from " + name + "'";
    for (const OptionSpec& option : command->options) text += fish_option(option, condition);
    if (command->arguments.empty()) continue;
    const std::string action = fish_action(command->arguments.front().value);
    if (!action.empty()) text += "complete -c ormdb" + condition + action + "\n";
  }
  return text;
}

}  // namespace ormdb::cli
