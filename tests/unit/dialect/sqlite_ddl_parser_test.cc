#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "dialect/sqlite/ddl_parser.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

Column column(std::string name, Type type = Type::native_of("sqlite", ""), bool nullable = true) {
  Column result;
  result.name = std::move(name);
  result.type = std::move(type);
  result.nullable = nullable;
  return result;
}

KeyPart part(std::string name, bool descending = false, std::string collation = "") {
  KeyPart result;
  result.column = std::move(name);
  result.descending = descending;
  result.collation = std::move(collation);
  return result;
}

Table with(std::vector<Column> columns, const std::function<void(Table&)>& change = {}) {
  Table table;
  table.name = "t";
  table.columns = std::move(columns);
  if (change) change(table);
  return table;
}

PrimaryKey& key(Table& table, std::vector<KeyPart> parts, std::string name = "") {
  table.primary_key.emplace();
  table.primary_key->name = std::move(name);
  table.primary_key->columns = std::move(parts);
  return *table.primary_key;
}

Unique& unique(Table& table, std::vector<KeyPart> parts, std::string name = "") {
  table.uniques.emplace_back();
  table.uniques.back().name = std::move(name);
  table.uniques.back().columns = std::move(parts);
  return table.uniques.back();
}

Check& check(Table& table, std::string expression, std::string name = "") {
  table.checks.emplace_back();
  table.checks.back().name = std::move(name);
  table.checks.back().expression.common = std::move(expression);
  return table.checks.back();
}

ForeignKey& foreign(Table& table, std::vector<std::string> columns, std::string parent,
                    std::vector<std::string> referenced = {}) {
  table.foreign_keys.emplace_back();
  ForeignKey& result = table.foreign_keys.back();
  result.columns = std::move(columns);
  result.referenced_table = std::move(parent);
  result.referenced_columns = std::move(referenced);
  return result;
}

const Type kInteger = Type::of(TypeKind::kInteger);
const Type kText = Type::of(TypeKind::kText);

struct TableCase {
  std::string sql;
  Table table;
};

std::vector<TableCase> column_cases() {
  const Type varchar = Type::string(20);
  return {
      {"CREATE TABLE t(a, b INT, c \"my type\" (1, 2), d 'not null', e my \"type\" (3))",
       with({column("a"), column("b", Type::native_of("sqlite", "INT")),
             column("c", Type::native_of("sqlite", "my type")),
             column("d", Type::native_of("sqlite", "'not null'")),
             column("e", Type::native_of("sqlite", "my \"type\" (3)"))})},
      {"create temp table if not exists main.[t] (`a b` text, 'c' /* x */ varchar -- y\n (20));",
       with({column("a b", kText), column("c", varchar)})},
      {"CREATE TABLE \"t\"(\"a\"\"b\" UNSIGNED   BIG\nINT, key TEXT, \"check\" TEXT)",
       with({column("a\"b", Type::native_of("sqlite", "UNSIGNED BIG INT")), column("key", kText),
             column("check", kText)})},
      {"CREATE TABLE t (a TEXT NOT NULL ON CONFLICT IGNORE NULL COLLATE nocase)",
       with({column("a", kText, false)},
            [](Table& t) {
              t.columns[0].collation = "nocase";
              t.columns[0].options["sqlite"]["not_null_on_conflict"] = "ignore";
            })},
      {"CREATE TABLE t (a, b INTEGER GENERATED ALWAYS AS ((a+1)) STORED, c AS (a || ')') NOT NULL)",
       with({column("a"), column("b", kInteger), column("c", Type::native_of("sqlite", ""), false)},
            [](Table& t) {
              t.columns[1].generated = Generated{{"a+1", {}}, true};
              t.columns[2].generated = Generated{{"a || ')'", {}}, false};
            })},
      {"CREATE TABLE t (a generated TEXT, b always)",
       with({column("a", Type::native_of("sqlite", "generated TEXT")),
             column("b", Type::native_of("sqlite", "always"))})},
  };
}

