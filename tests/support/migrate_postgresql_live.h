// A scratch database for laws over generated PostgreSQL schemas: made, filled, migrated, looked at.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ormdb/error.h"
#include "ormdb/operation.h"
#include "ormdb/schema.h"
#include "support/dialect_postgresql_server.h"

namespace ormdb::test {

/// Table → its rows as text, sorted.
using PostgresqlRows = std::map<std::string, std::vector<std::string>>;

class LivePostgresql {
 public:
  explicit LivePostgresql(const PostgresqlDatabase& database);

  int version() const;  ///< 15

  bool offers_extension(const std::string& name);

  /// Back to an empty database.
  void clear();

  /// Compiles against `schema`, which becomes what the compiler forecasts, and runs it as a script
  /// runs, in one transaction. Throws what the server says.
  void run(const std::vector<Operation>& operations, Schema& schema);

  Schema schema();

  /// The operations from what the database has, `live`, to `models`, as `check` and `migrate` find
  /// them.
  std::vector<Operation> differences(Schema live, Schema models);

  /// Rows as rows_for() has them; those that a constraint refuses are left out.
  void fill(const Schema& schema);
  /// Deletes all rows.
  void empty();

  /// The rows of the tables that both schemas have, in the columns that mean the same in both.
  PostgresqlRows common_rows(const Schema& from, const Schema& to);

 private:
  std::unique_ptr<postgresql::PostgresqlConnection> connection_;
};

/// How many cases a test runs, or from which seed on; `otherwise` where the variable is not set.
std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise);

/// Whether rows, not the statements, were the reason: SQLSTATE of class 22 and 23, or a value that
/// is no tsvector.
bool is_refusal_of_rows(const Error& error);

}  // namespace ormdb::test
