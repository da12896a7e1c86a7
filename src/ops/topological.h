// An order in which everything stands after what it depends on.
#pragma once

#include <set>
#include <vector>

namespace ormdb {

/// `dependencies[i]` are the nodes that should stand before node i (itself is ignored). Among the
/// nodes that are free, the lowest number comes first, so the order is the same on every machine. A
/// cycle is broken before its lowest node: that one then stands before something that it depends
/// on. Kahn's algorithm, O((n + edges) log n) without cycles.
std::vector<std::size_t> topological_order(const std::vector<std::set<std::size_t>>& dependencies);

}  // namespace ormdb
