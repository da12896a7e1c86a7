#include "ormdb/diff.h"

#include <catch2/catch.hpp>

#include "support/ops_test_rules.h"

namespace ormdb {
namespace {

Column column(std::string name, const char* type = "integer", bool nullable = false) {
  Column result;
  result.name = std::move(name);
  result.type = *parse_type(type);
  result.nullable = nullable;
  return result;
}

std::vector<KeyPart> parts(const std::vector<std::string>& names) {
  std::vector<KeyPart> result;
  for (const std::string& name : names) {
    KeyPart part;
    part.column = name;
    result.push_back(part);
  }
  return result;
}

Table table(std::string name, std::vector<Column> columns = {column("id")}) {
  Table result;
  result.name = std::move(name);
  result.columns = std::move(columns);
  result.primary_key = PrimaryKey{"", parts({"id"}), Deferrable::kNo, {}};
  return result;
}

ForeignKey reference(const std::string& name, const std::string& to,
                     const std::string& to_column = "id") {
  ForeignKey key;
  key.columns = {name};
  key.referenced_table = to;
  key.referenced_columns = {to_column};
  return key;
}

Index index(std::string name, const std::vector<std::string>& columns) {
  Index result;
  result.name = std::move(name);
  result.columns = parts(columns);
  return result;
}

View view(std::string name, std::string query) {
  View result;
  result.name = std::move(name);
  result.query.common = std::move(query);
  return result;
}

Trigger trigger(std::string name, std::string on, std::string body) {
  Trigger result;
  result.name = std::move(name);
  result.table = std::move(on);
  result.events = {"insert"};
  result.body.common = std::move(body);
  return result;
}

std::vector<std::string> words(const std::vector<Operation>& operations) {
  std::vector<std::string> result;
  for (const Operation& operation : operations) result.push_back(describe(operation));
  return result;
}

using Edit = std::function<void(Table&)>;

/// A table "t" with this and that, changed on both sides.
struct TableCase {
  const char* name;
  Edit from;
  Edit to;
  std::vector<std::string> expected;
};

Table sample() {
  Table result = table("t", {column("id"), column("a"), column("b", "string(20)")});
  return result;
}

const std::vector<TableCase>& table_cases() {
  static const Edit none = [](Table&) {};
  static const std::vector<TableCase> cases = {
      {"column added",
       none,
       [](Table& t) { t.columns.push_back(column("c", "text")); },
       {"add column t.c text"}},
      {"column dropped with its index",
       [](Table& t) { t.indexes.push_back(index("ix", {"a"})); },
       [](Table& t) { t.columns.erase(t.columns.begin() + 1); },
       {"drop index ix on t(a)", "drop column t.a"}},
      {"type and nullability",
       none,
       [](Table& t) {
         t.columns[2].type = Type::string(40);
         t.columns[2].nullable = true;
       },
       {"alter column t.b: string(20) to string(40), nullable"}},
      {"default added",
       none,
       [](Table& t) { t.columns[1].default_value = Literal::number("1"); },
       {"alter column t.a: default 1"}},
      {"default in another spelling",
       [](Table& t) { t.columns[1].default_value = Literal::expression("current_timestamp"); },
       [](Table& t) { t.columns[1].default_value = Literal::expression("CURRENT_TIMESTAMP"); },
       {}},
      {"number and text differ as defaults",
       [](Table& t) { t.columns[1].default_value = Literal::number("1"); },
       [](Table& t) { t.columns[1].default_value = Literal::string("1"); },
       {"alter column t.a: default '1'"}},
      {"a column becomes generated",
       none,
       [](Table& t) {
         t.columns[2].generated = Generated{{"upper(a)", {}}, true};
       },
       {"alter column t.b: generated as upper(a) stored"}},
      {"generated columns come after what they use, and go before it",
       [](Table& t) {
         t.columns.push_back(column("x"));
         t.columns.push_back(column("y", "integer", true));
         t.columns.back().generated = Generated{{"x + 1", {}}, false};
       },
       [](Table& t) {
         t.columns.push_back(column("g", "integer", true));
         t.columns.back().generated = Generated{{"h + 1", {}}, false};
         t.columns.push_back(column("h", "integer", true));
         t.columns.back().generated = Generated{{"k + 1", {}}, false};
         t.columns.push_back(column("k"));
       },
       {"add column t.k integer", "add column t.h integer", "add column t.g integer",
        "drop column t.y", "drop column t.x"}},
      {"order of a unique's columns",
       [](Table& t) {
         t.uniques.push_back({"", parts({"a", "b"}), Deferrable::kNo, {}});
       },
       [](Table& t) {
         t.uniques.push_back({"", parts({"b", "a"}), Deferrable::kNo, {}});
       },
       {"drop from t unique (a, b)", "add to t unique (b, a)"}},
      {"names of constraints do not count",
       [](Table& t) {
         t.uniques.push_back({"one", parts({"a"}), Deferrable::kNo, {}});
         t.checks.push_back({"", {"a>0", {}}, {}});
       },
       [](Table& t) {
         t.uniques.push_back({"two", parts({"a"}), Deferrable::kNo, {}});
         t.checks.push_back({"named", {"(a > 0)", {}}, {}});
       },
       {}},
      {"actions of a foreign key",
       [](Table& t) { t.foreign_keys.push_back(reference("a", "t")); },
       [](Table& t) {
         t.foreign_keys.push_back(reference("a", "t"));
         t.foreign_keys[0].on_delete = ForeignKeyAction::kCascade;
       },
       {"drop from t foreign key (a) to t(id)", "add to t foreign key (a) to t(id)"}},
      {"a dropped constraint is named as it was",
       [](Table& t) {
         t.checks.push_back({"ck_a", {"a > 0", {}}, {}});
       },
       none,
       {"drop from t check ck_a: a > 0"}},
      {"both of two equal constraints go",
       [](Table& t) {
         t.checks.push_back({"one", {"a > 0", {}}, {}});
         t.checks.push_back({"two", {"a  >  0", {}}, {}});
       },
       none,
       {"drop from t check two: a > 0", "drop from t check one: a > 0"}},
      {"an index without a name is the one with its content",
       [](Table& t) { t.indexes.push_back(index("ix_t_a", {"a"})); },
       [](Table& t) { t.indexes.push_back(index("", {"a"})); },
       {}},
      {"an index that changes",
       [](Table& t) { t.indexes.push_back(index("ix", {"a"})); },
       [](Table& t) {
         t.indexes.push_back(index("ix", {"a"}));
         t.indexes[0].unique = true;
       },
       {"drop index ix on t(a)", "create unique index ix on t(a)"}},
      {"primary key",
       none,
       [](Table& t) {
         t.primary_key->columns = parts({"id", "a"});
       },
       {"drop from t primary key (id)", "add to t primary key (id, a)"}},
      {"comment and options",
       none,
       [](Table& t) {
         t.comment = "x";
         t.options["sqlite"]["strict"] = "true";
       },
       {"alter table t: comment, options"}},
      {"names differ in case only",
       none,
       [](Table& t) {
         t.name = "T";
         t.columns[1].name = "A";
       },
       {}},
      {"order of columns does not count",
       none,
       [](Table& t) { std::swap(t.columns[0], t.columns[2]); },
       {}},
  };
  return cases;
}

TEST_CASE("A table's changes are found and put in order") {
  const TestRules rules;
  for (const TableCase& one : table_cases()) {
    DYNAMIC_SECTION(one.name) {
      Schema from;
      Schema to;
      from.tables = {sample()};
      to.tables = {sample()};
      one.from(from.tables[0]);
      one.to(to.tables[0]);
      CHECK(words(diff(from, to, rules)) == one.expected);
      CHECK(equivalent(from, to, rules) == one.expected.empty());
    }
  }
}

TEST_CASE("New tables come after what they reference, with their indexes") {
  Schema to;
  to.tables = {table("a", {column("id"), column("b_id")}), table("b"),
               table("c", {column("id"), column("a_id")})};
  to.tables[0].foreign_keys = {reference("b_id", "b")};
  to.tables[0].indexes = {index("ix_a", {"b_id"})};
  to.tables[2].foreign_keys = {reference("a_id", "a")};
  const std::vector<Operation> operations = diff({}, to, TestRules());
  CHECK(words(operations) == std::vector<std::string>{"create table b", "create table a",
                                                      "create index ix_a on a(b_id)",
                                                      "create table c"});
  CHECK(operations[1].get_if<CreateTable>()->table.indexes.empty());
  CHECK(words(diff(to, {}, TestRules())) ==
        std::vector<std::string>{"drop table c", "drop index ix_a on a(b_id)", "drop table a",
                                 "drop table b"});
}

TEST_CASE("Foreign keys in a cycle stay inline on SQLite and are split elsewhere") {
  Schema to;
  to.tables = {table("downstream", {column("id"), column("r")}),
               table("x", {column("id"), column("r")}), table("y", {column("id"), column("r")})};
  to.tables[0].foreign_keys = {reference("r", "x")};
  to.tables[1].foreign_keys = {reference("r", "y")};
  to.tables[2].foreign_keys = {reference("r", "x")};
  CHECK(words(diff({}, to, TestRules("sqlite"))) ==
        std::vector<std::string>{"create table x", "create table downstream", "create table y"});
  const std::vector<Operation> split = diff({}, to, TestRules("postgresql"));
  CHECK(words(split) == std::vector<std::string>{"create table x", "create table downstream",
                                                 "create table y",
                                                 "add to x foreign key (r) to y(id)"});
  CHECK(words(diff(to, {}, TestRules("postgresql"))) ==
        std::vector<std::string>{"drop from x foreign key (r) to y(id)", "drop table y",
                                 "drop table downstream", "drop table x"});
}

TEST_CASE(
    "What references a new column comes after it, what references a lost one goes before it") {
  Schema from;
  from.tables = {table("parent", {column("id"), column("old")}),
                 table("going", {column("id"), column("r")})};
  from.tables[0].uniques = {{"", parts({"old"}), Deferrable::kNo, {}}};
  from.tables[1].foreign_keys = {reference("r", "parent", "old")};
  Schema to;
  to.tables = {table("coming", {column("id"), column("r")}),
               table("parent", {column("id"), column("fresh")})};
  to.tables[0].foreign_keys = {reference("r", "parent", "fresh")};
  to.tables[1].uniques = {{"", parts({"fresh"}), Deferrable::kNo, {}}};
  CHECK(words(diff(from, to, TestRules())) ==
        std::vector<std::string>{"drop table going", "drop from parent unique (old)",
                                 "add column parent.fresh integer", "drop column parent.old",
                                 "add to parent unique (fresh)", "create table coming"});
}

TEST_CASE("A new table waits for the type of the key that it references, however it says so") {
  Schema from;
  from.tables = {table("parent", {column("id"), column("note")}), table("z")};
  from.tables[0].primary_key = PrimaryKey();
  from.tables[0].primary_key->columns = parts({"id"});
  Schema to = from;
  to.tables[0].columns[0].type = Type::of(TypeKind::kText);
  to.tables.push_back(table("coming", {column("id"), column("r")}));
  to.tables.back().columns[1].type = Type::of(TypeKind::kText);
  for (const char* referenced : {"id", ""}) {
    to.tables.back().foreign_keys = {reference("r", "parent", referenced)};
    if (*referenced == '\0') to.tables.back().foreign_keys[0].referenced_columns.clear();
    const std::vector<Operation> up = diff(from, to, TestRules("postgresql"));
    CHECK(words(up) == std::vector<std::string>{"alter column parent.id: integer to text",
                                                "create table coming"});
    CHECK(words(diff(to, from, TestRules("postgresql"))) ==
          std::vector<std::string>{"drop table coming", "alter column parent.id: text to integer"});
  }
}

TEST_CASE("Views come in the order of their use and go in the other") {
  Schema from;
  from.tables = {table("t")};
  Schema to = from;
  to.views = {view("a", "SELECT id FROM b"), view("b", "SELECT id FROM c"),
              view("c", "SELECT id FROM t")};
  CHECK(words(diff(from, to, TestRules())) ==
        std::vector<std::string>{"create view c", "create view b", "create view a"});
  CHECK(words(diff(to, from, TestRules())) ==
        std::vector<std::string>{"drop view a", "drop view b", "drop view c"});
}

TEST_CASE("A changed view is replaced, or goes first when it uses a column that goes") {
  Schema from;
  from.tables = {table("t", {column("id"), column("a"), column("b")})};
  from.views = {view("v", "SELECT a FROM t"), view("w", "SELECT a FROM v")};
  from.triggers = {trigger("tr", "v", "SELECT 1;")};
  Schema to = from;
  to.views[0].query.common = "SELECT b AS a FROM t";
  CHECK(words(diff(from, to, TestRules())) == std::vector<std::string>{"replace view v"});
  to.tables[0].columns.erase(to.tables[0].columns.begin() + 1);
  // The trigger falls with the view; what did not change stays.
  CHECK(words(diff(from, to, TestRules())) ==
        std::vector<std::string>{"drop trigger tr on v", "drop view v", "drop column t.a",
                                 "create view v", "create trigger tr on v"});
}

TEST_CASE("A dropped table's triggers are dropped before it, so that the reverse has them") {
  Schema from;
  from.tables = {table("t")};
  from.triggers = {trigger("tr", "t", "SELECT 1;")};
  CHECK(words(diff(from, {}, TestRules())) ==
        std::vector<std::string>{"drop trigger tr on t", "drop table t"});
}

TEST_CASE("An index's name that moves to another table is free by then") {
  Schema from;
  from.tables = {table("a"), table("z")};
  Schema to = from;
  from.tables[1].indexes = {index("ix", {"id"})};
  to.tables[0].indexes = {index("ix", {"id"})};
  CHECK(words(diff(from, to, TestRules())) ==
        std::vector<std::string>{"drop index ix on z(id)", "create index ix on a(id)"});
}

TEST_CASE("An enum that the engine has not is carried as it is stored") {
  Schema from;
  from.enums = {{"mood", "", {"good", "bad"}, ""}};
  from.tables = {table("t", {column("id")})};
  from.tables[0].columns.push_back(column("m", "enum(mood)"));
  Schema to = from;
  to.enums[0].values.emplace_back("so");
  CHECK(words(diff(from, to, TestRules("sqlite"))) ==
        std::vector<std::string>{"drop from t check: m in ( 'good' , 'bad' )",
                                 "add to t check: m in ( 'good' , 'bad' , 'so' )"});
  CHECK(words(diff(from, to, TestRules("postgresql"))) ==
        std::vector<std::string>{"alter enum mood: add so"});
  const std::vector<Operation> created = diff({}, to, TestRules("sqlite"));
  REQUIRE(created.size() == 1);
  const Table& made = created[0].get_if<CreateTable>()->table;
  CHECK(made.columns[1].type == Type::string(0));
  CHECK(made.checks.size() == 1);
}

TEST_CASE("A foreign key without columns is dropped by the key that it meant") {
  Schema from;
  from.tables = {table("a", {column("id"), column("r")}), table("z", {column("id"), column("k")})};
  from.tables[0].foreign_keys = {reference("r", "z")};
  from.tables[0].foreign_keys[0].referenced_columns.clear();
  Schema to = from;
  to.tables[0].foreign_keys.clear();
  to.tables[1].primary_key->columns = parts({"k"});
  Schema reached = from;
  const TestRules rules;
  apply(diff(from, to, rules), reached, rules);
  CHECK(equivalent(reached, to, rules));
}

TEST_CASE("What a key's part compares by is taken from the columns as they will be") {
  // The index says NOCASE as its column does; when the column no longer does, it says more than
  // before.
  Schema from;
  from.tables = {sample()};
  from.tables[0].columns[2].collation = "NOCASE";
  from.tables[0].indexes = {index("ix", {"b"})};
  from.tables[0].indexes[0].columns[0].collation = "NOCASE";
  Schema to = from;
  to.tables[0].columns[2].collation = "";
  to.tables[0].indexes[0].columns[0].collation = "";
  const TestRules rules;
  const std::vector<Operation> operations = diff(from, to, rules);
  CHECK(words(operations) == std::vector<std::string>{"drop index ix on t(b collate NOCASE)",
                                                      "alter column t.b: no collation",
                                                      "create index ix on t(b)"});
  apply(operations, from, rules);
  CHECK(equivalent(from, to, rules));
}

TEST_CASE("A column that only its key kept from null is altered with the key") {
  Schema from;
  from.tables = {sample()};
  from.tables[0].columns[0].nullable = true;
  Schema to = from;
  to.tables[0].primary_key.reset();
  CHECK(words(diff(from, to, TestRules())) ==
        std::vector<std::string>{"alter column t.id: nullable", "drop from t primary key (id)"});
  CHECK(words(diff(to, from, TestRules())) ==
        std::vector<std::string>{"alter column t.id: not null", "add to t primary key (id)"});
}

TEST_CASE("Operations carry neither hints nor relationships") {
  Schema to;
  to.tables = {table("t")};
  to.tables[0].renamed_from = "old";
  to.tables[0].relationships.resize(1);
  to.tables[0].columns[0].renamed_from = "nr";
  const Table made = diff({}, to, TestRules())[0].get_if<CreateTable>()->table;
  CHECK(made.renamed_from.empty());
  CHECK(made.relationships.empty());
  CHECK(made.columns[0].renamed_from.empty());
}

}  // namespace
}  // namespace ormdb
