// Canonical forms are compared, spelled forms are carried. What a part of a table means can depend
// on its other parts: on SQLite whether a column can be null on the primary key, what a key part
// compares by on its column's collation. So each part of `from` is taken in the surroundings that
// it will have afterwards, those of `to`.
//
// 1. Settings, then columns by name: `from`'s columns under `to`'s key and options.
// 2. Constraints by content, indexes by name, then those without a name by content: `from`'s over
// `to`'s
//    columns. Normalizing may drop, merge and reorder constraints, so each spelled one is
//    normalized by itself to find which canonical one it is (only in tables where some differ).

#include "ops/diff_table.h"

#include <algorithm>

#include "ops/apply_parts.h"
#include "ops/canonical.h"
#include "ops/describe.h"
#include "ops/find.h"
#include "ops/heirs.h"
#include "ops/sql_names.h"

namespace ormdb {
namespace {

/// A table in a schema of its own, with the tables of `schema` that it references.
struct InSurroundings {
  Table spelled;
  Table canonical;
};

InSurroundings in_surroundings(Table table, const Schema& schema, const SchemaRules& rules) {
  Schema alone;
  alone.enums = schema.enums;
  for (const ForeignKey& key : table.foreign_keys) {
    const std::size_t at = find_table(schema, key.referenced_table, rules);
    if (at == schema.tables.size()) continue;
    const std::string name = qualified_name(schema.tables[at]);
    const bool is_here = same_name(name, qualified_name(table), rules) ||
                         find_table(alone, name, rules) < alone.tables.size();
    if (!is_here) alone.tables.push_back(schema.tables[at]);
  }
  alone.tables.push_back(table);
  const Schema canonical = canonical_schema(alone, rules);
  const std::size_t found = find_table(canonical, rules.fold(qualified_name(table)), rules);
  return {std::move(table), found < canonical.tables.size() ? canonical.tables[found] : Table{}};
}

/// The columns of `table` that `other` has not.
std::vector<Column> columns_beside(const Table& table, const Table& other,
                                   const SchemaRules& rules) {
  std::vector<Column> result;
  for (const Column& column : table.columns) {
    if (find_column(other, column.name, rules) == other.columns.size()) result.push_back(column);
  }
  return result;
}

/// `from`'s columns under `to`'s primary key and options.
InSurroundings columns_as_they_will_be(const ComparedTable& from, const ComparedTable& to,
                                       const SchemaRules& rules) {
  Table table = to.spelled;
  table.columns = from.spelled.columns;
  for (Column& column : columns_beside(to.spelled, from.spelled, rules)) {
    table.columns.push_back(std::move(column));
  }
  table.uniques.clear();
  table.foreign_keys.clear();
  table.checks.clear();
  table.excludes.clear();
  table.indexes.clear();
  return in_surroundings(std::move(table), to.schema, rules);
}

/// `from`'s constraints and indexes over `to`'s columns.
InSurroundings keys_as_they_will_be(const ComparedTable& from, const ComparedTable& to,
                                    const SchemaRules& rules) {
  Table table = from.spelled;
  table.options = to.spelled.options;
  table.columns = to.spelled.columns;
  for (Column& column : columns_beside(from.spelled, to.spelled, rules)) {
    table.columns.push_back(std::move(column));
  }
  return in_surroundings(std::move(table), to.schema, rules);
}

/// The columns of `a` that `b` has not, in the order of the spelled table.
std::vector<Column> columns_only_in(const ComparedTable& a, const ComparedTable& b,
                                    const SchemaRules& rules) {
  std::vector<Column> result;
  for (const Column& column : a.spelled.columns) {
    const std::string name = rules.fold(column.name);
    if (a.canonical.find_column(name) != nullptr && b.canonical.find_column(name) == nullptr) {
      result.push_back(column);
    }
  }
  return result;
}

bool uses_another_of(const Column& column, const std::vector<Column>& columns,
                     const SchemaRules& rules) {
  return std::any_of(columns.begin(), columns.end(), [&](const Column& other) {
    return column.name != other.name &&
           mentions_name(column.generated->expression, other.name, rules);
  });
}

/// Plain columns first, then generated ones after those that they are computed from.
std::vector<Column> in_order_of_use(std::vector<Column> columns, const SchemaRules& rules) {
  const auto plain_end =
      std::stable_partition(columns.begin(), columns.end(),
                            [](const Column& column) { return !column.generated.has_value(); });
  std::vector<Column> result(columns.begin(), plain_end);
  std::vector<Column> waiting(plain_end, columns.end());
  while (!waiting.empty()) {
    auto next = std::find_if(waiting.begin(), waiting.end(), [&](const Column& column) {
      return !uses_another_of(column, waiting, rules);
    });
    if (next == waiting.end()) next = waiting.begin();  // a cycle, which engines refuse
    result.push_back(*next);
    waiting.erase(next);
  }
  return result;
}

/// Whether `column` means in `table` what the table's own column of the name does.
bool means_the_same_in(const ComparedTable& table, const Column& column, const SchemaRules& rules) {
  Table changed = table.spelled;
  changed.columns[find_column(changed, column.name, rules)] = column;
  const std::string name = rules.fold(column.name);
  const InSurroundings there = in_surroundings(std::move(changed), table.schema, rules);
  const Column* meaning = there.canonical.find_column(name);
  const Column* own = table.canonical.find_column(name);
  return meaning != nullptr && own != nullptr && *meaning == *own;
}

/// A column that is spelled the same and still changes its meaning with the table's key or options
/// is carried in the rules' spelling: a database that keeps less than the spelling needs to be
/// told. It is altered while the operation alone, and its reverse, change nothing else.
void alter_meaning(const ComparedTable& from, const Column& spelled,
                   std::pair<Column, Column> meaning, const SchemaRules& rules,
                   TableChanges& changes) {
  meaning.first.name = spelled.name;
  meaning.second.name = spelled.name;
  const bool first = means_the_same_in(from, meaning.second, rules);
  auto& list = first ? changes.columns_altered_first : changes.altered_columns;
  list.push_back(std::move(meaning));
}

void diff_columns(const ComparedTable& from, const ComparedTable& to, const SchemaRules& rules,
                  TableChanges& changes) {
  changes.added_columns = in_order_of_use(columns_only_in(to, from, rules), rules);
  changes.dropped_columns = in_order_of_use(columns_only_in(from, to, rules), rules);
  std::reverse(changes.dropped_columns.begin(), changes.dropped_columns.end());
  const InSurroundings kept = columns_as_they_will_be(from, to, rules);
  for (const Column& column : to.spelled.columns) {
    const std::size_t found = find_column(from.spelled, column.name, rules);
    const std::string name = rules.fold(column.name);
    const Column* before = from.canonical.find_column(name);
    const Column* unchanged = kept.canonical.find_column(name);
    const Column* after = to.canonical.find_column(name);
    if (before == nullptr || unchanged == nullptr || after == nullptr) continue;
    if (*before == *after && *unchanged == *after) continue;
    const Column& spelled = from.spelled.columns[found];
    Column target = column;
    target.name = spelled.name;
    if (spelled == target) {
      alter_meaning(from, spelled, {*before, *after}, rules, changes);
    } else {
      changes.altered_columns.emplace_back(spelled, std::move(target));
    }
  }
}

/// The constraints of `a` whose content `b` has not.
std::vector<Constraint> constraints_only_in(const Table& a, const Table& b) {
  const std::vector<Constraint> others = constraints_of(b);
  std::vector<Constraint> result;
  for (const Constraint& constraint : constraints_of(a)) {
    if (!contains(others, constraint)) result.push_back(constraint);
  }
  return result;
}

/// "REFERENCES parent" with the columns that it means in `schema`: between other operations the
/// parent's key may be another one.
Constraint with_referenced_columns(Constraint constraint, const Schema& schema,
                                   const SchemaRules& rules) {
  auto* key = std::get_if<ForeignKey>(&constraint);
  if (key == nullptr || !key->referenced_columns.empty()) return constraint;
  const std::size_t parent = find_table(schema, key->referenced_table, rules);
  if (parent == schema.tables.size() || !schema.tables[parent].primary_key) return constraint;
  for (const KeyPart& part : schema.tables[parent].primary_key->columns) {
    key->referenced_columns.push_back(part.column);
  }
  return constraint;
}

/// Every spelled constraint that means one of the wanted; a wanted one that nobody spelled (the
/// check of a type) as it is.
std::vector<Constraint> spelled_constraints(const std::vector<Constraint>& wanted,
                                            const Table& table, const Schema& schema,
                                            const SchemaRules& rules) {
  std::vector<Constraint> result;
  std::vector<Constraint> found;
  if (wanted.empty()) return result;
  for (const Constraint& constraint : constraints_of(table)) {
    const bool kind_is_wanted = std::any_of(
        wanted.begin(), wanted.end(),
        [&](const Constraint& candidate) { return candidate.index() == constraint.index(); });
    if (!kind_is_wanted) continue;
    const std::optional<Constraint> canonical =
        canonical_constraint(constraint, table, schema, rules);
    if (!canonical || !contains(wanted, *canonical)) continue;
    result.push_back(constraint);
    found.push_back(*canonical);
  }
  for (const Constraint& constraint : wanted) {
    if (!contains(found, constraint)) result.push_back(constraint);
  }
  return result;
}

/// Primary key, uniques, checks, exclusions, foreign keys; then by what they say.
void sort_constraints(std::vector<Constraint>& constraints) {
  const auto rank = [](const Constraint& constraint) {
    constexpr int kRanks[] = {0, 1, 4, 2, 3};
    return kRanks[constraint.index()];
  };
  std::sort(constraints.begin(), constraints.end(), [&](const Constraint& a, const Constraint& b) {
    if (rank(a) != rank(b)) return rank(a) < rank(b);
    return describe_constraint(a) < describe_constraint(b);
  });
}

std::vector<std::string> folded_names(const std::vector<Constraint>& constraints,
                                      const SchemaRules& rules) {
  std::vector<std::string> names;
  for (const Constraint& constraint : constraints) {
    if (constraint_name(constraint).empty()) continue;
    names.push_back(rules.fold(constraint_name(constraint)));
  }
  return names;
}

/// Names do not count in the comparison, so a new constraint may come with the name of one that
/// stays: it gets a number behind it.
void give_free_names(std::vector<Constraint>& added, const std::vector<Constraint>& dropped,
                     const Table& from, const SchemaRules& rules) {
  std::vector<std::string> taken = folded_names(constraints_of(from), rules);
  for (const std::string& name : folded_names(dropped, rules)) {
    const auto found = std::find(taken.begin(), taken.end(), name);
    if (found != taken.end()) taken.erase(found);
  }
  for (Constraint& constraint : added) {
    const std::string wanted = constraint_name(constraint);
    if (wanted.empty()) continue;
    std::string name = wanted;
    for (int number = 2; contains(taken, rules.fold(name)); ++number) {
      name = wanted + "_" + std::to_string(number);
    }
    taken.push_back(rules.fold(name));
    std::visit([&](auto& held) { held.name = name; }, constraint);
  }
}

void diff_constraints(const InSurroundings& from, const Schema& from_schema,
                      const ComparedTable& to, const SchemaRules& rules, TableChanges& changes) {
  changes.dropped_constraints = spelled_constraints(
      constraints_only_in(from.canonical, to.canonical), from.spelled, to.schema, rules);
  changes.added_constraints = spelled_constraints(constraints_only_in(to.canonical, from.canonical),
                                                  to.spelled, to.schema, rules);
  for (Constraint& constraint : changes.dropped_constraints) {
    constraint = with_referenced_columns(std::move(constraint), from_schema, rules);
  }
  for (Constraint& constraint : changes.added_constraints) {
    constraint = with_referenced_columns(std::move(constraint), to.schema, rules);
  }
  sort_constraints(changes.dropped_constraints);
  std::reverse(changes.dropped_constraints.begin(), changes.dropped_constraints.end());
  sort_constraints(changes.added_constraints);
  give_free_names(changes.added_constraints, changes.dropped_constraints, from.spelled, rules);
}

bool same_parts(const std::vector<KeyPart>& spelled, const std::vector<KeyPart>& canonical,
                const SchemaRules& rules) {
  return std::equal(spelled.begin(), spelled.end(), canonical.begin(), canonical.end(),
                    [&](const KeyPart& a, const KeyPart& b) {
                      return a.descending == b.descending && rules.fold(a.column) == b.column;
                    });
}

Index spelled_index(const Table& table, const Index& canonical, const SchemaRules& rules) {
  for (const Index& index : table.indexes) {
    if (rules.fold(index.name) != canonical.name) continue;
    const bool same = !index.name.empty() || (index.unique == canonical.unique &&
                                              same_parts(index.columns, canonical.columns, rules));
    if (same) return index;
  }
  return canonical;
}

/// The former name stays where it is the name of an index that goes: the two are one.
void keep_hints_in_force(std::vector<Index>& indexes, const std::vector<Index>& others,
                         const SchemaRules& rules) {
  for (Index& index : indexes) {
    const bool in_force = std::any_of(others.begin(), others.end(), [&](const Index& other) {
      return rules.fold(other.name) == rules.fold(index.renamed_from);
    });
    if (!in_force || !rules.orders_by_dependency()) index.renamed_from.clear();
  }
}

void diff_indexes(const InSurroundings& from, const ComparedTable& to, const SchemaRules& rules,
                  TableChanges& changes) {
  std::vector<Index> dropped = from.canonical.indexes;
  std::vector<Index> created = to.canonical.indexes;
  cancel_equal_indexes(dropped, created);
  for (const Index& index : dropped) {
    changes.dropped_indexes.push_back(spelled_index(from.spelled, index, rules));
  }
  for (const Index& index : created) {
    changes.created_indexes.push_back(spelled_index(to.spelled, index, rules));
  }
  keep_hints_in_force(changes.dropped_indexes, changes.created_indexes, rules);
  keep_hints_in_force(changes.created_indexes, changes.dropped_indexes, rules);
}

TableChanges diff_parts(const ComparedTable& from, const ComparedTable& to,
                        const SchemaRules& rules) {
  TableChanges changes;
  changes.name = qualified_name(to.spelled);
  if (from.canonical.comment != to.canonical.comment ||
      from.canonical.options != to.canonical.options) {
    changes.settings = AlterTable{changes.name,
                                  {from.spelled.comment, from.spelled.options},
                                  {to.spelled.comment, to.spelled.options}};
  }
  diff_columns(from, to, rules, changes);
  const InSurroundings keys = keys_as_they_will_be(from, to, rules);
  diff_constraints(keys, from.schema, to, rules, changes);
  diff_indexes(keys, to, rules, changes);
  return changes;
}

/// What a partition has from its table it says there, and afterwards by itself: both are compared
/// as tables of their own. Before ATTACH the table becomes one that fits, after DETACH it becomes
/// what it shall be.
TableChanges diff_attachment(const ComparedTable& from, const ComparedTable& to,
                             const SchemaRules& rules) {
  const InSurroundings before =
      in_surroundings(without_parent(from.spelled, from.schema), from.schema, rules);
  const InSurroundings after =
      in_surroundings(without_parent(to.spelled, to.schema), to.schema, rules);
  TableChanges changes = diff_parts({before.spelled, before.canonical, from.schema},
                                    {after.spelled, after.canonical, to.schema}, rules);
  changes.settings = AlterTable{changes.name,
                                {from.spelled.comment, from.spelled.options},
                                {to.spelled.comment, to.spelled.options}};
  changes.settings_last = !partitioned_table(to.canonical).empty();
  return changes;
}

}  // namespace

Table spelled_table(const Table& table, const ComparedSchema& schema, const SchemaRules& rules) {
  Table result = table;
  result.renamed_from.clear();
  result.relationships.clear();
  for (Column& column : result.columns) {
    column.renamed_from.clear();
    if (!mentions_enum(column.type)) continue;
    const Type& type =
        column.type.kind == TypeKind::kArray ? column.type.element.front() : column.type;
    const bool kept = find_enum(schema.canonical, type.name, rules) < schema.canonical.enums.size();
    if (!kept) make_checks_explicit(result, column, schema.spelled, rules);
  }
  return result;
}

TableChanges diff_table(const ComparedTable& from, const ComparedTable& to,
                        const SchemaRules& rules) {
  if (partitioned_table(from.canonical).empty() != partitioned_table(to.canonical).empty()) {
    return diff_attachment(from, to, rules);
  }
  return diff_parts(from, to, rules);
}

}  // namespace ormdb
