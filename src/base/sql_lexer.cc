#include "base/sql_lexer.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"

namespace ormdb {
namespace {

bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_word_char(char c) { return is_word_start(c) || is_digit(c) || c == '$'; }

// PostgreSQL: any run of these is one operator.
bool is_operator_char(char c) {
  return std::string_view("+-*/<>=~!@#%^&|`?").find(c) != std::string_view::npos;
}

constexpr std::array<std::string_view, 13> kSymbols = {
    "->>", "<=>", "->", "||", "<<", ">>", "<=", ">=", "<>", "!=", "==", "::", ":="};

}  // namespace

SqlToken SqlLexer::next() {
  SqlToken token;
  token.begin = pos_;
  token.line = line_;
  scan(&token);
  token.text = sql_.substr(token.begin, token.end - token.begin);
  last_begin_ = pos_;
  last_line_ = line_;
  line_ += static_cast<int>(std::count(token.text.begin(), token.text.end(), '\n'));
  pos_ = token.end;
  return token;
}

void SqlLexer::seek(std::size_t position) {
  const std::string_view passed = sql_.substr(last_begin_, position - last_begin_);
  line_ = last_line_ + static_cast<int>(std::count(passed.begin(), passed.end(), '\n'));
  pos_ = position;
  last_begin_ = pos_;
  last_line_ = line_;
}

void SqlLexer::scan(SqlToken* token) const {
  const char c = at(pos_);
  if (is_space(c)) {
    token->kind = SqlToken::Kind::kSpace;
    token->end = space_end();
  } else if (is_comment_start()) {
    token->kind = SqlToken::Kind::kComment;
    token->end = c == '/' ? block_comment_end(&token->terminated) : line_end();
  } else if (scan_quoted(token) || scan_prefixed_string(token)) {
    return;
  } else if (is_word_start(c) || (c == '$' && dialect_ == SqlDialect::kMysql)) {
    token->kind = SqlToken::Kind::kWord;
    token->end = word_end(pos_);
  } else if (is_digit(c) || (c == '.' && is_digit(at(pos_ + 1)))) {
    token->kind = SqlToken::Kind::kNumber;
    token->end = number_end();
  } else if (!scan_parameter(token)) {
    token->kind = SqlToken::Kind::kSymbol;
    token->end = symbol_end();
  }
}

std::size_t SqlLexer::space_end() const {
  std::size_t end = pos_;
  while (end < sql_.size() && is_space(sql_[end])) ++end;
  return end;
}

std::size_t SqlLexer::line_end() const { return std::min(sql_.find('\n', pos_), sql_.size()); }

// MySQL wants white space after --, and runs what stands in /*! … */: its marks are symbols.
bool SqlLexer::is_comment_start() const {
  const char c = at(pos_), d = at(pos_ + 1);
  const bool mysql = dialect_ == SqlDialect::kMysql;
  if (c == '/' && d == '*') return !(mysql && at(pos_ + 2) == '!');
  if (c == '#') return mysql;
  if (c != '-' || d != '-') return false;
  return !mysql || pos_ + 2 >= sql_.size() || is_space(at(pos_ + 2));
}

std::size_t SqlLexer::block_comment_end(bool* terminated) const {
  std::size_t i = pos_ + 2;
  for (int depth = 1; i < sql_.size();) {
    const std::size_t mark = sql_.find('*', i);
    if (mark == std::string_view::npos) break;
    if (at(mark + 1) == '/') {
      if (--depth == 0) return mark + 2;
      i = mark + 2;
    } else if (dialect_ == SqlDialect::kPostgresql && mark > i && at(mark - 1) == '/') {
      ++depth;
      i = mark + 1;
    } else {
      i = mark + 1;
    }
  }
  *terminated = false;
  return sql_.size();
}

// `open` is the place of the opening quote.
std::size_t SqlLexer::quoted_end(std::size_t open, char close, bool backslash,
                                 bool* terminated) const {
  for (std::size_t i = open + 1; i < sql_.size(); ++i) {
    if (backslash && sql_[i] == '\\') {
      ++i;
    } else if (sql_[i] == close) {
      if (close == ']' || at(i + 1) != close) return i + 1;
      ++i;
    }
  }
  *terminated = false;
  return sql_.size();
}

bool SqlLexer::scan_quoted(SqlToken* token) const {
  const char c = at(pos_);
  const bool mysql = dialect_ == SqlDialect::kMysql;
  const bool string = c == '\'' || (c == '"' && mysql);
  const bool quoted = (c == '"' && !mysql) || (c == '`' && dialect_ != SqlDialect::kPostgresql) ||
                      (c == '[' && dialect_ == SqlDialect::kSqlite);
  if (string || quoted) {
    token->kind = string ? SqlToken::Kind::kString : SqlToken::Kind::kQuoted;
    token->end = quoted_end(pos_, c == '[' ? ']' : c, string && mysql, &token->terminated);
    return true;
  }
  if (c == '$' && dialect_ == SqlDialect::kPostgresql) {
    token->end = dollar_end(&token->terminated);
    token->kind = SqlToken::Kind::kString;
    return token->end != pos_;
  }
  return false;
}

bool SqlLexer::scan_prefixed_string(SqlToken* token) const {
  const char c = static_cast<char>(at(pos_) | 0x20);
  const char quote = at(pos_ + 1);
  const bool sqlite = dialect_ == SqlDialect::kSqlite;
  const bool postgresql = dialect_ == SqlDialect::kPostgresql;
  if (quote == '\'' &&
      (c == 'x' || (!sqlite && (c == 'b' || c == 'n')) || (postgresql && c == 'e'))) {
    const bool backslash = c == 'e' || (c == 'n' && !postgresql);
    token->kind = SqlToken::Kind::kString;
    token->end = quoted_end(pos_ + 1, '\'', backslash, &token->terminated);
    return true;
  }
  const char after = at(pos_ + 2);
  if (!postgresql || c != 'u' || quote != '&' || (after != '\'' && after != '"')) return false;
  token->kind = after == '"' ? SqlToken::Kind::kQuoted : SqlToken::Kind::kString;
  token->end = quoted_end(pos_ + 2, after, false, &token->terminated);
  return true;
}

std::size_t SqlLexer::word_end(std::size_t from) const {
  while (from < sql_.size() && is_word_char(sql_[from])) ++from;
  return from;
}

// Letters that follow directly stay with the number: no engine would read them as a word of its
// own.
std::size_t SqlLexer::number_end() const {
  std::size_t i = pos_;
  bool hex = at(i) == '0' && (at(i + 1) == 'x' || at(i + 1) == 'X');
  while (i < sql_.size()) {
    const char c = sql_[i];
    const bool exponent = !hex && (c == 'e' || c == 'E') &&
                          (at(i + 1) == '+' || at(i + 1) == '-') && is_digit(at(i + 2));
    if (exponent) {
      i += 2;
    } else if (c == '.' && at(i + 1) != '.') {
      hex = false;
      ++i;
    } else if (is_word_char(c)) {
      ++i;
    } else {
      break;
    }
  }
  return i;
}

// The end of $tag$…$tag$, or pos_ when none starts here.
std::size_t SqlLexer::dollar_end(bool* terminated) const {
  std::size_t i = pos_ + 1;
  if (is_digit(at(i))) return pos_;
  while (i < sql_.size() && is_word_char(sql_[i]) && sql_[i] != '$') ++i;
  if (at(i) != '$') return pos_;
  const std::string_view tag = sql_.substr(pos_, i + 1 - pos_);
  const std::size_t close = sql_.find(tag, i + 1);
  if (close != std::string_view::npos) return close + tag.size();
  *terminated = false;
  return sql_.size();
}

bool SqlLexer::scan_parameter(SqlToken* token) const {
  const char c = at(pos_), d = at(pos_ + 1);
  std::size_t end = pos_;
  switch (dialect_) {
    case SqlDialect::kSqlite:
      if (c == '?' || ((c == ':' || c == '@' || c == '$') && is_word_char(d)))
        end = word_end(pos_ + 1);
      break;
    case SqlDialect::kPostgresql:
      if (c == '$' && is_digit(d)) end = word_end(pos_ + 1);
      break;
    case SqlDialect::kMysql:
      if (c == '?') end = pos_ + 1;
      if (c == '@') end = word_end(pos_ + (d == '@' ? 2 : 1));
      break;
  }
  if (end == pos_) return false;
  token->kind = SqlToken::Kind::kParameter;
  token->end = end;
  return true;
}

std::size_t SqlLexer::symbol_end() const {
  if (dialect_ == SqlDialect::kPostgresql && is_operator_char(at(pos_))) return operator_run_end();
  const std::string_view rest = sql_.substr(pos_, 3);
  if (dialect_ == SqlDialect::kMysql && rest == "/*!") {
    std::size_t end = pos_ + 3;
    while (is_digit(at(end))) ++end;
    return end;
  }
  if (dialect_ == SqlDialect::kMysql && rest.substr(0, 2) == "*/") return pos_ + 2;
  for (const std::string_view symbol : kSymbols) {
    if (rest.substr(0, symbol.size()) == symbol) return pos_ + symbol.size();
  }
  return pos_ + 1;
}

// Manual 4.1.3: a run ends before -- and /*, and ends with + or - only when it has one of the
// characters that no standard operator has.
std::size_t SqlLexer::operator_run_end() const {
  std::size_t end = pos_;
  bool special = false;
  while (end < sql_.size() && is_operator_char(sql_[end])) {
    const std::string_view two = sql_.substr(end, 2);
    if (end > pos_ && (two == "--" || two == "/*")) break;
    special = special || std::string_view("~!@#%^&|`?").find(sql_[end]) != std::string_view::npos;
    ++end;
  }
  while (!special && end > pos_ + 1 && (at(end - 1) == '+' || at(end - 1) == '-')) --end;
  return end;
}

}  // namespace ormdb
