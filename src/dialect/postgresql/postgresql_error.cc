#include "dialect/postgresql/postgresql_error.h"

#include <algorithm>

#include "base/text.h"

namespace ormdb::postgresql {

namespace {

struct Advice {
  std::string_view sqlstate, hint;
};

// Manual, appendix A "PostgreSQL Error Codes".
constexpr Advice kAdvice[] = {
    {"23502", "there are rows without a value: give the column a default, or fill the rows before"},
    {"23503", "there are rows that point to none: delete or mend them in a step before"},
    {"23505", "there are rows with equal values: mend them in a step before"},
    {"23514", "there are rows that break the check: mend them in a step before"},
    {"25001", "give the step `transaction: false`, so that it runs outside a transaction"},
    {"25006",
     "this server only reads: name the primary, or add "
     "target_session_attrs=read-write to the URL"},
    {"2BP01", "drop what depends on it in a step before"},
    {"40P01", "it was rolled back; run the command again"},
    {"42501", "connect as a role that may do this: the owner of the object, or one granted it"},
    {"53100", "make room on the server's disk"},
    {"53200", "the server has no memory left for it"},
    {"53400", "raise the server's limit that the message names"},
    {"55006", "end the sessions that use it; pg_stat_activity lists them"},
    {"55P03", "wait longer with --lock-timeout, or run it again when less is going on"},
    {"55P04",
     "a new enum value can be used after a commit: put the steps that use it into a "
     "revision of their own"},
    {"57014", "raise statement_timeout (--statement-timeout), or set it to 0"},
};

std::string_view advice_for(std::string_view sqlstate) {
  for (const Advice& advice : kAdvice) {
    if (advice.sqlstate == sqlstate) return advice.hint;
  }
  return "";
}

// Byte offset of the character, from 1; npos when there is none.
std::size_t byte_offset(std::string_view sql, int position) {
  int character = 0;
  for (std::size_t i = 0; i < sql.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(sql[i]) & 0xC0U) != 0x80U;
    if (starts && ++character == position) return i;
  }
  // "syntax error at end of input" points behind the last one.
  return position > 0 && character + 1 == position ? sql.size() : std::string_view::npos;
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

struct Place {
  std::size_t line_begin = 0;
  std::size_t offset = 0;
};

// Where the line of the byte begins.
Place place_of(std::string_view sql, std::size_t offset) {
  const std::size_t newline = offset == 0 ? sql.npos : sql.rfind('\n', offset - 1);
  return {newline == sql.npos ? 0 : newline + 1, offset};
}

std::string place_text(std::string_view sql, int position) {
  const std::size_t offset = byte_offset(sql, position);
  if (offset == sql.npos) return "";
  const Place place = place_of(sql, offset);
  const auto line = 1 + std::count(sql.begin(), sql.begin() + static_cast<long>(offset), '\n');
  const std::size_t column =
      1 + character_count(sql.substr(place.line_begin, offset - place.line_begin));
  return " (line " + std::to_string(line) + ", column " + std::to_string(column) + ")";
}

std::string message_for(const ServerError& server, std::string_view sql) {
  std::string message = server.message + place_text(sql, server.position);
  if (!server.detail.empty()) message += ": " + server.detail;
  if (!server.context.empty()) message += "\nin " + server.context;
  if (!server.internal_query.empty()) {
    message += "\n" + with_caret(server.internal_query, server.internal_position);
  }
  return message;
}

struct Pattern {
  std::string_view words, sqlstate, hint;
};

// A failure to connect comes without fields, so its words are all there is. A server that speaks
// another language gets no hint.
constexpr Pattern kPatterns[] = {
    {"password authentication failed", "28P01",
     "check user and password in the database URL, PGPASSWORD or ~/.pgpass; special characters of "
     "a password are percent-encoded in a URL (@ is %40)"},
    {"no password supplied", "28P01",
     "put the password into the database URL, PGPASSWORD or ~/.pgpass"},
    {"no pg_hba.conf entry", "28000",
     "the server's pg_hba.conf does not let this user in from here; with \"no encryption\" in the "
     "message, add sslmode=require to the URL"},
    {"authentication failed", "28000", "check the user in the database URL"},
    {"role \"", "28000", "check the user in the database URL"},
    {"database \"", "3D000", "create it with `ormdb create-db`, or correct the database URL"},
    {"too many clients", "53300", "end connections that nobody needs, or try again later"},
    {"remaining connection slots", "53300", "end connections that nobody needs"},
    {"the database system is", "57P03", "try again, or add --wait SECONDS"},
    {"Connection refused", "08001",
     "no server listens there: start it, or correct the database URL; --wait SECONDS waits for one "
     "that is starting"},
    {"No such file or directory", "08001",
     "no server listens on this socket: start it, or name a host in the database URL"},
    {"could not translate host name", "08001", "check the host in the database URL"},
    {"timeout expired", "08001",
     "the host does not answer: check host, port and firewall, or raise connect_timeout in the "
     "URL"},
    {"does not support SSL", "08001", "use sslmode=prefer or sslmode=disable"},
    {"certificate", "08001", "check sslmode and sslrootcert in the database URL"},
};

const Pattern* pattern_of(std::string_view words) {
  for (const Pattern& pattern : kPatterns) {
    if (words.find(pattern.words) == words.npos) continue;
    const bool names_object = pattern.words.ends_with('"');
    if (!names_object || words.find("does not exist") != words.npos) return &pattern;
  }
  return nullptr;
}

}  // namespace

std::string with_caret(std::string_view sql, int position) {
  const std::size_t offset = byte_offset(sql, position);
  if (offset == sql.npos) return std::string(sql);
  const Place place = place_of(sql, offset);
  const std::size_t end = std::min(sql.find('\n', offset), sql.size());
  std::string result(sql.substr(0, end));
  result += '\n';
  // A tab of the line above is one here, so that both are as wide.
  for (const char c : sql.substr(place.line_begin, offset - place.line_begin)) {
    if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) result += c == '\t' ? '\t' : ' ';
  }
  return result.append("^").append(sql.substr(end));
}

