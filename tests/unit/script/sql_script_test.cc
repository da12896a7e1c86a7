#include <catch2/catch.hpp>

#include "script/script.h"

namespace ormdb {
namespace {

constexpr const char* kScript = R"(-- ormdb revision: 4f1c2a9be07d
-- ormdb down_revision: null
-- ormdb message: add slug to post
-- ormdb upgrade
-- why
ALTER TABLE post ADD COLUMN slug varchar(120);
-- ormdb effects:
--   - create_index:
--       {name: ix, table: post, columns: [slug]}

CREATE INDEX ix ON post(slug); UPDATE post SET slug = ';';

-- ormdb transaction: false
-- ormdb downgrade
-- ormdb effects: []
ALTER TABLE post
  DROP COLUMN slug;
)";

const Execute& execute_at(const std::vector<ScriptStep>& steps, std::size_t index) {
  return *steps.at(index).operation.get_if<Execute>();
}

TEST_CASE("an SQL script's statements are steps with lines and effects") {
  const ScriptBody body = parse_body({"a.sql", kScript}, "sqlite");
  REQUIRE(body.upgrade.size() == 3);
  CHECK(execute_at(body.upgrade, 0).sql.common == "ALTER TABLE post ADD COLUMN slug varchar(120)");
  CHECK(body.upgrade[0].line == 6);
  CHECK(body.upgrade[0].operation.transaction);
  CHECK_FALSE(execute_at(body.upgrade, 0).effects);
  CHECK(body.upgrade[1].line == 11);
  REQUIRE(execute_at(body.upgrade, 1).effects);
  CHECK(execute_at(body.upgrade, 1).effects->at(0).name() == "create_index");
  CHECK(execute_at(body.upgrade, 2).sql.common == "UPDATE post SET slug = ';'");
  CHECK_FALSE(execute_at(body.upgrade, 2).effects);
  REQUIRE(body.downgrade.size() == 1);
  CHECK(body.downgrade[0].line == 16);
  CHECK_FALSE(body.downgrade[0].operation.transaction);
  CHECK(execute_at(body.downgrade, 0).effects->empty());
}

TEST_CASE("CRLF changes neither the steps' number nor their lines nor the checksum") {
  std::string crlf;
  for (const char* c = kScript; *c != '\0'; ++c) {
    if (*c == '\n') crlf += '\r';
    crlf += *c;
  }
  const ScriptBody body = parse_body({"a.sql", crlf}, "sqlite");
  CHECK(body.upgrade.size() == 3);
  CHECK(body.downgrade.at(0).line == 16);
  for (const Direction direction : {Direction::kUpgrade, Direction::kDowngrade}) {
    CHECK(section_checksum(crlf, direction) == section_checksum(kScript, direction));
  }
}

TEST_CASE("a section's checksum does not depend on the other section") {
  const std::string start = "-- ormdb revision: a\n-- ormdb upgrade\nSELECT 1;\n";
  const std::string wanted = section_checksum(start, Direction::kUpgrade);
  CHECK(section_checksum(start + "\n-- ormdb transaction: false\n-- ormdb downgrade\nSELECT 2;\n",
                         Direction::kUpgrade) == wanted);
  CHECK(section_checksum(
            "-- ormdb revision: b\n-- ormdb transaction: false\n-- ormdb upgrade\nSELECT 1;",
            Direction::kUpgrade) == wanted);
  CHECK(section_checksum("-- ormdb revision: a\n-- ormdb upgrade\nSELECT 3;\n",
                         Direction::kUpgrade) != wanted);
}

TEST_CASE("a missing downgrade section is not an empty one") {
  const std::string start = "-- ormdb revision: a\n-- ormdb upgrade\n";
  CHECK_FALSE(parse_body({"", start}, "sqlite").has_downgrade);
  CHECK(parse_body({"", start + "-- ormdb downgrade\n"}, "sqlite").has_downgrade);
}

TEST_CASE("rendered SQL scripts read back") {
  Revision header;
  header.id = "4f1c2a9be07d";
  header.down_revisions = {"a", "b"};
  header.depends_on = {"c"};
  header.branch_labels = {"billing"};
  header.message = "tricky: \"x\"\ny";
  header.created = "2026-11-22T10:04:11Z";
  const std::vector<Operation> effects = {RenameTable{"a", "b"}, RenameTable{"b", "c"}};
  const std::vector<SqlStep> upgrade = {
      {"CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT ';'; END", effects},
      {"SELECT '-- ormdb upgrade'"},
      {"SELECT 1\n  -- ormdb is a tool", std::vector<Operation>{}}};
  const std::string text = render_sql_script(header, upgrade, {SqlStep{"SELECT 2 -- last"}});
  INFO(text);
  const ScriptBody body = parse_body({"", text}, "sqlite");
  REQUIRE(body.upgrade.size() == 3);
  CHECK(execute_at(body.upgrade, 0).sql.common == upgrade[0].sql);
  CHECK(execute_at(body.upgrade, 1).sql.common == upgrade[1].sql);
  CHECK(execute_at(body.upgrade, 0).effects == effects);
  CHECK_FALSE(execute_at(body.upgrade, 1).effects.has_value());
  CHECK(execute_at(body.upgrade, 2).effects == std::vector<Operation>{});
  REQUIRE(body.downgrade.size() == 1);
  Revision scanned = scan_header({"", text});
  scanned.line = scanned.down_revision_line = scanned.depends_on_line = 0;
  CHECK(scanned == header);
}

TEST_CASE("a statement that would be read as a directive is refused") {
  CHECK_THROWS_WITH(render_sql_script({}, {SqlStep{"SELECT '\n-- ormdb downgrade\n'"}}, {}),
                    "a statement has the line '-- ormdb downgrade', which an SQL script would read "
                    "as a directive");
}

TEST_CASE("errors in an SQL script's body have their line") {
  struct Case {
    const char* body;
    int line;
    const char* message;
  };
  const Case cases[] = {
      {"-- ormdb upgrade\n-- ormdb upgrade\n", 3, "a section begins a second time"},
      {"-- ormdb downgrade\n", 1, "the script has no line '-- ormdb upgrade'"},
      {"-- ormdb upgrade\n-- ormdb effect: []\n", 3,
       "unknown directive '-- ormdb effect' (did you mean 'effects'?)"},
      {"-- ormdb transaction: no\n-- ormdb upgrade\n", 2,
       "'-- ormdb transaction:' must say true or false"},
      {"-- ormdb upgrade\n-- ormdb transaction: false\nVACUUM;\n", 3,
       "'-- ormdb transaction:' stands before no section"},
      {"-- ormdb upgrade\nVACUUM;\n-- ormdb transaction: false\n", 4,
       "'-- ormdb transaction:' stands before no section"},
      {"-- ormdb upgrade\nSELECT 1;\n-- ormdb effects: []\n", 4,
       "no statement follows these effects"},
      {"-- ormdb upgrade\n-- ormdb effects: []\n-- ormdb effects: []\nSELECT 1;\n", 4,
       "no statement follows these effects"},
      {"-- ormdb upgrade\nSELECT 1;\nSELECT\n  'it''s;\nSELECT 2;\n", 5,
       "a quote or comment begins here that is not closed"},
      {"-- ormdb upgrade\n-- ormdb effects:\nSELECT 1;\n", 3,
       "'-- ormdb effects:' needs a list of operations"},
      {"-- ormdb upgrade\n-- ormdb effects:\n--   - rename_table: {table: a, to: b}\n--   - "
       "drop_tabel: {}\nSELECT 1;\n",
       5, "unknown operation 'drop_tabel'"},
  };
  for (const Case& test : cases) {
    const std::string text = std::string("-- ormdb revision: a\n") + test.body;
    INFO(text);
    try {
      parse_body({"a.sql", text}, "sqlite");
      FAIL_CHECK("no error");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kScript);
      CHECK(error.message() == test.message);
      CHECK(error.line() == test.line);
      CHECK(error.file() == "a.sql");
      CHECK(error.source_line() == Source{"", text}.line(test.line));
    }
  }
}

}  // namespace
}  // namespace ormdb
