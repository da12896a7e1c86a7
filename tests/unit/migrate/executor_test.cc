#include "migrate/executor.h"

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
using test::step_ids;

/// a1 makes table a, b1 makes b, c1 makes c.
struct Three : Project {
  Three() {
    script("a1", "", create("a"), drop("a"));
    script("b1", "a1", create("b"), drop("b"));
    script("c1", "b1", create("c"), drop("c"));
  }
};

TEST_CASE("upgrade goes to head and downgrade one step back") {
  const Three project;
  const RunResult up = project.upgrade();
  CHECK(step_ids(up) == "a1 b1 c1");
  CHECK(up.rows_before.empty());
  CHECK(up.rows == std::vector<std::string>{"c1"});
  CHECK(up.steps.at(0).statements.size() == 1);
  CHECK(project.tables() == "a b c");
  CHECK(project.current() == "c1");
  CHECK(project.upgrade().steps.empty());

  CHECK(step_ids(project.downgrade()) == "c1");
  CHECK(project.tables() == "a b");
  CHECK(step_ids(project.downgrade("base")) == "b1 a1");
  CHECK(project.tables().empty());
  CHECK(project.current().empty());
  CHECK(project.query("SELECT group_concat(revision || direction, ' ') FROM ormdb_log") ==
        "a1upgrade b1upgrade c1upgrade c1downgrade b1downgrade a1downgrade");
}

TEST_CASE("Targets in between") {
  const Three project;
  CHECK(step_ids(project.upgrade("b1")) == "a1 b1");
  CHECK(step_ids(project.upgrade("+1")) == "c1");
  CHECK(step_ids(project.downgrade("a1")) == "c1 b1");
  CHECK(project.tables() == "a");
  CHECK(step_ids(project.upgrade("heads")) == "b1 c1");
}

TEST_CASE("A range is for --sql only") {
  const Three project;
  CHECK(error_of([&] { project.upgrade("a1:b1"); }).kind() == ErrorKind::kUsage);
  CHECK_FALSE(project.exists("db.sqlite"));
}

TEST_CASE("Every step is announced before it runs") {
  const Three project;
  std::vector<std::string> seen;
  RunOptions options;
  options.step_started = [&](std::size_t number, std::size_t count, const Revision& revision,
                             Direction direction) {
    seen.push_back(std::to_string(number) + "/" + std::to_string(count) + " " + revision.id + " " +
                   std::string(direction_name(direction)) + " after " + project.tables());
  };
  project.upgrade(options);
  CHECK(seen == std::vector<std::string>{"1/3 a1 upgrade after ", "2/3 b1 upgrade after a",
                                         "3/3 c1 upgrade after a b"});
}

TEST_CASE("An edited script is refused, named, and accepted when the user says so") {
  const Three project;
  project.upgrade("b1");
  project.script("a1", "", create("a") + create("more"), drop("a"));
  const Error error = error_of([&] { project.upgrade(); });
  CHECK(error.kind() == ErrorKind::kConflict);
  CHECK(error.candidates() == std::vector<std::string>{"a1"});
  CHECK(error.file().find("a1.yaml") != std::string::npos);
  CHECK(project.current() == "b1");
  RunOptions options;
  options.allow_edited = true;
  const RunResult result = project.upgrade(options);
  CHECK(step_ids(result) == "c1");
  CHECK(result.warnings ==
        std::vector<std::string>{"the upgrade section of revision a1 was edited after it was "
                                 "applied here; --allow-edited accepts it"});
  CHECK(project.query("SELECT revision, length(checksum), finished IS NOT NULL FROM ormdb_log "
                      "WHERE direction = 'edited'") == "a1|64|1");
  CHECK(project.migrator()->status().edited == std::vector<std::string>{"a1"});
}

/// p with a row, and what comes after it in a second revision.
struct Filled : Project {
  explicit Filled(const std::string& second) {
    script("a1", "",
           "  - create_table: {table: p, columns: {id: {type: integer, primary_key: true}, "
           "n: {type: text, nullable: true}}}\n"
           "  - create_table: {table: c, columns: {id: {type: integer, primary_key: true}, "
           "p: {type: integer, nullable: true}}}\n"
           "  - execute: INSERT INTO p VALUES (1, NULL)\n"
           "  - execute: INSERT INTO c VALUES (1, 7)\n");
    upgrade();
    script("b1", "a1", create("b"));
    script("c1", "b1", second);
  }
};

