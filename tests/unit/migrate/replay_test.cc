#include "migrate/replay.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "ormdb/error.h"
#include "support/migrate_project.h"

namespace ormdb {
namespace {

using test::error_of;
using test::operations_of;
using test::schema_of;

Schema replayed(const std::string& list, const Schema& before = {}) {
  return replay(dialect_for("sqlite"), operations_of(list), before);
}

std::string columns(const Schema& schema, const std::string& table) {
  const Table* found = schema.find_table(table);
  if (found == nullptr) return "no table";
  std::vector<std::string> names;
  for (const Column& column : found->columns) names.push_back(column.name);
  return join(names, " ");
}

const char* const kPost =
    "- create_table: {table: post, columns: {id: {type: integer, primary_key: true}, "
    "author: {type: integer, references: author.id}, title: {type: text}}}\n";
const char* const kAuthor =
    "- create_table: {table: author, columns: {id: {type: integer, primary_key: true}}}\n";

TEST_CASE("Operations are replayed in memory") {
  const Schema schema = replayed(std::string(kAuthor) + kPost +
                                 "- rename_column: {table: post, name: title, to: name}\n");
  CHECK(columns(schema, "post") == "id author name");
  CHECK(columns(replayed("- drop_table: {table: t, columns: {id: {type: integer}}}\n",
                         schema_of("  t: {columns: {id: {type: integer}}}\n")),
                "t") == "no table");
}

TEST_CASE("Raw SQL of unknown meaning is run in an embedded database") {
  const Schema schema =
      replayed(std::string(kAuthor) + kPost +
               "- execute: ALTER TABLE post ADD COLUMN slug TEXT; CREATE INDEX ix ON post (slug)\n"
               "- rename_column: {table: post, name: slug, to: path}\n");
  CHECK(columns(schema, "post") == "id author title path");
  CHECK(schema.find_table("post")->indexes.at(0).columns.at(0).column == "path");
}

TEST_CASE("What was there before raw SQL is there for it") {
  const Schema schema = replayed("- execute: ALTER TABLE t RENAME TO u\n",
                                 schema_of("  t: {columns: {id: {type: integer}}}\n"
                                           "views:\n  v: {as: SELECT 1 AS one}\n"));
  CHECK(columns(schema, "u") == "id");
  CHECK(schema.views.size() == 1);
}

TEST_CASE("Data does not matter to a replay, and cannot make it fail") {
  const char* const data[] = {
      "- insert_rows: {table: post, rows: [{id: 1, author: 99, title: x}]}\n",
      "- insert_rows: {table: post, rows: [{id: 1}]}\n",
      "- execute: INSERT INTO post (title) SELECT max(title) FROM post\n",
      "- execute: INSERT INTO post VALUES (1, 99, 'x'); CREATE TABLE more (id INTEGER)\n",
      "- execute: VACUUM INTO '/nowhere/file'\n",
      "- execute: ATTACH '/nowhere/file' AS other\n",
  };
  for (const char* step : data) {
    CAPTURE(step);
    const Schema schema =
        replayed(std::string(kAuthor) + kPost + step + "- execute: DROP TABLE author\n");
    CHECK(columns(schema, "post") == "id author title");
    CHECK(columns(schema, "author") == "no table");
  }
}

TEST_CASE("A step that does not fit is named by its number") {
  const struct {
    const char* list;
    int operation;
  } cases[] = {
      {"- create_table: {table: a, columns: {id: {type: integer}}}\n"
       "- drop_column: {table: b, column: {name: c, type: text}}\n",
       2},
      {"- execute: CREATE TABLE a (id INTEGER)\n- execute: INSERT INTO a VALUES (1)\n"
       "- execute: DROP TABLE b\n",
       3},
      {"- execute: CREATE TABLE a (id INTEGER)\n"
       "- drop_column: {table: b, column: {name: c, type: text}}\n",
       2},
  };
  for (const auto& expected : cases) {
    CAPTURE(expected.list);
    CHECK(error_of([&] { replayed(expected.list); }).operation() == expected.operation);
  }
}

TEST_CASE("History is replayed along its branches, without a database") {
  const test::Project project;
  project.script("a1", "", test::create("a"));
  project.script("b1", "a1", test::create("b"));
  project.script("c1", "a1", "  - execute: CREATE TABLE c (id INTEGER)\n");
  project.script("d1", "[b1, c1]",
                 "  - add_column: {table: c, column: {name: n, type: text, "
                 "nullable: true}}\n");
  const auto workspace = project.workspace();
  CHECK(replay_history(*workspace, {}).tables.empty());
  CHECK(replay_history(*workspace, {"b1"}).tables.size() == 2);
  const Schema all = replay_history(*workspace, {"d1"});
  CHECK(all.tables.size() == 3);
  CHECK(columns(all, "c") == "id n");
  CHECK_FALSE(project.exists("db.sqlite"));

  project.upgrade("heads");
  CHECK(equivalent(all, project.schema(), test::sqlite_schema_rules()));
}

TEST_CASE("An error in history names revision, file and line") {
  const test::Project project;
  project.script("a1", "", test::create("a") + "  - execute: DROP TABLE zzz\n");
  const auto workspace = project.workspace();
  const Error error = error_of([&] { replay_history(*workspace, {"a1"}); });
  CHECK(error.revision() == "a1");
  CHECK(error.operation() == 2);
  CHECK(error.line() == 8);
}

}  // namespace
}  // namespace ormdb
