#include "ops/heirs.h"

#include <algorithm>
#include <set>

#include "base/sql_scanner.h"

namespace ormdb {
namespace {

constexpr const char* kDialect = "postgresql";

const std::string& option(const Options& options, const std::string& key) {
  static const std::string kNone;
  const auto own = options.find(kDialect);
  if (own == options.end()) return kNone;
  const auto found = own->second.find(key);
  return found == own->second.end() ? kNone : found->second;
}

/// The names in "a, other.\"B\"".
std::vector<std::string> names_in(const std::string& list) {
  std::vector<std::string> names(1);
  for (const SqlToken& token : scan_sql_tokens(list, SqlDialect::kPostgresql)) {
    if (token.is_symbol(",")) {
      names.emplace_back();
    } else {
      names.back() += token.can_be_name() ? token.unquoted() : std::string(token.text);
    }
  }
  return names;
}

std::vector<std::string> parents_of(const Table& table) {
  if (table.options.empty()) return {};
  const std::string& partitioned = partitioned_table(table);
  if (!partitioned.empty()) return {partitioned};
  const std::string& inherits = option(table.options, "inherits");
  return inherits.empty() ? std::vector<std::string>{} : names_in(inherits);
}

bool has_parent(const Table& table, const std::set<std::string>& parents) {
  const std::vector<std::string> names = parents_of(table);
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return parents.contains(name); });
}

bool is_inherited(const Column& column) { return option(column.options, "inherited") == "true"; }

Column* inherited_column(Table& table, const std::string& name) {
  Column* column = table.find_column(name);
  return column != nullptr && is_inherited(*column) ? column : nullptr;
}

}  // namespace

const std::string& partitioned_table(const Table& table) {
  return option(table.options, "partition_of");
}

std::vector<Table*> heirs_of(const std::string& qualified, Schema& schema) {
  std::vector<Table*> heirs;
  std::set<std::string> names = {qualified};
  for (bool grown = true; grown;) {
    grown = false;
    for (Table& table : schema.tables) {
      if (!has_parent(table, names) || !names.insert(qualified_name(table)).second) continue;
      heirs.push_back(&table);
      grown = true;
    }
  }
  return heirs;
}

void collect_ancestors(const Schema& schema, Ancestors& ancestors) {
  for (const Table& table : schema.tables) {
    for (std::string& parent : parents_of(table)) {
      ancestors[qualified_name(table)].insert(std::move(parent));
    }
  }
  for (bool grown = true; grown;) {
    grown = false;
    for (auto& [name, parents] : ancestors) {
      const std::size_t before = parents.size();
      for (const std::string& parent : std::set<std::string>(parents)) {
        const auto found = ancestors.find(parent);
        if (found != ancestors.end()) parents.insert(found->second.begin(), found->second.end());
      }
      grown = grown || parents.size() > before;
    }
  }
}

void inherit_column(const AddColumn& operation, Schema& schema) {
  for (Table* heir : heirs_of(operation.table, schema)) {
    if (heir->find_column(operation.column.name) != nullptr) continue;
    Column column = operation.column;
    column.comment.clear();
    column.options[kDialect]["inherited"] = "true";
    heir->columns.push_back(std::move(column));
  }
}

void disinherit_column(const DropColumn& operation, Schema& schema) {
  for (Table* heir : heirs_of(operation.table, schema)) {
    std::erase_if(heir->columns, [&](const Column& column) {
      return column.name == operation.column.name && is_inherited(column);
    });
  }
}

void alter_inherited_column(const AlterColumn& operation, const Column& before, Schema& schema) {
  const Column& to = operation.to;
  for (Table* heir : heirs_of(operation.table, schema)) {
    Column* column = inherited_column(*heir, to.name);
    if (column == nullptr) continue;
    column->type = to.type;
    column->collation = to.collation;
    column->generated = to.generated;
    if (column->default_value == before.default_value) column->default_value = to.default_value;
    if (column->nullable == before.nullable) column->nullable = to.nullable;
  }
}

}  // namespace ormdb
