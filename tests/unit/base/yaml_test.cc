#include "base/yaml.h"

#include <catch2/catch.hpp>
#include <random>

#include "base/text.h"

namespace ormdb {
namespace {

using Kind = Node::Kind;

Node parse(const std::string& text) {
  return parse_yaml_document({"test.yaml", text}, ErrorKind::kModel);
}

Error failure(const std::string& text) {
  try {
    parse_yaml({"test.yaml", text}, ErrorKind::kModel);
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error for: " << text);
  return Error(ErrorKind::kInternal, "");
}

struct ScalarCase {
  const char* text;
  Kind kind;
  const char* value;
};

TEST_CASE("plain scalars follow the core schema and keep their spelling") {
  const std::vector<ScalarCase> cases = {
      {"~", Kind::kNull, ""},
      {"null", Kind::kNull, ""},
      {"NULL", Kind::kNull, ""},
      {"nULL", Kind::kString, "nULL"},
      {"true", Kind::kBoolean, "true"},
      {"FALSE", Kind::kBoolean, "false"},
      {"yes", Kind::kString, "yes"},
      {"off", Kind::kString, "off"},
      {"12", Kind::kInteger, "12"},
      {"-007", Kind::kInteger, "-007"},
      {"0x1F", Kind::kInteger, "0x1F"},
      {"0o17", Kind::kInteger, "0o17"},
      {"0o8", Kind::kString, "0o8"},
      {"10.50", Kind::kFloat, "10.50"},
      {".5", Kind::kFloat, ".5"},
      {"1e5", Kind::kFloat, "1e5"},
      {"1e", Kind::kString, "1e"},
      {".", Kind::kString, "."},
      {"-.inf", Kind::kFloat, "-.inf"},
      {".nan", Kind::kFloat, ".nan"},
      {"1.2.3", Kind::kString, "1.2.3"},
      {"4f1c2a9be07d", Kind::kString, "4f1c2a9be07d"},
      {"\"12\"", Kind::kString, "12"},
      {"'null'", Kind::kString, "null"},
      {"!!str 12", Kind::kString, "12"},
      {"!!binary aGk=", Kind::kBinary, "hi"},
      {"\"\\_\\N\\u00e9\"", Kind::kString, "\xC2\xA0\xC2\x85é"},
      {"string(20)", Kind::kString, "string(20)"},
      {"\"\"", Kind::kString, ""},
  };
  for (const ScalarCase& c : cases) {
    INFO(c.text);
    const Node root = parse("key: " + std::string(c.text));
    REQUIRE(root.find("key") != nullptr);
    CHECK(root.find("key")->kind == c.kind);
    CHECK(root.find("key")->text == c.value);
  }
}

TEST_CASE("only text in quotes or blocks counts as quoted") {
  const Node root = parse("a: '12'\nb: \"x\"\nc: |\n  block\nd: plain\n");
  CHECK(root.find("a")->quoted);
  CHECK(root.find("b")->quoted);
  CHECK(root.find("c")->quoted);
  CHECK_FALSE(root.find("d")->quoted);
}

TEST_CASE("keys keep their text even where they look like something else") {
  const Node root = parse("null: 1\n~: 2\n12: 3\nTrue: 4\n1.0: 5\n\"\": 6\n");
  std::vector<std::string> keys;
  for (const Node::Entry& entry : root.entries) keys.push_back(entry.first);
  CHECK(keys == std::vector<std::string>{"null", "~", "12", "True", "1.0", ""});
}

TEST_CASE("lines and columns are those of the text, CRLF and a byte order mark included") {
  const Node root = parse("\xEF\xBB\xBF# first\r\na:\r\n  - x\r\n  - {b: y}\r\n");
  const Node& list = *root.find("a");
  CHECK(root.entry_lines == std::vector<int>{2});
  CHECK(list.items[0].line == 3);
  CHECK(list.items[0].column == 5);
  CHECK(list.items[1].entries[0].second.line == 4);
}

TEST_CASE("a section's lines count from its place in the file") {
  const auto documents = parse_yaml({"s.yaml", "a: 1\nb: 2\n"}, ErrorKind::kScript, 11);
  CHECK(documents.at(0).entry_lines == std::vector<int>{11, 12});
  try {
    parse_yaml({"s.yaml", "a: 1\na: 2\n"}, ErrorKind::kScript, 11);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.line() == 12);
    CHECK(error.source_line() == "a: 2");
    CHECK(error.message() == "duplicate key 'a', first on line 11");
  }
}

TEST_CASE("documents are separated by --- and nothing else") {
  CHECK(parse_yaml({"t", ""}, ErrorKind::kModel).empty());
  CHECK(parse_yaml({"t", "# only a comment\n"}, ErrorKind::kModel).empty());
  CHECK(parse("").is_null());
  CHECK(parse_yaml({"t", "a: 1\n---\nb: 2\n"}, ErrorKind::kModel).size() == 2);
  CHECK(failure("\"a\"\n\"b\"\n").message() == "text after the end of the document");
  CHECK_THROWS_AS(parse("a: 1\n---\nb: 2\n"), Error);
}

TEST_CASE("aliases copy what the anchor names") {
  const Node root = parse("a: &x {k: [1, 2]}\nb: *x\nc: &y word\n*y : 3\n");
  CHECK(*root.find("a") == *root.find("b"));
  REQUIRE(root.find("word") != nullptr);
  CHECK(root.find("word")->text == "3");
}

struct ErrorCase {
  const char* text;
  int line;
  const char* part;  // Of the message.
};

TEST_CASE("bad YAML is an error at its line") {
  const std::vector<ErrorCase> cases = {
      {"a: 1\nb: [1, 2\n", 2, "invalid YAML"},
      {"a: 1\nb: x: y\n", 2, "invalid YAML"},
      {"a: \"open\n", 1, "a quote is not closed"},
      {"a: 1\nb: 2\na: 3\n", 3, "duplicate key 'a', first on line 1"},
      {"{a: 1, a: 2}\n", 1, "duplicate key 'a', first on line 1"},
      {"a: 1\n? [b]\n: 2\n", 2, "a key must be text"},
      {"a: &x [*x]\n", 1, "alias"},
      {"a: *nowhere\n", 1, "invalid YAML"},
      {"a: 1\nb: !thing 2\n", 2, "unknown tag '!thing'"},
      {"a: !!binary \"***\"\n", 1, "base64"},
      {"a: 1\nb: \x04\n", 2, "control character"},
      {"a: 1\nb: \xC3(\n", 2, "not UTF-8"},
      {": 1\n", 1, "key is missing"},
  };
  for (const ErrorCase& c : cases) {
    INFO(c.text);
    const Error error = failure(c.text);
    CHECK(error.kind() == ErrorKind::kModel);
    CHECK(error.file() == "test.yaml");
    CHECK(error.line() == c.line);
    CHECK_THAT(error.message(), Catch::Contains(c.part));
  }
}

TEST_CASE("duplicate keys are found in large maps too") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "k" + std::to_string(i) + ": 1\n";
  CHECK(parse(text).entries.size() == 100);
  CHECK(failure(text + "k42: 2\n").message() == "duplicate key 'k42', first on line 43");
}

TEST_CASE("hostile nesting and aliases end in an error") {
  CHECK(failure(std::string(100000, '[')).kind() == ErrorKind::kModel);
  CHECK(failure(std::string(300, '[') + std::string(300, ']')).kind() == ErrorKind::kModel);
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last;
    for (int k = 0; k < 9; ++k) text += ", " + last;
    text += "]\n";
  }
  CHECK_THAT(failure(text).message(), Catch::Contains("too large"));
}

