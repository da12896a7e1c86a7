// Rows that point to each other go in an order that the database takes: children first, and NULL
// into one key of a circle before.
#include <catch2/catch.hpp>

#include "ormdb/orm.h"
#include "unit/orm/engines.h"

namespace {

using namespace ormdb;

struct Node {
  std::int64_t id{};
  std::string name{};
  std::optional<std::int64_t> parent_id{};
  One<Node> parent{};
  Many<Node> children{};
  static void describe(TableOf<Node>& t) {
    t.name("node")
        .column<&Node::id>({.primary_key = true})
        .column<&Node::name>()
        .column<&Node::parent_id>({.references = fk<&Node::id>()});
    t.many_to_one<&Node::parent, &Node::parent_id>().back_populates<&Node::children>();
    t.one_to_many<&Node::children, &Node::parent_id>().back_populates<&Node::parent>();
  }
};

/// A tree whose branches go with what they hang on; the database knows nothing of that.
struct Branch {
  std::int64_t id{};
  std::int64_t version{};
  std::optional<std::int64_t> parent_id{};
  Many<Branch> children{};
  static void describe(TableOf<Branch>& t) {
    t.name("branch")
        .column<&Branch::id>({.primary_key = true})
        .column<&Branch::version>({.version = true})
        .column<&Branch::parent_id>({.references = fk<&Branch::id>()});
    t.one_to_many<&Branch::children, &Branch::parent_id>().cascade(DeleteAll);
  }
};

/// Two trees of one table: by what contains it, and by what it was copied from.
struct Page {
  std::int64_t id{};
  std::optional<std::int64_t> parent_id{};
  std::optional<std::int64_t> origin_id{};
  One<Page> parent{};
  One<Page> origin{};
  static void describe(TableOf<Page>& t) {
    t.name("page")
        .column<&Page::id>({.primary_key = true})
        .column<&Page::parent_id>({.references = fk<&Page::id>()})
        .column<&Page::origin_id>({.references = fk<&Page::id>()});
    t.many_to_one<&Page::parent, &Page::parent_id>();
    t.many_to_one<&Page::origin, &Page::origin_id>();
  }
};

struct Player;

/// A circle of two tables: a team may have a captain, a player has a team.
struct Team {
  std::int64_t id{};
  std::optional<std::int64_t> captain_id{};
  One<Player> captain{};
  static void describe(TableOf<Team>& t);
};

struct Player {
  std::int64_t id{};
  std::int64_t team_id{};
  One<Team> team{};
  static void describe(TableOf<Player>& t) {
    t.name("player")
        .column<&Player::id>({.primary_key = true})
        .column<&Player::team_id>({.references = fk<&Team::id>()});
    t.many_to_one<&Player::team, &Player::team_id>();
  }
};

void Team::describe(TableOf<Team>& t) {
  t.name("team")
      .column<&Team::id>({.primary_key = true})
      .column<&Team::captain_id>({.references = fk<&Player::id>()});
  t.many_to_one<&Team::captain, &Team::captain_id>();
}

Engine engine_with(const Metadata& models) {
  const std::vector<std::string> urls = orm_test::fresh_urls();
  Engine engine(GENERATE_COPY(from_range(urls)));
  models.create_all(engine);
  return engine;
}

struct Trees {
  Metadata models = Metadata::of<Node, Branch, Page>();
  Engine engine = engine_with(models);
  Session db{engine, models};

