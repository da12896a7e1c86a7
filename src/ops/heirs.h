// Tables that have their columns from another one (PostgreSQL's partitions and inheritance): what
// happens to a column of the parent happens to theirs, which say `inherited: true`.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb {

/// Partitions and children of the table, and theirs.
std::vector<Table*> heirs_of(const std::string& qualified_name, Schema& schema);

/// Those of them that have the column from it.
std::vector<Table*> heirs_with_column(const std::string& qualified_name, const std::string& column,
                                      Schema& schema);
/// Whether the table has the column from another one, if only besides having it itself.
bool is_inherited(const Table& table, const std::string& column);

/// The table that a partition belongs to; "" for other tables.
const std::string& partitioned_table(const Table& table);
const std::string& partitioned_table(const Options& options);

/// The partitioned table, or the tables that it inherits from.
std::vector<std::string> parents_of(const Table& table);

/// Follows the rename of a table that it has columns from. `same` tells the old name.
void rename_parent(Table& table, const std::function<bool(const std::string&)>& same,
                   const std::string& to);

/// Whether a change of settings takes the table into a partitioned one, out of one, or both.
bool attaches(const Options& from, const Options& to);
bool detaches(const Options& from, const Options& to);

/// The table as it is outside of its partitioned table: its columns are its own, as the parent has
/// them where a partition cannot differ. Constraints and indexes that it had from there are gone
/// (the DDL of the dialect drops them after DETACH), and columns that it does not spell are there.
Table without_parent(Table table, const Schema& schema);
/// What ATTACH does to the columns that the parent has, too.
void join_parent(Table& table, const Schema& schema);

/// Qualified name → the tables that it has columns from, and those that these have them from.
using Ancestors = std::map<std::string, std::set<std::string>>;
void collect_ancestors(const Schema& schema, Ancestors& ancestors);

// What operations on the parent's column do to those that come after it.

void inherit_column(const AddColumn& operation, Schema& schema);
void disinherit_column(const DropColumn& operation, Schema& schema);
/// `before` is the parent's. A default that is the parent's stays the parent's; another one stays
/// as it is.
void alter_inherited_column(const AlterColumn& operation, const Column& before, Schema& schema);

}  // namespace ormdb
