#include "dialect/sqlite/ddl_cursor.h"

#include <algorithm>

#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What YAML, JSON and SQL all read as the same number.
bool is_plain_number(std::string_view text) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < text.size() && is_digit(text[i])) ++i;
    return i - from;
  };
  const bool leading_zero = !text.empty() && text[0] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (leading_zero && whole > 1)) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

bool is_plain_string(const SqlToken& token) {
  return token.kind == SqlToken::Kind::kString && token.text[0] == '\'';
}

}  // namespace

DdlCursor::DdlCursor(std::string_view sql)
    : sql_(sql), tokens_(scan_sql_tokens(sql, SqlDialect::kSqlite)) {
  SqlToken behind;
  behind.begin = behind.end = sql.size();
  tokens_.push_back(behind);
  closing_.resize(tokens_.size());
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (tokens_[i].is_symbol("(")) {
      open.push_back(i);
    } else if (tokens_[i].is_symbol(")") && !open.empty()) {
      closing_[open.back()] = i;
      open.pop_back();
    }
  }
}

const SqlToken& DdlCursor::peek(std::size_t ahead) const {
  return tokens_[std::min(place_ + ahead, tokens_.size() - 1)];
}

std::size_t DdlCursor::last() const {
  std::size_t end = tokens_.size() - 1;
  while (end > place_ && tokens_[end - 1].is_symbol(";")) --end;
  return end;
}

bool DdlCursor::at_words(std::string_view first, std::string_view second) const {
  return peek().is_word(first) && peek(1).is_word(second);
}

bool DdlCursor::accept_word(std::string_view word) {
  if (!at_word(word)) return false;
  ++place_;
  return true;
}

bool DdlCursor::accept_words(std::string_view first, std::string_view second) {
  if (!at_words(first, second)) return false;
  place_ += 2;
  return true;
}

bool DdlCursor::accept_symbol(std::string_view symbol) {
  if (!at_symbol(symbol)) return false;
  ++place_;
  return true;
}

void DdlCursor::expect_word(std::string_view word) {
  if (!accept_word(word)) fail(word);
}

void DdlCursor::expect_symbol(std::string_view symbol) {
  if (!accept_symbol(symbol)) fail(symbol);
}

std::string DdlCursor::expect_name() {
  if (!peek().can_be_name()) fail("a name");
  return tokens_[place_++].unquoted();
}

std::string DdlCursor::expect_object_name() {
  std::string name = expect_name();
  return accept_symbol(".") ? expect_name() : name;
}

std::vector<std::string> DdlCursor::expect_name_list() {
  const TokenRange group = expect_group();
  std::vector<std::string> names;
  for (const TokenRange& part : parts(group)) {
    if (!tokens_[part.begin].can_be_name()) {
      place_ = part.begin;
      fail("a name");
    }
    names.push_back(tokens_[part.begin].unquoted());
  }
  return names;
}

TokenRange DdlCursor::expect_group() {
  if (!at_symbol("(")) fail("(");
  if (closing_[place_] == 0) fail("a closing parenthesis");
  const TokenRange inside{place_ + 1, closing_[place_]};
  place_ = inside.end + 1;
  return inside;
}

std::vector<TokenRange> DdlCursor::parts(TokenRange range) const {
  std::vector<TokenRange> result;
  std::size_t begin = range.begin;
  for (std::size_t i = range.begin; i < range.end; i = after(i)) {
    if (!tokens_[i].is_symbol(",")) continue;
    if (i > begin) result.push_back({begin, i});
    begin = i + 1;
  }
  if (begin < range.end) result.push_back({begin, range.end});
  return result;
}

std::size_t DdlCursor::after(std::size_t index) const {
  return closing_[index] != 0 ? closing_[index] + 1 : index + 1;
}

std::string DdlCursor::text(TokenRange range) const {
  if (range.empty()) return "";
  const std::size_t begin = tokens_[range.begin].begin;
  return std::string(sql_.substr(begin, tokens_[range.end - 1].end - begin));
}

TokenRange DdlCursor::unwrapped(TokenRange range) const {
  while (range.size() > 2 && closing_[range.begin] == range.end - 1) {
    ++range.begin;
    --range.end;
  }
  return range;
}

void DdlCursor::fail(std::string_view expected) const {
  const std::string found =
      at_end() ? "the end of the statement" : "'" + std::string(peek().text.substr(0, 60)) + "'";
  throw Error(ErrorKind::kDatabase, "cannot read this definition: expected " +
                                        std::string(expected) + " in line " +
                                        std::to_string(peek().line) + ", found " + found)
      .statement(std::string(sql_));
}

KeyPart read_key_part(const DdlCursor& cursor, TokenRange range) {
  KeyPart part;
  const auto from_end = [&](std::size_t back) -> const SqlToken& {
    return cursor.token(range.end - back);
  };
  if (range.size() > 2 && from_end(2).is_word("nulls")) {
    part.nulls = to_lower(from_end(1).text);
    range.end -= 2;
  }
  if (range.size() > 1 && (from_end(1).is_word("asc") || from_end(1).is_word("desc"))) {
    part.descending = from_end(1).is_word("desc");
    --range.end;
  }
  if (range.size() > 2 && from_end(2).is_word("collate")) {
    part.collation = from_end(1).unquoted();
    range.end -= 2;
  }
  range = cursor.unwrapped(range);
  if (range.size() == 1 && cursor.token(range.begin).can_be_name()) {
    part.column = cursor.token(range.begin).unquoted();
  } else {
    part.expression.common = cursor.text(range);
  }
  return part;
}

std::vector<KeyPart> read_key_parts(DdlCursor& cursor) {
  std::vector<KeyPart> result;
  for (const TokenRange& part : cursor.parts(cursor.expect_group())) {
    result.push_back(read_key_part(cursor, part));
  }
  return result;
}

std::optional<Literal> read_constant(const DdlCursor& cursor, TokenRange range, bool bare) {
  const SqlToken& first = cursor.token(range.begin);
  if (range.size() == 2 && first.is_symbol("-")) {
    const SqlToken& number = cursor.token(range.begin + 1);
    if (number.kind != SqlToken::Kind::kNumber || !is_plain_number(number.text)) return {};
    return Literal::number("-" + std::string(number.text));
  }
  if (range.size() != 1) return {};
  if (is_plain_string(first)) return Literal::string(first.unquoted());
  if (bare && first.kind == SqlToken::Kind::kQuoted) return Literal::string(first.unquoted());
  if (first.kind == SqlToken::Kind::kNumber && is_plain_number(first.text)) {
    return Literal::number(std::string(first.text));
  }
  if (first.is_word("null")) return Literal::null();
  if (first.is_word("true")) return Literal::boolean(true);
  if (first.is_word("false")) return Literal::boolean(false);
  return {};
}

Literal read_default(DdlCursor& cursor) {
  TokenRange range;
  const bool bare = !cursor.at_symbol("(");
  if (bare) {
    const bool sign = cursor.at_symbol("-") || cursor.at_symbol("+");
    if (sign) cursor.move_to(cursor.place() + 1);
    if (cursor.at_end()) cursor.fail("a default value");
    range = {cursor.place() - (sign ? 1 : 0), cursor.place() + 1};
    cursor.move_to(range.end);
  } else {
    range = cursor.unwrapped(cursor.expect_group());
  }
  if (std::optional<Literal> literal = read_constant(cursor, range, bare))
    return *std::move(literal);
  return Literal::expression(cursor.text(range));
}

}  // namespace ormdb
