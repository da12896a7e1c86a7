// Operations on views, triggers, virtual tables, enums and objects of the other kinds.
#include <algorithm>

#include "schema/object_node.h"
#include "schema/schema_node.h"
#include "script/operation_fields.h"

namespace ormdb::operation_fields {
namespace {

Node named(std::string_view key, const std::string& name) {
  return Node::map({{std::string(key), Node(name)}});
}

/// What a models file says by the section.
Node view_head(const View& view) {
  Node node = named("view", view.name);
  if (view.materialized) node.set("materialized", true);
  return node;
}

Node whole_view(const View& view) { return joined(view_head(view), view_to_node(view)); }

View read_whole_view(NodeReader& reader) {
  View view = read_view(reader, reader.require_text("view"));
  view.materialized = reader.boolean("materialized", false);
  return view;
}

Node whole_trigger(const Trigger& trigger) {
  return joined(named("name", trigger.name), trigger_to_node(trigger));
}

Trigger read_whole_trigger(NodeReader& reader) {
  return read_trigger(reader, reader.require_text("name"));
}

/// Without `table`, which stands once for both sides.
Node trigger_side(Trigger trigger) {
  trigger.table.clear();
  return trigger_to_node(trigger);
}

Node whole_virtual_table(const VirtualTable& table) {
  return joined(named("table", table.name), virtual_table_to_node(table));
}

VirtualTable read_whole_virtual_table(NodeReader& reader) {
  return read_virtual_table(reader, reader.require_text("table"));
}

Node whole_enum(const Enum& value) {
  Node node = named("name", value.name);
  Node body = enum_to_node(value);
  if (body.is_list()) return node.set("values", std::move(body));
  return joined(std::move(node), std::move(body));
}

Enum read_whole_enum(NodeReader& reader) {
  Node body = Node::map();
  body.line = reader.node().line;
  for (const char* key : {"values", "schema", "comment"}) {
    if (const Node* value = reader.get(key)) body.set(key, *value);
  }
  return read_enum(reader, body, reader.require_text("name"));
}

Node object_head(const DatabaseObject& object) {
  return joined(named("name", written_name(object)), object_place_to_node(object));
}

Node whole_object(const DatabaseObject& object) {
  return joined(object_head(object), object_body_to_node(object));
}

}  // namespace

Node write_body(const CreateView& kind) { return whole_view(kind.view); }
CreateView read_body(Tag<CreateView>, NodeReader& reader) { return {read_whole_view(reader)}; }

Node write_body(const DropView& kind) { return whole_view(kind.view); }
DropView read_body(Tag<DropView>, NodeReader& reader) { return {read_whole_view(reader)}; }

Node write_body(const ReplaceView& kind) {
  return view_head(kind.to).set("from", view_to_node(kind.from)).set("to", view_to_node(kind.to));
}
ReplaceView read_body(Tag<ReplaceView>, NodeReader& reader) {
  const std::string name = reader.require_text("view");
  const bool materialized = reader.boolean("materialized", false);
  const auto read = [&](NodeReader& side) {
    View view = read_view(side, name);
    view.materialized = materialized;
    return view;
  };
  return {read_side<View>(reader, "from", read), read_side<View>(reader, "to", read)};
}

Node write_body(const CreateTrigger& kind) { return whole_trigger(kind.trigger); }
CreateTrigger read_body(Tag<CreateTrigger>, NodeReader& reader) {
  return {read_whole_trigger(reader)};
}

Node write_body(const DropTrigger& kind) { return whole_trigger(kind.trigger); }
DropTrigger read_body(Tag<DropTrigger>, NodeReader& reader) { return {read_whole_trigger(reader)}; }

Node write_body(const ReplaceTrigger& kind) {
  return named("name", kind.from.name)
      .set("table", kind.from.table)
      .set("from", trigger_side(kind.from))
      .set("to", trigger_side(kind.to));
}
ReplaceTrigger read_body(Tag<ReplaceTrigger>, NodeReader& reader) {
  const std::string name = reader.require_text("name");
  const std::string table = reader.require_text("table");
  const auto read = [&](NodeReader& side) { return read_trigger_of(side, name, table); };
  return {read_side<Trigger>(reader, "from", read), read_side<Trigger>(reader, "to", read)};
}

Node write_body(const CreateVirtualTable& kind) { return whole_virtual_table(kind.table); }
CreateVirtualTable read_body(Tag<CreateVirtualTable>, NodeReader& reader) {
  return {read_whole_virtual_table(reader)};
}

Node write_body(const DropVirtualTable& kind) { return whole_virtual_table(kind.table); }
DropVirtualTable read_body(Tag<DropVirtualTable>, NodeReader& reader) {
  return {read_whole_virtual_table(reader)};
}

Node write_body(const CreateEnum& kind) { return whole_enum(kind.value); }
CreateEnum read_body(Tag<CreateEnum>, NodeReader& reader) { return {read_whole_enum(reader)}; }

Node write_body(const DropEnum& kind) { return whole_enum(kind.value); }
DropEnum read_body(Tag<DropEnum>, NodeReader& reader) { return {read_whole_enum(reader)}; }

Node write_body(const AlterEnum& kind) {
  return named("name", kind.from.name)
      .set("from", enum_to_node(kind.from))
      .set("to", enum_to_node(kind.to));
}
AlterEnum read_body(Tag<AlterEnum>, NodeReader& reader) {
  const std::string name = reader.require_text("name");
  return {read_enum(reader, reader.require("from"), name),
          read_enum(reader, reader.require("to"), name)};
}

Node write_body(const CreateObject& kind) { return whole_object(kind.object); }
Node write_body(const DropObject& kind) { return whole_object(kind.object); }
Node write_body(const AlterObject& kind) {
  Node from = object_body_to_node(kind.from);
  if (kind.from.schema != kind.to.schema) from.set("schema", kind.from.schema);
  return object_head(kind.to).set("from", std::move(from)).set("to", object_body_to_node(kind.to));
}

DatabaseObject read_whole_object(NodeReader& reader, const ObjectKind& kind) {
  DatabaseObject object = read_object_place(reader, kind, reader.require_text("name"));
  read_object_body(reader, object);
  return object;
}

AlterObject read_object_change(NodeReader& reader, const ObjectKind& kind) {
  const DatabaseObject place = read_object_place(reader, kind, reader.require_text("name"));
  const auto read = [&](NodeReader& side) {
    DatabaseObject object = place;
    if (kind.in_schema && side.has("schema")) object.schema = side.text("schema");
    read_object_body(side, object);
    return object;
  };
  return {read_side<DatabaseObject>(reader, "from", read),
          read_side<DatabaseObject>(reader, "to", read)};
}

}  // namespace ormdb::operation_fields
