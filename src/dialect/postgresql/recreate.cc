#include "dialect/postgresql/recreate.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "dialect/postgresql/ddl_object.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/grants.h"
#include "dialect/postgresql/literal.h"
#include "ops/canonical.h"
#include "ops/topological.h"

namespace ormdb::postgresql {

namespace {

using Kind = Element::Kind;

// What others need first; where that leaves a choice, by kind and name.
std::vector<Element> in_order(std::vector<Element> elements, const Schema& schema) {
  std::sort(elements.begin(), elements.end(), [](const Element& a, const Element& b) {
    return std::tie(a.kind, a.table, a.name, a.object.kind, a.object.name, a.object.signature) <
           std::tie(b.kind, b.table, b.name, b.object.kind, b.object.name, b.object.signature);
  });
  std::vector<std::set<std::size_t>> needed;
  for (const std::vector<std::size_t>& numbers : dependencies_among(elements, schema)) {
    needed.emplace_back(numbers.begin(), numbers.end());
  }
  std::vector<Element> ordered;
  for (const std::size_t number : topological_order(needed)) ordered.push_back(elements[number]);
  return ordered;
}

// Triggers and rules on a view go with it.
bool goes_with_view(const Element& element, const std::vector<Element>& dropped) {
  const std::string& place = element.kind == Kind::kObject ? element.object.table : element.table;
  return std::any_of(dropped.begin(), dropped.end(), [&](const Element& other) {
    return other.kind == Kind::kView && other.name == place;
  });
}

void note_owner(const Element& element, const Schema& schema, std::vector<std::string>& relations,
                std::vector<std::string>& routines) {
  if (element.kind == Kind::kView) {
    if (const View* view = schema.find_view(element.name)) relations.push_back(sql_name(*view));
  } else if (element.kind == Kind::kObject && is_routine(element.object)) {
    routines.push_back(sql_name(element.object) + "(" + element.object.signature + ")");
  }
}

}  // namespace

bool Recreation::is_out(const Element& element) const { return contains(out_, element); }

void Recreation::forget(const Element& element) { std::erase(out_, element); }

bool Recreation::can_go(const Element& element) const {
  return !is_out(element) && !contains(gone_, element.table) &&
         !contains(gone_, element.object.table);
}

// Adds what depends on the elements, and on that, and so on.
void Recreation::follow(std::vector<Element>& elements) const {
  for (std::size_t i = 0; i < elements.size(); ++i) {
    for (Element& element : dependents_of(target_of(elements[i], schema_), schema_)) {
      if (can_go(element) && !contains(elements, element)) elements.push_back(std::move(element));
    }
  }
}

std::vector<std::string> Recreation::take_out(const Target& target) {
  return take_out(target, [](const Element&) { return true; });
}

std::vector<std::string> Recreation::take_out(const Target& target,
                                              const std::function<bool(const Element&)>& wanted) {
  std::vector<Element> elements;
  for (Element& element : dependents_of(target, schema_)) {
    if (can_go(element) && wanted(element)) elements.push_back(std::move(element));
  }
  follow(elements);
  return drop(std::move(elements));
}

std::vector<std::string> Recreation::take_out(const Element& element) {
  if (is_out(element)) return {};
  std::vector<Element> elements = {element};
  follow(elements);
  return drop(std::move(elements));
}

std::vector<std::string> Recreation::drop(std::vector<Element> elements) {
  elements = in_order(std::move(elements), schema_);
  std::vector<std::string> statements, relations, routines;
  for (const Element& element : elements) note_owner(element, schema_, relations, routines);
  if (!relations.empty() || !routines.empty()) {
    statements.push_back(save_grants_sql(relations, routines));
    grants_saved_ = true;
  }
  for (std::size_t i = elements.size(); i-- > 0;) {
    if (goes_with_view(elements[i], elements)) continue;
    std::string sql = drop_element_sql(elements[i], schema_);
    if (!sql.empty()) statements.push_back(std::move(sql));
  }
  append(out_, std::move(elements));
  return statements;
}

std::vector<std::string> Recreation::put_back(const Waits& waits) {
  std::erase_if(out_, [&](const Element& element) { return !has_element(element, schema_); });
  const std::vector<Element> ordered = in_order(std::exchange(out_, {}), schema_);
  const auto needed = dependencies_among(ordered, schema_);
  std::vector<bool> stays(ordered.size());
  std::vector<std::string> statements;
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    stays[i] = waits(ordered[i]) || std::any_of(needed[i].begin(), needed[i].end(),
                                                [&](std::size_t other) { return stays[other]; });
    if (stays[i]) {
      out_.push_back(ordered[i]);
    } else {
      append(statements, create_element_sql(ordered[i], schema_));
    }
  }
  if (out_.empty() && std::exchange(grants_saved_, false)) {
    statements.push_back(restore_grants_sql());
  }
  return statements;
}

}  // namespace ormdb::postgresql
