// The run lock between processes.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "dialect/sqlite/lock.h"
#include "support/dialect_sqlite.h"

using namespace ormdb;
using namespace ormdb::test;
using std::chrono::milliseconds;

namespace {

/// A process that holds the lock until it is killed.
class Holder {
 public:
  explicit Holder(const std::string& database) {
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    pid_ = fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      const auto lock = lock_database_file(database, milliseconds(0));
      const bool told = write(ready[1], "x", 1) == 1;
      while (told) pause();
      _exit(1);
    }
    close(ready[1]);
    char byte = 0;
    const bool heard = read(ready[0], &byte, 1) == 1;
    close(ready[0]);
    REQUIRE(heard);
  }
  ~Holder() { end(); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  void end() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  std::string name() const { return "pid " + std::to_string(pid_) + " on "; }

 private:
  pid_t pid_ = 0;
};

}  // namespace

TEST_CASE("the run lock keeps other processes off and names its holder", "[sqlite][lock]") {
  const TemporaryDirectory directory;
  const std::string database = directory.path("a.db");
  Holder holder(database);
  const Error error = error_of([&] { lock_database_file(database, milliseconds(60)); });
  CHECK(error.kind() == ErrorKind::kLocked);
  CHECK(error.message().find(holder.name()) != std::string::npos);
  CHECK(lock_holder(database).value_or("").find(holder.name()) == 0);
  CHECK(std::filesystem::exists(lock_file_of(database)));
}

TEST_CASE("the run lock of a killed process is free", "[sqlite][lock]") {
  const TemporaryDirectory directory;
  const std::string database = directory.path("a.db");
  Holder holder(database);
  holder.end();
  CHECK(std::filesystem::exists(lock_file_of(database)));
  CHECK_FALSE(lock_holder(database));
  const auto lock = lock_database_file(database, milliseconds(0));
  CHECK(lock_holder(database).value_or("").find("pid " + std::to_string(getpid())) == 0);
}

TEST_CASE("the run lock leaves no file behind and can be had again", "[sqlite][lock]") {
  const TemporaryDirectory directory;
  const std::string database = directory.path("a.db");
  for (int i = 0; i < 3; ++i) {
    const auto lock = lock_database_file(database, milliseconds(0));
    CHECK_THROWS_AS(lock_database_file(database, milliseconds(0)), Error);
  }
  CHECK(std::filesystem::is_empty(directory.path("")));
  CHECK_FALSE(lock_holder(database));
  CHECK(std::filesystem::is_empty(directory.path("")));  // asking makes no file
}

TEST_CASE("two paths to one database are one lock", "[sqlite][lock]") {
  const TemporaryDirectory directory;
  std::filesystem::create_symlink(directory.path("a.db"), directory.path("link.db"));
  dialect_for("sqlite").create_database(file_url(directory.path("a.db")));
  const auto lock = lock_database_file(directory.path("a.db"), milliseconds(0));
  CHECK(lock_holder(directory.path("link.db")));
}

TEST_CASE("of many processes one at a time has the lock", "[sqlite][lock]") {
  const TemporaryDirectory directory;
  const std::string database = directory.path("a.db");
  const std::string inside = directory.path("inside");
  constexpr int kProcesses = 8;
  pid_t children[kProcesses];
  for (pid_t& child : children) {
    child = fork();
    REQUIRE(child >= 0);
    if (child != 0) continue;
    int failures = 0;
    for (int i = 0; i < 5; ++i) {
      const auto lock = lock_database_file(database, std::chrono::seconds(30));
      if (!std::filesystem::create_directory(inside)) ++failures;  // somebody else is inside
      usleep(500);
      std::filesystem::remove(inside);
    }
    _exit(failures);
  }
  for (const pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  }
}

TEST_CASE("databases in memory need no lock", "[sqlite][lock]") {
  const auto db = memory_database();
  const Dialect& sqlite = dialect_for("sqlite");
  CHECK(sqlite.lock_run(file_url(""), *db, milliseconds(0)) != nullptr);
  CHECK_FALSE(sqlite.run_lock_holder(file_url(""), *db));
}
