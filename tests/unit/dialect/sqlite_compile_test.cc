// The SQL of typical operation lists.
#include <catch2/catch.hpp>

#include "support/dialect_sqlite.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

PrimaryKey key_of(const std::string& column, const std::string& name = "") {
  PrimaryKey key;
  key.name = name;
  key.columns.emplace_back();
  key.columns[0].column = column;
  return key;
}

Table post_table() {
  Table table;
  table.name = "post";
  table.columns = {column("id", Type::of(TypeKind::kInteger)), column("title", Type::string(100)),
                   nullable(column("order", Type::of(TypeKind::kText))),
                   column("user_id", Type::of(TypeKind::kInteger))};
  table.columns[1].default_value = Literal::string("it's");
  table.columns[2].collation = "NOCASE";
  table.primary_key = key_of("id", "pk_post");
  table.foreign_keys = {foreign_key("user_id", "user", ForeignKeyAction::kCascade)};
  table.foreign_keys[0].name = "fk_post_user";
  table.foreign_keys[0].deferrable = Deferrable::kDeferred;
  table.checks = {check("ck_title", "length(title) > 0")};
  table.indexes = {index("ix_title", {"title"})};
  table.indexes[0].columns[0].descending = true;
  table.indexes[0].where.common = "title <> ''";
  return table;
}

std::unique_ptr<Connection> blog() {
  return memory_database(
      "CREATE TABLE user (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
      "CREATE TABLE post (id INTEGER PRIMARY KEY, title TEXT NOT NULL, note TEXT,"
      "  user_id INTEGER REFERENCES user (id) ON DELETE CASCADE);"
      "CREATE INDEX ix_post_title ON post (title);");
}

}  // namespace

TEST_CASE("create_table is written as a person would write it", "[sqlite][compile]") {
  CHECK(compiled({CreateTable{post_table()}}, Schema()) ==
        "CREATE TABLE post (\n"
        "  id INTEGER CONSTRAINT pk_post PRIMARY KEY,\n"
        "  title VARCHAR(100) NOT NULL DEFAULT 'it''s',\n"
        "  \"order\" TEXT COLLATE NOCASE,\n"
        "  user_id INTEGER NOT NULL,\n"
        "  CONSTRAINT fk_post_user FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE "
        "DEFERRABLE INITIALLY DEFERRED,\n"
        "  CONSTRAINT ck_title CHECK (length(title) > 0)\n"
        ");\n"
        "CREATE INDEX ix_title ON post (title DESC) WHERE title <> '';\n");
}

TEST_CASE("options of tables, keys and columns are written", "[sqlite][compile]") {
  Table table;
  table.name = "t";
  table.options["sqlite"] = {{"strict", "true"}, {"without_rowid", "true"}};
  table.columns = {column("a", Type::of(TypeKind::kText)),
                   column("b", Type::of(TypeKind::kInteger)),
                   nullable(column("c", Type::of(TypeKind::kInteger)))};
  table.columns[1].options["sqlite"]["not_null_on_conflict"] = "replace";
  table.columns[1].default_value = Literal::expression("1 + 1");
  table.columns[2].generated = Generated{{"b * 2", {}}, true};
  table.primary_key = key_of("a");
  table.primary_key->columns[0].descending = true;
  table.primary_key->options["sqlite"]["on_conflict"] = "ignore";
  CHECK(compiled({CreateTable{table}}, Schema()) ==
        "CREATE TABLE t (\n"
        "  a TEXT NOT NULL,\n"
        "  b INTEGER NOT NULL ON CONFLICT REPLACE DEFAULT (1 + 1),\n"
        "  c INTEGER GENERATED ALWAYS AS (b * 2) STORED,\n"
        "  PRIMARY KEY (a DESC) ON CONFLICT IGNORE\n"
        ") STRICT, WITHOUT ROWID;\n");
}

TEST_CASE("AUTOINCREMENT and the inline DESC stand beside the column", "[sqlite][compile]") {
  Table table;
  table.name = "t";
  table.columns = {column("id", Type::of(TypeKind::kInteger))};
  table.primary_key = key_of("id");
  SECTION("autoincrement") {
    table.columns[0].autoincrement = true;
    CHECK(compiled({CreateTable{table}}, Schema()) ==
          "CREATE TABLE t (\n  id INTEGER PRIMARY KEY AUTOINCREMENT\n);\n");
  }
  SECTION("inline desc") {
    table.primary_key->options["sqlite"]["inline_desc"] = "true";
    CHECK(compiled({CreateTable{table}}, Schema()) ==
          "CREATE TABLE t (\n  id INTEGER PRIMARY KEY DESC NOT NULL\n);\n");
  }
}

