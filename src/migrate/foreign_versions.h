// What the version tables of other migration tools say is applied.
#pragma once

#include <string>
#include <vector>

#include "migrate/workspace.h"

namespace ormdb {

/// Reads `table` ("name" or "schema.name") and returns the revisions to stamp, {"base"} for none.
/// Which tool's it is, its columns tell:
///   version_num                    Alembic: the rows are the heads
///   version_id, is_applied         goose: the last row of each version counts
///   installed_rank, version        Flyway: the last row of each version counts, and a baseline
///                                  stands for all versions up to it
///   version (and nothing else)     dbmate: one row each
/// Throws kConflict: no such table, a version that no script has (all are named), a failed Flyway
/// migration, a version that is not applied while a later one is. kUnsupported: other columns.
std::vector<std::string> stamped_elsewhere(Workspace& workspace, const std::string& table);

/// Throws kConflict when ormdb's own table already has rows, and others than `targets`.
void refuse_other_rows(const std::vector<std::string>& targets,
                       const std::vector<std::string>& rows, const std::string& table);

}  // namespace ormdb
