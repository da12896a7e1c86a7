// Metadata::create_all and drop_all: the models as create_table operations, compiled by the
// dialect.
#include <algorithm>

#include "orm/pool.h"
#include "ormdb/dialect.h"
#include "ormdb/engine.h"
#include "ormdb/model.h"
#include "ormdb/operation.h"

namespace ormdb {

namespace {

/// Runs what the dialect makes of the operations, in one transaction where it allows that.
void run_operations(Driver& driver, const Dialect& dialect,
                    const std::vector<Operation>& operations, Schema& before) {
  const CompiledSection section = dialect.compile(operations, before);
  for (const std::string& sql : section.before) driver.run(sql);
  if (dialect.transactional_ddl()) driver.begin({});
  try {
    for (const Statement& statement : section.statements) driver.run(statement.sql);
    if (dialect.transactional_ddl()) driver.commit();
  } catch (...) {
    driver.rollback();
    for (const std::string& sql : section.after) driver.run(sql);
    throw;
  }
  for (const std::string& sql : section.after) driver.run(sql);
}

bool is_self_or_among(const std::vector<const Table*>& done, const Table& table,
                      const std::string& name) {
  if (qualified_name(table) == name) return true;
  return std::any_of(done.begin(), done.end(),
                     [&](const Table* other) { return qualified_name(*other) == name; });
}

/// Tables after those that they reference, as far as cycles allow.
std::vector<const Table*> parents_first(const Schema& schema) {
  std::vector<const Table*> waiting, done;
  for (const Table& table : schema.tables) waiting.push_back(&table);
  while (!waiting.empty()) {
    auto next = std::find_if(waiting.begin(), waiting.end(), [&](const Table* table) {
      return std::all_of(table->foreign_keys.begin(), table->foreign_keys.end(),
                         [&](const ForeignKey& key) {
                           return is_self_or_among(done, *table, key.referenced_table);
                         });
    });
    if (next == waiting.end()) next = waiting.begin();
    done.push_back(*next);
    waiting.erase(next);
  }
  return done;
}

/// Where enums are types of their own, those that are not there yet; the rest goes to `before`.
void create_enums(const Dialect& dialect, Driver& driver, const Schema& schema, Schema& before,
                  std::vector<Operation>& operations) {
  if (schema.enums.empty()) return;
  const Schema there = dialect.introspect(driver.connection(), {});
  for (const Enum& value : schema.enums) {
    if (there.find_enum(qualified_name(value)) != nullptr) {
      before.enums.push_back(value);
    } else {
      operations.emplace_back(CreateEnum{value});
    }
  }
}

void create_in(const Engine& engine, const Schema& models) {
  const detail::Lease lease = engine.pool().acquire();
  Driver& driver = *lease->driver;
  const Dialect& dialect = dialect_for(engine.dialect());
  Schema before;
  Schema schema = models;
  dialect.reconcile(&driver.connection(), before, schema);  // as this server can hold them
  std::vector<Operation> operations;
  create_enums(dialect, driver, schema, before, operations);
  for (const Table* table : parents_first(schema)) {
    if (dialect.table_exists(driver.connection(), qualified_name(*table))) {
      before.tables.push_back(*table);
    } else {
      operations.emplace_back(CreateTable{*table});
    }
  }
  run_operations(driver, dialect, operations, before);
}

void drop_in(const Engine& engine, const Schema& schema) {
  const detail::Lease lease = engine.pool().acquire();
  Driver& driver = *lease->driver;
  const Dialect& dialect = dialect_for(engine.dialect());
  std::vector<const Table*> tables = parents_first(schema);
  std::reverse(tables.begin(), tables.end());
  Schema before;
  before.enums = schema.enums;
  std::vector<Operation> operations;
  for (const Table* table : tables) {
    if (!dialect.table_exists(driver.connection(), qualified_name(*table))) continue;
    before.tables.push_back(*table);
    operations.emplace_back(DropTable{*table});
  }
  if (!schema.enums.empty()) {
    const Schema there = dialect.introspect(driver.connection(), {});
    for (const Enum& value : schema.enums) {
      if (there.find_enum(qualified_name(value)) != nullptr)
        operations.emplace_back(DropEnum{value});
    }
  }
  run_operations(driver, dialect, operations, before);
}

/// The engine of each part, or nothing is done at all.
void for_each_database(const Engines& engines, const std::map<std::string, Schema>& schemas,
                       void (*work)(const Engine& engine, const Schema& schema)) {
  for (const auto& [name, schema] : schemas) engines.get(name);
  for (const auto& [name, schema] : schemas) work(engines.get(name), schema);
}

}  // namespace

void Metadata::create_all(const Engines& engines) const {
  for_each_database(engines, schemas(), &create_in);
}

void Metadata::drop_all(const Engines& engines) const {
  for_each_database(engines, schemas(), &drop_in);
}

}  // namespace ormdb
