// Loading at the first use: what is allowed, what is counted, and what is loaded along with it.
#include "base/log.h"
#include "orm/loader.h"
#include "ormdb/orm_error.h"

namespace ormdb::detail {

namespace {

std::string cure(const Relation& relation) {
  const char* option = relation.many ? "selectinload" : "joinedload";
  return "load it with the query: .options(" + std::string(option) + "<&" +
         relation_name(relation) + ">())";
}

void require_allowed(const Relation& relation, const Entity* owner) {
  if (relation.loading == Loading::kDynamic) {
    LazyLoadError error("the relationship " + relation_name(relation) + " is dynamic");
    error.hint("read it with a query: ->" + relation.name + ".query().all()");
    throw error;
  }
  const std::uint16_t mark = raise_mark(relation);
  const bool raises = mark == 0 ? relation.loading == Loading::kRaise : (owner->raises & mark) != 0;
  if (!raises) return;
  LazyLoadError error("the relationship " + relation_name(relation) +
                      " is not loaded, and may not be loaded lazily");
  error.hint(cure(relation));
  throw error;
}

}  // namespace

void SessionCore::load(const Relation& relation, const std::vector<Entity*>& owners) {
  Loader(*this, relation).load(owners);
}

void SessionCore::lazy_load(const Relation& relation, Entity* owner) {
  const Use use(*this);
  if ((owner->flags & kExpired) != 0) refresh(owner);
  if (relation.kind == RelationKind::kParent) {
    // No statement: the key is NULL, or the session has the object.
    const KeyMap& key = *relation.key;
    Entity* parent = known_parent(owner, key);
    if (parent != nullptr || columns_key(*key.child, object_of(owner), key.child_columns).empty()) {
      return HandleAccess::hold(one_of(relation, owner), parent, true);
    }
  }
  require_allowed(relation, owner);
  autoflush();
  const std::int64_t count = ++lazy_counts[&relation];
  if (lazy_limit > 0 && count > lazy_limit) {
    const std::string message = relation_name(relation) + " was loaded lazily " +
                                std::to_string(count) + " times in this transaction";
    if (lazy_action == LazyLimit::kRaise) {
      LazyLoadError error(message);
      error.hint(cure(relation));
      throw error;
    }
    if (count == lazy_limit + 1) log_warning(message + "; " + cure(relation));
  }
  std::vector<Entity*> owners{owner};
  if (options_.auto_batch && owner->siblings != nullptr) {
    for (Entity* sibling : owner->siblings->entities) {
      const bool wants = sibling != owner && sibling->state == EntityState::kPersistent &&
                         !is_relation_loaded(relation, sibling);
      if (wants) owners.push_back(sibling);
    }
  }
  const bool whole = owner->siblings != nullptr && owner->siblings->whole && owners.size() > 1 &&
                     owners.size() == owner->siblings->entities.size();
  if (whole) return Loader(*this, relation).load_whole(owners);
  load(relation, owners);
}

}  // namespace ormdb::detail
