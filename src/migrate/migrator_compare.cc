// migrate, merge, check, diff: what compares schemas and writes scripts.
#include <algorithm>
#include <future>

#include "base/file_system.h"
#include "base/text.h"
#include "dialect/sqlite/conversion.h"
#include "dialect/sqlite/types.h"
#include "migrate/autogenerate.h"
#include "migrate/merge_auto.h"
#include "migrate/migrator_impl.h"
#include "migrate/preflight.h"
#include "migrate/rehearsal.h"
#include "migrate/scope.h"
#include "migrate/script_writer.h"
#include "model/model_yaml.h"

namespace ormdb {

namespace {

Error behind(const std::vector<std::string>& pending) {
  return Error(ErrorKind::kConflict,
               "the database is behind: " + counted(pending.size(), "revision") +
                   " of the scripts " + (pending.size() == 1 ? "is" : "are") + " not applied")
      .where("database")
      .candidates(pending)
      .hint("run `ormdb upgrade heads` first, or compare with the scripts: --from-history");
}

// Asks the live database, whose schema is `schema`; a table without such a row is read once.
RowQuestions ask_database(Workspace& workspace, const Schema& schema) {
  const auto any_row = [&](const Table& table, const std::string& condition) {
    const Dialect& dialect = workspace.dialect();
    const std::string from = table.schema.empty() ? "" : dialect.quote(table.schema) + ".";
    const Rows rows = workspace.existing_connection()->query(
        "SELECT 1 FROM " + from + dialect.quote(table.name) + " WHERE " + condition + " LIMIT 1");
    return !rows.rows.empty();
  };
  RowQuestions ask;
  ask.has_nulls = [&, any_row](const std::string& name, const std::string& column) {
    const Table* table = schema.find_table(name);
    if (table == nullptr || workspace.existing_connection() == nullptr) return false;
    return any_row(*table, workspace.dialect().quote(column) + " IS NULL");
  };
  if (workspace.dialect().name() != "sqlite") return ask;
  ask.cannot_convert = [&, any_row](const std::string& name, const std::string& column,
                                    const Type& type) {
    const Table* table = schema.find_table(name);
    if (table == nullptr || workspace.existing_connection() == nullptr) return false;
    const bool strict = has_sqlite_flag(*table, "strict");
    const std::string misfits = misfits_sql(column, type, strict);
    const Column* now = table->find_column(column);
    // A value that does not fit the old type either is no worse off.
    const bool same = now != nullptr && misfits_sql(column, now->type, strict) == misfits;
    return !misfits.empty() && !same && any_row(*table, misfits);
  };
  return ask;
}

// With nothing to compare with, every object would seem to be one too many.
void refuse_without_models(const Workspace& workspace, const Comparison& compared) {
  const DatabaseConfig& database = workspace.database();
  if (!database.models.empty() || database.program_models) return;
  const std::vector<Operation> operations = differences(workspace, compared);
  if (operations.empty()) return;
  const std::string more =
      operations.size() == 1 ? "" : " and " + counted(operations.size() - 1, "more operation");
  throw Error(ErrorKind::kUsage,
              "there are no models to compare with, and without any the script would do this: " +
                  describe(operations.front()) + more)
      .at(display_path(workspace.config().file))
      .hint(
          "name them with `models: [models.yaml]`; where everything is to go, name a models file "
          "without tables");
}

struct Models {
  Schema schema;
  std::vector<GivenName> given;
};

Models read_models(const Workspace& workspace) {
  Models models;
  models.schema = in_scope(workspace.models(&models.given), workspace.config().filter, nullptr);
  return models;
}

// On a thread of its own: the models are read while the server answers.
std::future<Models> begin_models(const Workspace& workspace) {
  return std::async(std::launch::async, [&workspace] { return read_models(workspace); });
}

// What stands in the way of a change, in the models: "column 'p.n' cannot be dropped: check 'ck'
// uses it".
Error blamed_on_models(const Workspace& workspace, const Error& error, const Schema& models) {
  if (error.kind() != ErrorKind::kScript || !error.file().empty()) return error;
  Error told(ErrorKind::kModel, error.message());
  told.hint("correct the models; nothing was written");
  const auto names = [&](const std::string& name) {
    return !name.empty() && error.message().find("'" + name + "'") != std::string::npos;
  };
  for (const Table& table : models.tables) {
    if (error.message().find("'" + qualified_name(table) + ".") == std::string::npos) continue;
    std::vector<std::string> path = {"tables", qualified_name(table)};
    for (const Check& check : table.checks) {
      if (names(check.name)) path = {"tables", path[1], "constraints", check.name};
    }
    for (const Index& index : table.indexes) {
      if (names(index.name)) path = {"tables", path[1], "indexes", index.name};
    }
    const ModelLocation place = locate_in_models(workspace.database().models, path);
    if (!place.file.empty()) told.at(display_path(place.file), place.line, place.source_line);
  }
  return told;
}

// Options for the values that are needed where `options` decide all renames.
std::vector<std::string> needed_fills(const Workspace& workspace, const Comparison& compared,
                                      const MigrateOptions& options, const RowQuestions& ask) {
  try {
    const SchemaRules& rules = workspace.dialect().rules();
    const std::vector<Rename> decided = decide_renames(compared.from, compared.to, options, rules);
    generate(workspace, compared, decided, options, ask);
  } catch (const Error& error) {
    // Another error is told when the renames are decided.
    if (error.kind() == ErrorKind::kNeedsDecision) return error.candidates();
  }
  return {};
}

// decide_renames(), whose error names the values too that are needed then: all decisions at once.
std::vector<Rename> decide_all(const Workspace& workspace, const Comparison& compared,
                               const MigrateOptions& options, const RowQuestions& ask) {
  const SchemaRules& rules = workspace.dialect().rules();
  try {
    return decide_renames(compared.from, compared.to, options, rules);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kNeedsDecision) throw;
  }
  const std::vector<Rename> open = open_renames(compared.from, compared.to, options, rules);
  MigrateOptions with = options, without = options;
  for (const Rename& rename : open) {
    const bool taken = std::any_of(with.renames.begin(), with.renames.end(), [&](const Rename& r) {
      return r.table == rename.table && (r.from == rename.from || r.to == rename.to);
    });
    if (!taken) with.renames.push_back(rename);
    without.no_renames.push_back({rename.table, rename.from, ""});
  }
  throw open_renames_error(open, needed_fills(workspace, compared, with, ask),
                           needed_fills(workspace, compared, without, ask));
}

bool is_live(const std::string& what) {
  return what == "database" || what.find("://") != std::string::npos;
}

}  // namespace

