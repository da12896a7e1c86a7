// The part of the DDL parser that reads CREATE TABLE.
#pragma once

#include <string>

#include "dialect/sqlite/ddl_cursor.h"
#include "ormdb/schema.h"

namespace ormdb {

/// Reads from behind the table's name to the end.
Table read_table_definition(DdlCursor& cursor, std::string name);

}  // namespace ormdb
