#include "migrate/decisions.h"

#include <catch2/catch.hpp>

#include "ormdb/diff.h"
#include "ormdb/error.h"
#include "support/migrate_project.h"

namespace ormdb {
namespace {

using test::error_of;
using test::schema_of;

const SchemaRules& rules() { return test::sqlite_schema_rules(); }

const char* const kNick = "  user: {columns: {id: {type: integer}, nick: {type: text}}}\n";
const char* const kAlias = "  user: {columns: {id: {type: integer}, alias: {type: text}}}\n";

std::vector<Rename> renames(const std::string& from, const std::string& to,
                            const MigrateOptions& options) {
  return decide_renames(schema_of(from), schema_of(to), options, rules());
}

TwoWays values(const std::string& from, const std::string& to, const MigrateOptions& options) {
  const Schema existing = schema_of(from);
  return decide_values(diff(existing, schema_of(to), rules()), existing, options, rules());
}

TEST_CASE("A column that may have been renamed is a question with the options that answer it") {
  const Error error = error_of([] { renames(kNick, kAlias, {}); });
  CHECK(error.kind() == ErrorKind::kNeedsDecision);
  CHECK(error.candidates() ==
        std::vector<std::string>{"--rename user.nick=alias", "--no-rename user.nick"});
  CHECK(error.message() == "a decision is needed: column user.nick may have been renamed to alias");
  CHECK(error.hint().find("ormdb migrate --rename user.nick=alias") != std::string::npos);
}

TEST_CASE("A decided rename holds and a refused one is a drop and an add") {
  MigrateOptions options;
  options.renames = {{"user", "nick", "alias"}};
  CHECK(renames(kNick, kAlias, options) == options.renames);
  options = {};
  options.no_renames = {{"user", "nick", ""}};
  CHECK(renames(kNick, kAlias, options).empty());
  options.no_renames = {{"USER", "Nick", "ALIAS"}};
  CHECK(renames(kNick, kAlias, options).empty());
}

TEST_CASE("A refused rename may be named by its new name") {
  MigrateOptions options;
  options.no_renames = {{"user", "alias", ""}};
  CHECK(renames(kNick, kAlias, options).empty());
}

TEST_CASE("The hint holds whole commands: one that renames all, one that renames nothing") {
  const std::string from =
      "  user: {columns: {id: {type: integer}, nick: {type: text}, age: {type: date}}}\n";
  const std::string to =
      "  user: {columns: {id: {type: integer}, alias: {type: text}, born: {type: date}}}\n";
  const Error error = error_of([&] { renames(from, to, {}); });
  CHECK(error.hint() ==
        "run `ormdb migrate --rename user.age=born --rename user.nick=alias`, or, for a drop and "
        "an add, `ormdb migrate --no-rename user.age --no-rename user.nick`");
}

TEST_CASE("An answer at the terminal decides a rename") {
  std::vector<Rename> asked;
  bool answer = true;
  MigrateOptions options;
  options.ask_rename = [&](const Rename& rename) {
    asked.push_back(rename);
    return answer;
  };
  const std::vector<Rename> expected = {{"user", "nick", "alias"}};
  CHECK(renames(kNick, kAlias, options) == expected);
  answer = false;
  CHECK(renames(kNick, kAlias, options).empty());
  CHECK(asked == std::vector<Rename>{expected[0], expected[0]});
}

TEST_CASE("After a table's rename its columns are asked for") {
  const std::string from =
      "  person: {columns: {id: {type: integer}, nick: {type: text}, age: {type: date}, "
      "town: {type: time}}}\n";
  const std::string to =
      "  user: {columns: {id: {type: integer}, alias: {type: text}, age: {type: date}, "
      "town: {type: time}}}\n";
  MigrateOptions options;
  options.renames = {{"", "person", "user"}};
  const Error error = error_of([&] { renames(from, to, options); });
  CHECK(error.candidates().at(0) == "--rename user.nick=alias");
  options.renames.push_back({"user", "nick", "alias"});
  CHECK(renames(from, to, options) == options.renames);
}

TEST_CASE("Without a drop and an add nothing is asked") {
  CHECK(renames(kNick, kNick, {}).empty());
  CHECK(renames("  a: {columns: {id: {type: integer}}}\n",
                "  a: {columns: {id: {type: integer}, more: {type: text}}}\n", {})
            .empty());
}

TEST_CASE("A rename option that fits nothing is wrong usage") {
  const std::vector<Rename> wrong = {{"user", "nick", "id"},
                                     {"user", "gone", "alias"},
                                     {"other", "nick", "alias"},
                                     {"", "user", "people"},
                                     {"user", "nick", "nobody"}};
  for (const Rename& rename : wrong) {
    CAPTURE(rename.table, rename.from, rename.to);
    MigrateOptions options;
    options.renames = {rename};
    const Error error = error_of([&] { renames(kNick, kAlias, options); });
    CHECK(error.kind() == ErrorKind::kUsage);
    CHECK(error.message().find("cannot be renamed") != std::string::npos);
  }
  MigrateOptions options;
  options.no_renames = {{"user", "gone", ""}};
  const Error error = error_of([&] { renames(kNick, kAlias, options); });
  CHECK(error.kind() == ErrorKind::kUsage);
  CHECK(error.message().find("--no-rename user.gone") != std::string::npos);
}

TEST_CASE("A required column on an existing table needs a value") {
  const std::string from = "  user: {columns: {id: {type: integer}}}\n";
  const std::string to = "  user: {columns: {id: {type: integer}, age: {type: integer}}}\n";
  const Error error = error_of([&] { values(from, to, {}); });
  CHECK(error.kind() == ErrorKind::kNeedsDecision);
  CHECK(error.candidates() == std::vector<std::string>{"--fill user.age=VALUE"});
}

TEST_CASE("Columns that need no value are not asked for") {
  const std::string from = "  user: {columns: {id: {type: integer}}}\n";
  const char* const columns[] = {"age: {type: integer, nullable: true}",
                                 "age: {type: integer, default: 0}",
                                 "age: {type: integer, generated: {as: id + 1}}"};
  for (const char* column : columns) {
    CAPTURE(column);
    const std::string to =
        "  user: {columns: {id: {type: integer}, " + std::string(column) + "}}\n";
    CHECK(values(from, to, {}).upgrade.size() == 1);
  }
  CHECK(values("  {}\n", from, {}).upgrade.size() == 1);
}

struct Fill {
  const char* type;
  const char* value;
  const char* words;  ///< What the update says.
};

TEST_CASE("A fill adds the column nullable, fills it and sets it not null") {
  const Fill fills[] = {
      {"integer", "18", "18"},
      {"integer", "-3", "-3"},
      {"date", "2026-11-22", "'2026-11-22'"},
      {"\"numeric(10,2)\"", "1.5e3", "1.5e3"},
      {"{sqlite: DATE}", "2026-11-22", "'2026-11-22'"},
      {"text", "18", "'18'"},
      {"text", "it's", "'it''s'"},
      {"text", "", "''"},
      {"boolean", "true", "TRUE"},
      {"boolean", "0", "FALSE"},
      {"text", "sql:lower(name)", "lower(name)"},
      {"integer", "sql:id * 2", "id * 2"},
  };
  for (const Fill& fill : fills) {
    CAPTURE(fill.type, fill.value);
    MigrateOptions options;
    options.fill = {{"user.extra", fill.value}};
    const TwoWays ways = values(
        "  user: {columns: {id: {type: integer}}}\n",
        "  user: {columns: {id: {type: integer}, extra: {type: " + std::string(fill.type) + "}}}\n",
        options);
    REQUIRE(ways.upgrade.size() == 3);
    CHECK(ways.upgrade[0].get_if<AddColumn>()->column.nullable);
    const auto* update = ways.upgrade[1].get_if<UpdateRows>();
    REQUIRE(update != nullptr);
    CHECK(update->set.at(0).first == "extra");
    const Literal& value = update->set.at(0).second;
    CHECK((value.kind == Literal::Kind::kSql ? value.sql.common
                                             : dialect_for("sqlite").literal(value)) == fill.words);
    CHECK_FALSE(ways.upgrade[2].get_if<AlterColumn>()->to.nullable);
    CHECK(ways.downgrade.size() == 2);
    CHECK(ways.downgrade.back().get_if<DropColumn>() != nullptr);
  }
}

TEST_CASE("A fill of a nullable column leaves it nullable") {
  MigrateOptions options;
  options.fill = {{"User.Extra", "x"}};
  const TwoWays ways = values(
      "  user: {columns: {id: {type: integer}}}\n",
      "  user: {columns: {id: {type: integer}, extra: {type: text, nullable: true}}}\n", options);
  CHECK(test::words_of(ways.upgrade).find("alter") == std::string::npos);
  CHECK(ways.upgrade.size() == 2);
}

TEST_CASE("An answer at the terminal is a fill") {
  MigrateOptions options;
  options.ask_fill = [](const std::string& column) { return column + "!"; };
  const TwoWays ways = values("  a: {columns: {id: {type: integer}}}\n",
                              "  a: {columns: {id: {type: integer}, b: {type: text}}}\n", options);
  CHECK(ways.upgrade.at(1).get_if<UpdateRows>()->set.at(0).second == Literal::string("a.b!"));
}

TEST_CASE("A column that becomes NOT NULL has its NULLs filled first") {
  const std::string from =
      "  user: {columns: {id: {type: integer}, full name: {type: text, nullable: true}}}\n";
  const std::string to = "  user: {columns: {id: {type: integer}, full name: {type: text}}}\n";
  MigrateOptions options;
  options.fill = {{"user.full name", "nobody"}};
  const TwoWays ways = values(from, to, options);
  REQUIRE(ways.upgrade.size() == 2);

  const auto database = test::memory_database(
      "CREATE TABLE user (id INTEGER NOT NULL, \"full name\" TEXT);"
      "INSERT INTO user VALUES (1, NULL), (2, 'Ada')");
  test::run(*database, ways.upgrade);
  CHECK(test::rows(*database, "SELECT \"full name\" FROM user ORDER BY id") == "nobody\nAda");
}

TEST_CASE("A column that becomes NOT NULL is asked about where there are NULLs") {
  const std::string from =
      "  user: {columns: {a: {type: text, nullable: true}, b: {type: text, nullable: true}}}\n";
  const Schema existing = schema_of(from);
  const Schema wanted = schema_of("  user: {columns: {a: {type: text}, b: {type: text}}}\n");
  std::vector<std::string> asked;
  RowQuestions only_b;
  only_b.has_nulls = [&](const std::string& table, const std::string& column) {
    asked.push_back(table + "." + column);
    return column == "b";
  };
  const auto decide = [&](const MigrateOptions& options) {
    return decide_values(diff(existing, wanted, rules()), existing, options, rules(), only_b);
  };
  const Error error = error_of([&] { decide({}); });
  CHECK(error.kind() == ErrorKind::kNeedsDecision);
  CHECK(error.candidates() == std::vector<std::string>{"--fill user.b=VALUE"});
  CHECK(asked == std::vector<std::string>{"user.a", "user.b"});
  MigrateOptions options;
  options.ask_fill = [](const std::string& column) { return column + "!"; };
  CHECK(decide(options).upgrade.size() == 3);
}

TEST_CASE("An empty fill is a value for text only") {
  for (const char* type : {"integer", "boolean", "date", "numeric(4,1)", "uuid", "json"}) {
    CAPTURE(type);
    MigrateOptions options;
    options.fill = {{"a.b", ""}};
    const std::string to =
        "  a: {columns: {id: {type: integer}, b: {type: \"" + std::string(type) + "\"}}}\n";
    const Error error =
        error_of([&] { values("  a: {columns: {id: {type: integer}}}\n", to, options); });
    CHECK(error.kind() == ErrorKind::kUsage);
    CHECK(error.message().find("a.b") != std::string::npos);
  }
}

TEST_CASE("--using becomes the expression of a type change") {
  MigrateOptions options;
  options.casts = {{"user.age", "CAST(age AS INTEGER) * 2"}};
  const TwoWays ways = values("  user: {columns: {age: {type: text}}}\n",
                              "  user: {columns: {age: {type: integer}}}\n", options);
  REQUIRE(ways.upgrade.size() == 1);
  CHECK(ways.upgrade[0].get_if<AlterColumn>()->using_expression.common ==
        "CAST(age AS INTEGER) * 2");
  CHECK(ways.downgrade.at(0).get_if<AlterColumn>()->using_expression.empty());
}

TEST_CASE("A fill or cast that fits nothing is wrong usage") {
  const std::string from = "  user: {columns: {id: {type: integer}, age: {type: text}}}\n";
  const std::string to = "  user: {columns: {id: {type: integer}, age: {type: integer}}}\n";
  MigrateOptions fill;
  fill.fill = {{"user.size", "1"}};
  MigrateOptions cast;
  cast.casts = {{"user.id", "1"}};
  for (const MigrateOptions& options : {fill, cast}) {
    const Error error = error_of([&] { values(from, to, options); });
    CHECK(error.kind() == ErrorKind::kUsage);
    CHECK(error.message().find("fits nothing") != std::string::npos);
  }
}

TEST_CASE("Renames that contradict each other are wrong usage") {
  const std::string to =
      "  user: {columns: {id: {type: integer}, b: {type: text}, c: {type: text}}}\n";
  MigrateOptions two;
  two.renames = {{"user", "nick", "b"}, {"USER", "Nick", "c"}};
  MigrateOptions both;
  both.renames = {{"user", "nick", "b"}};
  both.no_renames = {{"user", "nick", ""}};
  for (const MigrateOptions& options : {two, both}) {
    const Error error = error_of([&] { renames(kNick, to, options); });
    CHECK(error.kind() == ErrorKind::kUsage);
    CHECK(error.message().find("contradict") != std::string::npos);
  }
}

TEST_CASE("A fill that is no value of its type is wrong usage") {
  const std::pair<const char*, const char*> wrong[] = {
      {"integer", "abc"}, {"integer", "1.5"}, {"big_integer", "1e3"},     {"small_integer", "-"},
      {"float", "abc"},   {"boolean", "2"},   {"\"numeric(4,1)\"", "1,5"}};
  for (const auto& [type, text] : wrong) {
    CAPTURE(type, text);
    MigrateOptions options;
    options.fill = {{"a.b", text}};
    const std::string to =
        "  a: {columns: {id: {type: integer}, b: {type: " + std::string(type) + "}}}\n";
    const Error error =
        error_of([&] { values("  a: {columns: {id: {type: integer}}}\n", to, options); });
    CHECK(error.kind() == ErrorKind::kUsage);
    CHECK(error.message().find("'" + std::string(text) + "'") != std::string::npos);
  }
}

TEST_CASE("Fills of one table come together, and behind a constraint that goes") {
  const std::string from =
      "  t: {columns: {id: {type: integer}, old: {type: text, nullable: true}}}\n";
  const std::string to =
      "  t: {columns: {id: {type: integer}, a: {type: integer}, b: {type: integer, nullable: "
      "true}, "
      "c: {type: integer}, old: {type: text}}}\n";
  MigrateOptions options;
  options.fill = {{"t.a", "1"}, {"t.c", "sql:a + 1"}, {"t.old", "x"}};
  std::string kinds;
  for (const Operation& operation : values(from, to, options).upgrade) {
    kinds += operation.visit([](const auto& kind) { return std::string(kind.kName); }) + " ";
  }
  CHECK(kinds ==
        "add_column add_column update_rows update_rows update_rows alter_column add_column "
        "alter_column alter_column ");
  const std::string checked =
      "  t: {columns: {id: {type: integer}, old: {type: text, nullable: true}}, "
      "constraints: [{check: old <> 'x'}]}\n";
  kinds.clear();
  for (const Operation& operation : values(checked, to, options).upgrade) {
    kinds += operation.visit([](const auto& kind) { return std::string(kind.kName); }) + " ";
  }
  CHECK(kinds.starts_with("add_column add_column update_rows update_rows drop_constraint "));
}

TEST_CASE("A type that a row does not fit is asked about") {
  const Schema existing = schema_of("  t: {columns: {a: {type: text}, b: {type: text}}}\n");
  const Schema wanted = schema_of("  t: {columns: {a: {type: integer}, b: {type: integer}}}\n");
  RowQuestions only_b;
  only_b.cannot_convert = [](const std::string&, const std::string& column, const Type& type) {
    return column == "b" && type.kind == TypeKind::kInteger;
  };
  MigrateOptions options;
  const auto decide = [&] {
    return decide_values(diff(existing, wanted, rules()), existing, options, rules(), only_b);
  };
  const Error error = error_of(decide);
  CHECK(error.kind() == ErrorKind::kNeedsDecision);
  CHECK(error.candidates() == std::vector<std::string>{"--using t.b=EXPRESSION"});
  options.casts = {{"t.b", "length(b)"}};
  CHECK(decide().upgrade.size() == 2);
}

}  // namespace
}  // namespace ormdb
