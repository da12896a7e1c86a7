// Which operation a node is: one entry per kind of OperationKinds, made from the sum itself.
#include "script/operation_node.h"

#include <array>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/text.h"
#include "script/operation_fields.h"

namespace ormdb {
namespace {

using operation_fields::read_body;
using operation_fields::read_execute;
using operation_fields::Tag;
using operation_fields::write_body;

constexpr std::string_view kTransaction = "transaction";

struct KindEntry {
  std::string_view name;
  Operation (*read)(const NodeReader& step, const Node& body, int number);
};

template <typename Kind>
constexpr bool kIsOfObject = std::is_same_v<Kind, CreateObject> ||
                             std::is_same_v<Kind, DropObject> || std::is_same_v<Kind, AlterObject>;

template <typename Kind>
Operation read_kind(const NodeReader& step, const Node& body, int number) {
  if constexpr (std::is_same_v<Kind, Execute>) {
    return read_execute(step, body, number);
  } else if constexpr (kIsOfObject<Kind>) {
    throw step.error(body, "operations on objects are read by the kind of the object");
  } else {
    NodeReader reader(body, step.source(), step.kind(), std::string(Kind::kName));
    Kind kind = read_body(Tag<Kind>{}, reader);
    reader.finish();
    return Operation(std::move(kind));
  }
}

template <std::size_t... kIndex>
constexpr auto make_kinds(std::index_sequence<kIndex...>) {
  return std::array{KindEntry{std::variant_alternative_t<kIndex, OperationKinds>::kName,
                              &read_kind<std::variant_alternative_t<kIndex, OperationKinds>>}...};
}

constexpr auto kKinds = make_kinds(std::make_index_sequence<std::variant_size_v<OperationKinds>>());

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (const KindEntry& entry : kKinds) {
    if (!entry.name.ends_with('_')) names.emplace_back(entry.name);
  }
  for (const ObjectKind& kind : object_kinds()) {
    for (const std::string_view name : {kind.create, kind.drop, kind.alter}) {
      names.emplace_back(name);
    }
  }
  return names;
}

const KindEntry* find_kind(std::string_view name) {
  for (const KindEntry& entry : kKinds) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

Error unknown_kind(const NodeReader& step, const std::string& name) {
  const std::vector<std::string> names = kind_names();
  const std::string guess = nearest(name, names);
  return step.error_at_key(name, "unknown operation '" + name + "'")
      .hint(guess.empty() ? "operations are " + join(names, ", ") : "did you mean '" + guess + "'?")
      .candidates(names);
}

/// create_sequence, drop_policy and so on; empty when `name` is none of these.
std::optional<Operation> read_on_object(const NodeReader& step, const std::string& name,
                                        const Node& body) {
  for (const ObjectKind& kind : object_kinds()) {
    if (name != kind.create && name != kind.drop && name != kind.alter) continue;
    NodeReader reader(body, step.source(), step.kind(), name);
    std::optional<Operation> operation;
    if (name == kind.alter) {
      operation = AlterObject(operation_fields::read_object_change(reader, kind));
    } else {
      DatabaseObject object = operation_fields::read_whole_object(reader, kind);
      if (name == kind.create) operation = CreateObject{std::move(object)};
      if (name == kind.drop) operation = DropObject{std::move(object)};
    }
    reader.finish();
    return operation;
  }
  return {};
}

Operation read_step(const Node& node, const Source& source, int number) {
  NodeReader step(node, source, ErrorKind::kScript, "an operation");
  const bool transaction = step.boolean(kTransaction, true);
  const Node::Entry* named = nullptr;
  for (const Node::Entry& entry : node.entries) {
    if (entry.first == kTransaction) continue;
    if (named != nullptr) {
      throw step
          .error_at_key(entry.first, "an operation has two names, '" + named->first + "' and '" +
                                         entry.first + "'")
          .hint("begin every operation with '- '; its own keys are indented below its name");
    }
    named = &entry;
  }
  if (named == nullptr) {
    throw step.error(node, "an operation has no name")
        .hint("write it like - add_column: {table: post, column: {name: slug, type: text}}");
  }
  if (std::optional<Operation> operation = read_on_object(step, named->first, named->second)) {
    operation->transaction = transaction;
    return *std::move(operation);
  }
  const KindEntry* kind = find_kind(named->first);
  if (kind == nullptr) throw unknown_kind(step, named->first);
  Operation operation = kind->read(step, named->second, number);
  operation.transaction = transaction;
  return operation;
}

}  // namespace

Node operation_to_node(const Operation& operation) {
  Node node = Node::map();
  node.set(std::string(operation.name()),
           operation.visit([](const auto& kind) { return write_body(kind); }));
  if (!operation.transaction) node.set(std::string(kTransaction), false);
  node.style = Node::Style::kBlock;
  return node;
}

Operation operation_from_node(const Node& node, const Source& source, int number) {
  try {
    return read_step(node, source, number);
  } catch (Error& error) {
    error.operation(number);
    throw;
  }
}

}  // namespace ormdb
