// ormdb init.
#include <algorithm>
#include <map>
#include <set>

#include "base/file_system.h"
#include "base/text.h"
#include "dialect/sqlite/dependents.h"
#include "migrate/script_writer.h"
#include "migrate/workspace.h"
#include "model/model_yaml.h"
#include "ormdb/migrator.h"

namespace ormdb {

namespace {

constexpr std::string_view kModels = R"(format: 1
tables: {}
#  user:
#    columns:
#      id:       {type: integer, primary_key: true}
#      username: {type: string(20), unique: true}     # NOT NULL unless nullable: true
#      joined:   {type: datetime, default: {sql: CURRENT_TIMESTAMP}}
)";

constexpr std::string_view kRest = R"(
# Every further key has a default; see ormdb.yaml(5). For example:
# version_table: ormdb_version
# naming_convention: {unique: uq_%t_%c, index: ix_%t_%c}
# lock_timeout: 5s
)";

std::string generic_config(const std::string& url) {
  const std::string database = url.empty() ? "${DATABASE_URL:-sqlite:///site.db}" : url;
  return "# Configuration of ormdb; the manual is ormdb.yaml(5).\n"
         "database: " +
         database +
         "\n"
         "models: [models.yaml]\n"
         "migrations: migrations\n" +
         std::string(kRest);
}

std::string multidb_config(const std::string& url) {
  const std::string database = url.empty() ? "${DATABASE_URL:-sqlite:///site.db}" : url;
  return "# Configuration of ormdb; the manual is ormdb.yaml(5).\n"
         "databases:\n"
         "  default:\n"
         "    database: " +
         database +
         "\n"
         "    models: models.yaml\n"
         "    migrations: migrations/default\n"
         "  analytics:\n"
         "    database: ${ANALYTICS_URL:-sqlite:///analytics.db}\n"
         "    models: analytics.yaml\n"
         "    migrations: migrations/analytics\n" +
         std::string(kRest);
}

// What ormdb.yaml says of the database: never a password.
std::string url_to_write(const std::string& url) {
  const bool secret = !url.empty() && masked(parse_url(url)).find("***") != std::string::npos;
  return secret ? "${DATABASE_URL}" : url;
}

// Where an ormdb.yaml that is there wants its scripts; none where it cannot be read for now.
std::vector<std::string> configured_directories(const std::string& file) {
  std::vector<std::string> directories;
  if (!file_exists(file)) return directories;
  try {
    for (const DatabaseConfig& database : load_config(file, {}).databases) {
      directories.push_back(database.versions.front());
    }
  } catch (const Error&) {
    directories.clear();
  }
  return directories;
}

// Names by the kind of object, as `exclude:` has them.
using Names = std::map<std::string, std::set<std::string>>;

void leave_out(Schema& schema, const Names& names) {
  const auto has = [&](const char* kind, const std::string& name) {
    const auto found = names.find(kind);
    return found != names.end() && found->second.count(name) > 0;
  };
  std::erase_if(schema.tables,
                [&](const Table& table) { return has("tables", qualified_name(table)); });
  std::erase_if(schema.views, [&](const View& view) { return has("views", qualified_name(view)); });
  std::erase_if(schema.triggers, [&](const Trigger& trigger) {
    return has("triggers", trigger.name) || has("tables", trigger.table) ||
           has("views", trigger.table);
  });
}

// Views and triggers that SQLite itself cannot run.
void note_broken(Workspace& workspace, const Schema& schema, std::vector<std::string>& words,
                 Names& names) {
  Connection* connection = workspace.existing_connection();
  if (workspace.dialect().name() != "sqlite" || connection == nullptr) return;
  for (const BrokenDependent& broken : broken_dependents(*connection)) {
    const auto is_it = [&](const auto& object) { return object.name == broken.name; };
    const bool here = broken.kind == "view"
                          ? std::any_of(schema.views.begin(), schema.views.end(), is_it)
                          : std::any_of(schema.triggers.begin(), schema.triggers.end(), is_it);
    if (!here) continue;
    words.push_back(broken.kind + " " + broken.name + " is broken: " + broken.words);
    names[broken.kind + "s"].insert(broken.name);
  }
}

std::string exclude_text(const Names& names) {
  std::vector<std::string> kinds;
  for (const auto& [kind, of_kind] : names) {
    std::vector<std::string> quoted;
    for (const std::string& name : of_kind)
      quoted.push_back("'" + replace_all(name, "'", "''") + "'");
    kinds.push_back(kind + ": [" + join(quoted, ", ") + "]");
  }
  return "exclude: {" + join(kinds, ", ") + "}";
}

