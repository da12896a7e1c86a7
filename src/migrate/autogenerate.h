// Models against a schema: the operations that make one of the other.
#pragma once

#include <string>
#include <vector>

#include "migrate/decisions.h"
#include "migrate/workspace.h"
#include "ormdb/migrator.h"

namespace ormdb {

/// What `check` reports: hints are followed, nothing is asked.
std::vector<Operation> differences(const Workspace& workspace, const Schema& from, Schema to);

/// What `migrate` writes: with all decisions made, and proven: applied to `from` in memory it gives
/// `to`, and the way back gives `from`. Throws needs_decision; kInternal when the proof fails.
TwoWays generate(const Workspace& workspace, const Schema& from, Schema to,
                 const MigrateOptions& options);

/// Warnings about renamed_from hints that have no effect.
std::vector<std::string> hint_warnings(const Workspace& workspace, const Schema& from,
                                       const Schema& to);

}  // namespace ormdb
