// The parts of PostgresqlRules::normalize (rules.h has what they do).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/postgresql/expression.h"
#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// A table's columns for canonical_expression(). Throws kUnsupported for a type without a spelling.
ColumnTypes column_types(const Table& table, const Schema& schema);

/// In place; `schema` is the one that the table comes from. Foreign keys without columns are left
/// to resolve_references().
void normalize_table(Table& table, const Schema& schema);

/// In place; `types` are those of the view's columns, where they are known.
void normalize_indexes(std::vector<Index>& indexes, const Table* table, const ColumnTypes& types);

/// PostgreSQL's text or the common one, canonical, as the common one.
void normalize_expression(SqlText& text, const ColumnTypes& types = {});
/// The same for a query or statement: tokens in one spelling, without the final semicolon.
void normalize_query(SqlText& text);

/// The default that a column of `type` (canonical) has; none for NULL. A cast to the column's own
/// type is no part of a constant.
std::optional<Literal> normalized_default(const std::optional<Literal>& value, const Type& type,
                                          const Schema& schema);

/// The options of a table, column, constraint, index, view or trigger: PostgreSQL's own, without
/// flags that are off and without defaults; storage parameters in lower case.
void normalize_options(Options& options);

/// The value of one of PostgreSQL's options; "" when it is not there.
const std::string& postgresql_option(const Options& options, std::string_view key);
bool postgresql_flag(const Options& options, std::string_view key);

/// The parameters of a sequence by name ("start", "increment", "min", "max", "cache", "cycle"),
/// without those that are the default for its type ("bigint", "integer", "smallint").
void drop_sequence_defaults(std::map<std::string, std::string>& parameters, std::string_view type);

/// "a, \"B\"" as names in one spelling.
std::string canonical_name_list(std::string_view names);

/// The call of a trigger's function: schema.name('a', 'b'), arguments as strings.
std::string canonical_call(std::string_view call);

/// In place. false when PostgreSQL has no such object, or has it anyway (plpgsql).
bool normalize_object(DatabaseObject& object, const Schema& schema);

// The parts of normalize_object for routines, aggregates and operators.

/// Argument types between commas, in format_type's spelling and without modifiers, which routines
/// do not keep. IN is dropped; VARIADIC and INOUT are kept.
std::string canonical_signature(std::string_view signature);
void normalize_routine(DatabaseObject& object);
void normalize_aggregate(DatabaseObject& object);

// Properties of an object as texts.

void set_text(DatabaseObject& object, const std::string& property, std::string text);
/// Erases the property when it has this value.
void drop_default(DatabaseObject& object, const std::string& property, std::string_view value);

}  // namespace ormdb::postgresql
