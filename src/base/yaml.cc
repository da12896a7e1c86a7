// Reading YAML: yaml-cpp's events become Nodes directly, without its own tree (which costs most of
// the time of a large file).
//
// 1. The text is checked for what yaml-cpp takes silently: ill-formed UTF-8 and control characters
//    (it holds byte 0x04 for the end of the text).
// 2. Each document's events build a stack of open lists and maps; a closed one moves into the one
//    above. Anchored nodes are kept for aliases, within limits of depth and size, so that no text
//    can exhaust the stack or the memory.
#include "base/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <string_view>
#include <unordered_map>

#include "base/base64.h"
#include "base/text.h"
#include "base/utf8.h"
#include "base/yaml_scalar.h"

namespace ormdb {
namespace {

constexpr std::size_t kMaxYamlDepth = 200;
constexpr std::size_t kMaxAliasedNodes = 1000000;
constexpr std::size_t kFewKeys = 16;
constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";  // Written "!!".

bool is_core_tag(std::string_view tag, std::string_view name) {
  return tag.starts_with(kTagPrefix) && tag.substr(kTagPrefix.size()) == name;
}

struct Context {
  const Source& source;    // As the caller names it.
  const std::string text;  // With LF only, without a byte order mark: what marks count in.
  ErrorKind kind;
  int first_line;

  // `line` is 1-based in the text.
  Error error(int line, std::string message) const {
    return Error(kind, std::move(message))
        .at(source.file, line + first_line - 1, source.line(line));
  }
};

// yaml-cpp turns the escapes \_ and \N into single bytes of Latin-1. All other text is UTF-8
// already.
std::string as_utf8(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Char c = decode_utf8(text, at);
    if (!c.valid) result += '\xC2';
    result.append(text, at, c.valid ? c.size : 1);
    at += c.valid ? c.size : 1;
  }
  return result;
}

// A finished node with what the limits count.
struct Built {
  Node node;
  std::size_t height = 1;
  std::size_t count = 1;
};

struct Frame {
  Built built;
  YAML::anchor_t anchor = 0;
  std::string key;
  int key_line = 0;
  bool has_key = false;
};

class YamlBuilder : public YAML::EventHandler {
 public:
  explicit YamlBuilder(const Context& context) : context_(context) {}

  std::vector<Node> take() { return std::move(documents_); }

  /// Throws when the last scalar is a quoted one without its closing quote: yaml-cpp takes that
  /// when a newline ends the text.
  void check_last_quote() const;

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override;
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override;

 private:
  Node placed(Node::Kind kind, const YAML::Mark& mark) const;
  bool wants_key() const;
  std::string null_key(const YAML::Mark& mark) const;
  void take_key(std::string key, const YAML::Mark& mark);
  Node scalar(const YAML::Mark& mark, const std::string& tag, const std::string& value) const;
  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            std::string_view own_tag, YAML::anchor_t anchor);
  void close();
  void add(Built built, YAML::anchor_t anchor);
  void check_duplicate_keys(const Node& map) const;
  Error error(const YAML::Mark& mark, std::string message) const {
    return context_.error(mark.line + 1, std::move(message));
  }

  const Context& context_;
  std::vector<Node> documents_;
  std::vector<Frame> stack_;
  Node root_;
  std::map<YAML::anchor_t, Built> anchors_;
  std::size_t aliased_nodes_ = 0;
  YAML::Mark last_scalar_;
};

Node YamlBuilder::placed(Node::Kind kind, const YAML::Mark& mark) const {
  Node node;
  node.kind = kind;
  node.line = mark.line + context_.first_line;
  node.column = mark.column + 1;
  return node;
}

bool YamlBuilder::wants_key() const {
  return !stack_.empty() && stack_.back().built.node.is_map() && !stack_.back().has_key;
}

void YamlBuilder::OnDocumentStart(const YAML::Mark& mark) {
  // yaml-cpp takes what follows a complete document for another one.
  const auto at = static_cast<std::size_t>(mark.pos);
  if (!documents_.empty() && context_.text.compare(at, 3, "---") != 0) {
    throw error(mark, "text after the end of the document").hint("a document begins with ---");
  }
  root_ = Node();
  anchors_.clear();
}

