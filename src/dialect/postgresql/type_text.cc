// Source of the grammar: the manual's chapter 8 and Typename in src/backend/parser/gram.y; of the
// spelling: format_type_extended() in src/backend/utils/adt/format_type.c.
#include "dialect/postgresql/type_text.h"

#include <algorithm>

#include "base/text.h"
#include "dialect/postgresql/literal.h"

namespace ormdb::postgresql {
namespace {

using Tokens = std::vector<SqlToken>;

struct Alias {
  std::string_view written;
  std::string_view name;  ///< format_type's.
};

// "time" and "timestamp" get their zone in finish_times().
constexpr Alias kAliases[] = {
    {"int", "integer"},
    {"int4", "integer"},
    {"integer", "integer"},
    {"int8", "bigint"},
    {"bigint", "bigint"},
    {"int2", "smallint"},
    {"smallint", "smallint"},
    {"varchar", "character varying"},
    {"char varying", "character varying"},
    {"character varying", "character varying"},
    {"nchar varying", "character varying"},
    {"national char varying", "character varying"},
    {"national character varying", "character varying"},
    {"char", "character"},
    {"character", "character"},
    {"nchar", "character"},
    {"national char", "character"},
    {"national character", "character"},
    {"text", "text"},
    {"bool", "boolean"},
    {"boolean", "boolean"},
    {"float4", "real"},
    {"real", "real"},
    {"float8", "double precision"},
    {"float", "double precision"},
    {"double precision", "double precision"},
    {"numeric", "numeric"},
    {"decimal", "numeric"},
    {"dec", "numeric"},
    {"date", "date"},
    {"time", "time"},
    {"timetz", "time with time zone"},
    {"timestamp", "timestamp"},
    {"timestamptz", "timestamp with time zone"},
    {"interval", "interval"},
    {"bit", "bit"},
    {"bit varying", "bit varying"},
    {"varbit", "bit varying"},
    {"bytea", "bytea"},
    {"json", "json"},
    {"jsonb", "jsonb"},
    {"uuid", "uuid"},
};

bool is_any(const SqlToken& token, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return token.is_word(word); });
}

bool word_at(const Tokens& tokens, std::size_t at, std::string_view word) {
  return at < tokens.size() && tokens[at].is_word(word);
}

bool symbol_at(const Tokens& tokens, std::size_t at, std::string_view symbol) {
  return at < tokens.size() && tokens[at].is_symbol(symbol);
}

bool name_at(const Tokens& tokens, std::size_t at) {
  return at < tokens.size() &&
         (tokens[at].kind == SqlToken::Kind::kWord || tokens[at].kind == SqlToken::Kind::kQuoted);
}

/// Behind the name: its words and what is qualified with dots.
std::size_t end_of_name(const Tokens& tokens, std::size_t at) {
  if (!name_at(tokens, at)) return at;
  if (word_at(tokens, at, "national")) ++at;
  if (!name_at(tokens, at)) return at;
  const SqlToken& word = tokens[at++];
  if (word.is_word("double") && word_at(tokens, at, "precision")) return at + 1;
  if (is_any(word, {"char", "character", "nchar", "bit"}) && word_at(tokens, at, "varying")) {
    return at + 1;
  }
  while (symbol_at(tokens, at, ".") && name_at(tokens, at + 1)) at += 2;
  return at;
}

std::size_t end_of_group(const Tokens& tokens, std::size_t at) {
  if (!symbol_at(tokens, at, "(")) return at;
  int depth = 0;
  for (; at < tokens.size(); ++at) {
    if (tokens[at].is_symbol("(")) ++depth;
    if (tokens[at].is_symbol(")") && --depth == 0) return at + 1;
  }
  return at;
}

std::size_t end_of_zone(const Tokens& tokens, std::size_t at) {
  const bool zone = at + 2 < tokens.size() && is_any(tokens[at], {"with", "without"}) &&
                    tokens[at + 1].is_word("time") && tokens[at + 2].is_word("zone");
  return zone ? at + 3 : at;
}

std::size_t end_of_fields(const Tokens& tokens, std::size_t at) {
  while (at < tokens.size() &&
         is_any(tokens[at], {"year", "month", "day", "hour", "minute", "second", "to"})) {
    ++at;
  }
  return at;
}

/// Behind [], [3], ARRAY, ARRAY[3].
std::size_t end_of_bounds(const Tokens& tokens, std::size_t at) {
  if (word_at(tokens, at, "array")) ++at;
  while (symbol_at(tokens, at, "[")) {
    std::size_t close = at + 1;
    if (close < tokens.size() && tokens[close].kind == SqlToken::Kind::kNumber) ++close;
    if (!symbol_at(tokens, close, "]")) return at;
    at = close + 1;
  }
  return at;
}

/// Where each part of the type ends.
struct Extent {
  std::size_t begin = 0, name = 0, first_fields = 0, group = 0, zone = 0, bounds = 0;
};

