// Whole databases, made and removed through the server's maintenance database (postgres, else
// template1).
#pragma once

#include <memory>

#include "ormdb/connection.h"
#include "ormdb/dialect.h"

namespace ormdb::postgresql {

/// A connection to the URL's database, or nullptr when the server has none of this name. Looks into
/// the list of databases only when connecting fails; throws what connecting throws where neither is
/// possible.
std::unique_ptr<Connection> connect_existing(const Url& url, const ConnectOptions& options);

/// The same without keeping the connection.
bool database_exists(const Url& url);

/// Throws kDatabase when it exists, or the role may not make one.
void create_database(const Url& url);

/// Throws kDatabase when it does not exist, or others are connected to it.
void drop_database(const Url& url);

}  // namespace ormdb::postgresql
