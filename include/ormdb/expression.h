// SQL expressions as values.
//
//     col<&User::username> == "john_doe"            // a Pred
//     col<&Post::date_posted>.desc()
//     count(col<&Post::id>), lower(col<&User::email>).like("%@example.com")
//     Pred p = always(); if (name) p = p && col<&User::username> == *name;
//
// Types are checked when compiling: numbers compare with numbers (an integer column with a fraction
// does not), text with text, bool with bool, anything else with its own type. std::nullopt, an
// empty optional and NULL mean IS NULL with == and !=. What only a statement can know, such as a
// column whose table is not in FROM, is an Error that names it when the statement is made.
//
// An expression is flat bytes: its shape, which is the key of the statement caches, and beside it
// the values that are bound.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "ormdb/mapping.h"

namespace ormdb {

namespace detail {

/// An expression in prefix form (src/orm/tokens.h has the grammar) and its values in their order.
struct Tokens {
  std::string shape;
  std::vector<Datum> binds;
  const MemberRef* column = nullptr;  ///< The first column in it, for a select's FROM.
  std::uint32_t alias = 0;            ///< That column's.
  bool empty() const { return shape.empty(); }
};

Tokens column_tokens(const MemberRef& column, std::uint32_t alias);
Tokens bind_tokens(Datum value);
Tokens binary_tokens(std::string_view op, Tokens left, Tokens right);
Tokens unary_tokens(std::string_view prefix, Tokens operand, std::string_view suffix);
Tokens call_tokens(std::string_view function, std::vector<Tokens> arguments, bool distinct = false);
Tokens in_tokens(Tokens left, std::vector<Datum> values, bool negated);
Tokens between_tokens(Tokens value, Tokens low, Tokens high);
Tokens like_tokens(Tokens text, std::string_view before, std::string_view plain,
                   std::string_view after);
Tokens pattern_tokens(Tokens text, Tokens pattern, bool ignore_case);
Tokens distinct_from_tokens(Tokens left, Tokens right, bool negated);
Tokens over_tokens(Tokens function, const std::vector<Tokens>& partition,
                   const std::vector<Tokens>& order);
Tokens raw_tokens(std::string_view sql, std::vector<Datum> binds);
Tokens related_tokens(const MemberRef& handle, std::uint32_t alias, Tokens condition, bool negated);
Tokens cte_column_tokens(std::uint32_t cte, std::size_t column);
/// Steps are ".key" and "[0]"; kind as JsonKind.
Tokens json_tokens(Tokens json, const std::vector<std::string>& steps, char kind);
std::string json_step(std::string_view key);
std::string json_step(std::int64_t place);
Tokens case_tokens(Tokens condition, Tokens then, Tokens otherwise);
/// Equality that knows NULL: "= ?" or "IS NULL".
Tokens equal_tokens(Tokens left, Tokens right, bool negated);

struct ExpressionTag {};
template <typename T>
inline constexpr bool is_expression = std::is_base_of_v<ExpressionTag, std::remove_cvref_t<T>>;
template <typename T>
concept AnyExpression = is_expression<T>;

template <typename V>
inline constexpr bool is_text = std::is_same_v<V, std::string>;
template <typename V>
inline constexpr bool is_integer = std::is_integral_v<V> && !std::is_same_v<V, bool>;
template <typename V>
inline constexpr bool is_number =
    is_integer<V> || std::is_floating_point_v<V> || std::is_same_v<V, Numeric>;

/// The C++ value that another operand of type T is bound as next to a column of type V.
template <typename T>
struct operand_of {
  using plain = without_optional<std::remove_cvref_t<T>>;
  using type = std::conditional_t<std::is_convertible_v<plain, std::string_view> &&
                                      !std::is_null_pointer_v<plain>,
                                  std::string, plain>;
};
template <typename T>
requires AnyExpression<T>
struct operand_of<T> {
  using type = typename std::remove_cvref_t<T>::value;
};
template <typename T>
using operand = typename operand_of<T>::type;

template <typename A, typename B>
inline constexpr bool comparable = std::is_same_v<A, B> || (is_integer<A> && is_integer<B>) ||
                                   (is_number<A> && is_number<B> && !is_integer<A> &&
                                    !is_integer<B>) ||
                                   (std::is_floating_point_v<A> && is_integer<B>) ||
                                   (is_integer<A> && std::is_floating_point_v<B>);

template <typename T>
inline constexpr bool is_null_word = std::is_same_v<std::remove_cvref_t<T>, std::nullopt_t>;

/// A plain value next to an integer column must be an integer, so that id == 3.7 is refused; two
/// columns of different number types may meet.
template <typename L, typename R>
inline constexpr bool operands_fit = [] {
  if constexpr (is_null_word<L> || is_null_word<R>) {
    return true;
  } else if constexpr (std::is_null_pointer_v<std::remove_cvref_t<L>> ||
                       std::is_null_pointer_v<std::remove_cvref_t<R>>) {
    return false;
  } else {
    using A = operand<L>;
    using B = operand<R>;
    if constexpr (is_expression<L> && is_expression<R>)
      return comparable<A, B>;
    else if constexpr (is_integer<A> || is_integer<B>)
      return comparable<A, B> &&
             (is_expression<L> ? !std::is_floating_point_v<B> || !is_integer<A>
                               : !std::is_floating_point_v<A> || !is_integer<B>);
    else
      return comparable<A, B>;
  }
}();

/// A plain integer as the 64-bit value that is bound.
template <typename T>
Datum plain_datum(const T& value) {
  using P = std::remove_cvref_t<T>;
  if constexpr (is_null_word<P>) {
    return Datum();
  } else if constexpr (is_optional<P>::value) {
    return value ? plain_datum(*value) : Datum();
  } else if constexpr (std::is_convertible_v<P, std::string_view> && !is_text<P>) {
    return to_datum(std::string(std::string_view(value)));
  } else if constexpr (is_integer<P> && sizeof(P) <= 8 && std::is_signed_v<P>) {
    Datum datum;
    datum.kind = ValueKind::kInteger;
    datum.integer = value;
    return datum;
  } else if constexpr (is_integer<P>) {
    return to_datum(static_cast<std::uint64_t>(value));
  } else if constexpr (std::is_floating_point_v<P>) {
    return to_datum(static_cast<double>(value));
  } else {
    return to_datum(value);
  }
}

template <typename T>
Tokens tokens_of(const T& operand) {
  if constexpr (is_expression<T>) {
    return operand.tokens();
  } else {
    return bind_tokens(plain_datum(operand));
  }
}

/// One entry of ORDER BY.
struct Order {
  Tokens tokens;
  Order nulls_first() const;
  Order nulls_last() const;
};
Order order_by_tokens(const Tokens& tokens, bool descending);

}  // namespace detail

/// A condition; a bool column or expression is one too.
class Pred : public detail::ExpressionTag {
 public:
  using value = bool;
  using result = bool;
  explicit Pred(detail::Tokens tokens) : tokens_(std::move(tokens)) {}
  template <detail::AnyExpression E>
  requires(std::is_same_v<typename E::value, bool> && !std::is_same_v<E, Pred>)
      Pred(const E& expression)
      : tokens_(expression.tokens()) {}  // NOLINT: filter(col<&User::active>)
  const detail::Tokens& tokens() const { return tokens_; }

