// Every form of argument, and the words for those that mean nothing.
#include <catch2/catch.hpp>

#include "support/revision_text.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

//   1111 - 2222 - 3333            [app]
//               \ 4444 - 5555
//   9999 - 9998                   [network], 9998 depends on 2222
constexpr const char* kTwoBases = R"(
  1111 [app]
  2222: 1111
  3333: 2222
  4444: 2222
  5555: 4444
  9999 [network]
  9998: 9999 ~ 2222
)";

struct Asked {
  const char* argument;
  const char* rows;
  const char* answer;
};

}  // namespace

TEST_CASE("what an argument of show, stamp and merge means") {
  RevisionGraph graph = graph_from(kTwoBases);
  const Asked cases[] = {
      {"3333", "", "3333"},
      {"app", "", "1111"},
      {"33", "", "3333"},
      {"netw", "", "9999"},
      {"99", "", "!ambiguous_prefix"},
      {"ap", "", "!unknown_revision"},  // too short to be found by its beginning
      {"7777", "", "!unknown_revision"},
      {"", "", "!unknown_revision"},
      {"heads", "", "3333 5555 9998"},
      {"head", "", "!multiple_heads"},
      {"base", "", ""},
      {"current", "4444", "4444"},
      {"current", "", ""},
      {"current", "7777", "!unknown_revision"},
      {"network@head", "", "9998"},
      {"app@head", "", "!multiple_heads"},
      {"4444@head", "", "5555"},
      {"app@heads", "", "3333 5555"},
      {"app@base", "", ""},
      {"nonsense@base", "", "!unknown_revision"},
      {"nonsense@head", "", "!unknown_revision"},
      {"@head", "", "!unknown_revision"},
      {"app@3333", "", "3333"},
      {"app@33", "", "3333"},
      {"network@99", "", "!ambiguous_prefix"},
      {"network@3333", "", "!not_in_branch"},
      {"network@33", "", "!unknown_revision"},
      {"-1", "", "2222 4444 9999"},
      {"-2", "", "1111 2222"},
      {"-9", "", "!relative_out_of_range"},
      {"network@-1", "", "9999"},
      {"4444@-1", "", ""},  // no head carries the label "4444"
      {"+1", "", "!unknown_revision"},
      {"3333-1", "", "!unknown_revision"},
  };
  for (const Asked& each : cases) {
    INFO(each.argument << " at " << each.rows);
    CHECK(resolve(graph, each.argument, each.rows) == each.answer);
  }
}

TEST_CASE("a prefix is looked up among names longer than three characters only") {
  RevisionGraph graph = graph_from("abc\n abcd: abc\n abcdef: abcd [abcdxyz]");
  CHECK(resolve(graph, "abc", "") == "abc");
  CHECK(resolve(graph, "ab", "") == "!ambiguous_prefix");
  CHECK(resolve(graph, "abcde", "") == "abcdef");
  CHECK(resolve(graph, "abcdx", "") == "abcdef");
}

TEST_CASE("within a branch a prefix needs to be unique in the branch only") {
  RevisionGraph graph = graph_from("aaaa1 [left]\n aaaa2: aaaa1\n bbbb1 [right]\n aaaa3: bbbb1");
  CHECK(resolve(graph, "aaaa", "") == "!ambiguous_prefix");
  CHECK(resolve(graph, "right@aaaa", "") == "aaaa3");
}

TEST_CASE("a label with a dash is a name, not a number of steps") {
  RevisionGraph graph = graph_from("a\n b: a [feature-1]\n c: b");
  CHECK(resolve(graph, "feature-1", "") == "b");
  CHECK(resolve(graph, "feature-1@head", "") == "c");
  CHECK(upgrade(graph, "feature-1+1", "") == "a b c => c");
  CHECK(upgrade(graph, "feature-1", "") == "a b => b");
  CHECK(downgrade(graph, "feature-1", "c") == "c => b");
}

