// Rows to objects.
#include "orm/session_core.h"

namespace ormdb::detail {

namespace {

/// The commonest kinds, without a detour; false: for get_field() to do, and to name the column.
bool get_plain(const FieldType& type, void* field, const RowReader& row, int column) {
  if (type.nullable) return false;
  switch (type.kind) {
    case FieldKind::kInt64:
      return row.get_integer(column, *static_cast<std::int64_t*>(field));
    case FieldKind::kDouble:
      return row.get_real(column, *static_cast<double*>(field));
    case FieldKind::kBool:
      return row.get_bool(column, *static_cast<bool*>(field));
    case FieldKind::kString: {
      std::string_view text;
      if (!row.get_text(column, text)) return false;
      static_cast<std::string*>(field)->assign(text);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace

void SessionCore::fill(Entity* entity, const RowReader& row, int first_column) {
  const Mapper& mapper = *entity->mapper;
  void* object = object_of(entity);
  for (const ColumnMap& column : mapper.columns) {
    void* field = static_cast<char*>(object) + column.offset;
    if (!get_plain(column.type, field, row, first_column)) {
      get_field(column.type, field, row, first_column, column.name);
    }
    ++first_column;
  }
  entity->flags &= static_cast<std::uint8_t>(~kExpired);
}

Entity* SessionCore::hydrate(const Mapper& mapper, const RowReader& row, int first_column,
                             bool refresh) {
  IdentityMap& map = identities_[mapper.index];
  std::int64_t key = 0;
  const bool by_integer =
      mapper.integer_key && row.get_integer(first_column + mapper.key.front(), key);
  Entity* entity = by_integer ? map.find_integer(key) : map.find_row(row, first_column);
  if (entity != nullptr) {
    if (refresh || (entity->flags & kExpired) != 0) {
      fill(entity, row, first_column);
      drop_image(entity);
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
  by_integer ? map.insert_integer(key, entity) : map.insert(entity);
  return entity;
}

}  // namespace ormdb::detail
