#include <catch2/catch.hpp>

#include "base/yaml.h"
#include "schema/schema_node.h"

namespace ormdb {
namespace {

Error error_of(const std::string& text) {
  const Source source{"models.yaml", text};
  const Node document = parse_yaml_document(source, ErrorKind::kModel);
  try {
    NodeReader reader(document, source, ErrorKind::kModel, "the models file");
    read_schema(reader);
    reader.finish();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::kInternal, "no error");
}

struct Case {
  const char* yaml;
  int line;
  const char* message;
  const char* hint;
};

void check(const Case& test, const std::string& text) {
  INFO(text);
  const Error error = error_of(text);
  CHECK(error.message() == test.message);
  CHECK(error.hint() == test.hint);
  CHECK(error.line() == test.line);
  CHECK(error.file() == "models.yaml");
  CHECK(error.kind() == ErrorKind::kModel);
  CHECK(error.source_line() == Source{"", text}.line(test.line));
}

TEST_CASE("errors in a models file name the thing, the line and the nearest spelling") {
  const Case cases[] = {
      {"tables: {}", 1, "the models file needs 'format'", ""},
      {"formt: 1", 1, "unknown key 'formt' in the models file (did you mean 'format'?)", ""},
      {"format: 2\ntables: {}", 1, "format '2' is unknown", "this ormdb reads models of format 1"},
      {"format: 1\ntabels: {}", 2,
       "unknown key 'tabels' in the models file (did you mean 'tables'?)", ""},
      {"format: 1\ntables: [a]", 2, "'tables' in the models file must be a map (name: body)", ""},
      {"format: 1\ntables:\n  post: text", 3, "table post must be a map (key: value), not text",
       ""},
      {"format: 1\nenums:\n  mood: {vals: [a]}", 3, "enum mood needs 'values'", ""},
      {"format: 1\nviews:\n  v: {query: x}", 3, "view v needs 'as'", ""},
      {"format: 1\nviews:\n  v: {as: ' '}", 3, "the query of view v is empty", ""},
      {"format: 1\nviews:\n  v: ' ; '", 3, "the query of view v is empty", ""},
      {"format: 1\nviews:\n  v: {as: {sqllite: x}}", 3,
       "unknown key 'sqllite' in SQL by dialect in view v (did you mean 'sqlite'?)", ""},
      {"format: 1\nviews:\n  v: {as: [x]}", 3, "SQL in view v must be text or a map of dialects",
       "write SQL, or {sqlite: SQL, default: SQL}"},
      {"format: 1\nvirtual_tables:\n  f: fts5(title", 3,
       "virtual table f must be written module(arguments)", "for example: fts5(title, body)"},
      {"format: 1\ntriggers:\n  t: {events: insert, body: x}", 3,
       "trigger t of the models file needs 'table'", ""},
      {"format: 1\ntriggers:\n  t: {table: p, events: inset, body: x}", 3,
       "'inset' is no event of a trigger, in trigger t of the models file (did you mean 'insert'?)",
       "one of: insert, update, delete, truncate"},
      {"format: 1\ntriggers:\n  t: {table: p, events: [], body: x}", 3,
       "'events' in trigger t of the models file is empty", ""},
      {"format: 1\ntriggers:\n  t: {table: p, events: insert, body: x, timing: affter}", 3,
       "'affter' is no value for 'timing' in trigger t of the models file (did you mean 'after'?)",
       "one of: after, before, instead_of"},
  };
  for (const Case& test : cases) check(test, test.yaml);
}

TEST_CASE("errors in a column name the column") {
  const Case cases[] = {
      {"{}", 5, "column post.id needs 'type'", ""},
      {"integer", 5, "column post.id must be a map (key: value), not text", ""},
      {"{type: integr}", 5, "unknown type 'integr' for column post.id", "did you mean 'integer'?"},
      {"{type: varchar(20)}", 5, "unknown type 'varchar(20)' for column post.id",
       "did you mean 'string(n)'?"},
      {"{type: numeric(x)}", 5, "malformed type 'numeric(x)' for column post.id",
       "write it like string(20), numeric(10,2), datetime(tz), enum(status), array(text)"},
      {"{type: [a]}", 5, "the type of column post.id must be text or a map",
       "write it like string(20), or {sqlite: NVARCHAR(160)}"},
      {"{type: {}}", 5, "the type of column post.id is empty", ""},
      {"{type: {oracle: x}}", 5, "unknown key 'oracle' in the type of column post.id",
       "known keys: array, enum, mysql, postgresql, sqlite"},
      {"{type: text, nulable: true}", 5,
       "unknown key 'nulable' in column post.id (did you mean 'nullable'?)", ""},
      {"{type: text, nullable: maybe}", 5,
       "'nullable' in column post.id must be true or false, not text", ""},
      {"{type: text, unique: 5}", 5,
       "'unique' in column post.id must be true or the constraint's name", ""},
      {"{type: text, default: [1]}", 5, "a value in column post.id is a list",
       "a value is null, true, false, a number, text, !!binary or {sql: EXPRESSION}"},
      {"{type: text, default: {sq: 1}}", 5,
       "unknown key 'sq' in a value in column post.id (did you mean 'sql'?)", ""},
      {"{type: text, default: {sql: ''}}", 5, "an SQL expression in column post.id is empty", ""},
      {"{type: float, default: .inf}", 5, "'.inf' in column post.id is no number in SQL", ""},
      {"{type: text, generated: {stored: true}}", 5, "'generated' of column post.id needs 'as'",
       ""},
      {"{type: text, on_delete: cascade}", 5, "'on_delete' in column post.id needs 'references'",
       ""},
      {"{type: text, references: user.id, on_delete: casade}", 5,
       "'casade' is no value for 'on_delete' in column post.id (did you mean 'cascade'?)",
       "one of: no_action, restrict, cascade, set_null, set_default"},
      {"{type: text, references: 'user id'}", 5,
       "'references' in column post.id must be table.column or table(a, b)",
       "names with odd characters go into {table: …, columns: […]}"},
      {"{type: text, references: 'user(a, b)'}", 5, "column post.id references 2 columns",
       "a composite foreign key stands under the table's 'constraints'"},
      {"{type: text, sqlite: strict}", 5, "the options 'sqlite' of column post.id must be a map",
       ""},
      {"{type: text, sqlite: {strict: true}}", 5,
       "unknown key 'strict' in the options 'sqlite' of column post.id",
       "known keys: not_null_on_conflict"},
      {"{type: text, sqlite: {not_null_on_conflict: ignor}}", 5,
       "'ignor' is no value for 'not_null_on_conflict' in the options 'sqlite' of column post.id "
       "(did you mean 'ignore'?)",
       "one of: rollback, abort, fail, ignore, replace"},
      {"{type: text, mysql: {a: [b]}}", 5, "the option mysql.a of column post.id must be a scalar",
       ""},
  };
  for (const Case& test : cases) {
    check(test,
          std::string("format: 1\ntables:\n  post:\n    columns:\n      id: ") + test.yaml + "\n");
  }
}

TEST_CASE("errors in a table name the constraint or index") {
  const Case cases[] = {
      {"primary_key: [id]", 6, "table post has two primary keys",
       "a column of it has 'primary_key' too: keep one of them"},
      {"constraints: [{primary_key: [id]}]", 6, "table post has two primary keys",
       "keep one of them"},
      {"constraints: [{uniqe: [id]}]", 6,
       "unknown key 'uniqe' in constraint 1 of table post (did you mean 'unique'?)", ""},
      {"constraints: [{name: x}]", 6,
       "constraint x of table post needs one of primary_key, unique, foreign_key, check, "
       "exclude",
       ""},
      {"constraints: {x: {unique: [a], check: b}}", 6,
       "constraint x of table post has both 'unique' and 'check'", ""},
      {"constraints: {x: {unique: []}}", 6, "'unique' in constraint x of table post has no columns",
       ""},
      {"constraints: {x: {unique: 'a, b'}}", 6,
       "'unique' in constraint x of table post takes columns, not the expression 'a, b'",
       "several columns are a list, [a, b]; a unique index may have expressions"},
      {"constraints: {x: {foreign_key: a}}", 6, "constraint x of table post needs 'references'",
       ""},
      {"constraints: {x: {foreign_key: [], references: t.a}}", 6,
       "'foreign_key' in constraint x of table post has no columns", ""},
      {"constraints: {x: {check: }}", 6,
       "SQL in constraint x of table post must be text or a map of dialects",
       "write SQL, or {sqlite: SQL, default: SQL}"},
      {"constraints: 5", 6, "'constraints' in table post must be a map (name: body) or a list", ""},
      {"indexes: {i: {columns: [id dsc]}}", 6,
       "'dsc' after column 'id' is none of desc, asc, nulls first, nulls last, collate (in index i "
       "of "
       "table post)",
       "did you mean 'desc'?"},
      {"indexes: {i: {columns: [first name]}}", 6,
       "'name' after column 'first' is none of desc, asc, nulls first, nulls last, collate (in "
       "index i of "
       "table post)",
       "put a name with spaces in double quotes: '\"first name\"'"},
      {"indexes: {i: {columns: [{colum: a}]}}", 6,
       "unknown key 'colum' in a key part of index i of table post (did you mean 'column'?)", ""},
      {"indexes: {i: {columns: [{column: a, expression: b}]}}", 6,
       "a key part of index i of table post needs 'column' or 'expression', and not both", ""},
      {"indexes: {i: {columns: [[a]]}}", 6,
       "a key part of index i of table post must be text or a map", ""},
      {"indexes: {i: {columns: a, uniqe: true}}", 6,
       "unknown key 'uniqe' in index i of table post (did you mean 'unique'?)", ""},
      {"relationships: {r: {kind: one_to_many}}", 6, "relationship r of table post needs 'to'", ""},
      {"relationships: {r: {to: p, kind: one_to_may}}", 6,
       "'one_to_may' is no value for 'kind' in relationship r of table post (did you mean "
       "'one_to_many'?)",
       "one of: one_to_many, many_to_one, one_to_one, many_to_many"},
      {"indices: {}", 6, "unknown key 'indices' in table post (did you mean 'indexes'?)", ""},
  };
  for (const Case& test : cases) {
    check(test, std::string("format: 1\ntables:\n  post:\n    columns:\n      id: {type: integer, "
                            "primary_key: true}\n    ") +
                    test.yaml + "\n");
  }
}

TEST_CASE("columns that name their primary key differently are an error") {
  check({"", 6, "column t.b names the primary key 'y', an earlier column 'x'",
         "a table has one primary key: give its columns the same name, or none"},
        "format: 1\ntables:\n  t:\n    columns:\n      a: {type: text, primary_key: x}\n      b: "
        "{type: "
        "text, primary_key: y}\n");
}

}  // namespace
}  // namespace ormdb
