// The parts of SqliteRules::normalize (rules.h has what they do).
#pragma once

#include <vector>

#include "ormdb/schema.h"

namespace ormdb {

/// In place; `enums` are those of the schema.
void normalize_sqlite_table(Table& table, const std::vector<Enum>& enums);

/// SQLite's text or the common one, canonical, as the common one.
void normalize_sqlite_text(SqlText& text);

/// Only SQLite's options, in lower case, without flags that are off.
void normalize_sqlite_options(Options& options);

/// The name in lower case, in place.
void fold_sqlite_name(std::string& name);

}  // namespace ormdb
