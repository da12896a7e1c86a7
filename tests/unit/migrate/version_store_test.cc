#include "migrate/version_store.h"

#include <catch2/catch.hpp>

#include "base/text.h"
#include "support/dialect_sqlite.h"

namespace ormdb {
namespace {

using Ids = std::vector<std::string>;

VersionStore store_named(const std::string& table) {
  return VersionStore(dialect_for("sqlite"), table, "");
}

void run_all(Connection& connection, const std::vector<std::string>& statements) {
  for (const std::string& sql : statements) connection.execute(sql);
}

TEST_CASE("The version table has the shape that Alembic's has") {
  const auto database = test::memory_database();
  const VersionStore store = store_named("ormdb_version");
  CHECK_FALSE(store.exists(*database));
  CHECK(store.rows(*database).empty());
  run_all(*database, store.create_sql());
  CHECK(store.exists(*database));
  CHECK(store.rows(*database).empty());
  CHECK(test::rows(*database,
                   "SELECT name, lower(type), \"notnull\", pk FROM pragma_table_info"
                   "('ormdb_version')") == "version_num|varchar(64)|1|1");
}

TEST_CASE("A version table that Alembic made is read and written") {
  const auto database = test::memory_database(
      "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT "
      "alembic_version_pkc PRIMARY KEY (version_num)); INSERT INTO alembic_version VALUES ('b'), "
      "('a')");
  const VersionStore store = store_named("alembic_version");
  CHECK(store.rows(*database) == Ids{"a", "b"});
  run_all(*database, store.change_sql({"a", "b"}, {"c"}));
  CHECK(store.rows(*database) == Ids{"c"});
}

TEST_CASE("Every change of rows arrives, with the fewest statements") {
  const struct {
    Ids before, after;
    std::size_t statements;
  } cases[] = {
      {{}, {}, 0},
      {{}, {"a"}, 1},
      {{"a"}, {}, 1},
      {{"a"}, {"b"}, 1},
      {{"a"}, {"a"}, 0},
      {{"a", "b"}, {"c"}, 2},
      {{"a"}, {"b", "c"}, 2},
      {{"a", "b"}, {"a", "c"}, 1},
      {{"it's"}, {"né\"e"}, 1},
  };
  for (const auto& expected : cases) {
    CAPTURE(expected.before, expected.after);
    const auto database = test::memory_database();
    const VersionStore store = store_named("odd \"name\"");
    run_all(*database, store.create_sql());
    run_all(*database, store.change_sql({}, expected.before));
    CHECK(store.rows(*database) == expected.before);
    const std::vector<std::string> change = store.change_sql(expected.before, expected.after);
    CHECK(change.size() == expected.statements);
    run_all(*database, change);
    CHECK(store.rows(*database) == expected.after);
  }
}

TEST_CASE("One revision after another is an update of the row") {
  const std::vector<std::string> change = store_named("ormdb_version").change_sql({"a"}, {"b"});
  CHECK(join(change, ";") == "UPDATE ormdb_version SET version_num = 'b' WHERE version_num = 'a'");
}

}  // namespace
}  // namespace ormdb
