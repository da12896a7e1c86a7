#include "model/model_yaml.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "base/file_system.h"
#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

/// A directory of its own that goes away with the test.
class Folder {
 public:
  Folder() : path_((std::filesystem::temp_directory_path() / "ormdb_models_XXXXXX").string()) {
    REQUIRE(mkdtemp(path_.data()) != nullptr);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, const std::string& text) const {
    const std::string path = path_ + "/" + name;
    write_file(path, text);
    return path;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Error error_of(const std::vector<std::string>& paths, const ValidateOptions& options = {}) {
  try {
    load_models(paths, options);
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::kInternal, "no error");
}

constexpr const char* kUser = R"(format: 1
tables:
  user:
    columns:
      id: {type: integer, primary_key: true}
)";

constexpr const char* kPost = R"(format: 1
tables:
  post:
    columns:
      id: {type: integer, primary_key: true}
      user_id: {type: integer, references: user.id}
)";

TEST_CASE("several files and directories make one schema, in order") {
  const Folder folder;
  folder.write("b.yaml", kPost);
  folder.write("a.yml", kUser);
  folder.write("notes.txt", "not: models");
  folder.write(".hidden.yaml", "broken: [");
  const Schema schema = load_models({folder.path()}, {});
  REQUIRE(schema.tables.size() == 2);
  CHECK(schema.tables[0].name == "user");
  CHECK(schema.tables[1].name == "post");
}

TEST_CASE("rendered models load as the same schema") {
  const Folder folder;
  const Schema schema =
      load_models({folder.write("a.yaml", kUser), folder.write("b.yaml", kPost)}, {});
  CHECK(load_models({folder.write("c.yaml", render_models(schema))}, {}) == schema);
}

TEST_CASE("a table declared twice names both places") {
  const Folder folder;
  const std::string a = folder.write("a.yaml", kUser);
  const std::string b = folder.write(
      "b.yaml", "format: 1\nviews: {}\ntables:\n  User:\n    columns: {id: {type: text}}\n");
  ValidateOptions options;
  options.fold = [](std::string_view name) { return to_lower(name); };
  const Error error = error_of({a, b}, options);
  CHECK(error.kind() == ErrorKind::kModel);
  CHECK(error.message() == "table 'User' is declared twice, first at " + a + ":3");
  CHECK(error.file() == b);
  CHECK(error.line() == 4);
  CHECK(error.source_line() == "  User:");
}

TEST_CASE("a view may not have a table's name") {
  const Folder folder;
  const std::string a = folder.write("a.yaml", std::string(kUser) + "views:\n  user: SELECT 1\n");
  const Error error = error_of({a});
  CHECK(error.message() == "view 'user' is declared twice, first at " + a + ":3");
  CHECK(error.line() == 7);
}

TEST_CASE("problems of the whole schema stand at their line") {
  const Folder folder;
  const std::string user = folder.write("a.yaml", kUser);
  const std::string post = folder.write("b.yaml", replace_all(kPost, "user.id", "usr.id"));
  const Error error = error_of({user, post});
  CHECK(error.kind() == ErrorKind::kModel);
  CHECK(error.file() == post);
  CHECK(error.line() == 6);
  CHECK(error.source_line() == "      user_id: {type: integer, references: usr.id}");
  CHECK(error.message().find("usr") != std::string::npos);
}

TEST_CASE("places are found in every form of a constraint, index and trigger") {
  struct Case {
    const char* yaml;
    int line;
  };
  const Case cases[] = {
      {"format: 1\ntables:\n  t:\n    columns:\n      a: {type: text}\n    indexes:\n      i: "
       "{columns: [b]}\n",
       7},
      {"format: 1\ntables:\n  t:\n    columns:\n      a: {type: text}\n    indexes:\n      - name: "
       "i\n        "
       "columns: [b]\n",
       7},
      {"format: 1\ntables:\n  t:\n    columns:\n      a: {type: text}\n    constraints:\n      - "
       "{check: a > 0}\n   "
       "   - {name: uq, unique: [b]}\n",
       8},
      {"format: 1\ntables:\n  t:\n    columns:\n      a: {type: text}\n    primary_key: [b]\n", 6},
      {"format: 1\ntables:\n  t:\n    schema: s\n    columns:\n      a: {type: text}\n    "
       "primary_key: [b]\n",
       7},
      {"format: 1\ntables:\n  t:\n    columns:\n      a: {type: enum(mood)}\n", 5},
      {"format: 1\ntables:\n  t:\n    columns: {}\n", 3},
      {"format: 1\ntables:\n  t:\n    columns:\n      a: {type: text}\ntriggers:\n  x:\n    "
       "events: insert\n    "
       "body: SELECT 1\n    table: u\n",
       10},
  };
  const Folder folder;
  for (const Case& test : cases) {
    INFO(test.yaml);
    const Error error = error_of({folder.write("m.yaml", test.yaml)});
    INFO(error.message());
    CHECK(error.kind() == ErrorKind::kModel);
    CHECK(error.line() == test.line);
    CHECK_FALSE(error.source_line().empty());
  }
}

TEST_CASE("the hint says how many more problems there are") {
  const Folder folder;
  const std::string path = folder.write(
      "m.yaml",
      "format: 1\ntables:\n  a: {columns: {x: {type: enum(m)}}}\n  b: {columns: {x: {type: "
      "enum(m)}}}\n  c: {columns: {x: {type: enum(m)}}}\n");
  const std::string hint = error_of({path}).hint();
  INFO(hint);
  CHECK(hint.ends_with("2 more problems after this one"));
}

TEST_CASE("paths that hold no models are errors that name them") {
  const Folder folder;
  struct Case {
    std::string path;
    ErrorKind kind;
    std::string message;
    std::string hint;
  };
  const std::string empty = folder.write("empty.yaml", "# nothing yet\n");
  std::filesystem::create_directory(folder.path() + "/none");
  const Case cases[] = {
      {folder.path() + "/absent.yaml", ErrorKind::kIo,
       "models file '" + folder.path() + "/absent.yaml' does not exist",
       "create it, or correct 'models:' in ormdb.yaml"},
      {empty, ErrorKind::kModel, "models file '" + empty + "' is empty",
       "begin it with 'format: 1' and 'tables:'"},
      {folder.path() + "/none", ErrorKind::kModel,
       "models directory '" + folder.path() + "/none' holds no *.yaml file", ""},
      {"libmodels.so", ErrorKind::kUnsupported,
       "models from a shared library are not supported by this build: 'libmodels.so'",
       "declare the models in YAML"},
  };
  for (const Case& test : cases) {
    const Error error = error_of({test.path});
    CHECK(error.kind() == test.kind);
    CHECK(error.message() == test.message);
    CHECK(error.hint() == test.hint);
  }
}

TEST_CASE("broken YAML is an error of its file and line") {
  const Folder folder;
  const std::string path = folder.write("m.yaml", "format: 1\ntables: {}\ntables: {}\n");
  const Error error = error_of({path});
  CHECK(error.kind() == ErrorKind::kModel);
  CHECK(error.file() == path);
  CHECK(error.line() == 3);
  CHECK(error.message() == "duplicate key 'tables', first on line 2");
}

}  // namespace
}  // namespace ormdb
