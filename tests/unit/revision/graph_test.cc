// Building the graph, what it refuses, and the simple queries.
#include <algorithm>
#include <catch2/catch.hpp>

#include "support/revision_text.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

Error build_error(std::string_view text) {
  return error_of([&] { graph_from(text); });
}

std::string labels(const RevisionGraph& graph, std::string_view id) {
  std::string text;
  for (const std::string& label : graph.labels_of(*graph.find(id))) text += label + " ";
  return text;
}

std::vector<std::string> dependencies(const RevisionGraph& graph, std::string_view id) {
  return graph.dependencies_of(*graph.find(id));
}

}  // namespace

TEST_CASE("an empty graph has nothing and refuses nothing") {
  RevisionGraph graph = RevisionGraph::build({});
  CHECK(graph.empty());
  CHECK(graph.all().empty());
  CHECK(upgrade(graph, "head", "") == "=> ");
  CHECK(downgrade(graph, "base", "") == "=> ");
  CHECK(history(graph, "", "") == "");
  CHECK(graph.parents_for_new({}, false, {}).empty());
}

TEST_CASE("heads, bases, branch and merge points") {
  RevisionGraph graph = graph_from(R"(
    a
    b: a
    c: a
    m: b c
    x
    y: x ~ m
  )");
  CHECK(ids(graph.heads()) == "m y");
  CHECK(ids(graph.effective_heads()) == "y");
  CHECK(ids(graph.bases()) == "a x");
  CHECK(ids(graph.branch_points()) == "a");
  CHECK(ids(graph.children(*graph.find("a"))) == "b c");
  CHECK(graph.is_head(*graph.find("m")));
  CHECK_FALSE(graph.is_effective_head(*graph.find("m")));
  CHECK(graph.is_merge_point(*graph.find("m")));
  CHECK_FALSE(graph.is_merge_point(*graph.find("y")));
  CHECK(graph.find("z") == nullptr);
  CHECK(ids(graph.ancestors({"y"})) == "a b c m x y");
  CHECK(error_of([&] { graph.ancestors({"z"}); }).kind() == ErrorKind::kUnknownRevision);
}

TEST_CASE("a parent that is named twice makes no branch and no merge") {
  RevisionGraph graph = graph_from("a\n b: a a");
  CHECK(graph.branch_points().empty());
  CHECK_FALSE(graph.is_merge_point(*graph.find("b")));
}

TEST_CASE("current shows what is applied without an applied child, dependencies' targets too") {
  RevisionGraph graph = graph_from(R"(
    a
    b: a
    x
    y: x ~ b
  )");
  CHECK(ids(graph.current({"y"})) == "b y");
  CHECK(ids(graph.current({"a"})) == "a");
  CHECK(ids(graph.current({})) == "");
}

TEST_CASE("labels spread up to all descendants and down to the next branch or merge point") {
  RevisionGraph graph = graph_from(R"(
    a
    b: a
    c: b [app]
    d: c
    e: b
    m: d e [late]
    n: m
    x
    y: x [net]
  )");
  CHECK(labels(graph, "a") == "");  // b branches
  CHECK(labels(graph, "b") == "");
  CHECK(labels(graph, "c") == "app ");
  CHECK(labels(graph, "d") == "app ");
  CHECK(labels(graph, "e") == "");
  CHECK(labels(graph, "m") == "app late ");
  CHECK(labels(graph, "n") == "app late ");
  CHECK(labels(graph, "x") == "net ");
}

TEST_CASE("labels do not spread down past what another revision depends on") {
  RevisionGraph graph = graph_from(R"(
    a
    b: a
    c: b [app]
    x: ~ b
  )");
  CHECK(labels(graph, "b") == "");
  CHECK(labels(graph, "a") == "");
}

TEST_CASE("dependencies are resolved from labels, those implied by an ancestor dropped") {
  RevisionGraph graph = graph_from(R"(
    a [app]
    b: a
    x: ~ app
    y: x ~ a b
    z: ~ b a
  )");
  CHECK(dependencies(graph, "x") == words("a"));
  CHECK(dependencies(graph, "y") == words("b"));
  CHECK(dependencies(graph, "z") == words("b"));
  CHECK(dependencies(graph, "a").empty());
}

