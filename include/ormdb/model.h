// Models: plain structs, and what they are in the database.
//
//     struct Post;
//     struct User {
//       std::int64_t id{};
//       std::string username{}, email{};
//       ormdb::Many<Post> posts{};
//       static void describe(ormdb::TableOf<User>&);
//     };
//
//     void User::describe(ormdb::TableOf<User>& t) {
//       t.name("user")
//           .column<&User::id>({.type = "integer", .primary_key = true})
//           .column<&User::username>({.length = 20, .unique = true})
//           .column<&User::email>({.length = 120, .unique = true});
//       t.one_to_many<&User::posts, &Post::user_id>().back_populates<&Post::author>();
//     }
//
//     const auto models = ormdb::Metadata::of<User, Post>();
//
// A forward declaration of the other model is enough in a header; describe stands in a .cc file. A
// model has a default constructor; its members' initialisers are the client's defaults. A column's
// name is the member's without a trailing '_', its type that of the table in values.h, and it takes
// NULL when the member is a std::optional. What a description says is what models.yaml can say
// (ormdb-models(5)), and gives the same Schema.
//
// A key of text must compare by its bytes, as the session's identity map does: a collation that
// ignores case is refused for it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ormdb/mapping.h"
#include "ormdb/relationship.h"
#include "ormdb/schema.h"

namespace ormdb {

class Engines;

// Actions of foreign keys, as they stand in descriptions.
inline constexpr ForeignKeyAction NoAction = ForeignKeyAction::kNoAction;
inline constexpr ForeignKeyAction Restrict = ForeignKeyAction::kRestrict;
inline constexpr ForeignKeyAction Cascade = ForeignKeyAction::kCascade;
inline constexpr ForeignKeyAction SetNull = ForeignKeyAction::kSetNull;
inline constexpr ForeignKeyAction SetDefault = ForeignKeyAction::kSetDefault;

/// What the session does with the objects of a relationship. kDelete: removing the parent removes
/// them, one by one, with their events; without it the database's own action does, or the keys are
/// set to NULL. kDeleteOrphan: the same, and what is taken out of the relationship is removed.
enum class CascadeRule : std::uint8_t { kNone, kDelete, kDeleteOrphan };
inline constexpr CascadeRule DeleteAll = CascadeRule::kDelete;
inline constexpr CascadeRule DeleteOrphan = CascadeRule::kDeleteOrphan;

/// When and how a relationship is loaded (query.h).
enum class Loading : std::uint8_t { kSelect, kJoined, kSelectIn, kSubquery, kRaise, kDynamic };
/// What a session does past its limit of lazy loads.
enum class LazyLimit : std::uint8_t { kWarn, kRaise };
inline constexpr Loading Select = Loading::kSelect;
inline constexpr Loading Joined = Loading::kJoined;
inline constexpr Loading SelectIn = Loading::kSelectIn;
inline constexpr Loading Subquery = Loading::kSubquery;
inline constexpr Loading Dynamic = Loading::kDynamic;
/// Serves for both.
struct RaiseWord {
  constexpr operator Loading() const { return Loading::kRaise; }      // NOLINT
  constexpr operator LazyLimit() const { return LazyLimit::kRaise; }  // NOLINT
};
inline constexpr RaiseWord Raise{};

/// An SQL expression as text, where a value would stand otherwise.
struct SqlExpression {
  std::string_view text;
};
constexpr SqlExpression sql_text(std::string_view text) { return {text}; }

/// A column's default in the database. A constant is only for rows that others insert: the ORM
/// sends the member's value. An expression stands in for a member that still has the value of a
/// default-constructed model, and what the database made of it is read back.
class ServerDefault {
 public:
  constexpr ServerDefault() = default;
  constexpr ServerDefault(bool value) : kind_(Literal::Kind::kBoolean), number_(value ? 1 : 0) {}
  constexpr ServerDefault(int value) : kind_(Literal::Kind::kNumber), number_(value) {}
  constexpr ServerDefault(const char* text) : kind_(Literal::Kind::kString), text_(text) {}
  constexpr ServerDefault(SqlExpression sql) : kind_(Literal::Kind::kSql), text_(sql.text) {}
  /// A number as written: "0.25".
  static constexpr ServerDefault number(std::string_view digits) {
    ServerDefault value;
    value.kind_ = Literal::Kind::kNumber;
    value.text_ = digits;
    return value;
  }

