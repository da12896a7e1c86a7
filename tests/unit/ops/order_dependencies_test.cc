#include "ops/order_dependencies.h"

#include <catch2/catch.hpp>

#include "ormdb/diff.h"
#include "support/ops_test_rules.h"

namespace ormdb {
namespace {

/// A dialect whose objects of all kinds depend on each other.
class DependentRules : public TestRules {
 public:
  DependentRules() : TestRules("postgresql") {}
  bool orders_by_dependency() const override { return true; }
  bool trigger_names_are_global() const override { return false; }
};

DatabaseObject object(std::string kind, std::string name,
                      std::map<std::string, Property> properties = {}) {
  DatabaseObject result;
  result.kind = std::move(kind);
  result.name = std::move(name);
  result.properties = std::move(properties);
  return result;
}

Column column(std::string name, Type type) {
  Column result;
  result.name = std::move(name);
  result.type = std::move(type);
  return result;
}

Table table(std::string name, std::vector<Column> columns) {
  Table result;
  result.name = std::move(name);
  result.columns = std::move(columns);
  return result;
}

std::vector<std::string> words(const std::vector<Operation>& operations) {
  std::vector<std::string> result;
  for (const Operation& operation : operations) result.push_back(describe(operation));
  return result;
}

using Words = std::vector<std::string>;

Schema everything() {
  Schema schema;
  schema.objects.push_back(
      object("function", "next_code",
             {{"returns", SqlText{"text", {}}}, {"body", SqlText{"select code from item", {}}}}));
  schema.objects.push_back(
      object("domain", "code",
             {{"type", SqlText{"text", {}}},
              {"checks", std::vector<NamedText>{{"ok", "valid_code(VALUE)"}}}}));
  schema.objects.push_back(object("function", "valid_code", {{"arguments", SqlText{"text", {}}}}));
  schema.objects.push_back(object("function", "label", {{"arguments", SqlText{"i item", {}}}}));
  Column code = column("code", Type::native_of("postgresql", "code"));
  code.default_value = Literal::expression("next_code()");
  schema.tables.push_back(table("item", {column("id", Type::of(TypeKind::kInteger)), code}));
  View view;
  view.name = "items";
  view.query.common = "SELECT label(item.*) AS label FROM item";
  schema.views.push_back(view);
  DatabaseObject policy =
      object("policy", "mine", {{"using", SqlText{"id IN (SELECT 1 FROM items)", {}}}});
  policy.table = "item";
  schema.objects.push_back(policy);
  return schema;
}

TEST_CASE("what is mentioned is made before, bodies that bind late do not count") {
  const Words order = words(diff({}, everything(), DependentRules()));
  CHECK(order == Words{"create function next_code()", "create function valid_code()",
                       "create domain code", "create table item", "create function label()",
                       "create view items", "create policy mine on item"});
}

TEST_CASE("what is mentioned goes after what mentions it") {
  const Words order = words(diff(everything(), {}, DependentRules()));
  const auto at = [&](const std::string& word) {
    return std::find(order.begin(), order.end(), word) - order.begin();
  };
  CHECK(order.size() == 7);
  CHECK(at("drop policy mine on item") < at("drop view items"));
  CHECK(at("drop view items") < at("drop function label()"));
  CHECK(at("drop function label()") < at("drop table item"));
  CHECK(at("drop table item") < at("drop domain code"));
  CHECK(at("drop table item") < at("drop function next_code()"));
  CHECK(at("drop domain code") < at("drop function valid_code()"));
}

TEST_CASE("a column of one table does not wait for a column of the same name of another") {
  Type status = Type::of(TypeKind::kEnum);
  status.name = "status";
  std::vector<Operation> operations;
  operations.emplace_back(AddColumn{"a", column("status", status)});
  operations.emplace_back(AddColumn{"b", column("status", status)});
  operations.emplace_back(AlterEnum{{"status", "", {"x"}, ""}, {"status", "", {"x", "y"}, ""}});
  CHECK(words(in_order_of_dependency(operations, DependentRules())) ==
        Words{"alter enum status: add y", "add column a.status enum(status)",
              "add column b.status enum(status)"});
}

TEST_CASE("a foreign key stands while both its ends have their types and the other end its key") {
  ForeignKey key;
  key.columns = {"r"};
  key.referenced_table = "parent";
  const Column number = column("id", Type::of(TypeKind::kInteger));
  const Column text = column("id", Type::of(TypeKind::kText));
  PrimaryKey primary;
  primary.columns.emplace_back();
  primary.columns[0].column = "id";
  for (const std::vector<std::string>& columns : {std::vector<std::string>{"id"}, {}}) {
    key.referenced_columns = columns;
    Table child = table("child", {column("r", Type::of(TypeKind::kText))});
    child.foreign_keys = {key};
    const std::vector<Operation> up = {CreateTable{child}, AlterColumn{"parent", number, text, {}},
                                       AddConstraint{"parent", primary}};
    const Words there = words(in_order_of_dependency(up, DependentRules()));
    CHECK(there.back() == "create table child");
    const std::vector<Operation> down = {DropConstraint{"parent", primary},
                                         AlterColumn{"parent", text, number, {}}, DropTable{child}};
    const Words back = words(in_order_of_dependency(down, DependentRules()));
    CHECK(back.front() == "drop table child");
    const std::vector<Operation> added = {AddConstraint{"other", key},
                                          AlterColumn{"parent", number, text, {}}};
    CHECK(words(in_order_of_dependency(added, DependentRules())).front() ==
          "alter column parent.id: integer to text");
  }
}

TEST_CASE("a foreign key goes before a table of it is logged otherwise, and comes afterwards") {
  ForeignKey key;
  key.columns = {"r"};
  key.referenced_table = "parent";
  key.referenced_columns = {"id"};
  AlterTable::Settings unlogged;
  unlogged.options["postgresql"]["unlogged"] = "true";
  for (const char* name : {"parent", "child"}) {
    const std::vector<Operation> up = {AlterTable{name, {}, unlogged},
                                       DropConstraint{"child", key}};
    CHECK(in_order_of_dependency(up, DependentRules()).front() == up.back());
    const std::vector<Operation> down = {AddConstraint{"child", key},
                                         AlterTable{name, unlogged, {}}};
    CHECK(in_order_of_dependency(down, DependentRules()).front() == down.back());
  }
}

TEST_CASE("a name with a blank in a property is one name") {
  DatabaseObject before = object("statistics", "st", {{"on", SqlText{"Order Line", {}}}});
  DatabaseObject after = before;
  before.properties["columns"] = std::vector<std::string>{"title", "part"};
  after.properties["columns"] = std::vector<std::string>{"id", "part"};
  const std::vector<Operation> up = {
      AlterObject{before, after},
      AddColumn{"Order Line", column("id", Type::of(TypeKind::kInteger))}};
  CHECK(in_order_of_dependency(up, DependentRules()).front() == up.back());
}

TEST_CASE("a constraint stands where its columns are as it means them") {
  const Column number = column("a", Type::of(TypeKind::kInteger));
  const Column text = column("a", Type::of(TypeKind::kText));
  Check check;
  check.name = "a_is_told";
  check.expression.common = "a <> ''";
  const std::vector<Operation> up = {AddConstraint{"item", check},
                                     AlterColumn{"item", number, text, {}}};
  CHECK(in_order_of_dependency(up, DependentRules()).front() == up.back());
  const std::vector<Operation> down = {AlterColumn{"item", text, number, {}},
                                       DropConstraint{"item", check}};
  CHECK(in_order_of_dependency(down, DependentRules()).front() == down.back());
  const std::vector<Operation> elsewhere = {AddConstraint{"other", check},
                                            AlterColumn{"item", number, text, {}}};
  CHECK(in_order_of_dependency(elsewhere, DependentRules()) == elsewhere);
}

TEST_CASE("a child comes after its parents' columns change, and goes before") {
  Table child = table("child", {column("a", Type::of(TypeKind::kText))});
  child.columns[0].options["postgresql"]["inherited"] = "true";
  const AlterColumn change{"base",
                           column("a", Type::of(TypeKind::kInteger)),
                           column("a", Type::of(TypeKind::kText)),
                           {}};
  for (const char* key : {"inherits", "partition_of"}) {
    child.options["postgresql"] = {{key, "middle"}};
    const Ancestors ancestors = {{"child", {"middle", "base"}}, {"middle", {"base"}}};
    const std::vector<Operation> up = {CreateTable{child}, change};
    CHECK(in_order_of_dependency(up, DependentRules(), ancestors).front() == up.back());
    const std::vector<Operation> down = {change, DropTable{child}};
    CHECK(in_order_of_dependency(down, DependentRules(), ancestors).front() == down.back());
  }
}

TEST_CASE("what moves to another schema under its name is there before its users change") {
  DatabaseObject before = object("domain", "word", {{"type", SqlText{"mood", {}}}});
  DatabaseObject after = object("domain", "word", {{"type", SqlText{"extra.mood", {}}}});
  const std::vector<Operation> order =
      in_order_of_dependency({AlterObject{before, after}, DropEnum{{"mood", "", {"ok"}, ""}},
                              CreateEnum{{"mood", "extra", {"ok"}, ""}}},
                             DependentRules(), {});
  CHECK(words(order) ==
        Words{"create enum extra.mood (ok)", "alter domain word: type", "drop enum mood"});
  const DatabaseObject one = object("function", "f", {{"returns", SqlText{"text", {}}}});
  DatabaseObject other = one;
  other.signature = "integer";
  const std::vector<Operation> overload =
      in_order_of_dependency({CreateObject{other}, DropObject{one}}, DependentRules(), {});
  CHECK(words(overload) == Words{"drop function f()", "create function f(integer)"});
}

TEST_CASE("objects are created, altered and dropped with their reverse, and applied by identity") {
  const DependentRules rules;
  Schema schema;
  schema.tables.push_back(table("item", {column("id", Type::of(TypeKind::kInteger))}));
  DatabaseObject one = object("function", "f", {{"returns", SqlText{"text", {}}}});
  DatabaseObject other = one;
  other.signature = "integer";
  apply(CreateObject{one}, schema, rules);
  apply(CreateObject{other}, schema, rules);
  CHECK_THROWS_WITH(apply(CreateObject{one}, schema, rules),
                    Catch::Contains("function 'f()' exists already"));
  DatabaseObject changed = other;
  changed.properties["returns"] = SqlText{"integer", {}};
  const Operation alter = AlterObject{other, changed};
  CHECK(describe(alter) == "alter function f(integer): returns");
  apply(alter, schema, rules);
  CHECK(schema.objects == std::vector<DatabaseObject>{one, changed});
  apply(*reverse(alter), schema, rules);
  apply(DropObject{one}, schema, rules);
  CHECK(schema.objects == std::vector<DatabaseObject>{other});
  CHECK_THROWS_WITH(apply(DropObject{one}, schema, rules), Catch::Contains("does not exist"));
  DatabaseObject policy = object("policy", "p");
  policy.table = "nowhere";
  CHECK_THROWS_WITH(apply(CreateObject{policy}, schema, rules), Catch::Contains("nowhere"));
}

TEST_CASE("a table takes its policies along, and a renamed one keeps them and its sequences") {
  const DependentRules rules;
  Schema schema = everything();
  schema.objects.push_back(object("sequence", "item_seq", {{"owned_by", SqlText{"item.id", {}}}}));
  apply(RenameTable{"item", "article"}, schema, rules);
  apply(RenameColumn{"article", "id", "number"}, schema, rules);
  const auto find = [&](const std::string& name) {
    return *std::find_if(schema.objects.begin(), schema.objects.end(),
                         [&](const DatabaseObject& candidate) { return candidate.name == name; });
  };
  CHECK(find("mine").table == "article");
  CHECK(find("item_seq").text("owned_by") == "article.number");
  const std::size_t before = schema.objects.size();
  apply(DropTable{*schema.find_table("article")}, schema, rules);
  CHECK(schema.objects.size() == before - 1);
}

TEST_CASE("a renamed column goes on in what the engine keeps parsed, and a view's names stay") {
  const DependentRules rules;
  Schema schema = everything();
  DatabaseObject policy = object(
      "policy", "all", {{"using", SqlText{"id > 1 AND id IN (SELECT item.id FROM item)", {}}}});
  policy.table = "item";
  schema.objects.push_back(policy);
  schema.tables[0].options["postgresql"]["partition_by"] = "RANGE (id)";
  Table part = table("part", schema.tables[0].columns);
  for (Column& column : part.columns) column.options["postgresql"]["inherited"] = "true";
  part.options["postgresql"]["partition_of"] = "item";
  schema.tables.push_back(part);
  const auto renamed = [&](const std::string& query) {
    Schema copy = schema;
    copy.views[0].query.common = query;
    apply(RenameColumn{"item", "id", "number"}, copy, rules);
    return copy.views[0].query.common;
  };
  CHECK(renamed("SELECT id FROM item") == "SELECT number AS id FROM item");
  CHECK(renamed("SELECT code, item.id, id + 1 FROM item ORDER BY id") ==
        "SELECT code, item.number AS id, number + 1 FROM item ORDER BY number");
  CHECK(renamed("SELECT id AS key FROM item") == "SELECT number AS key FROM item");
  CHECK(renamed("SELECT code FROM (item JOIN users ON (users.id = item.id))") ==
        "SELECT code FROM (item JOIN users ON (users.id = item.number))");
  apply(RenameColumn{"item", "id", "number"}, schema, rules);
  CHECK(schema.objects.back().text("using") ==
        "number > 1 AND number IN (SELECT item.number AS id FROM item)");
  CHECK(schema.tables[0].options["postgresql"]["partition_by"] == "RANGE (number)");
  CHECK(schema.tables[1].columns[0].name == "number");
  CHECK_NOTHROW(apply(RenameColumn{"part", "id", "number"}, schema, rules));
  apply(RenameTable{"item", "article"}, schema, rules);
  CHECK(schema.tables[1].options["postgresql"]["partition_of"] == "article");
}

TEST_CASE("a renamed table's row type is renamed where it is a type") {
  const DependentRules rules;
  Schema schema = everything();
  DatabaseObject one = object("function", "f",
                              {{"arguments", SqlText{"item item, other items DEFAULT item()", {}}},
                               {"returns", SqlText{"SETOF item", {}}}});
  one.signature = "item, items";
  schema.objects = {one};
  schema.tables.push_back(table("u", {column("i", Type::native_of("postgresql", "item[]"))}));
  apply(RenameTable{"item", "article"}, schema, rules);
  CHECK(schema.objects[0].signature == "article, items");
  CHECK(schema.objects[0].text("arguments") == "item article, other items DEFAULT item()");
  CHECK(schema.objects[0].text("returns") == "SETOF article");
  CHECK(schema.tables[1].columns[0].type.native["postgresql"] == "article[]");
}

TEST_CASE("a rule falls with the view that is made anew, and comes again") {
  const DependentRules rules;
  Schema before = everything();
  DatabaseObject rule = object("rule", "r", {{"action", SqlText{"NOTHING", {}}}});
  rule.table = "items";
  before.objects = {rule};
  before.views[0].query.common = "SELECT id FROM item";
  Schema after = before;
  after.views[0].materialized = true;
  after.objects.clear();
  CHECK(words(diff(before, after, rules)) ==
        Words{"drop rule r on items", "drop view items", "create view items"});
  after = before;
  after.views[0].query.common = "SELECT code FROM item";
  after.tables[0].columns.erase(after.tables[0].columns.begin());
  CHECK(words(diff(before, after, rules)) == Words{"drop rule r on items", "drop view items",
                                                   "drop column item.id", "create view items",
                                                   "create rule r on items"});
}

}  // namespace
}  // namespace ormdb
