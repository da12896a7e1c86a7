#include "dialect/postgresql/element.h"

#include <algorithm>
#include <optional>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/candidate.h"
#include "dialect/postgresql/ddl.h"
#include "dialect/postgresql/ddl_object.h"
#include "dialect/postgresql/ddl_table.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/ddl_view.h"
#include "dialect/postgresql/literal.h"
#include "ops/canonical.h"
#include "schema/object_kind.h"

namespace ormdb::postgresql {

namespace {

using Kind = Element::Kind;
using Scope = Target::Scope;

std::string_view last_part(std::string_view qualified) {
  const std::size_t dot = qualified.rfind('.');
  return dot == std::string_view::npos ? qualified : qualified.substr(dot + 1);
}

bool contains_icase(std::string_view text, std::string_view word) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::search(text.begin(), text.end(), word.begin(), word.end(),
                     [&](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

// All columns at once, or those of a NATURAL JOIN, which are not named.
bool takes_all_columns(std::string_view text) {
  const std::vector<SqlToken> tokens = scan_sql_tokens(text, SqlDialect::kPostgresql);
  for (std::size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i].is_word("natural")) return true;
    const SqlToken& before = tokens[i - 1];
    const bool first = before.is_symbol(",") || before.is_symbol(".") || before.is_word("select") ||
                       before.is_word("returning");
    if (tokens[i].is_symbol("*") && first) return true;
  }
  return false;
}

bool has_part(const std::vector<KeyPart>& parts, std::string_view column) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](const KeyPart& part) { return part.column == column; });
}

/// Whether a candidate depends on a column.
class ColumnUse {
 public:
  ColumnUse(const Target& target, const Candidate& candidate)
      : target_(target), candidate_(candidate) {}

  bool found() const {
    switch (candidate_.kind) {
      case Kind::kObject:
        return by_object(*candidate_.object);
      case Kind::kView:
        return by_text();
      case Kind::kTrigger:
        return on_table() && (contains(candidate_.trigger->update_of, target_.name) ||
                              candidate_.mentions(target_.name));
      case Kind::kGenerated:
        return on_table() && *candidate_.name != target_.name && candidate_.mentions(target_.name);
      case Kind::kDefault:
        return replaced() && on_table() && *candidate_.name == target_.name;
      case Kind::kKey:
        return dropped() && on_table() && has_part(*candidate_.key, target_.name);
      case Kind::kCheck:
        return replaced() && on_table() && candidate_.mentions(target_.name);
      case Kind::kExclude:
        return replaced() && on_table() && by_exclude();
      case Kind::kIndex:
        return replaced() && on_table() && by_index(*candidate_.index);
      case Kind::kForeignKey:
        return replaced() && by_foreign_key(*candidate_.foreign_key);
    }
    return false;
  }

 private:
  bool replaced() const { return target_.scope != Scope::kRetyped; }
  bool dropped() const { return target_.scope == Scope::kDropped; }
  bool on_table() const { return contains(target_.tables, candidate_.place()); }

  bool column_in(std::string_view text) const {
    return mentions_word(text, target_.name) || takes_all_columns(text);
  }

  bool table_in(std::string_view text) const {
    return std::any_of(target_.tables.begin(), target_.tables.end(), [&](const std::string& name) {
      return mentions_word(text, last_part(name));
    });
  }

  bool by_text() const {
    return std::any_of(candidate_.texts.begin(), candidate_.texts.end(),
                       [&](std::string_view sql) { return table_in(sql) && column_in(sql); });
  }

  bool by_object(const DatabaseObject& object) const {
    if (object.kind == "statistics") {
      return replaced() && on_table() && candidate_.mentions(target_.name);
    }
    if (is_routine(object)) {
      const std::string& body = property(object, "sql_body");
      return table_in(body) && column_in(body);
    }
    if (object.kind != "rule" && object.kind != "policy") return false;
    if (!on_table()) return by_text();
    return std::any_of(candidate_.texts.begin(), candidate_.texts.end(),
                       [&](std::string_view sql) { return column_in(sql); });
  }

  bool by_exclude() const {
    for (const Exclude::Element& element : candidate_.exclude->elements) {
      if (element.part.column == target_.name) return true;
    }
    return candidate_.mentions(target_.name);
  }

  // A plain part follows its column's type, unless it names an operator class.
  bool by_index(const Index& index) const {
    for (const KeyPart& part : index.columns) {
      if (part.column == target_.name && (dropped() || !part.operator_class.empty())) return true;
    }
    return candidate_.mentions(target_.name) ||
           (dropped() && contains(index.include, target_.name));
  }

  bool by_foreign_key(const ForeignKey& key) const {
    if (on_table() && contains(key.columns, target_.name)) return true;
    return contains(target_.tables, key.referenced_table) &&
           contains(key.referenced_columns, target_.name);
  }

