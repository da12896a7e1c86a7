#include <catch2/catch.hpp>
#include <chrono>

#include "script/header_value.h"
#include "script/script.h"

namespace ormdb {
namespace {

Revision scan(const std::string& text, const std::string& file = "a.yaml") {
  return scan_header({file, text});
}

using Names = std::vector<std::string>;

constexpr const char* kHeader = R"(# add slug to post
format: 1
revision: 4f1c2a9be07d
down_revision: 9ad03c55b1e2        # null = base; a list = merge
depends_on: []                     # optional
branch_labels: [billing, 'a, b']
message: "add \"slug\": to post"
created: 2026-11-22T10:04:11Z
---
upgrade: [this is never: parsed
)";

TEST_CASE("a header is read up to its end, with places") {
  const Revision revision = scan(kHeader);
  CHECK(revision.id == "4f1c2a9be07d");
  CHECK(revision.down_revisions == Names{"9ad03c55b1e2"});
  CHECK(revision.depends_on.empty());
  CHECK(revision.branch_labels == Names{"billing", "a, b"});
  CHECK(revision.message == "add \"slug\": to post");
  CHECK(revision.created == "2026-11-22T10:04:11Z");
  CHECK(revision.file == "a.yaml");
  CHECK(revision.line == 3);
  CHECK(revision.down_revision_line == 4);
  CHECK(revision.depends_on_line == 5);
}

TEST_CASE("byte order mark and CRLF change nothing") {
  std::string text = "\xEF\xBB\xBF";
  for (const char* c = kHeader; *c != '\0'; ++c) {
    if (*c == '\n') text += '\r';
    text += *c;
  }
  CHECK(scan(text) == scan(kHeader));
}

TEST_CASE("an SQL script's header stands in comments") {
  const Revision revision = scan(R"(-- a licence
-- ormdb revision: 4f1c2a9be07d
-- ormdb down_revision: [a, b]

-- ormdb message: add slug to post
-- ormdb transaction: false
-- ormdb upgrade
-- ormdb nonsense
)",
                                 "a.sql");
  CHECK(revision.id == "4f1c2a9be07d");
  CHECK(revision.down_revisions == Names{"a", "b"});
  CHECK(revision.message == "add slug to post");
  CHECK(revision.line == 2);
}

TEST_CASE("the form of a script is told by its first telling line") {
  CHECK(script_format(kHeader) == ScriptFormat::kYaml);
  CHECK(script_format("-- hello\n\n-- ormdb revision: a\n") == ScriptFormat::kSql);
  CHECK(script_format("\xEF\xBB\xBF-- ormdb revision: a\n") == ScriptFormat::kSql);
  CHECK(script_format("---\n-- ormdb revision: a\n") == ScriptFormat::kYaml);
  CHECK(script_format("") == ScriptFormat::kYaml);
}

TEST_CASE("values of a header are scalars or lists on one line") {
  struct Case {
    const char* text;
    bool is_list;
    bool is_null;
    Names items;
  };
  const Case cases[] = {
      {"", false, true, {}},
      {"  # comment", false, true, {}},
      {"~", false, true, {}},
      {" null # base", false, true, {}},
      {"'null'", false, false, {"null"}},
      {"a b  ", false, false, {"a b"}},
      {"a#b", false, false, {"a#b"}},
      {"it's", false, false, {"it's"}},
      {"a:b", false, false, {"a:b"}},
      {"-1", false, false, {"-1"}},
      {"'it''s' # x", false, false, {"it's"}},
      {"''", false, false, {""}},
      {"\"a\\tb\\x41\\u00e9\\U0001F600\\\\\"", false, false, {"a\tbA\xC3\xA9\xF0\x9F\x98\x80\\"}},
      {"[]", true, false, {}},
      {"[ a , 'b c', \"d]\" ] # x", true, false, {"a", "b c", "d]"}},
      {"[a,]", true, false, {"a"}},
      {"[a b, c:d]", true, false, {"a b", "c:d"}},
  };
  for (const Case& test : cases) {
    INFO(test.text);
    const HeaderValue value = parse_header_value(test.text);
    CHECK(value.problem == "");
    CHECK(value.is_list == test.is_list);
    CHECK(value.is_null == test.is_null);
    CHECK(value.items == test.items);
  }
}

TEST_CASE("rendered header values read back") {
  const Names texts = {
      "",         "plain words", "a: b",  "x # y", "null",  "~",           "true",
      "it's",     "\"q\"",       "[x]",   "a, b",  "- x",   "a\nb\tc\x01", "\\",
      " padded ", "é",           "ends:", "{",     "#hash", "1e5",         "2026-11-22T10:04:11Z"};
  for (const std::string& text : texts) {
    INFO(text);
    CHECK(parse_header_value(render_header_scalar(text)).items == Names{text});
  }
  CHECK(parse_header_value(render_header_list(texts)).items == texts);
  CHECK(render_header_scalar("add slug to post") == "add slug to post");
}

struct ErrorCase {
  const char* text;
  int line;
  const char* message;
  const char* hint;
};

void check(const ErrorCase& test, const std::string& file) {
  INFO(test.text);
  try {
    scan(test.text, file);
    FAIL_CHECK("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kScript);
    CHECK(error.message() == test.message);
    CHECK(error.hint() == test.hint);
    CHECK(error.file() == file);
    CHECK(error.line() == test.line);
  }
}

TEST_CASE("errors in a YAML header say what is wrong and where") {
  const char* one_line =
      "every key begins its line and stands with its value on that line; the header ends with a "
      "line '---'";
  const ErrorCase cases[] = {
      {"message: x\n---\n", 2, "the header has no 'revision'",
       "a script begins with lines like revision: 4f1c2a9be07d"},
      {"revision:\n---\n", 1, "the header has no 'revision'",
       "a script begins with lines like revision: 4f1c2a9be07d"},
      {"revision: a\nmessage: b\nrevision: c\n---\n", 3,
       "duplicate key 'revision' in the header, first on line 1", ""},
      {"revison: a\n---\n", 1, "unknown key 'revison' in the header (did you mean 'revision'?)",
       ""},
      {"colour: a\n---\n", 1, "unknown key 'colour' in the header",
       "known keys: format, revision, down_revision, depends_on, branch_labels, message, created"},
      {"revision: a\nupgrade:\n  - x\n", 2, "unknown key 'upgrade' in the header",
       "the header ends with a line '---'; the body begins behind it"},
      {"revision: a\n", 1, "the header does not end",
       "a line '---' must stand between the header and the body"},
      {"", 0, "the header does not end", "a line '---' must stand between the header and the body"},
      {"revision: a\ndown_revision:\n  - b\n---\n", 3,
       "this line of the header is not 'key: value'", one_line},
      {"revision:a\n---\n", 1, "this line of the header is not 'key: value'", one_line},
      {"revision: [a]\n---\n", 1, "'revision' in the header must be one value, not a list", ""},
      {"format: 2\nrevision: a\n---\n", 1, "format '2' is unknown",
       "this ormdb reads scripts of format 1"},
      {"revision: a\ndown_revision: [a, b\n---\n", 2,
       "'down_revision' in the header: the list is not closed on its line", "end it with ]"},
      {"revision: a\ndown_revision: [a, , b]\n---\n", 2,
       "'down_revision' in the header: an item of the list is empty", ""},
      {"revision: a\ndown_revision: ['a' b]\n---\n", 2,
       "'down_revision' in the header: ',' or ']' expected before 'b]'", ""},
      {"revision: a\ndown_revision: [a] b\n---\n", 2,
       "'down_revision' in the header: 'b' stands behind the value", "a comment begins with ' #'"},
      {"revision: a\nmessage: 'b\n---\n", 2, "'message' in the header: a quote is not closed",
       "end the text with '"},
      {"revision: a\nmessage: \"b\\\n---\n", 2, "'message' in the header: a quote is not closed",
       "end the text with \""},
      {"revision: a\nmessage: \"\\q\"\n---\n", 2, "'message' in the header: unknown escape '\\q'",
       "write a backslash as \\\\"},
      {"revision: a\nmessage: \"\\ud800\"\n---\n", 2,
       "'message' in the header: unknown escape '\\u'", "write a backslash as \\\\"},
      {"revision: a\nmessage: b: c\n---\n", 2,
       "'message' in the header: a value with ': ' in it must stand in quotes", ""},
      {"revision: a\nmessage: *b\n---\n", 2,
       "'message' in the header: a value that begins with '*' must stand in quotes", ""},
      {"revision: a\nmessage: - b\n---\n", 2,
       "'message' in the header: a value that begins with '-' must stand in quotes", ""},
  };
  for (const ErrorCase& test : cases) check(test, "a.yaml");
}

TEST_CASE("errors in an SQL header say what is wrong and where") {
  const ErrorCase cases[] = {
      {"CREATE TABLE a(b);\n", 1, "the script has no line '-- ormdb revision: …'",
       "a script in SQL begins with '-- ormdb revision: 4f1c2a9be07d'"},
      {"-- ormdb revision: a\nSELECT 1;\n-- ormdb upgrade\n", 2,
       "SQL stands before '-- ormdb upgrade'",
       "the header's lines are comments; the upgrade's statements come behind '-- ormdb upgrade'"},
      {"-- ormdb revision: a\n", 1, "the script has no line '-- ormdb upgrade'",
       "it stands between the header and the statements"},
      {"-- ormdb message: a\n-- ormdb upgrade\n", 2, "the header has no 'revision'",
       "a script begins with lines like -- ormdb revision: 4f1c2a9be07d"},
      {"-- ormdb revision: a\n-- ormdb upgrad\n", 2,
       "this line of the header is not '-- ormdb key: value'",
       "the sections begin with '-- ormdb upgrade' and '-- ormdb downgrade'"},
      {"-- ormdb revision: a\n-- ormdb mesage: b\n", 2,
       "unknown key 'mesage' in the header (did you mean 'message'?)", ""},
  };
  for (const ErrorCase& test : cases) check(test, "a.sql");
}

TEST_CASE("ten thousand headers take a fraction of a second") {
  const Source source{"a.yaml", kHeader + std::string(20000, 'x')};
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 10000; ++i) REQUIRE(scan_header(source).line == 3);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  CHECK(seconds.count() <
        3.0);  // 0.1 s when optimised; the rest is for debug builds and busy machines
}

}  // namespace
}  // namespace ormdb
