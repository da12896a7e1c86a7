// A session: a transaction's view of the database as objects.
//
//     ormdb::Session db(engine, models);
//     auto u = db.add(User{.username = "john_doe", .email = "john@example.com"});
//     db.add(Post{.title = "First Post", .author = u});
//     db.commit();                                   // parents first, one batch a table, ids back
//     u.set<&User::email>("new@example.com");
//     db.commit();                                   // UPDATE of that column alone
//
// Every row is one object for as long as the session lives (the identity map is strong). Changes
// are written by flush(), which commit() and every query call first, in the order of the foreign
// keys and only the columns that differ. After an error in a flush the session refuses to work
// until rollback(), which brings the objects back to what they were when the transaction began:
// those that were added are in no session any more, those that were removed are back. begin_nested
// does the same for a part of a transaction.
//
// A session belongs to one thread at a time: a second one that comes in gets ConcurrentUse. It may
// move between threads while nothing runs. Memory of objects is given back by close() and
// expunge_all().
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "ormdb/engine.h"
#include "ormdb/orm_error.h"
#include "ormdb/query.h"

namespace ormdb {

struct SessionOptions {
  bool autoflush = true;          ///< Queries flush before they run.
  bool expire_on_commit = false;  ///< Objects are read again after a commit.
  bool auto_batch = false;        ///< The first lazy load of a relationship loads it for all
                                  ///< objects that came with the same result.
  std::string isolation{};        ///< "", or "immediate" on SQLite: take the write lock at once.
  bool read_only = false;         ///< flush() throws when there is something to write.
};

/// The primary key of one row: {1}, {"de"}, {1, 2} for a composite one, a Uuid, a strong key type.
class Key {
 public:
  template <typename T, typename... Rest>
  requires(sizeof...(Rest) > 0 || !std::is_same_v<std::remove_cvref_t<T>, Key>)
      Key(const T& first, const Rest&... rest)  // NOLINT: db.get<Line>({1, 2})
      : size_(1 + sizeof...(Rest)),
        are_integers_(kAreIntegers<T, Rest...>),
        value_(kAreIntegers<T, Rest...> ? Datum() : detail::plain_datum(first)) {
    if constexpr (kAreIntegers<T, Rest...>) {
      std::size_t at = 0;
      integers_[at++] = first;
      ((integers_[at++] = rest), ...);
    } else if constexpr (sizeof...(Rest) > 0) {
      more_ = {value_, detail::plain_datum(rest)...};
    }
  }

  std::size_t size() const { return size_; }
  /// For keys of one or two integers, these, and 0 in place of a second; else null.
  const std::int64_t* integers() const { return are_integers_ ? integers_ : nullptr; }
  /// For the others.
  const Datum* data() const { return more_.empty() ? &value_ : more_.data(); }
  std::vector<Datum> values() const;

 private:
  template <typename... Ts>
  static constexpr bool kAreIntegers = sizeof...(Ts) <= 2 &&
                                       ((detail::is_integer<Ts> && std::is_signed_v<Ts>)&&...);

  // The commonest keys need no memory of their own.
  std::size_t size_;
  bool are_integers_;
  std::int64_t integers_[2] = {0, 0};
  Datum value_;              ///< The first.
  std::vector<Datum> more_;  ///< All of them, where they are more than one.
};

/// A named parameter of a raw statement.
struct Parameter {
  template <typename T>
  Parameter(std::string_view parameter, const T& of)
      : name(parameter), value(detail::plain_datum(of)) {}
  std::string name;
  Datum value;
};

/// What happens to objects, for before_… and after_… observers.
enum class Event : std::uint8_t {
  kBeforeInsert,
  kAfterInsert,
  kBeforeUpdate,
  kAfterUpdate,
  kBeforeDelete,
  kAfterDelete
};
enum class SessionEvent : std::uint8_t {
  kBeforeFlush,
  kAfterFlush,
  kBeforeCommit,
  kAfterCommit,
  kAfterRollback
};

/// How often a relationship was loaded lazily.
struct LazyLoads {
  std::string relationship;  ///< "User::posts"
  std::int64_t count = 0;
};

namespace detail {

/// A callable without <functional>.
template <typename Arg>
class Callback {
 public:
  template <typename F>
  explicit Callback(F fn)
      : call_([](void* held, Arg arg) { (*static_cast<F*>(held))(arg); }),
        held_(std::make_shared<F>(std::move(fn))) {}
  void operator()(Arg arg) const { call_(held_.get(), arg); }

