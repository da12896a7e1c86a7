// Files, with ormdb's errors: every failure is Error{kIo} naming the path and the system's words.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ormdb {

std::string read_file(const std::string& path);
std::optional<std::string> read_file_if_exists(const std::string& path);
/// Whole or not at all: written to a temporary file in the same directory, synced, renamed.
/// `replace` false: fails when `path` exists.
void write_file(const std::string& path, std::string_view text, bool replace = true);
bool file_exists(const std::string& path);
bool directory_exists(const std::string& path);
void make_directories(const std::string& path);
/// Names (not paths) of the regular files, sorted; `recursive`: relative paths of all below.
std::vector<std::string> list_files(const std::string& directory, bool recursive = false);
void remove_file(const std::string& path);

/// The files of one directory, for reading many small ones: it is looked up once, and what is known
/// to be a regular file is not asked for its size. One for each thread.
class DirectoryReader {
 public:
  explicit DirectoryReader(std::string directory);
  ~DirectoryReader();
  DirectoryReader(const DirectoryReader&) = delete;
  DirectoryReader& operator=(const DirectoryReader&) = delete;
  /// Replaces `text` by what the regular file `name`, as list_files() gives it, has in it.
  void read(const std::string& name, std::string& text) const;

 private:
  std::string directory_;
  int descriptor_;
};

std::string path_join(std::string_view directory,
                      std::string_view path);         ///< An absolute path stays.
std::string parent_directory(std::string_view path);  ///< "." for a bare name.
std::string absolute_path(const std::string& path);
/// `path` relative to the current directory when below it, else as it is: for messages.
std::string display_path(const std::string& path);

}  // namespace ormdb
