// Graph, rows and target in; steps and rows out.
#include <catch2/catch.hpp>

#include "support/revision_text.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

struct Move {
  const char* rows;
  const char* target;
  const char* answer;  ///< steps => rows, or !kind
};

template <std::size_t N>
void check_upgrades(const RevisionGraph& graph, const Move (&moves)[N]) {
  for (const Move& move : moves) {
    INFO("upgrade " << move.target << " from '" << move.rows << "'");
    CHECK(upgrade(graph, move.target, move.rows) == move.answer);
  }
}

template <std::size_t N>
void check_downgrades(const RevisionGraph& graph, const Move (&moves)[N]) {
  for (const Move& move : moves) {
    INFO("downgrade " << move.target << " from '" << move.rows << "'");
    CHECK(downgrade(graph, move.target, move.rows) == move.answer);
  }
}

constexpr const char* kLine = R"(
  a
  b: a
  c: b
  d: c
)";

// Two branches of b, merged, and one that goes on.
constexpr const char* kDiamond = R"(
  a
  b: a
  l: b [left]
  r: b [right]
  m: l r
  s: r
)";

// Two bases; the network branch needs b of the other.
constexpr const char* kDepends = R"(
  a [app]
  b: a
  c: b
  x [net]
  y: x ~ b
  z: y
)";

}  // namespace

TEST_CASE("upgrades on a line") {
  RevisionGraph graph = graph_from(kLine);
  const Move moves[] = {
      {"", "head", "a b c d => d"},
      {"", "heads", "a b c d => d"},
      {"b", "head", "c d => d"},
      {"d", "head", "=> d"},
      {"d", "b", "=> d"},
      {"", "base", "=> "},
      {"c", "base", "=> c"},
      {"", "+1", "a => a"},
      {"a", "+2", "b c => c"},
      {"a", "+4", "!relative_out_of_range"},
      {"d", "+1", "!relative_out_of_range"},
      {"a", "-1", "!relative_out_of_range"},
      {"a", "+0", "!relative_out_of_range"},
      {"", "b+1", "a b c => c"},
      {"", "d-1", "a b c => c"},
      {"", "a-1", "!relative_out_of_range"},
      {"", "a-2", "!relative_out_of_range"},
      {"", "d+1", "!relative_out_of_range"},
      {"", "base+2", "a b => b"},
      {"", "head-2", "a b => b"},
      {"", "+99999999999999999999", "!relative_out_of_range"},
      {"a c", "head", "!overlap"},
      {"", "nope", "!unknown_revision"},
      {"", "nope+1", "!unknown_revision"},
  };
  check_upgrades(graph, moves);
}

TEST_CASE("downgrades on a line") {
  RevisionGraph graph = graph_from(kLine);
  const Move moves[] = {
      {"d", "base", "d c b a => "},
      {"d", "b", "d c => b"},
      {"d", "d", "=> d"},
      {"d", "head", "=> d"},
      {"b", "c", "!not_ancestor"},
      {"", "b", "!not_ancestor"},
      {"", "base", "=> "},
      {"d", "-1", "d => c"},
      {"d", "-4", "d c b a => "},
      {"d", "-5", "!relative_out_of_range"},
      {"", "-1", "!relative_out_of_range"},
      {"d", "+1", "!relative_out_of_range"},
      {"d", "d-2", "d c => b"},
      {"c", "d-3", "c b => a"},
      {"d", "a+1", "d c => b"},
      {"d", "base-1", "!relative_out_of_range"},
      {"d", "d@-2", "d c => b"},
      {"nope", "-1", "!unknown_revision"},
      {"nope", "base", "!unknown_revision"},
      {"d", "nope", "!unknown_revision"},
  };
  check_downgrades(graph, moves);
}

