// Choices by name, from a seed: what a generated schema is made of.
//
// A builder asks for every choice under a name of its own ("t1.title.nullable"), so two sets of
// genes that differ in few names give schemas that differ in little, each whole in itself. 0 is
// always the simplest choice, often "not there": fixing genes at 0 makes a failing case small.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace ormdb::test {

class Genes {
 public:
  explicit Genes(std::uint64_t seed) : seed_(seed) {}

  /// 0 … limit - 1.
  std::size_t choose(const std::string& name, std::size_t limit);
  /// True for so many of a hundred seeds; false is the simplest.
  bool chance(const std::string& name, int percent);
  template <typename Items>
  auto& pick(const std::string& name, Items& items) {
    return items[choose(name, std::size(items))];
  }

  /// What is chosen under the name, before it is cut down to a limit.
  std::uint64_t gene(const std::string& name) const;
  void fix(const std::string& name, std::uint64_t gene) { fixed_[name] = gene; }
  /// The names of all choices that were made, in the order of the first one of each.
  const std::vector<std::string>& asked() const { return asked_; }

 private:
  std::uint64_t seed_;
  std::map<std::string, std::uint64_t> fixed_;
  std::vector<std::string> asked_;
  std::set<std::string> known_;
};

struct GenePair {
  Genes from;
  Genes to;
};

/// `to` is some genes away from `from`, which must have been asked already; for every tenth seed it
/// is unrelated.
GenePair gene_pair(std::uint64_t seed, Genes from);

/// Fixes gene after gene at 0, or at the same on both sides, while `fails` says that it still does.
GenePair shrunk(GenePair pair, const std::function<bool(GenePair&)>& fails);

}  // namespace ormdb::test
