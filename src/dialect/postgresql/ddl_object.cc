#include "dialect/postgresql/ddl_object.h"

#include <functional>
#include <map>

#include "base/text.h"
#include "dialect/postgresql/ddl.h"
#include "dialect/postgresql/ddl_routine.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/ddl_view.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/types.h"
#include "ops/canonical.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

using Statements = std::vector<std::string>;

bool is_public(const DatabaseObject& object) {
  return object.kind == "schema" && object.name == "public";
}

Statements create_schema(const DatabaseObject& object, const Schema&) {
  return {(is_public(object) ? "CREATE SCHEMA IF NOT EXISTS " : "CREATE SCHEMA ") +
          quote(object.name)};
}

Statements create_extension(const DatabaseObject& object, const Schema&) {
  std::string text = "CREATE EXTENSION IF NOT EXISTS " + quote(object.name);
  if (!object.schema.empty()) text += " SCHEMA " + quote(object.schema);
  const std::string& version = property(object, "version");
  return {version.empty() ? text : text + " VERSION " + string_literal(version)};
}

Statements create_collation(const DatabaseObject& object, const Schema&) {
  Statements parts;
  const auto add = [&](std::string_view name, bool quoted) {
    const std::string& value = property(object, name);
    if (value.empty()) return;
    parts.push_back(std::string(name) + " = " + (quoted ? string_literal(value) : value));
  };
  add("provider", false);
  for (const char* name : {"locale", "lc_collate", "lc_ctype", "rules"}) add(name, true);
  if (object.flag("nondeterministic")) parts.emplace_back("deterministic = false");
  return {"CREATE COLLATION " + sql_name(object) + " (" + join(parts, ", ") + ")"};
}

Statements create_domain(const DatabaseObject& object, const Schema& schema) {
  const Statements not_valid = list_property(object, "not_valid");
  std::string text = "CREATE DOMAIN " + sql_name(object) + " AS " + property(object, "type");
  const std::string& collation = property(object, "collate");
  if (!collation.empty()) text += " COLLATE " + collation_sql(collation, schema);
  const std::string& value = property(object, "default");
  if (!value.empty()) text += "\n  DEFAULT " + default_sql(Literal::expression(value));
  if (object.flag("not_null")) text += "\n  NOT NULL";
  Statements later;
  for (const NamedText& check : map_property(object, "checks")) {
    const std::string sql = "CONSTRAINT " + quote(check.name) + " CHECK (" + check.text + ")";
    if (contains(not_valid, check.name)) {
      later.push_back("ALTER DOMAIN " + sql_name(object) + " ADD " + sql + " NOT VALID");
    } else {
      text += "\n  " + sql;
    }
  }
  for (const NamedText& comment : map_property(object, "check_comments")) {
    later.push_back(comment_sql(domain_check_words(object, comment.name), comment.text));
  }
  later.insert(later.begin(), text);
  return later;
}

Statements create_composite_type(const DatabaseObject& object, const Schema&) {
  Statements lines;
  for (const NamedText& attribute : map_property(object, "attributes")) {
    lines.push_back(quote(attribute.name) + " " + attribute.text);
  }
  const std::string list = lines.empty() ? "" : "\n  " + join(lines, ",\n  ") + "\n";
  Statements statements = {"CREATE TYPE " + sql_name(object) + " AS (" + list + ")"};
  for (const NamedText& comment : map_property(object, "attribute_comments")) {
    statements.push_back(
        comment_sql("COLUMN " + sql_name(object) + "." + quote(comment.name), comment.text));
  }
  return statements;
}

Statements create_sequence(const DatabaseObject& object, const Schema& schema) {
  std::string text = object.flag("unlogged") ? "CREATE UNLOGGED SEQUENCE " : "CREATE SEQUENCE ";
  text += sql_name(object);
  const auto add = [&](std::string_view key, const std::string& word) {
    const std::string& value = property(object, key);
    if (!value.empty()) text += " " + word + " " + value;
  };
  add("type", "AS");
  add("increment", "INCREMENT BY");
  add("min", "MINVALUE");
  add("max", "MAXVALUE");
  add("start", "START WITH");
  // Without a word PostgreSQL would start at the smallest value.
  const bool ascends = !property(object, "increment").starts_with("-");
  if (property(object, "start").empty() && !property(object, "min").empty() && ascends) {
    text += " START WITH 1";
  }
  add("cache", "CACHE");
  if (object.flag("cycle")) text += " CYCLE";
  if (!find_owner(property(object, "owned_by"), schema)) return {text};
  return {text, sequence_owner_sql(object, schema)};
}

Statements create_routine(const DatabaseObject& object, const Schema&) {
  return {routine_sql(object, false)};
}

Statements create_aggregate(const DatabaseObject& object, const Schema&) {
  return {aggregate_sql(object)};
}

