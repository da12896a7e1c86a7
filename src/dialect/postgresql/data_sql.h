// INSERT, UPDATE and DELETE text for the data steps (src/dialect/data_sql.h has the rules).
#pragma once

#include <string>
#include <vector>

#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// Numbers for an identity that is always generated are written all the same.
std::vector<std::string> insert_sql(const InsertRows& rows, const Schema& schema);
std::string update_sql(const UpdateRows& rows, const Schema& schema);
/// Types without equality (json, xml, points) are compared as text.
std::vector<std::string> delete_sql(const DeleteRows& rows, const Schema& schema);

}  // namespace ormdb::postgresql
