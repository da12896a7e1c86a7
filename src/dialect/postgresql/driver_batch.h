// Batched writes: arrays through unnest(), thousands of rows a statement (see driver.h).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "dialect/postgresql/driver_statement.h"

namespace ormdb::postgresql {

class BatchWriter {
 public:
  explicit BatchWriter(Wire& wire) : wire_(wire) {}

  // As Driver's functions of the same names.
  void insert(const InsertPlan& plan, RowSource& rows);
  std::size_t update(const UpdatePlan& plan, RowSource& rows);
  std::size_t remove(const DeletePlan& plan, RowSource& rows);

  /// Ends what an error left open.
  void reset() noexcept;

 private:
  struct ColumnInfo {
    Oid type = 0;
    std::string cast;         ///< The type's name.
    std::string sequence;     ///< That gives its values, where it may be used; or "".
    bool takes_copy = false;  ///< The table does: it has no rules and no policies of its own.
  };
  using TableInfo = std::map<std::string, ColumnInfo>;

  /// What is made once for a plan.
  struct Plan {
    std::unique_ptr<Statement> one, many;
    bool has_many = true;
    std::unique_ptr<Statement> columns;  ///< Asks for the table's columns.
    std::string copied_columns;          ///< What it said before the last COPY.
    std::vector<Oid> copied;  ///< The columns' types, the generated key's last; empty: no COPY.
  };

  Plan& plan_of(std::uint64_t id);
  TableInfo& table(const std::string& name);
  std::string item(const TableInfo& info, const PlanColumn& column, const std::string& source);
  std::string insert_many_text(const InsertPlan& plan);
  std::string changed_rows_text(const TableInfo& info, const std::vector<PlanColumn>& columns,
                                const std::vector<PlanColumn>& key);
  std::vector<Oid> types_to_copy(const InsertPlan& plan);
  void look_up_copy(const InsertPlan& plan, Plan& known);
  void insert_copied(const InsertPlan& plan, const std::vector<Oid>& types, RowSource& rows);
  std::vector<std::int64_t> new_keys(const std::string& sequence, std::size_t count);
  void insert_each(Statement& statement, const InsertPlan& plan, RowSource& rows);
  void insert_many(Statement& statement, const InsertPlan& plan, RowSource& rows);
  std::size_t change_each(Statement& statement, RowSource& rows);
  std::size_t change_many(Statement& statement, const std::vector<PlanColumn>& columns,
                          RowSource& rows);

  Wire& wire_;
  std::unordered_map<std::uint64_t, Plan> plans_;
  std::unordered_map<std::string, TableInfo> tables_;
};

}  // namespace ormdb::postgresql
