#include "ormdb/session.h"

#include <algorithm>
#include <cctype>
#include <thread>

#include "base/sql_scanner.h"
#include "orm/flush.h"
#include "ormdb/orm_error.h"

namespace ormdb {

using detail::SessionCore;

Session::Session(const Engines& engines, const Metadata& models, const SessionOptions& options)
    : core_(std::make_unique<SessionCore>(engines, models, options)) {
  core_->session = this;
}

Session::Session(Session&& other) noexcept : core_(std::move(other.core_)) {
  if (core_ != nullptr) core_->session = this;
}

Session& Session::operator=(Session&& other) noexcept {
  core_ = std::move(other.core_);
  if (core_ != nullptr) core_->session = this;
  return *this;
}

Session::~Session() = default;

Session Session::rolled_back(const Engines& engines, const Metadata& models,
                             const SessionOptions& options) {
  Session session(engines, models, options);
  session.core_->never_commit = true;
  return session;
}

void Session::remove(const detail::RefBase& object) { core_->remove(object.entity()); }
void Session::refresh(const detail::RefBase& object) { core_->refresh(object.entity()); }
void Session::expire(const detail::RefBase& object) { core_->expire(object.entity()); }
void Session::expire_all() { core_->expire_all(); }
void Session::expunge(const detail::RefBase& object) { core_->expunge(object.entity()); }
void Session::expunge_all() { core_->expunge_all(); }
void Session::flush() { core_->flush(); }
void Session::commit() { core_->commit(); }
void Session::rollback() { core_->rollback(); }
void Session::close() { core_->close(); }
bool Session::in_transaction() const { return core_->in_transaction(); }
bool Session::has_changes() const { return core_->has_changes(); }
void Session::cancel() const { core_->cancel(); }
void Session::set_deadline(std::chrono::milliseconds from_now) { core_->set_deadline(from_now); }
Savepoint Session::begin_nested() { return Savepoint(*core_, core_->begin_nested()); }
std::int64_t Session::statement_count() const { return core_->statements; }

void Session::lazy_limit(std::int64_t limit, LazyLimit action) {
  core_->lazy_limit = limit;
  core_->lazy_action = action;
}

std::vector<LazyLoads> Session::lazy_loads() const {
  std::vector<LazyLoads> result;
  for (const auto& [relation, count] : core_->lazy_counts) {
    result.push_back({detail::relation_name(*relation), count});
  }
  std::sort(result.begin(), result.end(),
            [](const LazyLoads& a, const LazyLoads& b) { return a.relationship < b.relationship; });
  return result;
}

void Session::observe(SessionEvent event, detail::Callback<Session&> callback) {
  core_->session_observers.emplace_back(event, std::move(callback));
}

void Session::observe_statements(detail::Callback<const StatementEvent&> callback) {
  core_->statement_observers.push_back(std::move(callback));
}

Savepoint::~Savepoint() {
  if (core_ == nullptr) return;
  try {
    core_->rollback_to_savepoint(depth_);
  } catch (const std::exception&) {
    // The connection is lost; the session's own rollback says so.
  }
}

void Savepoint::commit() { std::exchange(core_, nullptr)->release_savepoint(depth_); }
void Savepoint::rollback() { std::exchange(core_, nullptr)->rollback_to_savepoint(depth_); }

std::vector<Datum> Key::values() const {
  if (!are_integers_) return {data(), data() + size_};
  std::vector<Datum> values;
  for (std::size_t i = 0; i < size_; ++i) {
    values.push_back(Datum{ValueKind::kInteger, integers_[i], 0, ""});
  }
  return values;
}

namespace {

/// SQL with :name parameters as the driver wants it, and the values in the order of their marks.
class NamedStatement {
 public:
  NamedStatement(std::string_view sql, const std::vector<Parameter>& parameters,
                 const SqlStyle& style)
      : parameters_(parameters), style_(style), used_(parameters.size()) {
    const SqlDialect dialect = sql_dialect(style.dialect);
    // Engines without named parameters of their own have a colon and a word there.
    bool after_colon = false;
    for (const SqlToken& token : scan_sql(sql, dialect)) {
      const bool is_named = token.kind == SqlToken::Kind::kParameter && token.text[0] == ':';
      if (after_colon && token.kind == SqlToken::Kind::kWord) {
        text_.pop_back();
        add(token.text);
      } else if (is_named) {
        add(token.text.substr(1));
      } else {
        text_ += token.text;
      }
      const bool is_colon = token.kind == SqlToken::Kind::kSymbol && token.text == ":";
      after_colon = is_colon && !ends_value(sql.substr(0, token.begin));
    }
    for (std::size_t i = 0; i < used_.size(); ++i) {
      if (!used_[i]) {
        throw Error(ErrorKind::kUsage, "the statement has no parameter :" + parameters_[i].name)
            .statement(text_);
      }
    }
  }

  const std::string& text() const { return text_; }
  const std::vector<const Datum*>& values() const { return values_; }