TEST_CASE("upgrades through a branch and a merge") {
  RevisionGraph graph = graph_from(kDiamond);
  const Move moves[] = {
      {"", "head", "!multiple_heads"},
      {"", "heads", "a b l r m s => m s"},
      {"b", "l", "l => l"},
      {"l", "r", "r => l r"},
      {"l r", "m", "m => m"},
      {"l s", "m", "m => m s"},
      {"l", "left@head", "r m => m"},
      {"b", "+1", "!ambiguous_walk"},
      {"b", "left@+1", "l => l"},
      {"b", "right@+1", "r => r"},
      {"l r", "+1", "!ambiguous_walk"},
      {"l s", "left@+1", "m => m s"},
      {"", "b+1", "!ambiguous_walk"},
      {"", "m-1", "!ambiguous_walk"},
      {"", "left@s", "!not_in_branch"},
      {"", "right@s", "a b r s => s"},
  };
  check_upgrades(graph, moves);
}

TEST_CASE("downgrades through a branch and a merge") {
  RevisionGraph graph = graph_from(kDiamond);
  const Move moves[] = {
      {"m", "-1", "!ambiguous_walk"},
      {"m", "l", "m => l r"},
      {"m", "r", "m => l r"},
      {"m", "b", "m r l => b"},
      {"m s", "r", "s m => l r"},
      {"m s", "right@r", "!not_ancestor"},
      {"l r", "b", "r l => b"},
      {"l r", "l@-1", "l => r"},
      {"l r", "left@-1", "l => r"},
      {"l r", "left@b", "l => r"},
      {"l r", "-1", "!ambiguous_walk"},
      {"l r", "-9", "!relative_out_of_range"},
      {"l", "head", "!multiple_heads"},
      {"l", "right@-1", "!relative_out_of_range"},
      {"m s", "base", "s m r l b a => "},
  };
  check_downgrades(graph, moves);
}

TEST_CASE("a dependency is applied first, has no row meanwhile, and is reverted last") {
  RevisionGraph graph = graph_from(kDepends);
  const Move up[] = {
      {"", "y", "a b x y => y"},
      {"", "heads", "a b c x y z => c z"},
      {"", "net@head", "a b x y z => z"},
      {"", "net@+1", "x => x"},
      {"x", "net@+1", "a b y => y"},
      {"z", "app@+1", "c => c z"},  // b is applied without a row
      {"z", "app@head", "c => c z"},
      {"", "head", "!multiple_heads"},
  };
  check_upgrades(graph, up);
  const Move down[] = {
      {"c z", "app@base", "z y c b a => x"},
      {"c z", "net@base", "z y x => c"},
      {"c z", "a", "z y c b => a x"},
      {"c z", "b", "c => z"},
      {"c z", "x", "z y => c x"},
      {"z", "x", "z y => b x"},
      {"z", "app@-1", "z y b => a x"},
      {"c", "net@-1", "!relative_out_of_range"},
      {"c z", "nope@base", "!unknown_revision"},
      {"c z", "base", "z y x c b a => "},
  };
  check_downgrades(graph, down);
}

TEST_CASE("every step says the rows after it") {
  RevisionGraph graph = graph_from(kDiamond);
  Plan plan = graph.plan_upgrade("m", {"b"});
  CHECK(plan.direction == Direction::kUpgrade);
  CHECK(plan.rows_before == words("b"));
  REQUIRE(plan.steps.size() == 3);
  CHECK(plan.steps[0].rows_after == words("l"));
  CHECK(plan.steps[1].rows_after == words("l r"));
  CHECK(plan.steps[2].rows_after == words("m"));
  Plan back = graph.plan_downgrade("b", {"m"});
  CHECK(back.direction == Direction::kDowngrade);
  REQUIRE(back.steps.size() == 3);
  CHECK(back.steps[0].rows_after == words("l r"));
  CHECK(back.steps[1].rows_after == words("l"));
  CHECK(back.steps[2].rows_after == words("b"));
}

