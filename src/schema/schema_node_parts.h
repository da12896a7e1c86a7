// What the files behind schema_node.h share: small readers, and the words of closed choices.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/node.h"
#include "ormdb/schema.h"

namespace ormdb::schema_node {

/// The dialects in the order in which they are written.
const std::vector<std::string>& dialect_names();

/// Calls `read` for every entry under `key`: a map name → body, or a list of bodies with `name`. It
/// reads all but `name`; absent and null hold nothing. `noun` names an entry in messages.
using ReadNamed = std::function<void(NodeReader& body, std::string name)>;
void each_named(NodeReader& reader, std::string_view key, std::string_view noun,
                const ReadNamed& read);

/// The map under `key`; nullptr when absent or null.
const Node* section(NodeReader& reader, std::string_view key);

/// SQL that must say something.
SqlText require_sql(NodeReader& reader, std::string_view key);
/// SQL that may be absent.
SqlText sql_or_empty(NodeReader& reader, std::string_view key);

/// A list of key parts, or one. Throws when it is empty.
std::vector<KeyPart> read_key_parts(NodeReader& reader, std::string_view key);
/// The same, columns only.
std::vector<KeyPart> read_key_columns(NodeReader& reader, std::string_view key);

/// The reader's `references`.
void read_reference(NodeReader& reader, ForeignKey& key);
/// on_delete, on_update, match, deferrable.
void read_foreign_key_rules(NodeReader& reader, ForeignKey& key);
Deferrable read_deferrable(NodeReader& reader);

/// `body` is at `primary_key:` of a table: a list, or a map with `columns`.
PrimaryKey read_primary_key(NodeReader& table);
/// The constraints of a table's `constraints:`, into the table.
void read_constraints(NodeReader& reader, Table& table);

// Writing.

void append_options(Node& node, const Options& options);
Node key_parts_to_node(const std::vector<KeyPart>& parts);
Node primary_key_to_node(const PrimaryKey& key);  ///< The table's `primary_key:`.
/// A map by name, or a list where names are missing.
Node indexes_to_node(const std::vector<Index>& indexes);
Node reference_to_node(const ForeignKey& key);
void write_foreign_key_rules(Node& node, const ForeignKey& key);  ///< on_delete … deferrable.
void write_deferrable(Node& node, Deferrable deferrable);

/// Constraints that stand in a column instead of in `constraints:`.
struct ColumnConstraints {
  const PrimaryKey* primary_key = nullptr;
  const Unique* unique = nullptr;
  const ForeignKey* foreign_key = nullptr;
};
Node column_to_node(const Column& column, const ColumnConstraints& constraints);

/// Whether a number's text is read back from YAML as it is.
bool is_plain_number(std::string_view text);

}  // namespace ormdb::schema_node
