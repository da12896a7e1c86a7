#include "orm/render.h"

#include "base/sql_scanner.h"
#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb::detail {

namespace {

/// A table of a FROM, under the name by which columns refer to it.
struct Source {
  TypeKey type;
  std::uint32_t alias;
  const Mapper* mapper;
  std::string name;  ///< Quoted.
};

struct Scope {
  std::vector<Source> sources;
  const Scope* outer = nullptr;
};

class Renderer {
 public:
  Renderer(const RenderContext& context, std::string_view shape)
      : models_(context.models), style_(context.style), reader_(shape) {}

  void query(const Scope* outer, const std::vector<EagerJoin>& eager);
  void change(std::string_view verb, const Assignments& set, const std::vector<Tokens>& returning);
  void filter(const Mapper& mapper, int parameters) {
    parameters_ = parameters;
    Scope scope;
    add_source(scope, mapper.type->key, 0);
    sql_ += " AND (";
    expression(scope);
    sql_ += ')';
  }
  std::string take() { return std::move(sql_); }

 private:
  struct Head {
    TypeKey from;
    std::uint32_t alias;
    std::uint8_t flags;
  };
  struct Join {
    bool outer = false;
    bool has_on = false;
    std::size_t target = 0;  ///< In Scope::sources.
    const MemberRef* handle = nullptr;
    std::uint32_t from_alias = 0;
  };

  Head read_head() {
    Head head{};
    head.from = reader_.raw<TypeKey>();
    head.alias = reader_.raw<std::uint32_t>();
    head.flags = reader_.raw<std::uint8_t>();
    return head;
  }
  std::vector<Join> read_joins(Scope& scope);

  void read_ctes();
  const std::string* cte_name(TypeKey type, std::uint32_t alias) const;
  Source add_source(Scope& scope, TypeKey type, std::uint32_t alias);
  const Source& find(const Scope& scope, TypeKey type, std::uint32_t alias,
                     const MemberRef* wanted) const;
  std::string column_of(const Source& source, ColumnIndex column) const;
  void table(const Source& source);
  std::string association_name(const Relation& relation) {
    return style_.quote(relation.association->table + "_" + std::to_string(++names_));
  }

  void join(const Scope& scope, const Join& join);
  void join_by_key(const Scope& scope, std::size_t at);
  void relation_join(std::string_view word, const Relation& relation, const Source& owner,
                     const Source& target);
  void equal_keys(const Source& child, const std::vector<ColumnIndex>& child_columns,
                  const Source& parent, const std::vector<ColumnIndex>& parent_columns);
  void relation_on(const Relation& relation, const Source& owner, const Source& target);
  void association_on(const Relation& relation, const Source& owner, const std::string& name);
  void association_target_on(const Relation& relation, const Source& target,
                             const std::string& name);
  void eager_joins(const Source& from, const std::vector<EagerJoin>& eager);
  void eager_order(const std::vector<EagerJoin>& eager, bool ordered);

  void select_list(const Scope& scope);
  void condition(const Scope& scope, std::string_view keyword);
  bool list(const Scope& scope, std::string_view keyword);
  void tail(const Scope& scope, const Head& head, const std::vector<EagerJoin>& eager);
  void set_list(const Scope& scope, const Mapper& mapper, const Assignments& set);

  void expression(const Scope& scope);
  void parts(const Scope& scope, std::initializer_list<std::string_view> texts);
  void column(const Scope& scope);
  void column_name(const Source& source, ColumnIndex column);
  void unary(const Scope& scope);
  void binary(const Scope& scope);
  void call(const Scope& scope);
  void in_list(const Scope& scope);
  void window(const Scope& scope);
  void related(const Scope& scope);
  void pattern(const Scope& scope);
  void associated(const Scope& scope);
  void order(const Scope& scope);
  void json(const Scope& scope);
  void raw(std::string_view text);
  void placeholder() {
    sql_ += style_.numbered_placeholders ? "$" + std::to_string(++parameters_) : "?";
  }

