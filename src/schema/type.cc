#include "ormdb/type.h"

#include <charconv>

#include "base/text.h"

namespace ormdb {
namespace {

struct TypeWord {
  const char* word;
  TypeKind kind;
};

/// In the manual's order. "pickle" stands after the word that it is written back as.
constexpr TypeWord kTypeWords[] = {
    {"integer", TypeKind::kInteger},
    {"big_integer", TypeKind::kBigInteger},
    {"small_integer", TypeKind::kSmallInteger},
    {"string", TypeKind::kString},
    {"text", TypeKind::kText},
    {"boolean", TypeKind::kBoolean},
    {"float", TypeKind::kFloat},
    {"double", TypeKind::kDouble},
    {"numeric", TypeKind::kNumeric},
    {"date", TypeKind::kDate},
    {"time", TypeKind::kTime},
    {"datetime", TypeKind::kDatetime},
    {"interval", TypeKind::kInterval},
    {"large_binary", TypeKind::kLargeBinary},
    {"json", TypeKind::kJson},
    {"jsonb", TypeKind::kJsonb},
    {"uuid", TypeKind::kUuid},
    {"enum", TypeKind::kEnum},
    {"array", TypeKind::kArray},
    {"pickle", TypeKind::kLargeBinary},
};

std::string_view type_word(TypeKind kind) {
  for (const TypeWord& entry : kTypeWords) {
    if (entry.kind == kind) return entry.word;
  }
  return "native";
}

std::string render_native(const Type& type) {
  std::vector<std::string> parts;
  for (const auto& [dialect, spelling] : type.native) parts.push_back(dialect + ": " + spelling);
  return join(parts, ", ");
}

/// A whole number of at least `least`.
std::optional<int> parse_number(std::string_view text, int least) {
  text = trim(text);
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least) return {};
  return value;
}

std::optional<Type> with_numeric_arguments(std::string_view arguments) {
  const std::vector<std::string> parts = split(arguments, ',');
  if (parts.size() > 2) return {};
  const std::optional<int> precision = parse_number(parts[0], 1);
  const std::optional<int> scale = parts.size() == 2 ? parse_number(parts[1], 0) : 0;
  if (!precision || !scale) return {};
  return Type::numeric(*precision, *scale);
}

/// Deeper ones are no types: the text may come from anywhere, and reading it must not overflow.
constexpr int kDeepestArray = 32;

std::optional<Type> parse_nested(std::string_view text, int depth);

std::optional<Type> with_arguments(Type type, std::string_view arguments, int depth) {
  switch (type.kind) {
    case TypeKind::kString: {
      const std::optional<int> length = parse_number(arguments, 1);
      if (!length) return {};
      type.length = *length;
      return type;
    }
    case TypeKind::kNumeric:
      return with_numeric_arguments(arguments);
    case TypeKind::kTime:
    case TypeKind::kDatetime:
      if (arguments != "tz") return {};
      type.timezone = true;
      return type;
    case TypeKind::kEnum:
      if (arguments.empty()) return {};
      type.name = std::string(arguments);
      return type;
    case TypeKind::kArray: {
      std::optional<Type> element = parse_nested(arguments, depth + 1);
      if (!element) return {};
      type.element.push_back(std::move(*element));
      return type;
    }
    default:
      return {};
  }
}

std::optional<Type> parse_nested(std::string_view text, int depth) {
  if (depth > kDeepestArray) return {};
  text = trim(text);
  const std::size_t open = text.find('(');
  const std::string_view word = trim(text.substr(0, open));
  for (const TypeWord& entry : kTypeWords) {
    if (entry.word != word) continue;
    const Type type = Type::of(entry.kind);
    const bool needs_arguments = type.kind == TypeKind::kEnum || type.kind == TypeKind::kArray;
    if (open == std::string_view::npos) {
      if (needs_arguments) return {};
      return type;
    }
    if (!text.ends_with(')')) return {};
    return with_arguments(type, trim(text.substr(open + 1, text.size() - open - 2)), depth);
  }
  return {};
}

}  // namespace

Type Type::of(TypeKind kind) {
  Type result;
  result.kind = kind;
  return result;
}

Type Type::string(int length) {
  Type result = of(TypeKind::kString);
  result.length = length;
  return result;
}

Type Type::numeric(int precision, int scale) {
  Type result = of(TypeKind::kNumeric);
  result.precision = precision;
  result.scale = scale;
  return result;
}

Type Type::native_of(std::string dialect, std::string spelling) {
  Type result = of(TypeKind::kNative);
  result.native.emplace(std::move(dialect), std::move(spelling));
  return result;
}

std::string render_type(const Type& type) {
  const std::string word(type_word(type.kind));
  switch (type.kind) {
    case TypeKind::kString:
      return type.length == 0 ? word : word + "(" + std::to_string(type.length) + ")";
    case TypeKind::kNumeric:
      if (type.precision == 0) return word;
      return word + "(" + std::to_string(type.precision) +
             (type.scale == 0 ? "" : "," + std::to_string(type.scale)) + ")";
    case TypeKind::kTime:
    case TypeKind::kDatetime:
      return type.timezone ? word + "(tz)" : word;
    case TypeKind::kEnum:
      return word + "(" + type.name + ")";
    case TypeKind::kArray:
      return word + "(" + (type.element.empty() ? "" : render_type(type.element.front())) + ")";
    case TypeKind::kNative:
      return render_native(type);
    default:
      return word;
  }
}

std::optional<Type> parse_type(std::string_view text) { return parse_nested(text, 0); }

const std::vector<std::string>& type_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> words;
    for (const TypeWord& entry : kTypeWords) words.emplace_back(entry.word);
    return words;
  }();
  return names;
}

}  // namespace ormdb
