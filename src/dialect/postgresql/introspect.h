// The schema of a PostgreSQL database (13 to 18), read from the system catalogs.
#pragma once

#include <string>
#include <vector>

#include "ormdb/connection.h"
#include "ormdb/dialect.h"
#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// Everything that ormdb manages: what is in the schemas chosen (all but the system's), sorted by
/// place and name; columns stand in the order of the table. Left out: what extensions own, system
/// and temporary schemas, the ignored tables (folded names, with or without schema) and what stands
/// on them, identity and serial sequences (the column says it), clones that partitions inherit.
///
/// The connection's default schema is "", every other one is spelled. Texts are the server's own
/// (pg_get_expr and its kin) with no outer parentheses, and do not depend on the session's search
/// path, time zone or formats.
///
/// The number of queries is constant. They run in one transaction REPEATABLE READ READ ONLY of
/// their own, or inside the connection's (a dry run), whose settings are as before afterwards.
/// Nothing is locked. The server's deparsing functions look at the newest state and not at the
/// snapshot, so when an object vanished in between all is read again, three times at most.
///
/// Throws Error{kDatabase}.
Schema introspect(Connection& connection, const IntrospectOptions& options);

/// Objects that introspect() has no place for, one line each ("text search configuration
/// english_nostop"), sorted. One query.
std::vector<std::string> unmanaged(Connection& connection, const IntrospectOptions& options);

}  // namespace ormdb::postgresql
