#include <catch2/catch.hpp>
#include <thread>

#include "unit/orm/blog.h"

namespace {

using blog::User;

TEST_CASE("Every thread has a session of its own behind one name") {
  const ormdb::Engine engine = blog::fresh_engine();
  const ormdb::ScopedSession db(engine, blog::models());
  CHECK_FALSE(db.is_open());
  db->add(blog::user_named("ann"));
  db->commit();
  const ormdb::Session* mine = &*db;
  CHECK(&*db == mine);
  bool open_there = true;
  std::int64_t users = 0;
  const ormdb::Session* other = nullptr;
  std::thread([&] {
    open_there = db.is_open();
    other = &*db;
    users = db->query<User>().count();
    db->add(blog::user_named("lost"));
    db->flush();  // and the thread ends: rolled back, the connection is free again
  }).join();
  CHECK_FALSE(open_there);
  CHECK(other != mine);
  CHECK(users == 1);
  CHECK(engine.status().in_use == 0);
  CHECK(db->query<User>().count() == 1);
  CHECK(db->in_transaction());
  db.remove();
  CHECK_FALSE(db.is_open());
  CHECK(engine.status().in_use == 0);
}

TEST_CASE("Two holders do not share sessions, also one after the other") {
  const ormdb::Engine engine = blog::fresh_engine();
  {
    const ormdb::ScopedSession first(engine, blog::models());
    first->add(blog::user_named("pending"));
    first.remove();
  }
  const ormdb::ScopedSession second(engine, blog::models());
  CHECK_FALSE(second.is_open());
  CHECK_FALSE(second->has_changes());
  second.remove();
}

TEST_CASE("SchemaChanged is caught as what it is and as an Error") {
  const ormdb::Error cause(ormdb::ErrorKind::kDatabase, "cached plan must not change result type");
  CHECK_THROWS_AS(throw ormdb::SchemaChanged(cause), ormdb::Error);
  CHECK(ormdb::SchemaChanged(cause).message() == cause.message());
}

}  // namespace
