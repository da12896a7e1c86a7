#include "dialect/postgresql/driver_wire.h"

#include <poll.h>

#include <algorithm>

#include "base/text.h"
#include "dialect/postgresql/driver_error.h"
#include "dialect/postgresql/postgresql_error.h"
#include "ormdb/orm_error.h"

namespace ormdb::postgresql {

namespace {

// Garbage that is kept until it is worth a round trip.
constexpr std::size_t kMaxGarbage = 32;

}  // namespace

// Opens the door to interrupt() while a statement runs.
class Wire::Running {
 public:
  explicit Running(Wire& wire) : wire_(wire) {
    const std::lock_guard lock(wire_.interrupting_);
    wire_.running_ = true;
    wire_.interrupted_ = false;
  }
  ~Running() {
    const std::lock_guard lock(wire_.interrupting_);
    wire_.running_ = false;
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  Wire& wire_;
};

Wire::Wire(const Url& url, const ConnectOptions& options, bool prepared_statements)
    : connection_(url, options),
      cancel_(client().PQgetCancel(handle())),
      prepares_(prepared_statements && !connection_.pooled()) {}

Wire::~Wire() = default;

bool Wire::in_transaction() const {
  const PGTransactionStatusType status = client().PQtransactionStatus(handle());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

bool Wire::is_lost() const { return client().PQstatus(handle()) != CONNECTION_OK; }

void Wire::begin_statement(std::string_view sql, bool timed) {
  within_ = in_transaction();
  if (is_lost()) throw ConnectionLost(lost_connection_error("", sql, true));
  if (timed && is_past_deadline()) {
    throw Error(ErrorKind::kDatabase, "timed out").statement(std::string(sql));
  }
  if (sql.find('\0') != sql.npos) {
    throw Error(ErrorKind::kDatabase, "the statement holds a zero byte")
        .statement(std::string(sql.substr(0, sql.find('\0'))));
  }
}

Result Wire::run(const std::string& sql) {
  begin_statement(sql, true);
  return finish(client().PQsendQuery(handle(), sql.c_str()), sql, true);
}

Result Wire::control(const std::string& sql) {
  begin_statement(sql, false);
  return finish(client().PQsendQuery(handle(), sql.c_str()), sql, false);
}

Result Wire::execute(const std::string& sql, Arguments& arguments, Format format) {
  begin_statement(sql, true);
  const std::vector<Oid> types = arguments.types();
  const Arguments::Pointers& pointers = arguments.pointers();
  return finish(
      client().PQsendQueryParams(handle(), sql.c_str(), static_cast<int>(types.size()),
                                 types.data(), pointers.values.data(), pointers.lengths.data(),
                                 pointers.formats.data(), static_cast<int>(format)),
      sql, true);
}

void Wire::send_pieces(const std::function<void(std::string& piece)>& next) {
  std::string piece;
  for (next(piece); !piece.empty(); next(piece)) {
    if (deadline_ != Clock::time_point::max() && is_past_deadline()) {
      client().PQputCopyEnd(handle(), "timed out");
      return;
    }
    // A failure is in the result that follows.
    if (client().PQputCopyData(handle(), piece.data(), static_cast<int>(piece.size())) != 1) return;
    piece.clear();
  }
  client().PQputCopyEnd(handle(), nullptr);
}

void Wire::copy_in(const std::string& sql, const std::function<void(std::string& piece)>& next) {
  begin_statement(sql, true);
  const Running running(*this);
  if (client().PQsendQuery(handle(), sql.c_str()) == 0) fail(nullptr, sql);
  if (deadline_ != Clock::time_point::max()) wait(true);
  const Result answer(client().PQgetResult(handle()));
  if (client().PQresultStatus(answer.get()) != PGRES_COPY_IN) {
    while (Result(client().PQgetResult(handle())) != nullptr) {
    }
    fail(answer.get(), sql);
  }
  try {
    send_pieces(next);
  } catch (...) {
    client().PQputCopyEnd(handle(), "given up");
    while (Result(client().PQgetResult(handle())) != nullptr) {
    }
    throw;
  }
  collect(sql, true);
}

std::string Wire::new_name(std::string_view prefix) {
  return std::string(prefix) + std::to_string(++names_);
}

std::string Wire::prepare(const std::string& sql, const std::vector<Oid>& types) {
  begin_statement(sql, true);
  std::string name = new_name("ormdb_s");
  finish(client().PQsendPrepare(handle(), name.c_str(), sql.c_str(), static_cast<int>(types.size()),
                                types.data()),
         sql, true);
  return name;
}

Result Wire::describe(const std::string& name) {
  Result result(client().PQdescribePrepared(handle(), name.c_str()));
  if (client().PQresultStatus(result.get()) != PGRES_COMMAND_OK) fail(result.get(), name);
  return result;
}

Result Wire::describe_cursor(const std::string& name) {
  Result result(client().PQdescribePortal(handle(), name.c_str()));
  if (client().PQresultStatus(result.get()) != PGRES_COMMAND_OK) fail(result.get(), name);
  return result;
}

Result Wire::execute_prepared(const std::string& name, const std::string& sql, Arguments& arguments,
                              Format format) {
  begin_statement(sql, true);
  const Arguments::Pointers& pointers = arguments.pointers();
  return finish(
      client().PQsendQueryPrepared(handle(), name.c_str(), static_cast<int>(arguments.size()),
                                   pointers.values.data(), pointers.lengths.data(),
                                   pointers.formats.data(), static_cast<int>(format)),
      sql, true);
}

void Wire::release(std::string name) {
  if (!name.empty()) garbage_.push_back(std::move(name));
}

void Wire::collect_garbage() {
  if (garbage_.size() < kMaxGarbage) return;
  std::string sql;
  for (const std::string& name : garbage_) sql += "DEALLOCATE " + name + ";";
  garbage_.clear();
  control(sql);
}

bool Wire::is_textual(Oid oid) {
  if (const auto known = textual_.find(oid); known != textual_.end()) return known->second;
  const Result result =
      run("SELECT typsend::pg_catalog.text IN ('textsend', 'enum_send', 'citextsend') "
          "FROM pg_catalog.pg_type WHERE oid = " +
          std::to_string(oid));
  const bool textual = client().PQntuples(result.get()) == 1 &&
                       std::string_view(client().PQgetvalue(result.get(), 0, 0)) == "t";
  return textual_[oid] = textual;
}

// PQcancel returns when the server has sent its signal, and a server drops a signal that comes
// before its next statement (ProcessInterrupts in PostgreSQL's postgres.c): so under the lock, it
// stops the statement that is running, and never a later one.
void Wire::interrupt() noexcept {
  const std::lock_guard lock(interrupting_);
  if (!running_) return;
  constexpr int kSize = 256;  // what libpq's manual recommends
  char words[kSize];
  interrupted_ = true;
  client().PQcancel(cancel_.get(), words, kSize);
}

// Cancels what runs past the deadline; the answer to that comes then.
void Wire::wait(bool timed) {
  const Client& pq = client();
  bool cancelled = false;
  while (pq.PQisBusy(handle()) != 0) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
    const bool limited = timed && !cancelled;
    pollfd waiting{pq.PQsocket(handle()), POLLIN, 0};
    constexpr long long kLongest = 3'600'000;
    const auto most = static_cast<int>(std::clamp<long long>(left, 0, kLongest));
    const int ready = poll(&waiting, 1, limited ? most : -1);
    if (ready == 0 && is_past_deadline()) {
      char words[256];
      pq.PQcancel(cancel_.get(), words, sizeof words);
      cancelled = true;
      continue;
    }
    if (ready != 0 && pq.PQconsumeInput(handle()) == 0) return;  // lost: the result says so
  }
}

// The protocol must be brought out of a COPY before anything else can be sent.
bool Wire::end_copy(ExecStatusType status) {
  if (status == PGRES_COPY_IN || status == PGRES_COPY_BOTH) {
    client().PQputCopyEnd(handle(), "refused by ormdb");
    return true;
  }
  if (status != PGRES_COPY_OUT) return false;
  char* data = nullptr;
  while (client().PQgetCopyData(handle(), &data, 0) > 0) client().PQfreemem(data);
  return true;
}

Result Wire::finish(int sent, std::string_view sql, bool timed) {
  const Running running(*this);
  if (sent == 0) fail(nullptr, sql);
  return collect(sql, timed);
}

Result Wire::collect(std::string_view sql, bool timed) {
  const Client& pq = client();
  const bool limited = timed && deadline_ != Clock::time_point::max();
  Result last;
  bool failed = false, copied = false;
  while (true) {
    if (limited) wait(timed);
    Result next(pq.PQgetResult(handle()));
    if (next == nullptr) break;
    const ExecStatusType status = pq.PQresultStatus(next.get());
    copied = end_copy(status) || copied;
    if (failed) continue;
    failed = status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
    last = std::move(next);
  }
  if (copied) {
    throw Error(ErrorKind::kUnsupported, "COPY to or from the client cannot be run by ormdb")
        .where("database")
        .statement(std::string(sql));
  }
  if (failed || last == nullptr) fail(last.get(), sql);
  return last;
}

void Wire::fail(const PGresult* result, std::string_view sql) {
  const std::string words = client().PQerrorMessage(handle());
  if (is_lost()) throw ConnectionLost(lost_connection_error(words, sql, within_));
  try {
    throw_server_error(result, sql, words);
  } catch (Error& error) {
    constexpr std::string_view kCancelled = "57014";
    if (error.sqlstate() == kCancelled) {
      if (is_past_deadline()) throw error.message("timed out").hint("");
      const std::lock_guard lock(interrupting_);
      if (interrupted_) throw error.message("interrupted").hint("");
    }
    throw;
  }
}

}  // namespace ormdb::postgresql