  Ref<Node> node(const std::string& name, Ref<Node> parent = {}) {
    Ref<Node> added = db.add(Node{.name = name});
    if (parent) added->parent.set(parent);
    return added;
  }
  std::int64_t count(const std::string& table) {
    return db.execute("SELECT count(*) FROM " + table).integer(0, 0);
  }
};

TEST_CASE_METHOD(Trees, "A parent and its child are removed in one flush, in either order") {
  for (const bool parent_first : {true, false}) {
    const auto parent = node("parent");
    const auto child = node("child", parent);
    db.commit();
    db.remove(parent_first ? parent : child);
    db.remove(parent_first ? child : parent);
    db.commit();
    CHECK(count("node") == 0);
    CHECK(parent.is_deleted());
    CHECK(child.is_deleted());
  }
}

TEST_CASE_METHOD(Trees, "A deep tree is removed whatever the order, what stays loses its parent") {
  std::vector<Ref<Node>> path = {node("0")};
  for (int i = 1; i < 12; ++i) path.push_back(node(std::to_string(i), path.back()));
  db.commit();
  for (const std::size_t i : {3U, 0U, 7U, 1U, 9U, 2U, 8U, 5U, 4U}) db.remove(path[i]);
  db.commit();
  CHECK(count("node") == 3);
  CHECK_FALSE(path[6]->parent_id);
  CHECK_FALSE(path[6]->parent);
  CHECK_FALSE(path[10]->parent_id);
  CHECK(path[11]->parent == path[10]);
}

TEST_CASE_METHOD(Trees, "What the database has counts, not a move that was never written") {
  const auto first = node("first"), second = node("second"), child = node("child", first);
  db.commit();
  child->parent.set(second);
  for (const auto& removed : {first, second, child}) db.remove(removed);
  db.commit();
  CHECK(count("node") == 0);
}

TEST_CASE_METHOD(Trees, "A child that moved and was not written counts where it moved to") {
  const bool by_column = GENERATE(true, false);
  const auto from = node("from"), to = node("to"), child = node("child", from);
  db.commit();
  db.expire_all();
  const auto move = [&](const Ref<Node>& parent) {
    if (by_column) {
      Ref<Node>(child).set<&Node::parent_id>(parent->id);
    } else {
      child->parent.set(parent);
    }
  };
  SECTION("away from what is removed") {
    move(to);
    db.remove(from);
    db.commit();
    CHECK(child->parent == to);
    CHECK(count("node WHERE parent_id IS NOT NULL") == 1);
  }
  SECTION("to what is removed") {
    move(to);
    db.remove(to);
    db.commit();
    CHECK_FALSE(child->parent_id);
    CHECK_FALSE(child->parent);
    CHECK(count("node") == 2);
  }
}

TEST_CASE_METHOD(Trees, "Circles are removed, and a rollback brings them back") {
  const auto a = node("a"), b = node("b", a), c = node("c", b), below = node("below", c);
  auto own = node("own");
  db.flush();
  a->parent.set(c);
  own->parent.set(own);
  db.commit();
  REQUIRE(count("node WHERE parent_id IS NOT NULL") == 5);
  for (const auto& removed : {a, below, own, c, b}) db.remove(removed);
  db.flush();
  CHECK(count("node") == 0);
  db.rollback();
  CHECK(count("node WHERE parent_id IS NOT NULL") == 5);
  CHECK(a->parent_id == c->id);
  CHECK(b->parent == a);
  CHECK(own->parent == own);
  for (const auto& removed : {b, c, own, a, below}) db.remove(removed);
  db.commit();
  CHECK(count("node") == 0);
}

TEST_CASE_METHOD(Trees, "A part of a circle leaves the rest without a parent") {
  const auto a = node("a"), b = node("b", a), c = node("c", b);
  db.flush();
  a->parent.set(c);
  db.commit();
  db.remove(b);
  db.remove(a);
  db.commit();
  CHECK(count("node") == 1);
  CHECK_FALSE(c->parent_id);
}

TEST_CASE_METHOD(Trees, "Removals that go along a tree go up from the leaves") {
  auto root = db.add(Branch{}), left = db.add(Branch{}), leaf = db.add(Branch{});
  root->children.append(left);
  root->children.append(db.add(Branch{}));
  left->children.append(leaf);
  db.commit();
  db.expunge_all();
  db.remove(db.get<Branch>(root->id));
  db.commit();
  CHECK(count("branch") == 0);
}

TEST_CASE_METHOD(Trees, "A table with two keys to itself is removed in any order") {
  std::vector<Ref<Page>> pages;
  for (int i = 0; i < 6; ++i) pages.push_back(db.add(Page{}));
  db.flush();
  for (std::size_t i = 1; i < 6; ++i) {
    pages[i]->parent.set(pages[i - 1]);
    pages[i]->origin.set(pages[(i * 5 + 3) % 6]);
  }
  db.commit();
  for (const auto& page : pages) db.remove(page);
  db.commit();
  CHECK(count("page") == 0);
}

template <typename... Models>
void play() {
  const Metadata models = Metadata::of<Models...>();
  const Engine engine = engine_with(models);
  Session db(engine, models);
  auto team = db.add(Team{});
  auto captain = db.add(Player{.team = team});
  auto other = db.add(Player{.team = team});
  team->captain.set(captain);
  db.commit();
  CHECK(team->captain_id == captain->id);
  db.expunge_all();

  team = db.query<Team>().one();
  CHECK(team->captain->team == team);
  std::vector<Ref<Player>> players;
  for (auto player : db.query<Player>().all()) players.push_back(player);
  db.remove(team);
  for (const auto& player : players) db.remove(player);
  db.flush();
  CHECK(db.query<Team>().count() + db.query<Player>().count() == 0);
  db.rollback();
  CHECK(team->captain_id);
  CHECK(db.query<Player>().count() == 2);
  for (const auto& player : players) db.remove(player);
  db.remove(team);
  db.commit();
  CHECK(db.query<Team>().count() + db.query<Player>().count() == 0);
}

TEST_CASE("Tables that point to each other are written and removed, whichever comes first") {
  SECTION("the one that cannot be without the other last") { play<Team, Player>(); }
  SECTION("or first") { play<Player, Team>(); }
}

}  // namespace
