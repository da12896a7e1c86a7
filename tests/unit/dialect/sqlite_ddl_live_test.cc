// The DDL parser against SQLite's own reading of the same statements.

#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "dialect/sqlite/ddl_parser.h"
#include "dialect/sqlite/introspect.h"
#include "dialect/sqlite/types.h"

namespace ormdb {
namespace {

using Row = std::vector<std::string>;

class Memory {
 public:
  Memory() {
    sqlite3* handle = nullptr;
    REQUIRE(sqlite3_open(":memory:", &handle) == SQLITE_OK);
    handle_.reset(handle);
  }

  std::vector<Row> run(const std::string& sql) {
    std::vector<Row> rows;
    char* error = nullptr;
    sqlite3_exec(handle_.get(), sql.c_str(), collect, &rows, &error);
    INFO(sql << ": " << (error != nullptr ? error : ""));
    REQUIRE(error == nullptr);
    return rows;
  }

  std::vector<SqliteSchemaRow> schema() {
    std::vector<SqliteSchemaRow> rows;
    for (const Row& row : run("SELECT name, tbl_name, coalesce(sql, '') FROM sqlite_schema")) {
      rows.push_back({row[0], row[1], row[2]});
    }
    return rows;
  }

 private:
  static int collect(void* rows, int count, char** values, char**) {
    Row row;
    for (int i = 0; i < count; ++i) row.emplace_back(values[i] == nullptr ? "(null)" : values[i]);
    static_cast<std::vector<Row>*>(rows)->push_back(std::move(row));
    return 0;
  }

  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  };
  std::unique_ptr<sqlite3, Close> handle_;
};

std::string pragma(const std::string& name, const std::string& argument) {
  return "SELECT * FROM pragma_" + name + "('" + replace_all(argument, "'", "''") + "')";
}

std::string without_spaces(std::string text) {
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n'; }),
             text.end());
  return to_lower(text);
}

const KeyPart* key_part(const Table& table, const std::string& column) {
  if (!table.primary_key) return nullptr;
  for (const KeyPart& part : table.primary_key->columns) {
    if (iequals(part.column, column)) return &part;
  }
  return nullptr;
}

// The text of a constant or expression, to compare with dflt_value.
std::string default_text(const Literal& literal) {
  switch (literal.kind) {
    case Literal::Kind::kNull:
      return "null";
    case Literal::Kind::kString:
      return "'" + replace_all(literal.text, "'", "''") + "'";
    case Literal::Kind::kSql:
      return without_spaces(literal.sql.common);
    default:
      return literal.text;
  }
}

std::string engine_default(std::string text) {
  if (text.front() == '"') return "'" + text.substr(1, text.size() - 2) + "'";
  return text.front() == '\'' ? text : without_spaces(text);
}

// cid, name, type, notnull, dflt_value, pk, hidden
void compare_columns(const Table& table, const std::vector<Row>& rows) {
  REQUIRE(table.columns.size() == rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Column& column = table.columns[i];
    INFO(column.name);
    CHECK(column.name == rows[i][1]);
    CHECK(without_spaces(sqlite_type_name(column.type)) == without_spaces(rows[i][2]));
    const KeyPart* part = key_part(table, column.name);
    CHECK((part != nullptr) == (rows[i][5] != "0"));
    if (part != nullptr) {
      CHECK(std::to_string(part - table.primary_key->columns.data() + 1) == rows[i][5]);
    } else {
      CHECK(column.nullable == (rows[i][3] == "0"));
    }
    REQUIRE(column.default_value.has_value() == (rows[i][4] != "(null)"));
    if (column.default_value)
      CHECK(default_text(*column.default_value) == engine_default(rows[i][4]));
    const std::string hidden = !column.generated ? "0" : column.generated->stored ? "3" : "2";
    CHECK(hidden == rows[i][6]);
  }
}

std::string action_name(ForeignKeyAction action) {
  switch (action) {
    case ForeignKeyAction::kNoAction:
      return "NO ACTION";
    case ForeignKeyAction::kRestrict:
      return "RESTRICT";
    case ForeignKeyAction::kCascade:
      return "CASCADE";
    case ForeignKeyAction::kSetNull:
      return "SET NULL";
    case ForeignKeyAction::kSetDefault:
      return "SET DEFAULT";
  }
  return "";
}

