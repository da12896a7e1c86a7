// SQLite's stored CREATE statements as schema values.
//
// SQLite keeps every object as the text that created it (sqlite_schema.sql); what the pragmas tell
// is a part of that: they know no CHECK, no constraint name, no COLLATE, no conflict clause. So the
// text is parsed, by the grammar of SQLite's src/parse.y: all four quotings, comments anywhere,
// keywords as names, column and table constraints in any number and order, the quirks of stored
// text.
//
// Names keep their spelling. SQL text (checks, defaults, queries, bodies) is taken verbatim, from
// its first to its last token. Column constraints and table constraints give the same values.
//
// Errors: kDatabase for a text that is no such statement, kUnsupported for CREATE TABLE … AS
// SELECT; both carry the statement.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "ormdb/schema.h"

namespace ormdb {

/// An index and the table it stands on.
struct SqliteIndex {
  std::string table;
  Index index;
  bool operator==(const SqliteIndex&) const = default;
};

using SqliteObject = std::variant<Table, VirtualTable, SqliteIndex, View, Trigger>;

/// Reads CREATE TABLE, VIRTUAL TABLE, INDEX, VIEW or TRIGGER (TEMP and IF NOT EXISTS may stand
/// there).
///
/// Table: `nullable` is what holds, not only what is declared: the rowid alias and the primary-key
/// columns of WITHOUT ROWID and STRICT tables are not null. Options of "sqlite": strict and
/// without_rowid of the table, not_null_on_conflict of a column, on_conflict of a constraint, and
/// inline_desc of the primary key ("INTEGER PRIMARY KEY DESC" in the column, which makes no rowid
/// alias and must be written that way again; `descending` is set too). Referenced columns that are
/// not written stay empty; see resolve_references().
///
/// Trigger: `when` and `body` are verbatim, `when` with the parentheses it has.
SqliteObject parse_sqlite_ddl(std::string_view sql);

/// The same for a statement that must create a table.
Table parse_sqlite_table(std::string_view sql);

/// Fills in the columns of foreign keys that name none: the primary key of the table they
/// reference, where it is there and has as many columns.
void resolve_references(Schema& schema);

}  // namespace ormdb
