// New scripts: header, body, file.
#pragma once

#include <string>
#include <vector>

#include "migrate/decisions.h"
#include "migrate/workspace.h"
#include "ormdb/migrator.h"

namespace ormdb {

/// The header of a new script: id, parents (from the options' heads, --splice), dependencies,
/// labels.
Revision new_revision(Workspace& workspace, const MigrateOptions& options,
                      const std::vector<std::string>& parent_arguments,
                      const std::vector<std::string>& rows);

/// Renders the script, asserts that reading it back gives the same header and operations, and
/// writes the file (unless options.dry_run), then runs the after_write hooks. `before` is the
/// schema that the upgrade starts from (the SQL form needs it). Fills in file, text, revision and
/// warnings of `result`.
void write_script(Workspace& workspace, const MigrateOptions& options, Revision revision,
                  const TwoWays& ways, const Schema& before, DiffResult& result);

}  // namespace ormdb
