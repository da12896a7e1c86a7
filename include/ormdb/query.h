// Queries: values that are built step by step and run when asked for rows.
//
//     auto johns = db.query<User>()
//                      .filter(col<&User::username>.like("john%"))
//                      .order_by(col<&User::id>.desc())
//                      .limit(10)
//                      .all();                                       // Results<User>: Refs
//     auto posts = db.query<Post>().join<&Post::author>()
//                      .filter(col<&User::username> == "john_doe").all();
//     auto stats = db.select(col<&User::username>, count(col<&Post::id>))
//                      .join<&User::posts>().group_by(col<&User::id>)
//                      .into<Stat>();                                // std::vector<Stat>
//
// A Query is copyable: a function may return one that others refine. It belongs to its session.
//
// How the relationships of the found objects are loaded is chosen per query:
//
//     .options(joinedload<&User::posts>())       one statement, with an outer join
//     .options(selectinload<&User::posts>())     one more statement, keys in a list
//     .options(subqueryload<&User::posts>())     one more statement, the query as a subquery
//     .options(lazyload<…>())                    at the first use (the default)
//     .options(raiseload<…>())                   the first use throws LazyLoadError
//     .options(selectinload<&User::posts>().then<&Post::comments>())
//
// joined neither repeats parents nor lets LIMIT count children.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "ormdb/expression.h"
#include "ormdb/model.h"
#include "ormdb/relationship.h"

namespace ormdb {

namespace detail {

struct JoinSpec {
  bool outer = false;
  TypeKey target = nullptr;
  std::uint32_t alias = 0;
  const MemberRef* handle = nullptr;  ///< The relationship to follow, or null.
  std::uint32_t from_alias = 0;       ///< Of the handle's side.
  Tokens on;                          ///< Empty: the only key between the tables.
};

struct LoadSpec {
  std::vector<const MemberRef*> path;
  Loading loading = Loading::kSelect;
};

/// What WITH names: an alias of a model, or without one columns c0, c1, ….
struct CteSpec {
  TypeKey model = nullptr;
  std::uint32_t alias = 0;
  std::uint16_t columns = 0;
};

enum class Compound : std::uint8_t { kUnion, kUnionAll, kIntersect, kExcept };

struct QueryData {
  TypeKey from = nullptr;
  std::uint32_t from_alias = 0;
  std::vector<Tokens> selected;  ///< Empty: all columns of `from`.
  std::vector<JoinSpec> joins;
  Tokens where;
  std::vector<Tokens> group;
  Tokens having;
  std::vector<Order> order;
  std::int64_t limit = -1;
  std::int64_t offset = -1;
  bool distinct = false;
  bool for_update = false;
  bool refresh = false;  ///< Overwrite what the session has of the rows.
  std::vector<LoadSpec> loads;
  std::vector<Compound> compound_kinds;  ///< Parallel to compounds.
  std::vector<QueryData> compounds;
  std::vector<CteSpec> cte_specs;  ///< Parallel to ctes.
  std::vector<QueryData> ctes;

