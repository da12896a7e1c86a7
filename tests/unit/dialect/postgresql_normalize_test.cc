#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "dialect/postgresql/rules.h"
#include "dialect/sqlite/rules.h"
#include "ormdb/error.h"
#include "ormdb/schema.h"

using namespace ormdb;

namespace {

using Settings = std::map<std::string, std::string>;

Schema normal(const Schema& schema) { return postgresql_rules().normalize(schema); }

Column column(const std::string& name, const std::string& type) {
  Column result;
  result.name = name;
  result.type = *parse_type(type);
  return result;
}

KeyPart part(const std::string& name) {
  KeyPart result;
  result.column = name;
  return result;
}

Table table_of(std::vector<Column> columns) {
  Table table;
  table.name = "t";
  table.columns = std::move(columns);
  return table;
}

Schema schema_of(Table table) {
  Schema schema;
  schema.tables.push_back(std::move(table));
  return schema;
}

Schema with_default(const std::string& type, const Literal& value) {
  Column a = column("a", type);
  a.default_value = value;
  return schema_of(table_of({a}));
}

Literal sql(const std::string& text) { return Literal::expression(text); }

DatabaseObject object(const std::string& kind, const std::string& name, Settings texts = {}) {
  DatabaseObject result;
  result.kind = kind;
  result.name = name;
  for (const auto& [key, text] : texts) result.properties[key] = SqlText{text, {}};
  return result;
}

DatabaseObject routine(const std::string& signature, Settings texts) {
  texts.emplace("body", "SELECT 1");
  DatabaseObject result = object("function", "f", std::move(texts));
  result.signature = signature;
  return result;
}

Schema schema_of(DatabaseObject value) {
  Schema schema;
  schema.objects.push_back(std::move(value));
  return schema;
}

Check check(const std::string& name, const std::string& expression) {
  Check result;
  result.name = name;
  result.expression.common = expression;
  return result;
}

struct DefaultPair {
  std::string type;
  Literal a, b;
};

struct ObjectPair {
  DatabaseObject a, b;
};

using Change = std::function<void(Table&)>;

Options own(Settings settings) { return {{"postgresql", std::move(settings)}}; }

// One of everything.
Schema rich_schema() {
  Schema schema;
  schema.enums.push_back({"kind", "app", {"b", "a"}, "kinds"});
  Column id = column("id", "integer");
  id.options = own({{"identity", "BY DEFAULT"}, {"identity_start", "1"}, {"identity_cache", "5"}});
  Column status = column("status", "string(20)");
  status.default_value = sql("'new'::character varying");
  Column kind = column("kind", "enum(app.kind)");
  kind.default_value = sql("'a'::app.kind");
  Column total = column("total", "numeric(10,2)");
  total.generated = Generated{SqlText{"((price * (2)::numeric))", {}}, true};
  Column price = column("price", "numeric");
  Table t = table_of({id, status, kind, price, total});
  t.comment = "things";
  t.options = {{"postgresql", {{"fillfactor", "70"}, {"row_security", "true"}}},
               {"sqlite", {{"strict", "true"}}}};
  t.primary_key = PrimaryKey{"t_pkey", {part("id")}, Deferrable::kNo, {}};
  t.uniques.push_back(
      {"u", {part("status")}, Deferrable::kDeferred, own({{"nulls_not_distinct", "true"}})});
  ForeignKey key;
  key.columns = {"id"};
  key.referenced_table = "t";
  key.match = "simple";
  t.foreign_keys.push_back(key);
  t.checks = {check("z", "((status)::text = ANY ((ARRAY['a'::varchar, 'b'::varchar])::text[]))"),
              check("y", "price > 0")};
  Exclude exclude;
  exclude.elements.push_back({part("kind"), "="});
  exclude.where.common = "(price > (0)::numeric)";
  t.excludes.push_back(exclude);
  Index index;
  index.name = "ix";
  index.columns = {part("kind"), KeyPart{}};
  index.columns[0].nulls = "last";
  index.columns[1].expression.common = "lower((status)::text)";
  index.where.common = "(status IS NOT NULL)";
  index.method = "BTREE";
  t.indexes.push_back(index);
  schema.tables.push_back(t);
  View view;
  view.name = "v";
  view.query.common = " SELECT t.id\n   FROM t;";
  view.materialized = true;
  view.indexes.push_back(index);
  schema.views.push_back(view);
  Trigger trigger;
  trigger.name = "tr";
  trigger.table = "t";
  trigger.timing = "before";
  trigger.events = {"delete", "insert"};
  trigger.when.common = "((new.status)::text = 'a'::text)";
  trigger.function = "touch('x', 1)";
  schema.triggers.push_back(trigger);
  schema.virtual_tables.push_back({"search", "fts5", "body", ""});
  schema.objects = {
      object("sequence", "s", {{"type", "int"}, {"start", "1"}, {"max", "2147483647"}}),
      routine("int, varchar(20)", {{"arguments", "a int, b varchar DEFAULT 'x'::character varying"},
                                   {"returns", "TABLE(a int, b double precision)"},
                                   {"language", "PLpgSQL"}}),
      object("domain", "d", {{"type", "varchar(5)"}, {"default", "'x'::character varying"}}),
      object("policy", "p", {{"command", "ALL"}, {"using", "((status)::text = 'a'::text)"}}),
      object("event", "e", {{"body", "SELECT 1"}, {"schedule", "EVERY 1 DAY"}}),
      object("extension", "plpgsql"),
      object("statistics", "st", {{"on", "t"}}),
  };
  schema.objects[3].table = "t";
  schema.objects[2].properties["checks"] =
      std::vector<NamedText>{{"d_check", "((VALUE)::text <> ''::text)"}};
  schema.objects[6].properties["columns"] = std::vector<std::string>{"status", "(price + 1)"};
  return schema;
}

}  // namespace

