// Live: reading a PostgreSQL database.

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "base/sql_scanner.h"
#include "base/yaml.h"
#include "dialect/postgresql/introspect.h"
#include "ormdb/error.h"
#include "schema/schema_node.h"
#include "support/dialect_postgresql_server.h"

using namespace ormdb;
using namespace ormdb::test;
using postgresql::introspect;
using postgresql::PostgresqlConnection;
using postgresql::unmanaged;

namespace {

const std::string kCases = ORMDB_SOURCE_DIR "/tests/cases/postgresql_introspect";
constexpr int kOldestForCases = 150000;  // What the cases' DDL needs.

std::string text_of(const Schema& schema) { return render_yaml(schema_to_node(schema)); }

Schema schema_of_file(const std::string& path) {
  const Source source{path, read_file(path)};
  const Node document = parse_yaml_document(source, ErrorKind::kModel);
  NodeReader reader(document, source, ErrorKind::kModel, "models");
  return read_schema(reader);
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const std::string& file : list_files(kCases)) {
    if (file.ends_with(".sql")) names.push_back(file.substr(0, file.size() - 4));
  }
  return names;
}

void run_file(Connection& connection, const std::string& name) {
  const std::string sql = read_file(path_join(kCases, name + ".sql"));
  for (const SqlStatement& statement : split_sql(sql, SqlDialect::kPostgresql)) {
    connection.execute(statement.text);
  }
}

// Counts what is sent, and notes anything that is no reading.
class Counting : public Connection {
 public:
  explicit Counting(Connection& connection) : connection_(connection) {}
  void execute(std::string_view sql, const std::vector<Value>& parameters) override {
    ++count_;
    connection_.execute(sql, parameters);
  }
  Rows query(std::string_view sql, const std::vector<Value>& parameters) override {
    ++count_;
    return connection_.query(sql, parameters);
  }
  bool in_transaction() const override { return connection_.in_transaction(); }
  int count() const { return count_; }

 private:
  Connection& connection_;
  int count_ = 0;
};

