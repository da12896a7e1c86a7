// Operations as document trees, for scripts (YAML) and machine-readable output (JSON).
// One field list per kind, read and written side by side. This form's manual is ormdb-script(5).
//
//     create_table:      {table: post, …the table's body as in models…}
//     drop_table:        the same
//     rename_table:      {table: old, to: new}
//     alter_table:       {table, from: {comment, sqlite: {…}}, to: {…}}
//     add_column:        {table, column: {name: slug, type: string(120), nullable: true}}
//     drop_column:       the same
//     alter_column:      {table, name: slug, from: {type, …}, to: {type, …}, using: EXPR}
//     rename_column:     {table, name: old, to: new}
//     add_constraint:    {table, name: uq, unique: [a, b]}       (drop_constraint: the same)
//     create_index:      {name, table, columns, unique, …}       (drop_index: the same)
//     create_view:       {view: name, as: …}                     (drop_view: the same)
//     replace_view:      {view: name, from: {as: …}, to: {as: …}}
//     create_trigger:    {name, table, timing, events, body, …}  (drop_trigger: the same)
//     replace_trigger:   {name, table, from: {…}, to: {…}}
//     create_virtual_table: {table, module, arguments}           (drop_virtual_table: the same)
//     create_enum:       {name, values, schema, comment}         (drop_enum: the same)
//     alter_enum:        {name, from: […], to: […]}      (also from: {values, schema, comment})
//     insert_rows:       {table, rows: [{col: value, …}, …]}
//     update_rows:       {table, set: {col: value}, where: EXPR}
//     delete_rows:       {table, where: EXPR} or {table, rows: […]}
//     execute:           SQL | {sqlite: …, default: …} | {sql: …, effects: [operations]}
// A step may carry `transaction: false` beside its operation.
//
// The bodies are those of schema_node.h. A column in add_column, drop_column and alter_column
// carries no constraints: they are operations of their own. The columns of rows are the keys of all
// rows in the order in which they first appear; `columns: […]` before `rows` sets them (and is
// written when there are no rows to show them); what a row leaves out is null. update_rows and
// delete_rows without `where` work on every row.
#pragma once

#include <vector>

#include "base/node.h"
#include "ormdb/operation.h"

namespace ormdb {

/// {add_column: {…}} — one entry, and `transaction: false` where it applies.
Node operation_to_node(const Operation& operation);

/// Throws kScript at file:line; `number` is the operation's in its section, from 1, and becomes the
/// error's operation().
Operation operation_from_node(const Node& node, const Source& source, int number);

}  // namespace ormdb
