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
#include "support/migrate_project.h"
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

struct Case {
  const char* what;
  const char* from;
  const char* to;
};

const Case kCases[] = {
    {"an index's name moves between two tables that are rebuilt",
     "  a: {columns: {x: {type: integer}, y: {type: text, nullable: true}}}\n"
     "  b: {columns: {x: {type: integer}}, indexes: {ix: {columns: [x]}}}\n",
     "  a: {columns: {x: {type: text}, y: {type: date, nullable: true}}, indexes: {ix: {columns: "
     "[x]}}}\n"
     "  b: {columns: {x: {type: text}}}\n"},
    {"a new check would get the name of one that stays",
     "  t: {columns: {a: {type: integer}}, constraints: [{check: a > 1}]}\n",
     "  t: {columns: {a: {type: integer}}, constraints: [{check: a > 0}, {check: a > 1}]}\n"},
    {"a key goes that names no columns of the table it references",
     "  p: {columns: {id: {type: integer, primary_key: true}}}\n"
     "  c: {columns: {x: {type: integer, nullable: true, references: P}}}\n",
     "  p: {columns: {id: {type: integer, primary_key: true}}}\n"
     "  c: {columns: {x: {type: integer, nullable: true}}}\n"},
    {"no column of a rebuilt table stays", "  t: {columns: {a: {type: integer}}}\n",
     "  t: {columns: {b: {type: text, default: {sql: CURRENT_TIMESTAMP}}}, constraints: [{check: "
     "b > ''}]}\n"},
    {"what a rowid does with NULL is said of a column that becomes one",
     "  t: {columns: {a: {type: text}}}\n",
     "  t: {columns: {a: {type: big_integer, primary_key: true, sqlite: {not_null_on_conflict: "
     "replace}}}}\n"},
};

TEST_CASE("Pairs that are rare among generated ones keep the laws") {
  for (const Case& pair : kCases) {
    CAPTURE(pair.what);
    const Schema from = test::schema_of(pair.from);
    const Schema to = test::schema_of(pair.to);
    CHECK(there_and_back(from, to) == "");
    CHECK(there_and_back(to, from) == "");
    CHECK(from_introspected(as_models(from, true), as_models(to, true)) == "");
    Survival survival;
    CHECK(rows_survive(from, to, survival) == "");
    CHECK(rows_survive(to, from, survival) == "");
  }
}

TEST_CASE("A table none of whose columns stays keeps as many rows") {
  test::LiveDatabase database;
  const Schema from = test::schema_of(kCases[3].from);
  const Schema to = test::schema_of(kCases[3].to);
  Schema schema;
  database.run(diff({}, from, rules()), schema);
  database.fill(from);
  schema = database.schema();
  database.run(diff(from, to, rules()), schema);
  CHECK(database.sorted_rows("t", {"b"}).size() == 3);
}

}  // namespace
}  // namespace ormdb
