#include <algorithm>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/expression_pieces.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/normalize.h"
#include "dialect/postgresql/types.h"
#include "schema/object_kind.h"

namespace ormdb::postgresql {
namespace {

std::vector<std::string>* list_of(DatabaseObject& object, const std::string& property) {
  const auto found = object.properties.find(property);
  if (found == object.properties.end()) return nullptr;
  return std::get_if<std::vector<std::string>>(&found->second);
}

std::vector<NamedText>* map_of(DatabaseObject& object, const std::string& property) {
  const auto found = object.properties.find(property);
  if (found == object.properties.end()) return nullptr;
  return std::get_if<std::vector<NamedText>>(&found->second);
}

template <typename Function>
void rewrite(DatabaseObject& object, const std::string& property, const Function& function) {
  const std::string text = object.text(property);
  if (!text.empty()) set_text(object, property, function(text));
}

void lower(DatabaseObject& object, std::initializer_list<const char*> properties) {
  for (const char* property : properties) {
    rewrite(object, property, [](const std::string& text) { return to_lower(text); });
  }
}

void canonicalize(DatabaseObject& object, std::initializer_list<const char*> properties) {
  for (const char* property : properties) {
    rewrite(object, property, [](const std::string& text) { return canonical_expression(text); });
  }
}

void canonicalize_names(DatabaseObject& object, std::initializer_list<const char*> properties) {
  for (const char* property : properties) rewrite(object, property, canonical_name_list);
}

void sort_list(DatabaseObject& object, const std::string& property) {
  if (std::vector<std::string>* list = list_of(object, property)) {
    std::sort(list->begin(), list->end());
  }
}

void sort_map(DatabaseObject& object, const std::string& property) {
  if (std::vector<NamedText>* map = map_of(object, property)) {
    std::sort(map->begin(), map->end(),
              [](const NamedText& a, const NamedText& b) { return a.name < b.name; });
  }
}

void drop_empty_comments(DatabaseObject& object, const std::string& property) {
  if (std::vector<NamedText>* comments = map_of(object, property)) {
    std::erase_if(*comments, [](const NamedText& comment) { return comment.text.empty(); });
    if (comments->empty()) object.properties.erase(property);
  }
  sort_map(object, property);
}

/// PostgreSQL's text of a property; line ends are LF.
std::string own_text(const SqlText& text, PropertyShape shape) {
  const std::string lines = normalize_newlines(postgresql_text(text));
  return shape == PropertyShape::kBody ? lines : std::string(trim(lines));
}

struct IsEmpty {
  bool operator()(const SqlText& text) const { return text.common.empty(); }
  bool operator()(const std::vector<std::string>& list) const { return list.empty(); }
  bool operator()(const std::vector<NamedText>& map) const { return map.empty(); }
};

void select_texts(DatabaseObject& object, const ObjectKind& kind) {
  for (auto property = object.properties.begin(); property != object.properties.end();) {
    const PropertyRule* rule = find_property(kind, property->first);
    if (auto* text = std::get_if<SqlText>(&property->second)) {
      *text = SqlText{own_text(*text, rule == nullptr ? PropertyShape::kText : rule->shape), {}};
    }
    const bool off =
        rule != nullptr && rule->shape == PropertyShape::kFlag && !object.flag(property->first);
    const bool gone = off || std::visit(IsEmpty{}, property->second);
    property = gone ? object.properties.erase(property) : std::next(property);
  }
}

// Kinds ----------------------------------------------------------------------------------------

void normalize_collation(DatabaseObject& object) {
  lower(object, {"provider"});
  drop_default(object, "provider", "libc");
  const std::string collate = object.text("lc_collate");
  if (!collate.empty() && collate == object.text("lc_ctype") && object.text("locale").empty()) {
    set_text(object, "locale", collate);
  }
  if (object.text("locale").empty()) return;
  drop_default(object, "lc_collate", object.text("locale"));
  drop_default(object, "lc_ctype", object.text("locale"));
}

void normalize_domain(DatabaseObject& object, const Schema& schema) {
  const std::string own = own_type_text(object.text("type"), &schema);
  const Type type = canonical_type(type_from_sql(own, &schema), &schema);
  set_text(object, "type", type_to_sql(type, &schema));
  canonicalize_names(object, {"collate"});
  drop_default(object, "collate", "\"default\"");
  if (!object.text("default").empty()) {
    const std::optional<Literal> value =
        normalized_default(Literal::expression(object.text("default")), type, schema);
    set_text(object, "default", value ? literal(*value) : "");
  }
  const ColumnTypes types = {{"value", type_without_modifiers(type, &schema)}};
  if (std::vector<NamedText>* checks = map_of(object, "checks")) {
    for (NamedText& check : *checks) check.text = canonical_expression(check.text, types);
  }
  sort_map(object, "checks");
  sort_list(object, "not_valid");
  drop_empty_comments(object, "check_comments");
}

/// "type [COLLATE name]".
std::string canonical_attribute(const std::string& text) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(text, SqlDialect::kPostgresql);
  for (const SqlToken& token : tokens) {
    if (!token.is_word("collate")) continue;
    return canonical_type_text(text.substr(0, token.begin)) + " collate " +
           canonical_name_list(std::string_view(text).substr(token.end));
  }
  return canonical_type_text(text);
}

void normalize_composite_type(DatabaseObject& object, const Schema& schema) {
  if (std::vector<NamedText>* attributes = map_of(object, "attributes")) {
    for (NamedText& attribute : *attributes) {
      attribute.text = canonical_attribute(own_type_text(attribute.text, &schema));
    }
  }
  drop_empty_comments(object, "attribute_comments");
}

void normalize_sequence(DatabaseObject& object) {
  rewrite(object, "type", [](const std::string& text) {
    return canonical_type_text(own_type_text(text, nullptr));
  });
  drop_default(object, "type", "bigint");
  canonicalize_names(object, {"owned_by"});
  drop_default(object, "owned_by", "none");
  std::map<std::string, std::string> parameters;
  for (const char* key : {"start", "increment", "min", "max", "cache", "cycle"}) {
    if (!object.text(key).empty()) parameters.emplace(key, object.text(key));
    object.properties.erase(key);
  }
  drop_sequence_defaults(parameters, object.text("type"));
  for (auto& [key, value] : parameters) set_text(object, key, std::move(value));
}

void normalize_operator(DatabaseObject& object) {
  object.signature = canonical_signature(object.signature);
  canonicalize_names(object, {"function", "commutator", "negator", "restrict", "join"});
}

/// The order of the columns and kinds says nothing. All kinds are the default.
void normalize_statistics(DatabaseObject& object) {
  canonicalize_names(object, {"on"});
  drop_default(object, "target", "-1");
  if (std::vector<std::string>* columns = list_of(object, "columns")) {
    for (std::string& column : *columns) column = canonical_expression(column);
  }
  sort_list(object, "columns");
  std::vector<std::string>* kinds = list_of(object, "kinds");
  if (kinds == nullptr) return;
  for (std::string& kind : *kinds) kind = to_lower(kind);
  std::sort(kinds->begin(), kinds->end());
  if (*kinds == std::vector<std::string>{"dependencies", "mcv", "ndistinct"}) {
    object.properties.erase("kinds");
  }
}

void normalize_rule(DatabaseObject& object) {
  lower(object, {"event", "enabled"});
  drop_default(object, "enabled", "origin");
  drop_default(object, "enabled", "true");
  canonicalize(object, {"where"});
  rewrite(object, "action",
          [](const std::string& text) { return canonical_sql(text, SqlDialect::kPostgresql); });
}

void normalize_policy(DatabaseObject& object, const Schema& schema) {
  lower(object, {"command"});
  drop_default(object, "command", "all");
  if (std::vector<std::string>* roles = list_of(object, "roles")) {
    std::sort(roles->begin(), roles->end());
    if (*roles == std::vector<std::string>{"public"}) object.properties.erase("roles");
  }
  const Table* table = schema.find_table(object.table);
  const ColumnTypes types = table == nullptr ? ColumnTypes{} : column_types(*table, schema);
  for (const char* property : {"using", "check"}) {
    rewrite(object, property,
            [&](const std::string& text) { return canonical_expression(text, types); });
  }
}

void normalize_event_trigger(DatabaseObject& object) {
  lower(object, {"event", "enabled"});
  drop_default(object, "enabled", "origin");
  drop_default(object, "enabled", "true");
  rewrite(object, "function", canonical_call);
  if (std::vector<std::string>* tags = list_of(object, "tags")) {
    for (std::string& tag : *tags) tag = to_upper(tag);
  }
  sort_list(object, "tags");
}

bool has_body(const DatabaseObject& routine) {
  return !routine.text("body").empty() || !routine.text("sql_body").empty() ||
         !routine.text("library").empty();
}

bool is_kept(const DatabaseObject& object) {
  if (object.kind == "event") return false;
  if (object.kind == "extension") return object.name != "plpgsql";
  if (object.kind == "function" || object.kind == "procedure") return has_body(object);
  return true;
}

}  // namespace