TEST_CASE("defaults stand bare where SQLite allows it", "[sqlite][compile]") {
  struct Case {
    Literal value;
    std::string text;
  };
  const Case cases[] = {
      {Literal::null(), "NULL"},
      {Literal::boolean(true), "TRUE"},
      {Literal::number("-1.50"), "-1.50"},
      {Literal::string("a'b"), "'a''b'"},
      {Literal::binary(std::string("\x00\xff", 2)), "x'00ff'"},
      {Literal::string(std::string("a\0b", 3)), "(CAST(x'610062' AS TEXT))"},
      {Literal::expression("CURRENT_TIMESTAMP"), "CURRENT_TIMESTAMP"},
      {Literal::expression("lower('A')"), "(lower('A'))"},
  };
  for (const Case& one : cases) {
    Table table;
    table.name = "t";
    table.columns = {nullable(column("a", Type::of(TypeKind::kText)))};
    table.columns[0].default_value = one.value;
    const std::string sql = compiled({CreateTable{table}}, Schema());
    CHECK(sql == "CREATE TABLE t (\n  a TEXT DEFAULT " + one.text + "\n);\n");
    memory_database(sql);  // SQLite takes it
  }
}

TEST_CASE("what ALTER TABLE can do is done by it", "[sqlite][compile]") {
  const auto db = blog();
  Column slug = nullable(column("slug", Type::string(120)));
  CHECK(compiled({AddColumn{"post", slug}}, *db) ==
        "ALTER TABLE post ADD COLUMN slug VARCHAR(120);\n");
  slug.nullable = false;
  slug.default_value = Literal::string("");
  CHECK(compiled({AddColumn{"post", slug}}, *db) ==
        "ALTER TABLE post ADD COLUMN slug VARCHAR(120) NOT NULL DEFAULT '';\n");
  const Column note = *introspect(*db).find_table("post")->find_column("note");
  CHECK(compiled({DropColumn{"post", note}}, *db) == "ALTER TABLE post DROP COLUMN note;\n");
  CHECK(compiled({RenameColumn{"post", "title", "heading"}}, *db) ==
        "ALTER TABLE post RENAME COLUMN title TO heading;\n");
  CHECK(compiled({RenameTable{"post", "article"}}, *db) == "ALTER TABLE post RENAME TO article;\n");
  CHECK(
      compiled({RenameTable{"post", "Post"}}, *db) ==
      "ALTER TABLE post RENAME TO _ormdb_new_Post;\nALTER TABLE _ormdb_new_Post RENAME TO Post;\n");
}

TEST_CASE("a rebuild is written out in full", "[sqlite][compile]") {
  const auto db = blog();
  CHECK(compiled({AddConstraint{"post", check("ck_t", "title <> ''")}}, *db) ==
        "CREATE TABLE _ormdb_new_post (\n"
        "  id INTEGER PRIMARY KEY,\n"
        "  title TEXT NOT NULL,\n"
        "  note TEXT,\n"
        "  user_id INTEGER,\n"
        "  FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE,\n"
        "  CONSTRAINT ck_t CHECK (title <> '')\n"
        ");\n"
        "INSERT OR ABORT INTO _ormdb_new_post (id, title, note, user_id)\n"
        "SELECT id, title, note, user_id FROM post;\n"
        "DROP TABLE post;\n"
        "PRAGMA legacy_alter_table=ON;\n"
        "ALTER TABLE _ormdb_new_post RENAME TO post;\n"
        "PRAGMA legacy_alter_table=OFF;\n"
        "CREATE INDEX ix_post_title ON post (title);\n");
}

TEST_CASE("several changes of one table are one rebuild", "[sqlite][compile]") {
  const auto db = blog();
  Column added = column("rank", Type::of(TypeKind::kInteger));
  added.default_value = Literal::expression("1 + 1");
  const std::vector<Operation> operations = {
      CreateIndex{"post", index("ix_note", {"note"})},
      AddColumn{"post", added},
      AddColumn{"user", nullable(column("mail", Type::of(TypeKind::kText)))},
      alter(*db, "post", "note", [](Column& note) { note.type = Type::string(20); }),
      RenameColumn{"post", "title", "heading"},
      AddConstraint{"post", check("ck", "heading <> ''")},
      CreateIndex{"post", index("ix_rank", {"rank"})},
  };
  const std::vector<std::string> done = run(*db, operations);
  CHECK(count_starting(done, "CREATE TABLE") == 1);
  CHECK(count_starting(done, "ALTER TABLE user ADD COLUMN") == 1);
  CHECK(count_starting(done, "CREATE INDEX") == 3);
}

TEST_CASE("a data step sees the changes before it", "[sqlite][compile]") {
  const auto db = blog();
  const std::vector<Operation> operations = {
      AddConstraint{"post", check("ck_1", "id > 0")},
      InsertRows{"post", {"title"}, {{Literal::string("a")}}},
      AddConstraint{"post", check("ck_2", "id < 9")},
  };
  const std::vector<std::string> done = run(*db, operations);
  CHECK(count_starting(done, "CREATE TABLE") == 2);
  CHECK(rows(*db, "SELECT title FROM post") == "a");
}

