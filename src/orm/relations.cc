// Relationships: handles, and both sides in step.
//
// The truth until a flush is the child's link; the parent's Many and the child's One are views of
// it. A view that is not loaded is left alone: it will be read from the database, after a flush.
#include <algorithm>

#include "orm/session_core.h"
#include "ormdb/orm_error.h"

namespace ormdb::detail {

const OneBase& one_of(const Relation& relation, const Entity* entity) {
  return *reinterpret_cast<const OneBase*>(static_cast<const char*>(object_of(entity)) +
                                           relation.offset);
}

const ManyBase& many_of(const Relation& relation, const Entity* entity) {
  return *reinterpret_cast<const ManyBase*>(static_cast<const char*>(object_of(entity)) +
                                            relation.offset);
}

bool is_relation_loaded(const Relation& relation, const Entity* entity) {
  return relation.many ? many_of(relation, entity).is_loaded()
                       : one_of(relation, entity).is_loaded();
}

void unload_relation(const Relation& relation, const Entity* entity) {
  if (!relation.many) return HandleAccess::hold(one_of(relation, entity), nullptr, false);
  if (ManyState* state = HandleAccess::state(many_of(relation, entity))) {
    state->items.clear();
    state->loaded = false;
  }
}

void own_handles(Entity* entity) {
  for (const Relation& relation : entity->mapper->relations) {
    if (relation.many) {
      HandleAccess::owner(many_of(relation, entity)) = entity;
    } else {
      HandleAccess::owner(one_of(relation, entity)) = entity;
    }
  }
}

namespace {

const Relation& relation_of(const Entity* owner, const void* handle) {
  const auto offset = static_cast<std::size_t>(static_cast<const char*>(handle) -
                                               static_cast<const char*>(object_of(owner)));
  const Relation* relation = owner->mapper->relation_at(offset);
  if (relation != nullptr) return *relation;
  throw Error(ErrorKind::kModel, "a One or Many of " + owner->mapper->model +
                                     " was used that its describe() does not mention")
      .hint("describe it with one_to_many, many_to_one, one_to_one or many_to_many");
}

/// Its list may be changed without a statement: it is loaded, or the owner has no row yet.
bool has_list(const Relation& relation, const Entity* owner) {
  return owner->state == EntityState::kPending || many_of(relation, owner).is_loaded();
}

ManyState& list_of(const Relation& relation, const Entity* owner) {
  ManyState& state = HandleAccess::make_state(many_of(relation, owner));
  if (owner->state == EntityState::kPending) state.loaded = true;
  return state;
}

}  // namespace

/// `is_new`: the item cannot be in the list, which is not searched then.
void SessionCore::list_add(Entity* owner, const Relation& relation, Entity* item, bool is_new) {
  if (!has_list(relation, owner)) return;
  relation_touched(owner, relation);
  std::vector<Entity*>& items = list_of(relation, owner).items;
  if (is_new || std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
}

void SessionCore::list_drop(Entity* owner, const Relation& relation, Entity* item) {
  if (!relation.many) {
    const OneBase& one = one_of(relation, owner);
    if (HandleAccess::held(one) != item) return;
    relation_touched(owner, relation);
    return HandleAccess::hold(one, nullptr, true);
  }
  if (!has_list(relation, owner)) return;
  relation_touched(owner, relation);
  std::erase(list_of(relation, owner).items, item);
}

/// The child's parent so far loses it; `to_children` is the parent's side.
void SessionCore::leave_parent(Entity* child, const Relation& to_children) {
  if (Entity* parent = known_parent(child, *to_children.key)) {
    list_drop(parent, to_children, child);
  }
}

void SessionCore::leave_lists(Entity* entity) {
  for (const KeyMap* key : entity->mapper->parents) {
    Entity* parent = known_parent(entity, *key);
    if (parent == nullptr || parent == entity) continue;
    for (const Relation& relation : parent->mapper->relations) {
      const bool holds = relation.kind == RelationKind::kChildren && relation.key == key;
      if (holds) list_drop(parent, relation, entity);
    }
  }
  for (const Relation& relation : entity->mapper->relations) {
    if (relation.kind != RelationKind::kAssociation || relation.back == nullptr) continue;
    if (has_list(relation, entity)) {
      for (Entity* item : list_of(relation, entity).items) list_drop(item, *relation.back, entity);
      continue;
    }
    identity(*relation.back->owner).each([&](Entity* other) {
      if (!is_relation_loaded(*relation.back, other)) return;
      const std::vector<Entity*>& items = list_of(*relation.back, other).items;
      if (std::find(items.begin(), items.end(), entity) == items.end()) return;
      list_drop(other, *relation.back, entity);
    });
  }
}

void SessionCore::let_children_go(Entity* parent) {
  for (const Relation& relation : parent->mapper->relations) {
    if (relation.kind != RelationKind::kChildren) continue;
    std::vector<Entity*> children;
    if (relation.many) {
      children = list_of(relation, parent).items;
    } else if (Entity* child = HandleAccess::held(one_of(relation, parent))) {
      children.push_back(child);
    }
    for (Entity* child : children) {
      if (relation.back != nullptr) {
        relation_touched(child, *relation.back);
        HandleAccess::hold(one_of(*relation.back, child), nullptr, true);
      }
      link(child, *relation.key, nullptr);
      if (relation.cascade != CascadeRule::kNone) remove(child);
    }
  }
}

void SessionCore::unload_all_relations() {
  for (IdentityMap& map : identities_) {
    map.each([](Entity* entity) {
      for (const Relation& relation : entity->mapper->relations) {
        if (is_relation_loaded(relation, entity)) unload_relation(relation, entity);
      }
    });
  }
}

void SessionCore::set_one(Entity* owner, const Relation& relation, Entity* target) {
  const Use use(*this);
  require_attached(owner);
  if (target != nullptr) require_attached(target);
  const OneBase& one = one_of(relation, owner);
  const bool same = HandleAccess::was_set(one) && HandleAccess::held(one) == target;
  if (same) return;
  if (relation.kind == RelationKind::kParent) {
    const bool moves = known_parent(owner, *relation.key) != target;
    if (relation.back != nullptr && moves) leave_parent(owner, *relation.back);
    relation_touched(owner, relation);
    HandleAccess::hold(one, target, true);
    link(owner, *relation.key, target);
    if (target == nullptr || relation.back == nullptr) return;
    if (relation.back->many) return list_add(target, *relation.back, owner, moves);
    set_one(target, *relation.back, owner);
    return;
  }
  Entity* former = owner->state == EntityState::kPending ? HandleAccess::held(one) : nullptr;
  if (owner->state == EntityState::kPersistent) {
    // Without a flush, which would write half of this change.
    if (!one.is_loaded()) load(relation, {owner});
    former = HandleAccess::held(one);
  }
  relation_touched(owner, relation);
  HandleAccess::hold(one, target, true);
  if (former != nullptr && former != target) {
    link(former, *relation.key, nullptr);
    if (relation.back != nullptr) {
      relation_touched(former, *relation.back);
      HandleAccess::hold(one_of(*relation.back, former), nullptr, true);
    }
    if (relation.cascade == CascadeRule::kDeleteOrphan) remove(former);
  }
  if (target == nullptr) return;
  if (relation.back != nullptr) return set_one(target, *relation.back, owner);
  leave_parent(target, relation);
  HandleAccess::hold(one, target, true);
  link(target, *relation.key, owner);
}

void SessionCore::append(Entity* owner, const Relation& relation, Entity* item) {
  const Use use(*this);
  require_attached(owner);
  require_attached(item);
  if (relation.kind == RelationKind::kChildren) {
    if (relation.back != nullptr) return set_one(item, *relation.back, owner);
    const bool moves = known_parent(item, *relation.key) != owner;
    if (moves) leave_parent(item, relation);
    link(item, *relation.key, owner);
    return list_add(owner, relation, item, moves);
  }
  if (!has_list(relation, owner)) lazy_load(relation, owner);
  std::vector<Entity*>& items = list_of(relation, owner).items;
  if (std::find(items.begin(), items.end(), item) != items.end()) return;
  relation_touched(owner, relation);
  items.push_back(item);
  associate(relation, owner, item, true);
  if (relation.back != nullptr) list_add(item, *relation.back, owner, false);
}

bool SessionCore::take_out(Entity* owner, const Relation& relation, Entity* item) {
  const Use use(*this);
  require_attached(owner);
  if (item == nullptr) return false;
  if (!has_list(relation, owner)) lazy_load(relation, owner);
  std::vector<Entity*>& items = list_of(relation, owner).items;
  const auto found = std::find(items.begin(), items.end(), item);
  if (found == items.end()) return false;
  relation_touched(owner, relation);
  items.erase(found);
  if (relation.kind == RelationKind::kAssociation) {
    associate(relation, owner, item, false);
    if (relation.back != nullptr) list_drop(item, *relation.back, owner);
    return true;
  }
  if (relation.back != nullptr) {
    relation_touched(item, *relation.back);
    HandleAccess::hold(one_of(*relation.back, item), nullptr, true);
  }
  link(item, *relation.key, nullptr);
  if (relation.cascade == CascadeRule::kDeleteOrphan) remove(item);
  return true;
}

/// Takes over what the handles of a transient object were given.
void SessionCore::adopt_handles(Entity* entity) {
  for (const Relation& relation : entity->mapper->relations) {
    if (relation.many) {
      const ManyBase& many = many_of(relation, entity);
      HandleAccess::owner(many) = entity;
      ManyState* state = HandleAccess::state(many);
      if (state == nullptr) continue;
      const std::vector<Entity*> items = std::exchange(state->items, {});
      for (Entity* item : items) {
        // The session keeps it from here on, so the count of the transient handle can go first.
        release(item);
        append(entity, relation, item);
      }
      continue;
    }
    const OneBase& one = one_of(relation, entity);
    HandleAccess::owner(one) = entity;
    Entity* target = HandleAccess::held(one);
    if (target == nullptr) continue;
    HandleAccess::hold(one, nullptr, false);
    release(target);
    set_one(entity, relation, target);
  }
}

// Handles.

OneBase::OneBase(const OneBase& other) : target_(other.target_) { retain(held()); }

OneBase::OneBase(OneBase&& other) noexcept : target_(other.target_) {
  if (other.owner_ == nullptr) {
    other.target_ = 0;
  } else {
    retain(held());
  }
}

OneBase& OneBase::operator=(const OneBase& other) {
  if (this != &other && (other.target_ & kLoaded) != 0) assign(other.held());
  if (owner_ == nullptr && (other.target_ & kLoaded) == 0 && this != &other) {
    release(held());
    target_ = 0;
  }
  return *this;
}

OneBase& OneBase::operator=(OneBase&& other) { return *this = static_cast<const OneBase&>(other); }

void OneBase::assign(Entity* target) const {
  if (owner_ == nullptr) {
    retain(target);
    release(held());
    return hold(target, true);
  }
  attached(owner_, "a relationship").set_one(owner_, relation_of(owner_, this), target);
}

Entity* OneBase::load() const {
  if (is_loaded() || owner_->state == EntityState::kPending) return held();
  const Relation& relation = relation_of(owner_, this);
  attached(owner_, "the relationship " + relation_name(relation)).lazy_load(relation, owner_);
  return held();
}

Entity* OneBase::require() const {
  Entity* target = load();
  if (target != nullptr) return target;
  const std::string name = owner_ == nullptr ? "a One" : relation_name(relation_of(owner_, this));
  throw Error(ErrorKind::kUsage, name + " holds no object").hint("test it first: if (x->one) …");
}

ManyState& ManyBase::state() const {
  if (state_ == nullptr) state_ = new ManyState;
  return *state_;
}

void ManyBase::destroy() {
  if (owner_ == nullptr) {
    for (Entity* item : state_->items) release(item);
  }
  delete state_;
  state_ = nullptr;
}

ManyBase::ManyBase(const ManyBase& other) {
  if (other.state_ == nullptr || other.state_->items.empty()) return;
  state().items = other.state_->items;
  state().loaded = true;
  for (Entity* item : state_->items) retain(item);
}

ManyBase::ManyBase(ManyBase&& other) noexcept {
  if (other.owner_ == nullptr) {
    std::swap(state_, other.state_);
  } else if (other.state_ != nullptr) {
    ManyBase copy(other);
    std::swap(state_, copy.state_);
  }
}

ManyBase& ManyBase::operator=(const ManyBase& other) {
  if (this == &other) return *this;
  if (owner_ == nullptr) {
    ManyBase copy(other);
    std::swap(state_, copy.state_);
  } else if (other.state_ != nullptr && other.state_->loaded) {
    replace(std::vector<Entity*>(other.state_->items));
  }
  return *this;
}

ManyBase& ManyBase::operator=(ManyBase&& other) {
  return *this = static_cast<const ManyBase&>(other);
}

const std::vector<Entity*>& ManyBase::items() const {
  if (owner_ != nullptr && owner_->state != EntityState::kPending && !is_loaded()) {
    const Relation& relation = relation_of(owner_, this);
    attached(owner_, "the relationship " + relation_name(relation)).lazy_load(relation, owner_);
  }
  return state().items;
}

void ManyBase::append(Entity* item) const {
  if (item == nullptr) throw Error(ErrorKind::kUsage, "an empty Ref was appended to a Many");
  if (owner_ != nullptr) {
    return attached(owner_, "a relationship").append(owner_, relation_of(owner_, this), item);
  }
  if (contains(item)) return;
  retain(item);
  state().items.push_back(item);
  state().loaded = true;
}

bool ManyBase::remove(Entity* item) const {
  if (owner_ != nullptr) {
    return attached(owner_, "a relationship").take_out(owner_, relation_of(owner_, this), item);
  }
  if (!contains(item)) return false;
  std::erase(state().items, item);
  release(item);
  return true;
}

void ManyBase::replace(const std::vector<Entity*>& wanted) const {
  const std::vector<Entity*> before = items();
  for (Entity* item : before) {
    if (std::find(wanted.begin(), wanted.end(), item) == wanted.end()) remove(item);
  }
  for (Entity* item : wanted) append(item);
}

bool ManyBase::contains(const Entity* item) const {
  const std::vector<Entity*>& all = items();
  return std::find(all.begin(), all.end(), item) != all.end();
}

ResultsBase::ResultsBase(std::vector<Entity*> entities) : entities_(std::move(entities)) {
  // One count serves for all: they live in one arena.
  if (!entities_.empty()) retain(entities_.front());
}

ResultsBase::ResultsBase(const ResultsBase& other) : ResultsBase(other.entities_) {}

ResultsBase& ResultsBase::operator=(ResultsBase other) noexcept {
  entities_.swap(other.entities_);
  return *this;
}

ResultsBase::~ResultsBase() {
  if (!entities_.empty()) release(entities_.front());
}

SessionCore& core_of(const Entity* entity) {
  if (entity == nullptr) {
    throw Error(ErrorKind::kUsage, "query() of a Many whose object no session manages");
  }
  return attached(entity, "a query over a relationship");
}

}  // namespace ormdb::detail
