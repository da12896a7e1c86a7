// Rows to objects.
#include "orm/session_core.h"

namespace ormdb::detail {

void SessionCore::fill(Entity* entity, const RowReader& row, int first_column) {
  const Mapper& mapper = *entity->mapper;
  void* object = object_of(entity);
  for (const ColumnMap& column : mapper.columns) {
    get_field(column.type, static_cast<char*>(object) + column.offset, row, first_column++,
              column.name);
  }
  entity->flags &= static_cast<std::uint8_t>(~kExpired);
}

Entity* SessionCore::hydrate(const Mapper& mapper, const RowReader& row, int first_column,
                             bool refresh) {
  IdentityMap& map = identities_[mapper.index];
  Entity* entity = map.find_row(row, first_column);
  if (entity != nullptr) {
    if (refresh || (entity->flags & kExpired) != 0) {
      fill(entity, row, first_column);
      delete std::exchange(entity->image, nullptr);
    }
    return entity;
  }
  // Detached until it is whole: a value that does not fit leaves it as unused memory.
  entity = arena_->allocate(mapper, EntityState::kDetached);
  try {
    mapper.type->construct(object_of(entity));
  } catch (...) {
    arena_->forget_last(mapper);
    throw;
  }
  fill(entity, row, first_column);
  own_handles(entity);
  entity->state = EntityState::kPersistent;
  map.insert(entity);
  return entity;
}

}  // namespace ormdb::detail
