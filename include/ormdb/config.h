// ormdb.yaml: reading, variables, defaults. See ormdb.yaml(5) for the keys.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ormdb/diff.h"

namespace ormdb {

/// Globs a kind of object: those of object_filter_kinds().
struct ObjectFilter {
  std::map<std::string, std::vector<std::string>> include;
  std::map<std::string, std::vector<std::string>> exclude;
  /// `name` is "table", "schema.table" or "table.column"; included by default. A glob without a dot
  /// is also held against what follows the name's last dot. What an exclude glob matches is out.
  bool admits(const std::string& kind, const std::string& name) const;
  bool operator==(const ObjectFilter&) const = default;
};

/// "tables", "columns", "indexes", "views", "triggers", "enums".
const std::vector<std::string>& object_filter_kinds();

struct CompareOptions {
  bool types = true;
  bool defaults = true;
  bool comments = true;
  bool collations = true;
  bool checks = true;
  std::string scratch_schema;
};

/// One configured database; paths are absolute or relative to the current directory.
struct DatabaseConfig {
  std::string name = "default";
  std::string url;  ///< Variables expanded. SQLite paths made relative to the config file.
  std::string direct_url;
  std::vector<std::string> models;
  /// Models that the program brings along; those of the files in `models` come beside them.
  std::shared_ptr<const Schema> program_models;
  std::string migrations;             ///< The directory that holds versions/ and template.yaml.
  std::vector<std::string> versions;  ///< Directories with scripts; the first is where new ones go.
};

struct Config {
  std::string file;       ///< Path of ormdb.yaml.
  std::string directory;  ///< Where it stands.
  std::vector<DatabaseConfig> databases;
  bool multiple = false;  ///< `databases:` was used.
  std::string version_table = "ormdb_version";
  std::string version_schema;
  std::vector<std::string> schemas;
  bool recursive_versions = false;
  std::string file_template = "{year}{month}{day}{hour}{minute}{second}_{rev}_{slug}";
  std::string timezone;
  int slug_length = 40;
  NamingConvention naming_convention;
  ObjectFilter filter;
  CompareOptions compare;
  bool transaction_per_run = false;
  int lock_timeout_ms = 5000;
  int run_lock_timeout_ms = 600000;
  int statement_timeout_ms = 0;
  std::vector<std::string> after_write_hooks;  ///< Command lines; {file} is the new script.
};

struct ConfigOverrides {
  std::string url;         ///< --url or ORMDB_URL
  std::string migrations;  ///< -d or ORMDB_DIRECTORY
  /// --database: only this one is read, so that variables of the others may be unset. "": all.
  std::string database;
  std::map<std::string, std::string> x;  ///< -x KEY=VALUE
};

/// Reads and checks `path`. Errors: kConfig at file:line with the nearest key; an unset variable
/// without a default names it; a missing file hints at `ormdb init`. Variables come from the
/// environment, then from a .env file beside it.
Config load_config(const std::string& path, const ConfigOverrides& overrides);

/// "5s", "10min", "250ms", "1.5 s", a bare number of seconds → milliseconds; empty when it is none.
std::optional<int> parse_duration_ms(const std::string& text);

}  // namespace ormdb
