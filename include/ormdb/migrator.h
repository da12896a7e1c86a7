// The migrator: everything the command line does, as a library.
//
//     ormdb::Config config = ormdb::load_config("ormdb.yaml", {});
//     ormdb::Migrator migrator(config, config.databases.front());
//     ormdb::RunResult result = migrator.upgrade({.target = "head"});
//
// A Migrator works on one configured database and opens what a call needs, when it needs it.
// Methods that change something either finish or leave files and database as they were, and throw
// Error otherwise (an Error says what was applied when that is more than nothing).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ormdb/config.h"
#include "ormdb/connection.h"
#include "ormdb/diff.h"
#include "ormdb/error.h"
#include "ormdb/operation.h"
#include "ormdb/revision.h"

namespace ormdb {

/// How a run may be shown while it goes on. Called from the thread that called the Migrator, after
/// the step's number (from 1) is known and before its first statement.
using StepStarted =
    std::function<void(std::size_t number, std::size_t count, const Revision&, Direction)>;

struct RunOptions {
  std::string target;    ///< "" is head for upgrade, -1 for downgrade. A:B only with sql.
  bool sql = false;      ///< Write the SQL instead of running it (RunResult::sql).
  bool plan = false;     ///< Steps and their SQL; nothing is run, nothing is locked.
  bool dry_run = false;  ///< Run in a transaction and roll back.
  bool allow_edited = false;
  std::string tag;  ///< Stands in the header comment of --sql output.
  std::optional<int> lock_timeout_ms, run_lock_timeout_ms, statement_timeout_ms;
  std::optional<int> step_done, step_redo;  ///< Statement number of a half-applied step.
  StepStarted step_started;
};

struct StepResult {
  Revision revision;
  std::vector<std::string> statements;
  double milliseconds = 0;  ///< 0 when nothing was run.
};

struct RunResult {
  Direction direction = Direction::kUpgrade;
  std::vector<StepResult> steps;
  std::vector<std::string> rows_before,
      rows;         ///< Version-table rows (as they would be: plan, sql, dry run).
  std::string sql;  ///< With RunOptions::sql.
  std::vector<std::string> warnings;
};

struct StampOptions {
  std::vector<std::string> targets;  ///< Empty: heads.
  /// The version table of Alembic, dbmate, goose or Flyway: the revisions that it names are the
  /// targets. Rows that say otherwise are a kConflict, unless purged.
  std::string from_table;
  bool purge = false;
  bool sql = false;
  std::string tag;
};

struct MigrateOptions {
  std::string message;
  bool from_history = false;
  bool dry_run = false;  ///< Write no file; DiffResult::text has it.
  bool sql_format = false;
  bool autogenerate = true;                  ///< false: an empty script (`revision`).
  std::vector<Rename> renames;               ///< --rename a.b=c, a=c (table "" for a table's)
  std::vector<Rename> no_renames;            ///< --no-rename a.b, a (`to` empty)
  std::map<std::string, std::string> fill;   ///< "table.column" → value, or "sql:EXPRESSION"
  std::map<std::string, std::string> casts;  ///< --using: "table.column" → expression
  std::vector<std::string> heads;            ///< --head
  bool splice = false;
  std::string branch_label, version_path, rev_id;
  std::vector<std::string> depends_on;
  bool automatic = false;  ///< merge --auto: needs_decision unless the heads provably commute.
  /// Asks at a terminal whether a candidate is a rename; empty: open decisions are an error
  /// (needs_decision) that names the options which decide them.
  std::function<bool(const Rename&)> ask_rename;
  /// Asks for the value of a NOT NULL column on an existing table ("table.column").
  std::function<std::string(const std::string&)> ask_fill;
};

/// What differs, and what a migrate wrote.
struct DiffResult {
  std::vector<Operation> operations;
  std::string file;                 ///< migrate: the script written (for display), "" for none.
  std::string text;                 ///< migrate: the script's text, also in a dry run.
  Revision revision;                ///< migrate: its header.
  std::vector<std::string> behind;  ///< check: ids that are not applied.
  std::vector<std::string> heads;   ///< check: the heads, when there are several.
  /// check: as status has them.
  std::vector<std::string> edited, missing, out_of_order, never_run;
  std::vector<std::string> unmanaged;  ///< check --unmanaged: "table x: excluded by ormdb.yaml".
  std::vector<std::string> warnings;   ///< Inert renamed_from hints and the like.

