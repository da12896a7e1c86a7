#include "support/migrate_live.h"

#include <algorithm>

#include "base/text.h"
#include "ormdb/dialect.h"
#include "support/dialect_sqlite.h"

namespace ormdb::test {

namespace {

const Dialect& sqlite() { return dialect_for("sqlite"); }

std::string quoted(const std::string& name) { return sqlite().quote(name); }

/// A value that a STRICT column takes too; different for each row.
std::string value_for(const Column& column, int row) {
  const std::string n = std::to_string(row);
  switch (column.type.kind) {
    case TypeKind::kInteger:
    case TypeKind::kBigInteger:
    case TypeKind::kSmallInteger:
    case TypeKind::kBoolean:
      return n;
    case TypeKind::kFloat:
    case TypeKind::kDouble:
    case TypeKind::kNumeric:
      return n + ".5";
    case TypeKind::kLargeBinary:
      return "x'0" + n + "FF'";
    case TypeKind::kNative:
      return n;
    default:
      return "'it''s " + n + "'";
  }
}

bool means_the_same(const Column& a, const Column& b) {
  return a.type == b.type && !a.generated && !b.generated && a.nullable == b.nullable &&
         a.options == b.options;
}

}  // namespace

LiveDatabase::LiveDatabase() : connection_(memory_database()) {}

void LiveDatabase::run(const std::vector<Operation>& operations, Schema& schema) {
  const CompiledSection section = sqlite().compile(operations, schema);
  for (const std::string& sql : section.before) connection_->execute(sql);
  const auto restore = [&] {
    for (const std::string& sql : section.after) connection_->execute(sql);
  };
  try {
    Transaction transaction(*connection_, sqlite().begin());
    const auto check = section.verify_integrity ? sqlite().integrity_check(*connection_) : nullptr;
    for (const Statement& statement : section.statements) connection_->execute(statement.sql);
    if (check) check->verify(*connection_);
    transaction.commit();
  } catch (const Error&) {
    restore();
    throw;
  }
  restore();
}

Schema LiveDatabase::schema() { return introspect(*connection_); }

void LiveDatabase::try_execute(const std::string& sql) {
  try {
    connection_->execute(sql);
  } catch (const Error& error) {
    if (!is_constraint_failure(error)) throw;
  }
}

void LiveDatabase::fill_table(const Table& table) {
  for (int row = 1; row <= 3; ++row) {
    std::vector<std::string> names, values;
    for (const Column& column : table.columns) {
      // The third row has only what it must have.
      const bool reference = column.name.starts_with("ref");
      if (column.generated || reference || (row == 3 && column.nullable)) continue;
      names.push_back(quoted(column.name));
      values.push_back(value_for(column, row));
    }
    if (names.empty()) continue;
    try_execute("INSERT INTO " + quoted(table.name) + " (" + join(names, ", ") + ") VALUES (" +
                join(values, ", ") + ")");
  }
}

void LiveDatabase::link_rows(const Table& table) {
  for (const ForeignKey& key : table.foreign_keys) {
    if (key.columns.size() != 1 || key.referenced_columns.size() != 1) continue;
    try_execute("UPDATE " + quoted(table.name) + " SET " + quoted(key.columns.front()) +
                " = (SELECT " + quoted(key.referenced_columns.front()) + " FROM " +
                quoted(key.referenced_table) + " LIMIT 1)");
  }
}

void LiveDatabase::fill(const Schema& schema) {
  for (const Table& table : schema.tables) fill_table(table);
  for (const Table& table : schema.tables) link_rows(table);
}

std::string LiveDatabase::unsound() {
  for (const std::string& line : split(rows(*connection_, "PRAGMA integrity_check"), '\n')) {
    // In WITHOUT ROWID tables with a descending key SQLite 3.40 takes one column for another, and
    // finds NULLs and texts where there are none.
    const bool misread = line.find(" value in ") != std::string::npos;
    if (line != "ok" && !misread) return "integrity_check says " + line;
  }
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"PRAGMA foreign_keys", "1"},
      {"PRAGMA legacy_alter_table", "0"},
      {"PRAGMA defer_foreign_keys", "0"},
      {"SELECT group_concat(name) FROM sqlite_schema WHERE name LIKE '\\_ormdb%' ESCAPE '\\'", ""}};
  for (const auto& [sql, answer] : expected) {
    const std::string got = rows(*connection_, sql);
    if (got != answer) return sql + " says " + got;
  }
  return "";
}

std::vector<std::string> LiveDatabase::sorted_rows(const std::string& table,
                                                   const std::vector<std::string>& columns) {
  std::vector<std::string> literals;
  for (const std::string& column : columns) literals.push_back("quote(" + quoted(column) + ")");
  std::vector<std::string> lines =
      split(rows(*connection_, "SELECT " + join(literals, ", ") + " FROM " + quoted(table)), '\n');
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string LiveDatabase::dump() {
  std::string text = rows(*connection_, "SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2");
  for (const Table& table : schema().tables) {
    text += "\n" + table.name + "\n" + rows(*connection_, "SELECT * FROM " + quoted(table.name));
  }
  return text;
}

TableRows common_rows(LiveDatabase& database, const Schema& from, const Schema& to) {
  TableRows found;
  const Schema before = sqlite().rules().normalize(from);
  const Schema after = sqlite().rules().normalize(to);
  for (const Table& table : before.tables) {
    const Table* other = after.find_table(table.name);
    if (other == nullptr) continue;
    std::vector<std::string> columns;
    for (const Column& column : table.columns) {
      const Column* same = other->find_column(column.name);
      if (same != nullptr && means_the_same(column, *same)) columns.push_back(column.name);
    }
    if (!columns.empty()) found[table.name] = database.sorted_rows(table.name, columns);
  }
  return found;
}

bool is_constraint_failure(const Error& error) {
  for (const char* words :
       {"constraint failed", "cannot store", "datatype mismatch", "FOREIGN KEY", "foreign key"}) {
    if (error.message().find(words) != std::string::npos) return true;
  }
  return false;
}

}  // namespace ormdb::test
