#include "dialect/postgresql/literal.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

// src/include/parser/kwlist.h of versions 12 to 18: all but UNRESERVED_KEYWORD, sorted.
constexpr auto kKeywords = std::to_array<std::string_view>({
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "between",
    "bigint",
    "binary",
    "bit",
    "boolean",
    "both",
    "case",
    "cast",
    "char",
    "character",
    "check",
    "coalesce",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "dec",
    "decimal",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "exists",
    "extract",
    "false",
    "fetch",
    "float",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "greatest",
    "group",
    "grouping",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "inout",
    "int",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "isnull",
    "join",
    "json",
    "json_array",
    "json_arrayagg",
    "json_exists",
    "json_object",
    "json_objectagg",
    "json_query",
    "json_scalar",
    "json_serialize",
    "json_table",
    "json_value",
    "lateral",
    "leading",
    "least",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "merge_action",
    "national",
    "natural",
    "nchar",
    "none",
    "normalize",
    "not",
    "notnull",
    "null",
    "nullif",
    "numeric",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "out",
    "outer",
    "overlaps",
    "overlay",
    "placing",
    "position",
    "precision",
    "primary",
    "real",
    "references",
    "returning",
    "right",
    "row",
    "select",
    "session_user",
    "setof",
    "similar",
    "smallint",
    "some",
    "substring",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "time",
    "timestamp",
    "to",
    "trailing",
    "treat",
    "trim",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "values",
    "varchar",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
    "xmlattributes",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlnamespaces",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "xmltable",
});

bool is_plain(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && is_letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_letter(c) || is_digit(c); });
}

std::string hex(std::string_view bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

}  // namespace

std::string quote(std::string_view identifier) {
  if (is_plain(identifier) && !std::binary_search(kKeywords.begin(), kKeywords.end(), identifier)) {
    return std::string(identifier);
  }
  return '"' + replace_all(std::string(identifier), "\"", "\"\"") + '"';
}

std::string quoted_list(const std::vector<std::string>& identifiers) {
  std::vector<std::string> parts;
  for (const std::string& name : identifiers) parts.push_back(quote(name));
  return join(parts, ", ");
}

std::string string_literal(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) {
    throw Error(ErrorKind::kUnsupported,
                "a text holds a zero byte, which PostgreSQL cannot store: '" +
                    std::string(text.substr(0, text.find('\0'))) + "…'")
        .hint("keep such data in a large_binary column");
  }
  return "'" + replace_all(std::string(text), "'", "''") + "'";
}

std::string literal(const Literal& value) {
  switch (value.kind) {
    case Literal::Kind::kNull:
      return "NULL";
    case Literal::Kind::kBoolean:
      return value.text == "true" ? "TRUE" : "FALSE";
    case Literal::Kind::kNumber:
      return value.text;
    case Literal::Kind::kString:
      return string_literal(value.text);
    case Literal::Kind::kBinary:
      return "'\\x" + hex(value.text) + "'";
    case Literal::Kind::kSql:
      return postgresql_text(value.sql);
  }
  return "NULL";
}

const std::string& postgresql_text(const SqlText& text) { return text.for_dialect("postgresql"); }

}  // namespace ormdb::postgresql
