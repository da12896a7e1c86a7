#include "base/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include "ormdb/error.h"

namespace ormdb {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadSize = 65536;
constexpr std::size_t kSmallFile = 16384;

std::string hint_for(int code) {
  switch (code) {
    case EACCES:
    case EPERM:
      return "check the permissions of the file and its directory";
    case EROFS:
      return "the file system is mounted read-only";
    case ENOSPC:
    case EDQUOT:
      return "free some disk space and run the command again";
    case EMFILE:
    case ENFILE:
      return "too many open files: see ulimit -n";
    default:
      return "";
  }
}

Error failure(const std::string& action, const std::string& path, int code) {
  return Error(ErrorKind::kIo,
               "cannot " + action + " '" + path + "': " + std::generic_category().message(code))
      .hint(hint_for(code))
      .at(path);
}

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() { close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }
  int close() {
    const int result = descriptor_ >= 0 ? ::close(descriptor_) : 0;
    descriptor_ = -1;
    return result;
  }

 private:
  int descriptor_;
};

// Asks for one byte more than the file's size: a read of a regular file that gives less than it was
// asked for has come to the end, and a small file costs one read and no large buffer.
std::string read_all(const File& file, const std::string& path) {
  struct stat status {};
  const bool regular = ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
  const bool sized = regular && status.st_size > 0;
  std::size_t step = sized ? static_cast<std::size_t>(status.st_size) + 1 : kReadSize;
  std::string text;
  while (true) {
    const std::size_t had = text.size();
    text.resize(had + step);
    const ssize_t got = ::read(file.get(), text.data() + had, step);
    text.resize(had + (got > 0 ? static_cast<std::size_t>(got) : 0));
    if (got < 0 && errno != EINTR) throw failure("read", path, errno);
    if (got == 0 || (regular && got > 0 && static_cast<std::size_t>(got) < step)) return text;
    if (got > 0) step = kReadSize;
  }
}

mode_t type_of(const std::string& path, bool follow) {
  struct stat status {};
  const int result = follow ? ::stat(path.c_str(), &status) : ::lstat(path.c_str(), &status);
  return result == 0 ? status.st_mode & S_IFMT : 0;
}

// By readdir: std::filesystem makes a path of each entry, which takes as long as opening the file.
// Links to files count as files; links to directories are not followed. A link to nothing counts as
// a file that cannot be read: that it is missing must not go unnoticed.
void list_into(std::vector<std::string>& names, const std::string& directory,
               const std::string& prefix, bool recursive) {
  const std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(directory.c_str()), ::closedir);
  if (!stream) throw failure("list", directory, errno);
  while (true) {
    errno = 0;
    const dirent* const entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    auto type = static_cast<mode_t>(DTTOIF(entry->d_type));
    if (type == 0) type = type_of(path_join(directory, name), false);
    if (type == S_IFLNK) {
      const mode_t target = type_of(path_join(directory, name), true);
      if (target == S_IFREG || target == 0) names.push_back(prefix + name);
    } else if (type == S_IFREG) {
      names.push_back(prefix + name);
    } else if (type == S_IFDIR && recursive) {
      list_into(names, path_join(directory, name), prefix + name + "/", true);
    }
  }
  if (errno != 0) throw failure("list", directory, errno);
}

