#include "migrate/run_log.h"

#include <catch2/catch.hpp>

#include "support/dialect_sqlite.h"

namespace ormdb {
namespace {

struct Logged {
  std::unique_ptr<Connection> database = test::memory_database();
  RunLog log{dialect_for("sqlite"), test::file_url(""), ""};

  Logged() {
    CHECK_FALSE(log.exists(*database));
    CHECK(log.applied_checksums(*database).empty());
    CHECK_FALSE(log.unfinished(*database));
    for (const std::string& sql : log.create_sql()) database->execute(sql);
    CHECK(log.exists(*database));
  }
  void finished(const std::string& revision, const std::string& direction,
                const std::string& checksum, bool server_time = false) {
    database->execute(
        log.finished_sql({revision, direction, "2026-11-22T10:00:00Z", checksum, 3}, server_time));
  }
  std::string rows(const std::string& sql) { return test::rows(*database, sql); }
};

TEST_CASE("A finished step is one row") {
  Logged logged;
  logged.finished("it's", "upgrade", "abc");
  CHECK(logged.rows(
            "SELECT id, step, revision, direction, started, finished IS NOT NULL, checksum, "
            "statements, error FROM ormdb_log") == "1||it's|upgrade|2026-11-22T10:00:00Z|1|abc|3|");
  CHECK(logged.rows("SELECT ormdb_version FROM ormdb_log") == ORMDB_VERSION);
  CHECK_FALSE(logged.log.unfinished(*logged.database));
}

TEST_CASE("An abandoned step is over, and not applied") {
  for (const bool server_time : {false, true}) {
    Logged logged;
    logged.finished("a", "upgrade", "of a");
    logged.log.start_step(*logged.database, {"b", "upgrade", "", "of b", 0}, 3);
    CHECK(logged.log.unfinished(*logged.database));
    logged.database->execute(logged.log.abandon_sql(server_time));
    CHECK_FALSE(logged.log.unfinished(*logged.database));
    CHECK(logged.log.applied_checksums(*logged.database) ==
          std::map<std::string, std::string>{{"a", "of a"}});
    CHECK(logged.rows("SELECT revision FROM ormdb_log WHERE error = 'abandoned by stamp'") == "b");
  }
}

TEST_CASE("For --sql the server tells the time and a stamp has no checksum") {
  Logged logged;
  logged.finished("a", "stamp", "", true);
  CHECK(logged.rows("SELECT started LIKE '20__-%', finished LIKE '20__-%', checksum IS NULL "
                    "FROM ormdb_log") == "1|1|1");
}

TEST_CASE("The last entry of a revision says what was applied") {
  Logged logged;
  logged.finished("a", "upgrade", "a1");
  logged.finished("b", "upgrade", "b1");
  logged.finished("c", "upgrade", "c1");
  logged.finished("a", "downgrade", "a1");
  logged.finished("a", "upgrade", "a2");
  logged.finished("b", "downgrade", "b1");
  logged.finished("c", "unstamp", "");
  logged.finished("c", "stamp", "");
  using Checksums = std::map<std::string, std::string>;
  CHECK(logged.log.applied_checksums(*logged.database) == Checksums{{"a", "a2"}});
}

TEST_CASE("An unfinished step knows its parts until it is finished") {
  Logged logged;
  logged.finished("a", "upgrade", "a1");
  const LogEntry entry{"b", "downgrade", "2026-11-22T10:00:00Z", "b1", 0};
  Connection& database = *logged.database;
  const std::int64_t id = logged.log.start_step(database, entry, 3);
  logged.log.start_part(database, id, entry, 1, "h1");
  logged.log.finish_part(database, id, 1);
  logged.log.start_part(database, id, entry, 2, "h2");
  const std::optional<UnfinishedStep> half = logged.log.unfinished(database);
  REQUIRE(half);
  CHECK(half->id == id);
  CHECK(half->revision == "b");
  CHECK(half->direction == Direction::kDowngrade);
  CHECK(half->total == 3);
  REQUIRE(half->parts.size() == 2);
  CHECK(half->parts[0].finished);
  CHECK_FALSE(half->parts[1].finished);
  CHECK(half->parts[1].number == 2);
  CHECK(half->parts[1].hash == "h2");

  logged.log.forget_part(database, id, 2);
  CHECK(logged.log.unfinished(database)->parts.size() == 1);
  logged.log.fail_step(database, id, "no space left");
  CHECK(logged.rows("SELECT error FROM ormdb_log WHERE id = 2") == "no space left");
  logged.log.finish_step(database, id, "b2");
  CHECK_FALSE(logged.log.unfinished(database));
  CHECK(logged.rows("SELECT error IS NULL, checksum FROM ormdb_log WHERE id = 2") == "1|b2");
}

TEST_CASE("A step of which nothing was applied is forgotten") {
  Logged logged;
  const LogEntry entry{"b", "upgrade", "2026-11-22T10:00:00Z", "b1", 0};
  logged.log.forget_step(*logged.database, logged.log.start_step(*logged.database, entry, 3));
  CHECK_FALSE(logged.log.unfinished(*logged.database));
  CHECK(logged.rows("SELECT count(*) FROM ormdb_log") == "0");
}

}  // namespace
}  // namespace ormdb
