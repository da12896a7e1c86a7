#include "script/operation_node.h"

#include <catch2/catch.hpp>

#include "base/yaml.h"
#include "unit/script/random_operation.h"

namespace ormdb {
namespace {

Operation read(const std::string& yaml) {
  const Source source{"a.yaml", yaml};
  return operation_from_node(parse_yaml_document(source, ErrorKind::kScript), source, 3);
}

TEST_CASE("every kind of operation reads back as it was written") {
  for (std::size_t kind = 0; kind < testing::RandomOperation::kKinds; ++kind) {
    for (unsigned seed = 0; seed < 60; ++seed) {
      testing::RandomOperation random(seed);
      const Operation operation = random.operation(kind);
      REQUIRE(operation.kinds().index() == kind);
      const std::string yaml = render_yaml(operation_to_node(operation));
      INFO("kind " << operation.name() << ", seed " << seed << "\n" << yaml);
      CHECK(read(yaml) == operation);
    }
  }
}

TEST_CASE("operations are written under the manual's keys") {
  struct Case {
    const char* yaml;
    const char* canonical;
  };
  const Case cases[] = {
      {"add_column: {table: post, column: {name: slug, type: string(120), nullable: true}}",
       nullptr},
      {"rename_table: {table: old, to: new}", nullptr},
      {"rename_column: {table: post, name: old, to: new}", nullptr},
      {"add_constraint: {table: post, name: uq, unique: [a, b]}", nullptr},
      {"create_index: {name: ix, table: post, columns: [slug], unique: true}", nullptr},
      {"execute: UPDATE post SET slug = lower(title)", nullptr},
      {"execute: {default: SELECT 1}", "execute: SELECT 1"},
      {"execute: {sql: VACUUM, effects: []}\ntransaction: false", nullptr},
      {"create_virtual_table: {table: fts, module: fts5, arguments: \"title, body\"}", nullptr},
      {"delete_rows: {table: t, where: a = 1}", nullptr},
      {"create_view: {view: v, as: SELECT 1}", nullptr},
  };
  for (const Case& test : cases) {
    const std::string wanted = test.canonical == nullptr ? test.yaml : test.canonical;
    const Source source{"", wanted};
    CHECK(operation_to_node(read(test.yaml)) == parse_yaml_document(source, ErrorKind::kScript));
  }
}

TEST_CASE("rows take their columns from all keys, and what is missing is null") {
  const Operation operation =
      read("insert_rows: {table: t, rows: [{b: 1}, {a: x, c: {sql: now()}}, {}]}");
  const auto& rows = *operation.get_if<InsertRows>();
  CHECK(rows.columns == std::vector<std::string>{"b", "a", "c"});
  REQUIRE(rows.rows.size() == 3);
  CHECK(rows.rows[0] ==
        std::vector<Literal>{Literal::number("1"), Literal::null(), Literal::null()});
  CHECK(rows.rows[1][2] == Literal::expression("now()"));
  CHECK(rows.rows[2] == std::vector<Literal>(3));
}

TEST_CASE("errors in an operation have its number, line and the nearest spelling") {
  struct Case {
    const char* yaml;
    int line;
    const char* message;
    const char* hint;
  };
  const Case cases[] = {
      {"add_colum: {}", 1, "unknown operation 'add_colum'", "did you mean 'add_column'?"},
      {"[a]", 1, "an operation must be a map (key: value), not a list", ""},
      {"transaction: false", 1, "an operation has no name",
       "write it like - add_column: {table: post, column: {name: slug, type: text}}"},
      {"drop_index: {}\nexecute: x", 2, "an operation has two names, 'drop_index' and 'execute'",
       "begin every operation with '- '; its own keys are indented below its name"},
      {"add_column:\n  table: post\n", 2, "add_column needs 'column'", ""},
      {"drop_table: {table: post}", 1, "drop_table needs 'columns'", ""},
      {"create_table: {table: post, colums: {}}", 1,
       "unknown key 'colums' in create_table (did you mean 'columns'?)", ""},
      {"add_column:\n  tabel: post\n  column: {name: a}\n", 2,
       "unknown key 'tabel' in add_column (did you mean 'table'?)", ""},
      {"add_column:\n  table: post\n  column:\n    name: slug\n    type: integr\n", 5,
       "unknown type 'integr' for column post.slug", "did you mean 'integer'?"},
      {"add_column:\n  table: post\n  column: {name: a, type: text, unique: true}\n", 3,
       "'unique' does not belong in column post.a here",
       "write the constraint as an add_constraint operation of its own"},
      {"rename_table: {table: a, to: b, from: c}", 1, "unknown key 'from' in rename_table",
       "known keys: table, to"},
      {"alter_column: {table: a, name: b, from: {type: text}, to: {type: txet}}", 1,
       "unknown type 'txet' for 'to' of alter_column", "did you mean 'text'?"},
      {"create_table: {table: t, columns: {}, triggers: {}}", 1,
       "unknown key 'triggers' in create_table", nullptr},
      {"insert_rows: {table: t}", 1, "insert_rows needs 'rows'", ""},
      {"insert_rows: {table: t, rows: 5}", 1, "'rows' in insert_rows must be a list of maps", ""},
      {"insert_rows: {table: t, rows: [5]}", 1,
       "a row of insert_rows must be a map (column: value)", ""},
      {"update_rows: {table: t, set: {}}", 1, "'set' in update_rows must be a map (column: value)",
       ""},
      {"delete_rows: {table: t, where: a, rows: []}", 1, "delete_rows has both 'where' and 'rows'",
       ""},
      {"delete_rows: {table: t, rows: []}", 1, "'rows' in delete_rows names no columns", ""},
      {"execute: ''", 1, "execute has no SQL", ""},
      {"execute: {sql: a, effects: 5}", 1, "'effects' of execute must be a list of operations",
       "write effects: [] for SQL that changes no schema"},
      {"execute: {effects: []}", 1, "execute needs 'sql'", ""},
      {"execute:\n  sql: a\n  effects:\n    - drop_tabel: {}\n", 4,
       "unknown operation 'drop_tabel'", "did you mean 'drop_table'?"},
      {"execute: a\ntransaction: maybe", 2,
       "'transaction' in an operation must be true or false, not text", ""},
  };
  for (const Case& test : cases) {
    INFO(test.yaml);
    try {
      read(test.yaml);
      FAIL_CHECK("no error");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kScript);
      CHECK(error.message() == test.message);
      if (test.hint != nullptr) CHECK(error.hint() == test.hint);
      CHECK(error.file() == "a.yaml");
      CHECK(error.line() == test.line);
      CHECK(error.operation() == 3);
    }
  }
}

}  // namespace
}  // namespace ormdb
