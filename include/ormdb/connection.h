// A connection to a database: the seam between ormdb and an engine.
//
// Implementations: one a dialect (src/dialect/*/connection.*), and a recording one that writes the
// statements instead of running them (--sql, tests).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ormdb {

/// A database URL, percent-decoded: dialect[+driver]://user:password@host:port/name?option=value.
/// SQLAlchemy's rules: sqlite:///relative.db, sqlite:////absolute.db, sqlite:// (memory).
struct Url {
  std::string dialect;  ///< "sqlite", "postgresql" (also for postgres), "mysql" (also for mariadb).
  std::string scheme;   ///< As written, without +driver.
  std::string driver;   ///< What followed +, ignored.
  std::string user;
  std::string password;
  std::string host;  ///< Several hosts: "a,b" with ports "1,2".
  std::string port;
  std::string database;  ///< SQLite: the path, "" for memory.
  std::map<std::string, std::string> options;

  bool operator==(const Url&) const = default;
};

/// Throws Error{kConfig} (the text never holds the password).
Url parse_url(std::string_view text);

/// The URL with the password as ***; what every output, log and error uses.
std::string masked(const Url& url);

struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};

/// A value that goes to or comes from a database. std::monostate is NULL.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

struct Rows {
  std::vector<std::string> columns;
  std::vector<std::vector<Value>> rows;

  /// The value as text ("" for NULL); a number in decimal.
  std::string text(std::size_t row, std::size_t column) const;
  std::int64_t integer(std::size_t row, std::size_t column) const;  ///< 0 for NULL.
  bool is_null(std::size_t row, std::size_t column) const;
};

class Connection {
 public:
  virtual ~Connection() = default;

  /// Runs one statement and throws its result away. Throws Error{kDatabase} with the statement and
  /// the engine's words, or Error{kLocked} when a lock was not had in time.
  virtual void execute(std::string_view sql, const std::vector<Value>& parameters = {}) = 0;

  /// Runs one statement and returns all its rows. `?` marks are bound to `parameters` in order.
  virtual Rows query(std::string_view sql, const std::vector<Value>& parameters = {}) = 0;

  virtual bool in_transaction() const = 0;

  /// True for the recording connection: statements are written, not run.
  virtual bool is_recording() const { return false; }
};

/// Rolls back on destruction unless committed.
class Transaction {
 public:
  /// `begin` is the dialect's statement (SQLite: BEGIN IMMEDIATE).
  Transaction(Connection& connection, std::string_view begin);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();
  void rollback();

 private:
  Connection& connection_;
  bool open_ = false;
};

}  // namespace ormdb
