// What a naive rebuild of an SQLite table loses.
#include <catch2/catch.hpp>

#include "support/dialect_sqlite.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

Operation rebuild(const std::string& table, const std::string& name = "ck_rebuilt") {
  return AddConstraint{table, check(name, "1")};
}

}  // namespace

TEST_CASE("rebuilding a parent does not cascade into its children", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE p (id INTEGER PRIMARY KEY, a TEXT);"
      "CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p (id) ON DELETE CASCADE);"
      "INSERT INTO p VALUES (1, 'x'), (2, 'y'); INSERT INTO c VALUES (1, 1), (2, 2);");
  run(*db, {rebuild("p")});
  CHECK(rows(*db, "SELECT count(*) FROM c") == "2");
  CHECK(rows(*db, "SELECT \"table\" FROM pragma_foreign_key_list('c')") == "p");
  db->execute("DELETE FROM p WHERE id = 1");
  CHECK(rows(*db, "SELECT id FROM c") == "2");
}

TEST_CASE("dropping a parent does not cascade, and the broken rows are named",
          "[sqlite][rebuild]") {
  const std::string setup =
      "CREATE TABLE p (id INTEGER PRIMARY KEY);"
      "CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p (id) ON DELETE CASCADE);"
      "INSERT INTO p VALUES (1); INSERT INTO c VALUES (5, 1);";
  const auto db = memory_database(setup);
  const Schema schema = introspect(*db);
  const Table parent = *schema.find_table("p");
  const Error error = error_of([&] { run(*db, {DropTable{parent}}); });
  CHECK(error.kind() == ErrorKind::kDatabase);
  CHECK(error.message().find("row 5 of c: p_id = 1 has no row in p") != std::string::npos);
  CHECK(rows(*db, "SELECT count(*) FROM p") == "1");

  const ForeignKey key = schema.find_table("c")->foreign_keys.at(0);
  run(*db, {DropConstraint{"c", key}, DropTable{parent}});
  CHECK(rows(*db, "SELECT p_id FROM c") == "1");
}

TEST_CASE("views and triggers that mention the table survive", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); CREATE TABLE log (what TEXT);"
      "CREATE TABLE o (id INTEGER PRIMARY KEY);"
      "CREATE VIEW v AS SELECT a FROM t;"
      "CREATE TRIGGER own AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END;"
      "CREATE TRIGGER other AFTER INSERT ON o BEGIN INSERT INTO t (a) VALUES ('from o'); END;"
      "INSERT INTO t VALUES (1, 'x');");
  run(*db, {rebuild("t")});
  CHECK(rows(*db, "SELECT what FROM log") == "x");  // the copy fired nothing
  db->execute("INSERT INTO o VALUES (1)");
  CHECK(rows(*db, "SELECT a FROM v ORDER BY a") == "from o\nx");
  CHECK(rows(*db, "SELECT count(*) FROM log") == "2");
}

TEST_CASE("the AUTOINCREMENT counter survives", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);"
      "INSERT INTO t (a) VALUES ('x'), ('y'), ('z');");
  SECTION("after the last rows were deleted") { db->execute("DELETE FROM t WHERE id > 1"); }
  SECTION("of an empty table") { db->execute("DELETE FROM t"); }
  run(*db, {rebuild("t")});
  db->execute("INSERT INTO t (a) VALUES ('new')");
  CHECK(rows(*db, "SELECT id FROM t WHERE a = 'new'") == "4");
  CHECK(rows(*db, "SELECT name, seq FROM sqlite_sequence") == "t|4");
}

TEST_CASE("a table can gain and lose AUTOINCREMENT", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (7, 'x');");
  run(*db, {alter(*db, "t", "id", [](Column& id) { id.autoincrement = true; })});
  CHECK(rows(*db, "SELECT name, seq FROM sqlite_sequence") == "t|7");
  run(*db, {alter(*db, "t", "id", [](Column& id) { id.autoincrement = false; })});
  CHECK(rows(*db, "SELECT count(*) FROM sqlite_sequence") == "0");
}

