#include "dialect/postgresql/reconcile_open.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/expression.h"
#include "dialect/postgresql/identity.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/normalize.h"

namespace ormdb::postgresql {
namespace {

// Numbering ------------------------------------------------------------------------------------

bool draws_numbers(const std::optional<Literal>& value) {
  return value && value->kind == Literal::Kind::kSql &&
         canonical_expression(postgresql_text(value->sql)).starts_with("nextval (");
}

/// The sequences that go with the column of the database and that the models do not mention.
void take_sequences(const Table& table, const Column& column, const Schema& from, Schema& to) {
  const std::string owner = qualified_name(table) + "." + column.name;
  for (const DatabaseObject& object : from.objects) {
    if (object.kind != "sequence" || object.text("owned_by") != owner) continue;
    const bool known = std::any_of(to.objects.begin(), to.objects.end(), [&](const auto& other) {
      return other.kind == object.kind && qualified_name(other) == qualified_name(object);
    });
    if (!known) to.objects.push_back(object);
  }
}

bool is_numbering(const std::string& key) {
  return key == "serial" || key == "identity" || key.starts_with("identity_");
}

void take_numbering(const Table& table, const Column& known, const Schema& from, Schema& to,
                    Column& column) {
  const auto own = known.options.find("postgresql");
  if (own != known.options.end()) {
    for (const auto& [key, value] : own->second) {
      if (is_numbering(key)) column.options["postgresql"][key] = value;
    }
  }
  if (!draws_numbers(known.default_value)) return;
  column.default_value = known.default_value;
  take_sequences(table, known, from, to);
}

void number_keys(const Schema& from, const KnownTables& tables, Schema& to) {
  for (Table& table : to.tables) {
    const Table* known_table = tables.counterpart(table);
    for (Column& column : table.columns) {
      if (!is_unstated_identity(table, column)) continue;
      const Column* known = known_table == nullptr ? nullptr : counterpart(column, *known_table);
      if (known == nullptr) {
        column.options["postgresql"]["identity"] = "by_default";
      } else {
        take_numbering(*known_table, *known, from, to, column);
      }
    }
  }
}

// Names ----------------------------------------------------------------------------------------

std::vector<std::string> column_names(const std::vector<KeyPart>& parts) {
  std::vector<std::string> names;
  for (const KeyPart& part : parts) names.push_back(part.column);
  return names;
}

bool same_content(const PrimaryKey& a, const PrimaryKey& b, const ColumnTypes&) {
  return column_names(a.columns) == column_names(b.columns);
}

bool same_content(const Unique& a, const Unique& b, const ColumnTypes&) {
  return column_names(a.columns) == column_names(b.columns);
}

bool same_content(const ForeignKey& a, const ForeignKey& b, const ColumnTypes&) {
  return a.columns == b.columns && a.referenced_table == b.referenced_table;
}

bool same_text(const SqlText& a, const SqlText& b, const ColumnTypes& types) {
  if (a == b) return true;
  return canonical_expression(postgresql_text(a), types) ==
         canonical_expression(postgresql_text(b), types);
}

bool same_content(const Check& a, const Check& b, const ColumnTypes& types) {
  return same_text(a.expression, b.expression, types);
}

bool same_content(const Exclude& a, const Exclude& b, const ColumnTypes&) {
  return std::equal(a.elements.begin(), a.elements.end(), b.elements.begin(), b.elements.end(),
                    [](const auto& left, const auto& right) {
                      return left.part.column == right.part.column &&
                             left.operator_name == right.operator_name;
                    });
}

bool same_content(const Index& a, const Index& b, const ColumnTypes& types) {
  if (a.unique != b.unique || column_names(a.columns) != column_names(b.columns)) return false;
  for (std::size_t i = 0; i < a.columns.size(); ++i) {
    if (!same_text(a.columns[i].expression, b.columns[i].expression, types)) return false;
  }
  return same_text(a.where, b.where, types);
}

template <typename T>
void take_names(const std::vector<T>& from, std::vector<T>& to, const ColumnTypes& types) {
  std::set<std::string> taken;
  for (const T& item : to) taken.insert(item.name);
  for (T& item : to) {
    if (!item.name.empty()) continue;
    for (const T& known : from) {
      if (taken.contains(known.name) || !same_content(known, item, types)) continue;
      item.name = known.name;
      taken.insert(known.name);
      break;
    }
  }
}

template <typename T>
bool any_unnamed(const std::vector<T>& items) {
  return std::any_of(items.begin(), items.end(), [](const T& item) { return item.name.empty(); });
}

bool has_unnamed(const Table& table) {
  return (table.primary_key && table.primary_key->name.empty()) || any_unnamed(table.uniques) ||
         any_unnamed(table.foreign_keys) || any_unnamed(table.checks) ||
         any_unnamed(table.excludes) || any_unnamed(table.indexes);
}

void take_all_names(const Table& from, Table& to, const Schema& schema) {
  const ColumnTypes types = column_types(from, schema);
  if (to.primary_key && from.primary_key && to.primary_key->name.empty() &&
      same_content(*from.primary_key, *to.primary_key, types)) {
    to.primary_key->name = from.primary_key->name;
  }
  take_names(from.uniques, to.uniques, types);
  take_names(from.foreign_keys, to.foreign_keys, types);
  take_names(from.checks, to.checks, types);
  take_names(from.excludes, to.excludes, types);
  take_names(from.indexes, to.indexes, types);
}

/// The name that the database has for the key of that name, "" when there is none like it. A key
/// without a name has the one that PostgreSQL would give it.
std::string known_key(const std::string& name, const Table& from, const Table& to) {
  if (to.primary_key && from.primary_key) {
    const std::string& own = to.primary_key->name;
    if ((own.empty() ? to.name + "_pkey" : own) == name &&
        same_content(*from.primary_key, *to.primary_key, {})) {
      return from.primary_key->name;
    }
  }
  for (const Unique& unique : to.uniques) {
    if (unique.name != name) continue;
    for (const Unique& known : from.uniques) {
      if (same_content(known, unique, {})) return known.name;
    }
  }
  return "";
}

/// Names of keys do not count, so neither do they where the table names the key's index.
void take_index_roles(const Table& from, Table& to) {
  const auto own = to.options.find("postgresql");
  if (own == to.options.end()) return;
  for (const std::string key : {"clustered_on", "replica_identity"}) {
    const auto role = own->second.find(key);
    if (role == own->second.end()) continue;
    const std::string words = role->second.starts_with("index ") ? "index " : "";
    const std::string name = known_key(role->second.substr(words.size()), from, to);
    if (!name.empty()) role->second = words + name;
  }
}

bool can_be_attached(const Index& index, const Index& to, const ColumnTypes& types) {
  const auto method = [](const Index& of) {
    return of.method.empty() ? std::string("btree") : to_lower(of.method);
  };
  return same_content(index, to, types) && method(index) == method(to) &&
         index.include == to.include &&
         std::equal(index.columns.begin(), index.columns.end(), to.columns.begin(),
                    [](const KeyPart& a, const KeyPart& b) {
                      return a.descending == b.descending && a.nulls == b.nulls &&
                             a.operator_class == b.operator_class && a.collation == b.collation;
                    });
}

/// ATTACH makes an index of the partition that is like one of its table's a part of that one, which
/// the catalog then has for it. One that is there beside it stays.
void drop_adopted_indexes(const KnownTables& tables, Schema& to) {
  for (Table& table : to.tables) {
    const std::string& name = option(table.options, "partition_of");
    if (name.empty() || table.indexes.empty()) continue;
    const Table* parent = to.find_table(name);
    if (parent == nullptr) continue;
    const ColumnTypes types = column_types(*parent, to);
    const Table* known = tables.counterpart(table);
    if (known != nullptr && option(known->options, "partition_of") != name) known = nullptr;
    std::erase_if(table.indexes, [&](const Index& index) {
      const auto has_name = [&](const Index& other) { return other.name == index.name; };
      const bool beside =
          known != nullptr && std::any_of(known->indexes.begin(), known->indexes.end(), has_name);
      return !beside &&
             std::any_of(parent->indexes.begin(), parent->indexes.end(),
                         [&](const Index& other) { return can_be_attached(index, other, types); });
    });
  }
}

/// An extension stands once in a database; models seldom care where.
void place_extensions(const Schema& from, Schema& to) {
  for (DatabaseObject& object : to.objects) {
    if (object.kind != "extension" || !object.schema.empty()) continue;
    for (const DatabaseObject& known : from.objects) {
      if (known.kind == object.kind && known.name == object.name) object.schema = known.schema;
    }
  }
}

}  // namespace

KnownTables::KnownTables(const Schema& schema) {
  for (const Table& table : schema.tables) by_name_.emplace(qualified_name(table), &table);
}

const Table* KnownTables::counterpart(const Table& table) const {
  const auto found = by_name_.find(qualified_name(table));
  if (found != by_name_.end()) return found->second;
  if (table.renamed_from.empty()) return nullptr;
  auto renamed = by_name_.find(table.renamed_from);
  // A hint without a schema means the table's own.
  if (renamed == by_name_.end() && !table.schema.empty()) {
    renamed = by_name_.find(table.schema + "." + table.renamed_from);
  }
  return renamed == by_name_.end() ? nullptr : renamed->second;
}

const Column* counterpart(const Column& column, const Table& known) {
  const Column* found = known.find_column(column.name);
  if (found != nullptr || column.renamed_from.empty()) return found;
  return known.find_column(column.renamed_from);
}

void take_what_is_open(const Schema& from, Schema& to) {
  const KnownTables tables(from);
  number_keys(from, tables, to);
  place_extensions(from, to);
  drop_adopted_indexes(tables, to);
  for (Table& table : to.tables) {
    const Table* known = tables.counterpart(table);
    if (known != nullptr) take_index_roles(*known, table);
    if (known != nullptr && has_unnamed(table)) take_all_names(*known, table, from);
  }
}

}  // namespace ormdb::postgresql
