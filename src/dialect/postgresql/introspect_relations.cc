// Tables and views, without what stands in or on them.

#include <utility>

#include "base/text.h"
#include "dialect/postgresql/introspect_parts.h"

namespace ormdb::postgresql {
namespace {

// Extensions' tables are read too, since keys may point to them; they are left out here. In an
// ignored or foreign table nothing is of interest but its columns' names.
std::string relations_query(const Catalog& catalog) {
  return "SELECT c.oid, c.relnamespace, c.relname, c.relkind, " +
         Catalog::not_of_extension(CatalogClass::kRelation, "c.oid") +
         ", c.relpersistence = 'u', c.relrowsecurity, c.relforcerowsecurity, c.relreplident,"
         " c.reloptions, t.reloptions, CASE WHEN m.amname <> 'heap' THEN m.amname END,"
         " CASE WHEN c.reloftype <> '0' THEN format_type(c.reloftype, NULL) END,"
         " CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END,"
         " CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,"
         " p.names, p.quoted, c.relispopulated,"
         " CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END"
         " FROM pg_class c LEFT JOIN pg_class t ON t.oid = c.reltoastrelid"
         " LEFT JOIN pg_am m ON m.oid = c.relam"
         " LEFT JOIN (SELECT i.inhrelid,"
         "  array_agg(CASE n.nspname WHEN current_schema() THEN x.relname::text"
         "   ELSE concat(n.nspname, '.', x.relname) END ORDER BY i.inhseqno) AS names,"
         "  array_agg(x.oid::regclass::text ORDER BY i.inhseqno) AS quoted"
         "  FROM pg_inherits i JOIN pg_class x ON x.oid = i.inhparent"
         "  JOIN pg_namespace n ON n.oid = x.relnamespace"
         "  WHERE x.relkind IN ('r', 'p') GROUP BY 1) p ON p.inhrelid = c.oid"
         " WHERE c.relkind IN ('r', 'p', 'v', 'm') AND " +
         catalog.in_schemas("c.relnamespace");
}

struct RelationRow {
  Oid oid, name_space;
  std::string name;
  char kind;
  bool own, unlogged, row_security, force_row_security;
  char replica_identity;
  std::vector<std::string> parameters, toast_parameters;
  std::string access_method, of_type, partition_by, bound;
  std::vector<std::string> parents, quoted_parents;
  bool populated;
  std::string query;
};

RelationRow read_relation(CatalogRow& row) {
  return {row.oid(),  row.oid(),    row.text(), row.letter(), row.flag(), row.flag(), row.flag(),
          row.flag(), row.letter(), row.list(), row.list(),   row.text(), row.text(), row.text(),
          row.text(), row.list(),   row.list(), row.flag(),   row.text()};
}

void put_parents(Options& options, const RelationRow& row) {
  if (row.parents.empty()) return;
  if (row.bound.empty()) {
    put(options, "inherits", join(row.quoted_parents, ", "));
    return;
  }
  put(options, "partition_of", row.parents.front());
  put(options, "partition_bound", row.bound);
}

Table table_of(const Catalog& catalog, RelationRow& row) {
  Table table;
  table.name = std::move(row.name);
  table.schema = catalog.schema_name(row.name_space);
  table.comment = catalog.comment(CatalogClass::kRelation, row.oid);
  put_flag(table.options, "unlogged", row.unlogged);
  put_flag(table.options, "row_security", row.row_security);
  put_flag(table.options, "force_row_security", row.force_row_security);
  put(table.options, "replica_identity",
      word_of(row.replica_identity, {{'f', "full"}, {'n', "nothing"}}));
  put(table.options, "access_method", std::move(row.access_method));
  put(table.options, "of_type", std::move(row.of_type));
  put(table.options, "partition_by", std::move(row.partition_by));
  put_parents(table.options, row);
  put_parameters(table.options, row.parameters);
  put_parameters(table.options, row.toast_parameters, "toast.");
  return table;
}

std::string without_final_semicolon(std::string_view query) {
  query = trim(query);
  if (query.ends_with(';')) query.remove_suffix(1);
  return std::string(query);
}

View view_of(const Catalog& catalog, RelationRow& row) {
  View view;
  view.name = std::move(row.name);
  view.schema = catalog.schema_name(row.name_space);
  view.comment = catalog.comment(CatalogClass::kRelation, row.oid);
  view.materialized = row.kind == 'm';
  view.query.common = without_final_semicolon(row.query);
  put_parameters(view.options, row.parameters);
  put_parameters(view.options, row.toast_parameters, "toast.");
  put(view.options, "access_method", std::move(row.access_method));
  put_flag(view.options, "unpopulated", view.materialized && !row.populated);
  return view;
}

}  // namespace

void read_relations(const Catalog& catalog, Draft& draft) {
  catalog.each_row(relations_query(catalog), [&](CatalogRow& values) {
    RelationRow row = read_relation(values);
    Relation relation;
    relation.name = row.name;
    relation.schema = catalog.schema_name(row.name_space);
    relation.qualified = catalog.qualified(row.name_space, row.name);
    const bool is_view = row.kind == 'v' || row.kind == 'm';
    if (!row.own || (!is_view && catalog.is_ignored(relation.schema, relation.name))) {
      relation.kind = Relation::Kind::kLeftOut;
    } else if (is_view) {
      relation.kind = Relation::Kind::kView;
      relation.position = draft.schema.views.size();
      draft.schema.views.push_back(view_of(catalog, row));
    } else {
      relation.kind = Relation::Kind::kTable;
      relation.position = draft.schema.tables.size();
      draft.schema.tables.push_back(table_of(catalog, row));
    }
    draft.relations.emplace(row.oid, std::move(relation));
  });
}

}  // namespace ormdb::postgresql
