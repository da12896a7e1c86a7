#include "base/node.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "base/yaml_scalar.h"

namespace ormdb {
namespace {

std::string float_text(double value) {
  if (std::isnan(value)) return ".nan";
  if (std::isinf(value)) return value < 0 ? "-.inf" : ".inf";
  char buffer[40];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  std::string text(buffer, result.ptr);
  if (text.find_first_of(".e") == text.npos) text += ".0";
  return text;
}

}  // namespace

Node::Node(bool value) : kind(Kind::kBoolean), text(value ? "true" : "false") {}
Node::Node(int value) : kind(Kind::kInteger), text(std::to_string(value)) {}
Node::Node(std::int64_t value) : kind(Kind::kInteger), text(std::to_string(value)) {}
Node::Node(double value) : kind(Kind::kFloat), text(float_text(value)) {}
Node::Node(const char* value) : kind(Kind::kString), text(value) {}
Node::Node(std::string value) : kind(Kind::kString), text(std::move(value)) {}
Node::Node(std::string_view value) : kind(Kind::kString), text(value) {}

Node Node::list(std::vector<Node> items) {
  Node node;
  node.kind = Kind::kList;
  node.items = std::move(items);
  return node;
}

Node Node::strings(const std::vector<std::string>& items) {
  return list(std::vector<Node>(items.begin(), items.end()));
}

Node Node::map(std::vector<Entry> entries) {
  Node node;
  node.kind = Kind::kMap;
  node.entries = std::move(entries);
  return node;
}

Node Node::binary(std::string bytes) {
  Node node(std::move(bytes));
  node.kind = Kind::kBinary;
  return node;
}

Node Node::number(std::string text) {
  const Kind kind = plain_scalar_kind(text);
  Node node(std::move(text));
  if (kind == Kind::kInteger || kind == Kind::kFloat) node.kind = kind;
  return node;
}

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.first == key) return &entry.second;
  }
  return nullptr;
}

Node& Node::set(std::string key, Node value) {
  if (is_null()) kind = Kind::kMap;
  entries.emplace_back(std::move(key), std::move(value));
  return *this;
}

Node& Node::set_if(std::string key, Node value) {
  const bool says_something = value.is_list()  ? !value.items.empty()
                              : value.is_map() ? !value.entries.empty()
                                               : !value.is_null() && !value.text.empty();
  if (says_something) set(std::move(key), std::move(value));
  return *this;
}

Node& Node::push(Node value) {
  if (is_null()) kind = Kind::kList;
  items.push_back(std::move(value));
  return *this;
}

bool Node::operator==(const Node& other) const {
  return kind == other.kind && text == other.text && items == other.items &&
         entries == other.entries;
}

std::string Source::line(int number) const {
  std::size_t begin = 0;
  for (int current = 1; begin <= text.size(); ++current) {
    const std::size_t end = std::min(text.find_first_of("\r\n", begin), text.size());
    if (current == number) return text.substr(begin, end - begin);
    const bool crlf = text.compare(end, 2, "\r\n") == 0;
    begin = end + (crlf ? 2 : 1);
  }
  return "";
}

Error Source::error(ErrorKind kind, int line_number, std::string message) const {
  return Error(kind, std::move(message)).at(file, line_number, line(line_number));
}

}  // namespace ormdb