  bool is_set() const { return kind_ != Literal::Kind::kNull; }
  Literal::Kind kind() const { return kind_; }
  std::string text() const;
  /// The text that it refers to; "" for those that hold a number.
  std::string_view& view() { return text_; }

 private:
  Literal::Kind kind_ = Literal::Kind::kNull;
  int number_ = 0;
  std::string_view text_{};
};

namespace detail {
struct TableRecord;
struct RelationRecord;
}  // namespace detail

/// The column that a foreign key points to: fk<&User::id>().
struct ForeignKeyTarget {
  const detail::MemberRef* column = nullptr;
};
template <auto M, typename Owner = detail::member_owner<M>>
constexpr ForeignKeyTarget fk() {
  return {&detail::column_ref<M>};
}

/// A function whose result a column gets with every UPDATE that does not set it:
/// {.on_update = &ormdb::now}.
struct OnUpdate {
  void (*function)() = nullptr;
  void (*call)(void (*function)(), Datum& result) = nullptr;

  constexpr OnUpdate() = default;
  template <typename V>
  OnUpdate(V (*value)())  // NOLINT
      : function(reinterpret_cast<void (*)()>(value)), call([](void (*erased)(), Datum& result) {
          result = detail::to_datum(reinterpret_cast<V (*)()>(erased)());
        }) {}
};

struct ColumnOptions {
  std::string_view name{};  ///< "": the member's.
  /// In models.yaml's words: "numeric(10,2)", "{sqlite: TEXT, postgresql: citext}"; "": the type
  /// of the member.
  std::string_view type{};
  int length = 0;           ///< Of a string; 0 is text.
  bool primary_key = false;
  bool autoincrement = false;  ///< SQLite's AUTOINCREMENT: ids are never given out again.
  bool unique = false;
  bool index = false;    ///< An index ix_TABLE_COLUMN.
  bool secret = false;   ///< Left out of to_string and JSON.
  bool version = false;  ///< An integer that every UPDATE counts up; StaleData when it is another.
  ForeignKeyTarget references{};
  std::string_view foreign_key{};  ///< The constraint's name.
  ForeignKeyAction on_delete = ForeignKeyAction::kNoAction;
  ForeignKeyAction on_update_key = ForeignKeyAction::kNoAction;
  Deferrable deferrable = Deferrable::kNo;
  ServerDefault server_default{};
  OnUpdate on_update{};
  std::string_view generated{};  ///< GENERATED ALWAYS AS (…): read only.
  bool stored = false;           ///< … STORED.
  std::string_view check{};
  std::string_view collation{};
  std::string_view comment{};
  std::string_view renamed_from{};
  /// Further keys of a column in models.yaml's words: "{match: full}".
  std::string_view yaml{};
};

struct KeyOptions {
  std::string_view name{};
  Deferrable deferrable = Deferrable::kNo;
};

struct IndexOptions {
  std::string_view name{};  ///< "": ix_TABLE_COLUMN_COLUMN.
  bool unique = false;
  bool desc = false;  ///< All columns descending.
  std::string_view where{};
  std::string_view method{};
  std::string_view comment{};
  /// Key parts in models.yaml's words instead of members: {"date_posted desc", "lower(title)"}.
  std::vector<std::string_view> parts{};
};

struct ForeignKeyOptions {
  std::string_view name{};
  ForeignKeyAction on_delete = ForeignKeyAction::kNoAction;
  ForeignKeyAction on_update = ForeignKeyAction::kNoAction;
  Deferrable deferrable = Deferrable::kNo;
};

/// The table between the two sides of a many_to_many. Its columns reference the keys of both and
/// are its primary key. Declared by both sides, it is written once and must agree.
struct AssociationTable {
  std::string_view name;
  std::string_view own_column;    ///< References the model that says it.
  std::string_view other_column;  ///< References the other one.
  ForeignKeyAction on_delete = ForeignKeyAction::kNoAction;
};

/// What can be said of a relationship; every call returns *this.
class RelationshipOf {
 public:
  explicit RelationshipOf(detail::RelationRecord& record) : record_(&record) {}