TEST_CASE("What was applied is told whatever went wrong, and what the same run applied before") {
  const std::string earlier = "; applied before by the same run, and kept: b1";
  const struct {
    std::string step, message;
    ErrorKind kind;
  } cases[] = {
      {"  - execute: INSERT INTO nowhere VALUES (1)\n",
       "revision c1 failed to upgrade at statement 1: no such table: nowhere",
       ErrorKind::kDatabase},
      {"  - alter_column: {table: p, name: n, from: {type: text, nullable: true}, "
       "to: {type: text}}\n",
       "revision c1 failed to upgrade at statement 2: NOT NULL constraint failed: p.n",
       ErrorKind::kDatabase},
      {create("d") + "  - add_constraint: {table: c, foreign_key: [p], references: p(id)}\n",
       "revision c1 failed to upgrade: the step breaks foreign keys: row 1 of c: p = 7 has no row "
       "in p",
       ErrorKind::kDatabase},
      {create("p"), "the database is not as the script expects it: table 'p' exists already",
       ErrorKind::kConflict},
  };
  for (const auto& one : cases) {
    CAPTURE(one.step);
    const Filled project(one.step);
    const Error error = error_of([&] { project.upgrade(); });
    CHECK(error.message().substr(0, one.message.size()) == one.message);
    CHECK(error.kind() == one.kind);
    CHECK(error.hint().starts_with("nothing of this revision was applied; "));
    CHECK(error.hint().ends_with(earlier));
    CHECK(error.revision() == "c1");
    CHECK(error.operation() == (one.step.starts_with(create("d")) ? 2 : 1));
    CHECK(error.line() > 0);
    CHECK(project.current() == "b1");

    const Filled together(one.step);
    together.configure("transaction: per_run\n");
    const Error whole = error_of([&] { together.upgrade(); });
    const bool needs_keys_off = one.step.find("foreign_key") != std::string::npos;
    CHECK(whole.kind() == (needs_keys_off ? ErrorKind::kUnsupported : one.kind));
    CHECK(whole.revision() == "c1");
    if (whole.kind() == ErrorKind::kDatabase) CHECK(whole.message() == error.message());
    CHECK(whole.hint().starts_with("nothing was applied: the run is one transaction; "));
    CHECK(together.current() == "a1");
  }
}

TEST_CASE("A dry run accepts an edited script and leaves no trace of it") {
  const Three project;
  project.upgrade("b1");
  project.script("a1", "", create("a") + create("more"), drop("a"));
  RunOptions options;
  options.allow_edited = options.dry_run = true;
  CHECK(project.upgrade(options).warnings.size() == 1);
  CHECK(project.query("SELECT count(*) FROM ormdb_log WHERE direction = 'edited'") == "0");
}

/// a1, c1 applied; then b1 comes between them.
struct Inserted : Project {
  Inserted() {
    script("a1", "", create("a"), drop("a"));
    script("c1", "a1", create("c"), drop("c"));
    upgrade();
    script("b1", "a1", create("b"), drop("b"));
    script("c1", "b1", create("c"), drop("c"));
  }
  std::vector<std::string> never_run() const { return migrator()->status().never_run; }
};

TEST_CASE("A script put below an applied one is named: it never ran") {
  const Inserted project;
  const std::vector<std::string> b1 = {"b1"};
  CHECK(project.never_run() == b1);
  const DiffResult check = project.migrator()->check({});
  CHECK(check.never_run == b1);
  CHECK_FALSE(check.clean());
  const RunResult result = project.upgrade();
  CHECK(result.steps.empty());
  REQUIRE(result.warnings.size() == 1);
  CHECK(
      result.warnings[0].starts_with("revision b1 counts as applied, since what follows is, but "
                                     "was never run here"));
}

TEST_CASE("A script that never ran is accepted by a stamp") {
  const Inserted project;
  StampOptions options;
  options.targets = {"c1"};
  CHECK(project.migrator()->stamp(options).rows == std::vector<std::string>{"c1"});
  CHECK(project.never_run().empty());
  CHECK(project.upgrade().warnings.empty());
}

