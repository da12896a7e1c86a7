// What writes to objects leave behind: images, links, undo entries.
#include <algorithm>

#include "orm/loader.h"
#include "ormdb/orm_error.h"

namespace ormdb::detail {

std::string relation_name(const Relation& relation) {
  return relation.owner->model + "::" + relation.name;
}

SessionCore& attached(const Entity* entity, std::string_view what) {
  if (entity->arena->session != nullptr && entity->state != EntityState::kDetached) {
    return *entity->arena->session;
  }
  DetachedError error(std::string(what) + " of a detached " + entity->mapper->model);
  error.hint("its session was closed, rolled back or let it go: add or merge a copy of it");
  throw error;
}

void SessionCore::mark_dirty(Entity* entity) {
  if ((entity->flags & kDirty) != 0) return;
  entity->flags |= kDirty;
  dirty_.push_back(entity);
}

void SessionCore::touch_column(Entity* entity, ColumnIndex column) {
  if (entity->state == EntityState::kPending) return;
  if (entity->image == nullptr) entity->image = arena_of(entity).images.make();
  if (entity->image->find(column) == nullptr) {
    entity->image->columns.emplace_back(Saved::of(*entity->mapper, object_of(entity), column));
  }
  mark_dirty(entity);
}

void SessionCore::touch_all(Entity* entity) {
  for (std::size_t i = 0; i < entity->mapper->columns.size(); ++i) {
    touch_column(entity, static_cast<ColumnIndex>(i));
  }
}

void SessionCore::watch(Entity* entity) {
  if (entity->edits++ == 0) {
    if (std::find(watched_.begin(), watched_.end(), entity) == watched_.end()) {
      watched_.push_back(entity);
    }
  }
  touch_all(entity);
}

void SessionCore::unload_parents_list(Entity* parent, const KeyMap& key) {
  if (parent == nullptr || parent->state != EntityState::kPersistent) return;
  for (const Relation& relation : parent->mapper->relations) {
    if (relation.kind != RelationKind::kChildren || relation.key != &key) continue;
    if (is_relation_loaded(relation, parent)) unload_relation(relation, parent);
  }
}

/// A member that is part of a foreign key was written: what was loaded by the old value is
/// unloaded. A relationship that was assigned stays, its key is copied by the next flush.
void SessionCore::column_changed(Entity* entity, ColumnIndex column) {
  for (const KeyMap* key : entity->mapper->parents) {
    const auto& columns = key->child_columns;
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) continue;
    const bool is_linked = entity->links != nullptr &&
                           std::any_of(entity->links->parents.begin(), entity->links->parents.end(),
                                       [&](const auto& link) { return link.first == key; });
    if (is_linked) continue;
    for (const Relation& relation : entity->mapper->relations) {
      if (relation.kind != RelationKind::kParent || relation.key != key) continue;
      if (!is_relation_loaded(relation, entity)) continue;
      unload_parents_list(HandleAccess::held(one_of(relation, entity)), *key);
      unload_relation(relation, entity);
    }
    unload_parents_list(known_parent(entity, *key), *key);
  }
}

Entity* SessionCore::known_parent(const Entity* child, const KeyMap& key) const {
  if (child->links != nullptr) {
    for (const auto& [linked, parent] : child->links->parents) {
      if (linked == &key) return parent;
    }
  }
  if (!key.to_primary_key) return nullptr;
  const IdentityMap& parents = identities_[key.parent->index];
  if (parents.size() == 0) return nullptr;
  if (key.parent->integer_key) {
    std::int64_t value = 0;
    const bool has_value = integer_of(*key.child, object_of(child), key.child_columns[0], value);
    return has_value ? parents.find_integer(value) : nullptr;
  }
  std::vector<Datum> values;
  for (const ColumnIndex column : key.child_columns) {
    values.push_back(field_datum(*key.child, object_of(child), column));
    if (values.back().is_null()) return nullptr;
  }
  return find_loaded(*key.parent, values);
}

void SessionCore::link(Entity* child, const KeyMap& key, Entity* parent) {
  if (child->links == nullptr) child->links = new Links;
  for (auto& [known, linked] : child->links->parents) {
    if (known != &key) continue;
    linked = parent;
    return;
  }
  child->links->parents.emplace_back(&key, parent);
  if (child->state == EntityState::kPersistent) mark_dirty(child);
}

void SessionCore::relation_touched(Entity* entity, const Relation& relation) {
  if (entity->state != EntityState::kPersistent) return;
  note_undo(entity, Undo::kRelation, static_cast<ColumnIndex>(relation.index));
}

