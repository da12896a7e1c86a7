#include "schema/node_layout.h"

#include <algorithm>

#include "base/yaml.h"

namespace ormdb {
namespace {

constexpr std::size_t kColumns = 100;
constexpr std::size_t kIndent = 2;

bool must_break(const Node& node) {
  if (node.is_scalar()) return node.text.find('\n') != std::string::npos;
  if (node.style == Node::Style::kBlock && !(node.items.empty() && node.entries.empty()))
    return true;
  return std::any_of(node.items.begin(), node.items.end(), must_break) ||
         std::any_of(node.entries.begin(), node.entries.end(),
                     [](const Node::Entry& entry) { return must_break(entry.second); });
}

/// Whether the node, all of it on one line, fits when it begins at `column`. Leaves its style
/// kFlow.
bool fits(Node& node, std::size_t column) {
  node.style = Node::Style::kFlow;
  std::string line = render_yaml(node);
  while (!line.empty() && line.back() == '\n') line.pop_back();
  return column + line.size() <= kColumns && line.find('\n') == std::string::npos;
}

void lay_out_at(Node& node, std::size_t column, std::size_t indent) {
  if (node.is_scalar()) return;
  if (node.items.empty() && node.entries.empty()) {
    node.style = Node::Style::kFlow;
    return;
  }
  if (node.style == Node::Style::kFlow) return;
  if (!must_break(node) && fits(node, column)) return;
  node.style = Node::Style::kBlock;
  for (Node& item : node.items) lay_out_at(item, indent + kIndent, indent + kIndent);
  for (Node::Entry& entry : node.entries) {
    lay_out_at(entry.second, indent + entry.first.size() + 2, indent + kIndent);
  }
}

}  // namespace

void lay_out(Node& node, std::size_t indent) { lay_out_at(node, indent, indent); }

}  // namespace ormdb
