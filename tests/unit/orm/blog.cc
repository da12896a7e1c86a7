#include "unit/orm/blog.h"

#include <catch2/catch.hpp>

#include "unit/orm/engines.h"

namespace blog {

ormdb::Engine fresh_engine() {
  const std::vector<std::string> urls = orm_test::fresh_urls();
  ormdb::Engine engine(GENERATE_COPY(from_range(urls)));
  models().create_all(engine);
  return engine;
}

User user_named(const std::string& name) {
  return User{.username = name, .email = name + "@example.com", .password = "hash"};
}

}  // namespace blog
