#include "script/directory.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/file_system.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "ormdb_scripts_XXXXXX").string()) {
    REQUIRE(mkdtemp(path_.data()) != nullptr);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& text) const {
    make_directories(parent_directory(path_ + "/" + name));
    write_file(path_ + "/" + name, text);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::vector<std::string> ids(const std::vector<Revision>& revisions) {
  std::vector<std::string> result;
  for (const Revision& revision : revisions) result.push_back(revision.id);
  return result;
}

std::string script(const std::string& id) { return "revision: " + id + "\n---\nupgrade: []\n"; }

TEST_CASE("scripts are found by name, without what editors leave") {
  const Folder folder;
  folder.write("2_b.yaml", script("b"));
  folder.write("1_a.yml", script("a"));
  folder.write("3_c.sql", "-- ormdb revision: c\n-- ormdb upgrade\n");
  folder.write(".#1_a.yaml", "broken");
  folder.write(".1_a.yaml.swp", "broken");
  folder.write("#1_a.yaml", "broken");
  folder.write("1_a.yaml~", "broken");
  folder.write("README.md", "broken");
  folder.write("sub/4_d.yaml", script("d"));
  folder.write(".git/5_e.yaml", script("e"));
  using Ids = std::vector<std::string>;
  const auto revisions =
      scan_directories({folder.path(), folder.path() + "/absent", folder.path()}, false);
  CHECK(ids(revisions) == Ids{"a", "b", "c"});
  CHECK(revisions[0].file == folder.path() + "/1_a.yml");
  CHECK(ids(scan_directories({folder.path()}, true)) == Ids{"a", "b", "c", "d"});
}

TEST_CASE("a broken header names its file") {
  const Folder folder;
  folder.write("a.yaml", "revison: a\n---\n");
  try {
    scan_directories({folder.path()}, false);
    FAIL_CHECK("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kScript);
    CHECK(error.file() == folder.path() + "/a.yaml");
    CHECK(error.line() == 1);
  }
}

}  // namespace
}  // namespace ormdb
