// 1. Both schemas in canonical form (canonical.h), lists sorted by name.
// 2. Objects of one kind are matched by name, walking both lists at once; tables that differ are
//    compared part by part (diff_table.h).
// 3. What was found is put into an order that runs (order.h).

#include "ormdb/diff.h"

#include <algorithm>
#include <map>
#include <set>

#include "ops/canonical.h"
#include "ops/changes.h"
#include "ops/diff_table.h"
#include "ops/order.h"

namespace ormdb {
namespace {

std::string key_of(const Table& table) { return qualified_name(table); }
std::string key_of(const View& view) { return qualified_name(view); }
std::string key_of(const Enum& value) { return qualified_name(value); }
std::string key_of(const VirtualTable& table) { return table.name; }
std::string key_of(const DatabaseObject& object) { return object_key(object); }

/// Where names of triggers are global, so is the order that canonical_schema puts them in.
std::string key_of(const Trigger& trigger, const SchemaRules& rules) {
  return rules.trigger_names_are_global() ? trigger.name : trigger.name + " " + trigger.table;
}
template <typename Object>
std::string key_of(const Object& object, const SchemaRules&) {
  return key_of(object);
}

/// From canonical objects to those that the user wrote.
template <typename Object>
class Spellings {
 public:
  Spellings(const std::vector<Object>& objects, const SchemaRules& rules) : rules_(rules) {
    for (const Object& object : objects) {
      by_key_.emplace(rules.fold(key_of(object, rules)), &object);
      by_name_.emplace(rules.fold(object.name), &object);
    }
  }

  const Object& of(const Object& canonical) const {
    const auto exact = by_key_.find(key_of(canonical, rules_));
    if (exact != by_key_.end()) return *exact->second;
    // The rules may have dropped the name of a default schema.
    const auto named = by_name_.find(canonical.name);
    return named == by_name_.end() ? canonical : *named->second;
  }

 private:
  std::map<std::string, const Object*> by_key_;
  std::map<std::string, const Object*> by_name_;
  const SchemaRules& rules_;
};

/// Calls only_from(a), only_to(b) or both(a, b) for every name, in order.
template <typename Object, typename OnlyFrom, typename OnlyTo, typename Both>
void merge_by_name(const std::vector<Object>& from, const std::vector<Object>& to,
                   const SchemaRules& rules, const OnlyFrom& only_from, const OnlyTo& only_to,
                   const Both& both) {
  auto a = from.begin();
  auto b = to.begin();
  while (a != from.end() || b != to.end()) {
    const int order = a == from.end() ? 1
                      : b == to.end() ? -1
                                      : key_of(*a, rules).compare(key_of(*b, rules));
    if (order < 0) only_from(*a++);
    if (order > 0) only_to(*b++);
    if (order == 0) both(*a++, *b++);
  }
}

template <typename Object>
ObjectChanges<Object> diff_objects(const std::vector<Object> Schema::*list,
                                   const ComparedSchema& from, const ComparedSchema& to,
                                   const SchemaRules& rules) {
  const Spellings<Object> before(from.spelled.*list, rules);
  const Spellings<Object> after(to.spelled.*list, rules);
  ObjectChanges<Object> changes;
  merge_by_name(
      from.canonical.*list, to.canonical.*list, rules,
      [&](const Object& a) { changes.dropped.push_back(before.of(a)); },
      [&](const Object& b) { changes.created.push_back(after.of(b)); },
      [&](const Object& a, const Object& b) {
        if (a != b) changes.replaced.emplace_back(before.of(a), after.of(b));
      });
  return changes;
}

/// "REFERENCES parent" means another key when the parent's changes, so looking equal is not enough.
bool has_implied_reference(const Table& table) {
  return std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                     [](const ForeignKey& key) { return key.referenced_columns.empty(); });
}

void diff_tables(const ComparedSchema& from, const ComparedSchema& to, const SchemaRules& rules,
                 SchemaChanges& changes) {
  const Spellings<Table> before(from.spelled.tables, rules);
  const Spellings<Table> after(to.spelled.tables, rules);
  merge_by_name(
      from.canonical.tables, to.canonical.tables, rules,
      [&](const Table& a) {
        changes.tables.dropped.push_back(spelled_table(before.of(a), from, rules));
      },
      [&](const Table& b) {
        changes.tables.created.push_back(spelled_table(after.of(b), to, rules));
      },
      [&](const Table& a, const Table& b) {
        if (same_table(a, b) && !has_implied_reference(before.of(a))) return;
        changes.altered_tables.push_back(
            diff_table({spelled_table(before.of(a), from, rules), a, from.spelled},
                       {spelled_table(after.of(b), to, rules), b, to.spelled}, rules));
      });
}

/// A virtual table cannot be altered.
void replace_by_drop_and_create(ObjectChanges<VirtualTable>& changes) {
  for (auto& [from, to] : changes.replaced) {
    changes.dropped.push_back(std::move(from));
    changes.created.push_back(std::move(to));
  }
  changes.replaced.clear();
  for (VirtualTable& table : changes.dropped) table.renamed_from.clear();
  for (VirtualTable& table : changes.created) table.renamed_from.clear();
}

template <typename Object>
std::vector<Object> unchanged(const ObjectChanges<Object>& changes,
                              const std::vector<Object>& objects, const SchemaRules& rules) {
  std::set<std::string> changed;
  for (const Object& object : changes.created) changed.insert(key_of(object, rules));
  for (const auto& [from, to] : changes.replaced) changed.insert(key_of(to, rules));
  std::vector<Object> result;
  for (const Object& object : objects) {
    if (!changed.contains(key_of(object, rules))) result.push_back(object);
  }
  return result;
}

}  // namespace

std::vector<Operation> diff(const Schema& from, const Schema& to, const SchemaRules& rules) {
  const ComparedSchema before{from, canonical_schema(from, rules)};
  const ComparedSchema after{to, canonical_schema(to, rules)};
  SchemaChanges changes;
  changes.enums = diff_objects(&Schema::enums, before, after, rules);
  diff_tables(before, after, rules, changes);
  changes.virtual_tables = diff_objects(&Schema::virtual_tables, before, after, rules);
  replace_by_drop_and_create(changes.virtual_tables);
  changes.views = diff_objects(&Schema::views, before, after, rules);
  changes.triggers = diff_objects(&Schema::triggers, before, after, rules);
  changes.unchanged_triggers = unchanged(changes.triggers, to.triggers, rules);
  changes.objects = diff_objects(&Schema::objects, before, after, rules);
  changes.unchanged_objects = unchanged(changes.objects, to.objects, rules);
  std::erase_if(changes.unchanged_objects,
                [](const DatabaseObject& object) { return object.table.empty(); });
  collect_ancestors(from, changes.ancestors);
  collect_ancestors(to, changes.ancestors);
  collect_references(from, changes.references);
  collect_references(to, changes.references);
  return ordered_operations(std::move(changes), rules);
}

}  // namespace ormdb
