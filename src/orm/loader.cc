#include "orm/loader.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace ormdb::detail {

namespace {

constexpr std::size_t kMaxDefaultDepth = 4;

const LoadSpec* spec_for(const std::vector<LoadSpec>& specs, const Relation& relation) {
  const LoadSpec* found = nullptr;
  for (const LoadSpec& spec : specs) {
    const MemberRef& member = *spec.path.front();
    const bool names_it =
        member.model == relation.owner->type->key && member.offset() == relation.offset;
    if (names_it && (spec.path.size() == 1 || found == nullptr)) found = &spec;
  }
  return found;
}

void refuse_if_dynamic(const Relation& relation, Loading wanted) {
  const bool loads =
      wanted == Loading::kSelectIn || wanted == Loading::kSubquery || wanted == Loading::kJoined;
  if (!loads || relation.loading != Loading::kDynamic) return;
  throw Error(ErrorKind::kUsage, "the relationship " + relation_name(relation) +
                                     " is dynamic, so no option of a query loads it")
      .hint("read it with a query of its own: ->" + relation.name + ".query().all()");
}

/// The specs of what follows the relationship.
std::vector<LoadSpec> specs_behind(const std::vector<LoadSpec>& specs, const Relation& relation) {
  std::vector<LoadSpec> result;
  for (const LoadSpec& spec : specs) {
    const MemberRef& member = *spec.path.front();
    if (spec.path.size() < 2 || member.offset() != relation.offset ||
        member.model != relation.owner->type->key) {
      continue;
    }
    result.push_back({{spec.path.begin() + 1, spec.path.end()}, spec.loading});
  }
  return result;
}

/// raiseload() and lazyload(): whether a first use of the relationship throws.
void mark_raising(const Relation& relation, bool raises, const std::vector<Entity*>& entities) {
  const std::uint16_t mark = raise_mark(relation);
  if (mark == 0 && raises != (relation.loading == Loading::kRaise)) {
    throw Error(ErrorKind::kUnsupported,
                std::string(raises ? "raiseload" : "lazyload") +
                    " reaches the first 16 relationships of a model, and " +
                    relation_name(relation) + " is a later one")
        .hint("say .load() in its description");
  }
  for (Entity* entity : entities) {
    entity->raises =
        static_cast<std::uint16_t>(raises ? entity->raises | mark : entity->raises & ~mark);
  }
}

}  // namespace

bool integer_of(const Mapper& mapper, const void* object, ColumnIndex column, std::int64_t& value) {
  const FieldType& type = mapper.columns[column].type;
  if (type.kind == FieldKind::kInt64) {
    const void* field = mapper.field(object, column);
    if (!type.nullable) {
      value = *static_cast<const std::int64_t*>(field);
      return true;
    }
    const auto& optional = *static_cast<const std::optional<std::int64_t>*>(field);
    if (optional) value = *optional;
    return optional.has_value();
  }
  const Datum datum = field_datum(mapper, object, column);
  value = datum.integer;
  return datum.kind == ValueKind::kInteger;
}

std::vector<LoadTree> load_tree(const Metadata::Impl& models, const Mapper& mapper,
                                const std::vector<LoadSpec>& specs, const Relation* came_by,
                                std::size_t depth) {
  std::vector<LoadTree> tree;
  for (const Relation& relation : mapper.relations) {
    const LoadSpec* spec = spec_for(specs, relation);
    if (spec == nullptr) {
      const bool back = came_by != nullptr && relation.back == came_by;
      const bool by_first_use =
          relation.loading == Loading::kSelect || relation.loading == Loading::kRaise;
      if (by_first_use || back || depth >= kMaxDefaultDepth) continue;
    }
    LoadTree& node = tree.emplace_back();
    node.relation = &relation;
    node.loading = spec == nullptr ? relation.loading : spec->loading;
    refuse_if_dynamic(relation, node.loading);
    const bool loads = node.loading == Loading::kSelectIn || node.loading == Loading::kSubquery ||
                       node.loading == Loading::kJoined;
    if (!loads) continue;
    node.next =
        load_tree(models, *relation.target, specs_behind(specs, relation), &relation, depth + 1);
  }
  return tree;
}