void set_text(DatabaseObject& object, const std::string& property, std::string text) {
  if (text.empty()) {
    object.properties.erase(property);
  } else {
    object.properties.insert_or_assign(property, SqlText{std::move(text), {}});
  }
}

void drop_default(DatabaseObject& object, const std::string& property, std::string_view value) {
  if (!value.empty() && object.text(property) == value) object.properties.erase(property);
}

bool normalize_object(DatabaseObject& object, const Schema& schema) {
  select_texts(object, kind_of(object));
  if (!is_kept(object)) return false;
  if (object.kind == "extension") object.properties.erase("version");
  if (object.kind == "collation") normalize_collation(object);
  if (object.kind == "domain") normalize_domain(object, schema);
  if (object.kind == "composite_type") normalize_composite_type(object, schema);
  if (object.kind == "sequence") normalize_sequence(object);
  if (object.kind == "function" || object.kind == "procedure") normalize_routine(object);
  if (object.kind == "aggregate") normalize_aggregate(object);
  if (object.kind == "operator") normalize_operator(object);
  if (object.kind == "statistics") normalize_statistics(object);
  if (object.kind == "rule") normalize_rule(object);
  if (object.kind == "policy") normalize_policy(object, schema);
  if (object.kind == "event_trigger") normalize_event_trigger(object);
  return true;
}

}  // namespace ormdb::postgresql