// A temporary file beside the one to be written; gone again unless it was renamed.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& target)
      : path_(target + ".XXXXXX"), target_(target), file_(::mkstemp(path_.data())) {
    if (!file_.is_open()) throw failure("write", target, errno);
  }
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  void write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = ::write(file_.get(), text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw failure("write", target_, errno);
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file_.get()) != 0) throw failure("write", target_, errno);
  }

  // mkstemp makes files that only their owner reads; a script is for everybody whom umask admits.
  void set_mode() {
    struct stat old {};
    const mode_t mask = ::umask(0);
    ::umask(mask);
    const bool exists = ::stat(target_.c_str(), &old) == 0;
    const mode_t mode = exists ? (old.st_mode & 07777U) : (0666U & ~mask);
    if (::fchmod(file_.get(), mode) != 0) throw failure("write", target_, errno);
  }

  void move_to_target(bool replace) {
    if (file_.close() != 0) throw failure("write", target_, errno);
    if (replace) {
      if (::rename(path_.c_str(), target_.c_str()) != 0) throw failure("write", target_, errno);
      path_.clear();
    } else {
      publish_new();
    }
  }

 private:
  // link() fails where the target exists, so of two writers one loses. File systems without hard
  // links get the name by O_EXCL first and then the content by rename.
  void publish_new() {
    if (::link(path_.c_str(), target_.c_str()) == 0) return;
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) {
      throw failure("create", target_, errno);
    }
    const File claim(::open(target_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!claim.is_open()) throw failure("create", target_, errno);
    if (::rename(path_.c_str(), target_.c_str()) != 0) throw failure("write", target_, errno);
    path_.clear();
  }

  std::string path_;
  const std::string& target_;
  File file_;
};

// The name survives a crash only once the directory is on disk too. Some file systems refuse; the
// content is safe without.
void sync_directory(const std::string& path) {
  const File directory(::open(parent_directory(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.is_open()) ::fsync(directory.get());
}

std::string resolve_link(const std::string& path) {
  std::error_code code;
  const fs::path real = fs::is_symlink(path, code) ? fs::weakly_canonical(path, code) : fs::path();
  return code || real.empty() ? path : real.string();
}

}  // namespace

std::string read_file(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) throw failure("read", path, errno);
  return read_all(file, path);
}

DirectoryReader::DirectoryReader(std::string directory)
    : directory_(std::move(directory)),
      descriptor_(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (descriptor_ < 0) throw failure("list", directory_, errno);
}

DirectoryReader::~DirectoryReader() { ::close(descriptor_); }

void DirectoryReader::read(const std::string& name, std::string& text) const {
  const File file(::openat(descriptor_, name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) throw failure("read", path_join(directory_, name), errno);
  std::array<char, kSmallFile> buffer;
  text.clear();
  while (true) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw failure("read", path_join(directory_, name), errno);
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (static_cast<std::size_t>(got) < buffer.size()) return;
  }
}

std::optional<std::string> read_file_if_exists(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.is_open()) return read_all(file, path);
  if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
  throw failure("read", path, errno);
}

void write_file(const std::string& path, std::string_view text, bool replace) {
  // Renaming over a symbolic link would replace the link, not the file that it names.
  const std::string target = replace ? resolve_link(path) : path;
  TemporaryFile file(target);
  file.write(text);
  file.set_mode();
  file.move_to_target(replace);
  sync_directory(target);
}

bool file_exists(const std::string& path) {
  std::error_code code;
  return fs::exists(path, code) && !fs::is_directory(path, code);
}

bool directory_exists(const std::string& path) {
  std::error_code code;
  return fs::is_directory(path, code);
}

void make_directories(const std::string& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) throw failure("create the directory", path, code.value());
}

std::vector<std::string> list_files(const std::string& directory, bool recursive) {
  std::vector<std::string> names;
  list_into(names, directory, "", recursive);
  std::sort(names.begin(), names.end());
  return names;
}

void remove_file(const std::string& path) {
  if (::unlink(path.c_str()) != 0) throw failure("remove", path, errno);
}

std::string path_join(std::string_view directory, std::string_view path) {
  if (path.starts_with('/') || directory.empty() || directory == ".") return std::string(path);
  if (path.empty()) return std::string(directory);
  std::string result(directory);
  if (!result.ends_with('/')) result += '/';
  return result.append(path);
}

std::string parent_directory(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::string absolute_path(const std::string& path) {
  std::error_code code;
  const fs::path absolute = fs::absolute(path, code);
  if (code) throw failure("resolve", path, code.value());
  return absolute.lexically_normal().string();
}

std::string display_path(const std::string& path) {
  std::error_code code;
  const fs::path here = fs::current_path(code);
  if (code || !path.starts_with('/')) return path;
  const std::string relative = fs::path(path).lexically_relative(here).string();
  return relative.empty() || relative.starts_with("..") ? path : relative;
}

}  // namespace ormdb
