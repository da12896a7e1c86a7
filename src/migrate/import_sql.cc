// dbmate and goose: SQL files with marker comments.
#include <algorithm>

#include "base/file_system.h"
#include "base/sql_scanner.h"
#include "base/text.h"
#include "migrate/import.h"
#include "migrate/version_number.h"
#include "script/script_lines.h"

namespace ormdb {
namespace {

/// "20240131_add_users.sql" → its leading digits and "add users".
struct VersionedName {
  std::string version;
  std::string message;
};

VersionedName parse_name(const std::string& name) {
  VersionedName parsed;
  const std::size_t end = std::min(name.find_first_not_of("0123456789"), name.size());
  parsed.version = name.substr(0, end);
  parsed.message = name.substr(end, name.rfind('.') - end);
  parsed.message = std::string(trim(replace_all(parsed.message, "_", " ")));
  return parsed;
}

bool is_migration(const std::string& name) {
  const bool known =
      name.ends_with(".sql") || (name.ends_with(".go") && !name.ends_with("_test.go"));
  return known && !parse_name(name).version.empty();
}

bool is_sql_migration(const std::string& name) {
  return is_migration(name) && name.ends_with(".sql");
}

ImportedScript script_for(const std::string& path, const std::string& name) {
  const VersionedName parsed = parse_name(name);
  ImportedScript script;
  script.revision.id = parsed.version;
  script.revision.message = parsed.message;
  script.revision.created = version_time(parsed.version);
  script.revision.file = path;
  return script;
}

/// The words behind a marker: "-- +goose NO TRANSACTION", "+goose" → {"NO", "TRANSACTION"}.
/// Nothing for any other line.
std::optional<std::vector<std::string>> marker_words(std::string_view line,
                                                     std::string_view prefix) {
  if (!line.starts_with("--")) return std::nullopt;
  line = trim(line.substr(2));
  if (!line.starts_with(prefix)) return std::nullopt;
  std::vector<std::string> words = split(replace_all(std::string(line), "\t", " "), ' ');
  words.erase(std::remove(words.begin(), words.end(), ""), words.end());
  if (prefix.ends_with(':')) {
    words.front().erase(0, prefix.size());
  } else {
    words.erase(words.begin());
  }
  return words;
}

/// Takes the lines of a file into sections; derived classes judge the markers.
class FileReader {
 public:
  FileReader(const Source& source, std::string_view prefix, ImportedScript& script)
      : source_(source), prefix_(prefix), script_(script) {}
  virtual ~FileReader() = default;
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  void read() {
    LineReader lines(source_.text);
    TextLine line;
    while (lines.next(line)) {
      line_ = line.number;
      if (const auto words = marker_words(line.text, prefix_)) {
        marker(*words);
        continue;
      }
      if (section_ == nullptr) {
        const std::string_view text = trim(line.text);
        if (text.empty() || text.starts_with("--")) continue;
        throw error("a statement stands before the first marker");
      }
      section_->sql += std::string(line.text) + "\n";
    }
    finish();
    trim_section(script_.upgrade);
    if (script_.downgrade) trim_section(*script_.downgrade);
  }

 protected:
  virtual void marker(const std::vector<std::string>& words) = 0;
  virtual void finish() = 0;

  Error error(const std::string& message) const {
    return source_.error(ErrorKind::kScript, line_, message);
  }

  void open_upgrade() {
    if (has_upgrade_) throw error("the upgrade section begins a second time");
    has_upgrade_ = true;
    section_ = &script_.upgrade;
  }

  void open_downgrade() {
    if (script_.downgrade) throw error("the downgrade section begins a second time");
    section_ = &script_.downgrade.emplace();
  }

  static void trim_section(SqlSectionText& section) {
    const std::size_t begin = section.sql.find_first_not_of('\n');
    section.sql.erase(0, std::min(begin, section.sql.size()));
    section.sql.erase(section.sql.find_last_not_of(" \t\n") + 1);
  }

  const Source& source_;
  std::string_view prefix_;
  ImportedScript& script_;
  SqlSectionText* section_ = nullptr;
  bool has_upgrade_ = false;
  int line_ = 0;
};

class DbmateReader : public FileReader {
 public:
  DbmateReader(const Source& source, ImportedScript& script)
      : FileReader(source, "migrate:", script) {}

