#include "schema/validate.h"

#include <catch2/catch.hpp>
#include <functional>

#include "base/text.h"

namespace ormdb {
namespace {

Column column(std::string name, const char* type = "integer") {
  Column result;
  result.name = std::move(name);
  result.type = *parse_type(type);
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

/// user(id, email unique) and post(id, user_id → user.id): nothing is wrong.
Schema blog() {
  Schema schema;
  Table user;
  user.name = "user";
  user.columns = {column("id"), column("email", "string(40)")};
  user.primary_key = PrimaryKey{"", parts({"id"}), Deferrable::kNo, {}};
  user.uniques = {{"", parts({"email"}), Deferrable::kNo, {}}};
  Table post;
  post.name = "post";
  post.columns = {column("id"), column("user_id"), column("mail", "text")};
  post.primary_key = PrimaryKey{"", parts({"id"}), Deferrable::kNo, {}};
  ForeignKey key;
  key.columns = {"user_id"};
  key.referenced_table = "user";
  key.referenced_columns = {"id"};
  post.foreign_keys = {key};
  schema.tables = {user, post};
  return schema;
}

std::vector<std::string> messages(const Schema& schema, const std::string& dialect) {
  std::vector<std::string> result;
  const ValidateOptions options{30, [](std::string_view name) { return to_lower(name); }, dialect};
  for (const SchemaProblem& problem : validate(schema, options)) result.push_back(problem.message);
  return result;
}

struct Case {
  const char* message;  ///< "": no problem.
  std::function<void(Schema&, Table& user, Table& post)> edit;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"", [](Schema&, Table&, Table&) {}},
      {"foreign key of 'post' (user_id) references table 'usr', which does not exist (did you mean "
       "'user'?)",
       [](Schema&, Table&, Table& post) { post.foreign_keys[0].referenced_table = "usr"; }},
      {"", [](Schema&, Table&, Table& post) { post.foreign_keys[0].referenced_table = "USER"; }},
      {"", [](Schema&, Table&, Table& post) { post.foreign_keys[0].referenced_columns = {}; }},
      {"foreign key of 'post' (user_id) references column 'user.idd', which does not exist (did "
       "you "
       "mean 'id'?)",
       [](Schema&, Table&, Table& post) { post.foreign_keys[0].referenced_columns = {"idd"}; }},
      {"foreign key of 'post' (user_id) references user(email), which is neither a primary key nor "
       "unique",
       [](Schema&, Table& user, Table& post) {
         user.uniques.clear();
         post.foreign_keys[0].referenced_columns = {"email"};
       }},
      {"column 'post.user_id' is uuid, but the column that it references, 'user.id', is "
       "integer",
       [](Schema&, Table&, Table& post) { post.columns[1] = column("user_id", "uuid"); }},
      {"",
       [](Schema&, Table&, Table& post) {
         post.foreign_keys[0].columns = {"mail"};
         post.foreign_keys[0].referenced_columns = {"email"};
       }},
      {"foreign key of 'post' (user_id) has 1 column and references 2",
       [](Schema&, Table&, Table& post) {
         post.foreign_keys[0].referenced_columns = {"id", "email"};
       }},
      {"table 'user' has column 'ID' twice",
       [](Schema&, Table& user, Table&) { user.columns.push_back(column("ID")); }},
      {"table 'post' has no columns",
       [](Schema&, Table&, Table& post) {
         post = Table{};
         post.name = "post";
       }},
      {"view 'USER' has the name of another table",
       [](Schema& schema, Table&, Table&) {
         schema.views.resize(1);
         schema.views[0].name = "USER";
       }},
      {"primary key of 'post' names column 'nr', which does not exist",
       [](Schema&, Table&, Table& post) { post.primary_key->columns = parts({"nr"}); }},
      {"index 'ix' names column 'titel', which does not exist",
       [](Schema&, Table&, Table& post) {
         post.indexes.resize(1);
         post.indexes[0].name = "ix";
         post.indexes[0].columns = parts({"titel"});
       }},
      {"unique constraint of 'user' names column 'Email' twice",
       [](Schema&, Table& user, Table&) {
         user.uniques[0].columns = parts({"email", "Email"});
       }},
      {"column 'post.mail' has the type enum 'mood', which does not exist",
       [](Schema&, Table&, Table& post) { post.columns[2] = column("mail", "enum(mood)"); }},
      {"enum 'mood' has the value 'a' twice",
       [](Schema& schema, Table&, Table&) {
         schema.enums = {{"mood", "", {"a", "a"}, ""}};
       }},
      {"trigger 'tr' stands on table 'psot', which does not exist (did you mean 'post'?)",
       [](Schema& schema, Table&, Table&) {
         schema.triggers.resize(1);
         schema.triggers[0].name = "tr";
         schema.triggers[0].table = "psot";
       }},
      {"relationship 'user.posts' leads to table 'posts', which does not exist (did you mean "
       "'post'?)",
       [](Schema&, Table& user, Table&) {
         user.relationships.resize(1);
         user.relationships[0].name = "posts";
         user.relationships[0].to = "posts";
       }},
      {"relationship 'user.posts': table 'post' has no relationship 'author'",
       [](Schema&, Table& user, Table&) {
         user.relationships.resize(1);
         user.relationships[0].name = "posts";
         user.relationships[0].to = "post";
         user.relationships[0].back_populates = "author";
       }},
      {"the name of column 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' is 31 bytes long, at most 30 are "
       "allowed",
       [](Schema&, Table& user, Table&) { user.columns.push_back(column(std::string(31, 'x'))); }},
      {"column 'user.email' is generated and has a default",
       [](Schema&, Table& user, Table&) {
         user.columns[1].generated = Generated{{"'x'", {}}, false};
         user.columns[1].default_value = Literal::null();
       }},
  };
  return all;
}

TEST_CASE("Each problem of a schema is found and said once") {
  for (const Case& one : cases()) {
    Schema schema = blog();
    one.edit(schema, schema.tables[0], schema.tables[1]);
    INFO(one.message);
    const std::vector<std::string> expected = std::string(one.message).empty()
                                                  ? std::vector<std::string>{}
                                                  : std::vector<std::string>{one.message};
    CHECK(messages(schema, "postgresql") == expected);
  }
}

TEST_CASE("PostgreSQL's keys need an operator between the types, not the same type") {
  Schema schema = blog();
  Column& key = schema.tables[1].columns[1];
  key.type = Type::of(TypeKind::kBigInteger);
  CHECK(messages(schema, "postgresql").empty());
  CHECK(messages(schema, "mysql").size() == 1);
  key.type = Type::of(TypeKind::kText);
  CHECK(messages(schema, "postgresql").size() == 1);
}

TEST_CASE("SQLite's loose keys are no mistakes, keys of different families are") {
  Schema schema = blog();
  Column& key = schema.tables[1].columns[1];
  key.type = Type::of(TypeKind::kBigInteger);
  CHECK(messages(schema, "sqlite").empty());
  key.type = Type::native_of("sqlite", "NUMBER");
  CHECK(messages(schema, "sqlite").empty());
  key.type = Type::of(TypeKind::kText);
  CHECK(messages(schema, "sqlite").size() == 1);
}

TEST_CASE("Autoincrement belongs to the primary key on SQLite") {
  Schema schema = blog();
  schema.tables[0].columns[0].autoincrement = true;
  CHECK(messages(schema, "sqlite").empty());
  schema.tables[0].columns[1].autoincrement = true;
  CHECK(
      messages(schema, "sqlite") ==
      std::vector<std::string>{"column 'user.email' has autoincrement and is not the primary key"});
}

TEST_CASE("A problem says where it is") {
  Schema schema = blog();
  schema.tables[1].foreign_keys[0].referenced_table = "nobody";
  const std::vector<SchemaProblem> problems = validate(schema, {});
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].path ==
        std::vector<std::string>{"tables", "post", "columns", "user_id", "references"});
}

}  // namespace
}  // namespace ormdb
