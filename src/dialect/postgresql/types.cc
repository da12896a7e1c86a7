#include "dialect/postgresql/types.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/sql_scanner.h"
#include "base/text.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/type_text.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {
namespace {

std::optional<Type> plain_type(std::string_view name) {
  static constexpr std::pair<std::string_view, TypeKind> kTypes[] = {
      {"integer", TypeKind::kInteger},
      {"bigint", TypeKind::kBigInteger},
      {"smallint", TypeKind::kSmallInteger},
      {"character varying", TypeKind::kString},
      {"text", TypeKind::kText},
      {"boolean", TypeKind::kBoolean},
      {"real", TypeKind::kFloat},
      {"double precision", TypeKind::kDouble},
      {"numeric", TypeKind::kNumeric},
      {"date", TypeKind::kDate},
      {"time without time zone", TypeKind::kTime},
      {"timestamp without time zone", TypeKind::kDatetime},
      {"interval", TypeKind::kInterval},
      {"bytea", TypeKind::kLargeBinary},
      {"json", TypeKind::kJson},
      {"jsonb", TypeKind::kJsonb},
      {"uuid", TypeKind::kUuid},
  };
  for (const auto& [spelling, kind] : kTypes) {
    if (spelling == name) return Type::of(kind);
  }
  if (name != "timestamp with time zone") return std::nullopt;
  Type type = Type::of(TypeKind::kDatetime);
  type.timezone = true;
  return type;
}

std::optional<int> small_number(std::string_view digits) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (digits.empty() || digits.size() > 8 || !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return std::nullopt;
  }
  return std::stoi(std::string(digits));
}

std::optional<Type> sized_type(const TypeText& text) {
  if (text.arguments.empty() || text.arguments.size() > 2) return std::nullopt;
  std::vector<int> numbers;
  for (const std::string& argument : text.arguments) {
    const std::optional<int> number = small_number(argument);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  if (numbers[0] == 0) return std::nullopt;
  if (text.name == "numeric") return Type::numeric(numbers[0], numbers.size() > 1 ? numbers[1] : 0);
  if (text.name == "character varying" && numbers.size() == 1) return Type::string(numbers[0]);
  return std::nullopt;
}

std::optional<Type> enum_type(const TypeText& text, const Schema* enums) {
  if (enums == nullptr || !text.arguments.empty()) return std::nullopt;
  for (const Enum& value : enums->enums) {
    if (qualified_name(value) != text.unquoted_name) continue;
    Type type = Type::of(TypeKind::kEnum);
    type.name = text.unquoted_name;
    return type;
  }
  return std::nullopt;
}

std::string enum_name(const std::string& name, const Schema* enums) {
  const Enum* known = enums == nullptr ? nullptr : enums->find_enum(name);
  if (known != nullptr) {
    return known->schema.empty() ? quote(known->name)
                                 : quote(known->schema) + "." + quote(known->name);
  }
  const std::size_t dot = name.find('.');
  if (dot == std::string::npos) return quote(name);
  return quote(name.substr(0, dot)) + "." + quote(name.substr(dot + 1));
}

const std::string& native_text(const Type& type) {
  for (const char* dialect : {"postgresql", "default"}) {
    const auto found = type.native.find(dialect);
    if (found != type.native.end()) return found->second;
  }
  throw Error(ErrorKind::kUnsupported,
              "type (" + render_type(type) + ") has no spelling for postgresql")
      .hint("add 'postgresql: …' to the type");
}

std::string string_name(int length) {
  return length == 0 ? "character varying" : "character varying(" + std::to_string(length) + ")";
}

std::string numeric_name(const Type& type) {
  if (type.precision == 0) return "numeric";
  return "numeric(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
}

/// geometry(Point) is geometry(point): the modifiers of extensions' types are words.
Type with_lower_modifiers(Type type) {
  Type& element = type.kind == TypeKind::kArray ? type.element.front() : type;
  if (element.kind != TypeKind::kNative) return type;
  TypeText parts = read_type_text(element.native.at("postgresql"));
  for (std::string& argument : parts.arguments) argument = to_lower(argument);
  element.native["postgresql"] = parts.spelling();
  return type;
}

std::string array_name(const Type& type, const Schema* enums) {
  std::string element = type.element.empty() ? "text" : type_to_sql(type.element.front(), enums);
  return element.ends_with("[]") ? element : element + "[]";
}

}  // namespace