 private:
  void marker(const std::vector<std::string>& words) override {
    const std::string name = words.empty() ? "" : words.front();
    if (name == "up") {
      open_upgrade();
    } else if (name == "down") {
      open_downgrade();
    } else {
      throw error("unknown marker 'migrate:" + name + "'");
    }
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i] == "transaction:false") {
        section_->transaction = false;
      } else if (words[i] != "transaction:true") {
        throw error("unknown option '" + words[i] + "'");
      }
    }
  }

  void finish() override {
    if (!has_upgrade_) throw error("the file has no line '-- migrate:up'");
  }
};

class GooseReader : public FileReader {
 public:
  GooseReader(const Source& source, ImportedScript& script, std::string_view dialect,
              std::vector<std::string>& warnings)
      : FileReader(source, "+goose", script), dialect_(sql_dialect(dialect)), warnings_(warnings) {}

 private:
  void marker(const std::vector<std::string>& words) override {
    const std::string name = to_lower(join(words, " "));
    if (name == "up") {
      open_upgrade();
    } else if (name == "down") {
      open_downgrade();
    } else if (name == "no transaction") {
      transaction_ = false;
    } else if (name == "statementbegin") {
      if (section_ == nullptr) throw error("StatementBegin stands before '-- +goose Up'");
      block_ = section_->sql.size();
    } else if (name == "statementend") {
      end_block();
    } else if (name == "envsub on" || name == "envsub off") {
      warnings_.push_back(display_path(script_.revision.file) +
                          ": ormdb puts no environment variables into SQL (+goose ENVSUB)");
    } else {
      throw error("unknown marker '+goose " + join(words, " ") + "'");
    }
  }

  // What stands in a block is one statement to goose; it should be one to ormdb too.
  void end_block() {
    if (block_ == std::string::npos) throw error("StatementEnd without StatementBegin");
    const std::string block = section_->sql.substr(block_);
    const std::size_t count = split_sql(block, dialect_).size();
    if (count > 1) {
      warnings_.push_back(display_path(script_.revision.file) + ":" + std::to_string(line_) +
                          ": the block that ends here is " + counted(count, "statement") +
                          " to ormdb");
    } else if (count == 1 && !trim(block).ends_with(';')) {
      section_->sql += ";\n";
    }
    block_ = std::string::npos;
  }

  void finish() override {
    if (!has_upgrade_) throw error("the file has no line '-- +goose Up'");
    if (block_ != std::string::npos) throw error("StatementBegin without StatementEnd");
    script_.upgrade.transaction = transaction_;
    if (script_.downgrade) script_.downgrade->transaction = transaction_;
  }

  SqlDialect dialect_;
  std::vector<std::string>& warnings_;
  bool transaction_ = true;
  std::size_t block_ = std::string::npos;
};

ImportedScript go_migration(ImportedScript script) {
  const std::string reason = "a migration written in Go, " + display_path(script.revision.file);
  script.upgrade.unavailable = reason;
  script.downgrade.emplace().unavailable = reason;
  return script;
}

}  // namespace

ImportedProject read_dbmate(const std::string& directory, std::string_view) {
  const std::string place =
      directory_with(directory, {".", "db/migrations", "migrations"}, false, is_sql_migration);
  ImportedProject project;
  for (const std::string& name : list_files(place)) {
    if (!is_sql_migration(name)) continue;
    ImportedScript script = script_for(path_join(place, name), name);
    const Source source{display_path(script.revision.file),
                        normalize_newlines(read_file(script.revision.file))};
    DbmateReader(source, script).read();
    project.scripts.push_back(std::move(script));
  }
  chain_by_version(project.scripts);
  return project;
}

ImportedProject read_goose(const std::string& directory, std::string_view dialect) {
  const std::string place =
      directory_with(directory, {".", "migrations", "db/migrations"}, false, is_migration);
  ImportedProject project;
  for (const std::string& name : list_files(place)) {
    if (!is_migration(name)) continue;
    ImportedScript script = script_for(path_join(place, name), name);
    if (name.ends_with(".go")) {
      project.warnings.push_back(display_path(script.revision.file) +
                                 ": written in Go, so its SQL is unavailable");
      project.scripts.push_back(go_migration(std::move(script)));
      continue;
    }
    const Source source{display_path(script.revision.file),
                        normalize_newlines(read_file(script.revision.file))};
    GooseReader(source, script, dialect, project.warnings).read();
    project.scripts.push_back(std::move(script));
  }
  chain_by_version(project.scripts);
  return project;
}

}  // namespace ormdb
