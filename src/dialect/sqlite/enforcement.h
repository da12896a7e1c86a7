// Whether a section can run with foreign keys enforced.
//
// SQLite cannot switch enforcement inside a transaction (the PRAGMA is silently ignored there), so
// it is on or off for a whole section. Dropping a table, which a rebuild does too, deletes its rows
// first and fires what the keys that point to it say
// (https://www.sqlite.org/foreignkeys.html#fk_schemacommands): then it must be off, and the keys
// are verified before the commit. While it is off no action fires either: data steps that rely on
// one would do something else than their author saw, so such a section is refused.
//
// Rebuilding a table that no key points to works both ways. It runs with enforcement off when the
// section has no data steps and the table has keys: rows that were broken before do not stop the
// copy then, and the verification names new ones.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "dialect/sqlite/raw_sql.h"
#include "ormdb/dialect.h"

namespace ormdb {

class Enforcement {
 public:
  /// Looks whether there are data steps at all.
  explicit Enforcement(const std::vector<Operation>& operations);

  bool has_data_steps() const { return has_data_steps_; }

  /// Operation `number` drops or rebuilds `table`, to which keys point.
  void require_off(int number, const std::string& table);
  /// A table with keys of its own is rebuilt.
  void prefer_off() { preferred_ = true; }
  /// A data step, with the schema it runs on.
  void data_step(int number, const DataEffect& effect, const Schema& schema);
  /// An operation after an opaque step. What the database looks like then is unknown; the schema
  /// before it decides, and a table that is not in it counts as referenced.
  void foresee(int number, const Operation& operation, const Schema& schema);

  /// Sets before, after and verify_integrity. Throws kUnsupported when enforcement must be off and
  /// a data step could fire an action.
  void finish(CompiledSection& section) const;

 private:
  struct Reason {
    int number;
    std::string table;
  };
  bool has_data_steps_ = false;
  bool preferred_ = false;
  std::optional<Reason> required_;
  std::optional<Reason> fires_;
};

}  // namespace ormdb
