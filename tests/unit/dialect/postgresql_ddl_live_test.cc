// Every kind of object and change on a server: from one database to another and back, by the
// operations that their difference gives. What the compiled SQL makes must be what is read from a
// database that was built directly.
#include <catch2/catch.hpp>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/dialect.h"
#include "ormdb/diff.h"
#include "ormdb/error.h"
#include "support/dialect_postgresql_server.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

struct Case {
  std::string name;
  std::string before;
  std::string after;
  bool both_ways = true;
};

const Dialect& adapter() { return postgresql_dialect(); }

void load(Connection& connection, const std::string& sql) {
  for (const SqlStatement& statement : split_sql(sql, SqlDialect::kPostgresql)) {
    connection.execute(statement.text);
  }
}

Schema introspected(Connection& connection) { return adapter().introspect(connection, {}); }

Schema schema_of(Connection& connection, const std::string& sql) {
  const Transaction transaction(connection, "BEGIN");
  load(connection, sql);
  return introspected(connection);
}

std::string text_of(const std::vector<Operation>& operations) {
  std::string text;
  for (const Operation& operation : operations) text += describe(operation) + "\n";
  return text;
}

// Loads `from`, runs the difference to `to` and compares; nothing is left.
void change(Connection& connection, const std::string& from, const std::string& to) {
  const SchemaRules& rules = adapter().rules();
  const Schema wanted = schema_of(connection, to);
  const Transaction transaction(connection, "BEGIN");
  load(connection, from);
  Schema schema = introspected(connection);
  const std::vector<Operation> operations = diff(schema, wanted, rules);
  CHECK_FALSE(operations.empty());
  const CompiledSection section = adapter().compile(operations, schema);
  std::string sql;
  for (const Statement& statement : section.statements) sql += statement.sql + ";\n";
  INFO(text_of(operations));
  INFO(sql);
  try {
    for (const Statement& statement : section.statements) connection.execute(statement.sql);
  } catch (const Error& error) {
    FAIL_CHECK(error.statement() << ": " << error.message());
    return;
  }
  const Schema found = introspected(connection);
  INFO("left: " << text_of(diff(found, wanted, rules)));
  CHECK(equivalent(found, wanted, rules));
  INFO("in memory: " << text_of(diff(schema, wanted, rules)));
  CHECK(equivalent(schema, wanted, rules));
}

// Without what the server is too old for.
std::string fitting(std::string sql, int version) {
  if (version < 150000) sql = replace_all(std::move(sql), " NULLS NOT DISTINCT", "");
  if (version < 140000) {
    sql = replace_all(std::move(sql), "SET COMPRESSION pglz", "SET STATISTICS 5");
    sql = replace_all(std::move(sql), "BEGIN ATOMIC SELECT 1, 2; END", "AS 'SELECT 1, 2'");
  }
  return sql;
}

void check_cases(const std::vector<Case>& cases) {
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  for (const Case& one : cases) {
    INFO(one.name);
    const std::string before = fitting(one.before, connection->server_version());
    const std::string after = fitting(one.after, connection->server_version());
    change(*connection, before, after);
    if (one.both_ways) change(*connection, after, before);
  }
}

const std::string kUsers = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);";

}  // namespace

TEST_CASE("tables and their parts come, change and go on the server", "[postgresql][live]") {
  check_cases({
      {"table with everything", "", kUsers + R"(CREATE UNLOGGED TABLE "Post" (
          id bigint GENERATED ALWAYS AS IDENTITY (START WITH 10 INCREMENT BY 2) PRIMARY KEY,
          number serial, small smallserial,
          title varchar(80) COLLATE "C" NOT NULL DEFAULT 'it''s',
          "order" numeric(10,2) DEFAULT 1.5, made timestamptz NOT NULL DEFAULT now(),
          flags boolean DEFAULT ((1 > 0) AND (2 > 1)), tags text[] DEFAULT '{}'::text[],
          doubled numeric GENERATED ALWAYS AS ("order" * 2) STORED,
          user_id integer REFERENCES users (id) ON DELETE SET NULL ON UPDATE CASCADE
            DEFERRABLE INITIALLY DEFERRED,
          CONSTRAINT positive CHECK ("order" > 0) NO INHERIT,
          UNIQUE NULLS NOT DISTINCT (title, number) INCLUDE (small),
          EXCLUDE USING btree (small WITH =) WHERE (small > 3)
        ) WITH (fillfactor = 70, toast.autovacuum_enabled = false);
        COMMENT ON TABLE "Post" IS 'posts';
        COMMENT ON COLUMN "Post"."order" IS 'an order';
        COMMENT ON CONSTRAINT positive ON "Post" IS 'more than none';
        ALTER TABLE "Post" ALTER title SET STORAGE EXTERNAL, ALTER title SET STATISTICS 50,
          ALTER title SET COMPRESSION pglz;
        ALTER TABLE "Post" ADD CONSTRAINT late CHECK (small < 100) NOT VALID;
        CREATE INDEX "By Title" ON "Post" USING btree (lower(title) text_pattern_ops DESC, id)
          INCLUDE (small) WITH (fillfactor = 90) WHERE title <> '';
        COMMENT ON INDEX "By Title" IS 'by title';
        CREATE INDEX tags_ix ON "Post" USING gin (tags);
        ALTER TABLE "Post" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        ALTER TABLE "Post" REPLICA IDENTITY FULL;)"},
      {"cyclic keys", "",
       "CREATE TABLE a (id integer PRIMARY KEY, b_id integer);"
       "CREATE TABLE b (id integer PRIMARY KEY, a_id integer REFERENCES a);"
       "ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;"},
      {"settings of a table", kUsers + "CREATE INDEX ix ON users (name);",
       kUsers + "CREATE INDEX ix ON users (name); CREATE UNIQUE INDEX ux ON users (name);"
                "ALTER TABLE users SET (fillfactor = 80); ALTER TABLE users CLUSTER ON ix;"
                "ALTER TABLE users REPLICA IDENTITY USING INDEX ux; COMMENT ON TABLE users IS 'x';"
                "ALTER TABLE users SET UNLOGGED; ALTER TABLE users ENABLE ROW LEVEL SECURITY;"},
      {"a key that is validated",
       kUsers + "CREATE TABLE p (u integer); ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (u) "
                "REFERENCES users NOT VALID;",
       kUsers + "CREATE TABLE p (u integer); ALTER TABLE p ADD CONSTRAINT f FOREIGN KEY (u) "
                "REFERENCES users;"},
      {"unlogged, in the order of the keys",
       "CREATE TABLE a (id integer PRIMARY KEY); CREATE TABLE z (id integer PRIMARY KEY);"
       "CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a, z integer REFERENCES z);",
       "CREATE UNLOGGED TABLE a (id integer PRIMARY KEY);"
       "CREATE UNLOGGED TABLE z (id integer PRIMARY KEY);"
       "CREATE UNLOGGED TABLE b (id integer PRIMARY KEY, a integer REFERENCES a,"
       " z integer REFERENCES z);"},
      {"unlogged, in a cycle of keys",
       "CREATE TABLE a (id integer PRIMARY KEY, b integer, self integer REFERENCES a);"
       "CREATE TABLE b (id integer PRIMARY KEY, a integer REFERENCES a);"
       "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;",
       "CREATE UNLOGGED TABLE a (id integer PRIMARY KEY, b integer, self integer REFERENCES a);"
       "CREATE UNLOGGED TABLE b (id integer PRIMARY KEY, a integer REFERENCES a);"
       "ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b;"},
      {"a primary key that others reference",
       kUsers + "CREATE TABLE p (u integer REFERENCES users);",
       "CREATE TABLE users (id integer, name text NOT NULL, PRIMARY KEY (id) INCLUDE (name));"
       "CREATE TABLE p (u integer REFERENCES users);"},
  });
}

