// What raw SQL statements do to rows, read from their tokens; there is no SQL parser.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ormdb {

/// What a data step does to which table.
struct DataEffect {
  enum class Verb { kNone, kInsert, kUpdate, kDelete };
  Verb verb = Verb::kNone;  ///< kNone: it changes no rows by itself.
  std::string table;        ///< "": it cannot be told.
  bool replaces = false;    ///< INSERT OR REPLACE, REPLACE, UPDATE OR REPLACE delete rows too.
  std::vector<std::string> columns;  ///< What UPDATE (or ON CONFLICT DO UPDATE) sets.
  bool columns_known = true;
};

DataEffect data_effect(std::string_view statement);

/// Throws kScript for a statement that must not stand inside the transaction that ormdb makes:
/// BEGIN, COMMIT, END, ROLLBACK (but to a savepoint), ATTACH, DETACH, VACUUM, PRAGMA foreign_keys.
void require_allowed_in_transaction(std::string_view statement);

}  // namespace ormdb
