// Which operations belong to a table rebuild, told before anything is compiled.
//
// All changes of one table between two barriers are one group. When a member of a group needs a
// rebuild, the members before it join that rebuild instead of running by themselves, so that a
// table is copied once. Barriers of every table: data steps, new views, operations outside the
// transaction; of one table: its create, drop and rename.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ormdb/error.h"
#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb {

class Forecast {
 public:
  /// Looks through the operations up to the first one that is not replayable. Errors of operations
  /// that do not fit the schema are thrown with their number. Costs nothing where no operation can
  /// need a rebuild; otherwise it replays on a copy of the tables that the operations name.
  Forecast(const std::vector<Operation>& operations, const Schema& before);

  /// Whether this operation on `table`, or a later one of its group, needs a rebuild.
  bool joins(std::size_t operation, const std::string& table) const;

 private:
  void look_through(const std::vector<Operation>& operations, Schema schema);

  struct Member {
    std::size_t operation;
    std::string table;  ///< Folded.
    std::size_t group;
  };
  std::vector<Member> members_;
  std::vector<std::ptrdiff_t> last_rebuild_;  ///< By group; -1: none.
};

/// Whether the operation separates the groups of all tables.
bool is_barrier(const Operation& operation);

/// Applies an operation for a replay on SQLite: data steps change nothing, an enum that the
/// database did not keep may be dropped and altered.
void replay(const Operation& operation, Schema& schema);

/// Runs `work`, adding the 1-based number of the operation to its errors.
template <typename Work>
void numbered(std::size_t index, const Work& work) {
  try {
    work();
  } catch (Error& error) {
    error.operation(static_cast<int>(index) + 1);
    throw;
  }
}

}  // namespace ormdb
