#include "orm/arena.h"

#include <new>

namespace ormdb::detail {

// A cache line: where sizes allow, the head of no object is then in two.
constexpr std::align_val_t kLine{64};

Arena::Arena(std::shared_ptr<const Metadata::Impl> of) : models(std::move(of)) {
  slabs_.resize(models->mappers.size());
  for (std::size_t i = 0; i < slabs_.size(); ++i) {
    const std::size_t size = kObjectOffset + models->mappers[i]->type->size;
    slabs_[i].stride = (size + 7) / 8 * 8;  // a size is a multiple of its alignment
  }
}

Arena::~Arena() {
  for (std::size_t i = 0; i < slabs_.size(); ++i) {
    Slabs& slabs = slabs_[i];
    for (std::size_t j = 0; j < slabs.used; ++j) {
      Entity* entity = at(slabs, j);
      models->mappers[i]->type->destroy(object_of(entity));
      drop_image(entity);
      delete entity->links;
    }
    for (char* block : slabs.blocks) ::operator delete(block, kLine);
  }
}

Entity* Arena::allocate(const Mapper& mapper, EntityState state) {
  Slabs& slabs = slabs_[mapper.index];
  if (slabs.used == slabs.blocks.size() * kPerSlab) {
    slabs.blocks.reserve(slabs.blocks.size() + 1);
    slabs.blocks.push_back(static_cast<char*>(::operator new(slabs.stride* kPerSlab, kLine)));
  }
  Entity* entity = at(slabs, slabs.used++);
  *entity = Entity{nullptr, nullptr, nullptr, &mapper, this, 0, mapper.raises, state, 0};
  return entity;
}

void Arena::forget_last(const Mapper& mapper) { --slabs_[mapper.index].used; }

void free_arena(ArenaHead* arena) { delete static_cast<Arena*>(arena); }

}  // namespace ormdb::detail
