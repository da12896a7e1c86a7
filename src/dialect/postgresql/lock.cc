#include "dialect/postgresql/lock.h"

#include <algorithm>
#include <thread>

#include "dialect/postgresql/blockers.h"
#include "dialect/postgresql/connection.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestPause{250};

Error behind_pooler(const Url& url) {
  return Error(
             ErrorKind::kUnsupported,
             masked(url) +
                 " leads to a connection pooler in transaction mode, behind which neither the run "
                 "lock nor a step outside a transaction is safe: each transaction may run on "
                 "another server connection")
      .where("database")
      .hint("set direct_url in ormdb.yaml (or --url) to the address of the server itself");
}

Error locked(const PostgresqlConnection& connection, const std::optional<std::string>& holder) {
  return Error(ErrorKind::kLocked, "another ormdb run holds database " + connection.database() +
                                       ": " + holder.value_or("it ended this moment"))
      .where("database")
      .hint("wait for it to end, or wait longer with --run-lock-timeout");
}

}  // namespace

std::unique_ptr<RunLock> lock_run(const Url& url, Connection& connection, milliseconds timeout) {
  PostgresqlConnection& postgresql = as_postgresql(connection);
  if (postgresql.pooled()) throw behind_pooler(url);
  if (postgresql.in_transaction()) {
    throw Error(ErrorKind::kInternal, "the run lock must be taken outside a transaction");
  }
  const auto end = std::chrono::steady_clock::now() + timeout;
  for (milliseconds pause{10};; pause = std::min(pause * 2, kLongestPause)) {
    if (std::unique_ptr<RunLock> lock = postgresql.try_lock(kRunLockKey)) return lock;
    const auto left =
        std::chrono::duration_cast<milliseconds>(end - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) throw locked(postgresql, run_lock_holder(url, connection));
    std::this_thread::sleep_for(std::min(pause, left));
  }
}

std::optional<std::string> run_lock_holder(const Url& /*url*/, Connection& connection) {
  // Of a key of 64 bits pg_locks shows the halves, and objsubid 1 (manual, 54.12).
  const std::string sql =
      std::string("SELECT ") + kActivityColumns +
      "\nFROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid\n"
      "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1\n"
      "  AND l.pid <> pg_backend_pid() AND l.classid = " +
      std::to_string(kRunLockKey >> 32) +
      " AND l.objid = " + std::to_string(kRunLockKey & 0xFFFFFFFF) +
      "\n  AND l.database = (SELECT oid FROM pg_catalog.pg_database\n"
      "                    WHERE datname = current_database())";
  const Rows rows = connection.query(sql);
  if (rows.rows.empty()) return std::nullopt;
  return activity_of(rows, 0).text();
}

}  // namespace ormdb::postgresql
