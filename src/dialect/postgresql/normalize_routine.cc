#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/expression_pieces.h"
#include "dialect/postgresql/normalize.h"
#include "dialect/postgresql/types.h"

namespace ormdb::postgresql {
namespace {

using Tokens = std::vector<SqlToken>;

/// A half-open range of tokens.
struct TokenRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The parts between commas outside parentheses.
std::vector<TokenRange> parts_of(const Tokens& tokens, TokenRange range) {
  std::vector<TokenRange> parts;
  int depth = 0;
  TokenRange part{range.begin, range.begin};
  for (std::size_t i = range.begin; i < range.end; ++i) {
    if (tokens[i].is_symbol("(") || tokens[i].is_symbol("[")) ++depth;
    if (tokens[i].is_symbol(")") || tokens[i].is_symbol("]")) --depth;
    if (depth != 0 || !tokens[i].is_symbol(",")) continue;
    part.end = i;
    parts.push_back(part);
    part.begin = i + 1;
  }
  part.end = range.end;
  if (part.end > part.begin) parts.push_back(part);
  return parts;
}

std::string text_of(const Tokens& tokens, TokenRange range, std::string_view sql) {
  if (range.begin >= range.end) return "";
  const std::size_t begin = tokens[range.begin].begin;
  return std::string(sql.substr(begin, tokens[range.end - 1].end - begin));
}

struct Argument {
  std::string mode;  ///< "out", "inout", "variadic"; "" for in.
  std::string name;
  std::string type;
  std::string default_value;

  std::string text() const {
    std::string result;
    for (const std::string* part : {&mode, &name, &type}) {
      if (part->empty()) continue;
      if (!result.empty()) result += ' ';
      result += *part;
    }
    return default_value.empty() ? result : result + " default " + default_value;
  }
};

std::string read_mode(const Tokens& tokens, TokenRange& range) {
  for (const char* mode : {"in", "out", "inout", "variadic"}) {
    if (range.begin < range.end && tokens[range.begin].is_word(mode)) {
      ++range.begin;
      const bool in_out = std::string_view(mode) == "in" && range.begin < range.end &&
                          tokens[range.begin].is_word("out");
      if (in_out) ++range.begin;
      return in_out ? "inout" : std::string_view(mode) == "in" ? "" : mode;
    }
  }
  return "";
}

/// Whether the argument is a type without a name before it: "double precision", "numeric(10)".
bool is_type_alone(const Tokens& tokens, TokenRange range, std::string_view sql) {
  if (range.end - range.begin < 2) return true;
  const SqlToken& second = tokens[range.begin + 1];
  for (const char* symbol : {"(", ".", "[", "%"}) {
    if (second.is_symbol(symbol)) return true;
  }
  return is_known_type(text_of(tokens, range, sql));
}

Argument read_argument(const Tokens& tokens, TokenRange range, std::string_view sql) {
  Argument argument;
  std::size_t end = range.begin;
  while (end < range.end && !tokens[end].is_word("default") && !tokens[end].is_symbol("=")) ++end;
  if (end < range.end) {
    argument.default_value = canonical_expression(text_of(tokens, {end + 1, range.end}, sql));
  }
  TokenRange rest{range.begin, end};
  argument.mode = read_mode(tokens, rest);
  if (!is_type_alone(tokens, rest, sql)) {
    argument.name = join_pieces(read_pieces(tokens[rest.begin].text));
    ++rest.begin;
  }
  // A routine's types have no modifiers.
  Type type = type_from_sql(text_of(tokens, rest, sql));
  argument.type = type_without_modifiers(type);
  return argument;
}

std::vector<Argument> read_arguments(std::string_view sql) {
  const Tokens tokens = scan_sql_tokens(sql, SqlDialect::kPostgresql);
  std::vector<Argument> arguments;
  for (const TokenRange part : parts_of(tokens, {0, tokens.size()})) {
    arguments.push_back(read_argument(tokens, part, sql));
  }
  return arguments;
}

std::string join_arguments(const std::vector<Argument>& arguments) {
  std::vector<std::string> texts;
  for (const Argument& argument : arguments) texts.push_back(argument.text());
  return join(texts, ", ");
}

/// ORDER BY separates the direct arguments of an ordered-set aggregate.
std::string canonical_arguments(std::string_view sql) {
  const Tokens tokens = scan_sql_tokens(sql, SqlDialect::kPostgresql);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (!tokens[i].is_word("order") || !tokens[i + 1].is_word("by")) continue;
    const std::string direct = join_arguments(read_arguments(sql.substr(0, tokens[i].begin)));
    const std::string ordered = join_arguments(read_arguments(sql.substr(tokens[i + 1].end)));
    return direct.empty() ? "order by " + ordered : direct + " order by " + ordered;
  }
  return join_arguments(read_arguments(sql));
}

/// "SETOF type", "TABLE (name type, …)" or a type.
std::string canonical_result(std::string_view sql) {
  const Tokens tokens = scan_sql_tokens(sql, SqlDialect::kPostgresql);
  if (tokens.empty()) return "";
  if (tokens[0].is_word("setof")) {
    return "setof " + canonical_result(sql.substr(tokens[0].end));
  }
  const bool table = tokens[0].is_word("table") && tokens.size() > 2 && tokens[1].is_symbol("(") &&
                     tokens.back().is_symbol(")");
  if (!table) return type_without_modifiers(type_from_sql(sql));
  const std::size_t begin = tokens[1].end;
  return "table (" + canonical_arguments(sql.substr(begin, tokens.back().begin - begin)) + ")";
}

/// What a routine without RETURNS returns: its output arguments.
std::string implied_result(const std::vector<Argument>& arguments) {
  std::string result;
  for (const Argument& argument : arguments) {
    if (argument.mode != "out" && argument.mode != "inout") continue;
    result = result.empty() ? argument.type : "record";
  }
  return result;
}

/// RETURN and an expression, or BEGIN ATOMIC … END.
std::string canonical_sql_body(const std::string& body) {
  const std::string text(trim(body));
  if (starts_with_icase(text, "return") && !starts_with_icase(text, "returns")) {
    return "return " + canonical_expression(std::string_view(text).substr(6));
  }
  return canonical_sql(text, SqlDialect::kPostgresql);
}

void drop_routine_defaults(DatabaseObject& routine) {
  const std::string language = routine.text("language");
  drop_default(routine, "language", "sql");
  drop_default(routine, "volatility", "volatile");
  drop_default(routine, "parallel", "unsafe");
  drop_default(routine, "cost", language == "c" || language == "internal" ? "1" : "100");
  const bool set = routine.text("returns").starts_with("setof ") ||
                   routine.text("returns").starts_with("table ");
  drop_default(routine, "rows", set ? "1000" : "0");
}

}  // namespace

