#include "dialect/postgresql/ddl.h"

#include <set>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/introspect_row.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/types.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

std::string serial_word(const Column& column) {
  switch (column.type.kind) {
    case TypeKind::kInteger:
      return "serial";
    case TypeKind::kBigInteger:
      return "bigserial";
    case TypeKind::kSmallInteger:
      return "smallserial";
    default:
      throw Error(
          ErrorKind::kUnsupported,
          "column " + column.name + " is serial, but its type is " + render_type(column.type))
          .hint("serial takes integer, big_integer and small_integer");
  }
}

std::vector<std::string> identity_parameters(const Column& column, std::string_view table,
                                             const Schema& schema) {
  std::vector<std::string> words;
  const auto add = [&](std::string_view key, const std::string& word) {
    const std::string& value = option(column.options, key);
    if (!value.empty()) words.push_back(word + " " + value);
  };
  const std::string& name = option(column.options, "identity_sequence");
  if (!name.empty()) words.push_back("SEQUENCE NAME " + beside(name, table, schema));
  add("identity_start", "START WITH");
  add("identity_increment", "INCREMENT BY");
  add("identity_min", "MINVALUE");
  add("identity_max", "MAXVALUE");
  add("identity_cache", "CACHE");
  if (has_flag(column.options, "identity_cycle")) words.emplace_back("CYCLE");
  return words;
}

std::string deferrable_sql(Deferrable deferrable) {
  if (deferrable == Deferrable::kImmediate) return " DEFERRABLE";
  return deferrable == Deferrable::kDeferred ? " DEFERRABLE INITIALLY DEFERRED" : "";
}

std::string key_columns(const std::vector<KeyPart>& parts, const Options& options) {
  std::vector<std::string> names;
  for (const KeyPart& part : parts) names.push_back(quote(part.column));
  const bool temporal = has_flag(options, "without_overlaps");
  return "(" + join(names, ", ") + (temporal ? " WITHOUT OVERLAPS)" : ")");
}

// The last column of a temporal key is a range (CREATE TABLE, "PERIOD", since 18).
std::string referencing_columns(std::vector<std::string> names, const Options& options) {
  for (std::string& name : names) name = quote(name);
  if (has_flag(options, "period") && !names.empty()) names.back().insert(0, "PERIOD ");
  return "(" + join(names, ", ") + ")";
}

// A constraint that is not enforced (since 18) is not valid either, and says only the one.
std::string validity_sql(const Options& options) {
  if (has_flag(options, "not_enforced")) return " NOT ENFORCED";
  return has_flag(options, "not_valid") ? " NOT VALID" : "";
}

std::string key_tail(const Options& options, Deferrable deferrable) {
  std::string text;
  if (!option(options, "include").empty()) text += " INCLUDE (" + option(options, "include") + ")";
  if (!option(options, "with").empty()) text += " WITH (" + option(options, "with") + ")";
  return text + deferrable_sql(deferrable);
}

std::string action_sql(std::string_view event, ForeignKeyAction action, const Options& options) {
  static constexpr std::string_view kWords[] = {"", "RESTRICT", "CASCADE", "SET NULL",
                                                "SET DEFAULT"};
  if (action == ForeignKeyAction::kNoAction) return "";
  std::string text =
      " ON " + std::string(event) + " " + std::string(kWords[static_cast<std::size_t>(action)]);
  const std::string& columns = option(options, "delete_columns");
  if (event == "DELETE" && !columns.empty()) text += " (" + columns + ")";
  return text;
}

std::string part_sql(const KeyPart& part, const Schema& schema) {
  std::string text =
      part.column.empty() ? enclosed(postgresql_text(part.expression)) : quote(part.column);
  if (!part.collation.empty()) text += " COLLATE " + collation_sql(part.collation, schema);
  if (!part.operator_class.empty()) text += " " + part.operator_class;
  if (part.descending) text += " DESC";
  if (!part.nulls.empty()) text += " NULLS " + to_upper(part.nulls);
  return text;
}

std::string body_of(const PrimaryKey& key, const Schema&) {
  return "PRIMARY KEY " + key_columns(key.columns, key.options) +
         key_tail(key.options, key.deferrable);
}

std::string body_of(const Unique& key, const Schema&) {
  const std::string nulls =
      has_flag(key.options, "nulls_not_distinct") ? "NULLS NOT DISTINCT " : "";
  return "UNIQUE " + nulls + key_columns(key.columns, key.options) +
         key_tail(key.options, key.deferrable);
}

