// The version table: one row per current head. It alone decides what is applied.
#pragma once

#include <string>
#include <vector>

#include "ormdb/connection.h"
#include "ormdb/dialect.h"

namespace ormdb {

class VersionStore {
 public:
  VersionStore(const Dialect& dialect, std::string table, std::string schema);

  bool exists(Connection& connection) const;
  std::vector<std::string> rows(Connection& connection) const;  ///< Sorted; none without the table.
  std::vector<std::string> rows_of_existing(Connection& connection) const;  ///< The table is there.

  std::vector<std::string> create_sql() const;
  /// Statements that turn the rows `before` into `after`: updates first, then deletes and inserts.
  std::vector<std::string> change_sql(const std::vector<std::string>& before,
                                      const std::vector<std::string>& after) const;

  const std::string& table() const { return table_; }

 private:
  Rows select_rows(Connection& connection) const;
  std::string quoted() const;
  const Dialect& dialect_;
  std::string table_, schema_;
};

}  // namespace ormdb
