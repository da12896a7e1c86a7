// The difference of two schemas, as operations.
//
//     apply(diff(from, to, rules), from) is equivalent to `to`
//     diff(a, a, rules) is empty
//
// What counts as equal is the dialect's business: SchemaRules. Both sides are normalized for the
// comparison; the operations carry the objects as `to` spells them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb {

/// What comparing and replaying need to know of a dialect. Pure: no I/O.
class SchemaRules {
 public:
  virtual ~SchemaRules() = default;

  /// "sqlite", "postgresql", "mysql".
  virtual std::string_view dialect() const = 0;

  /// The schema in the dialect's own spelling, so that two schemas that mean the same there are
  /// equal: types as the dialect stores them, its own SQL text picked and tokens put into one
  /// spelling, foreign options and unsupported things (comments on SQLite) dropped, constraint
  /// names dropped where content decides, lists sorted where order has no meaning. Idempotent.
  virtual Schema normalize(const Schema& schema) const = 0;

  /// Models as the dialect can hold them, before they are compared: what it has no objects for is
  /// put into what it has (SQLite: an enum column becomes a string with a CHECK). Throws
  /// kUnsupported for what it cannot hold at all.
  virtual Schema expressible(Schema schema) const { return schema; }

  /// Whether a trigger's name is its own in the whole schema (SQLite), not just on its table.
  virtual bool trigger_names_are_global() const { return true; }

  /// Whether objects of every kind (functions, types, sequences) can depend on each other, so that
  /// operations are put into the order of what mentions what.
  virtual bool orders_by_dependency() const { return false; }

  /// The key under which two spellings of an identifier are the same name.
  virtual std::string fold(std::string_view identifier) const = 0;
};

/// Equal for the dialect.
bool equivalent(const Schema& a, const Schema& b, const SchemaRules& rules);

/// The operations that turn `from` into `to`, in an order that runs: drops before what replaces
/// them, referenced tables before referencing ones, cyclic foreign keys split off, views and
/// triggers after what they use. Renames are not guessed: a missing and a new name are a drop and
/// an add.
std::vector<Operation> diff(const Schema& from, const Schema& to, const SchemaRules& rules);

// Renames: hints, candidates, decisions --------------------------------------------------------

/// `table` is "" for a table's own rename; otherwise `from` and `to` are columns of `table` (by its
/// new name).
struct Rename {
  std::string table;
  std::string from;
  std::string to;
  bool operator==(const Rename&) const = default;
};

/// Rename operations for every decided rename and every renamed_from hint that is in force (the old
/// name exists in `from` and not in `to`, the new one in `to` and not in `from`), tables first.
std::vector<Operation> rename_operations(const Schema& from, const Schema& to,
                                         const std::vector<Rename>& decided,
                                         const SchemaRules& rules);

/// Drops and adds in one diff that may be renames: tables with mostly equal columns, columns of one
/// table with the same type.
std::vector<Rename> rename_candidates(const Schema& from, const Schema& to,
                                      const SchemaRules& rules);

/// renamed_from hints that are inert (the old name is gone, or both are there).
std::vector<Rename> inert_rename_hints(const Schema& from, const Schema& to,
                                       const SchemaRules& rules);

/// Names for constraints and indexes without one, by templates with %t (table), %c (columns joined
/// by _), %r (referenced table), %n (a number or the given word of a check).
struct NamingConvention {
  std::string primary_key = "pk_%t";
  std::string unique = "uq_%t_%c";
  std::string foreign_key = "fk_%t_%c_%r";
  std::string check = "ck_%t_%n";
  std::string index = "ix_%t_%c";
  bool operator==(const NamingConvention&) const = default;
};

/// Fills in the missing names of `table`, unique within it; cut to `max_length` with a hash where
/// longer (0: no limit).
void give_names(Table& table, const NamingConvention& convention, int max_length);

}  // namespace ormdb
