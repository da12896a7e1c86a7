// Operations: the steps of a script, a closed sum.
//
// Each kind is a plain struct whose fields stand in the script under the same names. Kinds that
// drop something hold the whole former object, kinds that alter hold `from` and `to`, so that an
// operation can be reversed and replayed without a database. Every concern (apply, reverse,
// describe, read and write, SQL) is one overload set over OperationKinds: adding a kind is a list
// of compiler errors.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb {

class Operation;

struct CreateTable {
  static constexpr std::string_view kName = "create_table";
  Table table;
  bool operator==(const CreateTable&) const = default;
};
struct DropTable {
  static constexpr std::string_view kName = "drop_table";
  Table table;
  bool operator==(const DropTable&) const = default;
};
struct RenameTable {
  static constexpr std::string_view kName = "rename_table";
  std::string from;
  std::string to;
  bool operator==(const RenameTable&) const = default;
};
/// Changes what is neither column, constraint nor index: the comment and dialect options.
struct AlterTable {
  static constexpr std::string_view kName = "alter_table";
  struct Settings {
    std::string comment;
    Options options;
    bool operator==(const Settings&) const = default;
  };
  std::string table;
  Settings from;
  Settings to;
  bool operator==(const AlterTable&) const = default;
};
struct AddColumn {
  static constexpr std::string_view kName = "add_column";
  std::string table;
  Column column;
  bool operator==(const AddColumn&) const = default;
};
struct DropColumn {
  static constexpr std::string_view kName = "drop_column";
  std::string table;
  Column column;
  bool operator==(const DropColumn&) const = default;
};
/// `from` and `to` have the same name; a rename is RenameColumn.
struct AlterColumn {
  static constexpr std::string_view kName = "alter_column";
  std::string table;
  Column from;
  Column to;
  SqlText using_expression;  ///< How old values become new ones; empty: the engine's own cast.
  bool operator==(const AlterColumn&) const = default;
};
struct RenameColumn {
  static constexpr std::string_view kName = "rename_column";
  std::string table;
  std::string from;
  std::string to;
  bool operator==(const RenameColumn&) const = default;
};
struct AddConstraint {
  static constexpr std::string_view kName = "add_constraint";
  std::string table;
  Constraint constraint;
  bool operator==(const AddConstraint&) const = default;
};
struct DropConstraint {
  static constexpr std::string_view kName = "drop_constraint";
  std::string table;
  Constraint constraint;
  bool operator==(const DropConstraint&) const = default;
};
struct CreateIndex {
  static constexpr std::string_view kName = "create_index";
  std::string table;
  Index index;
  bool operator==(const CreateIndex&) const = default;
};
struct DropIndex {
  static constexpr std::string_view kName = "drop_index";
  std::string table;
  Index index;
  bool operator==(const DropIndex&) const = default;
};
struct CreateView {
  static constexpr std::string_view kName = "create_view";
  View view;
  bool operator==(const CreateView&) const = default;
};
struct DropView {
  static constexpr std::string_view kName = "drop_view";
  View view;
  bool operator==(const DropView&) const = default;
};
struct ReplaceView {
  static constexpr std::string_view kName = "replace_view";
  View from;
  View to;
  bool operator==(const ReplaceView&) const = default;
};
struct CreateTrigger {
  static constexpr std::string_view kName = "create_trigger";
  Trigger trigger;
  bool operator==(const CreateTrigger&) const = default;
};
struct DropTrigger {
  static constexpr std::string_view kName = "drop_trigger";
  Trigger trigger;
  bool operator==(const DropTrigger&) const = default;
};
struct ReplaceTrigger {
  static constexpr std::string_view kName = "replace_trigger";
  Trigger from;
  Trigger to;
  bool operator==(const ReplaceTrigger&) const = default;
};
struct CreateVirtualTable {
  static constexpr std::string_view kName = "create_virtual_table";
  VirtualTable table;
  bool operator==(const CreateVirtualTable&) const = default;
};
struct DropVirtualTable {
  static constexpr std::string_view kName = "drop_virtual_table";
  VirtualTable table;
  bool operator==(const DropVirtualTable&) const = default;
};
struct CreateEnum {
  static constexpr std::string_view kName = "create_enum";
  Enum value;
  bool operator==(const CreateEnum&) const = default;
};
struct DropEnum {
  static constexpr std::string_view kName = "drop_enum";
  Enum value;
  bool operator==(const DropEnum&) const = default;
};
struct AlterEnum {
  static constexpr std::string_view kName = "alter_enum";
  Enum from;
  Enum to;
  bool operator==(const AlterEnum&) const = default;
};

/// Operations on a DatabaseObject are written with its kind: create_sequence, drop_policy,
/// alter_function. `from` and `to` of the alteration have the same kind, name and place.
struct CreateObject {
  static constexpr std::string_view kName = "create_";
  DatabaseObject object;
  bool operator==(const CreateObject&) const = default;
};
struct DropObject {
  static constexpr std::string_view kName = "drop_";
  DatabaseObject object;
  bool operator==(const DropObject&) const = default;
};
struct AlterObject {
  static constexpr std::string_view kName = "alter_";
  DatabaseObject from;
  DatabaseObject to;
  bool operator==(const AlterObject&) const = default;
};

