// The laws of laws_live_test.cc on a PostgreSQL server, with what PostgreSQL has.
//
// ORMDB_PG_LAW_SEED is the first seed, ORMDB_PG_LAW_CASES how many follow; a failing case prints
// its seed and the pair of schemas as YAML, made as small as it still fails.
#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

#include "base/text.h"
#include "ormdb/dialect.h"
#include "ormdb/diff.h"
#include "ormdb/error.h"
#include "support/migrate_postgresql_live.h"
#include "support/migrate_postgresql_schema.h"
#include "support/ops_law.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

const SchemaRules& rules() { return dialect_for("postgresql").rules(); }

struct Survival {
  int cases = 0;           ///< Databases with rows that were migrated.
  int refused = 0;         ///< A change that the rows forbade; it was made without them.
  std::size_t values = 0;  ///< Rows that were compared.
};

class Law {
 public:
  Law(LivePostgresql& database, Schema from, Schema to, Survival& survival)
      : database_(database), from_(std::move(from)), to_(std::move(to)), survival_(survival) {}

  /// What is wrong; "" when the laws hold. The first line says what kind of failure it is.
  std::string broken() {
    try {
      return there_and_back();
    } catch (const Error& error) {
      return step_ + ": " + error.message() + "\n" + error.statement() + text_;
    }
  }

 private:
  void begin(const std::string& step, const std::vector<Operation>& operations) {
    step_ = step;
    text_ = listing(operations);
  }

  /// Runs the operations, without rows where these forbid them; whether there were rows.
  bool migrate(const std::vector<Operation>& operations, const Schema& before) {
    forecast_ = before;
    try {
      database_.run(operations, forecast_);
      return true;
    } catch (const Error& error) {
      if (!is_refusal_of_rows(error)) throw;
    }
    ++survival_.refused;
    database_.empty();
    forecast_ = before;
    database_.run(operations, forecast_);
    return false;
  }

  std::string differs(const std::string& what, const Schema& wanted) {
    const std::vector<Operation> left = database_.differences(live_, wanted);
    return left.empty() ? "" : step_ + what + ":" + listing(left) + "\nafter:" + text_;
  }

  std::string arrived(const Schema& wanted) {
    live_ = database_.schema();
    std::string wrong = differs(" does not reach its goal", wanted);
    return wrong.empty() ? differs(" forecasts another schema", forecast_) : wrong;
  }

  std::string there_and_back() {
    database_.clear();
    const std::vector<Operation> creation = diff({}, from_, rules());
    begin("creation", creation);
    database_.run(creation, forecast_);
    std::string wrong = arrived(from_);
    if (!wrong.empty()) return wrong;
    begin("rows", {});
    database_.fill(from_);
    begin("comparison", {});
    const std::vector<Operation> upgrade = database_.differences(live_, to_);
    return walk(upgrade, reverse(upgrade).value(), live_);
  }

  std::string walk(const std::vector<Operation>& upgrade, const std::vector<Operation>& downgrade,
                   Schema origin) {
    const PostgresqlRows before = database_.common_rows(from_, to_);
    begin("upgrade", upgrade);
    bool with_rows = migrate(upgrade, origin);
    std::string wrong = arrived(to_);
    if (wrong.empty() && with_rows) wrong = lost(before);
    if (!wrong.empty()) return wrong;
    begin("downgrade", downgrade);
    with_rows = migrate(downgrade, live_) && with_rows;
    wrong = arrived(origin);
    if (wrong.empty() && with_rows) wrong = lost(before);
    if (!wrong.empty()) return wrong;
    survival_.cases += with_rows ? 1 : 0;
    begin("second upgrade", upgrade);
    migrate(upgrade, live_);
    return arrived(to_);
  }

  std::string lost(const PostgresqlRows& before) {
    const PostgresqlRows after = database_.common_rows(from_, to_);
    for (const auto& [table, rows] : before) {
      survival_.values += rows.size();
      const auto found = after.find(table);
      if (found != after.end() && found->second == rows) continue;
      return step_ + " changed rows: of " + table + text_ + "\nbefore:\n  " + join(rows, "\n  ") +
             "\nafter:\n  " + (found == after.end() ? "none" : join(found->second, "\n  "));
    }
    return "";
  }

  LivePostgresql& database_;
  Schema from_;
  Schema to_;
  Survival& survival_;
  Schema live_;      ///< What the database was last seen to have.
  Schema forecast_;  ///< What the compiler said that it has.
  std::string step_;
  std::string text_;
};

/// Failures of one kind differ in names and numbers only.
std::string kind_of_failure(const std::string& failure) {
  return failure.substr(0, failure.find_first_of("\"0123456789\n"));
}

/// A database of its own, and what was found there.
class Checker {
 public:
  explicit Checker(const PostgresqlDatabase& server) : database_(server) {}

  /// Every `step`th seed from `first` on, until one fails or another checker stops.
  void run(std::uint64_t first, std::uint64_t end, std::uint64_t step, std::atomic<bool>& stop) {
    for (std::uint64_t seed = first; seed < end && !stop; seed += step) {
      GenePair pair = postgresql_pair(seed, database_.version());
      const std::string failure = broken(pair);
      if (failure.empty()) continue;
      stop = true;
      report_ = report(seed, failure, std::move(pair));
    }
  }

  const std::string& report() const { return report_; }
  const Survival& survival() const { return survival_; }

 private:
  std::string broken(GenePair& pair) {
    const int version = database_.version();
    Schema from = postgresql_models(pair.from, version);
    return Law(database_, std::move(from), postgresql_models(pair.to, version), survival_).broken();
  }

  std::string report(std::uint64_t seed, const std::string& failure, GenePair pair) {
    const std::string kind = kind_of_failure(failure);
    GenePair small = shrunk(std::move(pair), [&](GenePair& candidate) {
      return kind_of_failure(broken(candidate)) == kind;
    });
    const std::string what = broken(small);
    const int version = database_.version();
    return "ORMDB_PG_LAW_SEED=" + std::to_string(seed) + ": " + what + "\n--- from\n" +
           schema_yaml(postgresql_models(small.from, version)) + "\n--- to\n" +
           schema_yaml(postgresql_models(small.to, version));
  }

  LivePostgresql database_;
  Survival survival_;
  std::string report_;
};

}  // namespace

// On two connections at once: most of the time goes by in the server.
TEST_CASE("A PostgreSQL database goes where the diff says, and back, with its rows",
          "[postgresql][live]") {
  const auto first_database = postgresql_database();
  if (!first_database) return;
  const auto second_database = postgresql_database();
  Checker first(*first_database), second(*second_database);
  const std::uint64_t seed = number_from_environment("ORMDB_PG_LAW_SEED", 1);
  const std::uint64_t cases = number_from_environment("ORMDB_PG_LAW_CASES", 300);
  std::atomic<bool> stop = false;
  std::thread other([&] { second.run(seed + 1, seed + cases, 2, stop); });
  first.run(seed, seed + cases, 2, stop);
  other.join();
  for (const Checker* checker : {&first, &second}) {
    CHECK(checker->report() == "");
    if (cases < 50 || stop) continue;
    const Survival& survival = checker->survival();
    CAPTURE(survival.cases, survival.refused, survival.values);
    CHECK(survival.values > 0);
    CHECK(survival.cases > survival.refused);
  }
}
