// The kinds of DatabaseObject: one row each says how it is written, where it stands and which
// properties it has. A new kind is a row here and its SQL in the dialects that have it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb {

/// How a property is written and compared.
enum class PropertyShape {
  kText,  ///< A word or name, compared as it stands.
  kFlag,  ///< true; absent when it is not set.
  kList,  ///< Words; the order counts.
  kMap,   ///< name: SQL or type; the order counts.
  kSql,   ///< An expression or type, compared by tokens; may differ by dialect.
  kBody,  ///< A text that the engine keeps as it is (a routine's body); may differ by dialect.
};

struct PropertyRule {
  std::string_view name;
  PropertyShape shape;
  bool required = false;
};

struct ObjectKind {
  std::string_view kind;                 ///< "sequence", DatabaseObject::kind.
  std::string_view section;              ///< "sequences", the key in a models file.
  std::string_view create, drop, alter;  ///< "create_sequence", … in scripts.
  bool in_schema;                        ///< Its name belongs to a schema.
  bool on_table;                         ///< It stands on a table, which its name belongs to.
  bool has_signature;                    ///< Written name(types).
  bool after_tables;                     ///< Made after tables and views, dropped before them.
  std::vector<PropertyRule> properties;
};

/// All kinds, in the order in which objects are made that do not mention each other.
const std::vector<ObjectKind>& object_kinds();

/// nullptr when there is none.
const ObjectKind* find_object_kind(std::string_view kind);

/// The kind of an object, which must be one of the table's.
const ObjectKind& kind_of(const DatabaseObject& object);

const PropertyRule* find_property(const ObjectKind& kind, std::string_view property);

/// "name" or "name(integer, text)": what stands in models and scripts.
std::string written_name(const DatabaseObject& object);
/// The reverse: fills name and signature.
void read_written_name(DatabaseObject& object, std::string_view written);

/// The same object: kind, name, signature and place are equal.
bool same_object(const DatabaseObject& a, const DatabaseObject& b);

}  // namespace ormdb