 private:
  void (*call_)(void* held, Arg arg);
  std::shared_ptr<void> held_;
};

using EntityObserver = Callback<Entity*>;

// src/orm/session.cc
Entity* session_add(SessionCore& core, TypeKey type, void* value);
Found session_get(SessionCore& core, TypeKey type, std::int64_t key);
Found session_get(SessionCore& core, TypeKey type, const Key& key);
[[noreturn]] void throw_no_row(SessionCore& core, TypeKey type, const Key& key);
Entity* session_merge(SessionCore& core, TypeKey type, void* value);
void session_observe(SessionCore& core, TypeKey type, Event event, EntityObserver observer);
void session_filter(SessionCore& core, TypeKey type, Tokens condition);
void session_bulk_insert(SessionCore& core, TypeKey type, void* rows, std::size_t count,
                         std::size_t stride, const std::vector<const MemberRef*>& returning);
Entity* session_upsert(SessionCore& core, TypeKey type, void* value,
                       const std::vector<const MemberRef*>& conflict);
std::string entity_text(const Entity* entity);
std::string entity_json(const Entity* entity);
void object_from_json(SessionCore& core, TypeKey type, void* object, std::string_view json);
}  // namespace detail

/// A part of a transaction that can be undone alone. Rolled back when it is destroyed, unless it
/// was committed.
class Savepoint {
 public:
  Savepoint(detail::SessionCore& core, std::size_t depth) : core_(&core), depth_(depth) {}
  Savepoint(Savepoint&& other) noexcept
      : core_(std::exchange(other.core_, nullptr)), depth_(other.depth_) {}
  Savepoint& operator=(Savepoint&&) = delete;
  ~Savepoint();

  void commit();
  /// The database and the objects are as they were at begin_nested().
  void rollback();

 private:
  detail::SessionCore* core_;
  std::size_t depth_;
};

class Session {
 public:
  /// Of several databases each has its own transaction. commit() commits one after the other, the
  /// first of `engines` first: when a later one fails, what was committed stays.
  Session(const Engines& engines, const Metadata& models, const SessionOptions& options = {});
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  /// A session inside a transaction that never commits, for tests: commit() writes, and closing
  /// undoes it all.
  static Session rolled_back(const Engines& engines, const Metadata& models,
                             const SessionOptions& options = {});

  // Objects.

  /// The value becomes an object of the session, pending until the next flush.
  template <typename T>
  Ref<T> add(T value) {
    return Ref<T>(detail::session_add(*core_, detail::type_key<T>(), &value));
  }
  template <typename T>
  std::vector<Ref<T>> add_all(std::vector<T> values) {
    std::vector<Ref<T>> refs;
    refs.reserve(values.size());
    for (T& value : values) refs.push_back(add(std::move(value)));
    return refs;
  }
  /// Deleted by the next flush; a pending object is just forgotten.
  void remove(const detail::RefBase& object);
  /// The object with the value's key, loaded where needed, with the value's columns; a new one
  /// where there is no such row.
  template <typename T>
  Ref<T> merge(T value) {
    return Ref<T>(detail::session_merge(*core_, detail::type_key<T>(), &value));
  }
  /// Reads the row again now; changes that were not flushed are lost. Throws NotFound.
  void refresh(const detail::RefBase& object);
  /// Reads the row again at the next use.
  void expire(const detail::RefBase& object);
  void expire_all();
  /// Out of the session: detached. The object stays readable.
  void expunge(const detail::RefBase& object);
  void expunge_all();

  // Reading.

  /// The object with this key, or an empty Ref; runs no statement for one that the session has.
  template <typename T, typename K>
  requires(std::is_integral_v<K> && !std::is_same_v<K, bool>) Ref<T> get(K key) {
    return Ref<T>(
        detail::session_get(*core_, detail::type_key<T>(), static_cast<std::int64_t>(key)));
  }
  template <typename T>
  Ref<T> get(const Key& key) {
    return Ref<T>(detail::session_get(*core_, detail::type_key<T>(), key));
  }
  /// Throws NotFound.
  template <typename T>
  Ref<T> get_or_404(const Key& key) {
    const detail::Found found = detail::session_get(*core_, detail::type_key<T>(), key);
    if (found.entity == nullptr) detail::throw_no_row(*core_, detail::type_key<T>(), key);
    return Ref<T>(found);
  }
  template <typename T>
  Query<T> query() {
    detail::QueryData data;
    data.from = detail::type_key<T>();
    return Query<T>(*core_, std::move(data));
  }
  template <typename T>
  Query<T> query(Alias<T> alias) {
    detail::QueryData data;
    data.from = detail::type_key<T>();
    data.from_alias = alias.id();
    return Query<T>(*core_, std::move(data));
  }
  /// Columns and expressions instead of objects; FROM is the model of the first column in them.
  template <detail::AnyExpression... Es>
  Selection<typename Es::result...> select(const Es&... expressions) {
    detail::QueryData data;
    data.selected = {expressions.tokens()...};
    data.find_from();
    return Selection<typename Es::result...>(*core_, std::move(data));
  }
  /// SQL of your own with :name parameters, for the database of that name. Flushes first.
  Rows execute(std::string_view sql, const std::vector<Parameter>& parameters = {},
               std::string_view database = "default");

