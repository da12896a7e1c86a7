// Types and collations that PostgreSQL has no ALTER for. Types that are made of them (a domain over
// an enum, a composite type with the domain) are made anew with them:
//
// 1. what depends on one of them, or on a column of it, goes (Recreation);
// 2. the old ones get names out of the way;
// 3. the new ones are created, what others are made of first, with the owners and grants of the
// old;
// 4. ALTER TABLE … ALTER COLUMN … TYPE … USING column::text::type;
// 5. the old ones are dropped. What had to go comes back with the next operation that could need
// it.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "dialect/postgresql/alter_enum.h"
#include "dialect/postgresql/compiler.h"
#include "dialect/postgresql/ddl.h"
#include "dialect/postgresql/ddl_object.h"
#include "dialect/postgresql/ddl_table.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/grants.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/normalize.h"
#include "dialect/postgresql/plain_constants.h"
#include "dialect/postgresql/types.h"
#include "ops/canonical.h"
#include "ops/topological.h"
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

bool is_made_of_types(const DatabaseObject& object) {
  return object.kind == "domain" || object.kind == "composite_type";
}

// A composite type's attributes may be of the type, so may a domain; its default and checks may
// mention it.
bool mentions_type(const DatabaseObject& object, const std::string& name) {
  for (const char* key : {"type", "collate", "default"}) {
    if (mentions_word(property(object, key), name)) return true;
  }
  for (const char* key : {"attributes", "checks"}) {
    for (const NamedText& entry : map_property(object, key)) {
      if (mentions_word(entry.text, name)) return true;
    }
  }
  return false;
}

std::vector<std::string> names_of(const std::vector<NamedText>& entries) {
  std::vector<std::string> names;
  for (const NamedText& entry : entries) names.push_back(entry.name);
  return names;
}

std::string type_words(const DatabaseObject& type) {
  return type.kind == "domain" ? "DOMAIN" : "TYPE";
}

}  // namespace

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
    emit(recreation_.take_out(relation_target(place)));  // keys that point to it go later, too
    emit("DROP TABLE " + sql_name(table));
    gone_tables_.push_back(place);
  }
}

// Everything that names the type, and everything that depends on a column of it.
void Compiler::take_out_for_type(const std::string& qualified, const std::string& name) {
  drop_holders(qualified);
  emit(recreation_.take_out(type_target(name)));
  const std::string type = sql_name_of(qualified, schema_);
  take_out_columns([&](const Column& column) { return has_type(column.type, type, schema_); });
}

