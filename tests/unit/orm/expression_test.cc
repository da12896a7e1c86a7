#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <sstream>

#include "unit/orm/blog.h"
#include "unit/orm/engines.h"

namespace {

using blog::Category;
using blog::Post;
using blog::User;
using ormdb::alias;
using ormdb::col;
using ormdb::Error;
using ormdb::Session;

struct Blog {
  ormdb::Engine engine = blog::fresh_engine();
  Session db{engine, blog::models()};
  Blog() {
    for (const char* name : {"ann", "bob", "cid"}) {
      auto user = db.add(blog::user_named(name));
      const int posts = name[0] - 'a';
      for (int i = 0; i < posts; ++i) {
        db.add(Post{.title = std::string(name) + std::to_string(i), .author = user});
      }
    }
    db.commit();
  }
};

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST_CASE("UPDATE and DELETE give back what they changed") {
  Blog blog;
  using Row = std::tuple<std::string, bool>;
  auto off = blog.db.query<User>()
                 .filter(col<&User::username> != "bob")
                 .returning(col<&User::username>, col<&User::is_active>)
                 .update({ormdb::set_to<&User::is_active>(false)});
  std::sort(off.begin(), off.end());
  CHECK(off == std::vector<Row>{{"ann", false}, {"cid", false}});
  CHECK_FALSE(blog.db.get<User>(1)->is_active);
  auto gone = blog.db.query<Post>()
                  .filter(col<&Post::title>.startswith("cid"))
                  .returning(ormdb::concat(col<&Post::title>, "!"))
                  .erase();
  std::sort(gone.begin(), gone.end());
  CHECK(gone == std::vector<std::tuple<std::string>>{{"cid0!"}, {"cid1!"}});
  CHECK(blog.db.query<Post>().count() == 1);
  CHECK(blog.db.query<Post>().filter(ormdb::never()).returning(col<&Post::id>).erase().empty());
  // The same rows without RETURNING are another statement.
  CHECK(blog.db.query<Post>().filter(col<&Post::title>.startswith("bob")).erase() == 1);
}

TEST_CASE("A bulk insert reads back the columns that it names") {
  Blog blog;
  if (blog.engine.dialect() == "sqlite")
    blog.db.execute("CREATE TRIGGER loud AFTER INSERT ON category BEGIN SELECT 1; END");
  std::vector<Post> posts(2);
  posts[0].user_id = posts[1].user_id = 1;
  posts[0].title = "one";
  posts[1].title = "two";
  blog.db.bulk_insert<&Post::title, &Post::id>(posts);
  CHECK(posts[0].id == 4);
  CHECK(posts[1].id == 5);
  CHECK(posts[1].title == "two");
  CHECK(posts[1].date_posted.time_since_epoch().count() > 0);
  CHECK(message_of([&] { blog.db.bulk_insert<&User::id>(posts); }) ==
        "bulk_insert names id, which is no column of Post");
}

TEST_CASE("A select under a name is joined by its columns") {
  Blog blog;
  const auto posts = cte("posts", blog.db.select(col<&Post::user_id>, ormdb::count(col<&Post::id>))
                                      .filter(col<&Post::title> != "none")
                                      .group_by(col<&Post::user_id>));
  auto rows = blog.db.select(col<&User::username>, posts.col<1>())
                  .with(posts)
                  .join(posts, col<&User::id> == posts.col<0>())
                  .filter(posts.col<1>() > 1 && col<&User::username> != "ann")
                  .all();
  CHECK(rows == std::vector<std::tuple<std::string, std::int64_t>>{{"cid", 2}});
  auto all = blog.db.select(col<&User::username>, nullable(posts.col<1>()))
                 .with(posts)
                 .outer_join(posts, col<&User::id> == posts.col<0>())
                 .order_by(col<&User::id>)
                 .all();
  CHECK(std::get<1>(all.at(0)) == std::nullopt);
  CHECK(std::get<1>(all.at(2)) == 2);
  CHECK(message_of([&] {
          blog.db.query<User>().join(posts, col<&User::id> == posts.col<0>()).all();
        }) == "a query joins a common table expression that it does not name");
  CHECK(message_of([&] { blog.db.query<User>().with(posts).filter(posts.col<1>() > 1).all(); }) ==
        "a column of a common table expression is used, which is not in FROM of the query");
}

TEST_CASE("A query under an alias walks a tree") {
  Session db(blog::fresh_engine(), blog::models());
  auto root = db.add(Category{.name = "root"});
  auto left = db.add(Category{.name = "left", .parent = root});
  db.add(Category{.name = "leaf", .parent = left});
  db.add(Category{.name = "other"});
  db.commit();
  const auto tree = alias<Category>("tree");
  auto from = db.query<Category>().filter(col<&Category::name> == "left");
  const auto below =
      db.query<Category>().join(tree, col<&Category::parent_id> == tree.col<&Category::id>());
  auto query = db.query(tree).with(tree, from.union_all(below));
  std::vector<std::string> names;
  for (const auto& category : query.all()) names.push_back(category->name);
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{"leaf", "left"});
  CHECK(query.count() == 2);
  CHECK(query.all()[0] == left);
}

