// Random schemas, and random changes of one, for tests of laws.
//
// Everything that SQLite has and ormdb models can come out: keys of all shapes, STRICT and WITHOUT
// ROWID tables, defaults, generated columns, collations, checks, foreign keys (to itself and in
// cycles), all kinds of indexes, virtual tables, views on views, triggers, enums, names that need
// quotes. The SQL texts are valid for SQLite 3.40: a generated schema can be created in a database.
// The same seed gives the same schemas on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb {

class OpsSchemaGenerator {
 public:
  explicit OpsSchemaGenerator(std::uint64_t seed) : state_(seed) {}

  Schema schema();
  /// A related schema: some changes away.
  Schema mutated(const Schema& schema);
  /// The same schema, lists whose order has no meaning in another order.
  Schema shuffled(Schema schema);

 private:
  std::uint64_t next();
  std::size_t below(std::size_t limit);
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  template <typename Items>
  auto& pick(Items& items) {
    return items[below(items.size())];
  }
  template <typename Items>
  void shuffle(Items& items);

  std::string fresh_table_name(const Schema& schema);
  Type random_type(const Schema& schema, bool strict);
  Literal random_default(const Type& type);
  void add_table(Schema& schema);
  void add_primary_key(Table& table);
  void add_column(const Schema& schema, Table& table);
  void add_generated(Table& table);
  void add_check(Table& table);
  void add_unique(Table& table);
  void add_foreign_key(Schema& schema, Table& table);
  void add_index(const Schema& schema, Table& table);
  KeyPart random_part(const Table& table, bool may_be_expression);
  void add_view(Schema& schema);
  std::string random_query(const Schema& schema, View& view);
  void add_trigger(Schema& schema);
  void add_virtual_table(Schema& schema);
  void add_enum(Schema& schema);

  void mutate_once(Schema& schema);
  void mutate_table(Schema& schema, Table& table);
  void mutate_column(const Schema& schema, Table& table);
  void mutate_object(Schema& schema);

  std::uint64_t state_;
  int names_ = 0;
};

/// Takes out what refers to things that are not there (any more): keys, checks, views, triggers.
void drop_dangling(Schema& schema);

}  // namespace ormdb
