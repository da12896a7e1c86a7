// What the database has where a member was written to: noted at the first touch of a column, gone
// with the flush that follows. A flush of many objects makes many, so they are small, and their
// memory comes in blocks.
#pragma once

#include <cstddef>
#include <cstdint>
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

/// A column's value as it was. A number stands in it, a text has memory of its own.
class Saved {
 public:
  Saved() = default;
  Saved(ColumnIndex column, std::int64_t integer)
      : integer_(integer), column_(column), kind_(ValueKind::kInteger) {}
  Saved(ColumnIndex column, Datum value);
  /// The value that the object has now.
  static Saved of(const Mapper& mapper, const void* object, ColumnIndex column);
  Saved(Saved&& other) noexcept
      : integer_(other.integer_),
        column_(other.column_),
        kind_(other.kind_),
        is_kept_(std::exchange(other.is_kept_, false)) {}
  Saved& operator=(Saved&& other) noexcept {
    std::swap(integer_, other.integer_);
    std::swap(column_, other.column_);
    std::swap(kind_, other.kind_);
    std::swap(is_kept_, other.is_kept_);
    return *this;
  }
  ~Saved() {
    if (is_kept_) delete kept();
  }

  ColumnIndex column() const { return column_; }
  Datum datum() const;
  Saved copy() const {
    return kind_ == ValueKind::kInteger ? Saved(column_, integer_) : Saved(column_, datum());
  }
  /// Whether the object has this value.
  bool holds(const Mapper& mapper, const void* object) const;

 private:
  Datum* kept() const { return reinterpret_cast<Datum*>(integer_); }

  std::int64_t integer_ = 0;  ///< The number, a double's bits, or the address of a Datum.
  ColumnIndex column_ = 0;
  ValueKind kind_ = ValueKind::kNull;
  bool is_kept_ = false;
};

/// Database values of the columns that were touched since the last flush.
struct Image {
  ShortList<Saved> columns;
  bool key_may_change = false;

  const Saved* find(ColumnIndex column) const {
    for (const Saved& saved : columns) {
      if (saved.column() == column) return &saved;
    }
    return nullptr;
  }
};

/// The memory of images, given back when none is left.
class ImageStore {
 public:
  ImageStore() = default;
  ImageStore(const ImageStore&) = delete;
  ImageStore& operator=(const ImageStore&) = delete;

  Image* make();
  void drop(Image* image) noexcept;

 private:
  union Slot {
    Slot() : next(nullptr) {}
    ~Slot() {}
    Slot* next;
    Image image;
  };
  static constexpr std::size_t kPerBlock = 128;

  std::vector<std::unique_ptr<Slot[]>> blocks_;
  Slot* free_ = nullptr;
  std::size_t used_ = 0;  ///< Slots that were ever given out; the free ones are among them.
  std::size_t live_ = 0;
};

}  // namespace ormdb::detail
