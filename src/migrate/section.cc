#include "migrate/section.h"

#include <algorithm>

#include "base/sha256.h"
#include "base/sql_scanner.h"
#include "base/yaml.h"
#include "script/operation_node.h"

namespace ormdb {

namespace {

// Statements of a non-transactional execute commit one by one.
std::vector<Operation> split_execute(const Operation& operation, std::string_view dialect) {
  const auto* execute = operation.get_if<Execute>();
  if (execute == nullptr || execute->effects) return {operation};
  std::vector<Operation> pieces;
  for (SqlStatement& statement :
       split_sql(execute->sql.for_dialect(dialect), sql_dialect(dialect))) {
    SqlText sql;
    sql.common = std::move(statement.text);
    Operation piece = Execute(std::move(sql));
    piece.transaction = false;
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

}  // namespace

bool names_enums(const std::vector<Operation>& operations) {
  const auto is_enum = [](const Column& column) {
    const Type* type = &column.type;
    while (type->kind == TypeKind::kArray && !type->element.empty()) type = &type->element.front();
    return type->kind == TypeKind::kEnum;
  };
  return std::any_of(operations.begin(), operations.end(), [&](const Operation& operation) {
    const auto* created = operation.get_if<CreateTable>();
    const auto* added = operation.get_if<AddColumn>();
    const auto* altered = operation.get_if<AlterColumn>();
    return (created &&
            std::any_of(created->table.columns.begin(), created->table.columns.end(), is_enum)) ||
           (added && is_enum(added->column)) ||
           (altered && (is_enum(altered->from) || is_enum(altered->to))) ||
           operation.get_if<AlterEnum>() != nullptr || operation.get_if<DropEnum>() != nullptr;
  });
}

bool needs_schema(const std::vector<Operation>& operations) {
  for (const Operation& operation : operations) {
    const auto* raw = operation.get_if<Execute>();
    const bool data = (raw != nullptr && (!raw->effects || raw->effects->empty())) ||
                      operation.get_if<InsertRows>() != nullptr ||
                      operation.get_if<UpdateRows>() != nullptr ||
                      operation.get_if<DeleteRows>() != nullptr;
    if (!data) return true;
  }
  return false;
}

Schema read_again(const Schema& schema, Schema found, std::string_view dialect) {
  if (dialect == "sqlite") found.enums = schema.enums;
  return found;
}

SectionCompiler::SectionCompiler(const Dialect& dialect, const std::vector<Operation>& operations,
                                 Schema& schema)
    : dialect_(dialect), operations_(operations), schema_(schema) {}

CompiledSection SectionCompiler::next() {
  const std::size_t offset = next_;
  CompiledSection piece;
  if (offset == 0) {
    piece = dialect_.compile(operations_, schema_);
  } else {
    const auto first = operations_.begin() + static_cast<std::ptrdiff_t>(offset);
    try {
      piece = dialect_.compile({first, operations_.end()}, schema_);
    } catch (const Error& error) {
      Error told = error;
      if (error.operation() > 0) told.operation(error.operation() + static_cast<int>(offset));
      throw told;
    }
  }
  for (Statement& statement : piece.statements) {
    if (statement.operation > 0) statement.operation += static_cast<int>(offset);
  }
  next_ = offset + piece.compiled_operations;
  schema_known_ = piece.schema_known;
  return piece;
}

bool runs_outside_transaction(const SectionPart& part, const CompiledSection& first) {
  if (part.transaction) return false;
  const bool raw = part.operations.front().get_if<Execute>() != nullptr;
  return raw || (first.statements.size() <= 1 && first.before.empty());
}

std::vector<SectionPart> parts_of(const std::vector<Operation>& operations,
                                  std::string_view dialect) {
  std::vector<SectionPart> parts;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].transaction) {
      if (parts.empty() || !parts.back().transaction) parts.push_back({{}, i, true});
      parts.back().operations.push_back(operations[i]);
      continue;
    }
    for (Operation& piece : split_execute(operations[i], dialect)) {
      parts.push_back({{std::move(piece)}, i, false});
    }
  }
  return parts;
}

std::string SectionPart::hash() const {
  Node list = Node::list();
  for (const Operation& operation : operations) list.push(operation_to_node(operation));
  return sha256_hex(render_yaml(list));
}

Error in_step(Error error, const Revision& revision, const LoadedScript& script,
              Direction direction, int operation) {
  error.revision(revision.id);
  if (error.where().empty()) error.where("script");
  const std::vector<ScriptStep>& steps = script.steps(direction);
  if (operation > 0 && static_cast<std::size_t>(operation) <= steps.size()) {
    const int line = steps[static_cast<std::size_t>(operation) - 1].line;
    error.operation(operation);
    if (error.file().empty()) error.at(script.source.file, line, script.source.line(line));
  } else if (error.file().empty()) {
    error.at(script.source.file);
  }
  return error;
}

}  // namespace ormdb
