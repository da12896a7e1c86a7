// What each operation means, on a Schema in memory.

#include <algorithm>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "ops/apply_parts.h"
#include "ops/find.h"
#include "ops/heirs.h"
#include "ormdb/diff.h"
#include "ormdb/error.h"
#include "ormdb/operation.h"

namespace ormdb {
namespace {

template <typename Items>
auto at(Items& items, std::size_t position) {
  return items.begin() + static_cast<std::ptrdiff_t>(position);
}

template <typename Items>
Error missing(std::string_view kind, std::string_view name, const Items& items) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.name);
  return Error(ErrorKind::kScript, std::string(kind) + " '" + std::string(name) +
                                       "' does not exist" + did_you_mean(name, names));
}

Error taken(std::string_view kind, std::string_view name) {
  return Error(ErrorKind::kScript,
               std::string(kind) + " '" + std::string(name) + "' exists already");
}

/// One operation on one schema: an overload a kind.
class Applier {
 public:
  Applier(Schema& schema, const SchemaRules& rules) : schema_(schema), rules_(rules) {}

  void operator()(const CreateTable& op) const;
  void operator()(const DropTable& op) const;
  void operator()(const RenameTable& op) const { apply_rename_table(op, schema_, rules_); }
  void operator()(const AlterTable& op) const;
  void operator()(const AddColumn& op) const { apply_add_column(op, schema_, rules_); }
  void operator()(const DropColumn& op) const { apply_drop_column(op, schema_, rules_); }
  void operator()(const AlterColumn& op) const { apply_alter_column(op, schema_, rules_); }
  void operator()(const RenameColumn& op) const { apply_rename_column(op, schema_, rules_); }
  void operator()(const AddConstraint& op) const { apply_add_constraint(op, schema_, rules_); }
  void operator()(const DropConstraint& op) const { apply_drop_constraint(op, schema_, rules_); }
  void operator()(const CreateIndex& op) const { apply_create_index(op, schema_, rules_); }
  void operator()(const DropIndex& op) const { apply_drop_index(op, schema_, rules_); }
  void operator()(const CreateView& op) const;
  void operator()(const DropView& op) const;
  void operator()(const ReplaceView& op) const;
  void operator()(const CreateTrigger& op) const;
  void operator()(const DropTrigger& op) const;
  void operator()(const ReplaceTrigger& op) const;
  void operator()(const CreateVirtualTable& op) const;
  void operator()(const DropVirtualTable& op) const;
  void operator()(const CreateEnum& op) const;
  void operator()(const DropEnum& op) const;
  void operator()(const AlterEnum& op) const;
  void operator()(const CreateObject& op) const;
  void operator()(const DropObject& op) const;
  void operator()(const AlterObject& op) const;
  void operator()(const InsertRows&) const {}
  void operator()(const UpdateRows&) const {}
  void operator()(const DeleteRows&) const {}
  void operator()(const Execute& op) const;

 private:
  void require_free(std::string_view name) const;
  void require_trigger_target(const Trigger& trigger) const;
  void erase_what_stands_on(std::string_view relation) const;
  std::size_t require_view(std::string_view name) const;
  std::size_t require_trigger(const Trigger& trigger) const;
  std::size_t require_object(const DatabaseObject& object) const;
  std::size_t require_enum(std::string_view name) const;

  Schema& schema_;
  const SchemaRules& rules_;
};

void Applier::require_free(std::string_view name) const {
  const std::string_view kind = relation_with_name(schema_, name, rules_);
  if (!kind.empty()) throw taken(kind, name);
}

void Applier::require_trigger_target(const Trigger& trigger) const {
  if (!relation_with_name(schema_, trigger.table, rules_).empty()) return;
  throw missing("table", trigger.table, schema_.tables)
      .hint("trigger '" + trigger.name + "' stands on it");
}

void Applier::erase_what_stands_on(std::string_view relation) const {
  const NameMatcher matcher(relation, rules_);
  std::erase_if(schema_.triggers,
                [&](const Trigger& trigger) { return matcher.same(trigger.table); });
  std::erase_if(schema_.objects, [&](const DatabaseObject& object) {
    return !object.table.empty() && matcher.same(object.table);
  });
}

std::size_t Applier::require_view(std::string_view name) const {
  const std::size_t found = find_view(schema_, name, rules_);
  if (found == schema_.views.size()) throw missing("view", name, schema_.views);
  return found;
}

std::size_t Applier::require_trigger(const Trigger& trigger) const {
  const std::size_t found = find_trigger(schema_, trigger, rules_);
  if (found == schema_.triggers.size()) throw missing("trigger", trigger.name, schema_.triggers);
  return found;
}

std::size_t Applier::require_object(const DatabaseObject& object) const {
  const std::size_t found = find_object(schema_, object, rules_);
  if (found == schema_.objects.size()) {
    throw missing(replace_all(object.kind, "_", " "), qualified_name(object), schema_.objects);
  }
  return found;
}

std::size_t Applier::require_enum(std::string_view name) const {
  const std::size_t found = find_enum(schema_, name, rules_);
  if (found == schema_.enums.size()) throw missing("enum", name, schema_.enums);
  return found;
}

void Applier::operator()(const CreateTable& op) const {
  require_free(qualified_name(op.table));
  for (const Index& index : op.table.indexes) {
    Table without = op.table;
    std::erase(without.indexes, index);
    check_new_index(index, without, schema_, rules_);
  }
  schema_.tables.push_back(op.table);
}

