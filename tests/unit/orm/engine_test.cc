#include <catch2/catch.hpp>
#include <cstdio>
#include <thread>

#include "orm/identity_map.h"
#include "unit/orm/blog.h"

namespace {

using blog::User;
using namespace ormdb;

/// A database file with the blog's tables that goes away with the test.
struct File {
  std::string path = "/tmp/ormdb_engine_" + Uuid::random().text() + ".db";
  std::string url() const { return "sqlite:///" + path; }
  File() { blog::models().create_all(Engine(url())); }
  ~File() { std::remove(path.c_str()); }
};

TEST_CASE("The pool keeps connections, and refuses when all are in use for too long") {
  const File file;
  const Engine engine(file.url(), {.pool_size = 1,
                                   .max_overflow = 1,
                                   .pool_timeout = std::chrono::milliseconds(20),
                                   .pre_ping = true});
  Session one(engine, blog::models()), two(engine, blog::models()), three(engine, blog::models());
  CHECK(one.query<User>().count() == 0);
  CHECK(two.query<User>().count() == 0);
  CHECK(engine.status().in_use == 2);
  CHECK_THROWS_AS(three.query<User>().count(), PoolTimeout);
  one.commit();
  CHECK(three.query<User>().count() == 0);
  two.close();
  three.rollback();
  CHECK(engine.status().in_use == 0);
  CHECK(engine.status().idle == 1);
  engine.dispose();
  CHECK(engine.status().idle == 0);
}

TEST_CASE("What a session left open is rolled back when the connection returns") {
  const File file;
  const Engine engine(file.url(), {.pool_size = 1});
  {
    Session db(engine, blog::models());
    db.add(blog::user_named("lost"));
    db.flush();
  }
  Session db(engine, blog::models());
  CHECK(db.query<User>().count() == 0);
}

TEST_CASE("Two threads in one session at once are told so") {
  const Engine engine = blog::fresh_engine();
  Session db(engine, blog::models());
  db.add(blog::user_named("john"));
  bool refused = false;
  db.on<User>(Event::kBeforeInsert, [&](Ref<User>) {
    std::thread other([&] {
      try {
        db.query<User>().count();
      } catch (const ConcurrentUse&) {
        refused = true;
      }
    });
    other.join();
  });
  db.commit();
  CHECK(refused);
  std::int64_t count = 0;
  std::thread later([&] {
    count = db.query<User>().count();
    db.commit();
  });
  later.join();
  CHECK(count == 1);
}

constexpr std::string_view kEndless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";

TEST_CASE("A statement ends at the deadline, or when another thread cancels it") {
  const Engine engine = blog::fresh_engine();
  Session db(engine, blog::models());
  db.set_deadline(std::chrono::milliseconds(20));
  CHECK_THROWS_WITH(db.execute(kEndless), "timed out");
  db.rollback();
  CHECK(db.query<User>().count() == 0);
  std::atomic<bool> done{false};
  std::thread other([&] {
    while (!done) {
      db.cancel();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
  CHECK_THROWS_WITH(db.execute(kEndless), "interrupted");
  done = true;
  other.join();
}

TEST_CASE("retry repeats what lost against another transaction") {
  const File file;
  const Engine engine(file.url(), {.lock_timeout = std::chrono::milliseconds(0)});
  Session writer(engine, blog::models(), {.isolation = "immediate"});
  writer.add(blog::user_named("first"));
  writer.flush();
  int attempts = 0;
  retry(engine, blog::models(), [&](Session& db) {
    if (++attempts == 3) writer.commit();
    db.add(blog::user_named("second"));
    db.flush();
  });
  CHECK(attempts == 3);
  CHECK(writer.query<User>().count() == 2);
  writer.rollback();
  Session other(engine, blog::models(), {.isolation = "immediate"});
  other.add(blog::user_named("third"));
  other.flush();
  CHECK_THROWS_AS(retry(
                      engine, blog::models(),
                      [&](Session& db) {
                        db.add(blog::user_named("fourth"));
                        db.flush();
                      },
                      2),
                  TransientConflict);
}

TEST_CASE("A read-only session writes nothing") {
  const Engine engine = blog::fresh_engine();
  Session db(engine, blog::models(), {.read_only = true});
  db.add(blog::user_named("john"));
  CHECK_THROWS_AS(db.flush(), Error);
}

TEST_CASE("Statements can go unprepared, and the environment names the database") {
  const Engine engine("sqlite://?prepared_statements=off");
  blog::models().create_all(engine);
  Session db(engine, blog::models());
  for (int i = 0; i < 3; ++i) db.add(blog::user_named("u" + std::to_string(i)));
  db.commit();
  CHECK(db.query<User>().count() == 3);
  CHECK(Engine::from_env("ORMDB_TEST_UNSET_VARIABLE", "sqlite://").url() == "sqlite://");
  CHECK_THROWS_AS(Engine("nonsense"), Error);
}

template <typename Key>
void check_map_at_random(Key (*key_of)(std::int64_t)) {
  detail::FlatMap<Key> map;
  std::unordered_map<std::int64_t, detail::Entity*> plain;
  detail::Entity entities[3] = {};
  std::uint64_t seed = 42;
  const auto random = [&] { return seed = seed * 6364136223846793005U + 1442695040888963407U; };
  for (int i = 0; i < 20000; ++i) {
    const auto number = static_cast<std::int64_t>(random() >> 33) % 500 - 100;
    if (random() >> 62 == 0) {
      map.erase(key_of(number));
      plain.erase(number);
    } else {
      detail::Entity* entity = &entities[random() >> 33 & 1];
      map.insert(key_of(number), entity);
      plain[number] = entity;
    }
  }
  CHECK(map.size() == plain.size());
  for (std::int64_t number = -101; number < 501; ++number) {
    const auto found = plain.find(number);
    CHECK(map.find(key_of(number)) == (found == plain.end() ? nullptr : found->second));
  }
}

TEST_CASE("The identity maps agree with a plain one over random insertions and removals") {
  check_map_at_random<std::int64_t>([](std::int64_t number) { return number; });
  check_map_at_random<detail::KeyWords>([](std::int64_t number) {
    const auto bits = static_cast<std::uint64_t>(number);
    return detail::KeyWords{{bits % 7, bits / 7}};
  });
}

}  // namespace