Error to_error(const ServerError& server, std::string_view sql) {
  const bool timed_out = server.sqlstate == kQueryCanceled &&
                         server.message.find("statement timeout") != std::string::npos;
  const bool locked =
      timed_out || server.sqlstate == kLockNotAvailable || server.sqlstate == "40P01";
  Error error(locked ? ErrorKind::kLocked : ErrorKind::kDatabase, message_for(server, sql));
  error.where("database").sqlstate(server.sqlstate).statement(with_caret(sql, server.position));
  const bool cancelled = server.message.find("user request") != std::string::npos;
  const std::string_view advice = cancelled ? "" : advice_for(server.sqlstate);
  const bool ours = server.hint.empty() || server.sqlstate == "2BP01";
  const std::string hint = ours ? std::string(advice) : server.hint;
  if (!hint.empty()) error.hint(hint);
  return error;
}

Error connection_error(const Url& url, std::string_view words) {
  const std::string told(trim(words));
  Error error(ErrorKind::kDatabase, "cannot connect to " + masked(url) + ": " + told);
  error.where("database");
  const Pattern* pattern = pattern_of(told);
  if (pattern == nullptr) return error;
  return error.sqlstate(std::string(pattern->sqlstate)).hint(std::string(pattern->hint));
}

Error lost_connection_error(std::string_view words, std::string_view sql, bool in_transaction) {
  std::string first(trim(words.substr(0, words.find('\n'))));
  for (const std::string_view severity : {"FATAL:", "ERROR:", "PANIC:"}) {
    if (first.starts_with(severity)) first = trim(std::string_view(first).substr(severity.size()));
  }
  Error error(ErrorKind::kDatabase, "the connection to the server was lost" +
                                        (first.empty() ? std::string() : ": " + first));
  error.where("database").sqlstate("08006").statement(std::string(sql));
  if (in_transaction) {
    return error.hint("the server rolls the transaction back; run the command again");
  }
  return error.hint(
      "whether the statement took effect is unknown; it may even still be running: look at "
      "pg_stat_activity and at the database, then run the command again");
}

}  // namespace ormdb::postgresql