std::pair<std::string, std::string> operands(const DatabaseObject& object) {
  // Type names may hold commas in parentheses: numeric(10, 2).
  int depth = 0;
  for (std::size_t i = 0; i < object.signature.size(); ++i) {
    const char c = object.signature[i];
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c != ',' || depth > 0) continue;
    return {std::string(trim(object.signature.substr(0, i))),
            std::string(trim(object.signature.substr(i + 1)))};
  }
  return {"NONE", object.signature};
}

std::string operator_reference(const std::string& name) {
  return name.find('.') == std::string::npos ? name : "OPERATOR(" + name + ")";
}

Statements create_operator(const DatabaseObject& object, const Schema&) {
  const auto [left, right] = operands(object);
  Statements lines = {"FUNCTION = " + property(object, "function")};
  if (!iequals(left, "none")) lines.push_back("LEFTARG = " + left);
  if (!iequals(right, "none")) lines.push_back("RIGHTARG = " + right);
  for (const char* key : {"commutator", "negator"}) {
    const std::string& name = property(object, key);
    if (!name.empty()) lines.push_back(to_upper(key) + " = " + operator_reference(name));
  }
  for (const char* key : {"restrict", "join"}) {
    const std::string& name = property(object, key);
    if (!name.empty()) lines.push_back(to_upper(key) + " = " + name);
  }
  for (const char* key : {"hashes", "merges"}) {
    if (object.flag(key)) lines.push_back(to_upper(key));
  }
  return {"CREATE OPERATOR " + sql_name(object) + " (\n  " + join(lines, ",\n  ") + "\n)"};
}

Statements create_statistics(const DatabaseObject& object, const Schema& schema) {
  const Statements kinds = list_property(object, "kinds");
  std::string text = "CREATE STATISTICS " + sql_name(object);
  if (!kinds.empty()) text += " (" + join(kinds, ", ") + ")";
  text += "\n  ON " + join(list_property(object, "columns"), ", ") + " FROM " +
          relation_sql(property(object, "on"), schema);
  const std::string& target = property(object, "target");
  if (target.empty()) return {text};
  return {text, "ALTER STATISTICS " + sql_name(object) + " SET STATISTICS " + target};
}

Statements create_rule(const DatabaseObject& object, const Schema& schema) {
  Statements statements = {rule_sql(object, schema, false)};
  const std::string& enabled = property(object, "enabled");
  if (!enabled.empty()) {
    statements.push_back("ALTER TABLE " + relation_sql(object.table, schema) + " " +
                         enabled_words(enabled) + " RULE " + quote(object.name));
  }
  return statements;
}

Statements create_policy(const DatabaseObject& object, const Schema& schema) {
  std::string text =
      "CREATE POLICY " + quote(object.name) + " ON " + relation_sql(object.table, schema);
  if (object.flag("restrictive")) text += " AS RESTRICTIVE";
  const std::string& command = property(object, "command");
  if (!command.empty()) text += " FOR " + to_upper(command);
  if (!list_property(object, "roles").empty()) text += " TO " + policy_roles(object);
  const std::string& condition = property(object, "using");
  if (!condition.empty()) text += "\n  USING (" + condition + ")";
  const std::string& check = property(object, "check");
  if (!check.empty()) text += "\n  WITH CHECK (" + check + ")";
  return {text};
}

Statements create_event_trigger(const DatabaseObject& object, const Schema&) {
  std::string text =
      "CREATE EVENT TRIGGER " + quote(object.name) + " ON " + property(object, "event");
  Statements tags;
  for (const std::string& tag : list_property(object, "tags")) tags.push_back(string_literal(tag));
  if (!tags.empty()) text += "\n  WHEN TAG IN (" + join(tags, ", ") + ")";
  const std::string& function = property(object, "function");
  text += "\n  EXECUTE FUNCTION " + function + (function.ends_with(')') ? "" : "()");
  const std::string& enabled = property(object, "enabled");
  if (enabled.empty()) return {text};
  return {text, "ALTER EVENT TRIGGER " + quote(object.name) + " " + enabled_words(enabled)};
}

struct KindSql {
  std::string_view words;  // DROP and COMMENT ON call it so
  Statements (*create)(const DatabaseObject&, const Schema&);
};

const KindSql& sql_of(const DatabaseObject& object) {
  static const std::map<std::string, KindSql, std::less<>> kKinds = {
      {"schema", {"SCHEMA", create_schema}},
      {"extension", {"EXTENSION", create_extension}},
      {"collation", {"COLLATION", create_collation}},
      {"domain", {"DOMAIN", create_domain}},
      {"composite_type", {"TYPE", create_composite_type}},
      {"sequence", {"SEQUENCE", create_sequence}},
      {"function", {"FUNCTION", create_routine}},
      {"procedure", {"PROCEDURE", create_routine}},
      {"aggregate", {"AGGREGATE", create_aggregate}},
      {"operator", {"OPERATOR", create_operator}},
      {"statistics", {"STATISTICS", create_statistics}},
      {"rule", {"RULE", create_rule}},
      {"policy", {"POLICY", create_policy}},
      {"event_trigger", {"EVENT TRIGGER", create_event_trigger}}};
  const auto found = kKinds.find(object.kind);
  if (found != kKinds.end()) return found->second;
  throw Error(ErrorKind::kUnsupported, "PostgreSQL has no " + replace_all(object.kind, "_", " ") +
                                           "s (" + object.name + ")");
}

}  // namespace

