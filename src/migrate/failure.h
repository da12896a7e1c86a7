// What the error of a run says besides what went wrong: what of it was applied.
#pragma once

#include <string>
#include <vector>

#include "ormdb/error.h"
#include "ormdb/migrator.h"

namespace ormdb {

/// An operation that reads well but does not fit the live schema (kScript without a statement) is a
/// conflict: somebody changed the database. Other errors stay as they are.
Error as_drift(const Error& error);

/// The error whose hint begins with `what`, said of the step that failed: "nothing of this revision
/// was applied". Not for a lost connection, which leaves that open and says so.
Error with_applied(const Error& error, const std::string& what);

/// The error whose hint ends with the revisions that the same run applied before.
Error with_earlier(const Error& error, const std::vector<StepResult>& done);

}  // namespace ormdb
