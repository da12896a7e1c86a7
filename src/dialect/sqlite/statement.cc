#include "dialect/sqlite/statement.h"

#include <sqlite3.h>

#include "base/text.h"
#include "db/iso_time.h"
#include "dialect/sqlite/sqlite_error.h"
#include "ormdb/orm_error.h"

namespace ormdb {

namespace {

Violation violation_of(int code) {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return Violation::kUnique;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return Violation::kForeignKey;
    case SQLITE_CONSTRAINT_NOTNULL:
      return Violation::kNotNull;
    case SQLITE_CONSTRAINT_CHECK:
      return Violation::kCheck;
    default:
      return Violation::kOther;
  }
}

// "UNIQUE constraint failed: user.email, user.name" and "CHECK constraint failed: name".
void add_names(IntegrityError& error, std::string_view words) {
  constexpr std::string_view kFailed = "constraint failed: ";
  const std::size_t at = words.find(kFailed);
  if (at == std::string_view::npos) return;
  const std::string rest(words.substr(at + kFailed.size()));
  if (error.violation() == Violation::kCheck) {
    error.constraint(rest);
    return;
  }
  std::vector<std::string> columns;
  for (const std::string& part : split(rest, ',')) {
    const std::string name(trim(part));
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos) return;
    error.table(name.substr(0, dot));
    columns.push_back(name.substr(dot + 1));
  }
  error.column(join(columns, ", "));
}

}  // namespace

void throw_sqlite_error(sqlite3* handle, std::string_view sql, const SqliteContext& context) {
  const int code = sqlite3_extended_errcode(handle);
  const std::string words = sqlite3_errmsg(handle);
  Error error = sqlite_error(handle, sql, context.file);
  switch (code & 0xFF) {
    case SQLITE_CONSTRAINT: {
      IntegrityError integrity(violation_of(code), error.hint(""));
      add_names(integrity, words);
      throw integrity;
    }
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw TransientConflict(error);
    case SQLITE_INTERRUPT:
      if (std::chrono::steady_clock::now() > context.deadline) error.message("timed out");
      throw error;
    default:
      throw error;
  }
}

SqliteStatement::SqliteStatement(sqlite3* handle, std::string_view sql,
                                 const SqliteContext& context)
    : handle_(handle), sql_(sql), context_(context) {
  const char* tail = nullptr;
  const int code = sqlite3_prepare_v3(handle, sql_.data(), static_cast<int>(sql_.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement_, &tail);
  if (code != SQLITE_OK) throw_sqlite_error(handle, sql_, context_);
  const std::string_view rest(tail, sql_.size() - static_cast<std::size_t>(tail - sql_.data()));
  if (statement_ == nullptr || !trim(rest).empty()) {
    sqlite3_finalize(statement_);
    throw Error(ErrorKind::kDatabase, statement_ == nullptr ? "the statement is empty"
                                                            : "more than one statement in a text")
        .statement(sql_);
  }
  columns_ = sqlite3_column_count(statement_);
}

SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

void SqliteStatement::fail() {
  try {
    throw_sqlite_error(handle_, sql_, context_);
  } catch (...) {
    reset();
    throw;
  }
}

void SqliteStatement::check(int code) {
  if (code != SQLITE_OK) fail();
}

int SqliteStatement::parameters() const { return sqlite3_bind_parameter_count(statement_); }

std::string SqliteStatement::column_name(int column) const {
  return sqlite3_column_name(statement_, column);
}

bool SqliteStatement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail();
  reset();
  return false;
}

void SqliteStatement::reset() noexcept {
  sqlite3_reset(statement_);
  next_ = 1;
}

std::int64_t SqliteStatement::changes() const { return sqlite3_changes64(handle_); }

void SqliteStatement::put_null(ValueKind /*kind*/) {
  check(sqlite3_bind_null(statement_, next_++));
}

void SqliteStatement::put_bool(bool value) {
  check(sqlite3_bind_int(statement_, next_++, value ? 1 : 0));
}

void SqliteStatement::put_integer(std::int64_t value) {
  check(sqlite3_bind_int64(statement_, next_++, value));
}

void SqliteStatement::put_real(double value) {
  check(sqlite3_bind_double(statement_, next_++, value));
}