TEST_CASE("normalizing a normalized PostgreSQL schema changes nothing") {
  const Schema once = normal(rich_schema());
  const Schema twice = normal(once);
  CHECK(once.enums == twice.enums);
  CHECK(once.tables == twice.tables);
  CHECK(once.views == twice.views);
  CHECK(once.triggers == twice.triggers);
  CHECK(once.objects == twice.objects);
  CHECK(once == twice);
}

TEST_CASE("what PostgreSQL has no place for is gone") {
  const Schema schema = normal(rich_schema());
  CHECK(schema.virtual_tables.empty());
  CHECK(schema.objects.size() == 5);  // no event, no plpgsql
  CHECK(schema.tables[0].options == own({{"fillfactor", "70"}, {"row_security", "true"}}));
  Schema sqlite;
  Trigger trigger;
  trigger.name = "tr";
  trigger.body.common = "SELECT 1";
  sqlite.triggers.push_back(trigger);
  CHECK(normal(sqlite).triggers.empty());
}

TEST_CASE("defaults that mean the same for their column are equal on PostgreSQL") {
  const std::vector<DefaultPair> pairs = {
      {"string(20)", Literal::string("x"), sql("'x'::character varying")},
      {"string(20)", Literal::string("x"), sql("('x'::text)")},
      {"text", Literal::string("it's"), sql("E'it\\'s'::text")},
      {"text", Literal::string("a\\b"), sql("E'a\\\\b'::text")},
      {"integer", Literal::number("5"), Literal::string("5")},
      {"integer", Literal::number("-1"), sql("'-1'::integer")},
      {"big_integer", Literal::number("5000000000"), sql("'5000000000'::bigint")},
      {"numeric", Literal::number("-0.5"), sql("'-0.5'::numeric")},
      {"numeric", Literal::number("0"), sql("(0)::numeric")},
      {"double", Literal::number("0"), sql("0::double precision")},
      {"boolean", Literal::boolean(true), sql("TRUE")},
      {"boolean", Literal::boolean(true), Literal::number("1")},
      {"boolean", Literal::boolean(false), Literal::string("f")},
      {"datetime(tz)", sql("CURRENT_TIMESTAMP"), sql("(now())")},
      {"date", Literal::string("2020-01-01"), sql("'2020-01-01'::date")},
      {"jsonb", Literal::string("{}"), sql("'{}'::jsonb")},
      {"array(text)", Literal::string("{}"), sql("'{}'::text[]")},
      {"large_binary", Literal::binary("\x01\xab"), sql("'\\x01ab'::bytea")},
      {"integer", sql("nextval('s'::regclass)"), sql("NEXTVAL ( 's' :: regclass )")},
      {"uuid", sql("gen_random_uuid()"), sql("GEN_RANDOM_UUID()")},
  };
  for (const DefaultPair& pair : pairs) {
    INFO(pair.type << ": " << pair.a.text << pair.a.sql.common << " | " << pair.b.text
                   << pair.b.sql.common);
    CHECK(normal(with_default(pair.type, pair.a)) == normal(with_default(pair.type, pair.b)));
  }
}

