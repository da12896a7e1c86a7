#include "dialect/sqlite/literal.h"

#include <sqlite3.h>

#include "base/sql_scanner.h"
#include "base/text.h"

namespace ormdb {

namespace {

bool is_plain_word(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    if (!letter && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

// TRUE and FALSE are not in SQLite's keyword list, but a bare one in an expression is a constant.
bool is_keyword(std::string_view name) {
  return sqlite3_keyword_check(name.data(), static_cast<int>(name.size())) != 0 ||
         iequals(name, "true") || iequals(name, "false");
}

std::string hex(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "x'";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text + "'";
}

bool needs_parentheses(const std::string& expression) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(expression, SqlDialect::kSqlite);
  return tokens.size() != 1;
}

}  // namespace

std::string quote_sqlite(std::string_view identifier) {
  if (is_plain_word(identifier) && !is_keyword(identifier)) return std::string(identifier);
  return '"' + replace_all(std::string(identifier), "\"", "\"\"") + '"';
}

std::string quoted_list(const std::vector<std::string>& identifiers) {
  std::vector<std::string> parts;
  for (const std::string& name : identifiers) parts.push_back(quote_sqlite(name));
  return join(parts, ", ");
}

std::string sqlite_string(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return "CAST(" + hex(text) + " AS TEXT)";
  return "'" + replace_all(std::string(text), "'", "''") + "'";
}

std::string sqlite_literal(const Literal& value) {
  switch (value.kind) {
    case Literal::Kind::kNull:
      return "NULL";
    case Literal::Kind::kBoolean:
      return value.text == "true" ? "TRUE" : "FALSE";
    case Literal::Kind::kNumber:
      return value.text;
    case Literal::Kind::kString:
      return sqlite_string(value.text);
    case Literal::Kind::kBinary:
      return hex(value.text);
    case Literal::Kind::kSql:
      return sqlite_text(value.sql);
  }
  return "NULL";
}

std::string sqlite_default(const Literal& value) {
  const std::string text = sqlite_literal(value);
  const bool cast = value.kind == Literal::Kind::kString && text[0] != '\'';
  const bool expression = value.kind == Literal::Kind::kSql && needs_parentheses(text);
  return cast || expression ? "(" + text + ")" : text;
}

const std::string& sqlite_text(const SqlText& text) { return text.for_dialect("sqlite"); }

}  // namespace ormdb
