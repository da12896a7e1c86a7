#include "script/directory.h"

#include <future>
#include <iterator>
#include <set>
#include <string_view>

#include "base/file_system.h"
#include "ormdb/error.h"
#include "script/script.h"

namespace ormdb {
namespace {

// Fewer files than this are read before another thread has begun.
constexpr std::size_t kWorthAThread = 512;

bool is_hidden(std::string_view path) {
  return path.starts_with('.') || path.starts_with('#') || path.find("/.") != path.npos ||
         path.find("/#") != path.npos;
}

bool is_script(std::string_view path) {
  return (path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".sql")) &&
         !is_hidden(path);
}

std::vector<Revision> scan(const std::string* begin, const std::string* end) {
  std::vector<Revision> revisions;
  revisions.reserve(static_cast<std::size_t>(end - begin));
  for (; begin != end; ++begin) revisions.push_back(scan_header({*begin, read_file(*begin)}));
  return revisions;
}

// On two threads: most of the time goes by in the operating system. The error of the first file
// that has one is thrown, as on one thread.
std::vector<Revision> scan(const std::vector<std::string>& paths) {
  const std::string* const begin = paths.data();
  const std::string* const end = begin + paths.size();
  if (paths.size() < kWorthAThread) return scan(begin, end);
  const std::string* const middle = begin + paths.size() / 2;
  auto later = std::async(std::launch::async, [&] { return scan(middle, end); });
  std::vector<Revision> revisions = scan(begin, middle);
  std::vector<Revision> rest = later.get();
  revisions.insert(revisions.end(), std::make_move_iterator(rest.begin()),
                   std::make_move_iterator(rest.end()));
  return revisions;
}

}  // namespace

std::vector<Revision> scan_directories(const std::vector<std::string>& directories,
                                       bool recursive) {
  std::vector<std::string> paths;
  std::set<std::string> seen;
  for (const std::string& directory : directories) {
    if (!seen.insert(absolute_path(directory)).second) continue;
    if (!directory_exists(directory)) {
      if (!file_exists(directory) && !file_exists(parent_directory(directory))) continue;
      throw Error(ErrorKind::kIo, "'" + display_path(directory) + "' is no directory of scripts")
          .hint("correct 'migrations:' in ormdb.yaml, or -d");
    }
    for (const std::string& name : list_files(directory, recursive)) {
      if (is_script(name)) paths.push_back(path_join(directory, name));
    }
  }
  return scan(paths);
}

}  // namespace ormdb
