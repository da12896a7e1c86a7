// Finding things in a Schema the way SQLite does: names without regard to ASCII case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb {

bool same_name(std::string_view a, std::string_view b);
bool holds_name(const std::vector<std::string>& names, std::string_view name);

const Table* lookup_table(const Schema& schema, std::string_view name);
const Column* lookup_column(const Table& table, std::string_view name);

/// The table, or Error{kScript} "no table x".
const Table& require_table(const Schema& schema, std::string_view name);

/// A setting of SQLite's own, "" when it is not there; is_set: it is "true".
std::string sqlite_option(const Options& options, const std::string& key);
bool is_set(const Options& options, const std::string& key);

/// Whether a name token of the SQL text is `name`: it may mean that object or another one of that
/// name.
bool mentions(std::string_view sql, std::string_view name);

/// Whether a foreign key of `table` points to `target`.
bool references(const Table& table, std::string_view target);

/// Whether any foreign key points to `target`, its own included unless `but_itself`.
bool is_referenced(const Schema& schema, std::string_view target, bool but_itself = false);

}  // namespace ormdb
