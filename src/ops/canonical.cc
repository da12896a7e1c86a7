#include "ops/canonical.h"

#include <algorithm>

#include "ops/find.h"

namespace ormdb {
namespace {

template <typename Items>
void sort_by_name(Items& items) {
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
}

bool same_content(Index a, const Index& b) {
  a.name = b.name;
  return a == b;
}

/// Foreign keys and checks that stand twice mean no more than once.
template <typename Items>
void remove_duplicates(Items& items) {
  Items unique;
  for (auto& item : items) {
    if (!contains(unique, item)) unique.push_back(std::move(item));
  }
  items = std::move(unique);
}

class Folder {
 public:
  explicit Folder(const SchemaRules& rules) : rules_(rules) {}

  void fold(std::string& name) const { name = rules_.fold(name); }
  void fold(std::vector<std::string>& names) const {
    for (std::string& name : names) fold(name);
  }
  void fold(std::vector<KeyPart>& parts) const {
    for (KeyPart& part : parts) fold(part.column);
  }
  void fold(ForeignKey& key) const {
    fold(key.columns);
    fold(key.referenced_table);
    fold(key.referenced_columns);
  }
  void fold(Table& table) const;

 private:
  const SchemaRules& rules_;
};

void Folder::fold(Table& table) const {
  fold(table.name);
  fold(table.schema);
  for (Column& column : table.columns) {
    fold(column.name);
    column.renamed_from.clear();
  }
  if (table.primary_key) fold(table.primary_key->columns);
  for (Unique& unique : table.uniques) fold(unique.columns);
  for (ForeignKey& key : table.foreign_keys) fold(key);
  for (Index& index : table.indexes) {
    fold(index.name);
    fold(index.columns);
    fold(index.include);
    index.renamed_from.clear();
  }
  for (Exclude& exclude : table.excludes) {
    for (Exclude::Element& element : exclude.elements) fold(element.part.column);
  }
  table.renamed_from.clear();
  table.relationships.clear();
}

void canonicalize(Table& table, const Folder& folder) {
  folder.fold(table);
  sort_by_name(table.columns);
  sort_by_name(table.indexes);
  remove_duplicates(table.uniques);
  remove_duplicates(table.foreign_keys);
  remove_duplicates(table.checks);
  remove_duplicates(table.excludes);
}

/// The table without its constraints of this one's kind.
struct EraseKind {
  Table& table;
  void operator()(const PrimaryKey&) const { table.primary_key.reset(); }
  void operator()(const Unique&) const { table.uniques.clear(); }
  void operator()(const ForeignKey&) const { table.foreign_keys.clear(); }
  void operator()(const Check&) const { table.checks.clear(); }
  void operator()(const Exclude&) const { table.excludes.clear(); }
};

struct Append {
  Table& table;
  void operator()(const PrimaryKey& key) const { table.primary_key = key; }
  void operator()(const Unique& unique) const { table.uniques.push_back(unique); }
  void operator()(const ForeignKey& key) const { table.foreign_keys.push_back(key); }
  void operator()(const Check& check) const { table.checks.push_back(check); }
  void operator()(const Exclude& exclude) const { table.excludes.push_back(exclude); }
};

/// The table in a schema of its own with what its meaning depends on: enums, and the table that a
/// foreign key references, whose key an engine may have to look up.
Schema surroundings(const Table& table, const Constraint& constraint, const Schema& schema,
                    const SchemaRules& rules) {
  Schema result;
  result.enums = schema.enums;
  result.tables.push_back(table);
  result.tables.front().indexes.clear();
  if (const auto* key = std::get_if<ForeignKey>(&constraint)) {
    const std::size_t at = find_table(schema, key->referenced_table, rules);
    if (at < schema.tables.size() &&
        !same_name(qualified_name(schema.tables[at]), qualified_name(table), rules)) {
      result.tables.push_back(schema.tables[at]);
    }
  }
  return result;
}

/// The constraints of one kind of the table that stood first in `schema`, canonical but for
/// duplicates.
std::vector<Constraint> normalized_of_kind(const Schema& schema, const Constraint& kind,
                                           const SchemaRules& rules) {
  const Folder folder(rules);
  Schema normalized = rules.normalize(schema);
  const std::string name = rules.fold(qualified_name(schema.tables.front()));
  std::vector<Constraint> result;
  for (Table& table : normalized.tables) {
    folder.fold(table);
    if (qualified_name(table) != name) continue;
    for (Constraint& constraint : constraints_of(table)) {
      if (constraint.index() == kind.index()) result.push_back(std::move(constraint));
    }
  }
  return result;
}

}  // namespace

std::string object_key(const DatabaseObject& object) {
  // An extension stands once in a database, and can move between schemas.
  if (object.kind == "extension") return object.kind + "  " + object.name;
  return object.kind + " " + object.table + " " + qualified_name(object);
}

Schema canonical_schema(const Schema& schema, const SchemaRules& rules) {
  const Folder folder(rules);
  Schema result = rules.normalize(schema);
  for (Table& table : result.tables) canonicalize(table, folder);
  for (VirtualTable& table : result.virtual_tables) {
    folder.fold(table.name);
    table.renamed_from.clear();
  }
  for (View& view : result.views) {
    folder.fold(view.name);
    folder.fold(view.schema);
    for (Index& index : view.indexes) folder.fold(index.name);
    sort_by_name(view.indexes);
  }
  for (Trigger& trigger : result.triggers) {
    folder.fold(trigger.name);
    folder.fold(trigger.table);
    folder.fold(trigger.update_of);
    std::sort(trigger.update_of.begin(), trigger.update_of.end());
    std::sort(trigger.events.begin(), trigger.events.end());
  }
  for (Enum& value : result.enums) {
    folder.fold(value.name);
    folder.fold(value.schema);
  }
  for (DatabaseObject& object : result.objects) {
    folder.fold(object.name);
    folder.fold(object.schema);
    folder.fold(object.table);
  }
  const auto by_qualified_name = [](const auto& a, const auto& b) {
    return qualified_name(a) < qualified_name(b);
  };
  std::sort(result.tables.begin(), result.tables.end(), by_qualified_name);
  std::sort(result.views.begin(), result.views.end(), by_qualified_name);
  std::sort(result.enums.begin(), result.enums.end(), by_qualified_name);
  sort_by_name(result.virtual_tables);
  std::sort(result.triggers.begin(), result.triggers.end(), [](const auto& a, const auto& b) {
    return a.name != b.name ? a.name < b.name : a.table < b.table;
  });
  std::sort(result.objects.begin(), result.objects.end(),
            [](const DatabaseObject& a, const DatabaseObject& b) {
              return object_key(a) < object_key(b);
            });
  return result;
}

void cancel_equal_indexes(std::vector<Index>& from, std::vector<Index>& to) {
  const auto cancel = [&](const auto& equal) {
    std::erase_if(from, [&](const Index& index) {
      const auto twin = std::find_if(to.begin(), to.end(),
                                     [&](const Index& other) { return equal(index, other); });
      if (twin == to.end()) return false;
      to.erase(twin);
      return true;
    });
  };
  cancel([](const Index& a, const Index& b) { return a == b; });
  cancel([](const Index& a, const Index& b) {
    return (a.name.empty() || b.name.empty()) && same_content(a, b);
  });
}

bool same_table(const Table& a, const Table& b) {
  std::vector<Index> indexes = a.indexes;
  std::vector<Index> others = b.indexes;
  cancel_equal_indexes(indexes, others);
  return a.name == b.name && a.schema == b.schema && a.columns == b.columns &&
         a.primary_key == b.primary_key && a.comment == b.comment && a.options == b.options &&
         same_elements(a.uniques, b.uniques) && same_elements(a.foreign_keys, b.foreign_keys) &&
         same_elements(a.checks, b.checks) && same_elements(a.excludes, b.excludes) &&
         indexes.empty() && others.empty();
}

bool equivalent(const Schema& a, const Schema& b, const SchemaRules& rules) {
  const Schema left = canonical_schema(a, rules);
  const Schema right = canonical_schema(b, rules);
  return left.enums == right.enums && left.virtual_tables == right.virtual_tables &&
         left.views == right.views && left.triggers == right.triggers &&
         left.objects == right.objects &&
         std::equal(left.tables.begin(), left.tables.end(), right.tables.begin(),
                    right.tables.end(), same_table);
}

std::vector<Constraint> constraints_of(const Table& table) {
  std::vector<Constraint> result;
  if (table.primary_key) result.emplace_back(*table.primary_key);
  for (const Unique& unique : table.uniques) result.emplace_back(unique);
  for (const Check& check : table.checks) result.emplace_back(check);
  for (const Exclude& exclude : table.excludes) result.emplace_back(exclude);
  for (const ForeignKey& key : table.foreign_keys) result.emplace_back(key);
  return result;
}

void add_constraint(const Constraint& constraint, Table& table) {
  std::visit(Append{table}, constraint);
}

std::optional<Constraint> canonical_constraint(const Constraint& constraint, const Table& table,
                                               const Schema& schema, const SchemaRules& rules) {
  Schema alone = surroundings(table, constraint, schema, rules);
  std::visit(EraseKind{alone.tables.front()}, constraint);
  const std::vector<Constraint> implied = normalized_of_kind(alone, constraint, rules);
  add_constraint(constraint, alone.tables.front());
  const std::vector<Constraint> all = normalized_of_kind(alone, constraint, rules);
  for (const Constraint& candidate : all) {
    if (!contains(implied, candidate)) return candidate;
  }
  // It says what a column implies anyway.
  if (all.size() != implied.size() + 1) return {};
  const auto twin = std::adjacent_find(all.begin(), all.end());
  if (twin != all.end()) return *twin;
  return {};
}

bool mentions_enum(const Type& type) {
  return type.kind == TypeKind::kEnum || (type.kind == TypeKind::kArray && !type.element.empty() &&
                                          mentions_enum(type.element.front()));
}

ImpliedChecks implied_checks(const Column& column, const Schema& schema, const SchemaRules& rules) {
  ImpliedChecks result{column, {}};
  if (!mentions_enum(column.type)) return result;
  Schema alone;
  alone.enums = schema.enums;
  Table table;
  table.name = "t";
  table.columns.push_back(column);
  alone.tables.push_back(std::move(table));
  const Schema normalized = rules.normalize(alone);
  if (normalized.tables.empty() || normalized.tables.front().columns.empty()) return result;
  result.column.type = normalized.tables.front().columns.front().type;
  result.checks = normalized.tables.front().checks;
  return result;
}

}  // namespace ormdb
