// The directories that hold a project's scripts.
#pragma once

#include <string>
#include <vector>

#include "ormdb/revision.h"

namespace ormdb {

/// Reads the headers of every *.yaml, *.yml and *.sql file in `directories` (in that order, files
/// by name; names that begin with `.` or `#`, which editors make, are skipped, with all below such
/// directories). A missing directory is empty, one that is named twice is read once. Revision::file
/// is the directory's path joined with the file's. Throws kScript, kIo.
std::vector<Revision> scan_directories(const std::vector<std::string>& directories, bool recursive);

}  // namespace ormdb
