// From a primary key to the one object that has it, for one model.
//
// Integer keys: open addressing with linear probing. Blocks of 16 ids are hashed and the low four
// bits kept, so that neighbours share a cache line while blocks spread (a plain identity hash
// clusters, a hash of the whole id misses the cache on sequential keys). Other keys are hashed as
// bytes (encode_key), and the bytes are kept, so that an edited member does not lose its object.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "orm/arena.h"

namespace ormdb::detail {

class IntegerMap {
 public:
  Entity* find(std::int64_t key) const;
  void insert(std::int64_t key, Entity* entity);  ///< Replaces what is there.
  void erase(std::int64_t key);
  void reserve(std::size_t count);
  template <typename F>
  void each(F&& f) const {
    for (const Slot& slot : slots_) {
      if (slot.entity != nullptr) f(slot.entity);
    }
  }
  void clear() { *this = IntegerMap(); }
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::int64_t key = 0;
    Entity* entity = nullptr;
  };
  std::size_t home(std::int64_t key) const {
    const auto bits = static_cast<std::uint64_t>(key);
    constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15U;
    const std::uint64_t block = ((bits >> 4) * kGolden) >> 20;
    return static_cast<std::size_t>((block << 4) | (bits & 15)) & mask_;
  }
  void grow(std::size_t slots);

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t size_ = 0;
};

class IdentityMap {
 public:
  explicit IdentityMap(const Mapper& mapper) : mapper_(&mapper) {}

  Entity* find(const std::vector<Datum>& key) const;
  Entity* find_integer(std::int64_t key) const { return integers_.find(key); }
  /// The object with the key that stands in the row from this column on; null: there is none.
  Entity* find_row(const RowReader& row, int first_column) const;
  /// Under the key that its members have now.
  void insert(Entity* entity);
  void erase(Entity* entity);
  void reserve(std::size_t count) {
    if (mapper_->integer_key) integers_.reserve(count);
  }
  template <typename F>
  void each(F&& f) const {
    integers_.each(f);
    for (const auto& [key, entity] : others_) f(entity);
  }
  std::size_t size() const { return integers_.size() + others_.size(); }
  void clear();

 private:
  const Mapper* mapper_;
  IntegerMap integers_;
  std::unordered_map<std::string, Entity*> others_;
};

/// The bytes of a key.
void append_key(std::string& bytes, const Datum& value);
/// Those of some columns of an object; "" when one is NULL.
std::string columns_key(const Mapper& mapper, const void* object,
                        const std::vector<ColumnIndex>& columns);
std::int64_t integer_key(const Mapper& mapper, const void* object);

}  // namespace ormdb::detail
