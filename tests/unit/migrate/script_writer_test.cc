#include "migrate/script_writer.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "migrate/replay.h"
#include "ormdb/error.h"
#include "script/script.h"
#include "support/migrate_project.h"

namespace ormdb {
namespace {

using test::error_of;
using test::Project;

const char* const kUser = "  user: {columns: {id: {type: integer, primary_key: true}}}\n";
const char* const kUserWithName =
    "  user: {columns: {id: {type: integer, primary_key: true}, "
    "name: {type: string(20), nullable: true, unique: true}}}\n";

MigrateOptions with_message(const std::string& message) {
  MigrateOptions options;
  options.message = message;
  options.rev_id = "r" + std::to_string(message.size());
  return options;
}

TEST_CASE("A new script holds the difference and reads back") {
  const Project project;
  project.models(kUser);
  const DiffResult result = project.migrator()->migrate(with_message("add user"));
  CHECK(result.file.ends_with("_r8_add_user.yaml"));
  CHECK(result.revision.down_revisions.empty());
  const std::string name = result.revision.file.substr(project.path("").size());
  CHECK(project.read(name) == result.text);
  CHECK(scan_header({"x", result.text}).message == "add user");
  CHECK(parse_body({"x", result.text}, "sqlite").upgrade.size() == 1);
  project.upgrade();
  CHECK(project.migrator()->check({}).clean());
}

TEST_CASE("No change writes no file") {
  const Project project;
  const std::string before = project.files();
  const DiffResult result = project.migrator()->migrate(with_message("nothing"));
  CHECK(result.operations.empty());
  CHECK(result.file.empty());
  CHECK(project.files() == before);
}

TEST_CASE("A label or id that is another's is refused, and nothing is written") {
  const Project project;
  MigrateOptions first = with_message("one");
  first.autogenerate = false;
  first.branch_label = "lab";
  project.migrator()->migrate(first);
  const std::string before = project.files();
  const struct {
    std::string label, id, message;
    ErrorKind kind;
  } cases[] = {
      {"lab", "x", "--branch-label lab is a branch label of revision r3",
       ErrorKind::kDuplicateLabel},
      {"r3", "x", "--branch-label r3 is the id of a revision", ErrorKind::kDuplicateLabel},
      {"x", "x", "--branch-label x is the id of a revision", ErrorKind::kDuplicateLabel},
      {"", "lab", "--rev-id lab is a branch label of revision r3", ErrorKind::kDuplicateLabel},
      {"x y", "x", "the branch label 'x y' of x has white space", ErrorKind::kIllegalId},
      {"head", "x", "the branch label 'head' of x is a word with a meaning of its own",
       ErrorKind::kIllegalId},
  };
  for (const auto& one : cases) {
    CAPTURE(one.label, one.id);
    MigrateOptions options = first;
    options.branch_label = one.label;
    options.rev_id = one.id;
    const Error error = error_of([&] { project.migrator()->migrate(options); });
    CHECK(error.message() == one.message);
    CHECK(error.kind() == one.kind);
    CHECK(error.where() == "argument");
    CHECK(project.files() == before);
  }
}

TEST_CASE("Renames and the values that they leave open are asked for at once") {
  const Project project;
  project.models("  t: {columns: {id: {type: integer, primary_key: true}, a: {type: text}}}\n");
  project.migrator()->migrate(with_message("one"));
  project.upgrade();
  project.models(
      "  t: {columns: {id: {type: integer, primary_key: true}, b: {type: text}, c: {type: date}, "
      "d: {type: date}}}\n");
  const Error error = error_of([&] { project.migrator()->migrate(with_message("two")); });
  CHECK(error.kind() == ErrorKind::kNeedsDecision);
  CHECK(error.hint() ==
        "run `ormdb migrate --rename t.a=b --fill t.c=VALUE --fill t.d=VALUE`, or, for a drop and "
        "an add, `ormdb migrate --no-rename t.a --fill t.b=VALUE --fill t.c=VALUE "
        "--fill t.d=VALUE`");
  MigrateOptions options = with_message("three");
  options.renames = {{"t", "a", "b"}};
  CHECK(error_of([&] { project.migrator()->migrate(options); }).hint() ==
        "run `ormdb migrate --fill t.c=VALUE --fill t.d=VALUE`");
}

TEST_CASE("A dry run shows the text and writes no file") {
  const Project project;
  project.models(kUser);
  const std::string before = project.files();
  MigrateOptions options = with_message("add user");
  options.dry_run = true;
  const DiffResult result = project.migrator()->migrate(options);
  CHECK(result.text.find("create_table") != std::string::npos);
  CHECK(result.file.empty());
  CHECK(project.files() == before);
}

TEST_CASE("A database that is behind is not compared") {
  const Project project;
  project.models(kUser);
  project.migrator()->migrate(with_message("first"));
  const Error error = error_of([&] { project.migrator()->migrate(with_message("second!")); });
  CHECK(error.kind() == ErrorKind::kConflict);
  CHECK(error.candidates() == std::vector<std::string>{"r5"});
}

TEST_CASE("An id that is taken or illegal is refused") {
  const Project project;
  project.script("a1", "", "");
  project.models(kUser);
  project.upgrade();
  const std::pair<const char*, ErrorKind> cases[] = {{"a1", ErrorKind::kDuplicateRevision},
                                                     {"a+1", ErrorKind::kIllegalId}};
  for (const auto& [id, kind] : cases) {
    MigrateOptions options = with_message("x");
    options.rev_id = id;
    CHECK(error_of([&] { project.migrator()->migrate(options); }).kind() == kind);
  }
}

/// Writes scripts in both forms for the same models and compares what they do.
TEST_CASE("The SQL form does, says and undoes what the YAML form does") {
  const std::string models[] = {
      kUser,
      kUserWithName,
      std::string(kUserWithName) +
          "  post: {columns: {id: {type: integer, primary_key: true}, user_id: {type: integer, "
          "references: user.id}}, indexes: {ix_post: {columns: [user_id desc]}}}\n"
          "views:\n  v: {as: SELECT name FROM user}\n",
  };
  const Project yaml;
  const Project sql;
  for (std::size_t i = 0; i < std::size(models); ++i) {
    MigrateOptions options;
    options.message = "step";
    options.rev_id = "s" + std::to_string(i);
    for (const Project* project : {&yaml, &sql}) {
      project->models(models[i]);
      options.sql_format = project == &sql;
      const DiffResult result = project->migrator()->migrate(options);
      CHECK(result.file.ends_with(options.sql_format ? ".sql" : ".yaml"));
      project->upgrade();
      CHECK(project->migrator()->check({}).clean());
      CheckOptions from_history;
      from_history.from_history = true;
      CHECK(project->migrator()->check(from_history).clean());
    }
    const auto workspace = sql.workspace();
    CHECK(equivalent(replay_history(*workspace, {options.rev_id}), yaml.schema(),
                     test::sqlite_schema_rules()));
  }
  sql.downgrade("base");
  CHECK(sql.schema() == Schema());
}

TEST_CASE("A change that the SQL form cannot hold is refused with the form that can") {
  const Project project;
  const std::string child = "  c: {columns: {p: {type: integer, references: p.id}}}\n";
  project.models("  p: {columns: {id: {type: integer, primary_key: true}, n: {type: text}}}\n" +
                 child);
  project.migrator()->migrate(with_message("one"));
  project.upgrade();
  project.models("  p: {columns: {id: {type: integer, primary_key: true}, n: {type: date}}}\n" +
                 child);
  MigrateOptions options = with_message("second");
  options.sql_format = true;
  const std::string before = project.files();
  const Error error = error_of([&] { project.migrator()->migrate(options); });
  CHECK(error.kind() == ErrorKind::kUnsupported);
  CHECK(error.hint().find("--format yaml") != std::string::npos);
  CHECK(project.files() == before);
}

TEST_CASE("after_write hooks run on the file, and their failure is a warning") {
  const Project project;
  project.configure(
      "hooks:\n  after_write:\n    - \"cp {file} {file}.copy\"\n"
      "    - \"echo 'not this'; exit 3\"\n    - \"touch {file}.last\"\n");
  project.models(kUser);
  const DiffResult result = project.migrator()->migrate(with_message("it's $HOME"));
  REQUIRE(result.warnings.size() == 1);
  CHECK(result.warnings[0].find("failed with exit code 3: not this") != std::string::npos);
  const std::string name = result.revision.file.substr(project.path("").size());
  CHECK(project.read(name + ".copy") == result.text);
  CHECK(project.exists(name + ".last"));
}

TEST_CASE("template.yaml overrides the built-in template") {
  const Project project;
  project.write("migrations/template.yaml",
                "# Copyright us\nformat: 1\nrevision: ${revision}\ndown_revision: "
                "${down_revision}\nmessage: ${message}\n---\nupgrade:\n  - execute: SELECT 1\n"
                "  ${upgrade}\ndowngrade:\n  ${downgrade}\n");
  project.models(kUser);
  const DiffResult result = project.migrator()->migrate(with_message("first"));
  CHECK(result.text.starts_with("# Copyright us\n"));
  CHECK(parse_body({"x", result.text}, "sqlite").upgrade.size() == 2);
  project.upgrade();
  CHECK(project.migrator()->check({}).clean());
}

TEST_CASE("A template with an unknown placeholder is an error at its line") {
  const Project project;
  project.write("migrations/template.yaml", "format: 1\nrevision: ${revison}\n");
  project.models(kUser);
  const Error error = error_of([&] { project.migrator()->migrate(with_message("first")); });
  CHECK(error.kind() == ErrorKind::kConfig);
  CHECK(error.file().ends_with("template.yaml"));
  CHECK(error.line() == 2);
}

}  // namespace
}  // namespace ormdb
