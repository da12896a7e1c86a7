// 1. The text as pieces (expression_pieces.h).
// 2. Needless parentheses go, then each rewriting of expression.h is tried; both until nothing
//    changes, since one makes room for the other.

#include "dialect/postgresql/expression.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/text.h"
#include "dialect/postgresql/expression_pieces.h"

namespace ormdb::postgresql {
namespace {

constexpr int kMaxRounds = 10;

bool symbol_at(const Pieces& pieces, std::size_t at, std::string_view symbol) {
  return at < pieces.size() && pieces[at].is_symbol(symbol);
}

bool word_at(const Pieces& pieces, std::size_t at, std::string_view word) {
  return at < pieces.size() && pieces[at].is_word(word);
}

bool kind_at(const Pieces& pieces, std::size_t at, Piece::Kind kind) {
  return at < pieces.size() && pieces[at].kind == kind;
}

bool is_comparison(const Piece& piece) {
  static constexpr std::string_view kSymbols[] = {"=", "<>", "<", ">", "<=", ">="};
  return piece.kind == Piece::Kind::kSymbol &&
         std::find(std::begin(kSymbols), std::end(kSymbols), piece.text) != std::end(kSymbols);
}

/// Whether what ends before `at` cannot be part of the operand that begins there.
bool begins_operand(const Pieces& pieces, std::size_t at) {
  if (at == 0) return true;
  const Piece& before = pieces[at - 1];
  if (before.kind == Piece::Kind::kSymbol) return before.text == "(" || before.text == ",";
  return before.is_word("and") || before.is_word("or") || before.is_word("not") ||
         before.is_word("when") || before.is_word("then") || before.is_word("else");
}

/// Whether what begins at `at` cannot be part of the operand that ends there.
bool ends_operand(const Pieces& pieces, std::size_t at) {
  if (at >= pieces.size()) return true;
  const Piece& next = pieces[at];
  if (next.kind == Piece::Kind::kSymbol) {
    return next.text == ")" || next.text == "," || next.text == "]";
  }
  return next.is_word("and") || next.is_word("or") || next.is_word("then") ||
         next.is_word("when") || next.is_word("else") || next.is_word("end");
}

/// Behind the constant at `at`, without its cast: 'x', 1, - 1, ( - 1 ), true. `at` when there is
/// none.
std::size_t end_of_value(const Pieces& pieces, std::size_t at) {
  if (at >= pieces.size()) return at;
  const Piece& piece = pieces[at];
  const bool plain = piece.kind == Piece::Kind::kString || piece.kind == Piece::Kind::kNumber ||
                     piece.is_word("true") || piece.is_word("false");
  if (plain) return at + 1;
  const std::size_t sign = piece.is_symbol("(") ? at + 1 : at;
  if (!symbol_at(pieces, sign, "-") || !kind_at(pieces, sign + 1, Piece::Kind::kNumber)) return at;
  if (sign == at) return at + 2;
  return symbol_at(pieces, sign + 2, ")") ? sign + 3 : at;
}

std::size_t end_of_constant(const Pieces& pieces, std::size_t at) {
  const std::size_t end = end_of_value(pieces, at);
  return end > at && kind_at(pieces, end, Piece::Kind::kCast) ? end + 1 : end;
}

void append(Pieces& out, const Pieces& pieces, std::size_t begin, std::size_t end) {
  out.insert(out.end(), pieces.begin() + static_cast<std::ptrdiff_t>(begin),
             pieces.begin() + static_cast<std::ptrdiff_t>(end));
}

// Casts of constants ---------------------------------------------------------------------------

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Whether the number is of this type when it stands without quotes and cast (manual, 4.1.2.6).
bool is_number_of(std::string_view digits, std::string_view type) {
  if (type == "integer") return all_digits(digits) && digits.size() < 10;
  if (type == "bigint") return all_digits(digits) && digits.size() > 10 && digits.size() < 19;
  const std::size_t dot = digits.find('.');
  return type == "numeric" && dot != std::string_view::npos && all_digits(digits.substr(0, dot)) &&
         all_digits(digits.substr(dot + 1));
}

/// '-1'::integer is ( - 1 ): the catalog's spelling of a negative number.
bool append_number(const Piece& literal, const Piece& cast, Pieces& out) {
  std::string text;
  if (!read_string(literal.text, &text)) return false;
  const bool negative = text.starts_with('-');
  const std::string digits = negative ? text.substr(1) : text;
  if (!is_number_of(digits, cast.text)) return false;
  if (negative) out.insert(out.end(), {symbol_piece("("), symbol_piece("-")});
  out.push_back({Piece::Kind::kNumber, digits});
  if (negative) out.push_back(symbol_piece(")"));
  return true;
}

/// Where || takes an untyped literal for something else than text (jsonb, arrays), its cast counts.
bool is_concatenated(const Pieces& pieces, std::size_t begin, std::size_t end) {
  return (begin > 0 && pieces[begin - 1].is_symbol("||")) || symbol_at(pieces, end, "||");
}

Pieces without_text_casts(const Pieces& pieces) {
  Pieces out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const bool cast_string =
        pieces[i].kind == Piece::Kind::kString && kind_at(pieces, i + 1, Piece::Kind::kCast);
    if (!cast_string) {
      out.push_back(pieces[i]);
      continue;
    }
    const Piece& cast = pieces[i + 1];
    const bool text = cast.text == "text" || cast.text == "character varying";
    if (text && !is_concatenated(pieces, i, i + 2)) {
      out.push_back(pieces[i++]);
    } else if (append_number(pieces[i], cast, out)) {
      ++i;
    } else {
      out.push_back(pieces[i]);
    }
  }
  return out;
}

// Columns --------------------------------------------------------------------------------------

/// Behind the column at `at`: name, new.name, old.name. `at` when there is none; `type` gets its
/// type.
std::size_t end_of_column(const Pieces& pieces, std::size_t at, const ColumnTypes& columns,
                          std::string* type) {
  std::size_t name = at;
  if (at > 0 && pieces[at - 1].is_symbol(".")) return at;
  const bool row = word_at(pieces, at, "new") || word_at(pieces, at, "old");
  if (row && symbol_at(pieces, at + 1, ".")) name = at + 2;
  if (name >= pieces.size() || !is_plain_name(pieces[name])) return at;
  if (symbol_at(pieces, name + 1, ".") || symbol_at(pieces, name + 1, "(")) return at;
  const auto found = columns.find(pieces[name].text);
  if (found == columns.end()) return at;
  *type = found->second;
  return name + 1;
}

bool is_text_cast(const Piece& cast, const std::string& column_type) {
  return (column_type == "character varying" && cast.is_cast("text")) ||
         (column_type == "character varying[]" && cast.is_cast("text[]"));
}

Pieces without_column_casts(const Pieces& pieces, const ColumnTypes& columns) {
  Pieces out;
  for (std::size_t i = 0; i < pieces.size();) {
    std::string type;
    const std::size_t end = end_of_column(pieces, i, columns, &type);
    append(out, pieces, i, std::max(end, i + 1));
    const bool cast = end > i && end < pieces.size() && is_text_cast(pieces[end], type);
    i = std::max(end, i + 1) + (cast ? 1 : 0);
  }
  return out;
}

/// Appends the constant at `at` without its cast to `type`; returns the place behind it, `at` when
/// there is no such constant.
std::size_t append_uncast(const Pieces& pieces, std::size_t at, const std::string& type,
                          Pieces& out) {
  const std::size_t end = end_of_value(pieces, at);
  if (end == at || end >= pieces.size() || !pieces[end].is_cast(type)) return at;
  append(out, pieces, at, end);
  return end + 1;
}

/// ( constant , … ) behind IN without their casts to `type`.
std::size_t append_uncast_list(const Pieces& pieces, std::size_t open, const std::string& type,
                               Pieces& out) {
  Pieces list;
  std::size_t at = open;
  do {
    list.push_back(pieces[at]);
    const std::size_t behind = append_uncast(pieces, at + 1, type, list);
    if (behind == at + 1) return open;
    at = behind;
  } while (symbol_at(pieces, at, ","));
  if (!symbol_at(pieces, at, ")")) return open;
  append(out, list, 0, list.size());
  return at;
}

/// The constants that the column of `type`, which ends before `at`, is compared with.
std::size_t append_comparison(const Pieces& pieces, std::size_t at, const std::string& type,
                              Pieces& out) {
  if (at >= pieces.size()) return at;
  if (is_comparison(pieces[at])) {
    Pieces compared = {pieces[at]};
    const std::size_t end = append_uncast(pieces, at + 1, type, compared);
    if (end == at + 1 || !ends_operand(pieces, end)) return at;
    append(out, compared, 0, compared.size());
    return end;
  }
  const std::size_t in = word_at(pieces, at, "not") ? at + 1 : at;
  if (!word_at(pieces, in, "in") || !symbol_at(pieces, in + 1, "(")) return at;
  Pieces list;
  const std::size_t end = append_uncast_list(pieces, in + 1, type, list);
  if (end == in + 1) return at;
  append(out, pieces, at, in + 1);
  append(out, list, 0, list.size());
  return end;
}

Pieces without_casts_to_column_types(const Pieces& pieces, const ColumnTypes& columns) {
  Pieces out;
  for (std::size_t i = 0; i < pieces.size();) {
    std::string type;
    const bool alone = begins_operand(pieces, i);
    const std::size_t end = alone ? end_of_column(pieces, i, columns, &type) : i;
    append(out, pieces, i, std::max(end, i + 1));
    if (end == i) {
      ++i;
    } else {
      i = append_comparison(pieces, end, type, out);
    }
  }
  return out;
}

// IN, BETWEEN, LIKE ----------------------------------------------------------------------------

/// Whether [open, close] holds constants between commas, and nothing else.
bool holds_constants(const Pieces& pieces, std::size_t open, std::size_t close) {
  std::size_t at = open;
  do {
    const std::size_t end = end_of_constant(pieces, at + 1);
    if (end == at + 1) return false;
    at = end;
  } while (symbol_at(pieces, at, ","));
  return at == close;
}

/// ARRAY['a', 'b']::text[] is ARRAY['a', 'b'].
Pieces without_array_casts(const Pieces& pieces) {
  Pieces out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    out.push_back(pieces[i]);
    if (!pieces[i].is_word("array") || !symbol_at(pieces, i + 1, "[")) continue;
    const std::size_t close = closing_piece(pieces, i + 1);
    if (close + 1 >= pieces.size() || is_concatenated(pieces, i, close + 2)) continue;
    const Piece& cast = pieces[close + 1];
    if (!cast.is_cast("text[]") && !cast.is_cast("character varying[]")) continue;
    bool strings = holds_constants(pieces, i + 1, close);
    for (std::size_t k = i + 2; k < close && strings; ++k) {
      strings = pieces[k].kind == Piece::Kind::kString || pieces[k].is_symbol(",");
    }
    if (!strings) continue;
    append(out, pieces, i + 1, close + 1);
    i = close + 1;
  }
  return out;
}

