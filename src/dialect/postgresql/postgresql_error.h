// PostgreSQL's failures as ormdb's errors.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "ormdb/connection.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

/// The fields of an error message from the server (manual, 55.8 "Error and Notice Message Fields").
struct ServerError {
  std::string sqlstate, message, detail, hint, context;
  int position = 0;            ///< In characters of the statement, from 1; 0: none.
  std::string internal_query;  ///< The statement inside a function that failed, or "".
  int internal_position = 0;   ///< The same in internal_query.
};

/// SQLSTATE 55P03: no lock within lock_timeout, or with NOWAIT.
inline constexpr std::string_view kLockNotAvailable = "55P03";
/// SQLSTATE 57014: by statement_timeout, or because somebody asked for it.
inline constexpr std::string_view kQueryCanceled = "57014";

/// Kinds: kLocked for a lock that was not had in time, a deadlock and statement_timeout (the same
/// again may succeed), else kDatabase. The message has the server's words with the detail, the
/// place in the statement and the function that it happened in; the statement has a line with ^
/// under the place. Hints are the server's, else ours for what a user can mend.
Error to_error(const ServerError& server, std::string_view sql);

/// `sql` with a line under the one that holds character `position` (from 1), whose ^ stands under
/// it; `sql` itself for a position that is not in it.
std::string with_caret(std::string_view sql, int position);

/// A connection could not be made; `words` are libpq's. kDatabase, with the SQLSTATE where the
/// words tell it (28P01 password, 28000 refused by pg_hba.conf, 3D000 no such database, 57P03
/// starting or stopping, 53300 full); never holds the password.
Error connection_error(const Url& url, std::string_view words);

/// The connection broke while `sql` ran; a transaction is rolled back by the server.
Error lost_connection_error(std::string_view words, std::string_view sql, bool in_transaction);

}  // namespace ormdb::postgresql
