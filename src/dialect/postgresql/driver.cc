#include "dialect/postgresql/driver.h"

#include <list>
#include <unordered_map>

#include "dialect/postgresql/driver_batch.h"
#include "dialect/postgresql/driver_statement.h"
#include "dialect/postgresql/driver_wire.h"
#include "dialect/postgresql/literal.h"
#include "ormdb/orm_error.h"

namespace ormdb::postgresql {

namespace {

constexpr std::size_t kMaxStatements = 512;
constexpr std::size_t kMaxParameters = 65535;  // 16 bits of the protocol
constexpr std::size_t kMaxKeys = 32768;

const SqlStyle kStyle = {"postgresql", true,   true, true, true,
                         kMaxParameters, &quote, true, true};

// What dates, times, intervals and bytes look like where they come as text.
constexpr std::string_view kSettings[] = {"TimeZone = 'UTC'", "DateStyle = 'ISO'",
                                          "IntervalStyle = 'iso_8601'", "bytea_output = 'hex'",
                                          "extra_float_digits = 1"};

class PostgresqlDriver final : public Driver {
 public:
  PostgresqlDriver(const Url& url, const DriverOptions& options);

  const SqlStyle& style() const override { return kStyle; }
  Statement& prepare(std::string_view sql) override;
  std::unique_ptr<PreparedStatement> prepare_own(std::string_view sql) override {
    return std::make_unique<Statement>(wire_, sql, Statement::Reading::kCursor);
  }
  void run(std::string_view sql) override;

  void begin(const TransactionOptions& options) override;
  void commit() override;
  void rollback() override;
  bool in_transaction() const override { return wire_.in_transaction(); }

  void insert(const InsertPlan& plan, RowSource& rows) override { batch_.insert(plan, rows); }
  std::size_t update(const UpdatePlan& plan, RowSource& rows) override {
    return batch_.update(plan, rows);
  }
  std::size_t remove(const DeletePlan& plan, RowSource& rows) override {
    return batch_.remove(plan, rows);
  }

  std::size_t max_keys(std::size_t /*columns*/) const override { return kMaxKeys; }
  std::size_t padded_keys(std::size_t count) const override;
  void key_list(std::string& sql, const std::vector<std::string>& columns,
                const std::vector<ValueKind>& kinds, std::size_t count,
                int& parameter) const override;

  bool ping() noexcept override;
  bool reset() noexcept override;
  void interrupt() noexcept override { wire_.interrupt(); }
  void set_deadline(std::chrono::steady_clock::time_point deadline) override {
    wire_.set_deadline(deadline);
  }
  Connection& connection() override { return wire_.connection(); }

 private:
  struct Cached {
    std::unique_ptr<Statement> statement;
    std::list<std::string_view>::iterator use;
  };

  Result send_commit();

  Wire wire_;
  std::string begin_suffix_;  ///< Behind a pooler, the settings of a transaction.
  // Keys point into the statements, most recently used first.
  std::unordered_map<std::string_view, Cached> statements_;
  std::list<std::string_view> uses_;
  BatchWriter batch_;
};

ConnectOptions connect_options(const DriverOptions& options) {
  ConnectOptions result;
  result.lock_timeout = options.lock_timeout;
  result.fixed_default_schema = false;  // the application's own
  return result;
}

PostgresqlDriver::PostgresqlDriver(const Url& url, const DriverOptions& options)
    : wire_(url, connect_options(options), options.prepared_statements), batch_(wire_) {
  const bool pooled = wire_.connection().pooled();
  std::string sql;
  for (const std::string_view setting : kSettings) {
    sql += (pooled ? "; SET LOCAL " : "SET ") + std::string(setting) + (pooled ? "" : ";");
  }
  if (!pooled) {
    wire_.run(sql);
    return;
  }
  // Not 0, which would wait for ever.
  const long long wait = std::max<long long>(options.lock_timeout.count(), 1);
  begin_suffix_ = sql + "; SET LOCAL lock_timeout = " + std::to_string(wait);
}

Statement& PostgresqlDriver::prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) {
    uses_.splice(uses_.begin(), uses_, found->second.use);
    found->second.statement->reset();
    return *found->second.statement;
  }
  while (statements_.size() >= kMaxStatements) {
    const auto oldest = statements_.find(uses_.back());
    uses_.pop_back();
    statements_.erase(oldest);
  }
  auto statement = std::make_unique<Statement>(wire_, sql);
  Statement& result = *statement;
  uses_.push_front(result.sql());
  statements_.emplace(result.sql(), Cached{std::move(statement), uses_.begin()});
  return result;
}

