// The engine of a session, without types.
//
// Changes are noted in three places. An entity's Image holds the database's values of the columns
// that were touched since the last flush: what differs from it is written. Links hold parents whose
// keys are not known yet. The undo log holds what flushes of this transaction did, with a mark for
// every savepoint; rolling back first puts images back, then reads the log backwards.
//
// begin_nested() flushes, so at a savepoint all images are empty, and undoing to it is complete.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "orm/identity_map.h"
#include "orm/pool.h"
#include "orm/render.h"
#include "ormdb/session.h"

namespace ormdb::detail {

// Flags of an Entity beside kExpired.
inline constexpr std::uint8_t kDirty = 2;     // in SessionCore::dirty_
inline constexpr std::uint8_t kRemoving = 4;  // remove() was called, not flushed
inline constexpr std::uint8_t kRemoved = 8;   // in the current flush's list

/// The way into the private parts of handles.
struct HandleAccess {
  static Entity* held(const OneBase& one) { return one.held(); }
  static void hold(const OneBase& one, Entity* target, bool loaded) { one.hold(target, loaded); }
  static bool was_set(const OneBase& one) { return (one.target_ & OneBase::kLoaded) != 0; }
  static Entity*& owner(const OneBase& one) { return one.owner_; }
  static Entity*& owner(const ManyBase& many) { return many.owner_; }
  static ManyState*& state(const ManyBase& many) { return many.state_; }
  static ManyState& make_state(const ManyBase& many) { return many.state(); }
  static void append(const ManyBase& many, Entity* item) { many.append(item); }
};

const OneBase& one_of(const Relation& relation, const Entity* entity);
const ManyBase& many_of(const Relation& relation, const Entity* entity);
bool is_relation_loaded(const Relation& relation, const Entity* entity);
/// Forgets what was loaded; what the handle was given in a transient object is kept.
void unload_relation(const Relation& relation, const Entity* entity);
/// Sets the owner of all handles of a fresh object that has no targets.
void own_handles(Entity* entity);

class SessionCore {
 public:
  SessionCore(const Engines& engines, const Metadata& models, const SessionOptions& options);
  ~SessionCore();
  SessionCore(const SessionCore&) = delete;
  SessionCore& operator=(const SessionCore&) = delete;

  /// Marks the session as in use by this thread for as long as it lives.
  class Use {
   public:
    explicit Use(SessionCore& core);
    ~Use();
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    SessionCore& core_;
  };

  // session_core.cc: connection, transactions, objects.
  const Metadata::Impl& models() const { return *models_; }
  const SessionOptions& options() const { return options_; }
  /// Throws RollbackRequired after a flush that failed.
  void require_usable() const;
  /// The place of a database in Engines; throws kUsage for a name that is not there.
  std::size_t database_named(std::string_view name) const;
  PooledConnection& connection(std::size_t database);  ///< Connected and in a transaction.
  PooledConnection& connection(const Mapper& mapper) { return connection(database_of(mapper)); }
  Driver& driver(std::size_t database) { return *connection(database).driver; }
  Driver& driver(const Mapper& mapper) { return driver(database_of(mapper)); }
  bool in_transaction() const;
  void commit();
  void rollback();
  void close();
  std::size_t begin_nested();
  void release_savepoint(std::size_t depth);
  void rollback_to_savepoint(std::size_t depth);
  void set_deadline(std::chrono::milliseconds from_now);
  void cancel();