  const Target& target_;
  const Candidate& candidate_;
};

bool uses_relation(const Target& target, const Candidate& candidate) {
  if (candidate.view != nullptr && qualified_name(*candidate.view) == target.name) return false;
  if (candidate.place() == target.name) return candidate.table == nullptr;
  if (candidate.foreign_key != nullptr) {
    return candidate.foreign_key->referenced_table == target.name;
  }
  return candidate.mentions(last_part(target.name));
}

// A key is also what lets a view select columns that it does not group by.
bool uses_key(const Target& target, const Candidate& candidate) {
  if (candidate.foreign_key != nullptr) {
    return contains(target.tables, candidate.foreign_key->referenced_table) &&
           same_elements(candidate.foreign_key->referenced_columns, target.columns);
  }
  return candidate.view != nullptr && candidate.mentions("group") &&
         candidate.mentions(last_part(target.tables.front()));
}

bool uses_operator(const Target& target, const Candidate& candidate) {
  for (std::string_view text : candidate.texts) {
    if (text.find(target.name) == std::string_view::npos) continue;
    for (const SqlToken& token : scan_sql_tokens(text, SqlDialect::kPostgresql)) {
      if (token.is_symbol(target.name)) return true;
    }
  }
  return false;
}

bool depends(const Candidate& candidate, const Target& target) {
  switch (target.kind) {
    case Target::Kind::kNone:
      return false;
    case Target::Kind::kColumn:
      return ColumnUse(target, candidate).found();
    case Target::Kind::kRelation:
      return uses_relation(target, candidate);
    case Target::Kind::kRoutine:
    case Target::Kind::kType:
      return candidate.mentions(target.name);
    case Target::Kind::kOperator:
      return uses_operator(target, candidate);
    case Target::Kind::kKey:
      return uses_key(target, candidate);
  }
  return false;
}

std::optional<Candidate> find_candidate(const Element& element, const Schema& schema) {
  std::vector<Candidate> all;
  const bool on_table = element.kind != Kind::kObject && element.kind != Kind::kView &&
                        element.kind != Kind::kTrigger;
  if (!on_table) {
    add_other_candidates(schema, all);
  } else if (const Table* table = schema.find_table(element.table)) {
    add_table_candidates(*table, all);
  }
  for (Candidate& candidate : all) {
    if (candidate.kind == element.kind && candidate.element() == element) return candidate;
  }
  return std::nullopt;
}

Constraint constraint_of(const Candidate& candidate) {
  for (const Constraint& constraint : constraints_of(*candidate.table)) {
    if (constraint_name(constraint) == *candidate.name) return constraint;
  }
  return PrimaryKey();
}

std::vector<std::string> create_part_sql(const Element& element, const Candidate& candidate,
                                         const Schema& schema) {
  const std::string table = sql_name(*candidate.table);
  std::vector<std::string> statements;
  if (element.kind == Kind::kDefault) {
    return {"ALTER TABLE ONLY " + table + " ALTER COLUMN " + quote(element.name) + " SET DEFAULT " +
            literal(*candidate.column->default_value)};
  }
  if (element.kind == Kind::kGenerated) {
    statements.push_back("ALTER TABLE " + table + " ADD COLUMN " +
                         column_sql(*candidate.column, element.table, schema));
    append(statements, column_settings_sql(*candidate.column, element.table, schema));
    return statements;
  }
  if (candidate.index != nullptr) {
    statements.push_back(index_sql(*candidate.index, element.table, schema));
    append(statements, index_settings_sql(*candidate.index, element.table, schema));
  } else {
    statements = add_constraint_sql(constraint_of(candidate), element.table, schema);
  }
  append(statements, index_role_sql(*candidate.table, element.name));
  return statements;
}

}  // namespace

Element view_element(const View& view) {
  Element element;
  element.kind = Kind::kView;
  element.name = qualified_name(view);
  return element;
}

Element trigger_element(const Trigger& trigger) {
  Element element;
  element.kind = Kind::kTrigger;
  element.table = trigger.table;
  element.name = trigger.name;
  return element;
}

Element object_element(const DatabaseObject& object) {
  Element element;
  element.kind = Kind::kObject;
  element.object.kind = object.kind;
  element.object.name = object.name;
  element.object.signature = object.signature;
  element.object.schema = object.schema;
  element.object.table = object.table;
  return element;
}

Target column_target(std::string_view table, std::string_view column, Scope scope,
                     const Schema& schema) {
  Target target;
  target.kind = Target::Kind::kColumn;
  target.tables.emplace_back(table);
  for (const Table* child : descendants_of(table, schema)) {
    target.tables.push_back(qualified_name(*child));
  }
  target.name = std::string(column);
  target.scope = scope;
  return target;
}