 private:
  detail::Tokens tokens_;
};

class JsonPart;
template <typename V>
class Expr;

namespace detail {
template <typename V>
inline constexpr bool is_array = array_traits<V>::value;
template <typename V>
using element_of = without_optional<typename array_traits<V>::element>;
/// Json, and what is stored as it.
template <typename V>
inline constexpr bool is_json = [] {
  if constexpr (HasCodec<V>) {
    return std::is_same_v<typename codec<V>::stored, Json>;
  } else {
    return std::is_same_v<V, Json>;
  }
}();

inline Pred make_pred(Tokens tokens) { return Pred(std::move(tokens)); }

/// What every expression of a value type can do; Self is Col or Expr.
template <typename Self, typename R>
class Operations : public ExpressionTag {
 public:
  using value = without_optional<R>;  ///< What it compares as.
  using result = R;                   ///< What a select gives.

  Order asc() const { return order_by_tokens(self().tokens(), false); }
  Order desc() const { return order_by_tokens(self().tokens(), true); }
  Pred is_null() const { return make_pred(unary_tokens("", self().tokens(), " IS NULL")); }
  Pred is_not_null() const { return make_pred(unary_tokens("", self().tokens(), " IS NOT NULL")); }

  /// Compares NULLs too: two of them are not distinct.
  template <typename T>
  Pred is_distinct_from(const T& other) const {
    static_assert(operands_fit<Self, T>, "is_distinct_from: the types do not compare");
    return make_pred(distinct_from_tokens(self().tokens(), tokens_of(other), false));
  }
  template <typename T>
  Pred is_not_distinct_from(const T& other) const {
    static_assert(operands_fit<Self, T>, "is_not_distinct_from: the types do not compare");
    return make_pred(distinct_from_tokens(self().tokens(), tokens_of(other), true));
  }

