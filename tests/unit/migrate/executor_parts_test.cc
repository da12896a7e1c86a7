// Steps with something outside a transaction: they commit in parts, and go on where they stopped.

#include <catch2/catch.hpp>

#include "base/text.h"
#include "migrate/executor.h"
#include "ormdb/error.h"
#include "support/migrate_project.h"

namespace ormdb {
namespace {

using test::create;
using test::drop;
using test::error_of;
using test::Project;

const char* const kVacuum = "  - {execute: VACUUM, transaction: false}\n";
const char* const kBroken = "  - execute: INSERT INTO nowhere VALUES (1)\n";

/// Three parts, of which the third fails.
struct Half : Project {
  Half() {
    script("a0", "", create("zero"), drop("zero"));
    script("a1", "a0", create("a") + kVacuum + create("b") + kBroken, drop("b") + drop("a"));
    error = error_of([&] { upgrade(); });
  }
  void mend() const {
    script("a1", "a0", create("a") + kVacuum + create("b"), drop("b") + drop("a"));
  }
  Error error{ErrorKind::kInternal, ""};
};

TEST_CASE("A step that fails in its third part says what stays applied") {
  const Half project;
  CHECK(project.error.kind() == ErrorKind::kDatabase);
  CHECK(project.error.operation() == 4);
  CHECK(project.error.hint().find("parts 1 to 2 of this revision stay applied") == 0);
  CHECK(project.tables() == "a zero");
  CHECK(project.current() == "a0");
  const StatusResult status = project.migrator()->status();
  REQUIRE(status.half_applied);
  CHECK(status.half_applied->revision == "a1");
  CHECK(status.half_applied->done == 2);
  CHECK(status.half_applied->total == 3);
}

TEST_CASE("A statement has the number that status and --step-done give it, also when resumed") {
  const std::string vacuum_into_nothing = "  - {execute: VACUUM nowhere, transaction: false}\n";
  const Project project;
  project.script("a1", "", create("a") + kVacuum + vacuum_into_nothing);
  for (int run = 0; run < 2; ++run) {
    const Error error = error_of([&] { project.upgrade(); });
    CHECK(error.message().starts_with("revision a1 failed to upgrade at statement 3: "));
    CHECK(error.hint().find("parts 1 to 2 of this revision stay applied; mend the script") == 0);
  }
  project.script("a1", "", create("a") + kVacuum + create("b") + kBroken);
  CHECK(error_of([&] { project.upgrade(); })
            .message()
            .starts_with("revision a1 failed to upgrade in part 3 at statement 2: "));
}

TEST_CASE("--plan and --sql leave out what of a half-applied step is done") {
  const Half project;
  project.mend();
  RunOptions options;
  options.plan = true;
  const RunResult plan = project.upgrade(options);
  REQUIRE(plan.steps.size() == 1);
  CHECK(plan.steps[0].statements.size() == 1);
  CHECK(plan.warnings ==
        std::vector<std::string>{"revision a1 is half-applied: statements 1 to 2 of 3 are done and "
                                 "left out"});
  options.plan = false;
  options.sql = true;
  const std::string sql = project.upgrade(options).sql;
  CHECK(sql.find("-- Half-applied: statements 1 to 2 of 3 are done and left out\n") !=
        std::string::npos);
  CHECK(sql.find("VACUUM") == std::string::npos);
  std::string statements;  // without the shell's own commands
  for (const std::string& line : split(sql, '\n')) {
    if (!line.starts_with(".")) statements += line + "\n";
  }
  project.sql(statements);
  CHECK(project.tables() == "a b zero");
  CHECK(project.current() == "a1");
  CHECK_FALSE(project.migrator()->status().half_applied);
  CHECK(project.migrator()->status().edited.empty());
}

TEST_CASE("--plan and --sql refuse what a run refuses about a half-applied step") {
  for (const bool plan : {true, false}) {
    RunOptions options;
    options.plan = plan;
    options.sql = !plan;
    const Half half;
    options.target = "a0";
    CHECK(error_of([&] { half.upgrade(options); }).kind() == ErrorKind::kConflict);
    options.target = "";
    options.step_done = 9;
    CHECK(error_of([&] { half.upgrade(options); }).kind() == ErrorKind::kUsage);
    options.step_done = 3;
    CHECK(half.upgrade(options).steps.size() == (plan ? 1 : 0));
    options.step_done.reset();
    half.script("a1", "a0", create("other") + kVacuum + create("b"));
    CHECK(error_of([&] { half.upgrade(options); }).message().find("was edited after") !=
          std::string::npos);
  }
}

TEST_CASE("The next run goes on with what was not done") {
  const Half project;
  project.mend();
  const RunResult result = project.upgrade();
  REQUIRE(result.steps.size() == 1);
  CHECK(result.steps[0].statements.size() == 1);
  CHECK(project.tables() == "a b zero");
  CHECK(project.current() == "a1");
  CHECK_FALSE(project.migrator()->status().half_applied);
  CHECK(project.migrator()->status().edited.empty());
  CHECK(project.query("SELECT count(*) FROM ormdb_log WHERE finished IS NULL") == "0");
  project.downgrade("base");
  CHECK(project.tables().empty());
}

TEST_CASE("What was done must not be edited, and must not go") {
  const std::string sections[] = {
      create("other") + kVacuum + create("b"),
      create("a") + "  - {execute: ANALYZE, transaction: false}\n" + create("b"),
      create("a") + create("b"),
      create("a"),
  };
  for (const std::string& section : sections) {
    CAPTURE(section);
    const Half project;
    project.script("a1", "a0", section);
    const Error error = error_of([&] { project.upgrade(); });
    CHECK(error.kind() == ErrorKind::kConflict);
    CHECK(error.message().find("was edited after it was applied") != std::string::npos);
    CHECK(project.tables() == "a zero");
  }
}

TEST_CASE("Nothing else runs before a half-applied step is finished") {
  const Half project;
  project.script("a2", "a0", create("c"));
  const std::string targets[] = {"a2", "a0"};
  for (const std::string& target : targets) {
    CAPTURE(target);
    const Error error = error_of([&] { project.upgrade(target); });
    CHECK(error.kind() == ErrorKind::kConflict);
    CHECK(error.hint().starts_with("finish it first with `ormdb upgrade a1`;"));
  }
  CHECK(error_of([&] { project.downgrade(); }).kind() == ErrorKind::kConflict);
  CHECK(project.tables() == "a zero");
}

TEST_CASE("Another step in parts does not take the half-applied one's parts for its own") {
  const Half project;
  project.mend();
  project.script("a05", "a0", create("other") + kVacuum);
  project.upgrade("heads");
  CHECK(project.tables() == "a b other zero");
  CHECK(project.current() == "a05 a1");
}

TEST_CASE("A dry run and a run in one transaction refuse a half-applied step") {
  const Half project;
  project.mend();
  RunOptions options;
  options.dry_run = true;
  CHECK(error_of([&] { project.upgrade(options); }).kind() == ErrorKind::kUnsupported);
  project.script("a1", "a0", create("a"));
  CHECK(error_of([&] { project.upgrade(options); }).kind() == ErrorKind::kUnsupported);
  CHECK(project.tables() == "a zero");
}

TEST_CASE("A step that fails in its first part leaves nothing to go on with") {
  const Project project;
  project.script("a0", "", create("zero"), drop("zero"));
  project.upgrade();
  project.script("a1", "a0", kBroken + create("a") + kVacuum);
  const Error error = error_of([&] { project.upgrade(); });
  CHECK(error.hint().find("nothing of this revision was applied") != std::string::npos);
  CHECK_FALSE(project.migrator()->status().half_applied);
  project.downgrade();
  CHECK(project.tables().empty());
}

TEST_CASE("A new database file stays when a part of its first step was applied") {
  const Project project;
  project.script("a0", "", create("a") + kVacuum + kBroken);
  CHECK(error_of([&] { project.upgrade(); }).hint().find("stay applied") != std::string::npos);
  CHECK(project.tables() == "a");
  const Project other;
  other.script("a0", "", kBroken + create("a") + kVacuum);
  CHECK(error_of([&] { other.upgrade(); }).kind() == ErrorKind::kDatabase);
  CHECK_FALSE(other.exists("db.sqlite"));
}

/// As after a kill within the second part, a CREATE INDEX outside a transaction.
struct Unknown : Project {
  explicit Unknown(bool took_effect) {
    const std::string sections = create("a") +
                                 "  - {execute: CREATE INDEX ix ON a (id), transaction: false}\n" +
                                 create("b");
    script("a0", "", sections, drop("b") + drop("a"));
    const auto place = workspace();
    const RunLog log(place->dialect(), place->url(), "");
    const LoadedScript script = place->load(*place->graph().find("a0"), Direction::kUpgrade);
    const std::vector<SectionPart> parts =
        parts_of(script.operations(Direction::kUpgrade), "sqlite");
    const auto connection = database();
    connection->execute("CREATE TABLE ormdb_version (version_num VARCHAR(64) PRIMARY KEY)");
    for (const std::string& statement : log.create_sql()) connection->execute(statement);
    const LogEntry entry{"a0", "upgrade", "2026-11-22T10:00:00Z", "", 0};
    const std::int64_t step = log.start_step(*connection, entry, parts.size());
    log.start_part(*connection, step, entry, 1, parts.at(0).hash());
    log.finish_part(*connection, step, 1);
    log.start_part(*connection, step, entry, 2, parts.at(1).hash());
    connection->execute("CREATE TABLE a (id INTEGER NOT NULL PRIMARY KEY)");
    if (took_effect) connection->execute("CREATE INDEX ix ON a (id)");
  }
};

TEST_CASE("A statement with an unknown outcome needs the user's word") {
  const bool took_effect = GENERATE(true, false);
  const Unknown project(took_effect);
  const Error error = error_of([&] { project.upgrade(); });
  CHECK(error.kind() == ErrorKind::kConflict);
  CHECK(error.hint().find("`ormdb upgrade a0 --step-done 2`") != std::string::npos);
  CHECK(error.hint().find("`ormdb upgrade a0 --step-redo 2`") != std::string::npos);
  CHECK(project.tables() == "a");

  RunOptions other;
  other.step_done = 1;
  CHECK(error_of([&] { project.upgrade(other); }).kind() == ErrorKind::kUsage);

  RunOptions options;
  (took_effect ? options.step_done : options.step_redo) = 2;
  const RunResult result = project.upgrade(options);
  CHECK(result.steps.at(0).statements.size() == (took_effect ? 1 : 2));
  CHECK(project.tables() == "a b");
  CHECK(project.query("SELECT count(*) FROM sqlite_schema WHERE name = 'ix'") == "1");
  CHECK(project.current() == "a0");
}

TEST_CASE("A statement that failed and was done by hand is not run again") {
  const Half project;
  project.sql("CREATE TABLE nowhere (id INTEGER)");
  project.sql("INSERT INTO nowhere VALUES (1)");
  project.sql("CREATE TABLE b (id INTEGER NOT NULL PRIMARY KEY)");
  RunOptions options;
  options.step_done = 3;
  const RunResult result = project.upgrade(options);
  CHECK(result.steps.at(0).statements.empty());
  CHECK(project.query("SELECT count(*) FROM nowhere") == "1");
  CHECK(project.current() == "a1");
  CHECK_FALSE(project.migrator()->status().half_applied);
}

TEST_CASE("A statement that failed is run again on the user's word, as without it") {
  const Half project;
  project.mend();
  RunOptions options;
  options.step_redo = 3;
  CHECK(project.upgrade(options).steps.at(0).statements.size() == 1);
  CHECK(project.tables() == "a b zero");
}

TEST_CASE("--step-done and --step-redo of a statement that is not the open one are told") {
  const Half project;
  for (const int number : {1, 2, 4, 99}) {
    CAPTURE(number);
    for (const bool done : {true, false}) {
      RunOptions options;
      (done ? options.step_done : options.step_redo) = number;
      const Error error = error_of([&] { project.upgrade(options); });
      CHECK(error.kind() == ErrorKind::kUsage);
      CHECK(error.message() == std::string(done ? "--step-done " : "--step-redo ") +
                                   std::to_string(number) +
                                   " fits nothing: the statement to decide about of half-applied "
                                   "revision a1 is 3 of 3");
    }
  }
  CHECK(project.tables() == "a zero");
  project.mend();
  project.upgrade();
  RunOptions options;
  options.step_done = 3;
  CHECK(error_of([&] { project.upgrade(options); }).message() ==
        "--step-done 3 fits nothing: no revision is half-applied");
}

TEST_CASE("--plan refuses a statement whose outcome is unknown, unless the user says it") {
  const Unknown project(true);
  RunOptions options;
  options.plan = true;
  CHECK(error_of([&] { project.upgrade(options); }).message().find("outcome is unknown") !=
        std::string::npos);
  options.step_done = 2;
  CHECK(project.upgrade(options).steps.at(0).statements.size() == 1);
  options.step_done.reset();
  options.step_redo = 2;
  CHECK(Unknown(false).upgrade(options).steps.at(0).statements.size() == 2);
}

TEST_CASE("A downgrade goes on where it stopped, and its command is told") {
  const Project project;
  project.script("a0", "", create("a"), drop("a"));
  project.script("b0", "a0", create("b"), drop("b") + kVacuum + kBroken);
  project.upgrade();
  CHECK(error_of([&] { project.downgrade(); }).operation() == 3);
  CHECK(project.tables() == "a");
  CHECK(project.current() == "b0");
  const Error refused = error_of([&] { project.upgrade("a0"); });
  CHECK(refused.hint().starts_with("finish it first with `ormdb downgrade b0-1`;"));
  project.script("b0", "a0", create("b"), drop("b") + kVacuum);
  project.downgrade("b0-1");
  CHECK(project.current() == "a0");
}

TEST_CASE("A rebuild that is asked for outside a transaction keeps the rows of other tables") {
  const Project project;
  project.script("a0", "",
                 "  - create_table: {table: p, columns: {id: {type: integer, primary_key: true}, "
                 "n: {type: text, nullable: true}}}\n"
                 "  - create_table: {table: c, columns: {p: {type: integer, nullable: true, "
                 "references: p.id, on_delete: cascade}}}\n"
                 "  - execute: INSERT INTO p VALUES (1, 'x')\n"
                 "  - execute: INSERT INTO c VALUES (1)\n");
  project.script("b0", "a0",
                 "  - alter_column: {table: p, name: n, from: {type: text, nullable: true}, "
                 "to: {type: date, nullable: true}}\n    transaction: false\n");
  project.upgrade();
  CHECK(project.current() == "b0");
  CHECK(project.query("SELECT * FROM p") == "1|x");
  CHECK(project.query("SELECT * FROM c") == "1");
}

}  // namespace
}  // namespace ormdb
