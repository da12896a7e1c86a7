// Functions and procedures.

#include <utility>

#include "dialect/postgresql/introspect_parts.h"

namespace ormdb::postgresql {
namespace {

// Costs are real numbers, whose text is "100".
std::string routines_query(const Catalog& catalog) {
  std::string sql =
      "SELECT p.oid, p.pronamespace, p.proname, p.prokind, " +
      Catalog::input_types("p.proargtypes") +
      ", pg_get_function_arguments(p.oid), pg_get_function_result(p.oid), l.lanname,"
      " p.provolatile, p.proisstrict, p.prosecdef, p.proleakproof, p.proparallel,"
      " p.procost::text, p.prorows::text, " +
      Catalog::function_name("p.prosupport") +
      ", array_to_string(ARRAY(SELECT concat('FOR TYPE ', format_type(u.type, NULL))"
      "  FROM unnest(p.protrftypes) WITH ORDINALITY u (type, position) ORDER BY u.position), ', '),"
      " p.proconfig, p.probin, p.prosrc,";
  sql += catalog.since(
      14, " CASE WHEN p.prosqlbody IS NOT NULL THEN pg_get_function_sqlbody(p.oid) END", " NULL");
  sql +=
      " FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang"
      " WHERE p.prokind IN ('f', 'p', 'w') AND " +
      catalog.in_schemas("p.pronamespace") + " AND " +
      Catalog::not_of_extension(CatalogClass::kProcedure, "p.oid") +
      // A range type comes with functions that make its values.
      " AND NOT EXISTS (SELECT FROM pg_depend own WHERE own.classid = 'pg_proc'::regclass"
      "  AND own.objid = p.oid AND own.refclassid = 'pg_type'::regclass AND own.deptype = 'i')";
  return sql;
}

// "name=value", as in pg_proc.proconfig.
std::vector<NamedText> settings_of(const std::vector<std::string>& configuration) {
  std::vector<NamedText> settings;
  for (const std::string& entry : configuration) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string::npos) continue;
    settings.push_back({entry.substr(0, equals), entry.substr(equals + 1)});
  }
  return settings;
}

void put_costs(DatabaseObject& object, const std::string& language, CatalogRow& row) {
  const bool compiled = language == "c" || language == "internal";
  std::string cost = row.text();
  if (cost != (compiled ? "1" : "100")) put(object, "cost", std::move(cost));
  std::string rows = row.text();
  if (rows != "1000" && rows != "0") put(object, "rows", std::move(rows));
}

void put_body(DatabaseObject& object, CatalogRow& row) {
  put(object, "library", row.text());
  std::string body = row.text();
  std::string sql_body = row.text();
  if (sql_body.empty()) {
    object.properties["body"] = SqlText{std::move(body), {}};
  } else {
    put(object, "sql_body", std::move(sql_body));
  }
}

// Everything behind the signature, in the order of the query.
void put_routine(DatabaseObject& object, CatalogRow& row) {
  put(object, "arguments", row.text());
  put(object, "returns", row.text());
  const std::string language = row.text();
  put(object, "language", language);
  put(object, "volatility", word_of(row.letter(), {{'i', "immutable"}, {'s', "stable"}}));
  put_flag(object, "strict", row.flag());
  put_flag(object, "security_definer", row.flag());
  put_flag(object, "leakproof", row.flag());
  put(object, "parallel", word_of(row.letter(), {{'s', "safe"}, {'r', "restricted"}}));
  put_costs(object, language, row);
  put(object, "support", row.text());
  put(object, "transform", row.text());
  put(object, "set", settings_of(row.list()));
  put_body(object, row);
}

}  // namespace

void read_routines(const Catalog& catalog, Draft& draft) {
  catalog.each_row(routines_query(catalog), [&](CatalogRow& row) {
    DatabaseObject object;
    object.comment = catalog.comment(CatalogClass::kProcedure, row.oid());
    object.schema = catalog.schema_name(row.oid());
    object.name = row.text();
    const char kind = row.letter();
    object.kind = kind == 'p' ? "procedure" : "function";
    put_flag(object, "window", kind == 'w');
    object.signature = row.text();
    put_routine(object, row);
    draft.schema.objects.push_back(std::move(object));
  });
}

}  // namespace ormdb::postgresql