void PostgresqlDriver::run(std::string_view sql) {
  const std::string text(sql);
  // The way out of a failed statement stays open past the deadline.
  text.starts_with("ROLLBACK") ? wire_.control(text) : wire_.run(text);
}

// SQLite's word asks for a lock that is no matter of isolation here.
std::string isolation_words(const std::string& isolation) {
  constexpr std::string_view kLevels[] = {"serializable", "repeatable read", "read committed",
                                          "read uncommitted"};
  if (isolation.empty() || isolation == "immediate") return "";
  for (const std::string_view level : kLevels) {
    if (isolation == level) return " ISOLATION LEVEL " + isolation;
  }
  throw Error(ErrorKind::kUsage, "PostgreSQL has no isolation level '" + isolation + "'")
      .hint("serializable, repeatable read, read committed");
}

void PostgresqlDriver::begin(const TransactionOptions& options) {
  wire_.collect_garbage();
  wire_.run("BEGIN" + isolation_words(options.isolation) + (options.read_only ? " READ ONLY" : "") +
            begin_suffix_);
}

// A server that is told to end may do so behind a commit that it has made, and before it says so.
OutcomeUnknown unknown_outcome(const Error& cause) {
  Error error = cause;
  error
      .message(cause.message() + "; it was lost at COMMIT, outcome unknown: the transaction may " +
               "have taken effect")
      .hint("roll back, and look into the database before doing it again");
  return OutcomeUnknown(error);
}

Result PostgresqlDriver::send_commit() {
  // One that was lost before was never asked to commit.
  const bool was_lost = wire_.is_lost();
  try {
    return wire_.control("COMMIT");
  } catch (const ConnectionLost& error) {
    if (was_lost) throw;
    throw unknown_outcome(error);
  }
}

void PostgresqlDriver::commit() {
  const Result result = send_commit();
  if (std::string_view(client().PQcmdStatus(result.get())) != "ROLLBACK") return;
  throw Error(ErrorKind::kDatabase,
              "the transaction was rolled back, because a statement in it had failed");
}

void PostgresqlDriver::rollback() {
  if (wire_.is_lost() || !in_transaction()) return;
  try {
    wire_.control("ROLLBACK");
  } catch (const ConnectionLost&) {
    return;  // the server has rolled back then
  }
}

// Powers of two: the ORM keeps a text for each count.
std::size_t PostgresqlDriver::padded_keys(std::size_t count) const {
  std::size_t padded = 1;
  while (padded < count) padded *= 2;
  return padded;
}

/// Whether only the column knows which type the text is of.
bool is_spelled(ValueKind kind) {
  return kind != ValueKind::kNumeric && element_type(kind).oid == type::kText;
}

void PostgresqlDriver::key_list(std::string& sql, const std::vector<std::string>& columns,
                                const std::vector<ValueKind>& kinds, std::size_t /*count*/,
                                int& parameter) const {
  if (columns.size() == 1) {
    sql += columns[0] + " = ANY ($" + std::to_string(++parameter) + ")";
    return;
  }
  std::string names, arrays;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const std::string mark = "$" + std::to_string(++parameter);
    const std::string_view separator = i == 0 ? "" : ", ";
    names.append(separator).append(columns[i]);
    arrays.append(separator).append(mark);
    if (is_spelled(kinds[i])) {
      // ANY tells the server the column's type, which may be an enum; pairs are compared as text.
      sql += columns[i] + " = ANY (" + mark + ") AND ";
      names += "::text";
    }
    const bool numeric = kinds[i] == ValueKind::kNumeric;
    arrays.append("::").append(numeric ? "numeric" : element_type(kinds[i]).name).append("[]");
  }
  sql += "(" + names + ") IN (SELECT * FROM unnest(" + arrays + "))";
}

bool PostgresqlDriver::ping() noexcept {
  try {
    wire_.control("SELECT 1");
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool PostgresqlDriver::reset() noexcept {
  try {
    for (const auto& [sql, cached] : statements_) cached.statement->reset();
    batch_.reset();
    rollback();
    wire_.set_deadline(Wire::Clock::time_point::max());
    return !wire_.is_lost();
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

std::unique_ptr<Driver> open_driver(const Url& url, const DriverOptions& options) {
  DriverOptions own = options;
  Url plain = url;
  if (const auto found = plain.options.find("prepared_statements"); found != plain.options.end()) {
    own.prepared_statements = found->second != "off";
    plain.options.erase(found);
  }
  return std::make_unique<PostgresqlDriver>(plain, own);
}

}  // namespace ormdb::postgresql
