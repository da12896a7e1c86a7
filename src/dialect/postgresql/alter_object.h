// Changes of DatabaseObjects that PostgreSQL has an ALTER or CREATE OR REPLACE for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// The statements that make `to` of `from`; empty (no value) where the object has to be dropped and
/// created again, and with it what depends on it. Throws kUnsupported for a change that would need
/// that and cannot have it.
std::optional<std::vector<std::string>> alter_object_sql(const DatabaseObject& from,
                                                         const DatabaseObject& to,
                                                         const Schema& schema);

/// Whether ALTER DOMAIN would have to look at the values that are there, which the server refuses
/// while arrays or rows hold them (get_rels_with_domain() in typecmds.c).
bool looks_at_values(const DatabaseObject& from, const DatabaseObject& to);

/// Whether an attribute of a composite type gets another type, which the server refuses while a
/// column holds values of it.
bool retypes_attribute(const DatabaseObject& from, const DatabaseObject& to);

}  // namespace ormdb::postgresql