  /// A list or range of values; an empty one matches nothing.
  template <typename List>
  Pred in(const List& list) const {
    if constexpr (requires { list.subquery_tokens(); }) {
      return make_pred(binary_tokens(" IN ", self().tokens(), list.subquery_tokens()));
    } else {
      return make_pred(in_tokens(self().tokens(), values_of(list), false));
    }
  }
  template <typename T>
  Pred in(std::initializer_list<T> list) const {
    return make_pred(in_tokens(self().tokens(), values_of(list), false));
  }
  template <typename List>
  Pred not_in(const List& list) const {
    if constexpr (requires { list.subquery_tokens(); }) {
      return make_pred(binary_tokens(" NOT IN ", self().tokens(), list.subquery_tokens()));
    } else {
      return make_pred(in_tokens(self().tokens(), values_of(list), true));
    }
  }
  template <typename T>
  Pred not_in(std::initializer_list<T> list) const {
    return make_pred(in_tokens(self().tokens(), values_of(list), true));
  }
  template <typename L, typename H>
  Pred between(const L& low, const H& high) const {
    static_assert(operands_fit<Self, L> && operands_fit<Self, H>,
                  "between: the types do not compare");
    return make_pred(between_tokens(self().tokens(), tokens_of(low), tokens_of(high)));
  }

  /// LIKE with % and _ as they stand. On SQLite LIKE ignores the case of ASCII letters, on
  /// PostgreSQL it does not; ilike ignores case on both.
  template <typename T>
  Pred like(const T& pattern) const {
    static_assert(is_text<value>, "like: only text matches a pattern");
    return make_pred(pattern_tokens(self().tokens(), tokens_of(pattern), false));
  }
  template <typename T>
  Pred ilike(const T& pattern) const {
    static_assert(is_text<value>, "ilike: only text matches a pattern");
    return make_pred(pattern_tokens(self().tokens(), tokens_of(pattern), true));
  }
  /// Of an array (PostgreSQL): whether the value is among its elements, whether all or any of these
  /// are: col<&Post::tags>.has_value("new"), .has_all({"new", "hot"}).
  template <typename T>
  Pred has_value(const T& element) const {
    static_assert(is_array<value>, "has_value: only an array has elements");
    static_assert(!is_array<value> || operands_fit<ElementOf, T>,
                  "has_value: the value does not compare with the elements");
    return make_pred(binary_tokens(" = ANY ", tokens_of(element), self().tokens()));
  }
  Pred has_all(const std::vector<element_of<value>>& elements) const {
    return has(" @> ", elements);
  }
  Pred has_any(const std::vector<element_of<value>>& elements) const {
    return has(" && ", elements);
  }

