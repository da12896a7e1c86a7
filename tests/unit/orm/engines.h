// The databases that the ORM's tests run on.
#pragma once

#include <string>
#include <vector>

namespace orm_test {

/// SQLite in memory, and where ORMDB_TEST_POSTGRESQL_URL names a server, a database of this process
/// there, which is emptied by each call and goes away with the process.
std::vector<std::string> fresh_urls();

}  // namespace orm_test
