// Which operation a node is: one entry per kind of OperationKinds, made from the sum itself.
#include "script/operation_node.h"

#include <array>
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
Operation read_kind(const NodeReader& step, const Node& body, int number) {
  if constexpr (std::is_same_v<Kind, Execute>) {
    return read_execute(step, body, number);
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
  for (const KindEntry& entry : kKinds) names.emplace_back(entry.name);
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