std::vector<Entity*> targets_of(const Relation& relation, const std::vector<Entity*>& owners) {
  std::vector<Entity*> targets;
  std::unordered_set<Entity*> seen;
  for (const Entity* owner : owners) {
    if (!is_relation_loaded(relation, owner)) continue;
    if (relation.many) {
      const ManyState* state = HandleAccess::state(many_of(relation, owner));
      if (state == nullptr) continue;
      for (Entity* item : state->items) {
        if (seen.insert(item).second) targets.push_back(item);
      }
    } else if (Entity* target = HandleAccess::held(one_of(relation, owner))) {
      if (seen.insert(target).second) targets.push_back(target);
    }
  }
  return targets;
}

bool gives_all_rows(const QueryData& query) {
  return query.where.empty() && query.joins.empty() && query.limit < 0 && query.offset < 0 &&
         query.compounds.empty() && query.ctes.empty();
}

void apply_loads(SessionCore& core, const std::vector<LoadTree>& tree,
                 const std::vector<Entity*>& entities, const QueryData* query) {
  for (const LoadTree& node : tree) {
    const Relation& relation = *node.relation;
    if (node.loading == Loading::kRaise || node.loading == Loading::kSelect) {
      mark_raising(relation, node.loading == Loading::kRaise, entities);
      continue;
    }
    const bool loads = node.loading == Loading::kSelectIn || node.loading == Loading::kSubquery ||
                       node.loading == Loading::kJoined;
    if (!loads || entities.empty()) continue;
    std::vector<Entity*> owners;
    for (Entity* entity : entities) {
      if (!is_relation_loaded(relation, entity)) owners.push_back(entity);
    }
    const bool whole = query != nullptr && gives_all_rows(*query);
    Loader loader(core, relation);
    if (!owners.empty()) {
      if (node.loading == Loading::kSubquery && query != nullptr) {
        loader.load_subquery(owners, *query);
      } else if (whole && owners.size() == entities.size()) {
        loader.load_whole(owners);
      } else {
        loader.load(owners);
      }
    }
    if (!node.next.empty()) {
      apply_loads(core, node.next, targets_of(relation, entities), nullptr);
    }
  }
}

void Loader::load(const std::vector<Entity*>& owners) {
  if (relation_.kind == RelationKind::kParent) return load_parents(owners);
  load_children(owners);
}

void Loader::load_whole(const std::vector<Entity*>& owners) {
  if (relation_.kind == RelationKind::kParent) return load_parents(owners);
  begin(owners);
  select({}, {});
  finish(owners);
}

void Loader::load_subquery(const std::vector<Entity*>& owners, const QueryData& query) {
  const bool simple = relation_.kind == RelationKind::kChildren &&
                      relation_.key->child_columns.size() == 1 && query.compounds.empty();
  if (!simple) return load(owners);
  QueryData keys = query;
  keys.loads.clear();
  keys.selected = {
      mapped_tokens(query.from, relation_.key->parent_columns.front(), query.from_alias)};
  if (keys.limit < 0 && keys.offset < 0) keys.order.clear();
  QueryData children;
  children.from = relation_.target->type->key;
  const ColumnIndex column = relation_.key->child_columns.front();
  children.add_filter(
      binary_tokens(" IN ", mapped_tokens(children.from, column), keys.as_subquery()));
  if (relation_.order >= 0) {
    const auto order = static_cast<ColumnIndex>(relation_.order);
    children.order.push_back(
        order_by_tokens(mapped_tokens(children.from, order), relation_.descending));
  }
  begin(owners);
  for (Entity* child : core_.query(children)) {
    if (Entity* owner = owner_of_child(child)) give(owner, child);
  }
  finish(owners);
}

