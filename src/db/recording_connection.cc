#include "db/recording_connection.h"

#include <charconv>
#include <cmath>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string result;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    result.append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15U]);
  }
  return result;
}

std::string string_literal(std::string_view text, std::string_view dialect) {
  const bool is_mysql = dialect == "mysql";
  std::string result = "'";
  for (const char c : text) {
    if (c == '\0' && !is_mysql) {
      throw Error(ErrorKind::kUnsupported, "a string with a NUL character has no SQL literal");
    }
    if (c == '\0') {
      result += "\\0";
      continue;
    }
    if (c == '\'' || (c == '\\' && is_mysql)) result += c;
    result += c;
  }
  return result + "'";
}

std::string float_literal(double value, std::string_view dialect) {
  if (!std::isfinite(value)) {
    const std::string name = std::isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
    if (dialect == "postgresql") return "'" + name + "'::float8";
    throw Error(ErrorKind::kUnsupported, name + " has no SQL literal");
  }
  char buffer[40];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  std::string text(buffer, result.ptr);
  if (text.find_first_of(".e") == text.npos) text += ".0";
  return text;
}

std::string blob_literal(const Blob& blob, std::string_view dialect) {
  if (dialect == "postgresql") return "'\\x" + hex(blob.bytes) + "'::bytea";
  return "x'" + hex(blob.bytes) + "'";
}

std::string without_semicolon(std::string_view sql) {
  std::string_view text = trim(sql);
  while (text.ends_with(';')) text = trim(text.substr(0, text.size() - 1));
  return std::string(text);
}

// A comment at the end would swallow the semicolon.
bool ends_in_line_comment(std::string_view sql, std::string_view dialect) {
  const std::vector<SqlToken> tokens = scan_sql(sql, sql_dialect(dialect));
  return !tokens.empty() && tokens.back().kind == SqlToken::Kind::kComment &&
         !tokens.back().text.starts_with("/*");
}

}  // namespace

std::string sql_literal(const Value& value, std::string_view dialect) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&value)) return float_literal(*number, dialect);
  if (const auto* text = std::get_if<std::string>(&value)) return string_literal(*text, dialect);
  if (const auto* blob = std::get_if<Blob>(&value)) return blob_literal(*blob, dialect);
  return "NULL";
}

std::string inline_parameters(std::string_view sql, const std::vector<Value>& parameters,
                              std::string_view dialect) {
  if (parameters.empty()) return std::string(sql);
  std::string result;
  std::size_t used = 0;
  for (const SqlToken& token : scan_sql(sql, sql_dialect(dialect))) {
    if (token.text != "?") {
      result += token.text;
    } else if (used < parameters.size()) {
      result += sql_literal(parameters[used++], dialect);
    } else {
      ++used;
    }
  }
  if (used == parameters.size()) return result;
  throw Error(ErrorKind::kInternal, "a statement with " + counted(used, "mark") + " got " +
                                        counted(parameters.size(), "parameter"))
      .statement(std::string(sql));
}

RecordingConnection::RecordingConnection(std::string& out, std::string dialect)
    : out_(out), dialect_(std::move(dialect)) {}

void RecordingConnection::execute(std::string_view sql, const std::vector<Value>& parameters) {
  const std::string text = without_semicolon(inline_parameters(sql, parameters, dialect_));
  if (text.empty()) return;
  out_ += text;
  if (ends_in_line_comment(text, dialect_)) out_ += '\n';
  out_ += ";\n\n";
  follow_transaction(text);
}

Rows RecordingConnection::query(std::string_view sql, const std::vector<Value>& /*parameters*/) {
  throw Error(ErrorKind::kUnsupported, "SQL is being written, not run: there is no database to ask")
      .statement(std::string(sql))
      .hint("run the command without --sql");
}

void RecordingConnection::comment(std::string_view text) {
  for (const std::string& line : split(normalize_newlines(text), '\n')) {
    out_ += line.empty() ? "--\n" : "-- " + line + "\n";
  }
}

void RecordingConnection::follow_transaction(std::string_view sql) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(sql, sql_dialect(dialect_));
  if (tokens.empty()) return;
  const SqlToken& first = tokens.front();
  const SqlToken& last = tokens.back();
  if (first.is_word("begin") || (first.is_word("start") && last.is_word("transaction"))) {
    in_transaction_ = true;
  } else if (first.is_word("commit") || first.is_word("end")) {
    in_transaction_ = false;
  } else if (first.is_word("rollback")) {
    bool to_savepoint = false;
    for (const SqlToken& token : tokens) to_savepoint = to_savepoint || token.is_word("to");
    in_transaction_ = in_transaction_ && to_savepoint;
  }
}

}  // namespace ormdb
