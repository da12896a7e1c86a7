// The DELETEs of a flush, and how removals spread.
#include <algorithm>
#include <unordered_set>

#include "orm/flush.h"
#include "ormdb/orm_error.h"

namespace ormdb::detail {

namespace {

class DeleteRows final : public RowSource {
 public:
  DeleteRows(const std::vector<Entity*>& entities, std::size_t first)
      : entities_(entities), first_(first) {}
  std::size_t size() const override { return entities_.size() - first_; }
  void put(std::size_t row, ParameterSink& sink) override {
    scratch_.clear();
    put_stored_key(entities_[first_ + row], sink, scratch_);
  }
  void written(std::size_t, std::int64_t, const RowReader*) override {}

 private:
  const std::vector<Entity*>& entities_;
  std::size_t first_;
  Scratch scratch_;
};

/// One row: an association's column and a key.
class KeyRow final : public RowSource {
 public:
  explicit KeyRow(Datum key) : key_(std::move(key)) {}
  std::size_t size() const override { return 1; }
  void put(std::size_t, ParameterSink& sink) override { put_datum(key_, sink); }
  void written(std::size_t, std::int64_t, const RowReader*) override {}

 private:
  Datum key_;
};

const Relation* relation_for(const KeyMap& key) {
  for (const Relation& relation : key.parent->relations) {
    if (relation.kind == RelationKind::kChildren && relation.key == &key) return &relation;
  }
  return nullptr;
}

/// What the objects of the session have at the other end of a relationship, loaded where needed.
std::vector<Entity*> children_of(SessionCore& core, const Relation& relation, Entity* parent) {
  if (!is_relation_loaded(relation, parent)) core.load(relation, {parent});
  if (relation.many) return HandleAccess::make_state(many_of(relation, parent)).items;
  Entity* child = HandleAccess::held(one_of(relation, parent));
  return child == nullptr ? std::vector<Entity*>() : std::vector<Entity*>{child};
}

/// Whether the row may point elsewhere than the object does.
bool may_have_moved(const Entity* child, const KeyMap& key) {
  if (child->state == EntityState::kPending || child->links != nullptr) return true;
  return child->image != nullptr &&
         std::any_of(key.child_columns.begin(), key.child_columns.end(),
                     [&](ColumnIndex column) { return child->image->find(column) != nullptr; });
}

}  // namespace

bool is_by_database(ForeignKeyAction action) {
  return action == ForeignKeyAction::kCascade || action == ForeignKeyAction::kSetNull ||
         action == ForeignKeyAction::kSetDefault;
}

void Flush::note_new_children() {
  for (const Entities* list : {&core_.pending_, &core_.dirty_}) {
    for (Entity* child : *list) {
      for (const KeyMap* key : child->mapper->parents) {
        if (!may_have_moved(child, *key)) continue;
        Entity* parent = core_.known_parent(child, *key);
        if (parent != nullptr) new_children_.emplace(parent, std::pair(key, child));
      }
    }
  }
}

/// What the database has, without those that moved away and with those that came.
Flush::Entities Flush::children_at(const Relation& relation, Entity* parent) {
  Entities children = children_of(core_, relation, parent);
  std::erase_if(children, [&](const Entity* child) {
    return may_have_moved(child, *relation.key) &&
           core_.known_parent(child, *relation.key) != parent;
  });
  const auto [first, last] = new_children_.equal_range(parent);
  for (auto found = first; found != last; ++found) {
    const auto [key, child] = found->second;
    const bool is_known = std::find(children.begin(), children.end(), child) != children.end();
    if (key == relation.key && child->state != EntityState::kDetached && !is_known) {
      children.push_back(child);
    }
  }
  return children;
}

void Flush::spread_removals() {
  if (!core_.removing_.empty()) note_new_children();
  // The list grows while removals spread.
  for (std::size_t i = 0; i < core_.removing_.size(); ++i) {
    Entity* entity = core_.removing_[i];
    if ((entity->flags & kRemoved) != 0 || entity->state != EntityState::kPersistent) continue;
    entity->flags |= kRemoved;
    core_.notify(Event::kBeforeDelete, entity);
    for (const KeyMap* key : entity->mapper->children) spread(entity, *key);
    clear_associations(entity);
    removed_[entity->mapper->index].push_back(entity);
  }
}

void Flush::spread(Entity* entity, const KeyMap& key) {
  const Relation* relation = relation_for(key);
  if (relation == nullptr) return;
  if (relation->cascade != CascadeRule::kNone) {
    for (Entity* child : children_at(*relation, entity)) core_.remove(child);
    return;
  }
  if (is_by_database(key.on_delete) || !key.nullable) return;
  for (Entity* child : children_at(*relation, entity)) {
    if ((child->flags & kRemoving) != 0) continue;
    core_.link(child, key, nullptr);
    if (relation->back != nullptr) {
      core_.relation_touched(child, *relation->back);
      HandleAccess::hold(one_of(*relation->back, child), nullptr, true);
    }
  }
}

/// Rows that connect the object go before it, whatever the database would do.
void Flush::clear_associations(Entity* entity) {
  for (const Association& association : core_.models().associations) {
    for (int side = 0; side < 2; ++side) {
      if (association.mapper[side] != entity->mapper) continue;
      std::erase_if(core_.associations_, [&](const auto& change) {
        return change.association == &association && change.side[side] == entity;
      });
      Driver& driver = core_.driver(*entity->mapper);
      DeletePlan plan;
      plan.id = association.clear_id[side];
      plan.table = driver.style().quote(association.table);
      plan.key = {association.remove.key[static_cast<std::size_t>(side)]};
      KeyRow row(stored_value(entity, entity->mapper->key.front()));
      const auto started = core_.start_statement();
      driver.remove(plan, row);
      core_.end_statement("DELETE FROM " + plan.table, started, 1);
    }
  }
}

void Flush::remove_all() {
  cut_backward_keys();
  const auto& by_rank = core_.models().by_rank;
  for (auto mapper = by_rank.rbegin(); mapper != by_rank.rend(); ++mapper) {
    Entities entities = removed_[(*mapper)->index];
    // The database may have removed some with rows that went before.
    std::erase_if(entities,
                  [](const Entity* entity) { return entity->state != EntityState::kPersistent; });
    if (!entities.empty()) remove_of(**mapper, children_first(**mapper, entities));
  }
}

void Flush::remove_of(const Mapper& mapper, const Entities& entities) {
  delete_rows(mapper, entities);
  for (Entity* entity : entities) {
    core_.forget(entity);
    core_.notify(Event::kAfterDelete, entity);
  }
  follow_database(mapper, entities);
}

void Flush::delete_rows(const Mapper& mapper, const Entities& entities) {
  PooledConnection& connection = core_.connection(mapper);
  auto& plan = connection.deletes[plan_key(mapper, "")];
  if (plan == nullptr) {
    plan = std::make_unique<DeletePlan>();
    plan->id = next_plan_id();
    plan->table = mapper.qualified(connection.driver->style());
    for (const ColumnIndex c : mapper.key) {
      plan->key.push_back({mapper.columns[c].name, mapper.columns[c].kind});
    }
    if (mapper.version >= 0) {
      const ColumnMap& version = mapper.columns[static_cast<std::size_t>(mapper.version)];
      plan->key.push_back({version.name, version.kind});
    }
  }
  // In a tree or a circle, the database may have removed a row with its parent.
  const bool may_be_gone =
      std::any_of(mapper.parents.begin(), mapper.parents.end(), [&](const KeyMap* key) {
        return key->parent->rank >= mapper.rank && key->on_delete == ForeignKeyAction::kCascade;
      });
  const auto started = core_.start_statement();
  for (std::size_t first = 0; first < entities.size(); ++first) {
    DeleteRows rows(entities, first);
    first += connection.driver->remove(*plan, rows);
    if (first < entities.size() && !may_be_gone) {
      throw StaleData("the row of a " + mapper.model + " that was to be removed is gone" +
                      (mapper.version >= 0 ? ", or another session changed it first" : ""));
    }
  }
  core_.end_statement("DELETE FROM " + plan->table, started, entities.size());
}

/// ON DELETE CASCADE and SET NULL, done to the objects that the session has.
void Flush::follow_database(const Mapper& mapper, const Entities& gone) {
  for (const KeyMap* key : mapper.children) {
    if (core_.identity(*key->child).size() == 0) continue;
    std::vector<std::string> keys;
    keys.reserve(gone.size());
    for (const Entity* entity : gone) {
      keys.push_back(columns_key(mapper, object_of(entity), key->parent_columns));
    }
    follow_key(*key, keys);
  }
}

void Flush::follow_key(const KeyMap& key, const std::vector<std::string>& gone) {
  if (!is_by_database(key.on_delete)) return;
  const std::unordered_set<std::string> keys(gone.begin(), gone.end());
  Entities met;
  core_.identity(*key.child).each([&](Entity* child) {
    const std::string value = columns_key(*key.child, object_of(child), key.child_columns);
    if (!value.empty() && keys.count(value) != 0) met.push_back(child);
  });
  if (met.empty()) return;
  if (key.on_delete == ForeignKeyAction::kCascade) {
    for (Entity* child : met) core_.forget(child);
    return follow_database(*key.child, met);
  }
  for (Entity* child : met) {
    if (key.on_delete == ForeignKeyAction::kSetDefault) {
      core_.expire(child);
      continue;
    }
    for (const ColumnIndex column : key.child_columns) {
      core_.note_undo(child, Saved::of(*key.child, object_of(child), column));
      load_field(key.child->columns[column].type, key.child->field(object_of(child), column),
                 Datum());
    }
    for (const Relation& relation : key.child->relations) {
      if (relation.key == &key && relation.kind == RelationKind::kParent) {
        core_.relation_touched(child, relation);
        unload_relation(relation, child);
      }
    }
  }
}

}  // namespace ormdb::detail
