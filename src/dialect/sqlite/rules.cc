#include "dialect/sqlite/rules.h"

#include <algorithm>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/sqlite/ddl.h"
#include "dialect/sqlite/ddl_parser.h"
#include "dialect/sqlite/normalize.h"
#include "dialect/sqlite/types.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

void normalize_view(View& view) {
  fold_sqlite_name(view.name);
  fold_sqlite_name(view.schema);
  for (std::string& column : view.columns) fold_sqlite_name(column);
  normalize_sqlite_text(view.query);
  view.materialized = false;
  view.indexes.clear();
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
  trigger.function.clear();
  trigger.comment.clear();
  normalize_sqlite_options(trigger.options);
}

void normalize_virtual_table(VirtualTable& table) {
  fold_sqlite_name(table.name);
  fold_sqlite_name(table.module);
  table.arguments = canonical_sql(table.arguments, SqlDialect::kSqlite);
  table.renamed_from.clear();
}

// "unique constraint uq_t_a (a) of table t"
std::string key_text(const std::string& what, const std::string& name,
                     const std::vector<KeyPart>& parts, const Table& table) {
  std::vector<std::string> columns;
  for (const KeyPart& part : parts) columns.push_back(part.column);
  return what + (name.empty() ? "" : " " + name) + " (" + join(columns, ", ") + ") of table " +
         table.name;
}

// sqlite.org/lang_createtable.html: only foreign keys can be deferred.
void require_immediate(Deferrable deferrable, const std::string& key) {
  if (deferrable == Deferrable::kNo) return;
  throw Error(ErrorKind::kUnsupported,
              "SQLite checks every row at once: " + key + " cannot be deferrable")
      .hint("leave `deferrable` out; SQLite defers foreign keys only");
}

// NULL is the smallest value (sqlite.org/lang_select.html#orderby), and an index cannot say
// otherwise; what says just that is no difference.
void require_nulls_order(const std::vector<KeyPart>& parts, const std::string& key) {
  for (const KeyPart& part : parts) {
    const std::string natural = part.descending ? "last" : "first";
    if (part.nulls.empty() || part.nulls == natural) continue;
    throw Error(ErrorKind::kUnsupported,
                "SQLite has no `nulls " + part.nulls + "` in keys and indexes: " + key)
        .hint("leave it out; SQLite puts NULLs " + natural + " here");
  }
}

void require_sqlite_keys(const Table& table) {
  if (table.primary_key) {
    const std::string key =
        key_text("primary key", table.primary_key->name, table.primary_key->columns, table);
    require_immediate(table.primary_key->deferrable, key);
    require_nulls_order(table.primary_key->columns, key);
  }
  for (const Unique& unique : table.uniques) {
    const std::string key = key_text("unique constraint", unique.name, unique.columns, table);
    require_immediate(unique.deferrable, key);
    require_nulls_order(unique.columns, key);
  }
  for (const Index& index : table.indexes) {
    require_nulls_order(index.columns, key_text("index", index.name, index.columns, table));
  }
}

void require_sqlite_types(const Table& table) {
  for (const Column& column : table.columns) {
    const Type& type = column.type;
    if (type.kind != TypeKind::kNative || type.native.count("sqlite") > 0) continue;
    if (type.native.count("default") > 0) continue;
    throw Error(ErrorKind::kModel, "the type of column " + table.name + "." + column.name + " (" +
                                       render_type(type) + ") has no spelling for sqlite")
        .hint("add 'sqlite: …' to the type");
  }
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
  result.objects.clear();
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
    require_sqlite_types(table);
    require_sqlite_keys(table);
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
