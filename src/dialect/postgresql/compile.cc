#include "dialect/postgresql/compile.h"

#include <algorithm>
#include <utility>

#include "base/sql_scanner.h"
#include "dialect/postgresql/compiler.h"
#include "dialect/postgresql/data_sql.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/raw_sql.h"
#include "dialect/postgresql/rules.h"
#include "ops/canonical.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

// Changes during which others may stay out of the way: they need nothing that can be dropped and
// made again, or see to it themselves.
bool joins(const Operation& operation) {
  struct Joins {
    bool operator()(const AlterTable&) const { return true; }
    bool operator()(const AddColumn&) const { return true; }
    bool operator()(const DropColumn&) const { return true; }
    bool operator()(const AlterColumn&) const { return true; }
    bool operator()(const AddConstraint&) const { return true; }
    bool operator()(const DropConstraint&) const { return true; }
    bool operator()(const CreateIndex&) const { return true; }
    bool operator()(const DropIndex&) const { return true; }
    bool operator()(const DropTable&) const { return true; }
    bool operator()(const DropView&) const { return true; }
    bool operator()(const ReplaceView&) const { return true; }
    bool operator()(const DropTrigger&) const { return true; }
    bool operator()(const ReplaceTrigger&) const { return true; }
    bool operator()(const CreateEnum&) const { return true; }
    bool operator()(const AlterEnum&) const { return true; }
    bool operator()(const DropEnum&) const { return true; }
    bool operator()(const DropObject&) const { return true; }
    bool operator()(const AlterObject&) const { return true; }
    bool operator()(const CreateTable&) const { return false; }
    bool operator()(const RenameTable&) const { return false; }
    bool operator()(const RenameColumn&) const { return false; }
    bool operator()(const CreateView&) const { return false; }
    bool operator()(const CreateTrigger&) const { return false; }
    bool operator()(const CreateObject&) const { return false; }
    bool operator()(const CreateVirtualTable&) const { return false; }
    bool operator()(const DropVirtualTable&) const { return false; }
    bool operator()(const InsertRows&) const { return false; }
    bool operator()(const UpdateRows&) const { return false; }
    bool operator()(const DeleteRows&) const { return false; }
    bool operator()(const Execute&) const { return false; }
  };
  return operation.transaction && operation.visit(Joins());
}

bool is_data(const Operation& operation) {
  return operation.get_if<InsertRows>() != nullptr || operation.get_if<UpdateRows>() != nullptr ||
         operation.get_if<DeleteRows>() != nullptr || operation.get_if<Execute>() != nullptr;
}

}  // namespace

CompiledSection Compiler::run() {
  while (index_ < operations_.size() && !opaque_) {
    try {
      compile_one();
    } catch (Error& error) {
      error.operation(static_cast<int>(index_) + 1);
      throw;
    }
    ++index_;
  }
  forget_expected();
  put_back();
  // What follows raw SQL of unknown meaning is compiled by itself and does not know of its rows.
  if (opaque_ && index_ < operations_.size()) emit(checks_.before_change(schema_));
  section_.compiled_operations = index_;
  section_.schema_known = !opaque_;
  if (creates_routines_) {
    // Bodies may name what a later statement makes.
    section_.statements.insert(section_.statements.begin(),
                               Statement{"SET LOCAL check_function_bodies = off", 0, true});
  }
  return std::move(section_);
}

void Compiler::compile_one() {
  const Operation& operation = operations_[index_];
  number_ = static_cast<int>(index_) + 1;
  forget_expected();
  later_.move_to(index_);
  if (!joins(operation)) put_back();
  transaction_ = operation.transaction;
  applied_ = false;
  if (transaction_)
    emit(is_data(operation) ? checks_.before_data(schema_) : checks_.before_change(schema_));
  operation.visit([this](const auto& kind) { step(kind); });
  if (!applied_) advance();
  opaque_ = !is_replayable(operation, "postgresql");
  transaction_ = true;
}

void Compiler::advance() {
  applied_ = true;
  const Operation& operation = operations_[index_];
  if (is_replayable(operation, "postgresql")) apply(operation, schema_, postgresql_rules());
}

void Compiler::emit(std::string sql) {
  section_.statements.push_back({std::move(sql), number_, transaction_});
}

void Compiler::emit(std::vector<std::string> statements) {
  for (std::string& sql : statements) emit(std::move(sql));
}

// What the section itself changes later has to wait for that, and so has what needs something that
// is dropped and still to be created again.
bool Compiler::waits(const Element& element) const {
  if (later_.changes(element) || foreign_key_waits(element)) return true;
  return std::any_of(expected_.begin(), expected_.end(), [&](const Expected& expected) {
    return contains(dependents_of(expected.target, schema_), element);
  });
}

// Both sides change their type, or how they are logged, before they fit again.
bool Compiler::foreign_key_waits(const Element& element) const {
  if (element.kind != Element::Kind::kForeignKey) return false;
  const Table* table = schema_.find_table(element.table);
  if (table == nullptr) return false;
  for (const ForeignKey& key : table->foreign_keys) {
    if (key.name != element.name) continue;
    if (later_.changes_storage(element.table) || later_.changes_storage(key.referenced_table)) {
      return true;
    }
    for (const std::string& column : key.columns) {
      if (later_.changes_column(element.table, column)) return true;
    }
    for (const std::string& column : key.referenced_columns) {
      if (later_.changes_column(key.referenced_table, column)) return true;
    }
  }
  return false;
}

void Compiler::expect_again(Target target, std::function<bool()> to_come) {
  expected_.push_back({std::move(target), std::move(to_come)});
}

// Before the look ahead moves on: what the operation at hand makes is still to come.
void Compiler::forget_expected() {
  std::erase_if(expected_, [](const Expected& expected) { return !expected.to_come(); });
}

void Compiler::put_back() {
  if (recreation_.empty()) return;
  emit(recreation_.put_back([this](const Element& element) { return waits(element); }));
}

// What an expression of a new key or index of the table may name.
void Compiler::put_back_for(const std::string& table) {
  if (recreation_.empty()) return;
  emit(recreation_.put_back([&](const Element& element) {
    const bool column = element.kind == Element::Kind::kGenerated && element.table == table;
    const bool routine = element.kind == Element::Kind::kObject && element.object.table.empty();
    return !(column || routine) || waits(element);
  }));
}

void Compiler::step(const InsertRows& op) { emit(insert_sql(op, schema_)); }
void Compiler::step(const UpdateRows& op) { emit(update_sql(op, schema_)); }
void Compiler::step(const DeleteRows& op) { emit(delete_sql(op, schema_)); }

void Compiler::step(const Execute& op) {
  for (SqlStatement& statement : split_sql(postgresql_text(op.sql), SqlDialect::kPostgresql)) {
    if (transaction_) require_allowed_in_transaction(statement.text);
    emit(std::move(statement.text));
  }
}

void Compiler::step(const CreateVirtualTable& op) {
  throw Error(ErrorKind::kUnsupported,
              "PostgreSQL has no virtual tables (" + op.table.name + ", " + op.table.module + ")");
}

void Compiler::step(const DropVirtualTable& op) {
  throw Error(ErrorKind::kUnsupported,
              "PostgreSQL has no virtual tables (" + op.table.name + ", " + op.table.module + ")");
}

CompiledSection compile(const std::vector<Operation>& operations, Schema& schema) {
  return Compiler(operations, schema).run();
}

}  // namespace ormdb::postgresql