Extent extent_of(const Tokens& tokens, std::size_t begin) {
  Extent extent;
  extent.begin = begin;
  // Only this schema has the names that the grammar knows.
  if (word_at(tokens, begin, "pg_catalog") && symbol_at(tokens, begin + 1, ".")) extent.begin += 2;
  extent.name = end_of_name(tokens, extent.begin);
  const bool interval = word_at(tokens, extent.begin, "interval");
  extent.first_fields = interval ? end_of_fields(tokens, extent.name) : extent.name;
  extent.group = end_of_group(tokens, extent.first_fields);
  const bool time =
      extent.begin < tokens.size() && is_any(tokens[extent.begin], {"time", "timestamp"});
  extent.zone = time ? end_of_zone(tokens, extent.group) : extent.group;
  extent.bounds = end_of_bounds(tokens, extent.zone);
  return extent;
}

std::string words(const Tokens& tokens, std::size_t begin, std::size_t end) {
  std::vector<std::string> parts;
  for (std::size_t i = begin; i < end; ++i) parts.push_back(to_lower(tokens[i].text));
  return join(parts, " ");
}

void read_name(const Tokens& tokens, const Extent& extent, TypeText& type) {
  const std::string written = words(tokens, extent.begin, extent.name);
  const auto alias = std::find_if(std::begin(kAliases), std::end(kAliases),
                                  [&](const Alias& entry) { return entry.written == written; });
  if (alias != std::end(kAliases)) {
    type.name = type.unquoted_name = std::string(alias->name);
    type.is_known = true;
    return;
  }
  for (std::size_t i = extent.begin; i < extent.name; ++i) {
    const SqlToken& token = tokens[i];
    if (token.is_symbol(".")) {
      type.name += '.';
      type.unquoted_name += '.';
      continue;
    }
    const bool quoted = token.kind == SqlToken::Kind::kQuoted;
    const std::string name = quoted ? token.unquoted() : to_lower(token.text);
    type.name += quoted ? quote(name) : name;
    type.unquoted_name += name;
  }
}

void read_arguments(const Tokens& tokens, const Extent& extent, TypeText& type) {
  if (extent.group == extent.first_fields) return;
  std::string argument;
  for (std::size_t i = extent.first_fields + 1; i + 1 < extent.group; ++i) {
    if (tokens[i].is_symbol(",")) {
      type.arguments.push_back(std::move(argument));
      argument.clear();
    } else {
      argument += tokens[i].text;
    }
  }
  if (!argument.empty()) type.arguments.push_back(std::move(argument));
}

void finish_times(const Tokens& tokens, const Extent& extent, TypeText& type) {
  if (type.name != "time" && type.name != "timestamp") return;
  const bool with_zone = extent.zone > extent.group && tokens[extent.group].is_word("with");
  type.name += with_zone ? " with time zone" : " without time zone";
  type.unquoted_name = type.name;
}

/// float(24) is real, char is char(1).
void finish_sizes(bool is_float, TypeText& type) {
  if (is_float && !type.arguments.empty()) {
    const std::string& bits = type.arguments[0];
    if (bits.size() == 1 || (bits.size() == 2 && bits <= "24")) type.name = "real";
    type.unquoted_name = type.name;
    type.arguments.clear();
  }
  if (type.is_known && (type.name == "character" || type.name == "bit") && type.arguments.empty()) {
    type.arguments.emplace_back("1");
  }
  if (type.is_known && type.name == "numeric" && type.arguments.size() == 1) {
    type.arguments.emplace_back("0");
  }
}

}  // namespace

// format_type puts the precision of times in the middle: timestamp(3) with time zone.
std::string TypeText::spelling() const {
  const std::string group = arguments.empty() ? "" : "(" + join(arguments, ",") + ")";
  const std::size_t zone = is_known ? name.find(" with") : std::string::npos;
  std::string result =
      zone == std::string::npos ? name : name.substr(0, zone) + group + name.substr(zone);
  if (!fields.empty()) result += " " + fields;
  if (zone == std::string::npos) result += group;
  return result;
}

TypeText read_type_text(std::string_view text) {
  const Tokens tokens = scan_sql_tokens(text, SqlDialect::kPostgresql);
  const Extent extent = extent_of(tokens, 0);
  TypeText type;
  if (extent.name == extent.begin || extent.bounds != tokens.size()) {
    type.name = type.unquoted_name = std::string(trim(text));
    return type;
  }
  read_name(tokens, extent, type);
  read_arguments(tokens, extent, type);
  type.fields = words(tokens, extent.name, extent.first_fields);
  finish_times(tokens, extent, type);
  finish_sizes(tokens[extent.begin].is_word("float"), type);
  type.is_array = extent.bounds > extent.zone;
  return type;
}

std::size_t end_of_type(const std::vector<SqlToken>& tokens, std::size_t begin) {
  return extent_of(tokens, begin).bounds;
}

}  // namespace ormdb::postgresql
