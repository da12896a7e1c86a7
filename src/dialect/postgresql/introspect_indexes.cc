// Indexes, of constraints too.

#include <map>
#include <utility>

#include "dialect/postgresql/introspect_parts.h"
#include "dialect/postgresql/literal.h"

namespace ormdb::postgresql {
namespace {

// Bits of indoption (INDOPTION_DESC, INDOPTION_NULLS_FIRST in pg_index.h).
constexpr std::int64_t kDescending = 1;
constexpr std::int64_t kNullsFirst = 2;

struct OperatorClass {
  Oid method;
  bool is_default;
  Oid input_type;
  std::string name;  // As in DDL.
};

class OperatorClasses {
 public:
  explicit OperatorClasses(const Catalog& catalog) {
    catalog.each_row(
        "SELECT o.oid, o.opcmethod, o.opcdefault, o.opcintype,"
        " CASE WHEN pg_opclass_is_visible(o.oid) THEN quote_ident(o.opcname)"
        "  ELSE format('%I.%I', n.nspname, o.opcname) END"
        " FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace",
        [this](CatalogRow& row) {
          const Oid oid = row.oid();
          OperatorClass one{row.oid(), row.flag(), row.oid(), row.text()};
          if (one.is_default) defaults_[{one.method, one.input_type}] = oid;
          classes_.emplace(oid, std::move(one));
        });
  }

  // "" for the default of the type (0: not known), unless there are parameters. A default class of
  // another type is the default where the type has none itself: text_ops for varchar.
  std::string spelled(Oid oid, Oid type, const std::vector<std::string>& parameters) const {
    const auto found = classes_.find(oid);
    if (found == classes_.end()) return {};
    const OperatorClass& one = found->second;
    if (parameters.empty()) return is_default(oid, one, type) ? std::string() : one.name;
    std::string text = one.name + " (";
    for (const std::string& parameter : parameters) {
      const std::size_t equals = parameter.find('=');
      if (text.back() != '(') text += ", ";
      text += parameter.substr(0, equals) + "=";
      if (equals != std::string::npos) text += string_literal(parameter.substr(equals + 1));
    }
    return text + ")";
  }

 private:
  bool is_default(Oid oid, const OperatorClass& one, Oid type) const {
    const auto found = defaults_.find({one.method, type});
    return found == defaults_.end() ? one.is_default : found->second == oid;
  }

  std::unordered_map<Oid, OperatorClass> classes_;
  std::map<std::pair<Oid, Oid>, Oid> defaults_;  // method, type → class
};

// The full definition is asked for only where it is needed: to see whether a collation is the
// index's own or the expression's. Deparsing takes most of the time.
std::string indexes_query(const Catalog& catalog) {
  std::string sql =
      "SELECT i.indexrelid, i.indrelid, x.relname, m.amname, i.indisunique, i.indisvalid,"
      " i.indisclustered, i.indisreplident,";
  sql += catalog.since(15, " i.indnullsnotdistinct,", " false,");
  sql +=
      " i.indnkeyatts, i.indkey, i.indoption, i.indcollation, i.indclass, x.reloptions,"
      " pg_get_expr(i.indpred, i.indrelid), CASE WHEN i.indexprs IS NOT NULL THEN"
      "  ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, false)"
      "   FROM generate_series(1, i.indnkeyatts::integer) n WHERE i.indkey[n - 1] = '0') END,"
      " CASE WHEN i.indexprs IS NOT NULL AND NOT i.indcollation::oid[] <@ '{0,100}'::oid[]"
      "  THEN pg_get_indexdef(i.indexrelid) END,"
      " x.relispartition"
      " FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam"
      " WHERE " +
      catalog.in_schemas("x.relnamespace");
  return sql;
}

struct IndexRow {
  Oid oid, relation;
  std::string name, method;
  bool unique, valid, clustered, replica_identity, nulls_not_distinct;
  std::int64_t key_count;
  std::vector<std::int64_t> columns, options, collations, classes;
  std::vector<std::string> parameters;
  std::string predicate;
  std::vector<std::string> expressions;  // Of those columns that are none.
  std::string definition;
  bool attached;
};

IndexRow read_index(CatalogRow& row) {
  return {row.oid(),        row.oid(),     row.text(),    row.text(),    row.flag(),
          row.flag(),       row.flag(),    row.flag(),    row.flag(),    row.integer(),
          row.numbers(),    row.numbers(), row.numbers(), row.numbers(), row.list(),
          row.expression(), row.list(),    row.text(),    row.flag()};
}

// Builds the parts of one index's key, from the first to the last.
class KeyReader {
 public:
  KeyReader(const Catalog& catalog, Draft& draft, const OperatorClasses& classes,
            const Relation& relation, const IndexRow& row)
      : catalog_(catalog), draft_(draft), classes_(classes), relation_(relation), row_(row) {}

  KeyPart part(std::size_t i) {
    const std::int64_t number = row_.columns[i];
    return number == 0 ? expression_part(i) : column_part(i, number);
  }

