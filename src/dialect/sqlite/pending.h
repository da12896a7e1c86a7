// Tables whose changes are collected for one rebuild (or, new ones, for their CREATE TABLE).
#pragma once

#include <list>
#include <string>
#include <vector>

#include "dialect/sqlite/rebuild.h"

namespace ormdb {

struct PendingTable {
  std::string name;
  int operation = 0;    ///< The first one that joined.
  bool is_new = false;  ///< Not in the database yet; `rebuild` is unused.
  Rebuild rebuild;

  /// Whether an expression over the old table can name the columns that `sql` mentions: not those
  /// that are new in this rebuild or get their values from an expression.
  bool can_select(std::string_view sql, const Table& current) const;
};

class PendingTables {
 public:
  bool empty() const { return tables_.empty(); }
  PendingTable* find(std::string_view name);
  PendingTable& add(PendingTable table);

  PendingTable take(std::string_view name);  ///< It must be there.
  /// All, tables that keys of others point to before those, as far as cycles allow.
  std::vector<PendingTable> take_all(const Schema& schema);

  /// The pending tables that in the database still have a key to `target`, not counting itself.
  std::vector<std::string> referencing(std::string_view target) const;
  /// Forgets the index of that name that a pending table other than `keeper` still has in the
  /// database; false when there is none. The caller drops it there.
  bool forget_index(std::string_view name, std::string_view keeper);
  /// A table was renamed in the database; keys of the waiting ones follow.
  void table_renamed(const std::string& from, const std::string& to);

 private:
  std::list<PendingTable> tables_;  // in the order of their first operation
};

}  // namespace ormdb
