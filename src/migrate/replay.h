// The schema that scripts make, without the user's database.
#pragma once

#include <string>
#include <vector>

#include "migrate/workspace.h"

namespace ormdb {

/// The schema after `operations`. Operations are applied in memory; where raw SQL makes that
/// impossible and the dialect is SQLite, they are run in an embedded memory database that holds
/// `before`. Throws kUnsupported with the operation's number otherwise, kScript when an operation
/// does not fit.
Schema replay(const Dialect& dialect, const std::vector<Operation>& operations, Schema before);

/// Advances `schema` by a section, with errors that name the revision, the operation and its line.
void replay_section(const Dialect& dialect, const Revision& revision, const LoadedScript& script,
                    Direction direction, Schema& schema);

/// The enums that upgrading an empty database to `rows` leaves: for an engine that keeps none.
std::vector<Enum> enums_of_history(Workspace& workspace, const std::vector<std::string>& rows,
                                   const std::vector<Operation>& done = {});

/// The schema after upgrading an empty database to `revisions` (ids of version-table rows).
Schema replay_history(Workspace& workspace, const std::vector<std::string>& rows);

}  // namespace ormdb
