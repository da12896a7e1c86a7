// SQLite as the ORM's engine (db/driver.h). A batched write steps one prepared statement a row,
// which is what SQLite is fastest with; ids come from last_insert_rowid. Dates, times, UUIDs and
// intervals are ISO text.
#pragma once

#include <memory>

#include "db/driver.h"

namespace ormdb {

/// URL options as connect_sqlite() has them, and prepared_statements=off.
std::unique_ptr<Driver> open_sqlite_driver(const Url& url, const DriverOptions& options);

}  // namespace ormdb
