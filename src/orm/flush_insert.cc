// The INSERTs of a flush.
#include <algorithm>

#include "orm/flush.h"
#include "ormdb/orm_error.h"

namespace ormdb::detail {

namespace {

// A mask of INSERT: the columns that are left out for the database to fill.
constexpr char kGeneratedKey = 'k';

bool points_to_itself(const Mapper& mapper) {
  return std::any_of(mapper.parents.begin(), mapper.parents.end(),
                     [&](const KeyMap* key) { return key->parent == &mapper; });
}

bool has_no_key(const Mapper& mapper, const void* object) {
  if (mapper.generated_key < 0) return false;
  const auto column = static_cast<ColumnIndex>(mapper.generated_key);
  if (mapper.integer_key) return integer_key(mapper, object) == 0;
  const Datum value = field_datum(mapper, object, column);
  return value.is_null() || value.integer == 0;
}

}  // namespace

/// 'k' when the key is left out, then the columns whose server default stands in.
std::string insert_mask(const Mapper& mapper, const void* object, bool has_expressions) {
  std::string mask;
  if (has_no_key(mapper, object)) mask += kGeneratedKey;
  if (!has_expressions) return mask;
  for (std::size_t i = 0; i < mapper.columns.size(); ++i) {
    const auto column = static_cast<ColumnIndex>(i);
    if (mapper.columns[i].server_expression && is_default(mapper, object, column)) {
      put_raw(mask, column);
    }
  }
  return mask;
}

namespace {

struct PlanColumns {
  std::vector<ColumnIndex> sent;
  std::vector<ColumnIndex> returned;
};

PlanColumns columns_for(const Mapper& mapper, std::string_view mask) {
  const bool without_key = !mask.empty() && mask.size() % sizeof(ColumnIndex) == 1;
  std::vector<ColumnIndex> left_out;
  ShapeReader reader(mask.substr(without_key ? 1 : 0));
  for (std::size_t i = 0; i < mask.size() / sizeof(ColumnIndex); ++i) {
    left_out.push_back(reader.raw<ColumnIndex>());
  }
  PlanColumns result;
  for (std::size_t i = 0; i < mapper.columns.size(); ++i) {
    const auto column = static_cast<ColumnIndex>(i);
    if (without_key && static_cast<int>(i) == mapper.generated_key) continue;
    const bool by_database = mapper.columns[i].computed ||
                             std::find(left_out.begin(), left_out.end(), column) != left_out.end();
    (by_database ? result.returned : result.sent).push_back(column);
  }
  return result;
}

}  // namespace

InsertRows::InsertRows(const Mapper& mapper, std::string_view mask)
    : mapper_(mapper), without_key_(!mask.empty() && mask.size() % sizeof(ColumnIndex) == 1) {
  PlanColumns columns = columns_for(mapper, mask);
  sent_ = std::move(columns.sent);
  returned_ = std::move(columns.returned);
}

void InsertRows::put(std::size_t row, ParameterSink& sink) {
  scratch_.clear();
  const auto* object = static_cast<const char*>(object_at(row));
  for (const ColumnIndex index : sent_) {
    const ColumnMap& column = mapper_.columns[index];
    put_field(column, object + column.offset, sink, scratch_);
  }
}

void InsertRows::written(std::size_t row, std::int64_t key, const RowReader* columns) {
  void* object = object_at(row);
  if (without_key_) {
    const ColumnMap& column = mapper_.columns[static_cast<std::size_t>(mapper_.generated_key)];
    void* field = static_cast<char*>(object) + column.offset;
    if (column.type.kind == FieldKind::kInt64 && !column.type.nullable) {
      *static_cast<std::int64_t*>(field) = key;
    } else {
      load_field(column.type, field, Datum{ValueKind::kInteger, key, 0, ""});
    }
  }
  for (std::size_t i = 0; columns != nullptr && i < returned_.size(); ++i) {
    const ColumnMap& column = mapper_.columns[returned_[i]];
    get_field(column.type, static_cast<char*>(object) + column.offset, *columns,
              static_cast<int>(i), column.name);
  }
}

void InsertRows::also_return(ColumnIndex column) {
  const bool is_key = without_key_ && static_cast<int>(column) == mapper_.generated_key;
  if (is_key || std::find(returned_.begin(), returned_.end(), column) != returned_.end()) return;
  returned_.push_back(column);
  also_returned_ += also_returned_.empty() ? "r" : "";
  put_raw(also_returned_, column);
}

const InsertPlan& InsertRows::plan(PooledConnection& connection, std::string_view mask,
                                   bool bulk) const {
  auto& plan = connection.inserts[(bulk ? "b" : "") + plan_key(mapper_, mask) + also_returned_];
  if (plan != nullptr) return *plan;
  plan = std::make_unique<InsertPlan>();
  plan->bulk = bulk;
  plan->id = next_plan_id();
  plan->table = mapper_.qualified(connection.driver->style());
  for (const ColumnIndex column : sent_) {
    plan->columns.push_back({mapper_.columns[column].name, mapper_.columns[column].kind});
  }
  for (const ColumnIndex column : returned_)
    plan->returning.push_back(mapper_.columns[column].name);
  if (without_key_) {
    plan->generated_key = mapper_.columns[static_cast<std::size_t>(mapper_.generated_key)].name;
  }
  return *plan;
}

bool has_server_expressions(const Mapper& mapper) {
  return std::any_of(mapper.columns.begin(), mapper.columns.end(),
                     [](const ColumnMap& column) { return column.server_expression; });
}

namespace {

/// The object of the same model that it hangs on and that has no row yet.
Entity* pending_parent(const Entity* entity) {
  if (entity->links == nullptr) return nullptr;
  for (const auto& [key, parent] : entity->links->parents) {
    const bool same_table = key->parent == entity->mapper;
    if (same_table && parent != nullptr && parent->state == EntityState::kPending) return parent;
  }
  return nullptr;
}

void forget_key(const Mapper& mapper, void* object) {
  const auto key = static_cast<ColumnIndex>(mapper.generated_key);
  load_field(mapper.columns[key].type, mapper.field(object, key),
             field_datum(mapper, mapper.default_object.get(), key));
}

/// The objects of a flush as rows.
class EntityRows final : public InsertRows {
 public:
  EntityRows(const Mapper& mapper, std::string_view mask, const std::vector<Entity*>& entities)
      : InsertRows(mapper, mask), entities_(entities) {}
  std::size_t size() const override { return entities_.size(); }

