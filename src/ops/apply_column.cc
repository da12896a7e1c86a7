#include <algorithm>
#include <utility>

#include "base/text.h"
#include "ops/apply_parts.h"
#include "ops/canonical.h"
#include "ops/find.h"
#include "ops/heirs.h"
#include "ops/sql_names.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

std::string spelled(std::string_view table, std::string_view column) {
  return std::string(table) + "." + std::string(column);
}

/// What still needs a column, in words; "" when nothing does.
class ColumnUsers {
 public:
  ColumnUsers(const Table& table, std::string_view column, const SchemaRules& rules)
      : table_(table), column_(column), rules_(rules), matcher_(column_, rules) {}

  std::string in_table() const;
  std::string in_other_tables(const Schema& schema) const;

 private:
  bool uses(const std::vector<std::string>& names) const {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return matcher_.same(name); });
  }
  bool uses(const SqlText& text) const { return mentions_name(text, column_, rules_); }
  bool uses(const std::vector<KeyPart>& parts) const {
    return std::any_of(parts.begin(), parts.end(), [&](const KeyPart& part) {
      return part.column.empty() ? uses(part.expression) : matcher_.same(part.column);
    });
  }
  static std::string named(std::string_view kind, const std::string& name) {
    return std::string(kind) + (name.empty() ? "" : " '" + name + "'");
  }

  const Table& table_;
  std::string column_;
  const SchemaRules& rules_;
  NameMatcher matcher_;
};

std::string ColumnUsers::in_table() const {
  if (table_.primary_key && uses(table_.primary_key->columns)) {
    return named("primary key", table_.primary_key->name);
  }
  for (const Unique& unique : table_.uniques) {
    if (uses(unique.columns)) return named("unique constraint", unique.name);
  }
  for (const ForeignKey& key : table_.foreign_keys) {
    if (uses(key.columns)) return named("foreign key", key.name);
  }
  for (const Check& check : table_.checks) {
    if (uses(check.expression)) {
      return check.name.empty() ? "check " + check.expression.for_dialect(rules_.dialect())
                                : named("check", check.name);
    }
  }
  for (const Exclude& exclude : table_.excludes) {
    const bool used = uses(exclude.where) ||
                      std::any_of(exclude.elements.begin(), exclude.elements.end(),
                                  [&](const auto& element) { return uses({element.part}); });
    if (used) return named("exclusion constraint", exclude.name);
  }
  for (const Index& index : table_.indexes) {
    if (uses(index.columns) || uses(index.include) || uses(index.where)) {
      return named("index", index.name);
    }
  }
  for (const Column& column : table_.columns) {
    if (column.generated && !matcher_.same(column.name) && uses(column.generated->expression)) {
      return named("generated column", column.name);
    }
  }
  return "";
}

std::string ColumnUsers::in_other_tables(const Schema& schema) const {
  const std::string name = qualified_name(table_);
  const NameMatcher this_table(name, rules_);
  for (const Table& other : schema.tables) {
    for (const ForeignKey& key : other.foreign_keys) {
      if (this_table.same(key.referenced_table) && uses(key.referenced_columns)) {
        return named("foreign key", key.name) + " of table '" + qualified_name(other) + "'";
      }
    }
  }
  return "";
}

}  // namespace

Column& require_column(Table& table, std::string_view name, const SchemaRules& rules) {
  const std::size_t found = find_column(table, name, rules);
  if (found < table.columns.size()) return table.columns[found];
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  throw Error(ErrorKind::kScript, "column '" + spelled(qualified_name(table), name) +
                                      "' does not exist" + did_you_mean(name, names));
}

void apply_add_column(const AddColumn& operation, Schema& schema, const SchemaRules& rules) {
  Table& table = require_table(schema, operation.table, rules);
  if (find_column(table, operation.column.name, rules) < table.columns.size()) {
    throw Error(ErrorKind::kScript,
                "column '" + spelled(operation.table, operation.column.name) + "' exists already");
  }
  table.columns.push_back(operation.column);
  inherit_column(operation, schema);
}

void apply_drop_column(const DropColumn& operation, Schema& schema, const SchemaRules& rules) {
  Table& table = require_table(schema, operation.table, rules);
  require_column(table, operation.column.name, rules);
  const ColumnUsers users(table, operation.column.name, rules);
  std::string user = users.in_table();
  if (user.empty()) user = users.in_other_tables(schema);
  if (!user.empty()) {
    throw Error(ErrorKind::kScript, "column '" + spelled(operation.table, operation.column.name) +
                                        "' cannot be dropped: " + user + " uses it")
        .hint("drop that first");
  }
  const std::size_t found = find_column(table, operation.column.name, rules);
  table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(found));
  disinherit_column(operation, schema);
}

void apply_alter_column(const AlterColumn& operation, Schema& schema, const SchemaRules& rules) {
  Table& table = require_table(schema, operation.table, rules);
  Column& column = require_column(table, operation.from.name, rules);
  if (!same_name(operation.from.name, operation.to.name, rules)) {
    throw Error(ErrorKind::kScript, "alter_column of '" +
                                        spelled(operation.table, operation.from.name) +
                                        "' changes its name to '" + operation.to.name + "'")
        .hint("rename_column does that");
  }
  // Speaking of the column as the database stores it, the operation leaves the checks alone.
  if (mentions_enum(column.type) && !mentions_enum(operation.from.type)) {
    make_checks_explicit(table, column, schema, rules);
  }
  const Column before = std::exchange(column, operation.to);
  alter_inherited_column(operation, before, schema);
}

void make_checks_explicit(Table& table, Column& column, const Schema& schema,
                          const SchemaRules& rules) {
  ImpliedChecks implied = implied_checks(column, schema, rules);
  column.type = std::move(implied.column.type);
  for (Check& check : implied.checks) table.checks.push_back(std::move(check));
}

}  // namespace ormdb