  void add_filter(const Tokens& condition);
  void find_from();  ///< The model of the first column that is selected.
  /// Throws Error where it holds loads, which a subquery has no use for.
  Tokens as_subquery() const;
};

/// Type-erased rows of a select: `fields` are the addresses to fill.
struct RowFill {
  void* rows;
  void (*add)(void* rows, void** fields);
};

/// What RETURNING gives of the rows that an UPDATE or DELETE changed.
struct ReturningRows {
  std::vector<Tokens> expressions;
  const FieldType* types;
  RowFill fill;
};

// What a Query asks its session for; src/orm/query_run.cc.
std::vector<Entity*> run_query(SessionCore& core, const QueryData& query);
std::int64_t run_count(SessionCore& core, const QueryData& query);
bool run_exists(SessionCore& core, const QueryData& query);
void run_select(SessionCore& core, const QueryData& query, const FieldType* types,
                std::size_t count, RowFill fill);
std::int64_t run_update(SessionCore& core, const QueryData& query,
                        const std::vector<std::pair<const MemberRef*, Tokens>>& set,
                        const ReturningRows* returning = nullptr);
std::int64_t run_delete(SessionCore& core, const QueryData& query,
                        const ReturningRows* returning = nullptr);
/// Throws NotFound or MultipleResults unless there is exactly one.
Entity* exactly_one(SessionCore& core, const QueryData& query, bool none_is_fine);
/// Calls `each` with a fresh untracked object for every row.
void run_stream(SessionCore& core, const QueryData& query, void* context,
                void (*each)(void* context, void* object));
[[noreturn]] void throw_no_page(std::int64_t page, std::int64_t pages);
std::int64_t checked_per_page(std::int64_t page, std::int64_t per_page, std::int64_t max_per_page);
std::vector<int> page_numbers(std::int64_t page, std::int64_t pages, int edge, int around);
QueryData dynamic_query(const Entity* owner, const ManyBase* handle);
SessionCore& core_of(const Entity* entity);

}  // namespace detail

/// A strategy for a path of relationships.
template <typename T>
class LoadOption {
 public:
  LoadOption(detail::LoadSpec spec, std::vector<detail::LoadSpec> before)
      : specs_(std::move(before)) {
    specs_.push_back(std::move(spec));
  }
  /// The next relationship of the path, with the same strategy or another.
  template <auto Handle>
  auto then() const {
    return then<Handle>(specs_.back().loading);
  }
  template <auto Handle>
  auto then(Loading loading) const {
    static_assert(std::is_same_v<detail::member_owner<Handle>, T>,
                  "then: the relationship is of another model than the one before leads to");
    using Target = typename detail::handle_traits<detail::member_value<Handle>>::target;
    detail::LoadSpec next = specs_.back();
    next.path.push_back(&detail::handle_ref<Handle>);
    next.loading = loading;
    return LoadOption<Target>(std::move(next), specs_);
  }
  const std::vector<detail::LoadSpec>& specs() const { return specs_; }

 private:
  std::vector<detail::LoadSpec> specs_;
};

namespace detail {
template <auto Handle, typename Owner = member_owner<Handle>>
auto load_option(Loading loading) {
  using Target = typename handle_traits<member_value<Handle>>::target;
  return LoadOption<Target>(LoadSpec{{&handle_ref<Handle>}, loading}, {});
}
}  // namespace detail
template <auto Handle, typename Owner = detail::member_owner<Handle>>
auto joinedload() {
  return detail::load_option<Handle>(Loading::kJoined);
}
template <auto Handle, typename Owner = detail::member_owner<Handle>>
auto selectinload() {
  return detail::load_option<Handle>(Loading::kSelectIn);
}
template <auto Handle, typename Owner = detail::member_owner<Handle>>
auto subqueryload() {
  return detail::load_option<Handle>(Loading::kSubquery);
}
template <auto Handle, typename Owner = detail::member_owner<Handle>>
auto lazyload() {
  return detail::load_option<Handle>(Loading::kSelect);
}
template <auto Handle, typename Owner = detail::member_owner<Handle>>
auto raiseload() {
  return detail::load_option<Handle>(Loading::kRaise);
}

/// What UPDATE sets: set_to<&User::is_active>(false), set_to<&Post::views>(col<&Post::views> + 1).
struct SetTo {
  const detail::MemberRef* column;
  detail::Tokens value;
};
template <auto... Ms, typename V, typename Owner = detail::owner_of<Ms...>>
SetTo set_to(const V& value) {
  using Member = typename detail::Path<Ms...>::Value;
  static_assert(detail::operands_fit<Col<Member>, V>,
                "set_to: a value of this type cannot be assigned to the column");
  return {&detail::column_ref<Ms...>, detail::tokens_of(value)};
}

namespace detail {
/// Tuples as a RowFill, and the types of their columns.
template <typename... Vs>
struct TupleRows {
  using Row = std::tuple<Vs...>;
  struct Types {
    FieldType types[sizeof...(Vs)];
  };
  static constexpr Types kTypes{{field_type<Vs>...}};
  static void add(void* rows, void** fields) {
    Row& row = static_cast<std::vector<Row>*>(rows)->emplace_back();
    std::size_t i = 0;
    std::apply([&](Vs&... values) { ((fields[i++] = &values), ...); }, row);
  }
};
}  // namespace detail

/// UPDATE and DELETE that give values of the rows they changed:
///
///     auto gone = db.query<Post>().filter(…).returning(col<&Post::id>, col<&Post::title>).erase();
template <typename... Vs>
class Returning {
  using Tuples = detail::TupleRows<Vs...>;

