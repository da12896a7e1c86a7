// INSERT, UPDATE and DELETE text for the data steps; dialects say how they spell things.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb {

/// How a dialect writes rows of one table.
struct RowStyle {
  std::string table;                  ///< Its name as SQL spells it.
  std::string_view dialect;           ///< Which text of a condition is meant.
  std::string before_values;          ///< Words between the columns and VALUES: "OVERRIDING …".
  const Table* definition = nullptr;  ///< nullptr: unknown.
  std::size_t max_conditions = 100;   ///< Rows that one DELETE names.
  std::function<std::string(std::string_view)> quote;
  std::function<std::string(const Literal&)> value;
  /// A comparison of a column with a constant or an expression in which NULL equals NULL.
  std::function<std::string(const std::string& column, const Literal&)> equals;
  std::function<bool(std::string_view, std::string_view)> same_name;
};

/// Multi-row INSERTs, at most 500 rows or half a megabyte each. Throws kScript for a row of another
/// length.
std::vector<std::string> insert_sql(const InsertRows& rows, const RowStyle& style);

std::string update_sql(const UpdateRows& rows, const RowStyle& style);

/// Deletes by condition, or exactly the given rows. Cells that are expressions (CURRENT_TIMESTAMP)
/// are not compared where the other cells hold the whole primary key of the table.
std::vector<std::string> delete_sql(const DeleteRows& rows, const RowStyle& style);

}  // namespace ormdb
