#include <catch2/catch.hpp>

#include "dialect/sqlite/conversion.h"
#include "support/dialect_sqlite.h"

namespace ormdb {
namespace {

// The values that do not fit, joined by spaces.
std::string misfits(Connection& connection, const Type& type, bool strict) {
  const std::string condition = misfits_sql("c d", type, strict);
  return test::rows(connection,
                    "SELECT group_concat(quote(\"c d\"), ' ') FROM t WHERE " + condition);
}

TEST_CASE("Values that do not become numbers are found, and no others") {
  const auto database = test::memory_database(
      "CREATE TABLE t (\"c d\");"
      "INSERT INTO t VALUES (NULL), (1), (1.5), ('2'), (' 3 '), ('-4.0'), ('1e2'), ('2.5'), "
      "('abc'), "
      "('12x'), (''), (x'31'), ('123456789012345678901234')");
  const Type whole = Type::of(TypeKind::kInteger), number = Type::of(TypeKind::kDouble);
  for (const bool strict : {false, true}) {
    CHECK(misfits(*database, whole, strict) ==
          "1.5 '2.5' 'abc' '12x' '' X'31' '123456789012345678901234'");
    CHECK(misfits(*database, number, strict) == "'abc' '12x' '' X'31'");
  }
  CHECK(misfits(*database, Type::of(TypeKind::kText), true) == "X'31'");
  CHECK(misfits_sql("a", Type::of(TypeKind::kText), false).empty());
  CHECK(misfits_sql("a", Type::of(TypeKind::kDate), false).empty());
  CHECK(misfits_sql("a", Type::native_of("sqlite", "INT"), false).empty());
  CHECK(misfits_sql("a", Type::native_of("sqlite", "ANY"), true).empty());
}

TEST_CASE("A STRICT table takes what fits, and refuses the rest") {
  const auto database = test::memory_database("CREATE TABLE t (\"c d\" INTEGER) STRICT");
  for (const char* fits : {"'2'", "' 3 '", "'-4.0'", "'1e2'", "5.0"}) {
    CAPTURE(fits);
    CHECK_NOTHROW(database->execute("INSERT INTO t VALUES (" + std::string(fits) + ")"));
  }
  for (const char* misfit : {"1.5", "'2.5'", "'abc'", "''", "x'31'"}) {
    CAPTURE(misfit);
    CHECK_THROWS(database->execute("INSERT INTO t VALUES (" + std::string(misfit) + ")"));
  }
}

}  // namespace
}  // namespace ormdb
