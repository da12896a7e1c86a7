// The server's failures as the ORM throws them.
#pragma once

#include <string_view>

#include "dialect/postgresql/client.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

/// What the server prepared is no longer of use: the table was changed, or it knows nothing of it.
class StalePlan : public Error {
 public:
  explicit StalePlan(const Error& error) : Error(error) {}
};

/// IntegrityError (class 23 of SQLSTATE), TransientConflict (serialization failure, deadlock, no
/// lock in time), StalePlan, else Error. `words` stand in where the result has none.
[[noreturn]] void throw_server_error(const PGresult* result, std::string_view sql,
                                     std::string_view words);

}  // namespace ormdb::postgresql
