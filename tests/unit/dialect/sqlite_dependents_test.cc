#include <catch2/catch.hpp>

#include "dialect/sqlite/dependents.h"
#include "ormdb/error.h"
#include "support/dialect_sqlite.h"

namespace ormdb {
namespace {

std::unique_ptr<Connection> memory() {
  Url url;
  url.dialect = "sqlite";
  return dialect_for("sqlite").connect(url, {});
}

std::string broken(Connection& connection) {
  std::string text;
  for (const BrokenDependent& each : broken_dependents(connection)) {
    text += each.kind + " " + each.name + ": " + each.words + "\n";
  }
  return text;
}

TEST_CASE("Views and triggers that fit are not broken") {
  const auto connection = memory();
  connection->execute(
      "CREATE TABLE p(id INTEGER PRIMARY KEY, n TEXT NOT NULL, g AS (n || 'x'));"
      "CREATE TABLE c(p REFERENCES p(n));"
      "CREATE VIEW v AS SELECT n FROM p;"
      "CREATE TRIGGER a AFTER UPDATE OF n ON p BEGIN SELECT NEW.n; END;"
      "CREATE TRIGGER i INSTEAD OF DELETE ON v BEGIN DELETE FROM p WHERE n = OLD.n; END");
  CHECK(broken(*connection).empty());
}

TEST_CASE("Every broken view and trigger is named, and no trigger for another's fault") {
  const auto connection = memory();
  connection->execute(
      "CREATE TABLE p(id, n); CREATE TABLE log(x);"
      "CREATE VIEW v AS SELECT gone FROM p;"
      "CREATE VIEW w AS SELECT * FROM v;"
      "CREATE TRIGGER fine AFTER UPDATE ON p BEGIN INSERT INTO log VALUES (NEW.id); END;"
      "CREATE TRIGGER bad AFTER UPDATE OF n ON p BEGIN SELECT NEW.gone; END;"
      "CREATE TRIGGER worse AFTER INSERT ON log BEGIN INSERT INTO nowhere VALUES (1); END");
  CHECK(broken(*connection) ==
        "view v: no such column: gone\n"
        "view w: no such column: gone\n"
        "trigger worse: no such table: main.nowhere\n"
        "trigger bad: no such column: NEW.gone\n");
  CHECK(connection->query("SELECT name FROM sqlite_schema WHERE type = 'trigger'").rows.size() ==
        3);
  CHECK_FALSE(connection->in_transaction());
}

TEST_CASE("What only the application's connection knows does not count") {
  const auto connection = memory();
  connection->execute(
      "CREATE TABLE p(id, n);"
      "CREATE VIEW v AS SELECT my_function(n) FROM p;"
      "CREATE TABLE c(x REFERENCES p(n));"
      "CREATE TRIGGER t AFTER UPDATE ON p BEGIN SELECT my_function(NEW.n); END");
  CHECK(broken(*connection).empty());
}

TEST_CASE("What was broken before is not new") {
  const std::vector<BrokenDependent> before = {{"view", "v", "no such column: a"}};
  const std::vector<BrokenDependent> after = {{"view", "V", "no such column: b"},
                                              {"trigger", "v", "no such column: b"}};
  const auto fresh = newly_broken(before, after);
  REQUIRE(fresh.size() == 1);
  CHECK(fresh[0].kind == "trigger");
}

}  // namespace
}  // namespace ormdb