 public:
  using Row = typename Tuples::Row;
  Returning(detail::SessionCore& core, detail::QueryData data, std::vector<detail::Tokens> list)
      : core_(&core), data_(std::move(data)), list_(std::move(list)) {}

  /// The rows as they are afterwards.
  std::vector<Row> update(std::initializer_list<SetTo> set) const {
    std::vector<std::pair<const detail::MemberRef*, detail::Tokens>> assignments;
    for (const SetTo& one : set) assignments.emplace_back(one.column, one.value);
    std::vector<Row> rows;
    const detail::ReturningRows returning{list_, Tuples::kTypes.types, {&rows, &Tuples::add}};
    detail::run_update(*core_, data_, assignments, &returning);
    return rows;
  }
  /// The rows as they were.
  std::vector<Row> erase() const {
    std::vector<Row> rows;
    const detail::ReturningRows returning{list_, Tuples::kTypes.types, {&rows, &Tuples::add}};
    detail::run_delete(*core_, data_, &returning);
    return rows;
  }

 private:
  detail::SessionCore* core_;
  detail::QueryData data_;
  std::vector<detail::Tokens> list_;
};

/// A select under a name, for WITH: cte("stats", db.select(col<&Post::user_id>, count())…). Its
/// columns are col<0>(), col<1>(), …
template <typename... Vs>
class Cte {
 public:
  Cte(std::uint32_t id, detail::QueryData data) : id_(id), data_(std::move(data)) {}
  template <std::size_t I>
  auto col() const {
    static_assert(I < sizeof...(Vs), "col: the select has fewer columns");
    return Expr<std::tuple_element_t<I, std::tuple<Vs...>>>(detail::cte_column_tokens(id_, I));
  }
  std::uint32_t id() const { return id_; }
  const detail::QueryData& data() const { return data_; }

 private:
  std::uint32_t id_;
  detail::QueryData data_;
};

/// One page of a query.
template <typename T>
struct Page {
  Results<T> items;
  std::int64_t page = 1;
  std::int64_t per_page = 20;
  std::int64_t total = 0;

  std::int64_t pages() const { return (total + per_page - 1) / per_page; }
  bool has_next() const { return page < pages(); }
  bool has_prev() const { return page > 1; }
  std::int64_t next_num() const { return page + 1; }
  std::int64_t prev_num() const { return page - 1; }
  /// The page numbers for links, 0 for a gap: the edges and those around this one.
  std::vector<int> iter_pages(int edge = 2, int around = 2) const {
    return detail::page_numbers(page, pages(), edge, around);
  }
};

/// What Query and Selection share: everything between FROM and LIMIT.
template <typename Self>
class QueryBase {
 public:
  QueryBase(detail::SessionCore& core, detail::QueryData data)
      : core_(&core), data_(std::move(data)) {}

