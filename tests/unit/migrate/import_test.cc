// Projects of other tools, read as scripts.
#include "migrate/import.h"

#include <catch2/catch.hpp>

#include "base/file_system.h"
#include "base/text.h"
#include "migrate/version_number.h"
#include "support/dialect_sqlite.h"

using namespace ormdb;

namespace {

using Strings = std::vector<std::string>;

Revision read(const std::string& text) { return read_alembic_file({"x.py", text}); }

ErrorKind kind_of(const std::function<void()>& action) { return test::error_of(action).kind(); }

class Directory {
 public:
  void write(const std::string& name, const std::string& text) const {
    make_directories(parent_directory(directory_.path(name)));
    write_file(directory_.path(name), text);
  }
  std::string path() const { return parent_directory(directory_.path("x")); }

 private:
  test::TemporaryDirectory directory_;
};

Strings ids_of(const ImportedProject& project) {
  Strings ids;
  for (const ImportedScript& script : project.scripts) ids.push_back(script.revision.id);
  return ids;
}

Revision node(const std::string& id, Strings down) {
  Revision revision;
  revision.id = id;
  revision.down_revisions = std::move(down);
  return revision;
}

}  // namespace

TEST_CASE("an Alembic revision file as its template writes it") {
  const Revision revision = read(R"py("""add slug
to post

Revision ID: 4f1c2a9be07d
Revises: 9ad03c55b1e2
Create Date: 2024-03-01 10:00:00.123456+00:00

"""
from typing import Sequence, Union
from alembic import op

# revision identifiers, used by Alembic.
revision: str = '4f1c2a9be07d'
down_revision: Union[str, Sequence[str], None] = "9ad03c55b1e2"  # the parent
branch_labels: Union[str, Sequence[str], None] = None
depends_on = ('aaaa', 'label',)


def upgrade() -> None:
    revision = "not this one"
    op.execute("""
revision = 'nor this'
""")
)py");
  CHECK(revision.id == "4f1c2a9be07d");
  CHECK(revision.line == 13);
  CHECK(revision.down_revisions == Strings{"9ad03c55b1e2"});
  CHECK(revision.down_revision_line == 14);
  CHECK(revision.depends_on == Strings{"aaaa", "label"});
  CHECK(revision.branch_labels.empty());
  CHECK(revision.message == "add slug to post");
  CHECK(revision.created == "2024-03-01T10:00:00Z");
}

TEST_CASE("the values of an Alembic revision file, as Python allows to write them") {
  const std::vector<std::pair<std::string, Strings>> cases = {
      {"None", {}},
      {"'a'", {"a"}},
      {"\"a\"", {"a"}},
      {"'''a'''", {"a"}},
      {"r'a'", {"a"}},
      {"('a')", {"a"}},
      {"('a', 'b')", {"a", "b"}},
      {"(\n  'a',  # one\n  'b',\n)", {"a", "b"}},
      {"['a', 'b']", {"a", "b"}},
      {"{'a'}", {"a"}},
      {"()", {}},
      {"\\\n  'a'", {"a"}},
      {"'a' 'b'", {"ab"}},
      {"'it\\'s'", {"it's"}},
      {"'a'; x = 1", {"a"}},
  };
  for (const auto& [text, expected] : cases) {
    CAPTURE(text);
    CHECK(read("revision = 'r'\ndown_revision = " + text + "\n").down_revisions == expected);
  }
  for (const char* text : {"x", "f'a'", "'a' + 'b'", "('a'", "tuple('a')", "('a', b)", "b'a'"}) {
    CAPTURE(text);
    CHECK(kind_of([&] { read("revision = 'r'\ndown_revision = " + std::string(text)); }) ==
          ErrorKind::kUnsupported);
  }
}

TEST_CASE("a Python file without a revision is named") {
  for (const char* text : {"", "x = 1\n", "if 1:\n    revision = 'a'\n", "revision == 'a'\n",
                           "revision: str\n", "revision = None\n", "\"\"\"revision = 'a'"}) {
    CAPTURE(text);
    CHECK(kind_of([&] { read(text); }) == ErrorKind::kScript);
  }
}

TEST_CASE("Alembic's SQL is cut into sections, without what keeps versions") {
  const RevisionGraph graph = RevisionGraph::build({node("a", {}), node("b", {"a"})});
  Strings asked;
  const auto alembic = [&](const std::string& arguments) {
    asked.push_back(arguments);
    CommandOutput run;
    if (arguments == "upgrade --sql 'heads'") {
      run.output =
          "BEGIN;\n\nCREATE TABLE s.my_versions (\n    version_num VARCHAR(32) NOT NULL\n);\n\n"
          "-- Running upgrade  -> a\n\nCREATE TABLE x (t TEXT DEFAULT 'a;b');\n\n"
          "INSERT INTO s.my_versions (version_num) VALUES ('a');\n\n"
          "-- Running upgrade a -> b\n\nCOMMIT;\n\nVACUUM;\n\nBEGIN;\n\nSELECT 1;\n\n"
          "UPDATE s.my_versions SET version_num='b' WHERE s.my_versions.version_num = 'a';\n\n"
          "COMMIT;\n\n";
    } else {
      run.output =
          "-- Running downgrade b -> a\n\nUPDATE s.my_versions SET version_num='a';\n\n"
          "-- Running downgrade a -> \n\nDROP TABLE x;\n\nDELETE FROM s.my_versions;\n\n"
          "DROP TABLE s.my_versions;\n\n";
    }
    return run;
  };
  AlembicBodies bodies = render_alembic(graph, "sqlite", alembic);
  CHECK(asked == Strings{"upgrade --sql 'heads'", "downgrade --sql 'b:base'"});
  CHECK(bodies.upgrade["a"].sql == "CREATE TABLE x (t TEXT DEFAULT 'a;b');\n");
  CHECK(bodies.upgrade["a"].transaction);
  CHECK(bodies.upgrade["b"].sql == "VACUUM;\nSELECT 1;\n");
  CHECK_FALSE(bodies.upgrade["b"].transaction);
  CHECK(bodies.downgrade["a"].sql == "DROP TABLE x;\n");
  CHECK(bodies.downgrade["b"].sql.empty());
  CHECK(bodies.downgrade["b"].unavailable.empty());
  CHECK(bodies.warnings.size() == 2);
}

TEST_CASE("a revision that Alembic cannot print is unavailable, the others are not") {
  const RevisionGraph graph =
      RevisionGraph::build({node("a", {}), node("b", {"a"}), node("c", {"b"})});
  const auto alembic = [](const std::string& arguments) {
    CommandOutput run;
    if (arguments == "upgrade --sql 'heads'") {
      run = {1, "-- Running upgrade  -> a\nUP a;\n-- Running upgrade a -> b\nhalf;\n",
             "Traceback:\n  File x\nsqlalchemy.exc.Oops: no table\n(Background on this: …)\n"};
    } else if (arguments == "upgrade --sql 'b:heads'") {
      run = {0, "-- Running upgrade b -> c\nUP c;\n", ""};
    } else if (arguments == "downgrade --sql 'c:base'") {
      run = {255, "-- Running downgrade c -> b\nhalf;\nFAILED: no way back\n", "INFO Running\n"};
    } else if (arguments == "downgrade --sql 'b:base'") {
      run = {0, "-- Running downgrade b -> a\nDOWN b;\n-- Running downgrade a -> \nDOWN a;\n", ""};
    } else {
      FAIL(arguments);
    }
    return run;
  };
  AlembicBodies bodies = render_alembic(graph, "postgresql", alembic);
  CHECK(bodies.upgrade["a"].sql == "UP a;\n");
  CHECK(bodies.upgrade["b"].unavailable ==
        "Alembic cannot print its SQL: sqlalchemy.exc.Oops: no table");
  CHECK(bodies.upgrade["b"].sql.empty());
  CHECK(bodies.upgrade["c"].sql == "UP c;\n");
  CHECK(bodies.downgrade["c"].unavailable == "Alembic cannot print its SQL: no way back");
  CHECK(bodies.downgrade["b"].sql == "DOWN b;\n");
  CHECK(bodies.warnings.size() == 2);
}

TEST_CASE("where Alembic does not work at all it is asked once") {
  const RevisionGraph graph = RevisionGraph::build({node("a", {}), node("b", {"a"})});
  int asked = 0;
  AlembicBodies bodies = render_alembic(graph, "sqlite", [&](const std::string&) {
    ++asked;
    return CommandOutput{1, "", "ModuleNotFoundError: No module named 'app'\n"};
  });
  CHECK(asked == 1);
  for (const auto& sections : {bodies.upgrade, bodies.downgrade}) {
    REQUIRE(sections.size() == 2);
    CHECK(sections.at("b").unavailable ==
          "Alembic cannot print its SQL: ModuleNotFoundError: No module named 'app'");
  }
}

TEST_CASE("where Alembic's revisions are, its configuration says") {
  Directory project;
  project.write("alembic.ini",
                "[loggers]\nkeys = root\n[alembic]\n# comment\nscript_location = %(here)s/db\n"
                "version_locations = %(here)s/db/one\n    %(here)s/db/two\n"
                "recursive_version_locations = true\n[other]\nscript_location = wrong\n");
  project.write("db/one/a.py", "revision = 'a'\n");
  project.write("db/one/__init__.py", "");
  project.write("db/two/deep/b.py", "revision = 'b'\ndown_revision = 'a'\n");
  CHECK(ids_of(read_alembic(project.path(), "sqlite", {.alembic = ""})) == Strings{"a", "b"});

  Directory toml;
  toml.write("pyproject.toml", "[tool.alembic]\nscript_location = \"%(here)s/db\"\n");
  toml.write("db/versions/a.py", "revision = 'a'\n");
  CHECK(ids_of(read_alembic(toml.path(), "sqlite", {.alembic = ""})) == Strings{"a"});

  Directory flask;
  flask.write("migrations/alembic.ini", "[alembic]\n[logger_flask_migrate]\n");
  flask.write("migrations/env.py", "from flask import current_app\n");
  flask.write("app.py", "");
  flask.write("migrations/versions/a.py", "revision = 'a'\n");
  CHECK(ids_of(read_alembic(flask.path(), "sqlite", {.alembic = ""})) == Strings{"a"});
  CHECK(ids_of(read_alembic(flask.path() + "/migrations", "sqlite", {.alembic = ""})) ==
        Strings{"a"});

  Directory bare;
  bare.write("migrations/versions/a.py", "revision = 'a'\n");
  CHECK(ids_of(read_alembic(bare.path(), "sqlite", {.alembic = ""})) == Strings{"a"});
  const Directory empty;
  CHECK(kind_of([&] { read_alembic(empty.path(), "sqlite", {}); }) == ErrorKind::kIo);
}

TEST_CASE("dbmate's files are taken over, comments and all") {
  Directory project;
  project.write("db/migrations/20240102000000_second_one.sql",
                "-- by us\n-- migrate:up transaction:false\r\n-- why\nVACUUM;\n\n"
                "--migrate:down\n\nSELECT ';';\n\n");
  project.write("db/migrations/20240101000000.sql", "-- migrate:up\nSELECT 1;\n");
  project.write("db/migrations/notes.txt", "");
  const ImportedProject read = read_dbmate(project.path(), "sqlite");
  REQUIRE(ids_of(read) == Strings{"20240101000000", "20240102000000"});
  CHECK_FALSE(read.scripts[0].downgrade);
  const ImportedScript& second = read.scripts[1];
  CHECK(second.revision.down_revisions == Strings{"20240101000000"});
  CHECK(second.revision.message == "second one");
  CHECK(second.revision.created == "2024-01-02T00:00:00Z");
  CHECK(second.upgrade.sql == "-- why\nVACUUM;");
  CHECK_FALSE(second.upgrade.transaction);
  REQUIRE(second.downgrade);
  CHECK(second.downgrade->sql == "SELECT ';';");
  CHECK(second.downgrade->transaction);
}

TEST_CASE("files that dbmate and goose would not take are refused") {
  for (const char* text : {"SELECT 1;\n", "-- migrate:down\nSELECT 1;\n", "-- migrate:upp\n",
                           "SELECT 1;\n-- migrate:up\n", "-- migrate:up fast:true\n",
                           "-- migrate:up\n-- migrate:up\n"}) {
    CAPTURE(text);
    Directory project;
    project.write("1_x.sql", text);
    CHECK(kind_of([&] { read_dbmate(project.path(), "sqlite"); }) == ErrorKind::kScript);
  }
  for (const char* text : {"SELECT 1;\n", "-- +goose Down\nSELECT 1;\n", "-- +goose Upp\n",
                           "-- +goose StatementBegin\n", "-- +goose Up\n-- +goose StatementEnd\n",
                           "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n"}) {
    CAPTURE(text);
    Directory project;
    project.write("1_x.sql", text);
    CHECK(kind_of([&] { read_goose(project.path(), "sqlite"); }) == ErrorKind::kScript);
  }
}

TEST_CASE("goose's blocks become statements, and its versions are numbers") {
  Directory project;
  project.write("10_last.sql", "-- +goose Up\nSELECT 1;\n");
  project.write("00002_block.sql",
                "-- +goose NO TRANSACTION\n-- +goose Up\n-- +goose StatementBegin\n"
                "CREATE FUNCTION f() AS $$ a; b; $$ LANGUAGE sql\n-- +goose StatementEnd\n"
                "SELECT 2;\n-- +goose Down\nSELECT 3;\n");
  project.write("3_two.sql",
                "-- +goose Up\n-- +goose StatementBegin\nSELECT 1; SELECT 2;\n"
                "-- +goose StatementEnd\n");
  const ImportedProject read = read_goose(project.path(), "postgresql");
  REQUIRE(ids_of(read) == Strings{"00002", "3", "10"});
  CHECK(read.scripts[0].upgrade.sql ==
        "CREATE FUNCTION f() AS $$ a; b; $$ LANGUAGE sql\n;\nSELECT 2;");
  CHECK_FALSE(read.scripts[0].upgrade.transaction);
  CHECK_FALSE(read.scripts[0].downgrade->transaction);
  CHECK(read.scripts[1].upgrade.transaction);
  REQUIRE(read.warnings.size() == 1);
  CHECK(read.warnings[0].find("2 statements") != std::string::npos);
}

TEST_CASE("Flyway's versions are compared number by number, and two of the same are refused") {
  Directory project;
  project.write("V1.9__a.sql", "SELECT ${schema};");
  project.write("V1_10__b.sql", "SELECT 1;");
  project.write("V1_10__b.sql.conf", "executeInTransaction = false\n");
  project.write("deep/V20240131120000__c_d.sql", "SELECT 1;");
  project.write("U1.10.0__b.sql", "SELECT 2;");
  project.write("beforeMigrate.sql", "SELECT 3;");
  const ImportedProject read = read_flyway(project.path(), "sqlite");
  REQUIRE(ids_of(read) == Strings{"1.9", "1.10", "20240131120000"});
  CHECK_FALSE(read.scripts[1].upgrade.transaction);
  CHECK(read.scripts[1].downgrade->sql == "SELECT 2;");
  CHECK(read.scripts[2].revision.created == "2024-01-31T12:00:00Z");
  CHECK(read.scripts[2].revision.message == "c d");
  CHECK(read.warnings.size() == 2);
  project.write("V1.010__again.sql", "SELECT 1;");
  CHECK(kind_of([&] { read_flyway(project.path(), "sqlite"); }) == ErrorKind::kDuplicateRevision);
}

TEST_CASE("version numbers of other tools") {
  CHECK(version_parts("1.02_0") == Strings{"1", "2"});
  CHECK(version_parts("000") == Strings{"0"});
  CHECK(version_parts("1.x").empty());
  CHECK(version_parts("").empty());
  CHECK(version_before({"1"}, {"1", "1"}));
  CHECK(version_before({"9"}, {"10"}));
  CHECK_FALSE(version_before({"2"}, {"1", "9"}));
  CHECK(version_time("20241301000000").empty());
  CHECK(version_time("2024010100000").empty());
  CHECK(version_time("20240101235959") == "2024-01-01T23:59:59Z");
}

TEST_CASE("an import writes all scripts or none, and reads back what it wrote") {
  Directory place;
  place.write("old/1_one.sql", "-- migrate:up\nCREATE TABLE t (id INTEGER);\n-- migrate:down\n");
  place.write("old/2_two.sql", "-- migrate:up\n-- ormdb downgrade\n");
  Config config;
  DatabaseConfig database;
  database.url = "sqlite:///x.db";
  database.versions = {path_join(place.path(), "versions")};
  const auto import = [&] {
    return import_project(config, database, "dbmate", path_join(place.path(), "old"));
  };
  CHECK(kind_of(import) == ErrorKind::kUnsupported);
  CHECK_FALSE(directory_exists(database.versions.front()));

  place.write("old/2_two.sql", "-- migrate:up\nSELECT 'open;\n");
  CHECK(kind_of(import) == ErrorKind::kScript);
  CHECK_FALSE(directory_exists(database.versions.front()));

  place.write("old/2_two.sql", "-- migrate:up\nDROP TABLE t;\n");
  const ImportResult result = import();
  REQUIRE(result.revisions.size() == 2);
  CHECK(result.created.size() == 2);
  CHECK(result.revisions[1].down_revisions == Strings{"1"});
  CHECK(file_exists(result.revisions[1].file));
  CHECK(kind_of(import) == ErrorKind::kConflict);

  place.write("old/" + std::string(65, '1') + "_long.sql", "-- migrate:up\n");
  CHECK(kind_of(import) == ErrorKind::kIllegalId);
}

TEST_CASE("an unavailable section needs a reason, and is told with its line") {
  const std::string head = "-- ormdb revision: a\n-- ormdb upgrade\n";
  const ScriptBody body = parse_body(
      {"a.sql", head + "-- ormdb unavailable: no one knows\n-- ormdb downgrade\nSELECT 1;\n"},
      "sqlite");
  CHECK(body.unavailable_upgrade.reason == "no one knows");
  CHECK(body.unavailable_upgrade.line == 3);
  CHECK(body.unavailable_downgrade.reason.empty());
  CHECK(kind_of([&] {
          parse_body({"a.sql", head + "-- ormdb unavailable:\n"}, "sqlite");
        }) == ErrorKind::kScript);
}
