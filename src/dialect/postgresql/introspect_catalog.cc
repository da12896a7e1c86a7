#include "dialect/postgresql/introspect_catalog.h"

#include <algorithm>

#include "base/text.h"

namespace ormdb::postgresql {
namespace {

constexpr std::string_view kDialect = "postgresql";
const std::string kNothing;

bool chooses(const IntrospectOptions& options, const std::string& name) {
  if (options.schemas.empty()) return true;
  return std::any_of(options.schemas.begin(), options.schemas.end(),
                     [&name](const std::string& glob) { return glob_match(glob, name); });
}

}  // namespace

const std::string& Relation::column(std::int64_t number) const {
  if (number < 1 || static_cast<std::size_t>(number) > attributes.size()) return kNothing;
  return attributes[static_cast<std::size_t>(number) - 1].name;
}

Table* Draft::table(Oid relation) {
  const auto found = relations.find(relation);
  if (found == relations.end() || found->second.kind != Relation::Kind::kTable) return nullptr;
  return &schema.tables[found->second.position];
}

View* Draft::view(Oid relation) {
  const auto found = relations.find(relation);
  if (found == relations.end() || found->second.kind != Relation::Kind::kView) return nullptr;
  return &schema.views[found->second.position];
}

const Relation* Draft::relation(Oid relation) const {
  const auto found = relations.find(relation);
  if (found == relations.end() || found->second.kind == Relation::Kind::kLeftOut) return nullptr;
  return &found->second;
}

Catalog::Catalog(Connection& connection, const IntrospectOptions& options,
                 std::string default_schema, int version)
    : connection_(connection),
      options_(options),
      default_schema_(std::move(default_schema)),
      version_(version),
      ignored_(options.ignored_tables.begin(), options.ignored_tables.end()) {
  read_namespaces();
  read_comments();
}

void Catalog::each_row(const std::string& sql, const ReadRow& read) const {
  Rows rows = connection_.query(sql);
  for (std::vector<Value>& values : rows.rows) {
    CatalogRow row(values);
    read(row);
  }
}

void Catalog::read_namespaces() {
  const std::string sql =
      "SELECT n.oid, n.nspname, " + not_of_extension(CatalogClass::kNamespace, "n.oid") +
      " FROM pg_namespace n"
      " WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY n.nspname";
  each_row(sql, [&](CatalogRow& row) {
    const Oid oid = row.oid();
    std::string name = row.text();
    if (!row.flag()) of_extensions_.insert(oid);
    if (chooses(options_, name)) {
      chosen_.insert(oid);
      chosen_in_order_.push_back(oid);
    }
    namespaces_[oid] = name == default_schema_ ? std::string() : std::move(name);
  });
}

// Objects of initdb have oids below 16384 (FirstNormalObjectId); of those only the schema public is
// anyone's business.
void Catalog::read_comments() {
  each_row(
      "SELECT classoid, objoid, objsubid, description FROM pg_description"
      " WHERE objoid >= 16384 OR classoid = 'pg_namespace'::regclass",
      [&](CatalogRow& row) {
        const Oid of_class = row.oid();
        const Oid oid = row.oid();
        const std::int64_t column = row.integer();
        comments_[{of_class, {oid, column}}] = row.text();
      });
}

std::string Catalog::in_schemas(std::string_view column) const {
  std::vector<std::string> oids;
  for (const Oid oid : chosen_in_order_) oids.push_back(std::to_string(oid));
  return std::string(column) + " = ANY ('{" + join(oids, ",") + "}'::oid[])";
}

std::string Catalog::not_of_extension(CatalogClass of_class, std::string_view oid) {
  return "NOT EXISTS (SELECT FROM pg_depend member WHERE member.classid = '" +
         std::to_string(static_cast<Oid>(of_class)) + "' AND member.objid = " + std::string(oid) +
         " AND member.deptype = 'e')";
}

std::string Catalog::function_name(std::string_view oid) {
  return "(SELECT CASE WHEN pg_function_is_visible(f.oid) THEN quote_ident(f.proname)"
         " ELSE format('%I.%I', s.nspname, f.proname) END"
         " FROM pg_proc f JOIN pg_namespace s ON s.oid = f.pronamespace WHERE f.oid = " +
         std::string(oid) + ")";
}

std::string Catalog::input_types(std::string_view column) {
  return "array_to_string(ARRAY(SELECT format_type(u.type, NULL) FROM unnest(" +
         std::string(column) + ") WITH ORDINALITY u (type, position) ORDER BY u.position), ', ')";
}

const std::string& Catalog::schema_name(Oid name_space) const {
  const auto found = namespaces_.find(name_space);
  return found == namespaces_.end() ? kNothing : found->second;
}

std::string Catalog::qualified(Oid name_space, std::string_view name) const {
  const std::string& schema = schema_name(name_space);
  return schema.empty() ? std::string(name) : schema + "." + std::string(name);
}

bool Catalog::is_ignored(const std::string& schema, const std::string& name) const {
  const std::string folded = to_lower(name);
  return ignored_.count(folded) != 0 || ignored_.count(to_lower(schema) + "." + folded) != 0;
}

const std::string& Catalog::comment(CatalogClass of_class, Oid oid, std::int64_t column) const {
  const auto found = comments_.find({static_cast<Oid>(of_class), {oid, column}});
  return found == comments_.end() ? kNothing : found->second;
}

void put(DatabaseObject& object, const std::string& property, std::string text) {
  if (!text.empty()) object.properties[property] = SqlText{std::move(text), {}};
}

void put(DatabaseObject& object, const std::string& property, std::vector<std::string> list) {
  if (!list.empty()) object.properties[property] = std::move(list);
}

void put(DatabaseObject& object, const std::string& property, std::vector<NamedText> entries) {
  if (!entries.empty()) object.properties[property] = std::move(entries);
}

void put_flag(DatabaseObject& object, const std::string& property, bool set) {
  if (set) object.properties[property] = SqlText{"true", {}};
}

void put(Options& options, const std::string& key, std::string text) {
  if (!text.empty()) options[std::string(kDialect)][key] = std::move(text);
}

void put_flag(Options& options, const std::string& key, bool set) {
  if (set) put(options, key, "true");
}

void put_parameters(Options& options, const std::vector<std::string>& parameters,
                    std::string_view prefix) {
  for (const std::string& parameter : parameters) {
    const std::size_t equals = parameter.find('=');
    if (equals == std::string::npos) continue;
    options[std::string(kDialect)][std::string(prefix) + parameter.substr(0, equals)] =
        parameter.substr(equals + 1);
  }
}

std::string word_of(char letter, std::initializer_list<LetterWord> words) {
  for (const LetterWord& word : words) {
    if (word.first == letter) return std::string(word.second);
  }
  return {};
}

}  // namespace ormdb::postgresql
