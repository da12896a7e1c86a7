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

/// All members but that of the column `known`.
void fill_members(const Mapper& mapper, void* object, const RowReader& row, int first_column,
                  int known) {
  int at = 0;
  for (const ColumnMap& column : mapper.columns) {
    const int index = at++;
    if (index == known) continue;
    void* field = static_cast<char*>(object) + column.offset;
    if (!get_plain(column.type, field, row, first_column + index)) {
      get_field(column.type, field, row, first_column + index, column.name);
    }
  }
}

/// Writes a key that was read already; its column, or -1 where the member is of another type.
int fill_key(const Mapper& mapper, void* object, std::int64_t key) {
  const ColumnIndex column = mapper.key.front();
  if (mapper.columns[column].type.kind != FieldKind::kInt64) return -1;
  *static_cast<std::int64_t*>(mapper.field(object, column)) = key;
  return column;
}

}  // namespace

void SessionCore::fill(Entity* entity, const RowReader& row, int first_column) {
  fill_members(*entity->mapper, object_of(entity), row, first_column, -1);
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
  const int known = by_integer ? fill_key(mapper, object_of(entity), key) : -1;
  fill_members(mapper, object_of(entity), row, first_column, known);
  own_handles(entity);
  entity->state = EntityState::kPersistent;
  by_integer ? map.insert_integer(key, entity) : map.insert(entity);
  return entity;
}

}  // namespace ormdb::detail