void append_membership(const Pieces& pieces, std::size_t open, std::size_t close, bool negated,
                       Pieces& out) {
  if (end_of_constant(pieces, open + 1) == close) {
    out.push_back(symbol_piece(negated ? "<>" : "="));
    append(out, pieces, open + 1, close);
    return;
  }
  if (negated) out.push_back(word_piece("not"));
  out.insert(out.end(), {word_piece("in"), symbol_piece("(")});
  append(out, pieces, open + 1, close);
  out.push_back(symbol_piece(")"));
}

/// "= any ( array [ … ] )" and "<> all ( … )" that begin at `at`; returns the place behind.
std::size_t append_any(const Pieces& pieces, std::size_t at, Pieces& out) {
  const bool any = pieces[at].is_symbol("=") && word_at(pieces, at + 1, "any");
  const bool all = pieces[at].is_symbol("<>") && word_at(pieces, at + 1, "all");
  if ((!any && !all) || !symbol_at(pieces, at + 2, "(") || !word_at(pieces, at + 3, "array") ||
      !symbol_at(pieces, at + 4, "[")) {
    return at;
  }
  const std::size_t close = closing_piece(pieces, at + 4);
  if (!symbol_at(pieces, close + 1, ")") || !holds_constants(pieces, at + 4, close)) return at;
  append_membership(pieces, at + 4, close, all, out);
  return close + 2;
}