 private:
  KeyPart column_part(std::size_t i, std::int64_t number) {
    KeyPart part = ordered_part(i);
    part.column = relation_.column(number);
    if (part.column.empty()) return part;
    const Attribute& attribute = relation_.attributes[static_cast<std::size_t>(number) - 1];
    const Oid collation = static_cast<Oid>(row_.collations[i]);
    if (collation != attribute.collation) {
      part.collation = collation_name(catalog_, draft_, collation);
    }
    part.operator_class = operator_class(i, attribute.type);
    return part;
  }

  KeyPart expression_part(std::size_t i) {
    KeyPart part = ordered_part(i);
    const std::string& text = row_.expressions[next_expression_++];
    part.expression.common = without_outer_parentheses(text);
    const std::size_t begin = row_.definition.find(text, position_);
    if (begin != std::string::npos) position_ = begin + text.size();
    if (std::string_view(row_.definition).substr(position_).starts_with(" COLLATE ")) {
      part.collation = collation_name(catalog_, draft_, static_cast<Oid>(row_.collations[i]));
    }
    part.operator_class = operator_class(i, 0);
    return part;
  }

  KeyPart ordered_part(std::size_t i) const {
    KeyPart part;
    const std::int64_t option = row_.options[i];
    const bool nulls_first = (option & kNullsFirst) != 0;
    part.descending = (option & kDescending) != 0;
    if (nulls_first != part.descending) part.nulls = nulls_first ? "first" : "last";
    return part;
  }

  std::string operator_class(std::size_t i, Oid type) const {
    const auto extra = draft_.index_columns.find({row_.oid, static_cast<std::int64_t>(i) + 1});
    static const std::vector<std::string> kNoParameters;
    return classes_.spelled(
        static_cast<Oid>(row_.classes[i]), type,
        extra == draft_.index_columns.end() ? kNoParameters : extra->second.parameters);
  }

  const Catalog& catalog_;
  Draft& draft_;
  const OperatorClasses& classes_;
  const Relation& relation_;
  const IndexRow& row_;
  std::size_t next_expression_ = 0;
  std::size_t position_ = 0;  // In the definition, behind the last expression.
};

// "1: 500, 3: 200"
std::string statistics_of(const Draft& draft, const IndexRow& row) {
  std::string text;
  for (auto column = draft.index_columns.lower_bound({row.oid, 0});
       column != draft.index_columns.end() && column->first.first == row.oid; ++column) {
    if (column->second.statistics.empty()) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(column->first.second) + ": " + column->second.statistics;
  }
  return text;
}

IndexEntry entry_of(const Catalog& catalog, Draft& draft, const OperatorClasses& classes,
                    const Relation& relation, IndexRow& row) {
  IndexEntry entry;
  entry.oid = row.oid;
  entry.relation = row.relation;
  entry.inherited = row.attached;
  entry.nulls_not_distinct = row.nulls_not_distinct;
  Index& index = entry.index;
  KeyReader key(catalog, draft, classes, relation, row);
  for (std::size_t i = 0; i < row.columns.size(); ++i) {
    if (i < static_cast<std::size_t>(row.key_count)) {
      index.columns.push_back(key.part(i));
    } else {
      index.include.push_back(relation.column(row.columns[i]));
    }
  }
  index.unique = row.unique;
  index.where.common = std::move(row.predicate);
  if (row.method != "btree") index.method = std::move(row.method);
  index.comment = catalog.comment(CatalogClass::kRelation, row.oid);
  put_flag(index.options, "invalid", !row.valid);
  put(index.options, "statistics", statistics_of(draft, row));
  entry.parameters = std::move(row.parameters);
  index.name = std::move(row.name);
  return entry;
}

void put_roles(Draft& draft, const IndexRow& row) {
  Table* table = draft.table(row.relation);
  View* view = draft.view(row.relation);
  if (view != nullptr && row.clustered) put(view->options, "clustered_on", row.name);
  if (table == nullptr) return;
  if (row.clustered) put(table->options, "clustered_on", row.name);
  if (row.replica_identity) put(table->options, "replica_identity", "index " + row.name);
}

}  // namespace

std::vector<IndexEntry> read_indexes(const Catalog& catalog, Draft& draft) {
  const OperatorClasses classes(catalog);
  std::vector<IndexEntry> entries;
  catalog.each_row(indexes_query(catalog), [&](CatalogRow& values) {
    IndexRow row = read_index(values);
    const Relation* relation = draft.relation(row.relation);
    if (relation == nullptr) return;
    put_roles(draft, row);
    entries.push_back(entry_of(catalog, draft, classes, *relation, row));
  });
  return entries;
}

void keep_indexes(Draft& draft, std::vector<IndexEntry>& indexes) {
  for (IndexEntry& entry : indexes) {
    if (entry.of_constraint || entry.inherited) continue;
    put_flag(entry.index.options, "nulls_not_distinct", entry.nulls_not_distinct);
    put_parameters(entry.index.options, entry.parameters);
    if (Table* table = draft.table(entry.relation)) {
      table->indexes.push_back(std::move(entry.index));
    } else if (View* view = draft.view(entry.relation)) {
      view->indexes.push_back(std::move(entry.index));
    }
  }
}

}  // namespace ormdb::postgresql
