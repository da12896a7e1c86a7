#include "dialect/sqlite/rules.h"

#include <algorithm>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/sqlite/ddl.h"
#include "dialect/sqlite/ddl_parser.h"
#include "dialect/sqlite/normalize.h"
#include "dialect/sqlite/types.h"

namespace ormdb {
namespace {

void normalize_view(View& view) {
  fold_sqlite_name(view.name);
  fold_sqlite_name(view.schema);
  for (std::string& column : view.columns) fold_sqlite_name(column);
  normalize_sqlite_text(view.query);
  view.comment.clear();
  normalize_sqlite_options(view.options);
}

void normalize_trigger(Trigger& trigger) {
  fold_sqlite_name(trigger.name);
  fold_sqlite_name(trigger.table);
  for (std::string& column : trigger.update_of) fold_sqlite_name(column);
  std::sort(trigger.update_of.begin(), trigger.update_of.end());
  std::sort(trigger.events.begin(), trigger.events.end());
  if (trigger.timing.empty()) trigger.timing = "before";
  normalize_sqlite_text(trigger.when);
  normalize_sqlite_text(trigger.body);
  normalize_sqlite_options(trigger.options);
}

void normalize_virtual_table(VirtualTable& table) {
  fold_sqlite_name(table.name);
  fold_sqlite_name(table.module);
  table.arguments = canonical_sql(table.arguments, SqlDialect::kSqlite);
  table.renamed_from.clear();
}

template <typename T>
void sort_by_name(std::vector<T>& values) {
  const auto less = [](const T& a, const T& b) { return a.name < b.name; };
  if (!std::is_sorted(values.begin(), values.end(), less)) {
    std::stable_sort(values.begin(), values.end(), less);
  }
}

}  // namespace

Schema SqliteRules::normalize(const Schema& schema) const {
  Schema result = schema;
  const std::vector<Enum> enums = std::exchange(result.enums, {});
  resolve_references(result);
  for (Table& table : result.tables) normalize_sqlite_table(table, enums);
  for (VirtualTable& table : result.virtual_tables) normalize_virtual_table(table);
  for (View& view : result.views) normalize_view(view);
  for (Trigger& trigger : result.triggers) normalize_trigger(trigger);
  std::erase_if(result.views, [](const View& view) { return view.query.empty(); });
  std::erase_if(result.triggers, [](const Trigger& trigger) { return trigger.body.empty(); });
  sort_by_name(result.tables);
  sort_by_name(result.virtual_tables);
  sort_by_name(result.views);
  sort_by_name(result.triggers);
  return result;
}

Schema SqliteRules::expressible(Schema schema) const {
  const std::vector<Enum> enums = std::exchange(schema.enums, {});
  for (Table& table : schema.tables) {
    require_sqlite_table(table);
    expand_enums(table, enums);
  }
  for (const Trigger& trigger : schema.triggers) {
    if (!trigger.body.for_dialect("sqlite").empty()) require_sqlite_trigger(trigger);
  }
  return schema;
}

std::string SqliteRules::fold(std::string_view identifier) const { return to_lower(identifier); }

const SqliteRules& sqlite_rules() {
  static const SqliteRules kRules;
  return kRules;
}

}  // namespace ormdb
