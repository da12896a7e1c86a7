// A prepared statement of SQLite behind the driver seam.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "db/driver.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ormdb {

/// What the messages of errors need.
struct SqliteContext {
  std::string file;  ///< "" for memory.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

class SqliteStatement final : public PreparedStatement {
 public:
  /// Throws kDatabase for SQL that SQLite does not take. The context outlives the statement.
  SqliteStatement(sqlite3* handle, std::string_view sql, const SqliteContext& context);
  ~SqliteStatement() override;
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  int parameters() const override;
  int columns() const override { return columns_; }
  std::string column_name(int column) const override;
  const std::string& sql() const override { return sql_; }
  bool step() override;
  void reset() noexcept override;
  std::int64_t changes() const override;

  void put_null(ValueKind kind) override;
  void put_bool(bool value) override;
  void put_integer(std::int64_t value) override;
  void put_real(double value) override;
  void put_text(std::string_view value) override;
  void put_blob(std::string_view value) override;
  void put_date(std::int64_t days) override;
  void put_time(std::int64_t microseconds) override;
  void put_timestamp(std::int64_t microseconds, bool utc) override;
  void put_interval(std::int32_t months, std::int32_t days, std::int64_t microseconds) override;
  void put_numeric(std::string_view digits) override { put_text(digits); }
  void put_uuid(const std::uint8_t* bytes) override;
  void put_json(std::string_view text) override { put_text(text); }
  void put_array(std::string_view literal) override;

  bool get_bool(int column, bool& value) const override;
  bool get_integer(int column, std::int64_t& value) const override;
  bool get_real(int column, double& value) const override;
  bool get_text(int column, std::string_view& value) const override;
  bool get_blob(int column, std::string_view& value) const override;
  bool get_date(int column, std::int64_t& days) const override;
  bool get_time(int column, std::int64_t& microseconds) const override;
  bool get_timestamp(int column, std::int64_t& microseconds, bool utc) const override;
  bool get_interval(int column, std::int32_t& months, std::int32_t& days,
                    std::int64_t& microseconds) const override;
  bool get_numeric(int column, std::string_view& digits) const override {
    return get_text(column, digits);
  }
  bool get_uuid(int column, std::uint8_t* bytes) const override;
  bool get_json(int column, std::string_view& text) const override {
    return get_text(column, text);
  }
  bool get_array(int column, std::string_view& literal) const override;
  Value value(int column) const override;

 private:
  void put_own_text(const std::string& text);
  void check(int code);
  [[noreturn]] void fail();
  [[noreturn]] void wrong_form(int column, std::string_view text, const char* what) const;

  sqlite3* handle_;
  sqlite3_stmt* statement_ = nullptr;
  std::string sql_;
  const SqliteContext& context_;
  int columns_ = 0;
  int next_ = 1;
};

/// The handle's error as the ORM throws it: IntegrityError, TransientConflict or Error.
[[noreturn]] void throw_sqlite_error(sqlite3* handle, std::string_view sql,
                                     const SqliteContext& context);

}  // namespace ormdb