TEST_CASE("columns change on the server", "[postgresql][live]") {
  check_cases({
      {"type with a view, its comment, its rule and a view of it",
       "CREATE TABLE t (a integer DEFAULT 1, b text);"
       "CREATE VIEW v AS SELECT a, b FROM t; COMMENT ON VIEW v IS 'seen';"
       "CREATE VIEW w AS SELECT count(*) AS n FROM v; CREATE MATERIALIZED VIEW m AS SELECT a FROM "
       "v;"
       "CREATE INDEX m_ix ON m (a); CREATE RULE r AS ON INSERT TO v DO INSTEAD NOTHING;",
       "CREATE TABLE t (a bigint DEFAULT 1, b text);"
       "CREATE VIEW v AS SELECT a, b FROM t; COMMENT ON VIEW v IS 'seen';"
       "CREATE VIEW w AS SELECT count(*) AS n FROM v; CREATE MATERIALIZED VIEW m AS SELECT a FROM "
       "v;"
       "CREATE INDEX m_ix ON m (a); CREATE RULE r AS ON INSERT TO v DO INSTEAD NOTHING;"},
      {"types without an assignment cast",
       "CREATE TABLE t (a text DEFAULT '1', b boolean DEFAULT true, c integer, d text, e text[],"
       " f bigint DEFAULT 0, g uuid);",
       "CREATE TABLE t (a integer DEFAULT 1, b bigint DEFAULT 1, c boolean, d date, e integer[],"
       " f boolean DEFAULT false, g bytea);",
       false},
      {"the type of both sides of a foreign key",
       "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (p integer REFERENCES p);",
       "CREATE TABLE p (id text PRIMARY KEY); CREATE TABLE c (p text REFERENCES p);"},
      {"type under a trigger, a policy, a check and a generated column",
       "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
       "CREATE TABLE t (a varchar(10), g text GENERATED ALWAYS AS (a || 'x') STORED);"
       "CREATE INDEX t_g ON t (g); ALTER TABLE t ADD CHECK (a <> '');"
       "CREATE TRIGGER tr BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (NEW.a IS NOT NULL) "
       "EXECUTE FUNCTION f(); CREATE POLICY p ON t USING (a <> 'secret');",
       "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
       "CREATE TABLE t (a varchar(20), g text GENERATED ALWAYS AS (a || 'x') STORED);"
       "CREATE INDEX t_g ON t (g); ALTER TABLE t ADD CHECK (a <> '');"
       "CREATE TRIGGER tr BEFORE UPDATE OF a ON t FOR EACH ROW WHEN (NEW.a IS NOT NULL) "
       "EXECUTE FUNCTION f(); CREATE POLICY p ON t USING (a <> 'secret');"},
      {"default, null, collation, storage, comment", "CREATE TABLE t (a text, b integer NOT NULL);",
       "CREATE TABLE t (a text COLLATE \"C\" DEFAULT 'x', b integer DEFAULT 3);"
       "ALTER TABLE t ALTER a SET STORAGE EXTERNAL, ALTER b SET STATISTICS 5;"
       "COMMENT ON COLUMN t.a IS 'a';"},
      {"serial becomes identity", "CREATE TABLE t (id serial PRIMARY KEY);",
       "CREATE TABLE t (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);"},
      {"serial becomes plain", "CREATE TABLE t (id serial PRIMARY KEY, a text);",
       "CREATE TABLE t (id integer PRIMARY KEY, a text);"},
      {"identity becomes plain", "CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY);",
       "CREATE TABLE t (a integer NOT NULL);"},
      {"identity changes", "CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY);",
       "CREATE TABLE t (a bigint GENERATED BY DEFAULT AS IDENTITY (START WITH 7 INCREMENT BY 3 "
       "MINVALUE 2 MAXVALUE 1000 CACHE 4 CYCLE));"},
      {"the comment of an identity's sequence",
       "CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY, b integer);",
       "CREATE TABLE t (a integer GENERATED ALWAYS AS IDENTITY, b integer GENERATED ALWAYS AS "
       "IDENTITY (SEQUENCE NAME numbers)); COMMENT ON SEQUENCE t_a_seq IS 'a''s';"
       "COMMENT ON SEQUENCE numbers IS 'b';"},
      {"serial grows", "CREATE TABLE t (a serial);", "CREATE TABLE t (a bigserial);"},
      {"generated comes and changes",
       "CREATE TABLE t (a integer, b integer);"
       "CREATE VIEW v AS SELECT b FROM t;",
       "CREATE TABLE t (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);"
       "CREATE VIEW v AS SELECT b FROM t;"},
      {"the types of a generated column and of what it is made of",
       "CREATE TABLE t (a text, b text GENERATED ALWAYS AS (a || 'x') STORED);"
       "CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT b FROM t;",
       "CREATE TABLE t (a varchar(80), b varchar(80) GENERATED ALWAYS AS (a || 'x') STORED);"
       "CREATE INDEX i ON t (b); CREATE VIEW v AS SELECT b FROM t;"},
      {"a generated column and the type of what it is made of",
       "CREATE TABLE t (b text GENERATED ALWAYS AS (c || 'x') STORED, c text);",
       "CREATE TABLE t (b numeric GENERATED ALWAYS AS (c * 2) STORED, c numeric);"},
      {"columns come and go", "CREATE TABLE t (a integer, b integer, s serial);",
       "CREATE TABLE t (a integer, c text NOT NULL DEFAULT '', d bigserial,"
       " e integer GENERATED ALWAYS AS IDENTITY);"},
  });
}

