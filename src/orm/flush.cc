#include "orm/flush.h"

#include <algorithm>
#include <map>

#include "ormdb/orm_error.h"

namespace ormdb::detail {

namespace {

std::vector<ColumnIndex> columns_of(std::string_view mask) {
  std::vector<ColumnIndex> columns;
  ShapeReader reader(mask);
  for (std::size_t i = 0; i < mask.size() / sizeof(ColumnIndex); ++i) {
    columns.push_back(reader.raw<ColumnIndex>());
  }
  return columns;
}

/// Rows of an UPDATE: set columns, then the key and the version as they are in the database.
class UpdateRows final : public RowSource {
 public:
  UpdateRows(const Mapper& mapper, std::vector<ColumnIndex> set,
             const std::vector<Entity*>& entities)
      : mapper_(mapper), set_(std::move(set)), entities_(entities) {}

  std::size_t size() const override { return entities_.size(); }
  void put(std::size_t row, ParameterSink& sink) override {
    if (!scratch_.empty()) scratch_.clear();
    const Entity* entity = entities_[row];
    const void* object = object_of(entity);
    for (const ColumnIndex column : set_) {
      put_field(mapper_.columns[column], mapper_.field(object, column), sink, scratch_);
    }
    put_stored_key(entity, sink, scratch_);
  }
  void written(std::size_t, std::int64_t, const RowReader*) override {}

 private:
  const Mapper& mapper_;
  std::vector<ColumnIndex> set_;
  const std::vector<Entity*>& entities_;
  Scratch scratch_;
};

class AssociationRows final : public RowSource {
 public:
  using Pair = std::pair<Entity*, Entity*>;
  std::vector<Pair> pairs;

  std::size_t size() const override { return pairs.size(); }
  void put(std::size_t row, ParameterSink& sink) override {
    scratch_.clear();
    put_key(pairs[row].first, sink);
    put_key(pairs[row].second, sink);
  }
  void written(std::size_t, std::int64_t, const RowReader*) override {}

