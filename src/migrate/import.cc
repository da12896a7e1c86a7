#include "migrate/import.h"

#include <algorithm>

#include "base/clock.h"
#include "base/file_system.h"
#include "base/text.h"
#include "migrate/version_number.h"
#include "script/directory.h"

namespace ormdb {
namespace {

const std::vector<std::string> kTools = {"alembic", "dbmate", "goose", "flyway"};

ImportedProject read_project(const std::string& tool, const std::string& directory,
                             std::string_view dialect, const ImportOptions& options) {
  if (!directory_exists(directory)) {
    throw Error(ErrorKind::kIo, "there is no directory " + display_path(directory));
  }
  if (tool == "alembic") return read_alembic(directory, dialect, options);
  if (tool == "dbmate") return read_dbmate(directory, dialect);
  if (tool == "goose") return read_goose(directory, dialect);
  if (tool == "flyway") return read_flyway(directory, dialect);
  throw Error(ErrorKind::kUsage,
              "ormdb cannot import from '" + tool + "'" + did_you_mean(tool, kTools))
      .where("argument")
      .candidates(kTools)
      .hint("tools: " + join(kTools, ", "));
}

void check_ids(const ImportedProject& project) {
  for (const ImportedScript& script : project.scripts) {
    try {
      validate_revision_id(script.revision.id);
    } catch (const Error& error) {
      Error placed = error;
      throw placed.at(display_path(script.revision.file), script.revision.line);
    }
  }
}

struct NewFile {
  std::string path;
  std::string text;
};

NewFile file_of(const Config& config, const DatabaseConfig& database, const ImportedScript& script,
                std::string_view dialect, const std::string& now) {
  const Revision& revision = script.revision;
  NewFile file;
  const std::string created = revision.created.empty() ? now : revision.created;
  const std::string name = script_file_name(config.file_template, revision, created,
                                            config.slug_length, ScriptFormat::kSql);
  file.path = path_join(database.versions.front(), name);
  try {
    file.text = render_sql_script(revision, script.upgrade, script.downgrade);
    const Revision header = scan_header({file.path, file.text});
    parse_body({file.path, file.text}, dialect);
    if (header.id == revision.id && header.down_revisions == revision.down_revisions) return file;
  } catch (const Error& error) {
    Error placed = error;
    throw placed.revision(revision.id)
        .at(display_path(revision.file))
        .hint("nothing was written: ormdb cannot read what this file would become");
  }
  throw Error(ErrorKind::kInternal, "a script does not read back as what was to be written")
      .at(display_path(revision.file));
}

// Scripts of the same revision, and files of the same name, stay as they are.
void refuse_overwriting(const std::vector<Revision>& present, const ImportedProject& project,
                        const std::vector<NewFile>& files) {
  std::set<std::string> taken;
  std::set<std::string> paths;
  for (const NewFile& file : files) {
    if (!paths.insert(file.path).second || file_exists(file.path)) {
      taken.insert(display_path(file.path));
    }
  }
  for (const Revision& revision : present) {
    for (const ImportedScript& script : project.scripts) {
      if (script.revision.id == revision.id) taken.insert(display_path(revision.file));
    }
  }
  if (taken.empty()) return;
  const std::vector<std::string> names(taken.begin(), taken.end());
  throw Error(ErrorKind::kConflict, "import would write over " + counted(names.size(), "script"))
      .candidates(names)
      .hint("nothing was written; move them away, or import into another directory with -d DIR");
}

RevisionGraph graph_with(std::vector<Revision> present, const ImportedProject& project) {
  for (const ImportedScript& script : project.scripts) {
    present.push_back(script.revision);
    present.back().file = display_path(script.revision.file);
  }
  return RevisionGraph::build(std::move(present));
}

void write_all(const std::vector<NewFile>& files) {
  std::size_t written = 0;
  try {
    for (; written < files.size(); ++written) {
      make_directories(parent_directory(files[written].path));
      write_file(files[written].path, files[written].text, false);
    }
  } catch (const Error&) {
    while (written > 0) remove_file(files[--written].path);
    throw;
  }
}

// The imported scripts in the order of the graph.
ImportResult result_of(const RevisionGraph& graph, const ImportedProject& project,
                       const std::vector<NewFile>& files) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < files.size(); ++i) places[project.scripts[i].revision.id] = i;
  ImportResult result;
  result.warnings = project.warnings;
  for (const Revision* revision : graph.all()) {
    const auto place = places.find(revision->id);
    if (place == places.end()) continue;
    const NewFile& file = files[place->second];
    result.revisions.push_back(scan_header({file.path, file.text}));
    result.revisions.back().file = file.path;
    result.created.push_back(display_path(file.path));
  }
  return result;
}

}  // namespace

std::string directory_with(const std::string& directory, const std::vector<std::string>& below,
                           bool recursive, const std::function<bool(const std::string&)>& wanted) {
  std::vector<std::string> places;
  for (const std::string& name : below) {
    places.push_back(name == "." ? directory : path_join(directory, name));
  }
  for (std::string& place : places) {
    if (directory_exists(place)) {
      const std::vector<std::string> names = list_files(place, recursive);
      if (std::any_of(names.begin(), names.end(), wanted)) return place;
    }
    place = display_path(place);
  }
  throw Error(ErrorKind::kIo, "there are no migrations in " + join(places, ", "))
      .candidates(places)
      .hint("name the directory that holds them");
}

void chain_by_version(std::vector<ImportedScript>& scripts) {
  std::map<std::string, std::vector<std::string>> keys;
  for (const ImportedScript& script : scripts) {
    keys[script.revision.id] = version_parts(script.revision.id);
  }
  const auto key = [&](const ImportedScript& script) -> const auto& {
    return keys[script.revision.id];
  };
  std::stable_sort(scripts.begin(), scripts.end(),
                   [&](const ImportedScript& a, const ImportedScript& b) {
                     return version_before(key(a), key(b));
                   });
  for (std::size_t i = 1; i < scripts.size(); ++i) {
    const Revision& before = scripts[i - 1].revision;
    Revision& revision = scripts[i].revision;
    if (key(scripts[i - 1]) == key(scripts[i])) {
      throw Error(ErrorKind::kDuplicateRevision, "two migrations have version " + revision.id +
                                                     ": " + display_path(before.file) + " and " +
                                                     display_path(revision.file))
          .revision(revision.id)
          .at(display_path(revision.file));
    }
    revision.down_revisions = {before.id};
  }
}

ImportResult import_project(const Config& config, const DatabaseConfig& database,
                            const std::string& tool, const std::string& directory,
                            const ImportOptions& options) {
  const std::string dialect = parse_url(database.url).dialect;
  const std::vector<Revision> present =
      scan_directories(database.versions, config.recursive_versions);
  ImportedProject project = read_project(tool, directory, dialect, options);
  check_ids(project);
  std::vector<NewFile> files;
  const std::string now = now_utc();
  for (const ImportedScript& script : project.scripts) {
    files.push_back(file_of(config, database, script, dialect, now));
  }
  refuse_overwriting(present, project, files);
  const RevisionGraph graph = graph_with(present, project);
  write_all(files);
  if (!present.empty()) {
    project.warnings.push_back(
        "the project had scripts before: the imported ones begin at a base of their own");
  }
  return result_of(graph, project, files);
}

}  // namespace ormdb
