// Column types: portable kinds, and a dialect's own spelling for anything else.
//
// In YAML a type is text ("string(20)", "numeric(10,2)", "datetime(tz)", "enum(status)",
// "array(text)") or a map of native spellings ({sqlite: NVARCHAR(160), postgresql: citext}).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ormdb {

enum class TypeKind {
  kInteger,
  kBigInteger,
  kSmallInteger,
  kString,  // length 0: without limit
  kText,
  kBoolean,
  kFloat,
  kDouble,
  kNumeric,  // precision 0: unspecified
  kDate,
  kTime,
  kDatetime,  // timezone: with time zone
  kInterval,
  kLargeBinary,  // also spelled "pickle"
  kJson,
  kJsonb,
  kUuid,
  kEnum,    // name: the enum's name in the schema
  kArray,   // element[0]: the element type
  kNative,  // native: dialect name → spelling, exactly as it goes into DDL
};

struct Type {
  TypeKind kind = TypeKind::kInteger;
  int length = 0;
  int precision = 0;
  int scale = 0;
  bool timezone = false;
  std::string name;
  std::vector<Type> element;
  std::map<std::string, std::string> native;

  bool operator==(const Type&) const = default;

  static Type string(int length);
  static Type numeric(int precision, int scale);
  static Type of(TypeKind kind);
  static Type native_of(std::string dialect, std::string spelling);
};

/// The text form; for kNative "sqlite: NVARCHAR(160)" (only for messages, not parsed back).
std::string render_type(const Type& type);

/// Reads the text form. Empty when the text is no type; `type_names()` has what to suggest then.
std::optional<Type> parse_type(std::string_view text);

/// All words a type can begin with, in the manual's order.
const std::vector<std::string>& type_names();

}  // namespace ormdb
