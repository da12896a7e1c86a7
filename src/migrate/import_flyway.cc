// Flyway: V1_2__what_it_does.sql, U1_2__what_it_does.sql. Naming as in its reference,
// https://documentation.red-gate.com/fd/migrations-184127470.html
#include <algorithm>

#include "base/file_system.h"
#include "base/text.h"
#include "migrate/import.h"
#include "migrate/version_number.h"

namespace ormdb {
namespace {

struct FlywayName {
  char kind = 0;  ///< V, U, R, B; 0: none of Flyway's.
  std::string version;
  std::string message;
};

FlywayName parse_flyway_name(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const std::size_t separator = name.find("__");
  if (!name.ends_with(".sql") || separator == name.npos) return {};
  FlywayName parsed;
  parsed.kind = name.front();
  parsed.version = replace_all(name.substr(1, separator - 1), "_", ".");
  const std::string words = name.substr(separator + 2, name.size() - 4 - separator - 2);
  parsed.message = std::string(trim(replace_all(words, "_", " ")));
  const bool versioned = std::string_view("VUB").find(parsed.kind) != std::string_view::npos;
  if (versioned && !version_parts(parsed.version).empty()) return parsed;
  return parsed.kind == 'R' && parsed.version.empty() ? parsed : FlywayName();
}

bool is_versioned(const std::string& path) { return parse_flyway_name(path).kind == 'V'; }

SqlSectionText section_of(const std::string& path, std::vector<std::string>& warnings) {
  SqlSectionText section;
  section.sql = normalize_newlines(read_file(path));
  section.sql.erase(section.sql.find_last_not_of(" \t\n") + 1);
  const std::string settings = to_lower(read_file_if_exists(path + ".conf").value_or(""));
  for (const std::string& line : split(replace_all(settings, " ", ""), '\n')) {
    if (line.starts_with("executeintransaction=false")) section.transaction = false;
  }
  if (section.sql.find("${") != std::string::npos) {
    warnings.push_back(display_path(path) + ": ormdb fills in no ${placeholders} in SQL");
  }
  return section;
}

}  // namespace

ImportedProject read_flyway(const std::string& directory, std::string_view) {
  const std::string place = directory_with(
      directory, {".", "src/main/resources/db/migration", "db/migration", "sql", "migrations"},
      true, is_versioned);
  ImportedProject project;
  std::map<std::vector<std::string>, std::string> undo;
  const std::vector<std::string> names = list_files(place, true);
  for (const std::string& name : names) {
    const FlywayName parsed = parse_flyway_name(name);
    const std::string path = path_join(place, name);
    if (parsed.kind == 'U') undo[version_parts(parsed.version)] = path;
    if (parsed.kind == 'R') {
      project.warnings.push_back(display_path(path) + ": not imported, it is repeatable");
    } else if (parsed.kind == 'B') {
      project.warnings.push_back(display_path(path) + ": not imported, it is a baseline");
    } else if (parsed.kind == 0 && name.ends_with(".sql")) {
      project.warnings.push_back(display_path(path) + ": not imported, its name is no migration's");
    }
  }
  for (const std::string& name : names) {
    const FlywayName parsed = parse_flyway_name(name);
    if (parsed.kind != 'V') continue;
    ImportedScript script;
    script.revision.id = parsed.version;
    script.revision.message = parsed.message;
    script.revision.created = version_time(parsed.version);
    script.revision.file = path_join(place, name);
    script.upgrade = section_of(script.revision.file, project.warnings);
    const auto back = undo.find(version_parts(parsed.version));
    if (back != undo.end()) script.downgrade = section_of(back->second, project.warnings);
    project.scripts.push_back(std::move(script));
  }
  chain_by_version(project.scripts);
  return project;
}

}  // namespace ormdb
