#include "dialect/sqlite/forecast.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "dialect/sqlite/lookup.h"
#include "dialect/sqlite/native.h"
#include "dialect/sqlite/rules.h"

namespace ormdb {

namespace {

bool is_data_step(const Operation& operation) {
  return operation.get_if<InsertRows>() != nullptr || operation.get_if<UpdateRows>() != nullptr ||
         operation.get_if<DeleteRows>() != nullptr;
}

bool has_enum(const Schema& schema, const Enum& value) {
  for (const Enum& other : schema.enums) {
    if (same_name(qualified_name(other), qualified_name(value))) return true;
  }
  return false;
}

// The one table whose group the operation is a member of; "" for none.
std::string member_table(const Operation& operation) {
  if (const auto* op = operation.get_if<CreateTable>()) return qualified_name(op->table);
  if (const auto* op = operation.get_if<CreateTrigger>()) return op->trigger.table;
  if (const auto* op = operation.get_if<DropTrigger>()) return op->trigger.table;
  if (const auto* op = operation.get_if<ReplaceTrigger>()) return op->to.table;
  const bool on_table =
      operation.get_if<AlterTable>() != nullptr || operation.get_if<AddColumn>() != nullptr ||
      operation.get_if<DropColumn>() != nullptr || operation.get_if<AlterColumn>() != nullptr ||
      operation.get_if<RenameColumn>() != nullptr || operation.get_if<AddConstraint>() != nullptr ||
      operation.get_if<DropConstraint>() != nullptr || operation.get_if<CreateIndex>() != nullptr ||
      operation.get_if<DropIndex>() != nullptr;
  return on_table ? operation_table(operation) : "";
}

// Tables whose groups end at the operation.
std::vector<std::string> closed_tables(const Operation& operation) {
  if (const auto* op = operation.get_if<CreateTable>()) return {qualified_name(op->table)};
  if (const auto* op = operation.get_if<DropTable>()) return {qualified_name(op->table)};
  if (const auto* op = operation.get_if<RenameTable>()) return {op->from, op->to};
  return {};
}

bool may_need_rebuild(const Operation& operation) {
  if (const auto* op = operation.get_if<AddColumn>()) return !can_add_column(op->column);
  return operation.get_if<AlterTable>() != nullptr || operation.get_if<DropColumn>() != nullptr ||
         operation.get_if<AlterColumn>() != nullptr ||
         operation.get_if<AddConstraint>() != nullptr ||
         operation.get_if<DropConstraint>() != nullptr || operation.get_if<AlterEnum>() != nullptr;
}

void collect_names(const std::vector<Operation>& operations, std::set<std::string>& names) {
  for (const Operation& operation : operations) {
    names.insert(to_lower(operation_table(operation)));
    for (const std::string& table : closed_tables(operation)) names.insert(to_lower(table));
    if (const auto* op = operation.get_if<AddConstraint>()) {
      const auto* key = std::get_if<ForeignKey>(&op->constraint);
      if (key != nullptr) names.insert(to_lower(key->referenced_table));
    }
    const auto* execute = operation.get_if<Execute>();
    if (execute != nullptr && execute->effects) collect_names(*execute->effects, names);
  }
}

// The schema as far as the operations can see it: the tables that they name, and those with keys to
// them. An enum can be anywhere.
Schema seen_part(const std::vector<Operation>& operations, const Schema& before) {
  for (const Operation& operation : operations) {
    if (operation.get_if<AlterEnum>() != nullptr) return before;
  }
  std::set<std::string> names;
  collect_names(operations, names);
  const auto named = [&](const std::string& name) { return names.count(to_lower(name)) > 0; };
  Schema part;
  part.enums = before.enums;
  part.virtual_tables = before.virtual_tables;
  part.views = before.views;
  part.triggers = before.triggers;
  for (const Table& table : before.tables) {
    const bool points =
        std::any_of(table.foreign_keys.begin(), table.foreign_keys.end(),
                    [&](const ForeignKey& key) { return named(key.referenced_table); });
    if (points || named(qualified_name(table))) part.tables.push_back(table);
  }
  return part;
}

}  // namespace

Forecast::Forecast(const std::vector<Operation>& operations, const Schema& before) {
  if (std::none_of(operations.begin(), operations.end(), may_need_rebuild)) return;
  try {
    look_through(operations, seen_part(operations, before));
  } catch (const Error&) {
    // The whole schema has the names for a better message.
    members_.clear();
    last_rebuild_.clear();
    look_through(operations, before);
  }
}

void Forecast::look_through(const std::vector<Operation>& operations, Schema schema) {
  std::map<std::string, std::size_t> groups;
  const auto group_of = [&](const std::string& table) {
    const auto [entry, added] = groups.emplace(to_lower(table), last_rebuild_.size());
    if (added) last_rebuild_.push_back(-1);
    return entry->second;
  };
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const Operation& operation = operations[i];
    if (!is_replayable(operation, "sqlite")) return;
    if (is_barrier(operation)) groups.clear();
    for (const std::string& table : closed_tables(operation)) groups.erase(to_lower(table));
    const std::string table = member_table(operation);
    if (!table.empty()) members_.push_back({i, to_lower(table), group_of(table)});
    numbered(i, [&] {
      for (const std::string& rebuilt : tables_to_rebuild(operation, schema)) {
        last_rebuild_[group_of(rebuilt)] = static_cast<std::ptrdiff_t>(i);
        if (table.empty()) members_.push_back({i, to_lower(rebuilt), group_of(rebuilt)});
      }
      replay(operation, schema);
    });
    if (is_barrier(operation)) groups.clear();
  }
}

bool Forecast::joins(std::size_t operation, const std::string& table) const {
  const std::string folded = to_lower(table);
  const auto first = std::lower_bound(
      members_.begin(), members_.end(), operation,
      [](const Member& member, std::size_t index) { return member.operation < index; });
  for (auto member = first; member != members_.end() && member->operation == operation; ++member) {
    if (member->table != folded) continue;
    return static_cast<std::ptrdiff_t>(operation) <= last_rebuild_[member->group];
  }
  return false;
}

bool is_barrier(const Operation& operation) {
  return !operation.transaction || is_data_step(operation) ||
         operation.get_if<Execute>() != nullptr || operation.get_if<CreateView>() != nullptr ||
         operation.get_if<ReplaceView>() != nullptr;
}

void replay(const Operation& operation, Schema& schema) {
  if (is_data_step(operation)) return;
  if (const auto* op = operation.get_if<AlterEnum>()) return alter_enum(schema, op->from, op->to);
  if (const auto* op = operation.get_if<DropEnum>()) {
    if (!has_enum(schema, op->value)) return;
  }
  if (const auto* op = operation.get_if<CreateEnum>()) {
    if (has_enum(schema, op->value)) return;
  }
  const auto* execute = operation.get_if<Execute>();
  if (execute == nullptr) return apply(operation, schema, sqlite_rules());
  if (!execute->effects) return;
  for (const Operation& effect : *execute->effects) replay(effect, schema);
}

}  // namespace ormdb