TEST_CASE("A script that never ran runs where it is moved behind what is applied") {
  const Inserted project;
  project.script("c1", "a1", create("c"), drop("c"));
  project.script("b1", "c1", create("b"), drop("b"));
  CHECK(project.never_run().empty());
  CHECK(step_ids(project.upgrade()) == "b1");
}

TEST_CASE("Where the log cannot know nobody is said never to have run") {
  const auto accused = [](const std::string& log) {
    const Inserted project;
    project.sql(log);
    return join(project.never_run(), " ");
  };
  CHECK(accused("SELECT 1") == "b1");
  CHECK(accused("DELETE FROM ormdb_log").empty());
  CHECK(accused("DELETE FROM ormdb_log WHERE revision = 'a1'").empty());  // adopted at b1
  CHECK(accused("UPDATE ormdb_log SET direction = 'stamp' WHERE revision = 'c1'").empty());
  const Inserted squashed;  // the log has a former script in between
  squashed.sql("UPDATE ormdb_log SET id = 9 WHERE revision = 'c1'");
  squashed.sql(
      "INSERT INTO ormdb_log (revision, direction, started, finished, ormdb_version, "
      "database_user, host, statements) VALUES ('old', 'upgrade', '', '', '', '', '', 1)");
  squashed.sql("UPDATE ormdb_log SET id = 5 WHERE revision = 'old'");
  CHECK(squashed.never_run().empty());
}

TEST_CASE("Scripts out of order are told by instants, whatever their zones") {
  const Project project;
  const auto script = [&](const std::string& id, const std::string& created) {
    project.write(
        "migrations/versions/" + id + ".yaml",
        "revision: " + id + "\ndown_revision: null\ncreated: " + created + "\n---\nupgrade: []\n");
  };
  script("a1", "2026-01-01T10:00:00Z");
  script("b1", "2026-01-01T11:30:00+02:00");  // 09:30 UTC
  script("c1", "2026-01-01T09:30:00-02:00");  // 11:30 UTC
  project.upgrade("a1");
  CHECK(project.migrator()->status().out_of_order == std::vector<std::string>{"b1"});
}

TEST_CASE("What is no part of the upgrade section may be edited, and so may scripts to come") {
  const Three project;
  project.upgrade("b1");
  project.script("a1", "", create("a") + "\n# a comment\n", drop("a") + drop("zzz"));
  project.script("c1", "b1", create("d"), drop("d"));
  project.upgrade();
  CHECK(project.tables() == "a b d");
}

TEST_CASE("A database with tables and no version table is not upgraded from base") {
  const Three project;
  project.sql("CREATE TABLE legacy (id INTEGER PRIMARY KEY)");
  const Error error = error_of([&] { project.upgrade(); });
  CHECK(error.kind() == ErrorKind::kConflict);
  CHECK(error.candidates() == std::vector<std::string>{"legacy"});
  CHECK(error.hint().find("init --from-database") != std::string::npos);
  CHECK(error.hint().find("ormdb stamp") != std::string::npos);
  CHECK(project.tables() == "legacy");
  CHECK(project.query("SELECT count(*) FROM sqlite_schema") == "1");
}

TEST_CASE("The version table of another tool does not count as a table of the user") {
  const Three project;
  project.sql("CREATE TABLE schema_migrations (version TEXT)");
  project.upgrade();
  CHECK(project.current() == "c1");
}

TEST_CASE("A row that no script has stops a run") {
  const Three project;
  project.upgrade("a1");
  project.sql("UPDATE ormdb_version SET version_num = 'gone'");
  const Error error = error_of([&] { project.upgrade(); });
  CHECK(error.kind() == ErrorKind::kUnknownRevision);
  CHECK(error.where() == "database");
}

TEST_CASE("A dry run leaves no trace") {
  const Three project;
  const std::string before = project.files();
  RunOptions options;
  options.dry_run = true;
  const RunResult result = project.upgrade(options);
  CHECK(step_ids(result) == "a1 b1 c1");
  CHECK(result.rows == std::vector<std::string>{"c1"});
  CHECK(project.files() == before);

  project.upgrade("a1");
  const std::string files = project.files();
  const std::string bytes = project.read("db.sqlite");
  CHECK(step_ids(project.upgrade(options)) == "b1 c1");
  CHECK(project.files() == files);
  CHECK(project.read("db.sqlite") == bytes);
}

