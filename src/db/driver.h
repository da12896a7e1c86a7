// The fast seam between the ORM and an engine: prepared statements with typed binds, columns read
// straight from the client library's buffer, and batched writes as operations of the engine.
//
// What an engine does its own way stands behind this header: how many rows go in one round trip and
// how ids come back (SQLite steps one prepared statement per row; PostgreSQL sends arrays), how a
// list of keys is matched (IN (?, ?) or = ANY($1)), the form of dates and UUIDs on the wire, the
// flavour of placeholders. The ORM has no condition on a dialect's name.
//
// A Driver belongs to one thread at a time; interrupt() alone may come from another one. Failures
// are Errors with statement and sqlstate: IntegrityError for constraints, TransientConflict for
// what a retry may cure.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ormdb/connection.h"
#include "ormdb/datum.h"

namespace ormdb {

/// Takes the values of a statement's parameters, one after the other. Text and bytes are borrowed:
/// they must stay until the statement was stepped to its end or reset.
class ParameterSink {
 public:
  virtual ~ParameterSink() = default;
  virtual void put_null(ValueKind kind) = 0;
  virtual void put_bool(bool value) = 0;
  virtual void put_integer(std::int64_t value) = 0;
  virtual void put_real(double value) = 0;
  virtual void put_text(std::string_view value) = 0;
  virtual void put_blob(std::string_view value) = 0;
  virtual void put_date(std::int64_t days_since_1970) = 0;
  virtual void put_time(std::int64_t microseconds_of_day) = 0;
  virtual void put_timestamp(std::int64_t microseconds_since_1970, bool utc) = 0;
  virtual void put_interval(std::int32_t months, std::int32_t days, std::int64_t microseconds) = 0;
  virtual void put_numeric(std::string_view digits) = 0;
  virtual void put_uuid(const std::uint8_t* bytes) = 0;
  virtual void put_json(std::string_view text) = 0;
  /// PostgreSQL's literal of an array; throws kUnsupported where there are no arrays.
  virtual void put_array(std::string_view literal) = 0;
  /// Around the values of one key list (Driver::key_list) of so many columns; a driver with arrays
  /// collects them.
  virtual void begin_list(std::size_t /*columns*/) {}
  virtual void end_list() {}
};

/// The current row. Each getter gives false for NULL and leaves `value` alone; views last until the
/// next step. Throws ConversionError for a value that is nothing of the kind.
class RowReader {
 public:
  virtual ~RowReader() = default;
  virtual bool get_bool(int column, bool& value) const = 0;
  virtual bool get_integer(int column, std::int64_t& value) const = 0;
  virtual bool get_real(int column, double& value) const = 0;
  virtual bool get_text(int column, std::string_view& value) const = 0;
  virtual bool get_blob(int column, std::string_view& value) const = 0;
  virtual bool get_date(int column, std::int64_t& days) const = 0;
  virtual bool get_time(int column, std::int64_t& microseconds) const = 0;
  virtual bool get_timestamp(int column, std::int64_t& microseconds, bool utc) const = 0;
  virtual bool get_interval(int column, std::int32_t& months, std::int32_t& days,
                            std::int64_t& microseconds) const = 0;
  virtual bool get_numeric(int column, std::string_view& digits) const = 0;
  virtual bool get_uuid(int column, std::uint8_t* bytes) const = 0;
  virtual bool get_json(int column, std::string_view& text) const = 0;
  virtual bool get_array(int column, std::string_view& literal) const = 0;
  /// The value as the engine types it, for raw statements.
  virtual Value value(int column) const = 0;
};

class PreparedStatement : public ParameterSink, public RowReader {
 public:
  virtual int parameters() const = 0;
  virtual int columns() const = 0;
  virtual std::string column_name(int column) const = 0;
  virtual const std::string& sql() const = 0;
  /// To the next row; false at the end, and the statement is reset then. The first step runs it.
  virtual bool step() = 0;
  /// Ends a statement that was not stepped to its end; the next value put is the first again.
  virtual void reset() noexcept = 0;
  /// Rows that the statement changed, after its end.
  virtual std::int64_t changes() const = 0;
};

/// The rows of a batched write, asked for in order, each once.
class RowSource {
 public:
  virtual ~RowSource() = default;
  virtual std::size_t size() const = 0;
  /// Puts the values of one row, in the order of the plan's columns.
  virtual void put(std::size_t row, ParameterSink& sink) = 0;
  /// The row was written: its generated key (InsertPlan::generated_key), and where the plan has
  /// `returning`, those columns of it (0-based) in `columns`, else nullptr.
  virtual void written(std::size_t row, std::int64_t key, const RowReader* columns) = 0;
};

struct PlanColumn {
  std::string name;  ///< Without quotes.
  ValueKind kind = ValueKind::kNull;
};

/// INSERT INTO table (columns) VALUES …; plans are made once and reused: `id` is unique among all
/// plans of the process, so that a driver can keep what it prepared for one.
struct InsertPlan {
  std::uint64_t id = 0;
  std::string table;  ///< Quoted, with its schema.
  std::vector<PlanColumn> columns;
  std::string generated_key;           ///< The integer key that the database gives, or "".
  std::vector<std::string> returning;  ///< Columns to read back, without quotes.
  /// Many rows at once: a driver may load them in a way of its own (COPY), which runs triggers and
  /// checks constraints like an INSERT.
  bool bulk = false;
};

/// UPDATE table SET set WHERE key; the source puts `set` values, then `key` values.
struct UpdatePlan {
  std::uint64_t id = 0;
  std::string table;
  std::vector<PlanColumn> set;
  std::vector<PlanColumn> key;
};

/// DELETE FROM table WHERE key.
struct DeletePlan {
  std::uint64_t id = 0;
  std::string table;
  std::vector<PlanColumn> key;
};

/// A new id for a plan.
std::uint64_t next_plan_id();

/// How a dialect spells what its statements differ in.
struct SqlStyle {
  std::string_view dialect;
  bool numbered_placeholders = false;  ///< $1, $2 instead of ?.
  bool ilike = false;                  ///< Has ILIKE; else LIKE ignores the case of ASCII.
  bool row_locks = false;              ///< FOR UPDATE.
  bool returning = true;
  std::size_t max_parameters = 0;
  std::string (*quote)(std::string_view identifier) = nullptr;
  bool json_arrows = false;  ///< a -> 'key' -> 0; else a -> '$."key"[0]' and json_extract.
  bool arrays = false;
};

struct TransactionOptions {
  std::string isolation;  ///< "", "immediate" (SQLite), "serializable", "repeatable read", …
  bool read_only = false;
};

struct DriverOptions {
  std::chrono::milliseconds lock_timeout{5000};
  bool prepared_statements = true;
};

class Driver {
 public:
  virtual ~Driver() = default;