  Entity* add(const Mapper& mapper, void* value);
  void remove(Entity* entity);
  Entity* get(const Mapper& mapper, const std::vector<Datum>& key);
  /// What `find` gives for the model's identity map, if the key has so many columns, the object can
  /// be given out as it is, and nothing uses the session now; else get() says what is the matter.
  template <typename Find>
  Found find_ready(TypeKey type, std::size_t columns, Find&& find) const {
    if (user_.load(std::memory_order_acquire) != nullptr) return {};
    const Mapper* mapper = models_->by_type.find(type);
    if (mapper == nullptr || mapper->key.size() != columns) return {};
    Entity* entity = find(identities_[mapper->index]);
    if (entity == nullptr || (entity->flags & (kRemoving | kExpired)) != 0) return {};
    return {entity, arena_};
  }
  Entity* find_loaded(const Mapper& mapper, const std::vector<Datum>& key) const;
  void expire(Entity* entity);
  void expire_all();
  void expire_model(const Mapper& mapper);
  void refresh(Entity* entity);
  void expunge(Entity* entity);
  void expunge_all();
  void require_attached(const Entity* entity) const;
  IdentityMap& identity(const Mapper& mapper) { return identities_[mapper.index]; }

  // hydrate.cc: rows to objects.
  Entity* hydrate(const Mapper& mapper, const RowReader& row, int first_column, bool refresh);
  void fill(Entity* entity, const RowReader& row, int first_column);

  // changes.cc: what set(), edit() and handles tell.
  void touch_column(Entity* entity, ColumnIndex column);
  void column_changed(Entity* entity, ColumnIndex column);
  void touch_all(Entity* entity);
  void mark_dirty(Entity* entity);
  void watch(Entity* entity);
  void link(Entity* child, const KeyMap& key, Entity* parent);
  void relation_touched(Entity* entity, const Relation& relation);
  void associate(const Relation& relation, Entity* owner, Entity* target, bool add);
  /// The parent that the key leads to, as far as the session has it.
  Entity* known_parent(const Entity* child, const KeyMap& key) const;

  // relations.cc: both sides in step.
  void set_one(Entity* owner, const Relation& relation, Entity* target);
  void append(Entity* owner, const Relation& relation, Entity* item);
  bool take_out(Entity* owner, const Relation& relation, Entity* item);
  bool entity_changed(const Entity* entity) const;

  // flush.cc
  void flush();
  void autoflush();
  bool has_changes() const;

  // lazy.cc, loader.h: relationships of objects.
  void load(const Relation& relation, const std::vector<Entity*>& owners);
  void lazy_load(const Relation& relation, Entity* owner);

  // query_run.cc
  std::vector<Entity*> query(const QueryData& query);
  /// The query with the session's filters for its models.
  QueryData filtered(QueryData query, std::vector<CteSpec> known = {}) const;
  Siblings& new_siblings() { return arena_->siblings.emplace_back(); }
  /// Runs a statement whose text is kept under `key`; `render` makes it.
  template <typename Render>
  PreparedStatement& statement(const Mapper& mapper, std::string key, Render&& render);
  RenderContext render_context(const Mapper& mapper);

  void notify(SessionEvent event);
  void notify(Event event, Entity* entity);
  bool observes(const Mapper& mapper, Event event) const;
  /// Counts a statement and tells observers; `started` from start_statement().
  std::chrono::steady_clock::time_point start_statement();
  void end_statement(std::string_view sql, std::chrono::steady_clock::time_point started,
                     std::size_t rows);

  Session* session = nullptr;  ///< For observers.
  bool never_commit = false;   ///< The test fixture.
  std::map<const Relation*, std::int64_t> lazy_counts;
  std::int64_t lazy_limit = 0;
  LazyLimit lazy_action = LazyLimit::kWarn;
  std::int64_t statements = 0;
  std::vector<Callback<const StatementEvent&>> statement_observers;
  std::vector<std::pair<SessionEvent, Callback<Session&>>> session_observers;
  std::map<std::pair<const Mapper*, Event>, std::vector<EntityObserver>> entity_observers;
  std::unordered_map<const Mapper*, Tokens> filters;

 private:
  friend class Flush;

  struct AssociationChange {
    const Association* association;
    Entity* side[2];
    bool add;
  };

