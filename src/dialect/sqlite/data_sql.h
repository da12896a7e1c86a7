// INSERT, UPDATE and DELETE text for the data steps.
#pragma once

#include <string>
#include <vector>

#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb {

/// Multi-row INSERTs, at most 500 rows or half a megabyte each (SQLite's default limit on a
/// statement is one megabyte, https://www.sqlite.org/limits.html). Throws kScript for a row of
/// another length.
std::vector<std::string> insert_sql(const InsertRows& rows);

std::string update_sql(const UpdateRows& rows);

/// Deletes by condition, or exactly the given rows; NULL equals NULL. Cells that are expressions
/// (CURRENT_TIMESTAMP) are not compared where the other cells hold the whole primary key of `table`
/// (nullptr: unknown).
std::vector<std::string> delete_sql(const DeleteRows& rows, const Table* table);

}  // namespace ormdb