// A column's type alone changes, and what models say of it stays as they spell it.
TEST_CASE("what stands on a column stays as declared when its type changes and changes back",
          "[postgresql][live]") {
  struct Change {
    std::string from, to, condition, value;
  };
  const std::vector<Change> changes = {
      {"integer", "numeric", "a > 0 AND a <> -1", "a * 2 + 1"},
      {"bigint", "numeric", "a IN (1, 2) OR a = -3", "abs(a)"},
      {"integer", "double precision", "a > 0 AND a <> 7", "a + 1"},
      {"double precision", "numeric", "a >= 0.5 AND COALESCE(a, 0) < 10", "a * 2"},
      {"smallint", "real", "a BETWEEN 0 AND 9", "a + 1"},
      {"date", "timestamp", "a > '2000-01-01'", "a + interval '1 day'"},
      {"timestamp(3)", "date", "'2000-01-01' < a", "a > '2010-01-01'"},
      {"character(3)", "text", "a <> 'no' AND a IN ('x', 'y')", "a || 'x'"},
      {"text", "mood", "a <> 'sad' AND a IN ('ok', 'fine')", "a > 'ok'"},
  };
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  for (const Change& one : changes) {
    INFO(one.from << " -> " << one.to);
    const auto sql = [&](const std::string& type) {
      return "CREATE TYPE mood AS ENUM ('fine', 'ok', 'sad');"
             "CREATE TABLE t (a " +
             type + ", b integer, CONSTRAINT c CHECK (" + one.condition +
             ")); CREATE INDEX i ON t (b) WHERE " + one.condition +
             "; CREATE VIEW v AS SELECT b FROM t WHERE " + one.condition +
             "; CREATE POLICY p ON t USING (" + one.condition + ");";
    };
    const Schema direct = schema_of(*connection, sql(one.to));
    const Transaction transaction(*connection, "BEGIN");
    load(*connection, sql(one.from));
    const Schema before = introspected(*connection);
    Schema from = before, to = before;
    Table* table = to.find_table("t");
    table->columns[0].type = direct.find_table("t")->columns[0].type;
    table->checks[0].expression.common = one.condition;
    table->indexes[0].where.common = one.condition;
    to.objects.back().properties["using"] = SqlText{one.condition, {}};
    adapter().reconcile(connection.get(), from, to);
    const std::vector<Operation> up = diff(from, to, adapter().rules());
    INFO(text_of(up));
    for (const auto& [operations, goal] :
         {std::pair{up, &direct}, std::pair{reverse(up).value(), &before}}) {
      Schema schema = introspected(*connection);
      for (const Statement& statement : adapter().compile(operations, schema).statements) {
        INFO(statement.sql);
        REQUIRE_NOTHROW(connection->execute(statement.sql));
      }
      const Schema found = introspected(*connection);
      INFO("left: " << text_of(diff(found, *goal, adapter().rules())));
      CHECK(equivalent(found, *goal, adapter().rules()));
    }
  }
}