// id, seq, table, from, to, on_update, on_delete, match; ids count from the last one declared
void compare_foreign_keys(const Table& table, const std::vector<Row>& rows) {
  std::map<std::string, std::vector<Row>> groups;
  for (const Row& row : rows) groups[row[0]].push_back(row);
  REQUIRE(groups.size() == table.foreign_keys.size());
  for (std::size_t i = 0; i < table.foreign_keys.size(); ++i) {
    const ForeignKey& key = table.foreign_keys[i];
    const std::vector<Row>& group = groups[std::to_string(table.foreign_keys.size() - 1 - i)];
    REQUIRE(group.size() == key.columns.size());
    for (std::size_t k = 0; k < group.size(); ++k) {
      CHECK(key.referenced_table == group[k][2]);
      CHECK(iequals(key.columns[k], group[k][3]));
      CHECK((key.referenced_columns.empty() ? "(null)" : key.referenced_columns[k]) == group[k][4]);
      CHECK(action_name(key.on_update) == group[k][5]);
      CHECK(action_name(key.on_delete) == group[k][6]);
    }
  }
}

using Parts = std::vector<Row>;  // name, "1" for descending, collation

Parts parts_of(const Table& table, const std::vector<KeyPart>& parts) {
  Parts result;
  for (const KeyPart& part : parts) {
    std::string collation = part.collation;
    for (const Column& column : table.columns) {
      if (collation.empty() && iequals(column.name, part.column)) collation = column.collation;
    }
    if (collation.empty()) collation = "BINARY";
    result.push_back({to_lower(part.column), part.descending ? "1" : "0", to_lower(collation)});
  }
  return result;
}

// index_xinfo: seqno, cid, name, desc, coll, key
Parts parts_of(Memory& db, const std::string& index) {
  Parts result;
  for (const Row& row : db.run(pragma("index_xinfo", index))) {
    if (row[5] == "1") result.push_back({to_lower(row[2]), row[3], to_lower(row[4])});
  }
  return result;
}

// index_list: seq, name, unique, origin, partial
void compare_keys(Memory& db, const Table& table) {
  std::set<Parts> uniques, expected;
  bool key_index = false;
  for (const Row& row : db.run(pragma("index_list", table.name))) {
    if (row[3] == "u") uniques.insert(parts_of(db, row[1]));
    if (row[3] != "pk") continue;
    key_index = true;
    CHECK(parts_of(table, table.primary_key->columns) == parts_of(db, row[1]));
  }
  for (const Unique& unique : table.uniques) expected.insert(parts_of(table, unique.columns));
  CHECK(uniques == expected);
  const bool alias =
      std::any_of(table.columns.begin(), table.columns.end(),
                  [&](const Column& column) { return is_rowid_alias(table, column); });
  if (table.primary_key) CHECK(alias == !key_index);
}

const std::vector<std::string> kTables = {
    "CREATE TABLE t (a, b INT NOT NULL, c DECIMAL(10, 2) DEFAULT 1.5, d UNSIGNED BIG INT DEFAULT "
    "-1)",
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT UNIQUE COLLATE NOCASE)",
    "CREATE TABLE t (id INTEGER PRIMARY KEY DESC, n NVARCHAR(160) NOT NULL DEFAULT 'a''b')",
    "CREATE TABLE t (id INTEGER, n, PRIMARY KEY (id DESC))",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, n DOUBLE PRECISION)",
    "CREATE TABLE t (id INT PRIMARY KEY NOT NULL, n DEFAULT \"dq\")",
    "CREATE TABLE t (id \"INTEGER\" PRIMARY KEY, b \"VARCHAR(20)\" (5), c my \"type\" (3))",
    "CREATE TABLE t (a TEXT, b TEXT COLLATE RTRIM, PRIMARY KEY (b, a COLLATE NOCASE DESC)) WITHOUT "
    "ROWID",
    "CREATE TABLE t (a INTEGER PRIMARY KEY, b ANY, c BLOB) STRICT",
    "CREATE TABLE t (a INT PRIMARY KEY, b REAL NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE t (a, b INT GENERATED ALWAYS AS (a + 1) STORED, c AS (a || 'x') NOT NULL)",
    "CREATE TABLE t (a REFERENCES p, b REFERENCES q (x) ON DELETE CASCADE ON UPDATE SET NULL)",
    "CREATE TABLE t (a, b, FOREIGN KEY (a, b) REFERENCES t (x, y) ON DELETE RESTRICT MATCH FULL,"
    " FOREIGN KEY (b) REFERENCES \"Q r\" ON UPDATE SET DEFAULT DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TABLE t ([a b] 'varchar' (20) /* c */ DEFAULT (1 + 2), `select` TEXT -- end\n,"
    " \"x\"\"y\" UNIQUE ON CONFLICT IGNORE NULL NOT NULL, UNIQUE ('a b', \"x\"\"y\" DESC))",
    "CREATE TABLE t (a DEFAULT CURRENT_TIMESTAMP, b DEFAULT x'00ff', c DEFAULT NULL, d DEFAULT +5,"
    " e DEFAULT TRUE, f DEFAULT word, g DEFAULT (datetime('now')), h DEFAULT 1e10)",
    "CREATE TABLE t (a, b, c, CONSTRAINT u UNIQUE (a) CONSTRAINT v UNIQUE (b COLLATE NOCASE, c) "
    "CHECK (a))",
    "CREATE TABLE t (abort, action, after, before, begin, cascade, conflict, desc, each, end, "
    "fail, key,"
    " match, no, of, plan, replace, row, temp, trigger, view, virtual, with, without, generated "
    "TEXT,"
    " always, strict, rowid, first, last, nulls, stored, hidden)",
    "CREATE TABLE t AS SELECT 1 AS a, 'x' AS \"b c\", CAST(1 AS REAL) AS d",
};