std::vector<std::string> table_names(const Schema& schema) {
  std::vector<std::string> names;
  for (const Table& table : schema.tables) names.push_back(qualified_name(table));
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("what DDL makes is read", "[postgresql][live]") {
  for (const std::string& name : case_names()) {
    const auto database = postgresql_database();
    if (!database) return;
    const auto connection = database->connect();
    if (connection->server_version() < kOldestForCases) {
      WARN("skipped: the server is older than the cases");
      return;
    }
    INFO(name);
    run_file(*connection, name);
    const Schema expected = schema_of_file(path_join(kCases, name + ".yaml"));
    const Schema found = introspect(*connection, {});
    CHECK(text_of(found) == text_of(expected));
    CHECK(found == expected);
    CHECK(introspect(*connection, {}) == found);
  }
}

TEST_CASE("settings of the session change nothing in what is read", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  if (connection->server_version() < kOldestForCases) return;
  for (const char* name : {"columns", "sequences", "tables", "routines", "views"}) {
    connection->execute("DROP SCHEMA public CASCADE");
    connection->execute("DROP SCHEMA IF EXISTS app CASCADE");
    connection->execute("CREATE SCHEMA public");
    run_file(*connection, name);
    const Schema expected = introspect(*connection, {});
    for (const char* setting :
         {"TimeZone = 'Asia/Kolkata'", "DateStyle = 'SQL, DMY'", "IntervalStyle = 'iso_8601'",
          "extra_float_digits = -10", "quote_all_identifiers = on", "bytea_output = 'escape'",
          "search_path = public, app, pg_catalog", "default_transaction_read_only = on",
          "default_transaction_isolation = 'serializable'"}) {
      INFO(name << ": " << setting);
      connection->execute(std::string("SET ") + setting);
      CHECK(text_of(introspect(*connection, {})) == text_of(expected));
      connection->execute("RESET ALL");
    }
  }
}

TEST_CASE("a temporary table is not read and hides nothing", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  connection->execute("CREATE TABLE parent (id integer PRIMARY KEY)");
  connection->execute("CREATE TABLE child (id integer, CHECK (id > 0)) INHERITS (parent)");
  const Schema expected = introspect(*connection, {});
  connection->execute("CREATE TEMPORARY TABLE parent (other text)");
  CHECK(text_of(introspect(*connection, {})) == text_of(expected));
}

TEST_CASE("the default schema is the search path's first", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  connection->execute("CREATE SCHEMA app");
  connection->execute("CREATE TABLE app.a (id integer PRIMARY KEY)");
  connection->execute("CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES app.a)");
  CHECK(table_names(introspect(*connection, {})) == Names{"b", "app.a"});
  CHECK(introspect(*connection, {}).find_table("b")->foreign_keys.at(0).referenced_table ==
        "app.a");
  connection->execute("SET search_path = app");
  const Schema schema = introspect(*connection, {});
  CHECK(table_names(schema) == Names{"a", "public.b"});
  CHECK(schema.find_table("public.b")->foreign_keys.at(0).referenced_table == "a");
  connection->execute("SET search_path = ''");
  CHECK(table_names(introspect(*connection, {})) == Names{"app.a", "public.b"});
}

TEST_CASE("only the schemas asked for are read", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  connection->execute("CREATE SCHEMA app_one");
  connection->execute("CREATE SCHEMA app_two");
  connection->execute("CREATE SCHEMA other");
  connection->execute("CREATE EXTENSION citext SCHEMA other");
  connection->execute("CREATE TABLE other.target (x integer, y integer, PRIMARY KEY (y, x))");
  connection->execute("CREATE TYPE other.mood AS ENUM ('sad')");
  connection->execute(
      "CREATE TABLE app_one.a (x integer, y integer, m other.mood, c other.citext,"
      " FOREIGN KEY (y, x) REFERENCES other.target)");
  connection->execute("CREATE TABLE app_two.b (id serial)");
  connection->execute("CREATE TABLE in_public (id integer)");
  IntrospectOptions options;
  options.schemas = {"app_*"};
  const Schema schema = introspect(*connection, options);
  CHECK(table_names(schema) == Names{"app_one.a", "app_two.b"});
  const Table& table = schema.tables.front();
  CHECK(table.foreign_keys.at(0).referenced_table == "other.target");
  CHECK(table.foreign_keys.at(0).referenced_columns == Names{"y", "x"});
  CHECK(table.find_column("m")->type == Type::native_of("postgresql", "other.mood"));
  CHECK(table.find_column("c")->type == Type::native_of("postgresql", "other.citext"));
  CHECK(schema.enums.empty());
  CHECK(schema.objects.size() == 2);  // The two schemas.
  options.schemas = {"public"};
  CHECK(table_names(introspect(*connection, options)) == Names{"in_public"});
}

TEST_CASE("what belongs to extensions and ignored tables is left out", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  connection->execute("CREATE EXTENSION hstore");
  connection->execute("CREATE EXTENSION pg_stat_statements");
  connection->execute("CREATE TABLE member (id serial PRIMARY KEY, h hstore)");
  connection->execute("ALTER EXTENSION hstore ADD TABLE member");
  connection->execute("CREATE TABLE \"Versions\" (id serial PRIMARY KEY, note text UNIQUE)");
  connection->execute("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'");
  connection->execute("CREATE TRIGGER t AFTER INSERT ON \"Versions\" EXECUTE FUNCTION f()");
  connection->execute("CREATE TABLE kept (id integer, v integer REFERENCES \"Versions\")");
  IntrospectOptions options;
  options.ignored_tables = {"versions"};
  const Schema schema = introspect(*connection, options);
  CHECK(table_names(schema) == Names{"kept"});
  CHECK(schema.tables.front().foreign_keys.at(0).referenced_table == "Versions");
  CHECK(schema.tables.front().foreign_keys.at(0).referenced_columns == Names{"id"});
  CHECK(schema.views.empty());
  CHECK(schema.triggers.empty());
  Names objects;
  for (const DatabaseObject& object : schema.objects) {
    objects.push_back(object.kind + " " + object.name);
  }
  CHECK(objects == Names{"extension hstore", "extension pg_stat_statements", "function f"});
}

TEST_CASE("a transaction that is open is read and left as it was", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  connection->execute("CREATE SCHEMA app");
  connection->execute("BEGIN");
  connection->execute("SET LOCAL search_path = public, app");
  connection->execute("CREATE TABLE fresh (id integer)");
  CHECK(table_names(introspect(*connection, {})) == Names{"fresh"});
  CHECK(connection->in_transaction());
  CHECK(value(*connection, "SHOW search_path") == "public, app");
  connection->execute("CREATE TABLE fresher (id integer)");
  CHECK(table_names(introspect(*connection, {})) == Names{"fresh", "fresher"});
  connection->execute("ROLLBACK");
  CHECK(introspect(*connection, {}).tables.empty());
  CHECK_FALSE(connection->in_transaction());
}

TEST_CASE("the number of statements does not grow with the schema", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  Counting counting(*connection);
  introspect(counting, {});
  const int when_empty = counting.count();
  connection->execute(
      "DO $$ BEGIN FOR i IN 1..50 LOOP EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY,"
      " a text DEFAULT ''x'' UNIQUE, CHECK (a <> ''''))', i); END LOOP; END $$");
  CHECK(introspect(counting, {}).tables.size() == 50);
  CHECK(counting.count() == 2 * when_empty);
  CHECK(when_empty < 25);
}

TEST_CASE("what has no place in a schema is listed", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  CHECK(unmanaged(*connection, {}).empty());
  connection->execute("CREATE EXTENSION file_fdw");
  connection->execute("CREATE SCHEMA app");
  for (const char* sql :
       {"CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
        "CREATE FOREIGN TABLE app.ft (a integer) SERVER files OPTIONS (filename '/dev/null')",
        "CREATE USER MAPPING FOR PUBLIC SERVER files",
        "CREATE TEXT SEARCH CONFIGURATION plain (COPY = pg_catalog.english)",
        "CREATE TYPE app.span AS RANGE (subtype = float8)", "CREATE PUBLICATION news",
        "CREATE OPERATOR CLASS ops FOR TYPE integer USING btree AS OPERATOR 1 <",
        "CREATE OPERATOR FAMILY lone USING hash", "CREATE CAST (integer AS point) WITH INOUT",
        "SELECT lo_create(0)", "CREATE VIEW app.v AS SELECT 1 AS a",
        "ALTER VIEW app.v ALTER a SET DEFAULT 5"}) {
    connection->execute(sql);
  }
  CHECK(unmanaged(*connection, {}) ==
        Names{"cast (integer as point)", "default of view column app.v.a", "foreign table app.ft",
              "large objects", "operator class ops", "operator family lone", "publication news",
              "range type app.span", "server files", "text search configuration plain",
              "user mapping public on files"});
  CHECK(introspect(*connection, {}).tables.empty());
}

TEST_CASE(
    "a constant of a domain's column is read without the cast to what the domain is made of") {
  const auto database = postgresql_database();
  if (database == nullptr) return;
  const auto connection = database->connect();
  connection->execute("CREATE DOMAIN word AS text");
  connection->execute("CREATE DOMAIN \"Short Word\" AS word");
  connection->execute("CREATE DOMAIN price AS numeric(9,2)");
  connection->execute(
      "CREATE TABLE t (a word DEFAULT 'it''s', b \"Short Word\" DEFAULT 'ok', c price DEFAULT 1,"
      " d word DEFAULT upper('x'))");
  const Schema schema = introspect(*connection, {});
  const std::vector<Column>& columns = schema.find_table("t")->columns;
  CHECK(columns[0].default_value == Literal::string("it's"));
  CHECK(columns[1].default_value == Literal::string("ok"));
  CHECK(columns[2].default_value == Literal::number("1"));
  CHECK(columns[3].default_value == Literal::expression("upper('x'::text)"));
}