  const Metadata::Impl& models_;
  const SqlStyle& style_;
  ShapeReader reader_;
  std::string sql_;
  std::vector<Source> ctes_;
  const Mapper* first_ = nullptr;  ///< Of whatever is in some FROM.
  int names_ = 0;
  int parameters_ = 0;
  bool is_compound_ = false;
  std::vector<Source> eager_sources_;
};

std::string quote_text(const std::string& text) { return "'" + replace_all(text, "'", "''") + "'"; }

bool is_name_used(const Scope& scope, const std::string& name) {
  for (const Scope* at = &scope; at != nullptr; at = at->outer) {
    for (const Source& source : at->sources) {
      if (source.name == name) return true;
    }
  }
  return false;
}

const std::string* Renderer::cte_name(TypeKey type, std::uint32_t alias) const {
  for (const Source& cte : ctes_) {
    if (cte.type == type && cte.alias == alias) return &cte.name;
  }
  return nullptr;
}

/// WITH in front of a query. RECURSIVE allows what needs it and does nothing else.
void Renderer::read_ctes() {
  const auto size = reader_.raw<std::uint32_t>();
  for (std::uint32_t i = 0; i < size; ++i) {
    const TypeKey model = reader_.raw<TypeKey>();
    const auto alias = reader_.raw<std::uint32_t>();
    const auto columns = reader_.raw<std::uint16_t>();
    const std::string name = style_.quote("cte_" + std::to_string(++names_));
    ctes_.push_back({model, alias, nullptr, name});
    sql_ += (i == 0 ? "WITH RECURSIVE " : ", ") + name;
    for (std::uint16_t c = 0; c < columns; ++c) {
      sql_ += (c == 0 ? " (" : ", ") + style_.quote("c" + std::to_string(c));
    }
    sql_ += columns > 0 ? ") AS (" : " AS (";
    query(nullptr, {});
    sql_ += ')';
  }
  if (size > 0) sql_ += ' ';
}

Source Renderer::add_source(Scope& scope, TypeKey type, std::uint32_t alias) {
  if (type == nullptr) {
    const std::string* cte = cte_name(nullptr, alias);
    if (cte == nullptr) {
      throw Error(ErrorKind::kUsage,
                  "a query joins a common table expression that it does not name")
          .hint("say .with(…) too");
    }
    scope.sources.push_back({nullptr, alias, nullptr, *cte});
    return scope.sources.back();
  }
  const Mapper& mapper = models_.mapper(type);
  if (first_ == nullptr) first_ = &mapper;
  if (mapper.bind != first_->bind) {
    throw Error(ErrorKind::kUsage, "a query names " + first_->model + " and " + mapper.model +
                                       ", which are in two databases, " + first_->bind + " and " +
                                       mapper.bind)
        .hint("ask both, one after the other");
  }
  std::string name = style_.quote(mapper.table);
  while (alias != 0 || is_name_used(scope, name)) {
    name = style_.quote(mapper.table + "_" + std::to_string(++names_));
    if (!is_name_used(scope, name)) break;
  }
  scope.sources.push_back({type, alias, &mapper, std::move(name)});
  return scope.sources.back();
}

void Renderer::table(const Source& source) {
  const std::string* cte = cte_name(source.type, source.alias);
  const std::string full = cte != nullptr ? *cte : source.mapper->qualified(style_);
  sql_ += full;
  if (full != source.name) sql_ += " AS " + source.name;
}

const Source& Renderer::find(const Scope& scope, TypeKey type, std::uint32_t alias,
                             const MemberRef* wanted) const {
  for (const Scope* at = &scope; at != nullptr; at = at->outer) {
    for (const Source& source : at->sources) {
      if (source.type == type && source.alias == alias) return source;
    }
  }
  if (type == nullptr) {
    throw Error(ErrorKind::kUsage,
                "a column of a common table expression is used, which is not in "
                "FROM of the query")
        .hint("join it: .with(x).join(x, condition)");
  }
  const Mapper& mapper = models_.mapper(type);
  const std::string column = wanted == nullptr ? "" : "." + std::string(wanted->name());
  throw Error(ErrorKind::kUsage, (wanted == nullptr ? "the model " : "the column ") + mapper.table +
                                     column + " is used, but " + mapper.model +
                                     (alias == 0 ? "" : " under that alias") +
                                     " is not in FROM of the query")
      .hint("join<" + mapper.model + ">() it, or select from it");
}

std::string Renderer::column_of(const Source& source, ColumnIndex column) const {
  return source.name + "." + style_.quote(source.mapper->columns[column].name);
}

void Renderer::equal_keys(const Source& child, const std::vector<ColumnIndex>& child_columns,
                          const Source& parent, const std::vector<ColumnIndex>& parent_columns) {
  for (std::size_t i = 0; i < child_columns.size(); ++i) {
    if (i > 0) sql_ += " AND ";
    sql_ += column_of(child, child_columns[i]) + " = " + column_of(parent, parent_columns[i]);
  }
}

/// Owner and target are in FROM; an association's table is joined already.
void Renderer::relation_on(const Relation& relation, const Source& owner, const Source& target) {
  const KeyMap& key = *relation.key;
  if (relation.kind == RelationKind::kParent) {
    equal_keys(owner, key.child_columns, target, key.parent_columns);
  } else {
    equal_keys(target, key.child_columns, owner, key.parent_columns);
  }
}

void Renderer::association_on(const Relation& relation, const Source& owner,
                              const std::string& name) {
  const Association& association = *relation.association;
  sql_ += name + "." + style_.quote(association.column[relation.side]) + " = " +
          column_of(owner, owner.mapper->key.front());
}

void Renderer::association_target_on(const Relation& relation, const Source& target,
                                     const std::string& name) {
  const Association& association = *relation.association;
  sql_ += column_of(target, target.mapper->key.front()) + " = " + name + "." +
          style_.quote(association.column[1 - relation.side]);
}

/// What stands of the joins in front of a shape; their tables are in the scope from then on.
std::vector<Renderer::Join> Renderer::read_joins(Scope& scope) {
  std::vector<Join> joins(reader_.raw<std::uint32_t>());
  for (Join& join : joins) {
    join.outer = reader_.next() != 0;
    const TypeKey target = reader_.raw<TypeKey>();
    const auto alias = reader_.raw<std::uint32_t>();
    join.handle = reader_.raw<const MemberRef*>();
    join.from_alias = reader_.raw<std::uint32_t>();
    join.has_on = reader_.next() != 0;
    join.target = scope.sources.size();
    add_source(scope, target, alias);
  }
  return joins;
}

void Renderer::join(const Scope& scope, const Join& join) {
  const char* word = join.outer ? " LEFT JOIN " : " JOIN ";
  const Source target = scope.sources[join.target];
  if (join.handle == nullptr) {
    sql_ += word;
    table(target);
    sql_ += " ON ";
    if (join.has_on) {
      expression(scope);
    } else {
      join_by_key(scope, join.target);
    }
    return;
  }
  const Source owner = find(scope, join.handle->model, join.from_alias, nullptr);
  relation_join(word, *owner.mapper->relation_at(join.handle->offset()), owner, target);
}

void Renderer::relation_join(std::string_view word, const Relation& relation, const Source& owner,
                             const Source& target) {
  if (relation.kind != RelationKind::kAssociation) {
    sql_ += word;
    table(target);
    sql_ += " ON ";
    relation_on(relation, owner, target);
    return;
  }
  const std::string name = association_name(relation);
  sql_ += word;
  sql_ += style_.quote(relation.association->table) + " AS " + name + " ON ";
  association_on(relation, owner, name);
  sql_ += word;
  table(target);
  sql_ += " ON ";
  association_target_on(relation, target, name);
}

/// The only foreign key between the new table and those before it.
void Renderer::join_by_key(const Scope& scope, std::size_t at) {
  const Source& target = scope.sources[at];
  const KeyMap* found = nullptr;
  const Source* other = nullptr;
  bool several = false;
  const auto note = [&](const KeyMap* key, const Source& source) {
    several = several || found != nullptr;
    found = key;
    other = &source;
  };
  for (std::size_t i = 0; i < at; ++i) {
    const Source& source = scope.sources[i];
    if (source.mapper == nullptr) continue;
    for (const KeyMap* key : target.mapper->parents) {
      if (key->parent == source.mapper) note(key, source);
    }
    if (source.mapper == target.mapper) continue;
    for (const KeyMap* key : source.mapper->parents) {
      if (key->parent == target.mapper) note(key, source);
    }
  }
  if (found == nullptr || several) {
    throw Error(ErrorKind::kUsage, std::string(several ? "several foreign keys connect "
                                                       : "no foreign key connects ") +
                                       target.mapper->table + " with the query's tables")
        .hint(
            "join by a relationship, join<&Model::handle>(), or say the condition, "
            "join<" +
            target.mapper->model + ">(condition)");
  }
  if (found->child == target.mapper) {
    equal_keys(target, found->child_columns, *other, found->parent_columns);
  } else {
    equal_keys(*other, found->child_columns, target, found->parent_columns);
  }
}

void Renderer::eager_joins(const Source& from, const std::vector<EagerJoin>& eager) {
  for (std::size_t i = 0; i < eager.size(); ++i) {
    const int parent = eager[i].parent;
    const Source& owner = parent < 0 ? from : eager_sources_[static_cast<std::size_t>(parent)];
    relation_join(" LEFT JOIN ", *eager[i].relation, owner, eager_sources_[i]);
  }
}

void Renderer::query(const Scope* outer, const std::vector<EagerJoin>& eager) {
  Scope scope;
  scope.outer = outer;
  const Head start = read_head();
  read_ctes();
  add_source(scope, start.from, start.alias);
  const std::vector<Join> joins = read_joins(scope);
  for (const EagerJoin& join : eager) {
    // Under a name that no expression of the query can mean.
    eager_sources_.push_back(
        {nullptr, 0, join.relation->target,
         style_.quote(join.relation->target->table + "_" + std::to_string(++names_))});
  }
  sql_ += (start.flags & kDistinctFlag) != 0 ? "SELECT DISTINCT " : "SELECT ";
  select_list(scope);
  sql_ += " FROM ";
  table(scope.sources.front());
  for (const Join& one : joins) join(scope, one);
  eager_joins(scope.sources.front(), eager);
  tail(scope, start, eager);
}

void Renderer::select_list(const Scope& scope) {
  const auto size = reader_.raw<std::uint32_t>();
  for (std::uint32_t i = 0; i < size; ++i) {
    if (i > 0) sql_ += ", ";
    expression(scope);
  }
  if (size > 0) return;
  const Source& from = scope.sources.front();
  sql_ += column_list(*from.mapper, style_, from.name);
  for (const Source& source : eager_sources_) {
    sql_ += ", " + column_list(*source.mapper, style_, source.name);
  }
}

void Renderer::condition(const Scope& scope, std::string_view keyword) {
  if (reader_.next() == 0) return;
  sql_ += keyword;
  expression(scope);
}

/// Everything behind FROM.
void Renderer::tail(const Scope& scope, const Head& head, const std::vector<EagerJoin>& eager) {
  condition(scope, " WHERE ");
  list(scope, " GROUP BY ");
  condition(scope, " HAVING ");
  const auto compounds = reader_.raw<std::uint32_t>();
  constexpr std::string_view kWords[] = {" UNION ", " UNION ALL ", " INTERSECT ", " EXCEPT "};
  for (std::uint32_t i = 0; i < compounds; ++i) {
    sql_ += kWords[static_cast<std::size_t>(reader_.raw<Compound>())];
    query(scope.outer, {});
  }
  is_compound_ = compounds > 0;
  const bool ordered = list(scope, " ORDER BY ");
  is_compound_ = false;
  eager_order(eager, ordered);
  if ((head.flags & kLimitFlag) != 0) {
    sql_ += " LIMIT ";
    placeholder();
  }
  if ((head.flags & kOffsetFlag) != 0) {
    // SQLite has no OFFSET without LIMIT; -1 is none there.
    if ((head.flags & kLimitFlag) == 0 && !style_.numbered_placeholders) sql_ += " LIMIT -1";
    sql_ += " OFFSET ";
    placeholder();
  }
  if ((head.flags & kForUpdateFlag) != 0 && style_.row_locks) sql_ += " FOR UPDATE";
}

/// The order that the relationships ask for, behind the query's own.
void Renderer::eager_order(const std::vector<EagerJoin>& eager, bool ordered) {
  for (std::size_t i = 0; i < eager.size(); ++i) {
    const Relation& relation = *eager[i].relation;
    if (relation.order < 0) continue;
    sql_ += ordered ? ", " : " ORDER BY ";
    ordered = true;
    sql_ += column_of(eager_sources_[i], static_cast<ColumnIndex>(relation.order));
    if (relation.descending) sql_ += " DESC";
  }
}

bool Renderer::list(const Scope& scope, std::string_view keyword) {
  const auto size = reader_.raw<std::uint32_t>();
  for (std::uint32_t i = 0; i < size; ++i) {
    sql_ += i == 0 ? keyword : std::string_view(", ");
    expression(scope);
  }
  return size > 0;
}

void Renderer::expression(const Scope& scope) {
  switch (const char token = reader_.next()) {
    case 'C':
      return column(scope);
    case 'M': {
      const TypeKey model = reader_.raw<TypeKey>();
      const Source& source = find(scope, model, reader_.raw<std::uint32_t>(), nullptr);
      return column_name(source, reader_.raw<ColumnIndex>());
    }
    case 'Y': {
      const auto id = reader_.raw<std::uint32_t>();
      const Source& source = find(scope, nullptr, id, nullptr);
      sql_ += source.name + "." + style_.quote("c" + std::to_string(reader_.raw<std::uint16_t>()));
      return;
    }
    case 'J':
      return json(scope);
    case '?':
      return placeholder();
    case 'N':
      sql_ += "NULL";
      return;
    case 'T':
    case 'F':
      sql_ += token == 'T' ? "1 = 1" : "1 = 0";
      return;
    case 'B':
      return binary(scope);
    case 'U':
      return unary(scope);
    case 'A':
      return call(scope);
    case 'I':
      return in_list(scope);
    case 'W':
      return window(scope);
    case 'R':
      return raw(reader_.text(reader_.raw<std::uint32_t>()));
    case 'E':
      return related(scope);
    case 'K':
      return parts(scope, {"CASE WHEN ", " THEN ", " ELSE ", " END"});
    case 'S':
      sql_ += '(';
      query(&scope, {});
      sql_ += ')';
      return;
    case 'P':
      return pattern(scope);
    case 'D': {
      const bool negated = reader_.next() != 0;
      return parts(scope, {"(", negated ? " IS NOT DISTINCT FROM " : " IS DISTINCT FROM ", ")"});
    }
    case 'V':
      return parts(scope, {"(", " BETWEEN ", " AND ", ")"});
    case 'O':
      return order(scope);
    case 'X':
      return associated(scope);
    default:
      throw Error(ErrorKind::kInternal, "an expression has an unknown token");
  }
}

/// Texts around and between expressions.
void Renderer::parts(const Scope& scope, std::initializer_list<std::string_view> texts) {
  std::size_t left = texts.size();
  for (const std::string_view text : texts) {
    sql_ += text;
    if (--left > 0) expression(scope);
  }
}

void Renderer::column(const Scope& scope) {
  const auto* member = reader_.raw<const MemberRef*>();
  const auto alias = reader_.raw<std::uint32_t>();
  const Source& source = find(scope, member->model, alias, member);
  const int index = source.mapper->column_at(member->offset());
  if (index < 0) {
    throw Error(ErrorKind::kUsage, source.mapper->model + "::" + std::string(member->name()) +
                                       " is not described as a column")
        .hint("add .column<&" + source.mapper->model + "::" + std::string(member->name()) +
              ">() to its describe()");
  }
  column_name(source, static_cast<ColumnIndex>(index));
}

void Renderer::column_name(const Source& source, ColumnIndex column) {
  // Behind a compound only the names of its first SELECT's columns are known.
  sql_ +=
      is_compound_ ? style_.quote(source.mapper->columns[column].name) : column_of(source, column);
}

void Renderer::unary(const Scope& scope) {
  const std::string_view before = reader_.short_text(), after = reader_.short_text();
  sql_ += before;
  const bool wrap = before == "NOT " || !after.empty();
  if (wrap) sql_ += '(';
  expression(scope);
  if (wrap) sql_ += ')';
  sql_ += after;
}

void Renderer::binary(const Scope& scope) {
  const std::string_view op = reader_.short_text();
  const bool any = op == " = ANY ";
  if (!style_.arrays && (any || op == " @> " || op == " && ")) {
    throw Error(ErrorKind::kUnsupported, std::string(style_.dialect) + " has no arrays");
  }
  sql_ += '(';
  expression(scope);
  sql_ += op;
  if (any) sql_ += '(';
  expression(scope);
  if (any) sql_ += ')';
  // Patterns of startswith and contains escape with a backslash, which only PostgreSQL's and
  // MySQL's LIKE does by itself.
  if (op == " LIKE ") sql_ += " ESCAPE '\\'";
  sql_ += ')';
}

void Renderer::call(const Scope& scope) {
  sql_ += reader_.short_text();
  sql_ += reader_.next() != 0 ? "(DISTINCT " : "(";
  const auto size = reader_.raw<std::uint8_t>();
  for (std::uint8_t i = 0; i < size; ++i) {
    if (i > 0) sql_ += ", ";
    expression(scope);
  }
  sql_ += ')';
}

void Renderer::in_list(const Scope& scope) {
  const bool negated = reader_.next() != 0;
  const auto size = reader_.raw<std::uint32_t>();
  sql_ += '(';
  expression(scope);
  sql_ += negated ? " NOT IN (" : " IN (";
  for (std::uint32_t i = 0; i < size; ++i) {
    if (i > 0) sql_ += ", ";
    placeholder();
  }
  sql_ += "))";
}

void Renderer::window(const Scope& scope) {
  const auto partitions = reader_.raw<std::uint8_t>();
  const auto orders = reader_.raw<std::uint8_t>();
  expression(scope);
  sql_ += " OVER (";
  for (std::uint8_t i = 0; i < partitions; ++i) {
    sql_ += i == 0 ? "PARTITION BY " : ", ";
    expression(scope);
  }
  if (partitions > 0 && orders > 0) sql_ += ' ';
  for (std::uint8_t i = 0; i < orders; ++i) {
    sql_ += i == 0 ? "ORDER BY " : ", ";
    expression(scope);
  }
  sql_ += ')';
}

void Renderer::related(const Scope& scope) {
  const bool negated = reader_.next() != 0;
  const auto* handle = reader_.raw<const MemberRef*>();
  const auto alias = reader_.raw<std::uint32_t>();
  const Source owner = find(scope, handle->model, alias, nullptr);
  const Relation& relation = *owner.mapper->relation_at(handle->offset());
  Scope inner;
  inner.outer = &scope;
  const Source target = add_source(inner, handle->target, 0);
  sql_ += negated ? "NOT EXISTS (SELECT 1 FROM " : "EXISTS (SELECT 1 FROM ";
  table(target);
  if (relation.kind == RelationKind::kAssociation) {
    const std::string name = association_name(relation);
    sql_ += " JOIN " + style_.quote(relation.association->table) + " AS " + name + " ON ";
    association_target_on(relation, target, name);
    sql_ += " WHERE ";
    association_on(relation, owner, name);
  } else {
    sql_ += " WHERE ";
    relation_on(relation, owner, target);
  }
  sql_ += " AND ";
  expression(inner);
  sql_ += ')';
}

void Renderer::associated(const Scope& scope) {
  const Mapper& owner = models_.mapper(reader_.raw<TypeKey>());
  const Relation& relation = owner.relations[reader_.raw<std::uint32_t>()];
  const Association& association = *relation.association;
  const Source& target = find(scope, relation.target->type->key, 0, nullptr);
  sql_ += column_of(target, target.mapper->key.front()) + " IN (SELECT " +
          style_.quote(association.column[1 - relation.side]) + " FROM " +
          style_.quote(association.table) + " WHERE " +
          style_.quote(association.column[relation.side]) + " = ";
  placeholder();
  sql_ += ')';
}

void Renderer::pattern(const Scope& scope) {
  const bool ignore_case = reader_.next() != 0;
  parts(scope, {"(", ignore_case && style_.ilike ? " ILIKE " : " LIKE ", ")"});
}

void Renderer::order(const Scope& scope) {
  const bool descending = reader_.next() != 0;
  const char nulls = reader_.next();
  expression(scope);
  if (descending) sql_ += " DESC";
  if (nulls != 0) sql_ += nulls == 1 ? " NULLS FIRST" : " NULLS LAST";
}

/// A part of a JSON value, by steps ".key" and "[0]".
void Renderer::json(const Scope& scope) {
  const char kind = reader_.next();
  const auto size = reader_.raw<std::uint8_t>();
  std::string arrows, path = "$";
  for (std::uint8_t i = 0; i < size; ++i) {
    const std::string step(reader_.short_text());
    const bool is_key = step.front() == '.';
    const bool as_text = i + 1 == size && kind != 'j';
    const std::string name = is_key ? step.substr(1) : step.substr(1, step.size() - 2);
    arrows += as_text ? " ->> " : " -> ";
    arrows += is_key ? quote_text(name) : name;
    path += is_key ? ".\"" + name + "\"" : step;
  }
  const bool arrow = style_.json_arrows;
  const char* type = kind == 'i'   ? (arrow ? "bigint" : "INTEGER")
                     : kind == 'd' ? (arrow ? "double precision" : "REAL")
                     : kind == 'b' ? (arrow ? "boolean" : "INTEGER")
                                   : "TEXT";
  const bool plain = kind == 'j' || (arrow && kind == 't');
  sql_ += plain ? "(" : "CAST(";
  if (!arrow && !plain) sql_ += "json_extract(";
  expression(scope);
  if (arrow) {
    sql_ += arrows;
  } else {
    sql_ += plain ? " -> " + quote_text(path) : ", " + quote_text(path) + ")";
  }
  sql_ += plain ? ")" : std::string(" AS ") + type + ")";
}

/// Its ? outside of quotes and comments are placeholders, ?? is the operator.
void Renderer::raw(std::string_view text) {
  for (const SqlToken& token : scan_sql(text, sql_dialect(style_.dialect))) {
    const bool is_plain = token.kind != SqlToken::Kind::kString &&
                          token.kind != SqlToken::Kind::kQuoted &&
                          token.kind != SqlToken::Kind::kComment;
    // PostgreSQL's operators run together: "=?" is one token.
    for (std::size_t i = 0; i < token.text.size(); ++i) {
      const bool is_mark = is_plain && token.text[i] == '?';
      if (is_mark && token.text.substr(i, 2) != "??") {
        placeholder();
        continue;
      }
      if (is_mark) ++i;
      sql_ += token.text[i];
    }
  }
}

void Renderer::set_list(const Scope& scope, const Mapper& mapper, const Assignments& set) {
  const ShapeReader after_head = reader_;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const int index = mapper.column_at(set[i].first->offset());
    if (set[i].first->model != mapper.type->key || index < 0) {
      throw Error(ErrorKind::kUsage, "update sets " + std::string(set[i].first->name()) +
                                         ", which is no column of " + mapper.model);
    }
    sql_ += i == 0 ? " SET " : ", ";
    sql_ += style_.quote(mapper.columns[static_cast<std::size_t>(index)].name) + " = ";
    reader_ = ShapeReader(set[i].second.shape);
    expression(scope);
  }
  reader_ = after_head;
}

