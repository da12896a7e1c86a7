#include "script/header_value.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/text.h"

namespace ormdb {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

bool is_null_word(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto tail = [&](int shift) {
    out += static_cast<char>(0x80U | ((code >> static_cast<unsigned>(shift)) & 0x3FU));
  };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0U | (code >> 12U));
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0U | (code >> 18U));
    tail(12), tail(6), tail(0);
  }
}

/// Reads one value from the front of a text, a token at a time.
class ValueParser {
 public:
  explicit ValueParser(std::string_view text) : text_(text) {}

  HeaderValue parse() {
    skip_blanks();
    if (!at_end_or_comment() && peek() == '[') {
      list();
    } else {
      scalar();
    }
    if (value_.problem.empty() && !at_end_or_comment()) {
      fail("'" + std::string(text_.substr(at_)) + "' stands behind the value",
           "a comment begins with ' #'");
    }
    return std::move(value_);
  }

 private:
  char peek() const { return text_[at_]; }
  bool done() const { return at_ >= text_.size(); }
  bool failed() const { return !value_.problem.empty(); }

  void skip_blanks() {
    while (!done() && (peek() == ' ' || peek() == '\t')) ++at_;
  }

  /// A comment needs a blank (or the beginning) before its '#'.
  bool at_end_or_comment() const {
    if (done()) return true;
    return peek() == '#' && (at_ == 0 || text_[at_ - 1] == ' ' || text_[at_ - 1] == '\t');
  }

  void fail(std::string problem, std::string hint = "") {
    if (failed()) return;
    value_.problem = std::move(problem);
    value_.hint = std::move(hint);
  }

  void scalar() {
    if (at_end_or_comment()) {
      value_.is_null = true;
    } else if (peek() == '"' || peek() == '\'') {
      value_.items.push_back(quoted());
      skip_blanks();
    } else {
      const std::string_view text = plain(false);
      value_.is_null = is_null_word(text);
      if (!value_.is_null) value_.items.emplace_back(text);
    }
  }

  void list() {
    value_.is_list = true;
    ++at_;
    for (skip_blanks(); !failed(); skip_blanks()) {
      if (at_end_or_comment()) return fail("the list is not closed on its line", "end it with ]");
      if (peek() == ']') break;
      if (peek() == '"' || peek() == '\'') {
        value_.items.push_back(quoted());
      } else {
        const std::string_view item = plain(true);
        if (is_null_word(item)) return fail("an item of the list is empty");
        value_.items.emplace_back(item);
      }
      skip_blanks();
      if (done() || peek() == ']') continue;
      if (peek() != ',') return fail("',' or ']' expected before '" + rest() + "'");
      ++at_;
    }
    if (failed()) return;
    ++at_;
    skip_blanks();
  }

  std::string rest() const { return std::string(text_.substr(at_)); }

  std::string_view plain(bool in_list) {
    const std::size_t begin = at_;
    const char first = peek();
    if (std::string_view("[]{},&*!|>%@`").find(first) != std::string_view::npos ||
        ((first == '-' || first == '?' || first == ':') &&
         (at_ + 1 == text_.size() || text_[at_ + 1] == ' '))) {
      if (!in_list || first != ',') {
        fail("a value that begins with '" + std::string(1, first) + "' must stand in quotes");
      }
      return {};
    }
    while (!at_end_or_comment() && !(in_list && is_list_mark(peek()))) ++at_;
    const std::string_view text = trim(text_.substr(begin, at_ - begin));
    if (text.find(": ") != text.npos || text.find(":\t") != text.npos || text.ends_with(':')) {
      fail("a value with ': ' in it must stand in quotes");
    }
    return text;
  }

  static bool is_list_mark(char c) {
    return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
  }

  std::string quoted() {
    const char quote = peek();
    std::string text;
    for (++at_; !done(); ++at_) {
      if (peek() == quote) {
        ++at_;
        if (quote == '"' || done() || peek() != '\'') return text;
      } else if (quote == '"' && peek() == '\\') {
        ++at_;
        if (!escape(text)) return text;
        continue;
      }
      text += peek();
    }
    fail("a quote is not closed", "end the text with " + std::string(1, quote));
    return text;
  }

  /// The escape behind a backslash; leaves the position on its last character.
  bool escape(std::string& text) {
    static constexpr std::string_view kLetters = "\"\\/ntr0abefv \t";
    static constexpr std::string_view kMeanings("\"\\/\n\t\r\0\a\b\x1b\f\v \t", 14);
    if (done()) {
      fail("a quote is not closed", "end the text with \"");
      return false;
    }
    const std::size_t letter = kLetters.find(peek());
    if (letter != kLetters.npos) {
      text += kMeanings[letter];
      return true;
    }
    const std::size_t digits = peek() == 'x' ? 2 : peek() == 'u' ? 4 : peek() == 'U' ? 8 : 0;
    const std::string_view hex = text_.substr(at_ + 1, digits);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
    if (digits == 0 || hex.size() != digits || error != std::errc() ||
        end != hex.data() + hex.size() || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
      fail("unknown escape '\\" + std::string(1, peek()) + "'", "write a backslash as \\\\");
      return false;
    }
    append_utf8(text, code);
    at_ += digits;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  HeaderValue value_;
};

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

/// Whether the text stands for itself, in a list too and for every YAML parser.
bool is_plain(std::string_view text) {
  if (is_null_word(text) || iequals(text, "true") || iequals(text, "false")) return false;
  const auto begins = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '(' || static_cast<unsigned char>(c) >= 0x80;
  };
  if (!begins(text.front()) || text.back() == ' ' || text.back() == ':') return false;
  if (text.find(": ") != text.npos || text.find(" #") != text.npos) return false;
  return std::none_of(text.begin(), text.end(), [](char c) {
    return is_control(c) || c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
  });
}

}  // namespace

HeaderValue parse_header_value(std::string_view text) { return ValueParser(text).parse(); }

std::string render_header_scalar(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (is_control(c)) {
      out += "\\x";
      out += kHexDigits[static_cast<unsigned char>(c) >> 4U];
      out += kHexDigits[static_cast<unsigned char>(c) & 15U];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string render_header_list(const std::vector<std::string>& items) {
  std::vector<std::string> texts;
  for (const std::string& item : items) texts.push_back(render_header_scalar(item));
  return "[" + join(texts, ", ") + "]";
}

}  // namespace ormdb
