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

std::string routine_grants(const std::vector<std::string>& names) {
  const std::string wanted = "p.oid IN (" + identities(names, "to_regprocedure") + ")";
  return R"(    SELECT 0 AS place,
        format('REVOKE ALL ON ROUTINE %s FROM PUBLIC', p.oid::regprocedure) AS sql
    FROM pg_proc p
    WHERE )" +
         wanted + R"( AND p.proacl IS NOT NULL
    UNION ALL
    SELECT 1, format('GRANT %s ON ROUTINE %s TO %s%s', a.privilege_type, p.oid::regprocedure,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
        CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
    FROM pg_proc p, aclexplode(p.proacl) a
    WHERE )" +
         wanted + R"( AND a.grantee <> p.proowner
    UNION ALL
    SELECT 2, format('ALTER ROUTINE %s OWNER TO %s', p.oid::regprocedure, p.proowner::regrole)
    FROM pg_proc p
    WHERE )" +
         wanted + " AND p.proowner <> current_user::regrole";
}

std::string type_grants(const std::vector<std::string>& names) {
  const std::string wanted = "t.oid IN (" + identities(names, "to_regtype") + ")";
  return R"(    SELECT 0 AS place,
        format('REVOKE ALL ON TYPE %s FROM PUBLIC', t.oid::regtype) AS sql
    FROM pg_type t
    WHERE )" +
         wanted + R"( AND t.typacl IS NOT NULL
    UNION ALL
    SELECT 1, format('GRANT %s ON TYPE %s TO %s%s', a.privilege_type, t.oid::regtype,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END,
        CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' END)
    FROM pg_type t, aclexplode(t.typacl) a
    WHERE )" +
         wanted + R"( AND a.grantee <> t.typowner
    UNION ALL
    SELECT 2, format('ALTER TYPE %s OWNER TO %s', t.oid::regtype, t.typowner::regrole)
    FROM pg_type t
    WHERE )" +
         wanted + " AND t.typowner <> current_user::regrole";
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
  return remember("ormdb.type_grants", {type_grants(types)});
}

std::string restore_type_grants_sql() { return give_back("ormdb.type_grants"); }

std::string save_grants_sql(const std::vector<std::string>& relations,
                            const std::vector<std::string>& routines) {
  std::vector<std::string> queries;
  if (!relations.empty()) queries.push_back(relation_grants(relations));
  if (!routines.empty()) queries.push_back(routine_grants(routines));
  return remember("ormdb.grants", queries);
}

std::string restore_grants_sql() { return give_back("ormdb.grants"); }

}  // namespace ormdb::postgresql
