#include "dialect/postgresql/session.h"

#include "base/log.h"
#include "base/sql_lexer.h"
#include "base/text.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/marks.h"
#include "dialect/postgresql/parameters.h"
#include "dialect/postgresql/postgresql_error.h"
#include "dialect/postgresql/search_path.h"

namespace ormdb::postgresql {

namespace {

constexpr Oid kByteaOid = 17;  // src/include/catalog/pg_type.dat

void log_notice(void* /*unused*/, const char* text) {
  log_verbose("PostgreSQL: " + std::string(trim(text)));
}

std::string float_text(double value) {
  Rows rows;
  rows.rows = {{value}};
  return rows.text(0, 0);
}

// The arrays that PQexecParams takes. The server infers the types of all but bytes, so that a
// number fits a column of any numeric type and a text one of any type.
struct Arguments {
  explicit Arguments(const std::vector<Value>& parameters);

  std::vector<std::string> texts;
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

std::string text_parameter(const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&value)) return float_text(*number);
  if (const auto* blob = std::get_if<Blob>(&value)) return blob->bytes;
  if (const auto* text = std::get_if<std::string>(&value)) {
    string_literal(*text);  // refuses a zero byte
    return *text;
  }
  return "";
}

Arguments::Arguments(const std::vector<Value>& parameters) {
  for (const Value& value : parameters) texts.push_back(text_parameter(value));
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const bool bytes = std::holds_alternative<Blob>(parameters[i]);
    const bool null = std::holds_alternative<std::monostate>(parameters[i]);
    types.push_back(bytes ? kByteaOid : 0);
    values.push_back(null ? nullptr : texts[i].c_str());
    lengths.push_back(static_cast<int>(texts[i].size()));
    formats.push_back(bytes ? 1 : 0);
  }
}

enum class Control { kNone, kBegin, kBeginReadOnly, kCommit };

// Whether the statement opens or commits a transaction. Most are recognised by their first letter.
Control control_of(std::string_view sql) {
  SqlLexer lexer(sql, SqlDialect::kPostgresql);
  std::vector<SqlToken> words;
  while (!lexer.at_end()) {
    const SqlToken token = lexer.next();
    if (token.kind == SqlToken::Kind::kSpace || token.kind == SqlToken::Kind::kComment) continue;
    words.push_back(token);
    const SqlToken& first = words.front();
    if (first.is_word("commit") || first.is_word("end")) return Control::kCommit;
    if (!first.is_word("begin") && !first.is_word("start")) return Control::kNone;
    const bool only = words.size() > 1 && token.is_word("only");
    if (only && words[words.size() - 2].is_word("read")) return Control::kBeginReadOnly;
  }
  return words.empty() ? Control::kNone : Control::kBegin;
}

int parse_pid(const char* text) { return std::stoi(text); }

ServerError server_error(const PGresult* result) {
  const auto field = [&](int code) {
    const char* text = client().PQresultErrorField(result, code);
    return std::string(text == nullptr ? "" : text);
  };
  const auto number = [&](int code) {
    const std::string text = field(code);
    return text.empty() ? 0 : std::stoi(text);
  };
  ServerError error{field(PG_DIAG_SQLSTATE),       field(PG_DIAG_MESSAGE_PRIMARY),
                    field(PG_DIAG_MESSAGE_DETAIL), field(PG_DIAG_MESSAGE_HINT),
                    field(PG_DIAG_CONTEXT),        number(PG_DIAG_STATEMENT_POSITION),
                    field(PG_DIAG_INTERNAL_QUERY), number(PG_DIAG_INTERNAL_POSITION)};
  return error;
}

}  // namespace

Session::Session(Url url, const ConnectOptions& options) : url_(std::move(url)), options_(options) {
  open();
}

