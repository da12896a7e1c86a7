#include <catch2/catch.hpp>

#include "unit/orm/blog.h"

namespace {

using blog::Category;
using blog::Post;
using blog::User;
using namespace ormdb;

struct Fixture {
  Engine engine = blog::fresh_engine();
  Session db{engine, blog::models()};

  Fixture() {
    auto john = db.add(blog::user_named("john_doe"));
    auto jane = db.add(blog::user_named("jane%doe"));
    auto jim = db.add(blog::user_named("jim"));
    jim.set<&User::is_active>(false);
    auto news = db.add(Category{.name = "news"});
    for (int i = 0; i < 3; ++i) {
      db.add(Post{.title = "j" + std::to_string(i), .rating = i * 1.5, .author = john});
    }
    db.add(Post{.title = "only", .rating = 4, .author = jane, .category = news});
    db.commit();
  }

  std::vector<std::string> names(const Query<User>& query) {
    std::vector<std::string> result;
    for (auto user : query.all()) result.push_back(user->username);
    return result;
  }
  std::vector<std::string> filtered(const Pred& condition) {
    return names(db.query<User>().filter(condition).order_by(col<&User::id>));
  }
};

using Names = std::vector<std::string>;

TEST_CASE_METHOD(Fixture, "Conditions find the rows that they say") {
  const Names all = {"john_doe", "jane%doe", "jim"};
  CHECK(filtered(col<&User::username> == "jim") == Names{"jim"});
  CHECK(filtered("jim" == col<&User::username>) == Names{"jim"});
  CHECK(filtered(col<&User::username> != "jim") == Names{"john_doe", "jane%doe"});
  CHECK(filtered(col<&User::id> >= 2 && col<&User::is_active>) == Names{"jane%doe"});
  CHECK(filtered(!(col<&User::id> < 3) || col<&User::id> == 1) == Names{"john_doe", "jim"});
  CHECK(filtered(!col<&User::is_active>) == Names{"jim"});
  CHECK(filtered(col<&User::last_seen> == std::nullopt) == all);
  CHECK(filtered(col<&User::last_seen> != std::nullopt).empty());
  CHECK(filtered(col<&User::last_seen> == std::optional<LocalTime>()) == all);
  CHECK(filtered(col<&User::last_seen>.is_distinct_from(LocalTime())) == all);
  CHECK(filtered(col<&User::id>.in({1, 3, 9})) == Names{"john_doe", "jim"});
  CHECK(filtered(col<&User::id>.in(std::vector<int>())).empty());
  CHECK(filtered(col<&User::id>.not_in(std::vector<int>())) == all);
  CHECK(filtered(col<&User::id>.not_in({1})) == Names{"jane%doe", "jim"});
  CHECK(filtered(col<&User::id>.between(2, 3)) == Names{"jane%doe", "jim"});
  CHECK(filtered(col<&User::username>.like("j%e")) == Names{"john_doe", "jane%doe"});
  CHECK(filtered(col<&User::username>.ilike("JIM")) == Names{"jim"});
  CHECK(filtered(col<&User::username>.contains("%")) == Names{"jane%doe"});
  CHECK(filtered(col<&User::username>.startswith("j_m")).empty());
  CHECK(filtered(col<&User::username>.endswith("_doe")) == Names{"john_doe"});
  CHECK(filtered(lower(col<&User::username>) == "jim") == Names{"jim"});
  CHECK(filtered(length(col<&User::username>) + 1 == 4) == Names{"jim"});
  CHECK(filtered(sql<bool>("length(username) = ?", 3)) == Names{"jim"});
  CHECK(filtered(always()) == all);
  CHECK(filtered(never()).empty());
}

TEST_CASE_METHOD(Fixture, "Relationships, joins, aliases and subqueries reach other tables") {
  CHECK(filtered(any<&User::posts>(col<&Post::rating> > 2)) == Names{"john_doe", "jane%doe"});
  CHECK(filtered(!any<&User::posts>()) == Names{"jim"});
  CHECK(db.query<Post>().filter(has<&Post::category>(col<&Category::name> == "news")).count() == 1);
  const auto posts = db.query<Post>().join<User>().filter(col<&User::username> == "john_doe").all();
  CHECK(posts.size() == 3);
  CHECK(names(db.query<User>().join<&User::posts>().order_by(col<&User::id>)) ==
        Names{"john_doe", "jane%doe"});
  CHECK(names(db.query<User>().outer_join<&User::posts>().filter(col<&Post::id> == std::nullopt)) ==
        Names{"jim"});
  const auto other = alias<User>("other");
  const auto pairs = db.select(col<&User::username>, other.col<&User::username>())
                         .join(other, other.col<&User::id>() > col<&User::id>)
                         .all();
  CHECK(pairs.size() == 3);
  auto writers = db.select(col<&Post::user_id>).filter(col<&Post::rating> > 3.5);
  CHECK(filtered(col<&User::id>.in(writers)) == Names{"jane%doe"});
  auto mine = db.query<Post>().filter(col<&Post::user_id> == col<&User::id>);
  CHECK(filtered(mine.as_exists()) == Names{"john_doe", "jane%doe"});
  CHECK_THROWS_WITH(db.query<User>().filter(col<&Post::id> == 1).all(),
                    Catch::Matchers::Contains("post.id"));
  CHECK_THROWS_WITH(db.query<Post>().join<Post>().all(),
                    Catch::Matchers::Contains("no foreign key"));
}

struct Stat {
  std::string username;
  std::int64_t posts;
  std::optional<double> best;
};

TEST_CASE_METHOD(Fixture, "Columns are selected into tuples and structs") {
  const auto stats = db.select(col<&User::username>, count(col<&Post::id>), max(col<&Post::rating>))
                         .outer_join<&User::posts>()
                         .group_by(col<&User::id>)
                         .order_by(col<&User::id>)
                         .into<Stat>();
  REQUIRE(stats.size() == 3);
  CHECK(stats[0].posts == 3);
  CHECK(stats[0].best == 3.0);
  CHECK(stats[2].posts == 0);
  CHECK_FALSE(stats[2].best);
  CHECK(db.select(sum(col<&Post::rating>)).scalar() == 8.5);
  CHECK(db.select(count()).select_from<Post>().scalar() == 4);
  CHECK(db.select(count_distinct(col<&Post::user_id>)).scalar() == 2);
  CHECK(db.select(avg(col<&Post::rating>)).filter(never()).scalar() == std::nullopt);
  const auto having =
      db.select(col<&Post::user_id>).group_by(col<&Post::user_id>).having(count() > 1).all();
  CHECK(having.size() == 1);
  const auto ranked = db.select(col<&Post::title>,
                                over(row_number(), {col<&Post::user_id>}, {col<&Post::id>.desc()}))
                          .order_by(col<&Post::id>)
                          .all();
  CHECK(std::get<1>(ranked[0]) == 3);
  const auto words =
      db.select(case_when(col<&User::is_active>, "yes", "no")).order_by(col<&User::id>).all();
  CHECK(std::get<0>(words[2]) == "no");
  const auto united = db.select(col<&User::username>)
                          .union_all(db.select(col<&Post::title>))
                          .order_by(col<&User::username>)
                          .all();
  CHECK(united.size() == 7);
  CHECK(std::get<0>(united[0]) == "j0");
}

TEST_CASE_METHOD(Fixture, "first, one, count and exists say what is there") {
  auto users = db.query<User>().order_by(col<&User::id>);
  CHECK(users.first()->username == "john_doe");
  CHECK_THROWS_AS(users.one(), MultipleResults);
  CHECK_THROWS_AS(db.query<User>().filter(never()).one(), NotFound);
  CHECK_FALSE(db.query<User>().filter(never()).one_or_none());
  CHECK_FALSE(db.query<User>().filter(never()).first());
  CHECK(users.count() == 3);
  CHECK(db.query<User>().limit(2).count() == 2);
  CHECK(db.query<User>().exists());
  CHECK(db.select(col<&Post::user_id>).distinct().count() == 2);
}

TEST_CASE_METHOD(Fixture, "Pages know their neighbours, and one that is not there is not found") {
  for (int i = 0; i < 20; ++i) db.add(blog::user_named("u" + std::to_string(i)));
  db.commit();
  auto users = db.query<User>().order_by(col<&User::id>);
  const auto page = users.paginate(2, 5);
  CHECK(page.items.size() == 5);
  CHECK(page.items[0]->id == 6);
  CHECK(page.total == 23);
  CHECK(page.pages() == 5);
  CHECK(page.has_next());
  CHECK(page.has_prev());
  CHECK(users.paginate(5, 5).items.size() == 3);
  CHECK_THROWS_AS(users.paginate(6, 5), NotFound);
  CHECK_THROWS_AS(users.paginate(0, 5), NotFound);
  CHECK(users.paginate(1, 500).per_page == 100);
  CHECK(db.query<User>().filter(never()).paginate().items.empty());
  CHECK(users.paginate(5, 2).iter_pages(1, 1) == std::vector<int>{1, 0, 4, 5, 6, 0, 12});
  CHECK(db.query<User>().after(col<&User::id>, 20, 2).size() == 2);
}

TEST_CASE_METHOD(Fixture,
                 "Rows are changed and removed in bulk, and the session's objects follow") {
  auto john = db.get<User>(1);
  CHECK(db.query<User>()
            .filter(col<&User::id> < 3)
            .update({set_to<&User::is_active>(false),
                     set_to<&User::password>(concat(col<&User::username>, "!"))}) == 2);
  CHECK_FALSE(john->is_active);
  CHECK(john->password == "john_doe!");
  CHECK(db.query<Post>().filter(col<&Post::user_id> == 1).erase() == 3);
  CHECK(john->posts.empty());
  CHECK_FALSE(db.get<Post>(1));
  CHECK_THROWS_AS(db.query<Post>().join<User>().erase(), Error);
}

TEST_CASE_METHOD(Fixture,
                 "bulk_insert gives keys, upsert inserts or updates, stream keeps nothing") {
  std::vector<Category> many(100);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].name = "c" + std::to_string(i);
  db.bulk_insert(many);
  CHECK(many[99].id == 101);
  User jim = blog::user_named("jim");
  jim.email = "new@example.com";
  auto loaded = db.get<User>(3);
  CHECK(db.upsert<&User::username>(jim) == loaded);
  CHECK(loaded->email == "new@example.com");
  CHECK(db.upsert<&User::username>(blog::user_named("fresh"))->id > 3);
  int count = 0;
  db.query<Category>().stream([&](const Category& category) {
    count += db.query<Category>().filter(col<&Category::id> == category.id).count() == 1 ? 1 : 0;
  });
  CHECK(count == 101);
}

