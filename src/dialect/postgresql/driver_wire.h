// The ORM's conversation with a server: statements out, results in, with a deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "dialect/postgresql/connection.h"
#include "dialect/postgresql/driver_encode.h"
#include "dialect/postgresql/session.h"

namespace ormdb::postgresql {

enum class Format { kText = 0, kBinary = 1 };

/// Results have the rows, or none for a statement without; failures are thrown (driver_error.h; a
/// lost connection as ConnectionLost; past the deadline "timed out"; after interrupt()
/// "interrupted").
class Wire {
 public:
  using Clock = std::chrono::steady_clock;

  Wire(const Url& url, const ConnectOptions& options, bool prepared_statements);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// Whether statements are prepared on the server.
  bool prepares() const { return prepares_; }
  PostgresqlConnection& connection() { return connection_; }
  bool in_transaction() const;
  bool is_lost() const;

  /// Statements without parameters, several in one text; the last one's result.
  Result run(const std::string& sql);
  /// The same whatever the deadline.
  Result control(const std::string& sql);
  Result execute(const std::string& sql, Arguments& arguments, Format format);

  /// COPY … FROM STDIN. `next` is called with an empty text until it adds nothing; what it throws
  /// ends the COPY, whose rows are gone then.
  void copy_in(const std::string& sql, const std::function<void(std::string& piece)>& next);

  /// Prepares under a name that it gives back.
  std::string prepare(const std::string& sql, const std::vector<Oid>& types);
  Result describe(const std::string& name);
  Result describe_cursor(const std::string& name);
  Result execute_prepared(const std::string& name, const std::string& sql, Arguments& arguments,
                          Format format);
  /// Lets go of a prepared statement, at the next collect_garbage().
  void release(std::string name);
  void collect_garbage();
  std::string new_name(std::string_view prefix);

  /// What is prepared under an older epoch is prepared again.
  std::uint64_t epoch() const { return epoch_; }
  void next_epoch() { ++epoch_; }

  /// Whether the type's binary form is its text: enums, citext.
  bool is_textual(Oid oid);

  void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }
  /// Stops the statement that is running, if one is; from any thread.
  void interrupt() noexcept;

 private:
  class Running;
  struct FreeCancel {
    void operator()(PGcancel* cancel) const { client().PQfreeCancel(cancel); }
  };

  PGconn* handle() const { return connection_.session().handle(); }
  void begin_statement(std::string_view sql, bool timed);
  Result finish(int sent, std::string_view sql, bool timed);
  Result collect(std::string_view sql, bool timed);
  void wait(bool timed);
  bool end_copy(ExecStatusType status);
  void send_pieces(const std::function<void(std::string& piece)>& next);
  [[noreturn]] void fail(const PGresult* result, std::string_view sql);
  bool is_past_deadline() const { return Clock::now() >= deadline_; }

  PostgresqlConnection connection_;
  std::unique_ptr<PGcancel, FreeCancel> cancel_;
  bool prepares_;
  Clock::time_point deadline_ = Clock::time_point::max();
  std::mutex interrupting_;  ///< Of the next two.
  bool running_ = false;
  bool interrupted_ = false;
  bool within_ = false;  ///< Whether the running statement was begun in a transaction.
  std::uint64_t epoch_ = 0;
  std::uint64_t names_ = 0;
  std::vector<std::string> garbage_;
  std::unordered_map<Oid, bool> textual_;
};

}  // namespace ormdb::postgresql
