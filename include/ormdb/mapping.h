// The thin typed layer under models and expressions: what a C++ type and a member pointer say, as
// plain data for the engine behind. Programs do not use it by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ormdb/datum.h"
#include "ormdb/values.h"

namespace ormdb {

template <typename T>
class Ref;
template <typename T>
class One;
template <typename T>
class Many;
template <typename T>
class TableOf;

namespace detail {

/// How a member is held in memory.
enum class FieldKind : std::uint8_t {
  kBool,
  kInt16,
  kInt32,
  kInt64,
  kUint16,
  kUint32,
  kUint64,
  kFloat,
  kDouble,
  kString,
  kBlob,
  kDate,
  kTime,
  kLocalTime,
  kSysTime,
  kInterval,
  kNumeric,
  kUuid,
  kJson,
  kCustom,  // through CustomField
};

/// An enum's or a codec's way between the member and a Datum; null is handled by it too.
struct CustomField {
  void (*to_datum)(const void* field, Datum& datum);
  void (*from_datum)(void* field, const Datum& datum);
  ValueKind stored;
};

struct EnumValues {
  std::string_view name;
  const std::string_view* values;
  std::size_t size;
};

struct FieldType {
  FieldKind kind = FieldKind::kInt64;
  bool nullable = false;
  const char* sql_type = "";  ///< The default type in models.yaml's words.
  const CustomField* custom = nullptr;
  const EnumValues* enumeration = nullptr;
  const FieldType* element = nullptr;  ///< Of an array.
};

/// The identity of a type across the program.
template <typename T>
inline constexpr char type_tag{};
using TypeKey = const void*;
template <typename T>
constexpr TypeKey type_key() {
  return &type_tag<T>;
}

template <typename T>
struct is_optional : std::false_type {
  using inner = T;
};
template <typename T>
struct is_optional<std::optional<T>> : std::true_type {
  using inner = T;
};
template <typename T>
using without_optional = typename is_optional<T>::inner;

template <typename T>
concept HasCodec = requires {
  typename codec<T>::stored;
};
template <typename T>
concept HasEnumNames = requires {
  enum_names<T>::values;
};

template <typename T>
struct handle_traits : std::false_type {
  static constexpr bool many = false;
};
template <typename T>
struct handle_traits<One<T>> : std::true_type {
  using target = T;
  static constexpr bool many = false;
};
template <typename T>
struct handle_traits<Many<T>> : std::true_type {
  using target = T;
  static constexpr bool many = true;
};

template <typename T>
inline constexpr bool always_false = false;

// Between values and Datums, for the engine's own types.
void store_enum(const EnumValues& values, std::size_t index, Datum& datum);
std::size_t load_enum(const EnumValues& values, const Datum& datum);
void store_field(const FieldType& type, const void* field, Datum& datum);
void load_field(const FieldType& type, void* field, const Datum& datum);

/// The values of an array one after the other, as a Datum and back (src/orm/array.cc).
class ArrayWriter {
 public:
  explicit ArrayWriter(const FieldType& element) : element_(element) {}
  void add(const void* field);
  void finish(Datum& datum);

 private:
  const FieldType& element_;
  std::string text_ = "{";
};
class ArrayReader {
 public:
  /// Throws ConversionError for an array of several dimensions.
  ArrayReader(const FieldType& element, const Datum& datum);
  bool next(void* field);  ///< False at the end.

