#include "script/directory.h"

#include <future>
#include <iterator>
#include <optional>
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

struct ScriptFile {
  const std::string* directory;
  std::string name;
};

std::vector<Revision> scan(const ScriptFile* begin, const ScriptFile* end) {
  std::vector<Revision> revisions;
  revisions.reserve(static_cast<std::size_t>(end - begin));
  std::optional<DirectoryReader> reader;
  const std::string* directory = nullptr;
  Source source;
  for (; begin != end; ++begin) {
    if (directory != begin->directory) reader.emplace(*(directory = begin->directory));
    source.file = path_join(*directory, begin->name);
    reader->read(begin->name, source.text);
    revisions.push_back(scan_header(source));
  }
  return revisions;
}

// On two threads: most of the time goes by in the operating system. The error of the first file
// that has one is thrown, as on one thread.
std::vector<Revision> scan(const std::vector<ScriptFile>& files) {
  const ScriptFile* const begin = files.data();
  const ScriptFile* const end = begin + files.size();
  if (files.size() < kWorthAThread) return scan(begin, end);
  const ScriptFile* const middle = begin + files.size() / 2;
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
  std::vector<ScriptFile> files;
  std::set<std::string> seen;
  for (const std::string& directory : directories) {
    if (!seen.insert(absolute_path(directory)).second) continue;
    if (!directory_exists(directory)) {
      if (!file_exists(directory) && !file_exists(parent_directory(directory))) continue;
      throw Error(ErrorKind::kIo, "'" + display_path(directory) + "' is no directory of scripts")
          .hint("correct 'migrations:' in ormdb.yaml, or -d");
    }
    for (std::string& name : list_files(directory, recursive)) {
      if (is_script(name)) files.push_back({&directory, std::move(name)});
    }
  }
  return scan(files);
}

}  // namespace ormdb
