#include <catch2/catch.hpp>

#include "dialect/sqlite/blame.h"
#include "support/dialect_sqlite.h"

namespace ormdb {
namespace {

struct Case {
  const char* sqlstate;
  const char* words;
  int operation;     ///< Of the list below; 0: no failed constraint.
  const char* hint;  ///< Part of it.
};

AlterColumn becomes_required(const std::string& name) {
  AlterColumn op;
  op.table = "T";
  op.from = test::nullable(test::column(name, Type::of(TypeKind::kText)));
  op.to = test::column(name, Type::of(TypeKind::kText));
  return op;
}

Unique unique_of(const std::vector<std::string>& columns) {
  Unique unique;
  for (const std::string& name : columns) unique.columns.emplace_back().column = name;
  return unique;
}

std::vector<Operation> changes() {
  Index index = test::index("ix", {"a"});
  index.unique = true;
  return {AlterColumn{"t",
                      test::column("x", Type::of(TypeKind::kText)),
                      test::column("x", Type::of(TypeKind::kInteger)),
                      {}},                                 // 1
          becomes_required("a"),                           // 2
          becomes_required("b"),                           // 3
          AddConstraint{"t", unique_of({"a", "b"})},       // 4
          AddConstraint{"t", test::check("ck", "a > 0")},  // 5
          AddConstraint{"t", test::check("", "b <> ''")},  // 6
          CreateIndex{"t", index},                         // 7
          test::execute("DELETE FROM t"),                  // 8
          becomes_required("c")};                          // 9
}

TEST_CASE("A failed constraint is blamed on the operation that asks for it") {
  const Case cases[] = {
      {"SQLITE_CONSTRAINT_NOTNULL", "NOT NULL constraint failed: t.b", 3, "update_rows"},
      {"SQLITE_CONSTRAINT_NOTNULL", "NOT NULL constraint failed: t.A", 2, "NULL"},
      {"SQLITE_CONSTRAINT_NOTNULL", "NOT NULL constraint failed: t.c", 1, "NULL"},
      {"SQLITE_CONSTRAINT_NOTNULL", "NOT NULL constraint failed: other.a", 1, "NULL"},
      {"SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: t.a, t.b", 4, "GROUP BY a, b"},
      {"SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: t.a", 7, "GROUP BY a"},
      {"SQLITE_CONSTRAINT_UNIQUE", "UNIQUE constraint failed: index 'ix'", 7, ""},
      {"SQLITE_CONSTRAINT_CHECK", "CHECK constraint failed: ck", 5, "do not satisfy"},
      {"SQLITE_CONSTRAINT_CHECK", "CHECK constraint failed: b<>''", 6, "do not satisfy"},
      {"SQLITE_CONSTRAINT_CHECK", "CHECK constraint failed: unknown", 1, "do not satisfy"},
      {"SQLITE_CONSTRAINT_DATATYPE", "cannot store TEXT value in INTEGER column t.x", 1, ""},
      {"SQLITE_ERROR", "no such table: t", 0, ""},
      {"SQLITE_CONSTRAINT_FOREIGNKEY", "FOREIGN KEY constraint failed", 0, ""},
  };
  for (const Case& each : cases) {
    CAPTURE(each.words);
    Error error(ErrorKind::kDatabase, each.words);
    error.sqlstate(each.sqlstate);
    const auto blame = blame_constraint(error, changes(), 1);
    REQUIRE(blame.has_value() == (each.operation != 0));
    if (!blame) continue;
    CHECK(blame->operation == each.operation);
    CHECK(blame->hint.find(each.hint) != std::string::npos);
  }
}

TEST_CASE("What an operation does to rows itself is its own fault") {
  Error error(ErrorKind::kDatabase, "NOT NULL constraint failed: t.c");
  error.sqlstate("SQLITE_CONSTRAINT_NOTNULL");
  CHECK_FALSE(blame_constraint(error, changes(), 8));
  CHECK_FALSE(blame_constraint(error, changes(), 0));
}

}  // namespace
}  // namespace ormdb
