// Primary keys, unique, foreign keys, checks, exclusions.

#include <utility>

#include "base/text.h"
#include "dialect/postgresql/introspect_parts.h"
#include "dialect/postgresql/literal.h"

namespace ormdb::postgresql {
namespace {

// Numbers of columns are resolved from what was read already; only a table outside the schemas
// chosen, which was not, is asked for its name and columns here. NOT NULL constraints, rows of
// their own since 18, are the columns' business.
std::string constraints_query(const Catalog& catalog) {
  std::string sql =
      "SELECT k.oid, k.conrelid, k.conname, k.contype, k.condeferrable, k.condeferred,"
      " k.convalidated, k.connoinherit, k.conparentid <> '0',"
      " k.coninhcount > '0' AND NOT k.conislocal, k.conindid, k.conkey, k.confrelid, k.confkey,"
      " k.confupdtype, k.confdeltype, k.confmatchtype, ";
  sql += catalog.since(15, "k.confdelsetcols, ", "NULL, ");
  sql += catalog.since(18, "k.conenforced, k.conperiod, ", "true, false, ");
  sql +=
      "CASE k.contype WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid) END,"
      " CASE k.contype WHEN 'x' THEN ARRAY(SELECT CASE WHEN pg_operator_is_visible(o.oid)"
      "  THEN o.oprname::text ELSE format('OPERATOR(%I.%s)', n.nspname, o.oprname) END"
      "  FROM unnest(k.conexclop) WITH ORDINALITY u (operator, position)"
      "  JOIN pg_operator o ON o.oid = u.operator JOIN pg_namespace n ON n.oid = o.oprnamespace"
      "  ORDER BY u.position) END,"
      " f.relnamespace, f.relname, CASE WHEN f.oid IS NOT NULL THEN ARRAY(SELECT a.attname"
      "  FROM unnest(k.confkey) WITH ORDINALITY u (number, position)"
      "  JOIN pg_attribute a ON a.attrelid = f.oid AND a.attnum = u.number"
      "  ORDER BY u.position) END"
      " FROM pg_constraint k LEFT JOIN pg_class f ON f.oid = k.confrelid AND NOT " +
      catalog.in_schemas("f.relnamespace") +
      " WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conrelid <> '0' AND " +
      catalog.in_schemas("k.connamespace");
  return sql;
}

struct ConstraintRow {
  Oid oid, relation;
  std::string name;
  char kind;
  bool deferrable, deferred, validated, no_inherit, cloned, inherited;
  Oid index;
  std::vector<std::int64_t> columns;
  Oid referenced;
  std::vector<std::int64_t> referenced_columns;
  char on_update, on_delete, match;
  std::vector<std::int64_t> delete_columns;
  bool enforced, period;
  std::string expression;
  std::vector<std::string> operators;
  Oid outside_schema;
  std::string outside_name;
  std::vector<std::string> outside_columns;
};

ConstraintRow read_constraint(CatalogRow& row) {
  return {row.oid(),        row.oid(),     row.text(),    row.letter(),  row.flag(),
          row.flag(),       row.flag(),    row.flag(),    row.flag(),    row.flag(),
          row.oid(),        row.numbers(), row.oid(),     row.numbers(), row.letter(),
          row.letter(),     row.letter(),  row.numbers(), row.flag(),    row.flag(),
          row.expression(), row.list(),    row.oid(),     row.text(),    row.list()};
}

std::vector<std::string> names_of(const Relation& relation,
                                  const std::vector<std::int64_t>& numbers) {
  std::vector<std::string> names;
  for (const std::int64_t number : numbers) names.push_back(relation.column(number));
  return names;
}

ForeignKeyAction action_of(char letter) {
  switch (letter) {
    case 'r':
      return ForeignKeyAction::kRestrict;
    case 'c':
      return ForeignKeyAction::kCascade;
    case 'n':
      return ForeignKeyAction::kSetNull;
    case 'd':
      return ForeignKeyAction::kSetDefault;
    default:
      return ForeignKeyAction::kNoAction;
  }
}

class ConstraintBuilder {
 public:
  ConstraintBuilder(const Catalog& catalog, Draft& draft, const ConstraintRow& row,
                    IndexEntry* index)
      : catalog_(catalog), draft_(draft), row_(row), index_(index) {}

