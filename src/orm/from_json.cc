// Objects from JSON.
#include <algorithm>
#include <memory>

#include "base/base64.h"
#include "base/json.h"
#include "base/node.h"
#include "base/text.h"
#include "db/iso_time.h"
#include "orm/array.h"
#include "orm/session_core.h"
#include "ormdb/orm_error.h"

namespace ormdb::detail {

namespace {

[[noreturn]] void refuse(const Mapper& mapper, const ColumnMap& column, const Node& value) {
  throw ConversionError("'" + value.text.substr(0, 40) + "' does not fit " + mapper.table + "." +
                        column.name);
}

std::optional<Datum> datum_of(const FieldType& type, const Node& value);

/// The elements of a list; nothing when one of them does not fit.
std::optional<Datum> array_datum(const FieldType& element, const Node& list) {
  if (!list.is_list()) return std::nullopt;
  ArrayItems items;
  for (const Node& node : list.items) {
    const std::optional<Datum> item = datum_of(element, node);
    if (!item || (item->is_null() && !element.nullable)) return std::nullopt;
    items.push_back(item->is_null() ? std::nullopt : std::optional(element_text(*item)));
  }
  const auto kind = static_cast<std::int64_t>(stored_kind(element));
  return Datum{ValueKind::kArray, kind, 0, array_literal(items)};
}

/// JSON's value as one of the type; nothing when it does not fit.
std::optional<Datum> datum_of(const FieldType& type, const Node& value) {
  Datum datum;
  if (value.is_null()) return datum;
  datum.kind = stored_kind(type);
  const std::string& text = value.text;
  bool fits = true;
  switch (datum.kind) {
    case ValueKind::kNull:
      break;
    case ValueKind::kArray:
      return array_datum(*type.element, value);
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
    default:
      fits = read_datum(text, datum.kind, datum);
      break;
  }
  if (!fits) return std::nullopt;
  return datum;
}

Datum node_datum(const Mapper& mapper, const ColumnMap& column, const Node& value) {
  std::optional<Datum> datum = datum_of(column.type, value);
  if (!datum) refuse(mapper, column, value);
  return *std::move(datum);
}

const ColumnMap* column_named(const Mapper& mapper, const std::string& name) {
  for (const ColumnMap& column : mapper.columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

[[noreturn]] void refuse_key(const Mapper& mapper, const std::string& name) {
  std::vector<std::string> names;
  for (const ColumnMap& column : mapper.columns) names.push_back(column.name);
  for (const Relation& relation : mapper.relations) names.push_back(relation.name);
  throw ConversionError(mapper.model + " has no column '" + name + "'" + did_you_mean(name, names));
}

class JsonReader {
 public:
  explicit JsonReader(SessionCore& core) : core_(core) {}

  /// Into a value that no session manages.
  void read(const Mapper& mapper, const Node& node, void* object) {
    if (!node.is_map()) throw ConversionError("the JSON of a " + mapper.model + " is no object");
    for (const auto& [name, value] : node.entries) {
      if (const ColumnMap* column = column_named(mapper, name)) {
        const Datum datum = node_datum(mapper, *column, value);
        if (datum.is_null() && !column->type.nullable) refuse(mapper, *column, value);
        load_field(column->type, static_cast<char*>(object) + column->offset, datum);
        continue;
      }
      const auto relation =
          std::find_if(mapper.relations.begin(), mapper.relations.end(),
                       [&, &key = name](const Relation& one) { return one.name == key; });
      if (relation == mapper.relations.end()) refuse_key(mapper, name);
      read(*relation, value, static_cast<char*>(object) + relation->offset);
    }
  }

 private:
  void read(const Relation& relation, const Node& value, void* handle) {
    if (value.is_null()) return;
    if (!relation.many) {
      *static_cast<OneBase*>(handle) = OneBase(related(*relation.target, value));
      return;
    }
    if (!value.is_list()) {
      throw ConversionError("the JSON of " + relation_name(relation) + " is no list");
    }
    for (const Node& item : value.items) {
      HandleAccess::append(*static_cast<ManyBase*>(handle), related(*relation.target, item));
    }
  }

  /// The object that has the key, as it is; a new one where there is none.
  Entity* related(const Mapper& mapper, const Node& node) {
    std::vector<Datum> key;
    for (const ColumnIndex column : mapper.key) {
      const Node* value = node.find(mapper.columns[column].name);
      if (value == nullptr || value->is_null()) break;
      key.push_back(node_datum(mapper, mapper.columns[column], *value));
    }
    if (key.size() == mapper.key.size()) {
      if (Entity* found = core_.get(mapper, key)) return found;
    }
    const std::unique_ptr<void, void (*)(void*)> memory(
        ::operator new(mapper.type->size, std::align_val_t(16)),
        [](void* at) { ::operator delete(at, std::align_val_t(16)); });
    mapper.type->construct(memory.get());
    struct Destroy {
      const Mapper& mapper;
      void* object;
      ~Destroy() { mapper.type->destroy(object); }
    } const destroy{mapper, memory.get()};
    read(mapper, node, memory.get());
    return core_.add(mapper, memory.get());
  }

  SessionCore& core_;
};

}  // namespace

void object_from_json(SessionCore& core, TypeKey type, void* object, std::string_view json) {
  const SessionCore::Use use(core);
  JsonReader(core).read(core.models().mapper(type),
                        parse_json(std::string(json), ErrorKind::kUsage), object);
}

}  // namespace ormdb::detail
