// Column types between ormdb's kinds and what SQLite stores: the declared text.
//
// SQLite keeps a column's type as the text that was declared and derives an affinity from it
// (https://www.sqlite.org/datatype3.html, 3.1). The names written here are chosen so that the
// affinity fits the values, and so that reading a written name gives the kind again:
//
//     integer INTEGER   big_integer BIGINT  small_integer SMALLINT  boolean BOOLEAN
//     string VARCHAR    string(n) VARCHAR(n)  text TEXT             large_binary BLOB
//     float FLOAT       double DOUBLE       numeric NUMERIC, NUMERIC(p), NUMERIC(p, s)
//     date DATE         time TIME           datetime, datetime(tz) DATETIME
//     json JSON         jsonb JSONB         uuid CHAR(36)           enum VARCHAR(longest value)
//
// interval is TEXT (INTERVAL would get integer affinity from its first three letters), array is
// JSON. Every other declared text is kept as a native type of "sqlite" as it stands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb {

/// The declared text of a type; "" for a column without one. `strict`: one of the six names that a
/// STRICT table allows. An enum is VARCHAR here: expand_enums() knows its values. Throws kModel for
/// a native type without a spelling for SQLite.
std::string sqlite_type_name(const Type& type, bool strict = false);

/// The declared text of a column of `table`: as sqlite_type_name, and INTEGER for the column that
/// shall be the rowid (is_rowid_alias).
std::string sqlite_column_type(const Table& table, const Column& column);

/// What a declared type means; spaces and case of a known name do not count.
/// parse_sqlite_type(sqlite_type_name(t)) == t for all but interval, array, enum and datetime(tz).
Type parse_sqlite_type(std::string_view declared);

/// The type in the one spelling under which types that are stored alike are equal: what is read
/// back after writing it, a native one in upper case without needless spaces.
Type canonical_sqlite_type(const Type& type, bool strict);

/// Whether a table option of SQLite ("strict", "without_rowid") is on.
bool has_sqlite_flag(const Table& table, const std::string& key);

/// Whether `column` is its table's rowid under another name: the only column of the primary key, of
/// kind integer, big_integer or small_integer, in a table with rowids, and not declared with the
/// inline DESC that keeps it from being one (primary key option inline_desc;
/// https://www.sqlite.org/lang_createtable.html#rowid). Such a column is always declared INTEGER.
/// A BIGINT PRIMARY KEY of a database is no alias; it is introspected as a native type.
bool is_rowid_alias(const Table& table, const Column& column);

/// Replaces enum columns by string(longest value) and a CHECK (column IN (…)) without name, which
/// is what an enum is on SQLite. A type that names no enum of `enums` becomes string.
void expand_enums(Table& table, const std::vector<Enum>& enums);

}  // namespace ormdb