  /// A part of a JSON value, by key or by place from 0: col<&Post::meta>["tags"][0].
  template <typename Part = JsonPart>
  Part operator[](std::string_view key) const {
    return json_part<Part>(json_step(key));
  }
  template <typename Part = JsonPart>
  Part operator[](std::int64_t place) const {
    return json_part<Part>(json_step(place));
  }

  /// These take the text as it stands: its % and _ are escaped.
  Pred startswith(std::string_view text) const { return search("", text, "%"); }
  Pred endswith(std::string_view text) const { return search("%", text, ""); }
  Pred contains(std::string_view text) const { return search("%", text, "%"); }

 private:
  using ElementOf = Expr<element_of<value>>;
  Pred has(std::string_view op, const std::vector<element_of<value>>& elements) const {
    static_assert(is_array<value>, "has_all, has_any: only an array has elements");
    return make_pred(binary_tokens(op, self().tokens(), tokens_of(elements)));
  }
  const Self& self() const { return static_cast<const Self&>(*this); }
  Pred search(std::string_view before, std::string_view text, std::string_view after) const {
    static_assert(is_text<value>, "startswith, endswith, contains: only text has a beginning");
    return make_pred(like_tokens(self().tokens(), before, text, after));
  }
  template <typename Part>
  Part json_part(std::string step) const {
    static_assert(is_json<value>, "[]: only a Json column has parts");
    return Part(self().tokens(), {std::move(step)});
  }
  template <typename List>
  static std::vector<Datum> values_of(const List& list) {
    std::vector<Datum> values;
    for (const auto& item : list) {
      static_assert(operands_fit<Self, decltype(item)>, "in: the values do not compare with this");
      values.push_back(plain_datum(item));
    }
    return values;
  }
};

}  // namespace detail

/// An expression with the value type V; std::optional where it may be NULL.
template <typename V>
class Expr : public detail::Operations<Expr<V>, V> {
 public:
  explicit Expr(detail::Tokens tokens) : tokens_(std::move(tokens)) {}
  const detail::Tokens& tokens() const { return tokens_; }

 private:
  detail::Tokens tokens_;
};

/// A part of a JSON value; NULL where there is none. It compares and reads as text, a number
/// through as<std::int64_t>(): col<&Post::meta>["stars"].as<std::int64_t>() > 3.
class JsonPart : public detail::Operations<JsonPart, std::optional<std::string>> {
 public:
  JsonPart(detail::Tokens json, std::vector<std::string> steps)
      : json_(std::move(json)), steps_(std::move(steps)) {}

  JsonPart operator[](std::string_view key) const { return step(detail::json_step(key)); }
  JsonPart operator[](std::int64_t place) const { return step(detail::json_step(place)); }
  /// The part as std::int64_t, double, bool, std::string or Json.
  template <typename V>
  Expr<std::optional<V>> as() const {
    constexpr char kKind = std::is_same_v<V, std::int64_t>  ? 'i'
                           : std::is_same_v<V, double>      ? 'd'
                           : std::is_same_v<V, bool>        ? 'b'
                           : std::is_same_v<V, std::string> ? 't'
                           : std::is_same_v<V, Json>        ? 'j'
                                                            : ' ';
    static_assert(kKind != ' ', "as: std::int64_t, double, bool, std::string or Json");
    return Expr<std::optional<V>>(detail::json_tokens(json_, steps_, kKind));
  }
  detail::Tokens tokens() const { return detail::json_tokens(json_, steps_, 't'); }

 private:
  JsonPart step(std::string step) const {
    JsonPart part = *this;
    part.steps_.push_back(std::move(step));
    return part;
  }

