#include "dialect/postgresql/candidate.h"

#include <algorithm>

#include "dialect/postgresql/ddl_object.h"
#include "dialect/postgresql/ddl_table.h"
#include "dialect/postgresql/literal.h"

namespace ormdb::postgresql {

namespace {

using Kind = Element::Kind;

void add_text(Candidate& candidate, const SqlText& text) {
  const std::string& sql = postgresql_text(text);
  if (!sql.empty()) candidate.texts.emplace_back(sql);
}

void add_parts(Candidate& candidate, const std::vector<KeyPart>& parts) {
  for (const KeyPart& part : parts) {
    add_text(candidate, part.expression);
    if (!part.operator_class.empty()) candidate.texts.emplace_back(part.operator_class);
    if (!part.collation.empty()) candidate.texts.emplace_back(part.collation);
  }
}

Candidate on_table(Kind kind, const Table& table, const std::string& name) {
  Candidate candidate;
  candidate.kind = kind;
  candidate.table = &table;
  candidate.name = &name;
  return candidate;
}

void add_columns(const Table& table, std::vector<Candidate>& to) {
  for (const Column& column : table.columns) {
    if (column.generated) {
      if (is_inherited(column)) continue;
      Candidate candidate = on_table(Kind::kGenerated, table, column.name);
      candidate.column = &column;
      add_text(candidate, column.generated->expression);
      to.push_back(std::move(candidate));
    } else if (column.default_value) {
      Candidate candidate = on_table(Kind::kDefault, table, column.name);
      candidate.column = &column;
      if (column.default_value->kind == Literal::Kind::kSql) {
        add_text(candidate, column.default_value->sql);
      }
      to.push_back(std::move(candidate));
    }
  }
}

void add_constraints(const Table& table, std::vector<Candidate>& to) {
  if (table.primary_key) {
    to.push_back(on_table(Kind::kKey, table, table.primary_key->name));
    to.back().key = &table.primary_key->columns;
  }
  for (const Unique& unique : table.uniques) {
    to.push_back(on_table(Kind::kKey, table, unique.name));
    to.back().key = &unique.columns;
  }
  for (const Check& check : table.checks) {
    to.push_back(on_table(Kind::kCheck, table, check.name));
    add_text(to.back(), check.expression);
  }
  for (const Exclude& exclude : table.excludes) {
    to.push_back(on_table(Kind::kExclude, table, exclude.name));
    to.back().exclude = &exclude;
    add_text(to.back(), exclude.where);
    for (const Exclude::Element& element : exclude.elements) {
      add_parts(to.back(), {element.part});
      to.back().texts.emplace_back(element.operator_name);
    }
  }
  for (const ForeignKey& key : table.foreign_keys) {
    to.push_back(on_table(Kind::kForeignKey, table, key.name));
    to.back().foreign_key = &key;
  }
}

// What the server itself understands of the object: not the bodies that it keeps as text.
void add_object_texts(Candidate& candidate, const DatabaseObject& object) {
  candidate.texts.emplace_back(object.signature);
  for (const auto& [name, value] : object.properties) {
    if (name == "body" || name == "set" || name == "library") continue;
    if (std::holds_alternative<SqlText>(value)) {
      candidate.texts.emplace_back(property(object, name));
    } else if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
      for (const std::string& text : *list) candidate.texts.emplace_back(text);
    }
  }
}

bool can_be_made_again(const DatabaseObject& object) {
  for (const char* kind : {"function", "procedure", "aggregate", "operator", "statistics", "rule",
                           "policy", "event_trigger"}) {
    if (object.kind == kind) return true;
  }
  return false;
}

}  // namespace

Element Candidate::element() const {
  if (view != nullptr) return view_element(*view);
  if (trigger != nullptr) return trigger_element(*trigger);
  if (object != nullptr) return object_element(*object);
  Element element;
  element.kind = kind;
  element.table = qualified_name(*table);
  element.name = *name;
  return element;
}

bool Candidate::mentions(std::string_view word) const {
  return std::any_of(texts.begin(), texts.end(),
                     [&](std::string_view text) { return mentions_word(text, word); });
}

std::string Candidate::place() const {
  if (trigger != nullptr) return trigger->table;
  if (object != nullptr) {
    return object->kind == "statistics" ? property(*object, "on") : object->table;
  }
  return table == nullptr ? "" : qualified_name(*table);
}

void add_table_candidates(const Table& table, std::vector<Candidate>& to) {
  add_columns(table, to);
  add_constraints(table, to);
  for (const Index& index : table.indexes) {
    to.push_back(on_table(Kind::kIndex, table, index.name));
    to.back().index = &index;
    add_text(to.back(), index.where);
    add_parts(to.back(), index.columns);
  }
}

void add_other_candidates(const Schema& schema, std::vector<Candidate>& to) {
  for (const View& view : schema.views) {
    Candidate candidate;
    candidate.kind = Kind::kView;
    candidate.view = &view;
    add_text(candidate, view.query);
    for (const Index& index : view.indexes) {
      add_text(candidate, index.where);
      add_parts(candidate, index.columns);
    }
    to.push_back(std::move(candidate));
  }
  for (const Trigger& trigger : schema.triggers) {
    Candidate candidate;
    candidate.kind = Kind::kTrigger;
    candidate.trigger = &trigger;
    add_text(candidate, trigger.when);
    candidate.texts.emplace_back(trigger.function);
    to.push_back(std::move(candidate));
  }
  for (const DatabaseObject& object : schema.objects) {
    if (!can_be_made_again(object)) continue;
    Candidate candidate;
    candidate.kind = Kind::kObject;
    candidate.object = &object;
    add_object_texts(candidate, object);
    to.push_back(std::move(candidate));
  }
}

}  // namespace ormdb::postgresql
