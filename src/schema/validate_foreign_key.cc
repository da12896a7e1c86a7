#include <algorithm>
#include <set>

#include "base/text.h"
#include "schema/validate_parts.h"

namespace ormdb {
namespace {

enum class Family { kInteger, kFloat, kText, kOther };

Family family_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::kInteger:
    case TypeKind::kBigInteger:
    case TypeKind::kSmallInteger:
      return Family::kInteger;
    case TypeKind::kFloat:
    case TypeKind::kDouble:
      return Family::kFloat;
    case TypeKind::kString:
    case TypeKind::kText:
      return Family::kText;
    default:
      return Family::kOther;
  }
}

class ForeignKeyValidator {
 public:
  ForeignKeyValidator(ValidationContext& context, const Table& table, const ForeignKey& key)
      : context_(context),
        key_(key),
        table_(table),
        own_(*context.table(qualified_name(table))),
        what_("foreign key " + (key.name.empty() ? "" : "'" + key.name + "' ") + "of '" +
              qualified_name(table) + "' (" + join(key.columns, ", ") + ")") {}

  void run();

 private:
  SchemaPath path() const {
    if (key_.columns.size() == 1) {
      return {"tables", qualified_name(table_), "columns", key_.columns.front(), "references"};
    }
    return {"tables", qualified_name(table_), "constraints", key_.name};
  }
  bool check_columns(const KnownTable& table, const std::vector<std::string>& columns,
                     const std::string& verb);
  std::vector<std::string> referenced_columns(const KnownTable& parent) const;
  bool has_key(const Table& parent, const std::vector<std::string>& columns) const;
  bool same_columns(const std::vector<KeyPart>& parts,
                    const std::vector<std::string>& columns) const;
  void check_types(const KnownTable& parent, const std::vector<std::string>& columns);

  ValidationContext& context_;
  const ForeignKey& key_;
  const Table& table_;
  const KnownTable& own_;
  std::string what_;
};

bool ForeignKeyValidator::check_columns(const KnownTable& table,
                                        const std::vector<std::string>& columns,
                                        const std::string& verb) {
  bool all_known = true;
  for (const std::string& column : columns) {
    if (table.columns.contains(context_.fold(column))) continue;
    all_known = false;
    context_.problem(path(), what_ + " " + verb + " column '" + qualified_name(*table.table) + "." +
                                 column + "', which does not exist" +
                                 did_you_mean(column, column_names(*table.table)));
  }
  return all_known;
}

/// Those that the key names; without any it references the parent's primary key.
std::vector<std::string> ForeignKeyValidator::referenced_columns(const KnownTable& parent) const {
  if (!key_.referenced_columns.empty() || !parent.table->primary_key) {
    return key_.referenced_columns;
  }
  std::vector<std::string> names;
  for (const KeyPart& part : parent.table->primary_key->columns) names.push_back(part.column);
  return names;
}

bool ForeignKeyValidator::same_columns(const std::vector<KeyPart>& parts,
                                       const std::vector<std::string>& columns) const {
  std::set<std::string> a;
  std::set<std::string> b;
  for (const KeyPart& part : parts) a.insert(context_.fold(part.column));
  for (const std::string& column : columns) b.insert(context_.fold(column));
  return a == b;
}

bool ForeignKeyValidator::has_key(const Table& parent,
                                  const std::vector<std::string>& columns) const {
  if (parent.primary_key && same_columns(parent.primary_key->columns, columns)) return true;
  const auto covers = [&](const auto& unique) { return same_columns(unique.columns, columns); };
  return std::any_of(parent.uniques.begin(), parent.uniques.end(), covers) ||
         std::any_of(parent.indexes.begin(), parent.indexes.end(), [&](const Index& index) {
           return index.unique && index.where.empty() && covers(index);
         });
}

void ForeignKeyValidator::check_types(const KnownTable& parent,
                                      const std::vector<std::string>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column& own = *own_.columns.at(context_.fold(key_.columns[i]));
    const Column& other = *parent.columns.at(context_.fold(columns[i]));
    if (can_reference(own.type, other.type, context_.options.dialect)) continue;
    context_.problem(path(), "column '" + qualified_name(table_) + "." + own.name + "' is " +
                                 render_type(own.type) + ", but the column that it references, '" +
                                 qualified_name(*parent.table) + "." + other.name + "', is " +
                                 render_type(other.type));
  }
}

void ForeignKeyValidator::run() {
  const bool own_known = check_columns(own_, key_.columns, "names");
  if (key_.columns.empty()) context_.problem(path(), what_ + " has no columns");
  if (context_.has_other_relation(key_.referenced_table)) return;
  const KnownTable* parent = context_.table(key_.referenced_table);
  if (parent == nullptr) {
    context_.problem(path(), what_ + " references table '" + key_.referenced_table +
                                 "', which does not exist" +
                                 did_you_mean(key_.referenced_table, context_.table_names()));
    return;
  }
  const std::vector<std::string> columns = referenced_columns(*parent);
  const std::string parent_name = qualified_name(*parent->table);
  if (columns.empty()) {
    context_.problem(path(), what_ + " references the primary key of table '" + parent_name +
                                 "', which has none");
    return;
  }
  if (columns.size() != key_.columns.size()) {
    context_.problem(path(), what_ + " has " + counted(key_.columns.size(), "column") +
                                 " and references " + std::to_string(columns.size()));
    return;
  }
  if (!check_columns(*parent, columns, "references") || !own_known) return;
  if (!has_key(*parent->table, columns)) {
    context_.problem(path(),
                     what_ + " references " + parent_name + "(" + join(columns, ", ") +
                         "), which is neither a primary key nor unique",
                     "make it unique, or reference the primary key");
    return;
  }
  check_types(*parent, columns);
}

/// A foreign key there needs no more than an = operator between the two types.
bool can_compare_on_postgresql(TypeKind a, TypeKind b) {
  const auto is_number = [](TypeKind kind) {
    const Family family = family_of(kind);
    return family == Family::kInteger || family == Family::kFloat || kind == TypeKind::kNumeric;
  };
  const auto is_day = [](TypeKind kind) {
    return kind == TypeKind::kDate || kind == TypeKind::kDatetime;
  };
  return (is_number(a) && is_number(b)) || (is_day(a) && is_day(b));
}

}  // namespace

bool can_reference(const Type& a, const Type& b, const std::string& dialect) {
  const bool any_native = a.kind == TypeKind::kNative || b.kind == TypeKind::kNative;
  if (any_native) {
    if (dialect != "mysql" || a.kind != b.kind) return true;
    const auto spelling = [&](const Type& type) {
      const auto found = type.native.find(dialect);
      return found == type.native.end() ? std::string() : to_lower(found->second);
    };
    return spelling(a) == spelling(b);
  }
  if (dialect == "postgresql" && can_compare_on_postgresql(a.kind, b.kind)) return true;
  const Family family = family_of(a.kind);
  if (family != family_of(b.kind)) return false;
  if (family == Family::kText) return true;
  if (family != Family::kOther && dialect == "sqlite") return true;
  if (a.kind == TypeKind::kEnum && a.name != b.name) return false;
  return a.kind == b.kind;
}

void validate_foreign_key(ValidationContext& context, const Table& table, const ForeignKey& key) {
  ForeignKeyValidator(context, table, key).run();
}

}  // namespace ormdb