TEST_CASE("the DDL parser reads tables as SQLite does") {
  for (const std::string& sql : kTables) {
    INFO(sql);
    Memory db;
    db.run(sql);
    const Table table = parse_sqlite_table(db.run("SELECT sql FROM sqlite_schema").at(0).at(0));
    compare_columns(table, db.run(pragma("table_xinfo", "t")));
    compare_foreign_keys(table, db.run(pragma("foreign_key_list", "t")));
    compare_keys(db, table);
  }
}

TEST_CASE("tables are read the same after SQLite edited their text") {
  Memory db;
  db.run("CREATE TABLE old (a INTEGER PRIMARY KEY, b TEXT CHECK (b <> 'old.b'), gone)");
  db.run("CREATE INDEX i ON old (b)");
  db.run("ALTER TABLE old ADD COLUMN c VARCHAR(5) DEFAULT 'x' REFERENCES old");
  db.run("ALTER TABLE old RENAME COLUMN b TO \"b 2\"");
  db.run("ALTER TABLE old DROP COLUMN gone");
  db.run("ALTER TABLE old RENAME TO t");
  const Schema schema = schema_of_rows(db.schema(), {}, {});
  REQUIRE(schema.tables.size() == 1);
  const Table& table = schema.tables[0];
  CHECK(table.name == "t");
  REQUIRE(table.columns.size() == 3);
  CHECK(table.columns[1].name == "b 2");
  CHECK(table.checks.at(0).expression.common == "\"b 2\" <> 'old.b'");
  CHECK(table.indexes.at(0).columns.at(0).column == "b 2");
  CHECK(table.foreign_keys.at(0).referenced_table == "t");
  CHECK(table.foreign_keys.at(0).referenced_columns == std::vector<std::string>{"a"});
}

TEST_CASE("shadow tables, sqlite_ tables and ignored tables are left out") {
  Memory db;
  db.run("CREATE TABLE Version (v INTEGER PRIMARY KEY AUTOINCREMENT, w UNIQUE)");
  db.run("CREATE INDEX vi ON version (v)");
  db.run("CREATE TRIGGER vt AFTER INSERT ON version BEGIN SELECT 1; END");
  db.run("CREATE TABLE ft_extra (a)");
  db.run("CREATE VIRTUAL TABLE ft USING fts5(a, b)");
  db.run("CREATE VIRTUAL TABLE rt USING rtree(id, x, y)");
  db.run("CREATE VIEW v AS SELECT * FROM version");
  db.run("ANALYZE");
  IntrospectOptions options;
  options.ignored_tables = {"version"};
  const Schema schema = schema_of_rows(db.schema(), {}, options);
  REQUIRE(schema.tables.size() == 1);
  CHECK(schema.tables[0].name == "ft_extra");
  CHECK(schema.virtual_tables.size() == 2);
  CHECK(schema.views.size() == 1);
  CHECK(schema.triggers.empty());
  CHECK(schema_of_rows(db.schema(), {"ft_extra"}, options).tables.empty());
}

}  // namespace
}  // namespace ormdb
