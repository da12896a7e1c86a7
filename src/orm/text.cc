// Objects as text and as JSON.
#include "base/text.h"

#include <algorithm>
#include <ostream>
#include <unordered_set>

#include "base/base64.h"
#include "base/json.h"
#include "base/node.h"
#include "db/iso_time.h"
#include "orm/session_core.h"
#include "ormdb/orm_error.h"

namespace ormdb::detail {

namespace {

std::string interval_text(const Datum& value) {
  std::int32_t parts[2];
  std::memcpy(parts, value.text.data(), sizeof parts);
  return format_interval(parts[0], parts[1], value.integer);
}

/// The value as people write it.
std::string datum_text(const Datum& value) {
  switch (value.kind) {
    case ValueKind::kNull:
      return "null";
    case ValueKind::kBool:
      return value.integer != 0 ? "true" : "false";
    case ValueKind::kInteger:
      return std::to_string(value.integer);
    case ValueKind::kReal:
      return render_json(Node(value.real));
    case ValueKind::kDate:
      return format_date(value.integer);
    case ValueKind::kTime:
      return format_time(value.integer);
    case ValueKind::kTimestamp:
      return format_timestamp(value.integer, 'T');
    case ValueKind::kTimestampUtc:
      return format_timestamp(value.integer, 'T') + "Z";
    case ValueKind::kInterval:
      return interval_text(value);
    case ValueKind::kUuid:
      return format_uuid(reinterpret_cast<const std::uint8_t*>(value.text.data()));
    case ValueKind::kBlob:
      return encode_base64(value.text);
    case ValueKind::kText:
    case ValueKind::kNumeric:
    case ValueKind::kJson:
      break;
  }
  return value.text;
}

Node datum_node(const Datum& value) {
  switch (value.kind) {
    case ValueKind::kNull:
      return Node();
    case ValueKind::kBool:
      return Node(value.integer != 0);
    case ValueKind::kInteger:
      return Node(value.integer);
    case ValueKind::kReal:
      return Node(value.real);
    case ValueKind::kNumeric:
      return Node::number(value.text);
    case ValueKind::kJson:
      return parse_json(value.text, ErrorKind::kDatabase);
    default:
      return Node(datum_text(value));
  }
}

class JsonWriter {
 public:
  Node object(const Entity* entity) {
    const Mapper& mapper = *entity->mapper;
    Node node = Node::map();
    const bool whole = seen_.insert(entity).second;
    for (std::size_t i = 0; i < mapper.columns.size(); ++i) {
      const ColumnMap& column = mapper.columns[i];
      if (column.secret || (!whole && !column.primary_key)) continue;
      node.set(column.name,
               datum_node(field_datum(mapper, object_of(entity), static_cast<ColumnIndex>(i))));
    }
    if (!whole) return node;
    for (const Relation& relation : mapper.relations) {
      if (is_relation_loaded(relation, entity)) node.set(relation.name, related(relation, entity));
    }
    return node;
  }

 private:
  Node related(const Relation& relation, const Entity* entity) {
    if (!relation.many) {
      const Entity* target = HandleAccess::held(one_of(relation, entity));
      return target == nullptr ? Node() : object(target);
    }
    Node list = Node::list();
    if (const ManyState* state = HandleAccess::state(many_of(relation, entity))) {
      for (const Entity* item : state->items) list.push(object(item));
    }
    return list;
  }

