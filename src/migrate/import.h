// Projects of other migration tools, read as scripts: what import_project writes.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/process.h"
#include "ormdb/migrator.h"
#include "script/script.h"

namespace ormdb {

/// Revision::file and line are where it stands in the other tool's project.
struct ImportedScript {
  Revision revision;
  SqlSectionText upgrade;
  std::optional<SqlSectionText> downgrade;  ///< Empty: the tool knows no way back.
};

struct ImportedProject {
  std::vector<ImportedScript> scripts;  ///< In no order; the revisions tell.
  std::vector<std::string> warnings;
};

/// Each looks in `directory` itself, then in the tool's usual places below it. `dialect` is that of
/// the database the scripts are for.
ImportedProject read_alembic(const std::string& directory, std::string_view dialect,
                             const ImportOptions& options);
ImportedProject read_dbmate(const std::string& directory, std::string_view dialect);
ImportedProject read_goose(const std::string& directory, std::string_view dialect);
ImportedProject read_flyway(const std::string& directory, std::string_view dialect);

/// The first of the places `below` `directory` (".": itself) that has a file `wanted` admits.
/// Throws kIo naming all that were looked at.
std::string directory_with(const std::string& directory, const std::vector<std::string>& below,
                           bool recursive, const std::function<bool(const std::string&)>& wanted);

/// Chains the scripts in the order of their versions (the ids). Throws kDuplicateRevision when two
/// have the same one.
void chain_by_version(std::vector<ImportedScript>& scripts);

// An Alembic project.

/// A revision file's header, from the assignments at its module level and its docstring. Throws
/// kScript (no `revision`, not a revision file) and kUnsupported (a value that is no literal).
Revision read_alembic_file(const Source& source);

/// What Alembic says its revisions do.
struct AlembicBodies {
  std::map<std::string, SqlSectionText> upgrade;
  std::map<std::string, SqlSectionText> downgrade;
  std::vector<std::string> warnings;
};

/// Runs the alembic command with these arguments.
using RunAlembic = std::function<CommandOutput(const std::string& arguments)>;

/// Asks Alembic for the SQL of every revision (`upgrade --sql`, `downgrade --sql`): of all in one
/// run where it can, and again behind each revision that it cannot render without a database, which
/// becomes unavailable with Alembic's words.
AlembicBodies render_alembic(const RevisionGraph& graph, std::string_view dialect,
                             const RunAlembic& run);

}  // namespace ormdb
