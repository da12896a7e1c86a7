// Collations, enums, domains and composite types.

#include <utility>

#include "dialect/postgresql/introspect_parts.h"

namespace ormdb::postgresql {
namespace {

DatabaseObject object_of(const Catalog& catalog, std::string kind, Oid name_space,
                         std::string name) {
  DatabaseObject object;
  object.kind = std::move(kind);
  object.name = std::move(name);
  object.schema = catalog.schema_name(name_space);
  return object;
}

std::vector<NamedText> named(std::vector<std::string> names, std::vector<std::string> texts) {
  std::vector<NamedText> entries;
  for (std::size_t i = 0; i < names.size() && i < texts.size(); ++i) {
    entries.push_back({std::move(names[i]), std::move(texts[i])});
  }
  return entries;
}

// Objects below are the server's own (FirstNormalObjectId in access/transam.h).
constexpr Oid kFirstNormalOid = 16384;
constexpr Oid kDefaultCollation = 100;  // DEFAULT_COLLATION_OID

// An ICU collation's locale was in collcollate before 15, in colliculocale in 15 and 16; collations
// have rules from 16 on.
std::string collations_query(const Catalog& catalog) {
  std::string sql =
      "SELECT l.oid, l.collnamespace, l.collname, l.collprovider, l.collisdeterministic,"
      " l.collcollate, l.collctype,";
  sql += catalog.since(17, " l.colllocale,", catalog.since(15, " l.colliculocale,", " NULL,"));
  sql += catalog.since(16, " l.collicurules,", " NULL,");
  sql += catalog.in_schemas("l.collnamespace") + " AND " +
         Catalog::not_of_extension(CatalogClass::kCollation, "l.oid") +
         " FROM pg_collation l WHERE l.oid >= " + std::to_string(kFirstNormalOid);
  return sql;
}

void put_locale(DatabaseObject& object, bool libc, std::string collate, std::string ctype,
                std::string locale) {
  if (locale.empty() && (!libc || collate == ctype)) locale = std::move(collate);
  if (locale.empty()) {
    put(object, "lc_collate", std::move(collate));
    put(object, "lc_ctype", std::move(ctype));
  }
  put(object, "locale", std::move(locale));
}

// Everything is there for each of the three kinds, and NULL where it is another's.
std::string types_query(const Catalog& catalog) {
  return "SELECT t.oid, t.typarray, t.typnamespace, t.typname, t.typtype,"
         " CASE t.typtype WHEN 'e' THEN ARRAY(SELECT v.enumlabel FROM pg_enum v"
         "  WHERE v.enumtypid = t.oid ORDER BY v.enumsortorder) END,"
         " CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) END,"
         " t.typnotnull, pg_get_expr(t.typdefaultbin, '0'),"
         " CASE WHEN t.typcollation <> b.typcollation THEN t.typcollation END,"
         " k.names, k.expressions, k.invalid, k.comments, t.typrelid, a.names, a.types, a.numbers"
         " FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid"
         " LEFT JOIN pg_type b ON b.oid = t.typbasetype AND t.typtype = 'd'"
         " LEFT JOIN LATERAL (SELECT array_agg(x.conname ORDER BY x.conname) AS names,"
         "  array_agg(pg_get_expr(x.conbin, '0') ORDER BY x.conname) AS expressions,"
         "  array_agg(x.conname ORDER BY x.conname) FILTER (WHERE NOT x.convalidated) AS invalid,"
         "  array_agg(coalesce(obj_description(x.oid, 'pg_constraint'), '') ORDER BY x.conname)"
         "   AS comments"
         "  FROM pg_constraint x WHERE x.contypid = t.oid AND x.contype = 'c') k"
         "  ON t.typtype = 'd'"
         " LEFT JOIN LATERAL (SELECT array_agg(x.attname ORDER BY x.attnum) AS names,"
         "  array_agg(concat(format_type(x.atttypid, x.atttypmod), CASE"
         "   WHEN x.attcollation <> y.typcollation"
         "   THEN ' COLLATE ' || x.attcollation::regcollation::text END)"
         "   ORDER BY x.attnum) AS types,"
         "  array_agg(x.attnum ORDER BY x.attnum) AS numbers"
         "  FROM pg_attribute x JOIN pg_type y ON y.oid = x.atttypid"
         "  WHERE x.attrelid = t.typrelid AND x.attnum > 0 AND NOT x.attisdropped) a"
         "  ON t.typtype = 'c'"
         " WHERE (t.typtype IN ('e', 'd') OR c.relkind = 'c') AND " +
         catalog.in_schemas("t.typnamespace") + " AND " +
         Catalog::not_of_extension(CatalogClass::kType, "t.oid");
}

struct TypeRow {
  Oid oid, array, name_space;
  std::string name;
  char kind;
  std::vector<std::string> labels;
  std::string base;
  bool not_null;
  std::string default_value;
  Oid collation;
  std::vector<std::string> check_names, checks, invalid, check_comments;
  Oid relation;
  std::vector<std::string> attributes, attribute_types;
  std::vector<std::int64_t> attribute_numbers;
};

TypeRow read_type(CatalogRow& row) {
  return {row.oid(),  row.oid(),  row.oid(),        row.text(), row.letter(), row.list(),
          row.text(), row.flag(), row.expression(), row.oid(),  row.list(),   row.list(),
          row.list(), row.list(), row.oid(),        row.list(), row.list(),   row.numbers()};
}

void add_enum(const Catalog& catalog, Draft& draft, TypeRow& row) {
  Enum value;
  value.name = std::move(row.name);
  value.schema = catalog.schema_name(row.name_space);
  value.values = std::move(row.labels);
  value.comment = catalog.comment(CatalogClass::kType, row.oid);
  draft.enums[row.oid] = qualified_name(value);
  draft.enum_arrays[row.array] = row.oid;
  draft.schema.enums.push_back(std::move(value));
}

DatabaseObject domain_of(const Catalog& catalog, Draft& draft, TypeRow& row) {
  DatabaseObject object = object_of(catalog, "domain", row.name_space, std::move(row.name));
  put(object, "type", std::move(row.base));
  put(object, "default", std::move(row.default_value));
  put_flag(object, "not_null", row.not_null);
  put(object, "collate", collation_name(catalog, draft, row.collation));
  for (std::string& check : row.checks) check = without_outer_parentheses(check);
  std::vector<NamedText> comments = named(row.check_names, std::move(row.check_comments));
  std::erase_if(comments, [](const NamedText& comment) { return comment.text.empty(); });
  put(object, "check_comments", std::move(comments));
  put(object, "checks", named(std::move(row.check_names), std::move(row.checks)));
  put(object, "not_valid", std::move(row.invalid));
  return object;
}

DatabaseObject composite_of(const Catalog& catalog, TypeRow& row) {
  DatabaseObject object = object_of(catalog, "composite_type", row.name_space, std::move(row.name));
  std::vector<NamedText> comments;
  for (std::size_t i = 0; i < row.attributes.size(); ++i) {
    const std::string& comment =
        catalog.comment(CatalogClass::kRelation, row.relation, row.attribute_numbers[i]);
    if (!comment.empty()) comments.push_back({row.attributes[i], comment});
  }
  put(object, "attributes", named(std::move(row.attributes), std::move(row.attribute_types)));
  put(object, "attribute_comments", std::move(comments));
  return object;
}

}  // namespace

void read_collations(const Catalog& catalog, Draft& draft) {
  catalog.each_row(collations_query(catalog), [&](CatalogRow& row) {
    const Oid oid = row.oid();
    const Oid name_space = row.oid();
    std::string name = row.text();
    draft.collations[oid] = catalog.qualified(name_space, name);
    const char provider = row.letter();
    const bool deterministic = row.flag();
    std::string collate = row.text();
    std::string ctype = row.text();
    std::string locale = row.text();
    std::string rules = row.text();
    if (!row.flag()) return;
    DatabaseObject object = object_of(catalog, "collation", name_space, std::move(name));
    put(object, "provider", word_of(provider, {{'i', "icu"}, {'b', "builtin"}}));
    put_locale(object, provider == 'c', std::move(collate), std::move(ctype), std::move(locale));
    put(object, "rules", std::move(rules));
    put_flag(object, "nondeterministic", !deterministic);
    object.comment = catalog.comment(CatalogClass::kCollation, oid);
    draft.schema.objects.push_back(std::move(object));
  });
}

std::string collation_name(const Catalog& catalog, Draft& draft, Oid collation) {
  if (collation == 0) return "";
  const bool own = collation >= kFirstNormalOid;
  if (!own && !draft.collations.contains(kDefaultCollation)) {
    catalog.each_row("SELECT oid, collnamespace, collname FROM pg_collation WHERE oid < " +
                         std::to_string(kFirstNormalOid),
                     [&](CatalogRow& row) {
                       const Oid oid = row.oid();
                       const Oid name_space = row.oid();
                       draft.collations[oid] = catalog.qualified(name_space, row.text());
                     });
  }
  const auto found = draft.collations.find(collation);
  return found == draft.collations.end() ? std::string() : found->second;
}

void read_types(const Catalog& catalog, Draft& draft) {
  catalog.each_row(types_query(catalog), [&](CatalogRow& row) {
    TypeRow type = read_type(row);
    if (type.kind == 'e') {
      add_enum(catalog, draft, type);
      return;
    }
    DatabaseObject object =
        type.kind == 'd' ? domain_of(catalog, draft, type) : composite_of(catalog, type);
    object.comment = catalog.comment(CatalogClass::kType, type.oid);
    draft.schema.objects.push_back(std::move(object));
  });
}

}  // namespace ormdb::postgresql
