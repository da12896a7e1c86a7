#include "dialect/postgresql/grants.h"

#include "base/text.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/literal.h"

namespace ormdb::postgresql {

namespace {

std::string identities(const std::vector<std::string>& names, const std::string& function) {
  std::vector<std::string> calls;
  for (const std::string& name : names)
    calls.push_back(function + "(" + string_literal(name) + ")");
  return join(calls, ", ");
}

// One row with a statement for each grant; aclexplode() of a column's rights names the column.
std::string relation_grants(const std::vector<std::string>& names) {
  const std::string wanted = "c.oid IN (" + identities(names, "to_regclass") + ")";
  return R"(    SELECT 1 AS place,
        format('GRANT %s ON %s TO %s%s', a.privilege_type, c.oid::regclass,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
        CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END) AS sql
    FROM pg_class c, aclexplode(c.relacl) a
    WHERE )" +
         wanted + R"( AND a.grantee <> c.relowner
    UNION ALL
    SELECT 1, format('GRANT %s (%I) ON %s TO %s', a.privilege_type, t.attname, c.oid::regclass,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
    FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
    WHERE )" +
         wanted + R"(
    UNION ALL
    SELECT 2, format('ALTER TABLE %s OWNER TO %s', c.oid::regclass, c.relowner::regrole)
    FROM pg_class c
    WHERE )" +
         wanted + " AND c.relowner <> current_user::regrole";
}

/// What stands for a kind of objects: its word, its catalog, the prefix of the catalog's columns.
struct Catalog {
  const char* word;     ///< "ROUTINE"
  const char* name;     ///< "pg_proc"
  const char* prefix;   ///< "pro"
  const char* regtype;  ///< "regprocedure"
};
constexpr Catalog kRoutines = {"ROUTINE", "pg_proc", "pro", "regprocedure"};
constexpr Catalog kTypes = {"TYPE", "pg_type", "typ", "regtype"};

/// Of objects that everybody may use when they are new.
std::string grants_of(const Catalog& catalog, const std::vector<std::string>& names) {
  std::string sql =
      R"(    SELECT 0 AS place, format('REVOKE ALL ON {WORD} %s FROM PUBLIC', o.oid::{TYPE}) AS sql
    FROM {CATALOG} o
    WHERE {WANTED} AND o.{PREFIX}acl IS NOT NULL
    UNION ALL
    SELECT 1, format('GRANT %s ON {WORD} %s TO %s%s', a.privilege_type, o.oid::{TYPE},
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
        CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
    FROM {CATALOG} o, aclexplode(o.{PREFIX}acl) a
    WHERE {WANTED} AND a.grantee <> o.{PREFIX}owner
    UNION ALL
    SELECT 2, format('ALTER {WORD} %s OWNER TO %s', o.oid::{TYPE}, o.{PREFIX}owner::regrole)
    FROM {CATALOG} o
    WHERE {WANTED} AND o.{PREFIX}owner <> current_user::regrole)";
  sql = replace_all(sql, "{WORD}", catalog.word);
  sql = replace_all(sql, "{CATALOG}", catalog.name);
  sql = replace_all(sql, "{PREFIX}", catalog.prefix);
  sql = replace_all(sql, "{TYPE}", catalog.regtype);
  const std::string to_oid = std::string("to_") + catalog.regtype;
  return replace_all(sql, "{WANTED}", "o.oid IN (" + identities(names, to_oid) + ")");
}

std::string remember(const std::string& setting, const std::vector<std::string>& queries) {
  return "DO " + dollar_quoted(R"(
BEGIN  -- remember owners and grants of what is made again below
  PERFORM set_config(')" + setting +
                               R"(', concat(current_setting(')" + setting + R"(', true), (
    SELECT string_agg(sql || E';\n', '' ORDER BY place) FROM (
)" + join(queries, "\n    UNION ALL\n") +
                               R"() AS g)), true);
END
)");
}

std::string give_back(const std::string& setting) {
  return "DO " + dollar_quoted(R"(
DECLARE statement text;
BEGIN  -- owners and grants as they were
  FOREACH statement IN ARRAY string_to_array(current_setting(')" +
                               setting +
                               R"('), E';\n') LOOP
    BEGIN
      EXECUTE statement;
    EXCEPTION WHEN undefined_table OR undefined_column OR undefined_function
        OR undefined_object THEN
      NULL;  -- it is not there any more
    END;
  END LOOP;
  PERFORM set_config(')" + setting +
                               R"(', '', true);
END
)");
}

}  // namespace

std::string save_type_grants_sql(const std::vector<std::string>& types) {
  return remember("ormdb.type_grants", {grants_of(kTypes, types)});
}

std::string restore_type_grants_sql() { return give_back("ormdb.type_grants"); }

std::string save_grants_sql(const std::vector<std::string>& relations,
                            const std::vector<std::string>& routines) {
  std::vector<std::string> queries;
  if (!relations.empty()) queries.push_back(relation_grants(relations));
  if (!routines.empty()) queries.push_back(grants_of(kRoutines, routines));
  return remember("ormdb.grants", queries);
}

std::string restore_grants_sql() { return give_back("ormdb.grants"); }

}  // namespace ormdb::postgresql