void Renderer::change(std::string_view verb, const Assignments& set,
                      const std::vector<Tokens>& returning) {
  Scope scope;
  const Head start = read_head();
  const Source from = add_source(scope, start.from, start.alias);
  const bool plain = reader_.raw<std::uint32_t>() == 0 && reader_.raw<std::uint32_t>() == 0 &&
                     reader_.raw<std::uint32_t>() == 0 && start.flags == 0 && start.alias == 0;
  if (!plain) {
    throw Error(ErrorKind::kUsage,
                "update and erase work on the rows of one model that match a filter")
        .hint("use a subquery: filter(col<…>.in(query)) instead of join, limit or distinct");
  }
  sql_ += verb;
  table(from);
  set_list(scope, *from.mapper, set);
  condition(scope, " WHERE ");
  if (!returning.empty() && !style_.returning) {
    throw Error(ErrorKind::kUnsupported, std::string(style_.dialect) + " has no RETURNING");
  }
  for (std::size_t i = 0; i < returning.size(); ++i) {
    sql_ += i == 0 ? " RETURNING " : ", ";
    reader_ = ShapeReader(returning[i].shape);
    expression(scope);
  }
}

}  // namespace

std::string column_list(const Mapper& mapper, const SqlStyle& style, const std::string& table) {
  std::string list;
  for (const ColumnMap& column : mapper.columns) {
    if (!list.empty()) list += ", ";
    list += table + "." + style.quote(column.name);
  }
  return list;
}

