#include <algorithm>

#include "ormdb/operation.h"

namespace ormdb {
namespace {

using Reversed = std::optional<Operation>;

struct Reverser {
  Reversed operator()(const CreateTable& op) const { return DropTable{op.table}; }
  Reversed operator()(const DropTable& op) const { return CreateTable{op.table}; }
  Reversed operator()(const RenameTable& op) const { return RenameTable{op.to, op.from}; }
  Reversed operator()(const AlterTable& op) const { return AlterTable{op.table, op.to, op.from}; }
  Reversed operator()(const AddColumn& op) const { return DropColumn{op.table, op.column}; }
  Reversed operator()(const DropColumn& op) const { return AddColumn{op.table, op.column}; }
  Reversed operator()(const AlterColumn& op) const {
    return AlterColumn{op.table, op.to, op.from, {}};
  }
  Reversed operator()(const RenameColumn& op) const {
    return RenameColumn{op.table, op.to, op.from};
  }
  Reversed operator()(const AddConstraint& op) const {
    return DropConstraint{op.table, op.constraint};
  }
  Reversed operator()(const DropConstraint& op) const {
    return AddConstraint{op.table, op.constraint};
  }
  Reversed operator()(const CreateIndex& op) const { return DropIndex{op.table, op.index}; }
  Reversed operator()(const DropIndex& op) const { return CreateIndex{op.table, op.index}; }
  Reversed operator()(const CreateView& op) const { return DropView{op.view}; }
  Reversed operator()(const DropView& op) const { return CreateView{op.view}; }
  Reversed operator()(const ReplaceView& op) const { return ReplaceView{op.to, op.from}; }
  Reversed operator()(const CreateTrigger& op) const { return DropTrigger{op.trigger}; }
  Reversed operator()(const DropTrigger& op) const { return CreateTrigger{op.trigger}; }
  Reversed operator()(const ReplaceTrigger& op) const { return ReplaceTrigger{op.to, op.from}; }
  Reversed operator()(const CreateVirtualTable& op) const { return DropVirtualTable{op.table}; }
  Reversed operator()(const DropVirtualTable& op) const { return CreateVirtualTable{op.table}; }
  Reversed operator()(const CreateEnum& op) const { return DropEnum{op.value}; }
  Reversed operator()(const DropEnum& op) const { return CreateEnum{op.value}; }
  Reversed operator()(const AlterEnum& op) const { return AlterEnum{op.to, op.from}; }
  Reversed operator()(const CreateObject& op) const { return DropObject{op.object}; }
  Reversed operator()(const DropObject& op) const { return CreateObject{op.object}; }
  Reversed operator()(const AlterObject& op) const { return AlterObject{op.to, op.from}; }
  Reversed operator()(const InsertRows& op) const {
    return DeleteRows{op.table, {}, op.columns, op.rows};
  }
  Reversed operator()(const UpdateRows&) const { return {}; }
  Reversed operator()(const DeleteRows& op) const {
    if (op.columns.empty()) return {};
    return InsertRows{op.table, op.columns, op.rows};
  }
  Reversed operator()(const Execute&) const { return {}; }
};

}  // namespace

std::optional<Operation> reverse(const Operation& operation) {
  std::optional<Operation> result = operation.visit(Reverser{});
  if (result) result->transaction = operation.transaction;
  return result;
}

std::optional<std::vector<Operation>> reverse(const std::vector<Operation>& operations) {
  std::vector<Operation> result;
  result.reserve(operations.size());
  for (auto it = operations.rbegin(); it != operations.rend(); ++it) {
    std::optional<Operation> one = reverse(*it);
    if (!one) return {};
    result.push_back(std::move(*one));
  }
  return result;
}

}  // namespace ormdb