// The parent's side: what the session has needs no statement.
void Loader::load_parents(const std::vector<Entity*>& owners) {
  const KeyMap& key = *relation_.key;
  std::unordered_map<std::string, std::vector<Entity*>> missing;
  Keys keys;
  for (Entity* owner : owners) {
    if (is_relation_loaded(relation_, owner)) continue;
    if (Entity* parent = core_.known_parent(owner, key)) {
      HandleAccess::hold(one_of(relation_, owner), parent, true);
      continue;
    }
    const std::string bytes = columns_key(*key.child, object_of(owner), key.child_columns);
    if (bytes.empty()) {
      HandleAccess::hold(one_of(relation_, owner), nullptr, true);
      continue;
    }
    std::vector<Entity*>& children = missing[bytes];
    if (children.empty()) {
      std::vector<Datum>& values = keys.emplace_back();
      for (const ColumnIndex column : key.child_columns) {
        values.push_back(field_datum(*key.child, object_of(owner), column));
      }
    }
    children.push_back(owner);
  }
  if (keys.empty()) return;
  // Rows come as objects of the target; the bytes of a key are the same on both sides.
  found_.clear();
  select(keys, key.parent_columns);
  for (const auto& [bytes, children] : missing) {
    for (Entity* child : children) HandleAccess::hold(one_of(relation_, child), nullptr, true);
  }
  for (Entity* parent : found_) {
    const auto children =
        missing.find(columns_key(*key.parent, object_of(parent), key.parent_columns));
    if (children == missing.end()) continue;
    for (Entity* child : children->second) {
      HandleAccess::hold(one_of(relation_, child), parent, true);
    }
  }
}

Loader::Keys Loader::owner_keys(const std::vector<Entity*>& owners) const {
  const std::vector<ColumnIndex>& columns = relation_.kind == RelationKind::kChildren
                                                ? relation_.key->parent_columns
                                                : relation_.owner->key;
  Keys keys;
  keys.reserve(owners.size());
  for (const Entity* owner : owners) {
    std::vector<Datum>& values = keys.emplace_back();
    for (const ColumnIndex column : columns) {
      values.push_back(field_datum(*relation_.owner, object_of(owner), column));
    }
  }
  return keys;
}

void Loader::load_children(const std::vector<Entity*>& owners) {
  begin(owners);
  static const std::vector<ColumnIndex> kNone;
  select(owner_keys(owners),
         relation_.kind == RelationKind::kChildren ? relation_.key->child_columns : kNone);
  finish(owners);
}

void Loader::begin(const std::vector<Entity*>& owners) {
  by_key_.clear();
  const bool by_identity =
      relation_.kind == RelationKind::kChildren ? relation_.key->to_primary_key : true;
  for (Entity* owner : owners) {
    if (relation_.many) {
      ManyState& state = HandleAccess::make_state(many_of(relation_, owner));
      state.items.clear();
      state.loaded = false;
    }
    if (!by_identity) {
      by_key_[columns_key(*relation_.owner, object_of(owner), relation_.key->parent_columns)] =
          owner;
    }
  }
}

void Loader::finish(const std::vector<Entity*>& owners) {
  for (Entity* owner : owners) {
    if (relation_.many) {
      HandleAccess::make_state(many_of(relation_, owner)).loaded = true;
    } else if (!is_relation_loaded(relation_, owner)) {
      HandleAccess::hold(one_of(relation_, owner), nullptr, true);
    }
  }
}

void Loader::give(Entity* owner, Entity* child) {
  if (is_relation_loaded(relation_, owner)) return;
  // Another parent was given to it, and not flushed.
  const bool is_child = relation_.kind == RelationKind::kChildren && child->links != nullptr;
  if (is_child && core_.known_parent(child, *relation_.key) != owner) return;
  if (relation_.many) {
    HandleAccess::make_state(many_of(relation_, owner)).items.push_back(child);
  } else {
    HandleAccess::hold(one_of(relation_, owner), child, true);
  }
  const bool has_back = relation_.back != nullptr && !relation_.back->many;
  if (has_back && !is_relation_loaded(*relation_.back, child)) {
    HandleAccess::hold(one_of(*relation_.back, child), owner, true);
  }
}

Entity* Loader::owner_of_child(const Entity* child) const {
  const KeyMap& key = *relation_.key;
  const void* object = object_of(child);
  if (key.to_primary_key && relation_.owner->integer_key) {
    std::int64_t value = 0;
    if (!integer_of(*key.child, object, key.child_columns.front(), value)) return nullptr;
    return core_.identity(*relation_.owner).find_integer(value);
  }
  if (key.to_primary_key) return core_.known_parent(child, key);
  const auto found = by_key_.find(columns_key(*key.child, object, key.child_columns));
  return found == by_key_.end() ? nullptr : found->second;
}

Entity* Loader::owner_of_row(const RowReader& row) const {
  const Mapper& owner = *relation_.owner;
  const auto column = static_cast<int>(relation_.target->columns.size());
  return core_.find_loaded(owner, {read_datum(owner.columns[owner.key.front()].kind, row, column)});
}