void YamlBuilder::OnDocumentEnd() { documents_.push_back(std::move(root_)); }

// The event of a null does not say how it was written: a key needs its text.
std::string YamlBuilder::null_key(const YAML::Mark& mark) const {
  const std::string_view rest =
      std::string_view(context_.text).substr(static_cast<std::size_t>(mark.pos));
  for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
    if (rest.starts_with(word)) return std::string(word);
  }
  throw error(mark, "a key is missing before ':'");
}

void YamlBuilder::take_key(std::string key, const YAML::Mark& mark) {
  Frame& top = stack_.back();
  top.key = std::move(key);
  top.key_line = mark.line + context_.first_line;
  top.has_key = true;
}

void YamlBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (wants_key()) return take_key(null_key(mark), mark);
  add({placed(Node::Kind::kNull, mark)}, anchor);
}

void YamlBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) throw error(mark, "an alias stands inside the node it names");
  const Built& target = found->second;
  if (wants_key()) {
    if (!target.node.is_scalar()) throw error(mark, "a key must be text, not a list or map");
    return take_key(target.node.text, mark);
  }
  aliased_nodes_ += target.count;
  if (aliased_nodes_ > kMaxAliasedNodes || stack_.size() + target.height > kMaxYamlDepth) {
    throw error(mark, "the aliases of this document grow too large");
  }
  add(target, 0);
}

Node YamlBuilder::scalar(const YAML::Mark& mark, const std::string& tag,
                         const std::string& value) const {
  if (is_core_tag(tag, "binary")) {
    const auto bytes = decode_base64(value);
    if (!bytes) throw error(mark, "!!binary needs base64 text");
    Node node = placed(Node::Kind::kBinary, mark);
    node.text = *bytes;
    return node;
  }
  const bool is_text = tag == "!" || is_core_tag(tag, "str");
  Node node = placed(is_text ? Node::Kind::kString : plain_scalar_kind(value), mark);
  node.quoted = is_text;
  if (node.kind == Node::Kind::kBoolean) {
    node.text = to_lower(value);
  } else if (!node.is_null()) {
    node.text = value;
  }
  if (is_text || tag == "?" || tag.empty()) return node;
  for (const std::string_view known : {"null", "bool", "int", "float"}) {
    if (is_core_tag(tag, known)) return node;
  }
  throw error(mark, "unknown tag '" + tag + "'");
}

void YamlBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  last_scalar_ = mark;
  if (find_invalid_utf8(value) != value.npos) {
    return OnScalar(mark, tag, anchor, as_utf8(value));
  }
  if (!wants_key()) return add({scalar(mark, tag, value)}, anchor);
  if (anchor != 0) anchors_[anchor] = {scalar(mark, tag, value)};
  take_key(tag == "?" || tag == "!" ? value : scalar(mark, tag, value).text, mark);
}

void YamlBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                  YAML::anchor_t anchor, YAML::EmitterStyle::value /*style*/) {
  open(Node::Kind::kList, mark, tag, "seq", anchor);
}

void YamlBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value /*style*/) {
  open(Node::Kind::kMap, mark, tag, "map", anchor);
}

void YamlBuilder::OnMapEnd() {
  check_duplicate_keys(stack_.back().built.node);
  close();
}

void YamlBuilder::open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
                       std::string_view own_tag, YAML::anchor_t anchor) {
  if (wants_key()) throw error(mark, "a key must be text, not a list or map");
  if (stack_.size() >= kMaxYamlDepth) throw error(mark, "the document is nested too deeply");
  if (tag.size() > 1 && !is_core_tag(tag, own_tag)) {
    throw error(mark, "unknown tag '" + tag + "'");
  }
  Frame frame;
  frame.built.node = placed(kind, mark);
  frame.anchor = anchor;
  stack_.push_back(std::move(frame));
}

void YamlBuilder::close() {
  Frame frame = std::move(stack_.back());
  stack_.pop_back();
  add(std::move(frame.built), frame.anchor);
}

