#include "dialect/sqlite/enforcement.h"

#include "base/sql_scanner.h"
#include "dialect/sqlite/lookup.h"
#include "dialect/sqlite/native.h"
#include "ormdb/error.h"

namespace ormdb {

namespace {

bool acts(ForeignKeyAction action) {
  return action == ForeignKeyAction::kCascade || action == ForeignKeyAction::kSetNull ||
         action == ForeignKeyAction::kSetDefault;
}

bool any_action(const Schema& schema) {
  for (const Table& table : schema.tables) {
    for (const ForeignKey& key : table.foreign_keys) {
      if (acts(key.on_delete) || acts(key.on_update)) return true;
    }
  }
  return false;
}

// Whether the statement can fire the trigger. An upsert reads as an update and is an insert too,
// and a row that is replaced is deleted.
bool fires_trigger(const DataEffect& effect, const Trigger& trigger) {
  if (!same_name(trigger.table, effect.table)) return false;
  const auto has = [&](const char* event) { return holds_name(trigger.events, event); };
  if (effect.verb == DataEffect::Verb::kDelete) return has("delete");
  if (effect.verb == DataEffect::Verb::kNone) return false;
  const bool updates = effect.verb == DataEffect::Verb::kUpdate;
  return has("insert") || (updates && has("update")) || has("delete");
}

bool replaces(const Options& options) { return sqlite_option(options, "on_conflict") == "replace"; }

// A plain INSERT or UPDATE deletes the row in its way where a constraint says ON CONFLICT REPLACE.
bool has_replacing_constraint(const Table& table) {
  if (table.primary_key && replaces(table.primary_key->options)) return true;
  for (const Unique& unique : table.uniques) {
    if (replaces(unique.options)) return true;
  }
  return false;
}

bool sets_key(const ForeignKey& key, const DataEffect& effect) {
  if (!effect.columns_known || key.referenced_columns.empty()) return true;
  for (const std::string& column : key.referenced_columns) {
    if (holds_name(effect.columns, column)) return true;
  }
  return holds_name(effect.columns, "rowid");
}

bool fires_action(const DataEffect& effect, const Schema& schema, std::vector<std::string>& seen);

// Whether a statement in the body of a trigger that the effect fires does. `seen` ends recursion.
bool trigger_fires_action(const DataEffect& effect, const Schema& schema,
                          std::vector<std::string>& seen) {
  for (const Trigger& trigger : schema.triggers) {
    if (!fires_trigger(effect, trigger) || holds_name(seen, trigger.name)) continue;
    seen.push_back(trigger.name);
    const std::vector<SqlStatement> body =
        split_sql(trigger.body.for_dialect("sqlite"), SqlDialect::kSqlite);
    for (const SqlStatement& statement : body) {
      if (fires_action(data_effect(statement.text), schema, seen)) return true;
    }
  }
  return false;
}

bool fires_action(const DataEffect& effect, const Schema& schema, std::vector<std::string>& seen) {
  if (effect.verb == DataEffect::Verb::kNone) return false;
  if (trigger_fires_action(effect, schema, seen)) return true;
  const Table* target = lookup_table(schema, effect.table);
  if (target == nullptr) return effect.table.empty() && any_action(schema);
  const bool deletes = effect.verb == DataEffect::Verb::kDelete || effect.replaces ||
                       has_replacing_constraint(*target);
  const bool updates = effect.verb == DataEffect::Verb::kUpdate;
  for (const Table& table : schema.tables) {
    for (const ForeignKey& key : table.foreign_keys) {
      if (!same_name(key.referenced_table, target->name)) continue;
      if (deletes && acts(key.on_delete)) return true;
      if (updates && acts(key.on_update) && sets_key(key, effect)) return true;
    }
  }
  return false;
}

// Whether an operation may drop or rebuild its table.
bool may_drop(const Operation& operation) {
  if (const auto* op = operation.get_if<AddColumn>()) return !can_add_column(op->column);
  return operation.get_if<DropTable>() != nullptr || operation.get_if<DropColumn>() != nullptr ||
         operation.get_if<AlterColumn>() != nullptr || operation.get_if<AlterTable>() != nullptr ||
         operation.get_if<AddConstraint>() != nullptr ||
         operation.get_if<DropConstraint>() != nullptr || operation.get_if<AlterEnum>() != nullptr;
}

}  // namespace

Enforcement::Enforcement(const std::vector<Operation>& operations) {
  for (const Operation& operation : operations) {
    has_data_steps_ = has_data_steps_ || operation.get_if<InsertRows>() != nullptr ||
                      operation.get_if<UpdateRows>() != nullptr ||
                      operation.get_if<DeleteRows>() != nullptr ||
                      operation.get_if<Execute>() != nullptr;
  }
}

void Enforcement::require_off(int number, const std::string& table) {
  if (!required_) required_ = Reason{number, table};
}

void Enforcement::data_step(int number, const DataEffect& effect, const Schema& schema) {
  std::vector<std::string> seen;
  if (!fires_ && fires_action(effect, schema, seen)) fires_ = Reason{number, effect.table};
}

void Enforcement::foresee(int number, const Operation& operation, const Schema& schema) {
  if (!may_drop(operation)) return;
  const std::string name = operation_table(operation);
  if (lookup_table(schema, name) == nullptr || is_referenced(schema, name)) {
    require_off(number, name);
  }
}

void Enforcement::finish(CompiledSection& section) const {
  const bool off = required_ || (preferred_ && !has_data_steps_);
  if (!off) return;
  if (required_ && fires_) {
    const std::string table = fires_->table.empty() ? "its table" : "table " + fires_->table;
    throw Error(ErrorKind::kUnsupported,
                "operation " + std::to_string(required_->number) + " rebuilds or drops table " +
                    required_->table +
                    ", for which SQLite needs foreign keys off, and the data step of operation " +
                    std::to_string(fires_->number) +
                    " could fire a foreign key's action (cascade, set null, set default) on " +
                    table + ", which would not happen then")
        .operation(fires_->number)
        .hint("put the data step into a revision of its own");
  }
  section.before.emplace_back("PRAGMA foreign_keys=OFF");
  section.after.emplace_back("PRAGMA foreign_keys=ON");
  section.verify_integrity = true;
}

}  // namespace ormdb
