#include "dialect/sqlite/types.h"

#include <algorithm>
#include <unordered_map>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

const std::string& native_name(const Type& type) {
  for (const char* dialect : {"sqlite", "default"}) {
    const auto found = type.native.find(dialect);
    if (found != type.native.end()) return found->second;
  }
  throw Error(ErrorKind::kModel, "type (" + render_type(type) + ") has no spelling for sqlite")
      .hint("add 'sqlite: …' to the type");
}

std::string numeric_name(const Type& type) {
  if (type.precision == 0) return "NUMERIC";
  std::string name = "NUMERIC(" + std::to_string(type.precision);
  if (type.scale != 0) name += ", " + std::to_string(type.scale);
  return name + ")";
}

std::string string_name(const Type& type) {
  return type.length == 0 ? "VARCHAR" : "VARCHAR(" + std::to_string(type.length) + ")";
}

std::string ordinary_name(const Type& type) {
  switch (type.kind) {
    case TypeKind::kInteger:
      return "INTEGER";
    case TypeKind::kBigInteger:
      return "BIGINT";
    case TypeKind::kSmallInteger:
      return "SMALLINT";
    case TypeKind::kString:
      return string_name(type);
    case TypeKind::kText:
    case TypeKind::kInterval:
      return "TEXT";
    case TypeKind::kBoolean:
      return "BOOLEAN";
    case TypeKind::kFloat:
      return "FLOAT";
    case TypeKind::kDouble:
      return "DOUBLE";
    case TypeKind::kNumeric:
      return numeric_name(type);
    case TypeKind::kDate:
      return "DATE";
    case TypeKind::kTime:
      return "TIME";
    case TypeKind::kDatetime:
      return "DATETIME";
    case TypeKind::kLargeBinary:
      return "BLOB";
    case TypeKind::kJson:
    case TypeKind::kArray:
      return "JSON";
    case TypeKind::kJsonb:
      return "JSONB";
    case TypeKind::kUuid:
      return "CHAR(36)";
    case TypeKind::kEnum:
      return "VARCHAR";
    case TypeKind::kNative:
      return native_name(type);
  }
  return "";
}

std::string strict_name(const Type& type) {
  switch (type.kind) {
    case TypeKind::kInteger:
    case TypeKind::kBigInteger:
    case TypeKind::kSmallInteger:
    case TypeKind::kBoolean:
      return "INTEGER";
    case TypeKind::kFloat:
    case TypeKind::kDouble:
    case TypeKind::kNumeric:
      return "REAL";
    case TypeKind::kLargeBinary:
      return "BLOB";
    case TypeKind::kNative:
      return native_name(type);
    default:
      return "TEXT";
  }
}

// Upper case, single spaces, none beside parentheses and commas.
std::string compact_name(std::string_view declared) {
  std::string result;
  result.reserve(declared.size());
  const auto is_mark = [](char c) { return c == '(' || c == ')' || c == ','; };
  bool space = false;
  for (const char c : declared) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      space = true;
      continue;
    }
    if (space && !result.empty() && !is_mark(c) && !is_mark(result.back())) result += ' ';
    space = false;
    result += c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  }
  return result;
}

// A number without sign and leading zeros; 0 when it is none.
int small_number(std::string_view digits) {
  if (digits.empty() || digits.size() > 9 || digits[0] == '0') return 0;
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return 0;
    value = value * 10 + (c - '0');
  }
  return value;
}

// VARCHAR(n), NUMERIC(p), NUMERIC(p,s).
std::optional<Type> sized_type(std::string_view name) {
  const std::size_t open = name.find('(');
  if (open == std::string_view::npos || name.back() != ')') return std::nullopt;
  const std::string_view word = name.substr(0, open);
  std::string_view first = name.substr(open + 1, name.size() - open - 2), second;
  const std::size_t comma = first.find(',');
  if (comma != std::string_view::npos) {
    second = first.substr(comma + 1);
    first = first.substr(0, comma);
    if (small_number(second) == 0) return std::nullopt;
  }
  const int size = small_number(first);
  if (size == 0) return std::nullopt;
  if (word == "VARCHAR" && second.empty()) return Type::string(size);
  if (word == "NUMERIC") return Type::numeric(size, small_number(second));
  return std::nullopt;
}

