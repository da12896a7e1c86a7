// References to objects of a session, and the members that connect models.
//
// Ref<T> refers to an object that a session manages. `->` and `*` read only; writing is said:
//
//     u->email                                  // const std::string&
//     u.set<&User::email>("new@example.com");   // one member
//     { auto e = u.edit(); e->email = "…"; e->username = "…"; }
//
// An object that was expired is read again at the next access, so `->` may throw what a query
// throws. A Ref may outlive its session: the object is detached then, its members and the
// relationships that were loaded can be read, everything else throws DetachedError. A Ref belongs
// to its session's thread; to take an object to another one, copy the value.
//
// One<T> and Many<T> are members of models: handles, through which the other side of a relationship
// is read and changed. They load at the first use (see load strategies in query.h), and they change
// through a const holder, because a change is of the relationship, not of the holder's columns.
// Where back_populates names the other side, both are always in step. In an object that is not yet
// added they hold what they were given; a copy of a model is such an object, with all references.
//
//     post->author->username          // loads the author where it is not loaded
//     post->author.set(other)         // and other->posts has the post
//     user->posts.append(post)        // and post->author is the user
//     for (auto p : user->posts) …    // Ref<Post>
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <utility>
#include <vector>

#include "ormdb/mapping.h"

namespace ormdb {

class Session;
template <typename T>
class Query;
template <typename T>
class Results;

namespace detail {

struct Mapper;
struct Image;
struct Links;
struct Siblings;
class SessionCore;

/// The memory of one session's objects: freed when the session has let go and no Ref is left.
struct ArenaHead {
  std::size_t references = 0;
  SessionCore* session = nullptr;
};
void free_arena(ArenaHead* arena);

enum class EntityState : std::uint8_t { kPending, kPersistent, kDeleted, kDetached };

/// What stands before every object that a session manages; what reading needs is next to the
/// object.
struct Entity {
  Image* image;        ///< The database's values of the columns that were touched.
  Links* links;        ///< Keys that a flush has to copy from other objects.
  Siblings* siblings;  ///< The result that it came with, for auto_batch.
  const Mapper* mapper;
  ArenaHead* arena;
  std::uint32_t edits;
  std::uint16_t raises;  ///< Of the first 16 relationships, those that may not load lazily.
  EntityState state;
  std::uint8_t flags;
};
inline constexpr std::uint8_t kExpired = 1;
inline constexpr std::size_t kObjectOffset = 48;
static_assert(sizeof(Entity) <= kObjectOffset);

inline void* object_of(const Entity* entity) {
  return const_cast<char*>(reinterpret_cast<const char*>(entity)) + kObjectOffset;
}

/// An object, or none, and its arena: counting a reference then does not wait for the object's
/// memory, which is what most of the time of a lookup goes to.
struct Found {
  Entity* entity = nullptr;
  ArenaHead* arena = nullptr;

  Found() = default;
  Found(Entity* object) : Found(object, object != nullptr ? object->arena : nullptr) {}  // NOLINT
  Found(Entity* object, ArenaHead* its_arena) : entity(object), arena(its_arena) {}
};

inline void retain(ArenaHead* arena) {
  if (arena != nullptr) ++arena->references;
}
inline void release(ArenaHead* arena) {
  if (arena == nullptr || --arena->references != 0) return;
  if (arena->session == nullptr) free_arena(arena);
}
inline void retain(Entity* entity) { retain(Found(entity).arena); }
inline void release(Entity* entity) { release(Found(entity).arena); }

/// Throws for no object, reads an expired one again.
void touch(Entity* entity);
void before_write(Entity* entity, std::size_t offset);
void after_write(Entity* entity, std::size_t offset);
void begin_edit(Entity* entity);
void end_edit(Entity* entity) noexcept;
void allow_key_change(Entity* entity);
/// Assigns a whole value to the object; its key stays.
void assign_object(Entity* entity, void* value);
bool has_changes(const Entity* entity);
void write_entity(std::ostream& out, const Entity* entity);
std::vector<Datum> history(const Entity* entity, std::size_t offset);

class RefBase {
 public:
  RefBase() = default;
  explicit RefBase(Found found) : entity_(found.entity), arena_(found.arena) { retain(arena_); }
  RefBase(const RefBase& other) : entity_(other.entity_), arena_(other.arena_) { retain(arena_); }
  RefBase(RefBase&& other) noexcept
      : entity_(std::exchange(other.entity_, nullptr)),
        arena_(std::exchange(other.arena_, nullptr)) {}
  RefBase& operator=(RefBase other) noexcept {
    std::swap(entity_, other.entity_);
    std::swap(arena_, other.arena_);
    return *this;
  }
  ~RefBase() { release(arena_); }

  explicit operator bool() const { return entity_ != nullptr; }
  friend bool operator==(const RefBase& a, const RefBase& b) { return a.entity_ == b.entity_; }

  bool is_detached() const {
    return entity_ != nullptr && entity_->state == EntityState::kDetached;
  }
  bool is_pending() const { return entity_ != nullptr && entity_->state == EntityState::kPending; }
  bool is_deleted() const { return entity_ != nullptr && entity_->state == EntityState::kDeleted; }
  /// Whether a flush would write something of it.
  bool is_modified() const { return entity_ != nullptr && has_changes(entity_); }
  Entity* entity() const { return entity_; }