 private:
  /// A colon directly behind a value divides a slice: a[1:n].
  static bool ends_value(std::string_view text) {
    if (text.empty()) return false;
    const auto last = static_cast<unsigned char>(text.back());
    return std::isalnum(last) != 0 || std::string_view("_)]\"$").find(text.back()) != text.npos;
  }

  void add(std::string_view name) {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      if (parameters_[i].name != name) continue;
      used_[i] = true;
      values_.push_back(&parameters_[i].value);
      text_ += style_.numbered_placeholders ? "$" + std::to_string(values_.size()) : "?";
      return;
    }
    throw Error(ErrorKind::kUsage, "no value was given for the parameter :" + std::string(name))
        .hint("give it with the statement: {{\"" + std::string(name) + "\", value}}");
  }

  const std::vector<Parameter>& parameters_;
  const SqlStyle& style_;
  std::vector<bool> used_;
  std::string text_;
  std::vector<const Datum*> values_;
};

}  // namespace

Rows Session::execute(std::string_view sql, const std::vector<Parameter>& parameters,
                      std::string_view database) {
  const SessionCore::Use use(*core_);
  core_->autoflush();
  Driver& driver = core_->driver(core_->database_named(database));
  const NamedStatement named(sql, parameters, driver.style());
  PreparedStatement& statement = driver.prepare(named.text());
  const auto started = core_->start_statement();
  for (const Datum* value : named.values()) detail::put_datum(*value, statement);
  Rows rows;
  for (int i = 0; i < statement.columns(); ++i) rows.columns.push_back(statement.column_name(i));
  while (statement.step()) {
    std::vector<Value>& row = rows.rows.emplace_back();
    for (int i = 0; i < statement.columns(); ++i) row.push_back(statement.value(i));
  }
  core_->end_statement(named.text(), started, rows.rows.size());
  return rows;
}

namespace detail {

Entity* session_add(SessionCore& core, TypeKey type, void* value) {
  return core.add(core.models().mapper(type), value);
}

// Apart, so that nothing is set up for them where an object is at hand.
namespace {

[[gnu::noinline]] Found get_slowly(SessionCore& core, TypeKey type, std::int64_t key) {
  return core.get(core.models().mapper(type), {Datum{ValueKind::kInteger, key, 0, ""}});
}

[[gnu::noinline]] Found get_slowly(SessionCore& core, TypeKey type, const Key& key) {
  return core.get(core.models().mapper(type), key.values());
}

[[gnu::noinline]] Found get_by_values(SessionCore& core, TypeKey type, const Key& key) {
  const Found found = core.find_ready(
      type, key.size(), [&](const IdentityMap& map) { return map.find(key.data(), key.size()); });
  return found.entity != nullptr ? found : get_slowly(core, type, key);
}

}  // namespace

Found session_get(SessionCore& core, TypeKey type, std::int64_t key) {
  const Found found =
      core.find_ready(type, 1, [&](const IdentityMap& map) { return map.find_integers(key, 0); });
  return found.entity != nullptr ? found : get_slowly(core, type, key);
}

Found session_get(SessionCore& core, TypeKey type, const Key& key) {
  const std::int64_t* integers = key.integers();
  if (integers == nullptr) return get_by_values(core, type, key);
  const Found found = core.find_ready(type, key.size(), [&](const IdentityMap& map) {
    return map.find_integers(integers[0], integers[1]);
  });
  return found.entity != nullptr ? found : get_slowly(core, type, key);
}

void throw_no_row(SessionCore& core, TypeKey type, const Key& key) {
  const Mapper& mapper = core.models().mapper(type);
  std::string text;
  for (const Datum& value : key.values()) {
    if (!text.empty()) text += ", ";
    text += value.text.empty() ? std::to_string(value.integer) : "'" + value.text + "'";
  }
  throw NotFound("there is no " + mapper.model + " " + text);
}

Entity* session_merge(SessionCore& core, TypeKey type, void* value) {
  const SessionCore::Use use(core);
  const Mapper& mapper = core.models().mapper(type);
  std::vector<Datum> key;
  for (const ColumnIndex column : mapper.key) key.push_back(field_datum(mapper, value, column));
  const bool has_key = mapper.generated_key < 0 || key.front().integer != 0;
  Entity* entity = has_key ? core.get(mapper, key) : nullptr;
  if (entity == nullptr) return core.add(mapper, value);
  assign_object(entity, value);
  return entity;
}

void session_observe(SessionCore& core, TypeKey type, Event event, EntityObserver observer) {
  core.entity_observers[{&core.models().mapper(type), event}].push_back(std::move(observer));
}

void session_filter(SessionCore& core, TypeKey type, Tokens condition) {
  Tokens& filter = core.filters[&core.models().mapper(type)];
  filter = filter.empty() ? std::move(condition)
                          : binary_tokens(" AND ", std::move(filter), std::move(condition));
}

namespace {

/// The columns that the members are; `who` asks.
std::vector<ColumnIndex> member_columns(const Mapper& mapper,
                                        const std::vector<const MemberRef*>& members,
                                        const std::string& who) {
  std::vector<ColumnIndex> columns;
  for (const MemberRef* member : members) {
    const bool own = member->model == mapper.type->key;
    const int column = own ? mapper.column_at(member->offset()) : -1;
    if (column < 0) {
      throw Error(ErrorKind::kUsage, who + " names " + std::string(member->name()) +
                                         ", which is no column of " + mapper.model);
    }
    columns.push_back(static_cast<ColumnIndex>(column));
  }
  return columns;
}

/// Objects of a plain array as rows of an INSERT.
class ArrayRows final : public InsertRows {
 public:
  ArrayRows(const Mapper& mapper, std::string_view mask, char* first, std::size_t count,
            std::size_t stride)
      : InsertRows(mapper, mask), first_(first), count_(count), stride_(stride) {}
  std::size_t size() const override { return count_; }