  /// The handle at the other end, which is kept in step.
  template <auto M, typename Owner = detail::member_owner<M>>
  RelationshipOf& back_populates() {
    return set_back(detail::handle_ref<M>);
  }
  /// The order in which a Many is loaded.
  template <auto... Ms, typename Owner = detail::owner_of<Ms...>>
  RelationshipOf& order_by(bool descending = false) {
    return set_order(detail::column_ref<Ms...>, descending);
  }
  RelationshipOf& cascade(CascadeRule rule);
  RelationshipOf& load(Loading loading);  ///< The default; a query's options come first.
  /// A further column of a many_to_many's association table, which the database fills.
  RelationshipOf& extra_column(std::string_view name, std::string_view type, ServerDefault value);

 private:
  RelationshipOf& set_back(const detail::MemberRef& member);
  RelationshipOf& set_order(const detail::MemberRef& column, bool descending);

  detail::RelationRecord* record_;
};

namespace detail {

/// The typeless half of TableOf.
class TableBuilder {
 public:
  explicit TableBuilder(TableRecord& record) : record_(record) {}

 protected:
  using Refs = std::vector<const MemberRef*>;
  void set_name(std::string_view name);
  void set_schema(std::string_view name);
  void set_bind(std::string_view database);
  void set_comment(std::string_view text);
  void set_renamed_from(std::string_view name);
  void set_option(std::string_view dialect, std::string_view key, std::string_view value);
  void add_column(const ColumnMember& column);
  void add_column(const ColumnMember& column, const ColumnOptions& options);
  void add_embedded(std::size_t offset, void (*describe)(TableRecord&), std::string_view prefix);
  void add_primary_key(const Refs& columns, const KeyOptions& options);
  void add_unique(const Refs& columns, const KeyOptions& options);
  void add_index(const Refs& columns, const IndexOptions& options);
  void add_check(std::string_view expression, std::string_view name);
  void add_yaml(std::string_view text);
  void add_foreign_key(const Refs& columns, const Refs& referenced,
                       const ForeignKeyOptions& options);
  RelationshipOf add_relation(const char* kind, const MemberRef& handle, const Refs& key);
  RelationshipOf add_many_to_many(const MemberRef& handle, const AssociationTable& table);