  detail::Tokens json_;
  std::vector<std::string> steps_;
};

/// A column: col<&User::id>, col<&Doc::audit, &Audit::created>.
template <typename V>
class Col : public detail::Operations<Col<V>, V> {
 public:
  constexpr explicit Col(const detail::MemberRef& member, std::uint32_t alias = 0)
      : member_(&member), alias_(alias) {}
  detail::Tokens tokens() const { return detail::column_tokens(*member_, alias_); }
  const detail::MemberRef& member() const { return *member_; }
  std::uint32_t alias() const { return alias_; }

 private:
  const detail::MemberRef* member_;
  std::uint32_t alias_;
};

template <auto... Ms>
static constexpr Col<typename detail::Path<Ms...>::Value> col{detail::column_ref<Ms...>};

/// A second use of a model's table in one query: `const auto boss = alias<User>("boss");`, then
/// boss.col<&User::name>, join(boss, …). The name tells aliases apart.
template <typename T>
class Alias {
 public:
  explicit constexpr Alias(std::uint32_t id) : id_(id) {}
  template <auto... Ms>
  Col<typename detail::Path<Ms...>::Value> col() const {
    static_assert(std::is_same_v<typename detail::Path<Ms...>::Owner, T>,
                  "this is no member of the alias's model");
    return Col<typename detail::Path<Ms...>::Value>(detail::column_ref<Ms...>, id_);
  }
  std::uint32_t id() const { return id_; }

 private:
  std::uint32_t id_;
};
namespace detail {
constexpr std::uint32_t alias_id(std::string_view name) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 16777619U;
  return hash | 1U;
}
}  // namespace detail
template <typename T>
constexpr Alias<T> alias(std::string_view name = "alias") {
  return Alias<T>(detail::alias_id(name));
}

// Conditions that are always or never true: where one is built piece by piece.
Pred always();
Pred never();

// The operators: one template each, so that the first line of an error says what does not fit.
#define ORMDB_OPERANDS(L, R) requires detail::AnyExpression<L> || detail::AnyExpression<R>
#define ORMDB_FIT(L, R)                                                                         \
  static_assert(detail::operands_fit<L, R>,                                                     \
                "these types do not compare: an integer with an integer, text with text, bool " \
                "with bool, an optional with its value or std::nullopt")

template <typename L, typename R>
ORMDB_OPERANDS(L, R)
Pred operator==(const L& left, const R& right) {
  ORMDB_FIT(L, R);
  return detail::make_pred(
      detail::equal_tokens(detail::tokens_of(left), detail::tokens_of(right), false));
}
template <typename L, typename R>
ORMDB_OPERANDS(L, R)
Pred operator!=(const L& left, const R& right) {
  ORMDB_FIT(L, R);
  return detail::make_pred(
      detail::equal_tokens(detail::tokens_of(left), detail::tokens_of(right), true));
}

#define ORMDB_COMPARISON(OP, SQL)                                                       \
  template <typename L, typename R>                                                     \
  ORMDB_OPERANDS(L, R)                                                                  \
  Pred operator OP(const L& left, const R& right) {                                     \
    ORMDB_FIT(L, R);                                                                    \
    return detail::make_pred(                                                           \
        detail::binary_tokens(SQL, detail::tokens_of(left), detail::tokens_of(right))); \
  }
ORMDB_COMPARISON(<, " < ")
ORMDB_COMPARISON(<=, " <= ")
ORMDB_COMPARISON(>, " > ")
ORMDB_COMPARISON(>=, " >= ")
#undef ORMDB_COMPARISON

#define ORMDB_ARITHMETIC(OP, SQL)                                                                  \
  template <typename L, typename R>                                                                \
  ORMDB_OPERANDS(L, R)                                                                             \
  auto operator OP(const L& left, const R& right) {                                                \
    using A = detail::operand<L>;                                                                  \
    using B = detail::operand<R>;                                                                  \
    static_assert(detail::is_number<A> && detail::is_number<B>,                                    \
                  "arithmetic needs numbers; texts are joined with concat()");                     \
    using V = std::conditional_t<detail::is_integer<A>, B, A>;                                     \
    return Expr<V>(detail::binary_tokens(SQL, detail::tokens_of(left), detail::tokens_of(right))); \
  }
