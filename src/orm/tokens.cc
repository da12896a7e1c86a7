#include "orm/tokens.h"

#include "ormdb/error.h"

namespace ormdb {

namespace detail {

namespace {

void put_short(std::string& shape, std::string_view text) {
  put_raw(shape, static_cast<std::uint8_t>(text.size()));
  shape += text;
}

void put_count(std::string& shape, std::size_t count) {
  put_raw(shape, static_cast<std::uint32_t>(count));
}

void note_column(Tokens& to, const Tokens& from) {
  if (to.column != nullptr) return;
  to.column = from.column;
  to.alias = from.alias;
}

void append(Tokens& to, const Tokens& from) {
  note_column(to, from);
  to.shape += from.shape;
  to.binds.insert(to.binds.end(), from.binds.begin(), from.binds.end());
}

Tokens starting(std::string shape) {
  Tokens tokens;
  tokens.shape = std::move(shape);
  return tokens;
}

bool is_null(const Tokens& tokens) { return tokens.shape == "N"; }

}  // namespace

Tokens column_tokens(const MemberRef& column, std::uint32_t alias) {
  Tokens tokens = starting("C");
  put_raw(tokens.shape, &column);
  put_raw(tokens.shape, alias);
  tokens.column = &column;
  tokens.alias = alias;
  return tokens;
}

Tokens mapped_tokens(TypeKey model, std::uint16_t column, std::uint32_t alias) {
  Tokens tokens = starting("M");
  put_raw(tokens.shape, model);
  put_raw(tokens.shape, alias);
  put_raw(tokens.shape, column);
  return tokens;
}

Tokens association_tokens(TypeKey owner, std::size_t relation, Datum key) {
  Tokens tokens = starting("X");
  put_raw(tokens.shape, owner);
  put_count(tokens.shape, relation);
  tokens.binds.push_back(std::move(key));
  return tokens;
}

Tokens bind_tokens(Datum value) {
  if (value.is_null()) return starting("N");
  Tokens tokens = starting("?");
  tokens.binds.push_back(std::move(value));
  return tokens;
}

Tokens binary_tokens(std::string_view op, Tokens left, Tokens right) {
  Tokens tokens = starting("B");
  put_short(tokens.shape, op);
  note_column(tokens, left);
  note_column(tokens, right);
  tokens.shape += left.shape;
  tokens.shape += right.shape;
  tokens.binds = std::move(left.binds);
  for (Datum& bind : right.binds) tokens.binds.push_back(std::move(bind));
  return tokens;
}

Tokens equal_tokens(Tokens left, Tokens right, bool negated) {
  if (is_null(left)) std::swap(left, right);
  if (is_null(right))
    return unary_tokens("", std::move(left), negated ? " IS NOT NULL" : " IS NULL");
  return binary_tokens(negated ? " <> " : " = ", std::move(left), std::move(right));
}

Tokens unary_tokens(std::string_view prefix, Tokens operand, std::string_view suffix) {
  Tokens tokens = starting("U");
  put_short(tokens.shape, prefix);
  put_short(tokens.shape, suffix);
  note_column(tokens, operand);
  tokens.shape += operand.shape;
  tokens.binds = std::move(operand.binds);
  return tokens;
}

Tokens call_tokens(std::string_view function, std::vector<Tokens> arguments, bool distinct) {
  Tokens tokens = starting("A");
  put_short(tokens.shape, function);
  tokens.shape += distinct ? '\1' : '\0';
  put_raw(tokens.shape, static_cast<std::uint8_t>(arguments.size()));
  for (const Tokens& argument : arguments) append(tokens, argument);
  return tokens;
}

Tokens in_tokens(Tokens left, std::vector<Datum> values, bool negated) {
  if (values.empty()) return starting(negated ? "T" : "F");
  Tokens tokens = starting("I");
  tokens.shape += negated ? '\1' : '\0';
  // Powers of two, so that lists of all lengths share few statements.
  std::size_t count = 1;
  while (count < values.size()) count *= 2;
  values.resize(count, Datum(values.back()));
  put_count(tokens.shape, count);
  append(tokens, left);
  for (Datum& value : values) tokens.binds.push_back(std::move(value));
  return tokens;
}

Tokens between_tokens(Tokens value, Tokens low, Tokens high) {
  Tokens tokens = starting("V");
  append(tokens, value);
  append(tokens, low);
  append(tokens, high);
  return tokens;
}

Tokens pattern_tokens(Tokens text, Tokens pattern, bool ignore_case) {
  Tokens tokens = starting("P");
  tokens.shape += ignore_case ? '\1' : '\0';
  append(tokens, text);
  append(tokens, pattern);
  return tokens;
}

Tokens like_tokens(Tokens text, std::string_view before, std::string_view plain,
                   std::string_view after) {
  Datum pattern;
  pattern.kind = ValueKind::kText;
  pattern.text = before;
  for (const char c : plain) {
    if (c == '%' || c == '_' || c == '\\') pattern.text += '\\';
    pattern.text += c;
  }
  pattern.text += after;
  return binary_tokens(" LIKE ", std::move(text), bind_tokens(std::move(pattern)));
}

Tokens distinct_from_tokens(Tokens left, Tokens right, bool negated) {
  Tokens tokens = starting("D");
  tokens.shape += negated ? '\1' : '\0';
  append(tokens, left);
  append(tokens, right);
  return tokens;
}

Tokens over_tokens(Tokens function, const std::vector<Tokens>& partition,
                   const std::vector<Tokens>& order) {
  Tokens tokens = starting("W");
  put_raw(tokens.shape, static_cast<std::uint8_t>(partition.size()));
  put_raw(tokens.shape, static_cast<std::uint8_t>(order.size()));
  append(tokens, function);
  for (const Tokens& part : partition) append(tokens, part);
  for (const Tokens& part : order) append(tokens, part);
  return tokens;
}

Tokens raw_tokens(std::string_view sql, std::vector<Datum> binds) {
  Tokens tokens = starting("R");
  put_count(tokens.shape, sql.size());
  tokens.shape += sql;
  tokens.binds = std::move(binds);
  return tokens;
}

Tokens related_tokens(const MemberRef& handle, std::uint32_t alias, Tokens condition,
                      bool negated) {
  Tokens tokens = starting("E");
  tokens.shape += negated ? '\1' : '\0';
  put_raw(tokens.shape, &handle);
  put_raw(tokens.shape, alias);
  append(tokens, condition);
  return tokens;
}

Tokens cte_column_tokens(std::uint32_t cte, std::size_t column) {
  Tokens tokens = starting("Y");
  put_raw(tokens.shape, cte);
  put_raw(tokens.shape, static_cast<std::uint16_t>(column));
  return tokens;
}

Tokens json_tokens(Tokens json, const std::vector<std::string>& steps, char kind) {
  Tokens tokens = starting("J");
  tokens.shape += kind;
  put_raw(tokens.shape, static_cast<std::uint8_t>(steps.size()));
  for (const std::string& step : steps) put_short(tokens.shape, step);
  append(tokens, json);
  return tokens;
}

std::string json_step(std::string_view key) {
  // SQLite's paths have no escape for a quote.
  constexpr std::size_t kLongest = 250;
  if (key.size() > kLongest || key.find('"') != std::string_view::npos) {
    throw Error(ErrorKind::kUsage, "a key of a JSON path has a quote or more than 250 bytes");
  }
  return "." + std::string(key);
}

std::string json_step(std::int64_t place) {
  if (place < 0) throw Error(ErrorKind::kUsage, "places in a JSON array count from 0");
  return "[" + std::to_string(place) + "]";
}

Tokens case_tokens(Tokens condition, Tokens then, Tokens otherwise) {
  Tokens tokens = starting("K");
  append(tokens, condition);
  append(tokens, then);
  append(tokens, otherwise);
  return tokens;
}

Order order_by_tokens(const Tokens& of, bool descending) {
  Tokens tokens = starting("O");
  tokens.shape += descending ? '\1' : '\0';
  tokens.shape += '\0';
  append(tokens, of);
  return {std::move(tokens)};
}

Order Order::nulls_first() const {
  Order order = *this;
  order.tokens.shape[2] = '\1';
  return order;
}

Order Order::nulls_last() const {
  Order order = *this;
  order.tokens.shape[2] = '\2';
  return order;
}

std::vector<Tokens> all_tokens(std::initializer_list<Untyped> list) {
  std::vector<Tokens> result;
  for (const Untyped& item : list) result.push_back(item.tokens);
  return result;
}

void QueryData::add_filter(const Tokens& condition) {
  where = where.empty() ? condition : binary_tokens(" AND ", std::move(where), condition);
}

void QueryData::find_from() {
  for (const Tokens& tokens : selected) {
    if (from != nullptr || tokens.column == nullptr) continue;
    from = tokens.column->model;
    from_alias = tokens.alias;
  }
}

Tokens QueryData::as_subquery() const {
  if (!loads.empty()) {
    throw Error(ErrorKind::kUsage, "a subquery loads no relationships")
        .hint("give the loading options to the outer query");
  }
  Tokens tokens = starting("S");
  flatten(*this, tokens.shape, tokens.binds);
  return tokens;
}

namespace {

class Flattener {
 public:
  Flattener(std::string& shape, std::vector<Datum>& binds) : shape_(shape), binds_(binds) {}