std::string render_query(const RenderContext& context, std::string_view shape,
                         const std::vector<EagerJoin>& eager) {
  Renderer renderer(context, shape);
  renderer.query(nullptr, eager);
  return renderer.take();
}

std::string render_filter(const RenderContext& context, const Mapper& mapper,
                          std::string_view condition, int parameters) {
  if (condition.empty()) return "";
  Renderer renderer(context, condition);
  renderer.filter(mapper, parameters);
  return renderer.take();
}

std::string render_count(const RenderContext& context, std::string_view shape) {
  return "SELECT count(*) FROM (" + render_query(context, shape) + ") AS counted";
}

std::string render_exists(const RenderContext& context, std::string_view shape) {
  return "SELECT EXISTS (" + render_query(context, shape) + ")";
}

std::string render_update(const RenderContext& context, std::string_view shape,
                          const Assignments& set, const std::vector<Tokens>& returning) {
  Renderer renderer(context, shape);
  renderer.change("UPDATE ", set, returning);
  return renderer.take();
}

std::string render_delete(const RenderContext& context, std::string_view shape,
                          const std::vector<Tokens>& returning) {
  Renderer renderer(context, shape);
  renderer.change("DELETE FROM ", {}, returning);
  return renderer.take();
}

}  // namespace ormdb::detail
