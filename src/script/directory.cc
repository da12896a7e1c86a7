#include "script/directory.h"

#include <algorithm>
#include <set>

#include "base/file_system.h"
#include "base/text.h"
#include "ormdb/error.h"
#include "script/script.h"

namespace ormdb {
namespace {

bool is_script(const std::string& path) {
  const std::vector<std::string> names = split(path, '/');
  const bool is_hidden = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return name.starts_with('.') || name.starts_with('#');
  });
  return !is_hidden &&
         (path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".sql"));
}

}  // namespace

std::vector<Revision> scan_directories(const std::vector<std::string>& directories,
                                       bool recursive) {
  std::vector<Revision> revisions;
  std::set<std::string> seen;
  for (const std::string& directory : directories) {
    if (!seen.insert(absolute_path(directory)).second) continue;
    if (!directory_exists(directory)) {
      if (!file_exists(directory) && !file_exists(parent_directory(directory))) continue;
      throw Error(ErrorKind::kIo, "'" + display_path(directory) + "' is no directory of scripts")
          .hint("correct 'migrations:' in ormdb.yaml, or -d");
    }
    for (const std::string& name : list_files(directory, recursive)) {
      if (!is_script(name)) continue;
      const std::string path = path_join(directory, name);
      revisions.push_back(scan_header({path, read_file(path)}));
    }
  }
  return revisions;
}

}  // namespace ormdb
