#include "base/yaml_scalar.h"

#include "base/ascii.h"

namespace ormdb {
namespace {

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (text == word) return true;
  }
  return false;
}

// Takes leading digits off `text`; returns how many.
std::size_t eat_digits(std::string_view& text) {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count;
}

bool is_prefixed_integer(std::string_view text) {
  if (text.size() < 3 || text[0] != '0') return false;
  const bool hex = text[1] == 'x';
  if (!hex && text[1] != 'o') return false;
  for (const char c : text.substr(2)) {
    if (hex ? !is_hex_digit(c) : (c < '0' || c > '7')) return false;
  }
  return true;
}

Node::Kind number_kind(std::string_view text) {
  if (is_prefixed_integer(text)) return Node::Kind::kInteger;
  if (text.front() == '+' || text.front() == '-') text.remove_prefix(1);
  if (is_one_of(text, {".inf", ".Inf", ".INF"})) return Node::Kind::kFloat;
  const std::size_t whole = eat_digits(text);
  if (text.empty()) return whole > 0 ? Node::Kind::kInteger : Node::Kind::kString;
  std::size_t fraction = 0;
  if (text.front() == '.') {
    text.remove_prefix(1);
    fraction = eat_digits(text);
  }
  if (whole + fraction == 0) return Node::Kind::kString;
  if (text.empty()) return Node::Kind::kFloat;
  if (text.front() != 'e' && text.front() != 'E') return Node::Kind::kString;
  text.remove_prefix(1);
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) text.remove_prefix(1);
  return eat_digits(text) > 0 && text.empty() ? Node::Kind::kFloat : Node::Kind::kString;
}

}  // namespace

Node::Kind plain_scalar_kind(std::string_view text) {
  if (text.empty() || text == "~") return Node::Kind::kNull;
  const char first = text.front();
  if (is_digit(first) || first == '+' || first == '-' || first == '.') {
    if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return Node::Kind::kFloat;
    return number_kind(text);
  }
  if (is_one_of(text, {"null", "Null", "NULL"})) return Node::Kind::kNull;
  if (is_one_of(text, {"true", "True", "TRUE", "false", "False", "FALSE"})) {
    return Node::Kind::kBoolean;
  }
  return Node::Kind::kString;
}

}  // namespace ormdb
