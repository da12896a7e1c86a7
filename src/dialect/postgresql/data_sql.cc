#include "dialect/postgresql/data_sql.h"

#include <algorithm>

#include "dialect/data_sql.h"
#include "dialect/postgresql/ddl.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/types.h"
#include "ops/canonical.h"

namespace ormdb::postgresql {

namespace {

// The type as which a column's values have an equality; "" is its own.
std::string comparable_type(const Column& column, const Schema& schema) {
  if (column.type.kind == TypeKind::kJson) return "jsonb";
  if (column.type.kind != TypeKind::kNative) return "";
  static const std::vector<std::string> kWithout = {"xml",  "point",   "box",   "path",
                                                    "line", "polygon", "circle"};
  return contains(kWithout, type_to_sql(column.type, &schema)) ? "text" : "";
}

std::string comparison(const std::string& name, const Literal& cell, const Table* table,
                       const Schema& schema) {
  const Column* column = table == nullptr ? nullptr : table->find_column(name);
  std::string value = literal(cell);
  if (cell.kind == Literal::Kind::kSql) value = "(" + value + ")";
  // 1.1 would be a numeric, which no real is equal to; '1.1' is of the column's type.
  if (cell.kind == Literal::Kind::kNumber) value = string_literal(cell.text);
  const std::string type = column == nullptr ? "" : comparable_type(*column, schema);
  if (type.empty()) return quote(name) + " IS NOT DISTINCT FROM " + value;
  const std::string own = type_to_sql(column->type, &schema);
  return quote(name) + "::" + type + " IS NOT DISTINCT FROM " + value + "::" + own + "::" + type;
}

RowStyle row_style(const std::string& name, const Schema& schema) {
  const Table* table = schema.find_table(name);
  RowStyle style;
  style.table = relation_sql(name, schema);
  style.dialect = "postgresql";
  style.definition = table;
  style.quote = [](std::string_view identifier) { return quote(identifier); };
  style.value = [](const Literal& cell) { return literal(cell); };
  style.equals = [table, &schema](const std::string& column, const Literal& cell) {
    return comparison(column, cell, table, schema);
  };
  style.same_name = [](std::string_view a, std::string_view b) { return a == b; };
  return style;
}

bool is_numbered(const Column& column) {
  return !identity_kind(column).empty() || has_flag(column.options, "serial");
}

bool has_whole_number(const InsertRows& rows, std::size_t column) {
  return std::any_of(rows.rows.begin(), rows.rows.end(), [&](const std::vector<Literal>& row) {
    return row[column].kind == Literal::Kind::kNumber &&
           row[column].text.find_first_of(".eE") == std::string::npos;
  });
}

// Rows with numbers of their own do not advance the sequence that numbers the others, so that a
// later row would get a number that is taken. Of a table that is not known here any column may be
// numbered: where it is not, the statement finds no sequence and looks at no row.
std::vector<std::string> continue_sequences_sql(const InsertRows& rows, const RowStyle& style) {
  std::vector<std::string> statements;
  for (std::size_t i = 0; i < rows.columns.size(); ++i) {
    const std::string& name = rows.columns[i];
    const Table* table = style.definition;
    const Column* column = table == nullptr ? nullptr : table->find_column(name);
    if (column != nullptr && !is_numbered(*column)) continue;
    if (!has_whole_number(rows, i)) continue;
    const std::string highest =
        "(SELECT max(" + quote(name) + ")::text::bigint FROM " + style.table + ")";
    statements.push_back("SELECT setval(seqrelid::regclass, " + highest +
                         ")\nFROM pg_sequence WHERE seqrelid = pg_get_serial_sequence(" +
                         string_literal(style.table) + ", " + string_literal(name) +
                         ")::regclass\n  AND " + highest +
                         "\n    BETWEEN coalesce(pg_sequence_last_value(seqrelid), seqmin) AND "
                         "seqmax");
  }
  return statements;
}

}  // namespace

std::vector<std::string> insert_sql(const InsertRows& rows, const Schema& schema) {
  RowStyle style = row_style(rows.table, schema);
  if (style.definition != nullptr) {
    const std::vector<Column>& columns = style.definition->columns;
    const bool overrides = std::any_of(columns.begin(), columns.end(), [&](const Column& column) {
      return identity_kind(column) == "always" && contains(rows.columns, column.name);
    });
    if (overrides) style.before_values = "OVERRIDING SYSTEM VALUE ";
  } else {
    style.before_values = "OVERRIDING SYSTEM VALUE ";  // means nothing without an identity
  }
  std::vector<std::string> statements = ormdb::insert_sql(rows, style);
  for (std::string& sql : continue_sequences_sql(rows, style)) {
    statements.push_back(std::move(sql));
  }
  return statements;
}

std::string update_sql(const UpdateRows& rows, const Schema& schema) {
  return ormdb::update_sql(rows, row_style(rows.table, schema));
}

std::vector<std::string> delete_sql(const DeleteRows& rows, const Schema& schema) {
  return ormdb::delete_sql(rows, row_style(rows.table, schema));
}

}  // namespace ormdb::postgresql
