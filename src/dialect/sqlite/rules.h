// What counts as equal on SQLite: the SchemaRules of the dialect.
#pragma once

#include <string>
#include <string_view>

#include "ormdb/diff.h"

namespace ormdb {

/// Normalized for SQLite:
///   names        in lower case (ASCII), constraint names gone, index names kept
///   types        as they are stored (types.h); enums are VARCHAR and a CHECK
///   nullable     false for the rowid alias and for keys of STRICT and WITHOUT ROWID tables
///   defaults     true/false are 1/0; expressions in their canonical form (sql_scanner.h). DEFAULT
///                NULL and no default differ: the database keeps the difference
///   collations   BINARY is none; that of a key part is none when it is its column's own
///   foreign keys without columns get the primary key they mean; NO ACTION and MATCH SIMPLE are
///   none SQL text     SQLite's own or the common one, canonical; checks, views and triggers that
///   have
///                none for SQLite are gone
///   gone         comments, other dialects' options, relationships, rename hints, index methods,
///                included columns, operator classes, NULLS FIRST; exclusion constraints, objects
///                of all kinds, that a view is materialized and its indexes
///   order        that of columns and key parts; everything else is sorted, equal constraints
///   merged
class SqliteRules : public SchemaRules {
 public:
  std::string_view dialect() const override { return "sqlite"; }
  Schema normalize(const Schema& schema) const override;
  Schema expressible(Schema schema) const override;
  std::string fold(std::string_view identifier) const override;
};

const SqliteRules& sqlite_rules();

}  // namespace ormdb