  void flatten(const QueryData& query) {
    put_raw(shape_, query.from);
    put_raw(shape_, query.from_alias);
    const unsigned flags =
        (query.distinct ? kDistinctFlag : 0U) | (query.for_update ? kForUpdateFlag : 0U) |
        (query.limit >= 0 ? kLimitFlag : 0U) | (query.offset >= 0 ? kOffsetFlag : 0U);
    put_raw(shape_, static_cast<std::uint8_t>(flags));
    put_count(shape_, query.ctes.size());
    for (std::size_t i = 0; i < query.ctes.size(); ++i) {
      put_raw(shape_, query.cte_specs[i].model);
      put_raw(shape_, query.cte_specs[i].alias);
      put_raw(shape_, query.cte_specs[i].columns);
      flatten(query.ctes[i]);
    }
    put_count(shape_, query.joins.size());
    for (const JoinSpec& join : query.joins) add(join);
    list(query.selected);
    for (const JoinSpec& join : query.joins) add(join.on);
    optional(query.where);
    list(query.group);
    optional(query.having);
    put_count(shape_, query.compounds.size());
    for (std::size_t i = 0; i < query.compounds.size(); ++i) {
      put_raw(shape_, query.compound_kinds[i]);
      flatten(query.compounds[i]);
    }
    put_count(shape_, query.order.size());
    for (const Order& order : query.order) add(order.tokens);
    if (query.limit >= 0) number(query.limit);
    if (query.offset >= 0) number(query.offset);
  }

