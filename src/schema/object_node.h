// DatabaseObjects as document trees, by the table of kinds (object_kind.h): what their properties
// are is known there, how each shape is written here.
#pragma once

#include "base/node.h"
#include "ormdb/schema.h"
#include "schema/object_kind.h"

namespace ormdb {

/// The place (`schema`, `table`): what says, with kind and name, which object it is.
Node object_place_to_node(const DatabaseObject& object);
/// The properties and the comment.
Node object_body_to_node(const DatabaseObject& object);

/// `written` is name or name(types). Reads `schema` or `table`, as the kind has it.
DatabaseObject read_object_place(NodeReader& reader, const ObjectKind& kind, std::string written);
/// Reads the properties and the comment into `object`.
void read_object_body(NodeReader& reader, DatabaseObject& object);

/// The sections of a models file: one a kind, those without objects left out.
void append_objects(Node& models, const std::vector<DatabaseObject>& objects, bool after_tables);
void read_objects(NodeReader& models, Schema& schema);

}  // namespace ormdb
