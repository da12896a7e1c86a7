// Aggregates and operators.

#include <utility>

#include "dialect/postgresql/introspect_parts.h"

namespace ormdb::postgresql {
namespace {

// An operator's name, with its schema unless the search path finds it.
std::string operator_name(const std::string& oid) {
  return "(SELECT CASE WHEN pg_operator_is_visible(x.oid) THEN x.oprname::text"
         " ELSE concat(y.nspname, '.', x.oprname) END"
         " FROM pg_operator x JOIN pg_namespace y ON y.oid = x.oprnamespace WHERE x.oid = " +
         oid + ")";
}

std::string aggregates_query(const Catalog& catalog) {
  return "SELECT p.oid, p.pronamespace, p.proname, " + Catalog::input_types("p.proargtypes") +
         ", pg_get_function_arguments(p.oid), p.proparallel, g.aggkind, " +
         Catalog::function_name("g.aggtransfn") +
         ", format_type(g.aggtranstype, NULL), g.aggtransspace, g.agginitval, " +
         Catalog::function_name("g.aggfinalfn") + ", g.aggfinalextra, g.aggfinalmodify, " +
         Catalog::function_name("g.aggmtransfn") +
         ", format_type(nullif(g.aggmtranstype, '0'), NULL), g.aggmtransspace, g.aggminitval, " +
         Catalog::function_name("g.aggmfinalfn") + ", g.aggmfinalextra, g.aggmfinalmodify, " +
         Catalog::function_name("g.aggminvtransfn") + ", " +
         Catalog::function_name("g.aggcombinefn") + ", " + Catalog::function_name("g.aggserialfn") +
         ", " + Catalog::function_name("g.aggdeserialfn") + ", " + operator_name("g.aggsortop") +
         " FROM pg_proc p JOIN pg_aggregate g ON g.aggfnoid = p.oid WHERE " +
         catalog.in_schemas("p.pronamespace") + " AND " +
         Catalog::not_of_extension(CatalogClass::kProcedure, "p.oid");
}

// Ordinary or moving: state, initial value and final function, in the order of the query. The
// final functions of ordered sets may write into the state unless they say otherwise.
void put_steps(DatabaseObject& object, CatalogRow& row, const std::string& moving,
               bool ordered_set) {
  put(object, moving + "state_function", row.text());
  put(object, moving + "state_type", row.text());
  const std::int64_t size = row.integer();
  if (size != 0) put(object, moving + "state_size", std::to_string(size));
  if (std::optional<std::string> initial = row.optional_text()) {
    object.properties[moving + "initial"] = SqlText{std::move(*initial), {}};
  }
  std::string final_function = row.text();
  const bool extra = row.flag();
  const char modify = row.letter();
  if (final_function.empty()) return;
  put(object, moving + "final_function", std::move(final_function));
  put_flag(object, moving + "final_extra", extra);
  if (modify == (ordered_set ? 'w' : 'r')) return;
  put(object, moving + "final_modify",
      word_of(modify, {{'r', "read_only"}, {'s', "shareable"}, {'w', "read_write"}}));
}

void put_aggregate(DatabaseObject& object, CatalogRow& row) {
  put(object, "arguments", row.text());
  put(object, "parallel", word_of(row.letter(), {{'s', "safe"}, {'r', "restricted"}}));
  const char kind = row.letter();
  put_flag(object, "hypothetical", kind == 'h');
  put_steps(object, row, "", kind != 'n');
  put_steps(object, row, "moving_", kind != 'n');
  put(object, "moving_inverse_function", row.text());
  put(object, "combine_function", row.text());
  put(object, "serial_function", row.text());
  put(object, "deserial_function", row.text());
  put(object, "sort_operator", row.text());
}

// oprcode of 0 is a shell: named as a commutator or negator, and not there yet.
std::string operators_query(const Catalog& catalog) {
  return "SELECT o.oid, o.oprnamespace, o.oprname,"
         " CASE o.oprleft WHEN '0' THEN 'none' ELSE format_type(o.oprleft, NULL) END,"
         " format_type(o.oprright, NULL), " +
         Catalog::function_name("o.oprcode") + ", " + operator_name("o.oprcom") + ", " +
         operator_name("o.oprnegate") + ", " + Catalog::function_name("o.oprrest") + ", " +
         Catalog::function_name("o.oprjoin") +
         ", o.oprcanhash, o.oprcanmerge FROM pg_operator o WHERE o.oprcode <> '0' AND " +
         catalog.in_schemas("o.oprnamespace") + " AND " +
         Catalog::not_of_extension(CatalogClass::kOperator, "o.oid");
}

}  // namespace

void read_aggregates(const Catalog& catalog, Draft& draft) {
  catalog.each_row(aggregates_query(catalog), [&](CatalogRow& row) {
    DatabaseObject object;
    object.kind = "aggregate";
    object.comment = catalog.comment(CatalogClass::kProcedure, row.oid());
    object.schema = catalog.schema_name(row.oid());
    object.name = row.text();
    object.signature = row.text();
    put_aggregate(object, row);
    draft.schema.objects.push_back(std::move(object));
  });
}

void read_operators(const Catalog& catalog, Draft& draft) {
  catalog.each_row(operators_query(catalog), [&](CatalogRow& row) {
    DatabaseObject object;
    object.kind = "operator";
    object.comment = catalog.comment(CatalogClass::kOperator, row.oid());
    object.schema = catalog.schema_name(row.oid());
    object.name = row.text();
    object.signature = row.text();
    object.signature += ", " + row.text();
    put(object, "function", row.text());
    put(object, "commutator", row.text());
    put(object, "negator", row.text());
    put(object, "restrict", row.text());
    put(object, "join", row.text());
    put_flag(object, "hashes", row.flag());
    put_flag(object, "merges", row.flag());
    draft.schema.objects.push_back(std::move(object));
  });
}

}  // namespace ormdb::postgresql