  enum class Undo : std::uint8_t { kColumn, kInserted, kDeleted, kRelation, kKey };
  struct UndoEntry {
    Entity* entity;
    Undo what;
    ColumnIndex index;  ///< Column or relation.
    Saved value;        ///< Of a column.
  };

  /// One of the session's databases; its connection is taken with the first statement.
  struct Database {
    std::string name;
    Engine engine;
    Lease lease;
  };

  std::size_t database_of(const Mapper& mapper) const;
  void begin(Database& database);
  void commit_all();
  void end_transaction();
  /// On all connections that are taken, on the first database's when there is none.
  void run(std::string_view sql);
  void undo_to(std::size_t mark);
  void undo(const UndoEntry& entry);
  void undo_pending();
  void note_undo(Entity* entity, Undo what, ColumnIndex index = 0);
  void note_undo(Entity* entity, Saved old);
  void forget_undo();
  void detach(Entity* entity);
  void abandon_arena();
  std::string by_key_text(const Mapper& mapper, std::string_view filter);
  Entity* fetch(const Mapper& mapper, const std::vector<Datum>& key, Entity* known);
  void adopt_handles(Entity* entity);
  void list_add(Entity* owner, const Relation& relation, Entity* item, bool is_new);
  void list_drop(Entity* owner, const Relation& relation, Entity* item);
  void leave_parent(Entity* child, const Relation& to_children);
  /// Takes an object that goes out of the lists of others, as far as they are loaded.
  void leave_lists(Entity* entity);
  /// Children of an object that was never written: removed where that cascades, else without it.
  void let_children_go(Entity* parent);
  /// After a rollback: what was loaded since the changes that it undid may hold their outcome.
  void unload_all_relations();
  void unload_parents_list(Entity* parent, const KeyMap& key);
  void snapshot_watched();
  /// The identity map follows a key that an UPDATE changed; the undo log knows both.
  void rekey(Entity* entity);
  /// What the database has, in place of a key that was changed and not flushed.
  void restore_key(Entity* entity);
  /// Its row is gone; a rollback brings it back, as it was.
  void forget(Entity* entity);

  std::vector<Database> databases_;
  std::vector<std::size_t> database_of_;  ///< By mapper; databases_.size() without one.
  std::shared_ptr<const Metadata::Impl> models_;
  SessionOptions options_;
  Arena* arena_;
  std::vector<IdentityMap> identities_;

  std::mutex running_mutex_;  ///< cancel() comes from other threads.
  std::vector<Driver*> running_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  std::vector<std::size_t> savepoints_;  ///< Undo marks.
  std::vector<UndoEntry> undo_;
  bool needs_rollback_ = false;
  bool outcome_unknown_ = false;  ///< Of the COMMIT that failed.
  bool flushing_ = false;

  std::vector<Entity*> pending_;   ///< Added, in order; may hold some that were removed again.
  std::vector<Entity*> dirty_;     ///< Flag kDirty.
  std::vector<Entity*> removing_;  ///< Flag kRemoving.
  std::vector<Entity*> watched_;   ///< With open Edits.
  std::vector<AssociationChange> associations_;

  std::atomic<const void*> user_{nullptr};
  int use_depth_ = 0;
};

template <typename Render>
PreparedStatement& SessionCore::statement(const Mapper& mapper, std::string key, Render&& render) {
  PooledConnection& held = connection(mapper);
  constexpr std::size_t kMaxTexts = 1000;
  if (held.texts.size() > kMaxTexts) held.texts.clear();
  std::string& text = held.texts[std::move(key)];
  if (text.empty()) text = render();
  return held.driver->prepare(text);
}

/// The session of an attached object; throws DetachedError.
SessionCore& attached(const Entity* entity, std::string_view what);

/// The value under which the row is found: the image's, or the member's.
Datum stored_value(const Entity* entity, ColumnIndex column);

/// "User::posts".
std::string relation_name(const Relation& relation);

}  // namespace ormdb::detail
