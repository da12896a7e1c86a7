// init and list-templates.
#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/file_system.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "ormdb/migrator.h"

namespace ormdb::cli {
namespace {

struct Template {
  const char* name;
  const char* help;
};
constexpr Template kTemplates[] = {
    {"generic", "one database"},
    {"multidb", "several databases, each with its own models and scripts"},
};

void add_new(std::vector<std::string>& paths, const std::vector<std::string>& more) {
  std::copy_if(more.begin(), more.end(), std::back_inserter(paths), [&](const std::string& path) {
    return std::find(paths.begin(), paths.end(), path) == paths.end();
  });
}

std::string made_text(const std::vector<std::string>& paths) {
  if (paths.empty()) return "nothing to make: all files are there\n";
  std::string text;
  for (const std::string& path : paths) text += "created " + path + "\n";
  return text;
}

// Files and directories that were just made, and directories above them that are empty now.
void take_back(const std::vector<std::string>& paths) {
  std::error_code ignored;
  for (const std::string& path : paths) {
    std::filesystem::path made(path);
    if (!made.has_filename()) made = made.parent_path();
    std::filesystem::remove(made, ignored);
    if (path.ends_with('/')) std::filesystem::remove(made.parent_path(), ignored);
  }
}

}  // namespace

Result run_init(CommandContext& context) {
  const OptionSet& options = context.options();
  const std::string directory = options.argument(0, ".");
  std::vector<std::string> created =
      init_project(directory, options.value("template", "generic"), context.project().url());
  if (options.has("from-database")) {
    const std::string file = path_join(directory, "ormdb.yaml");
    try {
      add_new(created, init_from_database(load_config(file, context.project().overrides())));
    } catch (const Error&) {
      take_back(created);
      throw;
    }
  }
  Result result;
  if (context.json()) {
    result.document = Node::map({{"created", Node::strings(created)}});
  } else {
    result.notice = made_text(created);
  }
  return result;
}

Result run_list_templates(CommandContext& context) {
  Result result;
  std::vector<std::string> names;
  for (const Template& each : kTemplates) {
    names.emplace_back(each.name);
    result.text += std::string(each.name) + " - " + each.help + "\n";
  }
  if (context.json()) result.document = Node::map({{"templates", Node::strings(names)}});
  return result;
}

}  // namespace ormdb::cli