  virtual const SqlStyle& style() const = 0;

  /// A prepared statement, kept under its text (bounded, least recently used first out); it is
  /// reset and at its first parameter. Its user runs it to its end before anything else is
  /// prepared.
  virtual PreparedStatement& prepare(std::string_view sql) = 0;
  /// One that belongs to the caller, for rows that are read while others run. It must go before the
  /// driver.
  virtual std::unique_ptr<PreparedStatement> prepare_own(std::string_view sql) = 0;

  /// Statements without parameters and rows; several in one text.
  virtual void run(std::string_view sql) = 0;

  virtual void begin(const TransactionOptions& options) = 0;
  virtual void commit() = 0;
  virtual void rollback() = 0;  ///< Nothing when the engine has rolled back itself.
  virtual bool in_transaction() const = 0;

  /// Writes all rows of the source and tells it of each. Rows before a failing one may be written:
  /// the caller's transaction undoes them.
  virtual void insert(const InsertPlan& plan, RowSource& rows) = 0;
  /// Both return the index of the first row that matched nothing, or rows.size().
  virtual std::size_t update(const UpdatePlan& plan, RowSource& rows) = 0;
  virtual std::size_t remove(const DeletePlan& plan, RowSource& rows) = 0;

  /// The most keys that one statement with key_list() takes.
  virtual std::size_t max_keys(std::size_t columns) const = 0;
  /// How many keys to write for `count` of them, so that few texts serve all counts; the caller
  /// repeats the last key.
  virtual std::size_t padded_keys(std::size_t count) const = 0;
  /// Appends the condition that the columns (SQL, quoted) are one of `count` keys, whose values are
  /// then put between begin_list() and end_list(), key after key. `parameter` is the number of the
  /// first placeholder and is advanced.
  virtual void key_list(std::string& sql, const std::vector<std::string>& columns,
                        const std::vector<ValueKind>& kinds, std::size_t count,
                        int& parameter) const = 0;

  /// Whether the connection still works (a round trip); never throws.
  virtual bool ping() noexcept = 0;
  /// Back to a fresh state before it returns to the pool; false: throw it away.
  virtual bool reset() noexcept = 0;
  /// Stops the running statement, from any thread: it throws kDatabase with "interrupted".
  virtual void interrupt() noexcept = 0;
  /// Statements that run past it throw kDatabase "timed out"; max() is none.
  virtual void set_deadline(std::chrono::steady_clock::time_point deadline) = 0;

  /// The same connection for schema statements; lives as long as the driver.
  virtual Connection& connection() = 0;
};

/// Opens a connection; throws kUnsupported for a dialect without a driver. Defined by the dialects.
std::unique_ptr<Driver> open_driver(const Url& url, const DriverOptions& options);

/// Whether every connection to this URL sees a database of its own (SQLite in memory).
bool is_private_database(const Url& url);

}  // namespace ormdb
