#include <catch2/catch.hpp>

#include "base/file_system.h"
#include "base/text.h"
#include "ormdb/error.h"
#include "ormdb/migrator.h"
#include "support/migrate_project.h"

namespace ormdb {
namespace {

using test::error_of;

std::string files(const test::TemporaryDirectory& directory) {
  return join(list_files(directory.path("."), true), " ");
}

Config config_of(const test::TemporaryDirectory& directory,
                 const std::string& database = "db.sqlite") {
  ConfigOverrides overrides;
  overrides.url = "sqlite:///" + directory.path(database);
  return load_config(directory.path("ormdb.yaml"), overrides);
}

TEST_CASE("init makes a project that works") {
  const test::TemporaryDirectory directory;
  CHECK(init_project(directory.path("sub/project"), "generic", "").size() == 3);
  CHECK(files(directory) == "sub/project/models.yaml sub/project/ormdb.yaml");
  CHECK(directory_exists(directory.path("sub/project/migrations/versions")));
  const Config config = load_config(directory.path("sub/project/ormdb.yaml"), {});
  Migrator migrator(config, config.databases.at(0));
  CHECK(migrator.upgrade({}).steps.empty());
  CHECK(migrator.check({}).clean());
}

TEST_CASE("init makes only what is missing and overwrites nothing") {
  const test::TemporaryDirectory directory;
  write_file(directory.path("models.yaml"), "format: 1\ntables: {}\n# mine\n");
  CHECK(init_project(directory.path("."), "generic", "").size() == 2);
  CHECK(read_file(directory.path("models.yaml")) == "format: 1\ntables: {}\n# mine\n");
  CHECK(init_project(directory.path("."), "generic", "").empty());
}

TEST_CASE("init writes the URL that it is given") {
  const test::TemporaryDirectory directory;
  init_project(directory.path("."), "generic", "sqlite:///mine.db");
  const Config config = load_config(directory.path("ormdb.yaml"), {});
  CHECK(config.databases.at(0).url.ends_with("/mine.db"));
}

TEST_CASE("init writes no secret of a URL") {
  for (const char* url : {"postgresql://me:secret@host/name", "mysql://host/db?password=secret"}) {
    for (const char* project : {"generic", "multidb"}) {
      const test::TemporaryDirectory directory;
      init_project(directory.path("."), project, url);
      const std::string text = read_file(directory.path("ormdb.yaml"));
      CHECK(text.find("secret") == std::string::npos);
      CHECK(text.find("${DATABASE_URL}") != std::string::npos);
    }
  }
}

TEST_CASE("init makes the directories that a configuration names") {
  const test::TemporaryDirectory directory;
  write_file(directory.path("ormdb.yaml"), "database: sqlite://\nmigrations: db\n");
  init_project(directory.path("."), "generic", "");
  CHECK(directory_exists(directory.path("db/versions")));
  CHECK_FALSE(directory_exists(directory.path("migrations")));
}

TEST_CASE("The multidb template has two databases that work") {
  const test::TemporaryDirectory directory;
  init_project(directory.path("."), "multidb", "");
  const Config config = load_config(directory.path("ormdb.yaml"), {});
  REQUIRE(config.databases.size() == 2);
  for (const DatabaseConfig& database : config.databases) {
    CHECK(Migrator(config, database).check({}).clean());
  }
}

TEST_CASE("An unknown template is wrong usage") {
  const test::TemporaryDirectory directory;
  const Error error = error_of([&] { init_project(directory.path("."), "generc", ""); });
  CHECK(error.kind() == ErrorKind::kUsage);
  CHECK(error.message().find("did you mean 'generic'?") != std::string::npos);
  CHECK(files(directory).empty());
}

/// A project whose database has tables already.
struct Existing {
  test::TemporaryDirectory directory;

  Existing() {
    init_project(directory.path("."), "generic", "");
    sql("CREATE TABLE author (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL)");
    sql("CREATE TABLE book (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES author (id) ON "
        "DELETE CASCADE, title TEXT DEFAULT 'x' CHECK (length(title) > 0))");
    sql("CREATE INDEX ix_book ON book (title COLLATE NOCASE) WHERE title IS NOT NULL");
    sql("CREATE VIEW titles AS SELECT title FROM book");
    sql("CREATE TRIGGER t AFTER INSERT ON book BEGIN UPDATE book SET title = 'y'; END");
    sql("INSERT INTO author VALUES (1, 'Ada')");
  }
  void sql(const std::string& statement) const {
    dialect_for("sqlite")
        .connect(test::file_url(directory.path("db.sqlite")), {})
        ->execute(statement);
  }
};

TEST_CASE("init --from-database adopts a database with one stamped baseline") {
  const Existing project;
  const Config config = config_of(project.directory);
  const std::vector<std::string> made = init_from_database(config);
  REQUIRE(made.size() == 2);
  CHECK(made[0].ends_with("models.yaml"));
  CHECK(made[1].ends_with("_baseline.yaml"));
  Migrator migrator(config, config.databases.at(0));
  CHECK(migrator.rows().size() == 1);
  CHECK(migrator.check({}).clean());
  CheckOptions from_history;
  from_history.from_history = true;
  CHECK(migrator.check(from_history).clean());
  CHECK(migrator.upgrade({}).steps.empty());

  // The baseline makes the same schema elsewhere.
  const Config other = config_of(project.directory, "other.sqlite");
  Migrator fresh(other, other.databases.at(0));
  CHECK(fresh.upgrade({}).steps.size() == 1);
  CHECK(equivalent(fresh.inspect({}), migrator.inspect({}), test::sqlite_schema_rules()));
}

TEST_CASE("init --from-database refuses a project that is under way") {
  const Existing project;
  const Config config = config_of(project.directory);
  const std::string models = project.directory.path("models.yaml");
  const std::string text = read_file(models);

  write_file(models, "format: 1\ntables: {mine: {columns: {id: {type: integer}}}}\n");
  CHECK(error_of([&] { init_from_database(config); }).kind() == ErrorKind::kConflict);
  CHECK(read_file(models).find("mine") != std::string::npos);
  write_file(models, text);

  const std::string script = project.directory.path("migrations/versions/a1.yaml");
  write_file(script, "format: 1\nrevision: a1\ndown_revision: null\n---\nupgrade: []\n");
  CHECK(error_of([&] { init_from_database(config); }).kind() == ErrorKind::kConflict);
  remove_file(script);

  project.sql("CREATE TABLE ormdb_version (version_num VARCHAR(64) PRIMARY KEY)");
  project.sql("INSERT INTO ormdb_version VALUES ('a1')");
  CHECK(error_of([&] { init_from_database(config); }).message().find("revision a1") !=
        std::string::npos);
  CHECK(read_file(models) == text);
}

TEST_CASE("init --from-database without a database leaves everything as it was") {
  const test::TemporaryDirectory directory;
  init_project(directory.path("."), "generic", "");
  const std::string before = files(directory);
  CHECK(error_of([&] { init_from_database(config_of(directory)); }).kind() == ErrorKind::kDatabase);
  CHECK(files(directory) == before);
}

}  // namespace
}  // namespace ormdb
