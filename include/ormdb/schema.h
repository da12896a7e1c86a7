// A database schema as plain values.
//
// Models (YAML or C++), introspection of a live database and replayed scripts all produce a Schema;
// the diff compares two of them; operations change one. Values only: no back pointers, no I/O,
// memberwise equality. Names are stored without quotes, as the user spelled them.
//
// Equality of two schemas *for a dialect* is equality after SchemaRules::normalize (diff.h).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ormdb/type.h"

namespace ormdb {

/// SQL text, the same for every dialect or with own text for some.
struct SqlText {
  std::string common;                             ///< Used where by_dialect has no entry.
  std::map<std::string, std::string> by_dialect;  ///< "sqlite", "postgresql", "mysql" → text.

  bool empty() const { return common.empty() && by_dialect.empty(); }
  const std::string& for_dialect(std::string_view dialect) const;  ///< "" when there is none.
  bool operator==(const SqlText&) const = default;
};

/// A constant or an SQL expression: a column default, a cell of insert_rows.
struct Literal {
  enum class Kind { kNull, kBoolean, kNumber, kString, kBinary, kSql };
  Kind kind = Kind::kNull;
  std::string text;  ///< "true"/"false", the digits, the string itself, bytes; unused for kSql.
  SqlText sql;       ///< Only for kSql: the expression, without outer parentheses.

  bool operator==(const Literal&) const = default;

  static Literal null();
  static Literal boolean(bool value);
  static Literal number(std::string digits);
  static Literal string(std::string text);
  static Literal binary(std::string bytes);
  static Literal expression(std::string sql);
};

/// Per-dialect settings that only one engine knows: dialect → key → value ("true" for flags).
/// SQLite: table strict, without_rowid; column not_null_on_conflict; primary key, unique and
/// check on_conflict (values: rollback, abort, fail, ignore, replace).
/// PostgreSQL: ormdb-models(5) lists them by object.
using Options = std::map<std::string, std::map<std::string, std::string>>;

struct Generated {
  SqlText expression;  ///< Without outer parentheses.
  bool stored = false;
  bool operator==(const Generated&) const = default;
};

struct Column {
  std::string name;
  Type type;
  bool nullable = false;
  std::optional<Literal> default_value;
  std::optional<Generated> generated;
  bool autoincrement = false;  ///< SQLite: the AUTOINCREMENT keyword.
  std::string collation;
  std::string comment;
  Options options;
  std::string renamed_from;  ///< A hint for the diff, never compared.

  bool operator==(const Column&) const = default;
};

/// One part of a key or an index: a column or an expression, and how it is ordered.
struct KeyPart {
  std::string column;  ///< "" when `expression` is set.
  SqlText expression;
  bool descending = false;
  std::string collation;
  std::string nulls;           ///< "", "first", "last".
  std::string operator_class;  ///< PostgreSQL.
  int prefix_length = 0;       ///< MySQL.

  bool operator==(const KeyPart&) const = default;
};

enum class Deferrable { kNo, kImmediate, kDeferred };  // deferrable initially immediate / deferred
enum class ForeignKeyAction { kNoAction, kRestrict, kCascade, kSetNull, kSetDefault };

struct PrimaryKey {
  std::string name;
  std::vector<KeyPart> columns;
  Deferrable deferrable = Deferrable::kNo;
  Options options;
  bool operator==(const PrimaryKey&) const = default;
};

struct Unique {
  std::string name;
  std::vector<KeyPart> columns;
  Deferrable deferrable = Deferrable::kNo;
  Options options;
  bool operator==(const Unique&) const = default;
};

struct ForeignKey {
  std::string name;
  std::vector<std::string> columns;
  std::string referenced_table;  ///< "schema.table" outside the default schema.
  std::vector<std::string> referenced_columns;
  ForeignKeyAction on_delete = ForeignKeyAction::kNoAction;
  ForeignKeyAction on_update = ForeignKeyAction::kNoAction;
  std::string match;  ///< "", "full", "partial", "simple".
  Deferrable deferrable = Deferrable::kNo;
  Options options;
  bool operator==(const ForeignKey&) const = default;
};

struct Check {
  std::string name;
  SqlText expression;  ///< Without outer parentheses.
  Options options;
  bool operator==(const Check&) const = default;
};

/// PostgreSQL's EXCLUDE: no two rows for which all operators hold.
struct Exclude {
  struct Element {
    KeyPart part;
    std::string operator_name;  ///< "=", "&&", "OPERATOR(public.<>)".
    bool operator==(const Element&) const = default;
  };
  std::string name;
  std::string method;  ///< "": gist.
  std::vector<Element> elements;
  SqlText where;
  Deferrable deferrable = Deferrable::kNo;
  Options options;
  bool operator==(const Exclude&) const = default;
};

using Constraint = std::variant<PrimaryKey, Unique, ForeignKey, Check, Exclude>;

/// "primary_key", "unique", "foreign_key", "check", "exclude".
std::string_view constraint_kind(const Constraint& constraint);
const std::string& constraint_name(const Constraint& constraint);

struct Index {
  std::string name;
  std::vector<KeyPart> columns;
  bool unique = false;
  SqlText where;
  std::string method;
  std::vector<std::string> include;
  std::string comment;
  Options options;
  std::string renamed_from;
  bool operator==(const Index&) const = default;
};

/// For the ORM and generated C++; the diff ignores it.
struct Relationship {
  std::string name;
  std::string to;
  std::string kind;  ///< one_to_many, many_to_one, one_to_one, many_to_many
  std::string back_populates;
  std::string secondary;             ///< The association table of a many_to_many.
  std::vector<std::string> columns;  ///< The foreign-key columns, where the choice is not unique.
  std::string order_by;
  std::string cascade;
  bool operator==(const Relationship&) const = default;
};

struct Table {
  std::string name;
  std::string schema;  ///< "" is the default schema; SQLite has no other.
  std::vector<Column> columns;
  std::optional<PrimaryKey> primary_key;
  std::vector<Unique> uniques;
  std::vector<ForeignKey> foreign_keys;
  std::vector<Check> checks;
  std::vector<Exclude> excludes;
  std::vector<Index> indexes;
  std::string comment;
  Options options;
  std::vector<Relationship> relationships;
  std::string renamed_from;