std::string body_of(const ForeignKey& key, const Schema& schema) {
  std::string text = "FOREIGN KEY " + referencing_columns(key.columns, key.options) +
                     " REFERENCES " + relation_sql(key.referenced_table, schema);
  if (!key.referenced_columns.empty()) {
    text += " " + referencing_columns(key.referenced_columns, key.options);
  }
  if (!key.match.empty() && key.match != "simple") text += " MATCH " + to_upper(key.match);
  text += action_sql("UPDATE", key.on_update, key.options);
  text += action_sql("DELETE", key.on_delete, key.options);
  return text + deferrable_sql(key.deferrable) + validity_sql(key.options);
}

std::string body_of(const Check& check, const Schema&) {
  std::string text = "CHECK (" + postgresql_text(check.expression) + ")";
  if (has_flag(check.options, "no_inherit")) text += " NO INHERIT";
  return text + validity_sql(check.options);
}

std::string body_of(const Exclude& exclude, const Schema& schema) {
  std::vector<std::string> parts;
  for (const Exclude::Element& element : exclude.elements) {
    parts.push_back(part_sql(element.part, schema) + " WITH " + element.operator_name);
  }
  const std::string method = exclude.method.empty() ? "gist" : exclude.method;
  std::string text = "EXCLUDE USING " + quote(method) + " (" + join(parts, ", ") + ")";
  text += key_tail(exclude.options, Deferrable::kNo);
  const std::string& where = postgresql_text(exclude.where);
  if (!where.empty()) text += " WHERE (" + where + ")";
  return text + deferrable_sql(exclude.deferrable);
}

// Words after which an expression is an a_expr, not the b_expr that DEFAULT takes in a column.
bool needs_parentheses(std::string_view expression) {
  int depth = 0;
  for (const SqlToken& token : scan_sql_tokens(expression, SqlDialect::kPostgresql)) {
    if (token.is_symbol("(") || token.is_symbol("[")) ++depth;
    if (token.is_symbol(")") || token.is_symbol("]")) --depth;
    if (depth > 0) continue;
    for (const char* word : {"and", "or", "not", "in", "is", "isnull", "notnull", "between", "like",
                             "ilike", "similar", "at", "collate", "overlaps"}) {
      if (token.is_word(word)) return true;
    }
  }
  return false;
}

Parameters index_parameters(const Index& index) {
  static const std::set<std::string> kOwnSyntax = {"nulls_not_distinct", "invalid", "statistics"};
  Parameters parameters;
  for (const auto& [name, value] : settings(index.options)) {
    if (!kOwnSyntax.contains(name)) parameters.emplace_back(name, value);
  }
  return parameters;
}

}  // namespace

std::string column_type_sql(const Column& column, const Schema& schema) {
  std::string text = type_to_sql(column.type, &schema);
  if (!column.collation.empty()) text += " COLLATE " + collation_sql(column.collation, schema);
  return text;
}

std::string identity_kind(const Column& column) {
  const std::string& kind = option(column.options, "identity");
  if (kind == "always" || kind == "by_default") return kind;
  if (kind.empty() && column.autoincrement && !has_flag(column.options, "serial")) {
    return "by_default";
  }
  return "";
}

std::string identity_sql(const Column& column, std::string_view table, const Schema& schema) {
  std::string text = identity_kind(column) == "always" ? "GENERATED ALWAYS AS IDENTITY"
                                                       : "GENERATED BY DEFAULT AS IDENTITY";
  const std::vector<std::string> words = identity_parameters(column, table, schema);
  return words.empty() ? text : text + " (" + join(words, " ") + ")";
}

std::string identity_sequence(const Column& column, std::string_view table, const Schema& schema) {
  const std::string& name = option(column.options, "identity_sequence");
  if (!name.empty()) return beside(name, table, schema);
  const Table* found = schema.find_table(table);
  return beside(default_sequence_name(found == nullptr ? "" : found->name, column.name), table,
                schema);
}

std::string default_sql(const Literal& value) {
  std::string text = literal(value);
  if (value.kind == Literal::Kind::kSql && needs_parentheses(text)) return "(" + text + ")";
  return text;
}

std::string column_sql(const Column& column, std::string_view table, const Schema& schema,
                       bool partition) {
  std::string text = quote(column.name) + " ";
  if (has_flag(column.options, "serial")) return text + serial_word(column);
  text += column_type_sql(column, schema);
  if (column.generated) {
    text += " GENERATED ALWAYS AS (" + postgresql_text(column.generated->expression) + ")";
    text += column.generated->stored ? " STORED" : " VIRTUAL";
  } else if (!identity_kind(column).empty()) {
    if (!partition) text += " " + identity_sql(column, table, schema);
  } else if (column.default_value) {
    text += " DEFAULT " + default_sql(*column.default_value);
  }
  return column.nullable ? text : text + " NOT NULL";
}

