// Rules and policies.

#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/introspect_parts.h"

namespace ormdb::postgresql {
namespace {

std::string rules_query(const Catalog& catalog) {
  return "SELECT r.oid, r.ev_class, r.rulename, r.ev_type, r.is_instead, r.ev_enabled,"
         " pg_get_ruledef(r.oid)"
         " FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class"
         " WHERE r.rulename <> '_RETURN' AND " +
         catalog.in_schemas("c.relnamespace");
}

// CREATE RULE name AS ON event TO table [WHERE condition] DO [INSTEAD] action;
// WHERE and DO are reserved, so a name is never taken for one.
void put_condition_and_action(DatabaseObject& object, std::string_view definition) {
  int depth = 0;
  std::size_t condition = std::string_view::npos;
  const std::vector<SqlToken> tokens = scan_sql_tokens(definition, SqlDialect::kPostgresql);
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].is_symbol("(")) ++depth;
    if (tokens[i].is_symbol(")")) --depth;
    if (depth != 0) continue;
    if (tokens[i].is_word("where")) condition = tokens[i].end;
    if (!tokens[i].is_word("do")) continue;
    if (condition != std::string_view::npos) {
      const std::string_view text = definition.substr(condition, tokens[i].begin - condition);
      put(object, "where", std::string(trim(without_outer_parentheses(trim(text)))));
    }
    const bool instead = tokens[i + 1].is_word("instead");
    std::string_view action = trim(definition.substr(tokens[i + (instead ? 1 : 0)].end));
    if (action.ends_with(';')) action.remove_suffix(1);
    put(object, "action", std::string(trim(action)));
    return;
  }
}

std::string policies_query(const Catalog& catalog) {
  return "SELECT p.oid, p.polrelid, p.polname, p.polcmd, NOT p.polpermissive,"
         " ARRAY(SELECT CASE u.role WHEN '0' THEN 'public' ELSE pg_get_userbyid(u.role)::text END"
         "  FROM unnest(p.polroles) u (role) WHERE p.polroles <> '{0}' ORDER BY 1),"
         " pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)"
         " FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE " +
         catalog.in_schemas("c.relnamespace");
}

}  // namespace

void read_rules(const Catalog& catalog, Draft& draft) {
  catalog.each_row(rules_query(catalog), [&](CatalogRow& row) {
    DatabaseObject object;
    object.kind = "rule";
    object.comment = catalog.comment(CatalogClass::kRewrite, row.oid());
    const Relation* relation = draft.relation(row.oid());
    if (relation == nullptr) return;
    object.table = relation->qualified;
    object.name = row.text();
    put(object, "event",
        word_of(row.letter(),
                {{'1', "select"}, {'2', "update"}, {'3', "insert"}, {'4', "delete"}}));
    put_flag(object, "instead", row.flag());
    put(object, "enabled",
        word_of(row.letter(), {{'D', "disabled"}, {'R', "replica"}, {'A', "always"}}));
    put_condition_and_action(object, row.text());
    draft.schema.objects.push_back(std::move(object));
  });
}

void read_policies(const Catalog& catalog, Draft& draft) {
  catalog.each_row(policies_query(catalog), [&](CatalogRow& row) {
    DatabaseObject object;
    object.kind = "policy";
    object.comment = catalog.comment(CatalogClass::kPolicy, row.oid());
    const Relation* relation = draft.relation(row.oid());
    if (relation == nullptr) return;
    object.table = relation->qualified;
    object.name = row.text();
    put(object, "command",
        word_of(row.letter(),
                {{'r', "select"}, {'a', "insert"}, {'w', "update"}, {'d', "delete"}}));
    put_flag(object, "restrictive", row.flag());
    put(object, "roles", row.list());
    put(object, "using", row.expression());
    put(object, "check", row.expression());
    draft.schema.objects.push_back(std::move(object));
  });
}

}  // namespace ormdb::postgresql