TEST_CASE("A dry run finds the statement that fails") {
  const Three project;
  project.script("d1", "c1", "  - execute: INSERT INTO nowhere VALUES (1)\n");
  RunOptions options;
  options.dry_run = true;
  const Error error = error_of([&] { project.upgrade(options); });
  CHECK(error.revision() == "d1");
  CHECK(error.statement() == "INSERT INTO nowhere VALUES (1)");
  CHECK_FALSE(project.exists("db.sqlite"));
}

TEST_CASE("A failing step is rolled back and named; the steps before it stay") {
  const Three project;
  project.script("b1", "a1", create("b") + "  - execute: INSERT INTO nowhere VALUES (1)\n");
  const Error error = error_of([&] { project.upgrade(); });
  CHECK(error.kind() == ErrorKind::kDatabase);
  CHECK(error.revision() == "b1");
  CHECK(error.operation() == 2);
  CHECK(error.line() == 8);
  CHECK(error.statement() == "INSERT INTO nowhere VALUES (1)");
  CHECK(error.message().find("statement 2") != std::string::npos);
  CHECK(error.hint().find("nothing of this revision was applied") != std::string::npos);
  CHECK(project.tables() == "a");
  CHECK(project.current() == "a1");
  project.script("b1", "a1", create("b"));
  CHECK(step_ids(project.upgrade()) == "b1 c1");
}

TEST_CASE("A database file that a failed run made goes again") {
  const Three project;
  project.script("a1", "", create("a") + "  - execute: INSERT INTO nowhere VALUES (1)\n");
  const std::string before = project.files();
  CHECK(error_of([&] { project.upgrade(); }).revision() == "a1");
  CHECK(project.files() == before);
}

TEST_CASE("A database file that was there stays, even when it is empty") {
  const Three project;
  project.write("db.sqlite", "");
  project.script("a1", "", "  - execute: INSERT INTO nowhere VALUES (1)\n");
  CHECK(error_of([&] { project.upgrade(); }).revision() == "a1");
  CHECK(project.exists("db.sqlite"));
}

TEST_CASE("transaction: per_run rolls all steps back when one fails") {
  const Three project;
  project.configure("transaction: per_run\n");
  project.upgrade("a1");
  project.script("c1", "b1", create("c") + "  - execute: INSERT INTO nowhere VALUES (1)\n");
  const Error error = error_of([&] { project.upgrade(); });
  CHECK(error.revision() == "c1");
  CHECK(project.tables() == "a");
  CHECK(project.current() == "a1");
  project.script("c1", "b1", create("c"));
  CHECK(step_ids(project.upgrade()) == "b1 c1");
  CHECK(project.tables() == "a b c");
}

TEST_CASE("transaction: per_run refuses a step outside a transaction before anything runs") {
  const Three project;
  project.configure("transaction: per_run\n");
  project.script("c1", "b1", "  - {execute: VACUUM, transaction: false}\n");
  const Error error = error_of([&] { project.upgrade(); });
  CHECK(error.kind() == ErrorKind::kUnsupported);
  CHECK(error.revision() == "c1");
  CHECK_FALSE(project.exists("db.sqlite"));
}

const char* const kAddColumn =
    "  - alter_column: {table: a, name: id, from: {type: integer}, to: {type: text}}\n"
    "  - add_column: {table: a, column: {name: note, type: text, nullable: true}}\n";

TEST_CASE("A change of the schema by somebody else between two steps is noticed") {
  const Project project;
  project.script("a1", "", "  - create_table: {table: a, columns: {id: {type: integer}}}\n");
  project.script("b1", "a1", kAddColumn);
  RunOptions options;
  options.step_started = [&](std::size_t number, std::size_t, const Revision&, Direction) {
    if (number == 2) project.sql("ALTER TABLE a ADD COLUMN other TEXT");
  };
  project.upgrade(options);
  CHECK(project.query("SELECT group_concat(name, ' ') FROM pragma_table_info('a')") ==
        "id other note");
}

TEST_CASE("A change of the version table by somebody else stops the run") {
  const Three project;
  RunOptions options;
  options.step_started = [&](std::size_t number, std::size_t, const Revision&, Direction) {
    if (number == 3) project.sql("UPDATE ormdb_version SET version_num = 'a1'");
  };
  const Error error = error_of([&] { project.upgrade(options); });
  CHECK(error.kind() == ErrorKind::kConflict);
  CHECK(error.message().find("expected b1, found a1") != std::string::npos);
  CHECK(project.tables() == "a b");
}

