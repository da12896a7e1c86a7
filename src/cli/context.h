// What a command function works with: the parsed line, the terminal, and the project, each part of
// which is read or opened only when the command asks for it.
#pragma once

#include <cstdio>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/option_set.h"
#include "cli/print.h"
#include "cli/terminal.h"
#include "ormdb/cli.h"
#include "ormdb/config.h"
#include "ormdb/migrator.h"

namespace ormdb::cli {

/// Where output goes; tests use memory streams.
struct Streams {
  std::FILE* output = stdout;
  std::FILE* error = stderr;
};

/// A database of the project with the configuration it is in; or why that one cannot be read.
struct ProjectDatabase {
  std::string name;
  const Config* config = nullptr;  ///< nullptr with `error`, as `database`.
  const DatabaseConfig* database = nullptr;
  std::optional<Error> error;
};

/// ormdb.yaml as the command line and the environment name it, read on first use.
class Project {
 public:
  /// Both must outlive it.
  explicit Project(const OptionSet& options, const ProgramModels& models = no_models())
      : options_(options), models_(models) {}

  /// --config, ORMDB_CONFIG, or ormdb.yaml.
  std::string config_file() const;
  /// --url, ORMDB_URL, or "".
  std::string url() const;
  /// --directory, ORMDB_DIRECTORY, -x. Throws kUsage for a -x without "=".
  ConfigOverrides overrides() const;
  const Config& config();
  /// Those the command runs on: all, or the one of --database (kUsage with the names when unknown).
  /// Of several, those that can be read can be used: a fault of one (an unset variable) is its own.
  std::vector<ProjectDatabase> databases();
  /// Whether results are reported a database each.
  bool several();

 private:
  static const ProgramModels& no_models();
  std::vector<ProjectDatabase> one_by_one(const Error& fault);
  Config load(const ConfigOverrides& overrides) const;
  void require_databases(const Config& config) const;

  const OptionSet& options_;
  const ProgramModels& models_;
  std::optional<Config> config_;
  std::list<Config> single_;  ///< Read for one database each; addresses stay.
};

class CommandContext {
 public:
  /// `database` is empty for a command that needs none, and without error. References must outlive
  /// the context.
  CommandContext(const Command& command, const OptionSet& options, const Terminal& terminal,
                 const Streams& streams, Project& project, const ProjectDatabase& database);

  const Command& command() const { return command_; }
  const OptionSet& options() const { return options_; }
  const Terminal& terminal() const { return terminal_; }
  const Streams& streams() const { return streams_; }
  Project& project() { return project_; }
  Style style() const { return Style(terminal_.color_output); }
  bool json() const { return options_.has("json"); }
  bool quiet() const { return options_.has("quiet"); }
  bool verbose() const { return options_.has("verbose"); }

  /// Of the database that this run is about.
  Migrator& migrator();
  const RevisionGraph& graph() { return migrator().graph(); }
  /// The version table's rows, read on first use; waits for the server before (--wait).
  const std::vector<std::string>& rows();
  void wait_for_server();

  /// Whether questions can be asked: a terminal, and no --json.
  bool may_ask() const { return terminal_.input && !json(); }
  /// Asks on standard error, reads a line of standard input; nothing at its end.
  std::optional<std::string> ask(const std::string& question) const;
  /// Asks until it is answered; no at the input's end.
  bool confirm(const std::string& question) const;

 private:
  const Command& command_;
  const OptionSet& options_;
  const Terminal& terminal_;
  const Streams& streams_;
  Project& project_;
  const ProjectDatabase& database_;
  std::unique_ptr<Migrator> migrator_;
  std::optional<std::vector<std::string>> rows_;
  bool waited_ = false;
};

/// The value of option `name` as milliseconds, nothing when it was not given. Throws kUsage.
std::optional<int> duration_option(const OptionSet& options, std::string_view name);

/// The value of option `name` as a number from 1, nothing when it was not given. Throws kUsage.
std::optional<int> number_option(const OptionSet& options, std::string_view name);

/// "KEY=VALUE" → both; `what` names the option in the error. Throws kUsage without "=" or key.
std::pair<std::string, std::string> key_and_value(const std::string& text, std::string_view what,
                                                  std::string_view form);

}  // namespace ormdb::cli
