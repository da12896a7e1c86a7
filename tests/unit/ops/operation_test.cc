#include "ormdb/operation.h"

#include <catch2/catch.hpp>

namespace ormdb {
namespace {

Column column(std::string name, const char* type) {
  Column result;
  result.name = std::move(name);
  result.type = *parse_type(type);
  return result;
}

TEST_CASE("Operations are values") {
  Operation a = AddColumn{"t", column("x", "text")};
  a.transaction = false;
  Operation b = a;
  CHECK(a == b);
  b.get_if<AddColumn>()->table = "u";
  CHECK(a.get_if<AddColumn>()->table == "t");
  CHECK_FALSE(a == b);
  b = a;
  b.transaction = true;
  CHECK_FALSE(a == b);
  CHECK(a.name() == "add_column");
  CHECK(a.get_if<DropColumn>() == nullptr);
}

TEST_CASE("An operation says which table and which object it works on") {
  struct Case {
    Operation operation;
    std::string table;
    std::string object;
  };
  Table table;
  table.name = "t";
  table.schema = "s";
  Index index;
  index.name = "ix";
  const std::vector<Case> cases = {
      {CreateTable{table}, "s.t", ""},
      {AddColumn{"t", column("c", "text")}, "t", "c"},
      {RenameColumn{"t", "a", "b"}, "t", "a"},
      {RenameTable{"a", "b"}, "a", ""},
      {CreateIndex{"t", index}, "t", "ix"},
      {DropConstraint{"t", Check{"ck", {}, {}}}, "t", "ck"},
      {CreateEnum{{"mood", "s", {}, ""}}, "", "s.mood"},
      {InsertRows{"t", {}, {}}, "t", ""},
      {Execute(), "", ""},
  };
  for (const Case& one : cases) {
    CHECK(operation_table(one.operation) == one.table);
    CHECK(operation_object(one.operation) == one.object);
  }
}

TEST_CASE("Reversing twice gives the operation again, where there is a reverse") {
  Operation insert = InsertRows{"t", {"a"}, {{Literal::number("1")}}};
  insert.transaction = false;
  const std::vector<Operation> operations = {
      DropColumn{"t", column("c", "text")},
      AlterColumn{"t", column("c", "text"), column("c", "integer"), {}},
      RenameTable{"a", "b"},
      insert,
  };
  for (const Operation& operation : operations) {
    CHECK(reverse(reverse(operation).value()).value() == operation);
  }
  CHECK(reverse(operations).value().front() == reverse(operations.back()).value());
}

TEST_CASE("What has no reverse makes the whole list irreversible") {
  for (const Operation& operation : {Operation(Execute()), Operation(UpdateRows{}),
                                     Operation(DeleteRows{"t", {"a", {}}, {}, {}})}) {
    CHECK_FALSE(reverse(operation).has_value());
    CHECK_FALSE(reverse(std::vector<Operation>{RenameTable{"a", "b"}, operation}).has_value());
  }
}

TEST_CASE("Descriptions are one line, however long the SQL") {
  Execute execute(SqlText{"UPDATE t\n   SET a = 1 WHERE " + std::string(200, 'x'), {}});
  const std::string text = describe(execute);
  CHECK(text.starts_with("execute UPDATE t SET a = 1 WHERE xxx"));
  CHECK(text.ends_with("..."));
  CHECK(text.size() < 80);
  CHECK(describe(AddColumn{"post", column("slug", "string(120)")}) ==
        "add column post.slug string(120)");
  CHECK(describe(InsertRows{"t", {"a"}, {{Literal::null()}}}) == "insert 1 row into t");
  CHECK(describe(UpdateRows{"t", {}, {"a = 1", {}}}) == "update rows of t where a = 1");
  CHECK(describe(AlterTable{"t", {"a", {}}, {"b", {}}}) == "alter table t: comment");
}

TEST_CASE("Type changes that can lose data are destructive") {
  struct Case {
    const char* from;
    const char* to;
    bool destructive;
  };
  const std::vector<Case> cases = {
      {"integer", "big_integer", false},
      {"big_integer", "integer", true},
      {"small_integer", "integer", false},
      {"string(20)", "string(40)", false},
      {"string(40)", "string(20)", true},
      {"string", "string(20)", true},
      {"string(20)", "text", false},
      {"text", "string", false},
      {"text", "string(9)", true},
      {"integer", "text", true},
      {"numeric(10,2)", "numeric(12,2)", false},
      {"numeric(10,2)", "numeric(10,4)", true},
      {"numeric(10,2)", "numeric", false},
      {"numeric", "numeric(10,2)", true},
      {"float", "double", false},
      {"double", "float", true},
      {"datetime(tz)", "datetime", true},
      {"array(integer)", "array(big_integer)", false},
  };
  for (const Case& one : cases) {
    INFO(one.from << " to " << one.to);
    CHECK(is_destructive(AlterColumn{"t", column("c", one.from), column("c", one.to), {}}) ==
          one.destructive);
  }
}

TEST_CASE("Drops, deletes and unknown SQL are destructive, the rest is not") {
  Column nullable = column("c", "text");
  nullable.nullable = true;
  CHECK(is_destructive(DropTable{}));
  CHECK(is_destructive(DropColumn{}));
  CHECK(is_destructive(DropVirtualTable{}));
  CHECK(is_destructive(DeleteRows{}));
  CHECK(is_destructive(AlterEnum{{"e", "", {"a", "b"}, ""}, {"e", "", {"a"}, ""}}));
  CHECK_FALSE(is_destructive(AlterEnum{{"e", "", {"a"}, ""}, {"e", "", {"a", "b"}, ""}}));
  CHECK_FALSE(is_destructive(AlterColumn{"t", nullable, column("c", "text"), {}}));
  CHECK_FALSE(is_destructive(DropIndex{}));
  CHECK_FALSE(is_destructive(UpdateRows{}));
  CHECK_FALSE(is_destructive(Execute(SqlText{"INSERT INTO t VALUES (1); SELECT 1", {}})));
  CHECK(is_destructive(Execute(SqlText{"SELECT 1; DELETE FROM t", {}})));
  CHECK(is_destructive(Execute(SqlText{"SELECT 1", {{"postgresql", "TRUNCATE t"}}})));
  Execute known(SqlText{"ALTER TABLE t ADD c", {}});
  known.effects = {{AddColumn{"t", nullable}}};
  CHECK_FALSE(is_destructive(known));
  known.effects->emplace_back(DropColumn{"t", nullable});
  CHECK(is_destructive(known));
}

}  // namespace
}  // namespace ormdb
