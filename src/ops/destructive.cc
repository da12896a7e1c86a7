#include <algorithm>

#include "base/sql_scanner.h"
#include "ormdb/operation.h"

namespace ormdb {
namespace {

/// Where in the family of whole numbers; 0: not in it.
int integer_rank(TypeKind kind) {
  switch (kind) {
    case TypeKind::kSmallInteger:
      return 1;
    case TypeKind::kInteger:
      return 2;
    case TypeKind::kBigInteger:
      return 3;
    default:
      return 0;
  }
}

bool is_unlimited_text(const Type& type) {
  return type.kind == TypeKind::kText || (type.kind == TypeKind::kString && type.length == 0);
}

bool narrows_numeric(const Type& from, const Type& to) {
  if (to.precision == 0) return false;
  if (from.precision == 0) return true;
  return to.scale < from.scale || to.precision - to.scale < from.precision - from.scale;
}

bool narrows(const Type& from, const Type& to) {
  if (from == to) return false;
  const bool is_text = from.kind == TypeKind::kString || from.kind == TypeKind::kText;
  if (is_text && is_unlimited_text(to)) return false;
  if (integer_rank(from.kind) != 0 && integer_rank(to.kind) != 0) {
    return integer_rank(to.kind) < integer_rank(from.kind);
  }
  if (from.kind == TypeKind::kFloat && to.kind == TypeKind::kDouble) return false;
  if (from.kind != to.kind) return true;
  switch (from.kind) {
    case TypeKind::kString:
      return from.length == 0 || to.length < from.length;
    case TypeKind::kNumeric:
      return narrows_numeric(from, to);
    case TypeKind::kArray:
      return from.element.empty() || to.element.empty() ||
             narrows(from.element.front(), to.element.front());
    default:
      return true;
  }
}

bool loses_values(const Enum& from, const Enum& to) {
  return std::any_of(from.values.begin(), from.values.end(), [&](const std::string& value) {
    return std::find(to.values.begin(), to.values.end(), value) == to.values.end();
  });
}

/// Whether every statement only reads, adds or updates rows.
bool is_harmless(const std::string& sql, SqlDialect dialect) {
  const std::vector<SqlStatement> statements = split_sql(sql, dialect);
  return std::all_of(statements.begin(), statements.end(), [&](const SqlStatement& statement) {
    const std::vector<SqlToken> tokens = scan_sql_tokens(statement.text, dialect);
    return !tokens.empty() && is_data_statement(statement.text, dialect) &&
           (tokens[0].is_word("select") || tokens[0].is_word("values") ||
            tokens[0].is_word("insert") || tokens[0].is_word("update"));
  });
}

bool is_harmless(const SqlText& text) {
  if (!is_harmless(text.common, SqlDialect::kSqlite)) return false;
  return std::all_of(text.by_dialect.begin(), text.by_dialect.end(), [](const auto& entry) {
    return is_harmless(entry.second, sql_dialect(entry.first));
  });
}

struct Destroys {
  bool operator()(const CreateTable&) const { return false; }
  bool operator()(const DropTable&) const { return true; }
  bool operator()(const RenameTable&) const { return false; }
  bool operator()(const AlterTable&) const { return false; }
  bool operator()(const AddColumn&) const { return false; }
  bool operator()(const DropColumn&) const { return true; }
  bool operator()(const AlterColumn& op) const {
    return narrows(op.from.type, op.to.type) || (op.to.generated && !op.from.generated);
  }
  bool operator()(const RenameColumn&) const { return false; }
  bool operator()(const AddConstraint&) const { return false; }
  bool operator()(const DropConstraint&) const { return false; }
  bool operator()(const CreateIndex&) const { return false; }
  bool operator()(const DropIndex&) const { return false; }
  bool operator()(const CreateView&) const { return false; }
  bool operator()(const DropView&) const { return false; }
  bool operator()(const ReplaceView&) const { return false; }
  bool operator()(const CreateTrigger&) const { return false; }
  bool operator()(const DropTrigger&) const { return false; }
  bool operator()(const ReplaceTrigger&) const { return false; }
  bool operator()(const CreateVirtualTable&) const { return false; }
  bool operator()(const DropVirtualTable&) const { return true; }
  bool operator()(const CreateEnum&) const { return false; }
  bool operator()(const DropEnum&) const { return false; }
  bool operator()(const AlterEnum& op) const { return loses_values(op.from, op.to); }
  bool operator()(const CreateObject&) const { return false; }
  bool operator()(const DropObject& op) const { return op.object.kind == "extension"; }
  bool operator()(const AlterObject&) const { return false; }
  bool operator()(const InsertRows&) const { return false; }
  bool operator()(const UpdateRows&) const { return false; }
  bool operator()(const DeleteRows&) const { return true; }
  bool operator()(const Execute& op) const {
    if (!op.effects) return !is_harmless(op.sql);
    return std::any_of(op.effects->begin(), op.effects->end(),
                       [](const Operation& effect) { return is_destructive(effect); });
  }
};

}  // namespace

bool is_destructive(const Operation& operation) { return operation.visit(Destroys{}); }

}  // namespace ormdb