void SessionCore::associate(const Relation& relation, Entity* owner, Entity* target, bool add) {
  AssociationChange change{relation.association, {owner, target}, add};
  if (relation.side == 1) std::swap(change.side[0], change.side[1]);
  // The opposite change that was not flushed is taken back instead.
  const auto opposite =
      std::find_if(associations_.begin(), associations_.end(), [&](const AssociationChange& other) {
        return other.association == change.association && other.side[0] == change.side[0] &&
               other.side[1] == change.side[1] && other.add != change.add;
      });
  if (opposite != associations_.end()) {
    associations_.erase(opposite);
  } else {
    associations_.push_back(change);
  }
}

bool SessionCore::entity_changed(const Entity* entity) const {
  if (entity->state == EntityState::kPending || (entity->flags & kRemoving) != 0) return true;
  if (entity->links != nullptr) return true;
  if (entity->image == nullptr) return false;
  return std::any_of(
      entity->image->columns.begin(), entity->image->columns.end(),
      [&](const Saved& old) { return !old.holds(*entity->mapper, object_of(entity)); });
}

// What Ref and Edit call.

void touch(Entity* entity) {
  if (entity == nullptr) {
    throw Error(ErrorKind::kUsage, "an empty Ref was used")
        .hint("test it first: if (ref) …; get_or_404 and one() never give an empty one");
  }
  if ((entity->flags & kExpired) != 0) attached(entity, "reading again").refresh(entity);
}

namespace {

ColumnIndex column_for_write(const Entity* entity, std::size_t offset) {
  const int column = entity->mapper->column_at(offset);
  if (column < 0) {
    throw Error(ErrorKind::kUsage, "a member of " + entity->mapper->model +
                                       " was set that is not described as a column");
  }
  if (entity->state == EntityState::kDeleted) {
    throw Error(ErrorKind::kUsage, "a removed " + entity->mapper->model + " was written to");
  }
  return static_cast<ColumnIndex>(column);
}

}  // namespace

void before_write(Entity* entity, std::size_t offset) {
  SessionCore& core = attached(entity, "writing to a member");
  core.touch_column(entity, column_for_write(entity, offset));
}

void after_write(Entity* entity, std::size_t offset) {
  if (entity->mapper->parents.empty()) return;
  entity->arena->session->column_changed(entity, column_for_write(entity, offset));
}

void begin_edit(Entity* entity) { attached(entity, "editing").watch(entity); }

void end_edit(Entity* entity) noexcept {
  --entity->edits;
  SessionCore* core = entity->arena->session;
  if (core == nullptr || entity->image == nullptr) return;
  const Mapper& mapper = *entity->mapper;
  if (mapper.parents.empty()) return;
  for (const Saved& old : entity->image->columns) {
    if (!old.holds(mapper, object_of(entity))) core->column_changed(entity, old.column());
  }
}

void allow_key_change(Entity* entity) {
  SessionCore& core = attached(entity, "changing the key");
  for (const ColumnIndex column : entity->mapper->key) core.touch_column(entity, column);
  if (entity->image != nullptr) entity->image->key_may_change = true;
}

void assign_object(Entity* entity, void* value) {
  SessionCore& core = attached(entity, "assigning");
  const Mapper& mapper = *entity->mapper;
  void* object = object_of(entity);
  core.touch_all(entity);
  std::vector<std::pair<ColumnIndex, Datum>> kept;
  for (std::size_t i = 0; i < mapper.columns.size(); ++i) {
    const auto column = static_cast<ColumnIndex>(i);
    const bool is_version = static_cast<int>(i) == mapper.version;
    if (mapper.columns[i].primary_key || is_version || mapper.columns[i].computed) {
      kept.emplace_back(column, field_datum(mapper, object, column));
    }
  }
  mapper.type->assign(object, value);
  for (const auto& [column, datum] : kept) {
    load_field(mapper.columns[column].type, mapper.field(object, column), datum);
  }
  if (entity->image == nullptr) return;
  for (const Saved& old : entity->image->columns) {
    if (!old.holds(mapper, object)) core.column_changed(entity, old.column());
  }
}

bool has_changes(const Entity* entity) {
  const SessionCore* core = entity->arena->session;
  return core != nullptr && entity->state != EntityState::kDetached && core->entity_changed(entity);
}

std::vector<Datum> history(const Entity* entity, std::size_t offset) {
  const int found = entity->mapper->column_at(offset);
  if (found < 0) throw Error(ErrorKind::kUsage, "history: the member is not described as a column");
  const auto column = static_cast<ColumnIndex>(found);
  const Datum current = field_datum(*entity->mapper, object_of(entity), column);
  const Saved* old = entity->image == nullptr ? nullptr : entity->image->find(column);
  if (old == nullptr || old->datum() == current) return {current};
  return {old->datum(), current};
}

}  // namespace ormdb::detail