void Session::open() {
  std::vector<const char*> keywords, values;
  const std::vector<Parameter> parameters = connection_parameters(url_);
  for (const Parameter& parameter : parameters) {
    keywords.push_back(parameter.keyword.c_str());
    values.push_back(parameter.value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  // No expansion: a database whose name holds '=' is not a connection string.
  handle_.reset(client().PQconnectdbParams(keywords.data(), values.data(), 0));
  if (handle_ == nullptr) throw connection_error(url_, "no memory left");
  if (is_lost()) throw connection_error(url_, client().PQerrorMessage(handle_.get()));
  client().PQsetNoticeProcessor(handle_.get(), &log_notice, nullptr);
  set_up();
}

// One round trip. Behind a transaction pooler a session's settings would stay with a server
// connection that others use next, so they are set only where the session is ours alone: there
// libpq was told the process that answers.
void Session::set_up() {
  const std::string told = std::to_string(client().PQbackendPID(handle_.get()));
  const std::string sql = "SELECT pg_backend_pid(), CASE WHEN pg_backend_pid() = " + told +
                          " THEN concat(" + settings(false) + ") END";
  Result result = send(sql, {});
  if (is_lost()) throw connection_error(url_, client().PQerrorMessage(handle_.get()));
  result = checked(std::move(result), sql, false);
  backend_pid_ = parse_pid(client().PQgetvalue(result.get(), 0, 0));
  pooled_ = backend_pid_ != client().PQbackendPID(handle_.get());
}

// Calls of set_config(). A lock_timeout of 0 would wait forever, where ours means not at all.
std::string Session::settings(bool local) const {
  std::string calls;
  const auto set = [&](const char* name, const std::string& value) {
    if (!calls.empty()) calls += ", ";
    calls += "set_config('" + std::string(name) + "', '" + value + "', " +
             (local ? "true" : "false") + ")";
  };
  set("lock_timeout", std::to_string(std::max<long long>(options_.lock_timeout.count(), 1)));
  set("statement_timeout", std::to_string(options_.statement_timeout.count()));
  if (options_.fixed_default_schema && !sets_search_path(url_)) {
    calls += ", set_config('search_path', " + std::string(kPublicFirst) + ", " +
             (local ? "true" : "false") + ")";
  }
  if (options_.read_only && !local) set("default_transaction_read_only", "on");
  const char* strings = client().PQparameterStatus(handle_.get(), "standard_conforming_strings");
  if (strings != nullptr && std::string_view(strings) == "off") {
    set("standard_conforming_strings", "on");
  }
  // The statement of a client that was killed ends, and the run lock with it, instead of going on
  // for hours. Refused where the server's system cannot tell (manual, 20.3.2).
  if (!local && server_version() >= 140000) {
    calls +=
        ", CASE WHEN version() LIKE '%linux%' "
        "THEN set_config('client_connection_check_interval', '2000', false) END";
  }
  return calls;
}

bool Session::in_transaction() const {
  const PGTransactionStatusType status = client().PQtransactionStatus(handle_.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

Result Session::send(const std::string& sql, const std::vector<Value>& parameters) {
  if (parameters.empty()) return Result(client().PQexec(handle_.get(), sql.c_str()));
  const Arguments arguments(parameters);
  return Result(client().PQexecParams(
      handle_.get(), sql.c_str(), static_cast<int>(parameters.size()), arguments.types.data(),
      arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), 0));
}

Result Session::checked(Result result, std::string_view sql, bool in_transaction) {
  const ExecStatusType status = client().PQresultStatus(result.get());
  switch (status) {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_EMPTY_QUERY:
      return result;
    case PGRES_COPY_IN:
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
      refuse_copy(status, sql);
    default:
      break;
  }
  if (is_lost()) {
    throw lost_connection_error(client().PQerrorMessage(handle_.get()), sql, in_transaction);
  }
  ServerError server = server_error(result.get());
  if (server.message.empty()) server.message = trim(client().PQerrorMessage(handle_.get()));
  throw to_error(server, sql);
}

// The protocol must be brought out of the copy before anything else can be sent.
void Session::refuse_copy(ExecStatusType status, std::string_view sql) {
  const Client& pq = client();
  if (status != PGRES_COPY_OUT) pq.PQputCopyEnd(handle_.get(), "refused by ormdb");
  char* data = nullptr;
  while (status != PGRES_COPY_IN && pq.PQgetCopyData(handle_.get(), &data, 0) > 0) {
    pq.PQfreemem(data);
  }
  for (Result rest(pq.PQgetResult(handle_.get())); rest; rest.reset(pq.PQgetResult(handle_.get())))
    ;
  throw Error(ErrorKind::kUnsupported, "COPY to or from the client cannot be run by ormdb")
      .where("database")
      .statement(std::string(sql))
      .hint("copy from or to a file of the server, or use insert_rows");
}

Result Session::run(std::string_view sql, const std::vector<Value>& parameters) {
  if (sql.find('\0') != sql.npos) {
    throw Error(ErrorKind::kDatabase, "the statement holds a zero byte")
        .statement(std::string(sql.substr(0, sql.find('\0'))));
  }
  if (is_lost()) throw lost_connection_error("", sql, true);
  const bool within = in_transaction();
  const Control control = control_of(sql);
  if (!within && control == Control::kBegin) return begin(sql);
  if (!within && control == Control::kBeginReadOnly && pooled_) return begin(sql);
  if (within && control == Control::kCommit) return commit(sql);
  const std::string text =
      parameters.empty() ? std::string(sql) : numbered_marks(sql, parameters.size());
  return checked(send(text, parameters), text, within);
}

std::string Session::text_of(const std::string& sql) {
  const Result result = checked(send(sql, {}), sql, in_transaction());
  return client().PQgetvalue(result.get(), 0, 0);
}

void Session::set_lock_timeout(std::chrono::milliseconds time) {
  options_.lock_timeout = time;
  text_of("SELECT set_config('lock_timeout', '" +
          std::to_string(std::max<long long>(time.count(), 1)) + "', false)");
}

bool Session::try_lock(std::int64_t key) {
  if (text_of("SELECT pg_try_advisory_lock(" + std::to_string(key) + ")") != "t") return false;
  locks_.push_back(key);
  return true;
}

void Session::unlock(std::int64_t key) {
  std::erase(locks_, key);
  if (!is_lost()) text_of("SELECT pg_advisory_unlock(" + std::to_string(key) + ")");
}

}  // namespace ormdb::postgresql
