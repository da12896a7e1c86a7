// Metadata::create_all and drop_all: what differs from the models, compiled by the dialect.
#include "orm/pool.h"
#include "ormdb/dialect.h"
#include "ormdb/diff.h"
#include "ormdb/engine.h"
#include "ormdb/error.h"
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

bool is_of_enum(const Type& type, const Enum& value) {
  if (type.kind == TypeKind::kEnum) return type.name == qualified_name(value);
  return !type.element.empty() && is_of_enum(type.element.front(), value);
}

/// Where enums are no types of their own, they are there with the tables.
bool is_used(const Schema& schema, const Enum& value) {
  for (const Table& table : schema.tables) {
    for (const Column& column : table.columns) {
      if (is_of_enum(column.type, value)) return true;
    }
  }
  return false;
}

/// The tables and enums of the models that the database has, as the models describe them.
Schema present(const Dialect& dialect, Driver& driver, const Schema& models) {
  Schema there;
  for (const Table& table : models.tables) {
    if (dialect.table_exists(driver.connection(), qualified_name(table))) {
      there.tables.push_back(table);
    }
  }
  if (models.enums.empty()) return there;
  const Schema found = dialect.introspect(driver.connection(), {});
  for (const Enum& value : models.enums) {
    if (found.find_enum(qualified_name(value)) != nullptr || is_used(there, value)) {
      there.enums.push_back(value);
    }
  }
  return there;
}

void require_no_arrays(const Schema& models, std::string_view dialect) {
  for (const Table& table : models.tables) {
    for (const Column& column : table.columns) {
      if (column.type.kind != TypeKind::kArray) continue;
      throw Error(ErrorKind::kUnsupported, "the column " + qualified_name(table) + "." +
                                               column.name + " is an array, which " +
                                               std::string(dialect) + " has not")
          .hint("make the member a Json, or give its type a codec");
    }
  }
}

void create_in(const Engine& engine, const Schema& models) {
  const detail::Lease lease = engine.pool().acquire();
  Driver& driver = *lease->driver;
  if (!driver.style().arrays) require_no_arrays(models, engine.dialect());
  const Dialect& dialect = dialect_for(engine.dialect());
  Schema before;
  Schema schema = models;
  dialect.reconcile(&driver.connection(), before, schema);  // as this server can hold them
  before = present(dialect, driver, schema);
  Schema wanted;
  wanted.tables = schema.tables;
  wanted.enums = schema.enums;
  run_operations(driver, dialect, diff(before, wanted, dialect.rules()), before);
}

void drop_in(const Engine& engine, const Schema& models) {
  const detail::Lease lease = engine.pool().acquire();
  Driver& driver = *lease->driver;
  const Dialect& dialect = dialect_for(engine.dialect());
  Schema before = present(dialect, driver, models);
  run_operations(driver, dialect, diff(before, {}, dialect.rules()), before);
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
