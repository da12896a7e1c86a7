#include "orm/identity_map.h"

namespace ormdb::detail {

Entity* IntegerMap::find(std::int64_t key) const {
  if (size_ == 0) return nullptr;
  for (std::size_t at = home(key); slots_[at].entity != nullptr; at = (at + 1) & mask_) {
    if (slots_[at].key == key) return slots_[at].entity;
  }
  return nullptr;
}

void IntegerMap::grow(std::size_t slots) {
  std::vector<Slot> old(slots);
  old.swap(slots_);
  mask_ = slots - 1;
  size_ = 0;
  for (const Slot& slot : old) {
    if (slot.entity != nullptr) insert(slot.key, slot.entity);
  }
}

void IntegerMap::reserve(std::size_t count) {
  std::size_t slots = slots_.empty() ? 64 : slots_.size();
  while (slots / 3 * 2 < count) slots *= 2;
  if (slots > slots_.size()) grow(slots);
}

void IntegerMap::insert(std::int64_t key, Entity* entity) {
  if (slots_.size() / 3 * 2 <= size_) grow(slots_.empty() ? 64 : slots_.size() * 2);
  std::size_t at = home(key);
  while (slots_[at].entity != nullptr && slots_[at].key != key) at = (at + 1) & mask_;
  if (slots_[at].entity == nullptr) ++size_;
  slots_[at] = {key, entity};
}

// Without tombstones: what follows in the run moves up (Knuth 6.4, algorithm R).
void IntegerMap::erase(std::int64_t key) {
  if (size_ == 0) return;
  std::size_t hole = home(key);
  while (slots_[hole].entity != nullptr && slots_[hole].key != key) hole = (hole + 1) & mask_;
  if (slots_[hole].entity == nullptr) return;
  --size_;
  for (std::size_t at = (hole + 1) & mask_; slots_[at].entity != nullptr; at = (at + 1) & mask_) {
    const std::size_t wanted = home(slots_[at].key);
    const bool stays = ((at - wanted) & mask_) < ((at - hole) & mask_);
    if (stays) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole].entity = nullptr;
}

void append_key(std::string& bytes, const Datum& value) {
  const auto put = [&](const auto& number) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  if (value.text.empty() && value.kind != ValueKind::kText) {
    put(value.integer);
    put(value.real);
  }
  put(value.text.size());
  bytes += value.text;
}

std::string columns_key(const Mapper& mapper, const void* object,
                        const std::vector<ColumnIndex>& columns) {
  std::string bytes;
  for (const ColumnIndex column : columns) {
    const Datum value = field_datum(mapper, object, column);
    if (value.is_null()) return "";
    append_key(bytes, value);
  }
  return bytes;
}

std::int64_t integer_key(const Mapper& mapper, const void* object) {
  const ColumnIndex column = mapper.key.front();
  if (mapper.columns[column].type.kind == FieldKind::kInt64) {
    return *static_cast<const std::int64_t*>(mapper.field(object, column));
  }
  return field_datum(mapper, object, column).integer;
}

Entity* IdentityMap::find(const std::vector<Datum>& key) const {
  if (mapper_->integer_key) return integers_.find(key.front().integer);
  std::string bytes;
  for (const Datum& value : key) append_key(bytes, value);
  const auto found = others_.find(bytes);
  return found == others_.end() ? nullptr : found->second;
}

Entity* IdentityMap::find_row(const RowReader& row, int first_column) const {
  if (mapper_->integer_key) {
    std::int64_t key = 0;
    if (!row.get_integer(first_column + mapper_->key.front(), key)) return nullptr;
    return integers_.find(key);
  }
  std::string bytes;
  for (const ColumnIndex column : mapper_->key) {
    append_key(bytes, read_datum(mapper_->columns[column].kind, row, first_column + column));
  }
  const auto found = others_.find(bytes);
  return found == others_.end() ? nullptr : found->second;
}

void IdentityMap::insert(Entity* entity) {
  const void* object = object_of(entity);
  if (mapper_->integer_key) {
    integers_.insert(integer_key(*mapper_, object), entity);
  } else {
    others_[columns_key(*mapper_, object, mapper_->key)] = entity;
  }
}

void IdentityMap::erase(Entity* entity) {
  const void* object = object_of(entity);
  if (mapper_->integer_key) {
    const std::int64_t key = integer_key(*mapper_, object);
    if (integers_.find(key) == entity) integers_.erase(key);
    return;
  }
  const auto found = others_.find(columns_key(*mapper_, object, mapper_->key));
  if (found != others_.end() && found->second == entity) others_.erase(found);
}

void IdentityMap::clear() {
  integers_.clear();
  others_.clear();
}

}  // namespace ormdb::detail
