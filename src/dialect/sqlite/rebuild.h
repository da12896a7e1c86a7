// Rebuilding a table: the procedure for changes that SQLite's ALTER TABLE lacks
// (https://www.sqlite.org/lang_altertable.html#otheralter), with what the plain procedure loses:
//
//  1. CREATE TABLE _ormdb_new_t with everything the table shall have.
//  2. INSERT OR ABORT … SELECT with explicit columns: generated columns left out, rowids of tables
//     without INTEGER PRIMARY KEY kept. OR ABORT overrides the ON CONFLICT clauses of constraints,
//     so either every row arrives or the statement fails; rows need not be counted.
//  3. The AUTOINCREMENT counter is copied, or ids of deleted rows would be given out again.
//  4. DROP TABLE t. The caller has foreign keys off where any point to t: the implicit DELETE would
//     cascade otherwise. Its indexes and triggers go with it.
//  5. PRAGMA legacy_alter_table=ON around the RENAME: views, triggers and foreign keys of other
//  tables
//     keep naming t. Without it the RENAME fails when a view mentions t.
//  6. Indexes and triggers are created again.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb {

/// Where a column's values come from: an expression over the old table.
struct ColumnSource {
  std::string expression;
  bool plain = true;  ///< Just the old column.
};

struct Rebuild {
  Table from;                                   ///< As the table stands in the database.
  std::map<std::string, ColumnSource> sources;  ///< Folded new name → source; absent: its default.
};

/// The name a table has while it is built.
std::string rebuild_name(const std::string& table);

/// Takes the table's own name from before columns in its checks, as rebuild_sql() needs it: while
/// the new table is built, "t.a" would name nothing.
void unqualify_checks(Table& table);

/// A rebuild that copies every column of the table as it is.
Rebuild rebuild_of(const Table& table);

/// The statements in order; `after` holds the table as it shall be, its triggers and the enums.
/// Throws kUnsupported when the temporary name is taken.
std::vector<std::string> rebuild_sql(const Rebuild& rebuild, const Table& to, const Schema& after);

/// A new table with its indexes and triggers.
std::vector<std::string> create_with_parts(const Table& table, const Schema& after);

}  // namespace ormdb
