#include "dialect/postgresql/type_change.h"

#include "base/text.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/types.h"

namespace ormdb::postgresql {

namespace {

bool native_begins(const Type& type, std::initializer_list<const char*> words) {
  const auto found = type.native.find("postgresql");
  if (found == type.native.end()) return false;
  const std::string text = to_lower(found->second);
  for (const char* word : words) {
    if (text.starts_with(word) && text.find("[]") == std::string::npos) return true;
  }
  return false;
}

TypeFamily native_family(const Type& type) {
  if (native_begins(type, {"character", "char(", "varchar", "bpchar", "citext", "name"})) {
    return TypeFamily::kText;
  }
  return native_begins(type, {"timestamp", "date"}) ? TypeFamily::kTime : TypeFamily::kOther;
}

// The name of a type without its parameters, so that bit(3) and bit(8) are the same.
std::string base_name(const Type& type, const Schema& schema) {
  const std::string text = type_to_sql(type, &schema);
  return text.substr(0, text.find('('));
}

// What the server compares values of the type as.
std::string operand_type(const Type& type) {
  const std::string name = type_without_modifiers(type);
  return name == "character varying" ? "text" : name;
}

bool casts_between_times(const Type& from, const Type& to) {
  return to.kind != TypeKind::kTime || from.kind != TypeKind::kDate;
}

bool casts_by_assignment(const Type& from, const Type& to, const Schema& schema) {
  if (from.kind == TypeKind::kArray && to.kind == TypeKind::kArray && !from.element.empty() &&
      !to.element.empty()) {
    return casts_by_assignment(from.element[0], to.element[0], schema);
  }
  const TypeFamily family = type_family(to);
  if (family == TypeFamily::kText) return true;
  if (family == type_family(from) && family != TypeFamily::kOther) {
    return family != TypeFamily::kTime || casts_between_times(from, to);
  }
  return base_name(from, schema) == base_name(to, schema);
}

}  // namespace

TypeFamily type_family(const Type& type) {
  switch (type.kind) {
    case TypeKind::kInteger:
    case TypeKind::kBigInteger:
    case TypeKind::kSmallInteger:
    case TypeKind::kFloat:
    case TypeKind::kDouble:
    case TypeKind::kNumeric:
      return TypeFamily::kNumber;
    case TypeKind::kString:
    case TypeKind::kText:
      return TypeFamily::kText;
    case TypeKind::kDate:
    case TypeKind::kDatetime:
      return TypeFamily::kTime;
    case TypeKind::kJson:
    case TypeKind::kJsonb:
      return TypeFamily::kJson;
    case TypeKind::kNative:
      return native_family(type);
    default:
      return TypeFamily::kOther;
  }
}

bool is_integer(const Type& type) {
  return type.kind == TypeKind::kInteger || type.kind == TypeKind::kBigInteger ||
         type.kind == TypeKind::kSmallInteger;
}

bool is_incompatible(const Type& from, const Type& to) {
  const TypeFamily family = type_family(to);
  if (family != type_family(from) || family == TypeFamily::kJson || family == TypeFamily::kOther) {
    return from != to;
  }
  if (is_integer(from) && is_integer(to)) return false;
  return operand_type(from) != operand_type(to);
}

std::string using_sql(std::string_view column, const Type& from, const Type& to,
                      const Schema& schema) {
  if (casts_by_assignment(from, to, schema)) return "";
  const std::string name = quote(column);
  const std::string type = type_to_sql(to, &schema);
  const bool to_number = type_family(to) == TypeFamily::kNumber;
  if (from.kind == TypeKind::kBoolean && to_number) {
    return to.kind == TypeKind::kInteger ? name + "::integer" : name + "::integer::" + type;
  }
  if (to.kind == TypeKind::kBoolean && type_family(from) == TypeFamily::kNumber) {
    return name + " <> 0";
  }
  if (to.kind == TypeKind::kLargeBinary && type_family(from) == TypeFamily::kText) {
    return "convert_to(" + name + ", 'UTF8')";
  }
  return type_family(from) == TypeFamily::kText ? name + "::" + type : name + "::text::" + type;
}

}  // namespace ormdb::postgresql
