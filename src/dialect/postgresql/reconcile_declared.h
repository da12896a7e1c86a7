// Texts on columns that get a type of another kind.
//
// A text of the models that means what the database has takes the database's spelling, and that has
// casts for the old type. Where it comes back on the new type, declared is better; so both sides
// have the models' spelling then.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb::postgresql {

/// The names of columns that get a type that their expressions may not fit (is_incompatible()).
std::set<std::string> retyped_columns(const Schema& from, const Schema& to);

/// What the models have of the tables with such columns, before anything is reconciled.
struct Declared {
  std::vector<Table> tables;
  std::vector<DatabaseObject> policies;
};
Declared declared_on_new_types(const Schema& from, const Schema& to);

/// Where their checks, indexes, generated columns and policies took the database's text since, both
/// sides get the declared one.
void keep_declared(const Declared& declared, Schema& from, Schema& to);

}  // namespace ormdb::postgresql