 private:
  void put_key(const Entity* entity, ParameterSink& sink) {
    const Mapper& mapper = *entity->mapper;
    const ColumnIndex key = mapper.key.front();
    put_field(mapper.columns[key], mapper.field(object_of(entity), key), sink, scratch_);
  }
  Scratch scratch_;
};

}  // namespace

void append_column(std::string& mask, ColumnIndex column) { put_raw(mask, column); }

void put_stored_key(const Entity* entity, ParameterSink& sink, Scratch& scratch) {
  const Mapper& mapper = *entity->mapper;
  const auto put = [&](ColumnIndex column) {
    const Saved* old = entity->image == nullptr ? nullptr : entity->image->find(column);
    if (old != nullptr) return put_datum(scratch.emplace_back(old->datum()), sink);
    put_field(mapper.columns[column], mapper.field(object_of(entity), column), sink, scratch);
  };
  for (const ColumnIndex column : mapper.key) put(column);
  if (mapper.version >= 0) put(static_cast<ColumnIndex>(mapper.version));
}

std::string plan_key(const Mapper& mapper, std::string_view mask) {
  std::string key;
  put_raw(key, mapper.id);
  key += mask;
  return key;
}

Datum stored_value(const Entity* entity, ColumnIndex column) {
  const Saved* old = entity->image == nullptr ? nullptr : entity->image->find(column);
  return old != nullptr ? old->datum() : field_datum(*entity->mapper, object_of(entity), column);
}

bool SessionCore::has_changes() const {
  if (!removing_.empty() || !associations_.empty()) return true;
  const auto changed = [&](const Entity* entity) { return entity_changed(entity); };
  const auto is_pending = [](const Entity* entity) {
    return entity->state == EntityState::kPending;
  };
  return std::any_of(pending_.begin(), pending_.end(), is_pending) ||
         std::any_of(dirty_.begin(), dirty_.end(), changed);
}

void SessionCore::autoflush() {
  if (options_.autoflush && !flushing_) flush();
}

void SessionCore::flush() {
  const Use use(*this);
  if (flushing_) return;
  if (pending_.empty() && dirty_.empty() && removing_.empty() && associations_.empty()) return;
  if (options_.read_only && has_changes()) {
    throw Error(ErrorKind::kUsage, "a read-only session has changes to write");
  }
  require_usable();
  notify(SessionEvent::kBeforeFlush);
  flushing_ = true;
  try {
    Flush(*this).run();
  } catch (...) {
    flushing_ = false;
    needs_rollback_ = true;
    throw;
  }
  flushing_ = false;
  notify(SessionEvent::kAfterFlush);
}

void Flush::run() {
  removed_.resize(core_.models().mappers.size());
  spread_removals();
  insert_all();
  update_all();
  write_associations();
  remove_all();
  finish();
}

void Flush::finish() {
  core_.pending_.clear();
  core_.removing_.clear();
  core_.associations_.clear();
  for (Entity* entity : core_.dirty_) {
    entity->flags &= static_cast<std::uint8_t>(~kDirty);
    drop_image(entity);
    delete std::exchange(entity->links, nullptr);
  }
  core_.dirty_.clear();
  core_.snapshot_watched();
}

// Links.

/// The value before: in the image of an object with a row, in the undo log for a new one.
void Flush::note_column(Entity* entity, ColumnIndex column) {
  if (entity->state == EntityState::kPending) {
    core_.note_undo(entity, Saved::of(*entity->mapper, object_of(entity), column));
  } else {
    core_.touch_column(entity, column);
  }
}

void Flush::copy_key(Entity* child, const KeyMap& key, const Entity* parent) {
  for (std::size_t i = 0; i < key.child_columns.size(); ++i) {
    const ColumnIndex column = key.child_columns[i];
    note_column(child, column);
    load_field(key.child->columns[column].type, key.child->field(object_of(child), column),
               field_datum(*key.parent, object_of(parent), key.parent_columns[i]));
  }
}

void Flush::clear_key(Entity* child, const KeyMap& key) {
  if ((child->flags & kRemoving) != 0) return;
  if (!key.nullable) {
    throw Error(ErrorKind::kUsage, key.child->column_name(key.child_columns.front()) +
                                       " cannot be NULL, and its " + key.child->model +
                                       " was left without a " + key.parent->model)
        .hint("remove the object too, or say cascade(DeleteOrphan) for the relationship");
  }
  for (const ColumnIndex column : key.child_columns) {
    note_column(child, column);
    load_field(key.child->columns[column].type, key.child->field(object_of(child), column),
               Datum());
  }
}

bool Flush::resolve_links(Entity* entity) {
  if (entity->links == nullptr) return true;
  bool complete = true;
  auto& parents = entity->links->parents;
  for (std::size_t i = 0; i < parents.size();) {
    const auto [key, parent] = parents[i];
    if (parent != nullptr && parent->state == EntityState::kPending) {
      complete = false;
      ++i;
      continue;
    }
    if (parent == nullptr) {
      clear_key(entity, *key);
    } else {
      core_.require_attached(parent);
      copy_key(entity, *key, parent);
    }
    parents.erase(i);
  }
  if (parents.empty()) delete std::exchange(entity->links, nullptr);
  return complete;
}

// Updates.

void Flush::check_key(Entity* entity, ColumnIndex column) const {
  const Mapper& mapper = *entity->mapper;
  if (!mapper.columns[column].primary_key || entity->image->key_may_change) return;
  throw Error(ErrorKind::kUsage,
              "the primary key " + mapper.column_name(column) + " of an object was changed")
      .hint("remove it and add another one, or say ref.update_key() before");
}

/// Fills in what an UPDATE would set; false: nothing differs.
bool Flush::prepare_update(Entity* entity, std::string& mask) {
  resolve_links(entity);
  if (entity->image == nullptr || entity->state != EntityState::kPersistent) return false;
  if ((entity->flags & (kRemoving | kRemoved)) != 0) return false;
  if (!core_.entity_changed(entity)) return false;
  core_.notify(Event::kBeforeUpdate, entity);
  const Mapper& mapper = *entity->mapper;
  void* object = object_of(entity);
  for (std::size_t i = 0; mapper.has_on_update && i < mapper.columns.size(); ++i) {
    const OnUpdate& on_update = mapper.columns[i].on_update;
    const auto column = static_cast<ColumnIndex>(i);
    if (on_update.call == nullptr) continue;
    const Saved* old = entity->image->find(column);
    if (old != nullptr && !old->holds(mapper, object)) continue;
    core_.touch_column(entity, column);
    Datum value;
    on_update.call(on_update.function, value);
    load_field(mapper.columns[i].type, mapper.field(object, column), value);
  }
  if (mapper.version >= 0) {
    const auto version = static_cast<ColumnIndex>(mapper.version);
    core_.touch_column(entity, version);
    Datum next = entity->image->find(version)->datum();
    ++next.integer;
    load_field(mapper.columns[version].type, mapper.field(object, version), next);
  }
  changed_.clear();
  for (const Saved& old : entity->image->columns) {
    if (mapper.columns[old.column()].computed || old.holds(mapper, object)) continue;
    check_key(entity, old.column());
    changed_.push_back(old.column());
  }
  if (changed_.size() > 1) std::sort(changed_.begin(), changed_.end());
  for (const ColumnIndex column : changed_) append_column(mask, column);
  return true;
}

void Flush::update_all() {
  std::map<std::pair<std::size_t, std::string>, Entities> groups;
  auto last = groups.end();
  std::string mask;
  // The list may grow: observers and links touch further objects.
  for (std::size_t i = 0; i < core_.dirty_.size(); ++i) {
    Entity* entity = core_.dirty_[i];
    mask.clear();
    if (!prepare_update(entity, mask)) continue;
    const std::size_t rank = entity->mapper->rank;
    if (last == groups.end() || last->first.first != rank || last->first.second != mask) {
      last = groups.try_emplace({rank, mask}).first;
    }
    last->second.push_back(entity);
  }
  for (const auto& [key, entities] : groups) {
    update_batch(*entities.front()->mapper, key.second, entities);
  }
}

const UpdatePlan& Flush::update_plan(const Mapper& mapper, const std::string& mask) {
  PooledConnection& connection = core_.connection(mapper);
  auto& plan = connection.updates[plan_key(mapper, mask)];
  if (plan != nullptr) return *plan;
  plan = std::make_unique<UpdatePlan>();
  plan->id = next_plan_id();
  plan->table = mapper.qualified(connection.driver->style());
  for (const ColumnIndex c : columns_of(mask))
    plan->set.push_back({mapper.columns[c].name, mapper.columns[c].kind});
  for (const ColumnIndex c : mapper.key) {
    plan->key.push_back({mapper.columns[c].name, mapper.columns[c].kind});
  }
  if (mapper.version >= 0) {
    const ColumnMap& version = mapper.columns[static_cast<std::size_t>(mapper.version)];
    plan->key.push_back({version.name, version.kind});
  }
  return *plan;
}

void Flush::update_batch(const Mapper& mapper, const std::string& mask, const Entities& entities) {
  const std::vector<ColumnIndex> set = columns_of(mask);
  const UpdatePlan& plan = update_plan(mapper, mask);
  UpdateRows rows(mapper, set, entities);
  const auto started = core_.start_statement();
  const std::size_t done = core_.driver(mapper).update(plan, rows);
  core_.end_statement("UPDATE " + plan.table, started, entities.size());
  if (done < entities.size()) {
    throw StaleData("the row of a " + mapper.model + " that was changed is gone" +
                    (mapper.version >= 0 ? ", or another session changed it first" : ""));
  }
  const bool changes_key = std::any_of(set.begin(), set.end(), [&](ColumnIndex column) {
    return mapper.columns[column].primary_key;
  });
  const bool observed = core_.observes(mapper, Event::kAfterUpdate);
  for (Entity* entity : entities) {
    if (changes_key) core_.rekey(entity);
    for (const ColumnIndex column : set) {
      core_.note_undo(entity, entity->image->find(column)->copy());
    }
    if (changes_key) core_.note_undo(entity, SessionCore::Undo::kKey, 1);
    if (observed) core_.notify(Event::kAfterUpdate, entity);
  }
}

// Association tables.

void Flush::write_associations() {
  for (const bool add : {true, false}) {
    std::map<const Association*, AssociationRows> tables;
    for (const auto& change : core_.associations_) {
      if (change.add == add)
        tables[change.association].pairs.emplace_back(change.side[0], change.side[1]);
    }
    for (auto& [association, rows] : tables) {
      Driver& driver = core_.driver(*association->mapper[0]);
      const auto started = core_.start_statement();
      if (add) {
        InsertPlan plan = association->insert;
        plan.table = driver.style().quote(association->table);
        driver.insert(plan, rows);
      } else {
        DeletePlan plan = association->remove;
        plan.table = driver.style().quote(association->table);
        driver.remove(plan, rows);
      }
      core_.end_statement(association->table, started, rows.size());
    }
  }
}

}  // namespace ormdb::detail
