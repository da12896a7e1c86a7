// An independent witness of the laws in postgresql_laws_test.cc: pg_dump finds the same schema in a
// database that was migrated and in one that was made directly, and after the way back the same as
// before.
//
// ORMDB_PG_DUMP_SEED is the first seed, ORMDB_PG_DUMP_CASES how many follow.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>

#include "base/process.h"
#include "base/text.h"
#include "ormdb/diff.h"
#include "ormdb/dialect.h"
#include "support/migrate_postgresql_live.h"
#include "support/migrate_postgresql_schema.h"
#include "support/ops_law.h"

using namespace ormdb;
using namespace ormdb::test;

namespace {

constexpr std::uint64_t kPairs = 20;
constexpr std::uint64_t kFirstSeed = 100001;  ///< Others than those of the laws.

/// Names of constraints do not count, and the catalog's casts and parentheses depend on how often
/// a text went through it.
std::string plain(std::string line) {
  static const std::regex kName(R"re(CONSTRAINT ("([^"]|"")+"|\w+))re");
  static const std::regex kCast(R"re(::[a-z_]+( varying| precision| with(out)? time zone)?)re");
  line = std::regex_replace(line, kName, "CONSTRAINT");
  line = std::regex_replace(line, kCast, "");
  std::erase_if(line, [](char c) { return c == '(' || c == ')' || c == '[' || c == ']'; });
  if (line.starts_with("CREATE STATISTICS")) {  // its columns are in the table's order
    std::vector<std::string> words = split(replace_all(line, ",", ""), ' ');
    std::sort(words.begin(), words.end());
    line = join(words, " ");
  }
  if (line.ends_with(',') || line.ends_with(';')) line.pop_back();
  return std::string(trim(line));
}

/// The order of columns and of objects does not count.
std::vector<std::string> statements_of(const std::string& dump) {
  std::vector<std::string> statements, lines;
  const auto end_statement = [&] {
    std::sort(lines.begin(), lines.end());
    if (!lines.empty()) statements.push_back(join(lines, "\n"));
    lines.clear();
  };
  for (const std::string& line : split(dump, '\n')) {
    if (line.starts_with("--") || line.starts_with("\\")) continue;
    if (line.empty()) {
      end_statement();
    } else {
      lines.push_back(plain(line));
    }
  }
  end_statement();
  std::sort(statements.begin(), statements.end());
  return statements;
}

class Witness {
 public:
  Witness(const PostgresqlDatabase& server) : url_(server.url()), database_(server) {}

  /// Whether there is a pg_dump that can read the server.
  bool is_there() { return dump().exit_code == 0; }

  void check_pair(std::uint64_t seed) {
    GenePair pair = postgresql_pair(seed, database_.version());
    const Schema from = postgresql_models(pair.from, database_.version());
    const Schema to = postgresql_models(pair.to, database_.version());
    create(from);
    const std::vector<std::string> before = statements_of(dump().output);
    Schema schema = database_.schema();
    const std::vector<Operation> operations = database_.differences(schema, to);
    database_.run(operations, schema);
    const std::vector<std::string> migrated = statements_of(dump().output);
    database_.run(reverse(operations).value(), schema);
    const std::vector<std::string> back = statements_of(dump().output);
    create(to);
    const std::vector<std::string> direct = statements_of(dump().output);
    INFO("seed " << seed << listing(operations));
    check_same("migrated", migrated, "made directly", direct);
    check_same("migrated and back", back, "before", before);
  }

 private:
  void create(const Schema& models) {
    database_.clear();
    Schema schema;
    database_.run(diff({}, models, dialect_for("postgresql").rules()), schema);
  }

  static void check_same(const std::string& first, const std::vector<std::string>& a,
                         const std::string& second, const std::vector<std::string>& b) {
    INFO("only " << first << ":\n" << only_in(a, b));
    INFO("only " << second << ":\n" << only_in(b, a));
    CHECK((a == b));
  }

  CommandOutput dump() {
    std::string line = "PGPASSWORD=" + shell_quoted(url_.password) +
                       " pg_dump --schema-only --no-owner -h " + shell_quoted(url_.host) + " -p " +
                       shell_quoted(url_.port) + " -U " + shell_quoted(url_.user) + " " +
                       shell_quoted(url_.database);
    return run_command(line, std::filesystem::temp_directory_path().string());
  }

  static std::string only_in(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    std::vector<std::string> result;
    std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(result));
    return join(result, "\n\n");
  }

  Url url_;
  LivePostgresql database_;
};

}  // namespace

TEST_CASE("pg_dump sees no difference between a migrated database and one made directly",
          "[postgresql][live]") {
  const auto server = postgresql_database();
  if (!server) return;
  Witness witness(*server);
  if (!witness.is_there()) {
    WARN("skipped: there is no pg_dump that can read the server");
    return;
  }
  const std::uint64_t first = number_from_environment("ORMDB_PG_DUMP_SEED", kFirstSeed);
  const std::uint64_t pairs = number_from_environment("ORMDB_PG_DUMP_CASES", kPairs);
  for (std::uint64_t seed = first; seed < first + pairs; ++seed) witness.check_pair(seed);
}
