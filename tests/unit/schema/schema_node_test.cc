#include "schema/schema_node.h"

#include <catch2/catch.hpp>

#include "base/yaml.h"
#include "schema/node_layout.h"
#include "unit/schema/random_schema.h"

namespace ormdb {
namespace {

Source models(const std::string& text) { return {"models.yaml", text}; }

Schema read(const std::string& text) {
  const Source source = models(text);
  const Node document = parse_yaml_document(source, ErrorKind::kModel);
  NodeReader reader(document, source, ErrorKind::kModel, "the models file");
  Schema schema = read_schema(reader);
  reader.finish();
  return schema;
}

std::string write(const Schema& schema) {
  Node node = schema_to_node(schema);
  lay_out(node, 0);
  return render_yaml(node);
}

/// The body of the only table, as written.
Table read_one(const std::string& body) {
  return read("format: 1\ntables:\n  post:\n" + body).tables.at(0);
}

Unique unique_of(const std::string& name, const std::string& column) {
  Unique unique;
  unique.name = name;
  unique.columns.push_back({});
  unique.columns.back().column = column;
  return unique;
}

constexpr const char* kBlog = R"(format: 1
tables:
  user:
    columns:
      id: {type: integer, primary_key: true}
      username: {type: string(20), unique: true}
      email: {type: string(120), unique: uq_email}
    relationships:
      posts: {to: post, kind: one_to_many, back_populates: author}
  post:
    columns:
      id: {type: integer, primary_key: pk_post}
      title: {type: string(100)}
      content: {type: text, nullable: true, collate: NOCASE}
      date_posted: {type: datetime, default: {sql: CURRENT_TIMESTAMP}}
      user_id: {type: integer, references: user.id, foreign_key: fk_author, on_delete: cascade}
    constraints:
      - {name: ck_title, check: title <> ''}
    indexes:
      ix_post_date: {columns: [date_posted desc, lower(title)], unique: true, where: id > 0}
    sqlite: {strict: true}
)";

TEST_CASE("the blog's models are written as people write them") {
  const Schema schema = read(kBlog);
  CHECK(write(schema) == kBlog);
}

TEST_CASE("the blog's models are read into the right values") {
  const Schema schema = read(kBlog);
  const Table& post = schema.tables.at(1);
  REQUIRE(post.foreign_keys.size() == 1);
  CHECK(post.foreign_keys[0].name == "fk_author");
  CHECK(post.foreign_keys[0].referenced_table == "user");
  CHECK(post.foreign_keys[0].referenced_columns == std::vector<std::string>{"id"});
  CHECK(post.foreign_keys[0].on_delete == ForeignKeyAction::kCascade);
  CHECK(post.primary_key->name == "pk_post");
  CHECK(post.indexes[0].columns[0].descending);
  CHECK(post.indexes[0].columns[1].expression.common == "lower(title)");
  CHECK(post.options.at("sqlite").at("strict") == "true");
  CHECK(post.columns[3].default_value == Literal::expression("CURRENT_TIMESTAMP"));
  CHECK(schema.tables[0].uniques ==
        std::vector<Unique>{unique_of("", "username"), unique_of("uq_email", "email")});
  CHECK_FALSE(post.columns[1].nullable);
}

TEST_CASE("constraints stand in columns only where that keeps their order") {
  Table table;
  table.name = "t";
  for (const char* name : {"a", "b", "c"}) {
    table.columns.push_back({});
    table.columns.back().name = name;
  }
  table.uniques = {unique_of("", "b"), unique_of("", "a"), unique_of("", "c")};
  Schema schema;
  schema.tables.push_back(table);
  const std::string text = write(schema);
  CHECK(text.find("b: {type: integer, unique: true}") != text.npos);
  CHECK(text.find("- {unique: [a]}") != text.npos);
  CHECK(text.find("- {unique: [c]}") != text.npos);
  CHECK(read(text) == schema);
}

TEST_CASE("two columns with primary_key make one composite key") {
  const Table table = read_one(
      "    columns:\n      a: {type: integer, primary_key: pk}\n      b: {type: text, primary_key: "
      "true}\n");
  REQUIRE(table.primary_key);
  CHECK(table.primary_key->name == "pk");
  CHECK(table.primary_key->columns.size() == 2);
}

TEST_CASE("what is written reads back as the same schema") {
  for (unsigned seed = 0; seed < 400; ++seed) {
    testing::RandomSchema random(seed);
    const Schema schema = random.schema();
    const std::string text = write(schema);
    INFO("seed " << seed << "\n" << text);
    CHECK(read(text) == schema);
  }
}

TEST_CASE("nodes read back without a text between as well") {
  for (unsigned seed = 1000; seed < 1100; ++seed) {
    const Schema schema = testing::RandomSchema(seed).schema();
    const Source source = models("");
    const Node node = schema_to_node(schema);
    NodeReader reader(node, source, ErrorKind::kModel, "the models file");
    INFO("seed " << seed);
    CHECK(read_schema(reader) == schema);
    CHECK_NOTHROW(reader.finish());
  }
}

TEST_CASE("equal names in two schemas get keys of their own") {
  Schema schema;
  for (const char* where : {"", "auth", "audit"}) {
    schema.tables.push_back({});
    schema.tables.back().name = "user";
    schema.tables.back().schema = where;
  }
  schema.tables.push_back({});
  schema.tables.back().name = "auth.x";
  schema.tables.back().schema = "auth";
  CHECK(read(write(schema)) == schema);
}

TEST_CASE("defaults keep the difference between text, numbers, booleans and SQL") {
  struct Case {
    const char* yaml;
    Literal value;
  };
  const Case cases[] = {{"5", Literal::number("5")},
                        {"'5'", Literal::string("5")},
                        {"1.50", Literal::number("1.50")},
                        {"draft", Literal::string("draft")},
                        {"''", Literal::string("")},
                        {"true", Literal::boolean(true)},
                        {"'true'", Literal::string("true")},
                        {"no", Literal::string("no")},
                        {"null", Literal::null()},
                        {"{sql: CURRENT_TIMESTAMP}", Literal::expression("CURRENT_TIMESTAMP")},
                        {"{number: '0x1F'}", Literal::number("0x1F")},
                        {"!!binary AP8=", Literal::binary(std::string("\0\xFF", 2))}};
  for (const Case& test : cases) {
    INFO(test.yaml);
    const Table table =
        read_one(std::string("    columns:\n      a: {type: text, default: ") + test.yaml + "}\n");
    REQUIRE(table.columns[0].default_value);
    CHECK(*table.columns[0].default_value == test.value);
  }
}

TEST_CASE("other forms of the same thing are read alike") {
  struct Case {
    const char* a;
    const char* b;
  };
  const Case cases[] = {
      {"    columns: {a: {type: integer, primary_key: true}}\n",
       "    columns: {a: {type: integer}}\n    primary_key: [a]\n"},
      {"    columns: {a: {type: integer, primary_key: pk}}\n",
       "    columns: {a: {type: integer}}\n    constraints: [{name: pk, primary_key: a}]\n"},
      {"    columns: {a: {type: integer}}\n    primary_key: {name: pk, columns: [a]}\n",
       "    columns: {a: {type: integer}}\n    constraints: {pk: {primary_key: [a]}}\n"},
      {"    columns: {a: {type: integer, unique: uq}}\n",
       "    columns: {a: {type: integer}}\n    constraints: {uq: {unique: [a]}}\n"},
      {"    columns: {a: {type: integer, check: a > 0}}\n",
       "    columns: {a: {type: integer}}\n    constraints: [{check: {default: a > 0}}]\n"},
      {"    columns: {a: {type: integer, references: s.t.b, on_delete: set null}}\n",
       "    columns: {a: {type: integer}}\n    constraints: [{foreign_key: a, references: {table: "
       "s.t, "
       "columns: [b]}, on_delete: set_null}]\n"},
      {"    columns: {a: {type: integer, references: t, deferrable: true}}\n",
       "    columns: {a: {type: integer}}\n    constraints: [{foreign_key: a, references: {table: "
       "t}, "
       "deferrable: immediate}]\n"},
      {"    columns: {a: {type: integer}}\n    indexes: {i: {columns: a desc}}\n",
       "    columns: {a: {type: integer}}\n    indexes: [{name: i, columns: [{column: a, order: "
       "desc}]}]\n"},
      {"    columns: {a: {type: integer}}\n    sqlite: {strict: false}\n",
       "    columns: {a: {type: integer}}\n"},
      {"    columns: {a: {type: integer, unique: false, comment: }}\n",
       "    columns: {a: {type: integer}}\n"},
      {"    columns: {a: {type: integer}}\n    indexes:\n    constraints:\n",
       "    columns: {a: {type: integer}}\n"},
  };
  for (const Case& test : cases) {
    INFO(test.a << "\n" << test.b);
    CHECK(read_one(test.a) == read_one(test.b));
  }
}

TEST_CASE("views, virtual tables, enums and triggers have short forms") {
  const Schema schema = read(R"(format: 1
enums:
  mood: [sad, ok]
tables:
  post:
    columns: {id: {type: integer}}
    triggers:
      post_touch: {timing: before, events: update, body: "SELECT 1;"}
virtual_tables:
  post_fts: fts5(title, body)
  plain: rtree
views:
  recent: |
    SELECT *
    FROM post;
triggers:
  t: {table: post, events: [insert, delete], body: {sqlite: SELECT 2, default: SELECT 3}}
)");
  CHECK(schema.enums.at(0).values == std::vector<std::string>{"sad", "ok"});
  REQUIRE(schema.triggers.size() == 2);
  CHECK(schema.triggers[0].table == "post");
  CHECK(schema.triggers[0].timing == "before");
  CHECK(schema.triggers[1].body.for_dialect("sqlite") == "SELECT 2");
  CHECK(schema.virtual_tables.at(0).module == "fts5");
  CHECK(schema.virtual_tables[0].arguments == "title, body");
  CHECK(schema.virtual_tables.at(1).arguments.empty());
  CHECK(schema.views.at(0).query.common == "SELECT *\nFROM post");
}

}  // namespace
}  // namespace ormdb
