#include "orm/image.h"

#include <bit>
#include <new>

namespace ormdb::detail {

Saved::Saved(ColumnIndex column, Datum value) : column_(column), kind_(value.kind) {
  switch (kind_) {
    case ValueKind::kNull:
    case ValueKind::kBool:
    case ValueKind::kInteger:
    case ValueKind::kDate:
    case ValueKind::kTime:
    case ValueKind::kTimestamp:
    case ValueKind::kTimestampUtc:
      integer_ = value.integer;
      return;
    case ValueKind::kReal:
      integer_ = std::bit_cast<std::int64_t>(value.real);
      return;
    default:
      integer_ = reinterpret_cast<std::intptr_t>(new Datum(std::move(value)));
      is_kept_ = true;
  }
}

Saved Saved::of(const Mapper& mapper, const void* object, ColumnIndex column) {
  const FieldType& type = mapper.columns[column].type;
  if (type.kind == FieldKind::kInt64 && !type.nullable) {
    return {column, *static_cast<const std::int64_t*>(mapper.field(object, column))};
  }
  return {column, field_datum(mapper, object, column)};
}

Datum Saved::datum() const {
  if (is_kept_) return *kept();
  if (kind_ == ValueKind::kReal) return {kind_, 0, std::bit_cast<double>(integer_), ""};
  return {kind_, integer_, 0, ""};
}

bool Saved::holds(const Mapper& mapper, const void* object) const {
  if (is_kept_) return field_equals(mapper, object, column_, *kept());
  const FieldType& type = mapper.columns[column_].type;
  if (type.kind == FieldKind::kInt64 && !type.nullable) {
    return integer_ == *static_cast<const std::int64_t*>(mapper.field(object, column_));
  }
  return field_equals(mapper, object, column_, datum());
}

Image* ImageStore::make() {
  Slot* slot = free_;
  if (slot != nullptr) {
    free_ = slot->next;
  } else {
    if (used_ == blocks_.size() * kPerBlock) {
      blocks_.push_back(std::make_unique<Slot[]>(kPerBlock));
    }
    slot = &blocks_[used_ / kPerBlock][used_ % kPerBlock];
    ++used_;
  }
  ++live_;
  return new (&slot->image) Image;
}

void ImageStore::drop(Image* image) noexcept {
  image->~Image();
  Slot* slot = reinterpret_cast<Slot*>(image);
  slot->next = free_;
  free_ = slot;
  if (--live_ > 0) return;
  free_ = nullptr;
  used_ = 0;
  if (blocks_.size() > 1) blocks_.resize(1);
}

}  // namespace ormdb::detail