 protected:
  void* object() const {
    if (entity_ == nullptr || (entity_->flags & kExpired) != 0) [[unlikely]]
      touch(entity_);
    return object_of(entity_);
  }

  Entity* entity_ = nullptr;

 private:
  ArenaHead* arena_ = nullptr;
};

}  // namespace detail

/// Write access to an object for as long as it lives; every member may change, across flushes and
/// commits too.
template <typename T>
class Edit {
 public:
  explicit Edit(detail::Entity* entity) : held_(entity), entity_(entity) {
    detail::begin_edit(entity);
  }
  Edit(const Edit&) = delete;
  Edit& operator=(const Edit&) = delete;
  ~Edit() { detail::end_edit(entity_); }

  T* operator->() const { return static_cast<T*>(detail::object_of(entity_)); }
  T& operator*() const { return *operator->(); }

 private:
  detail::RefBase held_;
  detail::Entity* entity_;
};

template <typename T>
class Ref : public detail::RefBase {
 public:
  using model = T;
  Ref() = default;
  explicit Ref(detail::Found found) : RefBase(found) {}

  /// Throw Error for an empty Ref, and what a query throws where an expired object is read again.
  const T* operator->() const { return static_cast<const T*>(object()); }
  const T& operator*() const { return *operator->(); }

  /// Writes one member: u.set<&User::email>("…"); of an embedded struct:
  /// d.set<&Doc::audit, &Audit::created>(t). Throws DetachedError without a session.
  template <auto... Ms, typename V>
  const Ref& set(V&& value) const {
    using Member = typename detail::Path<Ms...>::Value;
    static_assert(std::is_same_v<typename detail::Path<Ms...>::Owner, T>,
                  "set: this is no member of the model");
    T* object = static_cast<T*>(RefBase::object());
    if constexpr (detail::handle_traits<Member>::value) {
      member_of<Ms...>(*object).set(std::forward<V>(value));
    } else {
      static_assert(std::is_assignable_v<Member&, V&&>,
                    "set: a value of this type cannot be assigned to the member");
      // The value may come from this very object, so it is complete before anything changes.
      Member fresh(std::forward<V>(value));
      const std::size_t offset = detail::Path<Ms...>::offset();
      detail::before_write(entity_, offset);
      member_of<Ms...>(*object) = std::move(fresh);
      detail::after_write(entity_, offset);
    }
    return *this;
  }

  Edit<T> edit() const {
    object();
    return Edit<T>(entity_);
  }

  /// Takes all columns of `value` but the key.
  const Ref& assign(T value) const {
    object();
    detail::assign_object(entity_, &value);
    return *this;
  }

  /// Lets the next flush change the primary key, which is an error otherwise.
  const Ref& update_key() const {
    object();
    detail::allow_key_change(entity_);
    return *this;
  }

  /// The member's values in the database and now: {old, new}, or {now} where it was not changed.
  template <auto... Ms>
  std::vector<Datum> history() const {
    object();
    return detail::history(entity_, detail::Path<Ms...>::offset());
  }

 private:
  template <auto First, auto... Rest, typename O>
  static auto& member_of(O& object) {
    if constexpr (sizeof...(Rest) == 0) {
      return object.*First;
    } else {
      return member_of<Rest...>(object.*First);
    }
  }
};

/// As to_string(object): User(id=1, username='john_doe'), without the columns that are secret.
template <typename T>
std::ostream& operator<<(std::ostream& out, const Ref<T>& object) {
  detail::write_entity(out, object.entity());
  return out;
}

namespace detail {

/// One side of a relationship that holds at most one object.
class OneBase {
 public:
  OneBase() = default;
  explicit OneBase(Entity* target) : target_(reinterpret_cast<std::uintptr_t>(target) | kLoaded) {
    retain(target);
  }
  OneBase(const OneBase& other);
  OneBase(OneBase&& other) noexcept;
  OneBase& operator=(const OneBase& other);
  OneBase& operator=(OneBase&& other);
  ~OneBase() {
    if (owner_ == nullptr) release(held());
  }

  /// Whether reading it runs no statement.
  bool is_loaded() const { return owner_ == nullptr || (target_ & kLoaded) != 0; }

 protected:
  static constexpr std::uintptr_t kLoaded = 1;

  Entity* held() const { return reinterpret_cast<Entity*>(target_ & ~kLoaded); }
  Entity* load() const;
  Entity* require() const;
  void assign(Entity* target) const;

 private:
  friend struct HandleAccess;
  void hold(Entity* target, bool loaded) const {
    target_ = reinterpret_cast<std::uintptr_t>(target) | (loaded ? kLoaded : 0);
  }

