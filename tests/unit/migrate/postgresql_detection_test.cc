// tests/cases/postgresql_detection.yaml on a server.
#include <catch2/catch.hpp>

#include "base/file_system.h"
#include "base/text.h"
#include "base/yaml.h"
#include "ormdb/dialect.h"
#include "ormdb/diff.h"
#include "schema/schema_node.h"
#include "support/migrate_postgresql_live.h"
#include "support/ops_law.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

Schema models_of(const Node& sections) {
  const Source source{"models.yaml", "format: 1\n" + render_yaml(sections)};
  const Node node = parse_yaml_document(source, ErrorKind::kModel);
  NodeReader reader(node, source, ErrorKind::kModel, "models");
  const Dialect& dialect = dialect_for("postgresql");
  Schema models = dialect.rules().expressible(read_schema(reader));
  reader.finish();
  for (Table& table : models.tables) give_names(table, {}, dialect.max_identifier_length());
  return models;
}

std::vector<std::string> names_of(const std::vector<Operation>& operations) {
  std::vector<std::string> names;
  for (const Operation& operation : operations) names.emplace_back(operation.name());
  return names;
}

/// From a database of `before` to the models `after`.
void check_way(LivePostgresql& database, const Schema& before, const Schema& after,
               const std::vector<std::string>& expected) {
  database.clear();
  Schema schema;
  database.run(diff({}, before, dialect_for("postgresql").rules()), schema);
  schema = database.schema();
  const std::vector<Operation> false_ones = database.differences(schema, before);
  INFO("false differences:" << listing(false_ones));
  CHECK(false_ones.empty());
  const std::vector<Operation> found = database.differences(schema, after);
  INFO("found:" << listing(found));
  CHECK(names_of(found) == expected);
  database.run(found, schema);
  const std::vector<Operation> left = database.differences(database.schema(), after);
  INFO("left:" << listing(left));
  CHECK(left.empty());
}

void check_row(LivePostgresql& database, NodeReader& row) {
  const Schema before = models_of(row.require("before"));
  const Schema after = models_of(row.require("after"));
  const std::vector<std::string> found = row.texts("found");
  const std::vector<std::string> back = row.has("back") ? row.texts("back") : found;
  if (row.integer("since", 0) > database.version()) return;
  if (row.has("extension") && !database.offers_extension(row.text("extension"))) return;
  row.finish();
  check_way(database, before, after, found);
  check_way(database, after, before, back);
}

Schema models_in(const std::string& text) {
  return models_of(parse_yaml_document(Source{"models.yaml", text}, ErrorKind::kModel));
}

}  // namespace

TEST_CASE("A partition keeps its rows when it is detached and attached", "[postgresql][live]") {
  const auto server = postgresql_database();
  if (!server) return;
  LivePostgresql database(*server);
  const std::string parent =
      "tables:\n"
      "  t:\n"
      "    columns: {a: {type: text, primary_key: true, check: a <> ''}, b: {type: integer}}\n"
      "    indexes: {ix_t_b: {columns: [b]}}\n"
      "    postgresql: {partition_by: LIST (a)}\n";
  const Schema inside =
      models_in(parent +
                "  p: {columns: {a: {type: text, postgresql: {inherited: true}},"
                " b: {type: integer, postgresql: {inherited: true}}},"
                " postgresql: {partition_of: t, partition_bound: \"FOR VALUES IN ('x')\"}}\n");
  const Schema outside = models_in(
      parent +
      "  p: {columns: {a: {type: text}, b: {type: integer}}, indexes: {ix: {columns: [a]}}}\n");
  Schema schema;
  database.clear();
  database.run(diff({}, inside, dialect_for("postgresql").rules()), schema);
  database.run({InsertRows{"p", {"a", "b"}, {{Literal::string("x"), Literal::number("1")}}}},
               schema);
  const PostgresqlRows rows = database.common_rows(outside, outside);
  REQUIRE(rows.at("p").size() == 1);
  const std::vector<Operation> detach = database.differences(database.schema(), outside);
  schema = database.schema();
  for (int round = 0; round < 2; ++round) {
    database.run(detach, schema);
    CHECK(database.common_rows(outside, outside).at("p") == rows.at("p"));
    CHECK(listing(database.differences(database.schema(), outside)) == "");
    database.run(reverse(detach).value(), schema);
    CHECK(database.common_rows(outside, outside) == rows);
    CHECK(listing(database.differences(database.schema(), inside)) == "");
  }
}

TEST_CASE("Each kind of change is found on PostgreSQL, and no other", "[postgresql][live]") {
  const auto server = postgresql_database();
  if (!server) return;
  LivePostgresql database(*server);
  const std::string path = std::string(ORMDB_SOURCE_DIR) + "/tests/cases/postgresql_detection.yaml";
  const Source source{path, read_file(path)};
  const Node rows = parse_yaml_document(source, ErrorKind::kModel);
  for (const Node& item : rows.items) {
    NodeReader row(item, source, ErrorKind::kModel, "row");
    INFO("change: " << row.require_text("change"));
    check_row(database, row);
  }
}