 private:
  TableRecord& record_;
};

template <typename T>
concept Describes = requires(TableOf<T>& t) {
  T::describe(t);
};

template <typename T>
void describe_into(TableRecord& record) {
  static_assert(Describes<T>,
                "a model needs `static void describe(ormdb::TableOf<T>&)`, declared in the struct");
  TableOf<T> table(record);
  T::describe(table);
}

struct ModelType {
  TypeKey key;
  std::size_t size;
  void (*describe)(TableRecord& record);
  void (*construct)(void* at);
  void (*move_construct)(void* at, void* from);
  void (*assign)(void* to, void* from);
  void (*destroy)(void* object);
  const char* name;
};

/// What the engine does with objects. No lambdas, each of which would be a class of its own.
template <typename T>
struct ModelFunctions {
  static void construct(void* at) { new (at) T(); }
  static void move_construct(void* at, void* from) {
    new (at) T(std::move(*static_cast<T*>(from)));
  }
  static void assign(void* to, void* from) {
    *static_cast<T*>(to) = std::move(*static_cast<T*>(from));
  }
  static void destroy(void* object) { static_cast<T*>(object)->~T(); }
};

template <typename T>
constexpr const char* type_name() {
  return __PRETTY_FUNCTION__;
}

template <typename T>
const ModelType& model_type() {
  static_assert(std::is_default_constructible_v<T>, "a model needs a default constructor");
  static_assert(std::is_copy_constructible_v<T>, "a model must be copyable");
  static_assert(alignof(T) <= 16, "a model may not need more than 16 bytes of alignment");
  static constexpr ModelType type = {type_key<T>(),
                                     sizeof(T),
                                     &describe_into<T>,
                                     &ModelFunctions<T>::construct,
                                     &ModelFunctions<T>::move_construct,
                                     &ModelFunctions<T>::assign,
                                     &ModelFunctions<T>::destroy,
                                     type_name<T>()};
  return type;
}

}  // namespace detail

/// What describe() is given. Every call but those of relationships returns *this.
template <typename T>
class TableOf : public detail::TableBuilder {
 public:
  using TableBuilder::TableBuilder;

  TableOf& name(std::string_view table) { return set_name(table), *this; }
  TableOf& schema(std::string_view name) { return set_schema(name), *this; }
  TableOf& comment(std::string_view text) { return set_comment(text), *this; }
  TableOf& renamed_from(std::string_view table) { return set_renamed_from(table), *this; }
  /// The table is in the database of that name: one of Engines, one under `databases:` of
  /// ormdb.yaml. Keys and relationships stay within one database.
  TableOf& bind(std::string_view database) { return set_bind(database), *this; }
  TableOf& options(std::string_view dialect, std::string_view key, std::string_view value) {
    return set_option(dialect, key, value), *this;
  }

  // Most of what a file of models costs the compiler is here, once a column: hence two functions
  // without a default argument, and as little as can be in them.
  template <auto M>
  TableOf& column() {
    constexpr const char* kSpelled = detail::spelled_member<T, M>();
    add_column({detail::field_type<column_value<M>>, detail::distance_to(M), kSpelled});
    return *this;
  }
  template <auto M>
  TableOf& column(const ColumnOptions& options) {
    constexpr const char* kSpelled = detail::spelled_member<T, M>();
    add_column({detail::field_type<column_value<M>>, detail::distance_to(M), kSpelled}, options);
    return *this;
  }

  /// The columns of a member struct, which has a describe() of its own with columns only. Their
  /// names get the prefix.
  template <auto M>
  TableOf& embed(std::string_view prefix = "") {
    add_embedded(detail::distance_to(M), &detail::describe_into<embedded_value<M>>, prefix);
    return *this;
  }

  /// A composite key; a single column says {.primary_key = true}.
  template <auto... Ms>
  TableOf& primary_key(const KeyOptions& options = {}) {
    return add_primary_key({&detail::column_ref<Ms>...}, options), *this;
  }
  template <auto... Ms>
  TableOf& unique(const KeyOptions& options = {}) {
    return add_unique({&detail::column_ref<Ms>...}, options), *this;
  }
  template <auto... Ms>
  TableOf& index(const IndexOptions& options = {}) {
    return add_index({&detail::column_ref<Ms>...}, options), *this;
  }
  TableOf& check(std::string_view expression, std::string_view name = "") {
    return add_check(expression, name), *this;
  }

  /// What there is no call for, in models.yaml's words (ormdb-models(5)); it comes beside the rest:
  ///
  ///     t.yaml("constraints: [{name: free, exclude: [{part: room, with: =}], method: gist}]\n"
  ///            "postgresql: {fillfactor: 70}");
  TableOf& yaml(std::string_view keys) { return add_yaml(keys), *this; }