std::vector<TableCase> key_cases() {
  const Type bigint = Type::native_of("sqlite", "BIGINT");
  return {
      {"CREATE TABLE t (id INTEGER CONSTRAINT pk PRIMARY KEY ON CONFLICT REPLACE AUTOINCREMENT)",
       with({column("id", kInteger, false)},
            [](Table& t) {
              key(t, {part("id")}, "pk").options["sqlite"]["on_conflict"] = "replace";
              t.columns[0].autoincrement = true;
            })},
      {"CREATE TABLE t (id INTEGER, PRIMARY KEY (ID AUTOINCREMENT))",
       with({column("id", kInteger, false)},
            [](Table& t) {
              key(t, {part("ID")});
              t.columns[0].autoincrement = true;
            })},
      {"CREATE TABLE t (id INTEGER PRIMARY KEY DESC)",
       with(
           {column("id", kInteger)},
           [](Table& t) { key(t, {part("id", true)}).options["sqlite"]["inline_desc"] = "true"; })},
      {"CREATE TABLE t (id INTEGER, PRIMARY KEY (id DESC))",
       with({column("id", kInteger, false)}, [](Table& t) { key(t, {part("id", true)}); })},
      {"CREATE TABLE t (id bigint PRIMARY KEY)",
       with({column("id", bigint)}, [](Table& t) { key(t, {part("id")}); })},
      {"CREATE TABLE t (id BIGINT PRIMARY KEY) WITHOUT ROWID",
       with({column("id", Type::of(TypeKind::kBigInteger), false)},
            [](Table& t) {
              key(t, {part("id")});
              t.options["sqlite"]["without_rowid"] = "true";
            })},
      {"CREATE TABLE t (a TEXT PRIMARY KEY DESC, b INTEGER NOT NULL UNIQUE) STRICT, WITHOUT ROWID",
       with({column("a", kText, false), column("b", kInteger, false)},
            [](Table& t) {
              key(t, {part("a", true)});
              unique(t, {part("b")});
              t.options["sqlite"] = {{"strict", "true"}, {"without_rowid", "true"}};
            })},
      {"CREATE TABLE t (a, b, CONSTRAINT pk PRIMARY KEY (b COLLATE NOCASE DESC, a ASC) ON CONFLICT "
       "FAIL "
       "CONSTRAINT uq UNIQUE ('a', [b] DESC) ON CONFLICT ROLLBACK)",
       with(
           {column("a"), column("b")},
           [](Table& t) {
             key(t, {part("b", true, "NOCASE"), part("a")}, "pk").options["sqlite"]["on_conflict"] =
                 "fail";
             unique(t, {part("a"), part("b", true)}, "uq").options["sqlite"]["on_conflict"] =
                 "rollback";
           })},
  };
}

std::vector<TableCase> constraint_cases() {
  return {
      {"CREATE TABLE t (a CONSTRAINT c1 CHECK ((a > 0) -- positive\n) CONSTRAINT lone, "
       "CHECK (((a) <> ')')), CONSTRAINT c2 CHECK ((a) = (1)) ON CONFLICT IGNORE)",
       with({column("a")},
            [](Table& t) {
              check(t, "a > 0", "c1");
              check(t, "(a) <> ')'");
              check(t, "(a) = (1)", "c2").options["sqlite"]["on_conflict"] = "ignore";
            })},
      {"CREATE TABLE t (a REFERENCES p, b CONSTRAINT f REFERENCES \"Q r\" (x) ON DELETE SET NULL "
       "ON UPDATE NO ACTION MATCH FULL NOT NULL DEFERRABLE INITIALLY DEFERRED)",
       with({column("a"), column("b", Type::native_of("sqlite", ""), false)},
            [](Table& t) {
              foreign(t, {"a"}, "p");
              ForeignKey& second = foreign(t, {"b"}, "Q r", {"x"});
              second.name = "f";
              second.on_delete = ForeignKeyAction::kSetNull;
              second.match = "full";
              second.deferrable = Deferrable::kDeferred;
            })},
      {"CREATE TABLE t (a, b, FOREIGN KEY (a, b) REFERENCES t(x, y) ON UPDATE SET DEFAULT ON "
       "DELETE "
       "RESTRICT DEFERRABLE, FOREIGN KEY (a) REFERENCES u ON DELETE CASCADE NOT DEFERRABLE "
       "INITIALLY "
       "IMMEDIATE)",
       with({column("a"), column("b")},
            [](Table& t) {
              ForeignKey& first = foreign(t, {"a", "b"}, "t", {"x", "y"});
              first.on_update = ForeignKeyAction::kSetDefault;
              first.on_delete = ForeignKeyAction::kRestrict;
              first.deferrable = Deferrable::kImmediate;
              foreign(t, {"a"}, "u").on_delete = ForeignKeyAction::kCascade;
            })},
  };
}

