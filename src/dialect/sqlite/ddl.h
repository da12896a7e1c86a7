// The SQL text of schema objects for SQLite, as a person would write it: one column a line,
// constraints after the columns, names in quotes only where needed. Comments are not stored by
// SQLite and left out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb {

/// Throws kUnsupported for a table of a named schema.
void require_sqlite_table(const Table& table);

/// CREATE TABLE without its indexes. A rowid alias gets its key inline, which AUTOINCREMENT needs;
/// enum columns get a CHECK of their values. `name`: another name for the table ("" is its own).
/// Throws kScript for an enum that `enums` does not have, kUnsupported for a table of a named
/// schema.
std::string create_table_sql(const Table& table, const std::vector<Enum>& enums,
                             std::string_view name = "");

/// "name TYPE NOT NULL DEFAULT …" for ALTER TABLE … ADD COLUMN; an enum's CHECK stands in it.
std::string added_column_sql(const Table& table, const Column& column,
                             const std::vector<Enum>& enums);

std::string create_index_sql(const Index& index, std::string_view table);
std::string create_view_sql(const View& view);
std::string create_virtual_table_sql(const VirtualTable& table);

/// Throws kUnsupported for what SQLite's triggers lack: several events, statement level.
void require_sqlite_trigger(const Trigger& trigger);
/// The same, and the statement.
std::string create_trigger_sql(const Trigger& trigger);

}  // namespace ormdb
