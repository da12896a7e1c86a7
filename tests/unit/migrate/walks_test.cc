// Random walks over random graphs: upgrade, downgrade, stamp and merge on a real database. After
// every command the rows are an antichain, what is applied is what the rows stand on, no step ran
// before its parents, and the log knows what was run.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <set>

#include "migrate/run_log.h"
#include "support/migrate_project.h"

namespace ormdb::test {
namespace {

using Ids = std::set<std::string>;

class Walk {
 public:
  explicit Walk(unsigned seed) : random_(seed) {
    const std::size_t count = 2 + below(10);
    for (std::size_t i = 0; i < count; ++i) add_revision(i);
  }

  void step() {
    const std::vector<std::string> before = rows();
    try {
      act();
    } catch (const Error& error) {
      INFO(error.message());
      CHECK(error.exit_code() != 70);
      CHECK(rows() == before);
      CHECK(error.kind() != ErrorKind::kDatabase);
    }
    check_invariants();
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  const std::string& any() { return order_[below(order_.size())]; }

  void add_revision(std::size_t i) {
    std::string id = "r" + std::to_string(100 + i);
    Ids down, needed;
    if (i > 0 && below(8) != 0) down.insert(any());
    if (i > 1 && below(4) == 0) down.insert(any());
    if (i > 0 && below(6) == 0) needed.insert(any());
    const auto list = [](const Ids& ids) {
      std::string text;
      for (const std::string& parent : ids) text += (text.empty() ? "" : ", ") + parent;
      return "[" + text + "]";
    };
    project_.write("migrations/versions/" + id + ".yaml",
                   "format: 1\nrevision: " + id + "\ndown_revision: " + list(down) +
                       "\ndepends_on: " + list(needed) +
                       "\nmessage: x\ncreated: 2026-01-01T00:00:00Z\n---\n"
                       "upgrade: []\ndowngrade: []\n");
    down.merge(needed);
    parents_[id] = down;
    order_.push_back(std::move(id));
  }

  void act() {
    switch (below(8)) {
      case 0:
        return run(project_.upgrade("heads"));
      case 1:
        return run(project_.upgrade(any()));
      case 2:
        return run(project_.upgrade("+1"));
      case 3:
        return run(project_.downgrade("-1"));
      case 4:
        return run(project_.downgrade(any()));
      case 5:
        return run(project_.downgrade("base"));
      case 6: {
        StampOptions options;
        options.targets = {any()};
        options.purge = below(3) == 0;
        project_.migrator()->stamp(options);
        return forget_unapplied();
      }
      default:
        return merge();
    }
  }

  void merge() {
    MigrateOptions options;
    options.message = "merge";
    const Revision made = project_.migrator()->merge({}, options).revision;
    parents_[made.id] = {made.down_revisions.begin(), made.down_revisions.end()};
    order_.push_back(made.id);
  }

  void run(const RunResult& result) {
    Ids applied = ancestors({result.rows_before.begin(), result.rows_before.end()});
    for (const StepResult& step : result.steps) {
      const std::string& id = step.revision.id;
      if (result.direction == Direction::kUpgrade) {
        for (const std::string& parent : parents_.at(id)) CHECK(applied.contains(parent));
        CHECK(applied.insert(id).second);
        logged_.insert(id);
      } else {
        CHECK(applied.erase(id) == 1);
        for (const std::string& other : applied) CHECK_FALSE(parents_.at(other).contains(id));
        logged_.erase(id);
      }
    }
    CHECK(applied == ancestors({result.rows.begin(), result.rows.end()}));
    CHECK(result.rows == rows());
  }

  /// What a stamp took back was not run backwards, but is no longer applied.
  void forget_unapplied() {
    const std::vector<std::string> found = rows();
    const Ids applied = ancestors({found.begin(), found.end()});
    std::erase_if(logged_, [&](const std::string& id) { return !applied.contains(id); });
  }

  void check_invariants() {
    const std::vector<std::string> found = rows();
    for (const std::string& row : found) {
      REQUIRE(parents_.contains(row));
      const Ids below_row = ancestors(parents_.at(row));
      for (const std::string& other : found) CHECK_FALSE(below_row.contains(other));
    }
    const auto workspace = project_.workspace();
    const RunLog log(workspace->dialect(), workspace->url(), "");
    Ids in_log;
    if (Connection* connection = workspace->existing_connection()) {
      for (const auto& [id, checksum] : log.applied_checksums(*connection)) in_log.insert(id);
    }
    CHECK(in_log == logged_);
  }

  std::vector<std::string> rows() { return project_.migrator()->rows(); }

  Ids ancestors(const Ids& ids) const {
    Ids all;
    std::vector<std::string> todo(ids.begin(), ids.end());
    while (!todo.empty()) {
      const std::string id = todo.back();
      todo.pop_back();
      if (!all.insert(id).second) continue;
      todo.insert(todo.end(), parents_.at(id).begin(), parents_.at(id).end());
    }
    return all;
  }

  std::mt19937 random_;
  Project project_;
  std::map<std::string, Ids> parents_;
  std::vector<std::string> order_;
  Ids logged_;
};

TEST_CASE("random walks keep rows, plans and log in agreement") {
  constexpr unsigned kWalks = 25;
  constexpr int kSteps = 20;
  for (unsigned seed = 0; seed < kWalks; ++seed) {
    Walk walk(seed);
    for (int step = 0; step < kSteps; ++step) {
      INFO("seed " << seed << ", step " << step);
      walk.step();
    }
  }
}

}  // namespace
}  // namespace ormdb::test
