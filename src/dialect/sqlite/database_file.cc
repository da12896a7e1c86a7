#include "dialect/sqlite/database_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>

#include "base/file_system.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

// The first 16 bytes of every database: https://www.sqlite.org/fileformat2.html, 1.3.
constexpr std::string_view kMagic("SQLite format 3\0", 16);

bool is_database_or_empty(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string head(kMagic.size(), ' ');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  return file.gcount() == 0 || head == kMagic;
}

}  // namespace

void create_database_file(const std::string& path) {
  const int descriptor = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor >= 0) {
    close(descriptor);
    return;
  }
  const int code = errno;
  const std::string shown = display_path(path);
  if (code == EEXIST) {
    throw Error(ErrorKind::kDatabase, "database file " + shown + " exists already")
        .where("database");
  }
  throw Error(ErrorKind::kDatabase,
              "cannot make database file " + shown + ": " + std::strerror(code))
      .where("database");
}

void drop_database_file(const std::string& path) {
  const std::string shown = display_path(path);
  if (!file_exists(path)) {
    throw Error(ErrorKind::kDatabase, "database file " + shown + " does not exist")
        .where("database");
  }
  if (!is_database_or_empty(path)) {
    throw Error(ErrorKind::kDatabase, shown + " is not an SQLite database")
        .hint("remove the file yourself if it is the right one")
        .where("database");
  }
  for (const char* suffix : {"-wal", "-shm", "-journal"}) {
    if (file_exists(path + suffix)) remove_file(path + suffix);
  }
  remove_file(path);
}

}  // namespace ormdb
