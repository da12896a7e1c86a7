#include "ormdb/type.h"

#include <catch2/catch.hpp>

namespace ormdb {
namespace {

TEST_CASE("Types are read and written back alike") {
  for (const char* text : {"integer",
                           "big_integer",
                           "small_integer",
                           "string",
                           "string(20)",
                           "text",
                           "boolean",
                           "float",
                           "double",
                           "numeric",
                           "numeric(10)",
                           "numeric(10,2)",
                           "date",
                           "time",
                           "time(tz)",
                           "datetime",
                           "datetime(tz)",
                           "interval",
                           "large_binary",
                           "json",
                           "jsonb",
                           "uuid",
                           "enum(status)",
                           "array(numeric(10,2))",
                           "array(array(text))"}) {
    INFO(text);
    const std::optional<Type> type = parse_type(text);
    REQUIRE(type.has_value());
    CHECK(render_type(*type) == text);
  }
}

TEST_CASE("Spaces do not count, and pickle is large_binary") {
  CHECK(parse_type(" numeric( 10 , 2 ) ") == Type::numeric(10, 2));
  CHECK(parse_type("pickle") == Type::of(TypeKind::kLargeBinary));
}

TEST_CASE("What is no type is none") {
  for (const char* text : {"",
                           "integr",
                           "Integer",
                           "string(",
                           "string()",
                           "string(0)",
                           "string(-1)",
                           "string(x)",
                           "string(1,2)",
                           "string(99999999999)",
                           "numeric(1,2,3)",
                           "numeric(,2)",
                           "integer(4)",
                           "enum",
                           "enum()",
                           "array",
                           "array(nothing)",
                           "datetime(utc)",
                           "text text",
                           "text)"}) {
    INFO(text);
    CHECK_FALSE(parse_type(text).has_value());
  }
}

std::string nested_array(int depth) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += "array(";
  return text + "text" + std::string(static_cast<std::size_t>(depth), ')');
}

TEST_CASE("Arrays nest, but not without end") {
  CHECK(render_type(parse_type(nested_array(32)).value()) == nested_array(32));
  for (const int depth : {33, 200000}) CHECK_FALSE(parse_type(nested_array(depth)));
}

}  // namespace
}  // namespace ormdb
