// An Alembic revision file. Of Python this knows what tells where a logical line ends: strings,
// comments, brackets, backslashes; then the assignments that begin in the first column are read.
// The shape of the file: Alembic's script.py.mako.
#include <algorithm>

#include "base/text.h"
#include "migrate/import.h"

namespace ormdb {
namespace {

struct Token {
  enum class Kind { kName, kString, kSymbol };
  Kind kind = Kind::kSymbol;
  std::string text;  ///< A string's value.
  int line = 0;
  bool is(std::string_view symbol) const { return kind == Kind::kSymbol && text == symbol; }
};

/// A logical line that begins in the first column.
using Line = std::vector<Token>;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  /// The lines of the module's level.
  std::vector<Line> lines() {
    while (at_ < text_.size()) step();
    end_line();
    return std::move(lines_);
  }

 private:
  char here() const { return text_[at_]; }

  void step() {
    const char c = here();
    if (c == '\n') {
      new_line();
    } else if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '\\' && text_.substr(at_, 2) == "\\\n") {
      at_ += 2;
      ++line_;
    } else if (c == ' ' || c == '\t' || c == '\f') {
      ++at_;
    } else if (c == ';' && depth_ == 0) {
      const bool in_module = in_module_;
      end_line();
      started_ = true;
      in_module_ = in_module;
      ++at_;
    } else {
      token();
    }
  }

  void new_line() {
    ++at_;
    ++line_;
    if (depth_ > 0) return;
    end_line();
    started_ = false;
  }

  void end_line() {
    if (in_module_ && !tokens_.empty()) lines_.push_back(std::move(tokens_));
    tokens_.clear();
  }

