// import: the migrations of another tool as scripts.
#include "base/log.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/context.h"
#include "cli/document.h"
#include "cli/print.h"

namespace ormdb::cli {
namespace {

ProjectDatabase the_database(CommandContext& context) {
  std::vector<ProjectDatabase> databases = context.project().databases();
  if (databases.size() == 1) return std::move(databases.front());
  std::vector<std::string> names;
  for (const ProjectDatabase& each : databases) names.push_back(each.name);
  throw Error(ErrorKind::kUsage, "the project has several databases: which are the scripts for?")
      .candidates(names)
      .hint("say it with --database: " + join(names, ", "));
}

Node document_of(CommandContext& context, const ImportResult& imported) {
  std::vector<const Revision*> revisions;
  for (const Revision& revision : imported.revisions) {
    revisions.push_back(context.graph().find(revision.id));
  }
  Node document = revisions_document(revisions, context.graph(), std::nullopt);
  document.set("created", Node::strings(imported.created));
  document.set("warnings", Node::strings(imported.warnings));
  return document;
}

}  // namespace

Result run_import(CommandContext& context) {
  const OptionSet& options = context.options();
  ImportOptions import;
  if (options.has("alembic")) import.alembic = options.value("alembic");
  const ProjectDatabase database = the_database(context);
  if (database.error) throw *database.error;
  const ImportResult imported = import_project(*database.config, *database.database,
                                               options.argument(0), options.argument(1), import);
  for (const std::string& warning : imported.warnings) log_warning(printable(warning));
  Result result;
  if (context.json()) {
    result.document = document_of(context, imported);
    return result;
  }
  for (const std::string& path : imported.created) {
    result.notice += "created " + printable(path) + "\n";
  }
  result.notice += "imported " + counted(imported.created.size(), "revision") + "\n";
  return result;
}

}  // namespace ormdb::cli
