// Where the objects of a session live: slabs by model. An object's address never changes, and its
// memory is given back with the whole arena, so a Ref can be detached but never dangle.
#pragma once

#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "orm/image.h"
#include "orm/mapper.h"

namespace ormdb::detail {

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
  ImageStore images;

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

inline void drop_image(Entity* entity) noexcept {
  if (entity->image != nullptr) arena_of(entity).images.drop(std::exchange(entity->image, nullptr));
}

}  // namespace ormdb::detail
