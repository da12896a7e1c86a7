#include "unit/orm/linkage.h"

#include <catch2/catch.hpp>

#include "ormdb/orm.h"

namespace {

using namespace ormdb;

TEST_CASE("Two files may have models of one name, each its own") {
  CHECK(linkage::first() == "id title 1 1 first new first");
  CHECK(linkage::second() == "id title 1 1 second new second");
}

struct Place {
  int town_{};
};
struct Shop : virtual Place {
  std::int64_t id_{};
  static void describe(TableOf<Shop>& t) {
    t.name("shop").column<&Shop::id_>({.primary_key = true});
  }
};

TEST_CASE("Names of columns come right from local structs and those with virtual bases") {
  struct Inner {
    std::int64_t key{};
    std::string value_{};
    static void describe(TableOf<Inner>& t) {
      t.name("inner").column<&Inner::key>({.primary_key = true}).column<&Inner::value_>();
    }
  };
  const auto models = Metadata::of<Inner, Shop>();
  CHECK(models.schema().tables[0].columns[0].name == "key");
  CHECK(models.schema().tables[0].columns[1].name == "value");
  CHECK(models.schema().tables[1].columns[0].name == "id");
  const Engine engine("sqlite://");
  models.create_all(engine);
  Session db(engine, models);
  db.add(Inner{.key = 3, .value_ = "x"});
  db.add(Shop());
  db.commit();
  db.expunge_all();
  CHECK(db.get<Inner>(3)->value_ == "x");
  CHECK(db.get<Shop>(1)->id_ == 1);
}

}  // namespace
