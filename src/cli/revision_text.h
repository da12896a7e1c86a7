// Revisions for the commands that show them: what an argument means, and which rows are known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/context.h"
#include "cli/document.h"

namespace ormdb::cli {

/// Whether the meaning of a revision argument (or a range A:B) depends on what is applied.
bool needs_rows(std::string_view argument);

/// graph().resolve(); the database is asked only when the argument needs it.
std::vector<const Revision*> resolve_argument(CommandContext& context, const std::string& argument);

/// For is_current: the rows, or nothing when the database cannot be asked; these commands work
/// without one.
KnownRows known_rows(CommandContext& context);

}  // namespace ormdb::cli
