// Databases in memory for the laws of the migrate layer: made, filled, migrated and looked at.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ormdb/connection.h"
#include "ormdb/error.h"
#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb::test {

class LiveDatabase {
 public:
  LiveDatabase();

  /// Compiles against `schema`, which becomes what the compiler forecasts, and runs it as a script
  /// runs: all or nothing, keys verified. Throws what the database throws.
  void run(const std::vector<Operation>& operations, Schema& schema);

  Schema schema();

  /// Puts up to three rows into every table, referencing each other where there are foreign keys.
  /// Rows that a constraint forbids are left out.
  void fill(const Schema& schema);

  /// What the engine finds wrong with the file or with the session's settings; "" for nothing.
  std::string unsound();

  /// Everything: the schema's text and all rows.
  std::string dump();

  /// The rows of a query, sorted, each as SQL literals.
  std::vector<std::string> sorted_rows(const std::string& table,
                                       const std::vector<std::string>& columns);

 private:
  void try_execute(const std::string& sql);
  void fill_table(const Table& table);
  void link_rows(const Table& table);

  std::unique_ptr<Connection> connection_;
};

/// Table → its rows in the columns that mean the same in both schemas. Tables without such columns
/// are left out.
using TableRows = std::map<std::string, std::vector<std::string>>;
TableRows common_rows(LiveDatabase& database, const Schema& from, const Schema& to);

/// Whether rows, not the statements, were the reason.
bool is_constraint_failure(const Error& error);

}  // namespace ormdb::test