std::vector<std::string> column_settings_sql(const Column& column, std::string_view table,
                                             const Schema& schema) {
  std::vector<std::string> statements;
  const std::string place = relation_sql(table, schema);
  const std::string alter = "ALTER TABLE ONLY " + place + " ALTER COLUMN " + quote(column.name);
  const auto set = [&](std::string_view key, const std::string& word) {
    const std::string& value = option(column.options, key);
    if (!value.empty()) statements.push_back(alter + " SET " + word + " " + to_upper(value));
  };
  set("storage", "STORAGE");
  set("statistics", "STATISTICS");
  const std::string& compression = option(column.options, "compression");
  if (!compression.empty()) statements.push_back(alter + " SET COMPRESSION " + compression);
  if (!column.comment.empty()) {
    statements.push_back(comment_sql("COLUMN " + place + "." + quote(column.name), column.comment));
  }
  const std::string& number = option(column.options, "identity_comment");
  if (!number.empty()) {
    statements.push_back(
        comment_sql("SEQUENCE " + identity_sequence(column, table, schema), number));
  }
  return statements;
}

std::string constraint_sql(const Constraint& constraint, const Schema& schema) {
  const std::string& name = constraint_name(constraint);
  const std::string body =
      std::visit([&](const auto& kind) { return body_of(kind, schema); }, constraint);
  return name.empty() ? body : "CONSTRAINT " + quote(name) + " " + body;
}

const Options& constraint_options(const Constraint& constraint) {
  return std::visit([](const auto& kind) -> const Options& { return kind.options; }, constraint);
}

bool is_not_valid(const Constraint& constraint) {
  return has_flag(constraint_options(constraint), "not_valid");
}

std::vector<std::string> add_constraint_sql(const Constraint& constraint, std::string_view table,
                                            const Schema& schema) {
  std::vector<std::string> statements = {"ALTER TABLE " + relation_sql(table, schema) + " ADD " +
                                         constraint_sql(constraint, schema)};
  append(statements, constraint_comment_sql(constraint, table, schema));
  return statements;
}

std::vector<std::string> constraint_comment_sql(const Constraint& constraint,
                                                std::string_view table, const Schema& schema) {
  const std::string& text = option(constraint_options(constraint), "comment");
  if (text.empty()) return {};
  return {comment_sql(
      "CONSTRAINT " + quote(constraint_name(constraint)) + " ON " + relation_sql(table, schema),
      text)};
}

std::string index_sql(const Index& index, std::string_view table, const Schema& schema,
                      bool concurrently) {
  std::vector<std::string> parts;
  for (const KeyPart& part : index.columns) parts.push_back(part_sql(part, schema));
  std::string text = index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
  if (concurrently) text += "CONCURRENTLY ";
  if (!index.name.empty()) text += quote(index.name) + " ";
  text += "ON " + relation_sql(table, schema);
  if (!index.method.empty() && index.method != "btree") text += " USING " + quote(index.method);
  text += " (" + join(parts, ", ") + ")";
  if (!index.include.empty()) text += " INCLUDE (" + quoted_list(index.include) + ")";
  if (has_flag(index.options, "nulls_not_distinct")) text += " NULLS NOT DISTINCT";
  const Parameters parameters = index_parameters(index);
  if (!parameters.empty()) text += " WITH (" + parameters_sql(parameters) + ")";
  const std::string& where = postgresql_text(index.where);
  return where.empty() ? text : text + " WHERE " + where;
}

// "statistics" is "column number: target", several joined by commas.
std::vector<std::string> index_settings_sql(const Index& index, std::string_view table,
                                            const Schema& schema) {
  std::vector<std::string> statements;
  const std::string name = beside(index.name, table, schema);
  const std::string& statistics = option(index.options, "statistics");
  for (const std::string& entry : split(statistics, ',')) {
    const std::vector<std::string> pair = split(entry, ':');
    if (pair.size() != 2) continue;
    statements.push_back("ALTER INDEX " + name + " ALTER COLUMN " + std::string(trim(pair[0])) +
                         " SET STATISTICS " + std::string(trim(pair[1])));
  }
  if (!index.comment.empty()) statements.push_back(comment_sql("INDEX " + name, index.comment));
  return statements;
}

}  // namespace ormdb::postgresql
