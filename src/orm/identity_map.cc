#include "orm/identity_map.h"

#include <bit>
#include <cstring>

namespace ormdb::detail {

template <typename Key>
void FlatMap<Key>::grow(std::size_t slots) {
  std::vector<Slot> old(slots);
  old.swap(slots_);
  mask_ = slots - 1;
  shift_ = 64 - std::countr_zero(slots);
  size_ = 0;
  for (const Slot& slot : old) {
    if (slot.entity != nullptr) insert(slot.key, slot.entity);
  }
}

template <typename Key>
void FlatMap<Key>::reserve(std::size_t count) {
  std::size_t slots = slots_.empty() ? 64 : slots_.size();
  while (slots / 3 * 2 < count) slots *= 2;
  if (slots > slots_.size()) grow(slots);
}

template <typename Key>
void FlatMap<Key>::insert(const Key& key, Entity* entity) {
  if (slots_.size() / 3 * 2 <= size_) grow(slots_.empty() ? 64 : slots_.size() * 2);
  std::size_t at = home_of(key, shift_);
  while (slots_[at].entity != nullptr && !(slots_[at].key == key)) at = (at + 1) & mask_;
  if (slots_[at].entity == nullptr) ++size_;
  slots_[at] = {key, entity};
}

// Without tombstones: what follows in the run moves up (Knuth 6.4, algorithm R).
template <typename Key>
void FlatMap<Key>::erase(const Key& key) {
  if (size_ == 0) return;
  std::size_t hole = home_of(key, shift_);
  while (slots_[hole].entity != nullptr && !(slots_[hole].key == key)) hole = (hole + 1) & mask_;
  if (slots_[hole].entity == nullptr) return;
  --size_;
  for (std::size_t at = (hole + 1) & mask_; slots_[at].entity != nullptr; at = (at + 1) & mask_) {
    const std::size_t wanted = home_of(slots_[at].key, shift_);
    const bool stays = ((at - wanted) & mask_) < ((at - hole) & mask_);
    if (stays) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole].entity = nullptr;
}

template class FlatMap<std::int64_t>;
template class FlatMap<KeyWords>;

namespace {

std::uint64_t hash_of(std::string_view bytes) {
  std::uint64_t hash = bytes.size() * kGolden;
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * kGolden;
    hash ^= hash >> 32;
  };
  std::uint64_t word = 0;
  while (bytes.size() >= sizeof word) {
    std::memcpy(&word, bytes.data(), sizeof word);
    mix(word);
    bytes.remove_prefix(sizeof word);
  }
  word = 0;
  if (!bytes.empty()) std::memcpy(&word, bytes.data(), bytes.size());
  mix(word);
  return hash;
}

std::unique_ptr<char[]> kept(std::string_view key) {
  const std::size_t size = key.size();
  std::unique_ptr<char[]> bytes(new char[sizeof size + size]);
  std::memcpy(bytes.get(), &size, sizeof size);
  if (size > 0) std::memcpy(bytes.get() + sizeof size, key.data(), size);
  return bytes;
}

}  // namespace

bool BytesMap::has_key(const Slot& slot, std::string_view key) {
  std::size_t size = 0;
  std::memcpy(&size, slot.key.get(), sizeof size);
  return std::string_view(slot.key.get() + sizeof size, size) == key;
}

/// The slot that has the key, or the empty one where it would go.
std::size_t BytesMap::place_of(std::uint64_t hash, std::string_view key) const {
  std::size_t at = hash & mask_;
  while (slots_[at].entity != nullptr && (slots_[at].hash != hash || !has_key(slots_[at], key))) {
    at = (at + 1) & mask_;
  }
  return at;
}

Entity* BytesMap::find(std::string_view key) const {
  return size_ == 0 ? nullptr : slots_[place_of(hash_of(key), key)].entity;
}

void BytesMap::grow(std::size_t slots) {
  std::vector<Slot> old(slots);
  old.swap(slots_);
  mask_ = slots - 1;
  for (Slot& slot : old) {
    if (slot.entity == nullptr) continue;
    std::size_t at = slot.hash & mask_;
    while (slots_[at].entity != nullptr) at = (at + 1) & mask_;
    slots_[at] = std::move(slot);
  }
}

void BytesMap::reserve(std::size_t count) {
  std::size_t slots = slots_.empty() ? 64 : slots_.size();
  while (slots / 3 * 2 < count) slots *= 2;
  if (slots > slots_.size()) grow(slots);
}

void BytesMap::insert(std::string_view key, Entity* entity) {
  if (slots_.size() / 3 * 2 <= size_) grow(slots_.empty() ? 64 : slots_.size() * 2);
  const std::uint64_t hash = hash_of(key);
  Slot& slot = slots_[place_of(hash, key)];
  if (slot.entity == nullptr) {
    ++size_;
    slot.hash = hash;
    slot.key = kept(key);
  }
  slot.entity = entity;
}

// As IntegerMap::erase.
void BytesMap::erase(std::string_view key) {
  if (size_ == 0) return;
  std::size_t hole = place_of(hash_of(key), key);
  if (slots_[hole].entity == nullptr) return;
  --size_;
  for (std::size_t at = (hole + 1) & mask_; slots_[at].entity != nullptr; at = (at + 1) & mask_) {
    const std::size_t wanted = slots_[at].hash & mask_;
    const bool stays = ((at - wanted) & mask_) < ((at - hole) & mask_);
    if (stays) continue;
    slots_[hole] = std::move(slots_[at]);
    hole = at;
  }
  slots_[hole] = Slot();
}

