// Which stored values a column of another type would not hold as what it says.
#pragma once

#include <string>

#include "ormdb/type.h"

namespace ormdb {

/// A condition on the rows of a table that holds for those whose value in `column` does not become
/// one of `type`: in a STRICT table SQLite refuses them, elsewhere they would stay what they are
/// (https://www.sqlite.org/datatype3.html#type_affinity). "" where every value fits, and for dates,
/// which are text to SQLite.
std::string misfits_sql(const std::string& column, const Type& type, bool strict);

}  // namespace ormdb
