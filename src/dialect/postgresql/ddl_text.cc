#include "dialect/postgresql/ddl_text.h"

#include <algorithm>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/literal.h"

namespace ormdb::postgresql {

namespace {

const std::string kNone;

template <typename Items>
bool has_plain(const Items& items, std::string_view name) {
  return std::any_of(items.begin(), items.end(),
                     [&](const auto& item) { return item.schema.empty() && item.name == name; });
}

std::string split_name(std::string_view qualified) {
  const std::size_t dot = qualified.find('.');
  if (dot == std::string_view::npos) return quote(qualified);
  return dotted(qualified.substr(0, dot), qualified.substr(dot + 1));
}

/// Whether the token at `open` is closed by the last one.
bool closes_at_end(const std::vector<SqlToken>& tokens, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < tokens.size(); ++i) {
    if (tokens[i].is_symbol("(")) ++depth;
    if (tokens[i].is_symbol(")") && --depth == 0) return i + 1 == tokens.size();
  }
  return false;
}

bool begins_operator(const SqlToken& token) {
  for (const char* word : {"not", "exists", "row", "array", "case", "select", "interval"}) {
    if (token.is_word(word)) return true;
  }
  return false;
}

bool is_simple_value(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_' || c == '.' || c == '-';
  });
}

}  // namespace

const std::map<std::string, std::string>& settings(const Options& options) {
  static const std::map<std::string, std::string> kEmpty;
  const auto found = options.find("postgresql");
  return found == options.end() ? kEmpty : found->second;
}

const std::string& option(const Options& options, std::string_view key) {
  const auto& all = settings(options);
  const auto found = all.find(std::string(key));
  return found == all.end() ? kNone : found->second;
}

bool has_flag(const Options& options, std::string_view key) {
  return option(options, key) == "true";
}

std::string dotted(std::string_view schema, std::string_view name) {
  return schema.empty() ? quote(name) : quote(schema) + "." + quote(name);
}

std::string sql_name(const Table& table) { return dotted(table.schema, table.name); }
std::string sql_name(const View& view) { return dotted(view.schema, view.name); }
std::string sql_name(const Enum& value) { return dotted(value.schema, value.name); }

std::string sql_name(const DatabaseObject& object) {
  if (object.kind != "operator") return dotted(object.schema, object.name);
  return object.schema.empty() ? object.name : quote(object.schema) + "." + object.name;
}

std::string relation_sql(std::string_view qualified, const Schema& schema) {
  if (qualified.find('.') == std::string_view::npos) return quote(qualified);
  if (const Table* table = schema.find_table(qualified)) return sql_name(*table);
  if (const View* view = schema.find_view(qualified)) return sql_name(*view);
  return split_name(qualified);
}

std::string type_name_sql(std::string_view qualified, const Schema& schema) {
  if (has_plain(schema.enums, qualified) || has_plain(schema.objects, qualified)) {
    return quote(qualified);
  }
  return split_name(qualified);
}

std::string beside(std::string_view name, std::string_view table, const Schema& schema) {
  if (const Table* found = schema.find_table(table)) return dotted(found->schema, name);
  if (const View* view = schema.find_view(table)) return dotted(view->schema, name);
  const std::size_t dot = table.find('.');
  return dotted(dot == std::string_view::npos ? "" : table.substr(0, dot), name);
}

std::string collation_sql(std::string_view name, const Schema& schema) {
  for (const DatabaseObject& object : schema.objects) {
    if (object.kind == "collation" && qualified_name(object) == name) return sql_name(object);
  }
  return quote(name);
}

std::optional<ColumnPlace> find_owner(std::string_view owned_by, const Schema& schema) {
  for (std::size_t dot = owned_by.find('.'); dot != std::string_view::npos;
       dot = owned_by.find('.', dot + 1)) {
    const Table* table = schema.find_table(owned_by.substr(0, dot));
    if (table == nullptr) continue;
    const Column* column = table->find_column(owned_by.substr(dot + 1));
    if (column != nullptr) return ColumnPlace{table, column};
  }
  return std::nullopt;
}

std::string comment_sql(std::string_view what, std::string_view text) {
  return "COMMENT ON " + std::string(what) + " IS " +
         (text.empty() ? std::string("NULL") : string_literal(text));
}

std::string dollar_quoted(std::string_view text) {
  std::string tag = "$$";
  // A text that ends in $ would make the closing tag longer.
  for (int number = 0; (std::string(text) + "$").find(tag) != std::string::npos; ++number) {
    tag = number == 0 ? "$body$" : "$body" + std::to_string(number) + "$";
  }
  return tag + std::string(text) + tag;
}

std::string enclosed(std::string_view expression) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(expression, SqlDialect::kPostgresql);
  std::size_t open = 0;
  while (open < tokens.size() && !tokens[open].is_symbol("(")) ++open;
  bool plain = open < tokens.size() && closes_at_end(tokens, open);
  for (std::size_t i = 0; i < open && plain; ++i) {
    plain = i % 2 == 0 ? tokens[i].can_be_name() && !begins_operator(tokens[i])
                       : tokens[i].is_symbol(".");
  }
  if (plain && (open == 0 || open % 2 == 1)) return std::string(expression);
  return "(" + std::string(expression) + ")";
}

std::string continue_sequence_sql(const std::string& sequence, const std::string& column,
                                  const std::string& table, const std::string& start) {
  return "SELECT setval(" + sequence + ", max(" + column + ")) FROM " + table + " HAVING max(" +
         column + ") >= " + start;
}

std::vector<std::string> clamp_sequence_sql(const std::string& sequence, const std::string& min,
                                            const std::string& max) {
  std::vector<std::string> statements;
  const auto set = [&](const std::string& value, const std::string& comparison) {
    if (value.empty()) return;
    statements.push_back("SELECT setval(" + string_literal(sequence) + ", " + value +
                         ", false) FROM " + sequence + " WHERE last_value " + comparison + " " +
                         value);
  };
  set(min, "<");
  set(max, ">");
  return statements;
}

std::string parameters_sql(const Parameters& parameters) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : parameters) {
    parts.push_back(name + " = " + (is_simple_value(value) ? value : string_literal(value)));
  }
  return join(parts, ", ");
}

}  // namespace ormdb::postgresql
