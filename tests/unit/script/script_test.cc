#include "script/script.h"

#include <catch2/catch.hpp>

#include "base/sha256.h"
#include "base/text.h"
#include "unit/script/random_operation.h"

namespace ormdb {
namespace {

using Names = std::vector<std::string>;

Revision header() {
  Revision revision;
  revision.id = "4f1c2a9be07d";
  revision.down_revisions = {"9ad03c55b1e2"};
  revision.message = "add slug to post";
  revision.created = "2026-11-22T10:04:11Z";
  return revision;
}

/// Without the places, which a header that was never in a file does not have.
Revision scanned(const std::string& text) {
  Revision revision = scan_header({"", text});
  revision.line = revision.down_revision_line = revision.depends_on_line = 0;
  return revision;
}

std::vector<Operation> operations_of(const std::vector<ScriptStep>& steps) {
  std::vector<Operation> operations;
  for (const ScriptStep& step : steps) operations.push_back(step.operation);
  return operations;
}

constexpr const char* kScript = R"(# add slug to post
format: 1
revision: 4f1c2a9be07d
down_revision: 9ad03c55b1e2
message: add slug to post
created: 2026-11-22T10:04:11Z
---
upgrade:
  - add_column: {table: post, column: {name: slug, type: string(120), nullable: true}}
  - execute: UPDATE post SET slug = lower(title)
  - execute:
      sql: |-
        CREATE VIEW v AS
        SELECT 1
      effects:
        - create_view: {view: v, as: SELECT 1}
  - create_table:
      table: tag
      columns:
        id: {type: integer, primary_key: true}
        name: {type: string(20)}
  - execute: VACUUM
    transaction: false
downgrade: []
)";

TEST_CASE("a script is laid out as people write it") {
  const ScriptBody body = parse_body({"a.yaml", kScript}, "sqlite");
  CHECK(render_yaml_script(header(), operations_of(body.upgrade), {}) == kScript);
}

TEST_CASE("steps know their lines") {
  const ScriptBody body = parse_body({"a.yaml", kScript}, "sqlite");
  std::vector<int> lines;
  for (const ScriptStep& step : body.upgrade) lines.push_back(step.line);
  CHECK(lines == std::vector<int>{9, 10, 11, 17, 22});
  CHECK_FALSE(body.upgrade.back().operation.transaction);
  CHECK(body.has_downgrade);
}

TEST_CASE("a missing downgrade is not an empty one") {
  const std::string start = "revision: a\n---\nupgrade: []\n";
  CHECK_FALSE(parse_body({"", start}, "sqlite").has_downgrade);
  CHECK(parse_body({"", start + "downgrade:\n"}, "sqlite").has_downgrade);
}

TEST_CASE("rendered scripts read back") {
  testing::RandomOperation random(7);
  for (int round = 0; round < 200; ++round) {
    Revision revision = header();
    revision.message = random.values().odd_text();
    revision.down_revisions.clear();
    for (std::size_t i = random.values().below(3); i > 0; --i) {
      revision.down_revisions.push_back("r" + std::to_string(i));
    }
    if (random.values().coin()) revision.depends_on = {random.values().odd_text()};
    if (random.values().coin()) revision.branch_labels = {"billing", random.values().odd_text()};
    const auto upgrade = random.operations();
    const auto downgrade = random.operations();
    const std::string text = render_yaml_script(revision, upgrade, downgrade);
    INFO(text);
    const ScriptBody body = parse_body({"", text}, "sqlite");
    CHECK(operations_of(body.upgrade) == upgrade);
    CHECK(operations_of(body.downgrade) == downgrade);
    CHECK(scanned(text) == revision);
  }
}

TEST_CASE("errors in a body have the file's lines") {
  struct Case {
    const char* text;
    int line;
    int operation;
    const char* message;
  };
  const Case cases[] = {
      {"revision: a\n---\n", 2, 0, "the script has no body"},
      {"revision: a\n---\ndowngrade: []\n", 3, 0, "the script's body needs 'upgrade'"},
      {"revision: a\n---\nupgrade: []\ndowngrad: []\n", 4, 0,
       "unknown key 'downgrad' in the script's body (did you mean 'downgrade'?)"},
      {"revision: a\n---\nupgrade:\n  execute: x\n", 3, 0,
       "'upgrade' must be a list of operations"},
      {"revision: a\n---\nupgrade: []\n---\nupgrade: []\n", 5, 0,
       "a script has one body, but a second begins"},
      {"revision: a\n---\nupgrade:\n  - execute: x\n  - execut: y\n", 5, 2,
       "unknown operation 'execut'"},
      {"revision: a\n---\nupgrade:\n  - execute: x\n    execute: y\n", 5, 0,
       "duplicate key 'execute', first on line 4"},
      {"revision: a\n", 1, 0, "the header does not end"},
  };
  for (const Case& test : cases) {
    INFO(test.text);
    try {
      parse_body({"a.yaml", test.text}, "sqlite");
      FAIL_CHECK("no error");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kScript);
      CHECK(error.message() == test.message);
      CHECK(error.line() == test.line);
      CHECK(error.operation() == test.operation);
      CHECK(error.file() == "a.yaml");
      CHECK(error.source_line() == Source{"", test.text}.line(test.line));
    }
  }
}

