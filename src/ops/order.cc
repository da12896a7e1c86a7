#include "ops/order.h"

#include <algorithm>
#include <map>
#include <set>

#include "ops/describe.h"
#include "ops/order_dependencies.h"
#include "ops/order_objects.h"
#include "ops/sql_names.h"
#include "ops/topological.h"
#include "schema/object_kind.h"

namespace ormdb {
namespace {

using Names = std::set<std::string>;
using ColumnNames = std::map<std::string, Names>;  // folded table → folded columns

/// The tables of `tables` in an order in which referenced ones come first; foreign keys that a
/// cycle leaves pointing ahead are taken out of them where the engine wants that.
struct TablesInOrder {
  std::vector<Table> tables;
  std::vector<std::pair<std::string, ForeignKey>> split;  ///< qualified table, its key
};

class Orderer {
 public:
  Orderer(SchemaChanges changes, const SchemaRules& rules)
      : changes_(std::move(changes)), rules_(rules), inline_cycles_(rules.dialect() == "sqlite") {
    collect();
  }

  std::vector<Operation> run();

 private:
  void collect();
  std::string fold(const std::string& name) const { return rules_.fold(name); }

  bool references(const ForeignKey& key, const ColumnNames& columns, const Names& keys) const;
  TablesInOrder in_order(std::vector<Table> tables) const;
  bool index_name_is_used_anew(const Index& index, const std::string& table) const;
  bool must_go_early(const std::string& table, const Constraint& constraint) const;
  bool must_come_late(const std::string& table, const Constraint& constraint) const;

  void drop_indexes_early();
  void drop_keys_early();
  void create_tables();
  void alter(TableChanges& table);
  void alter_columns(TableChanges& table);
  void add_keys_late();
  void drop_tables();
  void recreate_objects_on(const Names& gone);
  void drop_objects(bool after_tables);
  void create_objects(bool after_tables);
  template <typename Kind>
  void emit(Kind kind) {
    result_.emplace_back(std::move(kind));
  }

