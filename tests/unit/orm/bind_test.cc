#include <catch2/catch.hpp>
#include <functional>

#include "ormdb/orm.h"

namespace {

using ormdb::col;
using ormdb::Engine;
using ormdb::Engines;
using ormdb::Error;
using ormdb::Session;

struct Customer {
  std::int64_t id{};
  std::string name{};
  static void describe(ormdb::TableOf<Customer>& t) {
    t.name("account").column<&Customer::id>({.primary_key = true});
    t.column<&Customer::name>({.unique = true});
  }
};

struct PageLabel;
struct PageVisit {
  std::int64_t id{};
  std::int64_t account_id{};
  std::string page{};
  ormdb::Many<PageLabel> tags{};
  static void describe(ormdb::TableOf<PageVisit>& t);
};
struct PageLabel {
  std::int64_t id{};
  std::string name{};
  static void describe(ormdb::TableOf<PageLabel>& t) {
    t.name("tag")
        .bind("analytics")
        .column<&PageLabel::id>({.primary_key = true})
        .column<&PageLabel::name>();
  }
};
void PageVisit::describe(ormdb::TableOf<PageVisit>& t) {
  t.name("visit").bind("analytics").column<&PageVisit::id>({.primary_key = true});
  t.column<&PageVisit::account_id>().column<&PageVisit::page>({.unique = true});
  t.many_to_many<&PageVisit::tags>({"visit_tag", "visit_id", "tag_id"});
}

const ormdb::Metadata& models() {
  static const auto kModels = ormdb::Metadata::of<Customer, PageVisit, PageLabel>();
  return kModels;
}

struct Two {
  Engine main{"sqlite://"}, analytics{"sqlite://"};
  Engines both{{"default", main}, {"analytics", analytics}};
  Two() { models().create_all(both); }
};

std::vector<std::string> tables_of(const Engine& engine) {
  Session db(engine, models());
  std::vector<std::string> names;
  for (const auto& row :
       db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").rows) {
    names.push_back(std::get<std::string>(row.front()));
  }
  return names;
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST_CASE("Every database gets its own tables, association tables with their models") {
  Two two;
  CHECK(tables_of(two.main) == std::vector<std::string>{"account"});
  CHECK(tables_of(two.analytics) == std::vector<std::string>{"tag", "visit", "visit_tag"});
  CHECK(models().schemas().at("default").tables.size() == 1);
  CHECK(models().schemas().at("analytics").tables.size() == 3);
  models().drop_all(two.both);
  CHECK(tables_of(two.analytics).empty());
}

TEST_CASE("One session writes and reads in several databases") {
  Two two;
  Session db{{{"default", two.main}, {"analytics", two.analytics}}, models()};
  auto account = db.add(Customer{.name = "john"});
  auto visit = db.add(PageVisit{.account_id = 7, .page = "/"});
  visit->tags.append(db.add(PageLabel{.name = "home"}));
  db.commit();
  Session other(two.both, models());
  CHECK(other.query<Customer>().one()->name == "john");
  CHECK(other.query<PageVisit>().one()->tags.front()->name == "home");
  CHECK(other.execute("SELECT * FROM visit_tag", {}, "analytics").rows.size() == 1);
  other.rollback();  // a database in memory has one connection
  visit.set<&PageVisit::page>("/about");
  db.remove(account);
  db.commit();
  CHECK(other.query<Customer>().count() == 0);
  CHECK(other.query<PageVisit>().filter(col<&PageVisit::page> == "/about").count() == 1);
}

TEST_CASE("Rollback and savepoints reach all databases") {
  Two two;
  Session db(two.both, models());
  db.add(Customer{.name = "kept"});
  db.flush();
  {
    auto savepoint = db.begin_nested();
    // The second database is first used inside the savepoint.
    db.add(Customer{.name = "lost"});
    db.add(PageVisit{.page = "/lost"});
    db.flush();
    savepoint.rollback();
  }
  db.add(PageVisit{.page = "/kept"});
  db.commit();
  CHECK(db.query<Customer>().one()->name == "kept");
  CHECK(db.query<PageVisit>().one()->page == "/kept");
  db.add(Customer{.name = "gone"});
  db.add(PageVisit{.page = "/gone"});
  db.flush();
  db.rollback();
  CHECK(db.query<Customer>().count() == 1);
  CHECK(db.query<PageVisit>().count() == 1);
}

TEST_CASE("A flush that fails in one database undoes the others") {
  Two two;
  Session db(two.both, models());
  db.add(PageVisit{.page = "/"});
  db.commit();
  db.add(Customer{.name = "john"});
  db.add(PageVisit{.page = "/"});
  CHECK_THROWS_AS(db.commit(), ormdb::IntegrityError);
  db.rollback();
  CHECK(db.query<Customer>().count() == 0);
  CHECK(db.query<PageVisit>().count() == 1);
}

TEST_CASE("What crosses databases, or has none, is refused by name") {
  Two two;
  Session db(two.both, models());
  CHECK(message_of([&] {
          db.query<PageVisit>()
              .join<Customer>(col<&Customer::id> == col<&PageVisit::account_id>)
              .all();
        }) ==
        "a query names PageVisit and Customer, which are in two databases, analytics and default");
  Session one(two.main, models());
  CHECK(one.query<Customer>().count() == 0);
  CHECK(message_of([&] { one.query<PageVisit>().count(); }) ==
        "the model PageVisit is bound to the database 'analytics', for which this session has no "
        "engine");
  CHECK(message_of([&] { models().create_all(two.main); }) ==
        "there is no engine for the database 'analytics', only for default");
  CHECK(message_of([&] { db.execute("SELECT 1", {}, "other"); }) ==
        "this session has no database 'other', only default, analytics");
  CHECK(message_of([&] {
          Engines({{"a", two.main}, {"a", two.main}});
        }) == "two engines are bound to the name 'a'");
}

struct CrossBind {
  std::int64_t id{}, account_id{};
  static void describe(ormdb::TableOf<CrossBind>& t) {
    t.name("crossing").bind("analytics").column<&CrossBind::id>({.primary_key = true});
    t.column<&CrossBind::account_id>({.references = ormdb::fk<&Customer::id>()});
  }
};

TEST_CASE("A foreign key into another database is refused") {
  CHECK(
      message_of([] { ormdb::Metadata::of<Customer, CrossBind>(); }) ==
      "the models CrossBind and Customer are connected, but bound to two databases, analytics and "
      "default");
}

}  // namespace
