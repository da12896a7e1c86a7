// Mappers: models without their types. A column is an offset, a kind and a codec; everything that
// the engine does with an object goes through these and one switch a column.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "db/driver.h"
#include "ormdb/model.h"

namespace ormdb::detail {

using ColumnIndex = std::uint16_t;

struct ColumnMap {
  std::string name;
  FieldType type;
  ValueKind kind = ValueKind::kNull;
  std::size_t offset = 0;
  bool primary_key = false;
  bool computed = false;           ///< GENERATED ALWAYS: never written.
  bool server_expression = false;  ///< Left out of INSERT while it has the model's default.
  bool secret = false;
  OnUpdate on_update;
};

/// A foreign key between two mapped tables: child columns → parent columns.
struct KeyMap {
  const Mapper* child = nullptr;
  std::vector<ColumnIndex> child_columns;
  const Mapper* parent = nullptr;
  std::vector<ColumnIndex> parent_columns;
  ForeignKeyAction on_delete = ForeignKeyAction::kNoAction;
  bool nullable = false;
  bool to_primary_key = false;  ///< parent_columns are the parent's key, in its order.
};

/// The table of a many_to_many; side 0 declared it first.
struct Association {
  std::string table;
  const Mapper* mapper[2] = {nullptr, nullptr};
  std::string column[2];
  InsertPlan insert;
  DeletePlan remove;
  std::uint64_t clear_id[2] = {0, 0};  ///< Plans that delete all rows of one side's key.
};

enum class RelationKind : std::uint8_t {
  kParent,      // the key is in this table: many_to_one
  kChildren,    // the key is in the other table: one_to_many
  kAssociation  // many_to_many
};

struct Relation {
  std::string name;
  RelationKind kind = RelationKind::kParent;
  bool many = false;  ///< A Many<T>; else a One<T>.
  std::size_t offset = 0;
  std::size_t index = 0;  ///< In Mapper::relations.
  const Mapper* owner = nullptr;
  const Mapper* target = nullptr;
  const KeyMap* key = nullptr;
  Association* association = nullptr;
  int side = 0;  ///< The owner's in the association.
  const Relation* back = nullptr;
  int order = -1;  ///< Column of the target.
  bool descending = false;
  CascadeRule cascade = CascadeRule::kNone;
  Loading loading = Loading::kSelect;
};

/// The relationship's bit of Entity::raises; 0 for those behind the first 16 of a model.
inline std::uint16_t raise_mark(const Relation& relation) {
  return relation.index < 16 ? static_cast<std::uint16_t>(1U << relation.index) : std::uint16_t{0};
}

struct Mapper {
  const ModelType* type = nullptr;
  std::uint64_t id = 0;  ///< Unique in the process: part of the keys of caches.
  std::string model;     ///< "User", for messages.
  std::string table;
  std::string schema;
  std::string bind;  ///< The database's name.
  std::vector<ColumnMap> columns;
  std::vector<ColumnIndex> key;
  bool integer_key = false;  ///< One column of an integer type without codec.
  int generated_key = -1;    ///< The column whose value the database gives when it is 0.
  int version = -1;
  bool has_on_update = false;  ///< Of any column.
  std::deque<Relation> relations;
  std::uint16_t raises = 0;             ///< What Entity::raises is for a new object.
  std::vector<const KeyMap*> parents;   ///< Keys of this table.
  std::vector<const KeyMap*> children;  ///< Keys that point to this table.
  std::size_t index = 0;                ///< In Metadata::Impl::mappers.
  std::size_t rank = 0;                 ///< Parents have a lower one, as far as cycles allow.
  std::shared_ptr<void> default_object;

  const void* field(const void* object, ColumnIndex column) const {
    return static_cast<const char*>(object) + columns[column].offset;
  }
  void* field(void* object, ColumnIndex column) const {
    return static_cast<char*>(object) + columns[column].offset;
  }
  int column_at(std::size_t offset) const;  ///< -1: no column begins there.
  const Relation* relation_at(std::size_t offset) const;
  std::string qualified(const SqlStyle& style) const;  ///< schema.table, quoted.
  std::string column_name(ColumnIndex column) const { return table + "." + columns[column].name; }
};

/// Mappers by type, for every call of a session: open addressing by the addresses of the type tags,
/// which lie side by side.
class TypeIndex {
 public:
  /// Null: not there.
  const Mapper* find(TypeKey type) const {
    std::size_t at = home(type);
    while (slots_[at].type != type && slots_[at].type != nullptr) at = (at + 1) & mask_;
    return slots_[at].mapper;
  }
  void insert(TypeKey type, const Mapper* mapper);

 private:
  struct Slot {
    TypeKey type = nullptr;
    const Mapper* mapper = nullptr;
  };
  std::size_t home(TypeKey type) const { return reinterpret_cast<std::uintptr_t>(type) & mask_; }

  std::vector<Slot> slots_ = std::vector<Slot>(16);  ///< A power of two, at most half of it taken.
  std::size_t mask_ = 15;
  std::size_t size_ = 0;
};

/// Texts that parameters borrow while a statement runs.
using Scratch = std::deque<Datum>;

void put_datum(const Datum& datum, ParameterSink& sink);
void put_field(const ColumnMap& column, const void* field, ParameterSink& sink, Scratch& scratch);
/// Throws ConversionError naming the column for NULL into a member that is not optional.
void get_field(const FieldType& type, void* field, const RowReader& row, int column,
               std::string_view name);
Datum read_datum(ValueKind kind, const RowReader& row, int column);
Datum field_datum(const Mapper& mapper, const void* object, ColumnIndex column);
/// field_datum(…) == value.
bool field_equals(const Mapper& mapper, const void* object, ColumnIndex column, const Datum& value);
/// Whether the member holds the value that a new object of the model has.
bool is_default(const Mapper& mapper, const void* object, ColumnIndex column);

}  // namespace ormdb::detail

namespace ormdb {

struct Metadata::Impl {
  std::vector<std::unique_ptr<detail::Mapper>> mappers;
  detail::TypeIndex by_type;
  std::vector<const detail::Mapper*> by_rank;
  std::deque<detail::KeyMap> keys;
  std::deque<detail::Association> associations;
  Schema schema;
  std::map<std::string, Schema> schemas;

  /// Throws Error{kModel} for a type that of<…>() does not list.
  const detail::Mapper& mapper(detail::TypeKey type) const {
    const detail::Mapper* found = by_type.find(type);
    return found != nullptr ? *found : throw_unmapped();
  }

 private:
  [[noreturn]] static const detail::Mapper& throw_unmapped();
};

}  // namespace ormdb