bool DiffResult::clean() const {
  return operations.empty() && behind.empty() && heads.size() < 2 && edited.empty() &&
         missing.empty() && never_run.empty();
}

DiffResult Migrator::migrate(const MigrateOptions& options) {
  DiffResult result;
  const bool offline = options.from_history || !options.autogenerate;
  const std::vector<std::string> rows = offline ? std::vector<std::string>() : impl_->rows();
  Workspace& workspace = impl_->workspace;
  Schema before;
  TwoWays ways;
  if (options.autogenerate) {
    if (!offline) {
      const std::vector<std::string> pending = impl_->pending(rows);
      if (!pending.empty()) throw behind(pending);
    }
    std::future<Models> begun = begin_models(workspace);
    before = offline ? impl_->history_schema() : impl_->database_schema();
    Connection* connection = offline ? nullptr : workspace.existing_connection();
    const SchemaRules& rules = workspace.dialect().rules();
    Models models = begun.get();
    adopt_index_names(before, models.schema, models.given, rules);
    Comparison compared = comparison(workspace, connection, before, models.schema);
    result.warnings = hint_warnings(workspace, compared.from, compared.to);
    append(result.warnings, compared.notes);
    refuse_without_models(workspace, compared);
    const RowQuestions ask = offline ? RowQuestions() : ask_database(workspace, compared.from);
    const std::vector<Rename> decided = decide_all(workspace, compared, options, ask);
    if (!decided.empty()) {
      hint_renames(models.schema, decided, rules);
      adopt_index_names(before, models.schema, models.given, rules);
      compared = comparison(workspace, connection, before, std::move(models.schema));
    }
    try {
      ways = generate(workspace, compared, decided, options, ask);
    } catch (const Error& error) {
      throw blamed_on_models(workspace, error, compared.to);
    }
    if (!ways.upgrade.empty()) rehearse(workspace, before, ways.upgrade, result.warnings);
    result.operations = ways.upgrade;
    if (ways.upgrade.empty()) return result;
  }
  Revision revision = new_revision(workspace, options, options.heads, rows);
  write_script(workspace, options, std::move(revision), ways, before, result);
  workspace.forget_graph();
  return result;
}

