// The SQL of the kinds of DatabaseObject (src/schema/object_kind.h): create, drop, comment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// A property's text for PostgreSQL, its list or its map; empty when it is not there.
const std::string& property(const DatabaseObject& object, std::string_view name);
std::vector<std::string> list_property(const DatabaseObject& object, std::string_view name);
std::vector<NamedText> map_property(const DatabaseObject& object, std::string_view name);

/// A domain, composite type or sequence whose types are in PostgreSQL's words (own_type_text).
DatabaseObject in_own_words(DatabaseObject object, const Schema& schema);

/// "FUNCTION f(integer)", "POLICY p ON t": what DROP and COMMENT ON call it.
std::string object_words(const DatabaseObject& object, const Schema& schema);

/// Everything that makes the object, its comment too. A sequence states its owner where the
/// schema has it. Throws kUnsupported for a kind that PostgreSQL does not have.
std::vector<std::string> create_object_sql(const DatabaseObject& object, const Schema& schema);

/// The schema "public" stays, as it is in every new database; only its comment goes back.
std::string drop_object_sql(const DatabaseObject& object, const Schema& schema);

/// Whether its creation looks into a body that may use what is not there yet.
bool is_routine(const DatabaseObject& object);

// Pieces that altering uses too.
std::string routine_sql(const DatabaseObject& object, bool replace);
std::string rule_sql(const DatabaseObject& object, const Schema& schema, bool replace);
/// "CONSTRAINT c ON DOMAIN d", for COMMENT ON.
std::string domain_check_words(const DatabaseObject& domain, const std::string& check);
std::string policy_roles(const DatabaseObject& object);
std::string sequence_owner_sql(const DatabaseObject& sequence, const Schema& schema);

}  // namespace ormdb::postgresql