const std::string& property(const DatabaseObject& object, std::string_view name) {
  return object.text(name, "postgresql");
}

std::vector<std::string> list_property(const DatabaseObject& object, std::string_view name) {
  const auto found = object.properties.find(std::string(name));
  if (found == object.properties.end()) return {};
  const auto* list = std::get_if<std::vector<std::string>>(&found->second);
  return list == nullptr ? Statements() : *list;
}

std::vector<NamedText> map_property(const DatabaseObject& object, std::string_view name) {
  const auto found = object.properties.find(std::string(name));
  if (found == object.properties.end()) return {};
  const auto* map = std::get_if<std::vector<NamedText>>(&found->second);
  return map == nullptr ? std::vector<NamedText>() : *map;
}

DatabaseObject in_own_words(DatabaseObject object, const Schema& schema) {
  if (object.kind == "domain" || object.kind == "sequence") {
    const std::string type = property(object, "type");
    if (!type.empty()) object.properties["type"] = SqlText{own_type_text(type, &schema), {}};
  }
  if (object.kind == "composite_type") {
    std::vector<NamedText> attributes = map_property(object, "attributes");
    for (NamedText& attribute : attributes) {
      attribute.text = own_type_text(attribute.text, &schema);
    }
    object.properties["attributes"] = std::move(attributes);
  }
  return object;
}

std::string object_words(const DatabaseObject& object, const Schema& schema) {
  const std::string words = std::string(sql_of(object).words) + " ";
  if (object.kind == "rule" || object.kind == "policy") {
    return words + quote(object.name) + " ON " + relation_sql(object.table, schema);
  }
  if (object.kind == "extension") return words + quote(object.name);
  if (object.kind == "operator") {
    const auto [left, right] = operands(object);
    return words + sql_name(object) + " (" + left + ", " + right + ")";
  }
  if (object.kind == "aggregate") {
    return words + sql_name(object) + "(" + (object.signature.empty() ? "*" : object.signature) +
           ")";
  }
  if (!is_routine(object)) return words + sql_name(object);
  return words + sql_name(object) + "(" + object.signature + ")";
}

std::vector<std::string> create_object_sql(const DatabaseObject& object, const Schema& schema) {
  Statements statements = sql_of(object).create(in_own_words(object, schema), schema);
  if (!object.comment.empty()) {
    statements.push_back(comment_sql(object_words(object, schema), object.comment));
  }
  return statements;
}

std::string drop_object_sql(const DatabaseObject& object, const Schema& schema) {
  if (is_public(object)) return comment_sql("SCHEMA public", "standard public schema");
  return "DROP " + object_words(object, schema);
}

bool is_routine(const DatabaseObject& object) {
  return object.kind == "function" || object.kind == "procedure";
}

std::string rule_sql(const DatabaseObject& object, const Schema& schema, bool replace) {
  std::string text = replace ? "CREATE OR REPLACE RULE " : "CREATE RULE ";
  text += quote(object.name) + " AS\n  ON " + to_upper(property(object, "event")) + " TO " +
          relation_sql(object.table, schema);
  const std::string& where = property(object, "where");
  if (!where.empty()) text += "\n  WHERE " + where;
  text += object.flag("instead") ? "\n  DO INSTEAD " : "\n  DO ALSO ";
  return text + property(object, "action");
}

std::string domain_check_words(const DatabaseObject& domain, const std::string& check) {
  return "CONSTRAINT " + quote(check) + " ON DOMAIN " + sql_name(domain);
}

std::string policy_roles(const DatabaseObject& object) {
  Statements roles;
  for (const std::string& role : list_property(object, "roles")) {
    const bool word = iequals(role, "public") || iequals(role, "current_user") ||
                      iequals(role, "session_user") || iequals(role, "current_role");
    roles.push_back(word ? to_upper(role) : quote(role));
  }
  return roles.empty() ? "PUBLIC" : join(roles, ", ");
}

std::string sequence_owner_sql(const DatabaseObject& sequence, const Schema& schema) {
  const auto owner = find_owner(property(sequence, "owned_by"), schema);
  return "ALTER SEQUENCE " + sql_name(sequence) + " OWNED BY " +
         (owner ? sql_name(*owner->table) + "." + quote(owner->column->name) : "NONE");
}

}  // namespace ormdb::postgresql
