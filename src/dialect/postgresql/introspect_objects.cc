// Schemas, extensions and extended statistics.

#include <utility>

#include "dialect/postgresql/introspect_parts.h"
#include "dialect/postgresql/literal.h"

namespace ormdb::postgresql {
namespace {

constexpr std::string_view kPublicComment = "standard public schema";

std::string statistics_query(const Catalog& catalog) {
  std::string sql =
      "SELECT s.oid, s.stxnamespace, s.stxname, s.stxrelid, s.stxkeys, s.stxkind::text[],"
      " CASE WHEN s.stxstattarget >= '0' THEN s.stxstattarget::text END,";
  sql += catalog.since(14, " pg_get_statisticsobjdef_expressions(s.oid)", " NULL");
  return sql + " FROM pg_statistic_ext s WHERE " + catalog.in_schemas("s.stxnamespace");
}

// Letters of stxkind; the expressions themselves are 'e'. All three is what none stands for, and a
// single expression takes none.
std::vector<std::string> statistics_kinds(const std::vector<std::string>& letters) {
  std::vector<std::string> kinds;
  for (const std::string& letter : letters) {
    std::string word = word_of(letter.empty() ? '\0' : letter.front(),
                               {{'d', "ndistinct"}, {'f', "dependencies"}, {'m', "mcv"}});
    if (!word.empty()) kinds.push_back(std::move(word));
  }
  if (kinds.size() == 3) kinds.clear();
  return kinds;
}

}  // namespace

// The default schema is there anyway; public counts as one to mention when it has its own comment.
void read_schemas(const Catalog& catalog, Draft& draft) {
  for (const Oid oid : catalog.chosen()) {
    const bool is_default = catalog.schema_name(oid).empty();
    DatabaseObject object;
    object.kind = "schema";
    object.name = is_default ? catalog.default_schema() : catalog.schema_name(oid);
    object.comment = catalog.comment(CatalogClass::kNamespace, oid);
    if (object.name == "public" && object.comment == kPublicComment) object.comment.clear();
    const bool says_nothing = is_default && (object.name != "public" || object.comment.empty());
    if (says_nothing || catalog.extension_owns_schema(oid)) continue;
    draft.schema.objects.push_back(std::move(object));
  }
}

void read_extensions(const Catalog& catalog, Draft& draft) {
  const std::string sql =
      "SELECT e.extname, n.oid, n.nspname FROM pg_extension e"
      " JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' AND " +
      (catalog.chooses_all() ? std::string("true") : catalog.in_schemas("n.oid"));
  catalog.each_row(sql, [&](CatalogRow& row) {
    DatabaseObject object;
    object.kind = "extension";
    object.name = row.text();
    const Oid place = row.oid();
    std::string name = row.text();
    object.schema = catalog.is_chosen(place) ? catalog.schema_name(place) : std::move(name);
    draft.schema.objects.push_back(std::move(object));
  });
}

void read_statistics(const Catalog& catalog, Draft& draft) {
  catalog.each_row(statistics_query(catalog), [&](CatalogRow& row) {
    DatabaseObject object;
    object.kind = "statistics";
    object.comment = catalog.comment(CatalogClass::kStatistics, row.oid());
    object.schema = catalog.schema_name(row.oid());
    object.name = row.text();
    const Relation* relation = draft.relation(row.oid());
    if (relation == nullptr) return;
    put(object, "on", relation->qualified);
    std::vector<std::string> columns;
    for (const std::int64_t number : row.numbers()) {
      columns.push_back(quote(relation->column(number)));
    }
    put(object, "kinds", statistics_kinds(row.list()));
    put(object, "target", row.text());
    for (const std::string& expression : row.list()) {
      columns.push_back("(" + std::string(without_outer_parentheses(expression)) + ")");
    }
    put(object, "columns", std::move(columns));
    draft.schema.objects.push_back(std::move(object));
  });
}

}  // namespace ormdb::postgresql
