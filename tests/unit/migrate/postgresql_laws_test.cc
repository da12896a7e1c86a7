// The laws of laws_live_test.cc on a PostgreSQL server, with what PostgreSQL has.
//
// ORMDB_PG_LAW_SEED is the first seed, ORMDB_PG_LAW_CASES how many follow; a failing case prints
// its seed and the pair of schemas as YAML, made as small as it still fails.
#include <catch2/catch.hpp>
#include <cstdlib>

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

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

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

/// As they come to the diff.
Schema models_of(Genes& genes, int version) {
  Schema models = rules().expressible(postgresql_schema(genes, version));
  for (Table& table : models.tables) {
    give_names(table, {}, dialect_for("postgresql").max_identifier_length());
  }
  return models;
}

GenePair generated(std::uint64_t seed, int version) {
  Genes from(seed);
  postgresql_schema(from, version);
  return gene_pair(seed, std::move(from));
}

/// Failures of one kind differ in names and numbers only.
std::string kind_of_failure(const std::string& failure) {
  return failure.substr(0, failure.find_first_of("\"0123456789\n"));
}

struct Checker {
  LivePostgresql& database;
  Survival survival;

  std::string operator()(GenePair& pair) {
    const int version = database.version();
    Schema from = models_of(pair.from, version);
    return Law(database, std::move(from), models_of(pair.to, version), survival).broken();
  }

  void report(std::uint64_t seed, const std::string& failure, GenePair pair) {
    const std::string kind = kind_of_failure(failure);
    GenePair small = shrunk(std::move(pair), [&](GenePair& candidate) {
      return kind_of_failure((*this)(candidate)) == kind;
    });
    const std::string what = (*this)(small);
    FAIL_CHECK("ORMDB_PG_LAW_SEED=" << seed << ": " << what << "\n--- from\n"
                                    << schema_yaml(models_of(small.from, database.version()))
                                    << "\n--- to\n"
                                    << schema_yaml(models_of(small.to, database.version())));
  }
};

}  // namespace

TEST_CASE("A PostgreSQL database goes where the diff says, and back, with its rows",
          "[postgresql][live]") {
  const auto server = postgresql_database();
  if (!server) return;
  LivePostgresql database(*server);
  Checker check{database, {}};
  const std::uint64_t first = number_from_environment("ORMDB_PG_LAW_SEED", 1);
  const std::uint64_t cases = number_from_environment("ORMDB_PG_LAW_CASES", 300);
  for (std::uint64_t seed = first; seed < first + cases; ++seed) {
    GenePair pair = generated(seed, database.version());
    const std::string failure = check(pair);
    if (failure.empty()) continue;
    if (std::getenv("ORMDB_PG_LAW_GO_ON") != nullptr) {
      fprintf(stderr, "seed %d %.300s\n", int(seed), failure.c_str());
      continue;
    }
    check.report(seed, failure, std::move(pair));
    return;
  }
  CAPTURE(check.survival.cases, check.survival.refused, check.survival.values);
  CHECK((cases < 50 || check.survival.values > 0));
  CHECK((cases < 50 || check.survival.cases > check.survival.refused));
}