void Applier::operator()(const DropTable& op) const {
  const std::string name = qualified_name(op.table);
  const std::size_t found = find_table(schema_, name, rules_);
  if (found == schema_.tables.size()) throw missing("table", name, schema_.tables);
  erase_what_stands_on(name);
  schema_.tables.erase(at(schema_.tables, found));
}

void Applier::operator()(const AlterTable& op) const {
  Table& table = require_table(schema_, op.table, rules_);
  if (detaches(op.from.options, op.to.options)) table = without_parent(std::move(table), schema_);
  table.comment = op.to.comment;
  table.options = op.to.options;
  if (attaches(op.from.options, op.to.options)) join_parent(table, schema_);
}

void Applier::operator()(const CreateView& op) const {
  require_free(qualified_name(op.view));
  schema_.views.push_back(op.view);
}

void Applier::operator()(const DropView& op) const {
  const std::string name = qualified_name(op.view);
  const std::size_t found = require_view(name);
  erase_what_stands_on(name);
  schema_.views.erase(at(schema_.views, found));
}

void Applier::operator()(const ReplaceView& op) const {
  schema_.views[require_view(qualified_name(op.from))] = op.to;
}

void Applier::operator()(const CreateTrigger& op) const {
  if (find_trigger(schema_, op.trigger, rules_) < schema_.triggers.size()) {
    throw taken("trigger", op.trigger.name);
  }
  require_trigger_target(op.trigger);
  schema_.triggers.push_back(op.trigger);
}

void Applier::operator()(const DropTrigger& op) const {
  schema_.triggers.erase(at(schema_.triggers, require_trigger(op.trigger)));
}

void Applier::operator()(const ReplaceTrigger& op) const {
  const std::size_t found = require_trigger(op.from);
  require_trigger_target(op.to);
  schema_.triggers[found] = op.to;
}

void Applier::operator()(const CreateVirtualTable& op) const {
  require_free(op.table.name);
  schema_.virtual_tables.push_back(op.table);
}

void Applier::operator()(const DropVirtualTable& op) const {
  const std::size_t found = find_virtual_table(schema_, op.table.name, rules_);
  if (found == schema_.virtual_tables.size()) {
    throw missing("virtual table", op.table.name, schema_.virtual_tables);
  }
  schema_.virtual_tables.erase(at(schema_.virtual_tables, found));
}

void Applier::operator()(const CreateEnum& op) const {
  const std::string name = qualified_name(op.value);
  if (find_enum(schema_, name, rules_) < schema_.enums.size()) throw taken("enum", name);
  schema_.enums.push_back(op.value);
}

void Applier::operator()(const DropEnum& op) const {
  schema_.enums.erase(at(schema_.enums, require_enum(qualified_name(op.value))));
}

void Applier::operator()(const AlterEnum& op) const {
  schema_.enums[require_enum(qualified_name(op.from))] = op.to;
}

void Applier::operator()(const CreateObject& op) const {
  if (find_object(schema_, op.object, rules_) < schema_.objects.size()) {
    throw taken(replace_all(op.object.kind, "_", " "), qualified_name(op.object));
  }
  if (!op.object.table.empty() && relation_with_name(schema_, op.object.table, rules_).empty()) {
    throw missing("table", op.object.table, schema_.tables)
        .hint(op.object.kind + " '" + op.object.name + "' stands on it");
  }
  schema_.objects.push_back(op.object);
}

void Applier::operator()(const DropObject& op) const {
  schema_.objects.erase(at(schema_.objects, require_object(op.object)));
}

void Applier::operator()(const AlterObject& op) const {
  schema_.objects[require_object(op.from)] = op.to;
}

void Applier::operator()(const Execute& op) const {
  if (op.effects) {
    // A list can fail halfway; effects are rare and few, so a copy is the simple way back.
    Schema after = schema_;
    for (const Operation& effect : *op.effects) apply(effect, after, rules_);
    schema_ = std::move(after);
    return;
  }
  const SqlDialect dialect = sql_dialect(rules_.dialect());
  for (const SqlStatement& statement : split_sql(op.sql.for_dialect(rules_.dialect()), dialect)) {
    if (is_data_statement(statement.text, dialect)) continue;
    throw Error(ErrorKind::kUnsupported,
                "what this statement does to the schema is not known without running it")
        .statement(statement.text)
        .hint(
            "say what it does: execute: {sql: ..., effects: [operations]}, or effects: [] "
            "when it changes no schema");
  }
}

}  // namespace

Table& require_table(Schema& schema, std::string_view name, const SchemaRules& rules) {
  const std::size_t found = find_table(schema, name, rules);
  if (found == schema.tables.size()) throw missing("table", name, schema.tables);
  return schema.tables[found];
}

void apply(const Operation& operation, Schema& schema, const SchemaRules& rules) {
  operation.visit(Applier(schema, rules));
}

void apply(const std::vector<Operation>& operations, Schema& schema, const SchemaRules& rules) {
  int number = 0;
  for (const Operation& operation : operations) {
    ++number;
    try {
      apply(operation, schema, rules);
    } catch (Error& error) {
      if (error.operation() == 0) error.operation(number);
      throw;
    }
  }
}

}  // namespace ormdb