TEST_CASE("a serial column's sequence becomes an object of its own and back",
          "[postgresql][live]") {
  const std::string serial = "CREATE TABLE t (id serial PRIMARY KEY, n integer);";
  check_cases({
      {"cached", serial, serial + "ALTER SEQUENCE t_id_seq CACHE 20;"},
      {"with a comment", serial, serial + "COMMENT ON SEQUENCE t_id_seq IS 'c';"},
      {"owned by nobody", serial,
       serial + "ALTER SEQUENCE t_id_seq INCREMENT BY 5 MAXVALUE 900 OWNED BY NONE;"},
      {"of a bigger type", serial,
       "CREATE TABLE t (id bigserial PRIMARY KEY, n integer); ALTER SEQUENCE t_id_seq CACHE 5;"},
      {"that the column does not use", serial,
       "CREATE SEQUENCE t_id_seq START 5; CREATE TABLE t (id integer PRIMARY KEY, n integer);"},
      {"of another name", serial,
       "CREATE SEQUENCE s; CREATE TABLE t (id integer PRIMARY KEY DEFAULT nextval('s'), n "
       "integer);"},
  });
}

TEST_CASE("partitions and children come, change and go on the server", "[postgresql][live]") {
  const std::string parent =
      "CREATE TABLE p (id integer NOT NULL, d date NOT NULL, n text DEFAULT 'x', PRIMARY KEY (id, "
      "d),"
      " CHECK (id > 0)) PARTITION BY RANGE (d); CREATE INDEX p_n ON p (n);";
  check_cases({
      {"partitions", "",
       parent +
           "CREATE TABLE p1 (n text, d date NOT NULL, id integer NOT NULL, CONSTRAINT p_id_check "
           "CHECK (id > 0)); ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM ('2020-01-01') "
           "TO ('2021-01-01'); CREATE TABLE p2 PARTITION OF p DEFAULT PARTITION BY LIST (id);"
           "CREATE TABLE p3 PARTITION OF p2 FOR VALUES IN (1, 2); CREATE INDEX own ON p1 (d);"},
      {"a bound changes",
       parent + "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');",
       parent + "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2022-01-01');"},
      {"a column of a partitioned table changes",
       parent + "CREATE TABLE p1 PARTITION OF p DEFAULT; CREATE VIEW v AS SELECT n FROM p1;",
       "CREATE TABLE p (id integer NOT NULL, d date NOT NULL, n varchar(9) DEFAULT 'x',"
       " PRIMARY KEY (id, d), CHECK (id > 0)) PARTITION BY RANGE (d); CREATE INDEX p_n ON p (n);"
       "CREATE TABLE p1 PARTITION OF p DEFAULT; CREATE VIEW v AS SELECT n FROM p1;"},
      {"a table with an index like its table's becomes a partition",
       "CREATE TABLE q (d date, v text) PARTITION BY RANGE (d); CREATE INDEX qi ON q (v);"
       "CREATE TABLE lone (d date, v text); CREATE INDEX lone_v_idx ON lone (v);",
       "CREATE TABLE q (d date, v text) PARTITION BY RANGE (d); CREATE INDEX qi ON q (v);"
       "CREATE TABLE lone PARTITION OF q FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"},
      {"inheritance", "",
       "CREATE TABLE base (a integer, b text DEFAULT 'b', CHECK (a > 0));"
       "CREATE TABLE child (b text DEFAULT 'c', c integer) INHERITS (base);"
       "CREATE TABLE other (d integer) INHERITS (base);"
       "ALTER TABLE other ALTER a SET NOT NULL;"},
  });
}

TEST_CASE("types change on the server", "[postgresql][live]") {
  const std::string users =
      "CREATE TABLE t (m mood DEFAULT 'sad', ms mood[], CHECK (m <> 'sad'));"
      "CREATE INDEX t_m ON t (m) WHERE m = 'ok'; CREATE VIEW v AS SELECT m FROM t WHERE m = 'ok';"
      "CREATE FUNCTION feels(x mood) RETURNS boolean LANGUAGE sql AS $$ SELECT x = 'ok' $$;";
  check_cases({
      {"enums", "", "CREATE TYPE mood AS ENUM ('sad', 'o''k'); COMMENT ON TYPE mood IS 'm';"},
      {"values come", "CREATE TYPE mood AS ENUM ('ok', 'sad');" + users,
       "CREATE TYPE mood AS ENUM ('first', 'ok', 'so-so', 'sad', 'last');" + users},
      {"values change their order", "CREATE TYPE mood AS ENUM ('ok', 'sad');" + users,
       "CREATE TYPE mood AS ENUM ('sad', 'ok');" + users},
      {"a value that is used at once",
       "CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE TABLE t (m mood);",
       "CREATE TYPE mood AS ENUM ('ok', 'sad', 'new'); CREATE TABLE t (m mood DEFAULT 'new');"},
      {"domains", "",
       "CREATE DOMAIN price AS numeric(9,2) DEFAULT 0 NOT NULL CHECK (VALUE >= 0);"
       "CREATE DOMAIN word AS text COLLATE \"C\"; COMMENT ON DOMAIN word IS 'w';"
       "CREATE TABLE t (p price, w word);"},
      {"a domain changes", "CREATE DOMAIN d AS integer CHECK (VALUE > 0); CREATE TABLE t (a d);",
       "CREATE DOMAIN d AS integer DEFAULT 3 NOT NULL CONSTRAINT big CHECK (VALUE > 9);"
       "CREATE TABLE t (a d);"},
      {"a domain changes its type",
       "CREATE DOMAIN d AS integer; CREATE TABLE t (a d); CREATE VIEW v AS SELECT a FROM t;",
       "CREATE DOMAIN d AS text; CREATE TABLE t (a d); CREATE VIEW v AS SELECT a FROM t;"},
      {"composite types", "CREATE TYPE pair AS (a integer, b text);",
       "CREATE TYPE pair AS (a bigint, c text COLLATE \"C\"); COMMENT ON TYPE pair IS 'two';"
       "COMMENT ON COLUMN pair.a IS 'one'; CREATE TABLE t (p pair);"},
      {"a composite type that a column holds",
       "CREATE TYPE pair AS (a integer, b text); CREATE TABLE t (p pair);",
       "CREATE TYPE pair AS (b text, a bigint); CREATE TABLE t (p pair);"},
      {"the type of a typed table", "CREATE TYPE ct AS (a integer); CREATE TABLE t OF ct;",
       "CREATE TYPE ct AS (a bigint, c text); CREATE TABLE t OF ct (c NOT NULL DEFAULT 'x');"},
      {"collations", "",
       "CREATE COLLATION german (provider = icu, locale = 'de');"
       "CREATE TABLE t (a text COLLATE german);"},
  });
}

