// Who is in the way of a statement that waits for a lock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ormdb/connection.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

/// A session as pg_stat_activity shows it; fields that our role may not see are "".
struct Activity {
  std::int64_t pid = 0;
  std::string user, application, client;
  std::string state;         ///< "active", "idle in transaction", …
  std::int64_t seconds = 0;  ///< Since its transaction (else its statement, else itself) began.
  std::string query;         ///< Its last statement, the beginning of it.
  std::string tables;        ///< Those of the failed statement that it holds locks on, or "".

  /// "pid 4711 (user alice, psql, from 10.0.0.7, idle in transaction for 12 s: SELECT 1)".
  std::string text() const;
};

/// The columns that select an Activity from pg_stat_activity AS a, without `tables`.
extern const char kActivityColumns[];
/// A row of these columns (and `tables` as the eighth, where there is one).
Activity activity_of(const Rows& rows, std::size_t row);

/// Sessions but `waiting_pid` that hold locks on relations which the statement names or which hang
/// together with these: tables of an index, ends of foreign keys, partitions and parents. Locks of
/// mere readers count only for statements that readers can block. Where there are none and the
/// statement works CONCURRENTLY, sessions with a snapshot, for the end of which it waits. Ask from
/// a session that is in no failed transaction.
std::vector<Activity> blockers(Connection& connection, std::string_view statement, int waiting_pid);

/// The kLocked error with the holders in its message and a hint that gets rid of them; as it was
/// when there are none (any more).
Error name_blockers(Error error, const std::vector<Activity>& holders,
                    std::chrono::milliseconds waited);

}  // namespace ormdb::postgresql
