// What stands against a run, looked at before anything is changed.
#pragma once

#include <string>
#include <vector>

#include "migrate/run_log.h"
#include "migrate/version_store.h"
#include "migrate/workspace.h"
#include "ormdb/migrator.h"

namespace ormdb {

/// Ids of applied revisions whose upgrade section is no longer what was applied here. Stamped
/// revisions have no checksum and are not compared.
std::vector<std::string> edited_revisions(Workspace& workspace, const RunLog& log,
                                          Connection& connection,
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

/// The command that goes on with a half-applied step.
std::string resume_command(const UnfinishedStep& half);

/// Throws kUsage when --step-done or --step-redo names another statement than the open one of the
/// half-applied step, which has `parts` of them. Those before it are done, and those after it have
/// not been tried.
void refuse_wrong_statement(const std::optional<UnfinishedStep>& half, int parts,
                            const RunOptions& options);

/// Throws kConflict when a half-applied step is not one that this plan goes on with.
void refuse_half_applied(const std::optional<UnfinishedStep>& half, const Plan& plan);

}  // namespace ormdb
