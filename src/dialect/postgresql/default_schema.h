// The default schema is "" in a Schema; models may spell it.
#pragma once

#include <string_view>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// Whether "public" is the default schema as far as the models tell: they would declare it if it
/// was another one. (The default one is declared for its comment alone.)
bool has_public_as_default(const Schema& schema);

/// In place: `name` goes from the names of tables, views, enums, objects, and what refers to them
/// by name (types, foreign keys, parents, owners). SQL text keeps it.
void drop_default_schema(Schema& schema, std::string_view name);

}  // namespace ormdb::postgresql
