#include <catch2/catch.hpp>

#include "ormdb/diff.h"
#include "ormdb/error.h"
#include "support/ops_test_rules.h"

namespace ormdb {
namespace {

Column column(std::string name) {
  Column result;
  result.name = std::move(name);
  return result;
}

KeyPart part(std::string name) {
  KeyPart result;
  result.column = std::move(name);
  return result;
}

/// post(id, title, user_id → user.id, slug generated) with everything that names a column.
Schema blog() {
  Schema schema;
  Table user;
  user.name = "user";
  user.columns = {column("id"), column("name")};
  user.primary_key = PrimaryKey{"", {part("id")}, Deferrable::kNo, {}};
  Table post;
  post.name = "post";
  post.columns = {column("id"), column("title"), column("user_id"), column("slug")};
  post.columns[3].generated = Generated{{"lower(title)", {}}, false};
  post.primary_key = PrimaryKey{"pk_post", {part("id")}, Deferrable::kNo, {}};
  post.uniques = {{"uq_title", {part("title")}, Deferrable::kNo, {}}};
  ForeignKey key;
  key.columns = {"user_id"};
  key.referenced_table = "User";
  key.referenced_columns = {"id"};
  post.foreign_keys = {key};
  post.checks = {{"", {"title <> 'title' AND \"Title\" <> '' AND title(1)", {}}, {}}};
  Index index;
  index.name = "ix_post";
  index.columns = {part("title")};
  index.where.common = "post.title IS NOT NULL";
  post.indexes = {index};
  schema.tables = {user, post};
  View view;
  view.name = "v";
  view.query.common = "SELECT p.title, u.name AS title FROM post AS p, user u";
  schema.views = {view};
  Trigger trigger;
  trigger.name = "tr";
  trigger.table = "post";
  trigger.events = {"update"};
  trigger.update_of = {"title"};
  trigger.when.common = "new.title <> old.title";
  trigger.body.common = "INSERT INTO user(name) VALUES (new.title);";
  schema.triggers = {trigger};
  return schema;
}

struct ErrorCase {
  Operation operation;
  ErrorKind kind;
  const char* message;
};

std::vector<ErrorCase> error_cases() {
  Table post;
  post.name = "POST";
  Index taken;
  taken.name = "IX_post";
  taken.columns = {part("id")};
  Index unknown = taken;
  unknown.name = "ix_new";
  unknown.columns = {part("titel")};
  Trigger lost;
  lost.name = "lost";
  lost.table = "psot";
  Column renamed = column("other");
  Execute ddl(SqlText{"INSERT INTO t VALUES (1); DROP TABLE post", {}});
  const ErrorKind script = ErrorKind::kScript;
  const ErrorKind unsupported = ErrorKind::kUnsupported;
  const Constraint check = Check{"", {"1 = 1", {}}, {}};
  const Constraint key = PrimaryKey{"", {part("id")}, Deferrable::kNo, {}};
  const Constraint same_name = Check{"UQ_title", {"1 = 1", {}}, {}};
  const Constraint bad_column = Unique{"", {part("nmae")}, Deferrable::kNo, {}};
  return {
      {CreateTable{post}, script, "table 'POST' exists already"},
      {AddColumn{"psot", column("x")}, script,
       "table 'psot' does not exist (did you mean 'post'?)"},
      {AddColumn{"post", column("TITLE")}, script, "column 'post.TITLE' exists already"},
      {DropColumn{"post", column("titel")}, script,
       "column 'post.titel' does not exist (did you mean 'title'?)"},
      {DropColumn{"post", column("title")}, script,
       "column 'post.title' cannot be dropped: unique constraint 'uq_title' uses it"},
      {DropColumn{"post", column("id")}, script,
       "column 'post.id' cannot be dropped: primary key 'pk_post' uses it"},
      {DropColumn{"post", column("user_id")}, script,
       "column 'post.user_id' cannot be dropped: foreign key uses it"},
      {AlterColumn{"post", column("title"), renamed, {}}, script,
       "alter_column of 'post.title' changes its name to 'other'"},
      {RenameColumn{"post", "title", "ID"}, script,
       "column 'post.title' cannot be renamed: 'ID' exists already"},
      {RenameTable{"post", "V"}, script, "table 'post' cannot be renamed: view 'V' exists already"},
      {AddConstraint{"post", key}, script, "table 'post' has a primary key already"},
      {AddConstraint{"post", same_name}, script,
       "constraint 'UQ_title' of table 'post' exists already"},
      {AddConstraint{"user", bad_column}, script,
       "column 'user.nmae' does not exist (did you mean 'name'?)"},
      {DropConstraint{"post", check}, script, "table 'post' has no check: 1 = 1"},
      {CreateIndex{"user", taken}, script, "index 'IX_post' exists already, on table 'post'"},
      {CreateIndex{"post", unknown}, script,
       "index 'ix_new': table 'post' has no column 'titel' (did you mean 'title'?)"},
      {DropIndex{"user", taken}, script, "index 'IX_post' of table 'user' does not exist"},
      {CreateTrigger{lost}, script, "table 'psot' does not exist (did you mean 'post'?)"},
      {ddl, unsupported, "what this statement does to the schema is not known without running it"},
  };
}

TEST_CASE("An operation that does not fit says why and changes nothing") {
  const TestRules rules;
  for (const ErrorCase& one : error_cases()) {
    DYNAMIC_SECTION(one.message) {
      Schema schema = blog();
      try {
        apply(one.operation, schema, rules);
        FAIL("no error");
      } catch (const Error& error) {
        CHECK(error.kind() == one.kind);
        CHECK(error.message() == one.message);
      }
      CHECK(schema == blog());
    }
  }
}

TEST_CASE("The operation that fails in a list is numbered, the statement named") {
  Schema schema = blog();
  const std::vector<Operation> operations = {AddColumn{"post", column("x")},
                                             Execute(SqlText{"SELECT 1; VACUUM", {}})};
  try {
    apply(operations, schema, TestRules());
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.operation() == 2);
    CHECK(error.statement() == "VACUUM");
  }
}

TEST_CASE("Renaming a column renames it wherever the table's own SQL and others say it") {
  Schema schema = blog();
  apply(RenameColumn{"post", "TITLE", "head line"}, schema, TestRules());
  const Table& post = *schema.find_table("post");
  CHECK(post.columns[1].name == "head line");
  CHECK(post.columns[3].generated->expression.common == "lower(\"head line\")");
  CHECK(post.uniques[0].columns[0].column == "head line");
  CHECK(post.checks[0].expression.common ==
        "\"head line\" <> 'title' AND \"head line\" <> '' AND title(1)");
  CHECK(post.indexes[0].columns[0].column == "head line");
  CHECK(post.indexes[0].where.common == "post.\"head line\" IS NOT NULL");
  CHECK(schema.views[0].query.common ==
        "SELECT p.\"head line\", u.name AS title FROM post AS p, user u");
  CHECK(schema.triggers[0].update_of == std::vector<std::string>{"head line"});
  CHECK(schema.triggers[0].when.common == "new.\"head line\" <> old.\"head line\"");
  CHECK(schema.triggers[0].body.common == "INSERT INTO user(name) VALUES (new.\"head line\");");
}

TEST_CASE("Renaming a referenced column renames it in foreign keys") {
  Schema schema = blog();
  apply(RenameColumn{"USER", "id", "nr"}, schema, TestRules());
  CHECK(schema.find_table("post")->foreign_keys[0].referenced_columns ==
        std::vector<std::string>{"nr"});
  CHECK(schema.find_table("user")->primary_key->columns[0].column == "nr");
  CHECK(schema.find_table("post")->primary_key->columns[0].column == "id");
}

TEST_CASE("Renaming a table follows it into foreign keys, triggers and views") {
  Schema schema = blog();
  apply(RenameTable{"user", "account"}, schema, TestRules());
  CHECK(schema.find_table("account") != nullptr);
  CHECK(schema.find_table("post")->foreign_keys[0].referenced_table == "account");
  CHECK(schema.views[0].query.common ==
        "SELECT p.title, u.name AS title FROM post AS p, account u");
  CHECK(schema.triggers[0].body.common == "INSERT INTO account(name) VALUES (new.title);");
  apply(RenameTable{"post", "entry"}, schema, TestRules());
  CHECK(schema.triggers[0].table == "entry");
  CHECK(schema.find_table("entry")->indexes[0].where.common == "entry.title IS NOT NULL");
}

TEST_CASE("Dropping a table takes its triggers, dropping a view those on it") {
  Schema schema = blog();
  schema.triggers.push_back(schema.triggers[0]);
  schema.triggers[1].name = "on_view";
  schema.triggers[1].table = "V";
  apply(DropTable{*schema.find_table("post")}, schema, TestRules());
  REQUIRE(schema.triggers.size() == 1);
  apply(DropView{schema.views[0]}, schema, TestRules());
  CHECK(schema.triggers.empty());
}

TEST_CASE("A constraint is dropped by its name or by what it says") {
  const TestRules rules;
  Schema schema = blog();
  apply(DropConstraint{"post", Unique{"UQ_TITLE", {}, Deferrable::kNo, {}}}, schema, rules);
  CHECK(schema.find_table("post")->uniques.empty());
  ForeignKey key;
  key.columns = {"USER_ID"};
  key.referenced_table = "user";
  key.name = "a name that the database has not";
  apply(DropConstraint{"post", key}, schema, rules);
  CHECK(schema.find_table("post")->foreign_keys.empty());
}

TEST_CASE("Raw SQL changes what its effects say, as a whole or not at all") {
  Schema schema = blog();
  Execute execute(SqlText{"ALTER TABLE post ADD x", {}});
  execute.effects = {{AddColumn{"post", column("x")}, AddColumn{"post", column("title")}}};
  CHECK_THROWS_AS(apply(execute, schema, TestRules()), Error);
  CHECK(schema == blog());
  execute.effects->pop_back();
  apply(execute, schema, TestRules());
  CHECK(schema.find_table("post")->find_column("x") != nullptr);
}

TEST_CASE("Data steps change no schema, whatever table they name") {
  Schema schema = blog();
  apply({InsertRows{"elsewhere", {"a"}, {{Literal::null()}}}, UpdateRows{"x", {}, {}},
         DeleteRows{"y", {}, {}, {}}, Execute(SqlText{"WITH a AS (SELECT 1) SELECT 1", {}})},
        schema, TestRules());
  CHECK(schema == blog());
}

TEST_CASE("Whether an operation can be replayed depends on its dialect's text") {
  Execute execute(SqlText{"SELECT 1", {{"postgresql", "CREATE EXTENSION x"}}});
  CHECK(is_replayable(execute, "sqlite"));
  CHECK_FALSE(is_replayable(execute, "postgresql"));
  execute.effects.emplace();
  CHECK(is_replayable(execute, "postgresql"));
  execute.effects->emplace_back(Execute(SqlText{"VACUUM", {}}));
  CHECK_FALSE(is_replayable(execute, "postgresql"));
  CHECK(is_replayable(DropTable{}, "sqlite"));
}

}  // namespace
}  // namespace ormdb