TEST_CASE("rowids survive where no column is the rowid", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (a TEXT PRIMARY KEY, rowid TEXT); INSERT INTO t VALUES ('x', 'r'), ('y', "
      "'s');"
      "DELETE FROM t WHERE a = 'x'; INSERT INTO t (oid, a) VALUES (40, 'z');");
  run(*db, {rebuild("t")});
  CHECK(rows(*db, "SELECT oid, a, rowid FROM t ORDER BY oid") == "2|y|s\n40|z|");
}

TEST_CASE("generated columns are computed, not copied", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT GENERATED ALWAYS AS (a * 2) STORED,"
      "  c INT AS (a + 1) VIRTUAL, CHECK (t.a > 0));"
      "INSERT INTO t (a) VALUES (5);");
  run(*db, {rebuild("t")});
  CHECK(rows(*db, "SELECT a, b, c FROM t") == "5|10|6");
  CHECK_THROWS_AS(db->execute("INSERT INTO t (a) VALUES (-1)"), Error);
}

TEST_CASE("STRICT and WITHOUT ROWID survive and can be changed", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (a TEXT PRIMARY KEY, b INTEGER) STRICT, WITHOUT ROWID;"
      "INSERT INTO t VALUES ('x', 1);");
  run(*db, {rebuild("t")});
  CHECK_THROWS_AS(db->execute("INSERT INTO t VALUES ('y', 'text')"), Error);
  CHECK_THROWS_AS(db->query("SELECT rowid FROM t"), Error);

  AlterTable plain;
  plain.table = "t";
  plain.from.options = introspect(*db).find_table("t")->options;
  run(*db, {plain});
  CHECK(rows(*db, "SELECT rowid, a, b FROM t") == "1|x|1");
  AlterTable strict;
  strict.table = "t";
  strict.to.options = plain.from.options;
  run(*db, {strict});
  CHECK_THROWS_AS(db->query("SELECT rowid FROM t"), Error);
}

TEST_CASE("a value that does not fit a STRICT type stops the rebuild", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT) STRICT; INSERT INTO t VALUES (1, 'abc');");
  const Error error = error_of([&] {
    run(*db, {alter(*db, "t", "a", [](Column& a) { a.type = Type::of(TypeKind::kInteger); })});
  });
  CHECK(error.sqlstate() == "SQLITE_CONSTRAINT_DATATYPE");
  CHECK(error.message().find("t.a") != std::string::npos);
  CHECK(error.message().find("_ormdb_new_") == std::string::npos);
  CHECK(rows(*db, "SELECT a FROM t") == "abc");
}

TEST_CASE("ON CONFLICT clauses do not lose rows in the copy", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'x');");
  Unique unique;
  unique.columns.emplace_back();
  unique.columns[0].column = "a";
  unique.options["sqlite"]["on_conflict"] = GENERATE("ignore", "replace");
  const Error error = error_of([&] { run(*db, {AddConstraint{"t", unique}}); });
  CHECK(error.sqlstate() == "SQLITE_CONSTRAINT_UNIQUE");
  CHECK(rows(*db, "SELECT count(*) FROM t") == "2");
}

TEST_CASE("self references and values of types survive", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t (id) ON DELETE CASCADE, v);"
      "INSERT INTO t VALUES (1, NULL, x'00'), (2, 1, 1.5), (3, 2, '1');");
  run(*db, {rebuild("t")});
  CHECK(rows(*db, "SELECT id, up, typeof(v) FROM t") == "1||blob\n2|1|real\n3|2|text");
  CHECK(rows(*db, "SELECT \"table\" FROM pragma_foreign_key_list('t')") == "t");
  db->execute("DELETE FROM t WHERE id = 1");
  CHECK(rows(*db, "SELECT count(*) FROM t") == "0");
}

