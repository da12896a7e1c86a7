// Tables, columns, constraints and indexes.
#include <algorithm>

#include "dialect/postgresql/alter_column.h"
#include "dialect/postgresql/compiler.h"
#include "dialect/postgresql/ddl.h"
#include "dialect/postgresql/ddl_object.h"
#include "dialect/postgresql/ddl_table.h"
#include "dialect/postgresql/ddl_text.h"
#include "dialect/postgresql/identity.h"
#include "dialect/postgresql/introspect_row.h"
#include "dialect/postgresql/literal.h"
#include "dialect/postgresql/plain_constants.h"
#include "dialect/postgresql/type_change.h"
#include "dialect/postgresql/types.h"
#include "ops/canonical.h"
#include "ormdb/error.h"
#include "schema/object_kind.h"

namespace ormdb::postgresql {

namespace {

using Scope = Target::Scope;

bool owned_by_column(const DatabaseObject& sequence, const std::string& table,
                     const std::string& column, const Schema& schema) {
  if (sequence.kind != "sequence") return false;
  const std::string& owner = property(sequence, "owned_by");
  if (!owner.starts_with(table + ".")) return false;
  const auto place = find_owner(owner, schema);
  return place && qualified_name(*place->table) == table &&
         (column.empty() || place->column->name == column);
}

bool is_used_elsewhere(const DatabaseObject& sequence, const std::string& table,
                       const Schema& schema) {
  for (const Table& other : schema.tables) {
    if (qualified_name(other) == table) continue;
    for (const Column& column : other.columns) {
      if (column.default_value && column.default_value->kind == Literal::Kind::kSql &&
          mentions_word(postgresql_text(column.default_value->sql), sequence.name)) {
        return true;
      }
    }
  }
  return false;
}

bool has_parent_column(const Table* table, const std::string& column, const Schema& schema) {
  if (table == nullptr) return false;
  for (const std::string& name : parents_of(table->options)) {
    const Table* parent = schema.find_table(name);
    if (parent != nullptr && parent->find_column(column) != nullptr) return true;
  }
  return false;
}

Index essence(Index index) {
  index.name.clear();
  index.comment.clear();
  index.renamed_from.clear();
  return index;
}

// Whether one of `later` attaches the table to one with an index like it: ATTACH takes it over and
// need not build one.
bool is_adopted(const DropIndex& op, const std::vector<Operation>& later, const Schema& schema) {
  for (const Operation& operation : later) {
    const auto* alter = operation.get_if<AlterTable>();
    if (alter == nullptr || alter->table != op.table) continue;
    const std::string& name = option(alter->to.options, "partition_of");
    const Table* parent = schema.find_table(name);
    if (parent == nullptr || name == option(alter->from.options, "partition_of")) continue;
    return std::any_of(parent->indexes.begin(), parent->indexes.end(),
                       [&](const Index& index) { return essence(index) == essence(op.index); });
  }
  return false;
}

// The columns of a table OF a type come and go with the type's attributes.
bool is_typed(const Table* table) {
  return table != nullptr && !option(table->options, "of_type").empty();
}

// The constraint without what can change in place: whether it is validated, and its comment.
Constraint essence(Constraint constraint) {
  std::visit(
      [](auto& kind) {
        const auto found = kind.options.find("postgresql");
        if (found == kind.options.end()) return;
        found->second.erase("not_valid");
        found->second.erase("comment");
        if (found->second.empty()) kind.options.erase(found);
      },
      constraint);
  return constraint;
}

Constraint without_name(Constraint constraint) {
  std::visit([](auto& kind) { kind.name.clear(); }, constraint);
  return constraint;
}

Element generated_element(const AlterColumn& op) {
  Element element;
  element.kind = Element::Kind::kGenerated;
  element.table = op.table;
  element.name = op.to.name;
  return element;
}

Index without_comment(Index index) {
  index.comment.clear();
  index.renamed_from.clear();
  return index;
}

// Whether one is the other by another name, as one of them says.
bool is_renamed(const Index& from, Index to) {
  if (from.name.empty() || to.name.empty()) return false;
  if (to.renamed_from != from.name && from.renamed_from != to.name) return false;
  to.name = from.name;
  return without_comment(from) == without_comment(to);
}

}  // namespace

bool Compiler::is_gone(const std::string& table) const { return contains(gone_tables_, table); }

void Compiler::step(const CreateTable& op) {
  advance();
  const std::string name = qualified_name(op.table);
  std::erase(gone_tables_, name);
  Table& table = *schema_.find_table(name);
  state_identity(table);
  emit(create_table_sql(table, schema_));
  claim_sequences(op.table, "");
}

// A sequence may be created before the column that owns it.
void Compiler::claim_sequences(const Table& table, const std::string& column) {
  for (const DatabaseObject& object : schema_.objects) {
    if (owned_by_column(object, qualified_name(table), column, schema_)) {
      emit(sequence_owner_sql(object, schema_));
    }
  }
}

void Compiler::step(const DropTable& op) {
  const std::string name = qualified_name(op.table);
  if (is_gone(name)) return;
  if (later_.creates_relation(name)) {
    emit(recreation_.take_out(relation_target(name)));
    expect_again(relation_target(name), [this, name] { return later_.creates_relation(name); });
  }
  leave_referenced_parent(op.table);
  drop_children(name);
  release_from(name, "");
  emit("DROP TABLE " + relation_sql(name, schema_));
}

// Foreign keys to a partitioned table hold its partitions, too: only DETACH lets go of one, after a
// look at whether its rows are referenced.
void Compiler::leave_referenced_parent(const Table& partition) {
  const std::string& parent = option(partition.options, "partition_of");
  if (parent.empty() || is_gone(parent)) return;
  std::vector<std::string> above;
  for (const Table* table = schema_.find_table(parent); table != nullptr;) {
    above.push_back(qualified_name(*table));
    table = schema_.find_table(option(table->options, "partition_of"));
  }
  for (const Table& table : schema_.tables) {
    for (const ForeignKey& key : table.foreign_keys) {
      if (is_gone(qualified_name(table)) || !contains(above, key.referenced_table)) continue;
      return emit("ALTER TABLE " + relation_sql(parent, schema_) + " DETACH PARTITION " +
                  sql_name(partition));
    }
  }
}

// Partitions go with their table, and a table does not go before those that inherit from it.
void Compiler::drop_children(const std::string& table) {
  std::vector<const Table*> children = descendants_of(table, schema_);
  std::reverse(children.begin(), children.end());
  for (const Table* child : children) {
    const std::string name = qualified_name(*child);
    if (is_gone(name)) continue;
    if (later_.drops_table(name)) {
      release_from(name, "");
      emit(recreation_.take_out(relation_target(name)));
      emit("DROP TABLE " + sql_name(*child));
      gone_tables_.push_back(name);
    } else if (option(child->options, "partition_of") == table) {
      emit("ALTER TABLE " + relation_sql(table, schema_) + " DETACH PARTITION " + sql_name(*child));
    }
  }
}

// Sequences and statistics of what is dropped go with it. What is still to be used stays.
void Compiler::release_from(const std::string& table, const std::string& column) {
  for (const DatabaseObject& object : schema_.objects) {
    if (owned_by_column(object, table, column, schema_)) {
      release_sequence(object, table);
    } else if (object.kind == "statistics" && property(object, "on") == table &&
               later_.drops_object(object)) {
      const std::vector<std::string> columns = list_property(object, "columns");
      const bool used = std::any_of(columns.begin(), columns.end(), [&](const std::string& text) {
        return mentions_word(text, column);
      });
      if (column.empty() || used) gone_objects_.push_back(object);
    }
  }
}

void Compiler::release_sequence(const DatabaseObject& sequence, const std::string& table) {
  if (later_.drops_object(sequence) && !is_used_elsewhere(sequence, table, schema_)) {
    gone_objects_.push_back(sequence);
  } else {
    emit("ALTER SEQUENCE " + sql_name(sequence) + " OWNED BY NONE");
  }
}

void Compiler::step(const RenameTable& op) {
  const Table* table = schema_.find_table(op.from);
  const Table before = table == nullptr ? Table() : *table;
  advance();
  const Table* after = schema_.find_table(op.to);
  if (after == nullptr) return;
  std::string name = sql_name(before);
  if (before.schema != after->schema) {
    const std::string schema = after->schema.empty() ? "public" : after->schema;
    emit("ALTER TABLE " + name + " SET SCHEMA " + quote(schema));
    name = dotted(after->schema, before.name);
  }
  if (before.name == after->name) return;
  emit("ALTER TABLE " + name + " RENAME TO " + quote(after->name));
  for (const Column& column : before.columns) {
    rename_own_sequences(before, after->name, column.name, column.name);
  }
}

// The sequence of a serial or identity column is told by its name.
void Compiler::rename_own_sequences(const Table& before, const std::string& to_table,
                                    const std::string& column, const std::string& to_column) {
  const Column* found = before.find_column(column);
  if (found == nullptr || is_partition(before)) return;
  const bool own =
      has_flag(found->options, "serial") ||
      (!identity_kind(*found).empty() && option(found->options, "identity_sequence").empty());
  if (!own) return;
  const Table* after =
      schema_.find_table(before.schema.empty() ? to_table : before.schema + "." + to_table);
  const std::string old_name = default_sequence_name(before.name, column);
  const std::string new_name = default_sequence_name(to_table, to_column);
  if (old_name == new_name) return;
  emit("ALTER SEQUENCE " + dotted(after == nullptr ? before.schema : after->schema, old_name) +
       " RENAME TO " + quote(new_name));
}

void Compiler::step(const AlterTable& op) {
  release_storage(op);
  emit(alter_table_sql(op, schema_));
}

// Keys in a cycle have no order in which the tables could change how they are logged: those that
// would be in the way are out meanwhile. A key to a table that stays as it is remains, for the
// server to refuse.
void Compiler::release_storage(const AlterTable& op) {
  const bool unlogged = has_flag(op.to.options, "unlogged");
  if (unlogged == has_flag(op.from.options, "unlogged")) return;
  for (const Table& table : schema_.tables) {
    const std::string name = qualified_name(table);
    for (const ForeignKey& key : table.foreign_keys) {
      const std::string& here = unlogged ? key.referenced_table : name;
      const std::string& other = unlogged ? name : key.referenced_table;
      if (here != op.table || other == here || key.name.empty() || is_gone(name) ||
          !later_.changes_storage(other)) {
        continue;
      }
      Element element;
      element.kind = Element::Kind::kForeignKey;
      element.table = name;
      element.name = key.name;
      emit(recreation_.take_out(element));
    }
  }
}

void Compiler::step(const AddColumn& op) {
  advance();
  const Table* table = schema_.find_table(op.table);
  if (is_gone(op.table) || table == nullptr) return;
  if (is_inherited(op.column) && has_parent_column(table, op.column.name, schema_)) {
    if (op.column.default_value) {
      emit("ALTER TABLE ONLY " + sql_name(*table) + " ALTER COLUMN " + quote(op.column.name) +
           " SET DEFAULT " + literal(*op.column.default_value));
    }
    return;
  }
  if (is_only_inherited(op.column)) return;
  if (is_typed(table)) {
    const std::string alter =
        "ALTER TABLE " + sql_name(*table) + " ALTER COLUMN " + quote(op.column.name) + " SET ";
    if (op.column.default_value) emit(alter + "DEFAULT " + literal(*op.column.default_value));
    if (!op.column.nullable) emit(alter + "NOT NULL");
    return emit(column_settings_sql(op.column, op.table, schema_));
  }
  emit("ALTER TABLE " + sql_name(*table) + " ADD COLUMN " +
       column_sql(op.column, op.table, schema_));
  emit(column_settings_sql(op.column, op.table, schema_));
  claim_sequences(*table, op.column.name);
}

void Compiler::step(const DropColumn& op) {
  if (is_gone(op.table) || is_only_inherited(op.column)) return;
  if (is_typed(schema_.find_table(op.table))) return;
  const Target target = column_target(op.table, op.column.name, Scope::kDropped, schema_);
  const std::string table = op.table;
  const std::string column = op.column.name;
  if (later_.adds_column(table, column)) {
    emit(recreation_.take_out(target));
    expect_again(target, [this, table, column] { return later_.adds_column(table, column); });
  } else {
    emit(recreation_.take_out(target,
                              [this](const Element& element) { return later_.changes(element); }));
  }
  release_from(table, column);
  emit("ALTER TABLE " + relation_sql(table, schema_) + " DROP COLUMN " + quote(column));
}

void Compiler::step(const AlterColumn& op) {
  if (is_gone(op.table)) return;
  if (is_new_column(op.from, op.to) || (op.to.generated && is_out_as_generated(op))) {
    return replace_column(op);
  }
  if (changes_type(op, schema_)) {
    const bool other = is_incompatible(canonical_type(op.from.type, &schema_),
                                       canonical_type(op.to.type, &schema_));
    const Scope scope = other ? Scope::kReplaced : Scope::kRetyped;
    emit(recreation_.take_out(column_target(op.table, op.to.name, scope, schema_)));
    if (other) write_plain_constants(schema_, op, recreation_.out());
  }
  Element computed;
  computed.kind = Element::Kind::kGenerated;
  computed.table = op.table;
  computed.name = op.to.name;
  if (recreation_.is_out(computed)) return;  // it comes back as it then is
  Element value;
  value.kind = Element::Kind::kDefault;
  value.table = op.table;
  value.name = op.to.name;
  const bool adopted = adopt_sequence(op);
  emit(alter_column_sql(op, schema_, {recreation_.is_out(value), adopted}));
  if (op.from.default_value != op.to.default_value) continue_numbers(op.table, op.to);
}

// A sequence that comes for a column with rows goes on behind the highest of them.
void Compiler::continue_numbers(const std::string& table, const Column& column) {
  if (!column.default_value || column.default_value->kind != Literal::Kind::kSql) return;
  const std::string& text = postgresql_text(column.default_value->sql);
  for (const DatabaseObject& object : schema_.objects) {
    if (!contains(new_sequences_, qualified_name(object)) || object.kind != "sequence") continue;
    if (!mentions_word(text, object.name) || property(object, "increment").starts_with('-')) {
      continue;
    }
    const std::string& start = property(object, "start");
    emit(continue_sequence_sql(string_literal(sql_name(object)), quote(column.name),
                               relation_sql(table, schema_), start.empty() ? "1" : start));
  }
}

// Gone before, with a change of what it is generated from.
bool Compiler::is_out_as_generated(const AlterColumn& op) const {
  return recreation_.is_out(generated_element(op));
}

void Compiler::replace_column(const AlterColumn& op) {
  const Target target = column_target(op.table, op.to.name, Scope::kDropped, schema_);
  emit(recreation_.take_out(target));
  const bool out = is_out_as_generated(op);
  recreation_.forget(generated_element(op));
  const std::string alter = "ALTER TABLE " + relation_sql(op.table, schema_) + " ";
  if (!out) emit(alter + "DROP COLUMN " + quote(op.to.name));
  advance();
  if (expects_sources(op)) return recreation_.expect(generated_element(op));
  emit(alter + "ADD COLUMN " + column_sql(op.to, op.table, schema_));
  emit(column_settings_sql(op.to, op.table, schema_));
}

// Whether what the column is generated from is still to change.
bool Compiler::expects_sources(const AlterColumn& op) {
  const Table* table = schema_.find_table(op.table);
  if (!op.to.generated || table == nullptr) return false;
  const std::string& sql = postgresql_text(op.to.generated->expression);
  bool found = false;
  for (const Column& column : table->columns) {
    const std::string name = column.name;
    if (name == op.to.name || !mentions_word(sql, name)) continue;
    const auto to_come = [this, place = op.table, name] {
      return later_.changes_column(place, name);
    };
    if (!to_come()) continue;
    expect_again(column_target(op.table, name, Scope::kReplaced, schema_), to_come);
    found = true;
  }
  return found;
}

void Compiler::step(const RenameColumn& op) {
  const Table* table = schema_.find_table(op.table);
  const Table before = table == nullptr ? Table() : *table;
  const bool inherited = has_parent_column(table, op.to, schema_);
  advance();
  if (inherited) return;  // the parent's rename came down to it
  emit("ALTER TABLE " + relation_sql(op.table, schema_) + " RENAME COLUMN " + quote(op.from) +
       " TO " + quote(op.to));
  rename_own_sequences(before, before.name, op.from, op.to);
}

void Compiler::step(const AddConstraint& op) {
  if (finish_validation(op)) return;
  advance();
  if (is_gone(op.table)) return;
  put_back_for(op.table);
  emit(add_constraint_sql(op.constraint, op.table, schema_));
  const Table* table = schema_.find_table(op.table);
  if (table != nullptr) emit(index_role_sql(*table, constraint_name(op.constraint)));
}

Constraint Compiler::named(const DropConstraint& op) const {
  const Table* table = schema_.find_table(op.table);
  if (!constraint_name(op.constraint).empty() || table == nullptr) return op.constraint;
  for (const Constraint& constraint : constraints_of(*table)) {
    if (without_name(constraint) == op.constraint) return constraint;
  }
  throw Error(ErrorKind::kScript, "a " + std::string(constraint_kind(op.constraint)) +
                                      " of table " + op.table + " to drop has no name")
      .hint("give the constraint the name that it has in the database");
}

// A constraint that comes back the same but for its comment, or validated, need not go.
bool Compiler::only_validates(const DropConstraint& op) {
  const Constraint* again = later_.added_constraint(op.table, constraint_name(op.constraint));
  if (again == nullptr || constraint_name(*again).empty()) return false;
  if (is_not_valid(*again) && !is_not_valid(op.constraint)) return false;
  if (essence(*again) != essence(op.constraint)) return false;
  kept_constraints_.push_back(op);
  return true;
}

bool Compiler::finish_validation(const AddConstraint& op) {
  const auto kept = std::find_if(
      kept_constraints_.begin(), kept_constraints_.end(), [&](const DropConstraint& drop) {
        return drop.table == op.table &&
               constraint_name(drop.constraint) == constraint_name(op.constraint);
      });
  if (kept == kept_constraints_.end()) return false;
  const std::string table = relation_sql(op.table, schema_);
  const std::string name = quote(constraint_name(op.constraint));
  if (is_not_valid(kept->constraint) && !is_not_valid(op.constraint)) {
    emit("ALTER TABLE " + table + " VALIDATE CONSTRAINT " + name);
  }
  const std::string& comment = option(constraint_options(op.constraint), "comment");
  if (comment != option(constraint_options(kept->constraint), "comment")) {
    emit(comment_sql("CONSTRAINT " + name + " ON " + table, comment));
  }
  kept_constraints_.erase(kept);
  return true;
}

void Compiler::step(const DropConstraint& op) {
  if (is_gone(op.table)) return;
  const Constraint constraint = named(op);
  if (only_validates({op.table, constraint})) return;
  Element element;
  element.kind = Element::Kind::kForeignKey;
  if (std::holds_alternative<Check>(constraint)) element.kind = Element::Kind::kCheck;
  if (std::holds_alternative<Exclude>(constraint)) element.kind = Element::Kind::kExclude;
  const auto* primary = std::get_if<PrimaryKey>(&constraint);
  const auto* unique = std::get_if<Unique>(&constraint);
  if (primary != nullptr || unique != nullptr) element.kind = Element::Kind::kKey;
  element.table = op.table;
  element.name = constraint_name(constraint);
  if (recreation_.is_out(element)) return recreation_.forget(element);
  if (element.kind == Element::Kind::kKey) {
    const std::vector<KeyPart>& columns = primary != nullptr ? primary->columns : unique->columns;
    if (later_.adds_key(op.table, columns)) {
      const std::string table = op.table;
      emit(recreation_.take_out(key_target(table, columns)));
      expect_again(key_target(table, columns),
                   [this, table, columns] { return later_.adds_key(table, columns); });
    }
  }
  emit("ALTER TABLE " + relation_sql(op.table, schema_) + " DROP CONSTRAINT " +
       quote(element.name));
}

void Compiler::step(const CreateIndex& op) {
  advance();
  if (is_gone(op.table)) return;
  const auto kept =
      std::find_if(kept_indexes_.begin(), kept_indexes_.end(), [&](const DropIndex& drop) {
        return drop.table == op.table &&
               (drop.index.name == op.index.name || is_renamed(drop.index, op.index));
      });
  if (kept != kept_indexes_.end()) {
    const Index before = kept->index;
    kept_indexes_.erase(kept);
    return alter_index(before, op);
  }
  put_back_for(op.table);
  const std::vector<std::string> settings = index_settings_sql(op.index, op.table, schema_);
  if (!transaction_ && !settings.empty()) {
    throw Error(ErrorKind::kUnsupported, "index " + op.index.name +
                                             " cannot be created concurrently and get its comment "
                                             "or statistics in one step")
        .hint("create it without them, and set them by an execute step with `effects: []`");
  }
  emit(index_sql(op.index, op.table, schema_, !transaction_));
  emit(settings);
  const Table* table = schema_.find_table(op.table);
  if (table != nullptr && transaction_) emit(index_role_sql(*table, op.index.name));
}

void Compiler::alter_index(const Index& before, const CreateIndex& op) {
  const std::string name = beside(op.index.name, op.table, schema_);
  if (before.name != op.index.name) {
    emit("ALTER INDEX " + beside(before.name, op.table, schema_) + " RENAME TO " +
         quote(op.index.name));
  }
  if (before.comment != op.index.comment) emit(comment_sql("INDEX " + name, op.index.comment));
}

void Compiler::step(const DropIndex& op) {
  if (is_gone(op.table)) return;
  Element element;
  element.kind = Element::Kind::kIndex;
  element.table = op.table;
  element.name = op.index.name;
  if (recreation_.is_out(element)) return recreation_.forget(element);
  const bool kept = later_.creates_index(op.table, [&](const Index& index) {
    if (index.name != op.index.name) return is_renamed(op.index, index);
    return without_comment(index) == without_comment(op.index);
  });
  if (kept) {
    kept_indexes_.push_back(op);
    return;
  }
  if (is_adopted(op,
                 {operations_.begin() + static_cast<std::ptrdiff_t>(index_) + 1, operations_.end()},
                 schema_)) {
    return;
  }
  const std::string words = transaction_ ? "DROP INDEX " : "DROP INDEX CONCURRENTLY ";
  emit(words + beside(op.index.name, op.table, schema_));
}

}  // namespace ormdb::postgresql
