#include "dialect/sqlite/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/file_system.h"
#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPollInterval{50};
// A probe (lock_holder) holds the lock for a moment, so that one refusal says little.
constexpr int kLeastAttempts = 3;
constexpr milliseconds kShortPause{2};

class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  File& operator=(File&&) = delete;

  int get() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

class FileLock : public RunLock {
 public:
  FileLock(File file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  // Removed while it is still locked: nobody else can have made it their own meanwhile.
  ~FileLock() override { unlink(path_.c_str()); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  File file_;
  std::string path_;
};

class NoLock : public RunLock {};

bool same_file(int descriptor, const std::string& path) {
  struct stat locked = {};
  struct stat named = {};
  return fstat(descriptor, &locked) == 0 && stat(path.c_str(), &named) == 0 &&
         locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "this host";
}

Error io_error(const std::string& what, const std::string& path, int code) {
  return Error(ErrorKind::kIo, what + " " + display_path(path) + ": " + std::strerror(code));
}

void write_holder(int descriptor, const std::string& path) {
  const std::string text =
      "pid " + std::to_string(getpid()) + " on " + host_name() + " since " + now_utc() + "\n";
  if (ftruncate(descriptor, 0) == 0 &&
      pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size())) {
    return;
  }
  throw io_error("cannot write lock file", path, errno);
}

std::string read_holder(int descriptor) {
  std::array<char, 512> buffer{};
  const ssize_t size = pread(descriptor, buffer.data(), buffer.size(), 0);
  const std::string_view text(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  const std::string holder(trim(text));
  return holder.empty() ? "another process" : holder;
}

enum class Attempt { kHeld, kOthers, kGone };  // ours, somebody else's, not the file at the path

Attempt try_lock(const File& file, const std::string& path) {
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK || errno == EINTR) return Attempt::kOthers;
    throw io_error("cannot lock", path, errno);
  }
  return same_file(file.get(), path) ? Attempt::kHeld : Attempt::kGone;
}

Error locked_error(const std::string& database, const std::string& path) {
  const File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  const std::string holder = file.is_open() ? read_holder(file.get()) : "another process";
  return Error(ErrorKind::kLocked,
               "another ormdb run holds " + display_path(database) + ": " + holder)
      .hint("wait for it to end, or wait longer with --run-lock-timeout");
}

}  // namespace

std::string lock_file_of(const std::string& database) {
  std::error_code failed;
  const std::filesystem::path real = std::filesystem::weakly_canonical(database, failed);
  return (failed ? absolute_path(database) : real.string()) + "-ormdb-lock";
}

std::unique_ptr<RunLock> lock_database_file(const std::string& database, milliseconds timeout) {
  const std::string path = lock_file_of(database);
  const auto end = std::chrono::steady_clock::now() + timeout;
  for (int attempts = 1;; ++attempts) {
    File file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
    if (!file.is_open()) {
      const int code = errno;
      if (access(database.c_str(), W_OK) != 0) return std::make_unique<NoLock>();
      throw io_error("cannot make lock file", path, code)
          .hint(
              "the user who runs ormdb needs write permission on the directory, as SQLite does for "
              "its journal");
    }
    switch (try_lock(file, path)) {
      case Attempt::kHeld:
        write_holder(file.get(), path);
        return std::make_unique<FileLock>(std::move(file), path);
      case Attempt::kGone:
        continue;
      case Attempt::kOthers:
        break;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now >= end && attempts >= kLeastAttempts) throw locked_error(database, path);
    std::this_thread::sleep_for(now >= end ? kShortPause : kPollInterval);
  }
}

std::optional<std::string> lock_holder(const std::string& database) {
  const File file(open(lock_file_of(database).c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return std::nullopt;
  // Closing the file gives the lock back.
  if (flock(file.get(), LOCK_SH | LOCK_NB) == 0) return std::nullopt;
  return read_holder(file.get());
}

}  // namespace ormdb
