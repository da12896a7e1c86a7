// Enums, domains and composite types. Where PostgreSQL has no ALTER TYPE for a change, the old type
// gets a name out of the way, the new one is created, columns are converted and the old one is
// dropped:
//
// 1. what depends on the type or on the columns goes (Recreation);
// 2. ALTER TYPE … RENAME, CREATE TYPE;
// 3. ALTER TABLE … ALTER COLUMN … TYPE … USING column::text::type;
// 4. DROP TYPE; what had to go comes back with the next operation that could need it.
#include <algorithm>

#include "base/text.h"
#include "dialect/postgresql/alter_enum.h"
#include "dialect/postgresql/compiler.h"
#include "dialect/postgresql/ddl_object.h"
#include "dialect/postgresql/ddl_table.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/types.h"
#include "ops/canonical.h"
#include "ormdb/error.h"

namespace ormdb::postgresql {

namespace {

constexpr std::size_t kMaxName = 63;

// A free name for the old type: the longest names lose their end.
std::string name_out_of_the_way(const std::string& name) {
  constexpr std::string_view kEnd = "_ormdb_old";
  return name.substr(0, kMaxName - kEnd.size()) + std::string(kEnd);
}

bool is_array(const Type& type, const Schema& schema) {
  return type.kind == TypeKind::kArray || type_to_sql(type, &schema).ends_with("[]");
}

// Whether the type is the named one or an array of it.
bool has_type(const Type& type, const std::string& name, const Schema& schema) {
  std::string text = type_to_sql(type, &schema);
  while (text.ends_with("[]")) text.resize(text.size() - 2);
  return text == name;
}

std::string sql_name_of(const std::string& qualified, const Schema& schema) {
  if (const Enum* value = schema.find_enum(qualified)) return sql_name(*value);
  for (const DatabaseObject& object : schema.objects) {
    if (qualified_name(object) == qualified && object.kind == "domain") return sql_name(object);
  }
  return type_name_sql(qualified, schema);
}

bool comes_from_parent(const Table& table, const Column& column, const Schema& schema) {
  if (!is_inherited(column)) return false;
  for (const std::string& parent : parents_of(table.options)) {
    const Table* found = schema.find_table(parent);
    if (found != nullptr && found->find_column(column.name) != nullptr) return true;
  }
  return false;
}

std::string converted_row(const std::string& column, const AlterObject& op) {
  const std::string value = "(" + quote(column) + ")";
  const std::vector<NamedText> old = map_property(op.from, "attributes");
  std::vector<std::string> parts;
  for (const NamedText& attribute : map_property(op.to, "attributes")) {
    const bool known = std::any_of(old.begin(), old.end(), [&](const NamedText& other) {
      return other.name == attribute.name;
    });
    const std::string part = known ? value + "." + quote(attribute.name) + "::text" : "NULL";
    parts.push_back(part + "::" + attribute.text.substr(0, attribute.text.find(" COLLATE ")));
  }
  return "CASE WHEN " + value + " IS DISTINCT FROM NULL\n  THEN ROW(" + join(parts, ", ") +
         ")::" + sql_name(op.to) + " END";
}

}  // namespace

void Compiler::step(const CreateEnum& op) { emit(create_enum_sql(op.value)); }

void Compiler::step(const DropEnum& op) { emit("DROP TYPE " + sql_name(op.value)); }

void Compiler::step(const AlterEnum& op) {
  if (const auto renamed = renamed_value(op.from, op.to)) {
    emit("ALTER TYPE " + sql_name(op.to) + " RENAME VALUE " + string_literal(renamed->first) +
         " TO " + string_literal(renamed->second));
  } else if (op.from.values != op.to.values) {
    can_add_labels(op) ? emit(add_values_sql(op.from, op.to)) : remake_enum(op);
  }
  if (op.from.comment != op.to.comment) {
    emit(comment_sql("TYPE " + sql_name(op.to), op.to.comment));
  }
}

// A value that ADD VALUE made cannot be used before the commit ("unsafe use of new value"); a type
// that the transaction itself created has no such limit.
bool Compiler::can_add_labels(const AlterEnum& op) const {
  const auto added = added_values(op.from, op.to);
  if (!added) return false;
  if (!transaction_) return true;
  for (const std::string& label : *added) {
    if (later_.mentions_label(label)) return false;
  }
  return true;
}

// Tables that go later would have to be converted for nothing.
void Compiler::drop_holders(const std::string& type) {
  const std::string name = sql_name_of(type, schema_);
  for (const Table& table : schema_.tables) {
    const std::string place = qualified_name(table);
    const bool holds =
        std::any_of(table.columns.begin(), table.columns.end(),
                    [&](const Column& column) { return has_type(column.type, name, schema_); });
    if (!holds || is_gone(place) || !later_.drops_table(place)) continue;
    drop_children(place);
    release_from(place, "");
    emit("DROP TABLE " + sql_name(table));
    gone_tables_.push_back(place);
  }
}

// Everything that names the type, and everything that depends on a column of it.
void Compiler::take_out_for_type(const std::string& qualified, const std::string& name) {
  drop_holders(qualified);
  const std::string type = sql_name_of(qualified, schema_);
  emit(recreation_.take_out(type_target(name)));
  for (const Table& table : schema_.tables) {
    for (const Column& column : table.columns) {
      const std::string place = qualified_name(table);
      if (is_gone(place) || !has_type(column.type, type, schema_)) continue;
      emit(recreation_.take_out(
          column_target(place, column.name, Target::Scope::kReplaced, schema_)));
      if (!column.generated || is_inherited(column)) continue;
      Element element;
      element.kind = Element::Kind::kGenerated;
      element.table = place;
      element.name = column.name;
      emit(recreation_.take_out(element));
    }
  }
}

void Compiler::convert_columns(const std::string& qualified, const std::string& through) {
  const std::string type = sql_name_of(qualified, schema_);
  for (const Table& table : schema_.tables) {
    for (const Column& column : table.columns) {
      if (!has_type(column.type, type, schema_) || is_gone(qualified_name(table)) ||
          column.generated || comes_from_parent(table, column, schema_)) {
        continue;
      }
      const std::string name = quote(column.name);
      const std::string suffix = is_array(column.type, schema_) ? "[]" : "";
      std::string text =
          "ALTER TABLE " + sql_name(table) + " ALTER COLUMN " + name + " TYPE " + type + suffix;
      if (!column.collation.empty()) text += " COLLATE " + collation_sql(column.collation, schema_);
      emit(text + " USING " + name + through + suffix + "::" + type + suffix);
    }
  }
}

void Compiler::remake_enum(const AlterEnum& op) {
  const std::string qualified = qualified_name(op.to);
  const std::string old = name_out_of_the_way(op.to.name);
  take_out_for_type(qualified, op.to.name);
  emit("ALTER TYPE " + sql_name(op.to) + " RENAME TO " + quote(old));
  emit(create_enum_sql(op.to));
  convert_columns(qualified, "::text");
  for (const DatabaseObject& object : schema_.objects) {
    if (object.kind != "composite_type") continue;
    for (const NamedText& attribute : map_property(object, "attributes")) {
      if (attribute.text != sql_name(op.to)) continue;
      emit("ALTER TYPE " + sql_name(object) + " ALTER ATTRIBUTE " + quote(attribute.name) +
           " TYPE " + attribute.text);
    }
  }
  emit("DROP TYPE " + dotted(op.to.schema, old));
}

void Compiler::remake_domain(const AlterObject& op) {
  const std::string qualified = qualified_name(op.to);
  const std::string old = name_out_of_the_way(op.to.name);
  take_out_for_type(qualified, op.to.name);
  emit("ALTER DOMAIN " + sql_name(op.from) + " RENAME TO " + quote(old));
  emit(create_object_sql(op.to, schema_));
  const bool same = property(op.from, "type") == property(op.to, "type");
  convert_columns(qualified, same ? "" : "::text");
  emit("DROP DOMAIN " + dotted(op.to.schema, old));
}

bool Compiler::is_held(const DatabaseObject& type) const {
  const std::string name = sql_name(type);
  for (const Table& table : schema_.tables) {
    for (const Column& column : table.columns) {
      if (!is_gone(qualified_name(table)) && has_type(column.type, name, schema_)) return true;
    }
  }
  return false;
}

// Attributes keep their values by name.
void Compiler::convert_composites(const AlterObject& op) {
  const std::string type = sql_name(op.to);
  for (const Table& table : schema_.tables) {
    for (const Column& column : table.columns) {
      if (!has_type(column.type, type, schema_) || is_gone(qualified_name(table)) ||
          column.generated || comes_from_parent(table, column, schema_)) {
        continue;
      }
      if (is_array(column.type, schema_)) {
        throw Error(ErrorKind::kUnsupported,
                    "composite type " + qualified_name(op.to) + " cannot be changed: column " +
                        qualified_name(table) + "." + column.name + " holds arrays of it")
            .hint("only attributes at the end can come and go");
      }
      emit("ALTER TABLE " + sql_name(table) + " ALTER COLUMN " + quote(column.name) + " TYPE " +
           type + " USING " + converted_row(column.name, op));
    }
  }
}

void Compiler::remake_composite(const AlterObject& op) {
  const std::string qualified = qualified_name(op.to);
  const std::string old = name_out_of_the_way(op.to.name);
  take_out_for_type(qualified, op.to.name);
  emit("ALTER TYPE " + sql_name(op.from) + " RENAME TO " + quote(old));
  emit(create_object_sql(op.to, schema_));
  convert_composites(op);
  emit("DROP TYPE " + dotted(op.to.schema, old));
}

}  // namespace ormdb::postgresql
