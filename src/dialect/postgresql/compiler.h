// The compiler behind compile.h: one overload of step() for each kind of operation. Each emits its
// statements and calls advance(), which applies the operation to the schema: after it where the
// statements need the state before, before it where they need the state after.
//
// compile.cc          the run itself, data steps
// compile_table.cc    tables, columns, constraints, indexes
// compile_serial.cc   sequences that become a serial column's, and the other way round
// compile_object.cc   views, triggers and other objects
// compile_type.cc     enums
// compile_remake.cc   types and collations that are made anew
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dialect/postgresql/deferred_checks.h"
#include "dialect/postgresql/lookahead.h"
#include "dialect/postgresql/recreate.h"
#include "ormdb/dialect.h"

namespace ormdb::postgresql {

class Compiler {
 public:
  Compiler(const std::vector<Operation>& operations, Schema& schema)
      : operations_(operations),
        schema_(schema),
        later_(operations),
        recreation_(schema, gone_tables_) {}

  CompiledSection run();

  void step(const CreateTable& op);
  void step(const DropTable& op);
  void step(const RenameTable& op);
  void step(const AlterTable& op);
  void step(const AddColumn& op);
  void step(const DropColumn& op);
  void step(const AlterColumn& op);
  void step(const RenameColumn& op);
  void step(const AddConstraint& op);
  void step(const DropConstraint& op);
  void step(const CreateIndex& op);
  void step(const DropIndex& op);

  void step(const CreateView& op);
  void step(const DropView& op);
  void step(const ReplaceView& op);
  void step(const CreateTrigger& op);
  void step(const DropTrigger& op);
  void step(const ReplaceTrigger& op);
  void step(const CreateObject& op);
  void step(const DropObject& op);
  void step(const AlterObject& op);
  void step(const CreateVirtualTable& op);
  void step(const DropVirtualTable& op);

  void step(const CreateEnum& op);
  void step(const DropEnum& op);
  void step(const AlterEnum& op);

  void step(const InsertRows& op);
  void step(const UpdateRows& op);
  void step(const DeleteRows& op);
  void step(const Execute& op);

 private:
  void compile_one();
  void advance();
  void emit(std::string sql);
  void emit(std::vector<std::string> statements);

  // Around changes: what is out of the way, and what is not there yet.
  void forget_expected();
  void put_back();
  void put_back_for(const std::string& table);
  bool foreign_key_waits(const Element& element) const;
  bool waits(const Element& element) const;
  void expect_again(Target target, std::function<bool()> to_come);

  // Tables.
  bool is_gone(const std::string& table) const;
  void leave_referenced_parent(const Table& partition);
  void drop_children(const std::string& table);
  void release_from(const std::string& table, const std::string& column);
  void release_sequence(const DatabaseObject& sequence, const std::string& table);
  void claim_sequences(const Table& table, const std::string& column);
  void rename_own_sequences(const Table& before, const std::string& to_table,
                            const std::string& column, const std::string& to_column);
  const DatabaseObject* separate_sequence(const std::string& table, const Column& column) const;
  bool adopt_sequence(const AlterColumn& op);
  bool release_serial(const DatabaseObject& sequence);
  void replace_column(const AlterColumn& op);
  bool is_out_as_generated(const AlterColumn& op) const;
  bool expects_sources(const AlterColumn& op);
  void alter_index(const Index& before, const CreateIndex& op);
  void continue_numbers(const std::string& table, const Column& column);
  void release_storage(const AlterTable& op);
  bool only_validates(const DropConstraint& op);
  bool finish_validation(const AddConstraint& op);
  Constraint named(const DropConstraint& op) const;

  // Objects.
  void drop_defaults_of(const DatabaseObject& sequence);
  void alter(const AlterObject& op);
  void remake(const AlterObject& op);
  void note_routine(const DatabaseObject& object);

  // Types.
  void add_labels(const AlterEnum& op);
  void remake_enum(const AlterEnum& op);
  void refuse_in_partition_key(const std::string& qualified) const;
  void free_constants(const AlterObject& op);
  void free_expressions(const AlterObject& op);
  void remake_domain(const AlterObject& op);
  void remake_composite(const AlterObject& op);
  void remake_collation(const AlterObject& op);
  bool can_add_labels(const AlterEnum& op) const;
  bool is_held(const DatabaseObject& type) const;
  bool is_contained(const DatabaseObject& type) const;
  void convert_composites(const AlterObject& op);
  void drop_holders(const std::string& type);
  void take_out_for_type(const std::string& qualified, const std::string& name);
  void take_out_columns(const std::function<bool(const Column&)>& wanted);
  void convert_columns(const std::function<bool(const Column&)>& wanted,
                       const std::function<std::string(const Column&)>& convert);
  void convert_type(const std::string& qualified, const std::string& through);
  std::vector<const DatabaseObject*> types_over(const std::string& name) const;
  struct Remake {
    std::string words;  // "TYPE", "DOMAIN", "COLLATION"
    std::string schema, name;
    std::vector<std::string> create;
    std::function<void()> convert;
    std::vector<std::string> gone_labels;
  };
  DatabaseObject coming_form(const DatabaseObject& type, const Remake& remake);
  void make_anew(const Remake& remake);

  const std::vector<Operation>& operations_;
  Schema& schema_;
  Lookahead later_;
  std::vector<std::string> gone_tables_;  // dropped before their own operation
  Recreation recreation_;
  DeferredChecks checks_;
  CompiledSection section_;
  std::size_t index_ = 0;  // of the operation at hand
  int number_ = 0;         // the same, from 1, as statements carry it
  bool transaction_ = true;
  bool applied_ = false;  // advance() was called for it
  bool opaque_ = false;   // the last step's meaning for the schema is unknown
  bool creates_routines_ = false;
  std::vector<DatabaseObject> gone_objects_;      // the same for sequences and statistics
  std::vector<DatabaseObject> settled_objects_;   // as they are to become already
  std::vector<DropConstraint> kept_constraints_;  // to be validated instead of made again
  std::vector<DropIndex> kept_indexes_;           // of which only the comment or the name changes
  std::vector<std::string> new_sequences_;        // created by an operation
  struct Expected {
    Target target;
    std::function<bool()> to_come;
  };
  std::vector<Expected> expected_;
};

}  // namespace ormdb::postgresql
