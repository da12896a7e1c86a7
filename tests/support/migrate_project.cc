#include "support/migrate_project.h"

#include <filesystem>

#include "base/file_system.h"
#include "base/node.h"
#include "base/text.h"
#include "base/yaml.h"
#include "schema/schema_node.h"
#include "script/operation_node.h"

namespace ormdb::test {

Schema schema_of(const std::string& tables) {
  const Source source{"models.yaml", "format: 1\ntables:\n" + tables};
  const Node node = parse_yaml_document(source, ErrorKind::kModel);
  NodeReader reader(node, source, ErrorKind::kModel, "models");
  return read_schema(reader);
}

std::vector<Operation> operations_of(const std::string& list) {
  const Source source{"script.yaml", list};
  std::vector<Operation> operations;
  for (const Node& item : parse_yaml_document(source, ErrorKind::kScript).items) {
    operations.push_back(operation_from_node(item, source, 1));
  }
  return operations;
}

std::string words_of(const std::vector<Operation>& operations) {
  std::string text;
  for (const Operation& operation : operations) text += describe(operation) + "\n";
  return text;
}

const SchemaRules& sqlite_schema_rules() { return dialect_for("sqlite").rules(); }

Project::Project() {
  write("models.yaml", "format: 1\ntables: {}\n");
  make_directories(path("migrations/versions"));
  configure("");
}

void Project::write(const std::string& name, const std::string& text) const {
  make_directories(parent_directory(path(name)));
  write_file(path(name), text);
}

std::string Project::read(const std::string& name) const { return read_file(path(name)); }

bool Project::exists(const std::string& name) const { return file_exists(path(name)); }

std::string Project::files() const { return join(list_files(path("."), true), " "); }

void Project::configure(const std::string& lines) const {
  write("ormdb.yaml",
        "database: sqlite:///db.sqlite\nmodels: [models.yaml]\nmigrations: migrations\n" + lines);
}

void Project::models(const std::string& tables) const {
  write("models.yaml", "format: 1\ntables:\n" + tables);
}

void Project::script(const std::string& id, const std::string& parent, const std::string& upgrade,
                     const std::string& downgrade) const {
  const auto section = [](const std::string& list) { return list.empty() ? " []\n" : "\n" + list; };
  write("migrations/versions/" + id + ".yaml",
        "format: 1\nrevision: " + id + "\ndown_revision: " + (parent.empty() ? "null" : parent) +
            "\nmessage: make " + id + "\n---\nupgrade:" + section(upgrade) +
            "downgrade:" + section(downgrade));
}

Config Project::config() const { return load_config(path("ormdb.yaml"), {}); }

std::unique_ptr<Workspace> Project::workspace() const {
  const Config loaded = config();
  return std::make_unique<Workspace>(loaded, loaded.databases.front());
}

std::unique_ptr<Migrator> Project::migrator() const {
  const Config loaded = config();
  return std::make_unique<Migrator>(loaded, loaded.databases.front());
}

RunResult Project::upgrade(const std::string& target) const { return upgrade(with_target(target)); }

RunResult Project::downgrade(const std::string& target) const {
  return downgrade(with_target(target));
}

std::string Project::current() const { return join(migrator()->rows(), " "); }

std::unique_ptr<Connection> Project::database() const {
  return dialect_for("sqlite").connect(file_url(path("db.sqlite")), {});
}

void Project::sql(const std::string& statement) const { database()->execute(statement); }

std::string Project::query(const std::string& sql) const { return rows(*database(), sql); }

Schema Project::schema() const { return migrator()->inspect({}); }

std::string Project::tables() const {
  return query(
      "SELECT group_concat(name, ' ') FROM (SELECT name FROM sqlite_schema WHERE type = 'table' "
      "AND name NOT LIKE 'ormdb%' AND name NOT LIKE 'sqlite%' ORDER BY 1)");
}

std::string step_ids(const RunResult& result) {
  std::vector<std::string> ids;
  for (const StepResult& step : result.steps) ids.push_back(step.revision.id);
  return join(ids, " ");
}

std::string create(const std::string& table) {
  return "  - create_table: {table: " + table +
         ", columns: {id: {type: integer, primary_key: true}}}\n";
}

std::string drop(const std::string& table) {
  return "  - drop_table: {table: " + table +
         ", columns: {id: {type: integer, primary_key: true}}}\n";
}

RunOptions with_target(const std::string& target) {
  RunOptions options;
  options.target = target;
  return options;
}

}  // namespace ormdb::test