TEST_CASE("old rows get the default of a new column", "[sqlite][rebuild]") {
  const auto db =
      memory_database("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1), (2);");
  Column added = column("n", Type::of(TypeKind::kInteger));
  SECTION("an expression") {
    added.default_value = Literal::expression("40 + 2");
    run(*db, {AddColumn{"t", added}});
    CHECK(rows(*db, "SELECT n FROM t") == "42\n42");
  }
  SECTION("none for NOT NULL fails and names the column") {
    const Error error = error_of([&] { run(*db, {AddColumn{"t", added}}); });
    CHECK(error.sqlstate() == "SQLITE_CONSTRAINT_NOTNULL");
    CHECK(error.message().find("t.n") != std::string::npos);
    CHECK(error.hint().find("default") != std::string::npos);
  }
  SECTION("a column that comes back under its name is a new one") {
    const Table table = *introspect(*db).find_table("t");
    added.nullable = true;
    run(*db, {AddColumn{"t", added}});
    db->execute("UPDATE t SET n = 5");
    const std::vector<std::string> done =
        run(*db, {DropColumn{"t", added}, AddColumn{"t", added}, rebuild("t")});
    CHECK(count_starting(done, "CREATE TABLE") == 1);
    CHECK(rows(*db, "SELECT count(n) FROM t") == "0");
  }
}

TEST_CASE("using expressions give the new values", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, '12 kg', "
      "'q');");
  Operation change = alter(*db, "t", "a", [](Column& a) { a.type = Type::of(TypeKind::kInteger); });
  change.get_if<AlterColumn>()->using_expression.common = "CAST(a AS INTEGER)";
  SECTION("alone") {
    run(*db, {change});
    CHECK(rows(*db, "SELECT a, typeof(a) FROM t") == "12|integer");
  }
  SECTION("after a rename in the same section") {
    change.get_if<AlterColumn>()->from.name = change.get_if<AlterColumn>()->to.name = "weight";
    change.get_if<AlterColumn>()->using_expression.common = "CAST(weight AS INTEGER)";
    const std::vector<std::string> done =
        run(*db, {rebuild("t"), RenameColumn{"t", "a", "weight"}, change});
    CHECK(count_starting(done, "CREATE TABLE") == 1);
    CHECK(rows(*db, "SELECT weight, typeof(weight) FROM t") == "12|integer");
  }
  SECTION("that needs a column of the same section") {
    Column added = nullable(column("n", Type::of(TypeKind::kInteger)));
    added.default_value = Literal::expression("3 + 4");
    change.get_if<AlterColumn>()->using_expression.common = "n * 2";
    run(*db, {AddColumn{"t", added}, change});
    CHECK(rows(*db, "SELECT a, n FROM t") == "14|7");
  }
}

TEST_CASE("columns can swap their names around a rebuild", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); INSERT INTO t VALUES (1, 'A', 'B');"
      "CREATE VIEW v AS SELECT a AS first FROM t;");
  run(*db, {rebuild("t"), RenameColumn{"t", "a", "c"}, RenameColumn{"t", "b", "a"},
            RenameColumn{"t", "c", "b"}});
  CHECK(rows(*db, "SELECT a, b FROM t") == "B|A");
  CHECK(rows(*db, "SELECT first FROM v") == "A");
}

TEST_CASE("a new rowid column takes over the rowids", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (a TEXT); INSERT INTO t (rowid, a) VALUES (3, 'x'), (9, 'y');");
  PrimaryKey key;
  key.columns.emplace_back();
  key.columns[0].column = "id";
  run(*db, {AddColumn{"t", column("id", Type::of(TypeKind::kInteger))}, AddConstraint{"t", key}});
  CHECK(rows(*db, "SELECT id, a FROM t") == "3|x\n9|y");
}

TEST_CASE("rows that were broken before do not stop a rebuild", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "PRAGMA foreign_keys=OFF; CREATE TABLE p (id INTEGER PRIMARY KEY);"
      "CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p (id));"
      "INSERT INTO c VALUES (1, 99); PRAGMA foreign_keys=ON;");
  run(*db, {rebuild("c")});
  CHECK(rows(*db, "SELECT p_id FROM c") == "99");
  run(*db, {RenameTable{"p", "q"}, rebuild("c", "ck_again")});
  run(*db, {RenameTable{"c", "d"}, rebuild("q")});
  CHECK(rows(*db, "SELECT p_id FROM d") == "99");
}

