// Makes what means the same in a database and in models equal (Dialect::reconcile).
//
// 1. What the models leave open is taken from the database: whether a key is numbered by identity,
//    serial or a sequence, names of constraints and indexes, the schema of an extension.
// 2. SQL texts that differ in their canonical form (expression.h) are put to the server, both
//    sides: pg_get_expr() and its kin give the same text for what means the same, though it may
//    take up to three passes: the catalog's text is no fixed point. "CHECK (x IN ('a', 'b'))" of a
//    varchar comes back as ANY ((ARRAY[…])::text[]), this, created again, as
//    ANY (ARRAY[('a'::varchar)::text, …]).
#pragma once

#include <string>
#include <vector>

#include "ormdb/connection.h"
#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// `from` is the database, `to` the models; `to` is changed in place. Where nothing differs, or
/// without a connection (or with a recording one), no statement runs; else one transaction (or a
/// savepoint) that is rolled back. What the server refuses keeps being compared by its tokens.
/// Returns notes for the user. Throws kDatabase when the connection is lost.
std::vector<std::string> reconcile(Connection* connection, Schema& from, Schema& to);

}  // namespace ormdb::postgresql
