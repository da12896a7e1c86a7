// The functions behind the rows of kCommands; each is defined in its cmd_*.cc.
#pragma once

#include "cli/command.h"

namespace ormdb::cli {

Result run_init(CommandContext& context);
Result run_list_templates(CommandContext& context);
Result run_migrate(CommandContext& context);
Result run_revision(CommandContext& context);
Result run_merge(CommandContext& context);
Result run_edit(CommandContext& context);
Result run_upgrade(CommandContext& context);
Result run_downgrade(CommandContext& context);
Result run_stamp(CommandContext& context);
Result run_ensure_version(CommandContext& context);
Result run_current(CommandContext& context);
Result run_status(CommandContext& context);
Result run_history(CommandContext& context);
Result run_heads(CommandContext& context);
Result run_branches(CommandContext& context);
Result run_show(CommandContext& context);
Result run_check(CommandContext& context);
Result run_diff(CommandContext& context);
Result run_inspect(CommandContext& context);
Result run_import(CommandContext& context);
Result run_create_db(CommandContext& context);
Result run_drop_db(CommandContext& context);
Result run_completion(CommandContext& context);
Result run_complete(CommandContext& context);

}  // namespace ormdb::cli
