#include "ormdb/migrator.h"

#include <algorithm>
#include <set>
#include <thread>

#include "base/clock.h"
#include "base/config_text.h"
#include "base/file_system.h"
#include "base/text.h"
#include "db/iso_time.h"
#include "migrate/executor.h"
#include "migrate/migrator_impl.h"
#include "migrate/offline.h"
#include "migrate/replay.h"
#include "migrate/scope.h"
#include "model/model_yaml.h"

namespace ormdb {

namespace {

std::vector<std::string> names_of(const Schema& schema) {
  std::vector<std::string> names;
  for (const Table& table : schema.tables) names.push_back(qualified_name(table));
  for (const VirtualTable& table : schema.virtual_tables) names.push_back(table.name);
  for (const View& view : schema.views) names.push_back(qualified_name(view));
  return names;
}

// A glob also fits the last part of a qualified name.
bool fits(const std::string& glob, const std::string& name) {
  return glob_match(glob, name) || glob_match(glob, name.substr(name.rfind('.') + 1));
}

bool wanted(const std::string& name, const std::vector<std::string>& globs) {
  return globs.empty() || std::any_of(globs.begin(), globs.end(),
                                      [&](const std::string& glob) { return fits(glob, name); });
}

// The name of the schema whose objects stand without one.
std::string default_schema_of(const Dialect& dialect, Connection& connection) {
  if (dialect.name() != "postgresql") return "";
  return connection.query("SELECT current_schema()").text(0, 0);
}

// A glob without a match is a slip of the pen more often than not.
void require_matches(const std::string& option, const std::vector<std::string>& globs,
                     std::vector<std::string> names, const std::string& url) {
  for (const std::string& glob : globs) {
    if (std::any_of(names.begin(), names.end(),
                    [&](const std::string& name) { return fits(glob, name); })) {
      continue;
    }
    const bool table = option == "table";
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    throw Error(ErrorKind::kConfig, "--" + option + " " + glob + " fits no " +
                                        (table ? "table or view" : "schema") + " of " + url +
                                        did_you_mean(glob, names))
        .where("argument")
        .candidates(names)
        .hint(names.empty() ? "the database is empty" : "a glob like 'user*' fits several");
  }
}

}  // namespace

std::vector<std::string> Migrator::Impl::rows() {
  Connection* connection = workspace.existing_connection();
  return connection != nullptr ? store.rows(*connection) : std::vector<std::string>();
}

Schema Migrator::Impl::database_schema(std::vector<std::string>* left_out) {
  Connection* connection = workspace.existing_connection();
  if (connection == nullptr) return {};
  return in_scope(workspace.introspect(*connection), workspace.config().filter, left_out);
}

Schema Migrator::Impl::model_schema() {
  return in_scope(workspace.models(), workspace.config().filter, nullptr);
}

Schema Migrator::Impl::history_schema() {
  std::vector<std::string> heads;
  for (const Revision* head : workspace.graph().heads()) heads.push_back(head->id);
  return in_scope(replay_history(workspace, heads), workspace.config().filter, nullptr);
}

std::vector<std::string> Migrator::Impl::pending(const std::vector<std::string>& rows) {
  std::vector<std::string> ids;
  for (const PlanStep& step : workspace.graph().plan_upgrade("heads", rows).steps) {
    ids.push_back(step.revision->id);
  }
  return ids;
}

std::vector<std::string> Migrator::Impl::take_unknown(std::vector<std::string>& rows) {
  std::vector<std::string> unknown;
  const auto missing = [&](const std::string& id) {
    if (workspace.graph().find(id) != nullptr) return false;
    unknown.push_back(id);
    return true;
  };
  rows.erase(std::remove_if(rows.begin(), rows.end(), missing), rows.end());
  return unknown;
}

// The instants are compared: the texts may be in different zones.
std::vector<std::string> Migrator::Impl::out_of_order(const std::vector<std::string>& rows) {
  const auto created = [](const Revision& revision) {
    std::int64_t instant = 0;
    const bool read = read_timestamp(revision.created, instant);
    return read ? std::optional(instant) : std::nullopt;
  };
  std::optional<std::int64_t> newest;
  for (const Revision* applied : workspace.graph().ancestors(rows)) {
    newest = std::max(newest, created(*applied));
  }
  std::vector<std::string> ids;
  for (const std::string& id : pending(rows)) {
    const std::optional<std::int64_t> instant = created(*workspace.graph().find(id));
    if (instant && instant < newest) ids.push_back(id);
  }
  return ids;
}

Migrator::Migrator(const Config& config, const DatabaseConfig& database)
    : impl_(std::make_unique<Impl>(config, database)) {}
Migrator::~Migrator() = default;

const std::string& Migrator::database_name() const { return impl_->workspace.database().name; }
std::string Migrator::masked_url() const { return masked(impl_->workspace.url()); }
std::string_view Migrator::dialect() const { return impl_->workspace.dialect().name(); }
const RevisionGraph& Migrator::graph() { return impl_->workspace.graph(); }
std::vector<std::string> Migrator::rows() { return impl_->rows(); }

void Migrator::wait_for_server(double seconds) {
  const double end = steady_milliseconds() + seconds * 1000;
  while (true) {
    try {
      impl_->workspace.existing_connection();
      return;
    } catch (const Error& error) {
      const bool refused = error.sqlstate().starts_with("28");  // a wrong password stays wrong
      const bool starting = error.kind() == ErrorKind::kDatabase && !refused;
      if (!starting || steady_milliseconds() >= end) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

RunResult Migrator::upgrade(const RunOptions& options) {
  if (options.plan) return OfflineRun(impl_->workspace, options).plan(Direction::kUpgrade);
  if (options.sql) return OfflineRun(impl_->workspace, options).sql(Direction::kUpgrade);
  return Executor(impl_->workspace, options).run(Direction::kUpgrade);
}

RunResult Migrator::downgrade(const RunOptions& options) {
  if (options.plan) return OfflineRun(impl_->workspace, options).plan(Direction::kDowngrade);
  if (options.sql) return OfflineRun(impl_->workspace, options).sql(Direction::kDowngrade);
  return Executor(impl_->workspace, options).run(Direction::kDowngrade);
}

Schema Migrator::inspect(const InspectOptions& options) {
  Workspace& workspace = impl_->workspace;
  Connection* connection = workspace.existing_connection();
  if (connection == nullptr) {
    throw Error(ErrorKind::kDatabase, "there is no database " + masked_url())
        .where("database")
        .hint("look at `database:` in ormdb.yaml, or make it with `ormdb create-db`");
  }
  Schema schema = in_scope(workspace.introspect(*connection), workspace.config().filter, nullptr);
  const std::string default_schema = default_schema_of(workspace.dialect(), *connection);
  const auto schema_name = [&](const std::string& name) {
    return name.empty() ? default_schema : name;
  };
  std::vector<std::string> schemas;
  for (const Table& table : schema.tables) schemas.push_back(schema_name(table.schema));
  for (const View& view : schema.views) schemas.push_back(schema_name(view.schema));
  require_matches("schema", options.schemas, std::move(schemas), masked_url());
  require_matches("table", options.tables, names_of(schema), masked_url());
  std::erase_if(schema.tables, [&](const Table& table) {
    return !wanted(qualified_name(table), options.tables) ||
           !wanted(schema_name(table.schema), options.schemas);
  });
  const auto is_out = [&](const std::string& qualified) {
    const std::size_t dot = qualified.rfind('.');
    return !wanted(qualified, options.tables) ||
           !wanted(schema_name(dot == qualified.npos ? "" : qualified.substr(0, dot)),
                   options.schemas);
  };
  std::erase_if(schema.virtual_tables,
                [&](const VirtualTable& table) { return is_out(table.name); });
  std::erase_if(schema.views, [&](const View& view) { return is_out(qualified_name(view)); });
  std::erase_if(schema.triggers, [&](const Trigger& trigger) { return is_out(trigger.table); });
  std::erase_if(schema.enums, [&](const Enum& value) {
    return !wanted(schema_name(value.schema), options.schemas);
  });
  std::erase_if(schema.objects, [&](const DatabaseObject& object) {
    if (!object.table.empty()) return is_out(object.table);
    if (object.kind == "event_trigger" || object.kind == "event") {
      return !options.tables.empty() || !options.schemas.empty();
    }
    const std::string& place = object.kind == "schema" ? object.name : object.schema;
    return !wanted(schema_name(place), options.schemas);
  });
  return schema;
}

std::vector<std::string> Migrator::unmanaged() {
  Connection* connection = impl_->workspace.existing_connection();
  return connection == nullptr ? std::vector<std::string>()
                               : impl_->workspace.unmanaged(*connection);
}

Schema Migrator::schema_of(const std::string& what) {
  Workspace& workspace = impl_->workspace;
  if (what == "models") return impl_->model_schema();
  if (what == "database") return impl_->database_schema();
  // A mistyped URL too: what reads URLs never shows their passwords.
  if (what.find(":/") != std::string::npos) {
    const Url url = parse_url(url_in_directory(what, workspace.config().directory));
    const Dialect& dialect = dialect_for(url.dialect);
    if (!dialect.database_exists(url)) {
      throw Error(ErrorKind::kDatabase, "there is no database " + masked(url)).where("argument");
    }
    ConnectOptions connect = workspace.connect_options();
    connect.create = false;
    return workspace.introspect(*dialect.connect(url, connect));
  }
  if (file_exists(what) || directory_exists(what) || what.ends_with(".yaml")) {
    DatabaseConfig database = workspace.database();
    database.models = {what};
    database.program_models = nullptr;
    return Workspace(workspace.config(), database).models();
  }
  std::vector<std::string> ids;
  const bool live = what == "current" || what.find_first_of("+-@") != std::string::npos;
  for (const Revision* revision :
       workspace.graph().resolve(what, live ? impl_->rows() : std::vector<std::string>())) {
    ids.push_back(revision->id);
  }
  return replay_history(workspace, ids);
}

std::string Migrator::models_text(const Schema& schema) { return render_models(schema); }

std::vector<std::string> Migrator::create_sql(const Schema& schema) {
  return operations_sql(::ormdb::diff({}, schema, impl_->workspace.dialect().rules()), {});
}

std::vector<std::string> Migrator::operations_sql(const std::vector<Operation>& operations,
                                                  const Schema& before) {
  Schema schema = before;
  const CompiledSection section = impl_->workspace.dialect().compile(operations, schema);
  std::vector<std::string> sql = section.before;
  // Outside a transaction, as whoever reads it may run it, LOCAL would set nothing.
  for (const Statement& statement : section.statements) {
    const bool local = statement.sql.starts_with("SET LOCAL ");
    sql.push_back(local ? "SET " + statement.sql.substr(10) : statement.sql);
  }
  sql.insert(sql.end(), section.after.begin(), section.after.end());
  return sql;
}

bool Migrator::database_exists() const {
  return impl_->workspace.dialect().database_exists(impl_->workspace.url());
}

void Migrator::create_database() {
  impl_->workspace.dialect().create_database(impl_->workspace.url());
}

void Migrator::drop_database() {
  impl_->workspace.disconnect();
  impl_->workspace.dialect().drop_database(impl_->workspace.url());
}

}  // namespace ormdb