 private:
  void* object_at(std::size_t row) const override { return object_of(entities_[row]); }
  const std::vector<Entity*>& entities_;
};

}  // namespace

void Flush::insert_all() {
  std::vector<Entities> by_mapper(core_.models().mappers.size());
  for (Entity* entity : core_.pending_) {
    if (entity->state == EntityState::kPending) by_mapper[entity->mapper->index].push_back(entity);
  }
  for (const Mapper* mapper : core_.models().by_rank) {
    if (!by_mapper[mapper->index].empty()) {
      insert_of(*mapper, std::move(by_mapper[mapper->index]));
    }
  }
  // Now their parents have rows; the keys go in with the UPDATEs.
  for (Entity* entity : waiting_) core_.mark_dirty(entity);
}

namespace {

/// How many rows of its own table must be there before this one; a circle begins where it is
/// entered.
std::uint32_t depth_of(Entity* entity, std::vector<Entity*>& path) {
  constexpr std::uint32_t kUnknown = Links::kUnknown, kWalking = Links::kWalking;
  Entity* at = entity;
  while (at != nullptr && at->links != nullptr && at->links->depth == kUnknown) {
    at->links->depth = kWalking;
    path.push_back(at);
    at = pending_parent(at);
  }
  std::uint32_t depth = 0;
  if (at != nullptr && at->links == nullptr) {
    depth = 1;
  } else if (at != nullptr && at->links->depth != kWalking) {
    depth = at->links->depth + 1;
  }
  for (; !path.empty(); path.pop_back()) path.back()->links->depth = depth++;
  return entity->links == nullptr ? 0 : entity->links->depth;
}

}  // namespace

/// Rows of a tree after the rows that they point to, each level in the order of adding, so that a
/// level is one batch.
Flush::Entities Flush::parents_first(const Mapper& mapper, const Entities& entities) const {
  if (!points_to_itself(mapper)) return entities;
  std::vector<Entities> levels;
  std::vector<Entity*> path;
  for (Entity* entity : entities) {
    const std::size_t depth = depth_of(entity, path);
    if (depth >= levels.size()) levels.resize(depth + 1);
    levels[depth].push_back(entity);
  }
  Entities sorted;
  sorted.reserve(entities.size());
  for (const Entities& level : levels) sorted.insert(sorted.end(), level.begin(), level.end());
  return sorted;
}

void Flush::insert_of(const Mapper& mapper, Entities entities) {
  const bool has_expressions = has_server_expressions(mapper);
  const bool observed = core_.observes(mapper, Event::kBeforeInsert);
  const bool is_tree = points_to_itself(mapper);
  core_.identity(mapper).reserve(core_.identity(mapper).size() + entities.size());
  Entities batch;
  std::string batch_mask;
  for (Entity* entity : parents_first(mapper, entities)) {
    // A tree's parent may stand in the batch: its key is known only when that was written.
    if (is_tree && !batch.empty() && pending_parent(entity) != nullptr) {
      insert_batch(mapper, batch_mask, batch);
      batch.clear();
    }
    if (observed) core_.notify(Event::kBeforeInsert, entity);
    if (!resolve_links(entity)) waiting_.push_back(entity);
    std::string mask = insert_mask(mapper, object_of(entity), has_expressions);
    if (!batch.empty() && mask != batch_mask) {
      insert_batch(mapper, batch_mask, batch);
      batch.clear();
    }
    batch_mask = std::move(mask);
    batch.push_back(entity);
  }
  insert_batch(mapper, batch_mask, batch);
}

void Flush::insert_batch(const Mapper& mapper, const std::string& mask, const Entities& entities) {
  if (entities.empty()) return;
  PooledConnection& connection = core_.connection(mapper);
  EntityRows rows(mapper, mask, entities);
  const InsertPlan& plan = rows.plan(connection, mask);
  const auto started = core_.start_statement();
  try {
    connection.driver->insert(plan, rows);
  } catch (...) {
    // Rows before the failing one have keys already, of rows that a rollback takes away.
    if (!plan.generated_key.empty()) {
      for (const Entity* entity : entities) forget_key(mapper, object_of(entity));
    }
    throw;
  }
  core_.end_statement("INSERT INTO " + plan.table, started, entities.size());
  const bool observed = core_.observes(mapper, Event::kAfterInsert);
  IdentityMap& map = core_.identity(mapper);
  const ColumnIndex generated = plan.generated_key.empty() ? 0 : 1;
  for (Entity* entity : entities) {
    entity->state = EntityState::kPersistent;
    map.insert(entity);
    core_.note_undo(entity, SessionCore::Undo::kInserted, generated);
    if (observed) core_.notify(Event::kAfterInsert, entity);
  }
}

}  // namespace ormdb::detail
