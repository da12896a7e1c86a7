// The JSON documents of ormdb(1), as Nodes. Each holds the command's own entries; ok, command and
// database are put before them by document_head().
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/node.h"
#include "ormdb/error.h"
#include "ormdb/migrator.h"
#include "ormdb/revision.h"

namespace ormdb::cli {

/// {"ok", "command", "database"}; command null when none was given, no database entry when "".
Node document_head(bool ok, std::string_view command, std::string_view database);

/// kind and message, and what else is known of the error.
Node error_document(const Error& error);

/// Version-table rows, or nothing when the database was not asked: then is_current is null.
using KnownRows = std::optional<std::vector<std::string>>;

/// The keys that every command uses for a revision.
Node revision_document(const Revision& revision, const RevisionGraph& graph, const KnownRows& rows);
/// {"revisions": […]}
Node revisions_document(const std::vector<const Revision*>& revisions, const RevisionGraph& graph,
                        const KnownRows& rows);
/// A version-table row that no script has.
Node unknown_row_document(const std::string& row);

/// upgrade, downgrade: steps, rows_before, rows. stamp, ensure-version: without steps. "sql" with
/// `sql`.
Node run_document(const RunResult& result, bool with_steps, bool with_sql);

/// [{"add_column": {…}, "destructive": false}]
Node operations_document(const std::vector<Operation>& operations);
/// operations, file, behind, heads.
Node diff_document(const DiffResult& result);
/// diff_document, and whether it is clean with what else is not.
Node check_document(const DiffResult& result);
Node status_document(const StatusResult& result);

}  // namespace ormdb::cli