Type type_from_sql(std::string_view text, const Schema* enums) {
  TypeText parts = read_type_text(text);
  if (parts.name.ends_with("serial")) {
    static constexpr std::array<std::string_view, 3> kSerials = {"serial", "bigserial",
                                                                 "smallserial"};
    if (std::find(kSerials.begin(), kSerials.end(), parts.name) != kSerials.end()) {
      throw Error(ErrorKind::kModel, "'" + parts.name + "' is a shorthand and no type of a column")
          .hint("write integer, big_integer or small_integer and postgresql: {serial: true}");
    }
  }
  std::optional<Type> type;
  if (parts.fields.empty()) {
    type = parts.arguments.empty() ? plain_type(parts.name) : sized_type(parts);
  }
  if (!type) type = enum_type(parts, enums);
  if (!type) type = Type::native_of("postgresql", parts.spelling());
  if (!parts.is_array) return *std::move(type);
  Type array = Type::of(TypeKind::kArray);
  array.element.push_back(*std::move(type));
  return array;
}

std::string type_to_sql(const Type& type, const Schema* enums) {
  switch (type.kind) {
    case TypeKind::kInteger:
      return "integer";
    case TypeKind::kBigInteger:
      return "bigint";
    case TypeKind::kSmallInteger:
      return "smallint";
    case TypeKind::kString:
      return string_name(type.length);
    case TypeKind::kText:
      return "text";
    case TypeKind::kBoolean:
      return "boolean";
    case TypeKind::kFloat:
      return "real";
    case TypeKind::kDouble:
      return "double precision";
    case TypeKind::kNumeric:
      return numeric_name(type);
    case TypeKind::kDate:
      return "date";
    case TypeKind::kTime:
      return type.timezone ? "time with time zone" : "time without time zone";
    case TypeKind::kDatetime:
      return type.timezone ? "timestamp with time zone" : "timestamp without time zone";
    case TypeKind::kInterval:
      return "interval";
    case TypeKind::kLargeBinary:
      return "bytea";
    case TypeKind::kJson:
      return "json";
    case TypeKind::kJsonb:
      return "jsonb";
    case TypeKind::kUuid:
      return "uuid";
    case TypeKind::kEnum:
      return enum_name(type.name, enums);
    case TypeKind::kArray:
      return array_name(type, enums);
    case TypeKind::kNative:
      return native_text(type);
  }
  return "";
}

// Kinds that are stored as they are need no parsing: a schema has thousands of columns.
Type canonical_type(const Type& type, const Schema* enums) {
  const bool time_zone = type.kind == TypeKind::kTime && type.timezone;
  const bool scaled_alone = type.kind == TypeKind::kNumeric && type.precision == 0;
  if (scaled_alone) return Type::of(TypeKind::kNumeric);
  if (type.kind != TypeKind::kNative && type.kind != TypeKind::kArray && !time_zone) return type;
  if (type.kind == TypeKind::kArray && !type.element.empty()) {
    Type element = canonical_type(type.element.front(), enums);
    if (element.kind == TypeKind::kArray) return element;
    Type result = Type::of(TypeKind::kArray);
    result.element.push_back(std::move(element));
    return result;
  }
  return with_lower_modifiers(type_from_sql(type_to_sql(type, enums), enums));
}

std::string canonical_type_text(std::string_view text) {
  const TypeText parts = read_type_text(text);
  return parts.is_array ? parts.spelling() + "[]" : parts.spelling();
}

std::string type_without_modifiers(const Type& type, const Schema* enums) {
  if (type.kind == TypeKind::kString) return "character varying";
  if (type.kind == TypeKind::kNumeric) return "numeric";
  if (type.kind != TypeKind::kNative && type.kind != TypeKind::kArray) {
    return type_to_sql(type, enums);
  }
  TypeText parts = read_type_text(type_to_sql(type, enums));
  parts.arguments.clear();
  std::string name = parts.spelling();
  if (name == "character") name = "bpchar";  // the other would be character(1)
  return parts.is_array ? name + "[]" : name;
}

namespace {

bool has_type_named(const std::string& name, const Schema* schema) {
  if (schema == nullptr) return false;
  const auto is_it = [&](const auto& object) { return object.name == name; };
  return std::any_of(schema->enums.begin(), schema->enums.end(), is_it) ||
         std::any_of(schema->objects.begin(), schema->objects.end(), is_it) ||
         std::any_of(schema->tables.begin(), schema->tables.end(), is_it);
}

}  // namespace

std::string own_type_text(const std::string& text, const Schema* schema) {
  for (const SqlToken& token : scan_sql_tokens(text, SqlDialect::kPostgresql)) {
    if (!token.is_word("collate")) continue;
    const std::string type(trim(std::string_view(text).substr(0, token.begin)));
    return own_type_text(type, schema) + " " + text.substr(token.begin);
  }
  const std::string name = text.substr(0, text.find('('));
  const bool zoned = text.ends_with("(tz)");
  if ((is_known_type(text) && !zoned) || has_type_named(name, schema)) return text;
  const std::optional<Type> type = parse_type(text);
  return type ? type_to_sql(*type, schema) : text;
}

bool is_known_type(std::string_view text) { return read_type_text(text).is_known; }

}  // namespace ormdb::postgresql
