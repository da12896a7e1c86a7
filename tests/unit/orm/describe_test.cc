#include <catch2/catch.hpp>
#include <functional>

#include "ormdb/orm.h"
#include "unit/orm/blog.h"
#include "unit/orm/engines.h"

namespace words {

enum class Region { kNorth, kSouth };

}  // namespace words

template <>
struct ormdb::enum_names<words::Region> {
  static constexpr std::string_view name = "region";
  static constexpr std::string_view values[] = {"north", "south"};
};

namespace words {

using namespace ormdb;

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

struct Room;
struct Booking;

struct Site {
  Region region{};
  std::int64_t number{};
  std::string name{};
  Many<Room> rooms{};
  static void describe(TableOf<Site>& t) {
    t.name("site").column<&Site::region>().column<&Site::number>().column<&Site::name>(
        {.type = "{sqlite: NVARCHAR(20), postgresql: varchar(20)}"});
    t.primary_key<&Site::region, &Site::number>();
    t.yaml("indexes: {ix_site_name: {columns: [{column: name, order: desc}], unique: true}}");
    t.yaml("comment: where the rooms are");
    add_rooms(t);
  }
  static void add_rooms(TableOf<Site>& t);
};

struct Room {
  std::int64_t id{};
  Region region{};
  std::int64_t number{};
  One<Site> site{};
  static void describe(TableOf<Room>& t) {
    t.name("room")
        .column<&Room::id>({.primary_key = true})
        .column<&Room::region>()
        .column<&Room::number>({.yaml = "{comment: a half of the key}"});
    t.yaml(
        "constraints: [{foreign_key: [region, number], match: simple, on_delete: cascade, "
        "references: {table: site, columns: [region, number]}}]");
    t.many_to_one<&Room::site, &Room::region, &Room::number>().back_populates<&Site::rooms>();
  }
};

void Site::add_rooms(TableOf<Site>& t) {
  t.one_to_many<&Site::rooms, &Room::region, &Room::number>()
      .back_populates<&Room::site>()
      .order_by<&Room::id>();
}

TEST_CASE("What there is no call for is said in the words of models.yaml") {
  const auto models = Metadata::of<Site, Room>();
  const Table& site = models.schema().tables[0];
  CHECK(site.comment == "where the rooms are");
  CHECK(site.indexes[0].unique);
  CHECK(site.columns[2].type.native.at("postgresql") == "varchar(20)");
  const Table& room = models.schema().tables[1];
  CHECK(room.columns[2].comment == "a half of the key");
  CHECK(room.foreign_keys[0].on_delete == Cascade);

  struct Twice {
    std::int64_t id{};
    static void describe(TableOf<Twice>& t) {
      t.name("twice").column<&Twice::id>({.primary_key = true, .yaml = "{type: text}"});
    }
  };
  CHECK(message_of([] { (void)Metadata::of<Twice>(); }) ==
        "model Twice, column id says 'type' twice, once in its yaml text");
}

TEST_CASE("Composite keys with an enum load their objects") {
  const auto models = Metadata::of<Site, Room>();
  const std::vector<std::string> urls = orm_test::fresh_urls();
  const Engine engine(GENERATE_REF(from_range(urls)));
  models.create_all(engine);
  Session db(engine, models);
  for (std::int64_t i = 1; i <= 3; ++i) {
    const Region region = i == 2 ? Region::kSouth : Region::kNorth;
    auto site = db.add(Site{.region = region, .number = i, .name = "site" + std::to_string(i)});
    for (std::int64_t j = 0; j < i; ++j) site->rooms.append(db.add(Room{}));
  }
  // The key of one and the region of another are no key.
  db.add(Site{.region = Region::kSouth, .number = 1, .name = "other"});
  db.commit();
  db.expunge_all();
  std::vector<std::size_t> sizes;
  const auto sites = db.query<Site>()
                         .filter(col<&Site::name> != "none")
                         .options(selectinload<&Site::rooms>())
                         .order_by(col<&Site::name>)
                         .all();
  for (const auto& site : sites) sizes.push_back(site->rooms.size());
  CHECK(sizes == std::vector<std::size_t>{0, 1, 2, 3});
  db.expunge_all();
  const auto rooms = db.query<Room>().options(selectinload<&Room::site>()).all();
  REQUIRE(rooms.size() == 6);
  for (const auto& room : rooms) CHECK(room->site->number == room->number);
  CHECK(db.get<Site>({Region::kSouth, 2})->name == "site2");
}

TEST_CASE("A key that ignores case is refused") {
  struct Word {
    std::string text{};
    static void describe(TableOf<Word>& t) {
      t.name("word").column<&Word::text>({.primary_key = true, .collation = "NOCASE"});
    }
  };
  CHECK(
      message_of([] { (void)Metadata::of<Word>(); }).starts_with("the key Word.text ignores case"));
}

struct Wide {
  std::int64_t id{};
  std::optional<std::int64_t> up{};
  Many<Wide> children{};
  static void describe(TableOf<Wide>& t) {
    t.name("wide")
        .column<&Wide::id>({.primary_key = true})
        .column<&Wide::up>({.references = fk<&Wide::id>()});
    t.one_to_many<&Wide::children, &Wide::up>().load(Dynamic);
  }
};

TEST_CASE("A dynamic relationship is loaded by no option") {
  const auto models = Metadata::of<Wide>();
  const Engine engine("sqlite://");
  models.create_all(engine);
  Session db(engine, models);
  CHECK(message_of([&] { db.query<Wide>().options(joinedload<&Wide::children>()).all(); }) ==
        "the relationship Wide::children is dynamic, so no option of a query loads it");
  CHECK(db.query<Wide>().options(raiseload<&Wide::children>()).all().empty());
}

struct Shelf {
  std::int64_t id{};
  std::optional<std::int64_t> above_id{};
  One<Shelf> above{};
  Many<Shelf> below{};
  static void describe(TableOf<Shelf>& t) {
    t.name("shelf")
        .column<&Shelf::id>({.primary_key = true})
        .column<&Shelf::above_id>({.references = fk<&Shelf::id>()});
    t.one_to_many<&Shelf::below, &Shelf::above_id>().back_populates<&Shelf::above>().load(Raise);
    t.many_to_one<&Shelf::above, &Shelf::above_id>().back_populates<&Shelf::below>();
  }
};

TEST_CASE("A relationship that may not load lazily does so where a query allows it") {
  const auto models = Metadata::of<Shelf>();
  const Engine engine("sqlite://");
  models.create_all(engine);
  {
    Session db(engine, models);
    db.add(Shelf{.id = 1});
    db.add(Shelf{.id = 2, .above_id = 1});
    db.commit();
  }
  Session db(engine, models);
  const auto shelf = db.get<Shelf>(1);
  CHECK_THROWS_AS(shelf->below.size(), LazyLoadError);
  CHECK(db.query<Shelf>().order_by(col<&Shelf::id>).first() == shelf);
  CHECK_THROWS_AS(shelf->below.size(), LazyLoadError);
  const auto allowed = db.query<Shelf>().options(lazyload<&Shelf::below>()).all();
  CHECK(shelf->below.size() == 1);
  CHECK(shelf->below[0]->below.size() == 0);
  CHECK(shelf->below[0]->above == shelf);
  db.expire_all();
  const auto forbidden = db.query<Shelf>().options(raiseload<&Shelf::below>()).all();
  CHECK_THROWS_AS(shelf->below.size(), LazyLoadError);
  CHECK(db.query<Shelf>().options(selectinload<&Shelf::below>()).all()[0]->below.size() == 1);
}

TEST_CASE("Colons and question marks that are no parameters stay as they are") {
  const std::vector<std::string> urls = orm_test::fresh_urls();
  const Engine engine(GENERATE_REF(from_range(urls)));
  Session db(engine, blog::models());
  const auto text = [&](std::string_view sql, const std::vector<Parameter>& parameters = {}) {
    return db.execute(sql, parameters).text(0, 0);
  };
  CHECK(text("SELECT ':no' || :yes -- :comment\n", {{"yes", "x"}}) == ":nox");
  CHECK(text("SELECT /* :a ? */ :b || '''?:c'", {{"b", "y"}}) == "y'?:c");
  if (engine.dialect() != "postgresql") return;
  CHECK(text("SELECT a[1:n] FROM (SELECT ARRAY[4,5,6] AS a, 2 AS n) AS x") == "{4,5}");
  CHECK(text("SELECT a[n:(3)] FROM (SELECT ARRAY[4,5,6] AS a, 2 AS n) AS x") == "{5,6}");
  CHECK(text("SELECT (ARRAY[4,5,6])[:from]", {{"from", 3}}) == "6");
  CHECK(text("SELECT '7'::int+:n::int", {{"n", 1}}) == "8");
  CHECK(text("SELECT $q$ :x ? $q$ || E'\\':y'") == " :x ? ':y");
  CHECK(text("SELECT '{\"a\": {\"b\": 1}}'::jsonb->:key->>'b'", {{"key", "a"}}) == "1");
  CHECK(text("SELECT '{\"a\": 1}'::jsonb ? 'a'") == "1");
  blog::models().create_all(engine);
  auto user = db.add(blog::user_named("ann"));
  db.flush();
  const auto count = [&](const Expr<bool>& condition) {
    return db.query<blog::User>().filter(condition).count();
  };
  CHECK(count(sql<bool>("'{\"a\": 1}'::jsonb ?? ? /* ? */", "a")) == 1);
  CHECK(count(sql<bool>("$q$?$q$ = ? AND id=?", "?", user->id)) == 1);
}

TEST_CASE("An object is read from JSON with its relationships") {
  Session db(blog::fresh_engine(), blog::models());
  auto ann = db.add(blog::user_named("ann"));
  db.add(blog::Post{.title = "one", .author = ann});
  db.commit();
  auto post = db.query<blog::Post>().options(joinedload<&blog::Post::author>()).one();
  const auto copy = from_json<blog::Post>(db, to_json(post));
  CHECK(copy.title == "one");
  CHECK(copy.author == ann);
  // What is there is referred to and not written, what is not is added.
  auto user = db.add(from_json<blog::User>(
      db, R"({"username": "bob", "email": "b", "posts": [{"title": "two"}, {"id": 1}]})"));
  const auto next = from_json<blog::Post>(
      db, R"({"title": "three", "author": {"id": 1, "username": "mallory"}})");
  db.add(next);
  db.commit();
  CHECK(user->posts.size() == 2);
  CHECK(post->author == user);
  CHECK(ann->username == "ann");
  CHECK(db.query<blog::Post>().filter(col<&blog::Post::user_id> == 1).one()->title == "three");
  CHECK(message_of([&] { (void)from_json<blog::Post>(db, R"({"autor": null})"); }) ==
        "Post has no column 'autor' (did you mean 'author'?)");
  CHECK(message_of([&] { (void)from_json<blog::User>(db, R"({"posts": {}})"); }) ==
        "the JSON of User::posts is no list");
}

}  // namespace words