// Rendering -------------------------------------------------------------------------------------

struct RenderCase {
  Node node;
  std::string text;
};

TEST_CASE("YAML is written the way one would by hand") {
  Node column = Node::map({{"name", "slug"}, {"type", "string(120)"}, {"nullable", true}});
  Node add = Node::map({{"add_column", Node::map({{"table", "post"}, {"column", column}})}});
  Node flow = add;
  flow.entries[0].second.style = Node::Style::kFlow;
  Node block = column;
  block.style = Node::Style::kBlock;
  const std::vector<RenderCase> cases = {
      {Node::map({{"a", 1}, {"b", "two"}}), "a: 1\nb: two\n"},
      {Node::map({{"a", column}}), "a: {name: slug, type: string(120), nullable: true}\n"},
      {Node::map({{"a", block}}), "a:\n  name: slug\n  type: string(120)\n  nullable: true\n"},
      {Node::map({{"upgrade", Node::list({add})}}),
       "upgrade:\n  - add_column:\n      table: post\n"
       "      column: {name: slug, type: string(120), nullable: true}\n"},
      {Node::map({{"upgrade", Node::list({flow})}}),
       "upgrade:\n  - add_column: {table: post, column: {name: slug, type: string(120), "
       "nullable: true}}\n"},
      {Node::list({Node::map({{"execute", "UPDATE a SET b = 1"}})}),
       "- execute: UPDATE a SET b = 1\n"},
      {Node::list({column}), "- {name: slug, type: string(120), nullable: true}\n"},
      {Node::list({block}), "- name: slug\n  type: string(120)\n  nullable: true\n"},
      {Node::map({{"a", Node::list()}, {"b", Node::map()}}), "a: []\nb: {}\n"},
      {Node::map({{"down", Node()}, {"n", Node::number("10.50")}}), "down: null\nn: 10.50\n"},
      {Node::map({{"sql", "SELECT 1;\nSELECT 2;\n"}, {"z", 1}}),
       "sql: |\n  SELECT 1;\n  SELECT 2;\nz: 1\n"},
      {Node::map({{"sql", "a\nb"}}), "sql: |-\n  a\n  b\n"},
      {Node::map({{"sql", "a\nb\n\n"}, {"z", 1}}), "sql: |+\n  a\n  b\n\nz: 1\n"},
      {Node::map({{"sql", "  a\nb"}}), "sql: |2-\n    a\n  b\n"},
      {Node::map({{"a", "12"}, {"b", "null"}, {"c", ""}, {"d", "x: y"}, {"e", "#x"}}),
       "a: \"12\"\nb: \"null\"\nc: \"\"\nd: \"x: y\"\ne: \"#x\"\n"},
      {Node::map({{"a", "say \"hi\": now"}, {"b", "tab\t"}, {"c", "it's"}}),
       "a: 'say \"hi\": now'\nb: \"tab\\t\"\nc: it's\n"},
      {Node::map({{"t", Node::map({{"a", "x, y"}})}}), "t: {a: \"x, y\"}\n"},
      {Node("text"), "text\n"},
      {Node(), "null\n"},
      {Node::binary("hi"), "!!binary \"aGk=\"\n"},
      {Node(5.0), "5.0\n"},
  };
  for (const RenderCase& c : cases) {
    CHECK(render_yaml(c.node) == c.text);
    CHECK(parse(render_yaml(c.node)) == c.node);
  }
}

