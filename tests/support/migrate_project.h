// Projects in directories of their own, with real files and a real SQLite database; and schemas and
// operations from short YAML texts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "migrate/workspace.h"
#include "ormdb/config.h"
#include "ormdb/migrator.h"
#include "support/dialect_sqlite.h"

namespace ormdb::test {

/// The tables of a models file, each line indented by two.
Schema schema_of(const std::string& tables);
/// A YAML list of operations.
std::vector<Operation> operations_of(const std::string& list);
/// In words, one a line.
std::string words_of(const std::vector<Operation>& operations);

const SchemaRules& sqlite_schema_rules();

/// ormdb.yaml with an SQLite file "db.sqlite" beside it, models.yaml without tables, migrations/.
/// Every call works with a Migrator of its own, as every command does.
class Project {
 public:
  Project();

  std::string path(const std::string& name) const { return directory_.path(name); }
  void write(const std::string& name, const std::string& text) const;
  std::string read(const std::string& name) const;
  bool exists(const std::string& name) const;
  /// All files, sorted, joined by spaces.
  std::string files() const;

  /// Further lines of ormdb.yaml.
  void configure(const std::string& lines) const;
  void models(const std::string& tables) const;
  /// versions/ID.yaml; the sections are YAML lists, "" for nothing to do. `parent` "" is a base.
  void script(const std::string& id, const std::string& parent, const std::string& upgrade,
              const std::string& downgrade = "") const;

  Config config() const;
  std::unique_ptr<Workspace> workspace() const;
  std::unique_ptr<Migrator> migrator() const;
  RunResult upgrade(const std::string& target = "") const;
  RunResult upgrade(const RunOptions& options) const { return migrator()->upgrade(options); }
  RunResult downgrade(const std::string& target = "") const;
  RunResult downgrade(const RunOptions& options) const { return migrator()->downgrade(options); }

  /// The version table's rows, joined by spaces.
  std::string current() const;
  std::unique_ptr<Connection> database() const;
  void sql(const std::string& statement) const;
  std::string query(const std::string& sql) const;
  Schema schema() const;
  /// The names of the user's tables, sorted, joined by spaces.
  std::string tables() const;

 private:
  TemporaryDirectory directory_;
};

/// "CREATE TABLE NAME (id INTEGER)" as a create_table operation.
std::string create(const std::string& table);
std::string drop(const std::string& table);

/// Options with one member set.
RunOptions with_target(const std::string& target);

/// The ids of the steps that were run, joined by spaces.
std::string step_ids(const RunResult& result);

}  // namespace ormdb::test
