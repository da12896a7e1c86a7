// When foreign keys must be off, and which data steps may not stand in such a section.
#include <catch2/catch.hpp>

#include "dialect/sqlite/raw_sql.h"
#include "support/dialect_sqlite.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

std::unique_ptr<Connection> shop() {
  return memory_database(
      "CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT UNIQUE, a TEXT);"
      "CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p (id) ON DELETE CASCADE,"
      "  code TEXT REFERENCES p (code) ON UPDATE SET NULL);"
      "CREATE TABLE alone (id INTEGER PRIMARY KEY, a TEXT);"
      "CREATE TABLE watched (id INTEGER PRIMARY KEY);"
      "CREATE TRIGGER r AFTER INSERT ON watched BEGIN DELETE FROM p; END;");
}

CompiledSection section_of(const std::vector<Operation>& operations) {
  const auto db = shop();
  Schema schema = introspect(*db);
  return dialect_for("sqlite").compile(operations, schema);
}

Operation rebuild(const std::string& table) { return AddConstraint{table, check("ck", "1")}; }

}  // namespace

TEST_CASE("enforcement stays on where nothing can cascade", "[sqlite][enforcement]") {
  CHECK(section_of({rebuild("alone")}).before.empty());
  CHECK_FALSE(section_of({rebuild("alone")}).verify_integrity);
  CHECK(section_of({AddColumn{"p", nullable(column("n", Type::of(TypeKind::kText)))}})
            .before.empty());
  CHECK(section_of({rebuild("c"), execute("DELETE FROM p")}).before.empty());
  // Even so the legacy mode of a rebuild is ended after a failure.
  CHECK(section_of({rebuild("alone")}).after ==
        std::vector<std::string>{"PRAGMA legacy_alter_table=OFF"});
}

TEST_CASE("a rebuild of a referenced table runs without enforcement and is verified",
          "[sqlite][enforcement]") {
  const CompiledSection section = section_of({rebuild("p")});
  CHECK(section.before == std::vector<std::string>{"PRAGMA foreign_keys=OFF"});
  CHECK(section.after ==
        std::vector<std::string>{"PRAGMA legacy_alter_table=OFF", "PRAGMA foreign_keys=ON"});
  CHECK(section.verify_integrity);
}

TEST_CASE("data steps that fire actions are refused beside such a rebuild",
          "[sqlite][enforcement]") {
  struct Case {
    std::string sql;
    bool refused;
  };
  const Case cases[] = {
      {"DELETE FROM p WHERE id = 1", true},
      {"delete from main.\"P\"", true},
      {"WITH x AS (SELECT 1 AS id) DELETE FROM p WHERE id IN (SELECT id FROM x)", true},
      {"REPLACE INTO p VALUES (1, 'a', 'b')", true},
      {"INSERT OR REPLACE INTO p VALUES (1, 'a', 'b')", true},
      {"UPDATE OR REPLACE p SET a = 1", true},
      {"UPDATE p SET a = 'x', code = upper(code)", true},
      {"UPDATE p SET (a, code) = (1, 2) WHERE id = 1", true},
      {"INSERT INTO p VALUES (1, 'a', 'b') ON CONFLICT (id) DO UPDATE SET code = 'c'", true},
      {"INSERT INTO watched VALUES (1)", true},
      {"UPDATE p SET a = code WHERE code = 'x'", false},
      {"UPDATE p SET a = (SELECT max(code) FROM p)", false},
      {"INSERT INTO p VALUES (1, 'a', 'b')", false},
      {"INSERT INTO p VALUES (1, 'a', 'b') ON CONFLICT (id) DO UPDATE SET a = 'c'", false},
      {"INSERT OR IGNORE INTO p SELECT 1, 'DELETE FROM p', 'x'", false},
      {"SELECT * FROM p", false},
      {"DELETE FROM sqlite_sequence", false},
      {"DELETE FROM c", false},
      {"DELETE FROM alone", false},
  };
  for (const Case& one : cases) {
    INFO(one.sql);
    if (!one.refused) {
      CHECK_NOTHROW(section_of({rebuild("p"), execute(one.sql)}));
      continue;
    }
    const Error error = error_of([&] {
      section_of({execute("SELECT 1"), rebuild("p"), execute(one.sql)});
    });
    CHECK(error.kind() == ErrorKind::kUnsupported);
    CHECK(error.operation() == 3);
    CHECK(error.message().find("operation 2") != std::string::npos);
    CHECK(error.hint().find("revision of its own") != std::string::npos);
  }
}

TEST_CASE("row steps count as the statements that they become", "[sqlite][enforcement]") {
  DeleteRows remove;
  remove.table = "p";
  CHECK_THROWS_AS(section_of({rebuild("p"), remove}), Error);
  CHECK_THROWS_AS(section_of({remove, rebuild("p")}), Error);
  CHECK_THROWS_AS(section_of({rebuild("p"), UpdateRows{"p", {{"code", Literal::null()}}, {}}}),
                  Error);
  CHECK_NOTHROW(section_of({rebuild("p"), UpdateRows{"p", {{"a", Literal::null()}}, {}}}));
  CHECK_NOTHROW(section_of({rebuild("p"), InsertRows{"p", {"a"}, {{Literal::null()}}}}));
}

TEST_CASE("what follows an opaque step is foreseen", "[sqlite][enforcement]") {
  const Operation opaque = execute("CREATE TABLE fresh (a)");
  CHECK(section_of({opaque, rebuild("p")}).verify_integrity);
  CHECK(section_of({opaque, rebuild("fresh")}).verify_integrity);
  CHECK_FALSE(section_of({opaque, rebuild("alone")}).verify_integrity);
  CHECK_THROWS_AS(section_of({execute("CREATE TABLE x (a); DELETE FROM p"), rebuild("p")}), Error);
}

TEST_CASE("a key is dropped before its parent where enforcement stays on",
          "[sqlite][enforcement]") {
  const auto db = shop();
  db->execute("INSERT INTO p VALUES (1, 'k', 'a'); INSERT INTO c VALUES (1, 1, 'k')");
  const Schema schema = introspect(*db);
  const Table& child = *schema.find_table("c");
  run(*db, {DropConstraint{"c", child.foreign_keys.at(0)},
            DropConstraint{"c", child.foreign_keys.at(1)}, DropTrigger{schema.triggers.at(0)},
            DropTable{*schema.find_table("p")}, execute("UPDATE alone SET a = 1")});
  CHECK(rows(*db, "SELECT * FROM c") == "1|1|k");
}

TEST_CASE("the verification as SQL fails on broken rows", "[sqlite][enforcement]") {
  const auto db = shop();
  const std::vector<std::string> check_sql = dialect_for("sqlite").integrity_check_sql();
  for (const std::string& sql : check_sql) CHECK_NOTHROW(db->execute(sql));
  db->execute("PRAGMA foreign_keys=OFF; INSERT INTO c VALUES (1, 99, NULL)");
  db->execute(check_sql.at(0));
  const Error error = error_of([&] { db->execute(check_sql.at(1)); });
  CHECK(error.message().find("foreign keys are broken") != std::string::npos);
}
