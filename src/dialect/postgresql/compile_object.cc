// Views, triggers and the kinds of DatabaseObject.
#include <algorithm>

#include "dialect/postgresql/alter_object.h"
#include "dialect/postgresql/compiler.h"
#include "dialect/postgresql/ddl_object.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/ddl_view.h"
#include "dialect/postgresql/literal.h"
#include "ops/canonical.h"
#include "schema/object_kind.h"

namespace ormdb::postgresql {

namespace {

bool has_overload(const DatabaseObject& routine, const Schema& schema) {
  return std::any_of(schema.objects.begin(), schema.objects.end(),
                     [&](const DatabaseObject& other) {
                       return other.name == routine.name && other.schema == routine.schema &&
                              kind_of(other).has_signature && !same_object(other, routine);
                     });
}

bool same_trigger_but_settings(Trigger from, Trigger to) {
  for (Trigger* side : {&from, &to}) {
    side->comment.clear();
    side->options["postgresql"].erase("enabled");
  }
  return from == to;
}

std::vector<std::string> trigger_settings_sql(const Trigger& from, const Trigger& to,
                                              const Schema& schema) {
  std::vector<std::string> statements;
  const std::string table = relation_sql(to.table, schema);
  const std::string& enabled = option(to.options, "enabled");
  if (enabled != option(from.options, "enabled")) {
    statements.push_back("ALTER TABLE " + table + " " + enabled_words(enabled) + " TRIGGER " +
                         quote(to.name));
  }
  if (from.comment != to.comment) {
    statements.push_back(comment_sql("TRIGGER " + quote(to.name) + " ON " + table, to.comment));
  }
  return statements;
}

}  // namespace

void Compiler::step(const CreateView& op) {
  advance();
  emit(create_view_sql(op.view, schema_));
}

void Compiler::step(const DropView& op) {
  const Element element = view_element(op.view);
  if (recreation_.is_out(element)) return recreation_.forget(element);
  const std::string name = element.name;
  if (later_.creates_relation(name)) {
    emit(recreation_.take_out(relation_target(name)));
    expect_again(relation_target(name), [this, name] { return later_.creates_relation(name); });
  }
  emit(drop_view_sql(op.view));
}

void Compiler::step(const ReplaceView& op) {
  const Element element = view_element(op.to);
  if (!recreation_.is_out(element) && can_alter_view(op.from, op.to)) {
    return emit(alter_view_sql(op.from, op.to, schema_));
  }
  emit(recreation_.take_out(element));  // it comes back as the schema then has it
}

void Compiler::step(const CreateTrigger& op) {
  advance();
  emit(create_trigger_sql(op.trigger, schema_));
}

void Compiler::step(const DropTrigger& op) {
  const Element element = trigger_element(op.trigger);
  if (is_gone(op.trigger.table)) return;
  if (recreation_.is_out(element)) return recreation_.forget(element);
  emit(drop_trigger_sql(op.trigger, schema_));
}

void Compiler::step(const ReplaceTrigger& op) {
  const Element element = trigger_element(op.from);
  if (recreation_.is_out(element)) return;
  if (same_trigger_but_settings(op.from, op.to)) {
    return emit(trigger_settings_sql(op.from, op.to, schema_));
  }
  emit(drop_trigger_sql(op.from, schema_));
  advance();
  emit(create_trigger_sql(op.to, schema_));
}

void Compiler::note_routine(const DatabaseObject& object) {
  if (is_routine(object) && transaction_) creates_routines_ = true;
}

void Compiler::step(const CreateObject& op) {
  if (release_serial(op.object)) return;
  advance();
  note_routine(op.object);
  if (op.object.kind == "sequence") new_sequences_.push_back(qualified_name(op.object));
  emit(create_object_sql(op.object, schema_));
}

void Compiler::step(const DropObject& op) {
  const DatabaseObject& object = op.object;
  const Element element = object_element(object);
  if (!object.table.empty() && is_gone(object.table)) return;
  if (recreation_.is_out(element)) return recreation_.forget(element);
  const auto gone =
      std::find_if(gone_objects_.begin(), gone_objects_.end(),
                   [&](const DatabaseObject& other) { return same_object(other, object); });
  if (gone != gone_objects_.end()) {
    gone_objects_.erase(gone);
    return;
  }
  if (object.kind == "sequence") drop_defaults_of(object);
  const Target target = target_of(element, schema_);
  if (later_.creates_routine(object)) {
    emit(recreation_.take_out(target));
    expect_again(target, [this, object] { return later_.creates_routine(object); });
  } else if (kind_of(object).has_signature && has_overload(object, schema_)) {
    emit(recreation_.take_out(target));
  }
  recreation_.forget(element);
  emit(drop_object_sql(object, schema_));
}

// Defaults that are going to change or go would keep the sequence from going before them.
void Compiler::drop_defaults_of(const DatabaseObject& sequence) {
  for (const Table& table : schema_.tables) {
    for (const Column& column : table.columns) {
      if (!column.default_value || column.default_value->kind != Literal::Kind::kSql) continue;
      const std::string place = qualified_name(table);
      if (mentions_word(postgresql_text(column.default_value->sql), sequence.name) &&
          !is_gone(place) && later_.changes_column(place, column.name)) {
        emit("ALTER TABLE ONLY " + sql_name(table) + " ALTER COLUMN " + quote(column.name) +
             " DROP DEFAULT");
      }
    }
  }
}

void Compiler::step(const AlterObject& op) {
  if (!op.to.table.empty() && is_gone(op.to.table)) return;
  if (std::erase(settled_objects_, op.to) > 0) return;
  const Element element = object_element(op.from);
  note_routine(op.to);
  if (recreation_.is_out(element)) return;
  alter({in_own_words(op.from, schema_), in_own_words(op.to, schema_)});
}

void Compiler::alter(const AlterObject& op) {
  if (op.to.kind == "composite_type" && retypes_attribute(op.from, op.to)) {
    drop_holders(qualified_name(op.to));
    if (is_held(op.to)) return remake_composite(op);
  }
  if (op.to.kind == "domain" && looks_at_values(op.from, op.to)) {
    drop_holders(qualified_name(op.to));
    if (is_contained(op.to)) return remake_domain(op);
  }
  if (auto statements = alter_object_sql(op.from, op.to, schema_)) return emit(*statements);
  if (op.to.kind == "domain") return remake_domain(op);
  if (op.to.kind == "composite_type") return remake_composite(op);
  if (op.to.kind == "collation") return remake_collation(op);
  remake(op);
}

// Routines and operators come back with what depends on them, when the schema has the new ones.
void Compiler::remake(const AlterObject& op) {
  if (kind_of(op.to).has_signature) {
    return emit(recreation_.take_out(object_element(op.from)));
  }
  emit(drop_object_sql(op.from, schema_));
  advance();
  emit(create_object_sql(op.to, schema_));
}

}  // namespace ormdb::postgresql
