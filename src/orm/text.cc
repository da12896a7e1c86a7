// Objects as text and as JSON.
#include "base/text.h"

#include <cstring>
#include <ostream>
#include <unordered_set>

#include "base/base64.h"
#include "base/json.h"
#include "base/node.h"
#include "db/iso_time.h"
#include "orm/array.h"
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
    case ValueKind::kArray:
      break;
  }
  return value.text;
}

Node datum_node(const Datum& value);

Node array_node(const Datum& value) {
  const auto kind = static_cast<ValueKind>(value.integer);
  Node list = Node::list();
  for (const std::optional<std::string>& item : array_items(value.text)) {
    list.push(item ? datum_node(element_datum(kind, *item)) : Node());
  }
  return list;
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
    case ValueKind::kArray:
      return array_node(value);
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

}  // namespace ormdb::detail
