#include <algorithm>
#include <set>

#include "base/text.h"
#include "schema/validate_parts.h"

namespace ormdb {
namespace {

/// Checks one table; `name_` is how messages call it.
class TableValidator {
 public:
  TableValidator(ValidationContext& context, const Table& table)
      : context_(context), table_(table), name_(qualified_name(table)) {
    known_ = context.table(name_);
  }

  void run();

 private:
  SchemaPath path(std::initializer_list<std::string> below) const {
    SchemaPath result = {"tables", name_};
    result.insert(result.end(), below);
    return result;
  }
  bool has_column(const std::string& column) const {
    return known_->columns.contains(context_.fold(column));
  }
  void columns();
  void column(const Column& column);
  void key(const std::vector<KeyPart>& parts, const SchemaPath& where, const std::string& what);
  void unknown_column(const SchemaPath& where, const std::string& what, const std::string& column);
  void constraint_names();
  void constraint_name(const std::string& name, std::set<std::string>& seen);
  void index(const Index& index);
  void relationship(const Relationship& relationship);
  void autoincrement();

  ValidationContext& context_;
  const Table& table_;
  std::string name_;
  const KnownTable* known_;
};

void TableValidator::run() {
  columns();
  autoincrement();
  if (table_.primary_key) {
    key(table_.primary_key->columns, path({"primary_key"}), "primary key of '" + name_ + "'");
  }
  for (const Unique& unique : table_.uniques) {
    key(unique.columns, path({"constraints", unique.name}),
        "unique constraint " + (unique.name.empty() ? "" : "'" + unique.name + "' ") + "of '" +
            name_ + "'");
  }
  constraint_names();
  for (const Index& one : table_.indexes) index(one);
  for (const ForeignKey& one : table_.foreign_keys) validate_foreign_key(context_, table_, one);
  for (const Relationship& one : table_.relationships) relationship(one);
}

void TableValidator::columns() {
  if (table_.columns.empty()) context_.problem(path({}), "table '" + name_ + "' has no columns");
  std::set<std::string> seen;
  for (const Column& one : table_.columns) {
    context_.check_name(path({"columns", one.name}), "column", one.name);
    if (!seen.insert(context_.fold(one.name)).second) {
      context_.problem(path({"columns", one.name}),
                       "table '" + name_ + "' has column '" + one.name + "' twice");
    }
    column(one);
  }
}

void TableValidator::column(const Column& one) {
  const std::string what = "column '" + name_ + "." + one.name + "'";
  if (one.generated && one.default_value) {
    context_.problem(path({"columns", one.name, "generated"}),
                     what + " is generated and has a default");
  }
  const Type* type = &one.type;
  while (type->kind == TypeKind::kArray && !type->element.empty()) type = &type->element.front();
  if (type->kind == TypeKind::kEnum && !context_.has_enum(type->name)) {
    std::vector<std::string> names;
    for (const Enum& value : context_.schema.enums) names.push_back(qualified_name(value));
    context_.problem(path({"columns", one.name, "type"}),
                     what + " has the type enum '" + type->name + "', which does not exist" +
                         did_you_mean(type->name, names));
  }
}

/// sqlite.org/autoinc.html: allowed on an INTEGER PRIMARY KEY only.
void TableValidator::autoincrement() {
  if (context_.options.dialect != "sqlite") return;
  for (const Column& one : table_.columns) {
    if (!one.autoincrement) continue;
    const bool is_key =
        table_.primary_key && table_.primary_key->columns.size() == 1 &&
        context_.fold(table_.primary_key->columns.front().column) == context_.fold(one.name);
    if (is_key) continue;
    context_.problem(
        path({"columns", one.name, "autoincrement"}),
        "column '" + name_ + "." + one.name + "' has autoincrement and is not the primary key");
  }
}

void TableValidator::unknown_column(const SchemaPath& where, const std::string& what,
                                    const std::string& column) {
  context_.problem(where, what + " names column '" + column + "', which does not exist" +
                              did_you_mean(column, column_names(table_)));
}

void TableValidator::key(const std::vector<KeyPart>& parts, const SchemaPath& where,
                         const std::string& what) {
  if (parts.empty()) context_.problem(where, what + " has no columns");
  std::set<std::string> seen;
  for (const KeyPart& part : parts) {
    if (part.column.empty()) continue;
    if (!has_column(part.column)) unknown_column(where, what, part.column);
    if (!seen.insert(context_.fold(part.column)).second) {
      context_.problem(where, what + " names column '" + part.column + "' twice");
    }
  }
}

void TableValidator::constraint_name(const std::string& name, std::set<std::string>& seen) {
  if (name.empty()) return;
  context_.check_name(path({"constraints", name}), "constraint", name);
  if (seen.insert(context_.fold(name)).second) return;
  // SQLite takes no notice of constraint names, and real databases repeat them.
  if (context_.options.dialect == "sqlite") return;
  context_.problem(path({"constraints", name}),
                   "table '" + name_ + "' has two constraints named '" + name + "'");
}

void TableValidator::constraint_names() {
  std::set<std::string> seen;
  if (table_.primary_key) constraint_name(table_.primary_key->name, seen);
  for (const Unique& one : table_.uniques) constraint_name(one.name, seen);
  for (const ForeignKey& one : table_.foreign_keys) constraint_name(one.name, seen);
  for (const Check& one : table_.checks) constraint_name(one.name, seen);
}

void TableValidator::index(const Index& one) {
  const SchemaPath where = path({"indexes", one.name});
  const std::string what =
      one.name.empty() ? "an index of '" + name_ + "'" : "index '" + one.name + "'";
  if (one.columns.empty()) context_.problem(where, what + " has no columns");
  for (const KeyPart& part : one.columns) {
    if (!part.column.empty() && !has_column(part.column)) unknown_column(where, what, part.column);
  }
  for (const std::string& column : one.include) {
    if (!has_column(column)) unknown_column(where, what, column);
  }
}

void TableValidator::relationship(const Relationship& one) {
  const std::string what = "relationship '" + name_ + "." + one.name + "'";
  const auto where = [&](const char* field) { return path({"relationships", one.name, field}); };
  const KnownTable* target = context_.table(one.to);
  if (target == nullptr) {
    context_.problem(where("to"), what + " leads to table '" + one.to + "', which does not exist" +
                                      did_you_mean(one.to, context_.table_names()));
  } else if (!one.back_populates.empty()) {
    std::vector<std::string> names;
    for (const Relationship& back : target->table->relationships) names.push_back(back.name);
    if (std::find(names.begin(), names.end(), one.back_populates) == names.end()) {
      context_.problem(where("back_populates"), what + ": table '" + one.to +
                                                    "' has no relationship '" + one.back_populates +
                                                    "'" + did_you_mean(one.back_populates, names));
    }
  }
  if (!one.secondary.empty() && context_.table(one.secondary) == nullptr) {
    context_.problem(where("secondary"), what + " goes through table '" + one.secondary +
                                             "', which does not exist" +
                                             did_you_mean(one.secondary, context_.table_names()));
  }
}

}  // namespace

void validate_table(ValidationContext& context, const Table& table) {
  TableValidator(context, table).run();
}

}  // namespace ormdb
