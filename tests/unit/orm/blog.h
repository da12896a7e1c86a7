// The example's models, and what tests need beside them.
#pragma once

#include "../migrations_example/cpp/models.h"

namespace blog {

/// A database in memory with the blog's tables.
ormdb::Engine fresh_engine();

/// A user with the name and an address of it.
User user_named(const std::string& name);

}  // namespace blog