TEST_CASE("two scripts with one id: the error names both files") {
  std::vector<Revision> twice = revisions_from("a\n a");
  twice[0].file = "second.yaml";
  twice[1].file = "first.yaml";
  Error error = error_of([&] { RevisionGraph::build(twice); });
  CHECK(error.kind() == ErrorKind::kDuplicateRevision);
  CHECK(error.message() == "the revision 'a' is in two scripts: first.yaml:2 and second.yaml:2");
  CHECK(error.candidates() == words("first.yaml second.yaml"));
  CHECK(error.where() == "script");
}

TEST_CASE("a missing parent or dependency is named with the line that names it") {
  Error parent = build_error("abcdef\n b: abcdeg");
  CHECK(parent.kind() == ErrorKind::kMissingRevision);
  CHECK(parent.file() == "b.yaml");
  CHECK(parent.line() == 3);
  CHECK(parent.message() ==
        "no script has the revision 'abcdeg', which down_revision of 'b' names");
  CHECK(parent.candidates() == words("abcdef"));
  Error dependency = build_error("a\n b: a ~ nowhere");
  CHECK(dependency.kind() == ErrorKind::kMissingRevision);
  CHECK(dependency.line() == 4);
  CHECK(dependency.revision() == "b");
}

TEST_CASE("loops and cycles are told apart, and a cycle is written out") {
  struct Case {
    const char* graph;
    ErrorKind kind;
    const char* candidates;
  };
  const Case cases[] = {
      {"a: a", ErrorKind::kLoop, "a"},
      {"b\n a: b ~ a", ErrorKind::kDependencyLoop, "a"},
      {"b\n a: b ~ app [app]", ErrorKind::kDependencyLoop, "a"},
      {"a: c\n b: a\n c: b", ErrorKind::kCycle, "a c b"},
      {"x\n y: x\n a: b\n b: a\n t: a", ErrorKind::kCycle, "a b"},
      {"a: ~ b\n b: c\n c: ~ a", ErrorKind::kDependencyCycle, "a b c"},
      {"a: b ~ b\n b: a", ErrorKind::kCycle, "a b"},
  };
  for (const Case& each : cases) {
    INFO(each.graph);
    Error error = build_error(each.graph);
    CHECK(error.kind() == each.kind);
    CHECK(error.candidates() == words(each.candidates));
    CHECK(error.where() == "script");
  }
  Error cycle = build_error("a: c\n b: a\n c: b");
  CHECK(cycle.message() == "the revisions form a cycle by down_revision: a -> c -> b -> a");
  CHECK(cycle.file() == "a.yaml");
  CHECK(cycle.line() == 3);
}

TEST_CASE("a label belongs to one revision and is no revision's id") {
  CHECK(build_error("a [app]\n b [app]").message() ==
        "the branch label 'app' belongs to a (a.yaml:2) and b (b.yaml:2)");
  CHECK(build_error("a [b]\n b").kind() == ErrorKind::kDuplicateLabel);
  CHECK(build_error("a [app app]").kind() == ErrorKind::kDuplicateLabel);
}

TEST_CASE("ids that an argument could not name are refused") {
  for (const char* id :
       {"", "a@b", "a-b", "a+b", "a:b", "a b", "a\tb", "head", "heads", "base", "current",
        "12345678901234567890123456789012345678901234567890123456789012345"}) {
    INFO(id);
    CHECK(error_of([&] { validate_revision_id(id); }).kind() == ErrorKind::kIllegalId);
  }
  CHECK_NOTHROW(validate_revision_id("4f1c2a9be07d"));
  CHECK_NOTHROW(validate_revision_id("Année_1"));
  CHECK_NOTHROW(validate_revision_id(std::string(64, 'x')));
  Error in_script = build_error("a-b");
  CHECK(in_script.kind() == ErrorKind::kIllegalId);
  CHECK(in_script.where() == "script");
  CHECK(build_error("a [heads]").kind() == ErrorKind::kIllegalId);
  CHECK_NOTHROW(graph_from("a [my-branch]"));
}
