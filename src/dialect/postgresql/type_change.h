// Which type changes the server makes by itself, and the USING text of the others.
#pragma once

#include <string>
#include <string_view>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// Types whose values PostgreSQL takes for each other in comparisons and keys.
enum class TypeFamily { kNumber, kText, kTime, kJson, kOther };
TypeFamily type_family(const Type& type);
bool is_integer(const Type& type);

/// Whether expressions, keys and defaults over the column may no longer fit: another family,
/// another type of the family kOther, or one whose constants the server casts to another type (it
/// would keep `a > 0::numeric` for an integer `a`). Integers are one type here, text and varchar
/// are. Both in their one spelling (canonical_type()).
bool is_incompatible(const Type& from, const Type& to);

/// "column::type" for USING; "" where the server converts by an assignment cast
/// (https://www.postgresql.org/docs/current/catalog-pg-cast.html): among numbers, among dates and
/// times, json and jsonb, anything to text. Others go by text, which every type has.
std::string using_sql(std::string_view column, const Type& from, const Type& to,
                      const Schema& schema);

}  // namespace ormdb::postgresql