  /// Conditions are joined by AND.
  Self& filter(const Pred& condition) {
    data_.add_filter(condition.tokens());
    return self();
  }
  /// By a relationship of a model that is in FROM: join<&User::posts>().
  template <auto Handle, typename Owner = detail::member_owner<Handle>>
  Self& join(std::uint32_t from_alias = 0) {
    return add_join<Handle>(false, 0, from_alias);
  }
  template <auto Handle, typename Owner = detail::member_owner<Handle>>
  Self& outer_join(std::uint32_t from_alias = 0) {
    return add_join<Handle>(true, 0, from_alias);
  }
  /// By a relationship, to an alias.
  template <auto Handle, typename T, typename Owner = detail::member_owner<Handle>>
  Self& join(Alias<T> target, std::uint32_t from_alias = 0) {
    return add_join<Handle>(false, target.id(), from_alias);
  }
  template <auto Handle, typename T, typename Owner = detail::member_owner<Handle>>
  Self& outer_join(Alias<T> target, std::uint32_t from_alias = 0) {
    return add_join<Handle>(true, target.id(), from_alias);
  }
  /// To a model, by the only foreign key between it and the models in FROM.
  template <typename T>
  Self& join() {
    return add_join(false, detail::type_key<T>(), 0, {});
  }
  template <typename T>
  Self& join(const Pred& on) {
    return add_join(false, detail::type_key<T>(), 0, on.tokens());
  }
  template <typename T>
  Self& outer_join(const Pred& on) {
    return add_join(true, detail::type_key<T>(), 0, on.tokens());
  }
  template <typename T>
  Self& join(Alias<T> target, const Pred& on) {
    return add_join(false, detail::type_key<T>(), target.id(), on.tokens());
  }
  template <typename T>
  Self& outer_join(Alias<T> target, const Pred& on) {
    return add_join(true, detail::type_key<T>(), target.id(), on.tokens());
  }

  /// WITH: the select can be joined under its name.
  ///
  ///     const auto posts = cte("posts", db.select(col<&Post::user_id>, count())
  ///                                         .group_by(col<&Post::user_id>));
  ///     db.select(col<&User::username>, posts.col<1>())
  ///         .with(posts).join(posts, col<&User::id> == posts.col<0>())
  template <typename... Vs>
  Self& with(const Cte<Vs...>& cte) {
    return add_cte({nullptr, cte.id(), sizeof...(Vs)}, cte.data());
  }
  /// WITH: the alias means the rows of `query`, a Query<T>. It may join the alias itself behind a
  /// union_all, which walks a tree:
  ///
  ///     const auto tree = alias<Category>("tree");
  ///     auto root = db.query<Category>().filter(col<&Category::id> == 1);
  ///     auto below = db.query<Category>().join(tree, col<&Category::parent_id> ==
  ///                                                      tree.col<&Category::id>());
  ///     db.query(tree).with(tree, root.union_all(below)).all()
  template <typename T, typename Rows>
  Self& with(Alias<T> name, const Rows& query) {
    static_assert(Rows::template is_of<T>, "with: the alias and the query are of two models");
    return add_cte({detail::type_key<T>(), name.id(), 0}, query.data());
  }
  template <typename... Vs>
  Self& join(const Cte<Vs...>& cte, const Pred& on) {
    return add_join(false, nullptr, cte.id(), on.tokens());
  }
  template <typename... Vs>
  Self& outer_join(const Cte<Vs...>& cte, const Pred& on) {
    return add_join(true, nullptr, cte.id(), on.tokens());
  }

  /// Columns in ascending order, or col.desc().
  Self& order_by(std::initializer_list<detail::Untyped> items) {
    for (const detail::Untyped& item : items) data_.order.push_back({item.tokens});
    return self();
  }
  template <typename... Es>
  Self& order_by(const Es&... items) {
    return order_by({detail::Untyped(items)...});
  }
  template <typename... Es>
  Self& group_by(const Es&... items) {
    for (const detail::Untyped& item : {detail::Untyped(items)...}) {
      data_.group.push_back(item.tokens);
    }
    return self();
  }
  Self& having(const Pred& condition) {
    data_.having = condition.tokens();
    return self();
  }
  Self& limit(std::int64_t rows) {
    data_.limit = rows;
    return self();
  }
  Self& offset(std::int64_t rows) {
    data_.offset = rows;
    return self();
  }
  Self& distinct() {
    data_.distinct = true;
    return self();
  }
  /// Locks the rows until the transaction ends, where the database has row locks; SQLite locks the
  /// whole database with the first write.
  Self& for_update() {
    data_.for_update = true;
    return self();
  }

