// Small pieces that all DDL text is made of: names in a schema, options, comments, expressions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// A setting of PostgreSQL's own; "" when it is not there.
const std::string& option(const Options& options, std::string_view key);
/// Whether the setting is "true".
bool has_flag(const Options& options, std::string_view key);
/// All settings of PostgreSQL's own.
const std::map<std::string, std::string>& settings(const Options& options);

/// "schema.name" with each part in quotes where needed; the default schema ("") is left out.
std::string dotted(std::string_view schema, std::string_view name);

std::string sql_name(const Table& table);
std::string sql_name(const View& view);
std::string sql_name(const Enum& value);
/// Of an operator without quotes, as SQL wants it; without the signature.
std::string sql_name(const DatabaseObject& object);

/// The table or view of a qualified name ("schema.name", unquoted). A name that itself has a dot
/// is found where `schema` has it; otherwise the first dot separates.
std::string relation_sql(std::string_view qualified, const Schema& schema);
/// The same for a type's qualified name.
std::string type_name_sql(std::string_view qualified, const Schema& schema);
/// The name of an index or sequence, which stands in the schema of its table.
std::string beside(std::string_view name, std::string_view table, const Schema& schema);
/// A collation's name; one of another schema is found among the schema's objects, since names of
/// collations have dots of their own (en_US.utf8).
std::string collation_sql(std::string_view name, const Schema& schema);

/// The table and column of "schema.table.column"; empty when there is none.
struct ColumnPlace {
  const Table* table;
  const Column* column;
};
std::optional<ColumnPlace> find_owner(std::string_view owned_by, const Schema& schema);

/// COMMENT ON what IS 'text', or NULL for an empty text.
std::string comment_sql(std::string_view what, std::string_view text);

/// $$text$$, with a tag where the text has $$ itself.
std::string dollar_quoted(std::string_view text);

/// An expression where only a name, a call or parentheses may stand: as it is if it is one of
/// those, else in parentheses.
std::string enclosed(std::string_view expression);

/// A statement that lets a sequence go on behind the highest number of a column, unless that is
/// below `start`. `sequence` is an expression, the others are names in SQL.
std::string continue_sequence_sql(const std::string& sequence, const std::string& column,
                                  const std::string& table, const std::string& start);

/// Statements that bring a sequence's number into new limits ("" is none), which ALTER SEQUENCE
/// would refuse to leave it outside of.
std::vector<std::string> clamp_sequence_sql(const std::string& sequence, const std::string& min,
                                            const std::string& max);

/// "name = value, …" of storage parameters: those of `parameters` that are no settings with a
/// syntax of their own.
using Parameters = std::vector<std::pair<std::string, std::string>>;
std::string parameters_sql(const Parameters& parameters);

/// Appends a statement list to another.
template <typename Item>
void append(std::vector<Item>& to, std::vector<Item> items) {
  for (Item& item : items) to.push_back(std::move(item));
}

}  // namespace ormdb::postgresql
