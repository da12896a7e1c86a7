#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "ops/canonical.h"
#include "ops/find.h"
#include "ops/heirs.h"
#include "ormdb/diff.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

std::vector<std::string> table_names(const Schema& schema) {
  std::vector<std::string> names;
  for (const Table& table : schema.tables) names.push_back(qualified_name(table));
  for (const VirtualTable& table : schema.virtual_tables) names.push_back(table.name);
  return names;
}

std::vector<std::string> column_names(const Table* table) {
  std::vector<std::string> names;
  if (table == nullptr) return names;
  for (const Column& column : table->columns) names.push_back(column.name);
  return names;
}

/// Two sets of names, and whether old → new is a rename between them.
class NameChange {
 public:
  NameChange(std::vector<std::string> from, std::vector<std::string> to, const SchemaRules& rules)
      : from_(by_fold(from, rules)), to_(by_fold(to, rules)), rules_(rules) {}

  bool in_force(const Rename& rename) const {
    const std::string before = rules_.fold(rename.from);
    const std::string after = rules_.fold(rename.to);
    return from_.contains(before) && !to_.contains(before) && to_.contains(after) &&
           !from_.contains(after);
  }

  /// The rename in the schemas' own spellings.
  Rename spelled(const Rename& rename) const {
    return {rename.table, from_.at(rules_.fold(rename.from)), to_.at(rules_.fold(rename.to))};
  }

  Error refusal(const std::string& what, const Rename& rename) const {
    const std::string from = rules_.fold(rename.from);
    const std::string to = rules_.fold(rename.to);
    std::string why;
    if (!from_.contains(from)) {
      why = "there is no '" + rename.from + "' now" + did_you_mean(rename.from, names(from_));
    } else if (to_.contains(from)) {
      why = "'" + rename.from + "' stays";
    } else if (!to_.contains(to)) {
      why = "there is to be no '" + rename.to + "'" + did_you_mean(rename.to, names(to_));
    } else {
      why = "'" + rename.to + "' exists now";
    }
    return Error(ErrorKind::kUsage,
                 what + " '" + rename.from + "' cannot be renamed to '" + rename.to + "': " + why);
  }

 private:
  using ByFold = std::map<std::string, std::string>;
  static ByFold by_fold(const std::vector<std::string>& names, const SchemaRules& rules) {
    ByFold result;
    for (const std::string& name : names) result.emplace(rules.fold(name), name);
    return result;
  }
  static std::vector<std::string> names(const ByFold& map) {
    std::vector<std::string> result;
    for (const auto& [fold, name] : map) result.push_back(name);
    return result;
  }

  ByFold from_, to_;
  const SchemaRules& rules_;
};

/// A hint's old name, in the schema of the table that has the hint.
std::string hinted_name(const Table& table) {
  const bool qualified = table.renamed_from.find('.') != std::string::npos;
  return table.schema.empty() || qualified ? table.renamed_from
                                           : table.schema + "." + table.renamed_from;
}

std::vector<Rename> table_hints(const Schema& to) {
  std::vector<Rename> hints;
  for (const Table& table : to.tables) {
    if (table.renamed_from.empty()) continue;
    hints.push_back({"", hinted_name(table), qualified_name(table)});
  }
  for (const VirtualTable& table : to.virtual_tables) {
    if (!table.renamed_from.empty()) hints.push_back({"", table.renamed_from, table.name});
  }
  return hints;
}

std::vector<Rename> column_hints(const Table& table) {
  std::vector<Rename> hints;
  for (const Column& column : table.columns) {
    if (column.renamed_from.empty()) continue;
    hints.push_back({qualified_name(table), column.renamed_from, column.name});
  }
  return hints;
}