TEST_CASE("A global filter works where the rows of a WITH are made") {
  Blog blog;
  blog.db.global_filter<Post>(col<&Post::title> != "cid1");
  const auto some = alias<Post>("some");
  const auto posts = blog.db.query<Post>().filter(col<&Post::title>.startswith("cid"));
  CHECK(blog.db.query(some).with(some, posts).count() == 1);
}

struct JsonNote {
  std::int64_t id{};
  ormdb::Json data{};
  std::optional<ormdb::Json> more{};
  std::string secret{};
  static void describe(ormdb::TableOf<JsonNote>& t) {
    t.name("note").column<&JsonNote::id>({.primary_key = true});
    t.column<&JsonNote::data>().column<&JsonNote::more>().column<&JsonNote::secret>(
        {.secret = true});
  }
};

struct Notes {
  ormdb::Metadata models = ormdb::Metadata::of<JsonNote>();
  std::vector<std::string> urls = orm_test::fresh_urls();
  ormdb::Engine engine{GENERATE_REF(from_range(urls))};
  Session db{engine, models};
  Notes() {
    models.create_all(engine);
    db.add(JsonNote{
        .data = {R"({"a": {"it's": "x", "n": 12, "r": 1.5, "ok": true}, "l": [7, {"z": "y"}]})"},
        .secret = "hidden"});
    db.add(JsonNote{.data = {R"({"a": "text", "l": []})"}, .more = ormdb::Json{"[1, 2]"}});
    db.commit();
  }
};

TEST_CASE("Parts of JSON values are read and compared by path") {
  Notes notes;
  const auto a = col<&JsonNote::data>["a"];
  const auto ids = [&](const ormdb::Pred& condition) {
    std::vector<std::int64_t> found;
    for (const auto& note :
         notes.db.query<JsonNote>().filter(condition).order_by(col<&JsonNote::id>).all())
      found.push_back(note->id);
    return found;
  };
  using Ids = std::vector<std::int64_t>;
  CHECK(ids(a["it's"] == "x") == Ids{1});
  CHECK(ids(a["n"] == "12") == Ids{1});
  CHECK(ids(a["n"].as<std::int64_t>() > 11) == Ids{1});
  CHECK(ids(a["r"].as<double>() == 1.5) == Ids{1});
  CHECK(ids(a["ok"].as<bool>() == true) == Ids{1});
  CHECK(ids(col<&JsonNote::data>["l"][1]["z"] == "y") == Ids{1});
  CHECK(ids(col<&JsonNote::data>["l"][0].is_null()) == Ids{2});
  CHECK(ids(a.startswith("te")) == Ids{2});
  CHECK(ids(col<&JsonNote::more>[1].as<std::int64_t>() == 2) == Ids{2});
  const auto row =
      notes.db
          .select(col<&JsonNote::data>["l"][0].as<std::int64_t>(), col<&JsonNote::data>["no"],
                  col<&JsonNote::data>["l"][1].as<ormdb::Json>())
          .first();
  REQUIRE(row);
  CHECK(std::get<0>(*row) == 7);
  CHECK(std::get<1>(*row) == std::nullopt);
  std::string part = std::get<2>(*row)->text;
  std::erase(part, ' ');
  CHECK(part == R"({"z":"y"})");
  CHECK(message_of([] { (void)col<&JsonNote::data>["a\"b"]; }) ==
        "a key of a JSON path has a quote or more than 250 bytes");
  CHECK(message_of([] { (void)col<&JsonNote::data>[-1]; }) ==
        "places in a JSON array count from 0");
}

TEST_CASE("A reference is written to a stream without its secrets") {
  Notes notes;
  std::ostringstream out;
  out << notes.db.get<JsonNote>(2) << ormdb::Ref<JsonNote>();
  CHECK(out.str() == to_string(notes.db.get<JsonNote>(2)) + "null");
  CHECK(out.str().find("hidden") == std::string::npos);
  CHECK(out.str().substr(0, 14) == "JsonNote(id=2,");
}

}  // namespace