TEST_CASE("defaults that differ are told apart on PostgreSQL") {
  const std::vector<DefaultPair> pairs = {
      {"text", Literal::string("A"), Literal::string("a")},
      {"text", Literal::string("1"), Literal::string("01")},
      {"integer", Literal::number("1"), Literal::number("-1")},
      {"date", sql("now()"), sql("'now'::date")},
      {"jsonb", Literal::string("{}"), sql("'{}'::json")},
      {"text", Literal::string("now()"), sql("now()")},
      {"integer", sql("nextval('a'::regclass)"), sql("nextval('b'::regclass)")},
  };
  for (const DefaultPair& pair : pairs) {
    INFO(pair.type << ": " << pair.a.text << pair.a.sql.common);
    CHECK(normal(with_default(pair.type, pair.a)) != normal(with_default(pair.type, pair.b)));
  }
}

TEST_CASE("DEFAULT NULL is no default but for a domain that has its own") {
  const Schema none = schema_of(table_of({column("a", "integer")}));
  CHECK(normal(with_default("integer", Literal::null())) == normal(none));
  const Schema text = normal(with_default("string(5)", sql("NULL::character varying")));
  CHECK_FALSE(text.tables[0].columns[0].default_value);
  Schema domain = with_default("integer", Literal::null());
  domain.tables[0].columns[0].type = Type::native_of("postgresql", "d");
  domain.objects.push_back(object("domain", "d", {{"type", "text"}, {"default", "'x'"}}));
  CHECK(normal(domain).tables[0].columns[0].default_value == Literal::null());
}

TEST_CASE("parts of tables that mean the same are equal on PostgreSQL") {
  const Table plain = [] {
    Table table = table_of({column("a", "string(5)"), column("b", "integer")});
    table.primary_key = PrimaryKey{"", {part("b")}, Deferrable::kNo, {}};
    table.uniques.push_back({"", {part("a")}, Deferrable::kNo, {}});
    table.checks = {check("", "a IN ('x', 'y')"), check("", "b > 0")};
    Index index;
    index.name = "ix";
    index.columns = {part("a"), part("b")};
    index.columns[1].descending = true;
    table.indexes.push_back(index);
    ForeignKey key;
    key.columns = {"b"};
    key.referenced_table = "t";
    table.foreign_keys.push_back(key);
    return table;
  }();
  const std::vector<std::pair<std::string, Change>> same = {
      {"names of constraints",
       [](Table& t) {
         t.primary_key->name = "t_pkey";
         t.uniques[0].name = "u";
         t.checks[0].name = "c";
         t.foreign_keys[0].name = "f";
       }},
      {"the catalog's check",
       [](Table& t) {
         t.checks[0] = check(
             "",
             "((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]))");
       }},
      {"the order of checks", [](Table& t) { std::swap(t.checks[0], t.checks[1]); }},
      {"a check that stands twice", [](Table& t) { t.checks.push_back(t.checks[0]); }},
      {"the order of NULLs that is the default",
       [](Table& t) {
         t.indexes[0].columns[0].nulls = "last";
         t.indexes[0].columns[1].nulls = "first";
       }},
      {"btree", [](Table& t) { t.indexes[0].method = "btree"; }},
      {"a column as an expression",
       [](Table& t) {
         t.indexes[0].columns[0] = KeyPart{};
         t.indexes[0].columns[0].expression.common = "(a)";
       }},
      {"a key's columns can be null", [](Table& t) { t.columns[1].nullable = true; }},
      {"the referenced key", [](Table& t) { t.foreign_keys[0].referenced_columns = {"b"}; }},
      {"other dialects' options", [](Table& t) { t.options["sqlite"]["without_rowid"] = "true"; }},
      {"flags that are off",
       [](Table& t) {
         t.options = own({{"unlogged", "false"}});
       }},
      {"a native spelling",
       [](Table& t) { t.columns[0].type = Type::native_of("postgresql", "VARCHAR(5)"); }},
      {"an identity that is denied",
       [](Table& t) {
         t.columns[1].options = own({{"identity", "none"}});
       }},
  };
  for (const auto& [what, change] : same) {
    INFO(what);
    Table changed = plain;
    change(changed);
    CHECK(normal(schema_of(changed)) == normal(schema_of(plain)));
  }
  const std::vector<std::pair<std::string, Change>> different = {
      {"a comment", [](Table& t) { t.comment = "x"; }},
      {"the name of an index", [](Table& t) { t.indexes[0].name = "other"; }},
      {"the order of NULLs", [](Table& t) { t.indexes[0].columns[0].nulls = "first"; }},
      {"a deferrable key", [](Table& t) { t.uniques[0].deferrable = Deferrable::kDeferred; }},
      {"a storage parameter that is off",
       [](Table& t) {
         t.options = own({{"autovacuum_enabled", "off"}});
       }},
      {"a case that counts", [](Table& t) { t.columns[0].name = "A"; }},
      {"an identity",
       [](Table& t) {
         t.columns[1].options = own({{"identity", "always"}});
       }},
  };
  for (const auto& [what, change] : different) {
    INFO(what);
    Table changed = plain;
    change(changed);
    CHECK(normal(schema_of(changed)) != normal(schema_of(plain)));
  }
}

