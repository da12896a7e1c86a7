#include "dialect/postgresql/driver_error.h"

#include <charconv>

#include "base/text.h"
#include "dialect/postgresql/postgresql_error.h"
#include "ormdb/orm_error.h"

namespace ormdb::postgresql {

namespace {

std::string field(const PGresult* result, int code) {
  const char* text = client().PQresultErrorField(result, code);
  return text == nullptr ? "" : text;
}

int number(const PGresult* result, int code) {
  const std::string text = field(result, code);
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Violation violation_of(std::string_view sqlstate) {
  if (sqlstate == "23505") return Violation::kUnique;
  if (sqlstate == "23503" || sqlstate == "23001") return Violation::kForeignKey;
  if (sqlstate == "23502") return Violation::kNotNull;
  if (sqlstate == "23514") return Violation::kCheck;
  return Violation::kOther;
}

// "Key (a, b)=(1, 2) already exists.", whatever the language around the parentheses.
std::string columns_of_detail(const std::string& detail) {
  const std::size_t open = detail.find('(');
  const std::size_t close = detail.find(")=(");
  if (open == detail.npos || close == detail.npos || close < open) return "";
  return detail.substr(open + 1, close - open - 1);
}

IntegrityError integrity_error(const PGresult* result, const ServerError& server, Error error) {
  IntegrityError integrity(violation_of(server.sqlstate), error.hint(server.hint));
  integrity.table(field(result, PG_DIAG_TABLE_NAME))
      .constraint(field(result, PG_DIAG_CONSTRAINT_NAME))
      .column(field(result, PG_DIAG_COLUMN_NAME));
  if (integrity.column().empty()) integrity.column(columns_of_detail(server.detail));
  return integrity;
}

bool is_transient(std::string_view sqlstate) {
  return sqlstate == "40001" || sqlstate == "40P01" || sqlstate == kLockNotAvailable;
}

// The message is in the server's language; the function that raises it is not.
bool is_stale(const PGresult* result, std::string_view sqlstate) {
  if (sqlstate == "26000") return true;  // invalid_sql_statement_name
  return sqlstate == "0A000" && field(result, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery";
}

}  // namespace

void throw_server_error(const PGresult* result, std::string_view sql, std::string_view words) {
  ServerError server{
      field(result, PG_DIAG_SQLSTATE),       field(result, PG_DIAG_MESSAGE_PRIMARY),
      field(result, PG_DIAG_MESSAGE_DETAIL), field(result, PG_DIAG_MESSAGE_HINT),
      field(result, PG_DIAG_CONTEXT),        number(result, PG_DIAG_STATEMENT_POSITION),
      field(result, PG_DIAG_INTERNAL_QUERY), number(result, PG_DIAG_INTERNAL_POSITION)};
  if (server.message.empty()) server.message = trim(words);
  const Error error = to_error(server, sql);
  if (server.sqlstate.starts_with("23")) throw integrity_error(result, server, error);
  if (is_transient(server.sqlstate)) throw TransientConflict(error);
  if (is_stale(result, server.sqlstate)) throw StalePlan(error);
  throw error;
}

}  // namespace ormdb::postgresql
