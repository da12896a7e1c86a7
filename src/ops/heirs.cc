#include "ops/heirs.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "base/sql_scanner.h"
#include "base/text.h"

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

/// As names_in() reads it.
std::string quoted(const std::string& qualified) {
  std::vector<std::string> parts = split(qualified, '.');
  for (std::string& part : parts) {
    const bool plain = !part.empty() && !std::isdigit(static_cast<unsigned char>(part.front())) &&
                       part.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == part.npos;
    if (!plain) part = '"' + replace_all(part, "\"", "\"\"") + '"';
  }
  return join(parts, ".");
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

/// Identity is the parent's alone: DETACH takes it from the partition (since version 17, which
/// gives it to partitions).
void leave_parent(Column& column) {
  const auto own = column.options.find(kDialect);
  if (own == column.options.end()) return;
  std::erase_if(own->second, [](const auto& entry) {
    return entry.first == "inherited" || entry.first.starts_with("identity");
  });
  if (own->second.empty()) column.options.erase(own);
}

bool is_in_key(const Table& table, const std::string& column) {
  if (!table.primary_key) return false;
  const std::vector<KeyPart>& parts = table.primary_key->columns;
  return std::any_of(parts.begin(), parts.end(),
                     [&](const KeyPart& part) { return part.column == column; });
}

void take_column(const Column& inherited, const Table& parent, Table& table) {
  Column* column = table.find_column(inherited.name);
  if (column == nullptr) {
    table.columns.push_back(inherited);
    column = &table.columns.back();
    column->comment.clear();
    leave_parent(*column);
  }
  column->type = inherited.type;
  column->collation = inherited.collation;
  column->generated = inherited.generated;
  if (!inherited.nullable || is_in_key(parent, inherited.name)) column->nullable = false;
}

}  // namespace

const std::string& partitioned_table(const Table& table) {
  return partitioned_table(table.options);
}

const std::string& partitioned_table(const Options& options) {
  return option(options, "partition_of");
}

std::vector<std::string> parents_of(const Table& table) {
  if (table.options.empty()) return {};
  const std::string& partitioned = partitioned_table(table);
  if (!partitioned.empty()) return {partitioned};
  const std::string& inherits = option(table.options, "inherits");
  return inherits.empty() ? std::vector<std::string>{} : names_in(inherits);
}

bool attaches(const Options& from, const Options& to) {
  const std::string& parent = option(to, "partition_of");
  return !parent.empty() && parent != option(from, "partition_of");
}

bool detaches(const Options& from, const Options& to) { return attaches(to, from); }

Table without_parent(Table table, const Schema& schema) {
  if (partitioned_table(table).empty()) return table;
  const Table* parent = schema.find_table(partitioned_table(table));
  const auto own = table.options.find(kDialect);
  own->second.erase("partition_of");
  own->second.erase("partition_bound");
  if (own->second.empty()) table.options.erase(own);
  for (Column& column : table.columns) leave_parent(column);
  if (parent == nullptr) return table;
  const Table above = without_parent(*parent, schema);
  for (const Column& inherited : above.columns) take_column(inherited, above, table);
  return table;
}

void join_parent(Table& table, const Schema& schema) {
  const Table* parent = schema.find_table(partitioned_table(table));
  if (parent == nullptr) return;
  for (Column& column : table.columns) {
    if (parent->find_column(column.name) == nullptr) continue;
    column.options[kDialect]["inherited"] = "true";
  }
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

bool is_inherited(const Table& table, const std::string& name) {
  const Column* column = table.find_column(name);
  return column != nullptr && !option(column->options, "inherited").empty();
}

std::vector<Table*> heirs_with_column(const std::string& qualified, const std::string& column,
                                      Schema& schema) {
  std::vector<Table*> heirs = heirs_of(qualified, schema);
  std::erase_if(heirs, [&](const Table* heir) { return !is_inherited(*heir, column); });
  return heirs;
}

void rename_parent(Table& table, const std::function<bool(const std::string&)>& same,
                   const std::string& to) {
  const auto own = table.options.find(kDialect);
  if (own == table.options.end()) return;
  const auto partitioned = own->second.find("partition_of");
  if (partitioned != own->second.end() && same(partitioned->second)) partitioned->second = to;
  const auto inherits = own->second.find("inherits");
  if (inherits == own->second.end()) return;
  std::vector<std::string> names = names_in(inherits->second);
  if (std::none_of(names.begin(), names.end(), same)) return;
  for (std::string& name : names) name = quoted(same(name) ? to : name);
  inherits->second = join(names, ", ");
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
