#include "dialect/postgresql/connection.h"

#include <utility>

#include "dialect/postgresql/blockers.h"
#include "dialect/postgresql/postgresql_error.h"
#include "dialect/postgresql/result.h"
#include "dialect/postgresql/session.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

class SessionLock : public RunLock {
 public:
  SessionLock(const std::shared_ptr<Session>& session, std::int64_t key)
      : session_(session), key_(key) {}
  ~SessionLock() override {
    const std::shared_ptr<Session> session = session_.lock();
    if (session == nullptr) return;  // the lock went with the connection
    try {
      session->unlock(key_);
    } catch (const Error&) {
      return;  // it goes with the connection, which its user gives up after an error
    }
  }
  SessionLock(const SessionLock&) = delete;
  SessionLock& operator=(const SessionLock&) = delete;

 private:
  std::weak_ptr<Session> session_;
  std::int64_t key_;
};

// The lock is free for others once it was refused to us, so only another session can tell whose
// it is, and only now.
Error with_blockers(Error error, Session& session, std::string_view sql) {
  ConnectOptions options;
  options.lock_timeout = std::chrono::seconds(1);
  options.statement_timeout = std::chrono::seconds(2);
  Url url = session.url();
  url.options.insert_or_assign("connect_timeout", std::string("2"));
  try {
    PostgresqlConnection other(url, options);
    const std::vector<Activity> holders = blockers(other, sql, session.backend_pid());
    return name_blockers(std::move(error), holders, session.options().lock_timeout);
  } catch (const Error&) {
    return error;
  }
}

Result run(Session& session, std::string_view sql, const std::vector<Value>& parameters) {
  try {
    return session.run(sql, parameters);
  } catch (const Error& error) {
    if (error.sqlstate() != kLockNotAvailable) throw;
    throw with_blockers(error, session, sql);
  }
}

}  // namespace

PostgresqlConnection::PostgresqlConnection(const Url& url, const ConnectOptions& options)
    : session_(std::make_shared<Session>(url, options)) {}

void PostgresqlConnection::execute(std::string_view sql, const std::vector<Value>& parameters) {
  run(*session_, sql, parameters);
}

Rows PostgresqlConnection::query(std::string_view sql, const std::vector<Value>& parameters) {
  return to_rows(run(*session_, sql, parameters).get());
}

bool PostgresqlConnection::in_transaction() const { return session_->in_transaction(); }

int PostgresqlConnection::server_version() const { return session_->server_version(); }

int PostgresqlConnection::backend_pid() const { return session_->backend_pid(); }

bool PostgresqlConnection::pooled() const { return session_->pooled(); }

std::string PostgresqlConnection::database() const { return session_->database(); }

std::unique_ptr<RunLock> PostgresqlConnection::try_lock(std::int64_t key) {
  if (!session_->try_lock(key)) return nullptr;
  return std::make_unique<SessionLock>(session_, key);
}

void PostgresqlConnection::set_recovery_time(std::chrono::milliseconds time) {
  session_->set_recovery_time(time);
}

PostgresqlConnection::Patience::Patience(PostgresqlConnection& connection,
                                         std::chrono::milliseconds lock_timeout)
    : session_(connection.session_), before_(session_->options().lock_timeout) {
  session_->set_lock_timeout(lock_timeout);
}

PostgresqlConnection::Patience::~Patience() {
  try {
    session_->set_lock_timeout(before_);
  } catch (const Error&) {
    return;  // the connection is gone, and the setting with it
  }
}

std::unique_ptr<Connection> connect(const Url& url, const ConnectOptions& options) {
  return std::make_unique<PostgresqlConnection>(url, options);
}

PostgresqlConnection& as_postgresql(Connection& connection) {
  auto* found = dynamic_cast<PostgresqlConnection*>(&connection);
  if (found == nullptr) throw Error(ErrorKind::kInternal, "this is no connection to PostgreSQL");
  return *found;
}

}  // namespace ormdb::postgresql
