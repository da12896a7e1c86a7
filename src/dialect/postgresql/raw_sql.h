// Raw statements of execute steps.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ormdb::postgresql {

/// Throws kScript for a statement that may not stand inside the transaction that ormdb makes for a
/// script: BEGIN, COMMIT, VACUUM, CREATE INDEX CONCURRENTLY …
/// (PreventInTransactionBlock() in the server's sources has the list).
void require_allowed_in_transaction(std::string_view statement);

/// A statement that builds, rebuilds or drops one index without blocking writers.
struct ConcurrentIndex {
  enum class Verb { kCreate, kDrop, kReindex };
  Verb verb = Verb::kCreate;
  std::string name;   ///< As SQL spells it, with its schema where it is given; "" when it is not.
  std::string table;  ///< Of CREATE INDEX.
  bool unless_there = false;  ///< IF NOT EXISTS
};

/// Empty for every other statement. An index that CREATE INDEX names stands in its table's schema.
std::optional<ConcurrentIndex> concurrent_index(std::string_view statement);

}  // namespace ormdb::postgresql
