// Live SQLite for the dialect's tests: databases in memory and in temporary files, and sections run
// the way an executor runs them.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "ormdb/connection.h"
#include "ormdb/dialect.h"
#include "ormdb/error.h"
#include "ormdb/operation.h"
#include "ormdb/schema.h"

namespace ormdb::test {

/// A directory that is removed with everything in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::string path(const std::string& name) const { return directory_ + "/" + name; }

 private:
  std::string directory_;
};

Url file_url(const std::string& path);

/// A new database in memory, with `sql` run in it.
std::unique_ptr<Connection> memory_database(const std::string& sql = "");

Schema introspect(Connection& connection);

/// Introspects, compiles, and runs the operations as one transaction. Afterwards the database must
/// be equivalent to the compiled schema, keys enforced and legacy mode off. Returns the statements.
std::vector<std::string> run(Connection& connection, const std::vector<Operation>& operations);

/// The compiled statements, each closed with ";\n".
std::string compiled(const std::vector<Operation>& operations, const Schema& before);
std::string compiled(const std::vector<Operation>& operations, Connection& connection);

/// All rows as text: values joined by "|", rows by "\n".
std::string rows(Connection& connection, const std::string& sql);

/// How many of the statements begin with `start`.
int count_starting(const std::vector<std::string>& statements, const std::string& start);

Column column(const std::string& name, const Type& type);
Column nullable(Column column);
ForeignKey foreign_key(const std::string& column, const std::string& table,
                       ForeignKeyAction on_delete = ForeignKeyAction::kNoAction);
Check check(const std::string& name, const std::string& expression);
Index index(const std::string& name, const std::vector<std::string>& columns);
Operation execute(const std::string& sql);

/// alter_column from the column as the database has it to the changed one.
template <typename Change>
Operation alter(Connection& connection, const std::string& table, const std::string& name,
                const Change& change) {
  AlterColumn op;
  op.table = table;
  op.from = *introspect(connection).find_table(table)->find_column(name);
  op.to = op.from;
  change(op.to);
  return op;
}

/// The error that `action` throws; a std::runtime_error when it throws none.
template <typename Action>
Error error_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  throw std::runtime_error("no error was thrown");
}

}  // namespace ormdb::test
