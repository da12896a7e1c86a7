// Enums: CREATE, DROP and ALTER TYPE. What that cannot do is in compile_remake.cc.
#include "dialect/postgresql/alter_enum.h"
#include "dialect/postgresql/compiler.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/literal.h"

namespace ormdb::postgresql {

void Compiler::step(const CreateEnum& op) { emit(create_enum_sql(op.value)); }

void Compiler::step(const DropEnum& op) { emit("DROP TYPE " + sql_name(op.value)); }

void Compiler::step(const AlterEnum& op) {
  if (const auto renamed = renamed_value(op.from, op.to)) {
    emit("ALTER TYPE " + sql_name(op.to) + " RENAME VALUE " + string_literal(renamed->first) +
         " TO " + string_literal(renamed->second));
  } else if (op.from.values != op.to.values) {
    can_add_labels(op) ? emit(add_values_sql(op.from, op.to)) : remake_enum(op);
  }
  if (op.from.comment != op.to.comment) {
    emit(comment_sql("TYPE " + sql_name(op.to), op.to.comment));
  }
}

// A value that ADD VALUE made cannot be used before the commit ("unsafe use of new value"); a type
// that the transaction itself created has no such limit.
bool Compiler::can_add_labels(const AlterEnum& op) const {
  const auto added = added_values(op.from, op.to);
  if (!added) return false;
  if (!transaction_) return true;
  for (const std::string& label : *added) {
    if (later_.mentions_label(label)) return false;
  }
  return true;
}

}  // namespace ormdb::postgresql