TEST_CASE("a new key names the rows that break it", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INT);"
      "INSERT INTO c VALUES (1, NULL), (5, 7);");
  const Error error = error_of([&] { run(*db, {AddConstraint{"c", foreign_key("p_id", "p")}}); });
  CHECK(error.message().find("row 5 of c: p_id = 7 has no row in p") != std::string::npos);
  CHECK(rows(*db, "SELECT count(*) FROM pragma_foreign_key_list('c')") == "0");
}

TEST_CASE("a key without a parent key is reported", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE p (id INTEGER PRIMARY KEY, n INT); CREATE TABLE c (id INTEGER PRIMARY KEY, n "
      "INT);"
      "INSERT INTO c VALUES (1, 1);");
  ForeignKey key = foreign_key("n", "p");
  key.referenced_columns = {"n"};
  const Error error = error_of([&] { run(*db, {AddConstraint{"c", key}}); });
  CHECK(error.message().find("foreign key mismatch") != std::string::npos);
}

TEST_CASE("triggers of a replaced view survive", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (a TEXT); CREATE VIEW v AS SELECT a FROM t;"
      "CREATE TRIGGER r INSTEAD OF INSERT ON v BEGIN INSERT INTO t VALUES (new.a); END;");
  const View from = introspect(*db).views.at(0);
  View to = from;
  to.query.common = "SELECT upper(a) AS a FROM t";
  run(*db, {ReplaceView{from, to}});
  db->execute("INSERT INTO v VALUES ('x')");
  CHECK(rows(*db, "SELECT a FROM v") == "X");
}

TEST_CASE("a broken view is named with the remedy", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT); CREATE TABLE gone (x);"
      "CREATE VIEW broken AS SELECT x FROM gone; DROP TABLE gone;");
  const Error error = error_of([&] { run(*db, {RenameColumn{"t", "b", "c"}}); });
  CHECK(error.message().find("view broken") != std::string::npos);
  CHECK(error.hint().find("view broken") != std::string::npos);
  run(*db, {rebuild("t")});  // a rebuild does not care
}

TEST_CASE("the temporary name must be free", "[sqlite][rebuild]") {
  const auto db = memory_database("CREATE TABLE t (a TEXT); CREATE TABLE _ormdb_new_t (a TEXT);");
  const Error error = error_of([&] { run(*db, {rebuild("t")}); });
  CHECK(error.kind() == ErrorKind::kUnsupported);
  CHECK(error.message().find("_ormdb_new_t") != std::string::npos);
}

TEST_CASE("a failed rebuild leaves everything as it was", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x');");
  const std::string before = rows(*db, "SELECT sql FROM sqlite_schema");
  CHECK_THROWS_AS(run(*db, {AddConstraint{"t", check("ck", "a <> 'x'")}}), Error);
  CHECK(rows(*db, "SELECT sql FROM sqlite_schema") == before);
  CHECK(rows(*db, "PRAGMA foreign_keys") == "1");
  CHECK(rows(*db, "PRAGMA legacy_alter_table") == "0");
}

TEST_CASE("names that need quotes pass through a rebuild", "[sqlite][rebuild]") {
  const auto db = memory_database(
      "CREATE TABLE \"Order Details\" (\"group\" TEXT, \"a\"\"b\" TEXT, [c d] TEXT);"
      "CREATE INDEX \"ix 1\" ON \"Order Details\" (\"group\", \"c d\");"
      "INSERT INTO \"Order Details\" VALUES ('1', '2', '3');");
  run(*db, {rebuild("order details")});
  CHECK(rows(*db, "SELECT * FROM \"Order Details\"") == "1|2|3");
  CHECK(rows(*db, "SELECT name FROM sqlite_schema WHERE type = 'index'") == "ix 1");
}