void verify(const std::vector<TableCase>& cases) {
  for (const TableCase& one : cases) {
    INFO(one.sql);
    const Table table = parse_sqlite_table(one.sql);
    CHECK(table.name == one.table.name);
    CHECK(table.columns == one.table.columns);
    CHECK(table.primary_key == one.table.primary_key);
    CHECK(table.uniques == one.table.uniques);
    CHECK(table.foreign_keys == one.table.foreign_keys);
    CHECK(table.checks == one.table.checks);
    CHECK(table.options == one.table.options);
  }
}

TEST_CASE("columns of stored SQLite tables are read as declared") { verify(column_cases()); }
TEST_CASE("keys of stored SQLite tables are read as declared") { verify(key_cases()); }
TEST_CASE("constraints of stored SQLite tables are read as declared") {
  verify(constraint_cases());
}

TEST_CASE("defaults are constants where they can be and expressions elsewhere") {
  const std::vector<std::pair<std::string, Literal>> cases = {
      {"'it''s'", Literal::string("it's")},
      {"\"a b\"", Literal::string("a b")},
      {"[a b]", Literal::string("a b")},
      {"('x')", Literal::string("x")},
      {"(\"x\")", Literal::expression("\"x\"")},
      {"12", Literal::number("12")},
      {"- 1.50", Literal::number("-1.50")},
      {"(-1)", Literal::number("-1")},
      {"1e-5", Literal::number("1e-5")},
      {"+5", Literal::expression("+5")},
      {"007", Literal::expression("007")},
      {".5", Literal::expression(".5")},
      {"0x1F", Literal::expression("0x1F")},
      {"NULL", Literal::null()},
      {"true", Literal::boolean(true)},
      {"(FALSE)", Literal::boolean(false)},
      {"x'00'", Literal::expression("x'00'")},
      {"CURRENT_TIMESTAMP", Literal::expression("CURRENT_TIMESTAMP")},
      {"((1 + 2) * 3)", Literal::expression("(1 + 2) * 3")},
      {"((datetime('now') /* utc */))", Literal::expression("datetime('now')")},
      {"plain", Literal::expression("plain")},
  };
  for (const auto& [text, literal] : cases) {
    INFO(text);
    const Table table =
        parse_sqlite_table("CREATE TABLE t (a TEXT DEFAULT " + text + " NOT NULL, b)");
    REQUIRE(table.columns.size() == 2);
    REQUIRE(table.columns[0].default_value);
    CHECK(*table.columns[0].default_value == literal);
    CHECK_FALSE(table.columns[0].nullable);
  }
}

TEST_CASE("indexes are read with order, collation, expressions and predicate") {
  const auto found =
      std::get<SqliteIndex>(parse_sqlite_ddl("CREATE UNIQUE INDEX IF NOT EXISTS main.\"i x\" ON T "
                                             "(a COLLATE \"nocase\" DESC, lower(b), (c), "
                                             "(c + 1) ASC, \"D e\") WHERE (a IS NOT NULL)"));
  CHECK(found.table == "T");
  CHECK(found.index.name == "i x");
  CHECK(found.index.unique);
  REQUIRE(found.index.columns.size() == 5);
  CHECK(found.index.columns[0] == part("a", true, "nocase"));
  CHECK(found.index.columns[1].expression.common == "lower(b)");
  CHECK(found.index.columns[2] == part("c"));
  CHECK(found.index.columns[3].expression.common == "c + 1");
  CHECK(found.index.columns[4] == part("D e"));
  CHECK(found.index.where.common == "a IS NOT NULL");
}

TEST_CASE("views are read with their column names and query") {
  const auto view = std::get<View>(parse_sqlite_ddl(
      "CREATE TEMPORARY VIEW v (a, \"B c\") AS /* x */ SELECT 1, ';' -- end\n ; ;"));
  CHECK(view.name == "v");
  CHECK(view.columns == std::vector<std::string>{"a", "B c"});
  CHECK(view.query.common == "SELECT 1, ';'");
}

