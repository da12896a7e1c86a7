#include "cli/context.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iostream>

#include "base/config_text.h"
#include "base/file_system.h"
#include "base/text.h"

namespace ormdb::cli {
namespace {

// Precedence: option, environment, otherwise. A variable that is set to nothing counts as unset.
std::string option_or_environment(const OptionSet& options, std::string_view name,
                                  const char* variable, std::string_view otherwise) {
  if (options.has(name)) return options.value(name);
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0' ? std::string(value) : std::string(otherwise);
}

using Names = std::vector<std::string>;

}  // namespace

std::string Project::config_file() const {
  return option_or_environment(options_, "config", "ORMDB_CONFIG", "ormdb.yaml");
}

std::string Project::url() const { return option_or_environment(options_, "url", "ORMDB_URL", ""); }

ConfigOverrides Project::overrides() const {
  ConfigOverrides overrides;
  overrides.url = url();
  overrides.database = options_.value("database");
  overrides.migrations = option_or_environment(options_, "directory", "ORMDB_DIRECTORY", "");
  for (const std::string& text : options_.values("x")) {
    auto [key, value] = key_and_value(text, "-x", "KEY=VALUE");
    overrides.x.insert_or_assign(std::move(key), std::move(value));
  }
  return overrides;
}

const Config& Project::config() {
  if (!config_) config_ = load(overrides());
  return *config_;
}

const ProgramModels& Project::no_models() {
  static const ProgramModels kNone;
  return kNone;
}

Config Project::load(const ConfigOverrides& overrides) const {
  Config config = load_config(config_file(), overrides);
  for (DatabaseConfig& database : config.databases) {
    const auto found = models_.find(database.name);
    if (found == models_.end()) continue;
    database.program_models = std::make_shared<const Schema>(found->second);
  }
  return config;
}

// Models whose database is not there would never be migrated, and nothing would say so.
void Project::require_databases(const Config& config) const {
  Names names;
  for (const DatabaseConfig& database : config.databases) names.push_back(database.name);
  for (const auto& [name, schema] : models_) {
    if (schema.tables.empty() || std::find(names.begin(), names.end(), name) != names.end()) {
      continue;
    }
    throw Error(ErrorKind::kConfig, "the program has models for the database '" + name + "', and " +
                                        config_file() + " has none of that name")
        .at(config_file())
        .candidates(names)
        .hint("name it under `databases:`; models that are not bound belong to 'default'");
  }
}

std::vector<ProjectDatabase> Project::databases() {
  try {
    config();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kConfig || options_.has("database")) throw;
    return one_by_one(error);
  }
  if (!options_.has("database")) require_databases(*config_);
  std::vector<ProjectDatabase> all;
  for (const DatabaseConfig& database : config_->databases) {
    all.push_back({database.name, &*config_, &database, std::nullopt});
  }
  return all;
}

// `fault` is what is wrong with the whole. A fault of all of them is none of a single one.
std::vector<ProjectDatabase> Project::one_by_one(const Error& fault) {
  std::vector<ProjectDatabase> all;
  bool any = false;
  const bool there = file_exists(config_file());
  for (const std::string& name : there ? configured_databases(config_file()) : Names()) {
    ConfigOverrides only = overrides();
    only.database = name;
    try {
      single_.push_back(load(only));
      all.push_back({name, &single_.back(), &single_.back().databases.front(), std::nullopt});
      any = true;
    } catch (const Error& error) {
      all.push_back({name, nullptr, nullptr, error});
    }
  }
  if (!any) throw fault;
  return all;
}

bool Project::several() {
  return (!single_.empty() || config().multiple) && !options_.has("database");
}

CommandContext::CommandContext(const Command& command, const OptionSet& options,
                               const Terminal& terminal, const Streams& streams, Project& project,
                               const ProjectDatabase& database)
    : command_(command),
      options_(options),
      terminal_(terminal),
      streams_(streams),
      project_(project),
      database_(database) {}

Migrator& CommandContext::migrator() {
  if (!migrator_) migrator_ = std::make_unique<Migrator>(*database_.config, *database_.database);
  return *migrator_;
}

void CommandContext::wait_for_server() {
  if (waited_ || !options_.has("wait")) return;
  migrator().wait_for_server(*duration_option(options_, "wait") / 1000.0);
  waited_ = true;
}

const std::vector<std::string>& CommandContext::rows() {
  if (!rows_) {
    wait_for_server();
    rows_ = migrator().rows();
  }
  return *rows_;
}

std::optional<std::string> CommandContext::ask(const std::string& question) const {
  std::fputs((question + " ").c_str(), streams_.error);
  std::fflush(streams_.error);
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return std::string(trim(line));
}

bool CommandContext::confirm(const std::string& question) const {
  while (true) {
    const std::optional<std::string> answer = ask(question + " [y/n]");
    if (!answer) return false;
    if (iequals(*answer, "y") || iequals(*answer, "yes")) return true;
    if (iequals(*answer, "n") || iequals(*answer, "no")) return false;
  }
}

std::optional<int> duration_option(const OptionSet& options, std::string_view name) {
  if (!options.has(name)) return std::nullopt;
  const std::string text = options.value(name);
  const std::optional<int> milliseconds = parse_duration_ms(text);
  if (!milliseconds) {
    throw Error(ErrorKind::kUsage, "--" + std::string(name) + ": '" + text + "' is no duration")
        .hint("a number of seconds, or 250ms, 5s, 10min");
  }
  return milliseconds;
}

std::optional<int> number_option(const OptionSet& options, std::string_view name) {
  if (!options.has(name)) return std::nullopt;
  const std::string text = options.value(name);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) {
    throw Error(ErrorKind::kUsage,
                "--" + std::string(name) + ": '" + text + "' is no number from 1 up");
  }
  return number;
}

std::pair<std::string, std::string> key_and_value(const std::string& text, std::string_view what,
                                                  std::string_view form) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(ErrorKind::kUsage,
                std::string(what) + " wants " + std::string(form) + ", got '" + text + "'");
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

}  // namespace ormdb::cli
