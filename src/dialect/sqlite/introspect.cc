#include "dialect/sqlite/introspect.h"

#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "dialect/sqlite/ddl_parser.h"
#include "dialect/sqlite/lookup.h"
#include "dialect/sqlite/types.h"
#include "ormdb/error.h"
#include "schema/validate.h"

namespace ormdb {
namespace {

// Shadow tables by module (fts3.c fts3ShadowName, fts5_main.c fts5ShadowName, rtree.c
// rtreeShadowName), for files whose module is not loaded here.
std::vector<std::string> shadow_suffixes(const std::string& module) {
  const std::string folded = to_lower(module);
  if (folded == "fts3" || folded == "fts4") {
    return {"content", "segments", "segdir", "docsize", "stat"};
  }
  if (folded == "fts5") return {"config", "content", "data", "docsize", "idx"};
  if (starts_with_icase(folded, "rtree") || folded == "geopoly") {
    return {"node", "parent", "rowid"};
  }
  return {};
}

bool is_virtual(const std::string& sql) {
  return starts_with_icase(sql, "create virtual");  // SQLite spells the stored text's head so.
}

class SchemaBuilder {
 public:
  SchemaBuilder(const std::vector<std::string>& shadows, const IntrospectOptions& options)
      : left_out_(shadows.begin(), shadows.end()) {
    left_out_.insert(options.ignored_tables.begin(), options.ignored_tables.end());
  }

  // Virtual tables first: they say which other tables are theirs.
  void read(const std::vector<SqliteSchemaRow>& rows) {
    for (const SqliteSchemaRow& row : rows) {
      if (is_virtual(row.sql) && !skipped(row)) add(row);
    }
    for (const SqliteSchemaRow& row : rows) {
      if (!is_virtual(row.sql) && !skipped(row)) add(row);
    }
  }

  Schema finish() {
    for (SqliteIndex& index : indexes_) {
      const auto found = tables_.find(to_lower(index.table));
      if (found == tables_.end()) continue;
      schema_.tables[found->second].indexes.push_back(std::move(index.index));
    }
    resolve_references(schema_);
    for (Table& table : schema_.tables) spell_loose_keys(table);
    return std::move(schema_);
  }

 private:
  bool skipped(const SqliteSchemaRow& row) const {
    if (row.sql.empty() || starts_with_icase(row.name, "sqlite_")) return true;
    return left_out_.count(to_lower(row.table)) != 0;
  }

  void add(const SqliteSchemaRow& row) {
    try {
      std::visit([this](auto&& value) { take(std::move(value)); }, parse_sqlite_ddl(row.sql));
    } catch (Error& error) {
      error.message(row.name + ": " + error.message());
      throw;
    }
  }

  void take(Table&& table) {
    tables_.emplace(to_lower(table.name), schema_.tables.size());
    schema_.tables.push_back(std::move(table));
  }
  void take(VirtualTable&& table) {
    for (const std::string& suffix : shadow_suffixes(table.module)) {
      left_out_.insert(to_lower(table.name) + "_" + suffix);
    }
    schema_.virtual_tables.push_back(std::move(table));
  }
  void take(SqliteIndex&& index) { indexes_.push_back(std::move(index)); }
  void take(View&& view) { schema_.views.push_back(std::move(view)); }
  void take(Trigger&& trigger) { schema_.triggers.push_back(std::move(trigger)); }

  // A key of another type than what it references works on SQLite, and would be taken for a mistake
  // in models: such a column keeps its type as SQLite's own spelling, which says that it is meant
  // so.
  void spell_loose_keys(Table& table) {
    for (const ForeignKey& key : table.foreign_keys) {
      const auto parent = tables_.find(to_lower(key.referenced_table));
      if (parent == tables_.end() || key.columns.size() != key.referenced_columns.size()) continue;
      for (std::size_t i = 0; i < key.columns.size(); ++i) {
        const Column* own = lookup_column(table, key.columns[i]);
        const Column* other =
            lookup_column(schema_.tables[parent->second], key.referenced_columns[i]);
        if (own == nullptr || other == nullptr) continue;
        if (can_reference(own->type, other->type, "sqlite")) continue;
        Type& type = table.find_column(own->name)->type;
        type = Type::native_of("sqlite", sqlite_type_name(type));
      }
    }
  }

  std::unordered_set<std::string> left_out_;  ///< Folded names of tables.
  std::unordered_map<std::string, std::size_t> tables_;
  std::vector<SqliteIndex> indexes_;
  Schema schema_;
};

std::vector<std::string> query_shadows(Connection& connection) {
  std::vector<std::string> names;
  const Rows rows = connection.query("SELECT name FROM pragma_table_list WHERE type = 'shadow'");
  for (std::size_t i = 0; i < rows.rows.size(); ++i) names.push_back(to_lower(rows.text(i, 0)));
  return names;
}

}  // namespace

Schema schema_of_rows(const std::vector<SqliteSchemaRow>& rows,
                      const std::vector<std::string>& shadows, const IntrospectOptions& options) {
  SchemaBuilder builder(shadows, options);
  builder.read(rows);
  return builder.finish();
}

Schema introspect_sqlite(Connection& connection, const IntrospectOptions& options) {
  const Rows found =
      connection.query("SELECT name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL");
  std::vector<SqliteSchemaRow> rows;
  rows.reserve(found.rows.size());
  bool any_virtual = false;
  for (std::size_t i = 0; i < found.rows.size(); ++i) {
    rows.push_back({found.text(i, 0), found.text(i, 1), found.text(i, 2)});
    any_virtual = any_virtual || is_virtual(rows.back().sql);
  }
  return schema_of_rows(rows, any_virtual ? query_shadows(connection) : std::vector<std::string>{},
                        options);
}

}  // namespace ormdb