ORMDB_ARITHMETIC(+, " + ")
ORMDB_ARITHMETIC(-, " - ")
ORMDB_ARITHMETIC(*, " * ")
ORMDB_ARITHMETIC(/, " / ")
ORMDB_ARITHMETIC(%, " % ")
#undef ORMDB_ARITHMETIC

#define ORMDB_LOGIC(OP, SQL)                                                                  \
  template <typename L, typename R>                                                           \
  ORMDB_OPERANDS(L, R)                                                                        \
  Pred operator OP(const L& left, const R& right) {                                           \
    static_assert(                                                                            \
        std::is_same_v<detail::operand<L>, bool> && std::is_same_v<detail::operand<R>, bool>, \
        "&& and || join conditions");                                                         \
    return detail::make_pred(                                                                 \
        detail::binary_tokens(SQL, detail::tokens_of(left), detail::tokens_of(right)));       \
  }
ORMDB_LOGIC(&&, " AND ")
ORMDB_LOGIC(||, " OR ")
#undef ORMDB_LOGIC
#undef ORMDB_FIT
#undef ORMDB_OPERANDS

template <detail::AnyExpression E>
Pred operator!(const E& condition) {
  static_assert(std::is_same_v<typename E::value, bool>, "! negates a condition");
  return detail::make_pred(detail::unary_tokens("NOT ", condition.tokens(), ""));
}

// Functions. Aggregates of nothing are NULL, so they give optionals; count gives 0.
Expr<std::int64_t> count();  ///< count(*)
template <detail::AnyExpression E>
Expr<std::int64_t> count(const E& of) {
  return Expr<std::int64_t>(detail::call_tokens("count", {of.tokens()}));
}
template <detail::AnyExpression E>
Expr<std::int64_t> count_distinct(const E& of) {
  return Expr<std::int64_t>(detail::call_tokens("count", {of.tokens()}, true));
}
template <detail::AnyExpression E>
auto sum(const E& of) {
  using V = typename E::value;
  static_assert(detail::is_number<V>, "sum: only numbers add up");
  using Sum = std::conditional_t<detail::is_integer<V>, std::int64_t, V>;
  return Expr<std::optional<Sum>>(detail::call_tokens("sum", {of.tokens()}));
}
template <detail::AnyExpression E>
Expr<std::optional<double>> avg(const E& of) {
  static_assert(detail::is_number<typename E::value>, "avg: only numbers have a mean");
  return Expr<std::optional<double>>(detail::call_tokens("avg", {of.tokens()}));
}
template <detail::AnyExpression E>
auto min(const E& of) {
  return Expr<std::optional<typename E::value>>(detail::call_tokens("min", {of.tokens()}));
}
template <detail::AnyExpression E>
auto max(const E& of) {
  return Expr<std::optional<typename E::value>>(detail::call_tokens("max", {of.tokens()}));
}
template <detail::AnyExpression E>
Expr<typename E::result> lower(const E& text) {
  static_assert(detail::is_text<typename E::value>, "lower: only text has a case");
  return Expr<typename E::result>(detail::call_tokens("lower", {text.tokens()}));
}
template <detail::AnyExpression E>
Expr<typename E::result> upper(const E& text) {
  static_assert(detail::is_text<typename E::value>, "upper: only text has a case");
  return Expr<typename E::result>(detail::call_tokens("upper", {text.tokens()}));
}
template <detail::AnyExpression E>
Expr<typename E::result> abs(const E& of) {
  return Expr<typename E::result>(detail::call_tokens("abs", {of.tokens()}));
}
template <detail::AnyExpression E>
Expr<std::int64_t> length(const E& text) {
  return Expr<std::int64_t>(detail::call_tokens("length", {text.tokens()}));
}
/// The number of an array's elements.
template <detail::AnyExpression E>
Expr<std::int64_t> array_length(const E& array) {
  static_assert(detail::is_array<typename E::value>, "array_length: only an array has elements");
  return Expr<std::int64_t>(detail::call_tokens("cardinality", {array.tokens()}));
}
template <detail::AnyExpression E, typename T>
auto coalesce(const E& first, const T& otherwise) {
  static_assert(detail::operands_fit<E, T>, "coalesce: both must be of one type");
  return Expr<typename E::value>(
      detail::call_tokens("coalesce", {first.tokens(), detail::tokens_of(otherwise)}));
}
template <typename L, typename R>
Expr<std::string> concat(const L& left, const R& right) {
  static_assert(detail::is_text<detail::operand<L>> && detail::is_text<detail::operand<R>>,
                "concat: only texts are joined");
  return Expr<std::string>(
      detail::binary_tokens(" || ", detail::tokens_of(left), detail::tokens_of(right)));
}
template <typename A, typename B>
auto case_when(const Pred& condition, const A& then, const B& otherwise) {
  static_assert(detail::comparable<detail::operand<A>, detail::operand<B>>,
                "case_when: both values must be of one type");
  return Expr<detail::operand<A>>(detail::case_tokens(condition.tokens(), detail::tokens_of(then),
                                                      detail::tokens_of(otherwise)));
}
/// The same expression, read into a std::optional: columns of an outer join.
template <detail::AnyExpression E>
auto nullable(const E& expression) {
  return Expr<std::optional<typename E::value>>(expression.tokens());
}
/// SQL of your own with the value type T; each ? takes one of the values, outside of strings and
/// comments. PostgreSQL's operators with a ? are written with two: sql<bool>("meta ?? 'tags'").
template <typename T, typename... Vs>
Expr<T> sql(std::string_view text, const Vs&... values) {
  return Expr<T>(detail::raw_tokens(text, {detail::plain_datum(values)...}));
}

