#include "dialect/postgresql/rules.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "dialect/postgresql/default_schema.h"
#include "dialect/postgresql/normalize.h"
#include "dialect/postgresql/types.h"
#include "ormdb/error.h"
#include "schema/object_kind.h"

namespace ormdb {
namespace {

using namespace postgresql;

/// "REFERENCES parent" means the parent's primary key.
void resolve_references(Schema& schema) {
  std::map<std::string, const Table*> tables;
  for (const Table& table : schema.tables) tables.emplace(qualified_name(table), &table);
  for (Table& table : schema.tables) {
    for (ForeignKey& key : table.foreign_keys) {
      const auto parent = tables.find(key.referenced_table);
      if (!key.referenced_columns.empty() || parent == tables.end()) continue;
      if (!parent->second->primary_key) continue;
      for (const KeyPart& part : parent->second->primary_key->columns) {
        key.referenced_columns.push_back(part.column);
      }
    }
  }
}

void normalize_view(View& view) {
  normalize_query(view.query);
  normalize_options(view.options);
  if (!view.materialized) view.indexes.clear();
  normalize_indexes(view.indexes, nullptr, {});
}

int event_rank(const std::string& event) {
  static constexpr std::array<std::string_view, 4> kEvents = {"insert", "update", "delete",
                                                              "truncate"};
  return static_cast<int>(std::find(kEvents.begin(), kEvents.end(), event) - kEvents.begin());
}

void normalize_trigger(Trigger& trigger, const Schema& schema) {
  trigger.timing = to_lower(trigger.timing);
  if (trigger.timing.empty()) trigger.timing = "after";
  for (std::string& event : trigger.events) event = to_lower(event);
  std::sort(trigger.events.begin(), trigger.events.end(),
            [](const auto& a, const auto& b) { return event_rank(a) < event_rank(b); });
  std::sort(trigger.update_of.begin(), trigger.update_of.end());
  const Table* table = schema.find_table(trigger.table);
  const ColumnTypes types = table == nullptr ? ColumnTypes{} : column_types(*table, schema);
  normalize_expression(trigger.when, types);
  trigger.body = {};
  trigger.function = canonical_call(trigger.function);
  normalize_options(trigger.options);
}

template <typename T, typename Key>
void sort_by(std::vector<T>& values, const Key& key) {
  std::stable_sort(values.begin(), values.end(),
                   [&](const T& a, const T& b) { return key(a) < key(b); });
}

void sort_all(Schema& schema) {
  const auto by_name = [](const auto& value) { return std::tie(value.schema, value.name); };
  sort_by(schema.enums, by_name);
  sort_by(schema.tables, by_name);
  sort_by(schema.views, by_name);
  sort_by(schema.triggers, [](const Trigger& value) { return std::tie(value.table, value.name); });
  sort_by(schema.objects, [](const DatabaseObject& value) {
    return std::tie(value.kind, value.schema, value.table, value.name, value.signature);
  });
}

// expressible() --------------------------------------------------------------------------------

/// Whether the type has a spelling; says whose it is where it has none.
void require_type(const Table& table, const Column& column) {
  try {
    canonical_type(column.type);
  } catch (Error& error) {
    error.message(qualified_name(table) + "." + column.name + ": " + error.message());
    throw;
  }
}

/// SQLite's own collations do nothing here, as its models intend for SQLite alone.
void drop_sqlite_collation(std::string& collation) {
  for (const char* name : {"nocase", "rtrim", "binary"}) {
    if (iequals(collation, name)) collation.clear();
  }
}

void require_identity(const Table& table, const Column& column) {
  const std::string& kind = postgresql_option(column.options, "identity");
  if (kind.empty() || kind == "always" || kind == "by_default" || kind == "none") return;
  throw Error(ErrorKind::kModel, qualified_name(table) + "." + column.name + ": identity '" + kind +
                                     "' is none of always, by_default, none");
}

/// Without a parent a column is the table's own, whatever was left there.
void drop_stray_inheritance(Table& table) {
  if (!postgresql_option(table.options, "inherits").empty() ||
      !postgresql_option(table.options, "partition_of").empty()) {
    return;
  }
  for (Column& column : table.columns) {
    const auto own = column.options.find("postgresql");
    if (own == column.options.end() || own->second.erase("inherited") == 0) continue;
    if (own->second.empty()) column.options.erase(own);
  }
}

void make_expressible(Table& table) {
  drop_stray_inheritance(table);
  for (Column& column : table.columns) {
    require_type(table, column);
    require_identity(table, column);
    drop_sqlite_collation(column.collation);
    std::optional<Literal>& value = column.default_value;
    const bool number = value && value->kind == Literal::Kind::kNumber;
    if (number && column.type.kind == TypeKind::kBoolean) {
      value = normalized_default(value, column.type, {});
    }
  }
  for (Index& index : table.indexes) {
    for (KeyPart& part : index.columns) drop_sqlite_collation(part.collation);
  }
}

}  // namespace

Schema PostgresqlRules::normalize(const Schema& schema) const {
  Schema result = schema;
  result.virtual_tables.clear();
  resolve_references(result);
  for (View& view : result.views) normalize_view(view);
  for (Trigger& trigger : result.triggers) normalize_trigger(trigger, schema);
  for (Table& table : result.tables) normalize_table(table, schema);
  std::erase_if(result.views, [](const View& view) { return view.query.empty(); });
  std::erase_if(result.triggers, [](const Trigger& trigger) { return trigger.function.empty(); });
  std::erase_if(result.objects,
                [&](DatabaseObject& object) { return !normalize_object(object, schema); });
  sort_all(result);
  return result;
}

Schema PostgresqlRules::expressible(Schema schema) const {
  if (has_public_as_default(schema)) drop_default_schema(schema, "public");
  for (Table& table : schema.tables) make_expressible(table);
  for (DatabaseObject& object : schema.objects) {
    if (kind_of(object).has_signature) object.signature = canonical_signature(object.signature);
  }
  return schema;
}

const PostgresqlRules& postgresql_rules() {
  static const PostgresqlRules kRules;
  return kRules;
}

}  // namespace ormdb
