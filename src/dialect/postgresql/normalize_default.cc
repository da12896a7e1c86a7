#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "dialect/postgresql/expression_pieces.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/normalize.h"
#include "dialect/postgresql/types.h"

namespace ormdb::postgresql {
namespace {

bool is_text_type(const Type& type) {
  if (type.kind == TypeKind::kString || type.kind == TypeKind::kText) return true;
  return type.kind == TypeKind::kNative && type_to_sql(type).starts_with("character");
}

bool is_number_type(const Type& type) {
  switch (type.kind) {
    case TypeKind::kInteger:
    case TypeKind::kBigInteger:
    case TypeKind::kSmallInteger:
    case TypeKind::kFloat:
    case TypeKind::kDouble:
    case TypeKind::kNumeric:
      return true;
    default:
      return false;
  }
}

bool is_own_cast(const Piece& piece, const Type& type, const Schema& schema) {
  if (piece.kind != Piece::Kind::kCast) return false;
  if (piece.text == type_without_modifiers(type, &schema)) return true;
  if (type.kind == TypeKind::kNative && piece.text == canonical_type_text(type_to_sql(type))) {
    return true;
  }
  return is_text_type(type) &&
         (piece.text == "bpchar" || piece.text == "text" || piece.text == "character varying");
}

/// The constant that the pieces are.
std::optional<Literal> constant_of(const Pieces& pieces) {
  if (pieces.size() == 2 && pieces[0].is_symbol("-") && pieces[1].kind == Piece::Kind::kNumber) {
    return Literal::number("-" + pieces[1].text);
  }
  if (pieces.size() != 1) return std::nullopt;
  const Piece& piece = pieces[0];
  if (piece.kind == Piece::Kind::kNumber) return Literal::number(piece.text);
  if (piece.is_word("null")) return Literal::null();
  if (piece.is_word("true") || piece.is_word("false")) {
    return Literal::boolean(piece.text == "true");
  }
  std::string text;
  if (piece.kind == Piece::Kind::kString && read_string(piece.text, &text)) {
    return Literal::string(std::move(text));
  }
  return std::nullopt;
}

Literal read_expression(const std::string& sql, const Type& type, const Schema& schema) {
  const std::string canonical = canonical_expression(sql);
  Pieces pieces = read_pieces(canonical);
  while (pieces.size() > 1 && is_own_cast(pieces.back(), type, schema)) {
    pieces.pop_back();
    pieces = without_needless_parentheses(pieces);
  }
  if (std::optional<Literal> constant = constant_of(pieces)) return *std::move(constant);
  return Literal::expression(canonical);
}

bool is_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto is_digit = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  return !text.empty() && text != "." && std::all_of(text.begin(), text.end(), is_digit) &&
         std::count(text.begin(), text.end(), '.') <= 1;
}

std::optional<bool> boolean_of(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kTrue = {"true", "t", "yes", "y", "on", "1"};
  static constexpr std::array<std::string_view, 6> kFalse = {"false", "f", "no", "n", "off", "0"};
  const std::string word = to_lower(trim(text));
  if (std::find(kTrue.begin(), kTrue.end(), word) != kTrue.end()) return true;
  if (std::find(kFalse.begin(), kFalse.end(), word) != kFalse.end()) return false;
  return std::nullopt;
}

/// The constant as the column's type reads it: '5' of a number is 5, 1 of a boolean true.
Literal typed(Literal value, const Type& type) {
  const bool text_or_number =
      value.kind == Literal::Kind::kString || value.kind == Literal::Kind::kNumber;
  if (type.kind == TypeKind::kBoolean && text_or_number) {
    const std::optional<bool> truth = boolean_of(value.text);
    return truth ? Literal::boolean(*truth) : value;
  }
  if (is_number_type(type) && value.kind == Literal::Kind::kString && is_number(trim(value.text))) {
    return Literal::number(std::string(trim(value.text)));
  }
  if (value.kind == Literal::Kind::kNumber && value.text.starts_with('+')) value.text.erase(0, 1);
  return value;
}

/// A domain's own default comes back when the column's is taken away, so NULL counts.
bool has_own_default(const Type& type, const Schema& schema) {
  if (type.kind != TypeKind::kNative) return false;
  const std::string name = type_to_sql(type);
  return std::any_of(schema.objects.begin(), schema.objects.end(), [&](const auto& object) {
    return object.kind == "domain" && qualified_name(object) == name &&
           object.properties.contains("default");
  });
}

}  // namespace

std::optional<Literal> normalized_default(const std::optional<Literal>& value, const Type& type,
                                          const Schema& schema) {
  if (!value) return std::nullopt;
  Literal result = *value;
  if (result.kind == Literal::Kind::kSql) {
    const std::string& sql = postgresql_text(result.sql);
    if (sql.empty()) return std::nullopt;
    result = read_expression(sql, type, schema);
  }
  if (result.kind == Literal::Kind::kBinary) {
    const std::string quoted = literal(result);
    result = Literal::string(quoted.substr(1, quoted.size() - 2));
  }
  result = typed(std::move(result), type);
  if (result.kind == Literal::Kind::kNull && !has_own_default(type, schema)) return std::nullopt;
  return result;
}

}  // namespace ormdb::postgresql