// Window functions: over(row_number(), {col<&Post::user_id>}, {col<&Post::id>.desc()}).
Expr<std::int64_t> row_number();
Expr<std::int64_t> rank();
Expr<std::int64_t> dense_rank();
namespace detail {
/// Any expression or order, without its type.
struct Untyped {
  template <AnyExpression E>
  Untyped(const E& expression) : tokens(expression.tokens()) {}  // NOLINT
  Untyped(const Order& order) : tokens(order.tokens) {}          // NOLINT
  Tokens tokens;
};
std::vector<Tokens> all_tokens(std::initializer_list<Untyped> list);
}  // namespace detail
template <typename V>
Expr<V> over(const Expr<V>& function, std::initializer_list<detail::Untyped> partition_by,
             std::initializer_list<detail::Untyped> order_by = {}) {
  return Expr<V>(detail::over_tokens(function.tokens(), detail::all_tokens(partition_by),
                                     detail::all_tokens(order_by)));
}

/// Conditions over a relationship: any for a Many, has for a One; both are EXISTS.
template <auto Handle, typename Owner = detail::member_owner<Handle>>
Pred any(const Pred& condition = always()) {
  static_assert(detail::handle_traits<detail::member_value<Handle>>::many,
                "any: this is no Many<T>; a One<T> takes has()");
  return detail::make_pred(
      detail::related_tokens(detail::handle_ref<Handle>, 0, condition.tokens(), false));
}
template <auto Handle, typename Owner = detail::member_owner<Handle>>
Pred has(const Pred& condition = always()) {
  static_assert(!detail::handle_traits<detail::member_value<Handle>>::many,
                "has: this is no One<T>; a Many<T> takes any()");
  return detail::make_pred(
      detail::related_tokens(detail::handle_ref<Handle>, 0, condition.tokens(), false));
}

}  // namespace ormdb
