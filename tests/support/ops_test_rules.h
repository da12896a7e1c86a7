// Rules for tests of the ops layer, which knows no dialect: SQLite's in small.
#pragma once

#include <string>
#include <string_view>

#include "ormdb/diff.h"

namespace ormdb {

/// Names in lower case; constraint names, hints and relationships gone; SQL text canonical; enums
/// are VARCHAR and a CHECK; the rowid alias is not null; the collation of a key part that is its
/// column's own is none; a foreign key without columns references the primary key; lists sorted.
/// Comments count.
class TestRules : public SchemaRules {
 public:
  explicit TestRules(std::string dialect = "sqlite") : dialect_(std::move(dialect)) {}
  std::string_view dialect() const override { return dialect_; }
  Schema normalize(const Schema& schema) const override;
  std::string fold(std::string_view identifier) const override;

 private:
  std::string dialect_;
};

}  // namespace ormdb