void YamlBuilder::add(Built built, YAML::anchor_t anchor) {
  if (anchor != 0) anchors_[anchor] = built;
  if (stack_.empty()) {
    root_ = std::move(built.node);
    return;
  }
  Frame& top = stack_.back();
  top.built.height = std::max(top.built.height, built.height + 1);
  top.built.count += built.count;
  Node& parent = top.built.node;
  if (parent.is_list()) {
    parent.items.push_back(std::move(built.node));
    return;
  }
  parent.entries.emplace_back(std::move(top.key), std::move(built.node));
  parent.entry_lines.push_back(top.key_line);
  top.has_key = false;
}

void YamlBuilder::check_duplicate_keys(const Node& map) const {
  const auto duplicate = [&](std::size_t first, std::size_t second) {
    const int line = map.entry_lines[second] - context_.first_line + 1;
    return context_.error(line, "duplicate key '" + map.entries[second].first +
                                    "', first on line " + std::to_string(map.entry_lines[first]));
  };
  if (map.entries.size() <= kFewKeys) {
    for (std::size_t i = 1; i < map.entries.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        if (map.entries[i].first == map.entries[k].first) throw duplicate(k, i);
      }
    }
    return;
  }
  std::unordered_map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < map.entries.size(); ++i) {
    const auto [first, is_new] = seen.emplace(map.entries[i].first, i);
    if (!is_new) throw duplicate(first->second, i);
  }
}

void YamlBuilder::check_last_quote() const {
  std::string_view rest =
      std::string_view(context_.text).substr(static_cast<std::size_t>(last_scalar_.pos));
  while (rest.starts_with('&') || rest.starts_with('!')) {
    rest.remove_prefix(std::min(rest.find_first_of(" \n"), rest.size()));
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t\n"), rest.size()));
  }
  if (!rest.starts_with('"') && !rest.starts_with('\'')) return;
  for (std::size_t at = 1; at < rest.size(); ++at) {
    if (rest[at] == rest[0]) return;
    if (rest[at] == '\\' && rest[0] == '"') ++at;
  }
  throw error(last_scalar_, "a quote is not closed");
}

// What yaml-cpp's most frequent complaints mean to somebody who writes a file by hand.
std::string hint_for(std::string_view message) {
  if (message.find("tab") != message.npos) return "indent with spaces, not tabs";
  if (message.starts_with("end of map not found") || message == "illegal map value") {
    return "check the indentation, and put text that holds ': ' or ends with ':' in quotes";
  }
  if (message.starts_with("end of sequence")) return "check the indentation of the list";
  if (message.ends_with("flow not found")) return "a { or [ is not closed";
  if (message.find("EOF in scalar") != message.npos) return "a quote is not closed";
  return "";
}

void check_characters(const Context& context) {
  const std::string_view text = context.text;
  const auto bad = std::find_if(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n';
  });
  const std::size_t invalid = find_invalid_utf8(text);
  if (bad == text.end() && invalid == text.npos) return;
  const auto control = static_cast<std::size_t>(bad - text.begin());
  const std::size_t at = std::min(control, invalid);
  const auto line =
      1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  throw context.error(static_cast<int>(line),
                      at == invalid ? "the text is not UTF-8" : "a control character in the text");
}

}  // namespace

std::vector<Node> parse_yaml(const Source& source, ErrorKind kind, int first_line) {
  const Context context{source, normalize_newlines(source.text), kind, first_line};
  check_characters(context);
  YamlBuilder builder(context);
  try {
    std::istringstream stream(context.text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& failure) {
    const auto last_line = std::count(context.text.begin(), context.text.end(), '\n');
    const int line = std::min(failure.mark.line + 1, std::max(static_cast<int>(last_line), 1));
    throw context.error(line, "invalid YAML: " + failure.msg).hint(hint_for(failure.msg));
  }
  builder.check_last_quote();
  return builder.take();
}

Node parse_yaml_document(const Source& source, ErrorKind kind) {
  std::vector<Node> documents = parse_yaml(source, kind);
  if (documents.empty()) return {};
  if (documents.size() > 1) {
    throw source.error(kind, documents[1].line, "one document expected, but a second one begins");
  }
  return std::move(documents.front());
}

}  // namespace ormdb
