#include "dialect/sqlite/rebuild.h"

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/sqlite/ddl.h"
#include "dialect/sqlite/literal.h"
#include "dialect/sqlite/lookup.h"
#include "dialect/sqlite/types.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

bool has_rowid(const Table& table) { return !has_sqlite_flag(table, "without_rowid"); }

// The first of the rowid's three names that no column takes; "" when all are taken.
std::string rowid_name(const Table& table) {
  for (const char* name : {"rowid", "_rowid_", "oid"}) {
    if (lookup_column(table, name) == nullptr) return name;
  }
  return "";
}

bool has_autoincrement(const Table& table) {
  for (const Column& column : table.columns) {
    if (column.autoincrement) return true;
  }
  return false;
}

// t.a in a check of t would name a table that does not exist while the new one is built.
void unqualify(SqlText& text, const std::string& table) {
  const std::string sql = sqlite_text(text);
  const std::vector<SqlToken> tokens = scan_sql_tokens(sql, SqlDialect::kSqlite);
  std::string result;
  std::size_t copied = 0;
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i) {
    if (!tokens[i].can_be_name() || !same_name(tokens[i].unquoted(), table)) continue;
    if (!tokens[i + 1].is_symbol(".") || !tokens[i + 2].can_be_name()) continue;
    result += sql.substr(copied, tokens[i].begin - copied);
    copied = tokens[i + 2].begin;
  }
  if (copied == 0) return;
  text = SqlText{result + sql.substr(copied), {}};
}

// Rowids are copied unless a copied column is the rowid already.
bool copies_rowid(const Rebuild& rebuild, const Table& to) {
  if (!has_rowid(rebuild.from) || !has_rowid(to)) return false;
  for (const Column& column : to.columns) {
    if (is_rowid_alias(to, column) && rebuild.sources.count(to_lower(column.name)) > 0)
      return false;
  }
  return !rowid_name(rebuild.from).empty() && !rowid_name(to).empty();
}

// SQLite has no table of generated columns alone.
const Column& first_stored_column(const Table& table) {
  std::size_t i = 0;
  while (table.columns.at(i).generated) ++i;
  return table.columns[i];
}

std::string copy_sql(const Rebuild& rebuild, const Table& to, const std::string& temporary) {
  std::vector<std::string> targets;
  std::vector<std::string> values;
  if (copies_rowid(rebuild, to)) {
    targets.push_back(rowid_name(to));
    values.push_back(rowid_name(rebuild.from));
  }
  for (const Column& column : to.columns) {
    const auto source = rebuild.sources.find(to_lower(column.name));
    if (column.generated || source == rebuild.sources.end()) continue;
    targets.push_back(quote_sqlite(column.name));
    values.push_back(source->second.expression);
  }
  if (targets.empty()) {
    // No old column stays, the rows do: one new column's default is selected for each.
    const Column& first = first_stored_column(to);
    targets.push_back(quote_sqlite(first.name));
    values.push_back(first.default_value ? sqlite_literal(*first.default_value) : "NULL");
  }
  return "INSERT OR ABORT INTO " + quote_sqlite(temporary) + " (" + join(targets, ", ") +
         ")\nSELECT " + join(values, ", ") + " FROM " + quote_sqlite(rebuild.from.name);
}

std::vector<std::string> counter_sql(const std::string& table, const std::string& temporary) {
  const std::string name = sqlite_string(temporary);
  return {"DELETE FROM sqlite_sequence WHERE name = " + name,
          "INSERT INTO sqlite_sequence (name, seq)\nSELECT " + name +
              ", seq FROM sqlite_sequence WHERE name = " + sqlite_string(table) +
              " COLLATE NOCASE"};
}

std::vector<std::string> parts_sql(const Table& table, const Schema& after) {
  std::vector<std::string> statements;
  for (const Index& index : table.indexes) {
    statements.push_back(create_index_sql(index, table.name));
  }
  for (const Trigger& trigger : after.triggers) {
    if (same_name(trigger.table, table.name)) statements.push_back(create_trigger_sql(trigger));
  }
  return statements;
}

void require_free(const std::string& name, const Schema& schema) {
  bool taken = lookup_table(schema, name) != nullptr;
  for (const View& view : schema.views) taken = taken || same_name(view.name, name);
  for (const VirtualTable& table : schema.virtual_tables) {
    taken = taken || same_name(table.name, name);
  }
  if (!taken) return;
  throw Error(ErrorKind::kUnsupported,
              "the name " + name + ", which ormdb needs to rebuild a table, is taken")
      .hint("rename or drop " + name);
}

}  // namespace

std::string rebuild_name(const std::string& table) { return "_ormdb_new_" + table; }

void unqualify_checks(Table& table) {
  for (Check& check : table.checks) unqualify(check.expression, table.name);
}

Rebuild rebuild_of(const Table& table) {
  Rebuild rebuild;
  rebuild.from = table;
  for (const Column& column : table.columns) {
    rebuild.sources[to_lower(column.name)] = {quote_sqlite(column.name), true};
  }
  return rebuild;
}

std::vector<std::string> rebuild_sql(const Rebuild& rebuild, const Table& to, const Schema& after) {
  const std::string temporary = rebuild_name(to.name);
  require_free(temporary, after);
  std::vector<std::string> statements;
  statements.push_back(create_table_sql(to, after.enums, temporary));
  statements.push_back(copy_sql(rebuild, to, temporary));
  if (has_autoincrement(rebuild.from) && has_autoincrement(to)) {
    append(statements, counter_sql(rebuild.from.name, temporary));
  }
  statements.push_back("DROP TABLE " + quote_sqlite(rebuild.from.name));
  statements.emplace_back("PRAGMA legacy_alter_table=ON");
  statements.push_back("ALTER TABLE " + quote_sqlite(temporary) + " RENAME TO " +
                       quote_sqlite(to.name));
  statements.emplace_back("PRAGMA legacy_alter_table=OFF");
  append(statements, parts_sql(to, after));
  return statements;
}

std::vector<std::string> create_with_parts(const Table& table, const Schema& after) {
  std::vector<std::string> statements = {create_table_sql(table, after.enums)};
  append(statements, parts_sql(table, after));
  return statements;
}

}  // namespace ormdb