void Loader::select(const Keys& keys, const std::vector<ColumnIndex>& columns) {
  if (keys.empty()) return select_chunk(keys, 0, 0, columns);
  const std::size_t width = std::max<std::size_t>(columns.size(), 1);
  const std::size_t most = core_.driver(*relation_.target).max_keys(width);
  for (std::size_t first = 0; first < keys.size(); first += most) {
    select_chunk(keys, first, std::min(most, keys.size() - first), columns);
  }
}

/// SELECT of the target's rows; for an association with the owner's key behind them.
std::string Loader::select_text(std::size_t count, const std::vector<ColumnIndex>& columns) {
  const Driver& driver = core_.driver(*relation_.target);
  const SqlStyle& style = driver.style();
  const Mapper& target = *relation_.target;
  const std::string table = style.quote(target.table);
  std::string sql = "SELECT " + column_list(target, style, table);
  std::vector<std::string> names;
  std::vector<ValueKind> kinds;
  if (relation_.kind == RelationKind::kAssociation) {
    const Association& association = *relation_.association;
    const std::string between = style.quote(association.table);
    const std::string own = between + "." + style.quote(association.column[relation_.side]);
    const std::string other = between + "." + style.quote(association.column[1 - relation_.side]);
    const ColumnMap& key = target.columns[target.key.front()];
    sql += ", " + own + " FROM " + target.qualified(style) + " JOIN " + between + " ON " + other +
           " = " + table + "." + style.quote(key.name);
    names.push_back(own);
    kinds.push_back(relation_.owner->columns[relation_.owner->key.front()].kind);
  } else {
    sql += " FROM " + target.qualified(style);
    for (const ColumnIndex column : columns) {
      names.push_back(table + "." + style.quote(target.columns[column].name));
      kinds.push_back(target.columns[column].kind);
    }
  }
  sql += " WHERE ";
  int parameter = 0;
  if (count == 0) {
    sql += "1 = 1";
  } else {
    driver.key_list(sql, names, kinds, count, parameter);
  }
  sql += render_filter(core_.render_context(target), target, filter().shape, parameter);
  if (relation_.order >= 0) {
    const auto order = static_cast<std::size_t>(relation_.order);
    sql += " ORDER BY " + table + "." + style.quote(target.columns[order].name);
    if (relation_.descending) sql += " DESC";
  }
  return sql;
}

const Tokens& Loader::filter() const {
  static const Tokens kNone;
  const auto found = core_.filters.find(relation_.target);
  return found == core_.filters.end() ? kNone : found->second;
}

void Loader::select_chunk(const Keys& keys, std::size_t first, std::size_t count,
                          const std::vector<ColumnIndex>& columns) {
  const std::size_t padded = count == 0 ? 0 : core_.driver(*relation_.target).padded_keys(count);
  std::string text_key = "L";
  put_raw(text_key, relation_.owner->id);
  put_raw(text_key, relation_.index);
  put_raw(text_key, padded);
  text_key += filter().shape;
  PreparedStatement& statement = core_.statement(*relation_.target, std::move(text_key),
                                                 [&] { return select_text(padded, columns); });
  const auto started = core_.start_statement();
  if (count > 0) statement.begin_list(keys[first].size());
  for (std::size_t i = 0; i < padded; ++i) {
    for (const Datum& value : keys[first + std::min(i, count - 1)]) put_datum(value, statement);
  }
  if (count > 0) statement.end_list();
  for (const Datum& value : filter().binds) put_datum(value, statement);
  try {
    const std::size_t rows = take_rows(statement);
    core_.end_statement(statement.sql(), started, rows);
  } catch (...) {
    statement.reset();
    throw;
  }
}

std::size_t Loader::take_rows(PreparedStatement& statement) {
  std::size_t rows = 0;
  for (; statement.step(); ++rows) {
    Entity* target = core_.hydrate(*relation_.target, statement, 0, false);
    if (relation_.kind == RelationKind::kParent) {
      found_.push_back(target);
      continue;
    }
    Entity* owner = relation_.kind == RelationKind::kAssociation ? owner_of_row(statement)
                                                                 : owner_of_child(target);
    if (owner != nullptr) give(owner, target);
  }
  return rows;
}

}  // namespace ormdb::detail