TEST_CASE("types and collations change on the server under those that are made of them",
          "[postgresql][live]") {
  const std::string over_enum =
      "CREATE DOMAIN feeling AS mood DEFAULT 'ok' CONSTRAINT known CHECK (VALUE <> 'worst'::mood);"
      "CREATE DOMAIN deep AS feeling NOT NULL; CREATE TYPE pair AS (m mood, n integer);"
      "COMMENT ON TYPE pair IS 'two'; CREATE DOMAIN twice AS pair;"
      "CREATE TABLE t (m mood, f feeling, d deep DEFAULT 'sad', l feeling[], p pair, w twice);"
      "CREATE INDEX t_f ON t (f) WHERE f::mood = 'ok'; CREATE VIEW v AS SELECT f, (p).m AS pm FROM "
      "t;"
      "CREATE FUNCTION feels(x deep) RETURNS feeling LANGUAGE sql AS 'SELECT x::feeling';";
  const std::string over_collation =
      "CREATE DOMAIN word AS text COLLATE mine; CREATE TYPE named AS (a text COLLATE mine, b word);"
      "CREATE TABLE t (a text COLLATE mine DEFAULT 'x', b varchar(9), w word, n named);"
      "CREATE INDEX t_b ON t (b COLLATE mine); CREATE INDEX t_l ON t ((b || 'x') COLLATE mine);"
      "CREATE VIEW v AS SELECT a, w FROM t WHERE b COLLATE mine > 'b';";
  const std::string over_pair =
      "CREATE DOMAIN few AS pair CHECK ((VALUE).a > 0); CREATE TYPE nested AS (p pair, s text);"
      "CREATE TABLE t (p pair, q pair[], s few, n nested);";
  check_cases({
      {"values of an enum change their order",
       "CREATE TYPE mood AS ENUM ('ok', 'sad', 'worst');" + over_enum,
       "CREATE TYPE mood AS ENUM ('worst', 'sad', 'ok');" + over_enum},
      {"a domain's default and check leave a value that goes",
       "CREATE TYPE st AS ENUM ('a', 'b'); CREATE DOMAIN d AS st DEFAULT 'b'"
       " CONSTRAINT c CHECK (VALUE <> 'b'::st OR VALUE IS NULL); CREATE TABLE t (d d);",
       "CREATE TYPE st AS ENUM ('a'); CREATE DOMAIN d AS st DEFAULT 'a'"
       " CONSTRAINT c CHECK (VALUE <> 'a'::st OR VALUE IS NULL); CREATE TABLE t (d d);",
       false},
      {"an enum under a domain moves to another schema",
       "CREATE SCHEMA s; CREATE TYPE s.m AS ENUM ('a'); CREATE DOMAIN d AS s.m DEFAULT 'a';"
       "CREATE TABLE t (d d);",
       "CREATE SCHEMA s; CREATE TYPE m AS ENUM ('a'); CREATE DOMAIN d AS m DEFAULT 'a';"
       "CREATE TABLE t (d d);"},
      {"an enum under a domain comes and goes", "CREATE DOMAIN feeling AS text;",
       "CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE DOMAIN feeling AS mood;"},
      {"a collation", "CREATE COLLATION mine (locale = 'C');" + over_collation,
       "CREATE COLLATION mine (locale = 'POSIX');" + over_collation},
      {"a collation under a domain comes and goes", "CREATE DOMAIN word AS text;",
       "CREATE COLLATION mine (locale = 'C'); CREATE DOMAIN word AS text COLLATE mine;"},
      {"a composite type", "CREATE TYPE pair AS (a integer, b text);" + over_pair,
       "CREATE TYPE pair AS (a bigint, b varchar(9));" + over_pair},
      {"a check of a domain that arrays and rows hold",
       "CREATE DOMAIN d AS text; CREATE TYPE c AS (x d); CREATE TABLE t (a d[], b c, e d);",
       "CREATE DOMAIN d AS text NOT NULL CHECK (VALUE <> ''); CREATE TYPE c AS (x d);"
       "CREATE TABLE t (a d[], b c, e d);"},
      {"a type of a table that goes, to which keys point",
       "CREATE TYPE pair AS (a integer); CREATE TABLE p (id integer PRIMARY KEY, p pair);"
       "CREATE TABLE u (id integer PRIMARY KEY, p integer REFERENCES p);",
       "CREATE TYPE pair AS (a text); CREATE TABLE u (id integer PRIMARY KEY, p integer REFERENCES"
       " u);"},
      {"the type of a domain whose columns have constants",
       "CREATE TYPE mood AS ENUM ('ok'); CREATE DOMAIN d AS mood; CREATE TABLE t (a d DEFAULT "
       "'ok');",
       "CREATE TYPE mood AS ENUM ('ok'); CREATE DOMAIN d AS text; CREATE TABLE t (a d DEFAULT "
       "'ok');"},
      {"a domain under a domain",
       "CREATE DOMAIN a AS integer; CREATE DOMAIN b AS a;"
       "CREATE TABLE t (x a, y b[]);",
       "CREATE DOMAIN a AS bigint; CREATE DOMAIN b AS a;"
       "CREATE TABLE t (x a, y b[]);"},
      {"comments of a domain's checks",
       "CREATE DOMAIN d AS integer CONSTRAINT a CHECK (VALUE > 0) CONSTRAINT b CHECK (VALUE < 9);"
       "COMMENT ON CONSTRAINT a ON DOMAIN d IS 'it''s'; COMMENT ON CONSTRAINT b ON DOMAIN d IS "
       "'b';",
       "CREATE DOMAIN d AS integer CONSTRAINT a CHECK (VALUE > 1) CONSTRAINT b CHECK (VALUE < 9)"
       " CONSTRAINT c CHECK (VALUE <> 3); COMMENT ON CONSTRAINT a ON DOMAIN d IS 'it''s';"
       "COMMENT ON CONSTRAINT c ON DOMAIN d IS 'c';"},
  });
}

