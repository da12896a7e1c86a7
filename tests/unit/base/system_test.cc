// Files, the clock, hashes: what stands on the system.
#include <sys/resource.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <set>
#include <thread>

#include "base/base64.h"
#include "base/clock.h"
#include "base/file_system.h"
#include "base/sha256.h"
#include "base/text.h"
#include "base/utf8.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "ormdb_test_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Environment {
 public:
  Environment(std::string name, const char* value) : name_(std::move(name)) {
    ::setenv(name_.c_str(), value, 1);
  }
  ~Environment() { ::unsetenv(name_.c_str()); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  std::string name_;
};

TEST_CASE("SHA-256 gives the standard's examples") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(sha256_hex(std::string(1000000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("base64 goes both ways for every length") {
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    CHECK(decode_base64(encode_base64(bytes)) == bytes);
    bytes += static_cast<char>(i * 37);
  }
  CHECK(encode_base64("ab") == "YWI=");
  CHECK(decode_base64(" YW\nI ") == "ab");
  CHECK_FALSE(decode_base64("Y"));
  CHECK_FALSE(decode_base64("Y*=="));
  CHECK_FALSE(decode_base64("YQ==YQ=="));
}

TEST_CASE("UTF-8 is checked as Unicode says") {
  CHECK(find_invalid_utf8("aé€😀") == std::string::npos);
  for (const char* bad : {"a\xC0\x80", "a\xED\xA0\x80", "a\xF4\x90\x80\x80", "a\xE2\x82", "a\x80",
                          "a\xF0\x80\x80\x80", "a\xFF"}) {
    CHECK(find_invalid_utf8(bad) == 1);
  }
  CHECK(utf8_length("aé€😀") == 4);
}

TEST_CASE("a written file reads back, replaced as a whole, and leaves nothing beside it") {
  const TemporaryDirectory directory;
  const std::string path = directory / "a.txt";
  write_file(path, "one");
  write_file(path, std::string("two\0", 4));
  CHECK(read_file(path) == std::string("two\0", 4));
  CHECK(list_files(directory.path()) == std::vector<std::string>{"a.txt"});
}

TEST_CASE("a file that exists is not overwritten without leave") {
  const TemporaryDirectory directory;
  const std::string path = directory / "a.txt";
  write_file(path, "one", false);
  CHECK_THROWS_AS(write_file(path, "two", false), Error);
  CHECK(read_file(path) == "one");
  CHECK(list_files(directory.path()).size() == 1);
}

TEST_CASE("of many writers of one new file exactly one wins") {
  const TemporaryDirectory directory;
  const std::string path = directory / "a.txt";
  std::atomic<int> won = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&won, &path, i] {
      try {
        write_file(path, std::to_string(i), false);
        ++won;
      } catch (const Error&) {
        // The losers.
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  CHECK(won == 1);
  CHECK(list_files(directory.path()).size() == 1);
}

TEST_CASE("writing keeps the mode of the file and follows a symbolic link") {
  const TemporaryDirectory directory;
  const std::string real = directory / "real";
  const std::string link = directory / "link";
  write_file(real, "one");
  std::filesystem::permissions(real, std::filesystem::perms(0600));
  std::filesystem::create_symlink("real", link);
  write_file(link, "two");
  CHECK(std::filesystem::is_symlink(link));
  CHECK(read_file(real) == "two");
  CHECK(std::filesystem::status(real).permissions() == std::filesystem::perms(0600));
}

TEST_CASE("file errors name the path and the system's reason") {
  const TemporaryDirectory directory;
  const std::string missing = directory / "no/such";
  for (const auto& action : std::vector<std::function<void()>>{
           [&] { read_file(missing); }, [&] { write_file(missing, "x"); },
           [&] { write_file(missing, "x", false); }, [&] { list_files(missing); },
           [&] { remove_file(missing); }}) {
    try {
      action();
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kIo);
      CHECK_THAT(error.message(), Catch::Contains(missing));
      CHECK_THAT(error.message(), Catch::Contains("No such file or directory"));
    }
  }
  CHECK_THROWS_WITH(read_file(directory.path()), Catch::Contains("Is a directory"));
  CHECK_FALSE(read_file_if_exists(missing));
}

// A limit on file sizes stands for a full disk: write() fails halfway.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    old_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, old_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

TEST_CASE("a write that fails halfway leaves the old file and no other") {
  const TemporaryDirectory directory;
  const std::string path = directory / "a";
  write_file(path, "old");
  {
    const FileSizeLimit limit(1000);
    CHECK_THROWS_WITH(write_file(path, std::string(5000, 'x')), Catch::Contains("File too large"));
    CHECK_THROWS_AS(write_file(directory / "new", std::string(5000, 'x'), false), Error);
  }
  CHECK(read_file(path) == "old");
  CHECK(list_files(directory.path()) == std::vector<std::string>{"a"});
}

TEST_CASE("listing is sorted, and recursive where asked") {
  const TemporaryDirectory directory;
  make_directories(directory / "b/c");
  for (const char* name : {"z", "a", "b/y", "b/c/x"}) write_file(directory / name, "");
  CHECK(list_files(directory.path()) == std::vector<std::string>{"a", "z"});
  CHECK(list_files(directory.path(), true) == std::vector<std::string>{"a", "b/c/x", "b/y", "z"});
  remove_file(directory / "a");
  CHECK_FALSE(file_exists(directory / "a"));
  CHECK(directory_exists(directory / "b"));
  CHECK_FALSE(file_exists(directory / "b"));
}

TEST_CASE("a directory's files are read by name, small ones and large ones") {
  const TemporaryDirectory directory;
  make_directories(directory / "sub");
  const std::string large = std::string(16384, 'a') + std::string(16383, 'b');
  for (const std::string& content : {std::string(), std::string("one"), std::string(16384, 'x'),
                                     large, large + "c", large + large}) {
    write_file(directory / "sub/file", content);
    const DirectoryReader reader(directory.path());
    std::string text = "what was there before";
    reader.read("sub/file", text);
    CHECK(text == content);
    CHECK_THROWS_WITH(reader.read("absent", text), Catch::Contains(directory / "absent"));
    CHECK_THROWS_WITH(reader.read("sub", text), Catch::Contains("Is a directory"));
  }
  CHECK_THROWS_WITH(DirectoryReader(directory / "absent"), Catch::Contains(directory / "absent"));
}

TEST_CASE("paths join and split") {
  CHECK(path_join("a", "b") == "a/b");
  CHECK(path_join("a/", "b") == "a/b");
  CHECK(path_join("a", "/b") == "/b");
  CHECK(path_join(".", "b") == "b");
  CHECK(path_join("", "b") == "b");
  CHECK(path_join("a", "") == "a");
  CHECK(parent_directory("a") == ".");
  CHECK(parent_directory("a/b") == "a");
  CHECK(parent_directory("/a") == "/");
  CHECK(parent_directory("a/b/") == "a");
  CHECK(display_path(absolute_path("x/y")) == "x/y");
  CHECK(display_path("/nowhere/x") == "/nowhere/x");
  CHECK(display_path("../x") == "../x");
}

TEST_CASE("the time is that of ORMDB_NOW, in the zone that is asked for") {
  const Environment now("ORMDB_NOW", "2026-07-22T22:04:11Z");
  CHECK(now_utc() == "2026-07-22T22:04:11Z");
  CHECK(now_in("") == now_utc());
  CHECK(now_in("UTC") == now_utc());
  CHECK(now_in("Europe/Berlin") == "2026-07-23T00:04:11+02:00");
  CHECK(now_in("America/St_Johns") == "2026-07-22T19:34:11-02:30");
  CHECK(now_in("Asia/Kolkata") == "2026-07-23T03:34:11+05:30");
  CHECK_THROWS_AS(now_in("Europe/Atlantis"), Error);
  CHECK_THROWS_AS(now_in("../../../etc/passwd"), Error);
  CHECK_THROWS_AS(now_in("Europe"), Error);
}

TEST_CASE("asking for a zone leaves the process's own one alone") {
  const Environment zone("TZ", "Asia/Tokyo");
  now_in("Europe/Berlin");
  CHECK(std::string(std::getenv("TZ")) == "Asia/Tokyo");
}

TEST_CASE("a malformed ORMDB_NOW is an error") {
  const Environment now("ORMDB_NOW", "yesterday");
  CHECK_THROWS_WITH(now_utc(), Catch::Contains("yesterday"));
}

TEST_CASE("revision ids are 12 hex digits and differ") {
  std::set<std::string> ids;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = new_revision_id();
    CHECK(id.size() == 12);
    CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    ids.insert(id);
  }
  CHECK(ids.size() == 1000);
}

}  // namespace
}  // namespace ormdb
