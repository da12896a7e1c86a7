#include "dialect/data_sql.h"

#include <algorithm>

#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

constexpr std::size_t kMaxRows = 500;
constexpr std::size_t kMaxBytes = 500'000;

void require_width(const std::string& table, const std::vector<std::string>& columns,
                   const std::vector<std::vector<Literal>>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].size() == columns.size()) continue;
    throw Error(ErrorKind::kScript, "row " + std::to_string(i + 1) + " for table " + table +
                                        " has " + counted(rows[i].size(), "value") + " for " +
                                        counted(columns.size(), "column"));
  }
}

std::string row_sql(const std::vector<Literal>& row, const RowStyle& style) {
  std::vector<std::string> cells;
  for (const Literal& cell : row) cells.push_back(style.value(cell));
  return "(" + join(cells, ", ") + ")";
}

std::string column_list(const std::vector<std::string>& columns, const RowStyle& style) {
  std::vector<std::string> names;
  for (const std::string& column : columns) names.push_back(style.quote(column));
  return join(names, ", ");
}

bool key_is_constant(const DeleteRows& rows, const std::vector<Literal>& row,
                     const RowStyle& style) {
  if (style.definition == nullptr || !style.definition->primary_key) return false;
  const std::vector<KeyPart>& key = style.definition->primary_key->columns;
  return std::all_of(key.begin(), key.end(), [&](const KeyPart& part) {
    for (std::size_t i = 0; i < rows.columns.size(); ++i) {
      if (style.same_name(rows.columns[i], part.column) && row[i].kind != Literal::Kind::kSql) {
        return true;
      }
    }
    return false;
  });
}

std::string row_condition(const DeleteRows& rows, const std::vector<Literal>& row,
                          const RowStyle& style) {
  const bool skip_expressions = key_is_constant(rows, row, style);
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (skip_expressions && row[i].kind == Literal::Kind::kSql) continue;
    parts.push_back(style.equals(rows.columns[i], row[i]));
  }
  return "(" + join(parts, " AND ") + ")";
}

}  // namespace

std::vector<std::string> insert_sql(const InsertRows& rows, const RowStyle& style) {
  require_width(rows.table, rows.columns, rows.rows);
  const std::string head = "INSERT INTO " + style.table + " (" + column_list(rows.columns, style) +
                           ") " + style.before_values + "VALUES\n  ";
  std::vector<std::string> statements;
  std::size_t count = 0;
  for (const std::vector<Literal>& row : rows.rows) {
    const std::string text = row_sql(row, style);
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

std::string update_sql(const UpdateRows& rows, const RowStyle& style) {
  std::vector<std::string> parts;
  for (const auto& [column, value] : rows.set) {
    parts.push_back(style.quote(column) + " = " + style.value(value));
  }
  const std::string text = "UPDATE " + style.table + " SET " + join(parts, ", ");
  const std::string& where = rows.where.for_dialect(style.dialect);
  return where.empty() ? text : text + " WHERE " + where;
}

std::vector<std::string> delete_sql(const DeleteRows& rows, const RowStyle& style) {
  const std::string head = "DELETE FROM " + style.table;
  if (rows.columns.empty()) {
    const std::string& where = rows.where.for_dialect(style.dialect);
    return {where.empty() ? head : head + " WHERE " + where};
  }
  require_width(rows.table, rows.columns, rows.rows);
  std::vector<std::string> statements;
  std::size_t count = 0;
  for (const std::vector<Literal>& row : rows.rows) {
    const std::string condition = row_condition(rows, row, style);
    if (count % style.max_conditions == 0) {
      statements.push_back(head + " WHERE\n  " + condition);
    } else {
      statements.back() += "\n  OR " + condition;
    }
    ++count;
  }
  return statements;
}

}  // namespace ormdb