void append_key(std::string& bytes, const Datum& value) {
  const auto put = [&](const auto& number) {
    bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
  };
  switch (value.kind) {
    case ValueKind::kNull:
    case ValueKind::kBool:
    case ValueKind::kInteger:
    case ValueKind::kDate:
    case ValueKind::kTime:
    case ValueKind::kTimestamp:
    case ValueKind::kTimestampUtc:
      return put(value.integer);
    case ValueKind::kReal:
      return put(value.real);
    default:
      put(value.integer);
      put(value.text.size());
      bytes += value.text;
  }
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

namespace {

/// How many words a value takes; more than there are for what is no number and no Uuid.
std::size_t words_in(ValueKind kind) {
  switch (kind) {
    case ValueKind::kBool:
    case ValueKind::kInteger:
    case ValueKind::kDate:
    case ValueKind::kTime:
    case ValueKind::kTimestamp:
    case ValueKind::kTimestampUtc:
      return 1;
    case ValueKind::kUuid:
      return 2;
    default:
      return 3;
  }
}

/// The words of a key that fits them; value_of(i) is that of its i-th column. False where a value
/// is of another kind than its column.
template <typename ValueOf>
bool fill_words(const Mapper& mapper, ValueOf&& value_of, KeyWords& words) {
  std::size_t at = 0;
  for (const ColumnIndex column : mapper.key) {
    const Datum& value = value_of(at);
    if (value.kind != mapper.columns[column].kind) return false;
    if (value.kind == ValueKind::kUuid) {
      std::memcpy(words.word, value.text.data(), sizeof words.word);
    } else {
      words.word[at] = static_cast<std::uint64_t>(value.integer);
    }
    ++at;
  }
  return true;
}

}  // namespace

IdentityMap::IdentityMap(const Mapper& mapper) : mapper_(&mapper) {
  std::size_t words = 0;
  for (const ColumnIndex column : mapper.key) {
    const ValueKind kind = mapper.columns[column].kind;
    words += words_in(kind);
    are_integers_ = are_integers_ && kind == ValueKind::kInteger;
  }
  fits_words_ = words <= 2;
}

bool IdentityMap::words_of(const Entity* entity, KeyWords& words) const {
  const auto value_of = [&](std::size_t i) {
    return field_datum(*mapper_, object_of(entity), mapper_->key[i]);
  };
  return fits_words_ && fill_words(*mapper_, value_of, words);
}

std::string_view IdentityMap::bytes_of(const Datum* key, std::size_t columns) const {
  if (columns == 1 && key->kind == ValueKind::kText) return key->text;
  if (columns == 1 && key->kind == ValueKind::kUuid) return key->text;
  bytes_.clear();
  for (std::size_t i = 0; i < columns; ++i) append_key(bytes_, key[i]);
  return bytes_;
}

std::string_view IdentityMap::bytes_of(const Entity* entity) const {
  const void* object = object_of(entity);
  bytes_.clear();
  for (const ColumnIndex column : mapper_->key) {
    Datum value = field_datum(*mapper_, object, column);
    if (mapper_->key.size() > 1) {
      append_key(bytes_, value);
    } else {
      bytes_ = std::string(bytes_of(&value, 1));
    }
  }
  return bytes_;
}

Entity* IdentityMap::find(const Datum* key, std::size_t columns) const {
  if (mapper_->integer_key) {
    return key->kind == ValueKind::kInteger ? integers_.find(key->integer) : nullptr;
  }
  KeyWords words;
  const auto value_of = [&](std::size_t i) -> const Datum& { return key[i]; };
  if (fits_words_ && fill_words(*mapper_, value_of, words)) return words_.find(words);
  return others_.size() == 0 ? nullptr : others_.find(bytes_of(key, columns));
}

Entity* IdentityMap::find_row(const RowReader& row, int first_column) const {
  if (mapper_->integer_key) {
    std::int64_t key = 0;
    if (!row.get_integer(first_column + mapper_->key.front(), key)) return nullptr;
    return integers_.find(key);
  }
  const auto value_of = [&](std::size_t i) {
    const ColumnIndex column = mapper_->key[i];
    return read_datum(mapper_->columns[column].kind, row, first_column + column);
  };
  KeyWords words;
  if (fits_words_ && fill_words(*mapper_, value_of, words)) return words_.find(words);
  std::vector<Datum> key;
  for (std::size_t i = 0; i < mapper_->key.size(); ++i) key.push_back(value_of(i));
  return find(key);
}

void IdentityMap::insert(Entity* entity) {
  if (KeyWords words; mapper_->integer_key) {
    integers_.insert(integer_key(*mapper_, object_of(entity)), entity);
  } else if (words_of(entity, words)) {
    words_.insert(words, entity);
  } else {
    others_.insert(bytes_of(entity), entity);
  }
}

void IdentityMap::erase(Entity* entity) {
  if (mapper_->integer_key) {
    const std::int64_t key = integer_key(*mapper_, object_of(entity));
    if (integers_.find(key) == entity) integers_.erase(key);
  } else if (KeyWords words; words_of(entity, words)) {
    if (words_.find(words) == entity) words_.erase(words);
  } else {
    const std::string_view key = bytes_of(entity);
    if (others_.find(key) == entity) others_.erase(key);
  }
}

void IdentityMap::reserve(std::size_t count) {
  if (mapper_->integer_key) {
    integers_.reserve(count);
  } else if (fits_words_) {
    words_.reserve(count);
  } else {
    others_.reserve(count);
  }
}

void IdentityMap::clear() {
  integers_.clear();
  words_.clear();
  others_.clear();
}

}  // namespace ormdb::detail
