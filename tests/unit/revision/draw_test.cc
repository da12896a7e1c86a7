// The drawn history against golden pictures.
#include "revision/draw.h"

#include <catch2/catch.hpp>

#include "base/utf8.h"
#include "support/revision_text.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

std::string drawn(std::string_view text, std::string_view rows = "", int width = 80,
                  std::string_view range = "") {
  RevisionGraph graph = graph_from(text);
  std::string picture = "\n";
  for (const std::string& line :
       draw_history(graph, graph.history(range, words(rows)), words(rows), width, false)) {
    picture += line + "\n";
  }
  return picture;
}

std::string parallel_branches(int count, bool merged) {
  std::string text = "base0\n";
  std::string merge = "zz:";
  for (int i = 10; i < 10 + count; ++i) {
    std::string n = std::to_string(i);
    text += "a" + n + ": base0 [branch" + n + "]\nb" + n + ": a" + n + "\n";
    merge += " b" + n;
  }
  return merged ? text + merge + "\n" : text;
}

}  // namespace

TEST_CASE("a line is drawn in one lane") {
  CHECK(drawn("a\n b: a\n c: b", "b") == R"(
* c (head) do c
* b (current) do b
* a do a
)");
}

TEST_CASE("a branch and its merge") {
  CHECK(drawn("a\n b: a\n c: a [app]\n d: b c\n e: d") == R"(
* e (app) (head) do e
* d (merge) do d
|\
| * c (app) do c
* | b do b
|/
* a do a
)");
}

TEST_CASE("a merge of three") {
  CHECK(drawn("a\n b: a\n c: a\n d: a\n m: b c d") == R"(
* m (head) (merge) do m
|\
|\ \
| | * d do d
| * | c do c
| |/
* | b do b
|/
* a do a
)");
}

TEST_CASE("what is not related does not look like one line") {
  CHECK(drawn("a\n b\n c: b") == R"(
* c (head) do c
* b do b

* a (head) do a
)");
  CHECK(drawn("a\n b\n c: a b\n d").find("\n\n* d") == std::string::npos);
}

TEST_CASE("two bases, one depending on the other") {
  CHECK(drawn("a1 [app]\n a2: a1\n b1 [net]\n b2: b1 ~ a2") == R"(
* b2 (net) (head) (depends on a2) do b2
* b1 (net) do b1

* a2 (app) (effective head) do a2
* a1 (app) do a1
)");
}

TEST_CASE("a base that ends to the left of other lanes moves them") {
  CHECK(drawn("a\n b\n c\n m: c b\n n: b a\n z: m n") == R"(
* z (head) (merge) do z
|\
| * n (merge) do n
| |\
| | * a do a
* | m (merge) do m
|\ \
| |/
* | c do c
 /
* b do b
)");
}

TEST_CASE("an edge passes below the lanes between") {
  CHECK(drawn("a\n b: a\n c: a\n x: a\n m: b c\n n: x c\n z: m n") == R"(
* z (head) (merge) do z
|\
| * n (merge) do n
| |\
| * | x do x
* | | m (merge) do m
|\ \ \
| |_|/
| * | c do c
| |/
* | b do b
|/
* a do a
)");
}

TEST_CASE("a range ends its lanes where it ends") {
  CHECK(drawn("a\n b: a\n c: a\n d: b c\n e: d", "", 80, "b:e") == R"(
* e (head) do e
* d (merge) do d
* b do b
)");
}

TEST_CASE("thirty parallel branches need two lanes") {
  std::string picture = drawn(parallel_branches(30, false));
  CHECK(picture.substr(0, 125) == R"(
* b39 (branch39) (head) do b39
* a39 (branch39) do a39
| * b38 (branch38) (head) do b38
| * a38 (branch38) do a38
|/
| * b37)");
  CHECK(picture.find("| | ") == std::string::npos);
  CHECK(picture.substr(picture.size() - 42) == "a10 (branch10) do a10\n|/\n* base0 do base0\n");
}

TEST_CASE("a merge of thirty stays readable: lanes beyond half the width are folded") {
  RevisionGraph graph = graph_from(parallel_branches(30, true));
  std::vector<std::string> lines = draw_history(graph, graph.history("", {}), {}, 60, false);
  std::size_t nodes = 0;
  for (const std::string& line : lines) {
    INFO(line);
    CHECK(utf8_length(line) <= 60);
    bool is_node = line.find('*') != std::string::npos;
    nodes += is_node ? 1 : 0;
    if (is_node) CHECK(line.find(" do ") != std::string::npos);
  }
  CHECK(nodes == 62);
  CHECK(lines[0] == "* zz (branch10, branch11, branch12, …) (head) (merge) do zz");
  CHECK(lines[16] == "| | | | | | | | | | | | | | …* b39 do b39");
}

TEST_CASE("lines are cut to the width, the id never") {
  CHECK(drawn("a\n äöü: a", "", 14) == "\n* äöü (head) …\n* a do a\n");
  CHECK(drawn("abcdefghij", "", 8) == "\n* abcdefghij\n");
  CHECK(drawn("abcdefghij", "", 0) == "\n* abcdefghij (head) do abcdefghij\n");
}

TEST_CASE("colours do not change the columns") {
  RevisionGraph graph = graph_from("a [app]");
  std::vector<std::string> lines = draw_history(graph, graph.history("", {}), {"a"}, 20, true);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0] == "* \x1b[33ma\x1b[0m \x1b[32m(app)\x1b[0m (head) \x1b[1;36m(c…\x1b[0m");
}