TEST_CASE("the columns of partitions and inherited ones are their parents' business") {
  Table partition = table_of({column("a", "integer")});
  partition.options = own({{"partition_of", "p"}, {"partition_bound", "DEFAULT"}});
  CHECK(normal(schema_of(partition)).tables[0].columns.empty());
  Table child = table_of({column("a", "integer"), column("b", "integer")});
  child.columns[0].options = own({{"inherited", "true"}});
  child.columns[1].options = own({{"inherited", "merged"}});
  const Table left = normal(schema_of(child)).tables[0];
  REQUIRE(left.columns.size() == 1);
  CHECK(left.columns[0].name == "b");
  CHECK(left.columns[0].options.empty());
}

TEST_CASE("objects that mean the same are equal on PostgreSQL") {
  const std::vector<ObjectPair> pairs = {
      {object("sequence", "s"), object("sequence", "s",
                                       {{"type", "bigint"},
                                        {"start", "1"},
                                        {"increment", "1"},
                                        {"min", "1"},
                                        {"max", "9223372036854775807"},
                                        {"cache", "1"},
                                        {"cycle", "false"}})},
      {object("sequence", "s", {{"increment", "-1"}}),
       object(
           "sequence", "s",
           {{"increment", "-1"}, {"max", "-1"}, {"start", "-1"}, {"min", "-9223372036854775808"}})},
      {object("sequence", "s", {{"type", "integer"}}),
       object("sequence", "s", {{"type", "int4"}, {"max", "2147483647"}})},
      {routine("integer, character varying", {}),
       routine("int, varchar(20)", {{"language", "SQL"},
                                    {"volatility", "VOLATILE"},
                                    {"parallel", "unsafe"},
                                    {"cost", "100"},
                                    {"arguments", "int4, varchar"}})},
      {routine("", {{"arguments", "OUT a integer"}}),
       routine("", {{"arguments", "out a int"}, {"returns", "integer"}})},
      {routine("", {{"returns", "SETOF text"}, {"rows", "1000"}}),
       routine("", {{"returns", "setof TEXT"}})},
      {routine("timestamp with time zone", {{"arguments", "\"at\" timestamptz = now()"}}),
       routine("timestamptz", {{"arguments", "IN at timestamp with time zone DEFAULT now()"}})},
      {object("function", "f", {{"sql_body", "RETURN (a + b)"}}),
       object("function", "f", {{"sql_body", "return a + b"}})},
      {object("policy", "p", {{"using", "(a > 0)"}}),
       object("policy", "p", {{"using", "a > 0"}, {"command", "all"}})},
      {object("rule", "r", {{"event", "INSERT"}, {"action", "NOTHING"}, {"enabled", "origin"}}),
       object("rule", "r", {{"event", "insert"}, {"action", "nothing"}})},
      {object("collation", "c", {{"provider", "libc"}, {"lc_collate", "C"}, {"lc_ctype", "C"}}),
       object("collation", "c", {{"locale", "C"}})},
      {object("extension", "citext", {{"version", "1.6"}}), object("extension", "citext")},
      {object("domain", "d", {{"type", "varchar(5)"}, {"default", "'x'::character varying"}}),
       object("domain", "d", {{"type", "character varying(5)"}, {"default", "'x'"}})},
  };
  for (const ObjectPair& pair : pairs) {
    INFO(pair.a.kind << " " << pair.a.signature << " | " << pair.b.signature);
    CHECK(normal(schema_of(pair.a)).objects == normal(schema_of(pair.b)).objects);
  }
}

