#include "migrate/offline.h"

#include <sqlite3.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/text.h"
#include "ormdb/error.h"
#include "support/migrate_project.h"

namespace ormdb {
namespace {

using test::create;
using test::drop;
using test::error_of;
using test::Project;

/// Runs a script text the way the shell does: statement by statement, stopping at the first error.
std::string run_with_sqlite(const std::string& path, const std::string& text) {
  std::string sql;
  for (const std::string& line : split(text, '\n')) {
    if (!line.starts_with(".")) sql += line + "\n";
  }
  sqlite3* database = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &database) == SQLITE_OK);
  std::string error;
  const char* rest = sql.c_str();
  while (*rest != '\0' && error.empty()) {
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(database, rest, -1, &statement, &rest);
    while (code == SQLITE_OK && statement != nullptr &&
           (code = sqlite3_step(statement)) == SQLITE_ROW) {
      code = SQLITE_OK;
    }
    if (code != SQLITE_OK && code != SQLITE_DONE) error = sqlite3_errmsg(database);
    sqlite3_finalize(statement);
  }
  sqlite3_close(database);
  return error;
}

std::string sql_of(const Project& project, const std::string& target, bool up = true) {
  RunOptions options = test::with_target(target);
  options.sql = true;
  return (up ? project.upgrade(options) : project.downgrade(options)).sql;
}

/// Without what differs between machines and scripts.
std::string stable(std::string text, const Project& project, const std::string& id) {
  std::string host(256, '\0');
  gethostname(host.data(), host.size() - 1);
  const std::string script = project.read("migrations/versions/" + id + ".yaml");
  text = replace_all(text, section_checksum(script, Direction::kUpgrade), "CHECKSUM");
  text = replace_all(text, "'" + std::string(host.c_str()) + "'", "'HOST'");
  return replace_all(text, "'" + std::string(ORMDB_VERSION) + "'", "'VERSION'");
}

const char* const kGolden = R"(-- ormdb upgrade, 1 revision, for sqlite
-- tag: release 7
.bail on

-- Running upgrade a1 -> b1, make b1
BEGIN IMMEDIATE;
ALTER TABLE a ADD COLUMN note TEXT;
UPDATE a SET note = 'it''s';
UPDATE ormdb_version SET version_num = 'b1' WHERE version_num = 'a1';
INSERT INTO ormdb_log (revision, direction, started, finished, checksum, ormdb_version,
    database_user, host, statements)
  VALUES ('b1', 'upgrade', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 'CHECKSUM',
    'VERSION', '', 'HOST', 2);
COMMIT;
)";

/// Without the log table, which a range makes where it is missing.
std::string without_log_table(const std::string& text) {
  const std::size_t begin = text.find("\nBEGIN IMMEDIATE;\nCREATE TABLE IF NOT EXISTS ormdb_log (");
  REQUIRE(begin != std::string::npos);
  const std::string end = "\n);\nCOMMIT;\n";
  const std::size_t at = text.find(end, begin);
  REQUIRE(at != std::string::npos);
  return text.substr(0, begin) + text.substr(at + end.size());
}

struct Two : Project {
  Two() {
    script("a1", "", create("a"), drop("a"));
    script("b1", "a1",
           "  - add_column: {table: a, column: {name: note, type: text, nullable: true}}\n"
           "  - update_rows: {table: a, set: {note: \"it's\"}}\n",
           "  - drop_column: {table: a, column: {name: note, type: text, nullable: true}}\n");
  }
};

TEST_CASE("The SQL of a range") {
  const Two project;
  RunOptions options = test::with_target("a1:b1");
  options.sql = true;
  options.tag = "release\n7";
  CHECK(stable(without_log_table(project.upgrade(options).sql), project, "b1") == kGolden);
  CHECK_FALSE(project.exists("db.sqlite"));
}

const char* const kGoldenDown = R"(-- ormdb downgrade, 1 revision, for sqlite
.bail on