TEST_CASE("triggers are read with their head, condition and body") {
  const auto trigger = std::get<Trigger>(
      parse_sqlite_ddl("CREATE TRIGGER tr INSTEAD OF UPDATE OF a, \"b c\" ON v FOR EACH ROW WHEN "
                       "(NEW.a > (SELECT 1)) "
                       "BEGIN\n  UPDATE x SET y = CASE WHEN 1 THEN 2 END;\n  SELECT 1;\nEND;"));
  CHECK(trigger.name == "tr");
  CHECK(trigger.table == "v");
  CHECK(trigger.timing == "instead_of");
  CHECK(trigger.events == std::vector<std::string>{"update"});
  CHECK(trigger.update_of == std::vector<std::string>{"a", "b c"});
  CHECK(trigger.when.common == "(NEW.a > (SELECT 1))");
  CHECK(trigger.body.common == "UPDATE x SET y = CASE WHEN 1 THEN 2 END;\n  SELECT 1;");
  const auto plain = std::get<Trigger>(
      parse_sqlite_ddl("CREATE TRIGGER after AFTER DELETE ON t BEGIN SELECT 1; END"));
  CHECK(plain.name == "after");
  CHECK(plain.timing == "after");
  CHECK(std::get<Trigger>(parse_sqlite_ddl("CREATE TRIGGER x INSERT ON t BEGIN SELECT 1; END"))
            .timing == "before");
}

TEST_CASE("virtual tables keep their arguments verbatim") {
  const auto table = std::get<VirtualTable>(parse_sqlite_ddl(
      "CREATE VIRTUAL TABLE ft USING fts5(a, b UNINDEXED,  tokenize = \"porter '(x'\")"));
  CHECK(table.name == "ft");
  CHECK(table.module == "fts5");
  CHECK(table.arguments == "a, b UNINDEXED,  tokenize = \"porter '(x'\"");
  CHECK(std::get<VirtualTable>(parse_sqlite_ddl("CREATE VIRTUAL TABLE d USING dbstat"))
            .arguments.empty());
}

TEST_CASE("a text that is no CREATE statement is an error with the statement") {
  const std::vector<std::string> broken = {"",
                                           "CREATE",
                                           "SELECT 1",
                                           "CREATE TABLE",
                                           "CREATE TABLE t",
                                           "CREATE TABLE t (",
                                           "CREATE TABLE t (a",
                                           "CREATE TABLE t (a) FOO",
                                           "CREATE TABLE t (a CHECK (b)",
                                           "CREATE TABLE t (a DEFAULT)",
                                           "CREATE TABLE t (a DEFAULT",
                                           "CREATE TABLE t (a REFERENCES p ON DELETE NOTHING)",
                                           "CREATE TABLE t (a 5)",
                                           "CREATE INDEX i",
                                           "CREATE INDEX i ON t",
                                           "CREATE INDEX i ON t (a) x",
                                           "CREATE TRIGGER x INSERT ON t BEGIN SELECT 1;",
                                           "CREATE TRIGGER x ON t BEGIN SELECT 1; END",
                                           "CREATE TRIGGER x INSERT ON t WHEN 1",
                                           "CREATE VIRTUAL TABLE v",
                                           "CREATE VIEW v SELECT 1",
                                           "CREATE TABLE t (a, FOREIGN KEY (+) REFERENCES p)"};
  for (const std::string& sql : broken) {
    INFO(sql);
    try {
      parse_sqlite_ddl(sql);
      FAIL_CHECK("no error");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kDatabase);
      CHECK(error.statement() == sql);
    }
  }
  CHECK_THROWS_AS(parse_sqlite_table("CREATE VIEW v AS SELECT 1"), Error);
  try {
    parse_sqlite_ddl("CREATE TABLE t AS SELECT 1");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUnsupported);
  }
}

TEST_CASE("deep parentheses neither overflow nor take long") {
  const std::string deep(200000, '(');
  const std::string close(200000, ')');
  const Table table = parse_sqlite_table("CREATE TABLE t (a, CHECK (" + deep + "a" + close + "))");
  CHECK(table.checks.at(0).expression.common == "a");
}

TEST_CASE("foreign keys without columns get the key they mean") {
  Schema schema;
  schema.tables.push_back(parse_sqlite_table("CREATE TABLE p (A, B, PRIMARY KEY (B, A))"));
  schema.tables.push_back(parse_sqlite_table(
      "CREATE TABLE c (x, y, FOREIGN KEY (x, y) REFERENCES P, FOREIGN KEY (x) REFERENCES p, "
      "FOREIGN KEY (x) REFERENCES nowhere)"));
  resolve_references(schema);
  const std::vector<ForeignKey>& keys = schema.tables[1].foreign_keys;
  CHECK(keys[0].referenced_columns == std::vector<std::string>{"B", "A"});
  CHECK(keys[1].referenced_columns.empty());
  CHECK(keys[2].referenced_columns.empty());
}

}  // namespace
}  // namespace ormdb
