// Where the objects of a session live: slabs by model. An object's address never changes, and its
// memory is given back with the whole arena, so a Ref can be detached but never dangle.
#pragma once

#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "orm/mapper.h"

namespace ormdb::detail {

/// A list whose first item needs no memory of its own; nearly all have one.
template <typename T>
class ShortList {
 public:
  template <typename... Args>
  void emplace_back(Args&&... args) {
    if (size_ == 0 && more_.empty()) {
      first_ = T(std::forward<Args>(args)...);
    } else {
      if (more_.empty()) more_.push_back(std::move(first_));
      more_.emplace_back(std::forward<Args>(args)...);
    }
    ++size_;
  }
  void erase(std::size_t at) {
    if (!more_.empty()) more_.erase(more_.begin() + static_cast<std::ptrdiff_t>(at));
    --size_;
  }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t at) { return begin()[at]; }
  T* begin() { return more_.empty() ? &first_ : more_.data(); }
  T* end() { return begin() + size_; }
  const T* begin() const { return more_.empty() ? &first_ : more_.data(); }
  const T* end() const { return begin() + size_; }

 private:
  std::size_t size_ = 0;
  T first_{};
  std::vector<T> more_;  ///< All of them, once there were two.
};

/// Database values of the columns that were touched since the last flush.
struct Image {
  ShortList<std::pair<ColumnIndex, Datum>> columns;
  bool key_may_change = false;

  const Datum* find(ColumnIndex column) const;
};

/// Parents whose keys a flush copies into this object; nullptr for NULL.
struct Links {
  static constexpr std::uint32_t kUnknown = 0xFFFFFFFF, kWalking = 0xFFFFFFFE;
  ShortList<std::pair<const KeyMap*, Entity*>> parents;
  std::uint32_t depth = kUnknown;  ///< In a tree, of rows that are not yet written.
};

/// Objects that came with one result.
struct Siblings {
  std::vector<Entity*> entities;
  bool whole = false;  ///< The result was all rows of the table.
};

struct Arena : ArenaHead {
  explicit Arena(std::shared_ptr<const Metadata::Impl> of);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// Memory for an object, which the caller constructs at once; the header is set.
  Entity* allocate(const Mapper& mapper, EntityState state);
  /// Takes the last allocation of the mapper back: its object was not constructed.
  void forget_last(const Mapper& mapper);
  template <typename F>
  void each(F&& f) const {
    for (const Slabs& slabs : slabs_) {
      for (std::size_t i = 0; i < slabs.used; ++i) f(at(slabs, i));
    }
  }

  std::shared_ptr<const Metadata::Impl> models;
  std::deque<Siblings> siblings;

 private:
  struct Slabs {
    std::size_t stride = 0;
    std::size_t used = 0;
    std::vector<char*> blocks;
  };
  static constexpr std::size_t kPerSlab = 256;
  static Entity* at(const Slabs& slabs, std::size_t index) {
    return reinterpret_cast<Entity*>(slabs.blocks[index / kPerSlab] +
                                     index % kPerSlab * slabs.stride);
  }

  std::vector<Slabs> slabs_;
};

inline Arena& arena_of(const Entity* entity) { return *static_cast<Arena*>(entity->arena); }

}  // namespace ormdb::detail