TEST_CASE("Raw SQL of unknown meaning is looked at in the database before the next operation") {
  const Project project;
  project.script("a1", "",
                 "  - create_table: {table: a, columns: {id: {type: integer}}}\n"
                 "  - execute: ALTER TABLE a ADD COLUMN raw TEXT\n"
                 "  - rename_column: {table: a, name: raw, to: cooked}\n");
  project.script("b1", "a1",
                 "  - alter_column: {table: a, name: cooked, from: {type: text, nullable: true}, "
                 "to: {type: date, nullable: true}}\n");
  project.upgrade();
  CHECK(project.query("SELECT group_concat(name || ' ' || type, ', ') FROM "
                      "pragma_table_info('a')") == "id INTEGER, cooked DATE");
}

TEST_CASE("Keys that a step breaks are told before it commits") {
  const Project project;
  project.script("a1", "",
                 "  - create_table: {table: p, columns: {id: {type: integer, primary_key: true}, "
                 "n: {type: text, nullable: true}}}\n"
                 "  - create_table: {table: c, columns: {p: {type: integer, nullable: true, "
                 "references: p.id}}}\n"
                 "  - execute: INSERT INTO p VALUES (1, 'x')\n"
                 "  - execute: INSERT INTO c VALUES (1)\n");
  project.upgrade();
  project.script("b1", "a1",
                 "  - alter_column: {table: p, name: n, from: {type: text, nullable: true}, "
                 "to: {type: date, nullable: true}}\n"
                 "  - execute: DELETE FROM p\n");
  CHECK(error_of([&] { project.upgrade(); }).revision() == "b1");
  CHECK(project.query("SELECT * FROM p") == "1|x");
  CHECK(project.query("SELECT * FROM c") == "1");
  CHECK(project.current() == "a1");
}

TEST_CASE("A missing downgrade section is an error, an empty one is nothing to do") {
  const Project project;
  project.script("a1", "", create("a"));
  project.write("migrations/versions/b1.yaml",
                "format: 1\nrevision: b1\ndown_revision: a1\n---\nupgrade:\n" + create("b"));
  project.upgrade();
  const Error error = error_of([&] { project.downgrade(); });
  CHECK(error.kind() == ErrorKind::kScript);
  CHECK(error.revision() == "b1");
  project.downgrade("b1");
  CHECK(project.current() == "b1");
}

/// p(id, n) and something that uses n, then a hand-written drop of n.
struct DropsColumn : Project {
  explicit DropsColumn(const std::string& dependent) {
    script("a1", "", "  - execute: CREATE TABLE p(id INTEGER PRIMARY KEY, n TEXT)\n");
    script("b1", "a1",
           "  - execute: UPDATE p SET n = 'x'\n"
           "  - drop_column: {table: p, column: {name: n, type: text, nullable: true}}\n");
    upgrade("a1");
    sql(dependent);
  }
};

TEST_CASE("A step that breaks a view or trigger is rolled back") {
  const std::pair<const char*, const char*> cases[] = {
      {"CREATE VIEW v AS SELECT id, n FROM p", "view v (no such column: n)"},
      {"CREATE VIEW w AS SELECT 1; CREATE TRIGGER t AFTER UPDATE ON p BEGIN SELECT OLD.n; END",
       "trigger t (no such column: OLD.n)"}};
  for (const auto& [dependent, named] : cases) {
    const DropsColumn project(dependent);
    const Error error = error_of([&] { project.upgrade(); });
    CHECK(error.exit_code() == 5);
    CHECK(error.message().find(named) != std::string::npos);
    CHECK(error.operation() == 2);
    CHECK(error.line() > 0);
    CHECK(project.current() == "a1");
    CHECK(project.query("SELECT count(n) FROM p") == "0");
    RunOptions dry;
    dry.dry_run = true;
    CHECK(error_of([&] { project.upgrade(dry); }).exit_code() == 5);
  }
}

TEST_CASE("A view that was broken before the step does not stop it") {
  const DropsColumn project("CREATE VIEW v AS SELECT n, gone FROM p");
  project.upgrade();
  CHECK(project.current() == "b1");
}

}  // namespace
}  // namespace ormdb
