// Plans as SQL, without running anything: --plan, --sql, and what a run in one transaction needs to
// know beforehand.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "migrate/run_log.h"
#include "migrate/section.h"
#include "migrate/version_store.h"
#include "migrate/workspace.h"
#include "ormdb/migrator.h"

namespace ormdb {

/// Statements that commit together.
struct OfflinePart {
  std::vector<std::string> statements;
  bool transaction = true;
};

struct OfflineStep {
  const Revision* revision = nullptr;
  std::vector<std::string> before, after;  ///< Around the transaction.
  std::vector<OfflinePart> parts;
  bool verify_integrity = false;
  bool in_parts = false;  ///< Has a step outside a transaction.
  std::string checksum;
  std::size_t left_out = 0;  ///< Parts of a half-applied step that are done.
  std::size_t all_parts = 0;
};

/// The line of --tag in --sql output, "" for none.
std::string tag_comment(const std::string& tag);

class OfflineRun {
 public:
  OfflineRun(Workspace& workspace, const RunOptions& options);

  /// Every step of the plan as SQL; `schema` is the state before the first one.
  std::vector<OfflineStep> compile(const Plan& plan, Schema schema);

  /// The database's schema, with what only the scripts know of it.
  Schema live_schema(const Plan& plan, Connection& connection) const;

  RunResult plan(Direction direction);  ///< --plan
  RunResult sql(Direction direction);   ///< --sql

 private:
  /// Whether the part of a half-applied step is done.
  bool is_done(const SectionPart& part, std::size_t number, const PlanStep& step,
               Direction direction, const LoadedScript& script) const;
  /// Looks for a half-applied step of the database; throws where the plan does not go on with it.
  void find_half_applied(Connection& connection, const Plan& plan);
  void warn_of_half(const std::vector<OfflineStep>& steps, RunResult& result) const;
  std::string text_of(const Plan& plan, const OfflineStep& step, std::size_t number,
                      const std::vector<std::string>& rows) const;
  OfflineStep compile_step(const PlanStep& step, Direction direction, Schema& schema);
  OfflinePart compile_part(const SectionPart& part, Schema& schema, OfflineStep& out);
  Schema replayed(const std::vector<Operation>& operations, const Schema& before);
  /// The plan of the target, and the schema it starts from.
  Plan plan_and_schema(Direction direction, Schema& schema);
  Plan range_plan(Direction direction, const std::string& range) const;
  /// Whether it holds for the operations of a step.
  bool any_step(const Plan& plan, bool (*holds)(const std::vector<Operation>&)) const;
  /// Creates ormdb's own tables where the database has none.
  std::vector<std::string> tables_sql(Connection* connection) const;
  std::string text_of(const Plan& plan, const std::vector<OfflineStep>& steps) const;

  Workspace& workspace_;
  const RunOptions& options_;
  const Dialect& dialect_;
  VersionStore store_;
  RunLog log_;
  std::optional<UnfinishedStep> half_;
  std::vector<std::string> preparation_;  ///< Statements before the first step.
  bool needs_schema_ = true;              ///< Whether compiling the plan depends on the schema.
  /// The first step whose meaning is unknown: to blame when a later one does not fit the schema.
  std::optional<Error> unknown_;
};

}  // namespace ormdb
