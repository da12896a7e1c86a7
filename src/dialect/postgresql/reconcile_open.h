// What models leave open and the database says.
#pragma once

#include <string>
#include <unordered_map>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// The tables of a database by name.
class KnownTables {
 public:
  explicit KnownTables(const Schema& schema);

  /// The table that `table` of the models is, also by its renamed_from; nullptr for none.
  const Table* counterpart(const Table& table) const;

 private:
  std::unordered_map<std::string, const Table*> by_name_;
};

/// The same for a column of such a table.
const Column* counterpart(const Column& column, const Table& known);

/// In place, in `to`: numbering of keys (identity, serial, a sequence of its own with its object),
/// names of constraints and indexes, schemas of extensions.
void take_what_is_open(const Schema& from, Schema& to);

}  // namespace ormdb::postgresql
