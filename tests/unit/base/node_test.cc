#include "base/node.h"

#include <catch2/catch.hpp>

#include "base/json.h"
#include "base/yaml.h"

namespace ormdb {
namespace {

template <typename Action>
Error error_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error");
  return Error(ErrorKind::kInternal, "");
}

TEST_CASE("error kinds have stable names and exit codes") {
  CHECK(error_kind_name(ErrorKind::kNeedsDecision) == "needs_decision");
  CHECK(Error(ErrorKind::kUsage, "").exit_code() == 2);
  CHECK(Error(ErrorKind::kMultipleHeads, "").exit_code() == 3);
  CHECK(Error(ErrorKind::kNeedsDecision, "").exit_code() == 3);
  CHECK(Error(ErrorKind::kIo, "").exit_code() == 4);
  CHECK(Error(ErrorKind::kUnknownRevision, "").exit_code() == 4);
  CHECK(Error(ErrorKind::kUnknownRevision, "").where("database").exit_code() == 6);
  CHECK(Error(ErrorKind::kDatabase, "").exit_code() == 5);
  CHECK(Error(ErrorKind::kConflict, "").exit_code() == 6);
  CHECK(Error(ErrorKind::kInternal, "").exit_code() == 70);
  CHECK(Error(ErrorKind::kLocked, "").exit_code() == 75);
}

TEST_CASE("an error keeps every fact it is given") {
  const Error error = Error(ErrorKind::kScript, "bad")
                          .at("a.yaml", 3, "x: 1")
                          .hint("do this")
                          .revision("ab")
                          .where("script")
                          .operation(2)
                          .statement("SELECT")
                          .sqlstate("42P01")
                          .candidates({"c"});
  CHECK(std::string(error.what()) == "bad");
  CHECK(error.file() == "a.yaml");
  CHECK(error.line() == 3);
  CHECK(error.source_line() == "x: 1");
  CHECK(error.hint() == "do this");
  CHECK(error.revision() == "ab");
  CHECK(error.where() == "script");
  CHECK(error.operation() == 2);
  CHECK(error.statement() == "SELECT");
  CHECK(error.sqlstate() == "42P01");
  CHECK(error.candidates() == std::vector<std::string>{"c"});
}

TEST_CASE("numbers are told by their text") {
  CHECK(Node::number("10.50").kind == Node::Kind::kFloat);
  CHECK(Node::number("7").kind == Node::Kind::kInteger);
  CHECK(Node::number("seven").kind == Node::Kind::kString);
  CHECK(Node(5.0).text == "5.0");
  CHECK(Node(1e300).kind == Node::Kind::kFloat);
}

TEST_CASE("set_if leaves out what says nothing") {
  Node map;
  map.set_if("null", Node()).set_if("text", "").set_if("list", Node::list());
  map.set_if("map", Node::map()).set_if("no", false).set_if("zero", 0);
  REQUIRE(map.entries.size() == 2);
  CHECK(map.entries[0].first == "no");
  CHECK(map.entries[1].first == "zero");
}

TEST_CASE("a source's lines end in LF, CRLF or CR") {
  const Source source{"f", "a\nb\r\nc\rd"};
  CHECK(source.line(1) == "a");
  CHECK(source.line(2) == "b");
  CHECK(source.line(3) == "c");
  CHECK(source.line(4) == "d");
  CHECK(source.line(0).empty());
  CHECK(source.line(5).empty());
}

struct Fixture {
  explicit Fixture(std::string text)
      : source{"m.yaml", std::move(text)},
        node(parse_yaml_document(source, ErrorKind::kModel)),
        reader(node, source, ErrorKind::kModel, "column post.id") {}
  Source source;
  Node node;
  NodeReader reader;
};

TEST_CASE("a reader reads what has the right kind") {
  Fixture f("t: text\nb: true\ni: -5\nl: [a, 2]\none: x\nn:\nc: cascade\n");
  CHECK(f.reader.text("t") == "text");
  CHECK(f.reader.text("n", "default") == "default");
  CHECK(f.reader.boolean("b", false));
  CHECK(f.reader.boolean("absent", true));
  CHECK(f.reader.integer("i", 0) == -5);
  CHECK(f.reader.texts("l") == std::vector<std::string>{"a", "2"});
  CHECK(f.reader.texts("one") == std::vector<std::string>{"x"});
  CHECK(f.reader.texts("n").empty());
  CHECK(f.reader.choice("c", "", {"cascade", "restrict"}) == "cascade");
  CHECK_FALSE(f.reader.has("absent"));
  f.reader.finish();
}

TEST_CASE("a reader's errors name the key, the map and the line") {
  Fixture f("a: 1\nnulable: true\nl: [x]\nb: 'true'\nbig: 99999999999\nc: casade\ne:\n");
  CHECK(error_of([&] { f.reader.require("type"); }).message() == "column post.id needs 'type'");
  const Error list = error_of([&] { f.reader.text("l"); });
  CHECK(list.message() == "'l' in column post.id must be a single value, not a list");
  CHECK(list.line() == 3);
  CHECK(list.source_line() == "l: [x]");
  CHECK(error_of([&] { f.reader.boolean("b", false); }).message() ==
        "'b' in column post.id must be true or false, not text");
  CHECK(error_of([&] { f.reader.integer("big", 0); }).line() == 5);
  CHECK(error_of([&] { f.reader.require_text("e"); }).line() == 7);
  const Error choice = error_of([&] { f.reader.choice("c", "", {"cascade", "restrict"}); });
  CHECK(choice.message() ==
        "'casade' is no value for 'c' in column post.id (did you mean 'cascade'?)");
  CHECK(choice.candidates().size() == 2);
}

TEST_CASE("a key nobody asked for is an error with the nearest one") {
  Fixture f("type: text\nnulable: true\n");
  f.reader.text("type");
  f.reader.boolean("nullable", false);
  const Error error = error_of([&] { f.reader.finish(); });
  CHECK(error.message() == "unknown key 'nulable' in column post.id (did you mean 'nullable'?)");
  CHECK(error.line() == 2);
  CHECK(error.kind() == ErrorKind::kModel);
}

TEST_CASE("a reader refuses what is no map") {
  CHECK_THROWS_AS(Fixture("[a]"), Error);
  CHECK_NOTHROW(Fixture(""));
}

// JSON ------------------------------------------------------------------------------------------

struct JsonCase {
  Node node;
  std::string json;
};

TEST_CASE("JSON is written on one line, with valid numbers and text") {
  const std::vector<JsonCase> cases = {
      {Node(), "null"},
      {Node(true), "true"},
      {Node::number("10.50"), "10.50"},
      {Node::number("+007"), "7"},
      {Node::number("-.5"), "-0.5"},
      {Node::number("5."), "5.0"},
      {Node::number("1E+5"), "1E+5"},
      {Node::number("0x1F"), "31"},
      {Node::number("0o17"), "15"},
      {Node::number(".inf"), "\".inf\""},
      {Node("a\"\\\n\t\x01\x7F"), "\"a\\\"\\\\\\n\\t\\u0001\\u007f\""},
      {Node("\xFFé"), "\"\xEF\xBF\xBDé\""},
      {Node::binary("hi"), "\"aGk=\""},
      {Node::list({1, "a"}), "[1, \"a\"]"},
      {Node::map({{"a", Node::list()}, {"b", Node::map()}}), "{\"a\": [], \"b\": {}}"},
  };
  for (const JsonCase& c : cases) CHECK(render_json(c.node) == c.json);
  CHECK(render_json(Node::map({{"a", Node::list({1, 2})}}), 2) ==
        "{\n  \"a\": [\n    1,\n    2\n  ]\n}");
}

TEST_CASE("JSON reads back, numbers as written") {
  const std::string text =
      R"({"a": [1, -2, 10.50, 18446744073709551615, 123456789012345678901234567890], "é": null})";
  CHECK(
      render_json(parse_json(text, ErrorKind::kUsage)) ==
      R"({"a": [1, -2, 10.50, 18446744073709551615, 123456789012345678901234567890], "é": null})");
}

TEST_CASE("bad JSON is an error of the asked kind") {
  for (const std::string& text : {std::string(""), std::string("{"), std::string("[1] x"),
                                  std::string(R"({"a": 1, "a": 2})"), std::string(100000, '[')}) {
    const Error error = error_of([&] { parse_json(text, ErrorKind::kUsage); });
    CHECK(error.kind() == ErrorKind::kUsage);
    CHECK_THAT(error.message(), Catch::StartsWith("invalid JSON"));
  }
  CHECK_THAT(error_of([] { parse_json("{\n\"a\": x}", ErrorKind::kUsage); }).message(),
             Catch::StartsWith("invalid JSON on line 2"));
}

}  // namespace
}  // namespace ormdb