TEST_CASE("objects that differ are told apart on PostgreSQL") {
  const std::vector<ObjectPair> pairs = {
      {object("sequence", "s"), object("sequence", "s", {{"start", "10"}})},
      {routine("integer", {}), routine("bigint", {})},
      {routine("", {{"body", "SELECT 1"}}), routine("", {{"body", "select 1"}})},
      {routine("", {{"cost", "1"}}), routine("", {})},
      {routine("", {{"cost", "100"}, {"language", "c"}}), routine("", {{"language", "c"}})},
      {routine("integer", {{"arguments", "a integer"}}),
       routine("integer", {{"arguments", "b integer"}})},
      {object("policy", "p", {{"restrictive", "true"}}), object("policy", "p")},
  };
  for (const ObjectPair& pair : pairs) {
    INFO(pair.a.kind << " " << pair.a.signature << " | " << pair.b.signature);
    CHECK(normal(schema_of(pair.a)).objects != normal(schema_of(pair.b)).objects);
  }
}

TEST_CASE("a routine's body for another dialect is none for PostgreSQL") {
  DatabaseObject function = object("function", "f");
  function.properties["body"] = SqlText{"", {{"mysql", "RETURN 1"}}};
  CHECK(normal(schema_of(function)).objects.empty());
  function.properties["body"] = SqlText{"", {{"postgresql", "SELECT 1\r\n"}, {"mysql", "x"}}};
  const Schema schema = normal(schema_of(function));
  REQUIRE(schema.objects.size() == 1);
  CHECK(schema.objects[0].text("body") == "SELECT 1\n");
}

TEST_CASE("triggers are equal whatever the order of their events and the spelling of the call") {
  Schema a, b;
  Trigger trigger;
  trigger.name = "tr";
  trigger.table = "t";
  trigger.events = {"insert", "update"};
  trigger.function = "touch('x', '1')";
  a.triggers.push_back(trigger);
  trigger.events = {"UPDATE", "insert"};
  trigger.function = "Touch ( x, 1 )";
  b.triggers.push_back(trigger);
  CHECK(normal(a) == normal(b));
  b.triggers[0].function = "touch";
  a.triggers[0].function = "touch()";
  CHECK(normal(a) == normal(b));
}

TEST_CASE("models may spell the default schema") {
  Schema schema;
  schema.enums.push_back({"kind", "public", {"a"}, ""});
  Table table = table_of({column("a", "enum(public.kind)")});
  table.schema = "public";
  ForeignKey key;
  key.columns = {"a"};
  key.referenced_table = "public.t";
  table.foreign_keys.push_back(key);
  schema.tables.push_back(table);
  const Schema plain = postgresql_rules().expressible(schema);
  CHECK(plain.tables[0].schema.empty());
  CHECK(plain.tables[0].foreign_keys[0].referenced_table == "t");
  CHECK(plain.tables[0].columns[0].type.name == "kind");
  CHECK(plain.enums[0].schema.empty());
  schema.objects.push_back(object("schema", "public"));
  CHECK(postgresql_rules().expressible(schema).tables[0].schema == "public");
}

TEST_CASE("models for SQLite as well become expressible on PostgreSQL") {
  Schema schema = with_default("boolean", Literal::number("0"));
  schema.tables[0].columns[0].collation = "NOCASE";
  const Schema result = postgresql_rules().expressible(schema);
  CHECK(result.tables[0].columns[0].default_value == Literal::boolean(false));
  CHECK(result.tables[0].columns[0].collation.empty());
  const Schema routines = postgresql_rules().expressible(schema_of(routine("int, text", {})));
  CHECK(routines.objects[0].signature == "integer, text");
}

TEST_CASE("a column's type that PostgreSQL cannot have is named with its column") {
  Schema schema = schema_of(table_of({column("a", "integer")}));
  schema.tables[0].columns[0].type = Type::native_of("sqlite", "NVARCHAR(5)");
  try {
    postgresql_rules().expressible(schema);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUnsupported);
    CHECK(error.message().find("t.a") != std::string::npos);
  }
  schema.tables[0].columns[0].type = Type::native_of("postgresql", "serial");
  CHECK_THROWS_AS(postgresql_rules().expressible(schema), Error);
}

TEST_CASE("models for PostgreSQL as well keep on SQLite what it has a place for") {
  const Schema schema = sqlite_rules().normalize(rich_schema());
  CHECK(schema.objects.empty());
  CHECK(schema.triggers.empty());  // no body for SQLite
  REQUIRE(schema.tables.size() == 1);
  CHECK(schema.tables[0].excludes.empty());
  REQUIRE(schema.views.size() == 1);
  CHECK_FALSE(schema.views[0].materialized);
  CHECK(schema.views[0].indexes.empty());
}