  // Writing many.

  /// INSERT without tracking the objects; keys that the database gives are set in them.
  /// Columns that are named are read back into them too: bulk_insert<&Post::date_posted>(posts).
  template <auto... Returning, typename T>
  void bulk_insert(std::vector<T>& rows) {
    detail::session_bulk_insert(*core_, detail::type_key<T>(), rows.data(), rows.size(), sizeof(T),
                                {&detail::column_ref<Returning>...});
  }
  /// INSERT, or UPDATE of the row that is equal in the given columns (a unique key or the primary
  /// key): db.upsert<&User::username>(User{…}). The object as it is in the database then.
  template <auto... Columns, typename T>
  Ref<T> upsert(T value) {
    return Ref<T>(detail::session_upsert(*core_, detail::type_key<T>(), &value,
                                         {&detail::column_ref<Columns>...}));
  }

  // Transactions.

  void flush();
  void commit();
  void rollback();
  Savepoint begin_nested();
  /// Rolls back and detaches all objects. The session can be used again.
  void close();
  bool in_transaction() const;
  /// Whether a flush would write something.
  bool has_changes() const;
  /// Statements after this throw kDatabase "timed out"; the next transaction has none.
  void set_deadline(std::chrono::milliseconds from_now);
  /// Stops the statement that runs in this session, from any thread.
  void cancel() const;

  // Watching.

  /// fn(Ref<T>) at the event, within the flush: it may change columns of the object before an
  /// insert or update, and must not use the session otherwise.
  template <typename T, typename F>
  void on(Event event, F fn) {
    detail::session_observe(
        *core_, detail::type_key<T>(), event,
        detail::EntityObserver([fn](detail::Entity* entity) mutable { fn(Ref<T>(entity)); }));
  }
  template <typename F>
  void on(SessionEvent event, F fn) {
    observe(event, detail::Callback<Session&>(std::move(fn)));
  }
  /// fn(const StatementEvent&) after every statement.
  template <typename F>
  void on_statement(F fn) {
    observe_statements(detail::Callback<const StatementEvent&>(std::move(fn)));
  }
  /// A condition that every query and load of the model gets: soft delete, tenants. get() of an
  /// object that the session has does not ask again.
  template <typename T>
  void global_filter(const Pred& condition) {
    detail::session_filter(*core_, detail::type_key<T>(), condition.tokens());
  }

  /// After `limit` lazy loads of one relationship in a transaction: LazyLimit::kWarn logs a warning
  /// that names the option that cures it, Raise throws LazyLoadError. 0: no limit.
  void lazy_limit(std::int64_t limit, LazyLimit action = LazyLimit::kWarn);
  std::vector<LazyLoads> lazy_loads() const;
  /// Statements of this session so far.
  std::int64_t statement_count() const;

  detail::SessionCore& core() { return *core_; }

 private:
  void observe(SessionEvent event, detail::Callback<Session&> callback);
  void observe_statements(detail::Callback<const StatementEvent&> callback);

  std::unique_ptr<detail::SessionCore> core_;
};

/// The object as text: User(id=1, username='john_doe'); columns that are secret are left out.
template <typename T>
std::string to_string(const Ref<T>& object) {
  return detail::entity_text(object.entity());
}
/// The object as JSON, with the relationships that are loaded (each object once: further ones are
/// their keys). Secret columns are left out.
template <typename T>
std::string to_json(const Ref<T>& object) {
  return detail::entity_json(object.entity());
}
/// Sets the columns and relationships that the JSON object has. A related object with a key is the
/// session's or the database's and stays as it is; one that is not there, or has no key, is added.
/// Secret columns are read as any. Throws ConversionError for unknown keys and for values of
/// another type.
template <typename T>
T from_json(Session& session, std::string_view json) {
  T value{};
  detail::object_from_json(session.core(), detail::type_key<T>(), &value, json);
  return value;
}

/// Runs fn(Session&) and commits; rolls back when it throws. Gives what fn gives.
template <typename F>
auto with_session(const Engines& engines, const Metadata& models, F&& fn) {
  Session session(engines, models);
  if constexpr (std::is_void_v<decltype(fn(session))>) {
    fn(session);
    session.commit();
  } else {
    auto result = fn(session);
    session.commit();
    return result;
  }
}

namespace detail {
/// Waits before the next attempt; throws on when the attempts are used up.
void pause_before_retry(int attempt, int attempts);
}  // namespace detail

/// with_session, repeated when the transaction lost against another one (TransientConflict).
template <typename F>
auto retry(const Engines& engines, const Metadata& models, F&& fn, int attempts = 5) {
  for (int attempt = 1;; ++attempt) {
    try {
      return with_session(engines, models, fn);
    } catch (const TransientConflict&) {
      detail::pause_before_retry(attempt, attempts);
    }
  }
}

}  // namespace ormdb