TEST_CASE("what does not fit into 100 columns becomes a block") {
  Node names = Node::list();
  for (int i = 0; i < 30; ++i) names.push("column_" + std::to_string(i));
  const std::string text = render_yaml(Node::map({{"columns", names}}));
  CHECK_THAT(text, Catch::StartsWith("columns:\n  - column_0\n"));
  for (const std::string& line : split(text, '\n')) CHECK(line.size() <= 100);
}

TEST_CASE("text that is not UTF-8 survives as binary") {
  const Node root = parse(render_yaml(Node::map({{"a", "\xFF\xFE"}, {"\xC3", 1}})));
  CHECK(root.find("a")->text == "\xFF\xFE");
  CHECK(root.find("a")->kind == Kind::kBinary);
  CHECK(root.find("\xC3") != nullptr);
}

// Random documents of nasty texts.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  Node node(int depth) {
    const unsigned kind = below(depth > 0 ? 12 : 8);
    if (kind == 0) return Node();
    if (kind == 1) return Node(below(2) == 0);
    if (kind == 2) return Node(static_cast<int>(below(2000)) - 1000);
    if (kind == 3) return Node(static_cast<double>(below(100000)) / 7.0);
    if (kind == 4) return Node::binary(text());
    if (kind < 8) return Node(text());
    return styled(kind < 10 ? list(depth) : map(depth));
  }

 private:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_()) % limit; }

  Node styled(Node node) {
    const unsigned style = below(8);
    if (style == 0) node.style = Node::Style::kFlow;
    if (style == 1) node.style = Node::Style::kBlock;
    return node;
  }

  Node list(int depth) {
    Node result = Node::list();
    for (unsigned i = below(5); i > 0; --i) result.push(node(depth - 1));
    return result;
  }

  Node map(int depth) {
    Node result = Node::map();
    for (unsigned i = below(5); i > 0; --i) {
      std::string key = text();
      if (below(50) == 0) key += std::string(1500, 'k');
      if (result.find(key) == nullptr) result.set(key, node(depth - 1));
    }
    return result;
  }

  std::string text() {
    static const std::vector<std::string> pieces = {"a",
                                                    "b",
                                                    "word",
                                                    "12",
                                                    "1.5",
                                                    "null",
                                                    "~",
                                                    "true",
                                                    "no",
                                                    " ",
                                                    "  ",
                                                    "\n",
                                                    "\n\n",
                                                    "\t",
                                                    ":",
                                                    ": ",
                                                    " #",
                                                    "#",
                                                    "-",
                                                    "- ",
                                                    "---",
                                                    "...",
                                                    "?",
                                                    "? ",
                                                    ",",
                                                    "[",
                                                    "]",
                                                    "{",
                                                    "}",
                                                    "&",
                                                    "*",
                                                    "!",
                                                    "!!binary ",
                                                    "|",
                                                    ">",
                                                    "'",
                                                    "\"",
                                                    "\\",
                                                    "%",
                                                    "@",
                                                    "`",
                                                    "<<",
                                                    "=",
                                                    "\r",
                                                    "\r\n",
                                                    std::string(1, '\0'),
                                                    "\x04",
                                                    "\x7F",
                                                    "\xC2\x85",
                                                    "\xE2\x80\xA8",
                                                    "\xEF\xBB\xBF",
                                                    "\xC3\xA9",
                                                    "\xF0\x9F\x98\x80",
                                                    "0x1F",
                                                    ".inf",
                                                    "+",
                                                    ".",
                                                    "/",
                                                    "2026-11-22T10:04:11Z",
                                                    "SELECT 1;\n",
                                                    "  indented\n",
                                                    "é: x"};
    std::string result;
    for (unsigned i = below(6); i > 0; --i) {
      result += pieces[below(static_cast<unsigned>(pieces.size()))];
    }
    return result;
  }

  std::mt19937 random_;
};

TEST_CASE("parse(render(x)) == x for random documents") {
  for (unsigned seed = 0; seed < 20000; ++seed) {
    const Node node = Generator(seed).node(4);
    const std::string text = render_yaml(node);
    Node back;
    try {
      back = parse(text);
    } catch (const Error& error) {
      FAIL("seed " << seed << ": " << error.message() << " line " << error.line() << "\n" << text);
    }
    if (!(back == node))
      FAIL("seed " << seed << "\n" << text << "\nread back as\n" << render_yaml(back));
  }
  SUCCEED();
}

}  // namespace
}  // namespace ormdb
