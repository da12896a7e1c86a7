// Writing YAML. A node is written on one line (flow style) where that reads well, else as a block;
// text is plain where YAML reads it back as the same text, else quoted, or a literal block when it
// has several lines.
#include <algorithm>
#include <optional>

#include "base/base64.h"
#include "base/utf8.h"
#include "base/yaml.h"
#include "base/yaml_scalar.h"

namespace ormdb {
namespace {

constexpr std::size_t kWidth = 100;
// A simple key ends within 1,024 characters (YAML 1.2.2, section 8.2.2); longer ones need "? ".
constexpr std::size_t kLongestSimpleKey = 500;
constexpr char kHexDigits[] = "0123456789ABCDEF";

bool is_printable(char32_t c) {
  if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) return false;
  return c != 0x2028 && c != 0x2029 && c != 0xFEFF && c != 0xFFFE && c != 0xFFFF;
}

bool all_printable(std::string_view text, bool newlines_and_tabs) {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Char c = decode_utf8(text, at);
    const bool allowed = newlines_and_tabs && (c.code == '\n' || c.code == '\t');
    if (!c.valid || (!allowed && !is_printable(c.code))) return false;
    at += c.size;
  }
  return true;
}

// The first character would begin something other than plain text.
bool has_special_start(std::string_view text) {
  if (std::string_view(",[]{}#&*!|>'\"%@`?:=").find(text[0]) != std::string_view::npos) return true;
  if (text.starts_with("---") || text.starts_with("...") || text == "<<") return true;
  return text[0] == '-' && (text.size() == 1 || text[1] == ' ');
}

bool is_plain(std::string_view text, bool in_flow) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  if (plain_scalar_kind(text) != Node::Kind::kString || has_special_start(text)) return false;
  if (text.find(": ") != text.npos || text.find(" #") != text.npos) return false;
  // yaml-cpp also ends a plain scalar at '?' in a flow collection, and "-," or ":," are in doubt.
  if (in_flow && (text.find_first_of(",[]{}?") != text.npos || text.back() == '-')) return false;
  return all_printable(text, false);
}

void append_escape(std::string& out, char32_t code) {
  const int digits = code <= 0xFF ? 2 : code <= 0xFFFF ? 4 : 8;
  out += digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U";
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
    out += kHexDigits[(code >> shift) & 15U];
  }
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Char c = decode_utf8(text, at);
    switch (c.code) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case 0:
        out += "\\0";
        break;
      default:
        if (is_printable(c.code)) {
          out.append(text, at, c.size);
        } else {
          append_escape(out, c.code);
        }
    }
    at += c.size;
  }
  return out + "\"";
}

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

std::string render_text(std::string_view text, bool in_flow) {
  if (find_invalid_utf8(text) != text.npos) return "!!binary \"" + encode_base64(text) + "\"";
  if (is_plain(text, in_flow)) return std::string(text);
  const bool needs_escapes = !all_printable(text, false);
  if (!needs_escapes && text.find_first_of("\"\\") != text.npos) return single_quoted(text);
  return double_quoted(text);
}

std::string render_scalar(const Node& node, bool in_flow) {
  switch (node.kind) {
    case Node::Kind::kString:
      return render_text(node.text, in_flow);
    case Node::Kind::kBinary:
      return "!!binary \"" + encode_base64(node.text) + "\"";
    case Node::Kind::kNull:
      return "null";
    default:
      return node.text;
  }
}

std::string render_key(const std::string& key) {
  std::string text = render_text(key, true);
  if (text.size() > kLongestSimpleKey) text.insert(0, "? ");
  return text;
}

std::string render_flow(const Node& node) {
  if (node.is_scalar()) return render_scalar(node, true);
  std::string out = node.is_list() ? "[" : "{";
  for (const Node& item : node.items) {
    if (out.size() > 1) out += ", ";
    out += render_flow(item);
  }
  for (const Node::Entry& entry : node.entries) {
    if (out.size() > 1) out += ", ";
    const std::string key = render_key(entry.first);
    // "? key :" needs the space that a simple key must not have.
    out += key + (key.starts_with("? ") ? " : " : ": ") + render_flow(entry.second);
  }
  return out + (node.is_list() ? "]" : "}");
}

bool is_one_line_scalar(const Node& node) {
  return node.is_scalar() && (node.kind != Node::Kind::kString || node.text.size() < kWidth) &&
         node.text.find('\n') == node.text.npos;
}

bool is_empty_collection(const Node& node) {
  return !node.is_scalar() && node.items.empty() && node.entries.empty();
}

bool is_flat_list(const Node& node) {
  return node.is_list() && node.style != Node::Style::kBlock && node.items.size() < kWidth &&
         std::all_of(node.items.begin(), node.items.end(), is_one_line_scalar);
}

