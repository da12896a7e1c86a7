// PostgreSQL as the ORM's engine (db/driver.h).
//
// Parameters: integers go as int4, or int8 where one does not fit, so that they stand beside every
// numeric type and function; text, JSON and numerics go without a type, so that the server takes
// them for what the place needs (an enum, json, varchar); everything else as its own type, in
// binary. A text cannot hold a zero byte (ConversionError). Rows come in binary, or as text where a
// column's type is not one of the ORM's.
//
// A batch is one statement a few thousand rows: arrays through unnest(), with ids from the key's
// sequence, since RETURNING promises no order. It needs USAGE on that sequence; without it, without
// a sequence (a key with another default), and where columns are read back but no key is generated,
// each row is a statement. Keys match by = ANY (one column) or unnest() (several, whose text
// columns must be text or varchar).
//
// TimeZone is UTC, and dates and intervals are ISO. Behind a transaction pooler, or with the URL's
// prepared_statements=off, nothing is prepared on the server, and settings go with each BEGIN.
//
// The deadline is kept on this side: a statement that runs past it is cancelled, and throws. A
// statement that is prepared by prepare() holds all its rows at once; prepare_own() reads a SELECT
// through a cursor, some thousand rows at a time, when a transaction is open.
//
// When a table was changed under a prepared statement ("cached plan must not change result type")
// it is prepared again; inside a transaction, which the server has aborted by then, it is a
// TransientConflict, since the transaction will do when repeated.
#pragma once

#include <memory>

#include "db/driver.h"

namespace ormdb::postgresql {

/// URL options as connect() has them, and prepared_statements=off.
std::unique_ptr<Driver> open_driver(const Url& url, const DriverOptions& options);

}  // namespace ormdb::postgresql