// Data steps. They change no schema.

/// `rows[i]` has one literal for each of `columns`.
struct InsertRows {
  static constexpr std::string_view kName = "insert_rows";
  std::string table;
  std::vector<std::string> columns;
  std::vector<std::vector<Literal>> rows;
  bool operator==(const InsertRows&) const = default;
};
struct UpdateRows {
  static constexpr std::string_view kName = "update_rows";
  std::string table;
  std::vector<std::pair<std::string, Literal>> set;
  SqlText where;  ///< Empty: every row.
  bool operator==(const UpdateRows&) const = default;
};
/// Deletes by `where`, or exactly the given rows (the reverse of InsertRows) when columns are
/// given.
struct DeleteRows {
  static constexpr std::string_view kName = "delete_rows";
  std::string table;
  SqlText where;
  std::vector<std::string> columns;
  std::vector<std::vector<Literal>> rows;
  bool operator==(const DeleteRows&) const = default;
};
/// Raw SQL, one or more statements. Without `effects` its meaning for the schema is unknown, unless
/// all its statements are data statements.
struct Execute {
  static constexpr std::string_view kName = "execute";
  SqlText sql;
  std::optional<std::vector<Operation>> effects;

  Execute();
  explicit Execute(SqlText text);
  Execute(const Execute&);
  Execute(Execute&&) noexcept;
  Execute& operator=(const Execute&);
  Execute& operator=(Execute&&) noexcept;
  ~Execute();
  bool operator==(const Execute&) const;
};

using OperationKinds =
    std::variant<CreateTable, DropTable, RenameTable, AlterTable, AddColumn, DropColumn,
                 AlterColumn, RenameColumn, AddConstraint, DropConstraint, CreateIndex, DropIndex,
                 CreateView, DropView, ReplaceView, CreateTrigger, DropTrigger, ReplaceTrigger,
                 CreateVirtualTable, DropVirtualTable, CreateEnum, DropEnum, AlterEnum,
                 CreateObject, DropObject, AlterObject, InsertRows, UpdateRows, DeleteRows,
                 Execute>;

/// A value: one of OperationKinds, and whether it may run inside the script's transaction.
/// The special members are defined in operation.cc, which keeps the variant's code out of every
/// user.
class Operation {
 public:
  template <typename Kind>
  requires std::is_constructible_v<OperationKinds, Kind> Operation(Kind kind)
      : Operation(OperationKinds(std::move(kind))) {}  // NOLINT: implicit on purpose
  Operation(OperationKinds kinds);                     // NOLINT
  Operation(const Operation&);
  Operation(Operation&&) noexcept;
  Operation& operator=(const Operation&);
  Operation& operator=(Operation&&) noexcept;
  ~Operation();
  bool operator==(const Operation& other) const;

  const OperationKinds& kinds() const { return *kinds_; }
  OperationKinds& kinds() { return *kinds_; }
  /// The word in scripts: kName of the kind held, for objects with their kind ("drop_policy").
  std::string_view name() const;

  template <typename Kind>
  const Kind* get_if() const {
    return std::get_if<Kind>(kinds_.get());
  }
  template <typename Kind>
  Kind* get_if() {
    return std::get_if<Kind>(kinds_.get());
  }
  template <typename Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    return std::visit(std::forward<Visitor>(visitor), *kinds_);
  }

  bool transaction = true;  ///< false: must run outside a transaction (VACUUM, CONCURRENTLY).

 private:
  std::unique_ptr<OperationKinds> kinds_;  // never null except when moved from
};

/// The operation that undoes this one; empty when there is none (execute, update_rows, delete_rows
/// by condition).
std::optional<Operation> reverse(const Operation& operation);

/// Reverses a list, last first. Empty as a whole when one operation has no reverse.
std::optional<std::vector<Operation>> reverse(const std::vector<Operation>& operations);

/// One line for people: "add column post.slug string(120)".
std::string describe(const Operation& operation);

/// Whether it can lose data that is in the database: drops of tables and columns, narrowing type
/// changes, deleted rows, raw SQL that is not known to be harmless.
bool is_destructive(const Operation& operation);

/// The table (or view) it works on, and its own object's name ("" where it is the table itself).
std::string operation_table(const Operation& operation);
std::string operation_object(const Operation& operation);

/// Changes `schema` to what it is after the operation. In place; on an error nothing is changed.
/// Names match exactly, or by `fold` where given (SQLite: without case).
/// Errors: kScript when the operation does not fit the schema (unknown table, column exists),
/// kUnsupported when the meaning of an `execute` without effects is unknown.
/// A list is applied one by one: those before the failing one stay applied, and the error has its
/// number (Error::operation).
class SchemaRules;
void apply(const Operation& operation, Schema& schema, const SchemaRules& rules);
void apply(const std::vector<Operation>& operations, Schema& schema, const SchemaRules& rules);

/// Whether the schema after the operation is known without a database: false only for an `execute`
/// without effects that has a statement other than SELECT, INSERT, UPDATE, DELETE, MERGE, WITH,
/// VALUES.
bool is_replayable(const Operation& operation, std::string_view dialect);

}  // namespace ormdb
