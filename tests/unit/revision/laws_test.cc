// Laws over random graphs.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "support/revision_text.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

using Ids = std::set<std::string>;

std::size_t below(std::mt19937& random, std::size_t bound) { return random() % bound; }

std::vector<Revision> random_revisions(std::mt19937& random) {
  std::size_t count = 1 + below(random, 25);
  std::vector<Revision> revisions;
  for (std::size_t i = 0; i < count; ++i) {
    Revision revision;
    revision.id = std::to_string(1000 + random() % 9000) + "x" + std::to_string(i);
    auto earlier = [&] { return revisions[below(random, i)].id; };
    if (i > 0 && below(random, 8) != 0) revision.down_revisions.push_back(earlier());
    if (i > 1 && below(random, 4) == 0) revision.down_revisions.push_back(earlier());
    if (i > 0 && below(random, 5) == 0) revision.depends_on.push_back(earlier());
    if (below(random, 5) == 0) revision.branch_labels = {"label" + std::to_string(i)};
    revisions.push_back(revision);
  }
  return revisions;
}

// The definitions, said again without a clever order.
class Naive {
 public:
  explicit Naive(const std::vector<Revision>& revisions) {
    for (const Revision& revision : revisions) {
      Ids parents(revision.down_revisions.begin(), revision.down_revisions.end());
      parents.insert(revision.depends_on.begin(), revision.depends_on.end());
      parents_[revision.id] = parents;
    }
  }

  const Ids& parents(const std::string& id) const { return parents_.at(id); }

  Ids ancestors(const Ids& ids) const {
    Ids all;
    std::vector<std::string> todo(ids.begin(), ids.end());
    while (!todo.empty()) {
      std::string id = todo.back();
      todo.pop_back();
      if (all.insert(id).second) todo.insert(todo.end(), parents(id).begin(), parents(id).end());
    }
    return all;
  }

  std::vector<std::string> maximal(const Ids& applied) const {
    Ids rest = applied;
    for (const std::string& id : applied) {
      Ids proper = ancestors(parents(id));
      for (const std::string& lower : proper) rest.erase(lower);
    }
    return {rest.begin(), rest.end()};
  }

 private:
  std::map<std::string, Ids> parents_;
};

// Follows a plan step by step from what is applied; returns what is applied afterwards.
Ids follow(const Plan& plan, const Naive& naive, Ids applied) {
  for (const PlanStep& step : plan.steps) {
    const std::string& id = step.revision->id;
    if (plan.direction == Direction::kUpgrade) {
      for (const std::string& parent : naive.parents(id)) REQUIRE(applied.count(parent) == 1);
      REQUIRE(applied.insert(id).second);
    } else {
      REQUIRE(applied.erase(id) == 1);
      for (const std::string& other : applied) REQUIRE(naive.parents(other).count(id) == 0);
    }
    REQUIRE(step.rows_after == naive.maximal(applied));
  }
  REQUIRE(plan.rows_after == naive.maximal(applied));
  return applied;
}

std::vector<std::string> random_rows(const std::vector<Revision>& revisions, const Naive& naive,
                                     std::mt19937& random) {
  Ids some;
  for (std::size_t i = below(random, 4); i-- > 0;)
    some.insert(revisions[below(random, revisions.size())].id);
  return naive.maximal(naive.ancestors(some));
}

// Applied, but neither a row nor followed by anything: no target of a downgrade, as in Alembic.
bool is_only_a_dependency(const RevisionGraph& graph, const Revision& revision) {
  const Revision& node = *graph.find(revision.id);
  return graph.is_head(node) && !graph.is_effective_head(node);
}

template <typename Check>
void for_random_graphs(Check check) {
  for (unsigned seed = 0; seed < 150; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    std::vector<Revision> revisions = random_revisions(random);
    check(revisions, Naive(revisions), random);
  }
}

std::string everything(const RevisionGraph& graph, const std::vector<std::string>& rows) {
  std::string row_text;
  for (const std::string& row : rows) row_text += row + " ";
  std::string text = ids(graph.all()) + upgrade(graph, "heads", row_text) +
                     downgrade(graph, "base", row_text) + downgrade(graph, "-1", row_text) +
                     upgrade(graph, "+1", row_text) + history(graph, "", row_text);
  for (const Revision* revision : graph.all()) {
    for (const std::string& label : graph.labels_of(*revision)) text += label + " ";
    text += upgrade(graph, revision->id, row_text) + stamp(graph, revision->id, row_text);
    text += upgrade(graph, revision->id.substr(0, 3), row_text);
  }
  return text;
}

}  // namespace

TEST_CASE("an upgrade applies exactly the missing ancestors, parents first, and rows are maximal") {
  for_random_graphs([](const auto& revisions, const Naive& naive, std::mt19937& random) {
    RevisionGraph graph = RevisionGraph::build(revisions);
    std::vector<std::string> rows = random_rows(revisions, naive, random);
    Ids before = naive.ancestors({rows.begin(), rows.end()});
    for (const Revision& target : revisions) {
      Ids wanted = naive.ancestors({target.id});
      wanted.insert(before.begin(), before.end());
      REQUIRE(follow(graph.plan_upgrade(target.id, rows), naive, before) == wanted);
    }
  });
}

