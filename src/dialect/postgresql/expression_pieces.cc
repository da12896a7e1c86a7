#include "dialect/postgresql/expression_pieces.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/type_text.h"

namespace ormdb::postgresql {
namespace {

using Tokens = std::vector<SqlToken>;

std::string type_between(const Tokens& tokens, std::size_t begin, std::size_t end,
                         std::string_view sql) {
  const TypeText type =
      read_type_text(sql.substr(tokens[begin].begin, tokens[end - 1].end - tokens[begin].begin));
  return type.is_array ? type.spelling() + "[]" : type.spelling();
}

std::string string_spelling(std::string_view literal) {
  std::string text;
  return read_string(literal, &text) ? string_literal(text) : std::string(literal);
}

/// A quoted name that needs no quotes is a word.
Piece name_piece(const SqlToken& token) {
  if (token.text[0] == 'U' || token.text[0] == 'u') {
    return {Piece::Kind::kName, std::string(token.text)};
  }
  std::string name = quote(token.unquoted());
  const bool quoted = name[0] == '"';
  return {quoted ? Piece::Kind::kName : Piece::Kind::kWord, std::move(name)};
}

Piece plain_piece(const SqlToken& token) {
  switch (token.kind) {
    case SqlToken::Kind::kWord:
      return word_piece(to_lower(token.text));
    case SqlToken::Kind::kQuoted:
      return name_piece(token);
    case SqlToken::Kind::kString:
      return {Piece::Kind::kString, string_spelling(token.text)};
    case SqlToken::Kind::kNumber:
      return {Piece::Kind::kNumber, to_lower(token.text)};
    case SqlToken::Kind::kSymbol:
      return symbol_piece(token.is_symbol("!=") ? "<>" : std::string(token.text));
    default:
      return {Piece::Kind::kOther, std::string(token.text)};
  }
}

/// Where the type of "CAST ( … AS type )" begins, whose parenthesis opens at `open`; 0: nowhere.
std::size_t cast_type(const Tokens& tokens, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    if (tokens[i].is_symbol("(")) ++depth;
    if (tokens[i].is_symbol(")") && --depth == 0) return 0;
    if (depth == 1 && tokens[i].is_word("as")) return i + 1;
  }
  return 0;
}

class Reader {
 public:
  explicit Reader(std::string_view sql)
      : sql_(sql), tokens_(scan_sql_tokens(sql, SqlDialect::kPostgresql)) {}

  Pieces read() {
    read_range(0, tokens_.size());
    return std::move(pieces_);
  }

 private:
  void read_range(std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end;) i = read_at(i, end);
  }

  /// Returns the place behind what it read.
  std::size_t read_at(std::size_t i, std::size_t end) {
    const SqlToken& token = tokens_[i];
    const bool has_next = i + 1 < end;
    if (token.is_symbol("::") && has_next) return read_cast(i, end);
    if (token.is_word("cast") && has_next && tokens_[i + 1].is_symbol("(")) {
      const std::size_t done = read_cast_call(i + 1);
      if (done != 0) return done;
    }
    if (has_next && tokens_[i + 1].kind == SqlToken::Kind::kString && is_typed_literal(token)) {
      pieces_.push_back(plain_piece(tokens_[i + 1]));
      pieces_.push_back({Piece::Kind::kCast, type_between(tokens_, i, i + 1, sql_)});
      return i + 2;
    }
    if (is_now(i)) {
      pieces_.insert(pieces_.end(), {word_piece("now"), symbol_piece("("), symbol_piece(")")});
      return i + 1;
    }
    pieces_.push_back(plain_piece(token));
    return i + 1;
  }

  std::size_t read_cast(std::size_t i, std::size_t end) {
    const std::size_t behind = std::min(end_of_type(tokens_, i + 1), end);
    if (behind <= i + 1) {
      pieces_.push_back(symbol_piece("::"));
      return i + 1;
    }
    pieces_.push_back({Piece::Kind::kCast, type_between(tokens_, i + 1, behind, sql_)});
    return behind;
  }

  std::size_t read_cast_call(std::size_t open) {
    const std::size_t type = cast_type(tokens_, open);
    if (type == 0) return 0;
    const std::size_t behind = end_of_type(tokens_, type);
    if (behind <= type || behind >= tokens_.size() || !tokens_[behind].is_symbol(")")) return 0;
    pieces_.push_back(symbol_piece("("));
    read_range(open + 1, type - 1);
    pieces_.push_back(symbol_piece(")"));
    pieces_.push_back({Piece::Kind::kCast, type_between(tokens_, type, behind, sql_)});
    return behind + 1;
  }

  /// date '2024-01-01' (manual, 4.1.2.7).
  static bool is_typed_literal(const SqlToken& token) {
    static constexpr std::array<std::string_view, 13> kTypes = {
        "date",  "time", "timetz", "timestamp", "timestamptz", "interval", "json",
        "jsonb", "uuid", "bytea",  "inet",      "tsquery",     "tsvector"};
    return std::any_of(kTypes.begin(), kTypes.end(),
                       [&](std::string_view type) { return token.is_word(type); });
  }

  bool is_now(std::size_t i) const {
    if (!tokens_[i].is_word("current_timestamp")) return false;
    if (i > 0 && tokens_[i - 1].is_symbol(".")) return false;
    return i + 1 >= tokens_.size() || !tokens_[i + 1].is_symbol("(");
  }

  std::string_view sql_;
  Tokens tokens_;
  Pieces pieces_;
};

}  // namespace

Piece word_piece(std::string text) { return {Piece::Kind::kWord, std::move(text)}; }
Piece symbol_piece(std::string text) { return {Piece::Kind::kSymbol, std::move(text)}; }

Pieces read_pieces(std::string_view sql) { return Reader(sql).read(); }

std::string join_pieces(const Pieces& pieces) {
  std::string result;
  for (const Piece& piece : pieces) {
    if (!result.empty()) result += ' ';
    if (piece.kind == Piece::Kind::kCast) result += ":: ";
    result += piece.text;
  }
  return result;
}

std::size_t closing_piece(const Pieces& pieces, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < pieces.size(); ++i) {
    if (pieces[i].is_symbol("(") || pieces[i].is_symbol("[")) ++depth;
    if ((pieces[i].is_symbol(")") || pieces[i].is_symbol("]")) && --depth == 0) return i;
  }
  return pieces.size();
}

bool is_plain_name(const Piece& piece) {
  if (piece.kind == Piece::Kind::kName) return true;
  return piece.kind == Piece::Kind::kWord && quote(piece.text) == piece.text;
}

bool read_string(std::string_view literal, std::string* text) {
  const bool escapes = literal.starts_with("E'") || literal.starts_with("e'");
  if (!escapes && !literal.starts_with('\'')) return false;
  const std::size_t open = escapes ? 2 : 1;
  if (literal.size() <= open || literal.back() != '\'') return false;
  text->clear();
  for (std::size_t i = open; i + 1 < literal.size(); ++i) {
    const char c = literal[i];
    const char next = literal[i + 1];
    if (c == '\'' || (escapes && c == '\\')) {
      if (c == '\\' && next != '\\' && next != '\'') return false;
      ++i;
      *text += next;
    } else {
      *text += c;
    }
  }
  return true;
}

}  // namespace ormdb::postgresql