  bool operator==(const Table&) const = default;

  const Column* find_column(std::string_view name) const;  ///< Exact name; nullptr if absent.
  Column* find_column(std::string_view name);
};

/// A table whose module, not SQL, stores it (SQLite's FTS, R-Tree).
struct VirtualTable {
  std::string name;
  std::string module;     ///< "fts5"
  std::string arguments;  ///< What stands between the parentheses, as written.
  std::string renamed_from;
  bool operator==(const VirtualTable&) const = default;
};

struct View {
  std::string name;
  std::string schema;
  std::vector<std::string> columns;  ///< Empty: the query's own names.
  SqlText query;                     ///< After AS, without the final semicolon.
  bool materialized = false;
  std::vector<Index> indexes;  ///< Of a materialized view.
  std::string comment;
  Options options;
  bool operator==(const View&) const = default;
};

struct Trigger {
  std::string name;
  std::string table;                   ///< Table or view it stands on.
  std::string timing = "after";        ///< before, after, instead_of
  std::vector<std::string> events;     ///< insert, update, delete
  std::vector<std::string> update_of;  ///< Columns of UPDATE OF.
  bool for_each_row = true;
  SqlText when;          ///< Without outer parentheses.
  SqlText body;          ///< SQLite: the statements between BEGIN and END.
  std::string function;  ///< PostgreSQL, instead of a body: "set_updated_at()".
  std::string comment;
  Options options;
  bool operator==(const Trigger&) const = default;
};

struct Enum {
  std::string name;
  std::string schema;
  std::vector<std::string> values;
  std::string comment;
  bool operator==(const Enum&) const = default;
};

struct NamedText {
  std::string name;
  std::string text;
  bool operator==(const NamedText&) const = default;
};

/// What a property of a DatabaseObject holds: text (of a flag that is set: "true"), a list, or
/// names with texts in an order that counts.
using Property = std::variant<SqlText, std::vector<std::string>, std::vector<NamedText>>;

/// An object that is a name and properties: schema, extension, domain, sequence, function, policy …
/// src/schema/object_kind.h lists the kinds and the properties of each.
struct DatabaseObject {
  std::string kind;       ///< "sequence"
  std::string name;       ///< Without schema and signature.
  std::string signature;  ///< Routines, operators: the argument types, "integer, text".
  std::string schema;
  std::string table;  ///< Policies, rules: the qualified table they stand on.
  std::map<std::string, Property> properties;
  std::string comment;
  bool operator==(const DatabaseObject&) const = default;

  /// The text of a property; "" when it is not there or no text.
  const std::string& text(std::string_view property, std::string_view dialect = "") const;
  bool flag(std::string_view property) const { return text(property) == "true"; }
};

struct Schema {
  std::vector<Enum> enums;
  std::vector<Table> tables;
  std::vector<VirtualTable> virtual_tables;
  std::vector<View> views;
  std::vector<Trigger> triggers;
  std::vector<DatabaseObject> objects;

  bool operator==(const Schema&) const = default;

  const Table* find_table(std::string_view qualified_name) const;  ///< Exact; nullptr if absent.
  Table* find_table(std::string_view qualified_name);
  const View* find_view(std::string_view qualified_name) const;
  const Enum* find_enum(std::string_view qualified_name) const;
};

/// "schema.name", or just the name in the default schema.
std::string qualified_name(const Table& table);
std::string qualified_name(const View& view);
std::string qualified_name(const Enum& value);
/// "schema.name", with a signature "schema.name(integer, text)".
std::string qualified_name(const DatabaseObject& object);

}  // namespace ormdb
