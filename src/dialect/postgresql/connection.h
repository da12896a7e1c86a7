// A connection to a PostgreSQL server.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ormdb/connection.h"
#include "ormdb/dialect.h"

namespace ormdb::postgresql {

class Session;

/// Values: see result.h for what comes back. A text, a number and NULL go with no type, so that the
/// server takes them for what the place needs (write ?::bigint where it cannot tell), bytes as
/// bytea. Marks: see marks.h; a statement without parameters is sent untouched.
///
/// ConnectOptions: lock_timeout (0: do not wait) and statement_timeout are set for the session, or
/// behind a transaction pooler with each BEGIN. Options `create` has no meaning. Strings are
/// standard-conforming, TimeZone and search_path are the server's.
///
/// A transaction that is opened by BEGIN and committed by COMMIT, alone in their statements, is
/// known by its id. When the connection breaks at COMMIT a new one is made (with the locks of
/// lock.h), and the server asked: the call succeeds if the transaction was committed. Errors:
/// kDatabase, "the connection to the server was lost": in a transaction nothing of it is applied;
/// "… unknown" in the message: the server could not be asked. No other statement reconnects.
///
/// A lock that was not had in time is Error{kLocked} naming the sessions that hold it, for which a
/// second connection is made for a moment; so is a deadlock. COPY to or from the client is refused.
class PostgresqlConnection : public Connection {
 public:
  PostgresqlConnection(const Url& url, const ConnectOptions& options);

  void execute(std::string_view sql, const std::vector<Value>& parameters = {}) override;
  Rows query(std::string_view sql, const std::vector<Value>& parameters = {}) override;
  bool in_transaction() const override;

  /// 150004 for 15.4.
  int server_version() const;
  /// Of the server process; behind a transaction pooler that of the first transaction.
  int backend_pid() const;
  /// Whether each transaction may run on another server connection (PgBouncer in transaction mode):
  /// what belongs to a session (settings, advisory locks, temporary tables) does not last.
  bool pooled() const;
  /// The database that it is connected to.
  std::string database() const;

  /// The advisory lock of the session, until the object goes; nullptr when another session has it.
  std::unique_ptr<RunLock> try_lock(std::int64_t key);

  /// What knows libpq.
  Session& session() const { return *session_; }

  /// Until the object goes, statements outside transactions wait so long for locks.
  class Patience {
   public:
    Patience(PostgresqlConnection& connection, std::chrono::milliseconds lock_timeout);
    ~Patience();
    Patience(const Patience&) = delete;
    Patience& operator=(const Patience&) = delete;

   private:
    std::shared_ptr<Session> session_;
    std::chrono::milliseconds before_;
  };

  /// For how long the outcome of a COMMIT is asked for; 30 s unless set.
  void set_recovery_time(std::chrono::milliseconds time);

 private:
  std::shared_ptr<Session> session_;
};

/// Errors: kConfig for an unknown option of the URL; kUnsupported without libpq; kDatabase naming
/// the server (never the password) when it cannot be reached or refuses.
std::unique_ptr<Connection> connect(const Url& url, const ConnectOptions& options);

/// The connection as one of this dialect's; throws kInternal for another.
PostgresqlConnection& as_postgresql(Connection& connection);

}  // namespace ormdb::postgresql
