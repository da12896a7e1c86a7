#include <catch2/catch.hpp>

#include "model/model_yaml.h"
#include "ormdb/dialect.h"
#include "ormdb/diff.h"
#include "unit/orm/blog.h"

namespace {

using ormdb::Error;

TEST_CASE("The example's models in C++ and in YAML are the same schema") {
  const ormdb::Schema yaml =
      ormdb::load_models({std::string(ORMDB_SOURCE_DIR) + "/migrations_example/models.yaml"}, {});
  const ormdb::Schema& cpp = blog::models().schema();
  CHECK(ormdb::render_models(cpp) == ormdb::render_models(yaml));
  CHECK(cpp == yaml);
}

TEST_CASE("create_all makes what is missing, twice, and drop_all removes it") {
  const ormdb::Engine engine("sqlite://");
  blog::models().create_all(engine);
  blog::models().create_all(engine);
  ormdb::Session db(engine, blog::models());
  CHECK(db.query<blog::User>().count() == 0);
  db.close();
  blog::models().drop_all(engine);
  CHECK_THROWS_AS(db.query<blog::User>().count(), Error);
}

struct NoName {
  std::int64_t id{};
  static void describe(ormdb::TableOf<NoName>& t) { t.column<&NoName::id>({.primary_key = true}); }
};
struct NoKey {
  std::int64_t id{};
  static void describe(ormdb::TableOf<NoKey>& t) { t.name("x").column<&NoKey::id>(); }
};
struct Lonely {
  std::int64_t id{}, other{};
  static void describe(ormdb::TableOf<Lonely>& t) {
    t.name("lonely").column<&Lonely::id>({.primary_key = true});
    t.column<&Lonely::other>({.references = ormdb::fk<&NoKey::id>()});
  }
};

std::string refusal(void (*make)()) {
  try {
    make();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

TEST_CASE("Descriptions that make no sense are refused by name") {
  CHECK(refusal([] { ormdb::Metadata::of<NoName>(); }) == "model NoName does not name its table");
  CHECK(refusal([] { ormdb::Metadata::of<NoKey>(); }) == "model NoKey has no primary key");
  CHECK(refusal([] { ormdb::Metadata::of<Lonely>(); }) ==
        "model Lonely points to a model that Metadata::of<…>() does not list");
}

}  // namespace