TEST_CASE("errors of a walk say from where, how far, and list the ways") {
  RevisionGraph graph = graph_from(kDiamond);
  Error fork = error_of([&] { graph.plan_upgrade("+1", {"b"}); });
  CHECK(fork.message() == "'+1' is ambiguous: b is followed by l (do l), r (do r)");
  CHECK(fork.candidates() == words("l r"));
  CHECK(fork.hint().find("`l@+1`") != std::string::npos);
  Error merge = error_of([&] { graph.plan_downgrade("-1", {"m"}); });
  CHECK(merge.candidates() == words("l r"));
  Error rows = error_of([&] { graph.plan_downgrade("-1", {"r", "l"}); });
  CHECK(rows.hint().find("`l@-1`") != std::string::npos);
  Error far = error_of([&] { graph_from(kLine).plan_downgrade("-9", {"c"}); });
  CHECK(far.message() == "'-9' leads nowhere: c is 3 steps above base, not 9");
  Error below = error_of([&] { graph_from(kLine).plan_downgrade("c", {"b"}); });
  CHECK(
      below.message() ==
      "'c' is no target of a downgrade: nothing that follows c is applied (the database is at b)");
  Error overlap = error_of([&] { graph_from(kLine).plan_upgrade("head", {"c", "a"}); });
  CHECK(overlap.where() == "database");
  CHECK(overlap.candidates() == words("a c"));
}

TEST_CASE("stamp replaces the rows in the lineage of what it names") {
  RevisionGraph diamond = graph_from(kDiamond);
  CHECK(stamp(diamond, "m", "") == "=> m");
  CHECK(stamp(diamond, "b", "m s") == "=> b");
  CHECK(stamp(diamond, "m", "b") == "=> m");
  CHECK(stamp(diamond, "l", "r") == "=> l r");
  CHECK(stamp(diamond, "heads", "") == "=> m s");
  CHECK(stamp(diamond, "head", "") == "!multiple_heads");
  CHECK(stamp(diamond, "base", "m s") == "=> ");
  CHECK(stamp(diamond, "m", "m s") == "=> m s");
  CHECK(stamp(diamond, "l r", "") == "=> l r");
  CHECK(stamp(diamond, "l m", "") == "=> m");
  CHECK(stamp(diamond, "nope", "m") == "!unknown_revision");
  CHECK(stamp(diamond, "m", "nope") == "!unknown_revision");
  CHECK(stamp(diamond, "m", "nope", true) == "=> m");
  RevisionGraph depends = graph_from(kDepends);
  CHECK(stamp(depends, "b", "z") == "=> b");
  CHECK(stamp(depends, "net@base", "c z") == "=> c");
  CHECK(stamp(depends, "b net", "z") == "=> b x");
  CHECK(stamp(depends, "x", "c") == "=> c x");
  Plan plan = depends.plan_stamp({"b"}, {"z"}, false);
  CHECK(plan.rows_before == words("z"));
  CHECK(plan.steps.empty());
}

TEST_CASE("history by range, newest first") {
  RevisionGraph line = graph_from(kLine);
  const Move cases[] = {
      {"", "", "d c b a"},
      {"", ":", "d c b a"},
      {"", "b:c", "c b"},
      {"", "b:", "d c b"},
      {"", ":b", "b a"},
      {"", "base:b", "b a"},
      {"", "b:b", "b"},
      {"", "c:b", "!not_ancestor"},
      {"b", "current:", "d c b"},
      {"b", ":current", "b a"},
      {"", ":current", "d c b a"},
      {"", "current:", "d c b a"},
      {"", "-2:", "d c b"},
      {"", "-4:", "!not_ancestor"},
      {"", "-9:", "!not_ancestor"},
      {"", "a:+2", "c b a"},
      {"", "a:+9", "d c b a"},
      {"", ":b+1", "c b a"},
      {"", "b", "!usage"},
      {"", "a:b:c", "!usage"},
      {"", "nope:", "!unknown_revision"},
  };
  for (const Move& each : cases) {
    INFO("history " << each.target << " at '" << each.rows << "'");
    CHECK(history(line, each.target, each.rows) == each.answer);
  }
}

TEST_CASE("history keeps to descendants of its lower end, and to a branch") {
  RevisionGraph diamond = graph_from(kDiamond);
  CHECK(history(diamond, "l:", "") == "m l");
  CHECK(history(diamond, "b:m", "") == "m r l b");
  CHECK(history(diamond, "l:s", "") == "!not_ancestor");
  RevisionGraph depends = graph_from(kDepends);
  CHECK(history(depends, "net@base:net@head", "") == "z y x b a");
  CHECK(history(depends, "net@base:", "") == "z y x b a");
  CHECK(history(depends, "x@base:heads", "") == "z y x b a");
  CHECK(history(depends, "x:", "") == "z y x");
}
