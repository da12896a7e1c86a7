#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "dialect/postgresql/types.h"
#include "ormdb/error.h"

using namespace ormdb;
using namespace ormdb::postgresql;

namespace {

Type of(const std::string& text) { return *parse_type(text); }
Type native(const std::string& text) { return Type::native_of("postgresql", text); }
Type array_of(Type element) {
  Type type = Type::of(TypeKind::kArray);
  type.element.push_back(std::move(element));
  return type;
}

struct Spelling {
  std::string text;
  Type type;
};

}  // namespace

TEST_CASE("format_type's text and DDL agree in both directions") {
  const std::vector<Spelling> cases = {
      {"integer", of("integer")},
      {"bigint", of("big_integer")},
      {"smallint", of("small_integer")},
      {"character varying", of("string")},
      {"character varying(20)", of("string(20)")},
      {"text", of("text")},
      {"boolean", of("boolean")},
      {"real", of("float")},
      {"double precision", of("double")},
      {"numeric", of("numeric")},
      {"numeric(10,2)", of("numeric(10,2)")},
      {"numeric(10,0)", of("numeric(10)")},
      {"date", of("date")},
      {"time without time zone", of("time")},
      {"timestamp without time zone", of("datetime")},
      {"timestamp with time zone", of("datetime(tz)")},
      {"interval", of("interval")},
      {"bytea", of("large_binary")},
      {"json", of("json")},
      {"jsonb", of("jsonb")},
      {"uuid", of("uuid")},
      {"text[]", of("array(text)")},
      {"character varying(5)[]", of("array(string(5))")},
      {"timestamp(3) with time zone", native("timestamp(3) with time zone")},
      {"time(0) without time zone", native("time(0) without time zone")},
      {"time with time zone", native("time with time zone")},
      {"interval day to second(3)", native("interval day to second(3)")},
      {"character(3)", native("character(3)")},
      {"\"char\"", native("\"char\"")},
      {"bit varying(8)", native("bit varying(8)")},
      {"numeric(3,-1)", native("numeric(3,-1)")},
      {"citext", native("citext")},
      {"geo.\"Shape\"", native("geo.\"Shape\"")},
      {"geometry(Point,4326)", native("geometry(Point,4326)")},
      {"citext[]", array_of(native("citext"))},
  };
  for (const Spelling& expected : cases) {
    INFO(expected.text);
    CHECK(type_from_sql(expected.text) == expected.type);
    CHECK(type_to_sql(expected.type) == expected.text);
  }
}

TEST_CASE("every spelling that users write is read") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"INT", "integer"},
      {"int4", "integer"},
      {"pg_catalog.int8", "bigint"},
      {"int2", "smallint"},
      {"VarChar ( 20 )", "character varying(20)"},
      {"char varying(20)", "character varying(20)"},
      {"national character varying(20)", "character varying(20)"},
      {"bool", "boolean"},
      {"float4", "real"},
      {"float8", "double precision"},
      {"float", "double precision"},
      {"float(24)", "real"},
      {"float(25)", "double precision"},
      {"decimal(10, 2)", "numeric(10,2)"},
      {"dec(8)", "numeric(8,0)"},
      {"time", "time without time zone"},
      {"timetz", "time with time zone"},
      {"timestamp", "timestamp without time zone"},
      {"timestamptz", "timestamp with time zone"},
      {"TIMESTAMP (3) WITH TIME ZONE", "timestamp(3) with time zone"},
      {"timestamptz(3)", "timestamp(3) with time zone"},
      {"char", "character(1)"},
      {"nchar(2)", "character(2)"},
      {"bit", "bit(1)"},
      {"varbit", "bit varying"},
      {"interval Year to Month", "interval year to month"},
      {"text[][]", "text[]"},
      {"text[3]", "text[]"},
      {"integer ARRAY", "integer[]"},
      {"CITEXT", "citext"},
      {"\"citext\"", "citext"},
      {"\"Citext\"", "\"Citext\""},
  };
  for (const auto& [written, stored] : cases) {
    INFO(written);
    CHECK(type_to_sql(type_from_sql(written)) == stored);
    CHECK(canonical_type_text(written) == stored);
  }
}

TEST_CASE("types that are stored alike are one canonical type") {
  CHECK(canonical_type(native("varchar(20)")) == of("string(20)"));
  CHECK(canonical_type(native("int4[]")) == of("array(integer)"));
  CHECK(canonical_type(array_of(of("array(text)"))) == of("array(text)"));
  CHECK(canonical_type(of("time(tz)")) == native("time with time zone"));
  CHECK(canonical_type(native("Geometry( Point,4326)")) == native("geometry(point,4326)"));
}

TEST_CASE("a name of an enum is an enum where enums are known") {
  Schema schema;
  schema.enums.push_back({"Status", "app", {"a"}, ""});
  Type status = Type::of(TypeKind::kEnum);
  status.name = "app.Status";
  CHECK(type_from_sql("app.\"Status\"", &schema) == status);
  CHECK(type_from_sql("app.\"Status\"[]", &schema) == array_of(status));
  CHECK(type_from_sql("app.\"Status\"") == native("app.\"Status\""));
  CHECK(type_to_sql(status, &schema) == "app.\"Status\"");
  CHECK(type_to_sql(status) == "app.\"Status\"");
  CHECK(canonical_type(native("app.\"Status\""), &schema) == status);
}

TEST_CASE("an enum's name with a dot is taken apart where enums are known") {
  Schema schema;
  schema.enums.push_back({"v1.status", "", {"a"}, ""});
  Type status = Type::of(TypeKind::kEnum);
  status.name = "v1.status";
  CHECK(type_to_sql(status, &schema) == "\"v1.status\"");
}

TEST_CASE("serial is an error that says what to write") {
  for (const char* text : {"serial", "BIGSERIAL", "smallserial"}) {
    INFO(text);
    try {
      type_from_sql(text);
      FAIL("no error");
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::kModel);
      CHECK(error.hint().find("serial: true") != std::string::npos);
    }
  }
}

TEST_CASE("a native type without a spelling for postgresql is named") {
  try {
    type_to_sql(Type::native_of("sqlite", "NVARCHAR(160)"));
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUnsupported);
    CHECK(error.message().find("NVARCHAR(160)") != std::string::npos);
  }
}
