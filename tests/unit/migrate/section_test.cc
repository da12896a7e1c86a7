#include "migrate/section.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "ormdb/error.h"
#include "support/migrate_project.h"

namespace ormdb {
namespace {

using test::operations_of;

TEST_CASE("Only data steps and raw SQL can be compiled without a schema") {
  const struct {
    const char* list;
    bool needed;
  } cases[] = {
      {"[]", false},
      {"- execute: UPDATE a SET b = 1", false},
      {"- execute: DROP TABLE a", false},
      {"- execute: {sql: DROP TABLE a, effects: []}", false},
      {"- insert_rows: {table: a, rows: [{b: 1}]}", false},
      {"- update_rows: {table: a, set: {b: 1}}", false},
      {"- delete_rows: {table: a, where: b = 1}", false},
      {"- execute: {sql: ALTER TABLE a RENAME TO b, effects: [{rename_table: {table: a, to: b}}]}",
       true},
      {"- create_table: {table: a, columns: {id: {type: integer}}}", true},
      {"- execute: SELECT 1\n- rename_table: {table: a, to: b}", true},
  };
  for (const auto& expected : cases) {
    CAPTURE(expected.list);
    CHECK(needs_schema(operations_of(expected.list)) == expected.needed);
  }
}

/// "2@0 1@2!": parts by their number of operations and first one; ! is outside a transaction.
std::string shape(const std::vector<SectionPart>& parts) {
  std::string text;
  for (const SectionPart& part : parts) {
    text += (text.empty() ? "" : " ") + std::to_string(part.operations.size()) + "@" +
            std::to_string(part.first) + (part.transaction ? "" : "!");
  }
  return text;
}

TEST_CASE("Parts are runs of transactional operations and single other statements") {
  const std::string data = "- execute: SELECT 1\n";
  const std::string vacuum = "- {execute: VACUUM, transaction: false}\n";
  const std::string two = "- {execute: \"VACUUM; ANALYZE 'a;b'\", transaction: false}\n";
  const struct {
    std::string list;
    const char* shape;
  } cases[] = {
      {"[]", ""},
      {data, "1@0"},
      {data + data, "2@0"},
      {vacuum, "1@0!"},
      {data + data + vacuum + data, "2@0 1@2! 1@3"},
      {vacuum + vacuum, "1@0! 1@1!"},
      {two + data, "1@0! 1@0! 1@1"},
  };
  for (const auto& expected : cases) {
    CAPTURE(expected.list);
    CHECK(shape(parts_of(operations_of(expected.list), "sqlite")) == expected.shape);
  }
}

TEST_CASE("Statements of a dialect are split for it alone") {
  const std::vector<SectionPart> parts = parts_of(
      operations_of("- {execute: {sqlite: VACUUM; ANALYZE, default: VACUUM}, transaction: false}"),
      "sqlite");
  REQUIRE(parts.size() == 2);
  CHECK(parts[1].operations.at(0).get_if<Execute>()->sql.for_dialect("sqlite") == "ANALYZE");
}

TEST_CASE("A part's hash is that of its own text") {
  const auto hashes = [](const std::string& list) {
    std::vector<std::string> found;
    for (const SectionPart& part : parts_of(operations_of(list), "sqlite")) {
      found.push_back(part.hash());
    }
    return found;
  };
  const std::string vacuum = "- {execute: VACUUM, transaction: false}\n";
  const auto before = hashes("- execute: SELECT 1\n" + vacuum + "- execute: SELECT 2\n");
  const auto after = hashes("- execute: SELECT 1   # why\n" + vacuum + "- execute: SELECT 3\n");
  REQUIRE(before.size() == 3);
  REQUIRE(after.size() == 3);
  CHECK(before[0] == after[0]);
  CHECK(before[1] == after[1]);
  CHECK(before[2] != after[2]);
  CHECK(before[0] != before[2]);
}

TEST_CASE("A section is compiled up to raw SQL of unknown meaning") {
  const std::vector<Operation> operations = operations_of(
      "- create_table: {table: a, columns: {id: {type: integer}}}\n"
      "- execute: ALTER TABLE a RENAME TO b\n"
      "- add_column: {table: b, column: {name: c, type: text, nullable: true}}\n");
  Schema schema;
  SectionCompiler compiler(dialect_for("sqlite"), operations, schema);
  const CompiledSection first = compiler.next();
  CHECK(first.statements.size() == 2);
  CHECK_FALSE(compiler.done());
  CHECK_FALSE(compiler.schema_known());
  schema = test::schema_of("  b: {columns: {id: {type: integer}}}\n");
  const CompiledSection second = compiler.next();
  REQUIRE(second.statements.size() == 1);
  CHECK(second.statements[0].operation == 3);
  CHECK(compiler.done());
  CHECK(compiler.schema_known());
  CHECK(schema.find_table("b")->columns.size() == 2);
}

TEST_CASE("An error of a step names revision, operation, line and the line's text") {
  test::Project project;
  project.script("a1", "", "  - execute: SELECT 1\n  - execute: BROKEN\n");
  const auto workspace = project.workspace();
  const Revision* revision = workspace->graph().find("a1");
  const LoadedScript script = workspace->load(*revision, Direction::kUpgrade);
  const Error raw(ErrorKind::kDatabase, "no");
  const Error told = in_step(raw, *revision, script, Direction::kUpgrade, 2);
  CHECK(told.revision() == "a1");
  CHECK(told.operation() == 2);
  CHECK(told.line() == 8);
  CHECK(trim(told.source_line()) == "- execute: BROKEN");
  CHECK(told.where() == "script");
  CHECK(in_step(raw, *revision, script, Direction::kUpgrade, 0).line() == 0);
  CHECK(in_step(raw, *revision, script, Direction::kUpgrade, 99).operation() == 0);
  Error placed = raw;
  placed.at("models.yaml", 3).where("database");
  CHECK(in_step(placed, *revision, script, Direction::kUpgrade, 2).line() == 3);
  CHECK(in_step(placed, *revision, script, Direction::kUpgrade, 2).where() == "database");
}

}  // namespace
}  // namespace ormdb
