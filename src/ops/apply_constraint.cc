#include <algorithm>
#include <functional>

#include "base/text.h"
#include "ops/apply_parts.h"
#include "ops/canonical.h"
#include "ops/describe.h"
#include "ops/find.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

/// Throws when a column of the constraint is unknown.
class ColumnCheck {
 public:
  ColumnCheck(Table& table, const SchemaRules& rules) : table_(table), rules_(rules) {}

  void operator()(const PrimaryKey& key) const { require(key.columns); }
  void operator()(const Unique& unique) const { require(unique.columns); }
  void operator()(const ForeignKey& key) const {
    for (const std::string& column : key.columns) require_column(table_, column, rules_);
  }
  void operator()(const Check&) const {}
  void operator()(const Exclude& exclude) const {
    for (const Exclude::Element& element : exclude.elements) require({element.part});
  }

 private:
  void require(const std::vector<KeyPart>& parts) const {
    for (const KeyPart& part : parts) {
      if (!part.column.empty()) require_column(table_, part.column, rules_);
    }
  }

  Table& table_;
  const SchemaRules& rules_;
};

/// Visits every constraint of the kind of `like` with (constraint, eraser).
class ConstraintEraser {
 public:
  using Matches = std::function<bool(const Constraint&)>;
  ConstraintEraser(Table& table, const Matches& matches) : table_(table), matches_(matches) {}

  bool operator()(const PrimaryKey&) const {
    if (!table_.primary_key || !matches_(*table_.primary_key)) return false;
    table_.primary_key.reset();
    return true;
  }
  bool operator()(const Unique&) const { return erase_first(table_.uniques); }
  bool operator()(const ForeignKey&) const { return erase_first(table_.foreign_keys); }
  bool operator()(const Check&) const { return erase_first(table_.checks); }
  bool operator()(const Exclude&) const { return erase_first(table_.excludes); }

 private:
  template <typename Items>
  bool erase_first(Items& items) const {
    const auto found = std::find_if(items.begin(), items.end(), matches_);
    if (found == items.end()) return false;
    items.erase(found);
    return true;
  }

  Table& table_;
  const Matches& matches_;
};

Constraint without_name(Constraint constraint) {
  std::visit([](auto& held) { held.name.clear(); }, constraint);
  return constraint;
}

bool erase_by_name(const Constraint& wanted, Table& table, const SchemaRules& rules) {
  const std::string& name = constraint_name(wanted);
  if (name.empty()) return false;
  const NameMatcher matcher(name, rules);
  return std::visit(ConstraintEraser(table,
                                     [&](const Constraint& candidate) {
                                       return matcher.same(constraint_name(candidate));
                                     }),
                    wanted);
}

bool erase_by_content(const Constraint& wanted, Table& table, const Schema& schema,
                      const SchemaRules& rules) {
  const Constraint bare = without_name(wanted);
  const bool equal = std::visit(
      ConstraintEraser(
          table, [&](const Constraint& candidate) { return without_name(candidate) == bare; }),
      wanted);
  if (equal) return true;
  // Slower, and rare: the same constraint in another spelling.
  const Table before = table;
  const auto canonical = [&](const Constraint& constraint) -> std::optional<Constraint> {
    std::optional<Constraint> result = canonical_constraint(constraint, before, schema, rules);
    if (result) return without_name(std::move(*result));
    return result;
  };
  const std::optional<Constraint> content = canonical(wanted);
  if (!content) return false;
  return std::visit(
      ConstraintEraser(
          table, [&](const Constraint& candidate) { return canonical(candidate) == content; }),
      wanted);
}

/// A check that only an enum column implies: the column is stored as the dialect does, and its
/// other checks stay.
bool erase_implied(const Constraint& wanted, Table& table, const Schema& schema,
                   const SchemaRules& rules) {
  const auto* check = std::get_if<Check>(&wanted);
  if (check == nullptr) return false;
  for (Column& column : table.columns) {
    if (!mentions_enum(column.type)) continue;
    for (const Check& implied : implied_checks(column, schema, rules).checks) {
      Check same = implied;
      same.name = check->name;
      if (same != *check) continue;
      make_checks_explicit(table, column, schema, rules);
      return erase_by_content(implied, table, schema, rules);
    }
  }
  return false;
}

/// Whether any constraint of the table has the name.
bool has_constraint(const Table& table, const std::string& name, const SchemaRules& rules) {
  const NameMatcher matcher(name, rules);
  const auto any = [&](const auto& items) {
    return std::any_of(items.begin(), items.end(),
                       [&](const auto& item) { return matcher.same(item.name); });
  };
  return (table.primary_key && matcher.same(table.primary_key->name)) || any(table.uniques) ||
         any(table.foreign_keys) || any(table.checks) || any(table.excludes);
}

Error no_such_constraint(const Constraint& constraint, const Table& table) {
  std::vector<std::string> names;
  for (const Constraint& existing : constraints_of(table)) {
    if (!constraint_name(existing).empty()) names.push_back(constraint_name(existing));
  }
  return Error(ErrorKind::kScript, "table '" + qualified_name(table) + "' has no " +
                                       describe_constraint(constraint) +
                                       did_you_mean(constraint_name(constraint), names));
}

}  // namespace

void apply_add_constraint(const AddConstraint& operation, Schema& schema,
                          const SchemaRules& rules) {
  Table& table = require_table(schema, operation.table, rules);
  const std::string& name = constraint_name(operation.constraint);
  if (!name.empty() && has_constraint(table, name, rules)) {
    throw Error(ErrorKind::kScript,
                "constraint '" + name + "' of table '" + operation.table + "' exists already");
  }
  if (std::holds_alternative<PrimaryKey>(operation.constraint) && table.primary_key) {
    throw Error(ErrorKind::kScript, "table '" + operation.table + "' has a primary key already")
        .hint("drop_constraint the old one first");
  }
  std::visit(ColumnCheck(table, rules), operation.constraint);
  add_constraint(operation.constraint, table);
}

void apply_drop_constraint(const DropConstraint& operation, Schema& schema,
                           const SchemaRules& rules) {
  Table& table = require_table(schema, operation.table, rules);
  const Constraint& wanted = operation.constraint;
  const bool dropped = erase_by_name(wanted, table, rules) ||
                       erase_by_content(wanted, table, schema, rules) ||
                       erase_implied(wanted, table, schema, rules);
  if (!dropped) throw no_such_constraint(wanted, table);
}

}  // namespace ormdb
