// Owners and grants of what is dropped and made again.
//
// They are in no Schema, so the database itself has to remember: as GRANT text in the setting
// ormdb.grants, which lasts as long as the transaction and needs no right to create tables.
#pragma once

#include <string>
#include <vector>

namespace ormdb::postgresql {

/// Adds the owners and grants of relations and routines, named as DDL spells them, to what is
/// remembered.
std::string save_grants_sql(const std::vector<std::string>& relations,
                            const std::vector<std::string>& routines);

/// Gives them back and forgets them.
std::string restore_grants_sql();

/// The same for types, which are remembered apart (ormdb.type_grants): they are made again at once.
std::string save_type_grants_sql(const std::vector<std::string>& types);
std::string restore_type_grants_sql();

}  // namespace ormdb::postgresql
