// The law that ties the pure layers to a real engine: what the compiled operations do to a live
// SQLite database is what apply() says that they do, there and back, and rows survive it.
//
// support/ops_law.h says how cases are chosen and shown.

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "base/text.h"
#include "ormdb/diff.h"
#include "ormdb/error.h"
#include "support/dialect_sqlite.h"
#include "support/migrate_live.h"
#include "support/ops_law.h"

namespace ormdb {
namespace {

const SchemaRules& rules() { return dialect_for("sqlite").rules(); }

/// A generated schema as models come to the diff: with names for every constraint in every other
/// case.
Schema as_models(const Schema& schema, bool named) {
  Schema models = rules().expressible(schema);
  if (named) {
    for (Table& table : models.tables) give_names(table, {}, 0);
  }
  return models;
}

std::string differs(const std::string& what, const Schema& got, const Schema& wanted) {
  if (equivalent(got, wanted, rules()) && diff(got, wanted, rules()).empty()) return "";
  return what + listing(diff(got, wanted, rules())) + "\ngot:\n" + schema_yaml(got);
}

/// Runs `operations`, compiled against `before`; what is wrong then, "" for nothing.
std::string migrated(test::LiveDatabase& database, const std::vector<Operation>& operations,
                     const Schema& before, const Schema& goal, const std::string& what) {
  Schema compiled = before;
  try {
    database.run(operations, compiled);
  } catch (const Error& error) {
    return what + " fails: " + error.message() + "\n" + error.statement() + listing(operations);
  }
  std::string wrong =
      differs(what + ": the database is not what was wanted" + listing(operations) + "\nleft:",
              database.schema(), goal);
  if (wrong.empty()) {
    wrong = differs(what + ": the compiler forecasts another schema", compiled, goal);
  }
  return wrong.empty() ? database.unsound() : wrong;
}

std::string there_and_back(const Schema& from, const Schema& to) {
  test::LiveDatabase database;
  std::string wrong = migrated(database, diff({}, from, rules()), {}, from, "creation");
  if (!wrong.empty()) return wrong;
  const std::vector<Operation> operations = diff(from, to, rules());
  Schema applied = from;
  apply(operations, applied, rules());
  wrong = differs("apply does not give the target", applied, to);
  if (wrong.empty()) wrong = migrated(database, operations, from, applied, "upgrade");
  if (!wrong.empty()) return wrong;
  return migrated(database, reverse(operations).value(), database.schema(), from, "downgrade");
}

/// As `migrate` works: from what the database says, not from what it was made of.
std::string from_introspected(const Schema& from, const Schema& to) {
  test::LiveDatabase database;
  Schema schema;
  database.run(diff({}, from, rules()), schema);
  const Schema live = database.schema();
  const std::vector<Operation> operations = diff(live, to, rules());
  std::string wrong = migrated(database, operations, live, to, "upgrade");
  if (!wrong.empty()) return wrong;
  return migrated(database, reverse(operations).value(), database.schema(), live, "downgrade");
}

TEST_CASE("A live database goes where the diff says, and back") {
  check_law(
      [](const Schema& from, const Schema& to) {
        return there_and_back(as_models(from, false), as_models(to, false));
      },
      law_cases(250));
}

TEST_CASE("A live database with named constraints goes where the diff says, and back") {
  check_law(
      [](const Schema& from, const Schema& to) {
        return from_introspected(as_models(from, true), as_models(to, true));
      },
      law_cases(300));
}

struct Survival {
  int cases = 0;           ///< Databases with rows that were migrated.
  int refused = 0;         ///< A new constraint forbade the rows.
  std::size_t values = 0;  ///< That were compared.
};

std::string rows_survive(const Schema& from, const Schema& to, Survival& survival) {
  test::LiveDatabase database;
  Schema schema;
  database.run(diff({}, from, rules()), schema);
  database.fill(from);
  const test::TableRows before = test::common_rows(database, from, to);
  const std::string whole_before = database.dump();
  const std::vector<Operation> operations = diff(from, to, rules());
  try {
    schema = database.schema();
    database.run(operations, schema);
  } catch (const Error& error) {
    if (!test::is_constraint_failure(error)) {
      return "upgrade fails: " + error.message() + "\n" + error.statement() + listing(operations);
    }
    ++survival.refused;
    return database.dump() == whole_before ? "" : "a refused upgrade left a trace";
  }
  ++survival.cases;
  const test::TableRows after = test::common_rows(database, from, to);
  for (const auto& [table, rows] : before) {
    survival.values += rows.size();
    const auto found = after.find(table);
    if (found != after.end() && found->second == rows) continue;
    return "the rows of " + table + " changed" + listing(operations) + "\nbefore:\n  " +
           join(rows, "\n  ") + "\nafter:\n  " +
           (found == after.end() ? "no table" : join(found->second, "\n  "));
  }
  return database.unsound();
}

TEST_CASE("Rows survive in the columns that both schemas have") {
  Survival survival;
  check_law(
      [&](const Schema& from, const Schema& to) {
        return rows_survive(as_models(from, true), as_models(to, true), survival);
      },
      law_cases(250));
  CAPTURE(survival.cases, survival.refused, survival.values);
  CHECK(survival.values > 0);
  CHECK(survival.cases > survival.refused);
}

}  // namespace
}  // namespace ormdb