bool is_flat(const Node& node) {
  if (node.is_list()) return is_flat_list(node);
  if (node.entries.size() >= kWidth) return false;
  return std::all_of(node.entries.begin(), node.entries.end(), [](const Node::Entry& entry) {
    const Node& value = entry.second;
    return is_one_line_scalar(value) || is_empty_collection(value) || is_flat_list(value) ||
           value.style == Node::Style::kFlow;
  });
}

// The node on one line, when that is its style or reads well there; `column` is where it would
// begin.
std::optional<std::string> one_line(const Node& node, std::size_t column) {
  if (is_empty_collection(node) || node.style == Node::Style::kFlow) return render_flow(node);
  if (node.style == Node::Style::kBlock || !is_flat(node)) return std::nullopt;
  std::string text = render_flow(node);
  if (column + utf8_length(text) > kWidth) return std::nullopt;
  return text;
}

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t") == line.npos; }

// Whether text of several lines reads back from a literal block. Blank lines at either end that
// hold spaces are left to quotes: readers disagree on them.
bool is_literal(std::string_view text) {
  if (text.find('\n') == text.npos || !all_printable(text, true)) return false;
  const std::string_view first = text.substr(0, text.find('\n'));
  std::string_view body = text;
  while (body.ends_with('\n')) body.remove_suffix(1);
  if (body.empty()) return false;
  const std::string_view last = body.substr(body.rfind('\n') + 1);
  return !is_blank(last) && (first.empty() || !is_blank(first));
}

class YamlWriter {
 public:
  std::string take() { return std::move(out_); }

  void document(const Node& node) {
    if (node.is_scalar()) {
      out_ += root_scalar(node) + "\n";
    } else if (is_empty_collection(node) || node.style == Node::Style::kFlow) {
      out_ += render_flow(node) + "\n";
    } else {
      block(node, 0, false);
    }
  }

 private:
  static std::string root_scalar(const Node& node) {
    const bool may_be_literal =
        node.kind == Node::Kind::kString && is_literal(node.text) && !needs_indicator(node.text);
    return may_be_literal ? literal(node.text, 0) : render_scalar(node, false);
  }

  static bool needs_indicator(std::string_view text) {
    const std::size_t first = text.find_first_not_of('\n');
    return text[first] == ' ' || text[first] == '\t';
  }

  // Without the last newline, which the caller writes. `indent` is that of the collection around
  // it.
  static std::string literal(std::string_view text, std::size_t indent) {
    std::string out = "|";
    if (needs_indicator(text)) out += '2';
    if (!text.ends_with('\n')) out += '-';
    if (text.ends_with("\n\n")) out += '+';
    if (text.ends_with('\n')) text.remove_suffix(1);
    while (true) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      out += '\n';
      if (end > 0) out.append(indent + 2, ' ').append(text, 0, end);
      if (end == text.size()) return out;
      text.remove_prefix(end + 1);
    }
  }

  static std::string block_scalar(const Node& node, std::size_t indent) {
    if (node.kind == Node::Kind::kString && is_literal(node.text)) {
      return literal(node.text, indent);
    }
    return render_scalar(node, false);
  }

  // `continues` is true where the first line's indentation is already there (after "- ").
  void block(const Node& node, std::size_t indent, bool continues) {
    for (const Node& item : node.items) {
      if (!continues) out_.append(indent, ' ');
      continues = false;
      out_ += '-';
      list_item(item, indent);
    }
    for (const Node::Entry& entry : node.entries) {
      if (!continues) out_.append(indent, ' ');
      continues = false;
      map_entry(entry, indent);
    }
  }

  void list_item(const Node& item, std::size_t indent) {
    out_ += ' ';
    const bool reads_as_key_value =
        item.is_map() && item.entries.size() == 1 && item.style == Node::Style::kAuto;
    if (item.is_scalar()) {
      out_ += block_scalar(item, indent) + "\n";
    } else if (const auto text = reads_as_key_value ? std::nullopt : one_line(item, indent + 2)) {
      out_ += *text + "\n";
    } else {
      block(item, indent + 2, true);
    }
  }

  void map_entry(const Node::Entry& entry, std::size_t indent) {
    const std::string key = render_key(entry.first);
    out_ += key;
    if (key.starts_with("? ")) out_.append("\n").append(indent, ' ');
    out_ += ':';
    const Node& value = entry.second;
    if (value.is_scalar()) {
      out_ += ' ' + block_scalar(value, indent) + "\n";
    } else if (const auto text = one_line(value, indent + utf8_length(key) + 2)) {
      out_ += ' ' + *text + "\n";
    } else {
      out_ += '\n';
      block(value, indent + 2, false);
    }
  }

  std::string out_;
};

}  // namespace

std::string render_yaml(const Node& node) {
  YamlWriter writer;
  writer.document(node);
  return writer.take();
}

}  // namespace ormdb
