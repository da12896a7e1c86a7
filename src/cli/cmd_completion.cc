// completion, and the hidden __complete that its scripts call.
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/context.h"

namespace ormdb::cli {
namespace {

void add_line(std::string& text, std::string_view line) { text.append(line).append("\n"); }

std::string revision_words(Project& project) {
  std::string text;
  for (const std::string_view word : {"head", "heads", "base", "current"}) add_line(text, word);
  for (const ProjectDatabase& database : project.databases()) {
    if (database.error) continue;
    Migrator migrator(*database.config, *database.database);
    for (const Revision* revision : migrator.graph().all()) {
      add_line(text, revision->id);
      for (const std::string& label : revision->branch_labels) add_line(text, label);
    }
  }
  return text;
}

Result text_result(const CommandContext& context, std::string text) {
  Result result;
  if (context.json()) {
    result.document = Node::map({{"text", text}});
  } else {
    result.text = std::move(text);
  }
  return result;
}

}  // namespace

Result run_completion(CommandContext& context) {
  const std::string shell = context.options().argument(0);
  if (shell == "bash") return text_result(context, bash_completion());
  if (shell == "zsh") return text_result(context, zsh_completion());
  return text_result(context, fish_completion());
}

Result run_complete(CommandContext& context) {
  Project& project = context.project();
  if (context.options().argument(0) == "revisions") {
    return text_result(context, revision_words(project));
  }
  std::string text;
  for (const ProjectDatabase& database : project.databases()) {
    add_line(text, database.name);
  }
  return text_result(context, text);
}

}  // namespace ormdb::cli