TEST_CASE("types that are made anew keep values, owners and grants", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  const Transaction transaction(*connection, "BEGIN");
  load(*connection,
       "CREATE ROLE ormdb_reader; CREATE ROLE ormdb_owner;"
       "CREATE TYPE mood AS ENUM ('ok', 'sad'); CREATE DOMAIN feeling AS mood;"
       "CREATE TYPE pair AS (m feeling, n text); CREATE TABLE t (f feeling[], p pair);"
       "INSERT INTO t VALUES ('{ok,sad}', '(sad,\"a, b\")'), (NULL, NULL);"
       "REVOKE ALL ON TYPE mood FROM PUBLIC; GRANT USAGE ON TYPE mood TO ormdb_reader;"
       "GRANT USAGE ON TYPE feeling TO ormdb_reader WITH GRANT OPTION;"
       "ALTER TYPE pair OWNER TO ormdb_owner; ALTER DOMAIN feeling OWNER TO ormdb_owner;");
  Schema schema = introspected(*connection);
  AlterEnum op{schema.enums[0], schema.enums[0]};
  op.to.values = {"sad", "ok"};
  for (const Statement& statement : adapter().compile({op}, schema).statements) {
    connection->execute(statement.sql);
  }
  CHECK(equivalent(introspected(*connection), schema, adapter().rules()));
  CHECK(value(*connection, "SELECT string_agg(t::text, ' ' ORDER BY p IS NULL) FROM t") ==
        R"x(("{ok,sad}","(sad,""a, b"")") (,))x");
  CHECK(value(*connection,
              "SELECT string_agg(typname || ' ' || pg_get_userbyid(typowner), ', '"
              " ORDER BY typname) FROM pg_type WHERE typname IN ('feeling', 'pair')") ==
        "feeling ormdb_owner, pair ormdb_owner");
  CHECK(value(*connection,
              "SELECT has_type_privilege('ormdb_reader', 'mood', 'USAGE')::text ||"
              " has_type_privilege('ormdb_owner', 'mood', 'USAGE')::text ||"
              " has_type_privilege('ormdb_reader', 'feeling', 'USAGE WITH GRANT OPTION')::text") ==
        "truefalsetrue");
}

TEST_CASE("routines, operators and sequences change on the server", "[postgresql][live]") {
  const std::string plain =
      "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT a';";
  const std::string users =
      "CREATE TABLE t (a integer DEFAULT f(1), CHECK (f(a) > 0),"
      " g integer GENERATED ALWAYS AS (f(a)) STORED);"
      "CREATE INDEX t_f ON t (f(a)); CREATE VIEW v AS SELECT f(a) AS x FROM t;";
  check_cases({
      {"functions", "",
       "SET LOCAL check_function_bodies = off;"
       "CREATE FUNCTION f(a integer, VARIADIC b text[] DEFAULT '{}') RETURNS SETOF text "
       "LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER PARALLEL SAFE COST 5 ROWS 7 "
       "SET search_path TO public, pg_temp AS $x$ BEGIN RETURN NEXT 'it''s $$'; END $x$;"
       "COMMENT ON FUNCTION f(integer, text[]) IS 'f';"
       "CREATE FUNCTION g(OUT x integer, OUT y integer) LANGUAGE sql BEGIN ATOMIC SELECT 1, 2; END;"
       "CREATE PROCEDURE p(INOUT a integer) LANGUAGE sql AS 'SELECT 1';"
       "CREATE FUNCTION later() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM zzz';"
       "CREATE TABLE zzz (a integer);",
       false},
      {"a body", plain,
       "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql IMMUTABLE "
       "AS 'SELECT a + 1';"},
      {"what others use gets other arguments", plain + users,
       "CREATE FUNCTION f(b integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT b';" +
           users},
      {"what others use gets another type", plain + users,
       "CREATE FUNCTION f(a bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';" + users},
      {"aggregates", "",
       "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0',"
       " PARALLEL = SAFE); COMMENT ON AGGREGATE total(integer) IS 't';"
       "CREATE AGGREGATE how_many(*) (SFUNC = int8inc, STYPE = bigint, INITCOND = '0');"},
      {"operators", "",
       "CREATE FUNCTION eq(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT $1 = $2';"
       "CREATE FUNCTION ne(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT $1 <> $2';"
       "CREATE OPERATOR === (FUNCTION = eq, LEFTARG = text, RIGHTARG = text, COMMUTATOR = ===,"
       " NEGATOR = !==, RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);"
       "CREATE OPERATOR !== (FUNCTION = ne, LEFTARG = text, RIGHTARG = text, COMMUTATOR = !==,"
       " NEGATOR = ===); COMMENT ON OPERATOR === (text, text) IS 'o';"},
      {"sequences", "CREATE SEQUENCE s; CREATE TABLE t (a integer DEFAULT nextval('s'));",
       "CREATE TABLE t (a integer); CREATE SEQUENCE s AS integer START 5 INCREMENT 2 MINVALUE 3 "
       "MAXVALUE 99 CACHE 4 CYCLE OWNED BY t.a; COMMENT ON SEQUENCE s IS 's';"
       "ALTER TABLE t ALTER a SET DEFAULT nextval('s');"},
      {"a sequence that its table owns", "",
       "CREATE SEQUENCE s; CREATE TABLE t (a bigint DEFAULT nextval('s') NOT NULL);"
       "ALTER SEQUENCE s OWNED BY t.a; CREATE TABLE u (a bigint DEFAULT nextval('s'));"},
  });
}

