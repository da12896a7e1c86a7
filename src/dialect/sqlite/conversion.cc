#include "dialect/sqlite/conversion.h"

#include "base/text.h"
#include "dialect/sqlite/literal.h"
#include "dialect/sqlite/types.h"

namespace ormdb {

namespace {

enum class Family { kAny, kWhole, kNumber, kText, kBlob };

Family strict_family(const std::string& name) {
  if (name == "INT" || name == "INTEGER") return Family::kWhole;
  if (name == "REAL") return Family::kNumber;
  if (name == "TEXT") return Family::kText;
  return name == "BLOB" ? Family::kBlob : Family::kAny;
}

// A spelling that only SQLite knows says what its author means; it is not judged.
Family family(const Type& type) {
  switch (type.kind) {
    case TypeKind::kInteger:
    case TypeKind::kBigInteger:
    case TypeKind::kSmallInteger:
    case TypeKind::kBoolean:
      return Family::kWhole;
    case TypeKind::kFloat:
    case TypeKind::kDouble:
    case TypeKind::kNumeric:
      return Family::kNumber;
    default:
      return Family::kAny;
  }
}

}  // namespace

std::string misfits_sql(const std::string& column, const Type& type, bool strict) {
  const std::string value = quote_sqlite(column);
  const std::string number = "CAST(" + value + " AS NUMERIC)";
  // A comparison with a number gives text the affinity that a column of numbers has: what is still
  // no number then is unequal.
  const std::string no_number =
      "(typeof(" + value + ") IN ('text', 'blob') AND " + number + " <> " + value + ")";
  switch (strict ? strict_family(to_upper(sqlite_type_name(type, true))) : family(type)) {
    case Family::kWhole:
      return no_number + " OR " + number + " <> CAST(" + number + " AS INTEGER)";
    case Family::kNumber:
      return no_number;
    case Family::kText:
      return "typeof(" + value + ") = 'blob'";
    case Family::kBlob:
      return "typeof(" + value + ") NOT IN ('blob', 'null')";
    case Family::kAny:
      return "";
  }
  return "";
}

}  // namespace ormdb
