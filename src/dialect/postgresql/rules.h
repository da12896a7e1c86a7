// What counts as equal on PostgreSQL: the SchemaRules of the dialect.
#pragma once

#include <string>
#include <string_view>

#include "ormdb/diff.h"

namespace ormdb {

/// Normalized for PostgreSQL:
///   names        as they are; those of constraints gone, those of indexes and objects kept
///   types        as format_type() spells them (types.h)
///   nullable     false for the columns of the primary key, identity and serial ones
///   defaults     constants as constants of the column's type, expressions in their canonical form
///                (expression.h); none for NULL
///   options      PostgreSQL's own, without flags that are off and without defaults; storage
///                parameters in lower case
///   foreign keys without columns get the primary key that they mean; MATCH SIMPLE is none
///   key parts    without the order of NULLs that is the default, collations only when they are
///                not their column's
///   columns      of partitions, and inherited ones, gone: the parents have them
///   objects      properties that are the default gone; argument types in format_type's spelling,
///                bodies of routines as they are (lines end in LF)
///   SQL text     PostgreSQL's own or the common one, canonical; checks, views, routines and
///                triggers that have none for PostgreSQL are gone
///   gone         virtual tables, events, the extension plpgsql, other dialects' options,
///                relationships, rename hints
///   order        that of columns, key parts, enum values and attributes; everything else is
///                sorted, equal constraints are merged
class PostgresqlRules : public SchemaRules {
 public:
  std::string_view dialect() const override { return "postgresql"; }
  Schema normalize(const Schema& schema) const override;

  /// Models with the default schema spelled "" ("public", unless the models declare a schema of
  /// this name, without a comment), argument types in format_type's spelling (they are part of a
  /// routine's name), constants of boolean columns as booleans, and without the collations that
  /// only SQLite has (NOCASE, RTRIM, BINARY). Throws kUnsupported for types that PostgreSQL has no
  /// spelling for, kModel for serial as a type.
  Schema expressible(Schema schema) const override;

  bool trigger_names_are_global() const override { return false; }
  bool orders_by_dependency() const override { return true; }
  std::string fold(std::string_view identifier) const override { return std::string(identifier); }
};

const PostgresqlRules& postgresql_rules();

}  // namespace ormdb