DiffResult Migrator::merge(const std::vector<std::string>& revisions,
                           const MigrateOptions& options) {
  Workspace& workspace = impl_->workspace;
  std::vector<std::string> arguments = revisions;
  if (arguments.empty()) arguments = {"heads"};
  const bool live = std::find(arguments.begin(), arguments.end(), "current") != arguments.end();
  const std::vector<std::string> rows = live ? impl_->rows() : std::vector<std::string>();
  std::vector<std::string> parents;
  for (const std::string& argument : arguments) {
    for (const Revision* revision : workspace.graph().resolve(argument, rows)) {
      parents.push_back(revision->id);
    }
  }
  if (parents.size() < 2) {
    throw Error(ErrorKind::kUsage,
                parents.empty()
                    ? "there is nothing to merge: no revisions yet"
                    : "there is nothing to merge: " + parents.front() + " is the only head")
        .candidates(parents);
  }
  DiffResult result;
  Revision revision = new_revision(workspace, options, parents, rows);
  if (options.automatic) {
    require_commuting(workspace, parents, "ormdb merge " + join(parents, " "));
  }
  if (revision.message.empty()) revision.message = "merge " + join(parents, " and ");
  write_script(workspace, options, std::move(revision), {}, {}, result);
  workspace.forget_graph();
  return result;
}

DiffResult Migrator::check(const CheckOptions& options) {
  DiffResult result;
  Workspace& workspace = impl_->workspace;
  const std::vector<const Revision*> heads = workspace.graph().heads();
  if (heads.size() > 1) {
    for (const Revision* head : heads) result.heads.push_back(head->id);
  }
  Schema actual;
  std::vector<std::string>* left_out = options.unmanaged ? &result.unmanaged : nullptr;
  std::future<Models> begun = begin_models(workspace);
  if (options.from_history) {
    actual = impl_->history_schema();
  } else {
    std::vector<std::string> rows = impl_->rows();
    result.missing = impl_->take_unknown(rows);
    result.behind = impl_->pending(rows);
    result.out_of_order = impl_->out_of_order(rows);
    if (Connection* connection = workspace.existing_connection()) {
      result.edited = edited_revisions(workspace, impl_->log, *connection, rows);
      result.never_run = never_run(workspace.graph(), impl_->log.last_entries(*connection), rows);
    }
    actual = impl_->database_schema(left_out);
    if (options.unmanaged && workspace.existing_connection() != nullptr) {
      append(result.unmanaged, workspace.unmanaged(*workspace.existing_connection()));
    }
  }
  Models models = begun.get();
  adopt_index_names(actual, models.schema, models.given, workspace.dialect().rules());
  const Comparison compared =
      comparison(workspace, options.from_history ? nullptr : workspace.existing_connection(),
                 std::move(actual), std::move(models.schema));
  result.warnings = hint_warnings(workspace, compared.from, compared.to);
  append(result.warnings, compared.notes);
  result.operations = differences(workspace, compared);
  return result;
}

DiffResult Migrator::diff(const std::string& from, const std::string& to) {
  DiffResult result;
  Connection* connection =
      from == "database" || to == "database" ? impl_->workspace.existing_connection() : nullptr;
  Comparison compared;
  const auto read = [&](const std::string& what) {
    return what == "models" ? read_models(impl_->workspace) : Models{schema_of(what), {}};
  };
  Models first = read(from), second = read(to);
  const SchemaRules& rules = impl_->workspace.dialect().rules();
  adopt_index_names(second.schema, first.schema, first.given, rules);
  adopt_index_names(first.schema, second.schema, second.given, rules);
  // What the other side leaves open is taken from the database, which comes first for that.
  if (is_live(to) && !is_live(from)) {
    compared =
        comparison(impl_->workspace, connection, std::move(second.schema), std::move(first.schema));
    std::swap(compared.from, compared.to);
  } else {
    compared =
        comparison(impl_->workspace, connection, std::move(first.schema), std::move(second.schema));
  }
  result.warnings = compared.notes;
  result.operations = differences(impl_->workspace, compared);
  return result;
}

StatusResult Migrator::status() {
  StatusResult status;
  Workspace& workspace = impl_->workspace;
  std::vector<std::string> rows = impl_->rows();
  status.rows = rows;
  status.missing = impl_->take_unknown(rows);
  for (const Revision* revision : workspace.graph().ancestors(rows)) {
    status.applied.push_back(*revision);
  }
  for (const std::string& id : impl_->pending(rows)) {
    status.pending.push_back(*workspace.graph().find(id));
  }
  status.out_of_order = impl_->out_of_order(rows);
  Connection* connection = workspace.existing_connection();
  if (connection == nullptr) return status;
  status.edited = edited_revisions(workspace, impl_->log, *connection, rows);
  status.never_run = never_run(workspace.graph(), impl_->log.last_entries(*connection), rows);
  if (const auto half = impl_->log.unfinished(*connection)) {
    const auto done = std::count_if(half->parts.begin(), half->parts.end(),
                                    [](const UnfinishedStep::Part& part) { return part.finished; });
    status.half_applied = {half->revision, half->direction, static_cast<int>(done), half->total};
  }
  status.locked_by = workspace.dialect().run_lock_holder(workspace.url(), *connection);
  return status;
}

}  // namespace ormdb
