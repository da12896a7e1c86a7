// Running queries.
#include <algorithm>
#include <unordered_set>

#include "orm/loader.h"
#include "ormdb/orm_error.h"

namespace ormdb::detail {

namespace {

void put_all(PreparedStatement& statement, const std::vector<Datum>& binds) {
  for (const Datum& bind : binds) put_datum(bind, statement);
}

/// Outer joins for the strategies that ask for one, and what hangs on them.
class EagerPlan {
 public:
  EagerPlan(const SessionCore& core, std::vector<LoadTree>& tree, bool collections_allowed)
      : core_(core), collections_allowed_(collections_allowed) {
    add(tree, -1);
  }

  const std::vector<EagerJoin>& joins() const { return joins_; }
  const LoadTree& tree(std::size_t join) const { return *trees_[join]; }
  std::size_t collections() const { return collections_; }

 private:
  void add(std::vector<LoadTree>& tree, int parent) {
    for (LoadTree& node : tree) {
      if (node.loading != Loading::kJoined) continue;
      // An outer join would let LIMIT count children, and has no place for a filter.
      const bool has_filter = core_.filters.count(node.relation->target) != 0;
      if (has_filter || (node.relation->many && !collections_allowed_)) {
        node.loading = Loading::kSelectIn;
        continue;
      }
      collections_ += node.relation->many ? 1 : 0;
      joins_.push_back({node.relation, parent});
      trees_.push_back(&node);
      add(node.next, static_cast<int>(joins_.size()) - 1);
    }
  }

  const SessionCore& core_;
  bool collections_allowed_;
  std::size_t collections_ = 0;
  std::vector<EagerJoin> joins_;
  std::vector<const LoadTree*> trees_;
};

/// Takes the targets of eager joins out of the rows.
class EagerRows {
 public:
  EagerRows(SessionCore& core, const EagerPlan& plan, int first_column)
      : core_(core),
        plan_(plan),
        found_(plan.joins().size()),
        filling_(plan.joins().size()),
        last_(plan.joins().size()) {
    for (const EagerJoin& join : plan.joins()) {
      first_columns_.push_back(first_column);
      first_column += static_cast<int>(join.relation->target->columns.size());
    }
  }

  void take(Entity* entity, const RowReader& row, bool refresh) {
    for (std::size_t i = 0; i < found_.size(); ++i) {
      const EagerJoin& join = plan_.joins()[i];
      Entity* owner = join.parent < 0 ? entity : found_[static_cast<std::size_t>(join.parent)];
      found_[i] = nullptr;
      if (owner == nullptr) continue;
      const Mapper& target = *join.relation->target;
      if (!is_null(target, row, first_columns_[i]))
        found_[i] = core_.hydrate(target, row, first_columns_[i], refresh);
      give(i, *join.relation, owner, found_[i]);
    }
  }

 private:
  static bool is_null(const Mapper& target, const RowReader& row, int first_column) {
    const ColumnIndex key = target.key.front();
    std::int64_t number = 0;
    if (target.integer_key) return !row.get_integer(first_column + key, number);
    return read_datum(target.columns[key].kind, row, first_column + key).is_null();
  }

  void give(std::size_t join, const Relation& relation, Entity* owner, Entity* target) {
    if (!relation.many) {
      if (!is_relation_loaded(relation, owner)) {
        HandleAccess::hold(one_of(relation, owner), target, true);
      }
    } else {
      if (!fills(join, relation, owner) || target == nullptr) return;
      std::vector<Entity*>& items = HandleAccess::make_state(many_of(relation, owner)).items;
      // Two collections multiply each other's rows.
      const bool may_repeat = plan_.collections() > 1;
      if (may_repeat && std::find(items.begin(), items.end(), target) != items.end()) return;
      items.push_back(target);
    }
    const Relation* back = relation.back;
    const bool one_back = back != nullptr && !back->many && target != nullptr;
    if (one_back && !is_relation_loaded(*back, target)) {
      HandleAccess::hold(one_of(*back, target), owner, true);
    }
  }

  /// Whether the owner's list is made of these rows; one that was loaded before is left alone.
  bool fills(std::size_t join, const Relation& relation, Entity* owner) {
    if (owner == last_[join]) return true;  // an owner's rows mostly come one after the other
    const ManyBase& many = many_of(relation, owner);
    if (!many.is_loaded()) {
      ManyState& state = HandleAccess::make_state(many);
      state.items.clear();
      state.loaded = true;
      filling_[join].insert(owner);
    } else if (filling_[join].count(owner) == 0) {
      return false;
    }
    last_[join] = owner;
    return true;
  }

