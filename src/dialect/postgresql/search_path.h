// Where a name without a schema stands: the same on every machine, and for every role.
//
// The default schema is the first of search_path that exists, so "$user" makes it another one as
// soon as somebody creates a schema of the role's name, and ALTER ROLE or DATABASE … SET do so from
// outside (manual, 5.9.3).
#pragma once

#include <string>

#include "ormdb/connection.h"

namespace ormdb::postgresql {

/// An expression: "public" and then the search path of the session.
inline constexpr const char* kPublicFirst =
    "pg_catalog.concat_ws(', ', 'public', "
    "nullif(pg_catalog.current_setting('search_path'), ''))";

/// Whether the URL sets a search_path of its own: ?options=-csearch_path=app.
bool sets_search_path(const Url& url);

/// A statement for psql that does what a session does; "" where the URL says the path.
std::string search_path_sql(const Url& url);

}  // namespace ormdb::postgresql
