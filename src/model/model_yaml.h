// models.yaml: one file, several, or directories of them, as one validated Schema.
#pragma once

#include <string>
#include <vector>

#include "ormdb/schema.h"
#include "schema/validate.h"

namespace ormdb {

/// Reads all `paths` (files, or directories whose *.yaml and *.yml are read in the order of their
/// names) and merges them, in that order. Errors: kModel at file:line with the source line (also
/// when two places declare the same table, view or enum: it names both); kIo for a missing or
/// unreadable file; kUnsupported for a shared library. The first problem is thrown; when validate()
/// found more, its hint counts them.
Schema load_models(const std::vector<std::string>& paths, const ValidateOptions& options);

/// The same beside models that the program has, which come first.
Schema load_models(const Schema& program, const std::vector<std::string>& paths,
                   const ValidateOptions& options);

/// A line of the models; file "" when there is none.
struct ModelLocation {
  std::string file;
  int line = 0;
  std::string source_line;
};

/// Where valid models declare what a SchemaProblem's path names.
ModelLocation locate_in_models(const std::vector<std::string>& paths,
                               const std::vector<std::string>& path);

/// The text of a models file for a schema. load_models(render_models(x)) is x.
std::string render_models(const Schema& schema);

}  // namespace ormdb