  Self& union_with(const Self& other) { return compound(detail::Compound::kUnion, other); }
  Self& union_all(const Self& other) { return compound(detail::Compound::kUnionAll, other); }
  Self& intersect(const Self& other) { return compound(detail::Compound::kIntersect, other); }
  Self& except(const Self& other) { return compound(detail::Compound::kExcept, other); }

  /// Rows that it would give.
  std::int64_t count() const { return detail::run_count(*core_, data_); }
  bool exists() const { return detail::run_exists(*core_, data_); }
  /// As a condition in another query; it may name that one's tables.
  Pred as_exists() const {
    return detail::make_pred(detail::unary_tokens("EXISTS ", data_.as_subquery(), ""));
  }
  detail::Tokens subquery_tokens() const { return data_.as_subquery(); }
  /// As a value in another query: it gives one column and one row.
  template <typename V>
  Expr<V> as_scalar() const {
    return Expr<V>(data_.as_subquery());
  }

  const detail::QueryData& data() const { return data_; }

 protected:
  detail::SessionCore* core_;
  detail::QueryData data_;

 private:
  Self& self() { return static_cast<Self&>(*this); }
  Self& add_cte(detail::CteSpec spec, const detail::QueryData& query) {
    data_.cte_specs.push_back(spec);
    data_.ctes.push_back(query);
    return self();
  }
  Self& compound(detail::Compound kind, const Self& other) {
    data_.compound_kinds.push_back(kind);
    data_.compounds.push_back(other.data());
    return self();
  }
  template <auto Handle, typename Owner = detail::member_owner<Handle>>
  Self& add_join(bool outer, std::uint32_t alias, std::uint32_t from_alias) {
    data_.joins.push_back({outer,
                           detail::handle_ref<Handle>.target,
                           alias,
                           &detail::handle_ref<Handle>,
                           from_alias,
                           {}});
    return self();
  }
  Self& add_join(bool outer, detail::TypeKey target, std::uint32_t alias, detail::Tokens on) {
    data_.joins.push_back({outer, target, alias, nullptr, 0, std::move(on)});
    return self();
  }
};

/// A query for objects of a model.
template <typename T>
class Query : public QueryBase<Query<T>> {
  using Base = QueryBase<Query<T>>;
  using Base::core_;
  using Base::data_;

 public:
  using Base::Base;
  template <typename U>
  static constexpr bool is_of = std::is_same_v<T, U>;

  /// Loading strategies; later ones win.
  template <typename... Os>
  Query& options(const Os&... options) {
    (data_.loads.insert(data_.loads.end(), options.specs().begin(), options.specs().end()), ...);
    return *this;
  }
  /// Takes over what the rows say even into objects that the session has; unflushed changes of
  /// them are lost.
  Query& populate_existing() {
    data_.refresh = true;
    return *this;
  }

  Results<T> all() const { return Results<T>(detail::run_query(*core_, data_)); }
  /// The first row, or an empty Ref.
  Ref<T> first() const {
    detail::QueryData one = data_;
    one.limit = 1;
    const auto found = detail::run_query(*core_, one);
    return found.empty() ? Ref<T>() : Ref<T>(found.front());
  }
  /// Throws NotFound or MultipleResults.
  Ref<T> one() const { return Ref<T>(detail::exactly_one(*core_, data_, false)); }
  /// An empty Ref for none; throws MultipleResults.
  Ref<T> one_or_none() const { return Ref<T>(detail::exactly_one(*core_, data_, true)); }

