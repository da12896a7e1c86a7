// 1. The forecast tells which operations end in a rebuild of their table, and so which join one.
// 2. Each operation is either emitted as statements or noted with its pending table, and applied to
// the
//    schema in memory.
// 3. Pending tables are flushed, one rebuild each, before anything that could see the difference:
// data
//    steps, views, operations outside the transaction, a rename of the table, and at the end.
#include "dialect/sqlite/compile.h"

#include <algorithm>
#include <utility>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/sqlite/data_sql.h"
#include "dialect/sqlite/ddl.h"
#include "dialect/sqlite/enforcement.h"
#include "dialect/sqlite/forecast.h"
#include "dialect/sqlite/literal.h"
#include "dialect/sqlite/lookup.h"
#include "dialect/sqlite/native.h"
#include "dialect/sqlite/pending.h"
#include "dialect/sqlite/raw_sql.h"

namespace ormdb {

namespace {

class Compiler {
 public:
  Compiler(const std::vector<Operation>& operations, Schema& schema)
      : operations_(operations),
        schema_(schema),
        forecast_(operations, schema),
        enforcement_(operations) {}

  CompiledSection run();

  // Tables.
  void step(const CreateTable& op);
  void step(const DropTable& op);
  void step(const RenameTable& op);
  void step(const AlterTable& op) { join(op.table); }
  void step(const AddColumn& op);
  void step(const DropColumn& op);
  void step(const AlterColumn& op);
  void step(const RenameColumn& op);
  void step(const AddConstraint& op) { join(op.table); }
  void step(const DropConstraint& op) { join(op.table); }
  void step(const CreateIndex& op);
  void step(const DropIndex& op);

  // Everything else.
  void step(const CreateView& op);
  void step(const DropView& op) { emit("DROP VIEW " + quote_sqlite(op.view.name)); }
  void step(const ReplaceView& op);
  void step(const CreateTrigger& op);
  void step(const DropTrigger& op);
  void step(const ReplaceTrigger& op);
  void step(const CreateVirtualTable& op) { emit(create_virtual_table_sql(op.table)); }
  void step(const DropVirtualTable& op) { emit("DROP TABLE " + quote_sqlite(op.table.name)); }
  void step(const CreateEnum&) {}  // an enum is a CHECK of the columns that use it
  void step(const DropEnum&) {}
  void step(const AlterEnum& op);
  // A script for several engines runs here without the objects that SQLite has not.
  void step(const CreateObject&) {}
  void step(const DropObject&) {}
  void step(const AlterObject&) {}
  void step(const InsertRows& op);
  void step(const UpdateRows& op);
  void step(const DeleteRows& op);
  void step(const Execute& op);

 private:
  void compile_one();
  void emit(std::string sql);
  void emit(const std::vector<std::string>& statements);
  PendingTable* join(const std::string& name);
  void flush_all();
  void flush(const std::string& name);
  void write(const std::vector<PendingTable>& tables);
  void note_rebuild(const PendingTable& table, const std::vector<PendingTable>& together);
  void free_index_name(const std::string& name, const std::string& table);
  void rename_in_database(const RenameColumn& op);
  bool rename_pending(PendingTable& pending, const RenameColumn& op);
  void note_data(const DataEffect& effect) { enforcement_.data_step(number_, effect, schema_); }

