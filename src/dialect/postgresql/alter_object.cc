#include "dialect/postgresql/alter_object.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "dialect/postgresql/ddl.h"
#include "dialect/postgresql/ddl_object.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/ddl_view.h"
#include "dialect/postgresql/literal.h"
#include "ops/canonical.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

using Statements = std::vector<std::string>;
using Altered = std::optional<Statements>;

/// Both sides of a change.
struct Change {
  const DatabaseObject& from;
  const DatabaseObject& to;
  const Schema& schema;

  bool differs(const std::string& name) const {
    const auto old = from.properties.find(name);
    const auto now = to.properties.find(name);
    const bool had = old != from.properties.end();
    const bool has = now != to.properties.end();
    if (!had || !has) return had != has;
    return old->second != now->second;
  }
  /// Whether something else than these properties differs.
  bool differs_besides(const std::vector<std::string>& names) const {
    for (const DatabaseObject* side : {&from, &to}) {
      for (const auto& [name, value] : side->properties) {
        if (!contains(names, name) && differs(name)) return true;
      }
    }
    return false;
  }
};

const NamedText* find_named(const std::vector<NamedText>& list, const std::string& name) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const NamedText& entry) { return entry.name == name; });
  return found == list.end() ? nullptr : &*found;
}

Altered alter_nothing(const Change& change) {
  if (change.differs_besides({})) return std::nullopt;
  return Statements();
}

Altered alter_extension(const Change& change) {
  const std::string alter = "ALTER EXTENSION " + quote(change.to.name);
  Statements statements;
  if (change.from.schema != change.to.schema) {
    const std::string& schema = change.to.schema;
    statements.push_back(alter + " SET SCHEMA " + quote(schema.empty() ? "public" : schema));
  }
  const std::string& version = property(change.to, "version");
  if (!version.empty() && change.differs("version")) {
    statements.push_back(alter + " UPDATE TO " + string_literal(version));
  }
  return statements;
}

const std::string& text_of(const std::vector<NamedText>& list, const std::string& name) {
  static const std::string kNone;
  const NamedText* found = find_named(list, name);
  return found == nullptr ? kNone : found->text;
}

// A constraint that is made anew has lost its comment.
void comment_domain_checks(const Change& change, const Statements& made, Statements& statements) {
  const std::vector<NamedText> old = map_property(change.from, "check_comments");
  const std::vector<NamedText> now = map_property(change.to, "check_comments");
  for (const NamedText& check : map_property(change.to, "checks")) {
    const std::string& comment = text_of(now, check.name);
    const std::string before = contains(made, check.name) ? "" : text_of(old, check.name);
    if (comment == before) continue;
    statements.push_back(comment_sql(domain_check_words(change.to, check.name), comment));
  }
}

// A constraint that was not valid and is now is validated; any other difference makes a new one.
void alter_domain_checks(const Change& change, Statements& statements) {
  const std::string alter = "ALTER DOMAIN " + sql_name(change.to) + " ";
  const std::vector<NamedText> old = map_property(change.from, "checks");
  const std::vector<NamedText> now = map_property(change.to, "checks");
  Statements made;
  const Statements was_not_valid = list_property(change.from, "not_valid");
  const Statements not_valid = list_property(change.to, "not_valid");
  const auto stays = [&](const NamedText& check, const std::vector<NamedText>& others) {
    const NamedText* other = find_named(others, check.name);
    const bool weaker = contains(not_valid, check.name) && !contains(was_not_valid, check.name);
    return other != nullptr && other->text == check.text && !weaker;
  };
  for (const NamedText& check : old) {
    if (!stays(check, now)) statements.push_back(alter + "DROP CONSTRAINT " + quote(check.name));
  }
  for (const NamedText& check : now) {
    if (stays(check, old)) {
      if (contains(was_not_valid, check.name) && !contains(not_valid, check.name)) {
        statements.push_back(alter + "VALIDATE CONSTRAINT " + quote(check.name));
      }
      continue;
    }
    std::string sql = alter + "ADD CONSTRAINT " + quote(check.name) + " CHECK (" + check.text + ")";
    if (contains(not_valid, check.name)) sql += " NOT VALID";
    statements.push_back(std::move(sql));
    made.push_back(check.name);
  }
  comment_domain_checks(change, made, statements);
}