  /// Pages count from 1. Throws NotFound for a page that does not exist (the first always does) and
  /// for numbers below 1; per_page is at most max_per_page.
  Page<T> paginate(std::int64_t page = 1, std::int64_t per_page = 20,
                   std::int64_t max_per_page = 100) const {
    Page<T> result;
    result.page = page;
    result.per_page = detail::checked_per_page(page, per_page, max_per_page);
    result.total = this->count();
    if (page > 1 && page > result.pages()) detail::throw_no_page(page, result.pages());
    detail::QueryData rows = data_;
    rows.limit = result.per_page;
    rows.offset = (page - 1) * result.per_page;
    result.items = Results<T>(detail::run_query(*core_, rows));
    return result;
  }

  /// Keyset pagination: up to `rows` objects after the one whose key column has the value, in that
  /// column's order. It stays fast on late pages, and new rows do not shift it.
  template <typename V, typename W>
  Results<T> after(const Col<V>& key, const W& value, std::int64_t rows) const {
    Query next = *this;
    next.filter(key > value).order_by(key).limit(rows);
    return next.all();
  }

  /// UPDATE of all rows that match, without loading them; the number of rows. Objects of the model
  /// that the session has are read again at their next use.
  std::int64_t update(std::initializer_list<SetTo> set) const {
    std::vector<std::pair<const detail::MemberRef*, detail::Tokens>> list;
    for (const SetTo& one : set) list.emplace_back(one.column, one.value);
    return detail::run_update(*core_, data_, list);
  }
  /// update() and erase() that give these of every row.
  template <detail::AnyExpression... Es>
  Returning<typename Es::result...> returning(const Es&... expressions) const {
    return Returning<typename Es::result...>(*core_, data_, {expressions.tokens()...});
  }
  /// DELETE of all rows that match, without events and cascades of the session.
  std::int64_t erase() const { return detail::run_delete(*core_, data_); }

  /// Calls fn(const T&) for every row without keeping the objects: constant memory.
  template <typename F>
  void stream(F&& fn) const {
    detail::run_stream(*core_, data_, &fn, [](void* context, void* object) {
      (*static_cast<std::remove_reference_t<F>*>(context))(*static_cast<const T*>(object));
    });
  }
};

/// A query for columns and expressions.
template <typename... Vs>
class Selection : public QueryBase<Selection<Vs...>> {
  using Base = QueryBase<Selection<Vs...>>;
  using Base::core_;
  using Base::data_;

 public:
  using Base::Base;
  using Row = std::tuple<Vs...>;

  /// The model to select from, where the columns do not tell.
  template <typename T>
  Selection& select_from() {
    data_.from = detail::type_key<T>();
    return *this;
  }
  template <typename T>
  Selection& select_from(Alias<T> alias) {
    data_.from = detail::type_key<T>();
    data_.from_alias = alias.id();
    return *this;
  }

  std::vector<Row> all() const {
    using Tuples = detail::TupleRows<Vs...>;
    std::vector<Row> rows;
    detail::run_select(*core_, data_, Tuples::kTypes.types, sizeof...(Vs), {&rows, &Tuples::add});
    return rows;
  }
  /// Rows as structs, member after member.
  template <typename T>
  std::vector<T> into() const {
    std::vector<T> result;
    for (Row& row : all()) {
      result.push_back(std::apply([](Vs&... values) { return T{std::move(values)...}; }, row));
    }
    return result;
  }
  std::optional<Row> first() const {
    Selection one = *this;
    one.limit(1);
    auto rows = one.all();
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
  }
  /// The first column of the first row; nullopt when there is no row.
  auto scalar() const {
    using V = std::tuple_element_t<0, Row>;
    auto row = first();
    if constexpr (detail::is_optional<V>::value) {
      return row ? std::move(std::get<0>(*row)) : V();
    } else {
      return row ? std::optional<V>(std::move(std::get<0>(*row))) : std::nullopt;
    }
  }
};

template <typename... Vs>
Cte<Vs...> cte(std::string_view name, const Selection<Vs...>& select) {
  return Cte<Vs...>(detail::alias_id(name), select.data());
}

template <typename T>
Query<T> Many<T>::query() const {
  return Query<T>(detail::core_of(owner()), detail::dynamic_query(owner(), this));
}

}  // namespace ormdb
