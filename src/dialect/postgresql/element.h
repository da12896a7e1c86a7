// Things that can be dropped and made again around a change that they stand in the way of: views,
// routines, triggers, policies, rules, and the parts of tables that hold expressions.
//
// What depends on what is told from the Schema alone, by the names that SQL texts mention: no SQL
// is parsed. It errs on the safe side: what mentions a column's table and its name may depend on
// it, so it is made again even where it would not have had to be.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// The identity of one of them; what it consists of is looked up in the schema.
struct Element {
  /// In the order in which they are made again where nothing else decides.
  enum class Kind {
    kObject,
    kGenerated,
    kDefault,
    kKey,
    kCheck,
    kExclude,
    kIndex,
    kView,
    kTrigger,
    kForeignKey,
  };
  Kind kind = Kind::kView;
  std::string table;      ///< Qualified: of parts of tables, and of triggers.
  std::string name;       ///< Column, constraint, index, trigger; a view's qualified name.
  DatabaseObject object;  ///< Of kObject: kind, name, signature and place, nothing else.
  bool operator==(const Element&) const = default;
};

Element view_element(const View& view);
Element trigger_element(const Trigger& trigger);
Element object_element(const DatabaseObject& object);

/// What changes or goes, so that others must be out of the way.
struct Target {
  enum class Kind { kNone, kColumn, kRelation, kRoutine, kType, kOperator, kKey };
  /// How far a column's change reaches.
  enum class Scope {
    kRetyped,   ///< Another type of its family: the server follows in keys, checks and indexes.
    kReplaced,  ///< A type that its expressions, keys and default may not fit.
    kDropped,   ///< The column goes and comes back.
  };
  Kind kind = Kind::kNone;
  std::vector<std::string> tables;   ///< Qualified: the column's or key's table, then its children.
  std::string name;                  ///< Unqualified; of a relation qualified.
  std::vector<std::string> columns;  ///< Of a key.
  Scope scope = Scope::kRetyped;
};

Target column_target(std::string_view table, std::string_view column, Target::Scope scope,
                     const Schema& schema);
Target relation_target(std::string_view qualified);
Target routine_target(std::string_view name);
Target type_target(std::string_view name);
Target key_target(std::string_view table, const std::vector<KeyPart>& columns);
/// What has to be out of the way when the element itself is dropped.
Target target_of(const Element& element, const Schema& schema);

/// Every element of the schema that depends on the target directly; itself is not among them.
std::vector<Element> dependents_of(const Target& target, const Schema& schema);

/// For each element the numbers of those it depends on.
std::vector<std::vector<std::size_t>> dependencies_among(const std::vector<Element>& elements,
                                                         const Schema& schema);

/// Whether the schema (still) has it.
bool has_element(const Element& element, const Schema& schema);

/// The statement that drops it, "" when it goes with what it stands on; and those that make it.
std::string drop_element_sql(const Element& element, const Schema& schema);
std::vector<std::string> create_element_sql(const Element& element, const Schema& schema);

/// Whether a text has the name as a word, quoted or not.
bool mentions_word(std::string_view text, std::string_view name);

}  // namespace ormdb::postgresql
