// Names inside SQL text: whether a text mentions one, and renaming it there.
//
// There is no SQL parser here; names are told from other words by their neighbours. What is renamed
// is what the engines' own RENAME would rename in ordinary SQL:
//   * a column in its own table's expressions: every identifier equal to it that is neither called
//   as
//     a function, nor qualified by another name, nor a keyword of expressions without quotes;
//   * a column in views and triggers that mention the table: the same, where a qualifier must be
//   the
//     table, an alias of it, or NEW and OLD of the table's own triggers, and a name after AS stays;
//   * a table: where it is a qualifier, or follows FROM, JOIN, INTO, UPDATE, or a comma of a FROM
//   list.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "ormdb/diff.h"
#include "ormdb/schema.h"

namespace ormdb {

/// The name without its schema.
std::string_view unqualified(std::string_view name);

/// The folded identifiers of a text (the dialect's own one), functions that are called left out.
std::set<std::string> mentioned_names(const SqlText& text, const SchemaRules& rules);

/// Whether they have a name in common.
bool intersect(const std::set<std::string>& a, const std::set<std::string>& b);

bool mentions_name(const SqlText& text, std::string_view name, const SchemaRules& rules);

/// Whether there is a query in parentheses: a subquery, or one of a WITH.
bool has_subquery(const SqlText& text, const SchemaRules& rules);

/// One column rename; `table` may be qualified.
struct ColumnRename {
  std::string_view table;
  std::string_view from;
  std::string_view to;
};

/// In an expression of the table itself: a check, a generated column, an index.
void rename_column_in_expression(SqlText& text, const ColumnRename& rename,
                                 const SchemaRules& rules);

/// In a view's query, or in a trigger's body and condition. `owned`: a trigger on the table itself.
/// Unqualified names change only in texts that read or write the table.
void rename_column_in_statement(SqlText& text, const ColumnRename& rename, bool owned,
                                const SchemaRules& rules);

/// The same where the engine keeps the text parsed, and with it the names of what a query selects:
/// an item that was just the column is `new AS old` then.
void rename_column_in_parsed(SqlText& text, const ColumnRename& rename, bool owned,
                             const SchemaRules& rules);

/// The table as the type of its rows: in arguments, in what a function returns, in a type.
void rename_type_in_sql(SqlText& text, std::string_view from, std::string_view to,
                        const SchemaRules& rules);

void rename_table_in_sql(SqlText& text, std::string_view from, std::string_view to,
                         const SchemaRules& rules);

}  // namespace ormdb
