#include "cli/hint.h"

#include <algorithm>

#include "base/process.h"
#include "base/text.h"
#include "ormdb/connection.h"

namespace ormdb::cli {
namespace {

// What such a variable holds is not printed.
bool is_secret(const std::string& assignment) {
  const std::string key = to_lower(assignment.substr(0, assignment.find('=')));
  const auto has = [&](std::string_view part) { return key.find(part) != std::string::npos; };
  return has("pass") || has("secret") || has("token");
}

std::string shown_value(const OptionSpec& option, const std::string& value) {
  if (option.name == "url") return masked(parse_url(value));
  if (option.key() == "x" && is_secret(value)) return value.substr(0, value.find('=')) + "=***";
  return value;
}

std::string word(const std::string& text) {
  const bool plain =
      !text.empty() && text.find_first_of(" \t\n'\"$`\\*?;&|<>()#~[]{}!") == std::string::npos;
  return plain ? text : shell_quoted(text);
}

void add_options(std::span<const OptionSpec> specs, const OptionSet& given, std::string& text) {
  // How the output looks is no part of the command.
  constexpr std::string_view kLooks[] = {"json", "quiet", "verbose", "color", "wait"};
  for (const OptionSpec& option : specs) {
    const bool looks =
        std::find(std::begin(kLooks), std::end(kLooks), option.key()) != std::end(kLooks);
    if (!given.has(option.key()) || looks) continue;
    const std::string name =
        option.letter != 0 ? std::string("-") + option.letter : "--" + std::string(option.name);
    if (option.value.empty()) text += " " + name;
    for (const std::string& value : given.values(option.key())) {
      text += " " + name + " " + word(shown_value(option, value));
    }
  }
}

bool takes(const Command& command, std::string_view name) {
  return std::any_of(command.options.begin(), command.options.end(),
                     [&](const OptionSpec& option) { return option.name == name; });
}

}  // namespace

Error with_fitting_hint(Error error, const Command& command, const OptionSet& options) {
  std::string hint = error.hint();
  if (error.kind() == ErrorKind::kNeedsDecision && takes(command, "fill")) {
    std::string line = "ormdb " + std::string(command.name);
    add_options(global_options(), options, line);
    add_options(command.options, options, line);
    hint = replace_all(hint, "ormdb migrate", line);
  }
  if (!takes(command, "run-lock-timeout")) {
    hint = replace_all(hint, "with --run-lock-timeout", "with run_lock_timeout in ormdb.yaml");
    hint = replace_all(hint, "with --lock-timeout", "with lock_timeout in ormdb.yaml");
    hint = replace_all(hint, " (--statement-timeout)", " in ormdb.yaml");
  }
  return error.hint(std::move(hint));
}

}  // namespace ormdb::cli