void SqliteStatement::put_text(std::string_view value) {
  // A null pointer would bind NULL instead of an empty text.
  const char* data = value.data() == nullptr ? "" : value.data();
  check(sqlite3_bind_text64(statement_, next_++, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void SqliteStatement::put_blob(std::string_view value) {
  if (value.empty()) {
    check(sqlite3_bind_zeroblob(statement_, next_++, 0));
  } else {
    check(sqlite3_bind_blob64(statement_, next_++, value.data(), value.size(), SQLITE_STATIC));
  }
}

void SqliteStatement::put_own_text(const std::string& text) {
  // SQLITE_TRANSIENT is a cast of -1 to a function pointer: SQLite copies the text.
  const auto copy = reinterpret_cast<sqlite3_destructor_type>(std::intptr_t{-1});
  check(sqlite3_bind_text64(statement_, next_++, text.data(), text.size(), copy, SQLITE_UTF8));
}

void SqliteStatement::put_date(std::int64_t days) { put_own_text(format_date(days)); }

void SqliteStatement::put_time(std::int64_t microseconds) {
  put_own_text(format_time(microseconds));
}

void SqliteStatement::put_timestamp(std::int64_t microseconds, bool /*utc*/) {
  put_own_text(format_timestamp(microseconds));
}

void SqliteStatement::put_interval(std::int32_t months, std::int32_t days,
                                   std::int64_t microseconds) {
  put_own_text(format_interval(months, days, microseconds));
}

void SqliteStatement::put_uuid(const std::uint8_t* bytes) { put_own_text(format_uuid(bytes)); }

namespace {

[[noreturn]] void refuse_array() {
  throw Error(ErrorKind::kUnsupported, "SQLite has no arrays")
      .hint("make the member a Json, or give its type a codec");
}

}  // namespace

void SqliteStatement::put_array(std::string_view /*literal*/) { refuse_array(); }

bool SqliteStatement::get_array(int /*column*/, std::string_view& /*literal*/) const {
  refuse_array();
}

namespace {

std::string_view sized(const void* bytes, sqlite3_value* value) {
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

}  // namespace

bool SqliteStatement::get_bool(int column, bool& value) const {
  std::int64_t number = 0;
  if (!get_integer(column, number)) return false;
  value = number != 0;
  return true;
}

// The value once and then its parts, which costs less than asking the statement for each. The
// connection has no mutex (open_sqlite), so that values that nothing protects may be read.
bool SqliteStatement::get_integer(int column, std::int64_t& value) const {
  sqlite3_value* found = sqlite3_column_value(statement_, column);
  switch (sqlite3_value_type(found)) {
    case SQLITE_INTEGER:
      value = sqlite3_value_int64(found);
      return true;
    case SQLITE_NULL:
      return false;
    case SQLITE_FLOAT:
      value = sqlite3_value_int64(found);
      if (static_cast<double>(value) == sqlite3_value_double(found)) return true;
      break;
    default:
      break;
  }
  std::string_view text;
  get_text(column, text);
  wrong_form(column, text, "an integer");
}

bool SqliteStatement::get_real(int column, double& value) const {
  sqlite3_value* found = sqlite3_column_value(statement_, column);
  const int type = sqlite3_value_type(found);
  if (type == SQLITE_NULL) return false;
  if (type != SQLITE_FLOAT && type != SQLITE_INTEGER) {
    std::string_view text;
    get_text(column, text);
    wrong_form(column, text, "a number");
  }
  value = sqlite3_value_double(found);
  return true;
}

bool SqliteStatement::get_text(int column, std::string_view& value) const {
  sqlite3_value* found = sqlite3_column_value(statement_, column);
  const void* text = nullptr;
#if SQLITE_VERSION_NUMBER >= 3040000
  // As bytes: a text would be copied to get a zero at its end.
  if (sqlite3_value_type(found) == SQLITE_TEXT && sqlite3_value_encoding(found) == SQLITE_UTF8) {
    text = sqlite3_value_blob(found);
    value = text == nullptr ? std::string_view() : sized(text, found);
    return true;
  }
#endif
  text = sqlite3_value_text(found);
  if (text == nullptr) return false;
  value = sized(text, found);
  return true;
}

bool SqliteStatement::get_blob(int column, std::string_view& value) const {
  if (sqlite3_column_type(statement_, column) == SQLITE_NULL) return false;
  const void* bytes = sqlite3_column_blob(statement_, column);
  value =
      bytes == nullptr
          ? std::string_view()
          : std::string_view(static_cast<const char*>(bytes),
                             static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
  return true;
}

void SqliteStatement::wrong_form(int column, std::string_view text, const char* what) const {
  ConversionError error("column " + column_name(column) + " holds '" +
                        std::string(text.substr(0, 40)) + "', which is not " + what);
  error.statement(sql_);
  throw error;
}

bool SqliteStatement::get_date(int column, std::int64_t& days) const {
  std::string_view text;
  if (!get_text(column, text)) return false;
  if (!read_date(text, days)) wrong_form(column, text, "a date");
  return true;
}

bool SqliteStatement::get_time(int column, std::int64_t& microseconds) const {
  std::string_view text;
  if (!get_text(column, text)) return false;
  if (!read_time(text, microseconds)) wrong_form(column, text, "a time of day");
  return true;
}

bool SqliteStatement::get_timestamp(int column, std::int64_t& microseconds, bool /*utc*/) const {
  std::string_view text;
  if (!get_text(column, text)) return false;
  if (!read_timestamp(text, microseconds)) wrong_form(column, text, "a date and time");
  return true;
}

bool SqliteStatement::get_interval(int column, std::int32_t& months, std::int32_t& days,
                                   std::int64_t& microseconds) const {
  std::string_view text;
  if (!get_text(column, text)) return false;
  if (!read_interval(text, months, days, microseconds)) wrong_form(column, text, "an interval");
  return true;
}

bool SqliteStatement::get_uuid(int column, std::uint8_t* bytes) const {
  std::string_view text;
  if (!get_text(column, text)) return false;
  if (!read_uuid(text, bytes)) wrong_form(column, text, "a UUID");
  return true;
}

Value SqliteStatement::value(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement_, column));
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement_, column);
    case SQLITE_NULL:
      return std::monostate();
    case SQLITE_BLOB: {
      std::string_view bytes;
      get_blob(column, bytes);
      return Blob{std::string(bytes)};
    }
    default: {
      std::string_view text;
      get_text(column, text);
      return std::string(text);
    }
  }
}

}  // namespace ormdb
