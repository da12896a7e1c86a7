// What `migrate` is about to write, run once before it is written.
#pragma once

#include <string>
#include <vector>

#include "migrate/workspace.h"

namespace ormdb {

/// On SQLite, runs the operations in a memory database that holds `before` and no rows, and has the
/// views and triggers that they make compiled: the SQL in models is text until then. Throws kModel
/// with the place in the models; what depends on rows, on modules or functions of the application
/// or on objects outside the configuration's scope is not judged. A script that cannot be compiled
/// as a whole is a warning. Does nothing for large schemas, where it would
/// take its time. On PostgreSQL the operations are only compiled: throws kUnsupported for what
/// there is no statement for.
void rehearse(Workspace& workspace, const Schema& before, const std::vector<Operation>& operations,
              std::vector<std::string>& warnings);

}  // namespace ormdb