// What a database may have and models may not, told as such before anything is written. What is
// left out can be what another object needs, so it is looked at until nothing is wrong.
void refuse_unfit(const Config& config, const DatabaseConfig& database, Schema schema) {
  Workspace workspace(config, database);
  std::vector<std::string> words;
  Names names;
  note_broken(workspace, schema, words, names);
  leave_out(schema, names);
  for (bool found = true; found;) {
    found = false;
    for (const SchemaProblem& problem : validate(schema, workspace.validate_options())) {
      const bool is_object = problem.path.size() > 1;
      if (is_object && !names[problem.path[0]].insert(problem.path[1]).second) continue;
      words.push_back(problem.message);
      found = found || is_object;
    }
    leave_out(schema, names);
  }
  if (words.empty()) return;
  throw Error(ErrorKind::kUnsupported,
              "the database has what models cannot say: " + join(words, "; "))
      .where("database")
      .hint("correct the database, or leave it out: run `ormdb init`, put `" + exclude_text(names) +
            "` into ormdb.yaml and run this again; nothing was written");
}

class Maker {
 public:
  explicit Maker(std::string directory)
      : directory_(std::move(directory)),
        configured_(configured_directories(path_join(directory_, "ormdb.yaml"))) {}

  void file(const std::string& name, const std::string& text) {
    const std::string path = path_join(directory_, name);
    if (file_exists(path)) return;
    make_directories(parent_directory(path));
    write_file(path, text, false);
    made_.push_back(display_path(path));
  }
  /// `names` below the directory; in a project that has a configuration, what that says instead.
  void script_directories(const std::vector<std::string>& names) {
    std::vector<std::string> paths;
    for (const std::string& name : names) paths.push_back(path_join(directory_, name));
    for (const std::string& path : configured_.empty() ? paths : configured_) directory(path);
  }
  std::vector<std::string> made() && { return std::move(made_); }

 private:
  void directory(const std::string& path) {
    if (directory_exists(path)) return;
    make_directories(path);
    made_.push_back(display_path(path) + "/");
  }

  std::string directory_;
  std::vector<std::string> configured_;
  std::vector<std::string> made_;
};

}  // namespace

std::vector<std::string> init_project(const std::string& directory,
                                      const std::string& template_name,
                                      const std::string& database_url) {
  Maker maker(directory);
  if (template_name == "generic") {
    maker.file("ormdb.yaml", generic_config(url_to_write(database_url)));
    maker.file("models.yaml", std::string(kModels));
    maker.script_directories({"migrations/versions"});
  } else if (template_name == "multidb") {
    maker.file("ormdb.yaml", multidb_config(url_to_write(database_url)));
    maker.file("models.yaml", std::string(kModels));
    maker.file("analytics.yaml", std::string(kModels));
    maker.script_directories({"migrations/default/versions", "migrations/analytics/versions"});
  } else {
    throw Error(ErrorKind::kUsage, "there is no template '" + template_name + "'" +
                                       did_you_mean(template_name, {"generic", "multidb"}))
        .candidates({"generic", "multidb"})
        .hint("see `ormdb list-templates`");
  }
  return std::move(maker).made();
}

std::vector<std::string> init_from_database(const Config& config) {
  std::vector<std::string> made;
  for (const DatabaseConfig& database : config.databases) {
    Migrator migrator(config, database);
    Schema schema = migrator.inspect({});
    leave_out_foreign_version_tables(schema, {});
    refuse_unfit(config, database, schema);
    const std::string& scripts = database.versions.front();
    if (!directory_exists(scripts)) {
      make_directories(scripts);
      made.push_back(display_path(scripts) + "/");
    }
    if (!migrator.graph().empty()) {
      throw Error(ErrorKind::kConflict,
                  "there are scripts already in " + display_path(database.versions.front()))
          .hint("a baseline is the first script of a project; use `ormdb migrate` from here on");
    }
    if (!migrator.rows().empty()) {
      throw Error(ErrorKind::kConflict, "the database is already at revision " +
                                            join(migrator.rows(), ", ") +
                                            ", whose script is not here")
          .where("database")
          .hint("put that project's scripts into " + display_path(database.versions.front()));
    }
    if (database.models.size() != 1) {
      throw Error(ErrorKind::kConfig,
                  "init --from-database writes one models file, and `models:` "
                  "names " +
                      std::to_string(database.models.size()))
          .at(display_path(config.file));
    }
    const std::string& models = database.models.front();
    const std::string known = read_file_if_exists(models).value_or("");
    if (!known.empty() && known != kModels) {
      throw Error(ErrorKind::kConflict, display_path(models) + " has models already")
          .at(display_path(models))
          .hint("move it away, or compare it with the database: `ormdb check`");
    }
    write_file(models, migrator.models_text(schema));
    made.push_back(display_path(models));
    MigrateOptions options;
    options.message = "baseline";
    options.from_history = true;
    DiffResult baseline;
    try {
      baseline = migrator.migrate(options);
      if (!baseline.file.empty()) migrator.stamp({});
    } catch (const Error&) {
      known.empty() ? remove_file(models) : write_file(models, known);
      if (!baseline.revision.file.empty()) remove_file(baseline.revision.file);
      throw;
    }
    if (!baseline.file.empty()) made.push_back(baseline.file);
  }
  return made;
}

}  // namespace ormdb
