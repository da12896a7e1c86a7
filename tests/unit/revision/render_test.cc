// History as lines and long forms.
#include "revision/render.h"

#include <catch2/catch.hpp>

#include "support/revision_text.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

constexpr const char* kGraph = R"(
  a [app]
  b: a
  c: a
  m: b c
  x
  y: x ~ app m
)";

std::string line(const RevisionGraph& graph, std::string_view id, std::string_view rows,
                 bool color = false) {
  RevisionStyle style;
  style.color = color;
  return render_history_line(graph, *graph.find(id), words(rows), style);
}

}  // namespace

TEST_CASE("history lines name what is below, labels and flags") {
  RevisionGraph graph = graph_from(kGraph);
  CHECK(line(graph, "a", "") == "<base> -> a (app) (branchpoint), do a");
  CHECK(line(graph, "b", "b") == "a -> b (app) (current), do b");
  CHECK(line(graph, "m", "") == "b, c -> m (app) (effective head) (mergepoint), do m");
  CHECK(line(graph, "y", "y") == "x (app, m) -> y (head) (current), do y");
}

TEST_CASE("a history line shows the first line of the message only") {
  std::vector<Revision> revisions = revisions_from("a\n b: a");
  revisions[0].message = "  add users\n\nfor the shop";
  revisions[1].message = "";
  RevisionGraph graph = RevisionGraph::build(revisions);
  CHECK(line(graph, "a", "") == "<base> -> a, add users");
  CHECK(line(graph, "b", "") == "a -> b (head)");
}

TEST_CASE("colours are ANSI codes around the names") {
  RevisionGraph graph = graph_from("a\n b: a [app]");
  CHECK(line(graph, "b", "b", true) ==
        "\x1b[33ma\x1b[0m -> \x1b[33mb\x1b[0m \x1b[32m(app)\x1b[0m (head) "
        "\x1b[1;36m(current)\x1b[0m, do b");
}

TEST_CASE("lines of heads, current and branches") {
  RevisionGraph graph = graph_from(kGraph);
  RevisionStyle plain;
  CHECK(render_head_line(graph, *graph.find("m"), plain) == "m (app) (effective head)");
  CHECK(render_head_line(graph, *graph.find("y"), plain) == "y (head)");
  CHECK(render_current_line(graph, *graph.find("m"), plain) == "m (effective head) (mergepoint)");
  CHECK(render_current_line(graph, *graph.find("b"), plain) == "b");
  CHECK(render_branch_point(graph, *graph.find("a"), plain) ==
        "a (app) (branchpoint)\n  -> b (app)\n  -> c (app)");
}

TEST_CASE("the long form says everything that there is to say") {
  std::vector<Revision> revisions = revisions_from(kGraph);
  revisions[0].created = "2026-11-22T10:04:11Z";
  revisions[0].message = "add users\n\nfor the shop";
  RevisionGraph graph = RevisionGraph::build(revisions);
  RevisionStyle plain;
  CHECK(render_revision(graph, *graph.find("a"), {"a"}, plain) ==
        "Rev: a (branchpoint) (current)\n"
        "Parent: <base>\n"
        "Branches into: b, c\n"
        "Branch names: app\n"
        "Path: a.yaml\n"
        "Created: 2026-11-22T10:04:11Z\n"
        "\n"
        "    add users\n"
        "\n"
        "    for the shop\n");
  CHECK(render_revision(graph, *graph.find("m"), {}, plain) ==
        "Rev: m (effective head) (mergepoint)\nMerges: b, c\nBranch names: app\nPath: m.yaml\n\n   "
        " do m\n");
  CHECK(render_revision(graph, *graph.find("y"), {}, plain) ==
        "Rev: y (head)\nParent: x\nAlso depends on: app, m\nPath: y.yaml\n\n    do y\n");
}