 private:
  const FieldType& element_;
  std::vector<std::optional<std::string>> items_;
  std::size_t at_ = 0;
};

struct KindEntry {
  FieldKind kind;
  const char* sql_type;
  bool known;
};

template <typename T>
constexpr KindEntry kind_of() {
  if constexpr (std::is_same_v<T, bool>)
    return {FieldKind::kBool, "boolean", true};
  else if constexpr (std::is_same_v<T, std::int16_t>)
    return {FieldKind::kInt16, "small_integer", true};
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return {FieldKind::kInt32, "integer", true};
  else if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, long long>)
    return {FieldKind::kInt64, "big_integer", true};
  else if constexpr (std::is_same_v<T, std::uint16_t>)
    return {FieldKind::kUint16, "integer", true};
  else if constexpr (std::is_same_v<T, std::uint32_t>)
    return {FieldKind::kUint32, "big_integer", true};
  else if constexpr (std::is_same_v<T, std::uint64_t>)
    return {FieldKind::kUint64, "big_integer", true};
  else if constexpr (std::is_same_v<T, float>)
    return {FieldKind::kFloat, "float", true};
  else if constexpr (std::is_same_v<T, double>)
    return {FieldKind::kDouble, "double", true};
  else if constexpr (std::is_same_v<T, std::string>)
    return {FieldKind::kString, "text", true};
  else if constexpr (std::is_same_v<T, Blob>)
    return {FieldKind::kBlob, "large_binary", true};
  else if constexpr (std::is_same_v<T, Date>)
    return {FieldKind::kDate, "date", true};
  else if constexpr (std::is_same_v<T, TimeOfDay>)
    return {FieldKind::kTime, "time", true};
  else if constexpr (std::is_same_v<T, LocalTime>)
    return {FieldKind::kLocalTime, "datetime", true};
  else if constexpr (std::is_same_v<T, SysTime>)
    return {FieldKind::kSysTime, "datetime(tz)", true};
  else if constexpr (std::is_same_v<T, Interval>)
    return {FieldKind::kInterval, "interval", true};
  else if constexpr (std::is_same_v<T, Numeric>)
    return {FieldKind::kNumeric,
            "{sqlite: TEXT COLLATE decimal, postgresql: numeric, mysql: 'decimal(65,30)'}", true};
  else if constexpr (std::is_same_v<T, Uuid>)
    return {FieldKind::kUuid, "uuid", true};
  else if constexpr (std::is_same_v<T, Json>)
    return {FieldKind::kJson, "json", true};
  else
    return {FieldKind::kCustom, "", false};
}

constexpr ValueKind value_kind(FieldKind kind) {
  switch (kind) {
    case FieldKind::kBool:
      return ValueKind::kBool;
    case FieldKind::kFloat:
    case FieldKind::kDouble:
      return ValueKind::kReal;
    case FieldKind::kString:
      return ValueKind::kText;
    case FieldKind::kBlob:
      return ValueKind::kBlob;
    case FieldKind::kDate:
      return ValueKind::kDate;
    case FieldKind::kTime:
      return ValueKind::kTime;
    case FieldKind::kLocalTime:
      return ValueKind::kTimestamp;
    case FieldKind::kSysTime:
      return ValueKind::kTimestampUtc;
    case FieldKind::kInterval:
      return ValueKind::kInterval;
    case FieldKind::kNumeric:
      return ValueKind::kNumeric;
    case FieldKind::kUuid:
      return ValueKind::kUuid;
    case FieldKind::kJson:
      return ValueKind::kJson;
    default:
      return ValueKind::kInteger;
  }
}

/// As what a value of the type is bound.
constexpr ValueKind stored_kind(const FieldType& type) {
  return type.kind == FieldKind::kCustom ? type.custom->stored : value_kind(type.kind);
}

template <typename T>
struct array_traits : std::false_type {
  using element = int;
};
template <typename T>
struct array_traits<std::vector<T>> : std::true_type {
  using element = T;
};

template <typename T>
constexpr FieldType field_type_of();

template <typename T>
struct ArrayField {
  static_assert(!array_traits<without_optional<T>>::value,
                "an array of arrays cannot be a column: use Json or a codec");
  static constexpr FieldType kElement = field_type_of<T>();
  static void to_datum(const void* field, Datum& datum) {
    ArrayWriter writer(kElement);
    for (auto&& item : *static_cast<const std::vector<T>*>(field)) {
      const T& value = item;  // a std::vector<bool> has no bools to point to
      writer.add(&value);
    }
    writer.finish(datum);
  }
  static void from_datum(void* field, const Datum& datum) {
    std::vector<T> items;
    ArrayReader reader(kElement, datum);
    for (T item{}; reader.next(&item); item = T{}) items.push_back(std::move(item));
    *static_cast<std::vector<T>*>(field) = std::move(items);
  }
  static constexpr CustomField kCustom{&to_datum, &from_datum, ValueKind::kArray};
};

template <typename T>
struct EnumField {
  static constexpr EnumValues kValues{enum_names<T>::name, enum_names<T>::values,
                                      std::size(enum_names<T>::values)};
  static void to_datum(const void* field, Datum& datum) {
    store_enum(kValues, static_cast<std::size_t>(*static_cast<const T*>(field)), datum);
  }
  static void from_datum(void* field, const Datum& datum) {
    *static_cast<T*>(field) = static_cast<T>(load_enum(kValues, datum));
  }
  static constexpr CustomField kCustom{&to_datum, &from_datum, ValueKind::kText};
};

template <typename T>
struct CodecField {
  using Stored = typename codec<T>::stored;
  static_assert(kind_of<Stored>().known,
                "codec<T>::stored must be a type that columns can have: an integer, double, "
                "std::string, Blob, Json, Uuid, a date or a time");
  static constexpr FieldType kStored{kind_of<Stored>().kind, false, kind_of<Stored>().sql_type};
  static void to_datum(const void* field, Datum& datum) {
    const Stored stored = codec<T>::to(*static_cast<const T*>(field));
    store_field(kStored, &stored, datum);
  }
  static void from_datum(void* field, const Datum& datum) {
    Stored stored{};
    load_field(kStored, &stored, datum);
    *static_cast<T*>(field) = codec<T>::from(stored);
  }
  static constexpr CustomField kCustom{&to_datum, &from_datum, value_kind(kStored.kind)};
};

template <typename T, typename Inner>
struct OptionalField {
  static void to_datum(const void* field, Datum& datum) {
    const auto& value = *static_cast<const std::optional<T>*>(field);
    if (value) {
      Inner::to_datum(&*value, datum);
    } else {
      datum = Datum();
    }
  }
  static void from_datum(void* field, const Datum& datum) {
    auto& value = *static_cast<std::optional<T>*>(field);
    if (datum.is_null()) {
      value.reset();
    } else {
      Inner::from_datum(&value.emplace(), datum);
    }
  }
  static constexpr CustomField kCustom{&to_datum, &from_datum, Inner::kCustom.stored};
};

template <typename T>
constexpr FieldType field_type_of() {
  using Plain = without_optional<T>;
  constexpr bool kNullable = is_optional<T>::value;
  if constexpr (kind_of<Plain>().known) {
    return {kind_of<Plain>().kind, kNullable, kind_of<Plain>().sql_type};
  } else if constexpr (HasCodec<Plain>) {
    using Field = CodecField<Plain>;
    const char* sql_type = Field::kStored.sql_type;
    if constexpr (kNullable) {
      return {FieldKind::kCustom, true, sql_type, &OptionalField<Plain, Field>::kCustom};
    } else {
      return {FieldKind::kCustom, false, sql_type, &Field::kCustom};
    }
  } else if constexpr (array_traits<Plain>::value) {
    using Field = ArrayField<typename array_traits<Plain>::element>;
    if constexpr (kNullable) {
      return {FieldKind::kCustom, true,    "",
              &OptionalField<Plain, Field>::kCustom, nullptr, &Field::kElement};
    } else {
      return {FieldKind::kCustom, false, "", &Field::kCustom, nullptr, &Field::kElement};
    }
  } else if constexpr (std::is_enum_v<Plain> && HasEnumNames<Plain>) {
    using Field = EnumField<Plain>;
    if constexpr (kNullable) {
      return {FieldKind::kCustom, true, "", &OptionalField<Plain, Field>::kCustom, &Field::kValues};
    } else {
      return {FieldKind::kCustom, false, "", &Field::kCustom, &Field::kValues};
    }
  } else {
    static_assert(!std::is_enum_v<Plain>,
                  "an enum column needs a specialisation of ormdb::enum_names (its values' names) "
                  "or ormdb::codec");
    static_assert(std::is_enum_v<Plain>,
                  "a column cannot have this type: use one of ormdb/values.h, or specialise "
                  "ormdb::codec for it");
    return {};
  }
}

template <typename T>
inline constexpr FieldType field_type = field_type_of<T>();

template <typename T>
Datum to_datum(const T& value) {
  Datum datum;
  store_field(field_type<T>, &value, datum);
  return datum;
}

template <typename M>
struct member_traits;
template <typename C, typename V>
struct member_traits<V C::*> {
  using owner = C;
  using value = V;
};
template <auto M>
using member_owner = typename member_traits<decltype(M)>::owner;
template <auto M>
using member_value = typename member_traits<decltype(M)>::value;

// g++ 12 gives what is made of pointers to members alone external linkage even where the struct is
// local to a file, so that two files with a struct of one name would share it. The struct as a
// parameter of its own (Owner) keeps them apart, here and in the functions of the other headers.

template <auto First, auto...>
struct first_owner {
  using type = member_owner<First>;
};
template <auto... Ms>
using owner_of = typename first_owner<Ms...>::type;

/// "… [with Owner = User; auto M = &User::username]" (g++), "[Owner = User, M = &User::username]"
/// (clang), for MemberRef::name().
template <typename Owner, auto M>
constexpr const char* spelled_member() {
  return __PRETTY_FUNCTION__;
}

/// Where the member is in its struct: a pointer to a data member is that distance (Itanium C++ ABI,
/// 2.3.1), which g++ and clang follow.
template <typename C, typename V>
std::size_t distance_to(V C::*member) {
  static_assert(std::is_member_object_pointer_v<V C::*>, "this is no data member");
  static_assert(sizeof(member) == sizeof(std::ptrdiff_t));
  std::size_t offset = 0;
  __builtin_memcpy(&offset, &member, sizeof offset);
  return offset;
}
template <typename Owner, auto M>
std::size_t offset_of() {
  return distance_to(M);
}

template <typename Of, auto First, auto... Rest>
struct PathOf {
  using Owner = Of;
  using Next = PathOf<owner_of<Rest...>, Rest...>;
  using Value = typename Next::Value;
  static std::size_t offset() { return offset_of<Of, First>() + Next::offset(); }
  static constexpr const char* spelled() { return Next::spelled(); }
};
template <typename Of, auto First>
struct PathOf<Of, First> {
  using Owner = Of;
  using Value = member_value<First>;
  static constexpr std::size_t (*offset)() = &offset_of<Of, First>;
  static constexpr const char* spelled() { return spelled_member<Of, First>(); }
};
template <auto... Ms>
using Path = PathOf<owner_of<Ms...>, Ms...>;

/// The name in what spelled_member() gives, without a trailing '_'.
std::string_view member_name(const char* spelled);

/// A member of a model, as data: a column, or a handle of a relationship.
struct MemberRef {
  TypeKey model;
  std::size_t (*offset)();
  const char* spelled;
  FieldType type;            ///< For columns.
  TypeKey target = nullptr;  ///< For handles: the model at the other end.

