#include "dialect/postgresql/introspect_default.h"

#include <charconv>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>

#include "base/text.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/introspect_row.h"
#include "dialect/postgresql/normalize.h"
#include "dialect/postgresql/types.h"

namespace ormdb::postgresql {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// 5, 5.0, 5e-07
bool is_printed_number(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9' &&
         text.find_first_not_of("0123456789.eE+-") == std::string_view::npos &&
         (is_digits(text) || text.find_first_of(".eE") != std::string_view::npos) &&
         text.find_first_of("+-") == text.find_last_of("+-") &&
         (text.find_first_of("+-") == std::string_view::npos ||
          text.find_first_of("eE") + 1 == text.find_first_of("+-"));
}

// '…'::type, quotes undone.
struct TypedConstant {
  std::string value;
  std::string_view type;  // "" without a cast.
};

std::optional<TypedConstant> parse_constant(std::string_view text) {
  const bool escapes = text.starts_with("E'");
  if (!escapes && !text.starts_with('\'')) return {};
  TypedConstant constant;
  std::size_t i = escapes ? 2 : 1;
  for (;; ++i) {
    if (i >= text.size()) return {};
    if (text[i] == '\'' && !text.substr(i + 1).starts_with('\'')) break;
    if (text[i] == '\'' || (escapes && text[i] == '\\')) ++i;
    if (i < text.size()) constant.value += text[i];
  }
  const std::string_view rest = text.substr(i + 1);
  if (rest.empty()) return constant;
  if (!rest.starts_with("::")) return {};
  constant.type = rest.substr(2);
  return constant;
}

bool fits_integer(std::string_view digits) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() &&
         number >= std::numeric_limits<std::int32_t>::min() &&
         number <= std::numeric_limits<std::int32_t>::max();
}

// Numbers that the server quotes although they were written without quotes.
bool is_quoted_number(const TypedConstant& constant) {
  const std::string_view value = constant.value;
  const bool negative = value.starts_with('-');
  const std::string_view magnitude = value.substr(negative ? 1 : 0);
  if (constant.type == "integer") return negative && is_digits(magnitude);
  if (constant.type == "bigint") return is_digits(magnitude) && !fits_integer(value);
  return constant.type == "numeric" && negative && !is_digits(magnitude) &&
         is_printed_number(magnitude);
}

bool is_numeric_type(std::string_view type) {
  return type == "integer" || type == "bigint" || type == "smallint" || type == "numeric" ||
         type == "real" || type == "double precision";
}

// The type of a constant in a column of this type: without length or precision.
std::string constant_type(std::string_view column_type) {
  std::string type(column_type);
  const std::size_t open = type.find('(');
  const std::size_t close = type.find(')');
  if (type.starts_with('"') || open == std::string::npos || close == std::string::npos) {
    return type;
  }
  type.erase(open, close - open + 1);
  // "character" would be character(1).
  return type.starts_with("character") && !type.starts_with("character varying")
             ? "bpchar" + type.substr(9)
             : type;
}

}  // namespace

Literal default_from_catalog(std::string_view text, std::string_view column_type) {
  if (is_printed_number(text)) return Literal::number(std::string(text));
  if (text == "true" || text == "false") return Literal::boolean(text == "true");
  if (const std::optional<TypedConstant> constant = parse_constant(text)) {
    if (is_quoted_number(*constant)) return Literal::number(constant->value);
    const std::string type = constant_type(column_type);
    if (constant->type.empty() || (constant->type == type && !is_numeric_type(type))) {
      return Literal::string(constant->value);
    }
  }
  return Literal::expression(std::string(trim(without_outer_parentheses(text))));
}

void free_domain_defaults(Schema& schema) {
  std::map<std::string, std::string> bases;
  for (const DatabaseObject& object : schema.objects) {
    if (object.kind == "domain") bases.emplace(sql_name(object), object.text("type"));
  }
  if (bases.empty()) return;
  for (Table& table : schema.tables) {
    for (Column& column : table.columns) {
      if (!column.default_value || column.default_value->kind != Literal::Kind::kSql) continue;
      auto base = bases.find(type_to_sql(column.type, &schema));
      if (base == bases.end()) continue;
      while (bases.contains(base->second)) base = bases.find(base->second);
      const Type type = canonical_type(type_from_sql(base->second, &schema), &schema);
      const std::optional<Literal> value = normalized_default(column.default_value, type, schema);
      if (value && value->kind != Literal::Kind::kSql) column.default_value = value;
    }
  }
}

}  // namespace ormdb::postgresql