TEST_CASE("views, triggers, rules and policies change on the server", "[postgresql][live]") {
  const std::string base =
      kUsers + "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';";
  check_cases({
      {"views", kUsers,
       kUsers +
           "CREATE VIEW v (n) WITH (security_barrier = true) AS SELECT name FROM users WHERE id "
           "> 1 WITH LOCAL CHECK OPTION; COMMENT ON VIEW v IS 'v'; COMMENT ON COLUMN v.n IS 'n';"
           "CREATE MATERIALIZED VIEW m WITH (fillfactor = 70) AS SELECT n FROM v WITH NO DATA;"
           "CREATE UNIQUE INDEX m_ix ON m (n); COMMENT ON MATERIALIZED VIEW m IS 'm';"},
      {"a view that others use",
       kUsers + "CREATE VIEW v AS SELECT name FROM users; CREATE VIEW w AS SELECT name FROM v;",
       kUsers +
           "CREATE VIEW v AS SELECT id, name FROM users; CREATE VIEW w AS SELECT name FROM v;"},
      {"settings of a view", kUsers + "CREATE VIEW v AS SELECT name FROM users;",
       kUsers + "CREATE VIEW v WITH (security_barrier = true) AS SELECT name FROM users;"
                "COMMENT ON VIEW v IS 'v';"},
      {"the index that a materialized view is clustered on",
       kUsers +
           "CREATE MATERIALIZED VIEW m AS SELECT id, name FROM users; CREATE INDEX a ON m (id);"
           "CREATE INDEX b ON m (name); ALTER MATERIALIZED VIEW m CLUSTER ON a;",
       kUsers +
           "CREATE MATERIALIZED VIEW m AS SELECT id, name FROM users; CREATE INDEX a ON m (id);"
           "CREATE INDEX b ON m (name, id); ALTER MATERIALIZED VIEW m CLUSTER ON b;"},
      {"a materialized view is clustered no more",
       kUsers + "CREATE MATERIALIZED VIEW m AS SELECT id FROM users; CREATE INDEX a ON m (id);"
                "ALTER MATERIALIZED VIEW m CLUSTER ON a;",
       kUsers + "CREATE MATERIALIZED VIEW m AS SELECT id FROM users; CREATE INDEX a ON m (id);"},
      {"indexes of a materialized view",
       kUsers + "CREATE MATERIALIZED VIEW m AS SELECT name FROM users; CREATE INDEX a ON m (name);",
       kUsers +
           "CREATE MATERIALIZED VIEW m AS SELECT name FROM users; CREATE INDEX b ON m (name);"},
      {"triggers", base,
       base + "CREATE TRIGGER a BEFORE INSERT OR UPDATE OF name ON users FOR EACH ROW "
              "WHEN (NEW.name <> '') EXECUTE FUNCTION f('x', 'it''s');"
              "COMMENT ON TRIGGER a ON users IS 'a'; ALTER TABLE users DISABLE TRIGGER a;"
              "CREATE TRIGGER b AFTER DELETE ON users REFERENCING OLD TABLE AS gone "
              "FOR EACH STATEMENT EXECUTE FUNCTION f();"
              "CREATE CONSTRAINT TRIGGER c AFTER INSERT ON users DEFERRABLE INITIALLY DEFERRED "
              "FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE users ENABLE ALWAYS TRIGGER c;"
              "CREATE VIEW v AS SELECT * FROM users; CREATE TRIGGER d INSTEAD OF INSERT ON v "
              "FOR EACH ROW EXECUTE FUNCTION f();"},
      {"a trigger changes",
       base + "CREATE TRIGGER a BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();",
       base + "CREATE TRIGGER a AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION f();"},
      {"rules", kUsers,
       kUsers + "CREATE RULE r AS ON DELETE TO users WHERE old.id > 5 DO INSTEAD NOTHING;"
                "CREATE RULE s AS ON INSERT TO users DO ALSO (DELETE FROM users WHERE id = 1;"
                " DELETE FROM users WHERE id = 2); COMMENT ON RULE r ON users IS 'r';"
                "ALTER TABLE users DISABLE RULE s;"},
      {"policies", kUsers + "CREATE POLICY p ON users USING (id > 1);",
       kUsers + "CREATE POLICY p ON users TO postgres USING (id > 2) WITH CHECK (id > 3);"
                "CREATE POLICY q ON users AS RESTRICTIVE FOR SELECT USING (true);"
                "COMMENT ON POLICY q ON users IS 'q';"},
      {"statistics", kUsers,
       kUsers + "CREATE STATISTICS st (ndistinct, dependencies) ON id, name FROM users;"
                "COMMENT ON STATISTICS st IS 'st';"},
      {"event triggers", "",
       "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"
       "CREATE EVENT TRIGGER et ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION "
       "e();"
       "ALTER EVENT TRIGGER et DISABLE;"},
      {"schemas and odd names", "",
       R"(CREATE SCHEMA "My Schema"; COMMENT ON SCHEMA "My Schema" IS 's';
          CREATE TYPE "My Schema"."a.b" AS ENUM ('x');
          CREATE TABLE "My Schema"."odd.name" ("a b" "My Schema"."a.b" DEFAULT 'x',
            id serial PRIMARY KEY);
          CREATE TABLE "dotted.table" (id integer REFERENCES "My Schema"."odd.name");
          CREATE INDEX "select" ON "My Schema"."odd.name" ("a b");)"},
      {"odd names that others need", "",
       R"(CREATE SCHEMA "A log"; CREATE SCHEMA z; CREATE TYPE "dot.ted e" AS ENUM ('x');
          CREATE DOMAIN z."dot.ted d" AS "dot.ted e";
          CREATE TYPE "A log"."c" AS (e "dot.ted e", d z."dot.ted d"[]);
          CREATE TABLE z."État 1" (id integer NOT NULL) PARTITION BY LIST (id);
          CREATE TABLE "A log"."part" PARTITION OF z."État 1" FOR VALUES IN (1);
          CREATE SEQUENCE z."My seq"; CREATE TABLE "A log"."uses" (
            id bigint DEFAULT nextval('z."My seq"') NOT NULL, f integer);)"},
      {"extensions", "",
       "CREATE EXTENSION pgcrypto; CREATE SCHEMA x;"
       "CREATE EXTENSION hstore SCHEMA x;"},
  });
}

