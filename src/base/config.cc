// 1. The text is parsed, and what an override replaces is taken out, so that its variables may be
//    unset.
// 2. Variables are expanded in every remaining string.
// 3. The keys are read, strictly; then the environment's and the command line's values.
#include "ormdb/config.h"

#include <algorithm>

#include "base/config_text.h"
#include "base/file_system.h"
#include "base/text.h"
#include "base/yaml.h"
#include "base/yaml_scalar.h"
#include "ormdb/connection.h"

namespace ormdb {
namespace {

const std::vector<std::string> kDatabaseKeys = {"database", "direct_url", "models", "migrations",
                                                "versions"};

// Passwords --------------------------------------------------------------------------------------

bool may_hold_password(std::string_view line) {
  const std::string lower = to_lower(line);
  for (const std::string_view sign : {"://", "@", "database", "direct_url", "password"}) {
    if (lower.find(sign) != lower.npos) return true;
  }
  return false;
}

// What stands between "://" and the last '@': a password may hold anything.
std::string without_passwords(std::string message) {
  const std::size_t begin = message.find("://");
  const std::size_t end = message.rfind('@');
  if (begin == message.npos || end == message.npos || end < begin + 3) return message;
  return message.replace(begin + 3, end - begin - 3, "***");
}

Error without_passwords(Error error) {
  error.message(without_passwords(error.message()));
  if (may_hold_password(error.source_line())) error.at(error.file(), error.line());
  return error;
}

// Reading ----------------------------------------------------------------------------------------

void erase_key(Node& map, std::string_view key) {
  for (std::size_t i = 0; i < map.entries.size(); ++i) {
    if (map.entries[i].first != key) continue;
    map.entries.erase(map.entries.begin() + static_cast<std::ptrdiff_t>(i));
    map.entry_lines.erase(map.entry_lines.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

Node* find_mutable(Node& map, std::string_view key) {
  for (Node::Entry& entry : map.entries) {
    if (entry.first == key) return &entry.second;
  }
  return nullptr;
}

class ConfigReader {
 public:
  ConfigReader(const Source& source, const ConfigOverrides& overrides, const Variables& dotenv)
      : source_(source), overrides_(overrides), dotenv_(dotenv) {}

  Config read() {
    config_.file = source_.file;
    config_.directory = parent_directory(source_.file);
    root_ = parse_yaml_document(source_, ErrorKind::kConfig);
    if (root_.is_map()) {
      take_out_overridden();
      expand(root_);
    }
    NodeReader reader(root_, source_, ErrorKind::kConfig, "ormdb.yaml");
    read_databases(reader);
    read_versioning(reader);
    read_comparing(reader);
    read_running(reader);
    reader.finish();
    if (missing_) throw *missing_;
    read_environment();
    return std::move(config_);
  }

 private:
  std::optional<std::string> variable(const std::string& name) const {
    const auto find_in = [](const Variables& map, const std::string& key) {
      const auto found = map.find(key);
      return found == map.end() ? std::nullopt : std::optional(found->second);
    };
    if (name.starts_with("x.")) return find_in(overrides_.x, name.substr(2));
    const std::optional<std::string> value = environment_variable(name);
    return value ? value : find_in(dotenv_, name);
  }

  Error unset_variable(const std::string& name) const {
    const std::string written = "${" + name + ":-default}";
    if (name.starts_with("x.")) {
      return Error(ErrorKind::kConfig, "-x " + name.substr(2) + "=VALUE is not given")
          .hint("give it, or write " + written);
    }
    return Error(ErrorKind::kConfig, "the variable " + name + " is not set")
        .hint("set it in the environment or in .env beside ormdb.yaml, or write " + written);
  }

  void expand(Node& node) const {
    for (Node& item : node.items) expand(item);
    for (Node::Entry& entry : node.entries) expand(entry.second);
    if (node.kind != Node::Kind::kString || node.text.find('$') == node.text.npos) return;
    try {
      node.text = expand_variables(
          node.text, [this](const std::string& name) { return variable(name); },
          [this](const std::string& name) -> std::string { throw unset_variable(name); });
    } catch (Error& error) {
      throw error.at(source_.file, node.line, source_.line(node.line));
    }
    if (!node.quoted) node.kind = plain_scalar_kind(node.text);
    if (node.kind == Node::Kind::kNull) node.kind = Node::Kind::kString;
    if (node.kind == Node::Kind::kBoolean) node.text = to_lower(node.text);
  }

  void take_out_overridden() {
    Node* several = find_mutable(root_, "databases");
    if (several != nullptr && several->is_map()) {
      keep_picked(*several);
      if (!overrides_.url.empty() || !overrides_.migrations.empty()) check_one(*several);
      for (Node::Entry& entry : several->entries) take_out_overridden_keys(entry.second);
    } else {
      check_picked({"default"});
      take_out_overridden_keys(root_);
    }
  }

  void take_out_overridden_keys(Node& database) const {
    if (!overrides_.url.empty()) {
      erase_key(database, "database");
      erase_key(database, "direct_url");
    }
    if (!overrides_.migrations.empty()) erase_key(database, "migrations");
  }

  void check_picked(const std::vector<std::string>& names) const {
    const std::string& picked = overrides_.database;
    if (picked.empty() || std::find(names.begin(), names.end(), picked) != names.end()) return;
    throw Error(ErrorKind::kUsage,
                "no database '" + picked + "' in " + source_.file + did_you_mean(picked, names))
        .hint("configured: " + join(names, ", "))
        .candidates(names);
  }

  void keep_picked(Node& several) const {
    std::vector<std::string> names;
    for (const Node::Entry& entry : several.entries) names.push_back(entry.first);
    check_picked(names);
    for (const std::string& name : names) {
      if (!overrides_.database.empty() && name != overrides_.database) erase_key(several, name);
    }
  }

  void check_one(const Node& several) const {
    if (several.entries.size() == 1) return;
    std::vector<std::string> names;
    for (const Node::Entry& entry : several.entries) names.push_back(entry.first);
    const std::string option = overrides_.url.empty() ? "--directory" : "--url";
    throw Error(ErrorKind::kUsage, option + " needs to know which of the " +
                                       counted(names.size(), "database") + " it is for")
        .hint("add --database NAME")
        .candidates(names);
  }

  void read_databases(NodeReader& reader) {
    const Node* several = reader.get("databases");
    if (several == nullptr) {
      config_.databases.push_back(read_database(reader, "default", "migrations"));
      return;
    }
    config_.multiple = true;
    for (const std::string& key : kDatabaseKeys) {
      if (!reader.has(key)) continue;
      throw reader.error_at_key(key, "'" + key + "' and 'databases' exclude each other")
          .hint("put '" + key + "' under each of 'databases'");
    }
    if (!several->is_map() || several->entries.empty()) {
      throw reader.error_at_key("databases", "'databases' must be a map of names to databases");
    }
    for (const auto& [name, node] : several->entries) {
      NodeReader database(node, source_, ErrorKind::kConfig, "database '" + name + "'");
      config_.databases.push_back(read_database(database, name, "migrations/" + name));
      database.finish();
    }
  }

  DatabaseConfig read_database(NodeReader& reader, const std::string& name,
                               const std::string& default_migrations) {
    DatabaseConfig database;
    database.name = name;
    database.url = read_url(reader, "database");
    database.direct_url = read_url(reader, "direct_url");
    database.models = paths(reader, "models");
    const std::string written = reader.text("migrations", default_migrations);
    database.migrations =
        overrides_.migrations.empty() ? in_directory(written) : overrides_.migrations;
    database.versions = {path_join(database.migrations, "versions")};
    for (const std::string& path : paths(reader, "versions")) {
      const auto& known = database.versions;
      if (std::find(known.begin(), known.end(), path) == known.end()) {
        database.versions.push_back(path);
      }
    }
    return database;
  }

  // The URL of `key`: the override, or the file's with a relative SQLite path put under the
  // directory.
  std::string read_url(NodeReader& reader, const std::string& key) {
    const bool is_main = key == "database";
    const std::string text = reader.text(key);
    if (is_main && !overrides_.url.empty()) {
      return url_in_directory(overrides_.url, config_.directory);
    }
    if (text.empty() && (!is_main || reader.node().find(key) != nullptr)) {
      if (!is_main) return "";
      throw reader.error_at_key(key, "'" + key + "' in " + reader.what() + " is empty");
    }
    if (text.empty()) {
      missing_ = reader.error(reader.node(), reader.what() + " needs '" + key + "'")
                     .hint("for example: database: ${DATABASE_URL:-sqlite:///site.db}");
      return "";
    }
    try {
      return url_in_directory(std::string(trim(text)), config_.directory);
    } catch (Error& error) {
      const Error placed = reader.error_at_key(key, "");
      throw error.at(placed.file(), placed.line());
    }
  }

  std::string in_directory(const std::string& path) const {
    return path_join(config_.directory, path);
  }

  std::vector<std::string> paths(NodeReader& reader, std::string_view key) const {
    std::vector<std::string> result = reader.texts(key);
    for (std::string& path : result) path = in_directory(path);
    return result;
  }

  void read_versioning(NodeReader& reader) {
    read_nonempty(reader, "version_table", config_.version_table);
    config_.version_schema = reader.text("version_schema");
    config_.schemas = reader.texts("schemas");
    config_.recursive_versions = reader.boolean("recursive_versions", false);
    read_nonempty(reader, "file_template", config_.file_template);
    config_.timezone = reader.text("timezone");
    config_.slug_length = reader.integer("slug_length", config_.slug_length);
    if (config_.slug_length < 1) {
      throw reader.error_at_key("slug_length", "'slug_length' must be at least 1");
    }
    read_naming(reader);
  }

  static void read_nonempty(NodeReader& reader, std::string_view key, std::string& value) {
    const std::string text = reader.text(key);
    if (!text.empty()) value = text;
  }

  void read_naming(NodeReader& parent) {
    const Node* node = parent.get("naming_convention");
    if (node == nullptr) return;
    NodeReader reader(*node, source_, ErrorKind::kConfig, "naming_convention");
    NamingConvention& names = config_.naming_convention;
    read_name(reader, "primary_key", names.primary_key);
    read_name(reader, "unique", names.unique);
    read_name(reader, "foreign_key", names.foreign_key);
    read_name(reader, "check", names.check);
    read_name(reader, "index", names.index);
    reader.finish();
  }

  static void read_name(NodeReader& reader, const std::string& key, std::string& name) {
    name = reader.text(key, name);
    for (std::size_t at = name.find('%'); at != name.npos; at = name.find('%', at + 2)) {
      const std::string token = name.substr(at, 2);
      if (token == "%t" || token == "%c" || token == "%r" || token == "%n") continue;
      throw reader.error_at_key(key, "unknown token '" + token + "' in naming_convention." + key)
          .hint("%t table, %c columns, %r referenced table, %n a check's name or a number");
    }
  }

  void read_comparing(NodeReader& reader) {
    config_.filter.include = read_globs(reader, "include");
    config_.filter.exclude = read_globs(reader, "exclude");
    const Node* node = reader.get("compare");
    if (node == nullptr) return;
    NodeReader compare(*node, source_, ErrorKind::kConfig, "compare");
    config_.compare.types = compare.boolean("types", true);
    config_.compare.defaults = compare.boolean("defaults", true);
    config_.compare.comments = compare.boolean("comments", true);
    config_.compare.collations = compare.boolean("collations", true);
    config_.compare.checks = compare.boolean("checks", true);
    config_.compare.scratch_schema = compare.text("scratch_schema");
    compare.finish();
  }

  std::map<std::string, std::vector<std::string>> read_globs(NodeReader& parent,
                                                             const std::string& key) {
    std::map<std::string, std::vector<std::string>> globs;
    const Node* node = parent.get(key);
    if (node == nullptr) return globs;
    NodeReader reader(*node, source_, ErrorKind::kConfig, key);
    for (const std::string& kind : object_filter_kinds()) {
      if (reader.has(kind)) globs[kind] = reader.texts(kind);
    }
    reader.finish();
    return globs;
  }

  void read_running(NodeReader& reader) {
    config_.transaction_per_run =
        reader.choice("transaction", "per_script", {"per_script", "per_run"}) == "per_run";
    read_duration(reader, "lock_timeout", config_.lock_timeout_ms);
    read_duration(reader, "run_lock_timeout", config_.run_lock_timeout_ms);
    read_duration(reader, "statement_timeout", config_.statement_timeout_ms);
    const Node* node = reader.get("hooks");
    if (node == nullptr) return;
    NodeReader hooks(*node, source_, ErrorKind::kConfig, "hooks");
    config_.after_write_hooks = hooks.texts("after_write");
    hooks.finish();
  }

  static Error bad_duration(const std::string& key, const std::string& text) {
    return Error(ErrorKind::kConfig, "'" + text + "' is no duration for " + key)
        .hint("for example 5s, 250ms, 10min, or a number of seconds");
  }

  void read_duration(NodeReader& reader, const std::string& key, int& milliseconds) const {
    const std::string text = reader.text(key);
    if (text.empty()) return;
    const std::optional<int> value = parse_duration_ms(text);
    const Error placed = reader.error_at_key(key, "");
    if (!value) {
      throw bad_duration(key, text).at(placed.file(), placed.line(), placed.source_line());
    }
    milliseconds = *value;
  }

  void read_environment() {
    duration_from_environment("ORMDB_LOCK_TIMEOUT", config_.lock_timeout_ms);
    duration_from_environment("ORMDB_RUN_LOCK_TIMEOUT", config_.run_lock_timeout_ms);
    duration_from_environment("ORMDB_STATEMENT_TIMEOUT", config_.statement_timeout_ms);
    const std::string table = variable("ORMDB_VERSION_TABLE").value_or("");
    if (!table.empty()) config_.version_table = table;
  }

  void duration_from_environment(const std::string& name, int& milliseconds) const {
    const std::string text = variable(name).value_or("");
    if (text.empty()) return;
    const std::optional<int> value = parse_duration_ms(text);
    if (!value) throw bad_duration(name, text);
    milliseconds = *value;
  }

  const Source& source_;
  const ConfigOverrides& overrides_;
  const Variables& dotenv_;
  Node root_;
  Config config_;
  std::optional<Error> missing_;  ///< Told last: a misspelt key is why it is missing.
};

}  // namespace

std::string url_in_directory(const std::string& text, const std::string& directory) {
  const Url url = parse_url(text);
  const bool is_relative = url.dialect == "sqlite" && !url.database.empty() &&
                           !url.database.starts_with('/') && !url.database.starts_with("file:");
  if (!is_relative || directory == ".") return text;
  const std::size_t path = text.find("://") + 4;
  std::string prefix = replace_all(directory, "%", "%25");
  prefix = replace_all(prefix, "?", "%3F");
  return text.substr(0, path) + path_join(prefix, text.substr(path));
}

std::vector<std::string> configured_databases(const std::string& path) {
  std::vector<std::string> names;
  const Source source{path, read_file(path)};
  const Node root = parse_yaml_document(source, ErrorKind::kConfig);
  const Node* several = root.find("databases");
  if (several == nullptr) return names;
  for (const Node::Entry& entry : several->entries) names.push_back(entry.first);
  return names;
}

Config parse_config(const Source& source, const ConfigOverrides& overrides,
                    const Variables& dotenv) {
  try {
    return ConfigReader(source, overrides, dotenv).read();
  } catch (const Error& error) {
    throw without_passwords(error);
  }
}

Config load_config(const std::string& path, const ConfigOverrides& overrides) {
  const std::optional<std::string> text = read_file_if_exists(path);
  if (!text) {
    throw Error(ErrorKind::kConfig, "there is no '" + path + "'")
        .at(path)
        .hint("`ormdb init` makes one; -c FILE names another");
  }
  // A directory of that name is somebody's virtual environment.
  const std::string dotenv = path_join(parent_directory(path), ".env");
  const Variables variables = file_exists(dotenv) ? parse_dotenv(read_file(dotenv)) : Variables();
  return parse_config({path, *text}, overrides, variables);
}

}  // namespace ormdb
