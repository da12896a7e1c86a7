#include "orm/session_core.h"

#include <algorithm>

#include "ormdb/orm_error.h"

namespace ormdb::detail {

namespace {

std::vector<Datum> key_of(const Entity* entity) {
  std::vector<Datum> key;
  for (const ColumnIndex column : entity->mapper->key) {
    key.push_back(field_datum(*entity->mapper, object_of(entity), column));
  }
  return key;
}

/// An address that tells threads apart.
const void* this_thread() {
  static thread_local const char mark = 0;
  return &mark;
}

void restore(const Entity* entity, const Saved& old) {
  const Mapper& mapper = *entity->mapper;
  load_field(mapper.columns[old.column()].type, mapper.field(object_of(entity), old.column()),
             old.datum());
}

std::string savepoint_name(std::size_t depth) { return "ormdb_" + std::to_string(depth); }
constexpr std::string_view kFixture = "ormdb_fixture";

std::string key_text(const std::vector<Datum>& key) {
  std::string text;
  for (const Datum& value : key) {
    if (!text.empty()) text += ", ";
    text += value.text.empty() ? std::to_string(value.integer) : "'" + value.text + "'";
  }
  return text;
}

}  // namespace

namespace {

[[noreturn]] void throw_concurrent_use() {
  throw ConcurrentUse("two threads use one session at once");
}

}  // namespace

SessionCore::Use::Use(SessionCore& core) : core_(core) {
  const void* me = this_thread();
  if (core.user_.load(std::memory_order_relaxed) != me) {
    const void* nobody = nullptr;
    if (!core.user_.compare_exchange_strong(nobody, me, std::memory_order_acquire)) {
      throw_concurrent_use();
    }
  }
  ++core.use_depth_;
}

SessionCore::Use::~Use() {
  if (--core_.use_depth_ == 0) core_.user_.store(nullptr, std::memory_order_release);
}

SessionCore::SessionCore(const Engines& engines, const Metadata& models,
                         const SessionOptions& options)
    : models_(std::shared_ptr<const Metadata>(new Metadata(models)), &models.impl()),
      options_(options),
      arena_(nullptr) {
  for (const BoundEngine& bound : engines.all()) {
    databases_.push_back({bound.name, bound.engine, {}});
  }
  for (const auto& mapper : models_->mappers) {
    identities_.emplace_back(*mapper);
    std::size_t at = 0;
    while (at < databases_.size() && databases_[at].name != mapper->bind) ++at;
    database_of_.push_back(at);
  }
  arena_ = new Arena(models_);
  arena_->session = this;
}

SessionCore::~SessionCore() {
  for (Database& database : databases_) database.lease.release();
  abandon_arena();
}

// Connections and transactions.

std::size_t SessionCore::database_named(std::string_view name) const {
  std::string known;
  for (std::size_t i = 0; i < databases_.size(); ++i) {
    if (databases_[i].name == name) return i;
    known += (known.empty() ? "" : ", ") + databases_[i].name;
  }
  throw Error(ErrorKind::kUsage,
              "this session has no database '" + std::string(name) + "', only " + known);
}

std::size_t SessionCore::database_of(const Mapper& mapper) const {
  const std::size_t at = database_of_[mapper.index];
  if (at < databases_.size()) return at;
  throw Error(ErrorKind::kUsage, "the model " + mapper.model + " is bound to the database '" +
                                     mapper.bind + "', for which this session has no engine")
      .hint("give it: Session db{{{\"default\", engine}, {\"" + mapper.bind +
            "\", other}}, models}");
}

bool SessionCore::in_transaction() const {
  return std::any_of(databases_.begin(), databases_.end(),
                     [](const Database& database) { return static_cast<bool>(database.lease); });
}

void SessionCore::begin(Database& database) {
  if (database.lease) return;
  Lease lease = database.engine.pool().begin({options_.isolation, options_.read_only}, deadline_);
  Driver& driver = *lease->driver;
  if (never_commit) driver.run("SAVEPOINT " + std::string(kFixture));
  for (std::size_t i = 1; i <= savepoints_.size(); ++i)
    driver.run("SAVEPOINT " + savepoint_name(i));
  database.lease = std::move(lease);
  const std::lock_guard lock(running_mutex_);
  running_.push_back(&driver);
}

void SessionCore::require_usable() const {
  if (!needs_rollback_) return;
  RollbackRequired error("an earlier flush of this session failed");
  error.hint("call rollback(); the objects are then as they were when the transaction began");
  throw error;
}

PooledConnection& SessionCore::connection(std::size_t database) {
  require_usable();
  begin(databases_[database]);
  return *databases_[database].lease;
}

void SessionCore::run(std::string_view sql) {
  require_usable();
  if (!in_transaction()) begin(databases_.front());
  for (Database& database : databases_) {
    if (!database.lease) continue;
    const auto started = start_statement();
    database.lease->driver->run(sql);
    end_statement(sql, started, 0);
  }
}

void SessionCore::end_transaction() {
  savepoints_.clear();
  forget_undo();
  needs_rollback_ = false;
  deadline_ = std::chrono::steady_clock::time_point::max();
  lazy_counts.clear();
  if (never_commit) return;
  {
    const std::lock_guard lock(running_mutex_);
    running_.clear();
  }
  for (Database& database : databases_) database.lease.release();
}

void SessionCore::commit() {
  const Use use(*this);
  notify(SessionEvent::kBeforeCommit);
  flush();
  if (in_transaction()) {
    try {
      commit_all();
    } catch (const OutcomeUnknown&) {
      needs_rollback_ = outcome_unknown_ = true;
      throw;
    } catch (...) {
      needs_rollback_ = true;
      throw;
    }
    end_transaction();
  }
  if (options_.expire_on_commit) expire_all();
  notify(SessionEvent::kAfterCommit);
}

void SessionCore::commit_all() {
  if (never_commit) {
    run("RELEASE " + std::string(kFixture));
    run("SAVEPOINT " + std::string(kFixture));
    return;
  }
  require_usable();
  for (Database& database : databases_) {
    if (database.lease) database.lease->driver->commit();
  }
}

void SessionCore::rollback() {
  const Use use(*this);
  undo_pending();
  undo_to(0);
  unload_all_relations();
  needs_rollback_ = false;
  if (never_commit) {
    if (in_transaction()) run("ROLLBACK TO " + std::string(kFixture));
  } else {
    for (Database& database : databases_) {
      if (database.lease) database.lease->driver->rollback();
    }
  }
  end_transaction();
  if (std::exchange(outcome_unknown_, false)) expire_all();
  snapshot_watched();
  notify(SessionEvent::kAfterRollback);
}

void SessionCore::close() {
  const Use use(*this);
  never_commit = false;
  for (Database& database : databases_) {
    if (database.lease) database.lease->driver->rollback();
  }
  end_transaction();
  outcome_unknown_ = false;
  expunge_all();
}

std::size_t SessionCore::begin_nested() {
  const Use use(*this);
  flush();
  run("SAVEPOINT " + savepoint_name(savepoints_.size() + 1));
  savepoints_.push_back(undo_.size());
  return savepoints_.size();
}

void SessionCore::release_savepoint(std::size_t depth) {
  const Use use(*this);
  if (depth > savepoints_.size()) {
    throw Error(ErrorKind::kUsage,
                "the savepoint is gone: its transaction or an outer savepoint "
                "ended before it");
  }
  flush();
  run("RELEASE " + savepoint_name(depth));
  savepoints_.resize(depth - 1);
}

void SessionCore::rollback_to_savepoint(std::size_t depth) {
  const Use use(*this);
  if (depth > savepoints_.size()) return;  // what ended it undid or kept it
  undo_pending();
  undo_to(savepoints_[depth - 1]);
  unload_all_relations();
  needs_rollback_ = false;
  run("ROLLBACK TO " + savepoint_name(depth));
  run("RELEASE " + savepoint_name(depth));
  savepoints_.resize(depth - 1);
  snapshot_watched();
}

void SessionCore::set_deadline(std::chrono::milliseconds from_now) {
  deadline_ = std::chrono::steady_clock::now() + from_now;
  for (Database& database : databases_) {
    if (database.lease) database.lease->driver->set_deadline(deadline_);
  }
}

void SessionCore::cancel() {
  const std::lock_guard lock(running_mutex_);
  for (Driver* driver : running_) driver->interrupt();
}

// The undo log.

void SessionCore::note_undo(Entity* entity, Undo what, ColumnIndex index) {
  undo_.push_back({entity, what, index, Saved()});
}

void SessionCore::note_undo(Entity* entity, Saved old) {
  const ColumnIndex column = old.column();
  undo_.push_back({entity, Undo::kColumn, column, std::move(old)});
}

void SessionCore::forget_undo() { undo_.clear(); }

void SessionCore::undo_to(std::size_t mark) {
  while (undo_.size() > mark) {
    undo(undo_.back());
    undo_.pop_back();
  }
}

void SessionCore::undo(const UndoEntry& entry) {
  const Mapper& mapper = *entry.entity->mapper;
  void* object = object_of(entry.entity);
  // One that was expunged since has only its columns put back.
  if (entry.entity->state == EntityState::kDetached && entry.what != Undo::kColumn) return;
  switch (entry.what) {
    case Undo::kColumn:
      restore(entry.entity, entry.value);
      return;
    case Undo::kInserted:
      identity(mapper).erase(entry.entity);
      detach(entry.entity);
      if (entry.index == 1) {
        const auto key = static_cast<ColumnIndex>(mapper.generated_key);
        load_field(mapper.columns[key].type, mapper.field(object, key),
                   field_datum(mapper, mapper.default_object.get(), key));
      }
      return;
    case Undo::kDeleted:
      if (entry.entity->state != EntityState::kDeleted) return;
      entry.entity->state = EntityState::kPersistent;
      identity(mapper).insert(entry.entity);
      return;
    case Undo::kRelation:
      if (entry.entity->state == EntityState::kPersistent) {
        unload_relation(mapper.relations[entry.index], entry.entity);
      }
      return;
    case Undo::kKey:
      if (entry.index == 1) {
        identity(mapper).erase(entry.entity);
      } else {
        identity(mapper).insert(entry.entity);
      }
      return;
  }
}

/// What was not flushed: columns back to their images, objects that were added out again.
void SessionCore::undo_pending() {
  for (Entity* entity : dirty_) {
    entity->flags &= static_cast<std::uint8_t>(~kDirty);
    delete std::exchange(entity->links, nullptr);
    if (entity->image == nullptr) continue;
    for (const Saved& old : entity->image->columns) restore(entity, old);
    drop_image(entity);
  }
  dirty_.clear();
  for (Entity* entity : removing_) {
    entity->flags &= static_cast<std::uint8_t>(~(kRemoving | kRemoved));
  }
  removing_.clear();
  for (Entity* entity : pending_) {
    if (entity->state == EntityState::kPending) detach(entity);
  }
  pending_.clear();
  associations_.clear();
  flushing_ = false;
}

void SessionCore::rekey(Entity* entity) {
  const Mapper& mapper = *entity->mapper;
  void* object = object_of(entity);
  // The map finds the old place by the old key.
  std::vector<Datum> fresh;
  for (const ColumnIndex column : mapper.key) {
    fresh.push_back(field_datum(mapper, object, column));
    if (const Saved* old = entity->image->find(column)) restore(entity, *old);
  }
  identity(mapper).erase(entity);
  for (std::size_t i = 0; i < mapper.key.size(); ++i) {
    load_field(mapper.columns[mapper.key[i]].type, mapper.field(object, mapper.key[i]), fresh[i]);
  }
  identity(mapper).insert(entity);
  note_undo(entity, Undo::kKey, 0);
}

void SessionCore::restore_key(Entity* entity) {
  if (entity->image == nullptr) return;
  const Mapper& mapper = *entity->mapper;
  for (const ColumnIndex column : mapper.key) {
    if (const Saved* old = entity->image->find(column)) restore(entity, *old);
  }
}

void SessionCore::forget(Entity* entity) {
  IdentityMap& map = identity(*entity->mapper);
  if (entity->image != nullptr && map.find(key_of(entity)) != entity) restore_key(entity);
  map.erase(entity);
  leave_lists(entity);
  entity->state = EntityState::kDeleted;
  entity->flags &= static_cast<std::uint8_t>(~(kRemoving | kRemoved));
  note_undo(entity, Undo::kDeleted);
  if (entity->image == nullptr) return;
  // What was written to it and never went into an UPDATE.
  for (const Saved& old : entity->image->columns) note_undo(entity, old.copy());
}

void SessionCore::detach(Entity* entity) {
  entity->state = EntityState::kDetached;
  entity->flags = 0;
  delete std::exchange(entity->links, nullptr);
  drop_image(entity);
}

void SessionCore::snapshot_watched() {
  std::erase_if(watched_, [](const Entity* entity) { return entity->edits == 0; });
  for (Entity* entity : watched_) {
    if (entity->state == EntityState::kPersistent) touch_all(entity);
  }
}

// Objects.

Entity* SessionCore::add(const Mapper& mapper, void* value) {
  const Use use(*this);
  Entity* entity = arena_->allocate(mapper, EntityState::kPending);
  try {
    mapper.type->move_construct(object_of(entity), value);
  } catch (...) {
    arena_->forget_last(mapper);
    throw;
  }
  pending_.push_back(entity);
  adopt_handles(entity);
  return entity;
}

void SessionCore::remove(Entity* entity) {
  const Use use(*this);
  require_attached(entity);
  if ((entity->flags & kRemoving) != 0 || entity->state == EntityState::kDeleted) return;
  if (entity->state == EntityState::kPending) {
    leave_lists(entity);
    let_children_go(entity);
    std::erase_if(associations_, [&](const AssociationChange& change) {
      return change.side[0] == entity || change.side[1] == entity;
    });
    detach(entity);
    return;
  }
  entity->flags |= kRemoving;
  removing_.push_back(entity);
}

Entity* SessionCore::find_loaded(const Mapper& mapper, const std::vector<Datum>& key) const {
  return identities_[mapper.index].find(key);
}

void SessionCore::require_attached(const Entity* entity) const {
  if (entity == nullptr) throw Error(ErrorKind::kUsage, "an empty Ref was used");
  if (entity->arena->session == this && entity->state != EntityState::kDetached) return;
  if (entity->arena->session != nullptr && entity->arena->session != this) {
    throw Error(ErrorKind::kUsage, "a " + entity->mapper->model + " of another session was used")
        .hint("an object belongs to one session: merge a copy of it");
  }
  DetachedError error("a detached " + entity->mapper->model + " was used");
  error.hint("its session was closed, rolled back or let it go: add or merge a copy of it");
  throw error;
}

Entity* SessionCore::get(const Mapper& mapper, const std::vector<Datum>& key) {
  const Use use(*this);
  if (key.size() != mapper.key.size()) {
    throw Error(ErrorKind::kUsage, "the key of " + mapper.model + " has " +
                                       std::to_string(mapper.key.size()) + " columns, " +
                                       std::to_string(key.size()) + " values were given")
        .hint("a composite key is given as {1, 2}, in the order of the primary key");
  }
  Entity* entity = find_loaded(mapper, key);
  if (entity == nullptr) {
    autoflush();
    entity = find_loaded(mapper, key);
  }
  if (entity == nullptr) return fetch(mapper, key, nullptr);
  if ((entity->flags & kRemoving) != 0) return nullptr;
  if ((entity->flags & kExpired) == 0) return entity;
  if (fetch(mapper, key, entity) != nullptr) return entity;
  identity(mapper).erase(entity);
  detach(entity);
  return nullptr;
}

std::string SessionCore::by_key_text(const Mapper& mapper, std::string_view filter) {
  const SqlStyle& style = driver(mapper).style();
  const std::string table = style.quote(mapper.table);
  std::string sql =
      "SELECT " + column_list(mapper, style, table) + " FROM " + mapper.qualified(style);
  int parameter = 0;
  for (const ColumnIndex column : mapper.key) {
    sql += parameter == 0 ? " WHERE " : " AND ";
    sql += style.quote(mapper.columns[column].name) + " = ";
    sql += style.numbered_placeholders ? "$" + std::to_string(++parameter) : "?";
    parameter = std::max(parameter, 1);
  }
  return sql +
         render_filter(render_context(mapper), mapper, filter, static_cast<int>(mapper.key.size()));
}

/// Reads one row by its key, into `known` or a new object.
Entity* SessionCore::fetch(const Mapper& mapper, const std::vector<Datum>& key, Entity* known) {
  static const Tokens kNoFilter;
  const auto found = filters.find(&mapper);
  const Tokens& filter = found == filters.end() ? kNoFilter : found->second;
  std::string text_key = "g";
  put_raw(text_key, mapper.id);
  text_key += filter.shape;
  PreparedStatement& prepared =
      statement(mapper, std::move(text_key), [&] { return by_key_text(mapper, filter.shape); });
  const auto started = start_statement();
  for (const Datum& value : key) put_datum(value, prepared);
  for (const Datum& value : filter.binds) put_datum(value, prepared);
  Entity* result = nullptr;
  if (prepared.step()) {
    try {
      if (known != nullptr) fill(known, prepared, 0);
      result = known != nullptr ? known : hydrate(mapper, prepared, 0, false);
    } catch (...) {
      prepared.reset();
      throw;
    }
    prepared.reset();
  }
  end_statement(prepared.sql(), started, result == nullptr ? 0 : 1);
  return result;
}

void SessionCore::refresh(Entity* entity) {
  const Use use(*this);
  require_attached(entity);
  const Mapper& mapper = *entity->mapper;
  if (entity->state == EntityState::kPending) {
    throw Error(ErrorKind::kUsage,
                "a " + mapper.model + " that was not flushed has no row to read");
  }
  std::vector<Datum> key;
  for (const ColumnIndex column : mapper.key) {
    key.push_back(stored_value(entity, column));
  }
  for (const Relation& relation : mapper.relations) unload_relation(relation, entity);
  if (fetch(mapper, key, entity) == nullptr) {
    throw NotFound("the row of " + mapper.model + " " + key_text(key) + " is not there any more");
  }
  drop_image(entity);
  if (entity->edits > 0) touch_all(entity);
}

void SessionCore::expire(Entity* entity) {
  const Use use(*this);
  require_attached(entity);
  if (entity->state != EntityState::kPersistent) return;
  delete std::exchange(entity->links, nullptr);
  restore_key(entity);  // the row is found by it
  drop_image(entity);
  for (const Relation& relation : entity->mapper->relations) unload_relation(relation, entity);
  entity->flags |= kExpired;
}

void SessionCore::expire_model(const Mapper& mapper) {
  identities_[mapper.index].each([&](Entity* entity) { expire(entity); });
}

void SessionCore::expire_all() {
  for (const auto& mapper : models_->mappers) expire_model(*mapper);
}

void SessionCore::expunge(Entity* entity) {
  const Use use(*this);
  require_attached(entity);
  if (entity->state == EntityState::kPersistent) identity(*entity->mapper).erase(entity);
  std::erase(dirty_, entity);
  std::erase(removing_, entity);
  std::erase_if(associations_, [&](const AssociationChange& change) {
    return change.side[0] == entity || change.side[1] == entity;
  });
  detach(entity);
}

void SessionCore::expunge_all() {
  const Use use(*this);
  abandon_arena();
  arena_ = new Arena(models_);
  arena_->session = this;
  for (IdentityMap& map : identities_) map.clear();
  for (auto* list : {&pending_, &dirty_, &removing_, &watched_}) list->clear();
  associations_.clear();
  forget_undo();
  for (std::size_t& mark : savepoints_) mark = 0;
}

void SessionCore::abandon_arena() {
  arena_->each([](Entity* entity) { entity->state = EntityState::kDetached; });
  arena_->session = nullptr;
  if (arena_->references == 0) delete arena_;
  arena_ = nullptr;
}

// Observers.

void SessionCore::notify(SessionEvent event) {
  for (const auto& [wanted, callback] : session_observers) {
    if (wanted == event) callback(*session);
  }
}

bool SessionCore::observes(const Mapper& mapper, Event event) const {
  return entity_observers.count({&mapper, event}) != 0;
}

void SessionCore::notify(Event event, Entity* entity) {
  if (entity_observers.empty()) return;
  const auto found = entity_observers.find({entity->mapper, event});
  if (found == entity_observers.end()) return;
  for (const EntityObserver& observer : found->second) observer(entity);
}

std::chrono::steady_clock::time_point SessionCore::start_statement() {
  ++statements;
  return statement_observers.empty() ? std::chrono::steady_clock::time_point()
                                     : std::chrono::steady_clock::now();
}

void SessionCore::end_statement(std::string_view sql, std::chrono::steady_clock::time_point started,
                                std::size_t rows) {
  if (statement_observers.empty()) return;
  const StatementEvent event{sql, std::chrono::steady_clock::now() - started, rows};
  for (const auto& observer : statement_observers) observer(event);
}

RenderContext SessionCore::render_context(const Mapper& mapper) {
  return {*models_, driver(mapper).style()};
}

}  // namespace ormdb::detail