  /// No operations, not behind, one head at most, nothing edited, missing or never run.
  bool clean() const;
};

struct CheckOptions {
  bool from_history = false;
  bool unmanaged = false;
};

struct StatusResult {
  std::vector<Revision> applied, pending;
  std::vector<std::string> rows;
  std::vector<std::string> edited, missing;
  std::vector<std::string> out_of_order;  ///< Pending, and created before the newest applied one.
  /// Applied by the graph, since what follows is, while the log knows that they never ran here.
  std::vector<std::string> never_run;
  struct HalfApplied {
    std::string revision;
    Direction direction = Direction::kUpgrade;
    int done = 0, total = 0;
  };
  std::optional<HalfApplied> half_applied;
  std::optional<std::string> locked_by;  ///< "pid 4711 on web1".
};

struct InspectOptions {
  std::vector<std::string> tables;  ///< Globs; empty: everything.
  std::vector<std::string> schemas;
};

class Migrator {
 public:
  /// Keeps copies. Throws kConfig for a bad URL, kUnsupported for a dialect without adapter.
  Migrator(const Config& config, const DatabaseConfig& database);
  ~Migrator();
  Migrator(const Migrator&) = delete;
  Migrator& operator=(const Migrator&) = delete;

  const std::string& database_name() const;  ///< "default", or the key in `databases:`.
  std::string masked_url() const;
  std::string_view dialect() const;

  /// Waits up to `seconds` for the server to take connections. Throws kDatabase after that.
  void wait_for_server(double seconds);

  /// The graph of the scripts' headers, read on first use.
  const RevisionGraph& graph();
  /// The version table's rows, sorted; none when there is no table or no database. Creates nothing.
  std::vector<std::string> rows();

  RunResult upgrade(const RunOptions& options);
  RunResult downgrade(const RunOptions& options);
  RunResult stamp(const StampOptions& options);
  /// Creates the version table; with `sql` returns the text instead. `rows` are as they are.
  RunResult ensure_version(bool sql);

  /// `migrate` and `revision`. Without differences (autogenerate) no file is written.
  DiffResult migrate(const MigrateOptions& options);
  /// Writes a script that merges `revisions` (empty: all heads).
  DiffResult merge(const std::vector<std::string>& revisions, const MigrateOptions& options);

  DiffResult check(const CheckOptions& options);
  StatusResult status();

  Schema inspect(const InspectOptions& options);
  /// What the database has and a schema has no place for: "publication p".
  std::vector<std::string> unmanaged();
  /// `from`, `to`: "models", "database", a URL, a models file, or a revision argument.
  DiffResult diff(const std::string& from, const std::string& to);

  std::string models_text(const Schema& schema);              ///< As a models file.
  std::vector<std::string> create_sql(const Schema& schema);  ///< Statements that make it.
  std::vector<std::string> operations_sql(const std::vector<Operation>& operations,
                                          const Schema& before);
  /// The schema `diff` compares from, for operations_sql.
  Schema schema_of(const std::string& what);

  bool database_exists() const;
  void create_database();
  void drop_database();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// `ormdb init`: makes what is missing in `directory`; returns the paths made. `template_name` is
/// generic or multidb. Never overwrites. A URL with a password is not written: ${DATABASE_URL}
/// stands in its place.
std::vector<std::string> init_project(const std::string& directory,
                                      const std::string& template_name,
                                      const std::string& database_url);

/// `init --from-database`: models.yaml by inspect, one baseline script, stamped. Throws kConflict
/// when the project already has models or scripts. Returns the paths made.
std::vector<std::string> init_from_database(const Config& config);

struct ImportOptions {
  /// The command that prints an Alembic project's SQL ("alembic", "flask db"); "" reads the graph
  /// only, unset finds it.
  std::optional<std::string> alembic;
};

struct ImportResult {
  std::vector<Revision> revisions;   ///< Parents first; `file` is the new script.
  std::vector<std::string> created;  ///< The scripts' paths, in the same order.
  std::vector<std::string> warnings;
};

/// `ormdb import`: turns the migrations of another tool ("alembic", "dbmate", "goose", "flyway") in
/// `directory` into scripts of the SQL form, with the same ids and the same graph. For Alembic,
/// what a script does is asked of Alembic itself, which runs the project's env.py; what it cannot
/// tell is marked as unavailable. All scripts are written, or none. Throws kUsage for another tool,
/// kConflict when scripts are there already, kIllegalId, kScript, kUnsupported and the graph's
/// errors with the file at fault.
ImportResult import_project(const Config& config, const DatabaseConfig& database,
                            const std::string& tool, const std::string& directory,
                            const ImportOptions& options = {});

}  // namespace ormdb
