// Column types between ormdb's kinds and PostgreSQL's.
//
//     integer integer        big_integer bigint        small_integer smallint   boolean boolean
//     string(n) character varying(n)                   string character varying text text
//     float real             double double precision   numeric(p,s) numeric(p,s)
//     date date              time time without time zone
//     datetime timestamp without time zone             datetime(tz) timestamp with time zone
//     interval interval      large_binary bytea        json json                jsonb jsonb
//     uuid uuid              enum the enum's name      array(T) T[]
//
// Everything else (timestamp(3), character(n), citext, domains …) is a native type in the spelling
// of format_type(): https://www.postgresql.org/docs/current/functions-info.html. An array has one
// dimension however many were declared, as in the catalog.
#pragma once

#include <string>
#include <string_view>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// The type that a text means: format_type's, or any spelling that users write (varchar(20), int4,
/// timestamptz, decimal, "char", text[], pg_catalog.int8). Unquoted names lose their case. A name
/// of `enums->enums` is an enum; with nullptr none is. Throws kModel for serial and its kin, which
/// are shorthands for a sequence and no types.
Type type_from_sql(std::string_view text, const Schema* enums = nullptr);

/// The spelling for DDL. An enum's qualified name is taken apart by `enums`, or at its first dot
/// where it is not there. Throws kUnsupported for a native type that has no spelling for PostgreSQL
/// (nor a "default" one).
std::string type_to_sql(const Type& type, const Schema* enums = nullptr);

/// The type in the one spelling under which types that PostgreSQL stores alike are equal.
Type canonical_type(const Type& type, const Schema* enums = nullptr);

/// Any spelling in the one of type_to_sql.
std::string canonical_type_text(std::string_view text);

/// The type's text without length, precision and scale: what literals are cast to.
std::string type_without_modifiers(const Type& type, const Schema* enums = nullptr);

/// A type in a property of a domain, composite type or sequence, in PostgreSQL's words: it may be
/// written as in a column, `string(20)`, `datetime(tz)`, `enum(status)`, unless PostgreSQL, an enum
/// or an object of the schema has that name. A COLLATE behind it stays.
std::string own_type_text(const std::string& text, const Schema* schema);

/// Whether all of `text` spells a type of PostgreSQL's own that has a keyword or an old name here;
/// "geometry" and "citext" are none.
bool is_known_type(std::string_view text);

}  // namespace ormdb::postgresql
