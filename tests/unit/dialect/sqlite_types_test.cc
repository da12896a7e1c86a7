#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "dialect/sqlite/ddl_parser.h"
#include "dialect/sqlite/types.h"
#include "ormdb/error.h"

namespace ormdb {
namespace {

Type native(const std::string& spelling) { return Type::native_of("sqlite", spelling); }

const std::vector<std::pair<Type, std::string>> kNames = {
    {Type::of(TypeKind::kInteger), "INTEGER"},
    {Type::of(TypeKind::kBigInteger), "BIGINT"},
    {Type::of(TypeKind::kSmallInteger), "SMALLINT"},
    {Type::string(0), "VARCHAR"},
    {Type::string(20), "VARCHAR(20)"},
    {Type::of(TypeKind::kText), "TEXT"},
    {Type::of(TypeKind::kBoolean), "BOOLEAN"},
    {Type::of(TypeKind::kFloat), "FLOAT"},
    {Type::of(TypeKind::kDouble), "DOUBLE"},
    {Type::numeric(0, 0), "NUMERIC"},
    {Type::numeric(10, 0), "NUMERIC(10)"},
    {Type::numeric(10, 2), "NUMERIC(10, 2)"},
    {Type::of(TypeKind::kDate), "DATE"},
    {Type::of(TypeKind::kTime), "TIME"},
    {Type::of(TypeKind::kDatetime), "DATETIME"},
    {Type::of(TypeKind::kLargeBinary), "BLOB"},
    {Type::of(TypeKind::kJson), "JSON"},
    {Type::of(TypeKind::kJsonb), "JSONB"},
    {Type::of(TypeKind::kUuid), "CHAR(36)"},
    {native("DECIMAL(10,2)"), "DECIMAL(10,2)"},
    {native("UNSIGNED BIG INT"), "UNSIGNED BIG INT"},
    {native(""), ""},
};

TEST_CASE("a SQLite type name reads back as the type that wrote it") {
  for (const auto& [type, name] : kNames) {
    INFO(name);
    CHECK(sqlite_type_name(type) == name);
    CHECK(parse_sqlite_type(name) == type);
  }
}

TEST_CASE("case and spaces of a known SQLite type name do not count") {
  CHECK(parse_sqlite_type("varchar ( 20 )") == Type::string(20));
  CHECK(parse_sqlite_type("Numeric(10 ,2)") == Type::numeric(10, 2));
  CHECK(parse_sqlite_type("integer") == Type::of(TypeKind::kInteger));
}

TEST_CASE("a name that would not be written the same way stays native") {
  for (const char* name : {"INT", "REAL", "ANY", "VARCHAR(0)", "VARCHAR(020)", "NUMERIC(10, 0)",
                           "NUMERIC(10,-2)", "CHAR(35)", "DOUBLE PRECISION", "BIG INT",
                           "VARCHAR(20", "VARCHAR(9999999999)", "VARCHAR(10,2)", "()", ")("}) {
    INFO(name);
    CHECK(parse_sqlite_type(name) == native(name));
    CHECK(sqlite_type_name(parse_sqlite_type(name)) == name);
  }
}

TEST_CASE("kinds that SQLite lacks share a name with the right affinity") {
  Type list = Type::of(TypeKind::kArray);
  list.element.push_back(Type::of(TypeKind::kText));
  CHECK(sqlite_type_name(list) == "JSON");
  CHECK(sqlite_type_name(Type::of(TypeKind::kInterval)) == "TEXT");
  Type instant = Type::of(TypeKind::kDatetime);
  instant.timezone = true;
  CHECK(sqlite_type_name(instant) == "DATETIME");
  CHECK(canonical_sqlite_type(instant, false) == Type::of(TypeKind::kDatetime));
}

TEST_CASE("STRICT tables get only the names that they allow") {
  CHECK(sqlite_type_name(Type::string(20), true) == "TEXT");
  CHECK(sqlite_type_name(Type::of(TypeKind::kBoolean), true) == "INTEGER");
  CHECK(sqlite_type_name(Type::numeric(10, 2), true) == "REAL");
  CHECK(sqlite_type_name(Type::of(TypeKind::kLargeBinary), true) == "BLOB");
  CHECK(sqlite_type_name(native("ANY"), true) == "ANY");
}

TEST_CASE("a native type of another dialect alone is an error that names it") {
  try {
    sqlite_type_name(Type::native_of("postgresql", "citext"));
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kModel);
    CHECK(error.message().find("citext") != std::string::npos);
  }
}

TEST_CASE("an integer primary key of a model is declared INTEGER") {
  Table table;
  table.columns.resize(1);
  table.columns[0].name = "ID";
  table.primary_key.emplace();
  table.primary_key->columns.resize(1);
  table.primary_key->columns[0].column = "id";
  for (const TypeKind kind : {TypeKind::kInteger, TypeKind::kBigInteger, TypeKind::kSmallInteger}) {
    table.columns[0].type = Type::of(kind);
    CHECK(sqlite_column_type(table, table.columns[0]) == "INTEGER");
  }
  table.columns[0].type = native("BIGINT");
  CHECK(sqlite_column_type(table, table.columns[0]) == "BIGINT");
  table.columns[0].type = Type::of(TypeKind::kBigInteger);
  table.options["sqlite"]["without_rowid"] = "true";
  CHECK(sqlite_column_type(table, table.columns[0]) == "BIGINT");
  table.options["sqlite"]["without_rowid"] = "false";
  CHECK(sqlite_column_type(table, table.columns[0]) == "INTEGER");
  table.primary_key->columns.resize(2);
  CHECK(sqlite_column_type(table, table.columns[0]) == "BIGINT");
}

TEST_CASE("an enum becomes VARCHAR of its longest value and a CHECK") {
  Table table;
  table.columns.resize(2);
  table.columns[0].name = "order";
  table.columns[0].type = Type::of(TypeKind::kEnum);
  table.columns[0].type.name = "status";
  table.columns[1].name = "n";
  Enum status;
  status.name = "status";
  status.values = {"no", "größe", "it's"};
  expand_enums(table, {status});
  CHECK(table.columns[0].type == Type::string(5));
  REQUIRE(table.checks.size() == 1);
  CHECK(table.checks[0].expression.common == "\"order\" IN ('no', 'größe', 'it''s')");
}

}  // namespace
}  // namespace ormdb