  const std::vector<Operation>& operations_;
  Schema& schema_;
  Forecast forecast_;
  Enforcement enforcement_;
  PendingTables pending_;
  CompiledSection section_;
  std::size_t index_ = 0;  // of the operation at hand
  int number_ = 0;         // the same, from 1, as statements carry it
  bool transaction_ = true;
  bool rebuilt_ = false;
  bool opaque_ = false;  // the last step's meaning for the schema is unknown
};

CompiledSection Compiler::run() {
  while (index_ < operations_.size() && !opaque_) {
    numbered(index_, [&] { compile_one(); });
    ++index_;
  }
  section_.compiled_operations = index_;
  section_.schema_known = !opaque_;
  flush_all();
  for (std::size_t i = index_; i < operations_.size(); ++i) {
    enforcement_.foresee(static_cast<int>(i) + 1, operations_[i], schema_);
  }
  // A failure between the two pragmas of a rebuild would leave the connection in legacy mode.
  if (rebuilt_) section_.after.emplace_back("PRAGMA legacy_alter_table=OFF");
  enforcement_.finish(section_);
  return std::move(section_);
}

void Compiler::compile_one() {
  const Operation& operation = operations_[index_];
  number_ = static_cast<int>(index_) + 1;
  if (!operation.transaction) flush_all();
  transaction_ = operation.transaction;
  operation.visit([this](const auto& kind) { step(kind); });
  replay(operation, schema_);
  opaque_ = !is_replayable(operation, "sqlite");
  if (!operation.transaction) flush_all();
  transaction_ = true;
}

void Compiler::emit(std::string sql) {
  section_.statements.push_back({std::move(sql), number_, transaction_});
}

void Compiler::emit(const std::vector<std::string>& statements) {
  for (const std::string& sql : statements) emit(sql);
}

// The pending table that the operation is to be noted with; nullptr: it runs by itself.
PendingTable* Compiler::join(const std::string& name) {
  PendingTable* waiting = pending_.find(name);
  if (waiting != nullptr || !forecast_.joins(index_, name)) return waiting;
  const Table& table = require_table(schema_, name);
  PendingTable pending;
  pending.name = table.name;
  pending.operation = number_;
  pending.rebuild = rebuild_of(table);
  return &pending_.add(std::move(pending));
}

void Compiler::flush_all() {
  if (!pending_.empty()) write(pending_.take_all(schema_));
}

void Compiler::flush(const std::string& name) {
  if (pending_.find(name) != nullptr) write({pending_.take(name)});
}

void Compiler::write(const std::vector<PendingTable>& tables) {
  const int number = number_;
  const bool transaction = std::exchange(transaction_, true);
  for (const PendingTable& pending : tables) {
    number_ = pending.operation;
    const Table& table = require_table(schema_, pending.name);
    if (pending.is_new) {
      emit(create_with_parts(table, schema_));
      continue;
    }
    note_rebuild(pending, tables);
    unqualify_checks(*schema_.find_table(table.name));
    numbered(static_cast<std::size_t>(number_) - 1,
             [&] { emit(rebuild_sql(pending.rebuild, table, schema_)); });
    rebuilt_ = true;
  }
  number_ = number;
  transaction_ = transaction;
}

// Keys count as they are in the database at that moment and as they shall be.
void Compiler::note_rebuild(const PendingTable& table, const std::vector<PendingTable>& together) {
  bool referenced = is_referenced(schema_, table.name) || !pending_.referencing(table.name).empty();
  for (const PendingTable& other : together) {
    referenced = referenced || references(other.rebuild.from, table.name);
  }
  if (referenced) return enforcement_.require_off(table.operation, table.name);
  const Table& now = require_table(schema_, table.name);
  if (!now.foreign_keys.empty()) enforcement_.prefer_off();
}

// Names of indexes are unique in a database; another pending table may still hold a dropped one.
void Compiler::free_index_name(const std::string& name, const std::string& table) {
  if (pending_.forget_index(name, table)) emit("DROP INDEX " + quote_sqlite(name));
}

void Compiler::step(const CreateTable& op) {
  for (const Index& index : op.table.indexes) free_index_name(index.name, op.table.name);
  if (!forecast_.joins(index_, qualified_name(op.table))) {
    emit(create_table_sql(op.table, schema_.enums));
    for (const Index& index : op.table.indexes) emit(create_index_sql(index, op.table.name));
    return;
  }
  PendingTable pending;
  pending.name = op.table.name;
  pending.operation = number_;
  pending.is_new = true;
  pending_.add(std::move(pending));
}

void Compiler::step(const DropTable& op) {
  const std::string name = require_table(schema_, qualified_name(op.table)).name;
  if (pending_.find(name) != nullptr && pending_.take(name).is_new) return;
  bool referenced = is_referenced(schema_, name, true);
  for (const std::string& child : pending_.referencing(name)) {
    // With data steps in the section enforcement may have to stay on: then its key must go first.
    if (enforcement_.has_data_steps() && !references(require_table(schema_, child), name)) {
      flush(child);
    } else {
      referenced = true;
    }
  }
  if (referenced) enforcement_.require_off(number_, name);
  emit("DROP TABLE " + quote_sqlite(name));
}

void Compiler::step(const RenameTable& op) {
  flush(op.from);
  const std::string from = "ALTER TABLE " + quote_sqlite(op.from) + " RENAME TO ";
  if (same_name(op.from, op.to)) {
    // SQLite finds that the new name is taken when it differs only in case.
    const std::string between = rebuild_name(op.to);
    emit(from + quote_sqlite(between));
    emit("ALTER TABLE " + quote_sqlite(between) + " RENAME TO " + quote_sqlite(op.to));
  } else {
    emit(from + quote_sqlite(op.to));
  }
  pending_.table_renamed(op.from, op.to);
}

void Compiler::step(const AddColumn& op) {
  if (join(op.table) != nullptr) return;
  const Table& table = require_table(schema_, op.table);
  emit("ALTER TABLE " + quote_sqlite(table.name) + " ADD COLUMN " +
       added_column_sql(table, op.column, schema_.enums));
}

void Compiler::step(const DropColumn& op) {
  if (PendingTable* pending = join(op.table)) {
    pending->rebuild.sources.erase(to_lower(op.column.name));
    return;
  }
  emit("ALTER TABLE " + quote_sqlite(op.table) + " DROP COLUMN " + quote_sqlite(op.column.name));
}

void Compiler::step(const AlterColumn& op) {
  PendingTable* pending = join(op.table);
  const std::string& expression = sqlite_text(op.using_expression);
  if (pending == nullptr || pending->is_new || expression.empty()) return;
  if (!pending->can_select(expression, require_table(schema_, op.table))) {
    flush(op.table);
    pending = join(op.table);
  }
  pending->rebuild.sources[to_lower(op.to.name)] = {"(" + expression + ")", false};
}

void Compiler::rename_in_database(const RenameColumn& op) {
  emit("ALTER TABLE " + quote_sqlite(op.table) + " RENAME COLUMN " + quote_sqlite(op.from) +
       " TO " + quote_sqlite(op.to));
}

// SQLite's own RENAME COLUMN runs before the rebuild: it alone rewrites views, triggers and the
// keys of other tables. False when it cannot, because the old table still has a column of the new
// name, or an expression over the old table would break.
bool Compiler::rename_pending(PendingTable& pending, const RenameColumn& op) {
  std::map<std::string, ColumnSource>& sources = pending.rebuild.sources;
  const auto source = sources.find(to_lower(op.from));
  if (source == sources.end()) return true;  // a new column: only its name in the model changes
  for (const auto& [name, other] : sources) {
    if (!other.plain && mentions(other.expression, op.from)) return false;
  }
  Table& old = pending.rebuild.from;
  const Column* taken = lookup_column(old, op.to);
  if (!source->second.plain || (taken != nullptr && !same_name(op.from, op.to))) return false;
  rename_in_database(op);
  for (Column& column : old.columns) {
    if (same_name(column.name, op.from)) column.name = op.to;
  }
  sources.erase(source);
  sources[to_lower(op.to)] = {quote_sqlite(op.to), true};
  return true;
}

void Compiler::step(const RenameColumn& op) {
  PendingTable* pending = pending_.find(op.table);
  if (pending != nullptr && pending->is_new) return;
  if (pending != nullptr && rename_pending(*pending, op)) return;
  flush(op.table);
  rename_in_database(op);
}

void Compiler::step(const CreateIndex& op) {
  free_index_name(op.index.name, op.table);
  if (join(op.table) != nullptr) return;
  emit(create_index_sql(op.index, op.table));
}

void Compiler::step(const DropIndex& op) {
  if (join(op.table) != nullptr) return;
  emit("DROP INDEX " + quote_sqlite(op.index.name));
}

void Compiler::step(const CreateView& op) {
  flush_all();
  emit(create_view_sql(op.view));
}

void Compiler::step(const ReplaceView& op) {
  flush_all();
  emit("DROP VIEW " + quote_sqlite(op.from.name));
  emit(create_view_sql(op.to));
  for (const Trigger& trigger : schema_.triggers) {
    if (same_name(trigger.table, op.from.name)) emit(create_trigger_sql(trigger));
  }
}

void Compiler::step(const CreateTrigger& op) {
  if (join(op.trigger.table) != nullptr) return;
  flush_all();
  emit(create_trigger_sql(op.trigger));
}

void Compiler::step(const DropTrigger& op) {
  if (join(op.trigger.table) != nullptr) return;
  emit("DROP TRIGGER " + quote_sqlite(op.trigger.name));
}

void Compiler::step(const ReplaceTrigger& op) {
  if (same_name(op.from.table, op.to.table) && join(op.to.table) != nullptr) return;
  flush_all();
  emit("DROP TRIGGER " + quote_sqlite(op.from.name));
  emit(create_trigger_sql(op.to));
}

void Compiler::step(const AlterEnum&) {
  for (const std::string& table : tables_to_rebuild(operations_[index_], schema_)) join(table);
}

void Compiler::step(const InsertRows& op) {
  flush_all();
  DataEffect effect;
  effect.verb = DataEffect::Verb::kInsert;
  effect.table = op.table;
  note_data(effect);
  emit(insert_sql(op));
}

void Compiler::step(const UpdateRows& op) {
  flush_all();
  DataEffect effect;
  effect.verb = DataEffect::Verb::kUpdate;
  effect.table = op.table;
  for (const auto& [column, value] : op.set) effect.columns.push_back(column);
  note_data(effect);
  emit(update_sql(op));
}

void Compiler::step(const DeleteRows& op) {
  flush_all();
  DataEffect effect;
  effect.verb = DataEffect::Verb::kDelete;
  effect.table = op.table;
  note_data(effect);
  emit(delete_sql(op, lookup_table(schema_, op.table)));
}

void Compiler::step(const Execute& op) {
  flush_all();
  for (SqlStatement& statement : split_sql(sqlite_text(op.sql), SqlDialect::kSqlite)) {
    if (transaction_) require_allowed_in_transaction(statement.text);
    note_data(data_effect(statement.text));
    emit(std::move(statement.text));
  }
}

}  // namespace

CompiledSection compile_sqlite(const std::vector<Operation>& operations, Schema& schema) {
  return Compiler(operations, schema).run();
}

}  // namespace ormdb
