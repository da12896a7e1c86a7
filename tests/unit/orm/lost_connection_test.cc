// Live, on PostgreSQL: what a session says and does when its connection breaks.
#include <catch2/catch.hpp>
#include <functional>
#include <optional>

#include "support/dialect_tcp_proxy.h"
#include "unit/orm/blog_server.h"

namespace trap {

/// A number which breaks something while it is on its way to the server.
struct Number {
  std::int64_t value{};
  static inline std::int64_t trap = -1;
  static inline std::function<void()> spring;
};

}  // namespace trap

template <>
struct ormdb::codec<trap::Number> {
  using stored = std::int64_t;
  static std::int64_t to(const trap::Number& number) {
    if (number.value == trap::Number::trap) trap::Number::spring();
    return number.value;
  }
  static trap::Number from(std::int64_t value) { return {value}; }
};

namespace {

using blog::Post;
using blog::Server;
using blog::User;
using namespace ormdb;
using ormdb::test::TcpProxy;
using Loss = TcpProxy::Loss;

TEST_CASE("A connection that is lost in a transaction is told, and the session goes on") {
  const Server server;
  if (!server) return;
  const Engine engine(server.url());
  Session db(engine, blog::models());
  auto john = db.query<User>().one();
  john.set<&User::email>("flushed@example.com");
  auto added = db.add(blog::user_named("jane"));
  db.flush();
  john.set<&User::email>("waiting@example.com");
  server.kill_all();

  SECTION("by a query") {
    CHECK_THROWS_AS(db.query<Post>().count(), ConnectionLost);
    CHECK_THROWS_AS(db.execute("SELECT 1"), Error);
  }
  SECTION("by a flush") {
    CHECK_THROWS_AS(db.flush(), ConnectionLost);
    CHECK_THROWS_AS(db.query<Post>().count(), RollbackRequired);
  }
  SECTION("by a savepoint") { CHECK_THROWS_AS(db.begin_nested(), ConnectionLost); }
  SECTION("by the rollback itself") {}
  db.rollback();
  CHECK(john->email == "john@example.com");
  CHECK(added.is_detached());
  CHECK(added->id == 0);
  CHECK(engine.status().in_use == 0);
  CHECK(engine.status().idle == 0);

  john.set<&User::email>("again@example.com");
  db.commit();
  CHECK(server.number("SELECT count(*) FROM \"user\" WHERE email = 'again@example.com'") == 1);
  CHECK(server.number("SELECT count(*) FROM \"user\"") == 1);
}

TEST_CASE("A lost connection names itself, its statement and the way on") {
  const Server server;
  if (!server) return;
  Session db(Engine(server.url()), blog::models());
  db.query<User>().one();
  server.kill_all();
  try {
    db.execute("SELECT 42");
    FAIL("the connection was lost");
  } catch (const ConnectionLost& error) {
    CHECK(error.kind() == ErrorKind::kDatabase);
    CHECK(error.sqlstate() == "08006");
    CHECK_THAT(error.message(), Catch::Matchers::Contains("the connection to the server was lost"));
    CHECK(error.statement() == "SELECT 42");
    CHECK_FALSE(error.hint().empty());
  }
}

TEST_CASE("A savepoint over a lost connection goes with the transaction") {
  const Server server;
  if (!server) return;
  Session db(Engine(server.url()), blog::models());
  auto john = db.query<User>().one();
  {
    auto savepoint = db.begin_nested();
    john.set<&User::email>("inner@example.com");
    server.kill_all();
  }
  CHECK_THROWS_AS(db.execute("SELECT 1"), ConnectionLost);
  db.rollback();
  CHECK(john->email == "john@example.com");
  CHECK(db.query<User>().count() == 1);
}

TEST_CASE("Connections that were lost in the pool are replaced, with a ping and without") {
  const Server server;
  if (!server) return;
  for (const bool pre_ping : {true, false}) {
    const Engine engine(server.url(), {.pool_size = 4, .pre_ping = pre_ping});
    {
      std::vector<Session> sessions;
      for (int i = 0; i < 4; ++i) {
        sessions.emplace_back(engine, blog::models()).query<User>().count();
      }
      for (Session& session : sessions) session.commit();
    }
    REQUIRE(engine.status().idle == 4);
    server.kill_all();
    Session db(engine, blog::models());
    CHECK(db.query<User>().count() == 1);
    CHECK(engine.status().in_use == 1);
    db.commit();
    CHECK(engine.status().in_use == 0);
  }
}

TEST_CASE("A server that is not there is told at once, not tried for ever") {
  const Server server;
  if (!server) return;
  const std::string url = server.url();
  const Engine engine(url.substr(0, url.rfind('/')) + "/ormdb_no_such_database");
  Session db(engine, blog::models());
  CHECK_THROWS_WITH(db.query<User>().count(), Catch::Matchers::Contains("cannot connect"));
  CHECK(engine.status().in_use == 0);
}

struct Sample {
  std::int64_t id{};
  trap::Number number{};
  std::string text{};
  static void describe(TableOf<Sample>& t) {
    t.name("sample").column<&Sample::id>({.primary_key = true}).column<&Sample::number>();
    t.column<&Sample::text>();
  }
};

TEST_CASE("A connection that is lost in the middle of a COPY leaves no row and no lie") {
  const Server server;
  if (!server) return;
  const Metadata models = Metadata::of<Sample>();
  const Engine engine(server.url());
  models.create_all(engine);
  constexpr std::int64_t kRows = 60'000;  // several pieces
  std::vector<Sample> rows;
  for (std::int64_t i = 0; i < kRows; ++i) rows.push_back({0, {i}, "some text to fill the piece"});
  Session db(engine, models);
  trap::Number::spring = [&] { server.kill_all(); };
  for (const std::int64_t at : {std::int64_t{1}, kRows / 2, kRows - 1}) {
    trap::Number::trap = at;
    CHECK_THROWS_AS(db.bulk_insert(rows), ConnectionLost);
    trap::Number::trap = -1;
    db.rollback();
    CHECK(engine.status().in_use == 0);
    CHECK(server.number("SELECT count(*) FROM sample") == 0);
    CHECK(rows.front().id == 0);
  }
  db.bulk_insert(rows);
  db.commit();
  CHECK(server.number("SELECT count(*) FROM sample") == kRows);
  CHECK(rows.back().id != 0);
}

/// A session behind a proxy that can lose a COMMIT.
struct Proxied {
  Server server;
  std::optional<TcpProxy> proxy;