std::string canonical_signature(std::string_view signature) {
  std::vector<Argument> arguments = read_arguments(signature);
  for (Argument& argument : arguments) {
    argument.name.clear();
    argument.default_value.clear();
  }
  return join_arguments(arguments);
}

void normalize_routine(DatabaseObject& routine) {
  for (const char* property : {"language", "volatility", "parallel"}) {
    set_text(routine, property, to_lower(routine.text(property)));
  }
  routine.signature = canonical_signature(routine.signature);
  const std::vector<Argument> arguments = read_arguments(routine.text("arguments"));
  set_text(routine, "arguments", join_arguments(arguments));
  drop_default(routine, "arguments", routine.signature);
  set_text(routine, "returns", canonical_result(routine.text("returns")));
  drop_routine_defaults(routine);
  drop_default(routine, "returns", implied_result(arguments));
  set_text(routine, "sql_body", canonical_sql_body(routine.text("sql_body")));
  for (const char* property : {"deterministic", "data_access"}) {
    routine.properties.erase(property);
  }
}

void normalize_aggregate(DatabaseObject& aggregate) {
  aggregate.signature = canonical_signature(aggregate.signature);
  set_text(aggregate, "arguments", canonical_arguments(aggregate.text("arguments")));
  drop_default(aggregate, "arguments", aggregate.signature);
  for (const char* property : {"state_type", "moving_state_type"}) {
    const std::string type = aggregate.text(property);
    if (!type.empty()) set_text(aggregate, property, type_without_modifiers(type_from_sql(type)));
  }
  const bool ordered = aggregate.text("arguments").find("order by") != std::string::npos;
  for (const char* property : {"final_modify", "moving_final_modify", "parallel"}) {
    set_text(aggregate, property, to_lower(aggregate.text(property)));
  }
  for (const char* property : {"final_modify", "moving_final_modify"}) {
    drop_default(aggregate, property, ordered ? "read_write" : "read_only");
  }
  drop_default(aggregate, "parallel", "unsafe");
  for (const char* property : {"state_size", "moving_state_size"}) {
    drop_default(aggregate, property, "0");
  }
}

}  // namespace ormdb::postgresql
