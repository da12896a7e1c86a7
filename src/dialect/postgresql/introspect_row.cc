#include "dialect/postgresql/introspect_row.h"

#include <charconv>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"

namespace ormdb::postgresql {
namespace {

constexpr std::size_t kLongestName = 63;  // NAMEDATALEN - 1

std::int64_t to_integer(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Whether the parenthesis at the start is closed by the one at the end.
bool is_enclosed(std::string_view sql) {
  if (sql.size() < 2 || sql.front() != '(' || sql.back() != ')') return false;
  int depth = 0;
  for (const SqlToken& token : scan_sql_tokens(sql, SqlDialect::kPostgresql)) {
    if (token.is_symbol("(")) ++depth;
    if (token.is_symbol(")") && --depth == 0) return token.end == sql.size();
  }
  return false;
}

// Cuts to at most `bytes`, never inside a UTF-8 character.
std::string_view clip(std::string_view name, std::size_t bytes) {
  if (name.size() <= bytes) return name;
  while (bytes > 0 && (static_cast<unsigned char>(name[bytes]) & 0xC0U) == 0x80U) --bytes;
  return name.substr(0, bytes);
}

}  // namespace

std::string CatalogRow::text() {
  Value& value = next();
  if (auto* text = std::get_if<std::string>(&value)) return std::move(*text);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  return {};
}

std::optional<std::string> CatalogRow::optional_text() {
  if (std::holds_alternative<std::monostate>(values_[column_])) {
    ++column_;
    return {};
  }
  return text();
}

std::int64_t CatalogRow::integer() {
  const Value& value = next();
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return to_integer(*text);
  return 0;
}

Oid CatalogRow::oid() { return static_cast<Oid>(integer()); }

bool CatalogRow::flag() { return integer() != 0; }

char CatalogRow::letter() {
  const Value& value = next();
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr || text->empty() ? '\0' : text->front();
}

std::string CatalogRow::expression() {
  std::string sql = text();
  if (sql.empty() || sql.front() != '(') return sql;
  return std::string(trim(without_outer_parentheses(sql)));
}

std::vector<std::string> CatalogRow::list() { return parse_array(text()); }

std::vector<std::int64_t> CatalogRow::numbers() {
  std::vector<std::int64_t> numbers;
  const std::string text = this->text();
  std::size_t begin = 0;
  while ((begin = text.find_first_of("-0123456789", begin)) != std::string::npos) {
    const std::size_t end = text.find_first_of(" ,}", begin);
    numbers.push_back(to_integer(std::string_view(text).substr(begin, end - begin)));
    if (end == std::string::npos) break;
    begin = end;
  }
  return numbers;
}

std::vector<std::string> parse_array(std::string_view text) {
  std::vector<std::string> elements;
  std::size_t i = 1;  // Behind the opening brace.
  while (i < text.size() && text[i] != '}') {
    std::string element;
    const bool quoted = text[i] == '"';
    if (quoted) ++i;
    while (i < text.size() && (quoted ? text[i] != '"' : text[i] != ',' && text[i] != '}')) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      element += text[i++];
    }
    if (quoted) ++i;
    if (!quoted && element == "NULL") element.clear();
    elements.push_back(std::move(element));
    if (i < text.size() && text[i] == ',') ++i;
  }
  return elements;
}

std::string_view without_outer_parentheses(std::string_view sql) {
  while (is_enclosed(sql)) sql = sql.substr(1, sql.size() - 2);
  return sql;
}

std::string default_sequence_name(std::string_view table, std::string_view column) {
  constexpr std::string_view kSuffix = "_seq";
  const std::size_t room = kLongestName - 1 - kSuffix.size();
  std::size_t of_table = table.size();
  std::size_t of_column = column.size();
  while (of_table + of_column > room) --(of_table > of_column ? of_table : of_column);
  std::string name(clip(table, of_table));
  name += '_';
  name += clip(column, of_column);
  name += kSuffix;
  return name;
}

}  // namespace ormdb::postgresql
