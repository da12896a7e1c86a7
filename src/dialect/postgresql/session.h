// A session with a server: what stands behind PostgresqlConnection and knows libpq.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dialect/postgresql/client.h"
#include "ormdb/connection.h"
#include "ormdb/dialect.h"

namespace ormdb::postgresql {

class Session {
 public:
  Session(Url url, const ConnectOptions& options);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Runs one statement; the result is empty where its answer was lost but its success is known.
  /// Errors as Connection::execute().
  Result run(std::string_view sql, const std::vector<Value>& parameters);

  bool in_transaction() const;
  /// Changes when a COMMIT whose answer was lost made a new connection.
  PGconn* handle() const { return handle_.get(); }
  int server_version() const { return client().PQserverVersion(handle_.get()); }
  int backend_pid() const { return backend_pid_; }
  std::string database() const { return client().PQdb(handle_.get()); }
  bool pooled() const { return pooled_; }
  const Url& url() const { return url_; }
  const ConnectOptions& options() const { return options_; }

  /// A session advisory lock; false when another session has it.
  bool try_lock(std::int64_t key);
  /// Gives it back; nothing to do when the connection is gone, with which it went.
  void unlock(std::int64_t key);

  /// Another ConnectOptions::lock_timeout from now on; not in a transaction, nor behind a pooler.
  void set_lock_timeout(std::chrono::milliseconds time);

  /// How long to try to reach the server again for the outcome of a COMMIT.
  void set_recovery_time(std::chrono::milliseconds time) { recovery_time_ = time; }

 private:
  using Clock = std::chrono::steady_clock;

  void open();
  void set_up();
  std::string settings(bool local) const;
  bool is_lost() const { return client().PQstatus(handle_.get()) != CONNECTION_OK; }
  Result send(const std::string& sql, const std::vector<Value>& parameters);
  Result checked(Result result, std::string_view sql, bool in_transaction);
  [[noreturn]] void refuse_copy(ExecStatusType status, std::string_view sql);
  std::string text_of(const std::string& sql);

  Result begin(std::string_view sql);
  Result commit(std::string_view sql);
  void recover(std::optional<std::string> xid, const std::string& words, std::string_view sql);
  std::optional<std::string> outcome_of(const std::string& xid);
  void take_locks_again(Clock::time_point end);

  Url url_;
  ConnectOptions options_;
  Handle handle_;
  bool pooled_ = false;
  int backend_pid_ = 0;
  std::optional<std::string> xid_;  ///< Of the open transaction, where it is known.
  std::vector<std::int64_t> locks_;
  std::chrono::milliseconds recovery_time_{30000};
};

}  // namespace ormdb::postgresql
