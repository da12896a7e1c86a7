// A database URL as libpq's connection parameters.
#pragma once

#include <string>
#include <vector>

#include "ormdb/connection.h"

namespace ormdb::postgresql {

struct Parameter {
  std::string keyword, value;
  bool operator==(const Parameter&) const = default;
};

/// What the URL states, and nothing it does not state: for the rest libpq asks the service file,
/// the PG* variables and ~/.pgpass. Options are libpq's own (sslmode, service,
/// host=/run/postgresql, target_session_attrs, …; ssl=true is sslmode=require, ssl=X is sslmode=X)
/// and win over the other parts of the URL. Ours: client_encoding is UTF8; application_name is
/// "ormdb" unless given anywhere; a host has 10 seconds to answer unless connect_timeout is given
/// anywhere. Throws kConfig for an option that libpq does not know.
std::vector<Parameter> connection_parameters(const Url& url);

/// Who connects: the URL's user, else libpq's choice (PGUSER, the user of the system).
std::string database_user(const Url& url);

/// The database that the URL means: its name, else libpq's choice (the service's, PGDATABASE, the
/// user's name).
std::string database_name(const Url& url);

/// The same server, another database.
Url with_database(const Url& url, const std::string& database);

}  // namespace ormdb::postgresql
