#include "base/json.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "base/base64.h"
#include "base/utf8.h"

namespace ormdb {
namespace {

constexpr std::size_t kMaxJsonDepth = 200;

// Writing ---------------------------------------------------------------------------------------

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Char c = decode_utf8(text, at);
    if (!c.valid) {
      out += "\xEF\xBF\xBD";
    } else if (c.code == '"' || c.code == '\\') {
      out.append("\\").append(text, at, 1);
    } else if (c.code == '\n') {
      out += "\\n";
    } else if (c.code == '\t') {
      out += "\\t";
    } else if (c.code == '\r') {
      out += "\\r";
    } else if (c.code < 0x20 || c.code == 0x7F) {
      constexpr char kDigits[] = "0123456789abcdef";
      out.append("\\u00").append(1, kDigits[c.code >> 4]).append(1, kDigits[c.code & 15U]);
    } else {
      out.append(text, at, c.size);
    }
    at += c.size;
  }
  return out + "\"";
}

std::string without_leading_zeros(std::string_view digits) {
  while (digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9') {
    digits.remove_prefix(1);
  }
  return std::string(digits);
}

std::string prefixed_integer(std::string_view text) {
  std::uint64_t value = 0;
  const std::string_view digits = text.substr(2);
  const int base = text[1] == 'x' ? 16 : 8;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return result.ec == std::errc() ? std::to_string(value) : json_string(text);
}

// YAML allows more spellings of a number than JSON: +1, 007, 0x1F, .5, 5., .inf.
std::string json_number(std::string_view text) {
  if (text.size() > 2 && (text[1] == 'x' || text[1] == 'o')) return prefixed_integer(text);
  if (text.find_first_not_of("+-.0123456789eE") != text.npos) return json_string(text);
  std::string out = text.starts_with('-') ? "-" : "";
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t exponent = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, exponent);
  const std::size_t point = std::min(mantissa.find('.'), mantissa.size());
  const std::string_view fraction = mantissa.substr(std::min(point + 1, mantissa.size()));
  out += point == 0 ? "0" : without_leading_zeros(mantissa.substr(0, point));
  if (point < mantissa.size()) out.append(".").append(fraction.empty() ? "0" : fraction);
  return out.append(text.substr(exponent));
}

class JsonWriter {
 public:
  explicit JsonWriter(int indent) : indent_(indent) {}

  std::string take() { return std::move(out_); }

  void write(const Node& node, std::size_t depth) {
    switch (node.kind) {
      case Node::Kind::kNull:
        out_ += "null";
        break;
      case Node::Kind::kBoolean:
        out_ += node.text;
        break;
      case Node::Kind::kInteger:
      case Node::Kind::kFloat:
        out_ += json_number(node.text);
        break;
      case Node::Kind::kString:
        out_ += json_string(node.text);
        break;
      case Node::Kind::kBinary:
        out_ += json_string(encode_base64(node.text));
        break;
      case Node::Kind::kList:
        write_list(node, depth);
        break;
      case Node::Kind::kMap:
        write_map(node, depth);
        break;
    }
  }

 private:
  void write_list(const Node& node, std::size_t depth) {
    out_ += '[';
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      begin_element(i == 0, depth + 1);
      write(node.items[i], depth + 1);
    }
    end(node.items.empty(), depth, ']');
  }

  void write_map(const Node& node, std::size_t depth) {
    out_ += '{';
    for (std::size_t i = 0; i < node.entries.size(); ++i) {
      begin_element(i == 0, depth + 1);
      out_ += json_string(node.entries[i].first) + ": ";
      write(node.entries[i].second, depth + 1);
    }
    end(node.entries.empty(), depth, '}');
  }

  void begin_element(bool first, std::size_t depth) {
    if (!first) out_ += indent_ < 0 ? ", " : ",";
    new_line(depth);
  }

  void end(bool empty, std::size_t depth, char bracket) {
    if (!empty) new_line(depth);
    out_ += bracket;
  }

  void new_line(std::size_t depth) {
    if (indent_ < 0) return;
    out_ += '\n';
    out_.append(depth * static_cast<std::size_t>(indent_), ' ');
  }

  int indent_;
  std::string out_;
};

// Reading ---------------------------------------------------------------------------------------

struct Failure {
  std::size_t position = 0;
  std::string message;
};

// The events of nlohmann's parser; returning false stops it.
class JsonBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Node take() { return std::move(root_); }
  const Failure& failure() const { return failure_; }

  bool null() override { return add(Node()); }
  bool boolean(bool value) override { return add(Node(value)); }
  bool number_integer(number_integer_t value) override { return add(Node(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    return add(Node::number(std::to_string(value)));
  }
  bool number_float(number_float_t /*value*/, const string_t& text) override {
    return add(Node::number(text));
  }
  bool string(string_t& value) override { return add(Node(std::move(value))); }
  bool binary(binary_t& /*value*/) override { return fail("binary data"); }
  bool start_object(std::size_t /*size*/) override { return open(Node::map()); }
  bool start_array(std::size_t /*size*/) override { return open(Node::list()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& value) override {
    Level& top = stack_.back();
    if (!top.seen.insert(value).second) return fail("duplicate key '" + value + "'");
    top.key = std::move(value);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& error) override {
    std::string message = error.what();
    // "[json.exception.parse_error.101] parse error at line 1, column 2: …"
    const std::size_t begin = message.find(": ");
    if (begin != message.npos) message.erase(0, begin + 2);
    failure_ = {position, message};
    return false;
  }

 private:
  struct Level {
    Node node;
    std::string key;
    std::unordered_set<std::string> seen;
  };

  bool fail(std::string message) {
    failure_ = {0, std::move(message)};
    return false;
  }

  bool open(Node node) {
    if (stack_.size() >= kMaxJsonDepth) return fail("the document is nested too deeply");
    stack_.push_back({std::move(node), "", {}});
    return true;
  }

  bool close() {
    Node node = std::move(stack_.back().node);
    stack_.pop_back();
    return add(std::move(node));
  }

  bool add(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
    } else if (stack_.back().node.is_list()) {
      stack_.back().node.push(std::move(node));
    } else {
      stack_.back().node.set(std::move(stack_.back().key), std::move(node));
    }
    return true;
  }

  Node root_;
  std::vector<Level> stack_;
  Failure failure_;
};

}  // namespace

std::string render_json(const Node& node, int indent) {
  JsonWriter writer(indent);
  writer.write(node, 0);
  return writer.take();
}

Node parse_json(const std::string& text, ErrorKind kind) {
  JsonBuilder builder;
  if (nlohmann::json::sax_parse(text, &builder)) return builder.take();
  const Failure& failure = builder.failure();
  std::string message = "invalid JSON";
  if (failure.position > 0) {
    const std::size_t end = std::min(failure.position, text.size());
    const auto lines =
        std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    message += " on line " + std::to_string(lines + 1);
  }
  throw Error(kind, message + ": " + failure.message);
}

}  // namespace ormdb
