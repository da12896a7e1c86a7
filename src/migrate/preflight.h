// What stands against a run, looked at before anything is changed.
#pragma once

#include <string>
#include <vector>

#include "migrate/run_log.h"
#include "migrate/version_store.h"
#include "migrate/workspace.h"

namespace ormdb {

/// Ids of applied revisions whose upgrade section is no longer what was applied here. Stamped
/// revisions have no checksum and are not compared.
std::vector<std::string> edited_revisions(Workspace& workspace, const RunLog& log,
                                          Connection& connection,
                                          const std::vector<std::string>& rows);

/// Ids, parents first, of revisions that count as applied because one that follows is, and that the
/// log knows never ran here: it has what stands before them and a run of what stands behind them,
/// but not them. Nobody is accused where the log may not know: without an entry before (an adopted
/// database), when stamped, and where it has revisions in between that no script has any more.
std::vector<std::string> never_run(const RevisionGraph& graph,
                                   const std::map<std::string, RunLog::LastEntry>& entries,
                                   const std::vector<std::string>& rows);
/// What to tell and what to do about them; `rows` are the version table's.
std::string never_run_warning(const std::vector<std::string>& ids,
                              const std::vector<std::string>& rows);

/// Throws kConflict naming the edited scripts.
void refuse_edited(const std::vector<std::string>& edited, const RevisionGraph& graph);

/// Throws kConflict when the database has tables but no version table and the plan starts at base:
/// it was not made by these scripts.
void refuse_unversioned(Workspace& workspace, Connection& connection, const VersionStore& store,
                        const Plan& plan);

/// Throws kUnsupported when a step of the plan has a section marked as unavailable, so that the
/// steps before it are not run either.
void refuse_unavailable(const Workspace& workspace, const Plan& plan);

}  // namespace ormdb
