// An Alembic or Flask-Migrate project: its places, its revision files, its command.
#include <algorithm>

#include "base/file_system.h"
#include "base/text.h"
#include "migrate/import.h"

namespace ormdb {
namespace {

struct Layout {
  std::string directory;  ///< Where the command is run.
  std::vector<std::string> versions;
  bool recursive = false;
  bool flask = false;
};

using Settings = std::map<std::string, std::string>;

/// The keys of one section of an ini or TOML file, of which what Alembic's need is read: indented
/// lines go on with the value above, quotes and brackets of TOML become blanks.
Settings read_section(const std::string& text, const std::string& section) {
  Settings settings;
  std::string* value = nullptr;
  bool inside = false;
  for (const std::string& raw : split(normalize_newlines(text), '\n')) {
    const std::string line(trim(raw));
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[' && line.back() == ']' && raw[0] == '[') {
      inside = line == "[" + section + "]";
      value = nullptr;
      continue;
    }
    if (!inside) continue;
    const std::size_t equals = line.find('=');
    const bool goes_on = raw[0] == ' ' || raw[0] == '\t' || equals == line.npos;
    if (!goes_on) value = &settings[std::string(trim(line.substr(0, equals)))];
    if (value != nullptr) *value += (goes_on ? "\n" + line : line.substr(equals + 1));
  }
  return settings;
}

std::string plain(std::string value, const std::string& here) {
  for (char& c : value) {
    if (c == '"' || c == '\'' || c == '[' || c == ']') c = ' ';
  }
  return std::string(trim(replace_all(value, "%(here)s", here)));
}

std::vector<std::string> paths_of(std::string text, const std::string& separator) {
  std::string separators = ", \n";
  if (separator == "os" || separator == ":") separators = ":\n";
  if (separator == ";") separators = ";\n";
  if (separator == "newline") separators = "\n";
  for (char& c : text) {
    if (separators.find(c) != separators.npos) c = '\n';
  }
  std::vector<std::string> paths;
  for (const std::string& path : split(text, '\n')) {
    if (!trim(path).empty()) paths.emplace_back(trim(path));
  }
  return paths;
}

/// "package:place" names a place inside a Python package.
std::string in_package(const std::string& path) {
  const std::size_t colon = path.find(':');
  if (colon == path.npos) return path;
  return replace_all(path.substr(0, colon), ".", "/") + "/" + path.substr(colon + 1);
}

Layout layout_of(const std::string& directory, Settings settings, const std::string& here) {
  for (auto& [key, value] : settings) value = plain(value, here);
  std::string separator = settings["path_separator"];
  if (separator.empty()) separator = settings["version_path_separator"];
  Layout layout;
  layout.directory = directory;
  layout.recursive = to_lower(settings["recursive_version_locations"]) == "true";
  const std::string scripts = settings["script_location"];
  layout.versions = paths_of(settings["version_locations"], separator);
  if (layout.versions.empty()) layout.versions = {path_join(scripts, "versions")};
  for (std::string& path : layout.versions) path = path_join(directory, in_package(path));
  return layout;
}

bool is_revision_file(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.ends_with(".py") && name[0] != '.' && !name.starts_with("__init__") &&
         path.find("__pycache__") == path.npos;
}

// The places where a project says what it looks like; otherwise its usual ones.
Layout find_layout(const std::string& directory) {
  const std::string here = absolute_path(directory);
  const auto ini = read_file_if_exists(path_join(directory, "alembic.ini"));
  const auto toml = read_file_if_exists(path_join(directory, "pyproject.toml"));
  for (const Settings& settings : {read_section(ini.value_or(""), "alembic"),
                                   read_section(toml.value_or(""), "tool.alembic")}) {
    if (settings.count("script_location") != 0) return layout_of(directory, settings, here);
  }
  // Last the directory itself: it may hold env.py, or be a whole application.
  const std::string place =
      directory_with(directory, {"versions", "migrations/versions", "alembic/versions", "."}, false,
                     is_revision_file);
  Layout layout;
  layout.directory = directory;
  layout.versions = {place};
  // Flask-Migrate keeps alembic.ini beside versions/, and its env.py needs the application.
  const std::string scripts = parent_directory(place);
  const auto environment = read_file_if_exists(path_join(scripts, "env.py"));
  layout.flask = environment && environment->find("from flask import") != std::string::npos;
  if (layout.flask) {
    if (scripts == directory) layout.directory = parent_directory(here);
  } else if (file_exists(path_join(scripts, "alembic.ini"))) {
    layout.directory = scripts;
  }
  return layout;
}

std::vector<Revision> read_revisions(const Layout& layout) {
  std::vector<Revision> revisions;
  for (const std::string& place : layout.versions) {
    if (!directory_exists(place)) {
      throw Error(ErrorKind::kIo, "there is no directory " + display_path(place))
          .hint("it is where the project's configuration says that revisions are");
    }
    for (const std::string& name : list_files(place, layout.recursive)) {
      if (!is_revision_file(name)) continue;
      const std::string path = path_join(place, name);
      revisions.push_back(
          read_alembic_file({display_path(path), normalize_newlines(read_file(path))}));
    }
  }
  if (!revisions.empty()) return revisions;
  throw Error(ErrorKind::kIo, "there are no revisions in " + join(layout.versions, ", "));
}

/// The first command that runs there; "" for none.
std::string find_command(const Layout& layout) {
  std::vector<std::string> candidates;
  for (const char* environment : {".venv", "venv"}) {
    const std::string bin = path_join(path_join(absolute_path(layout.directory), environment),
                                      layout.flask ? "bin/flask" : "bin/alembic");
    if (file_exists(bin)) candidates.push_back(shell_quoted(bin) + (layout.flask ? " db" : ""));
  }
  if (layout.flask) {
    candidates.insert(candidates.end(), {"flask db", "python3 -m flask db"});
  } else {
    // A Python of the user's own may stand before the system's, which has the system's Alembic.
    candidates.insert(candidates.end(),
                      {"alembic", "python3 -m alembic", "/usr/bin/python3 -m alembic"});
  }
  for (const std::string& candidate : candidates) {
    if (run_command(candidate + " --help", layout.directory).exit_code == 0) return candidate;
  }
  return "";
}

AlembicBodies all_unavailable(const RevisionGraph& graph, const std::string& reason) {
  AlembicBodies bodies;
  SqlSectionText section;
  section.unavailable = reason;
  for (const Revision* revision : graph.all()) {
    bodies.upgrade[revision->id] = bodies.downgrade[revision->id] = section;
  }
  return bodies;
}

AlembicBodies bodies_of(const Layout& layout, const RevisionGraph& graph, std::string_view dialect,
                        const ImportOptions& options) {
  if (options.alembic == "") {
    return all_unavailable(graph, "it was imported without asking Alembic for its SQL");
  }
  const std::string command = options.alembic ? *options.alembic : find_command(layout);
  if (command.empty()) {
    const std::string name = layout.flask ? "flask db" : "alembic";
    AlembicBodies bodies =
        all_unavailable(graph, "there was no " + name + " command to print its SQL");
    bodies.warnings.push_back("there is no " + name +
                              " command here, so the scripts hold the graph but no SQL: they can "
                              "be stamped, not run; name "
                              "the command with --alembic");
    return bodies;
  }
  return render_alembic(graph, dialect, [&](const std::string& arguments) {
    return run_command(command + " " + arguments, layout.directory);
  });
}

}  // namespace

ImportedProject read_alembic(const std::string& directory, std::string_view dialect,
                             const ImportOptions& options) {
  const Layout layout = find_layout(directory);
  const std::vector<Revision> revisions = read_revisions(layout);
  const RevisionGraph graph = RevisionGraph::build(revisions);
  AlembicBodies bodies = bodies_of(layout, graph, dialect, options);
  ImportedProject project;
  project.warnings = std::move(bodies.warnings);
  for (const Revision& revision : revisions) {
    project.scripts.push_back(
        {revision, bodies.upgrade[revision.id], bodies.downgrade[revision.id]});
  }
  return project;
}

}  // namespace ormdb
