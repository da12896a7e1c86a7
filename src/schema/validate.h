// Whether a schema makes sense, before anything is done with it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ormdb/schema.h"

namespace ormdb {

/// One thing that is wrong. `path` says where in the schema: {"tables", "post", "columns",
/// "user_id", "references"}; the models' reader turns it into file and line.
struct SchemaProblem {
  std::vector<std::string> path;
  std::string message;
  std::string hint;
};

struct ValidateOptions {
  int max_identifier_length = 0;                      ///< Bytes; 0: no limit.
  std::function<std::string(std::string_view)> fold;  ///< Names equal under it are the same.
  std::string dialect;                                ///< "" checks nothing that only one knows.
};

/// Foreign keys to nowhere or to columns without a key, type mismatches between a key and what it
/// references, duplicate names, keys and indexes over unknown columns, two primary keys, names too
/// long, relationships and triggers to nowhere, enums nobody declared, a table without columns.
std::vector<SchemaProblem> validate(const Schema& schema, const ValidateOptions& options);

/// Whether a key of type `a` can hold what a column of type `b` holds. SQLite stores any value
/// anywhere, so there only portable types of different families are taken for a mistake;
/// PostgreSQL wants an = operator between the types (manual, CREATE TABLE, REFERENCES). A native
/// spelling says that its author means it, and MySQL wants the two to be equal.
bool can_reference(const Type& a, const Type& b, const std::string& dialect);

}  // namespace ormdb