/// Finds what is renamed between two schemas: tables first, then the columns of tables that stay or
/// are renamed.
class Renames {
 public:
  Renames(const Schema& from, const Schema& to, const std::vector<Rename>& decided,
          const SchemaRules& rules)
      : from_(from), to_(to), decided_(decided), rules_(rules) {
    rename_tables();
    for (const Table& table : to.tables) rename_columns(table);
    refuse_unknown_tables();
  }

  const std::vector<Rename>& in_force() const { return in_force_; }
  const std::vector<Rename>& inert() const { return inert_; }

 private:
  void rename_tables();
  void rename_columns(const Table& table);
  void refuse_unknown_tables() const;
  void choose(const NameChange& change, const std::string& what, const std::vector<Rename>& decided,
              const std::vector<Rename>& hints);
  const Table* table_before(const Table& table) const;

  const Schema& from_;
  const Schema& to_;
  const std::vector<Rename>& decided_;
  const SchemaRules& rules_;
  std::vector<Rename> in_force_;
  std::vector<Rename> inert_;
};

/// Decisions go before hints; a name is renamed once, and to one name.
void Renames::choose(const NameChange& change, const std::string& what,
                     const std::vector<Rename>& decided, const std::vector<Rename>& hints) {
  std::set<std::string> taken;
  const auto is_free = [&](const Rename& rename) {
    const std::string from = "<" + rules_.fold(rename.from);
    const std::string to = ">" + rules_.fold(rename.to);
    if (taken.contains(from) || taken.contains(to)) return false;
    taken.insert({from, to});
    return true;
  };
  for (const Rename& rename : decided) {
    if (!change.in_force(rename)) throw change.refusal(what, rename);
    if (is_free(rename)) in_force_.push_back(change.spelled(rename));
  }
  for (const Rename& rename : hints) {
    if (!change.in_force(rename)) {
      inert_.push_back(rename);
    } else if (is_free(rename)) {
      in_force_.push_back(change.spelled(rename));
    }
  }
}

void Renames::rename_tables() {
  std::vector<Rename> decided;
  for (const Rename& rename : decided_) {
    if (rename.table.empty()) decided.push_back(rename);
  }
  choose(NameChange(table_names(from_), table_names(to_), rules_), "table", decided,
         table_hints(to_));
}

const Table* Renames::table_before(const Table& table) const {
  std::string name = qualified_name(table);
  for (const Rename& rename : in_force_) {
    if (rename.table.empty() && same_name(rename.to, name, rules_)) name = rename.from;
  }
  const std::size_t found = find_table(from_, name, rules_);
  return found < from_.tables.size() ? &from_.tables[found] : nullptr;
}

void Renames::rename_columns(const Table& table) {
  const std::string name = qualified_name(table);
  std::vector<Rename> decided;
  for (const Rename& rename : decided_) {
    if (rename.table.empty() || !same_name(rename.table, name, rules_)) continue;
    decided.push_back({name, rename.from, rename.to});
  }
  const std::vector<Rename> hints = column_hints(table);
  if (decided.empty() && hints.empty()) return;
  choose(NameChange(column_names(table_before(table)), column_names(&table), rules_),
         "column of table '" + name + "',", decided, hints);
}

void Renames::refuse_unknown_tables() const {
  for (const Rename& rename : decided_) {
    if (rename.table.empty()) continue;
    if (find_table(to_, rename.table, rules_) < to_.tables.size()) continue;
    throw Error(ErrorKind::kUsage, "column '" + rename.table + "." + rename.from +
                                       "' cannot be renamed: there is to be no table '" +
                                       rename.table + "'" +
                                       did_you_mean(rename.table, table_names(to_)));
  }
}

/// How many columns two tables have in common, by name and type.
std::size_t common_columns(const Table& a, const Table& b) {
  return static_cast<std::size_t>(
      std::count_if(a.columns.begin(), a.columns.end(), [&](const Column& column) {
        const Column* other = b.find_column(column.name);
        return other != nullptr && other->type == column.type;
      }));
}