  SchemaChanges changes_;
  const SchemaRules& rules_;
  const bool inline_cycles_;
  std::vector<Operation> result_;
  std::vector<AddConstraint> late_;
  Names created_tables_, dropped_tables_;
  std::map<std::string, Names> created_indexes_;  // folded name → tables
  Names created_relations_;
  ColumnNames added_columns_, dropped_columns_;
  Names added_keys_, dropped_keys_;  // folded tables that get or lose a key
  bool create_late_ = false, drop_early_ = false;
};

void sort_indexes(std::vector<Index>& indexes) {
  std::sort(indexes.begin(), indexes.end(), [](const Index& a, const Index& b) {
    if (a.name != b.name) return a.name < b.name;
    return describe_parts(a.columns) < describe_parts(b.columns);
  });
}

void Orderer::collect() {
  for (Table& table : changes_.tables.created) sort_indexes(table.indexes);
  for (Table& table : changes_.tables.dropped) sort_indexes(table.indexes);
  for (const Table& table : changes_.tables.created) {
    created_tables_.insert(fold(qualified_name(table)));
    created_relations_.insert(fold(table.name));
    for (const Index& index : table.indexes) {
      created_indexes_[fold(index.name)].insert(fold(qualified_name(table)));
    }
  }
  for (const Table& table : changes_.tables.dropped) {
    dropped_tables_.insert(fold(qualified_name(table)));
  }
  for (const View& view : changes_.views.created) created_relations_.insert(fold(view.name));
  for (const TableChanges& table : changes_.altered_tables) {
    const std::string name = fold(table.name);
    for (const Column& column : table.added_columns) {
      added_columns_[name].insert(fold(column.name));
    }
    for (const Column& column : table.dropped_columns) {
      dropped_columns_[name].insert(fold(column.name));
    }
    // A foreign key fits neither before both its ends have their types nor while they change.
    for (const auto& [from, to] : table.altered_columns) {
      if (from.type == to.type || inline_cycles_) continue;
      added_columns_[name].insert(fold(to.name));
      dropped_columns_[name].insert(fold(to.name));
    }
    for (const Index& index : table.created_indexes) {
      created_indexes_[fold(index.name)].insert(name);
    }
    const auto& added = table.added_constraints;
    const auto& dropped = table.dropped_constraints;
    if (std::any_of(added.begin(), added.end(), is_key)) added_keys_.insert(name);
    if (std::any_of(dropped.begin(), dropped.end(), is_key)) dropped_keys_.insert(name);
  }
  const auto any_key = [&](const std::vector<Table>& tables, const ColumnNames& columns,
                           const Names& keys) {
    return std::any_of(tables.begin(), tables.end(), [&](const Table& table) {
      return std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                         [&](const ForeignKey& key) { return references(key, columns, keys); });
    });
  };
  create_late_ = any_key(changes_.tables.created, added_columns_, added_keys_);
  drop_early_ = any_key(changes_.tables.dropped, dropped_columns_, dropped_keys_);
}

/// Whether a key references one of `columns`, or a table of `keys`. "REFERENCES parent" means a key
/// that any of the parent's columns may be in.
bool Orderer::references(const ForeignKey& key, const ColumnNames& columns,
                         const Names& keys) const {
  const std::string table = fold(key.referenced_table);
  if (keys.contains(table)) return true;
  const auto found = columns.find(table);
  if (found == columns.end()) return false;
  return key.referenced_columns.empty() ||
         std::any_of(key.referenced_columns.begin(), key.referenced_columns.end(),
                     [&](const std::string& name) { return found->second.contains(fold(name)); });
}

TablesInOrder Orderer::in_order(std::vector<Table> tables) const {
  std::map<std::string, std::size_t> numbers;
  for (std::size_t i = 0; i < tables.size(); ++i) numbers[fold(qualified_name(tables[i]))] = i;
  std::vector<std::set<std::size_t>> dependencies(tables.size());
  const auto number_of = [&](const ForeignKey& key) {
    const auto found = numbers.find(fold(key.referenced_table));
    return found == numbers.end() ? tables.size() : found->second;
  };
  for (std::size_t i = 0; i < tables.size(); ++i) {
    for (const ForeignKey& key : tables[i].foreign_keys) {
      if (number_of(key) < tables.size()) dependencies[i].insert(number_of(key));
    }
  }
  TablesInOrder result;
  std::set<std::size_t> done = {tables.size()};
  for (const std::size_t i : topological_order(dependencies)) {
    done.insert(i);
    Table table = tables[i];
    if (!inline_cycles_) {
      std::erase_if(table.foreign_keys, [&](const ForeignKey& key) {
        const bool ahead = !done.contains(number_of(key));
        if (ahead) result.split.emplace_back(qualified_name(table), key);
        return ahead;
      });
    }
    result.tables.push_back(std::move(table));
  }
  std::sort(result.split.begin(), result.split.end(), [](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    return describe_constraint(a.second) < describe_constraint(b.second);
  });
  return result;
}

/// Whether another table's index, or a table or view, takes the name over.
bool Orderer::index_name_is_used_anew(const Index& index, const std::string& table) const {
  if (created_relations_.contains(fold(index.name))) return true;
  const auto found = created_indexes_.find(fold(index.name));
  if (index.name.empty() || found == created_indexes_.end()) return false;
  return found->second.size() > 1 || !found->second.contains(fold(table));
}

bool Orderer::must_go_early(const std::string& table, const Constraint& constraint) const {
  const auto* key = std::get_if<ForeignKey>(&constraint);
  if (key == nullptr) return false;
  const std::string referenced = fold(key->referenced_table);
  if (drop_early_ && dropped_tables_.contains(referenced)) return true;
  return referenced != fold(table) && references(*key, dropped_columns_, dropped_keys_);
}

bool Orderer::must_come_late(const std::string& table, const Constraint& constraint) const {
  const auto* key = std::get_if<ForeignKey>(&constraint);
  if (key == nullptr) return false;
  const std::string referenced = fold(key->referenced_table);
  if (create_late_ && created_tables_.contains(referenced)) return true;
  return referenced != fold(table) && references(*key, added_columns_, added_keys_);
}

void Orderer::drop_indexes_early() {
  const auto take = [&](const std::string& table, std::vector<Index>& indexes) {
    std::erase_if(indexes, [&](const Index& index) {
      const bool early = index_name_is_used_anew(index, table);
      if (early) emit(DropIndex{table, index});
      return early;
    });
  };
  for (TableChanges& table : changes_.altered_tables) take(table.name, table.dropped_indexes);
  for (Table& table : changes_.tables.dropped) take(qualified_name(table), table.indexes);
}

void Orderer::drop_keys_early() {
  for (TableChanges& table : changes_.altered_tables) {
    std::erase_if(table.dropped_constraints, [&](const Constraint& constraint) {
      const bool early = must_go_early(table.name, constraint);
      if (early) emit(DropConstraint{table.name, constraint});
      return early;
    });
  }
}

void Orderer::create_tables() {
  TablesInOrder ordered = in_order(std::move(changes_.tables.created));
  for (Table& table : ordered.tables) {
    const std::string name = qualified_name(table);
    std::vector<Index> indexes = std::exchange(table.indexes, {});
    emit(CreateTable{std::move(table)});
    for (Index& index : indexes) {
      index.renamed_from.clear();
      emit(CreateIndex{name, std::move(index)});
    }
  }
  for (auto& [table, key] : ordered.split) late_.push_back({table, std::move(key)});
}

// Engines that change tables in place keep a generated column from the changes of what it is
// computed from: it goes before them and comes after them.
void Orderer::alter_columns(TableChanges& table) {
  const std::string& name = table.name;
  const auto apart = [&](const Column& column) {
    return column.generated.has_value() && rules_.orders_by_dependency();
  };
  for (const Column& column : table.dropped_columns) {
    if (apart(column)) emit(DropColumn{name, column});
  }
  for (const Column& column : table.added_columns) {
    if (!apart(column)) emit(AddColumn{name, column});
  }
  for (auto& [from, to] : table.altered_columns) {
    emit(AlterColumn{name, std::move(from), std::move(to), {}});
  }
  for (const Column& column : table.added_columns) {
    if (apart(column)) emit(AddColumn{name, column});
  }
  for (const Column& column : table.dropped_columns) {
    if (!apart(column)) emit(DropColumn{name, column});
  }
}

void Orderer::alter(TableChanges& table) {
  const std::string& name = table.name;
  for (auto& [from, to] : table.columns_altered_first) {
    emit(AlterColumn{name, std::move(from), std::move(to), {}});
  }
  for (Index& index : table.dropped_indexes) emit(DropIndex{name, std::move(index)});
  for (Constraint& constraint : table.dropped_constraints) {
    emit(DropConstraint{name, std::move(constraint)});
  }
  if (table.settings && !table.settings_last) emit(std::move(*table.settings));
  alter_columns(table);
  for (Constraint& constraint : table.added_constraints) {
    AddConstraint operation{name, std::move(constraint)};
    if (must_come_late(name, operation.constraint)) {
      late_.push_back(std::move(operation));
    } else {
      emit(std::move(operation));
    }
  }
  for (Index& index : table.created_indexes) emit(CreateIndex{name, std::move(index)});
  if (table.settings && table.settings_last) emit(std::move(*table.settings));
}

void Orderer::add_keys_late() {
  for (AddConstraint& operation : late_) emit(std::move(operation));
}

void Orderer::drop_tables() {
  TablesInOrder ordered = in_order(std::move(changes_.tables.dropped));
  for (auto& [table, key] : ordered.split) emit(DropConstraint{table, std::move(key)});
  std::reverse(ordered.tables.begin(), ordered.tables.end());
  for (Table& table : ordered.tables) {
    const std::string name = qualified_name(table);
    for (Index& index : std::exchange(table.indexes, {})) {
      index.renamed_from.clear();
      emit(DropIndex{name, std::move(index)});
    }
    emit(DropTable{std::move(table)});
  }
}

// A rule falls with its view, and comes again with it.
void Orderer::recreate_objects_on(const Names& gone) {
  const auto falls = [&](const DatabaseObject& object) {
    return !object.table.empty() && gone.contains(fold(std::string(unqualified(object.table))));
  };
  ObjectChanges<DatabaseObject>& objects = changes_.objects;
  std::erase_if(objects.replaced, [&](const auto& change) {
    if (!falls(change.first)) return false;
    objects.dropped.push_back(change.first);
    objects.created.push_back(change.second);
    return true;
  });
  for (const DatabaseObject& object : changes_.unchanged_objects) {
    if (!falls(object)) continue;
    objects.dropped.push_back(object);
    objects.created.push_back(object);
  }
}

void Orderer::drop_objects(bool after_tables) {
  for (auto it = changes_.objects.dropped.rbegin(); it != changes_.objects.dropped.rend(); ++it) {
    if (kind_of(*it).after_tables == after_tables) emit(DropObject{*it});
  }
}

void Orderer::create_objects(bool after_tables) {
  for (const ObjectKind& kind : object_kinds()) {
    if (kind.after_tables != after_tables) continue;
    for (const DatabaseObject& object : changes_.objects.created) {
      if (object.kind == kind.kind) emit(CreateObject{object});
    }
    for (const auto& [from, to] : changes_.objects.replaced) {
      if (to.kind == kind.kind) emit(AlterObject{from, to});
    }
  }
}

std::vector<Operation> Orderer::run() {
  ObjectOperations objects = object_operations(changes_, rules_);
  recreate_objects_on(objects.gone);
  result_ = std::move(objects.before);
  drop_indexes_early();
  drop_objects(true);
  create_objects(false);
  for (Enum& value : changes_.enums.created) emit(CreateEnum{std::move(value)});
  for (auto& [from, to] : changes_.enums.replaced) emit(AlterEnum{std::move(from), std::move(to)});
  if (!create_late_) create_tables();
  drop_keys_early();
  if (drop_early_) drop_tables();
  for (TableChanges& table : changes_.altered_tables) alter(table);
  if (create_late_) create_tables();
  add_keys_late();
  if (!drop_early_) drop_tables();
  for (Enum& value : changes_.enums.dropped) emit(DropEnum{std::move(value)});
  for (Operation& operation : objects.after) result_.push_back(std::move(operation));
  drop_objects(false);
  create_objects(true);
  if (!rules_.orders_by_dependency()) return std::move(result_);
  return in_order_of_dependency(std::move(result_), rules_, changes_.ancestors,
                                changes_.references);
}

}  // namespace

std::vector<Operation> ordered_operations(SchemaChanges changes, const SchemaRules& rules) {
  return Orderer(std::move(changes), rules).run();
}

}  // namespace ormdb
