// The SQL of whole tables: creating one with everything that belongs to it, and changing its
// settings.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// The tables that it inherits from: its partitioned table, or those of "inherits".
std::vector<std::string> parents_of(const Options& options);
/// Tables that inherit from it, children of children too.
std::vector<const Table*> descendants_of(std::string_view table, const Schema& schema);

bool is_partition(const Table& table);
/// Whether the column exists because a parent has it. "merged" ones are the child's own as well.
bool is_inherited(const Column& column);
bool is_only_inherited(const Column& column);

/// Everything that makes the table: CREATE TABLE, what cannot stand in it (storage, constraints
/// that are not valid), ATTACH PARTITION, indexes, security, comments.
///
/// A partition is created with columns of its own and attached, as pg_dump does, so that its
/// columns keep their order; the server then makes its part of the parent's indexes, keys and
/// triggers. The parent's checks have to be there before and are stated. A child that INHERITS
/// leaves columns that are only inherited to the server.
std::vector<std::string> create_table_sql(const Table& table, const Schema& schema);

/// From one state of comment and options to another. What names an index that the table does not
/// have yet is left out: index_role_sql has it.
/// Throws kUnsupported for a change of partition_by, which PostgreSQL has no way for.
std::vector<std::string> alter_table_sql(const AlterTable& change, const Schema& schema);

/// CLUSTER ON and REPLICA IDENTITY USING INDEX, where the table's options name this index.
std::vector<std::string> index_role_sql(const Table& table, std::string_view index);

}  // namespace ormdb::postgresql
