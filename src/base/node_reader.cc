#include <algorithm>
#include <charconv>

#include "base/node.h"
#include "base/text.h"

namespace ormdb {
namespace {

std::string_view kind_name(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kNull:
      return "null";
    case Node::Kind::kBoolean:
      return "a boolean";
    case Node::Kind::kInteger:
      return "a number";
    case Node::Kind::kFloat:
      return "a number";
    case Node::Kind::kString:
      return "text";
    case Node::Kind::kBinary:
      return "binary data";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMap:
      return "a map";
  }
  return "something else";
}

std::string wrong_kind(std::string_view key, const std::string& what, std::string_view wanted,
                       const Node& found) {
  return "'" + std::string(key) + "' in " + what + " must be " + std::string(wanted) + ", not " +
         std::string(kind_name(found.kind));
}

}  // namespace

NodeReader::NodeReader(const Node& map, const Source& source, ErrorKind kind, std::string what)
    : map_(map), source_(source), kind_(kind), what_(std::move(what)) {
  if (!map.is_map() && !map.is_null()) {
    throw error(map,
                what_ + " must be a map (key: value), not " + std::string(kind_name(map.kind)));
  }
}

const Node* NodeReader::get(std::string_view key) {
  asked_.emplace_back(key);
  return map_.find(key);
}

bool NodeReader::has(std::string_view key) { return get(key) != nullptr; }

const Node& NodeReader::require(std::string_view key) {
  const Node* node = get(key);
  if (node != nullptr) return *node;
  for (const Node::Entry& entry : map_.entries) {
    const bool asked = std::find(asked_.begin(), asked_.end(), entry.first) != asked_.end();
    if (asked || nearest(entry.first, {std::string(key)}).empty()) continue;
    throw error_at_key(entry.first, "unknown key '" + entry.first + "' in " + what_ +
                                        did_you_mean(entry.first, {std::string(key)}))
        .candidates({std::string(key)});
  }
  throw error(map_, what_ + " needs '" + std::string(key) + "'");
}

std::string NodeReader::text(std::string_view key, std::string_view otherwise) {
  const Node* node = get(key);
  if (node == nullptr || node->is_null()) return std::string(otherwise);
  if (!node->is_scalar()) throw error_at_key(key, wrong_kind(key, what_, "a single value", *node));
  return node->text;
}

std::string NodeReader::require_text(std::string_view key) {
  const Node& node = require(key);
  if (!node.is_scalar()) throw error_at_key(key, wrong_kind(key, what_, "a single value", node));
  if (node.text.empty()) {
    throw error_at_key(key, "'" + std::string(key) + "' in " + what_ + " is empty");
  }
  return node.text;
}

bool NodeReader::boolean(std::string_view key, bool otherwise) {
  const Node* node = get(key);
  if (node == nullptr || node->is_null()) return otherwise;
  if (node->kind != Node::Kind::kBoolean) {
    throw error_at_key(key, wrong_kind(key, what_, "true or false", *node));
  }
  return node->text == "true";
}

int NodeReader::integer(std::string_view key, int otherwise) {
  const Node* node = get(key);
  if (node == nullptr || node->is_null()) return otherwise;
  if (node->kind != Node::Kind::kInteger) {
    throw error_at_key(key, wrong_kind(key, what_, "a whole number", *node));
  }
  std::string_view digits = node->text;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  int value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (result.ec != std::errc() || result.ptr != digits.data() + digits.size()) {
    throw error_at_key(key, "'" + std::string(key) + "' in " + what_ + ": " + node->text +
                                " is not a decimal number in range");
  }
  return value;
}

std::vector<std::string> NodeReader::texts(std::string_view key) {
  const Node* node = get(key);
  if (node == nullptr || node->is_null()) return {};
  if (node->is_scalar()) return {node->text};
  if (node->is_map()) {
    throw error_at_key(key, wrong_kind(key, what_, "a list of single values", *node));
  }
  std::vector<std::string> result;
  for (const Node& item : node->items) {
    if (!item.is_scalar() || item.is_null()) {
      throw error(item, "an item of '" + std::string(key) + "' in " + what_ +
                            " must be a single value, not " + std::string(kind_name(item.kind)));
    }
    result.push_back(item.text);
  }
  return result;
}

std::string NodeReader::choice(std::string_view key, std::string_view otherwise,
                               const std::vector<std::string>& allowed) {
  const std::string value = text(key, otherwise);
  if (value == otherwise || std::find(allowed.begin(), allowed.end(), value) != allowed.end()) {
    return value;
  }
  throw error_at_key(key, "'" + value + "' is no value for '" + std::string(key) + "' in " + what_ +
                              did_you_mean(value, allowed))
      .hint("one of: " + join(allowed, ", "))
      .candidates(allowed);
}

void NodeReader::finish() {
  for (const Node::Entry& entry : map_.entries) {
    if (std::find(asked_.begin(), asked_.end(), entry.first) != asked_.end()) continue;
    std::vector<std::string> known = asked_;
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    Error failure = error_at_key(entry.first, "unknown key '" + entry.first + "' in " + what_ +
                                                  did_you_mean(entry.first, known));
    if (nearest(entry.first, known).empty()) failure.hint("known keys: " + join(known, ", "));
    throw failure.candidates(known);
  }
}

Error NodeReader::error(const Node& at, std::string message) const {
  return source_.error(kind_, at.line > 0 ? at.line : map_.line, std::move(message));
}

Error NodeReader::error_at_key(std::string_view key, std::string message) const {
  int line = map_.line;
  for (std::size_t i = 0; i < map_.entries.size() && i < map_.entry_lines.size(); ++i) {
    if (map_.entries[i].first == key) line = map_.entry_lines[i];
  }
  return source_.error(kind_, line, std::move(message));
}

}  // namespace ormdb
