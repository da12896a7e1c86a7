// The schema of a SQLite database, read from the statements that SQLite keeps.
#pragma once

#include <string>
#include <vector>

#include "ormdb/connection.h"
#include "ormdb/dialect.h"
#include "ormdb/schema.h"

namespace ormdb {

/// Everything that a statement created in the main database, in the order of creation: tables with
/// their indexes, virtual tables, views, triggers. Left out: sqlite_… objects, the shadow tables of
/// virtual tables, the ignored tables and what stands on them. Names, types and SQL text are as
/// they were declared (ddl_parser.h); foreign keys without columns have got those they mean. One
/// query; another one only when there are virtual tables. Throws kDatabase, naming the object whose
/// definition cannot be read.
Schema introspect_sqlite(Connection& connection, const IntrospectOptions& options);

/// One row of sqlite_schema.
struct SqliteSchemaRow {
  std::string name;
  std::string table;  ///< Of an index or trigger: what it stands on. Else the name itself.
  std::string sql;    ///< "" for what SQLite made itself.
};

/// The same from rows that were read already. `shadows`: folded names of tables known to be
/// shadows.
Schema schema_of_rows(const std::vector<SqliteSchemaRow>& rows,
                      const std::vector<std::string>& shadows, const IntrospectOptions& options);

}  // namespace ormdb
