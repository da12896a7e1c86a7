// Values as the server sends them, in binary or as text, to the ORM's.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "db/driver.h"
#include "dialect/postgresql/client.h"

namespace ormdb::postgresql {

/// A value that is not NULL.
struct Cell {
  std::string_view bytes;
  Oid type = 0;
  bool binary = false;
};

/// The server's text of it (with ISO dates and intervals).
std::string cell_text(const Cell& cell);

// Each gives false for what is nothing of the kind. Types are converted as far as no value is lost:
// a numeric without fraction is an integer, a date a timestamp.
bool decode_bool(const Cell& cell, bool& value);
bool decode_integer(const Cell& cell, std::int64_t& value);
bool decode_real(const Cell& cell, double& value);
bool decode_date(const Cell& cell, std::int64_t& days);
bool decode_time(const Cell& cell, std::int64_t& microseconds);
bool decode_timestamp(const Cell& cell, std::int64_t& microseconds);
bool decode_interval(const Cell& cell, std::int32_t& months, std::int32_t& days,
                     std::int64_t& microseconds);
bool decode_uuid(const Cell& cell, std::uint8_t* bytes);

/// The rows of one result; get functions as RowReader has them.
class ResultReader {
 public:
  /// Takes the result; `row` is the one before the first.
  void take(Result result);
  void clear();
  bool holds_result() const { return result_ != nullptr; }
  /// To the next row; false behind the last one.
  bool next();
  int row_count() const { return rows_; }
  int column_count() const { return static_cast<int>(types_.size()); }
  std::string column_name(int column) const;
  /// Rows that the statement changed.
  std::int64_t changes() const;

  bool cell(int column, Cell& cell) const {
    const auto size = static_cast<std::size_t>(pq_->PQgetlength(result_.get(), row_, column));
    if (size == 0 && pq_->PQgetisnull(result_.get(), row_, column) != 0) return false;
    cell.bytes = {pq_->PQgetvalue(result_.get(), row_, column), size};
    cell.type = types_[static_cast<std::size_t>(column)];
    cell.binary = binary_;
    return true;
  }
  bool get_text(int column, std::string_view& value) const;
  bool get_blob(int column, std::string_view& value) const;
  Value value(int column) const;
  [[noreturn]] void wrong_form(const Cell& cell, int column, const char* what) const;

 private:
  const Client* pq_ = nullptr;
  Result result_;
  std::vector<Oid> types_;
  bool binary_ = false;
  int rows_ = 0;
  int row_ = -1;
  mutable std::deque<std::string> texts_;  ///< What was converted for the current row.
};

/// The get functions of a RowReader over a ResultReader. `Base` is RowReader or what derives of it.
template <class Base>
class Decoding : public Base {
 public:
  bool get_bool(int column, bool& value) const override {
    return get(column, "a truth value", [&](const Cell& cell) { return decode_bool(cell, value); });
  }
  bool get_integer(int column, std::int64_t& value) const override {
    return get(column, "an integer", [&](const Cell& cell) { return decode_integer(cell, value); });
  }
  bool get_real(int column, double& value) const override {
    return get(column, "a number", [&](const Cell& cell) { return decode_real(cell, value); });
  }
  bool get_text(int column, std::string_view& value) const override {
    return reader_.get_text(column, value);
  }
  bool get_blob(int column, std::string_view& value) const override {
    return reader_.get_blob(column, value);
  }
  bool get_date(int column, std::int64_t& days) const override {
    return get(column, "a date", [&](const Cell& cell) { return decode_date(cell, days); });
  }
  bool get_time(int column, std::int64_t& value) const override {
    return get(column, "a time of day", [&](const Cell& cell) { return decode_time(cell, value); });
  }
  bool get_timestamp(int column, std::int64_t& value, bool /*utc*/) const override {
    return get(column, "a date and time",
               [&](const Cell& cell) { return decode_timestamp(cell, value); });
  }
  bool get_interval(int column, std::int32_t& months, std::int32_t& days,
                    std::int64_t& microseconds) const override {
    return get(column, "an interval",
               [&](const Cell& cell) { return decode_interval(cell, months, days, microseconds); });
  }
  bool get_numeric(int column, std::string_view& digits) const override {
    return reader_.get_text(column, digits);
  }
  bool get_uuid(int column, std::uint8_t* bytes) const override {
    return get(column, "a UUID", [&](const Cell& cell) { return decode_uuid(cell, bytes); });
  }
  bool get_json(int column, std::string_view& text) const override {
    return reader_.get_text(column, text);
  }
  bool get_array(int column, std::string_view& literal) const override {
    return reader_.get_text(column, literal);  // no type of arrays is sent in binary
  }
  Value value(int column) const override { return reader_.value(column); }

 protected:
  ResultReader reader_;

 private:
  template <class Decode>
  bool get(int column, const char* what, Decode decode) const {
    Cell cell;
    if (!reader_.cell(column, cell)) return false;
    if (!decode(cell)) reader_.wrong_form(cell, column, what);
    return true;
  }
};

}  // namespace ormdb::postgresql
