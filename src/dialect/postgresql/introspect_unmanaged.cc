// What is in a database and has no place in a Schema.

#include <algorithm>
#include <string_view>

#include "dialect/postgresql/introspect.h"
#include "dialect/postgresql/introspect_catalog.h"
#include "dialect/postgresql/introspect_session.h"

namespace ormdb::postgresql {
namespace {

struct UnmanagedKind {
  std::string_view words;
  std::string_view catalog;        // The objects are the rows of this catalog …
  std::string_view name_column;    // … with this name, …
  std::string_view schema_column;  // … in this schema ('0' for those in none), …
  std::string_view condition;      // … for which this holds.
};

// The system's own have oids below 16384 (FirstNormalObjectId).
constexpr UnmanagedKind kKinds[] = {
    {"foreign table", "pg_class", "relname", "o.relnamespace", "o.relkind = 'f'"},
    {"base type", "pg_type", "typname", "o.typnamespace",
     "o.typtype = 'b' AND o.typelem = '0' AND o.typisdefined"},
    {"range type", "pg_type", "typname", "o.typnamespace", "o.typtype = 'r'"},
    {"operator family", "pg_opfamily", "opfname", "o.opfnamespace",
     "NOT EXISTS (SELECT FROM pg_opclass k WHERE k.opcfamily = o.oid AND k.opcname = o.opfname)"},
    {"operator class", "pg_opclass", "opcname", "o.opcnamespace", "true"},
    {"conversion", "pg_conversion", "conname", "o.connamespace", "true"},
    {"text search configuration", "pg_ts_config", "cfgname", "o.cfgnamespace", "true"},
    {"text search dictionary", "pg_ts_dict", "dictname", "o.dictnamespace", "true"},
    {"text search parser", "pg_ts_parser", "prsname", "o.prsnamespace", "true"},
    {"text search template", "pg_ts_template", "tmplname", "o.tmplnamespace", "true"},
    {"foreign-data wrapper", "pg_foreign_data_wrapper", "fdwname", "'0'", "true"},
    {"server", "pg_foreign_server", "srvname", "'0'", "true"},
    {"language", "pg_language", "lanname", "'0'", "true"},
    {"access method", "pg_am", "amname", "'0'", "true"},
    {"publication", "pg_publication", "pubname", "'0'", "true"},
};

// What an extension owns, or the server made for another object (a range type's casts).
std::string not_a_part(std::string_view catalog, std::string_view oid) {
  return "NOT EXISTS (SELECT FROM pg_depend member WHERE member.classid = '" +
         std::string(catalog) + "'::regclass AND member.objid = " + std::string(oid) +
         " AND member.deptype IN ('e', 'i'))";
}

// Those without a name of their own, and subscriptions, whose catalog is the whole server's.
std::string nameless_query(const Catalog& catalog) {
  return " UNION ALL SELECT 'user mapping', '0', format('%s on %s', m.usename, m.srvname)"
         " FROM pg_user_mappings m"
         " UNION ALL SELECT 'subscription', '0', s.subname FROM pg_subscription s"
         " WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())"
         " UNION ALL SELECT 'cast', '0', format('(%s as %s)', format_type(o.castsource, NULL),"
         " format_type(o.casttarget, NULL)) FROM pg_cast o WHERE o.oid >= 16384 AND " +
         not_a_part("pg_cast", "o.oid") +
         " UNION ALL SELECT 'transform', '0',"
         " format('for %s language %s', format_type(o.trftype, NULL), l.lanname)"
         " FROM pg_transform o JOIN pg_language l ON l.oid = o.trflang"
         " WHERE o.oid >= 16384 AND " +
         not_a_part("pg_transform", "o.oid") +
         " UNION ALL SELECT 'default of view column', c.relnamespace,"
         " format('%s.%s', c.relname, a.attname)"
         " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
         " WHERE c.relkind = 'v' AND a.atthasdef AND " +
         catalog.in_schemas("c.relnamespace") + " AND " + not_a_part("pg_class", "c.oid") +
         " UNION ALL SELECT 'large objects', '0', NULL"
         " WHERE EXISTS (SELECT FROM pg_largeobject_metadata)";
}

// What a column of a partition says otherwise than its table's: a model has no place for it.
std::string partition_query(const Catalog& catalog) {
  return " UNION ALL SELECT 'settings of partition column', c.relnamespace,"
         " format('%s.%s', c.relname, a.attname)"
         " FROM pg_class c JOIN pg_inherits h ON h.inhrelid = c.oid"
         " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
         " JOIN pg_attribute p ON p.attrelid = h.inhparent AND p.attname = a.attname"
         " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
         " LEFT JOIN pg_attrdef e ON e.adrelid = p.attrelid AND e.adnum = p.attnum"
         " WHERE c.relispartition AND (a.attstorage <> p.attstorage"
         "  OR pg_get_expr(d.adbin, d.adrelid) IS DISTINCT FROM pg_get_expr(e.adbin, e.adrelid)"
         "  OR col_description(c.oid, a.attnum) IS NOT NULL"
         "  OR a.attnotnull AND NOT p.attnotnull AND NOT EXISTS (SELECT FROM pg_index i"
         "   WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))) AND " +
         catalog.in_schemas("c.relnamespace") + " AND " + not_a_part("pg_class", "c.oid");
}

std::string query_of(const UnmanagedKind& kind, const Catalog& catalog) {
  std::string sql = "SELECT '" + std::string(kind.words) + "', ";
  sql += kind.schema_column;
  sql += ", o.";
  sql += kind.name_column;
  sql += "::text FROM ";
  sql += kind.catalog;
  sql += " o WHERE o.oid >= 16384 AND ";
  sql += kind.condition;
  if (kind.schema_column != "'0'") sql += " AND " + catalog.in_schemas(kind.schema_column);
  return sql + " AND " + not_a_part(kind.catalog, "o.oid");
}

std::string unmanaged_query(const Catalog& catalog) {
  std::string sql;
  for (const UnmanagedKind& kind : kKinds) {
    sql += sql.empty() ? "" : " UNION ALL ";
    sql += query_of(kind, catalog);
  }
  return sql + nameless_query(catalog) + partition_query(catalog);
}

}  // namespace

std::vector<std::string> unmanaged(Connection& connection, const IntrospectOptions& options) {
  const CatalogSession session(connection);
  const Catalog catalog(connection, options, session.default_schema(), session.version());
  std::vector<std::string> lines;
  catalog.each_row(unmanaged_query(catalog), [&](CatalogRow& row) {
    std::string line = row.text();
    const Oid name_space = row.oid();
    const std::string name = row.text();
    if (!name.empty()) line += " " + catalog.qualified(name_space, name);
    lines.push_back(std::move(line));
  });
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace ormdb::postgresql