  std::unordered_set<const Entity*> seen_;
};

[[noreturn]] void refuse(const Mapper& mapper, const ColumnMap& column, const Node& value) {
  throw ConversionError("'" + value.text.substr(0, 40) + "' does not fit " + mapper.table + "." +
                        column.name);
}

/// JSON's value as the kind that the column has.
Datum node_datum(const Mapper& mapper, const ColumnMap& column, const Node& value) {
  Datum datum;
  if (value.is_null()) return datum;
  datum.kind = column.kind;
  const std::string& text = value.text;
  bool fits = true;
  switch (column.kind) {
    case ValueKind::kNull:
      break;
    case ValueKind::kBool:
      fits = value.kind == Node::Kind::kBoolean;
      datum.integer = text == "true" ? 1 : 0;
      break;
    case ValueKind::kInteger:
      fits = value.kind == Node::Kind::kInteger;
      if (fits) datum.integer = std::strtoll(text.c_str(), nullptr, 10);
      break;
    case ValueKind::kReal:
      fits = value.kind == Node::Kind::kInteger || value.kind == Node::Kind::kFloat;
      if (fits) datum.real = std::strtod(text.c_str(), nullptr);
      break;
    case ValueKind::kText:
      fits = value.kind == Node::Kind::kString;
      datum.text = text;
      break;
    case ValueKind::kNumeric:
      fits = value.is_scalar();
      datum.text = Numeric(text).text();
      break;
    case ValueKind::kJson:
      datum.text = render_json(value);
      break;
    case ValueKind::kBlob:
      fits = decode_base64(text).has_value();
      if (fits) datum.text = *decode_base64(text);
      break;
    case ValueKind::kDate:
      fits = read_date(text, datum.integer);
      break;
    case ValueKind::kTime:
      fits = read_time(text, datum.integer);
      break;
    case ValueKind::kTimestamp:
    case ValueKind::kTimestampUtc:
      fits = read_timestamp(text, datum.integer);
      break;
    case ValueKind::kInterval: {
      std::int32_t parts[2] = {0, 0};
      fits = read_interval(text, parts[0], parts[1], datum.integer);
      datum.text.assign(reinterpret_cast<const char*>(parts), sizeof parts);
      break;
    }
    case ValueKind::kUuid:
      datum.text.resize(16);
      fits = read_uuid(text, reinterpret_cast<std::uint8_t*>(datum.text.data()));
      break;
  }
  if (!fits) refuse(mapper, column, value);
  return datum;
}

}  // namespace

std::string entity_text(const Entity* entity) {
  if (entity == nullptr) return "null";
  const Mapper& mapper = *entity->mapper;
  std::string text = mapper.model + "(";
  bool first = true;
  for (std::size_t i = 0; i < mapper.columns.size(); ++i) {
    if (mapper.columns[i].secret) continue;
    const Datum value = field_datum(mapper, object_of(entity), static_cast<ColumnIndex>(i));
    if (!first) text += ", ";
    first = false;
    const bool quoted = value.kind == ValueKind::kText;
    text += mapper.columns[i].name + "=" + (quoted ? "'" : "") + datum_text(value) +
            (quoted ? "'" : "");
  }
  return text + ")";
}

void write_entity(std::ostream& out, const Entity* entity) { out << entity_text(entity); }

std::string entity_json(const Entity* entity) {
  return entity == nullptr ? "null" : render_json(JsonWriter().object(entity));
}

void object_from_json(SessionCore& core, TypeKey type, void* object, std::string_view json) {
  const Mapper& mapper = core.models().mapper(type);
  const Node node = parse_json(std::string(json), ErrorKind::kUsage);
  if (!node.is_map()) throw ConversionError("the JSON of a " + mapper.model + " is no object");
  std::vector<std::string> names;
  for (const ColumnMap& column : mapper.columns) names.push_back(column.name);
  for (const auto& [name, value] : node.entries) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      throw ConversionError(mapper.model + " has no column '" + name + "'" +
                            did_you_mean(name, names));
    }
    const ColumnMap& column = mapper.columns[static_cast<std::size_t>(found - names.begin())];
    const Datum datum = node_datum(mapper, column, value);
    if (datum.is_null() && !column.type.nullable) refuse(mapper, column, value);
    load_field(column.type, static_cast<char*>(object) + column.offset, datum);
  }
}

}  // namespace ormdb::detail