  Proxied() {
    if (!server) return;
    const Url& url = server.parsed_url();
    proxy.emplace(url.host, url.port);
  }
  Engine engine() const {
    Url url = server.parsed_url();
    url.port = proxy->port();
    return Engine(blog::text_of(url));
  }
};

TEST_CASE("A COMMIT whose answer is lost has an unknown outcome, and the objects are read again") {
  Proxied proxied;
  if (!proxied.server) return;
  const Engine engine = proxied.engine();
  const bool committed = GENERATE(true, false);
  Session db(engine, blog::models());
  auto john = db.query<User>().one();
  john.set<&User::email>("new@example.com");
  auto added = db.add(blog::user_named("jane"));
  proxied.proxy->lose(committed ? Loss::kReply : Loss::kRequest);
  try {
    db.commit();
    FAIL("the answer was lost");
  } catch (const OutcomeUnknown& error) {
    CHECK_THAT(error.message(), Catch::Matchers::Contains("outcome unknown"));
    CHECK(error.statement() == "COMMIT");
  }
  CHECK_THROWS_AS(db.query<User>().count(), RollbackRequired);
  db.rollback();
  CHECK(added.is_detached());
  CHECK(john->email == (committed ? "new@example.com" : "john@example.com"));
  CHECK(db.query<User>().count() == (committed ? 2 : 1));
  CHECK(proxied.server.number("SELECT count(*) FROM \"user\"") == (committed ? 2 : 1));
  db.commit();
  CHECK(engine.status().in_use == 0);
}

TEST_CASE("retry does not repeat a transaction whose outcome is unknown") {
  Proxied proxied;
  if (!proxied.server) return;
  const Engine engine = proxied.engine();
  int attempts = 0;
  const auto work = [&](Session& db) {
    ++attempts;
    db.add(blog::user_named("jane"));
    db.flush();
    proxied.proxy->lose(Loss::kReply);
  };
  CHECK_THROWS_AS(retry(engine, blog::models(), work), OutcomeUnknown);
  CHECK(attempts == 1);
  CHECK(proxied.server.number("SELECT count(*) FROM \"user\"") == 2);
}

}  // namespace