  std::string_view name() const { return member_name(spelled); }
};

template <typename Owner, auto... Ms>
constexpr MemberRef make_column_ref() {
  using P = PathOf<Owner, Ms...>;
  static_assert(!handle_traits<typename P::Value>::value,
                "this member is a relationship, not a column");
  return {type_key<typename P::Owner>(), P::offset, P::spelled(), field_type<typename P::Value>};
}
template <typename Owner, auto... Ms>
inline constexpr MemberRef column_ref_of = make_column_ref<Owner, Ms...>();

/// What a description needs of a column. Not a MemberRef, which costs the compiler far more.
struct ColumnMember {
  const FieldType& type;
  std::size_t offset;
  const char* spelled;
};

template <auto... Ms>
static constexpr const MemberRef& column_ref = column_ref_of<owner_of<Ms...>, Ms...>;

template <typename Owner, auto M>
constexpr MemberRef make_handle_ref() {
  using Handle = handle_traits<member_value<M>>;
  static_assert(Handle::value, "this member is no relationship: it must be a One<T> or Many<T>");
  return {type_key<Owner>(), &offset_of<Owner, M>, spelled_member<Owner, M>(), FieldType(),
          type_key<typename Handle::target>()};
}
template <typename Owner, auto M>
inline constexpr MemberRef handle_ref_of = make_handle_ref<Owner, M>();
template <auto M>
static constexpr const MemberRef& handle_ref = handle_ref_of<member_owner<M>, M>;

}  // namespace detail
}  // namespace ormdb
