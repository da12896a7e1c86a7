#include "dialect/sqlite/pending.h"

#include <algorithm>

#include "base/text.h"
#include "dialect/sqlite/lookup.h"

namespace ormdb {

namespace {

bool waits_for_another(const PendingTable& pending, const std::list<PendingTable>& rest,
                       const Schema& schema) {
  const Table* table = lookup_table(schema, pending.name);
  if (table == nullptr) return false;
  for (const PendingTable& other : rest) {
    if (!same_name(other.name, pending.name) && references(*table, other.name)) return true;
  }
  return false;
}

}  // namespace

bool PendingTable::can_select(std::string_view sql, const Table& current) const {
  for (const Column& column : current.columns) {
    if (!mentions(sql, column.name)) continue;
    const auto source = rebuild.sources.find(to_lower(column.name));
    if (source == rebuild.sources.end() || !source->second.plain) return false;
  }
  return true;
}

PendingTable* PendingTables::find(std::string_view name) {
  for (PendingTable& table : tables_) {
    if (same_name(table.name, name)) return &table;
  }
  return nullptr;
}

PendingTable& PendingTables::add(PendingTable table) {
  tables_.push_back(std::move(table));
  return tables_.back();
}

PendingTable PendingTables::take(std::string_view name) {
  const auto found = std::find_if(tables_.begin(), tables_.end(), [&](const PendingTable& table) {
    return same_name(table.name, name);
  });
  PendingTable taken = std::move(*found);
  tables_.erase(found);
  return taken;
}

std::vector<PendingTable> PendingTables::take_all(const Schema& schema) {
  std::vector<PendingTable> taken;
  while (!tables_.empty()) {
    auto next = std::find_if(tables_.begin(), tables_.end(), [&](const PendingTable& table) {
      return !waits_for_another(table, tables_, schema);
    });
    if (next == tables_.end()) next = tables_.begin();
    taken.push_back(std::move(*next));
    tables_.erase(next);
  }
  return taken;
}

std::vector<std::string> PendingTables::referencing(std::string_view target) const {
  std::vector<std::string> names;
  for (const PendingTable& table : tables_) {
    if (!same_name(table.name, target) && references(table.rebuild.from, target)) {
      names.push_back(table.name);
    }
  }
  return names;
}

bool PendingTables::forget_index(std::string_view name, std::string_view keeper) {
  for (PendingTable& table : tables_) {
    if (same_name(table.name, keeper)) continue;
    const auto erased = std::erase_if(table.rebuild.from.indexes, [&](const Index& index) {
      return same_name(index.name, name);
    });
    if (erased > 0) return true;
  }
  return false;
}

void PendingTables::table_renamed(const std::string& from, const std::string& to) {
  for (PendingTable& table : tables_) {
    for (ForeignKey& key : table.rebuild.from.foreign_keys) {
      if (same_name(key.referenced_table, from)) key.referenced_table = to;
    }
  }
}

}  // namespace ormdb
