#include "migrate/workspace.h"

#include <algorithm>

#include "base/file_system.h"
#include "base/log.h"
#include "base/text.h"
#include "model/model_yaml.h"
#include "script/directory.h"

namespace ormdb {

namespace {

void refuse_unavailable(const LoadedScript& script, const Revision& revision, Direction direction) {
  const bool up = direction == Direction::kUpgrade;
  const Unavailable& found =
      up ? script.body.unavailable_upgrade : script.body.unavailable_downgrade;
  if (found.reason.empty()) return;
  throw Error(ErrorKind::kUnsupported, "the " + std::string(up ? "upgrade" : "downgrade") +
                                           " section of revision " + revision.id +
                                           " is not available: " + found.reason)
      .revision(revision.id)
      .where("script")
      .at(script.source.file, found.line, script.source.line(found.line))
      .hint(
          "write its statements into the script and remove that line; where its work is done, "
          "`ormdb stamp` needs no statements");
}

// A directory that is not there must not read as "no scripts": its name may be a slip of the pen.
// Branches with folders of their own can do without the first one.
void require_scripts_directory(const Config& config, const DatabaseConfig& database) {
  const std::string& first = database.versions.front();
  if (directory_exists(first) || file_exists(first)) return;
  const bool any =
      std::any_of(database.versions.begin(), database.versions.end(), directory_exists);
  if (any && directory_exists(database.migrations)) return;
  throw Error(ErrorKind::kConfig, "there is no directory of scripts '" + display_path(first) + "'")
      .at(display_path(config.file))
      .hint(
          "`ormdb init` makes it for a new project; else correct `migrations:` in ormdb.yaml, -d "
          "or ORMDB_DIRECTORY");
}

// The graph is made of headers alone, so its errors know the line and not its text.
Error with_source_line(Error error) {
  if (error.line() == 0 || !error.source_line().empty() || !file_exists(error.file())) return error;
  const Source source{error.file(), read_file(error.file())};
  return error.at(error.file(), error.line(), source.line(error.line()));
}

// The smallest part of the schema that the engine refuses by itself, as a path of the models; empty
// where no part alone is at fault.
std::vector<std::string> blamed_path(const Schema& schema, const SchemaRules& rules) {
  const auto refused = [&](const Table* table, const Trigger* trigger) {
    Schema part;
    part.enums = schema.enums;
    if (table != nullptr) part.tables = {*table};
    if (trigger != nullptr) part.triggers = {*trigger};
    try {
      rules.expressible(std::move(part));
      return false;
    } catch (const Error&) {
      return true;
    }
  };
  for (const Trigger& trigger : schema.triggers) {
    if (refused(nullptr, &trigger)) return {"triggers", trigger.name};
  }
  for (const Table& table : schema.tables) {
    if (!refused(&table, nullptr)) continue;
    const std::string name = qualified_name(table);
    Table part;
    part.name = table.name;
    part.schema = table.schema;
    if (refused(&part, nullptr)) return {"tables", name};
    for (const Column& column : table.columns) {
      part.columns = {column};
      if (refused(&part, nullptr)) return {"tables", name, "columns", column.name, "type"};
    }
    for (const Unique& unique : table.uniques) {
      part.uniques = {unique};
      if (!refused(&part, nullptr)) continue;
      if (!unique.name.empty()) return {"tables", name, "constraints", unique.name};
      return {"tables", name, "constraints"};
    }
    part.uniques.clear();
    for (const Index& index : table.indexes) {
      part.indexes = {index};
      if (refused(&part, nullptr)) return {"tables", name, "indexes", index.name};
    }
    part.indexes.clear();
    part.primary_key = table.primary_key;
    if (refused(&part, nullptr)) return {"tables", name, "primary_key"};
    return {"tables", name};
  }
  return {};
}

}  // namespace

const std::vector<ScriptStep>& LoadedScript::steps(Direction direction) const {
  return direction == Direction::kUpgrade ? body.upgrade : body.downgrade;
}

std::vector<Operation> LoadedScript::operations(Direction direction) const {
  std::vector<Operation> operations;
  for (const ScriptStep& step : steps(direction)) operations.push_back(step.operation);
  return operations;
}

std::string LoadedScript::checksum(Direction direction) const {
  return section_checksum(source.text, direction);
}

Workspace::Workspace(const Config& config, const DatabaseConfig& database)
    : config_(config),
      database_(database),
      url_(parse_url(database.direct_url.empty() ? database.url : database.direct_url)),
      dialect_(dialect_for(url_.dialect)) {
  connect_options_.lock_timeout = std::chrono::milliseconds(config.lock_timeout_ms);
  connect_options_.statement_timeout = std::chrono::milliseconds(config.statement_timeout_ms);
}

const RevisionGraph& Workspace::graph() {
  if (graph_) return *graph_;
  require_scripts_directory(config_, database_);
  for (auto each = database_.versions.begin() + 1; each < database_.versions.end(); ++each) {
    if (directory_exists(*each)) continue;
    log_warning("there is no directory of scripts '" + display_path(*each) +
                "', which `versions:` in ormdb.yaml names");
  }
  try {
    graph_ = RevisionGraph::build(scan_directories(database_.versions, config_.recursive_versions));
  } catch (const Error& error) {
    throw with_source_line(error);
  }
  return *graph_;
}

Connection& Workspace::connection() {
  if (existing_connection() == nullptr) {
    connect_options_.create = true;
    connection_ = dialect_.connect(url_, connect_options_);
    created_ = true;
  }
  return *connection_;
}

Connection* Workspace::existing_connection() {
  if (!connection_) {
    connect_options_.create = false;
    connection_ = dialect_.connect_existing(url_, connect_options_);
  }
  return connection_.get();
}

IntrospectOptions Workspace::introspect_options() const {
  IntrospectOptions options;
  options.schemas = config_.schemas;
  const SchemaRules& rules = dialect_.rules();
  options.ignored_tables = {rules.fold(config_.version_table), rules.fold("ormdb_version"),
                            rules.fold("ormdb_log")};
  return options;
}

Schema Workspace::introspect(Connection& connection) const {
  return dialect_.introspect(connection, introspect_options());
}

std::vector<std::string> Workspace::unmanaged(Connection& connection) const {
  return dialect_.unmanaged(connection, introspect_options());
}

ValidateOptions Workspace::validate_options() const {
  ValidateOptions options;
  options.max_identifier_length = dialect_.max_identifier_length();
  options.fold = [this](std::string_view name) { return dialect_.rules().fold(name); };
  options.dialect = std::string(dialect_.name());
  return options;
}

Error Workspace::located(Error error, const std::vector<std::string>& path) const {
  if (!error.file().empty() || path.empty()) return error;
  const ModelLocation place = locate_in_models(database_.models, path);
  return place.file.empty() ? error
                            : error.at(display_path(place.file), place.line, place.source_line);
}

// The diff leaves them out, so a model of one would be missing forever.
void Workspace::refuse_own_tables(const Schema& models) const {
  for (const Table& table : models.tables) {
    if (!table.schema.empty() && table.schema != config_.version_schema) continue;
    const SchemaRules& rules = dialect_.rules();
    for (const std::string& own :
         {config_.version_table, std::string("ormdb_version"), std::string("ormdb_log")}) {
      if (rules.fold(table.name) != rules.fold(own)) continue;
      throw located(Error(ErrorKind::kModel,
                          "table " + qualified_name(table) + " is one that ormdb keeps itself")
                        .hint("take it out of the models, or give version_table another name"),
                    {"tables", qualified_name(table)});
    }
  }
}

Schema Workspace::models(std::vector<GivenName>* given) const {
  const ValidateOptions options = validate_options();
  const Schema* program = database_.program_models.get();
  Schema schema = program == nullptr ? load_models(database_.models, options)
                                     : load_models(*program, database_.models, options);
  refuse_own_tables(schema);
  try {
    schema = dialect_.rules().expressible(schema);
  } catch (const Error& error) {
    throw located(error, blamed_path(schema, dialect_.rules()));
  }
  for (Table& table : schema.tables) {
    std::vector<std::size_t> unnamed;
    for (std::size_t i = 0; i < table.indexes.size(); ++i) {
      if (table.indexes[i].name.empty()) unnamed.push_back(i);
    }
    give_names(table, config_.naming_convention, dialect_.max_identifier_length());
    if (given == nullptr) continue;
    for (const std::size_t i : unnamed) {
      given->push_back({qualified_name(table), table.indexes[i].name});
    }
  }
  return schema;
}

LoadedScript Workspace::load(const Revision& revision, Direction direction) const {
  LoadedScript script;
  script.source = {display_path(revision.file), read_file(revision.file)};
  script.format = script_format(script.source.text);
  script.body = parse_body(script.source, dialect_.name());
  if (direction == Direction::kDowngrade && !script.body.has_downgrade) {
    throw Error(ErrorKind::kScript, "revision " + revision.id + " has no downgrade section")
        .revision(revision.id)
        .at(script.source.file)
        .hint(
            "add a downgrade section to the script (an empty one says that nothing is to be done)");
  }
  refuse_unavailable(script, revision, direction);
  return script;
}

void leave_out_foreign_version_tables(Schema& schema, const Schema& wanted) {
  const std::vector<std::string>& foreign = foreign_version_tables();
  std::erase_if(schema.tables, [&](const Table& table) {
    const bool is_foreign =
        std::find(foreign.begin(), foreign.end(), to_lower(table.name)) != foreign.end();
    return is_foreign && wanted.find_table(qualified_name(table)) == nullptr;
  });
}

const std::vector<std::string>& foreign_version_tables() {
  static const std::vector<std::string> kTables = {
      "alembic_version",        "flyway_schema_history",
      "schema_migrations",      "goose_db_version",
      "databasechangelog",      "databasechangeloglock",
      "django_migrations",      "_prisma_migrations",
      "atlas_schema_revisions", "knex_migrations",
      "knex_migrations_lock",   "__diesel_schema_migrations",
      "_sqlx_migrations",       "phinxlog",
      "refinery_schema_history"};
  return kTables;
}

}  // namespace ormdb
