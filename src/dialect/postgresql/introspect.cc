#include "dialect/postgresql/introspect.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "dialect/postgresql/identity.h"
#include "dialect/postgresql/introspect_default.h"
#include "dialect/postgresql/introspect_parts.h"
#include "dialect/postgresql/introspect_session.h"
#include "ormdb/error.h"
#include "schema/object_kind.h"

namespace ormdb::postgresql {
namespace {

constexpr int kAttempts = 3;

// An object was dropped between the query that found it and a function that looks it up.
bool is_vanished_object(const Error& error) {
  static constexpr std::string_view kStates[] = {"XX000",  // cache lookup failed for relation 16411
                                                 "42P01",  // relation does not exist
                                                 "42704",  // type does not exist
                                                 "42883"};  // function does not exist
  return std::find(std::begin(kStates), std::end(kStates), error.sqlstate()) != std::end(kStates);
}

template <typename Item>
void sort_by_name(std::vector<Item>& items) {
  std::sort(items.begin(), items.end(),
            [](const Item& a, const Item& b) { return a.name < b.name; });
}

template <typename Item>
void sort_by_place(std::vector<Item>& items) {
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) {
    return std::tie(a.schema, a.name) < std::tie(b.schema, b.name);
  });
}

bool object_before(const DatabaseObject& a, const DatabaseObject& b) {
  const ObjectKind* kind_a = &kind_of(a);  // Rows of one table.
  const ObjectKind* kind_b = &kind_of(b);
  return std::tie(kind_a, a.schema, a.table, a.name, a.signature) <
         std::tie(kind_b, b.schema, b.table, b.name, b.signature);
}

void sort_table(Table& table) {
  sort_by_name(table.uniques);
  sort_by_name(table.foreign_keys);
  sort_by_name(table.checks);
  sort_by_name(table.excludes);
  sort_by_name(table.indexes);
}

void sort(Schema& schema) {
  sort_by_place(schema.enums);
  sort_by_place(schema.tables);
  std::sort(schema.views.begin(), schema.views.end(), [](const View& a, const View& b) {
    return std::tie(a.materialized, a.schema, a.name) < std::tie(b.materialized, b.schema, b.name);
  });
  for (Table& table : schema.tables) sort_table(table);
  for (View& view : schema.views) sort_by_name(view.indexes);
  std::sort(schema.triggers.begin(), schema.triggers.end(), [](const Trigger& a, const Trigger& b) {
    return std::tie(a.table, a.name) < std::tie(b.table, b.name);
  });
  std::sort(schema.objects.begin(), schema.objects.end(), object_before);
}

Schema read(Connection& connection, const IntrospectOptions& options) {
  const CatalogSession session(connection);
  const Catalog catalog(connection, options, session.default_schema(), session.version());
  Draft draft;
  read_schemas(catalog, draft);
  read_extensions(catalog, draft);
  read_collations(catalog, draft);
  read_types(catalog, draft);
  read_relations(catalog, draft);
  read_sequences(catalog, draft);
  read_columns(catalog, draft);
  keep_sequences(draft);
  std::vector<IndexEntry> indexes = read_indexes(catalog, draft);
  read_constraints(catalog, draft, indexes);
  keep_indexes(draft, indexes);
  read_routines(catalog, draft);
  read_aggregates(catalog, draft);
  read_operators(catalog, draft);
  read_triggers(catalog, draft);
  read_event_triggers(catalog, draft);
  read_rules(catalog, draft);
  read_policies(catalog, draft);
  read_statistics(catalog, draft);
  for (Table& table : draft.schema.tables) deny_identity(table);
  free_domain_defaults(draft.schema);
  sort(draft.schema);
  return std::move(draft.schema);
}

}  // namespace

Schema introspect(Connection& connection, const IntrospectOptions& options) {
  for (int attempt = 1;; ++attempt) {
    try {
      return read(connection, options);
    } catch (const Error& error) {
      if (attempt == kAttempts || !is_vanished_object(error)) throw;
    }
  }
}

}  // namespace ormdb::postgresql