  SessionCore& core_;
  const EagerPlan& plan_;
  std::vector<Entity*> found_;
  std::vector<std::unordered_set<Entity*>> filling_;
  std::vector<Entity*> last_;  ///< The owner that was filled last.
  std::vector<int> first_columns_;
};

std::string eager_key(const EagerPlan& plan) {
  std::string key;
  for (const EagerJoin& join : plan.joins()) {
    put_raw(key, join.relation->owner->id);
    put_raw(key, join.relation->index);
    put_raw(key, join.parent);
  }
  return key;
}

}  // namespace

QueryData SessionCore::filtered(QueryData query, std::vector<CteSpec> known) const {
  if (filters.empty()) return query;
  // The rows of a WITH are filtered where they are made.
  known.insert(known.end(), query.cte_specs.begin(), query.cte_specs.end());
  for (QueryData& cte : query.ctes) cte = filtered(std::move(cte), known);
  const auto add = [&](TypeKey type, std::uint32_t alias) {
    const auto names = [&](const CteSpec& cte) { return cte.model == type && cte.alias == alias; };
    if (type == nullptr || std::any_of(known.begin(), known.end(), names)) return;
    const auto found = filters.find(&models_->mapper(type));
    if (found == filters.end()) return;
    if (alias != 0) {
      throw Error(ErrorKind::kUsage, "a model with a global filter was queried under an alias")
          .hint("repeat the condition for the alias, and use a session without the filter");
    }
    query.add_filter(found->second);
  };
  add(query.from, query.from_alias);
  for (std::size_t i = 0; i < query.joins.size(); ++i) {
    if (!query.joins[i].outer) add(query.joins[i].target, query.joins[i].alias);
  }
  for (QueryData& other : query.compounds) other = filtered(std::move(other), known);
  return query;
}

std::vector<Entity*> SessionCore::query(const QueryData& unfiltered) {
  const Use use(*this);
  autoflush();
  const QueryData query = filtered(unfiltered);
  const Mapper& mapper = models_->mapper(query.from);
  std::vector<LoadTree> tree = load_tree(*models_, mapper, query.loads);
  const bool plain_rows = query.limit < 0 && query.offset < 0 && !query.distinct &&
                          query.group.empty() && query.compounds.empty();
  const EagerPlan plan(*this, tree, plain_rows);
  std::string shape;
  std::vector<Datum> binds;
  flatten(query, shape, binds);
  PreparedStatement& prepared = statement(mapper, "q" + eager_key(plan) + shape, [&] {
    return render_query(render_context(mapper), shape, plan.joins());
  });
  const auto started = start_statement();
  put_all(prepared, binds);
  std::vector<Entity*> result;
  std::unordered_set<Entity*> seen;
  const bool may_repeat = plan.collections() > 0 || !query.joins.empty();
  EagerRows eager(*this, plan, static_cast<int>(mapper.columns.size()));
  try {
    Entity* last = nullptr;
    while (prepared.step()) {
      Entity* entity = hydrate(mapper, prepared, 0, query.refresh);
      eager.take(entity, prepared, query.refresh);
      if (may_repeat && (entity == last || !seen.insert(entity).second)) continue;
      last = entity;
      result.push_back(entity);
    }
  } catch (...) {
    prepared.reset();
    throw;
  }
  end_statement(prepared.sql(), started, result.size());
  if (options_.auto_batch && result.size() > 1) {
    Siblings& siblings = new_siblings();
    siblings.entities = result;
    siblings.whole = gives_all_rows(query);
    for (Entity* entity : result) entity->siblings = &siblings;
  }
  apply_loads(*this, tree, result, &query);
  return result;
}

std::vector<Entity*> run_query(SessionCore& core, const QueryData& query) {
  return core.query(query);
}

namespace {

/// One value of a statement about a query.
std::int64_t run_number(SessionCore& core, char kind, const QueryData& query,
                        std::string (*render)(const RenderContext&, std::string_view)) {
  const SessionCore::Use use(core);
  core.autoflush();
  std::string shape;
  std::vector<Datum> binds;
  flatten(core.filtered(query), shape, binds);
  const Mapper& mapper = core.models().mapper(query.from);
  PreparedStatement& prepared = core.statement(
      mapper, kind + shape, [&] { return render(core.render_context(mapper), shape); });
  const auto started = core.start_statement();
  put_all(prepared, binds);
  std::int64_t value = 0;
  if (prepared.step()) prepared.get_integer(0, value);
  prepared.reset();
  core.end_statement(prepared.sql(), started, 1);
  return value;
}

/// All rows of a statement that gives values.
std::size_t read_rows(PreparedStatement& prepared, const FieldType* types, std::size_t count,
                      const RowFill& fill) {
  std::vector<void*> fields(count);
  std::size_t rows = 0;
  try {
    for (; prepared.step(); ++rows) {
      fill.add(fill.rows, fields.data());
      for (std::size_t i = 0; i < count; ++i) {
        get_field(types[i], fields[i], prepared, static_cast<int>(i), "of the select");
      }
    }
  } catch (...) {
    prepared.reset();
    throw;
  }
  return rows;
}

std::int64_t run_change(SessionCore& core, const QueryData& query, std::string key,
                        const std::vector<Datum>& before, const Assignments& set, bool is_update,
                        const ReturningRows* returning) {
  const SessionCore::Use use(core);
  core.flush();
  std::string shape;
  std::vector<Datum> binds = before;
  flatten(core.filtered(query), shape, binds);
  static const std::vector<Tokens> kNothing;
  const std::vector<Tokens>& wanted = returning == nullptr ? kNothing : returning->expressions;
  for (const Tokens& tokens : wanted) {
    key += tokens.shape;
    binds.insert(binds.end(), tokens.binds.begin(), tokens.binds.end());
  }
  key += returning == nullptr ? 'x' : 'r';
  const Mapper& mapper = core.models().mapper(query.from);
  PreparedStatement& prepared = core.statement(mapper, key + shape, [&] {
    return is_update ? render_update(core.render_context(mapper), shape, set, wanted)
                     : render_delete(core.render_context(mapper), shape, wanted);
  });
  const auto started = core.start_statement();
  put_all(prepared, binds);
  std::int64_t changes = 0;
  if (returning == nullptr) {
    prepared.step();
    changes = prepared.changes();
  } else {
    changes = static_cast<std::int64_t>(
        read_rows(prepared, returning->types, wanted.size(), returning->fill));
  }
  core.end_statement(prepared.sql(), started, static_cast<std::size_t>(changes));
  core.expire_model(mapper);
  return changes;
}

}  // namespace

std::int64_t run_count(SessionCore& core, const QueryData& query) {
  QueryData counted = query;
  counted.loads.clear();
  counted.order.clear();
  const bool whole = query.distinct || !query.group.empty() || query.limit >= 0 ||
                     query.offset >= 0 || !query.compounds.empty();
  if (whole) {
    counted.order = query.order;
    return run_number(core, 'n', counted, &render_count);
  }
  counted.selected = {raw_tokens("count(*)", {})};
  return run_number(core, 'c', counted, [](const RenderContext& context, std::string_view shape) {
    return render_query(context, shape);
  });
}

bool run_exists(SessionCore& core, const QueryData& query) {
  QueryData asked = query;
  asked.loads.clear();
  return run_number(core, 'e', asked, &render_exists) != 0;
}

void run_select(SessionCore& core, const QueryData& query, const FieldType* types,
                std::size_t count, RowFill fill) {
  if (query.from == nullptr) {
    throw Error(ErrorKind::kUsage, "the columns of a select do not tell its table")
        .hint("say .select_from<Model>()");
  }
  const SessionCore::Use use(core);
  core.autoflush();
  std::string shape;
  std::vector<Datum> binds;
  flatten(core.filtered(query), shape, binds);
  const Mapper& mapper = core.models().mapper(query.from);
  PreparedStatement& prepared = core.statement(
      mapper, "s" + shape, [&] { return render_query(core.render_context(mapper), shape); });
  const auto started = core.start_statement();
  put_all(prepared, binds);
  const std::size_t rows = read_rows(prepared, types, count, fill);
  core.end_statement(prepared.sql(), started, rows);
}

std::int64_t run_update(SessionCore& core, const QueryData& query,
                        const std::vector<std::pair<const MemberRef*, Tokens>>& set,
                        const ReturningRows* returning) {
  std::string key = "u";
  std::vector<Datum> binds;
  for (const auto& [column, value] : set) {
    put_raw(key, column);
    key += value.shape;
    binds.insert(binds.end(), value.binds.begin(), value.binds.end());
  }
  return run_change(core, query, std::move(key), binds, set, true, returning);
}

std::int64_t run_delete(SessionCore& core, const QueryData& query, const ReturningRows* returning) {
  return run_change(core, query, "d", {}, {}, false, returning);
}

Entity* exactly_one(SessionCore& core, const QueryData& query, bool none_is_fine) {
  QueryData two = query;
  if (two.limit < 0 && two.joins.empty()) two.limit = 2;
  const std::vector<Entity*> found = core.query(two);
  const std::string& model = core.models().mapper(query.from).model;
  if (found.size() > 1)
    throw MultipleResults("several rows of " + model + " where one was asked for");
  if (found.empty() && !none_is_fine)
    throw NotFound("no row of " + model + " where one was asked for");
  return found.empty() ? nullptr : found.front();
}

void run_stream(SessionCore& core, const QueryData& query, void* context,
                void (*each)(void* context, void* object)) {
  const SessionCore::Use use(core);
  core.autoflush();
  const Mapper& mapper = core.models().mapper(query.from);
  std::string shape;
  std::vector<Datum> binds;
  flatten(core.filtered(query), shape, binds);
  core.connection(mapper);
  const std::string sql = render_query(core.render_context(mapper), shape);
  // Its own statement: `each` may run others, and the same one.
  const std::unique_ptr<PreparedStatement> prepared = core.driver(mapper).prepare_own(sql);
  put_all(*prepared, binds);
  const auto started = core.start_statement();
  const std::unique_ptr<void, void (*)(void*)> object(
      ::operator new(mapper.type->size, std::align_val_t(16)),
      [](void* memory) { ::operator delete(memory, std::align_val_t(16)); });
  std::size_t rows = 0;
  for (; prepared->step(); ++rows) {
    mapper.type->construct(object.get());
    struct Destroy {
      const Mapper& mapper;
      void* object;
      ~Destroy() { mapper.type->destroy(object); }
    } const destroy{mapper, object.get()};
    int at = 0;
    for (const ColumnMap& column : mapper.columns) {
      get_field(column.type, static_cast<char*>(object.get()) + column.offset, *prepared, at++,
                column.name);
    }
    each(context, object.get());
  }
  core.end_statement(sql, started, rows);
}

QueryData dynamic_query(const Entity* owner, const ManyBase* handle) {
  const auto offset = static_cast<std::size_t>(reinterpret_cast<const char*>(handle) -
                                               static_cast<const char*>(object_of(owner)));
  const Relation& relation = *owner->mapper->relation_at(offset);
  QueryData query;
  query.from = relation.target->type->key;
  if (relation.kind == RelationKind::kChildren) {
    for (std::size_t i = 0; i < relation.key->child_columns.size(); ++i) {
      query.add_filter(binary_tokens(" = ",
                                     mapped_tokens(query.from, relation.key->child_columns[i]),
                                     bind_tokens(field_datum(*owner->mapper, object_of(owner),
                                                             relation.key->parent_columns[i]))));
    }
  } else {
    query.add_filter(association_tokens(
        owner->mapper->type->key, relation.index,
        field_datum(*owner->mapper, object_of(owner), owner->mapper->key.front())));
  }
  if (relation.order >= 0) {
    query.order.push_back(order_by_tokens(
        mapped_tokens(query.from, static_cast<ColumnIndex>(relation.order)), relation.descending));
  }
  return query;
}

// Pagination.

void throw_no_page(std::int64_t page, std::int64_t pages) {
  throw NotFound("page " + std::to_string(page) + " does not exist, there are " +
                 std::to_string(pages));
}

std::int64_t checked_per_page(std::int64_t page, std::int64_t per_page, std::int64_t max_per_page) {
  if (page < 1 || per_page < 1) throw NotFound("pages and their sizes count from 1");
  return std::min(per_page, max_per_page);
}

std::vector<int> page_numbers(std::int64_t page, std::int64_t pages, int edge, int around) {
  std::vector<int> numbers;
  for (std::int64_t i = 1; i <= pages; ++i) {
    const bool shown = i <= edge || i > pages - edge || (i >= page - around && i <= page + around);
    if (shown) {
      numbers.push_back(static_cast<int>(i));
    } else if (!numbers.empty() && numbers.back() != 0) {
      numbers.push_back(0);
    }
  }
  return numbers;
}

}  // namespace ormdb::detail