void Compiler::take_out_columns(const std::function<bool(const Column&)>& wanted) {
  for (const Table& table : schema_.tables) {
    for (const Column& column : table.columns) {
      const std::string place = qualified_name(table);
      if (is_gone(place) || !wanted(column)) continue;
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

// ALTER TABLE … ALTER COLUMN for each column that has values of its own; `convert` is what stands
// behind TYPE.
void Compiler::convert_columns(const std::function<bool(const Column&)>& wanted,
                               const std::function<std::string(const Column&)>& convert) {
  for (const Table& table : schema_.tables) {
    for (const Column& column : table.columns) {
      if (!wanted(column) || is_gone(qualified_name(table)) || column.generated ||
          comes_from_parent(table, column, schema_)) {
        continue;
      }
      emit("ALTER TABLE " + sql_name(table) + " ALTER COLUMN " + quote(column.name) + " TYPE " +
           convert(column));
    }
  }
}

void Compiler::convert_type(const std::string& qualified, const std::string& through) {
  const std::string type = sql_name_of(qualified, schema_);
  convert_columns([&](const Column& column) { return has_type(column.type, type, schema_); },
                  [&](const Column& column) {
                    const std::string suffix = is_array(column.type, schema_) ? "[]" : "";
                    std::string text = type + suffix;
                    if (!column.collation.empty()) {
                      text += " COLLATE " + collation_sql(column.collation, schema_);
                    }
                    const std::string cast = through.empty() ? "" : through + suffix;
                    return text + " USING " + quote(column.name) + cast + "::" + type + suffix;
                  });
}

// What others are made of first.
std::vector<const DatabaseObject*> Compiler::types_over(const std::string& name) const {
  std::vector<const DatabaseObject*> found;
  std::vector<std::string> names = {name};
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const DatabaseObject& object : schema_.objects) {
      if (!is_made_of_types(object) || object.name == name || contains(found, &object)) continue;
      if (!mentions_type(object, names[i])) continue;
      found.push_back(&object);
      names.push_back(object.name);
    }
  }
  std::vector<std::set<std::size_t>> needed(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (std::size_t j = 0; j < found.size(); ++j) {
      if (i != j && mentions_type(*found[i], found[j]->name)) needed[i].insert(j);
    }
  }
  std::vector<const DatabaseObject*> ordered;
  for (const std::size_t number : topological_order(needed)) ordered.push_back(found[number]);
  return ordered;
}

// A domain whose default or check names a label that goes comes back as it is going to be.
DatabaseObject Compiler::coming_form(const DatabaseObject& type, const Remake& remake) {
  const AlterObject* change = later_.altered_object(type);
  const bool names_gone =
      std::any_of(remake.gone_labels.begin(), remake.gone_labels.end(),
                  [&](const std::string& label) { return mentions_label(type, label); });
  if (!names_gone || change == nullptr || type.kind != "domain") return type;
  settled_objects_.push_back(change->to);
  return change->to;
}

void Compiler::make_anew(const Remake& remake) {
  const std::string old = name_out_of_the_way(remake.name);
  const std::vector<const DatabaseObject*> over = types_over(remake.name);
  for (const DatabaseObject* type : over) take_out_for_type(qualified_name(*type), type->name);
  std::vector<std::string> types;
  if (remake.words != "COLLATION") types.push_back(dotted(remake.schema, remake.name));
  for (const DatabaseObject* type : over) types.push_back(sql_name(*type));
  if (!types.empty()) emit(save_type_grants_sql(types));
  emit("ALTER " + remake.words + " " + dotted(remake.schema, remake.name) + " RENAME TO " +
       quote(old));
  for (const DatabaseObject* type : over) {
    emit("ALTER " + type_words(*type) + " " + sql_name(*type) + " RENAME TO " +
         quote(name_out_of_the_way(type->name)));
  }
  emit(remake.create);
  for (const DatabaseObject* type : over) {
    emit(create_object_sql(coming_form(*type, remake), schema_));
  }
  if (!types.empty()) emit(restore_type_grants_sql());
  remake.convert();
  for (const DatabaseObject* type : over) convert_type(qualified_name(*type), "::text");
  for (std::size_t i = over.size(); i-- > 0;) {
    emit("DROP " + type_words(*over[i]) + " " +
         dotted(over[i]->schema, name_out_of_the_way(over[i]->name)));
  }
  emit("DROP " + remake.words + " " + dotted(remake.schema, old));
}

void Compiler::remake_enum(const AlterEnum& op) {
  const std::string qualified = qualified_name(op.to);
  refuse_in_partition_key(qualified);
  take_out_for_type(qualified, op.to.name);
  std::vector<std::string> gone;
  for (const std::string& label : op.from.values) {
    if (!contains(op.to.values, label)) gone.push_back(label);
  }
  make_anew({"TYPE", op.to.schema, op.to.name, create_enum_sql(op.to),
             [&] { convert_type(qualified, "::text"); }, gone});
}

// "cannot alter column because it is part of the partition key": not even with USING.
void Compiler::refuse_in_partition_key(const std::string& qualified) const {
  const std::string type = sql_name_of(qualified, schema_);
  for (const Table& table : schema_.tables) {
    const std::string& key = option(table.options, "partition_by");
    if (key.empty() || is_gone(qualified_name(table))) continue;
    for (const Column& column : table.columns) {
      if (!has_type(column.type, type, schema_) || !mentions_word(key, column.name)) continue;
      throw Error(ErrorKind::kUnsupported, "enum " + qualified + " cannot be made anew: column " +
                                               qualified_name(table) + "." + column.name +
                                               " of it is in a partition key")
          .hint(
              "values can only be added, outside a transaction where the same script uses them "
              "(`transaction: false` in the alter_enum), or renamed; to take one away, move the "
              "rows to a new table");
    }
  }
}

// The catalog has a column's constant with a cast to what the domain was made of.
void Compiler::free_constants(const AlterObject& op) {
  const std::string name = sql_name(op.from);
  const Type base = canonical_type(type_from_sql(property(op.from, "type"), &schema_), &schema_);
  for (Table& table : schema_.tables) {
    for (Column& column : table.columns) {
      if (!column.default_value || !has_type(column.type, name, schema_)) continue;
      auto constant = normalized_default(column.default_value, base, schema_);
      if (constant && constant->kind != Literal::Kind::kSql) column.default_value = constant;
    }
  }
}

// So it is with the constants beside the columns, and with the columns themselves.
void Compiler::free_expressions(const AlterObject& op) {
  const std::string name = sql_name(op.from);
  const Type base = canonical_type(type_from_sql(property(op.from, "type"), &schema_), &schema_);
  std::vector<AlterColumn> changes;
  for (const Table& table : schema_.tables) {
    for (const Column& column : table.columns) {
      if (!has_type(column.type, name, schema_)) continue;
      AlterColumn change{qualified_name(table), column, column, {}};
      change.from.type = base;
      changes.push_back(std::move(change));
    }
  }
  for (const AlterColumn& change : changes) {
    write_plain_constants(schema_, change, recreation_.out(), true);
  }
}

void Compiler::remake_domain(const AlterObject& op) {
  const std::string qualified = qualified_name(op.to);
  const bool same = property(op.from, "type") == property(op.to, "type");
  take_out_for_type(qualified, op.to.name);
  if (!same) {
    free_constants(op);
    free_expressions(op);
  }
  make_anew({"DOMAIN",
             op.to.schema,
             op.to.name,
             create_object_sql(op.to, schema_),
             [&] { convert_type(qualified, same ? "" : "::text"); },
             {}});
}

// Whether a column holds values of it in arrays or rows.
bool Compiler::is_contained(const DatabaseObject& type) const {
  const std::string name = sql_name(type);
  for (const Table& table : schema_.tables) {
    for (const Column& column : table.columns) {
      if (!is_gone(qualified_name(table)) && has_type(column.type, name, schema_) &&
          is_array(column.type, schema_)) {
        return true;
      }
    }
  }
  const std::vector<const DatabaseObject*> over = types_over(type.name);
  return std::any_of(over.begin(), over.end(), [&](const DatabaseObject* other) {
    return other->kind == "domain" ? is_contained(*other) : is_held(*other);
  });
}

// A column's values can be of the type by way of others.
bool Compiler::is_held(const DatabaseObject& type) const {
  const std::string name = sql_name(type);
  for (const Table& table : schema_.tables) {
    for (const Column& column : table.columns) {
      if (!is_gone(qualified_name(table)) && has_type(column.type, name, schema_)) return true;
    }
  }
  const std::vector<const DatabaseObject*> over = types_over(type.name);
  return std::any_of(over.begin(), over.end(),
                     [&](const DatabaseObject* other) { return is_held(*other); });
}

// Attributes keep their values by name.
void Compiler::convert_composites(const AlterObject& op) {
  const std::string type = sql_name(op.to);
  convert_columns(
      [&](const Column& column) { return has_type(column.type, type, schema_); },
      [&](const Column& column) { return type + " USING " + converted_row(column.name, op); });
}

// Where only types change, text has the values in their order.
void Compiler::remake_composite(const AlterObject& op) {
  const std::string qualified = qualified_name(op.to);
  const std::string type = sql_name(op.to);
  const bool same_places =
      names_of(map_property(op.from, "attributes")) == names_of(map_property(op.to, "attributes"));
  const auto refuse = [&](const std::string& holder) {
    return Error(ErrorKind::kUnsupported,
                 "composite type " + qualified + " cannot be changed: " + holder)
        .hint("only attributes at the end can come and go");
  };
  for (const Table& table : schema_.tables) {
    for (const Column& column : table.columns) {
      if (same_places || !has_type(column.type, type, schema_) || is_gone(qualified_name(table)) ||
          !is_array(column.type, schema_)) {
        continue;
      }
      throw refuse("column " + qualified_name(table) + "." + column.name + " holds arrays of it");
    }
  }
  for (const DatabaseObject* over : types_over(op.to.name)) {
    if (!same_places && is_held(*over)) {
      throw refuse(replace_all(over->kind, "_", " ") + " " + qualified_name(*over) +
                   ", of which a column holds values, is made of it");
    }
  }
  take_out_for_type(qualified, op.to.name);
  make_anew({"TYPE",
             op.to.schema,
             op.to.name,
             create_object_sql(op.to, schema_),
             [&] { same_places ? convert_type(qualified, "::text") : convert_composites(op); },
             {}});
}

void Compiler::remake_collation(const AlterObject& op) {
  const std::string qualified = qualified_name(op.to);
  const auto has_it = [&](const Column& column) { return column.collation == qualified; };
  emit(recreation_.take_out(type_target(op.to.name)));
  take_out_columns(has_it);
  make_anew({"COLLATION",
             op.to.schema,
             op.to.name,
             create_object_sql(op.to, schema_),
             [&] {
               convert_columns(
                   has_it, [&](const Column& column) { return column_type_sql(column, schema_); });
             },
             {}});
}

}  // namespace ormdb::postgresql
