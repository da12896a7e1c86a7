// Operations → SQL for SQLite: native statements where ALTER TABLE has them, one rebuild a table
// for everything else.
#pragma once

#include <vector>

#include "ormdb/dialect.h"

namespace ormdb {

/// See Dialect::compile. Stops after a step of raw SQL that may have changed the schema when others
/// follow (CompiledSection::compiled_operations).
CompiledSection compile_sqlite(const std::vector<Operation>& operations, Schema& schema);

}  // namespace ormdb
