#include <catch2/catch.hpp>

#include "ormdb/diff.h"
#include "ormdb/error.h"
#include "support/ops_test_rules.h"

namespace ormdb {
namespace {

Column column(std::string name, const char* type = "integer", std::string renamed_from = "") {
  Column result;
  result.name = std::move(name);
  result.type = *parse_type(type);
  result.renamed_from = std::move(renamed_from);
  return result;
}

Table table(std::string name, std::vector<Column> columns, std::string renamed_from = "") {
  Table result;
  result.name = std::move(name);
  result.columns = std::move(columns);
  result.renamed_from = std::move(renamed_from);
  return result;
}

Schema schema(std::vector<Table> tables) {
  Schema result;
  result.tables = std::move(tables);
  return result;
}

std::vector<std::string> words(const std::vector<Operation>& operations) {
  std::vector<std::string> result;
  for (const Operation& operation : operations) result.push_back(describe(operation));
  return result;
}

TEST_CASE("A hint is in force while only the old name is in the database") {
  const Schema before = schema({table("Users", {column("id"), column("Nick")})});
  const Schema wanted =
      schema({table("account", {column("id"), column("name", "integer", "nick")}, "users")});
  const TestRules rules;
  const std::vector<Operation> renames = rename_operations(before, wanted, {}, rules);
  CHECK(words(renames) == std::vector<std::string>{"rename table Users to account",
                                                   "rename column account.Nick to name"});
  Schema after = before;
  apply(renames, after, rules);
  CHECK(equivalent(after, wanted, rules));
  CHECK(rename_operations(after, wanted, {}, rules).empty());
  CHECK(inert_rename_hints(before, wanted, rules).empty());
  CHECK(inert_rename_hints(after, wanted, rules) ==
        std::vector<Rename>{{"", "users", "account"}, {"account", "nick", "name"}});
}

TEST_CASE("A hint is inert when both names are there") {
  const Schema before = schema({table("t", {column("a"), column("b")})});
  const Schema wanted = schema({table("t", {column("a"), column("b", "integer", "a")})});
  CHECK(rename_operations(before, wanted, {}, TestRules()).empty());
  CHECK(inert_rename_hints(before, wanted, TestRules()).size() == 1);
}

TEST_CASE("A decision goes before a hint, and a name is renamed once") {
  const Schema before = schema({table("t", {column("a"), column("b")})});
  const Schema wanted = schema({table("t", {column("x", "integer", "a"), column("y")})});
  CHECK(words(rename_operations(before, wanted, {{"t", "A", "y"}}, TestRules())) ==
        std::vector<std::string>{"rename column t.a to y"});
}

TEST_CASE("A decision that does not fit is refused with the reason") {
  const Schema before = schema({table("t", {column("a"), column("b")})});
  const Schema wanted = schema({table("t", {column("a"), column("c")})});
  struct Case {
    Rename rename;
    const char* reason;
  };
  const std::vector<Case> cases = {
      {{"t", "z", "c"}, "there is no 'z' now"},         {{"t", "a", "c"}, "'a' stays"},
      {{"t", "b", "d"}, "there is to be no 'd'"},       {{"t", "b", "a"}, "'a' exists now"},
      {{"u", "b", "c"}, "there is to be no table 'u'"}, {{"", "s", "t"}, "there is no 's' now"},
  };
  for (const Case& one : cases) {
    INFO(one.reason);
    try {
      rename_operations(before, wanted, {one.rename}, TestRules());
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kUsage);
      CHECK_THAT(error.message(), Catch::Contains(one.reason));
    }
  }
}

TEST_CASE("Tables with mostly equal columns and columns of one type may be renames") {
  const Schema before =
      schema({table("Old", {column("id"), column("a"), column("b", "text"), column("c", "date")}),
              table("t", {column("id"), column("Nick", "text"), column("n")})});
  const Schema wanted =
      schema({table("half", {column("id"), column("a")}),
              table("less", {column("id"), column("a", "text"), column("x"), column("y")}),
              table("t", {column("id"), column("name", "text"), column("when", "date")})});
  CHECK(rename_candidates(before, wanted, TestRules()) ==
        std::vector<Rename>{{"", "Old", "half"}, {"t", "Nick", "name"}});
}

TEST_CASE("Names follow the convention, are unique, and are cut with a hash") {
  Table post = table("post", {column("a"), column("b")});
  KeyPart a;
  a.column = "a";
  KeyPart expression;
  expression.expression.common = "lower(b)";
  post.primary_key = PrimaryKey{"", {a}, Deferrable::kNo, {}};
  post.uniques = {{"mine", {a}, Deferrable::kNo, {}}, {"", {a}, Deferrable::kNo, {}}};
  ForeignKey key;
  key.columns = {"a", "b"};
  key.referenced_table = "s.user";
  post.foreign_keys = {key};
  post.checks = {{"", {"a > 0", {}}, {}}, {"", {"a > b", {}}, {}}, {"", {"A < 9", {}}, {}}};
  Index index;
  index.columns = {a, expression};
  post.indexes = {index, index};
  give_names(post, {}, 0);
  CHECK(post.primary_key->name == "pk_post");
  CHECK(post.uniques[0].name == "mine");
  CHECK(post.uniques[1].name == "uq_post_a");
  CHECK(post.foreign_keys[0].name == "fk_post_a_b_s_user");
  CHECK(post.checks[0].name == "ck_post_a");
  CHECK(post.checks[1].name == "ck_post_2");
  CHECK(post.checks[2].name == "ck_post_a_2");
  CHECK(post.indexes[0].name == "ix_post_a_expr");
  CHECK(post.indexes[1].name == "ix_post_a_expr_2");

  Table long_one = table(std::string(30, 'x'), {column("a"), column("b")});
  long_one.uniques = {{"", {a}, Deferrable::kNo, {}}, {"", {expression}, Deferrable::kNo, {}}};
  give_names(long_one, {}, 20);
  CHECK(long_one.uniques[0].name.size() == 20);
  CHECK(long_one.uniques[0].name != long_one.uniques[1].name);

  // What tells two names apart counts too.
  Table twins = table("t", {column("a")});
  twins.uniques = {{"", {a}, Deferrable::kNo, {}}, {"", {a}, Deferrable::kNo, {}}};
  NamingConvention convention;
  convention.unique = std::string(20, 'u');
  give_names(twins, convention, 20);
  CHECK(twins.uniques[0].name == convention.unique);
  CHECK(twins.uniques[1].name != convention.unique);
  CHECK(twins.uniques[1].name.size() == 20);
}

}  // namespace
}  // namespace ormdb