TEST_CASE("the error for several heads lists them with message and date") {
  std::vector<Revision> revisions = revisions_from("a\n b: a [app]\n c: a");
  revisions[1].message = "add users\n\nand more";
  revisions[1].created = "2026-11-22T10:04:11Z";
  RevisionGraph graph = RevisionGraph::build(revisions);
  Error error = error_of([&] { graph.plan_upgrade("head", {}); });
  CHECK(error.kind() == ErrorKind::kMultipleHeads);
  CHECK(error.message() ==
        "'head' is ambiguous, there are 2 heads: b (add users, 2026-11-22T10:04:11Z), c (do c)");
  CHECK(error.candidates() == words("b c"));
  CHECK(error.where() == "argument");
  CHECK(error.hint().find("`ormdb merge`") != std::string::npos);
  CHECK(error.hint().find("`app@head`") != std::string::npos);
  CHECK(error.exit_code() == 3);
}

TEST_CASE("an unknown revision says whether the argument or the database has it") {
  RevisionGraph graph = graph_from("4f1c2a9be07d\n 9ad03c55b1e2: 4f1c2a9be07d");
  Error argument = error_of([&] { graph.plan_upgrade("4f1c2a9be07e", {}); });
  CHECK(argument.kind() == ErrorKind::kUnknownRevision);
  CHECK(argument.where() == "argument");
  CHECK(argument.candidates() == words("4f1c2a9be07d"));
  CHECK(argument.exit_code() == 4);
  for (const char* target : {"head", "heads", "+1", "4f1c"}) {
    INFO(target);
    Error row = error_of([&] { graph.plan_upgrade(target, {"0123456789ab"}); });
    CHECK(row.kind() == ErrorKind::kUnknownRevision);
    CHECK(row.where() == "database");
    CHECK(row.message() == "the database is at revision '0123456789ab', which no script has");
    CHECK(row.exit_code() == 6);
  }
  // A row is never taken for the beginning of an id.
  CHECK(upgrade(graph, "head", "4f1c") == "!unknown_revision");
}

TEST_CASE("an unknown name without a near spelling shows what begins like it") {
  RevisionGraph graph = graph_from("4f1c2a9be07d\n 4f1c00000000\n 9ad03c55b1e2");
  Error error = error_of([&] { graph.resolve("4f1caaaaaaaaaaaa", {}); });
  CHECK(error.candidates() == words("4f1c00000000 4f1c2a9be07d"));
}

TEST_CASE("an ambiguous prefix lists what it may mean") {
  RevisionGraph graph = graph_from(kTwoBases);
  Error error = error_of([&] { graph.resolve("99", {}); });
  CHECK(error.kind() == ErrorKind::kAmbiguousPrefix);
  CHECK(error.candidates() == words("9998 9999"));
}

TEST_CASE("the parents of a new revision are heads, or spliced") {
  RevisionGraph graph = graph_from(kTwoBases);
  auto parents = [&](std::string_view heads, bool splice) -> std::string {
    try {
      std::string text;
      for (const std::string& id : graph.parents_for_new(words(heads), splice, {"4444"}))
        text += id + " ";
      return text;
    } catch (const Error& error) {
      return "!" + std::string(error_kind_name(error.kind()));
    }
  };
  CHECK(parents("", false) == "!multiple_heads");
  CHECK(parents("head", true) == "!multiple_heads");
  CHECK(parents("3333", false) == "3333 ");
  CHECK(parents("network@head", false) == "9998 ");
  CHECK(parents("2222", false) == "!not_a_head");
  CHECK(parents("2222", true) == "2222 ");
  CHECK(parents("current", true) == "4444 ");
  CHECK(parents("base", false) == "");
  CHECK(parents("base 3333", false) == "!usage");
  CHECK(parents("heads", false) == "3333 5555 9998 ");
  CHECK(parents("5555 3333", false) == "5555 3333 ");
  CHECK(parents("3333 33", false) == "!duplicate_heads");
  Error error = error_of([&] { graph.parents_for_new({"4444"}, false, {}); });
  CHECK(error.candidates() == words("5555"));
}

TEST_CASE("a head that another branch depends on may still be continued") {
  RevisionGraph graph = graph_from("a\n x: ~ a");
  CHECK(graph.parents_for_new({"a"}, false, {}) == words("a"));
}

TEST_CASE("dependencies of a new revision keep labels and complete ids") {
  RevisionGraph graph = graph_from(kTwoBases);
  CHECK(graph.dependencies_for_new({"app", "33", "network@head", "3333"}, {}) ==
        words("app 3333 9998"));
  CHECK(error_of([&] { graph.dependencies_for_new({"nope"}, {}); }).kind() ==
        ErrorKind::kUnknownRevision);
}
