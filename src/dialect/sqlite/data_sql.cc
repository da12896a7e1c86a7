#include "dialect/sqlite/data_sql.h"

#include "dialect/data_sql.h"
#include "dialect/sqlite/literal.h"
#include "dialect/sqlite/lookup.h"

namespace ormdb {

namespace {

// IS TRUE tests for any true value, IS 1 for this one.
std::string comparison(const std::string& column, const Literal& cell) {
  std::string value = sqlite_literal(cell);
  if (cell.kind == Literal::Kind::kBoolean) value = cell.text == "true" ? "1" : "0";
  if (cell.kind == Literal::Kind::kSql) value = "(" + value + ")";
  return quote_sqlite(column) + " IS " + value;
}

// Each OR nests a DELETE's expression one deeper; SQLite allows 1000.
RowStyle row_style(const std::string& table, const Table* definition = nullptr) {
  RowStyle style;
  style.table = quote_sqlite(table);
  style.dialect = "sqlite";
  style.definition = definition;
  style.quote = [](std::string_view name) { return quote_sqlite(name); };
  style.value = [](const Literal& cell) { return sqlite_literal(cell); };
  style.equals = comparison;
  style.same_name = [](std::string_view a, std::string_view b) { return same_name(a, b); };
  return style;
}

}  // namespace

std::vector<std::string> insert_sql(const InsertRows& rows) {
  return insert_sql(rows, row_style(rows.table));
}

std::string update_sql(const UpdateRows& rows) { return update_sql(rows, row_style(rows.table)); }

std::vector<std::string> delete_sql(const DeleteRows& rows, const Table* table) {
  return delete_sql(rows, row_style(rows.table, table));
}

}  // namespace ormdb
