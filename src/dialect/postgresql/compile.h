// Operations → SQL for PostgreSQL.
#pragma once

#include <vector>

#include "ormdb/dialect.h"

namespace ormdb::postgresql {

/// See Dialect::compile. Stops after a step of raw SQL that may have changed the schema when others
/// follow (CompiledSection::compiled_operations).
CompiledSection compile(const std::vector<Operation>& operations, Schema& schema);

}  // namespace ormdb::postgresql
