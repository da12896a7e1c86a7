// The ends of transactions, also those whose answer is lost.
#include <algorithm>
#include <thread>
#include <utility>

#include "dialect/postgresql/postgresql_error.h"
#include "dialect/postgresql/session.h"

namespace ormdb::postgresql {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestRetryPause{1000};

Error lost_at_commit(const std::string& words, std::string_view sql) {
  return lost_connection_error(words, sql, true);
}

Error unknown_outcome(const std::string& words, std::string_view sql) {
  Error error = lost_at_commit(words, sql);
  return error
      .message(error.message() +
               "; it was lost at COMMIT, outcome unknown: the transaction may have taken effect")
      .hint("when the server can be reached again, `ormdb status` tells what is applied");
}

}  // namespace

// In the same round trip the transaction gets its id, by which a later connection can ask for its
// outcome, and behind a pooler its settings. A standby gives no ids.
Result Session::begin(std::string_view sql) {
  std::string text = std::string(sql) +
                     ";\nSELECT CASE WHEN NOT (pg_is_in_recovery() OR "
                     "current_setting('transaction_read_only')::bool) THEN txid_current() END";
  if (pooled_) text += ", " + settings(true);
  Result result = checked(send(text, {}), sql, false);
  const bool known = client().PQgetisnull(result.get(), 0, 0) == 0;
  xid_ = known ? std::optional<std::string>(client().PQgetvalue(result.get(), 0, 0)) : std::nullopt;
  return result;
}

Result Session::commit(std::string_view sql) {
  std::optional<std::string> xid = std::exchange(xid_, std::nullopt);
  Result result = send(std::string(sql), {});
  const ExecStatusType status = client().PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && is_lost()) {
    recover(std::move(xid), client().PQerrorMessage(handle_.get()), sql);
    return nullptr;
  }
  result = checked(std::move(result), sql, true);
  if (std::string_view(client().PQcmdStatus(result.get())) == "ROLLBACK") {
    throw Error(ErrorKind::kDatabase,
                "the transaction was rolled back, because a statement in it had failed")
        .where("database")
        .statement(std::string(sql));
  }
  return result;
}

void Session::recover(std::optional<std::string> xid, const std::string& words,
                      std::string_view sql) {
  if (!xid) throw unknown_outcome(words, sql);
  const Clock::time_point end = Clock::now() + recovery_time_;
  milliseconds pause{20};
  while (true) {
    const std::optional<std::string> outcome = outcome_of(*xid);
    if (outcome == "committed") break;
    if (outcome == "aborted") {
      throw lost_at_commit(words, sql)
          .hint(
              "the transaction was rolled back, nothing of it was applied; run the command again");
    }
    // "in progress": the server has not noticed yet that its client is gone.
    const bool may_come = !outcome || outcome == "in progress";
    if (!may_come || Clock::now() >= end) throw unknown_outcome(words, sql);
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLongestRetryPause);
  }
  take_locks_again(end);
}

// Empty while the server cannot be reached or asked.
std::optional<std::string> Session::outcome_of(const std::string& xid) {
  try {
    if (is_lost()) open();
    const std::string outcome = text_of("SELECT txid_status(" + xid + ")");
    return outcome.empty() ? "forgotten" : outcome;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kDatabase) throw;
    return std::nullopt;
  }
}

void Session::take_locks_again(Clock::time_point end) {
  const std::vector<std::int64_t> keys = std::exchange(locks_, {});
  for (const std::int64_t key : keys) {
    while (!try_lock(key)) {
      if (Clock::now() >= end) {
        throw Error(ErrorKind::kLocked,
                    "the connection was lost at COMMIT and made again; the transaction is "
                    "committed, but another ormdb run took the run lock meanwhile")
            .where("database")
            .hint("look at `ormdb status`, then run the command again");
      }
      std::this_thread::sleep_for(milliseconds(50));
    }
  }
}

}  // namespace ormdb::postgresql
