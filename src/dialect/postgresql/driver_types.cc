#include "dialect/postgresql/driver_types.h"

namespace ormdb::postgresql {

ElementType element_type(ValueKind kind) {
  switch (kind) {
    case ValueKind::kBool:
      return {type::kBool, 1000, "bool"};
    case ValueKind::kInteger:
      return {type::kInt8, 1016, "int8"};
    case ValueKind::kReal:
      return {type::kFloat8, 1022, "float8"};
    case ValueKind::kBlob:
      return {type::kBytea, 1001, "bytea"};
    case ValueKind::kDate:
      return {type::kDate, 1182, "date"};
    case ValueKind::kTime:
      return {type::kTime, 1183, "time"};
    case ValueKind::kTimestamp:
      return {type::kTimestamp, 1115, "timestamp"};
    case ValueKind::kTimestampUtc:
      return {type::kTimestamptz, 1185, "timestamptz"};
    case ValueKind::kInterval:
      return {type::kInterval, 1187, "interval"};
    case ValueKind::kUuid:
      return {type::kUuid, 2951, "uuid"};
    case ValueKind::kNull:
    case ValueKind::kText:
    case ValueKind::kNumeric:
    case ValueKind::kJson:
    case ValueKind::kArray:
      break;
  }
  return {type::kText, 1009, "text"};
}

bool is_decodable(Oid oid) {
  switch (oid) {
    case type::kBool:
    case type::kBytea:
    case type::kChar:
    case type::kName:
    case type::kInt8:
    case type::kInt2:
    case type::kInt4:
    case type::kText:
    case type::kOid:
    case type::kJson:
    case type::kFloat4:
    case type::kFloat8:
    case type::kUnknown:
    case type::kBpchar:
    case type::kVarchar:
    case type::kDate:
    case type::kTime:
    case type::kTimestamp:
    case type::kTimestamptz:
    case type::kInterval:
    case type::kNumeric:
    case type::kUuid:
    case type::kJsonb:
      return true;
    default:
      return false;
  }
}

}  // namespace ormdb::postgresql
