#include "dialect/sqlite/ddl.h"

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/sqlite/literal.h"
#include "dialect/sqlite/lookup.h"
#include "dialect/sqlite/types.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

std::string named(const std::string& name) {
  return name.empty() ? "" : "CONSTRAINT " + quote_sqlite(name) + " ";
}

std::string on_conflict(const Options& options, const std::string& key = "on_conflict") {
  const std::string action = sqlite_option(options, key);
  return action.empty() ? "" : " ON CONFLICT " + to_upper(action);
}

std::string part_sql(const KeyPart& part) {
  std::string text = part.column.empty() ? sqlite_text(part.expression) : quote_sqlite(part.column);
  if (!part.collation.empty()) {
    if (part.column.empty()) text = "(" + text + ")";
    text += " COLLATE " + quote_sqlite(part.collation);
  }
  return part.descending ? text + " DESC" : text;
}

std::string parts_sql(const std::vector<KeyPart>& parts) {
  std::vector<std::string> texts;
  for (const KeyPart& part : parts) texts.push_back(part_sql(part));
  return "(" + join(texts, ", ") + ")";
}

std::string_view action_sql(ForeignKeyAction action) {
  switch (action) {
    case ForeignKeyAction::kNoAction:
      return "";
    case ForeignKeyAction::kRestrict:
      return "RESTRICT";
    case ForeignKeyAction::kCascade:
      return "CASCADE";
    case ForeignKeyAction::kSetNull:
      return "SET NULL";
    case ForeignKeyAction::kSetDefault:
      return "SET DEFAULT";
  }
  return "";
}

std::string foreign_key_sql(const ForeignKey& key) {
  std::string text = named(key.name) + "FOREIGN KEY (" + quoted_list(key.columns) +
                     ") REFERENCES " + quote_sqlite(key.referenced_table);
  if (!key.referenced_columns.empty()) text += " (" + quoted_list(key.referenced_columns) + ")";
  const std::string_view on_delete = action_sql(key.on_delete);
  if (!on_delete.empty()) text += " ON DELETE " + std::string(on_delete);
  const std::string_view on_update = action_sql(key.on_update);
  if (!on_update.empty()) text += " ON UPDATE " + std::string(on_update);
  if (!key.match.empty()) text += " MATCH " + to_upper(key.match);
  if (key.deferrable == Deferrable::kImmediate) text += " DEFERRABLE INITIALLY IMMEDIATE";
  if (key.deferrable == Deferrable::kDeferred) text += " DEFERRABLE INITIALLY DEFERRED";
  return text;
}

std::string check_sql(const Check& check) {
  return named(check.name) + "CHECK (" + sqlite_text(check.expression) + ")" +
         on_conflict(check.options);
}

// AUTOINCREMENT and the inline DESC can only be said beside the column; an order or collation of
// the key only after the columns.
bool is_inline_key(const Table& table, const Column& column) {
  if (!table.primary_key || table.primary_key->columns.size() != 1) return false;
  const KeyPart& part = table.primary_key->columns[0];
  if (!same_name(part.column, column.name)) return false;
  if (column.autoincrement || is_set(table.primary_key->options, "inline_desc")) return true;
  return is_rowid_alias(table, column) && !part.descending && part.collation.empty();
}

bool has_inline_key(const Table& table) {
  for (const Column& column : table.columns) {
    if (is_inline_key(table, column)) return true;
  }
  return false;
}

std::string inline_key_sql(const Table& table, const Column& column) {
  const PrimaryKey& key = *table.primary_key;
  std::string text = " " + named(key.name) + "PRIMARY KEY";
  if (is_set(key.options, "inline_desc")) text += " DESC";
  text += on_conflict(key.options);
  return column.autoincrement ? text + " AUTOINCREMENT" : text;
}

std::string column_sql(const Table& table, const Column& column) {
  std::string text = quote_sqlite(column.name);
  const std::string type = sqlite_column_type(table, column);
  if (!type.empty()) text += " " + type;
  if (is_inline_key(table, column)) text += inline_key_sql(table, column);
  if (!column.nullable && !is_rowid_alias(table, column)) {
    text += " NOT NULL" + on_conflict(column.options, "not_null_on_conflict");
  }
  if (column.default_value) text += " DEFAULT " + sqlite_default(*column.default_value);
  if (!column.collation.empty()) text += " COLLATE " + quote_sqlite(column.collation);
  if (column.generated) {
    text += " GENERATED ALWAYS AS (" + sqlite_text(column.generated->expression) + ")";
    text += column.generated->stored ? " STORED" : " VIRTUAL";
  }
  return text;
}

void require_enums(const Table& table, const std::vector<Enum>& enums) {
  for (const Column& column : table.columns) {
    if (column.type.kind != TypeKind::kEnum) continue;
    bool known = false;
    for (const Enum& value : enums)
      known = known || same_name(qualified_name(value), column.type.name);
    if (known) continue;
    throw Error(ErrorKind::kScript, "the values of enum " + column.type.name + " of column " +
                                        table.name + "." + column.name + " are not known")
        .hint("create the enum before the column with create_enum");
  }
}

