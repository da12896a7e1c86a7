// Models against a schema: the operations that make one of the other.
#pragma once

#include <string>
#include <vector>

#include "migrate/decisions.h"
#include "migrate/workspace.h"
#include "ormdb/migrator.h"

namespace ormdb {

/// `from` and `to` as they are compared: what means the same in both is spelled the same, with the
/// server's help where there is a connection (nullptr: none).
struct Comparison {
  Schema from;
  Schema to;
  std::vector<std::string> notes;  ///< "the server is read-only, so …"
};
Comparison comparison(const Workspace& workspace, Connection* connection, Schema from, Schema to);

/// An index without a name in the models is the one of `existing` on its table that says the same,
/// whatever that is called: it takes its name. `given` are those that the naming convention named.
void adopt_index_names(const Schema& existing, Schema& models, const std::vector<GivenName>& given,
                       const SchemaRules& rules);

/// Writes decisions into models as hints (renamed_from), so that a comparison knows what a renamed
/// table was: what it leaves open is taken from the one that it was.
void hint_renames(Schema& models, const std::vector<Rename>& decided, const SchemaRules& rules);

/// What `check` reports: hints are followed, nothing is asked.
std::vector<Operation> differences(const Workspace& workspace, const Comparison& compared);

/// What `migrate` writes: with all decisions made (`decided` by decide_renames()), and proven:
/// applied to `from` in memory it gives `to`, and the way back gives `from`. `ask` is asked by
/// the names of `from`. Throws needs_decision; kUnsupported for columns that are renamed_from
/// each other; kInternal when the proof fails.
TwoWays generate(const Workspace& workspace, const Comparison& compared,
                 const std::vector<Rename>& decided, const MigrateOptions& options,
                 const RowQuestions& ask = {});

/// Warnings about renamed_from hints that have no effect.
std::vector<std::string> hint_warnings(const Workspace& workspace, const Schema& from,
                                       const Schema& to);

}  // namespace ormdb