Altered alter_domain(const Change& change) {
  if (change.differs("type") || change.differs("collate")) return std::nullopt;
  Statements statements;
  const std::string alter = "ALTER DOMAIN " + sql_name(change.to) + " ";
  if (change.differs("default")) {
    const std::string& value = property(change.to, "default");
    statements.push_back(alter + (value.empty() ? "DROP DEFAULT" : "SET DEFAULT " + value));
  }
  if (change.differs("not_null")) {
    statements.push_back(alter + (change.to.flag("not_null") ? "SET NOT NULL" : "DROP NOT NULL"));
  }
  alter_domain_checks(change, statements);
  return statements;
}

// A change comes down to the tables OF the type only when it says so.
bool has_typed_table(const DatabaseObject& type, const Schema& schema) {
  return std::any_of(schema.tables.begin(), schema.tables.end(), [&](const Table& table) {
    const std::string& name = option(table.options, "of_type");
    return name == sql_name(type) || name == qualified_name(type);
  });
}

// Attributes come at the end only; with another order the type has to be made anew.
Altered alter_composite(const Change& change) {
  const std::vector<NamedText> old = map_property(change.from, "attributes");
  const std::vector<NamedText> now = map_property(change.to, "attributes");
  std::vector<std::string> result, wanted;
  Statements parts;
  const std::string cascade = has_typed_table(change.to, change.schema) ? " CASCADE" : "";
  for (const NamedText& attribute : old) {
    const NamedText* other = find_named(now, attribute.name);
    if (other == nullptr) {
      parts.push_back("DROP ATTRIBUTE " + quote(attribute.name) + cascade);
      continue;
    }
    result.push_back(attribute.name);
    if (other->text != attribute.text) {
      parts.push_back("ALTER ATTRIBUTE " + quote(attribute.name) + " TYPE " + other->text +
                      cascade);
    }
  }
  for (const NamedText& attribute : now) {
    wanted.push_back(attribute.name);
    if (find_named(old, attribute.name) != nullptr) continue;
    result.push_back(attribute.name);
    parts.push_back("ADD ATTRIBUTE " + quote(attribute.name) + " " + attribute.text + cascade);
  }
  if (result != wanted) return std::nullopt;
  Statements statements;
  if (!parts.empty()) {
    statements.push_back("ALTER TYPE " + sql_name(change.to) + "\n  " + join(parts, ",\n  "));
  }
  const std::vector<NamedText> before = map_property(change.from, "attribute_comments");
  const std::vector<NamedText> after = map_property(change.to, "attribute_comments");
  const auto comment = [&](const std::string& name, const std::string& text) {
    statements.push_back(comment_sql("COLUMN " + sql_name(change.to) + "." + quote(name), text));
  };
  for (const NamedText& entry : before) {
    const bool there = find_named(now, entry.name) != nullptr;
    if (there && find_named(after, entry.name) == nullptr) comment(entry.name, "");
  }
  for (const NamedText& entry : after) {
    if (!contains(before, entry)) comment(entry.name, entry.text);
  }
  return statements;
}

Altered alter_sequence(const Change& change) {
  std::string words;
  const auto add = [&](const char* key, const std::string& word, const std::string& otherwise) {
    if (!change.differs(key)) return;
    const std::string& value = property(change.to, key);
    words += " " + (value.empty() ? otherwise : word + " " + value);
  };
  add("type", "AS", "AS bigint");
  add("increment", "INCREMENT BY", "INCREMENT BY 1");
  add("min", "MINVALUE", "NO MINVALUE");
  add("max", "MAXVALUE", "NO MAXVALUE");
  add("start", "START WITH", "START WITH 1");
  add("cache", "CACHE", "CACHE 1");
  if (change.differs("cycle")) words += change.to.flag("cycle") ? " CYCLE" : " NO CYCLE";
  const std::string alter = "ALTER SEQUENCE " + sql_name(change.to);
  Statements statements = clamp_sequence_sql(
      sql_name(change.to), change.differs("min") ? property(change.to, "min") : "",
      change.differs("max") ? property(change.to, "max") : "");
  if (!words.empty()) statements.push_back(alter + words);
  if (change.differs("unlogged")) {
    statements.push_back(alter + (change.to.flag("unlogged") ? " SET UNLOGGED" : " SET LOGGED"));
  }
  if (change.differs("owned_by"))
    statements.push_back(sequence_owner_sql(change.to, change.schema));
  return statements;
}

Altered alter_routine(const Change& change) {
  if (change.differs("arguments") || change.differs("returns") || change.differs("window")) {
    return std::nullopt;
  }
  if (!change.differs_besides({})) return Statements();
  return Statements{routine_sql(change.to, true)};
}

