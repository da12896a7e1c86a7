// From a primary key to the one object that has it, for one model.
//
// Open addressing with linear probing; the key stands beside the address of its object, so that a
// lookup waits for memory once before it has the object. Of integer keys blocks of 16 are hashed
// and the low four bits kept, so that neighbours share a cache line while blocks spread (a plain
// identity hash clusters, a hash of the whole id misses the cache on sequential keys). Other keys
// of at most 16 bytes (two integers, dates, a Uuid) are two words. The rest is hashed as bytes, and
// the bytes are kept. All maps keep the key, so that an edited member does not lose its object.
//
// So keys are compared as bytes. A server that takes 'Ann' and 'ann' for one key would give two
// objects for one row: keys of text need a binary collation, and others are refused when the
// mappers are made.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orm/arena.h"

namespace ormdb::detail {

/// One or two numbers (the second is 0 then), or the bytes of a Uuid.
struct KeyWords {
  std::uint64_t word[2] = {0, 0};
  bool operator==(const KeyWords&) const = default;
};

// The highest bits of the product: those of numbers in a row are spread evenly (Knuth 6.4).
inline constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15U;

/// Where a key belongs in a table of 2^(64 - shift) slots.
inline std::size_t home_of(std::int64_t key, int shift) {
  const auto bits = static_cast<std::uint64_t>(key);
  return static_cast<std::size_t>(((bits >> 4) * kGolden) >> (shift + 4) << 4 | (bits & 15));
}
inline std::size_t home_of(const KeyWords& key, int shift) {
  std::uint64_t bits = key.word[0] * kGolden;
  bits ^= bits >> 32;
  return static_cast<std::size_t>(((bits + key.word[1]) * kGolden) >> shift);
}

template <typename Key>
class FlatMap {
 public:
  Entity* find(const Key& key) const {
    if (size_ == 0) return nullptr;
    std::size_t at = home_of(key, shift_);
    while (!(slots_[at].key == key) && slots_[at].entity != nullptr) at = (at + 1) & mask_;
    return slots_[at].entity;
  }
  void insert(const Key& key, Entity* entity);  ///< Replaces what is there.
  void erase(const Key& key);
  void reserve(std::size_t count);
  template <typename F>
  void each(F&& f) const {
    for (const Slot& slot : slots_) {
      if (slot.entity != nullptr) f(slot.entity);
    }
  }
  void clear() { *this = FlatMap(); }
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    Key key{};
    Entity* entity = nullptr;
  };
  void grow(std::size_t slots);

  std::vector<Slot> slots_;  ///< A power of two, at least 64.
  std::size_t mask_ = 0;
  int shift_ = 0;
  std::size_t size_ = 0;
};

using IntegerMap = FlatMap<std::int64_t>;
using WordsMap = FlatMap<KeyWords>;

/// By the bytes of a key.
class BytesMap {
 public:
  Entity* find(std::string_view key) const;
  void insert(std::string_view key, Entity* entity);  ///< Replaces what is there.
  void erase(std::string_view key);
  void reserve(std::size_t count);
  template <typename F>
  void each(F&& f) const {
    for (const Slot& slot : slots_) {
      if (slot.entity != nullptr) f(slot.entity);
    }
  }
  void clear() { *this = BytesMap(); }
  std::size_t size() const { return size_; }

 private:
  // Object and key are found side by side, so that both come from memory at once.
  struct Slot {
    std::uint64_t hash = 0;
    Entity* entity = nullptr;
    std::unique_ptr<char[]> key;  ///< Its size, then its bytes.
  };
  static bool has_key(const Slot& slot, std::string_view key);
  std::size_t place_of(std::uint64_t hash, std::string_view key) const;
  void grow(std::size_t slots);

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t size_ = 0;
};

class IdentityMap {
 public:
  explicit IdentityMap(const Mapper& mapper);

  Entity* find(const std::vector<Datum>& key) const { return find(key.data(), key.size()); }
  Entity* find(const Datum* key, std::size_t columns) const;
  /// By one or two integers, with 0 for the second of one. Null where the columns are of other
  /// kinds.
  Entity* find_integers(std::int64_t first, std::int64_t second) const {
    if (mapper_->integer_key) return integers_.find(first);
    if (!are_integers_) return nullptr;
    return words_.find({{static_cast<std::uint64_t>(first), static_cast<std::uint64_t>(second)}});
  }
  Entity* find_integer(std::int64_t key) const { return integers_.find(key); }
  /// The object with the key that stands in the row from this column on; null: there is none.
  Entity* find_row(const RowReader& row, int first_column) const;
  /// Under the key that its members have now.
  void insert(Entity* entity);
  /// Of a model with an integer key, which is this one.
  void insert_integer(std::int64_t key, Entity* entity) { integers_.insert(key, entity); }
  void erase(Entity* entity);
  void reserve(std::size_t count);
  template <typename F>
  void each(F&& f) const {
    integers_.each(f);
    words_.each(f);
    others_.each(f);
  }
  std::size_t size() const { return integers_.size() + words_.size() + others_.size(); }
  void clear();

 private:
  /// The bytes under which an object with this key is kept; valid until the next call.
  std::string_view bytes_of(const Datum* key, std::size_t columns) const;
  std::string_view bytes_of(const Entity* entity) const;
  bool words_of(const Entity* entity, KeyWords& words) const;

  const Mapper* mapper_;
  bool fits_words_;  ///< The key, unless a value of it is of another kind than its column: NULL.
  bool are_integers_ = true;  ///< All columns of the key, as they are stored.
  IntegerMap integers_;
  WordsMap words_;
  BytesMap others_;
  mutable std::string bytes_;
};

/// The bytes of a key.
void append_key(std::string& bytes, const Datum& value);
/// Those of some columns of an object; "" when one is NULL.
std::string columns_key(const Mapper& mapper, const void* object,
                        const std::vector<ColumnIndex>& columns);
std::int64_t integer_key(const Mapper& mapper, const void* object);

}  // namespace ormdb::detail
