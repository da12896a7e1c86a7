#include "dialect/postgresql/driver_statement.h"

#include "base/sql_lexer.h"
#include "dialect/postgresql/driver_error.h"
#include "dialect/postgresql/driver_types.h"
#include "ormdb/orm_error.h"

namespace ormdb::postgresql {

namespace {

constexpr int kRowsOfFetch = 4096;

// Other statements with rows may change data, which a cursor does not take.
bool is_select(std::string_view sql) {
  SqlLexer lexer(sql, SqlDialect::kPostgresql);
  while (!lexer.at_end()) {
    const SqlToken token = lexer.next();
    if (token.kind == SqlToken::Kind::kSpace || token.kind == SqlToken::Kind::kComment) continue;
    return token.is_word("select");
  }
  return false;
}

SchemaChanged changed_schema(const Error& cause) {
  Error error = cause;
  error.message("a table of the statement was changed since it was prepared: " + cause.message())
      .hint(
          "roll back and do the transaction again, as retry() does; behind a pooler, add "
          "prepared_statements=off to the URL");
  return SchemaChanged(error);
}

}  // namespace

Statement::Statement(Wire& wire, std::string_view sql, Reading reading)
    : wire_(wire), sql_(sql), reading_(reading) {}

Statement::~Statement() {
  reset();
  wire_.release(std::move(name_));
}

Format Statement::format_for(const PGresult* description) const {
  const int columns = client().PQnfields(description);
  for (int i = 0; i < columns; ++i) {
    const Oid oid = client().PQftype(description, i);
    if (!is_decodable(oid) && !wire_.is_textual(oid)) return Format::kText;
  }
  return Format::kBinary;
}

void Statement::prepare() {
  wire_.release(std::exchange(name_, ""));
  types_ = arguments_.types();
  epoch_ = wire_.epoch();
  std::string name = wire_.prepare(sql_, types_);
  const Result description = wire_.describe(name);
  format_ = format_for(description.get());
  column_names_.clear();
  const int columns = client().PQnfields(description.get());
  for (int i = 0; i < columns; ++i) {
    column_names_.emplace_back(client().PQfname(description.get(), i));
  }
  name_ = std::move(name);
}

void Statement::run_prepared() {
  if (name_.empty() || epoch_ != wire_.epoch() || !arguments_.fits(types_)) prepare();
  const bool within = wire_.in_transaction();
  try {
    reader_.take(wire_.execute_prepared(name_, sql_, arguments_, format_));
  } catch (const StalePlan& stale) {
    wire_.next_epoch();
    if (within) throw changed_schema(stale);
    prepare();
    reader_.take(wire_.execute_prepared(name_, sql_, arguments_, format_));
  }
}

void Statement::open_cursor() {
  const std::string name = wire_.new_name("ormdb_c");
  wire_.execute("DECLARE " + name + " NO SCROLL CURSOR FOR " + sql_, arguments_, Format::kText);
  cursor_ = name;
  format_ = format_for(wire_.describe_cursor(name).get());
  fetch();
}

void Statement::fetch() {
  Arguments none;
  reader_.take(wire_.execute("FETCH FORWARD " + std::to_string(kRowsOfFetch) + " FROM " + cursor_,
                             none, format_));
}

void Statement::start() {
  if (reading_ == Reading::kCursor && wire_.in_transaction() && is_select(sql_)) {
    open_cursor();
  } else if (wire_.prepares()) {
    run_prepared();
  } else {
    reader_.take(wire_.execute(sql_, arguments_, Format::kText));
  }
  running_ = true;
}

int Statement::columns() const {
  auto& self = const_cast<Statement&>(*this);
  if (running_) return reader_.column_count();
  if (wire_.prepares() && reading_ == Reading::kWhole) {
    const bool current = !name_.empty() && epoch_ == wire_.epoch() && arguments_.fits(types_);
    if (!current) self.prepare();
    return static_cast<int>(column_names_.size());
  }
  self.start();
  return reader_.column_count();
}

std::string Statement::column_name(int column) const {
  return running_ ? reader_.column_name(column) : column_names_[static_cast<std::size_t>(column)];
}

bool Statement::step() {
  try {
    if (!running_) start();
    if (reader_.next()) return true;
    if (!cursor_.empty() && reader_.row_count() == kRowsOfFetch) {
      fetch();
      if (reader_.next()) return true;
    }
    changes_ = reader_.changes();
  } catch (...) {
    reset();
    throw;
  }
  reset();
  return false;
}

void Statement::reset() noexcept {
  arguments_.clear();
  reader_.clear();
  running_ = false;
  if (cursor_.empty()) return;
  try {
    wire_.control("CLOSE " + std::exchange(cursor_, ""));
  } catch (const std::exception&) {
    return;  // it went with the transaction
  }
}

}  // namespace ormdb::postgresql