TEST_CASE("a downgrade reverts children first and leaves nothing above its target") {
  for_random_graphs([](const auto& revisions, const Naive& naive, std::mt19937&) {
    RevisionGraph graph = RevisionGraph::build(revisions);
    std::vector<std::string> rows = graph.plan_upgrade("heads", {}).rows_after;
    Ids before = naive.ancestors({rows.begin(), rows.end()});
    for (const Revision& target : revisions) {
      if (is_only_a_dependency(graph, target)) continue;
      Ids left = follow(graph.plan_downgrade(target.id, rows), naive, before);
      REQUIRE(left.count(target.id) == 1);
      for (const Revision* child : graph.children(*graph.find(target.id)))
        REQUIRE(left.count(child->id) == 0);
    }
    REQUIRE(follow(graph.plan_downgrade("base", rows), naive, before).empty());
  });
}

TEST_CASE("a downgrade and an upgrade to the former heads return to the same rows") {
  for_random_graphs([](const auto& revisions, const Naive&, std::mt19937&) {
    RevisionGraph graph = RevisionGraph::build(revisions);
    std::vector<std::string> rows = graph.plan_upgrade("heads", {}).rows_after;
    for (const Revision& target : revisions) {
      if (is_only_a_dependency(graph, target)) continue;
      Plan down = graph.plan_downgrade(target.id, rows);
      Plan up = graph.plan_upgrade("heads", down.rows_after);
      REQUIRE(up.rows_after == rows);
      REQUIRE(up.steps.size() == down.steps.size());
    }
  });
}

TEST_CASE("a stamp leaves rows none of which is below another, and covers what it names") {
  for_random_graphs([](const auto& revisions, const Naive& naive, std::mt19937& random) {
    RevisionGraph graph = RevisionGraph::build(revisions);
    std::vector<std::string> rows = random_rows(revisions, naive, random);
    for (const Revision& target : revisions) {
      std::vector<std::string> after = graph.plan_stamp({target.id}, rows, false).rows_after;
      Ids applied = naive.ancestors({after.begin(), after.end()});
      REQUIRE(after == naive.maximal(applied));
      REQUIRE(applied.count(target.id) == 1);
    }
  });
}

TEST_CASE("nothing depends on the order in which the scripts were read") {
  for_random_graphs([](auto revisions, const Naive& naive, std::mt19937& random) {
    std::vector<std::string> rows = random_rows(revisions, naive, random);
    std::string first = everything(RevisionGraph::build(revisions), rows);
    std::shuffle(revisions.begin(), revisions.end(), random);
    for (Revision& revision : revisions) {
      std::reverse(revision.down_revisions.begin(), revision.down_revisions.end());
    }
    REQUIRE(everything(RevisionGraph::build(revisions), rows) == first);
  });
}

TEST_CASE("labels are those of the definition") {
  for_random_graphs([](const auto& revisions, const Naive&, std::mt19937&) {
    RevisionGraph graph = RevisionGraph::build(revisions);
    std::map<std::string, Ids> expected;
    for (const Revision& owner : revisions) {
      if (owner.branch_labels.empty()) continue;
      std::vector<const Revision*> todo{graph.find(owner.id)};
      while (!todo.empty()) {
        const Revision* next = todo.back();
        todo.pop_back();
        expected[next->id].insert(owner.branch_labels[0]);
        for (const Revision* child : graph.children(*next)) todo.push_back(child);
      }
      const Revision* lower = graph.find(owner.id);
      while (!lower->down_revisions.empty() && !graph.is_merge_point(*lower)) {
        lower = graph.find(lower->down_revisions[0]);
        auto follows = [&](const Revision& other) {
          const auto& down = other.down_revisions;
          const auto& needs = other.depends_on;
          return std::find(down.begin(), down.end(), lower->id) != down.end() ||
                 std::find(needs.begin(), needs.end(), lower->id) != needs.end();
        };
        if (graph.is_merge_point(*lower)) break;
        if (std::count_if(revisions.begin(), revisions.end(), follows) > 1) break;
        expected[lower->id].insert(owner.branch_labels[0]);
      }
    }
    for (const Revision& revision : revisions) {
      std::vector<std::string> labels = graph.labels_of(*graph.find(revision.id));
      REQUIRE(Ids(labels.begin(), labels.end()) == expected[revision.id]);
    }
  });
}

TEST_CASE("ten thousand revisions with labels and merges are built and planned") {
  std::vector<Revision> revisions;
  for (int i = 0; i < 10000; ++i) {
    Revision revision;
    revision.id = "r" + std::to_string(100000 + (i * 7919) % 10007);
    if (i > 0) revision.down_revisions = {revisions.back().id};
    if (i > 1 && i % 10 == 0) revision.down_revisions.push_back(revisions[revisions.size() - 5].id);
    if (i % 400 == 0) revision.branch_labels = {"label" + std::to_string(i)};
    revisions.push_back(revision);
  }
  RevisionGraph graph = RevisionGraph::build(revisions);
  CHECK(graph.plan_upgrade("head", {}).steps.size() == 10000);
  CHECK(graph.labels_of(*graph.find(revisions.back().id)).size() == 25);
}
