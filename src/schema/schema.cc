#include "ormdb/schema.h"

#include "schema/object_kind.h"

namespace ormdb {
namespace {

std::string qualify(const std::string& schema, const std::string& name) {
  return schema.empty() ? name : schema + "." + name;
}

/// Whether `qualified` is "schema.name", without building that text.
bool is_qualified(std::string_view qualified, std::string_view schema, std::string_view name) {
  if (schema.empty()) return qualified == name;
  return qualified.size() == schema.size() + 1 + name.size() && qualified.starts_with(schema) &&
         qualified[schema.size()] == '.' && qualified.ends_with(name);
}

template <typename Items>
auto* find_qualified(Items& items, std::string_view qualified) {
  for (auto& item : items) {
    if (is_qualified(qualified, item.schema, item.name)) return &item;
  }
  return static_cast<decltype(&items.front())>(nullptr);
}

template <typename Columns>
auto* find_by_name(Columns& columns, std::string_view name) {
  for (auto& column : columns) {
    if (column.name == name) return &column;
  }
  return static_cast<decltype(&columns.front())>(nullptr);
}

Literal literal_of(Literal::Kind kind, std::string text) {
  Literal result;
  result.kind = kind;
  result.text = std::move(text);
  return result;
}

struct KindName {
  std::string_view operator()(const PrimaryKey&) const { return "primary_key"; }
  std::string_view operator()(const Unique&) const { return "unique"; }
  std::string_view operator()(const ForeignKey&) const { return "foreign_key"; }
  std::string_view operator()(const Check&) const { return "check"; }
  std::string_view operator()(const Exclude&) const { return "exclude"; }
};

}  // namespace

const std::string& SqlText::for_dialect(std::string_view dialect) const {
  const auto found = by_dialect.find(std::string(dialect));
  return found == by_dialect.end() ? common : found->second;
}

Literal Literal::null() { return {}; }
Literal Literal::boolean(bool value) {
  return literal_of(Kind::kBoolean, value ? "true" : "false");
}
Literal Literal::number(std::string digits) { return literal_of(Kind::kNumber, std::move(digits)); }
Literal Literal::string(std::string text) { return literal_of(Kind::kString, std::move(text)); }
Literal Literal::binary(std::string bytes) { return literal_of(Kind::kBinary, std::move(bytes)); }
Literal Literal::expression(std::string sql) {
  Literal result;
  result.kind = Kind::kSql;
  result.sql.common = std::move(sql);
  return result;
}

std::string_view constraint_kind(const Constraint& constraint) {
  return std::visit(KindName{}, constraint);
}

const std::string& constraint_name(const Constraint& constraint) {
  return std::visit([](const auto& held) -> const std::string& { return held.name; }, constraint);
}

const Column* Table::find_column(std::string_view column) const {
  return find_by_name(columns, column);
}
Column* Table::find_column(std::string_view column) { return find_by_name(columns, column); }

const Table* Schema::find_table(std::string_view name) const {
  return find_qualified(tables, name);
}
Table* Schema::find_table(std::string_view name) { return find_qualified(tables, name); }
const View* Schema::find_view(std::string_view name) const { return find_qualified(views, name); }
const Enum* Schema::find_enum(std::string_view name) const { return find_qualified(enums, name); }

std::string qualified_name(const Table& table) { return qualify(table.schema, table.name); }
std::string qualified_name(const View& view) { return qualify(view.schema, view.name); }
std::string qualified_name(const Enum& value) { return qualify(value.schema, value.name); }
std::string qualified_name(const DatabaseObject& object) {
  return qualify(object.schema, written_name(object));
}

const std::string& DatabaseObject::text(std::string_view property, std::string_view dialect) const {
  static const std::string kNone;
  const auto found = properties.find(std::string(property));
  if (found == properties.end()) return kNone;
  const auto* value = std::get_if<SqlText>(&found->second);
  return value == nullptr ? kNone : value->for_dialect(dialect);
}

}  // namespace ormdb
