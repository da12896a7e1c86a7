// What every job of the migrator works with: the configuration, one database, its scripts and
// models. Everything is opened or read on first use.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ormdb/config.h"
#include "ormdb/dialect.h"
#include "ormdb/revision.h"
#include "schema/validate.h"
#include "script/script.h"

namespace ormdb {

/// A section of a script, ready to be compiled.
struct LoadedScript {
  Source source;
  ScriptBody body;
  ScriptFormat format = ScriptFormat::kYaml;

  const std::vector<ScriptStep>& steps(Direction direction) const;
  std::vector<Operation> operations(Direction direction) const;
  std::string checksum(Direction direction) const;
};

/// An index that has no name in the models, by the one that it was given.
struct GivenName {
  std::string table;
  std::string index;
};

class Workspace {
 public:
  Workspace(const Config& config, const DatabaseConfig& database);

  const Config& config() const { return config_; }
  const DatabaseConfig& database() const { return database_; }
  const Url& url() const { return url_; }
  const Dialect& dialect() const { return dialect_; }

  const RevisionGraph& graph();
  void forget_graph() { graph_.reset(); }

  /// Opens the database, creating an SQLite file that does not exist.
  Connection& connection();
  /// nullptr when the database does not exist.
  Connection* existing_connection();
  void disconnect() { connection_.reset(); }
  /// Takes effect with the next opening.
  ConnectOptions& connect_options() { return connect_options_; }
  /// True when connection() made the database file.
  bool created_database() const { return created_; }

  /// The live schema without ormdb's own tables.
  Schema introspect(Connection& connection) const;
  /// What the dialect cannot manage, one line each.
  std::vector<std::string> unmanaged(Connection& connection) const;
  /// The declared models, validated, with every constraint and index named. Errors have the line.
  /// `given` gets the indexes that the naming convention named.
  Schema models(std::vector<GivenName>* given = nullptr) const;
  ValidateOptions validate_options() const;

  /// Throws kScript: the body has errors, or (downgrade) the section is missing; kUnsupported: it
  /// is marked as unavailable.
  LoadedScript load(const Revision& revision, Direction direction) const;

 private:
  IntrospectOptions introspect_options() const;
  void refuse_own_tables(const Schema& models) const;
  Error located(Error error, const std::vector<std::string>& path) const;

  Config config_;
  DatabaseConfig database_;
  Url url_;
  const Dialect& dialect_;
  ConnectOptions connect_options_;
  std::unique_ptr<Connection> connection_;
  std::optional<RevisionGraph> graph_;
  bool created_ = false;
};

/// Version tables of other tools: nobody means to drop them because no model has them.
const std::vector<std::string>& foreign_version_tables();
/// Takes those out of `schema` that `wanted` does not have.
void leave_out_foreign_version_tables(Schema& schema, const Schema& wanted);

}  // namespace ormdb
