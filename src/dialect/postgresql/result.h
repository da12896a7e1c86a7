// What libpq hands back, as values.
#pragma once

#include "dialect/postgresql/client.h"
#include "ormdb/connection.h"

namespace ormdb::postgresql {

/// The rows of a result in text format (none for nullptr or a statement without rows). By type:
/// int2, int4, int8 and oid become int64; bool int64 0 or 1, as on the other engines; float4 and
/// float8 double; bytea a Blob; everything else, numeric too, the server's text.
Rows to_rows(const PGresult* result);

}  // namespace ormdb::postgresql
