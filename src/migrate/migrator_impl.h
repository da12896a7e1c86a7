// The parts of Migrator behind its public header.
#pragma once

#include "migrate/run_log.h"
#include "migrate/version_store.h"
#include "migrate/workspace.h"
#include "ormdb/migrator.h"

namespace ormdb {

struct Migrator::Impl {
  Impl(const Config& config, const DatabaseConfig& database)
      : workspace(config, database),
        store(workspace.dialect(), config.version_table, config.version_schema),
        log(workspace.dialect(), workspace.url(), config.version_schema) {}

  std::vector<std::string> rows();
  /// The live schema in the configuration's scope; empty when there is no database.
  Schema database_schema(std::vector<std::string>* left_out = nullptr);
  Schema model_schema();
  /// The schema after all heads, from the scripts alone.
  Schema history_schema();
  /// Ids of revisions that `upgrade heads` would run.
  std::vector<std::string> pending(const std::vector<std::string>& rows);
  /// Rows that no script has are removed from `rows` and returned.
  std::vector<std::string> take_unknown(std::vector<std::string>& rows);
  /// Pending ones that were created before the newest applied one.
  std::vector<std::string> out_of_order(const std::vector<std::string>& rows);

  Workspace workspace;
  VersionStore store;
  RunLog log;
};

}  // namespace ormdb