-- Running downgrade b1 -> a1, make b1
BEGIN IMMEDIATE;
ALTER TABLE a DROP COLUMN note;
UPDATE ormdb_version SET version_num = 'a1' WHERE version_num = 'b1';
INSERT INTO ormdb_log (revision, direction, started, finished, checksum, ormdb_version,
    database_user, host, statements)
  VALUES ('b1', 'downgrade', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 'CHECKSUM',
    'VERSION', '', 'HOST', 1);
COMMIT;
)";

TEST_CASE("The SQL of a downgrade, of a range and from the database's rows") {
  const Two project;
  CHECK(stable(without_log_table(sql_of(project, "b1:a1", false)), project, "b1") == kGoldenDown);
  project.upgrade();
  CHECK(stable(sql_of(project, "-1", false), project, "b1") == kGoldenDown);
  CHECK(stable(sql_of(project, "a1", false), project, "b1") == kGoldenDown);
}

TEST_CASE("Ranges begin and end where they say") {
  const Two project;
  const struct {
    const char* range;
    bool up;
    const char* steps;
    bool makes_tables;
  } cases[] = {
      {"base:a1", true, "a1", true},      {":a1", true, "a1", true},
      {"base:head", true, "a1 b1", true}, {"a1:", true, "b1", false},
      {"b1:", false, "b1 a1", false},     {"b1:base", false, "b1 a1", false},
      {"a1:base", false, "a1", false},    {"a1:a1", true, "", false},
  };
  for (const auto& expected : cases) {
    CAPTURE(expected.range);
    const std::string text = sql_of(project, expected.range, expected.up);
    std::string steps;
    for (const std::string& line : split(text, '\n')) {
      if (!line.starts_with("-- Running")) continue;
      steps += (steps.empty() ? "" : " ") + line.substr(line.size() - 2);
    }
    CHECK(steps == expected.steps);
    CHECK((text.find("CREATE TABLE ormdb_version") != std::string::npos) == expected.makes_tables);
  }
  CHECK(error_of([&] { sql_of(project, "b1:zzz"); }).kind() == ErrorKind::kUnknownRevision);
  CHECK(error_of([&] { sql_of(project, "b1:a1"); }).kind() == ErrorKind::kNotAncestor);
  CHECK(error_of([&] { sql_of(project, "a1:b1", false); }).kind() == ErrorKind::kNotAncestor);
}

TEST_CASE("Of ormdb's tables only those that are not there are made") {
  const Two project;
  project.configure("version_table: alembic_version\n");
  project.sql("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)");
  const std::string text = sql_of(project, "head");
  CHECK(text.find("CREATE TABLE alembic_version") == std::string::npos);
  CHECK(text.find("CREATE TABLE ormdb_log") != std::string::npos);
  CHECK(run_with_sqlite(project.path("db.sqlite"), text) == "");
  CHECK(project.current() == "b1");
  CHECK(sql_of(project, "base", false).find("CREATE TABLE") == std::string::npos);
}

/// A history with everything that needs more than one statement.
struct Rich : Project {
  Rich() {
    script("a1", "",
           "  - create_table: {table: p, columns: {id: {type: integer, primary_key: true}, "
           "n: {type: text, nullable: true}}}\n"
           "  - create_table: {table: c, columns: {id: {type: integer, primary_key: true}, "
           "p: {type: integer, nullable: true, references: p.id, on_delete: cascade}}, "
           "indexes: {ix_c: {columns: [p desc]}}}\n"
           "  - insert_rows: {table: p, rows: [{id: 1, n: \"a;'b\"}, {id: 2, n: null}]}\n"
           "  - execute: INSERT INTO c VALUES (1, 1)\n");
    script("b1", "a1",
           "  - alter_column: {table: p, name: n, from: {type: text, nullable: true}, "
           "to: {type: string(20), nullable: true, default: x}}\n"
           "  - create_view: {view: v, as: SELECT n FROM p}\n"
           "  - create_trigger: {name: t, table: p, timing: after, events: [insert], body: "
           "{sqlite: UPDATE p SET n = upper(n); DELETE FROM c WHERE p IS NULL;}}\n");
    script("c1", "b1",
           "  - execute: ALTER TABLE c ADD COLUMN raw TEXT\n"
           "  - {execute: VACUUM; ANALYZE, transaction: false}\n"
           "  - rename_column: {table: c, name: raw, to: cooked}\n"
           "  - execute: UPDATE c SET cooked = 'done'\n");
  }
  std::string dump() const {
    return query("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name") + "\n" +
           query("SELECT * FROM p") + "\n" + query("SELECT * FROM c") + "\n" +
           query(
               "SELECT revision, direction, checksum, database_user FROM ormdb_log WHERE step IS "
               "NULL ORDER BY id") +
           "\n" + query("SELECT * FROM ormdb_version");
  }
};

