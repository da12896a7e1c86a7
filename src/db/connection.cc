#include "ormdb/connection.h"

#include <charconv>
#include <string>

#include "ormdb/error.h"

namespace ormdb {
namespace {

std::string float_text(double value) {
  char buffer[40];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, result.ptr);
}

std::int64_t parse_integer(const std::string& text) {
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, value);
  if (result.ec == std::errc() && result.ptr == end) return value;
  throw Error(ErrorKind::kInternal, "the database gave '" + text + "' where a number was expected");
}

// At the edge of what a double holds, the cast would be undefined.
std::int64_t truncate(double value) {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (value >= -kLimit && value < kLimit) return static_cast<std::int64_t>(value);
  throw Error(ErrorKind::kInternal,
              "the database gave " + float_text(value) + " where a whole number was expected");
}

const Value& value_at(const Rows& rows, std::size_t row, std::size_t column) {
  if (row < rows.rows.size() && column < rows.rows[row].size()) return rows.rows[row][column];
  throw Error(ErrorKind::kInternal, "no row " + std::to_string(row) + ", column " +
                                        std::to_string(column) + " in a result of " +
                                        std::to_string(rows.rows.size()) + " rows");
}

}  // namespace

std::string Rows::text(std::size_t row, std::size_t column) const {
  const Value& value = value_at(*this, row, column);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&value)) return float_text(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* blob = std::get_if<Blob>(&value)) return blob->bytes;
  return "";
}

std::int64_t Rows::integer(std::size_t row, std::size_t column) const {
  const Value& value = value_at(*this, row, column);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* number = std::get_if<double>(&value)) return truncate(*number);
  if (std::holds_alternative<std::monostate>(value)) return 0;
  return parse_integer(text(row, column));
}

bool Rows::is_null(std::size_t row, std::size_t column) const {
  return std::holds_alternative<std::monostate>(value_at(*this, row, column));
}

Transaction::Transaction(Connection& connection, std::string_view begin) : connection_(connection) {
  connection_.execute(begin);
  open_ = true;
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    rollback();
  } catch (const Error&) {
    // The error that brought us here counts; the engine rolls back when the connection closes.
  }
}

void Transaction::commit() {
  // A COMMIT that fails leaves the transaction open, so that the destructor rolls it back.
  connection_.execute("COMMIT");
  open_ = false;
}

void Transaction::rollback() {
  open_ = false;
  // Some errors (a full disk, a deadlock) have already ended it.
  if (connection_.in_transaction()) connection_.execute("ROLLBACK");
}

}  // namespace ormdb
