// The spelling for comparing, and the reserved words that decide which names need quotes.

#include <algorithm>
#include <array>

#include "base/sql_scanner.h"
#include "base/text.h"

namespace ormdb {
namespace {

// Reserved words of SQLite (those that parse.y does not fall back to names), PostgreSQL (appendix
// C: reserved, also where a function or type may have the name) and MySQL (9.3). Sorted.
constexpr auto kKeywords = std::to_array<std::string_view>({
    "accessible",
    "add",
    "all",
    "alter",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asensitive",
    "asymmetric",
    "authorization",
    "autoincrement",
    "before",
    "between",
    "bigint",
    "binary",
    "blob",
    "both",
    "by",
    "call",
    "cascade",
    "case",
    "cast",
    "change",
    "char",
    "character",
    "check",
    "collate",
    "collation",
    "column",
    "commit",
    "concurrently",
    "condition",
    "constraint",
    "continue",
    "convert",
    "create",
    "cross",
    "cube",
    "cume_dist",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "cursor",
    "database",
    "databases",
    "day_hour",
    "day_microsecond",
    "day_minute",
    "day_second",
    "dec",
    "decimal",
    "declare",
    "default",
    "deferrable",
    "delayed",
    "delete",
    "dense_rank",
    "desc",
    "describe",
    "deterministic",
    "distinct",
    "distinctrow",
    "div",
    "do",
    "double",
    "drop",
    "dual",
    "each",
    "else",
    "elseif",
    "empty",
    "enclosed",
    "end",
    "escape",
    "escaped",
    "except",
    "exists",
    "exit",
    "explain",
    "false",
    "fetch",
    "filter",
    "first_value",
    "float",
    "float4",
    "float8",
    "for",
    "force",
    "foreign",
    "freeze",
    "from",
    "full",
    "fulltext",
    "function",
    "generated",
    "get",
    "glob",
    "grant",
    "group",
    "grouping",
    "groups",
    "having",
    "high_priority",
    "hour_microsecond",
    "hour_minute",
    "hour_second",
    "if",
    "ignore",
    "ilike",
    "in",
    "index",
    "indexed",
    "infile",
    "initially",
    "inner",
    "inout",
    "insensitive",
    "insert",
    "int",
    "int1",
    "int2",
    "int3",
    "int4",
    "int8",
    "integer",
    "intersect",
    "interval",
    "into",
    "io_after_gtids",
    "io_before_gtids",
    "is",
    "isnull",
    "iterate",
    "join",
    "json_table",
    "key",
    "keys",
    "kill",
    "lag",
    "last_value",
    "lateral",
    "lead",
    "leading",
    "leave",
    "left",
    "like",
    "limit",
    "linear",
    "lines",
    "load",
    "localtime",
    "localtimestamp",
    "lock",
    "long",
    "longblob",
    "longtext",
    "loop",
    "low_priority",
    "master_bind",
    "match",
    "maxvalue",
    "mediumblob",
    "mediumint",
    "mediumtext",
    "middleint",
    "minute_microsecond",
    "minute_second",
    "mod",
    "modifies",
    "natural",
    "no_write_to_binlog",
    "not",
    "nothing",
    "notnull",
    "nth_value",
    "ntile",
    "null",
    "numeric",
    "of",
    "offset",
    "on",
    "only",
    "optimize",
    "optimizer_costs",
    "option",
    "optionally",
    "or",
    "order",
    "out",
    "outer",
    "outfile",
    "over",
    "overlaps",
    "partition",
    "percent_rank",
    "placing",
    "precision",
    "primary",
    "procedure",
    "purge",
    "raise",
    "range",
    "rank",
    "read",
    "read_write",
    "reads",
    "real",
    "recursive",
    "references",
    "regexp",
    "release",
    "rename",
    "repeat",
    "replace",
    "require",
    "resignal",
    "restrict",
    "return",
    "returning",
    "revoke",
    "right",
    "rlike",
    "row",
    "row_number",
    "rows",
    "schema",
    "schemas",
    "second_microsecond",
    "select",
    "sensitive",
    "separator",
    "session_user",
    "set",
    "show",
    "signal",
    "similar",
    "smallint",
    "some",
    "spatial",
    "specific",
    "sql",
    "sql_big_result",
    "sql_calc_found_rows",
    "sql_small_result",
    "sqlexception",
    "sqlstate",
    "sqlwarning",
    "ssl",
    "starting",
    "stored",
    "straight_join",
    "symmetric",
    "system",
    "system_user",
    "table",
    "tablesample",
    "terminated",
    "then",
    "tinyblob",
    "tinyint",
    "tinytext",
    "to",
    "trailing",
    "transaction",
    "trigger",
    "true",
    "undo",
    "union",
    "unique",
    "unlock",
    "unsigned",
    "update",
    "usage",
    "use",
    "user",
    "using",
    "utc_date",
    "utc_time",
    "utc_timestamp",
    "values",
    "varbinary",
    "varchar",
    "varcharacter",
    "variadic",
    "varying",
    "verbose",
    "virtual",
    "when",
    "where",
    "while",
    "window",
    "with",
    "without",
    "write",
    "xor",
    "year_month",
    "zerofill",
});

bool is_plain_lower(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// Case of a quoted name means nothing on SQLite and MySQL. SQLite's "x" is the exception: where no
// column has that name it is a string, so its case is kept.
std::string canonical_name(const SqlToken& token, SqlDialect dialect) {
  if (token.text[0] == 'U' || token.text[0] == 'u') return std::string(token.text);
  std::string name = token.unquoted();
  const bool fold =
      dialect == SqlDialect::kMysql || (dialect == SqlDialect::kSqlite && token.text[0] != '"');
  if (fold) name = to_lower(name);
  if (is_plain_lower(name) && !is_sql_keyword(name)) return name;
  const std::string quote = dialect == SqlDialect::kMysql ? "`" : "\"";
  return quote + replace_all(std::move(name), quote, quote + quote) + quote;
}

void append_canonical(const SqlToken& token, SqlDialect dialect, std::string* out) {
  if (token.kind == SqlToken::Kind::kWord) {
    for (const char c : token.text) {
      *out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
  } else if (token.kind == SqlToken::Kind::kQuoted) {
    *out += canonical_name(token, dialect);
  } else if (token.is_symbol("!=")) {
    *out += "<>";
  } else if (token.is_symbol("==") && dialect == SqlDialect::kSqlite) {
    *out += "=";
  } else {
    *out += token.text;
  }
}

// For every opening parenthesis the place of the closing one; SIZE_MAX where there is none.
std::vector<std::size_t> closing_parentheses(const std::vector<SqlToken>& tokens) {
  std::vector<std::size_t> closing(tokens.size(), static_cast<std::size_t>(-1)), open;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].is_symbol("(")) open.push_back(i);
    if (tokens[i].is_symbol(")") && !open.empty()) {
      closing[open.back()] = i;
      open.pop_back();
    }
  }
  return closing;
}

}  // namespace

bool is_sql_keyword(std::string_view word) {
  return std::binary_search(kKeywords.begin(), kKeywords.end(), std::string_view(to_lower(word)));
}

std::string canonical_sql(std::string_view sql, SqlDialect dialect) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(sql, dialect);
  std::size_t begin = 0, end = tokens.size();
  std::vector<std::size_t> closing;
  while (begin < end) {
    if (tokens[end - 1].is_symbol(";")) {
      --end;
      continue;
    }
    if (!tokens[begin].is_symbol("(") || !tokens[end - 1].is_symbol(")")) break;
    if (closing.empty()) closing = closing_parentheses(tokens);
    if (closing[begin] != end - 1) break;
    ++begin;
    --end;
  }
  std::string result;
  result.reserve(sql.size() + 8);
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin) result += ' ';
    append_canonical(tokens[i], dialect, &result);
  }
  return result;
}

}  // namespace ormdb
