#include <catch2/catch.hpp>

#include "unit/orm/blog.h"

namespace {

using blog::Category;
using blog::Course;
using blog::Post;
using blog::Profile;
using blog::Student;
using blog::User;
using namespace ormdb;

struct Fixture {
  Engine engine = blog::fresh_engine();
  Session db{engine, blog::models()};

  std::int64_t number(std::string_view sql) { return db.execute(sql).integer(0, 0); }

  /// `users` users with `posts` posts each, in the database and not in the session.
  void fill(int users, int posts) {
    for (int i = 0; i < users; ++i) {
      auto user = db.add(blog::user_named("user" + std::to_string(i)));
      for (int j = 0; j < posts; ++j) {
        db.add(Post{.title = std::to_string(j), .author = user});
      }
    }
    db.commit();
    db.expunge_all();
  }

  template <typename F>
  std::int64_t statements(F&& f) {
    const std::int64_t before = db.statement_count();
    f();
    return db.statement_count() - before;
  }
};

TEST_CASE_METHOD(Fixture, "Both sides of one to many are in step, before and after a flush") {
  auto john = db.add(blog::user_named("john"));
  auto jane = db.add(blog::user_named("jane"));
  auto first = db.add(Post{.title = "First", .author = john});
  auto second = db.add(Post{.title = "Second"});
  john->posts.append(second);
  CHECK(second->author == john);
  CHECK(john->posts.size() == 2);
  db.commit();
  CHECK(first->user_id == john->id);
  CHECK(number("SELECT count(*) FROM post WHERE user_id = 1") == 2);

  first->author.set(jane);
  CHECK(john->posts.size() == 1);
  CHECK(jane->posts.contains(first));
  db.commit();
  CHECK(first->user_id == 2);
  CHECK(number("SELECT count(*) FROM post WHERE user_id = 2") == 1);

  jane->posts.append(second);
  CHECK(john->posts.empty());
  db.rollback();
  CHECK(john->posts.size() == 1);
  CHECK(second->author == john);
}

TEST_CASE_METHOD(Fixture, "A relationship is loaded at its first use") {
  fill(1, 3);
  auto user = db.get<User>(1);
  CHECK_FALSE(user->posts.is_loaded());
  CHECK(statements([&] { CHECK(user->posts.size() == 3); }) == 1);
  CHECK(statements([&] { CHECK(user->posts[0]->author == user); }) == 0);
  int count = 0;
  for (auto post : db.get<User>(1)->posts) count += post->title.empty() ? 0 : 1;
  CHECK(count == 3);
}

TEST_CASE_METHOD(Fixture,
                 "An assigned relation wins over its column, a changed column unloads it") {
  auto john = db.add(blog::user_named("john"));
  auto jane = db.add(blog::user_named("jane"));
  auto post = db.add(Post{.title = "t", .author = john});
  db.commit();
  post.set<&Post::user_id>(2);
  CHECK(post->author == jane);
  db.commit();
  CHECK(post->author == jane);
  CHECK(john->posts.empty());
  post.set<&Post::user_id>(2);
  post.set<&Post::author>(john);
  db.commit();
  CHECK(post->user_id == 1);
}

TEST_CASE_METHOD(Fixture, "A child may not be left without a parent that it needs") {
  auto john = db.add(blog::user_named("john"));
  auto post = db.add(Post{.title = "t", .author = john});
  db.commit();
  john->posts.remove(post);
  CHECK_FALSE(post->author);
  CHECK_THROWS_WITH(db.commit(), Catch::Matchers::Contains("post.user_id cannot be NULL"));
  db.rollback();
  CHECK(john->posts.size() == 1);
  CHECK(post->author == john);
  CHECK_THROWS_AS(Post{}.author->id, Error);
}

TEST_CASE_METHOD(Fixture, "One to one replaces the former object on both sides") {
  auto john = db.add(blog::user_named("john"));
  auto profile = db.add(Profile{.bio = "me", .user = john});
  CHECK(john->profile == profile);
  db.commit();
  db.expunge_all();
  auto user = db.get<User>(1);
  REQUIRE(user->profile);
  CHECK(user->profile->bio == "me");
  CHECK(user->profile->user == user);
  auto other = db.add(blog::user_named("jane"));
  other->profile.set(user->profile.get());
  CHECK_FALSE(user->profile);
  db.commit();
  CHECK(number("SELECT user_id FROM profile") == 2);
}

TEST_CASE_METHOD(Fixture, "Trees are written parents first, whatever the order of adding") {
  auto leaf = db.add(Category{.name = "leaf"});
  auto middle = db.add(Category{.name = "middle"});
  auto root = db.add(Category{.name = "root"});
  leaf->parent.set(middle);
  root->children.append(middle);
  db.commit();
  CHECK(root->id == 1);
  CHECK(middle->parent_id == root->id);
  CHECK(leaf->parent_id == middle->id);
  db.remove(root);
  db.commit();
  CHECK(leaf.is_deleted());
  CHECK(number("SELECT count(*) FROM category") == 0);
}

TEST_CASE_METHOD(Fixture, "Many to many keeps its table in step") {
  auto ann = db.add(Student{.id = Uuid::random(), .name = "Ann", .email = "a"});
  auto bob = db.add(Student{.id = Uuid::random(), .name = "Bob", .email = "b"});
  auto maths = db.add(Course{.title = "Maths"});
  auto art = db.add(Course{.title = "Art"});
  ann->courses.append(maths);
  ann->courses.append(art);
  maths->students.append(bob);
  CHECK(bob->courses.contains(maths));
  db.commit();
  CHECK(number("SELECT count(*) FROM student_course") == 3);
  ann->courses.remove(art);
  CHECK(art->students.empty());
  db.commit();
  CHECK(number("SELECT count(*) FROM student_course") == 2);
  db.expunge_all();
  auto course = db.query<Course>().filter(col<&Course::title> == "Maths").one();
  CHECK(course->students.size() == 2);
  db.remove(course);
  db.commit();
  CHECK(number("SELECT count(*) FROM student_course") == 0);
  CHECK(db.query<Student>().filter(any<&Student::courses>()).count() == 0);
}

TEST_CASE_METHOD(Fixture, "What the database does to children is done to the objects") {
  auto john = db.add(blog::user_named("john"));
  auto category = db.add(Category{.name = "c"});
  auto post = db.add(Post{.title = "t", .author = john, .category = category});
  db.commit();
  db.remove(category);
  db.commit();
  CHECK_FALSE(post->category_id);
  CHECK_FALSE(post->category);
  db.remove(john);
  db.commit();
  CHECK(post.is_deleted());
  CHECK_FALSE(db.get<Post>(1));
}

TEST_CASE_METHOD(Fixture, "N+1 in each way, with its number of statements") {
  fill(5, 2);
  const auto walk = [&](Query<User> query) {
    std::size_t posts = 0;
    const auto count = statements([&] {
      for (auto user : query.order_by(col<&User::id>).all()) posts += user->posts.size();
    });
    CHECK(posts == 10);
    db.expunge_all();
    return count;
  };
  CHECK(walk(db.query<User>()) == 6);
  CHECK(walk(db.query<User>().options(joinedload<&User::posts>())) == 1);
  CHECK(walk(db.query<User>().options(selectinload<&User::posts>())) == 2);
  CHECK(walk(db.query<User>().options(subqueryload<&User::posts>())) == 2);
  CHECK(walk(db.query<User>().filter(col<&User::id> > 0).options(selectinload<&User::posts>())) ==
        2);
  Session batched(engine, blog::models(), {.auto_batch = true});
  db.commit();
  const auto users = batched.query<User>().all();
  for (auto user : users) CHECK(user->posts.size() == 2);
  CHECK(batched.statement_count() == 2);
}

TEST_CASE_METHOD(Fixture,
                 "Joined loading neither repeats parents nor lets a limit count children") {
  fill(4, 3);
  const auto all = db.query<User>().options(joinedload<&User::posts>()).all();
  CHECK(all.size() == 4);
  db.expunge_all();
  const auto two = db.query<User>()
                       .options(joinedload<&User::posts>())
                       .order_by(col<&User::id>.desc())
                       .limit(2)
                       .all();
  REQUIRE(two.size() == 2);
  CHECK(two[0]->id == 4);
  CHECK(two[1]->posts.size() == 3);
  db.expunge_all();
  const auto posts = db.query<Post>().options(joinedload<&Post::author>()).limit(5).all();
  CHECK(statements([&] {
          for (auto post : posts) CHECK_FALSE(post->author->username.empty());
        }) == 0);
}

TEST_CASE_METHOD(Fixture, "Strategies go along a path of relationships") {
  fill(2, 2);
  const auto posts =
      db.query<Post>().options(joinedload<&Post::author>().then<&User::posts>(SelectIn)).all();
  CHECK(statements([&] {
          for (auto post : posts) CHECK(post->author->posts.size() == 2);
        }) == 0);
}

TEST_CASE_METHOD(Fixture, "Lazy loads are counted, limited and forbidden") {
  fill(4, 1);
  db.lazy_limit(2, Raise);
  const auto users = db.query<User>().all();
  CHECK(users[0]->posts.size() == 1);
  CHECK(users[1]->posts.size() == 1);
  CHECK_THROWS_AS(users[2]->posts.size(), LazyLoadError);
  REQUIRE(db.lazy_loads().size() == 1);
  CHECK(db.lazy_loads()[0].relationship == "User::posts");
  CHECK(db.lazy_loads()[0].count == 3);
  db.expunge_all();
  const auto raising = db.query<User>().options(raiseload<&User::posts>()).first();
  CHECK_THROWS_AS(raising->posts.size(), LazyLoadError);
}

TEST_CASE_METHOD(Fixture, "A relationship can be queried") {
  fill(2, 3);
  auto user = db.get<User>(2);
  CHECK(user->posts.query().filter(col<&Post::title> == "1").one()->user_id == 2);
  CHECK(user->posts.query().count() == 3);
  auto ann = db.add(Student{.id = Uuid::random(), .name = "Ann", .email = "a"});
  ann->courses.append(db.add(Course{.title = "Maths"}));
  db.add(Course{.title = "Art"});
  db.flush();
  CHECK(ann->courses.query().one()->title == "Maths");
}

TEST_CASE_METHOD(Fixture, "A copy of a model is transient and keeps its references") {
  fill(1, 2);
  auto post = db.get<Post>(1);
  post->author->username.size();
  Post copy = *post;
  copy.id = 0;
  auto twin = db.add(copy);
  CHECK(twin->author == post->author);
  db.commit();
  CHECK(twin->user_id == 1);
  CHECK(db.get<User>(1)->posts.size() == 3);
}

// A parent that owns its children: they go with it, and when they are taken out.
struct Line;
struct Order {
  std::int64_t id{};
  std::int64_t version{};
  Many<Line> lines{};
  static void describe(TableOf<Order>& t);
};
struct Line {
  std::int64_t id{};
  std::string text{};
  std::int64_t order_id{};
  One<Order> order{};
  static void describe(TableOf<Line>& t) {
    t.name("line")
        .column<&Line::id>({.primary_key = true})
        .column<&Line::text>()
        .column<&Line::order_id>({.references = fk<&Order::id>()});
    t.many_to_one<&Line::order, &Line::order_id>().back_populates<&Order::lines>();
  }
};
void Order::describe(TableOf<Order>& t) {
  t.name("orders")
      .column<&Order::id>({.primary_key = true})
      .column<&Order::version>({.version = true});
  t.one_to_many<&Order::lines, &Line::order_id>()
      .back_populates<&Line::order>()
      .order_by<&Line::text>(true)
      .cascade(DeleteOrphan);
}

TEST_CASE("Orphans and the children of what is removed are removed, lists have their order") {
  const Engine engine("sqlite://");
  const auto models = Metadata::of<Order, Line>();
  models.create_all(engine);
  Session db(engine, models);
  auto order = db.add(Order{});
  for (const char* text : {"b", "c", "a"}) db.add(Line{.text = text, .order = order});
  db.commit();
  db.expunge_all();
  order = db.get<Order>(1);
  REQUIRE(order->lines.size() == 3);
  CHECK(order->lines[0]->text == "c");
  auto orphan = order->lines[0];
  order->lines.remove(orphan);
  db.commit();
  CHECK(orphan.is_deleted());
  CHECK(db.query<Line>().count() == 2);
  db.remove(order);
  db.commit();
  CHECK(db.query<Line>().count() == 0);
}

TEST_CASE("A version that another session counted up is stale data") {
  const std::string file = "/tmp/ormdb_version_" + Uuid::random().text() + ".db";
  const Engine engine("sqlite:///" + file);
  const auto models = Metadata::of<Order, Line>();
  models.create_all(engine);
  {
    Session one(engine, models), two(engine, models);
    auto mine = one.add(Order{});
    one.commit();
    auto theirs = two.get<Order>(1);
    theirs.update_key().set<&Order::id>(2);
    two.commit();
    CHECK(theirs->version == 1);
    mine.update_key().set<&Order::id>(3);
    CHECK_THROWS_AS(one.commit(), StaleData);
    one.rollback();
    CHECK(mine->version == 0);
  }
  engine.dispose();
  std::remove(file.c_str());
}

}  // namespace