TEST_CASE("grants and owners of views and functions last over a change", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  const Transaction transaction(*connection, "BEGIN");
  load(*connection,
       "CREATE ROLE ormdb_reader; CREATE ROLE ormdb_owner; CREATE TABLE t (a integer, b text);"
       "CREATE VIEW v AS SELECT a, b FROM t; GRANT SELECT ON v TO ormdb_reader WITH GRANT OPTION;"
       "GRANT UPDATE (a) ON v TO ormdb_reader; ALTER VIEW v OWNER TO ormdb_owner;"
       "CREATE FUNCTION f(x v) RETURNS integer LANGUAGE sql AS 'SELECT 1';"
       "REVOKE ALL ON FUNCTION f(v) FROM PUBLIC; GRANT EXECUTE ON FUNCTION f(v) TO ormdb_reader;");
  Schema schema = introspected(*connection);
  AlterColumn op;
  op.table = "t";
  op.from = *schema.find_table("t")->find_column("a");
  op.to = op.from;
  op.to.type = Type::of(TypeKind::kBigInteger);
  for (const Statement& statement : adapter().compile({op}, schema).statements) {
    connection->execute(statement.sql);
  }
  CHECK(equivalent(introspected(*connection), schema, adapter().rules()));
  CHECK(value(*connection, "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 'v'") ==
        "ormdb_owner");
  CHECK(value(*connection,
              "SELECT has_table_privilege('ormdb_reader', 'v', 'SELECT WITH GRANT OPTION')::text ||"
              " has_column_privilege('ormdb_reader', 'v', 'a', 'UPDATE')::text ||"
              " has_function_privilege('ormdb_reader', 'f(v)', 'EXECUTE')::text ||"
              " has_function_privilege('ormdb_owner', 'f(v)', 'EXECUTE')::text") ==
        "truetruetruefalse");
}

TEST_CASE("an index that was cut off is told from a finished one", "[postgresql][live]") {
  const auto database = postgresql_database();
  if (!database) return;
  const auto connection = database->connect();
  load(*connection, "CREATE TABLE t (a integer); INSERT INTO t VALUES (1), (1);");
  CreateIndex create;
  create.table = "t";
  create.index.name = "By A";
  create.index.unique = true;
  create.index.columns.emplace_back();
  create.index.columns[0].column = "a";
  Operation operation = create;
  operation.transaction = false;
  Schema schema = introspected(*connection);
  const CompiledSection section = adapter().compile({operation}, schema);
  REQUIRE(section.statements.size() == 1);
  CHECK(section.statements[0].sql == "CREATE UNIQUE INDEX CONCURRENTLY \"By A\" ON t (a)");
  const Operation raw = Execute(SqlText{section.statements[0].sql, {}});
  for (const Operation& one : {operation, raw}) {
    CHECK(adapter().took_effect(*connection, one) == std::optional(false));
    CHECK_THROWS_AS(connection->execute(section.statements[0].sql), Error);
    CHECK(value(*connection, "SELECT count(*) FROM pg_index WHERE NOT indisvalid") == "1");
    CHECK(adapter().took_effect(*connection, one) == std::optional(false));
    CHECK(value(*connection, "SELECT count(*) FROM pg_class WHERE relname = 'By A'") == "0");
  }
  load(*connection, "DELETE FROM t;");
  connection->execute(section.statements[0].sql);
  CHECK(adapter().took_effect(*connection, operation) == std::optional(true));
  CHECK(adapter().took_effect(*connection, raw) == std::optional(true));
  const Operation drop = DropIndex{"t", create.index};
  CHECK(adapter().took_effect(*connection, drop) == std::optional(false));
  connection->execute("DROP INDEX \"By A\"");
  CHECK(adapter().took_effect(*connection, drop) == std::optional(true));
}
