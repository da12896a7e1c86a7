#include "migrate/workspace.h"

#include <catch2/catch.hpp>

using namespace ormdb;

TEST_CASE("migrations go past a pooler where direct_url is given") {
  DatabaseConfig database;
  database.url = "sqlite:///pooled.db";
  CHECK(Workspace(Config(), database).url().database == "pooled.db");
  database.direct_url = "sqlite:///direct.db";
  CHECK(Workspace(Config(), database).url().database == "direct.db");
}
