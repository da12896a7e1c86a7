// Schema values as document trees: the one place that knows how tables, columns, indexes,
// constraints, views and triggers are written, in models and in scripts alike. The manual of this
// form is ormdb-models(5).
//
// A table's body, in models (`tables: {post: BODY}`) and in create_table (BODY plus `table: post`):
//
//     columns:
//       id:      {type: integer, primary_key: true}       # true, or the constraint's name
//       title:   {type: string(100), unique: uq_title}    # the same
//       user_id: {type: integer, references: user.id, foreign_key: fk_name, on_delete: cascade}
//       total:   {type: numeric(10,2), generated: {as: price * n, stored: true}}
//       created: {type: datetime, default: {sql: CURRENT_TIMESTAMP}, collate: NOCASE, check: "…"}
//     primary_key: [a, b desc]                  # composite; or {name: pk, columns: [a, b]}
//     constraints:                              # a list, or a map name → body
//       - {name: uq, unique: [a, b]}
//       - {foreign_key: [a, b], references: parent(x, y), on_delete: cascade, deferrable: deferred}
//       - {name: ck, check: price > 0}
//     indexes:                                  # a map name → body, or a list of {name, …}
//       ix_post_date: {columns: [date_posted desc, lower(title)], unique: true, where: "…"}
//     triggers:                                 # in models only, as at the top but without `table`
//     schema, comment, renamed_from, sqlite: {strict: true, without_rowid: true}, …
//     relationships: {posts: {to: post, kind: one_to_many, back_populates: author}}
//
// Every key, with its default ("-": it must stand):
//
//   column        type (-), nullable (false), default (none), generated {as (-), stored (false)},
//                 autoincrement (false), collate, comment, renamed_from, options by dialect, and of
//                 one-column constraints: primary_key and unique (true or the constraint's name),
//                 references with foreign_key (its name), on_delete, on_update, match, deferrable;
//                 check (SQL). Two columns with primary_key: true make one composite key.
//   primary_key   a list of key parts, or {name, columns (-), deferrable, options by dialect}
//   constraint    name, one of primary_key, unique (key parts), foreign_key (column names), check
//                 (SQL); for foreign_key also references (-), on_delete, on_update (no_action,
//                 restrict, cascade, set_null, set_default), match (full, partial, simple);
//                 deferrable (false; immediate or true; deferred); options by dialect
//   references    table.column, schema.table.column, table(a, b), table (its primary key), or
//                 {table (-), columns} for names with odd characters
//   index         columns (-), unique (false), where, method, include, comment, renamed_from,
//                 options by dialect
//   relationship  to (-), kind (one_to_many, many_to_one, one_to_one, many_to_many),
//                 back_populates, secondary, columns, order_by, cascade
//   view          as (-; SQL without the final semicolon), columns, schema, comment, options by
//                 dialect; or just the SQL text
//   trigger       table (-), timing (after; before, instead_of), events (-; insert, update, delete,
//                 truncate), update_of, for_each (row; statement), when, body (-), options by
//                 dialect
//   virtual table module (-), arguments, renamed_from; or the text "fts5(title, body)"
//   enum          a list of values, or {values (-), schema, comment}
//   models file   format (-; 1), enums, tables, virtual_tables, views, triggers: maps name → body
//                 (triggers also as a list of {name, …})
//
// Options by dialect are maps under the keys sqlite, postgresql, mysql: name → scalar; true for a
// flag, and a flag that is false is as good as absent.
//
// SQL text is text, or {sqlite: …, postgresql: …, mysql: …, default: …}, where an empty text says
// that there is none for that dialect; white space around SQL does not count. A key part is text
// ("name", "name desc", "name collate NOCASE desc nulls last", "lower(name)", names with odd
// characters in double quotes) or a map ({column | expression, order: desc, collate, nulls,
// operator_class, length}). A literal is null, true, false, a number, text,
// !!binary, {sql: SQL}, or {number: "0x1F"} for a number in a spelling that YAML does not know;
// quoted digits are text. A type is text, a map of native spellings ({sqlite: NVARCHAR(160)}), or,
// for what has no text form, {enum: "odd name"} and {array: TYPE}.
//
// Where a table or view of another schema has the name of one in the models file's maps, its key is
// "schema.name" beside its `schema:`.
//
// Law: read(write(x)) == x, lists in their order, for values whose SQL text has no outer white
// space and whose option maps are not empty. One-column constraints stand in their column only
// where that keeps the order of uniques and foreign_keys: reading takes those of the columns first,
// in column order, then those of `constraints`.
#pragma once

#include <string>

#include "base/node.h"
#include "ormdb/schema.h"

namespace ormdb {

/// What `on_delete:` and `on_update:` say; "" for no action.
const char* action_word(ForeignKeyAction action);

// Writing. What has its default value is left out; one-column constraints stand in their column.
Node table_to_node(const Table& table);                 ///< The body, without the name.
Node column_to_node(const Column& column);              ///< The body, without the name.
Node index_to_node(const Index& index);                 ///< The body, without the name.
Node constraint_to_node(const Constraint& constraint);  ///< {name, unique: […]} and so on.
Node view_to_node(const View& view);                    ///< {as: …}, without the name.
Node trigger_to_node(const Trigger& trigger);           ///< Without the name, with `table`.
Node virtual_table_to_node(const VirtualTable& table);  ///< {module, arguments}, without the name.
Node enum_to_node(const Enum& value);  ///< The values, or {values, schema, comment}.
Node type_to_node(const Type& type);
Node literal_to_node(const Literal& literal);
Node sql_text_to_node(const SqlText& text);
Node options_to_node(const Options& options);  ///< {sqlite: {…}}; merged by the callers.
Node schema_to_node(const Schema& schema);     ///< A whole models file: format, tables, views, …

// Reading. Errors are of reader.kind() at the offending line, with the nearest valid spelling.
// Each takes the keys that it knows and leaves reader.finish() to its caller, so that the caller
// may add keys of its own (`table`, `name`).
Table read_table(NodeReader& reader, std::string name);
/// One-column constraints go to `table`; nullptr: they are errors.
Column read_column(NodeReader& reader, std::string name, Table* table);
Index read_index(NodeReader& reader, std::string name);
Constraint read_constraint(NodeReader& reader);  ///< Reads `name` too.
View read_view(NodeReader& reader, std::string name);
Trigger read_trigger(NodeReader& reader, std::string name);  ///< Reads `table` too.
Trigger read_trigger_of(NodeReader& reader, std::string name, std::string table);
VirtualTable read_virtual_table(NodeReader& reader, std::string name);
/// `parent` is whose errors are; `node` a list of values or a map. Reads all keys.
Enum read_enum(const NodeReader& parent, const Node& node, std::string name);
Type read_type(const NodeReader& reader, const Node& node);
Literal read_literal(const NodeReader& reader, const Node& node);
SqlText read_sql_text(const NodeReader& reader, const Node& node);
KeyPart read_key_part(const NodeReader& reader, const Node& node);
/// What carries options: it decides which ones SQLite has (schema.h, Options).
enum class OptionsOf { kTable, kColumn, kPrimaryKey, kUnique, kCheck, kOther };
/// The keys sqlite, postgresql, mysql. An option of SQLite that there is not, or a value that it
/// cannot have, is an error with the nearest one.
Options read_options(NodeReader& reader, OptionsOf of = OptionsOf::kOther);
Schema read_schema(NodeReader& reader);  ///< A whole models file's map.

}  // namespace ormdb
