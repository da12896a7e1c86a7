// create-db and drop-db.
#include "cli/commands.h"
#include "cli/context.h"

namespace ormdb::cli {

Result run_create_db(CommandContext& context) {
  Migrator& migrator = context.migrator();
  Result result;
  result.document = Node::map();
  const bool there = migrator.database_exists();
  if (!there) migrator.create_database();
  result.notice = (there ? "exists already: " : "created ") + migrator.masked_url() + "\n";
  return result;
}

Result run_drop_db(CommandContext& context) {
  Migrator& migrator = context.migrator();
  const std::string url = migrator.masked_url();
  Result result;
  result.document = Node::map();
  if (!migrator.database_exists()) {
    result.notice = "nothing to drop: there is no " + url + "\n";
    return result;
  }
  if (!context.options().has("yes")) {
    const bool sure =
        context.may_ask() && context.confirm("Drop " + url + " and all that is in it?");
    if (!sure) {
      throw Error(ErrorKind::kNeedsDecision, "not dropped: " + url).hint("ormdb drop-db --yes");
    }
  }
  migrator.drop_database();
  result.notice = "dropped " + url + "\n";
  return result;
}

}  // namespace ormdb::cli