const std::unordered_map<std::string, Type>& plain_types() {
  static const auto* const kTypes = new std::unordered_map<std::string, Type>{
      {"INTEGER", Type::of(TypeKind::kInteger)},
      {"BIGINT", Type::of(TypeKind::kBigInteger)},
      {"SMALLINT", Type::of(TypeKind::kSmallInteger)},
      {"VARCHAR", Type::string(0)},
      {"TEXT", Type::of(TypeKind::kText)},
      {"BOOLEAN", Type::of(TypeKind::kBoolean)},
      {"FLOAT", Type::of(TypeKind::kFloat)},
      {"DOUBLE", Type::of(TypeKind::kDouble)},
      {"NUMERIC", Type::numeric(0, 0)},
      {"DATE", Type::of(TypeKind::kDate)},
      {"TIME", Type::of(TypeKind::kTime)},
      {"DATETIME", Type::of(TypeKind::kDatetime)},
      {"BLOB", Type::of(TypeKind::kLargeBinary)},
      {"JSON", Type::of(TypeKind::kJson)},
      {"JSONB", Type::of(TypeKind::kJsonb)},
      {"CHAR(36)", Type::of(TypeKind::kUuid)},
  };
  return *kTypes;
}

bool is_integer_kind(const Type& type) {
  if (type.kind == TypeKind::kNative) {
    const auto found = type.native.find("sqlite");
    return found != type.native.end() && iequals(found->second, "integer");
  }
  return type.kind == TypeKind::kInteger || type.kind == TypeKind::kBigInteger ||
         type.kind == TypeKind::kSmallInteger;
}

int code_points(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string quoted_if_needed(const std::string& name) {
  const bool plain = !name.empty() && (name[0] < '0' || name[0] > '9') &&
                     to_lower(name).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
                         std::string::npos;
  if (plain && !is_sql_keyword(name)) return name;
  return "\"" + replace_all(name, "\"", "\"\"") + "\"";
}

Check enum_check(const std::string& column, const std::vector<std::string>& values) {
  std::vector<std::string> literals;
  for (const std::string& value : values) {
    literals.push_back("'" + replace_all(value, "'", "''") + "'");
  }
  Check check;
  check.expression.common = quoted_if_needed(column) + " IN (" + join(literals, ", ") + ")";
  return check;
}

}  // namespace

std::string sqlite_type_name(const Type& type, bool strict) {
  return strict ? strict_name(type) : ordinary_name(type);
}

std::string sqlite_column_type(const Table& table, const Column& column) {
  if (is_rowid_alias(table, column)) return "INTEGER";
  return sqlite_type_name(column.type, has_sqlite_flag(table, "strict"));
}

Type parse_sqlite_type(std::string_view declared) {
  const std::string name = compact_name(declared);
  const auto plain = plain_types().find(name);
  if (plain != plain_types().end()) return plain->second;
  if (std::optional<Type> sized = sized_type(name)) return *std::move(sized);
  return Type::native_of("sqlite", std::string(declared));
}

Type canonical_sqlite_type(const Type& type, bool strict) {
  const std::string name = sqlite_type_name(type, strict);
  Type result = parse_sqlite_type(name);
  if (result.kind == TypeKind::kNative) result.native["sqlite"] = compact_name(name);
  return result;
}

bool has_sqlite_flag(const Table& table, const std::string& key) {
  const auto options = table.options.find("sqlite");
  if (options == table.options.end()) return false;
  const auto flag = options->second.find(key);
  return flag != options->second.end() && flag->second == "true";
}

bool is_rowid_alias(const Table& table, const Column& column) {
  if (!table.primary_key || table.primary_key->columns.size() != 1) return false;
  if (!is_integer_kind(column.type)) return false;
  if (!iequals(table.primary_key->columns[0].column, column.name)) return false;
  const auto options = table.primary_key->options.find("sqlite");
  if (options != table.primary_key->options.end() && options->second.count("inline_desc") != 0) {
    return false;
  }
  return !has_sqlite_flag(table, "without_rowid");
}

void expand_enums(Table& table, const std::vector<Enum>& enums) {
  for (Column& column : table.columns) {
    if (column.type.kind != TypeKind::kEnum) continue;
    const auto found = std::find_if(enums.begin(), enums.end(), [&](const Enum& value) {
      return iequals(value.name, column.type.name) ||
             iequals(qualified_name(value), column.type.name);
    });
    int longest = 0;
    if (found != enums.end()) {
      for (const std::string& value : found->values)
        longest = std::max(longest, code_points(value));
      table.checks.push_back(enum_check(column.name, found->values));
    }
    column.type = Type::string(longest);
  }
}

}  // namespace ormdb