  void token() {
    if (!started_) {
      in_module_ = at_ == 0 || text_[at_ - 1] == '\n';
      started_ = true;
    }
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_name_character(here())) ++at_;
    const std::string word(text_.substr(begin, at_ - begin));
    const bool quote = at_ < text_.size() && (here() == '\'' || here() == '"');
    const std::string prefix = to_lower(word);
    if (quote && prefix.size() <= 2 && prefix.find_first_not_of("rbuft") == prefix.npos) {
      string(prefix);
    } else if (!word.empty()) {
      tokens_.push_back({Token::Kind::kName, word, line_});
    } else {
      symbol();
    }
  }

  void symbol() {
    const char c = here();
    if (c == '(' || c == '[' || c == '{') ++depth_;
    if ((c == ')' || c == ']' || c == '}') && depth_ > 0) --depth_;
    tokens_.push_back({Token::Kind::kSymbol, std::string(1, c), line_});
    ++at_;
  }

  void string(const std::string& prefix) {
    Token token{Token::Kind::kString, "", line_};
    const std::string one(1, here());
    const std::string three = one + one + one;
    const std::string quote = text_.substr(at_, 3) == three ? three : one;
    at_ += quote.size();
    while (at_ < text_.size() && text_.substr(at_, quote.size()) != quote) {
      if (here() == '\n' && quote.size() == 1) break;  // unterminated
      if (here() == '\n') ++line_;
      if (here() == '\\' && prefix.find('r') == prefix.npos) {
        escape(token.text);
      } else {
        token.text += here();
        ++at_;
      }
    }
    at_ = std::min(at_ + quote.size(), text_.size());
    // What a formatted string or bytes hold is no literal text.
    if (prefix.find_first_of("fbt") != prefix.npos) token.kind = Token::Kind::kSymbol;
    tokens_.push_back(std::move(token));
  }

  void escape(std::string& value) {
    static constexpr std::string_view kFrom = "\\'\"nrt\n";
    static constexpr std::string_view kTo = "\\'\"\n\r\t";
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\\';
    const std::size_t known = kFrom.find(c);
    if (c == '\n') ++line_;
    if (known == kFrom.npos) value += '\\';
    if (known == kFrom.npos) value += c;
    if (known < kTo.size()) value += kTo[known];
    at_ = std::min(at_ + 2, text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int depth_ = 0;
  bool started_ = false;
  bool in_module_ = false;
  Line tokens_;
  std::vector<Line> lines_;
};

/// The strings of a value: none for None, one for a string, all of a tuple, list or set.
class ValueReader {
 public:
  ValueReader(const Source& source, const Line& line, std::size_t begin)
      : source_(source), line_(line), at_(begin) {}

  std::vector<std::string> read() {
    std::vector<std::string> items;
    if (at_ + 1 == line_.size() && line_[at_].text == "None") return items;
    std::string close;
    if (at_ < line_.size()) {
      if (line_[at_].is("(")) close = ")";
      if (line_[at_].is("[")) close = "]";
      if (line_[at_].is("{")) close = "}";
    }
    if (!close.empty()) ++at_;
    while (at_ < line_.size() && line_[at_].kind == Token::Kind::kString) {
      items.push_back(string());
      if (at_ >= line_.size() || !line_[at_].is(",")) break;
      ++at_;
    }
    if (!close.empty() && at_ < line_.size() && line_[at_].is(close)) {
      ++at_;
      close.clear();
    } else if (items.empty()) {
      throw unreadable();
    }
    if (at_ != line_.size() || !close.empty()) throw unreadable();
    return items;
  }

 private:
  /// Strings that stand side by side are one.
  std::string string() {
    std::string text;
    while (at_ < line_.size() && line_[at_].kind == Token::Kind::kString) text += line_[at_++].text;
    return text;
  }

  Error unreadable() const {
    return source_
        .error(ErrorKind::kUnsupported, line_.front().line,
               line_.front().text + " is an expression that ormdb does not evaluate")
        .hint("write it as a string, None, or a tuple of strings");
  }

  const Source& source_;
  const Line& line_;
  std::size_t at_;
};

/// Where the value of `NAME = value` or `NAME: type = value` begins; 0: it is no assignment.
std::size_t value_of(const Line& line) {
  if (line.size() < 3 || line[0].kind != Token::Kind::kName) return 0;
  if (line[1].is("=")) return line[2].is("=") ? 0 : 2;
  if (!line[1].is(":")) return 0;
  for (std::size_t i = 2; i + 1 < line.size(); ++i) {
    if (line[i].is("=")) return i + 1;
  }
  return 0;
}

/// The first paragraph of a docstring on one line.
std::string message_of(const std::string& docstring) {
  std::string message;
  for (const std::string& raw : split(std::string(trim(docstring)), '\n')) {
    const std::string line(trim(raw));
    if (line.empty() || line.starts_with("Revision ID:")) break;
    message += (message.empty() ? "" : " ") + line;
  }
  return message;
}

/// "Create Date: 2024-03-01 10:00:00.123456+00:00" as an ISO time without fractions.
std::string created_of(const std::string& docstring) {
  static constexpr std::string_view kKey = "Create Date:";
  const std::size_t key = docstring.find(kKey);
  if (key == std::string::npos) return "";
  const std::size_t begin = key + kKey.size();
  std::string text(trim(docstring.substr(begin, docstring.find('\n', begin) - begin)));
  static constexpr std::string_view kShape = "dddd-dd-dd dd:dd:dd";
  if (text.size() < kShape.size()) return "";
  for (std::size_t i = 0; i < kShape.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    const bool fits =
        kShape[i] == 'd' ? digit : text[i] == kShape[i] || (kShape[i] == ' ' && text[i] == 'T');
    if (!fits) return "";
  }
  const std::size_t zone = text.find_first_of("+-Z", kShape.size());
  std::string offset = zone == text.npos ? "" : text.substr(zone);
  if (offset == "+00:00") offset = "Z";
  return text.substr(0, 10) + "T" + text.substr(11, 8) + offset;
}

}  // namespace

Revision read_alembic_file(const Source& source) {
  Revision revision;
  revision.file = source.file;
  const std::vector<Line> lines = Lexer(source.text).lines();
  if (!lines.empty() && lines.front().size() == 1 &&
      lines.front().front().kind == Token::Kind::kString) {
    revision.message = message_of(lines.front().front().text);
    revision.created = created_of(lines.front().front().text);
  }
  for (const Line& line : lines) {
    const std::size_t value = value_of(line);
    if (value == 0) continue;
    const std::string& name = line[0].text;
    const auto items = [&] { return ValueReader(source, line, value).read(); };
    if (name == "revision") {
      const std::vector<std::string> ids = items();
      revision.id = ids.size() == 1 ? ids.front() : "";
      revision.line = line[0].line;
    } else if (name == "down_revision") {
      revision.down_revisions = items();
      revision.down_revision_line = line[0].line;
    } else if (name == "branch_labels") {
      revision.branch_labels = items();
    } else if (name == "depends_on") {
      revision.depends_on = items();
      revision.depends_on_line = line[0].line;
    }
  }
  if (!revision.id.empty()) return revision;
  throw source.error(ErrorKind::kScript, std::max(revision.line, 1),
                     "the file has no revision id, a line like revision = \"4f1c2a9be07d\"");
}

}  // namespace ormdb
