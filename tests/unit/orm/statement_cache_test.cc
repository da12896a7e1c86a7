// Live, on PostgreSQL: statements that the server has prepared, when tables change under them and
// behind a pooler.
#include <catch2/catch.hpp>
#include <cstdlib>

#include "db/driver.h"
#include "unit/orm/blog_server.h"

namespace {

using blog::Server;
using blog::User;
using namespace ormdb;

/// Another program migrates: what a SELECT gives has another type then.
void migrate(const Server& server) {
  server.execute("ALTER TABLE \"user\" ALTER username TYPE text");
}

std::int64_t prepared_statements(Session& db) {
  return db.execute("SELECT count(*) FROM pg_prepared_statements").integer(0, 0);
}

TEST_CASE("A table that changes in a transaction is told, and the next one knows it") {
  const Server server;
  if (!server) return;
  const Engine engine(server.url());
  Session db(engine, blog::models());
  CHECK(db.query<User>().one()->username == "john");
  db.commit();
  db.expunge_all();
  CHECK(db.get<User>(1)->username == "john");
  db.commit();
  db.expunge_all();
  db.execute("SELECT 1");
  migrate(server);
  try {
    db.query<User>().one();
    FAIL("the statement was prepared for another type");
  } catch (const SchemaChanged& error) {
    CHECK_THAT(error.message(), Catch::Matchers::Contains("was changed since it was prepared"));
    CHECK_THAT(error.hint(), Catch::Matchers::Contains("roll back"));
  }
  db.rollback();
  CHECK(db.query<User>().one()->username == "john");
  db.expunge_all();
  CHECK(db.get<User>(1)->username == "john");
}

TEST_CASE("retry does again what met a table that changed") {
  const Server server;
  if (!server) return;
  const Engine engine(server.url());
  int attempts = 0;
  const auto read = [&](Session& db) {
    ++attempts;
    return db.query<User>().one()->username;
  };
  CHECK(retry(engine, blog::models(), read) == "john");
  migrate(server);
  CHECK(retry(engine, blog::models(), read) == "john");
  CHECK(attempts == 3);
}

TEST_CASE("Outside a transaction a statement whose table changed is prepared once more") {
  const Server server;
  if (!server) return;
  const auto driver = open_driver(parse_url(server.url()), {});
  const std::string sql = "SELECT username, id FROM \"user\" WHERE id = $1";
  const auto name = [&] {
    PreparedStatement& statement = driver->prepare(sql);
    statement.put_integer(1);
    REQUIRE(statement.step());
    std::string_view text;
    CHECK(statement.get_text(0, text));
    std::string result(text);
    CHECK_FALSE(statement.step());
    return result;
  };
  CHECK(name() == "john");
  migrate(server);
  CHECK(name() == "john");
  server.execute("ALTER TABLE \"user\" ALTER username TYPE varchar(30)");
  CHECK(name() == "john");
  // A table that is gone is no matter of plans.
  server.execute("ALTER TABLE \"user\" RENAME TO people");
  PreparedStatement& statement = driver->prepare(sql);
  statement.put_integer(1);
  try {
    statement.step();
    FAIL("the table is gone");
  } catch (const SchemaChanged&) {
    FAIL("another error than what it is");
  } catch (const Error& error) {
    CHECK(error.sqlstate() == "42P01");
  }
}

TEST_CASE("Without prepared statements a table may change at any time") {
  const Server server;
  if (!server) return;
  const Engine engine(server.url() + "?prepared_statements=off");
  Session db(engine, blog::models());
  CHECK(db.query<User>().one()->username == "john");
  CHECK(prepared_statements(db) == 0);
  db.commit();
  db.expunge_all();
  db.execute("SELECT 1");
  migrate(server);
  CHECK(db.query<User>().one()->username == "john");
  db.add(blog::user_named("jane"));
  db.add(blog::user_named("jim"));
  db.commit();
  CHECK(db.query<User>().count() == 3);
  CHECK(prepared_statements(db) == 0);
}

TEST_CASE("Statements are prepared where nothing speaks against it") {
  const Server server;
  if (!server) return;
  Session db(Engine(server.url()), blog::models());
  db.query<User>().one();
  CHECK(prepared_statements(db) > 0);
}

TEST_CASE("Sessions work behind a transaction pooler, prepared statements asked for or not") {
  const Server server;
  const char* pooler = std::getenv("ORMDB_TEST_PGBOUNCER_URL");
  if (!server) return;
  if (pooler == nullptr) {
    WARN("skipped: ORMDB_TEST_PGBOUNCER_URL is not set");
    return;
  }
  const std::string url = std::string(pooler) + "/" + server.parsed_url().database;
  const std::string option = GENERATE("", "?prepared_statements=off", "?prepared_statements=on");
  const Engine engine(url + option, {.pool_size = 6});
  std::vector<Session> sessions;
  for (int i = 0; i < 6; ++i) sessions.emplace_back(engine, blog::models());
  // Interleaved, so that the pooler gives each transaction any of its connections.
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      Session& db = sessions[(i * 5 + static_cast<std::size_t>(round)) % sessions.size()];
      const std::string name = std::to_string(round) + "_" + std::to_string(i);
      auto user = db.add(blog::user_named(name));
      db.add(blog::user_named("twin" + name));
      db.flush();
      CHECK(db.query<User>().filter(col<&User::username> == name).one() == user);
      CHECK(db.execute("SHOW TimeZone").text(0, 0) == "UTC");
      user.set<&User::email>(name);
      if (i % 2 == 0) {
        db.commit();
      } else {
        db.rollback();
      }
    }
  }
  CHECK(sessions[0].query<User>().count() == 1 + 2 * 4 * 3);
  sessions.clear();
  // The pooler's connections must be free before the database can go.
  engine.dispose();
}

}  // namespace