  void build(Table& table) {
    switch (row_.kind) {
      case 'p':
        table.primary_key = key_of<PrimaryKey>();
        break;
      case 'u':
        table.uniques.push_back(key_of<Unique>());
        put_flag(table.uniques.back().options, "nulls_not_distinct",
                 index_ != nullptr && index_->nulls_not_distinct);
        break;
      case 'f':
        table.foreign_keys.push_back(foreign_key());
        break;
      case 'c':
        table.checks.push_back(check());
        break;
      default:
        table.excludes.push_back(exclude());
    }
  }

 private:
  Deferrable deferrable() const {
    if (!row_.deferrable) return Deferrable::kNo;
    return row_.deferred ? Deferrable::kDeferred : Deferrable::kImmediate;
  }

  template <typename AnyConstraint>
  AnyConstraint named() const {
    AnyConstraint constraint;
    constraint.name = row_.name;
    put(constraint.options, "comment", catalog_.comment(CatalogClass::kConstraint, row_.oid));
    return constraint;
  }

  void put_index(Options& options) const {
    if (index_ == nullptr) return;
    put(options, "include", quoted_list(index_->index.include));
    put(options, "with", join(index_->parameters, ", "));
  }

  template <typename Key>
  Key key_of() const {
    Key key = named<Key>();
    key.deferrable = deferrable();
    for (std::string& name : names_of(relation(), row_.columns)) {
      key.columns.emplace_back().column = std::move(name);
    }
    put_index(key.options);
    put_flag(key.options, "without_overlaps", row_.period);
    return key;
  }

  ForeignKey foreign_key() const {
    ForeignKey key = named<ForeignKey>();
    key.deferrable = deferrable();
    key.columns = names_of(relation(), row_.columns);
    const auto referenced = draft_.relations.find(row_.referenced);
    if (referenced != draft_.relations.end()) {
      key.referenced_table = referenced->second.qualified;
      key.referenced_columns = names_of(referenced->second, row_.referenced_columns);
    } else {
      key.referenced_table = catalog_.qualified(row_.outside_schema, row_.outside_name);
      key.referenced_columns = row_.outside_columns;
    }
    key.on_delete = action_of(row_.on_delete);
    key.on_update = action_of(row_.on_update);
    key.match = word_of(row_.match, {{'f', "full"}, {'p', "partial"}});
    put(key.options, "delete_columns", quoted_list(names_of(relation(), row_.delete_columns)));
    put_flag(key.options, "period", row_.period);
    put_validity(key.options);
    return key;
  }

  Check check() const {
    Check check = named<Check>();
    check.expression.common = row_.expression;
    put_flag(check.options, "no_inherit", row_.no_inherit);
    put_validity(check.options);
    return check;
  }

  // What is not enforced is never valid either.
  void put_validity(Options& options) const {
    put_flag(options, "not_enforced", !row_.enforced);
    put_flag(options, "not_valid", row_.enforced && !row_.validated);
  }

  Exclude exclude() const {
    Exclude exclude = named<Exclude>();
    exclude.deferrable = deferrable();
    put_index(exclude.options);
    if (index_ == nullptr) return exclude;
    const std::string& method = index_->index.method;
    exclude.method = method.empty() ? "btree" : method == "gist" ? "" : method;
    exclude.where = index_->index.where;
    for (std::size_t i = 0; i < index_->index.columns.size(); ++i) {
      exclude.elements.push_back({index_->index.columns[i],
                                  i < row_.operators.size() ? row_.operators[i] : std::string()});
    }
    return exclude;
  }

  const Relation& relation() const { return draft_.relations.at(row_.relation); }

  const Catalog& catalog_;
  const Draft& draft_;
  const ConstraintRow& row_;
  const IndexEntry* index_;
};

}  // namespace

void read_constraints(const Catalog& catalog, Draft& draft, std::vector<IndexEntry>& indexes) {
  std::unordered_map<Oid, IndexEntry*> by_oid;
  for (IndexEntry& entry : indexes) by_oid.emplace(entry.oid, &entry);
  catalog.each_row(constraints_query(catalog), [&](CatalogRow& values) {
    const ConstraintRow row = read_constraint(values);
    IndexEntry* index = nullptr;
    if (row.kind != 'f') {
      const auto found = by_oid.find(row.index);
      if (found != by_oid.end()) index = found->second;
    }
    if (index != nullptr) index->of_constraint = true;
    Table* table = draft.table(row.relation);
    if (table == nullptr || row.cloned || row.inherited) return;
    ConstraintBuilder(catalog, draft, row, index).build(*table);
  });
}

}  // namespace ormdb::postgresql