TEST_CASE("The SQL text does what a run does") {
  const Rich run;
  run.upgrade();
  const Rich offline;
  const std::string path = offline.path("db.sqlite");
  SECTION("as a whole, without a database") {
    CHECK(run_with_sqlite(path, sql_of(offline, "head")) == "");
  }
  SECTION("as a range from base") {
    CHECK(run_with_sqlite(path, sql_of(offline, "base:head")) == "");
  }
  SECTION("in ranges") {
    CHECK(run_with_sqlite(path, sql_of(offline, ":a1")) == "");
    CHECK(run_with_sqlite(path, sql_of(offline, "a1:c1")) == "");
  }
  SECTION("step by step from the database's rows") {
    for (int i = 0; i < 3; ++i) CHECK(run_with_sqlite(path, sql_of(offline, "+1")) == "");
  }
  SECTION("partly by a run") {
    offline.upgrade("b1");
    CHECK(run_with_sqlite(path, sql_of(offline, "head")) == "");
  }
  CHECK(offline.dump() == run.dump());
  CHECK(offline.upgrade().steps.empty());
}

TEST_CASE("The SQL text fails where it does not fit, and leaves the step undone") {
  const Rich project;
  project.upgrade("a1");
  const std::string text = sql_of(project, "+1");
  project.sql("CREATE TABLE v (id)");
  CHECK(run_with_sqlite(project.path("db.sqlite"), text) != "");
  CHECK(project.current() == "a1");
}

TEST_CASE("The SQL text of a rebuild refuses to break keys") {
  const Rich project;
  project.upgrade("a1");
  project.script("b1", "a1",
                 "  - alter_column: {table: p, name: n, from: {type: text, nullable: true}, "
                 "to: {type: date, nullable: true}}\n");
  std::string text = sql_of(project, "+1");
  text = replace_all(text, "DROP TABLE p;", "DROP TABLE p;\nDELETE FROM _ormdb_new_p;");
  CHECK(run_with_sqlite(project.path("db.sqlite"), text) != "");
  CHECK(project.current() == "a1");
}

TEST_CASE("A plan has the statements of a run, and runs nothing") {
  const Rich project;
  RunOptions options;
  options.plan = true;
  const RunResult plan = project.upgrade(options);
  CHECK_FALSE(project.exists("db.sqlite"));
  CHECK(plan.rows == std::vector<std::string>{"c1"});
  const RunResult run = project.upgrade();
  REQUIRE(plan.steps.size() == run.steps.size());
  for (std::size_t i = 0; i < run.steps.size(); ++i) {
    CHECK(plan.steps[i].statements == run.steps[i].statements);
    CHECK(plan.steps[i].milliseconds == 0);
  }
  CHECK(project.upgrade(options).steps.empty());
}

TEST_CASE("An operation that does not fit is told with revision, file and line") {
  const Two project;
  project.script(
      "c1", "b1",
      "  - execute: SELECT 1\n  - drop_column: {table: zzz, column: {name: x, type: text}}\n");
  const Error error = error_of([&] { sql_of(project, "base:head"); });
  CHECK(error.kind() == ErrorKind::kScript);
  CHECK(error.revision() == "c1");
  CHECK(error.operation() == 2);
  CHECK(error.line() == 8);
}

}  // namespace
}  // namespace ormdb
