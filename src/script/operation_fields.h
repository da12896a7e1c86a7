// The field list of every kind of operation: write_body(kind) and read_body(Tag<Kind>, reader)
// stand next to each other. A kind without both does not compile (operation_node.cc goes over all
// of them).
#pragma once

#include "base/node.h"
#include "ormdb/operation.h"
#include "schema/object_kind.h"

namespace ormdb::operation_fields {

template <typename Kind>
struct Tag {};

// operation_table_fields.cc
Node write_body(const CreateTable& kind);
Node write_body(const DropTable& kind);
Node write_body(const RenameTable& kind);
Node write_body(const AlterTable& kind);
Node write_body(const AddColumn& kind);
Node write_body(const DropColumn& kind);
Node write_body(const AlterColumn& kind);
Node write_body(const RenameColumn& kind);
Node write_body(const AddConstraint& kind);
Node write_body(const DropConstraint& kind);
Node write_body(const CreateIndex& kind);
Node write_body(const DropIndex& kind);
CreateTable read_body(Tag<CreateTable>, NodeReader& reader);
DropTable read_body(Tag<DropTable>, NodeReader& reader);
RenameTable read_body(Tag<RenameTable>, NodeReader& reader);
AlterTable read_body(Tag<AlterTable>, NodeReader& reader);
AddColumn read_body(Tag<AddColumn>, NodeReader& reader);
DropColumn read_body(Tag<DropColumn>, NodeReader& reader);
AlterColumn read_body(Tag<AlterColumn>, NodeReader& reader);
RenameColumn read_body(Tag<RenameColumn>, NodeReader& reader);
AddConstraint read_body(Tag<AddConstraint>, NodeReader& reader);
DropConstraint read_body(Tag<DropConstraint>, NodeReader& reader);
CreateIndex read_body(Tag<CreateIndex>, NodeReader& reader);
DropIndex read_body(Tag<DropIndex>, NodeReader& reader);

// operation_object_fields.cc
Node write_body(const CreateView& kind);
Node write_body(const DropView& kind);
Node write_body(const ReplaceView& kind);
Node write_body(const CreateTrigger& kind);
Node write_body(const DropTrigger& kind);
Node write_body(const ReplaceTrigger& kind);
Node write_body(const CreateVirtualTable& kind);
Node write_body(const DropVirtualTable& kind);
Node write_body(const CreateEnum& kind);
Node write_body(const DropEnum& kind);
Node write_body(const AlterEnum& kind);
Node write_body(const CreateObject& kind);
Node write_body(const DropObject& kind);
Node write_body(const AlterObject& kind);
CreateView read_body(Tag<CreateView>, NodeReader& reader);
DropView read_body(Tag<DropView>, NodeReader& reader);
ReplaceView read_body(Tag<ReplaceView>, NodeReader& reader);
CreateTrigger read_body(Tag<CreateTrigger>, NodeReader& reader);
DropTrigger read_body(Tag<DropTrigger>, NodeReader& reader);
ReplaceTrigger read_body(Tag<ReplaceTrigger>, NodeReader& reader);
CreateVirtualTable read_body(Tag<CreateVirtualTable>, NodeReader& reader);
DropVirtualTable read_body(Tag<DropVirtualTable>, NodeReader& reader);
CreateEnum read_body(Tag<CreateEnum>, NodeReader& reader);
DropEnum read_body(Tag<DropEnum>, NodeReader& reader);
AlterEnum read_body(Tag<AlterEnum>, NodeReader& reader);
/// Which kind of object it is, the operation's name has said.
DatabaseObject read_whole_object(NodeReader& reader, const ObjectKind& kind);
AlterObject read_object_change(NodeReader& reader, const ObjectKind& kind);

// operation_data_fields.cc
Node write_body(const InsertRows& kind);
Node write_body(const UpdateRows& kind);
Node write_body(const DeleteRows& kind);
Node write_body(const Execute& kind);
InsertRows read_body(Tag<InsertRows>, NodeReader& reader);
UpdateRows read_body(Tag<UpdateRows>, NodeReader& reader);
DeleteRows read_body(Tag<DeleteRows>, NodeReader& reader);
/// `body` is text, a map of dialects, or {sql, effects}; reads all keys. `step` is whose errors
/// are.
Execute read_execute(const NodeReader& step, const Node& body, int number);

// Shared.

/// {first keys…, then the entries of `rest`}.
Node joined(Node first, Node rest);
/// Reads {from: …, to: …} bodies with `read`.
template <typename Value, typename Read>
Value read_side(NodeReader& reader, std::string_view key, Read read) {
  NodeReader side(reader.require(key), reader.source(), reader.kind(),
                  "'" + std::string(key) + "' of " + reader.what());
  Value value = read(side);
  side.finish();
  return value;
}

}  // namespace ormdb::operation_fields
