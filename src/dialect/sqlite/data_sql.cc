#include "dialect/sqlite/data_sql.h"

#include "base/text.h"
#include "dialect/sqlite/literal.h"
#include "dialect/sqlite/lookup.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

constexpr std::size_t kMaxRows = 500;
constexpr std::size_t kMaxBytes = 500'000;
// Each OR nests the expression one deeper; SQLite allows 1000.
constexpr std::size_t kMaxConditions = 100;

void require_width(const std::string& table, const std::vector<std::string>& columns,
                   const std::vector<std::vector<Literal>>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].size() == columns.size()) continue;
    throw Error(ErrorKind::kScript, "row " + std::to_string(i + 1) + " for table " + table +
                                        " has " + counted(rows[i].size(), "value") + " for " +
                                        counted(columns.size(), "column"));
  }
}

std::string row_sql(const std::vector<Literal>& row) {
  std::vector<std::string> cells;
  for (const Literal& cell : row) cells.push_back(sqlite_literal(cell));
  return "(" + join(cells, ", ") + ")";
}

// IS TRUE tests for any true value, IS 1 for this one.
std::string comparison(const std::string& column, const Literal& cell) {
  std::string value = sqlite_literal(cell);
  if (cell.kind == Literal::Kind::kBoolean) value = cell.text == "true" ? "1" : "0";
  if (cell.kind == Literal::Kind::kSql) value = "(" + value + ")";
  return quote_sqlite(column) + " IS " + value;
}

bool key_is_constant(const DeleteRows& rows, const std::vector<Literal>& row, const Table* table) {
  if (table == nullptr || !table->primary_key) return false;
  for (const KeyPart& part : table->primary_key->columns) {
    bool constant = false;
    for (std::size_t i = 0; i < rows.columns.size(); ++i) {
      constant = constant ||
                 (same_name(rows.columns[i], part.column) && row[i].kind != Literal::Kind::kSql);
    }
    if (!constant) return false;
  }
  return true;
}

std::string row_condition(const DeleteRows& rows, const std::vector<Literal>& row,
                          const Table* table) {
  const bool skip_expressions = key_is_constant(rows, row, table);
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (skip_expressions && row[i].kind == Literal::Kind::kSql) continue;
    parts.push_back(comparison(rows.columns[i], row[i]));
  }
  return "(" + join(parts, " AND ") + ")";
}

}  // namespace

std::vector<std::string> insert_sql(const InsertRows& rows) {
  require_width(rows.table, rows.columns, rows.rows);
  const std::string head =
      "INSERT INTO " + quote_sqlite(rows.table) + " (" + quoted_list(rows.columns) + ") VALUES\n  ";
  std::vector<std::string> statements;
  std::size_t count = 0;
  for (const std::vector<Literal>& row : rows.rows) {
    const std::string text = row_sql(row);
    const bool full =
        count == kMaxRows || (count > 0 && statements.back().size() + text.size() > kMaxBytes);
    if (count == 0 || full) {
      statements.push_back(head + text);
      count = 1;
    } else {
      statements.back() += ",\n  " + text;
      ++count;
    }
  }
  return statements;
}

std::string update_sql(const UpdateRows& rows) {
  std::vector<std::string> parts;
  for (const auto& [column, value] : rows.set) {
    parts.push_back(quote_sqlite(column) + " = " + sqlite_literal(value));
  }
  std::string text = "UPDATE " + quote_sqlite(rows.table) + " SET " + join(parts, ", ");
  const std::string& where = sqlite_text(rows.where);
  return where.empty() ? text : text + " WHERE " + where;
}

std::vector<std::string> delete_sql(const DeleteRows& rows, const Table* table) {
  const std::string head = "DELETE FROM " + quote_sqlite(rows.table);
  if (rows.columns.empty()) {
    const std::string& where = sqlite_text(rows.where);
    return {where.empty() ? head : head + " WHERE " + where};
  }
  require_width(rows.table, rows.columns, rows.rows);
  std::vector<std::string> statements;
  std::size_t count = 0;
  for (const std::vector<Literal>& row : rows.rows) {
    const std::string condition = row_condition(rows, row, table);
    if (count % kMaxConditions == 0) {
      statements.push_back(head + " WHERE\n  " + condition);
    } else {
      statements.back() += "\n  OR " + condition;
    }
    ++count;
  }
  return statements;
}

}  // namespace ormdb
