#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "base/sql_scanner.h"
#include "dialect/sqlite/introspect.h"
#include "dialect/sqlite/rules.h"

namespace ormdb {
namespace {

// The schema that a database with these statements has.
Schema schema_of(const std::string& sql) {
  std::vector<SqliteSchemaRow> rows;
  for (const SqlStatement& statement : split_sql(sql, SqlDialect::kSqlite)) {
    rows.push_back({"x", "x", statement.text});
  }
  return schema_of_rows(rows, {}, {});
}

Schema normal(const std::string& sql) { return sqlite_rules().normalize(schema_of(sql)); }

struct Pair {
  std::string a, b;
};

TEST_CASE("databases that mean the same on SQLite are equal") {
  const std::vector<Pair> pairs = {
      {"CREATE TABLE T (A varchar( 20 ))", "create table \"t\" (a VARCHAR(20))"},
      {"CREATE TABLE t (a CONSTRAINT u UNIQUE CONSTRAINT c CHECK (a>0))",
       "CREATE TABLE t (a, UNIQUE (a), CHECK ((A > 0)))"},
      {"CREATE TABLE t (a, UNIQUE (a), UNIQUE (a))", "CREATE TABLE t (a UNIQUE)"},
      {"CREATE TABLE t (a, b, CHECK (a), CHECK (b))",
       "CREATE TABLE t (a, b, CHECK (b), CHECK (a))"},
      {"CREATE TABLE t (a DEFAULT TRUE)", "CREATE TABLE t (a DEFAULT 1)"},
      {"CREATE TABLE t (a DEFAULT (1))", "CREATE TABLE t (a DEFAULT 1)"},
      {"CREATE TABLE t (a DEFAULT \"x\")", "CREATE TABLE t (a DEFAULT 'x')"},
      {"CREATE TABLE t (a DEFAULT x'AB')", "CREATE TABLE t (a DEFAULT X'ab')"},
      {"CREATE TABLE t (a DEFAULT current_timestamp)",
       "CREATE TABLE t (a DEFAULT (CURRENT_TIMESTAMP))"},
      {"CREATE TABLE t (a COLLATE BINARY)", "CREATE TABLE t (a)"},
      {"CREATE TABLE t (a COLLATE nocase, UNIQUE (a COLLATE NoCase))",
       "CREATE TABLE t (a COLLATE NOCASE UNIQUE)"},
      {"CREATE TABLE t (a INTEGER PRIMARY KEY)",
       "CREATE TABLE t (a INTEGER NOT NULL, PRIMARY KEY (A))"},
      {"CREATE TABLE t (a TEXT PRIMARY KEY) WITHOUT ROWID",
       "CREATE TABLE t (a TEXT NOT NULL, PRIMARY KEY (a)) WITHOUT ROWID"},
      {"CREATE TABLE p (X PRIMARY KEY); CREATE TABLE t (a REFERENCES P)",
       "CREATE TABLE t (a REFERENCES p (x) ON DELETE NO ACTION MATCH SIMPLE); "
       "CREATE TABLE p (X PRIMARY KEY)"},
      {"CREATE TABLE t (a NATIVE  CHARACTER (70))", "CREATE TABLE t (a native character(70))"},
      {"CREATE TABLE t (a); CREATE INDEX I ON t (lower( a ) ASC) WHERE (a IS NOT NULL)",
       "CREATE TABLE t (a); CREATE INDEX i ON t (LOWER(a)) WHERE a is not null"},
      {"CREATE VIEW v AS SELECT 1 -- one", "CREATE VIEW V AS select 1"},
      {"CREATE TABLE t(a); CREATE TRIGGER x UPDATE OF b, a ON t WHEN (NEW.a) BEGIN SELECT 1 ; END",
       "CREATE TABLE t(a); CREATE TRIGGER x BEFORE UPDATE OF a, b ON T FOR EACH ROW WHEN new.a "
       "BEGIN SELECT 1; END"},
      {"CREATE VIRTUAL TABLE f USING FTS5(a,b)", "CREATE VIRTUAL TABLE f USING fts5(a, b)"},
  };
  for (const Pair& pair : pairs) {
    INFO(pair.a << "\n" << pair.b);
    CHECK(normal(pair.a) == normal(pair.b));
  }
}

TEST_CASE("databases that differ on SQLite stay different") {
  const std::vector<Pair> pairs = {
      {"CREATE TABLE t (a, b)", "CREATE TABLE t (b, a)"},
      {"CREATE TABLE t (a DEFAULT NULL)", "CREATE TABLE t (a)"},
      {"CREATE TABLE t (a DEFAULT 1)", "CREATE TABLE t (a DEFAULT '1')"},
      {"CREATE TABLE t (a DEFAULT 'A  b')", "CREATE TABLE t (a DEFAULT 'A b')"},
      {"CREATE TABLE t (a VARCHAR(20))", "CREATE TABLE t (a VARCHAR(21))"},
      {"CREATE TABLE t (a INT)", "CREATE TABLE t (a INTEGER)"},
      {"CREATE TABLE t (a INT PRIMARY KEY NOT NULL)",
       "CREATE TABLE t (a INTEGER PRIMARY KEY NOT NULL)"},
      {"CREATE TABLE t (a BIGINT PRIMARY KEY NOT NULL)", "CREATE TABLE t (a INTEGER PRIMARY KEY)"},
      {"CREATE TABLE t (a INTEGER PRIMARY KEY DESC)",
       "CREATE TABLE t (a INTEGER, PRIMARY KEY (a DESC))"},
      {"CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)",
       "CREATE TABLE t (a INTEGER PRIMARY KEY)"},
      {"CREATE TABLE t (a TEXT PRIMARY KEY)", "CREATE TABLE t (a TEXT PRIMARY KEY NOT NULL)"},
      {"CREATE TABLE t (a)", "CREATE TABLE t (a) WITHOUT ROWID"},
      {"CREATE TABLE t (a TEXT)", "CREATE TABLE t (a TEXT) STRICT"},
      {"CREATE TABLE t (a COLLATE NOCASE)", "CREATE TABLE t (a)"},
      {"CREATE TABLE t (a COLLATE NOCASE, UNIQUE (a COLLATE BINARY))",
       "CREATE TABLE t (a COLLATE NOCASE UNIQUE)"},
      {"CREATE TABLE t (a NOT NULL ON CONFLICT FAIL)", "CREATE TABLE t (a NOT NULL)"},
      {"CREATE TABLE t (a UNIQUE ON CONFLICT FAIL)", "CREATE TABLE t (a UNIQUE)"},
      {"CREATE TABLE t (a, b, UNIQUE (a, b))", "CREATE TABLE t (a, b, UNIQUE (b, a))"},
      {"CREATE TABLE t (a CHECK (a = 'X'))", "CREATE TABLE t (a CHECK (a = 'x'))"},
      {"CREATE TABLE t (a AS (1) STORED)", "CREATE TABLE t (a AS (1))"},
      {"CREATE TABLE t (a REFERENCES p (x) ON DELETE RESTRICT)",
       "CREATE TABLE t (a REFERENCES p (x))"},
      {"CREATE TABLE t (a REFERENCES p (x) DEFERRABLE)", "CREATE TABLE t (a REFERENCES p (x))"},
      {"CREATE TABLE t (a); CREATE INDEX i ON t (a DESC)",
       "CREATE TABLE t (a); CREATE INDEX i ON t (a)"},
      {"CREATE TABLE t (a); CREATE INDEX i ON t (a)",
       "CREATE TABLE t (a); CREATE INDEX j ON t (a)"},
      {"CREATE TABLE t (a); CREATE UNIQUE INDEX i ON t (a)", "CREATE TABLE t (a UNIQUE)"},
      {"CREATE VIEW v AS SELECT 'A  b'", "CREATE VIEW v AS SELECT 'A b'"},
      {"CREATE VIEW v (a) AS SELECT 1", "CREATE VIEW v AS SELECT 1"},
      {"CREATE VIRTUAL TABLE f USING fts5(a)", "CREATE VIRTUAL TABLE f USING fts4(a)"},
  };
  for (const Pair& pair : pairs) {
    INFO(pair.a << "\n" << pair.b);
    CHECK(normal(pair.a) != normal(pair.b));
  }
}

// A model as it may be written for several dialects.
Schema model() {
  Schema schema;
  schema.enums.push_back({"status", "", {"new", "paid"}, "of an order"});
  Table table;
  table.name = "Orders";
  table.comment = "all orders";
  table.columns.resize(4);
  table.columns[0].name = "id";
  table.columns[0].type = Type::of(TypeKind::kBigInteger);
  table.columns[1].name = "Status";
  table.columns[1].type = Type::of(TypeKind::kEnum);
  table.columns[1].type.name = "status";
  table.columns[1].comment = "of the order";
  table.columns[2].name = "paid";
  table.columns[2].type = Type::of(TypeKind::kBoolean);
  table.columns[2].default_value = Literal::boolean(false);
  table.columns[2].renamed_from = "payed";
  table.columns[3].name = "at";
  table.columns[3].type = Type::of(TypeKind::kDatetime);
  table.columns[3].type.timezone = true;
  table.columns[3].default_value = Literal::expression("");
  table.columns[3].default_value->sql.by_dialect = {{"sqlite", "CURRENT_TIMESTAMP"},
                                                    {"postgresql", "now()"}};
  table.primary_key.emplace();
  table.primary_key->name = "pk_orders";
  table.primary_key->columns.resize(1);
  table.primary_key->columns[0].column = "id";
  table.options["postgresql"]["fillfactor"] = "70";
  table.relationships.resize(1);
  table.checks.resize(1);
  table.checks[0].expression.by_dialect["postgresql"] = "status ~ 'x'";
  table.indexes.resize(1);
  table.indexes[0].name = "ix_at";
  table.indexes[0].method = "brin";
  table.indexes[0].columns.resize(1);
  table.indexes[0].columns[0].expression.common = "At";
  schema.tables.push_back(table);
  schema.views.resize(1);
  schema.views[0].name = "only_pg";
  schema.views[0].query.by_dialect["postgresql"] = "SELECT 1";
  return schema;
}

TEST_CASE("a model for several dialects equals the SQLite database made of it") {
  CHECK(sqlite_rules().normalize(model()) ==
        normal("CREATE TABLE orders (id INTEGER PRIMARY KEY, status VARCHAR(4) NOT NULL, "
               "paid BOOLEAN NOT NULL DEFAULT 0, at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, "
               "CHECK (status IN ('new', 'paid'))); CREATE INDEX ix_at ON orders (at)"));
}

TEST_CASE("normalizing a normalized SQLite schema changes nothing") {
  std::vector<Schema> schemas = {model()};
  for (const char* sql :
       {"CREATE TABLE t (a BIGINT PRIMARY KEY, b INTEGER DEFAULT (+5), c DEFAULT x'Ab', d DEFAULT "
        "((1)), "
        "e COLLATE NOCASE UNIQUE, f REFERENCES t, g CHECK (((g) <> [G H])), UNIQUE (e COLLATE "
        "BINARY))",
        "CREATE TABLE s (a INTEGER PRIMARY KEY DESC, b Foo( 1 , 2 ) DEFAULT (a), c ANY) STRICT",
        "CREATE TABLE w (a SMALLINT PRIMARY KEY, b) WITHOUT ROWID; CREATE INDEX i ON w (\"B\", "
        "(b), b+1)",
        "CREATE TRIGGER x INSERT ON w WHEN ((1)) BEGIN SELECT 1;; END; CREATE VIEW v AS SELECT "
        "\"A\""}) {
    schemas.push_back(schema_of(sql));
  }
  for (const Schema& schema : schemas) {
    const Schema once = sqlite_rules().normalize(schema);
    CHECK(sqlite_rules().normalize(once) == once);
  }
}

TEST_CASE("Models cannot have keys that SQLite would hold in another way") {
  const Schema plain = schema_of("CREATE TABLE t (a INTEGER, UNIQUE (a), PRIMARY KEY (a))");
  CHECK_NOTHROW(sqlite_rules().expressible(plain));
  Schema deferrable = plain;
  deferrable.tables[0].uniques[0].deferrable = Deferrable::kDeferred;
  CHECK_THROWS_WITH(sqlite_rules().expressible(deferrable),
                    Catch::Contains("unique constraint (a) of table t"));
  deferrable = plain;
  deferrable.tables[0].primary_key->deferrable = Deferrable::kImmediate;
  CHECK_THROWS_WITH(sqlite_rules().expressible(deferrable), Catch::Contains("primary key"));

  const struct {
    bool descending;
    const char* nulls;
    bool fits;
  } orders[] = {{false, "first", true},
                {true, "last", true},
                {false, "last", false},
                {true, "first", false},
                {false, "", true}};
  for (const auto& order : orders) {
    Schema ordered = plain;
    Index index;
    index.name = "ix";
    index.columns.emplace_back().column = "a";
    index.columns[0].descending = order.descending;
    index.columns[0].nulls = order.nulls;
    ordered.tables[0].indexes.push_back(index);
    if (order.fits) {
      CHECK_NOTHROW(sqlite_rules().expressible(ordered));
    } else {
      CHECK_THROWS_WITH(sqlite_rules().expressible(ordered), Catch::Contains("index ix (a)"));
    }
  }
}

TEST_CASE("SQLite folds ASCII letters of names only") {
  CHECK(sqlite_rules().fold("Größe_ÄB") == "größe_Äb");
  CHECK(sqlite_rules().dialect() == "sqlite");
}

}  // namespace
}  // namespace ormdb
