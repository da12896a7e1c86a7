// The pieces of apply(): what operations on columns, constraints and renames mean. Each checks
// first and changes then, so that an error leaves the schema as it was.
#pragma once

#include <string>
#include <string_view>

#include "ormdb/diff.h"
#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb {

/// The table, or kScript with the nearest name.
Table& require_table(Schema& schema, std::string_view name, const SchemaRules& rules);
Column& require_column(Table& table, std::string_view name, const SchemaRules& rules);

void apply_rename_table(const RenameTable& operation, Schema& schema, const SchemaRules& rules);
void apply_rename_column(const RenameColumn& operation, Schema& schema, const SchemaRules& rules);

void apply_add_column(const AddColumn& operation, Schema& schema, const SchemaRules& rules);
/// A column that a key, an index, a check or another column uses stays: kScript names the user.
void apply_drop_column(const DropColumn& operation, Schema& schema, const SchemaRules& rules);
void apply_alter_column(const AlterColumn& operation, Schema& schema, const SchemaRules& rules);

void apply_add_constraint(const AddConstraint& operation, Schema& schema, const SchemaRules& rules);
/// Drops the constraint of the same kind and name, else the one with the same content.
void apply_drop_constraint(const DropConstraint& operation, Schema& schema,
                           const SchemaRules& rules);

void apply_create_index(const CreateIndex& operation, Schema& schema, const SchemaRules& rules);
/// By name; an index without one by its content.
void apply_drop_index(const DropIndex& operation, Schema& schema, const SchemaRules& rules);
/// Throws kScript when a name of the index is taken or a column of it is unknown.
void check_new_index(const Index& index, const Table& table, const Schema& schema,
                     const SchemaRules& rules);

/// Gives the checks that an enum column implies a place of their own, and the column the type that
/// the dialect stores it as: the meaning is the same, and the checks can be dropped one by one.
void make_checks_explicit(Table& table, Column& column, const Schema& schema,
                          const SchemaRules& rules);

}  // namespace ormdb