/// "in ( 'x' )" that begins at `at`.
std::size_t append_single(const Pieces& pieces, std::size_t at, Pieces& out) {
  const bool negated = pieces[at].is_word("not");
  const std::size_t in = negated ? at + 1 : at;
  if (!word_at(pieces, in, "in") || !symbol_at(pieces, in + 1, "(")) return at;
  const std::size_t close = end_of_constant(pieces, in + 2);
  if (close == in + 2 || !symbol_at(pieces, close, ")")) return at;
  append_membership(pieces, in + 1, close, negated, out);
  return close + 1;
}

/// "x between 1 and 2" that begins at `at`.
std::size_t append_between(const Pieces& pieces, std::size_t at, Pieces& out) {
  if (!is_plain_name(pieces[at]) || !begins_operand(pieces, at)) return at;
  if (!word_at(pieces, at + 1, "between")) return at;
  const std::size_t middle = end_of_constant(pieces, at + 2);
  if (middle == at + 2 || !word_at(pieces, middle, "and")) return at;
  const std::size_t end = end_of_constant(pieces, middle + 1);
  if (end == middle + 1 || !ends_operand(pieces, end)) return at;
  out.insert(out.end(), {symbol_piece("("), pieces[at], symbol_piece(">=")});
  append(out, pieces, at + 2, middle);
  out.insert(out.end(), {word_piece("and"), pieces[at], symbol_piece("<=")});
  append(out, pieces, middle + 1, end);
  out.push_back(symbol_piece(")"));
  return end;
}

