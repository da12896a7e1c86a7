#include "support/migrate_genes.h"

#include <algorithm>

namespace ormdb::test {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t mixed(std::uint64_t z) {
  z += 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

/// FNV-1a: the same on every machine, unlike std::hash.
std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  }
  return hash;
}

std::vector<std::string> all_asked(const GenePair& pair) {
  std::vector<std::string> names = pair.from.asked();
  const std::set<std::string> known(names.begin(), names.end());
  for (const std::string& name : pair.to.asked()) {
    if (!known.contains(name)) names.push_back(name);
  }
  return names;
}

}  // namespace

std::uint64_t Genes::gene(const std::string& name) const {
  const auto found = fixed_.find(name);
  return found != fixed_.end() ? found->second : mixed(mixed(seed_) ^ hash_of(name));
}

std::size_t Genes::choose(const std::string& name, std::size_t limit) {
  if (known_.insert(name).second) asked_.push_back(name);
  return static_cast<std::size_t>(gene(name) % limit);
}

bool Genes::chance(const std::string& name, int percent) {
  return choose(name, 100) >= static_cast<std::size_t>(100 - percent);
}

GenePair gene_pair(std::uint64_t seed, Genes from) {
  Genes to = from;
  Genes changes(~seed);
  if (seed % 10 == 0) return {std::move(from), std::move(changes)};
  const std::size_t count = 1 + changes.choose("changes", 8);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    to.fix(changes.pick("name" + number, from.asked()), changes.gene("gene" + number));
  }
  return {std::move(from), std::move(to)};
}

namespace {

/// The pair with some genes at 0, or at the same on both sides.
GenePair simpler(const GenePair& pair, const std::vector<std::string>& names, bool absent) {
  GenePair result = pair;
  for (const std::string& name : names) {
    if (absent) result.from.fix(name, 0);
    result.to.fix(name, absent ? 0 : pair.from.gene(name));
  }
  return result;
}

}  // namespace

GenePair shrunk(GenePair pair, const std::function<bool(GenePair&)>& fails) {
  const std::vector<std::string> names = all_asked(pair);
  // Halves first, then their halves: most genes have nothing to do with the failure.
  for (std::size_t size = names.size() / 2; size > 0; size /= 2) {
    for (std::size_t begin = 0; begin < names.size(); begin += size) {
      std::vector<std::string> part;
      for (std::size_t i = begin; i < std::min(begin + size, names.size()); ++i) {
        if (pair.from.gene(names[i]) != 0 || pair.to.gene(names[i]) != 0) part.push_back(names[i]);
      }
      for (const bool absent : {true, false}) {
        if (part.empty()) break;
        GenePair candidate = simpler(pair, part, absent);
        if (!fails(candidate)) continue;
        pair = std::move(candidate);
        break;
      }
    }
  }
  return pair;
}

}  // namespace ormdb::test
