// The SQL of aggregates; functions and procedures are in ddl_object.h, since altering uses it.
#pragma once

#include <string>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// CREATE AGGREGATE name(arguments) (SFUNC = …, STYPE = …).
std::string aggregate_sql(const DatabaseObject& object);

}  // namespace ormdb::postgresql