/// The operators' own names. They bind tighter than LIKE, which a constant does not notice.
std::size_t append_like(const Pieces& pieces, std::size_t at, Pieces& out) {
  static constexpr std::pair<std::string_view, std::string_view> kOperators[] = {
      {"~~", "like"}, {"!~~", "like"}, {"~~*", "ilike"}, {"!~~*", "ilike"}};
  if (pieces[at].kind != Piece::Kind::kSymbol) return at;
  for (const auto& [symbol, word] : kOperators) {
    if (pieces[at].text != symbol) continue;
    const bool constant = kind_at(pieces, at + 1, Piece::Kind::kString);
    if (!constant || !ends_operand(pieces, at + 2)) return at;
    if (symbol[0] == '!') out.push_back(word_piece("not"));
    out.push_back(word_piece(std::string(word)));
    return at + 1;
  }
  return at;
}

Pieces with_words(const Pieces& pieces) {
  Pieces out;
  for (std::size_t i = 0; i < pieces.size();) {
    std::size_t end = i;
    for (const auto rewrite : {append_any, append_single, append_between, append_like}) {
      if (end == i) end = rewrite(pieces, i, out);
    }
    if (end == i) out.push_back(pieces[end++]);
    i = end;
  }
  return out;
}

}  // namespace

std::string canonical_expression(std::string_view sql, const ColumnTypes& columns) {
  Pieces pieces = read_pieces(sql);
  while (!pieces.empty() && pieces.back().is_symbol(";")) pieces.pop_back();
  for (int round = 0; round < kMaxRounds; ++round) {
    const Pieces before = pieces;
    pieces = without_needless_parentheses(pieces);
    pieces = without_text_casts(pieces);
    pieces = without_column_casts(pieces, columns);
    pieces = without_casts_to_column_types(pieces, columns);
    pieces = without_array_casts(pieces);
    pieces = with_words(pieces);
    if (pieces == before) break;
  }
  return join_pieces(pieces);
}

}  // namespace ormdb::postgresql
