#include <catch2/catch.hpp>

#include "unit/orm/blog.h"

namespace {

using blog::Post;
using blog::User;
using namespace ormdb;

struct Fixture {
  Engine engine = blog::fresh_engine();
  Session db{engine, blog::models()};

  std::string email_of(std::int64_t id) {
    const Rows rows = db.execute("SELECT email FROM \"user\" WHERE id = :id", {{"id", id}});
    return rows.rows.empty() ? "none" : rows.text(0, 0);
  }
};

TEST_CASE_METHOD(Fixture, "Objects are added, read, changed and removed") {
  auto user = db.add(blog::user_named("john"));
  CHECK(user.is_pending());
  db.commit();
  CHECK(user->id == 1);
  CHECK_FALSE(user.is_pending());

  user.set<&User::email>("new@example.com");
  CHECK(user.is_modified());
  db.commit();
  CHECK(email_of(1) == "new@example.com");

  db.remove(db.get_or_404<User>(1));
  db.commit();
  CHECK_FALSE(db.get<User>(1));
  CHECK_THROWS_AS(db.get_or_404<User>(1), NotFound);
}

TEST_CASE_METHOD(Fixture, "A row is one object for as long as the session lives") {
  const auto user = db.add(blog::user_named("john"));
  db.commit();
  const auto before = db.statement_count();
  CHECK(db.get<User>(1) == user);
  CHECK(db.statement_count() == before);
  CHECK(db.query<User>().one() == user);
  CHECK(db.query<User>().all()[0] == user);
}

TEST_CASE_METHOD(Fixture, "An update writes the columns that differ, and none when none does") {
  auto user = db.add(blog::user_named("john"));
  db.commit();
  std::vector<std::string> statements;
  db.on_statement([&](const StatementEvent& event) { statements.emplace_back(event.sql); });
  user.set<&User::email>("a@b.c");
  user.set<&User::email>("john@example.com");
  CHECK_FALSE(user.is_modified());
  db.commit();
  CHECK(statements.empty());
  user.set<&User::is_active>(false);
  CHECK(user.history<&User::is_active>().size() == 2);
  db.commit();
  REQUIRE(statements.size() == 1);
  CHECK(statements[0].find("UPDATE") == 0);
}

// The five programs that lost updates where non-const access was the sign of a write.

TEST_CASE_METHOD(Fixture, "A reference that is kept over a commit still writes") {
  auto user = db.add(blog::user_named("john"));
  db.commit();
  {
    auto edit = user.edit();
    std::string& email = edit->email;
    email = "first@example.com";
    db.commit();
    email = "second@example.com";
    db.commit();
  }
  CHECK(email_of(1) == "second@example.com");
}

void rename(User& user, const std::string& email) { user.email = email; }

TEST_CASE_METHOD(Fixture, "A function that writes through a reference is seen") {
  auto user = db.add(blog::user_named("john"));
  db.commit();
  rename(*user.edit(), "by@function.com");
  db.commit();
  CHECK(email_of(1) == "by@function.com");
}

TEST_CASE_METHOD(Fixture, "Writes after a query's autoflush are not lost") {
  auto user = db.add(blog::user_named("john"));
  db.commit();
  auto edit = user.edit();
  edit->email = "one@example.com";
  CHECK(db.query<User>().filter(col<&User::email> == "one@example.com").count() == 1);
  edit->email = "two@example.com";
  db.commit();
  CHECK(email_of(1) == "two@example.com");
}

TEST_CASE_METHOD(Fixture, "A query inside the value expression does not lose the write") {
  auto user = db.add(blog::user_named("john"));
  db.commit();
  user.set<&User::email>(std::to_string(db.query<User>().count()) + "@example.com");
  user.edit()->username = "user" + std::to_string(db.query<User>().count());
  db.commit();
  CHECK(email_of(1) == "1@example.com");
  CHECK(db.query<User>().filter(col<&User::username> == "user1").exists());
}

TEST_CASE_METHOD(Fixture, "Structured bindings over a flush and a new object after commit") {
  auto user = db.add(blog::user_named("john"));
  auto edit = user.edit();
  User& inside = *edit;
  auto& [id, username, email, password, image, active, seen, posts, profile] = inside;
  db.flush();
  CHECK(id == 1);
  email = "bound@example.com";
  db.commit();
  CHECK(email_of(1) == "bound@example.com");
  email = "after@example.com";
  db.commit();
  CHECK(email_of(1) == "after@example.com");
}

TEST_CASE_METHOD(Fixture, "Rollback brings objects back to what they were") {
  auto kept = db.add(blog::user_named("kept"));
  db.commit();
  kept.set<&User::email>("changed@example.com");
  auto added = db.add(blog::user_named("added"));
  db.flush();
  kept.set<&User::email>("again@example.com");
  db.rollback();
  CHECK(kept->email == "kept@example.com");
  CHECK(added.is_detached());
  CHECK(added->username == "added");
  CHECK(added->id == 0);
  CHECK(db.query<User>().count() == 1);
  CHECK_THROWS_AS(added.set<&User::email>("x"), DetachedError);

  db.remove(kept);
  db.flush();
  CHECK(kept.is_deleted());
  db.rollback();
  CHECK_FALSE(kept.is_deleted());
  CHECK(db.get<User>(1) == kept);
}

TEST_CASE_METHOD(Fixture, "A rollback of a removal undoes what was written to the object before") {
  auto user = db.add(blog::user_named("john"));
  auto other = db.add(blog::user_named("jane"));
  auto post = db.add(Post{.title = "t", .author = user});
  db.commit();
  user.set<&User::email>("lost@example.com");
  user.update_key().set<&User::id>(7);
  post.set<&Post::title>("lost");
  db.remove(user);
  db.flush();
  CHECK(user.is_deleted());
  CHECK(post.is_deleted());  // by the database
  CHECK_FALSE(db.get<User>(1));
  CHECK(db.get<User>(2) == other);
  db.rollback();
  CHECK(user->email == "john@example.com");
  CHECK(user->id == 1);
  CHECK(post->title == "t");
  CHECK(db.get<User>(1) == user);
  CHECK_FALSE(db.has_changes());
}

TEST_CASE_METHOD(Fixture, "A savepoint is undone alone, objects included") {
  auto user = db.add(blog::user_named("john"));
  db.commit();
  user.set<&User::email>("outer@example.com");
  {
    auto savepoint = db.begin_nested();
    user.set<&User::email>("inner@example.com");
    auto other = db.add(blog::user_named("other"));
    db.flush();
    {
      auto inner = db.begin_nested();
      user.set<&User::email>("innermost@example.com");
      inner.commit();
    }
    savepoint.rollback();
    CHECK(other.is_detached());
  }
  CHECK(user->email == "outer@example.com");
  db.commit();
  CHECK(email_of(1) == "outer@example.com");
  CHECK(db.query<User>().count() == 1);
}

TEST_CASE_METHOD(Fixture, "A failed flush leaves the session usable after rollback") {
  db.add(blog::user_named("john"));
  db.commit();
  auto good = db.add(blog::user_named("good"));
  User twin = blog::user_named("john");
  twin.email = "twin@example.com";
  db.add(twin);
  try {
    db.commit();
    FAIL("two users have one name");
  } catch (const IntegrityError& error) {
    CHECK(error.violation() == Violation::kUnique);
    CHECK(error.table() == "user");
    CHECK(error.column() == "username");
  }
  CHECK_THROWS_AS(db.query<User>().count(), RollbackRequired);
  db.rollback();
  CHECK(good.is_detached());
  CHECK(good->id == 0);
  CHECK(db.query<User>().count() == 1);
}

TEST_CASE_METHOD(Fixture, "A failed flush leaves the objects as they were") {
  auto john = db.add(blog::user_named("john"));
  auto first = db.add(Post{.title = "first", .author = john});
  auto second = db.add(Post{.title = "second", .author = john});
  db.commit();
  const auto work = [&](const std::string& name) {
    auto jane = db.add(blog::user_named("jane"));
    john.set<&User::email>("new@example.com");
    first->author.set(jane);
    db.remove(second);
    jane->posts.append(db.add(Post{.title = "third"}));
    User other = blog::user_named("other");
    other.username = name;
    db.add(other);
    return jane;
  };
  auto jane = work("john");
  CHECK_THROWS_AS(db.commit(), IntegrityError);
  CHECK_THROWS_AS(db.commit(), RollbackRequired);
  db.rollback();
  CHECK(jane.is_detached());
  CHECK(jane->id == 0);
  CHECK(john->email == "john@example.com");
  CHECK_FALSE(john.is_modified());
  CHECK_FALSE(second.is_deleted());
  CHECK(first->author == john);
  CHECK(first->user_id == john->id);
  CHECK(john->posts.size() == 2);
  CHECK_FALSE(db.has_changes());

  jane = work("jim");
  db.commit();
  CHECK(second.is_deleted());
  CHECK(john->posts.empty());
  CHECK(jane->posts.size() == 2);
  CHECK(db.query<User>().count() == 3);
  CHECK(email_of(john->id) == "new@example.com");
}

TEST_CASE_METHOD(Fixture, "Violations are told apart") {
  const auto violation = [&](Post post) {
    try {
      db.add(std::move(post));
      db.flush();
    } catch (const IntegrityError& error) {
      db.rollback();
      return std::string(violation_name(error.violation()));
    }
    db.rollback();
    return std::string("none");
  };
  CHECK(violation(Post{.title = "t", .user_id = 99}) == "foreign key");
  CHECK_THROWS_AS(db.execute("INSERT INTO \"user\" (id) VALUES (1)"), IntegrityError);
}

TEST_CASE_METHOD(Fixture, "A changed key is refused unless it is asked for") {
  auto user = db.add(blog::user_named("john"));
  db.commit();
  user.set<&User::id>(7);
  CHECK_THROWS_AS(db.commit(), Error);
  db.rollback();
  CHECK(user->id == 1);
  user.update_key().set<&User::id>(7);
  db.commit();
  CHECK(db.get<User>(7) == user);
  CHECK_FALSE(db.get<User>(1));
  user.update_key().set<&User::id>(8);
  db.flush();
  db.rollback();
  CHECK(db.get<User>(7) == user);
}

TEST_CASE_METHOD(Fixture, "Assigning a whole value keeps the key; merge finds the object") {
  auto user = db.add(blog::user_named("john"));
  db.commit();
  user.assign(blog::user_named("jane"));
  db.commit();
  CHECK(user->id == 1);
  CHECK(email_of(1) == "jane@example.com");
  User copy = blog::user_named("jim");
  copy.id = 1;
  CHECK(db.merge(copy) == user);
  CHECK(user->username == "jim");
  CHECK(db.merge(blog::user_named("new")).is_pending());
}

TEST_CASE_METHOD(Fixture, "Expired objects are read at the next use, refreshed ones now") {
  auto user = db.add(blog::user_named("john"));
  db.commit();
  db.execute("UPDATE \"user\" SET email = 'other@example.com'");
  CHECK(user->email == "john@example.com");
  db.expire(user);
  CHECK(user->email == "other@example.com");
  db.execute("UPDATE \"user\" SET email = 'third@example.com'");
  db.refresh(user);
  CHECK(user->email == "third@example.com");
  db.execute("DELETE FROM \"user\"");
  CHECK_THROWS_AS(db.refresh(user), NotFound);
}

TEST_CASE_METHOD(Fixture, "Objects outlive their session detached") {
  Ref<User> user;
  Ref<Post> post;
  {
    Session inner(engine, blog::models());
    user = inner.add(blog::user_named("john"));
    post = inner.add(Post{.title = "t", .author = user});
    inner.commit();
    inner.expire(post);
    post->title.size();
  }
  CHECK(user.is_detached());
  CHECK(user->username == "john");
  CHECK_THROWS_AS(user.set<&User::email>("x"), DetachedError);
  CHECK_THROWS_AS(post->author.get(), DetachedError);
  CHECK_THROWS_AS(db.remove(user), Error);
  CHECK_THROWS_AS(Ref<User>()->username, Error);
}

TEST_CASE_METHOD(Fixture, "A closed session starts anew, and its objects are detached") {
  auto user = db.add(blog::user_named("john"));
  auto post = db.add(Post{.title = "t", .author = user});
  db.commit();
  db.expunge_all();
  user = db.get<User>(1);
  post = db.get<Post>(1);
  user.set<&User::email>("lost@example.com");
  auto savepoint = db.begin_nested();
  auto pending = db.add(blog::user_named("pending"));
  db.close();
  CHECK_FALSE(db.in_transaction());
  CHECK_FALSE(db.has_changes());
  CHECK(engine.status().in_use == 0);
  CHECK_THROWS_AS(savepoint.commit(), Error);
  for (const Ref<User>& ref : {user, pending}) {
    CHECK(ref.is_detached());
    CHECK_FALSE(ref->username.empty());
    CHECK_THROWS_AS(ref.edit(), DetachedError);
    CHECK_THROWS_AS(db.remove(ref), Error);
    CHECK_THROWS_AS(db.refresh(ref), Error);
  }
  CHECK_THROWS_AS(user->posts.size(), DetachedError);
  CHECK_THROWS_AS(post->author.get(), DetachedError);
  CHECK_THROWS_AS(post->author.set(user), DetachedError);
  CHECK_THROWS_AS(user->posts.append(post), DetachedError);
  const auto again = db.get<User>(1);
  CHECK_FALSE(again == user);
  CHECK(again->email == "john@example.com");
  CHECK(again->posts.size() == 1);
  CHECK(db.query<User>().count() == 1);
}

TEST_CASE_METHOD(Fixture, "Expunged objects leave the session, others stay") {
  auto user = db.add(blog::user_named("john"));
  db.commit();
  db.expunge(user);
  CHECK(user.is_detached());
  const auto again = db.get<User>(1);
  CHECK_FALSE(again == user);
  db.expunge_all();
  CHECK(again.is_detached());
  CHECK(again->username == "john");
}

TEST_CASE_METHOD(Fixture, "Observers see what happens, and may change what is written") {
  std::vector<std::string> log;
  db.on<User>(Event::kBeforeInsert, [&](Ref<User> user) {
    log.push_back("insert " + user->username);
    user.set<&User::password>("hashed");
  });
  db.on<User>(Event::kAfterUpdate, [&](Ref<User>) { log.emplace_back("updated"); });
  db.on(SessionEvent::kAfterCommit, [&](Session&) { log.emplace_back("commit"); });
  auto user = db.add(blog::user_named("john"));
  db.commit();
  user.set<&User::is_active>(false);
  db.commit();
  CHECK(log == std::vector<std::string>{"insert john", "commit", "updated", "commit"});
  CHECK(db.execute("SELECT password FROM \"user\"").text(0, 0) == "hashed");
}

TEST_CASE_METHOD(Fixture, "Server defaults are read back, constants are the client's") {
  auto user = db.add(blog::user_named("john"));
  auto post = db.add(Post{.title = "t", .author = user});
  db.commit();
  CHECK(post->date_posted > LocalTime(std::chrono::days(19000)));
  CHECK(user->image_file == "default.jpg");
  const LocalTime when(std::chrono::days(20000) + std::chrono::microseconds(12));
  auto dated = db.add(Post{.title = "t", .date_posted = when, .author = user});
  db.commit();
  db.refresh(dated);
  CHECK(dated->date_posted == when);
}

TEST_CASE_METHOD(Fixture, "Text and JSON leave secrets out") {
  auto user = db.add(blog::user_named("john"));
  db.add(Post{.title = "First", .author = user});
  db.commit();
  CHECK(to_string(user) ==
        "User(id=1, username='john', email='john@example.com', image_file='default.jpg', "
        "is_active=true, last_seen=null)");
  const std::string json = to_json(user);
  CHECK(json.find("hash") == std::string::npos);
  CHECK_THAT(json, Catch::Matchers::Contains(R"("posts": [{"id": 1, "title": "First")"));
  const User read = from_json<User>(db, R"({"username": "x", "is_active": false})");
  CHECK(read.username == "x");
  CHECK_FALSE(read.is_active);
  CHECK_THROWS_AS(from_json<User>(db, R"({"user": 1})"), ConversionError);
  CHECK_THROWS_AS(from_json<User>(db, R"({"username": 1})"), ConversionError);
}

TEST_CASE_METHOD(Fixture, "A test fixture's session never commits, and its rollback is its own") {
  {
    Session test = Session::rolled_back(engine, blog::models());
    test.add(blog::user_named("one"));
    test.commit();
    test.add(blog::user_named("two"));
    test.rollback();
    CHECK(test.query<User>().count() == 1);
  }
  CHECK(db.query<User>().count() == 0);
}

TEST_CASE_METHOD(Fixture, "with_session commits, and rolls back when the function throws") {
  const auto id = with_session(engine, blog::models(), [](Session& session) {
    auto user = session.add(blog::user_named("john"));
    session.flush();
    return user->id;
  });
  CHECK(id == 1);
  CHECK_THROWS_AS(with_session(engine, blog::models(),
                               [](Session& session) {
                                 session.add(blog::user_named("jane"));
                                 session.flush();
                                 throw std::runtime_error("no");
                               }),
                  std::runtime_error);
  CHECK(db.query<User>().count() == 1);
}

TEST_CASE("NULL for a member that is not optional names the column") {
  const Engine engine("sqlite://");
  Session db(engine, blog::models());
  db.execute(
      "CREATE TABLE user (id INTEGER PRIMARY KEY, username, email, password, image_file, "
      "is_active, last_seen)");
  db.execute("INSERT INTO user VALUES (1, NULL, '', '', '', 1, NULL)");
  CHECK_THROWS_WITH(db.get<User>(1), Catch::Matchers::Contains("username"));
  db.execute("INSERT INTO user VALUES (2, 'a', '', '', '', 'maybe', NULL)");
  CHECK_THROWS_WITH(db.get<User>(2), Catch::Matchers::Contains("is_active"));
}

}  // namespace
