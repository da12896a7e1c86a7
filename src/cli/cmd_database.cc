// create-db and drop-db.
#include "cli/commands.h"
#include "cli/context.h"

namespace ormdb::cli {

Result run_create_db(CommandContext& context) {
  Migrator& migrator = context.migrator();
  migrator.create_database();
  Result result;
  result.document = Node::map();
  if (!context.json()) result.notice = "created " + migrator.masked_url() + "\n";
  return result;
}

Result run_drop_db(CommandContext& context) {
  Migrator& migrator = context.migrator();
  const std::string url = migrator.masked_url();
  if (!context.options().has("yes")) {
    const bool sure =
        context.may_ask() && context.confirm("Drop " + url + " and all that is in it?");
    if (!sure) {
      throw Error(ErrorKind::kNeedsDecision, "not dropped: " + url).hint("ormdb drop-db --yes");
    }
  }
  migrator.drop_database();
  Result result;
  result.document = Node::map();
  if (!context.json()) result.notice = "dropped " + url + "\n";
  return result;
}

}  // namespace ormdb::cli
