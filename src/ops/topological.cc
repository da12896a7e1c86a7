#include "ops/topological.h"

#include <algorithm>

namespace ormdb {
namespace {

class Sorter {
 public:
  explicit Sorter(const std::vector<std::set<std::size_t>>& dependencies)
      : unmet_(dependencies), dependents_(dependencies.size()) {
    for (std::size_t i = 0; i < unmet_.size(); ++i) {
      unmet_[i].erase(i);
      for (const std::size_t before : unmet_[i]) dependents_[before].push_back(i);
      waiting_.insert(i);
      if (unmet_[i].empty()) free_.insert(i);
    }
  }

  std::vector<std::size_t> run() {
    std::vector<std::size_t> order;
    while (!waiting_.empty()) {
      const std::size_t next = free_.empty() ? lowest_of_a_cycle() : *free_.begin();
      order.push_back(next);
      take(next);
    }
    return order;
  }

 private:
  void take(std::size_t node) {
    waiting_.erase(node);
    free_.erase(node);
    for (const std::size_t dependent : dependents_[node]) {
      unmet_[dependent].erase(node);
      if (unmet_[dependent].empty() && waiting_.contains(dependent)) free_.insert(dependent);
    }
  }

  /// Every waiting node has something unmet, so walking along ends in a cycle.
  std::size_t lowest_of_a_cycle() const {
    std::vector<std::size_t> path;
    std::set<std::size_t> seen;
    std::size_t node = *waiting_.begin();
    while (seen.insert(node).second) {
      path.push_back(node);
      node = *unmet_[node].begin();
    }
    return *std::min_element(std::find(path.begin(), path.end(), node), path.end());
  }

  std::vector<std::set<std::size_t>> unmet_;
  std::vector<std::vector<std::size_t>> dependents_;
  std::set<std::size_t> waiting_;
  std::set<std::size_t> free_;
};

}  // namespace

std::vector<std::size_t> topological_order(const std::vector<std::set<std::size_t>>& dependencies) {
  return Sorter(dependencies).run();
}

}  // namespace ormdb