 private:
  void* object_at(std::size_t row) const override { return first_ + row * stride_; }
  char* first_;
  std::size_t count_;
  std::size_t stride_;
};

}  // namespace

void session_bulk_insert(SessionCore& core, TypeKey type, void* rows, std::size_t count,
                         std::size_t stride, const std::vector<const MemberRef*>& returning) {
  const SessionCore::Use use(core);
  core.flush();
  const Mapper& mapper = core.models().mapper(type);
  const std::vector<ColumnIndex> also = member_columns(mapper, returning, "bulk_insert");
  const bool has_expressions = has_server_expressions(mapper);
  auto* bytes = static_cast<char*>(rows);
  for (std::size_t first = 0; first < count;) {
    const std::string mask = insert_mask(mapper, bytes + first * stride, has_expressions);
    std::size_t end = first + 1;
    while (end < count && insert_mask(mapper, bytes + end * stride, has_expressions) == mask) ++end;
    ArrayRows batch(mapper, mask, bytes + first * stride, end - first, stride);
    PooledConnection& connection = core.connection(mapper);
    for (const ColumnIndex column : also) batch.also_return(column);
    const InsertPlan& plan = batch.plan(connection, mask, true);
    const auto started = core.start_statement();
    connection.driver->insert(plan, batch);
    core.end_statement("INSERT INTO " + plan.table, started, batch.size());
    first = end;
  }
}

namespace {

/// INSERT … ON CONFLICT (columns) DO UPDATE SET … RETURNING the key.
std::string upsert_text(const Mapper& mapper, const InsertPlan& plan, const SqlStyle& style,
                        const std::vector<std::string>& conflict) {
  std::string names, marks, set, target, key;
  int parameter = 0;
  const auto add = [](std::string& list, const std::string& item) {
    if (!list.empty()) list += ", ";
    list += item;
  };
  for (const std::string& column : conflict) add(target, style.quote(column));
  for (const PlanColumn& column : plan.columns) {
    const std::string name = style.quote(column.name);
    add(names, name);
    add(marks, style.numbered_placeholders ? "$" + std::to_string(++parameter) : "?");
    const bool is_target =
        std::find(conflict.begin(), conflict.end(), column.name) != conflict.end();
    if (!is_target) add(set, name + " = excluded." + name);
  }
  for (const ColumnIndex column : mapper.key) add(key, style.quote(mapper.columns[column].name));
  // DO NOTHING would return no row.
  if (set.empty())
    set = style.quote(conflict.front()) + " = excluded." + style.quote(conflict.front());
  return "INSERT INTO " + plan.table + " (" + names + ") VALUES (" + marks + ") ON CONFLICT (" +
         target + ") DO UPDATE SET " + set + " RETURNING " + key;
}

}  // namespace

Entity* session_upsert(SessionCore& core, TypeKey type, void* value,
                       const std::vector<const MemberRef*>& conflict) {
  const SessionCore::Use use(core);
  core.flush();
  const Mapper& mapper = core.models().mapper(type);
  std::vector<std::string> columns;
  for (const ColumnIndex column : member_columns(mapper, conflict, "upsert")) {
    columns.push_back(mapper.columns[column].name);
  }
  const std::string mask = insert_mask(mapper, value, has_server_expressions(mapper));
  ArrayRows row(mapper, mask, static_cast<char*>(value), 1, mapper.type->size);
  PooledConnection& connection = core.connection(mapper);
  const InsertPlan& plan = row.plan(connection, mask);
  const std::string sql = upsert_text(mapper, plan, connection.driver->style(), columns);
  PreparedStatement& statement = connection.driver->prepare(sql);
  const auto started = core.start_statement();
  row.put(0, statement);
  std::vector<Datum> key;
  if (statement.step()) {
    for (std::size_t i = 0; i < mapper.key.size(); ++i) {
      key.push_back(read_datum(mapper.columns[mapper.key[i]].kind, statement, static_cast<int>(i)));
    }
  }
  statement.reset();
  core.end_statement(sql, started, 1);
  if (Entity* known = core.find_loaded(mapper, key)) core.expire(known);
  return core.get(mapper, key);
}

void pause_before_retry(int attempt, int attempts) {
  if (attempt >= attempts) throw;
  constexpr auto kFirstPause = std::chrono::milliseconds(10);
  std::this_thread::sleep_for(kFirstPause * (1 << std::min(attempt - 1, 6)));
}

}  // namespace detail
}  // namespace ormdb