Altered alter_operator(const Change& change) {
  if (change.differs_besides({"restrict", "join"})) return std::nullopt;
  Statements parts;
  for (const char* key : {"restrict", "join"}) {
    if (!change.differs(key)) continue;
    const std::string& value = property(change.to, key);
    parts.push_back(to_upper(key) + " = " + (value.empty() ? "NONE" : value));
  }
  if (parts.empty()) return parts;
  return Statements{"ALTER " + object_words(change.to, change.schema) + " SET (" +
                    join(parts, ", ") + ")"};
}

Altered alter_statistics(const Change& change) {
  if (change.differs_besides({"target"})) return std::nullopt;
  if (!change.differs("target")) return Statements();
  const std::string& target = property(change.to, "target");
  return Statements{"ALTER STATISTICS " + sql_name(change.to) + " SET STATISTICS " +
                    (target.empty() ? "-1" : target)};
}

Altered alter_rule(const Change& change) {
  const bool view_rule = property(change.to, "event") == "select";
  if (change.differs_besides({"enabled"}) && view_rule) return std::nullopt;
  Statements statements;
  if (change.differs_besides({"enabled"})) {
    statements.push_back(rule_sql(change.to, change.schema, true));
  }
  if (change.differs("enabled")) {
    statements.push_back("ALTER TABLE " + relation_sql(change.to.table, change.schema) + " " +
                         enabled_words(property(change.to, "enabled")) + " RULE " +
                         quote(change.to.name));
  }
  return statements;
}

Altered alter_policy(const Change& change) {
  if (change.differs_besides({"roles", "using", "check"})) return std::nullopt;
  std::string words;
  if (change.differs("roles")) words += " TO " + policy_roles(change.to);
  for (const auto& [key, word] : {std::pair("using", " USING "), {"check", " WITH CHECK "}}) {
    if (!change.differs(key)) continue;
    const std::string& condition = property(change.to, key);
    if (condition.empty()) return std::nullopt;  // ALTER POLICY cannot take one away
    words += std::string("\n ") + word + "(" + condition + ")";
  }
  if (words.empty()) return Statements();
  return Statements{"ALTER " + object_words(change.to, change.schema) + words};
}

Altered alter_event_trigger(const Change& change) {
  if (change.differs_besides({"enabled"})) return std::nullopt;
  if (!change.differs("enabled")) return Statements();
  return Statements{"ALTER EVENT TRIGGER " + quote(change.to.name) + " " +
                    enabled_words(property(change.to, "enabled"))};
}

Altered alter_properties(const Change& change) {
  using Alter = Altered (*)(const Change&);
  static const std::map<std::string, Alter, std::less<>> kKinds = {
      {"extension", alter_extension},
      {"domain", alter_domain},
      {"composite_type", alter_composite},
      {"sequence", alter_sequence},
      {"function", alter_routine},
      {"procedure", alter_routine},
      {"operator", alter_operator},
      {"statistics", alter_statistics},
      {"rule", alter_rule},
      {"policy", alter_policy},
      {"event_trigger", alter_event_trigger}};
  const auto found = kKinds.find(change.to.kind);
  return found == kKinds.end() ? alter_nothing(change) : found->second(change);
}

}  // namespace

bool looks_at_values(const DatabaseObject& from, const DatabaseObject& to) {
  if (to.flag("not_null") && !from.flag("not_null")) return true;
  const std::vector<NamedText> old = map_property(from, "checks");
  const Statements was_not_valid = list_property(from, "not_valid");
  const Statements not_valid = list_property(to, "not_valid");
  const std::vector<NamedText> now = map_property(to, "checks");
  return std::any_of(now.begin(), now.end(), [&](const NamedText& check) {
    const bool known = contains(old, check) && !contains(was_not_valid, check.name);
    return !known && !contains(not_valid, check.name);
  });
}

bool retypes_attribute(const DatabaseObject& from, const DatabaseObject& to) {
  const std::vector<NamedText> now = map_property(to, "attributes");
  for (const NamedText& attribute : map_property(from, "attributes")) {
    const NamedText* other = find_named(now, attribute.name);
    if (other != nullptr && other->text != attribute.text) return true;
  }
  return false;
}

std::optional<std::vector<std::string>> alter_object_sql(const DatabaseObject& from,
                                                         const DatabaseObject& to,
                                                         const Schema& schema) {
  Altered statements = alter_properties({from, to, schema});
  if (statements && from.comment != to.comment) {
    const bool is_public = to.kind == "schema" && to.name == "public" && to.comment.empty();
    statements->push_back(
        comment_sql(object_words(to, schema), is_public ? "standard public schema" : to.comment));
  }
  return statements;
}

}  // namespace ormdb::postgresql
