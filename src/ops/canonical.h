// Schemas in the one form in which equal ones compare equal: normalized by the dialect's rules,
// names folded, hints and relationships gone, named lists sorted. The diff and `equivalent` stand
// on it.
#pragma once

#include <optional>
#include <vector>

#include "ormdb/diff.h"
#include "ormdb/schema.h"

namespace ormdb {

/// Lists of constraints keep the order that normalize gave them and hold no element twice; compare
/// them with same_elements.
Schema canonical_schema(const Schema& schema, const SchemaRules& rules);

/// What tells objects apart: kind, place, name and signature.
std::string object_key(const DatabaseObject& object);

/// Everything that the table says, whatever the order of its constraints and indexes.
bool same_table(const Table& a, const Table& b);

/// Takes pairs that mean the same out of both lists. An index without a name is any of its content:
/// its name is yet to be given.
void cancel_equal_indexes(std::vector<Index>& from, std::vector<Index>& to);

template <typename Element>
bool contains(const std::vector<Element>& list, const Element& wanted) {
  for (const Element& element : list) {
    if (element == wanted) return true;
  }
  return false;
}

/// Equal as sets.
template <typename Element>
bool same_elements(const std::vector<Element>& a, const std::vector<Element>& b) {
  if (a.size() != b.size()) return false;
  for (const Element& element : a) {
    if (!contains(b, element)) return false;
  }
  return true;
}

/// All constraints of a table: primary key, uniques, checks, foreign keys.
std::vector<Constraint> constraints_of(const Table& table);

void add_constraint(const Constraint& constraint, Table& table);

/// The canonical form of one constraint, as it would be in `table` (a table of `schema`); empty
/// when the dialect's rules drop it.
std::optional<Constraint> canonical_constraint(const Constraint& constraint, const Table& table,
                                               const Schema& schema, const SchemaRules& rules);

/// The checks that the rules add for a column by itself (an enum where the engine has none), and
/// the column as they spell it.
struct ImpliedChecks {
  Column column;
  std::vector<Check> checks;
};
ImpliedChecks implied_checks(const Column& column, const Schema& schema, const SchemaRules& rules);

/// Whether a type is an enum or an array of one: the only types that can imply checks.
bool mentions_enum(const Type& type);

}  // namespace ormdb