TEST_CASE("constraints of a table made in the same section go into its CREATE",
          "[sqlite][compile]") {
  Table a;
  a.name = "a";
  a.columns = {column("id", Type::of(TypeKind::kInteger)),
               nullable(column("b_id", Type::of(TypeKind::kInteger)))};
  a.primary_key = key_of("id");
  Table b = a;
  b.name = "b";
  b.columns[1].name = "a_id";
  b.foreign_keys = {foreign_key("a_id", "a")};
  const auto db = memory_database();
  const std::vector<std::string> done =
      run(*db, {CreateTable{a}, CreateTable{b}, AddConstraint{"a", foreign_key("b_id", "b")}});
  CHECK(done.size() == 2);
  CHECK(introspect(*db).find_table("a")->foreign_keys.size() == 1);
}

TEST_CASE("changes that SQLite does not store need no statement", "[sqlite][compile]") {
  const auto db = blog();
  AlterTable comment;
  comment.table = "post";
  comment.to.comment = "articles";
  CHECK(compiled({comment}, *db).empty());
  CHECK(compiled({alter(*db, "post", "note", [](Column& note) { note.comment = "x"; })}, *db)
            .empty());
}

TEST_CASE("an enum is a check of its columns", "[sqlite][compile]") {
  const auto db = blog();
  Column state = nullable(column("state", Type::of(TypeKind::kEnum)));
  state.type.name = "state";
  const Enum two{"state", "", {"draft", "live"}, ""};
  const Enum three{"state", "", {"draft", "live", "archived"}, ""};
  run(*db, {CreateEnum{two}, AddColumn{"post", state}});
  CHECK_THROWS_AS(db->execute("INSERT INTO post (title, state) VALUES ('a', 'archived')"), Error);

  const std::vector<std::string> done = run(*db, {AlterEnum{two, three}});
  CHECK(count_starting(done, "CREATE TABLE") == 1);
  db->execute("INSERT INTO post (title, state) VALUES ('a', 'archived')");
  CHECK_THROWS_AS(db->execute("INSERT INTO post (title, state) VALUES ('a', 'gone')"), Error);

  const Error error = error_of([&] { compiled({AddColumn{"user", state}}, *db); });
  CHECK(error.kind() == ErrorKind::kScript);
  CHECK(error.operation() == 1);
}

TEST_CASE("raw SQL that may change the schema stops the compilation", "[sqlite][compile]") {
  const auto db = blog();
  const std::vector<Operation> operations = {
      execute("ALTER TABLE post ADD COLUMN x TEXT; UPDATE post SET x = 'a;b'"),
      AddConstraint{"post", check("ck", "x <> ''")}};
  Schema schema = introspect(*db);
  const CompiledSection first = dialect_for("sqlite").compile(operations, schema);
  CHECK(first.compiled_operations == 1);
  CHECK_FALSE(first.schema_known);
  CHECK(first.statements.size() == 2);
  run(*db, operations);
  CHECK(introspect(*db).find_table("post")->checks.size() == 1);
}

TEST_CASE("raw SQL cannot take over the transaction", "[sqlite][compile]") {
  const auto db = blog();
  for (const char* sql :
       {"BEGIN", "commit", "END TRANSACTION", "ROLLBACK", "VACUUM", "ATTACH 'x' AS y",
        "PRAGMA foreign_keys = off", "PRAGMA main.foreign_keys(0)"}) {
    INFO(sql);
    const Error error = error_of([&] { compiled({execute("SELECT 1"), execute(sql)}, *db); });
    CHECK(error.kind() == ErrorKind::kScript);
    CHECK(error.operation() == 2);
    CHECK(error.hint().find("transaction: false") != std::string::npos);
    Operation outside = execute(sql);
    outside.transaction = false;
    Schema schema = introspect(*db);
    CHECK_FALSE(dialect_for("sqlite").compile({outside}, schema).statements.at(0).transaction);
  }
  for (const char* sql : {"SAVEPOINT a; ROLLBACK TO a; RELEASE a", "PRAGMA foreign_keys",
                          "CREATE TRIGGER r AFTER INSERT ON post BEGIN SELECT 1; END"}) {
    CHECK_NOTHROW(compiled({execute(sql)}, *db));
  }
}

TEST_CASE("operations that do not fit name the table and their number", "[sqlite][compile]") {
  const auto db = blog();
  const Error error = error_of([&] {
    compiled({RenameColumn{"post", "title", "t"}, AddConstraint{"psot", check("ck", "1")}}, *db);
  });
  CHECK(error.kind() == ErrorKind::kScript);
  CHECK(error.operation() == 2);
  CHECK(error.message().find("post") != std::string::npos);
}

TEST_CASE("triggers that SQLite lacks are refused", "[sqlite][compile]") {
  const auto db = blog();
  Trigger trigger;
  trigger.name = "r";
  trigger.table = "post";
  trigger.events = {"insert", "update"};
  trigger.body.common = "SELECT 1";
  CHECK(error_of([&] { compiled({CreateTrigger{trigger}}, *db); }).kind() ==
        ErrorKind::kUnsupported);
  trigger.events = {"update"};
  trigger.update_of = {"title"};
  trigger.when.common = "new.title <> old.title";
  CHECK(compiled({CreateTrigger{trigger}}, *db) ==
        "CREATE TRIGGER r AFTER UPDATE OF title ON post\nWHEN new.title <> old.title\n"
        "BEGIN\nSELECT 1;\nEND;\n");
}
