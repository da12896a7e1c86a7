// What describe() said, before it is resolved: the two sides of a key may be described later.
#pragma once

#include <deque>
#include <list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ormdb/model.h"

namespace ormdb::detail {

/// The database of models without t.bind(…).
inline constexpr std::string_view kDefaultBind = "default";

using Members = std::vector<const MemberRef*>;

struct ColumnRecord {
  FieldType type;
  std::size_t offset = 0;
  std::string name;
  ColumnOptions options;  ///< Its texts live in TableRecord::texts.
};

struct KeyRecord {
  Members columns;
  KeyOptions options;
};

struct IndexRecord {
  Members columns;
  IndexOptions options;
};

struct ForeignKeyRecord {
  Members columns;
  Members referenced;
  ForeignKeyOptions options;
};

struct CheckRecord {
  std::string expression;
  std::string name;
};

struct ExtraColumn {
  std::string name;
  std::string type;
  ServerDefault value;
};

struct RelationRecord {
  std::string kind;
  const MemberRef* handle = nullptr;
  Members key;
  AssociationTable association{};
  std::vector<ExtraColumn> extra_columns;
  std::list<std::string> texts;  ///< Of their defaults.
  const MemberRef* back = nullptr;
  const MemberRef* order = nullptr;
  bool descending = false;
  CascadeRule cascade = CascadeRule::kNone;
  Loading loading = Loading::kSelect;
};

struct OptionRecord {
  std::string dialect, key, value;
};

struct TableRecord {
  const ModelType* type = nullptr;
  std::string name, schema, comment, renamed_from;
  std::string bind = std::string(kDefaultBind);
  std::vector<OptionRecord> options;
  std::vector<ColumnRecord> columns;
  std::vector<KeyRecord> primary_keys;
  std::vector<KeyRecord> uniques;
  std::vector<IndexRecord> indexes;
  std::vector<CheckRecord> checks;
  std::vector<std::string> yaml;
  std::vector<ForeignKeyRecord> foreign_keys;
  std::deque<RelationRecord> relations;  // their addresses are handed out
  std::list<std::string> texts;

  /// A copy of the text that lives as long as the record.
  std::string_view keep(std::string_view text) {
    return text.empty() ? std::string_view() : std::string_view(texts.emplace_back(text));
  }
};

/// "User" from what type_name<T>() gives.
std::string model_name(const ModelType& type);

}  // namespace ormdb::detail