TEST_CASE_METHOD(Fixture, "Raw statements take named parameters") {
  const Rows rows =
      db.execute("SELECT username, ':id' FROM \"user\" WHERE id = :id OR email = :email",
                 {{"id", 1}, {"email", "jim@example.com"}});
  CHECK(rows.rows.size() == 2);
  CHECK(rows.text(0, 1) == ":id");
  CHECK_THROWS_WITH(db.execute("SELECT :a"), Catch::Matchers::Contains(":a"));
  CHECK_THROWS_WITH(db.execute("SELECT 1", {{"b", 1}}), Catch::Matchers::Contains(":b"));
}

TEST_CASE_METHOD(Fixture, "A global filter holds for queries, joins, loads and get") {
  db.expunge_all();
  db.global_filter<Post>(col<&Post::rating> > 1.0);
  CHECK(db.query<Post>().count() == 3);
  CHECK_FALSE(db.get<Post>(1));
  CHECK(db.get<Post>(2));
  CHECK(db.get<User>(1)->posts.size() == 2);
  CHECK(db.query<User>().join<&User::posts>().count() == 3);
  const auto users = db.query<User>().options(joinedload<&User::posts>()).all();
  CHECK(users[0]->posts.size() == 2);
}

TEST_CASE_METHOD(Fixture, "A query is a value: a copy goes its own way") {
  const auto base = db.query<User>().filter(col<&User::is_active>);
  auto narrowed = base;
  narrowed.filter(col<&User::id> == 1);
  CHECK(base.count() == 2);
  CHECK(narrowed.count() == 1);
}

}  // namespace