TEST_CASE("a checksum is of the section's lines alone") {
  const std::string section = "upgrade:\n  - execute: x\n  - execute: |\n      y\n      # z";
  const std::string rest = "\ndowngrade: []\n";
  const std::string wanted =
      section_checksum("revision: a\n---\n" + section + rest, Direction::kUpgrade);
  CHECK(wanted == sha256_hex(section));
  const std::string same[] = {
      "# comment\nrevision: b\nmessage: other\n---\n" + section + rest,
      "revision: a\n---\n# comment\n\n" + section + "  \n\n# about the downgrade\n\n" + rest,
      "revision: a\n---\ndowngrade: [x]\n" + section,
      "\xEF\xBB\xBFrevision: a\r\n---\r\n" + replace_all(section, "\n", "\r\n") + "\r\n",
  };
  for (const std::string& text : same) {
    INFO(text);
    CHECK(section_checksum(text, Direction::kUpgrade) == wanted);
  }
  const std::string edited = "revision: a\n---\n" + replace_all(section, "# z", "# zz") + rest;
  CHECK(section_checksum(edited, Direction::kUpgrade) != wanted);
  CHECK(section_checksum("revision: a\n---\nupgrade: []\n", Direction::kDowngrade) ==
        sha256_hex(""));
}

TEST_CASE("a template is filled in line by line") {
  const char* text = R"(# ${message}, by hand: $${message}
revision: ${revision} # id
down_revision: ${down_revision}
depends_on: ${depends_on}
message: ${message}
created: ${created}
---
upgrade:
  - execute: SET x
  ${upgrade}
downgrade:
    ${downgrade}
)";
  Revision revision = header();
  revision.message = "a: b\nc";
  revision.created.clear();
  const std::vector<Operation> downgrade = {Execute(SqlText{"SELECT 1\nFROM t", {}})};
  CHECK(apply_template(text, revision, "", render_operations(downgrade)) ==
        R"(# a: b c, by hand: ${message}
revision: 4f1c2a9be07d # id
down_revision: 9ad03c55b1e2
message: "a: b\nc"
---
upgrade:
  - execute: SET x
downgrade:
    - execute: |-
        SELECT 1
        FROM t
)");
}

TEST_CASE("an empty section of a template with operations of its own stays a list") {
  const std::string text =
      "revision: ${revision}\ndown_revision: ${down_revision}\n---\nupgrade:\n  ${upgrade}\n  - "
      "execute: x\n"
      "downgrade:\n  ${downgrade}\n";
  const std::string script = apply_template(text, header(), "", "");
  const ScriptBody body = parse_body({"", script}, "sqlite");
  CHECK(body.upgrade.size() == 1);
  CHECK(body.downgrade.empty());
}

TEST_CASE("errors in a template name its line") {
  struct Case {
    const char* text;
    int line;
    const char* message;
  };
  const Case cases[] = {
      {"a\n# ${mesage}\n", 2, "unknown placeholder '${mesage}' (did you mean 'message'?)"},
      {"# ${message\n", 1, "unknown placeholder '${message' (did you mean 'message'?)"},
      {"upgrade: ${upgrade}\n", 1, "'${upgrade}' must stand alone on its line"},
      {"revision: ${revision}\ndown_revision: ${down_revision}\n${upgrade}\n", 0,
       "the template has no ${downgrade}"},
  };
  for (const Case& test : cases) {
    INFO(test.text);
    try {
      apply_template(test.text, header(), "", "");
      FAIL_CHECK("no error");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kConfig);
      CHECK(error.message() == test.message);
      CHECK(error.file() == "template.yaml");
      CHECK(error.line() == test.line);
    }
  }
}

TEST_CASE("a slug is the message's words, cut at a word") {
  CHECK(slug_of("Add slug to `post`!", 40) == "add_slug_to_post");
  CHECK(slug_of("add slug to post", 11) == "add_slug_to");
  CHECK(slug_of("add slug to post", 10) == "add_slug");
  CHECK(slug_of("supercalifragilistic", 5) == "super");
  CHECK(slug_of("\xC3\xA9\xC3\xA9\xC3\xA9", 2) == "\xC3\xA9\xC3\xA9");
  CHECK(slug_of("\xC3\xA9\xC3\xA9 \xC3\xA9", 4) == "\xC3\xA9\xC3\xA9_\xC3\xA9");
  CHECK(slug_of("-- --", 40).empty());
  CHECK(slug_of("a b c", 0) == "a_b_c");
}

TEST_CASE("file names follow the template") {
  const std::string usual = "{year}{month}{day}{hour}{minute}{second}_{rev}_{slug}";
  const std::string created = "2026-11-22T10:04:11Z";
  Revision revision = header();
  CHECK(script_file_name(usual, revision, created, 40, ScriptFormat::kYaml) ==
        "20261122100411_4f1c2a9be07d_add_slug_to_post.yaml");
  CHECK(script_file_name("{epoch}-{slug}", revision, created, 8, ScriptFormat::kSql) ==
        "1795341851-add_slug.sql");
  CHECK(script_file_name("{epoch}", revision, "2026-11-22T11:34:11+01:30", 8, ScriptFormat::kSql) ==
        "1795341851.sql");
  revision.message.clear();
  revision.id = "a/b";
  CHECK(script_file_name("{rev}_{slug}", revision, created, 40, ScriptFormat::kYaml) == "a_b.yaml");
}

TEST_CASE("unknown tokens of file_template and times that are none are errors") {
  try {
    script_file_name("{slgu}", header(), "2026-11-22T10:04:11Z", 40, ScriptFormat::kYaml);
    FAIL_CHECK("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kConfig);
    CHECK(error.message() == "unknown token '{slgu}' in file_template (did you mean 'slug'?)");
  }
  CHECK_THROWS_WITH(script_file_name("{rev}", header(), "now", 40, ScriptFormat::kYaml),
                    "'now' is no ISO time");
}

}  // namespace
}  // namespace ormdb
