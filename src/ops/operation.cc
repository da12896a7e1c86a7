#include "ormdb/operation.h"

#include "schema/object_kind.h"

namespace ormdb {
namespace {

struct TableOf {
  std::string operator()(const CreateTable& op) const { return qualified_name(op.table); }
  std::string operator()(const DropTable& op) const { return qualified_name(op.table); }
  std::string operator()(const RenameTable& op) const { return op.from; }
  std::string operator()(const AlterTable& op) const { return op.table; }
  std::string operator()(const AddColumn& op) const { return op.table; }
  std::string operator()(const DropColumn& op) const { return op.table; }
  std::string operator()(const AlterColumn& op) const { return op.table; }
  std::string operator()(const RenameColumn& op) const { return op.table; }
  std::string operator()(const AddConstraint& op) const { return op.table; }
  std::string operator()(const DropConstraint& op) const { return op.table; }
  std::string operator()(const CreateIndex& op) const { return op.table; }
  std::string operator()(const DropIndex& op) const { return op.table; }
  std::string operator()(const CreateView& op) const { return qualified_name(op.view); }
  std::string operator()(const DropView& op) const { return qualified_name(op.view); }
  std::string operator()(const ReplaceView& op) const { return qualified_name(op.to); }
  std::string operator()(const CreateTrigger& op) const { return op.trigger.table; }
  std::string operator()(const DropTrigger& op) const { return op.trigger.table; }
  std::string operator()(const ReplaceTrigger& op) const { return op.to.table; }
  std::string operator()(const CreateVirtualTable& op) const { return op.table.name; }
  std::string operator()(const DropVirtualTable& op) const { return op.table.name; }
  std::string operator()(const CreateEnum&) const { return ""; }
  std::string operator()(const DropEnum&) const { return ""; }
  std::string operator()(const AlterEnum&) const { return ""; }
  std::string operator()(const CreateObject& op) const { return op.object.table; }
  std::string operator()(const DropObject& op) const { return op.object.table; }
  std::string operator()(const AlterObject& op) const { return op.to.table; }
  std::string operator()(const InsertRows& op) const { return op.table; }
  std::string operator()(const UpdateRows& op) const { return op.table; }
  std::string operator()(const DeleteRows& op) const { return op.table; }
  std::string operator()(const Execute&) const { return ""; }
};

struct ObjectOf {
  std::string operator()(const CreateTable&) const { return ""; }
  std::string operator()(const DropTable&) const { return ""; }
  std::string operator()(const RenameTable&) const { return ""; }
  std::string operator()(const AlterTable&) const { return ""; }
  std::string operator()(const AddColumn& op) const { return op.column.name; }
  std::string operator()(const DropColumn& op) const { return op.column.name; }
  std::string operator()(const AlterColumn& op) const { return op.to.name; }
  std::string operator()(const RenameColumn& op) const { return op.from; }
  std::string operator()(const AddConstraint& op) const { return constraint_name(op.constraint); }
  std::string operator()(const DropConstraint& op) const { return constraint_name(op.constraint); }
  std::string operator()(const CreateIndex& op) const { return op.index.name; }
  std::string operator()(const DropIndex& op) const { return op.index.name; }
  std::string operator()(const CreateView&) const { return ""; }
  std::string operator()(const DropView&) const { return ""; }
  std::string operator()(const ReplaceView&) const { return ""; }
  std::string operator()(const CreateTrigger& op) const { return op.trigger.name; }
  std::string operator()(const DropTrigger& op) const { return op.trigger.name; }
  std::string operator()(const ReplaceTrigger& op) const { return op.to.name; }
  std::string operator()(const CreateVirtualTable&) const { return ""; }
  std::string operator()(const DropVirtualTable&) const { return ""; }
  std::string operator()(const CreateEnum& op) const { return qualified_name(op.value); }
  std::string operator()(const DropEnum& op) const { return qualified_name(op.value); }
  std::string operator()(const AlterEnum& op) const { return qualified_name(op.to); }
  std::string operator()(const CreateObject& op) const { return qualified_name(op.object); }
  std::string operator()(const DropObject& op) const { return qualified_name(op.object); }
  std::string operator()(const AlterObject& op) const { return qualified_name(op.to); }
  std::string operator()(const InsertRows&) const { return ""; }
  std::string operator()(const UpdateRows&) const { return ""; }
  std::string operator()(const DeleteRows&) const { return ""; }
  std::string operator()(const Execute&) const { return ""; }
};

struct NameOf {
  template <typename Kind>
  std::string_view operator()(const Kind&) const {
    return Kind::kName;
  }
  std::string_view operator()(const CreateObject& op) const { return kind_of(op.object).create; }
  std::string_view operator()(const DropObject& op) const { return kind_of(op.object).drop; }
  std::string_view operator()(const AlterObject& op) const { return kind_of(op.to).alter; }
};

}  // namespace

Execute::Execute() = default;
Execute::Execute(SqlText text) : sql(std::move(text)) {}
Execute::Execute(const Execute&) = default;
Execute::Execute(Execute&&) noexcept = default;
Execute& Execute::operator=(const Execute&) = default;
Execute& Execute::operator=(Execute&&) noexcept = default;
Execute::~Execute() = default;
bool Execute::operator==(const Execute&) const = default;

Operation::Operation(OperationKinds kinds)
    : kinds_(std::make_unique<OperationKinds>(std::move(kinds))) {}
Operation::Operation(const Operation& other)
    : transaction(other.transaction), kinds_(std::make_unique<OperationKinds>(*other.kinds_)) {}
Operation::Operation(Operation&&) noexcept = default;
Operation& Operation::operator=(const Operation& other) {
  if (this != &other) *this = Operation(other);
  return *this;
}
Operation& Operation::operator=(Operation&&) noexcept = default;
Operation::~Operation() = default;

bool Operation::operator==(const Operation& other) const {
  return transaction == other.transaction && *kinds_ == *other.kinds_;
}

std::string_view Operation::name() const { return visit(NameOf{}); }

std::string operation_table(const Operation& operation) { return operation.visit(TableOf{}); }
std::string operation_object(const Operation& operation) { return operation.visit(ObjectOf{}); }

}  // namespace ormdb