std::vector<std::string> constraint_lines(const Table& table) {
  std::vector<std::string> lines;
  if (table.primary_key && !has_inline_key(table)) {
    const PrimaryKey& key = *table.primary_key;
    lines.push_back(named(key.name) + "PRIMARY KEY " + parts_sql(key.columns) +
                    on_conflict(key.options));
  }
  for (const Unique& unique : table.uniques) {
    lines.push_back(named(unique.name) + "UNIQUE " + parts_sql(unique.columns) +
                    on_conflict(unique.options));
  }
  for (const ForeignKey& key : table.foreign_keys) lines.push_back(foreign_key_sql(key));
  for (const Check& check : table.checks) lines.push_back(check_sql(check));
  return lines;
}

std::string options_sql(const Table& table) {
  std::vector<std::string> words;
  if (has_sqlite_flag(table, "strict")) words.emplace_back("STRICT");
  if (has_sqlite_flag(table, "without_rowid")) words.emplace_back("WITHOUT ROWID");
  return words.empty() ? "" : " " + join(words, ", ");
}

// SQLite wants a semicolon after the last statement; a comment at the end must not swallow it.
std::string closed_body(const std::string& body) {
  const std::vector<SqlToken> tokens = scan_sql(body, SqlDialect::kSqlite);
  bool comment_last = false;
  for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) {
    if (token->kind == SqlToken::Kind::kSpace) continue;
    if (token->is_symbol(";")) return body;
    if (token->kind != SqlToken::Kind::kComment) break;
    comment_last = true;
  }
  return body + (comment_last ? "\n;" : ";");
}

}  // namespace

void require_sqlite_table(const Table& table) {
  if (table.schema.empty()) return;
  throw Error(ErrorKind::kUnsupported,
              "SQLite has no schemas: table " + table.schema + "." + table.name);
}

std::string create_table_sql(const Table& original, const std::vector<Enum>& enums,
                             std::string_view name) {
  require_sqlite_table(original);
  Table table = original;
  require_enums(table, enums);
  expand_enums(table, enums);
  std::vector<std::string> lines;
  for (const Column& column : table.columns) lines.push_back(column_sql(table, column));
  for (std::string& line : constraint_lines(table)) lines.push_back(std::move(line));
  return "CREATE TABLE " + quote_sqlite(name.empty() ? table.name : name) + " (\n  " +
         join(lines, ",\n  ") + "\n)" + options_sql(table);
}

std::string added_column_sql(const Table& table, const Column& column,
                             const std::vector<Enum>& enums) {
  Table alone;
  alone.name = table.name;
  alone.options = table.options;
  alone.columns.push_back(column);
  require_enums(alone, enums);
  expand_enums(alone, enums);
  std::string text = column_sql(alone, alone.columns[0]);
  for (const Check& check : alone.checks) text += " " + check_sql(check);
  return text;
}

std::string create_index_sql(const Index& index, std::string_view table) {
  std::string text = index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
  text += quote_sqlite(index.name) + " ON " + quote_sqlite(table) + " " + parts_sql(index.columns);
  const std::string& where = sqlite_text(index.where);
  return where.empty() ? text : text + " WHERE " + where;
}

std::string create_view_sql(const View& view) {
  std::string text = "CREATE VIEW " + quote_sqlite(view.name);
  if (!view.columns.empty()) text += " (" + quoted_list(view.columns) + ")";
  return text + " AS\n" + sqlite_text(view.query);
}

std::string create_virtual_table_sql(const VirtualTable& table) {
  std::string text =
      "CREATE VIRTUAL TABLE " + quote_sqlite(table.name) + " USING " + quote_sqlite(table.module);
  return table.arguments.empty() ? text : text + "(" + table.arguments + ")";
}

void require_sqlite_trigger(const Trigger& trigger) {
  if (trigger.events.size() != 1) {
    throw Error(ErrorKind::kUnsupported,
                "SQLite's triggers have one event each: trigger " + trigger.name)
        .hint("write one trigger for each event");
  }
  if (!trigger.for_each_row) {
    throw Error(ErrorKind::kUnsupported,
                "SQLite has no statement-level triggers: trigger " + trigger.name);
  }
}

std::string create_trigger_sql(const Trigger& trigger) {
  require_sqlite_trigger(trigger);
  std::string text = "CREATE TRIGGER " + quote_sqlite(trigger.name) + " " +
                     to_upper(replace_all(trigger.timing, "_", " ")) + " " +
                     to_upper(trigger.events[0]);
  if (!trigger.update_of.empty()) text += " OF " + quoted_list(trigger.update_of);
  text += " ON " + quote_sqlite(trigger.table);
  const std::string& when = sqlite_text(trigger.when);
  if (!when.empty()) text += "\nWHEN " + when;
  return text + "\nBEGIN\n" + closed_body(sqlite_text(trigger.body)) + "\nEND";
}

}  // namespace ormdb