Target relation_target(std::string_view qualified) {
  Target target;
  target.kind = Target::Kind::kRelation;
  target.name = std::string(qualified);
  return target;
}

Target routine_target(std::string_view name) {
  Target target;
  target.kind = Target::Kind::kRoutine;
  target.name = std::string(name);
  return target;
}

Target type_target(std::string_view name) {
  Target target;
  target.kind = Target::Kind::kType;
  target.name = std::string(name);
  return target;
}

Target key_target(std::string_view table, const std::vector<KeyPart>& columns) {
  Target target;
  target.kind = Target::Kind::kKey;
  target.tables.emplace_back(table);
  for (const KeyPart& part : columns) target.columns.push_back(part.column);
  return target;
}

Target target_of(const Element& element, const Schema& schema) {
  if (element.kind == Kind::kView) return relation_target(element.name);
  if (element.kind == Kind::kGenerated) {
    return column_target(element.table, element.name, Scope::kDropped, schema);
  }
  if (element.kind == Kind::kKey) {
    const auto candidate = find_candidate(element, schema);
    return candidate ? key_target(element.table, *candidate->key) : Target();
  }
  if (element.kind != Kind::kObject) return Target();
  if (is_routine(element.object) || element.object.kind == "aggregate") {
    return routine_target(element.object.name);
  }
  if (element.object.kind != "operator") return Target();
  Target target = routine_target(element.object.name);
  target.kind = Target::Kind::kOperator;
  return target;
}

std::vector<Element> dependents_of(const Target& target, const Schema& schema) {
  std::vector<Element> found;
  if (target.kind == Target::Kind::kNone) return found;
  each_candidate(schema, [&](const Candidate& candidate) {
    if (depends(candidate, target)) found.push_back(candidate.element());
  });
  return found;
}

std::vector<std::vector<std::size_t>> dependencies_among(const std::vector<Element>& elements,
                                                         const Schema& schema) {
  std::vector<std::optional<Candidate>> candidates;
  std::vector<Target> targets;
  for (const Element& element : elements) {
    candidates.push_back(find_candidate(element, schema));
    targets.push_back(target_of(element, schema));
  }
  std::vector<std::vector<std::size_t>> needed(elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    for (std::size_t j = 0; j < elements.size(); ++j) {
      if (i != j && candidates[i] && depends(*candidates[i], targets[j])) needed[i].push_back(j);
    }
  }
  return needed;
}

bool has_element(const Element& element, const Schema& schema) {
  return find_candidate(element, schema).has_value();
}

std::string drop_element_sql(const Element& element, const Schema& schema) {
  const auto candidate = find_candidate(element, schema);
  if (!candidate) return "";
  if (candidate->view != nullptr) return drop_view_sql(*candidate->view);
  if (candidate->trigger != nullptr) return drop_trigger_sql(*candidate->trigger, schema);
  if (candidate->object != nullptr) return drop_object_sql(*candidate->object, schema);
  const std::string alter = "ALTER TABLE " + sql_name(*candidate->table) + " ";
  switch (element.kind) {
    case Kind::kDefault:
      return "ALTER TABLE ONLY " + sql_name(*candidate->table) + " ALTER COLUMN " +
             quote(element.name) + " DROP DEFAULT";
    case Kind::kGenerated:
      return alter + "DROP COLUMN " + quote(element.name);
    case Kind::kIndex:
      return "DROP INDEX " + dotted(candidate->table->schema, element.name);
    default:
      return alter + "DROP CONSTRAINT " + quote(element.name);
  }
}

std::vector<std::string> create_element_sql(const Element& element, const Schema& schema) {
  const auto candidate = find_candidate(element, schema);
  if (!candidate) return {};
  if (candidate->view != nullptr) return create_view_sql(*candidate->view, schema);
  if (candidate->trigger != nullptr) return create_trigger_sql(*candidate->trigger, schema);
  if (candidate->object != nullptr) return create_object_sql(*candidate->object, schema);
  return create_part_sql(element, *candidate, schema);
}

bool mentions_word(std::string_view text, std::string_view name) {
  const bool plain = name.find('"') == std::string_view::npos;  // else it is doubled in the text
  if (name.empty() || (plain && !contains_icase(text, name))) return false;
  for (const SqlToken& token : scan_sql_tokens(text, SqlDialect::kPostgresql)) {
    if (token.kind == SqlToken::Kind::kWord ? to_lower(token.text) == name
                                            : token.can_be_name() && token.unquoted() == name) {
      return true;
    }
    // regclass and enum constants stand in strings.
    if (token.kind == SqlToken::Kind::kString && contains_icase(token.text, name)) return true;
  }
  return false;
}

}  // namespace ormdb::postgresql