template <typename Items>
auto only_in(const Items& a, const Items& b, const auto& key) {
  std::set<std::string> names;
  for (const auto& item : b) names.insert(key(item));
  std::vector<const typename Items::value_type*> result;
  for (const auto& item : a) {
    if (!names.contains(key(item))) result.push_back(&item);
  }
  return result;
}

std::string spelled_table_name(const Schema& schema, const Table& canonical,
                               const SchemaRules& rules) {
  const std::string name = qualified_name(canonical);
  const std::size_t found = find_table(schema, name, rules);
  return found < schema.tables.size() ? qualified_name(schema.tables[found]) : name;
}

std::string spelled_column_name(const Schema& schema, const std::string& table,
                                const std::string& column, const SchemaRules& rules) {
  const std::size_t at = find_table(schema, table, rules);
  if (at == schema.tables.size()) return column;
  const std::size_t found = find_column(schema.tables[at], column, rules);
  return found < schema.tables[at].columns.size() ? schema.tables[at].columns[found].name : column;
}

/// A column that is the parent's follows the rename there.
bool comes_from_parent(const Rename& rename, const std::vector<Rename>& all, const Schema& to,
                       const SchemaRules& rules) {
  const std::size_t at = find_table(to, rename.table, rules);
  if (at == to.tables.size() || !is_inherited(to.tables[at], rename.to)) return false;
  for (const std::string& parent : parents_of(to.tables[at])) {
    for (const Rename& other : all) {
      if (!other.table.empty() && same_name(other.table, parent, rules) &&
          same_name(other.from, rename.from, rules) && same_name(other.to, rename.to, rules)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

std::vector<Operation> rename_operations(const Schema& from, const Schema& to,
                                         const std::vector<Rename>& decided,
                                         const SchemaRules& rules) {
  std::vector<Operation> operations;
  const Renames renames(from, to, decided, rules);
  for (const Rename& rename : renames.in_force()) {
    if (rename.table.empty()) {
      operations.emplace_back(RenameTable{rename.from, rename.to});
    } else if (!comes_from_parent(rename, renames.in_force(), to, rules)) {
      operations.emplace_back(RenameColumn{rename.table, rename.from, rename.to});
    }
  }
  return operations;
}

std::vector<Rename> rename_candidates(const Schema& from, const Schema& to,
                                      const SchemaRules& rules) {
  const Schema before = canonical_schema(from, rules);
  const Schema after = canonical_schema(to, rules);
  const auto table_key = [](const Table& table) { return qualified_name(table); };
  const auto column_key = [](const Column& column) { return column.name; };
  std::vector<Rename> result;
  const auto added = only_in(after.tables, before.tables, table_key);
  for (const Table* gone : only_in(before.tables, after.tables, table_key)) {
    for (const Table* come : added) {
      const std::size_t larger = std::max(gone->columns.size(), come->columns.size());
      if (gone->schema != come->schema || 2 * common_columns(*gone, *come) < larger) continue;
      result.push_back(
          {"", spelled_table_name(from, *gone, rules), spelled_table_name(to, *come, rules)});
    }
  }
  for (const Table& old_table : before.tables) {
    const std::string name = qualified_name(old_table);
    const Table* new_table = after.find_table(name);
    if (new_table == nullptr) continue;
    const auto new_columns = only_in(new_table->columns, old_table.columns, column_key);
    for (const Column* gone : only_in(old_table.columns, new_table->columns, column_key)) {
      for (const Column* come : new_columns) {
        if (gone->type != come->type || is_inherited(old_table, gone->name)) continue;
        result.push_back({spelled_table_name(to, *new_table, rules),
                          spelled_column_name(from, name, gone->name, rules),
                          spelled_column_name(to, name, come->name, rules)});
      }
    }
  }
  return result;
}

std::vector<Rename> inert_rename_hints(const Schema& from, const Schema& to,
                                       const SchemaRules& rules) {
  return Renames(from, to, {}, rules).inert();
}

}  // namespace ormdb
