// Steps that stopped half-way: which of their parts are done, and what may be done about them.
#pragma once

#include <optional>
#include <string>

#include "migrate/run_log.h"
#include "migrate/section.h"
#include "ormdb/migrator.h"

namespace ormdb {

/// The command that goes on with a half-applied step.
std::string resume_command(const UnfinishedStep& half);

/// Throws kConflict when a half-applied step is not one that this plan goes on with.
void refuse_half_applied(const std::optional<UnfinishedStep>& half, const Plan& plan);

/// Throws kUsage when --step-done or --step-redo names another statement than the open one of the
/// half-applied step, which has `parts` of them. Those before it are done, and those after it have
/// not been tried.
void refuse_wrong_statement(const std::optional<UnfinishedStep>& half, int parts,
                            const RunOptions& options);

/// Throws kConflict when an applied part is none of the script's any more: it would be forgotten.
void refuse_removed_parts(const std::optional<UnfinishedStep>& half, std::size_t parts,
                          const Revision& revision, const LoadedScript& script);

/// What became of part `number` (from 1), as the log and the user's word have it.
enum class PartState {
  kOpen,     ///< To be run: not started, it failed, or --step-redo.
  kDone,     ///< As the log says.
  kSaid,     ///< --step-done; the log does not say so.
  kUnknown,  ///< Started, and the run ended before it was recorded.
};
/// Throws kConflict when it is done and was edited since.
PartState part_state(const UnfinishedStep& half, const SectionPart& part, std::size_t number,
                     const RunOptions& options, const Revision& revision,
                     const LoadedScript& script);

/// What is to be told of a part in state kUnknown where the database cannot be asked.
Error unknown_outcome(const UnfinishedStep& half, std::size_t number);

}  // namespace ormdb