 private:
  void add(const Tokens& tokens) {
    shape_ += tokens.shape;
    binds_.insert(binds_.end(), tokens.binds.begin(), tokens.binds.end());
  }
  void list(const std::vector<Tokens>& items) {
    put_count(shape_, items.size());
    for (const Tokens& item : items) add(item);
  }
  void optional(const Tokens& tokens) {
    shape_ += tokens.empty() ? '\0' : '\1';
    add(tokens);
  }
  void add(const JoinSpec& join) {
    shape_ += join.outer ? '\1' : '\0';
    put_raw(shape_, join.target);
    put_raw(shape_, join.alias);
    put_raw(shape_, join.handle);
    put_raw(shape_, join.from_alias);
    shape_ += join.on.empty() ? '\0' : '\1';
  }
  void number(std::int64_t value) {
    Datum datum;
    datum.kind = ValueKind::kInteger;
    datum.integer = value;
    binds_.push_back(std::move(datum));
  }

  std::string& shape_;
  std::vector<Datum>& binds_;
};

}  // namespace

void flatten(const QueryData& query, std::string& shape, std::vector<Datum>& binds) {
  Flattener(shape, binds).flatten(query);
}

}  // namespace detail

Pred always() { return detail::make_pred(detail::starting("T")); }
Pred never() { return detail::make_pred(detail::starting("F")); }

Expr<std::int64_t> count() { return sql<std::int64_t>("count(*)"); }
Expr<std::int64_t> row_number() { return sql<std::int64_t>("row_number()"); }
Expr<std::int64_t> rank() { return sql<std::int64_t>("rank()"); }
Expr<std::int64_t> dense_rank() { return sql<std::int64_t>("dense_rank()"); }

}  // namespace ormdb