  template <auto... Ms>
  class ForeignKeyOf {
   public:
    explicit ForeignKeyOf(TableOf& table) : table_(table) {}
    template <auto... Ps>
    TableOf& references(const ForeignKeyOptions& options = {}) {
      static_assert(sizeof...(Ms) == sizeof...(Ps),
                    "a foreign key references as many columns as it has");
      table_.add_foreign_key({&detail::column_ref<Ms>...}, {&detail::column_ref<Ps>...}, options);
      return table_;
    }

   private:
    TableOf& table_;
  };
  /// A composite foreign key: t.foreign_key<&L::a, &L::b>().references<&P::x, &P::y>().
  template <auto... Ms>
  ForeignKeyOf<Ms...> foreign_key() {
    return ForeignKeyOf<Ms...>(*this);
  }

  /// The members of the foreign key follow the handle's; they are the other model's.
  template <auto Handle, auto... Keys>
  RelationshipOf one_to_many() {
    static_assert(detail::handle_traits<detail::member_value<Handle>>::many,
                  "one_to_many needs a Many<T> member");
    return add_relation("one_to_many", detail::handle_ref<Handle>, {&detail::column_ref<Keys>...});
  }
  /// The members of the foreign key follow the handle's; they are this model's.
  template <auto Handle, auto... Keys>
  RelationshipOf many_to_one() {
    static_assert(!detail::handle_traits<detail::member_value<Handle>>::many,
                  "many_to_one needs a One<T> member");
    return add_relation("many_to_one", detail::handle_ref<Handle>, {&detail::column_ref<Keys>...});
  }
  /// The foreign key may be of this model or of the other one.
  template <auto Handle, auto... Keys>
  RelationshipOf one_to_one() {
    static_assert(!detail::handle_traits<detail::member_value<Handle>>::many,
                  "one_to_one needs a One<T> member");
    return add_relation("one_to_one", detail::handle_ref<Handle>, {&detail::column_ref<Keys>...});
  }
  template <auto Handle>
  RelationshipOf many_to_many(const AssociationTable& table) {
    static_assert(detail::handle_traits<detail::member_value<Handle>>::many,
                  "many_to_many needs a Many<T> member");
    return add_many_to_many(detail::handle_ref<Handle>, table);
  }

 private:
  // Classes: their assertions are the first thing that the compiler says.
  template <typename Owner, typename Value>
  struct MemberOf {
    static_assert(std::is_same_v<Owner, T>,
                  "the member belongs to another struct: members of a base class are not columns, "
                  "make it a member and embed() it");
    using type = Value;
  };
  template <typename Owner, typename Value>
  struct ColumnOf : MemberOf<Owner, Value> {
    static_assert(!detail::handle_traits<Value>::value,
                  "this member is a relationship, not a column");
  };
  template <auto M>
  using embedded_value = typename MemberOf<detail::member_owner<M>, detail::member_value<M>>::type;
  template <auto M>
  using column_value = typename ColumnOf<detail::member_owner<M>, detail::member_value<M>>::type;
};

/// All models of a program; immutable, cheap to copy, safe to share between threads.
class Metadata {
 public:
  /// Throws Error{kModel} for descriptions that make no sense, naming model and member.
  template <typename... Ts>
  static Metadata of() {
    return Metadata({&detail::model_type<Ts>()...});
  }

  /// The models as a schema, in the order of of<…>(), association tables last; the same that
  /// models.yaml gives.
  const Schema& schema() const;
  /// The same, a schema for each database by the names of t.bind(…); "default" for the rest.
  const std::map<std::string, Schema>& schemas() const;

  /// Creates the tables that are not there (with their indexes), and drops those that are, each in
  /// its database. Throws kUsage for models that are bound to a name that is not in `engines`.
  void create_all(const Engines& engines) const;
  void drop_all(const Engines& engines) const;

  struct Impl;
  const Impl& impl() const { return *impl_; }

 private:
  explicit Metadata(const std::vector<const detail::ModelType*>& types);

  std::shared_ptr<const Impl> impl_;
};

}  // namespace ormdb