  // The object that this is a member of; null in one that no session manages. Targets of a managed
  // one live in the same arena and are not counted.
  mutable Entity* owner_ = nullptr;
  mutable std::uintptr_t target_ = 0;
};

struct ManyState {
  std::vector<Entity*> items;
  bool loaded = false;
};

class ManyBase {
 public:
  ManyBase() = default;
  ManyBase(const ManyBase& other);
  ManyBase(ManyBase&& other) noexcept;
  ManyBase& operator=(const ManyBase& other);
  ManyBase& operator=(ManyBase&& other);
  ~ManyBase() {
    if (state_ != nullptr) destroy();
  }

  /// Whether reading it runs no statement.
  bool is_loaded() const { return owner_ == nullptr || (state_ != nullptr && state_->loaded); }
  std::size_t size() const { return items().size(); }
  bool empty() const { return items().empty(); }

 protected:
  const std::vector<Entity*>& items() const;
  void append(Entity* item) const;
  bool remove(Entity* item) const;
  void replace(const std::vector<Entity*>& items) const;
  bool contains(const Entity* item) const;
  Entity* owner() const { return owner_; }

 private:
  friend struct HandleAccess;
  void destroy();
  ManyState& state() const;

  mutable Entity* owner_ = nullptr;
  mutable ManyState* state_ = nullptr;
};

}  // namespace detail

template <typename T>
class One : public detail::OneBase {
 public:
  One() = default;
  One(const Ref<T>& target) : OneBase(target.entity()) {}  // NOLINT: Post{.author = u}
  One& operator=(const Ref<T>& target) {
    assign(target.entity());
    return *this;
  }

  /// The object, or an empty Ref. Loads; throws LazyLoadError where loading is forbidden and
  /// DetachedError without a session.
  Ref<T> get() const { return Ref<T>(load()); }
  explicit operator bool() const { return load() != nullptr; }
  /// Throw Error when there is none.
  Ref<T> operator->() const { return Ref<T>(require()); }
  const T& operator*() const { return *Ref<T>(require()); }

  void set(const Ref<T>& target) const { assign(target.entity()); }
  void clear() const { assign(nullptr); }
  friend bool operator==(const One& one, const Ref<T>& other) { return one.get() == other; }
  friend bool operator==(const One& a, const One& b) { return a.get() == b.get(); }
};

template <typename T>
class Many : public detail::ManyBase {
 public:
  Many() = default;
  Many(std::initializer_list<Ref<T>> items) {
    for (const Ref<T>& item : items) append(item);
  }

  /// By position, so appending while iterating is safe.
  class Iterator {
   public:
    using value_type = Ref<T>;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Many* many, std::size_t at) : many_(many), at_(at) {}
    Ref<T> operator*() const { return (*many_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(many_, at_++); }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Many* many_ = nullptr;
    std::size_t at_ = 0;
  };

  Iterator begin() const { return Iterator(this, 0); }
  Iterator end() const { return Iterator(this, size()); }
  /// Throws Error past the end.
  Ref<T> operator[](std::size_t index) const { return Ref<T>(items().at(index)); }
  Ref<T> front() const { return (*this)[0]; }
  Ref<T> back() const { return (*this)[size() - 1]; }

  /// Nothing for one that is in it already.
  void append(const Ref<T>& item) const { ManyBase::append(item.entity()); }
  /// False when it was not in it. The object stays in the database unless the relationship
  /// cascades with DeleteOrphan.
  bool remove(const Ref<T>& item) const { return ManyBase::remove(item.entity()); }
  void set(const std::vector<Ref<T>>& items) const {
    std::vector<detail::Entity*> entities;
    for (const Ref<T>& item : items) entities.push_back(item.entity());
    replace(entities);
  }
  void clear() const { replace({}); }
  bool contains(const Ref<T>& item) const { return ManyBase::contains(item.entity()); }

  /// A query over the objects of this side (query.h); the only way to read a dynamic relationship.
  Query<T> query() const;
};

/// The objects that a query gave, in its order; a light copyable sequence of Refs.
namespace detail {
class ResultsBase {
 public:
  ResultsBase() = default;
  explicit ResultsBase(std::vector<Entity*> entities);
  ResultsBase(const ResultsBase& other);
  ResultsBase(ResultsBase&& other) noexcept = default;
  ResultsBase& operator=(ResultsBase other) noexcept;
  ~ResultsBase();

  std::size_t size() const { return entities_.size(); }
  bool empty() const { return entities_.empty(); }
  Entity* entity(std::size_t index) const { return entities_[index]; }

 private:
  std::vector<Entity*> entities_;
};
}  // namespace detail

template <typename T>
class Results : public detail::ResultsBase {
 public:
  using ResultsBase::ResultsBase;

  class Iterator {
   public:
    using value_type = Ref<T>;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    Iterator(const Results* results, std::size_t at) : results_(results), at_(at) {}
    Ref<T> operator*() const { return (*results_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(results_, at_++); }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const Results* results_ = nullptr;
    std::size_t at_ = 0;
  };

  Iterator begin() const { return Iterator(this, 0); }
  Iterator end() const { return Iterator(this, size()); }
  Ref<T> operator[](std::size_t index) const { return Ref<T>(entity(index)); }
  Ref<T> front() const { return (*this)[0]; }
  Ref<T> back() const { return (*this)[size() - 1]; }
};

}  // namespace ormdb
