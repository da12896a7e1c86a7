#include "schema/key_part.h"

#include <catch2/catch.hpp>

namespace ormdb {
namespace {

TEST_CASE("a key part's text is taken apart from its end") {
  struct Case {
    const char* text;
    const char* column;
    const char* expression;
    const char* collation;
    bool descending;
    const char* nulls;
  };
  const Case cases[] = {
      {"title", "title", "", "", false, ""},
      {"  title  DESC ", "title", "", "", true, ""},
      {"title asc", "title", "", "", false, ""},
      {"desc", "desc", "", "", false, ""},
      {"desc desc", "desc", "", "", true, ""},
      {"title collate NOCASE desc", "title", "", "NOCASE", true, ""},
      {"title desc collate \"de DE\" nulls last", "title", "", "de DE", true, "last"},
      {"\"first name\" desc", "first name", "", "", true, ""},
      {"\"a \"\"b\"\"\" nulls first", "a \"b\"", "", "", false, "first"},
      {"lower(title)", "", "lower(title)", "", false, ""},
      {"lower(title) desc", "", "lower(title)", "", true, ""},
      {"case when a then b end desc", "", "case when a then b end", "", true, ""},
      {"a || ' desc'", "", "a || ' desc'", "", false, ""},
      {"a isnull", "", "a isnull", "", false, ""},
      {"a-b", "", "a-b", "", false, ""},
      {"1", "", "1", "", false, ""},
      {"\xC3\xA9t\xC3\xA9", "\xC3\xA9t\xC3\xA9", "", "", false, ""},
  };
  for (const Case& test : cases) {
    INFO(test.text);
    const ParsedKeyPart parsed = parse_key_part(test.text);
    CHECK(parsed.problem.empty());
    CHECK(parsed.part.column == test.column);
    CHECK(parsed.part.expression.common == test.expression);
    CHECK(parsed.part.collation == test.collation);
    CHECK(parsed.part.descending == test.descending);
    CHECK(parsed.part.nulls == test.nulls);
  }
}

TEST_CASE("a key part without a text form is not written as text") {
  KeyPart part;
  part.column = "title";
  CHECK(render_key_part(part) == "title");
  part.prefix_length = 10;
  CHECK_FALSE(render_key_part(part));
  KeyPart expression;
  expression.expression.common = "title";  // would be read as a column
  CHECK_FALSE(render_key_part(expression));
  CHECK_FALSE(render_key_part({}));
}

TEST_CASE("a reference's text is a table, a column of it, or several") {
  CHECK(parse_reference("user.id") == Reference{"user", {"id"}});
  CHECK(parse_reference("auth.user.id") == Reference{"auth.user", {"id"}});
  CHECK(parse_reference("user") == Reference{"user", {}});
  CHECK(parse_reference("parent (x , y)") == Reference{"parent", {"x", "y"}});
  for (const char* text :
       {"", ".", "user.", ".id", "user()", "user(a", "user(a,)", "user(a.b)", "a b.c"}) {
    INFO(text);
    CHECK_FALSE(parse_reference(text));
  }
  CHECK(render_reference({"auth.user", {"id"}}) == "auth.user.id");
  CHECK(render_reference({"p", {"x", "y"}}) == "p(x, y)");
  CHECK_FALSE(render_reference({"auth.user", {}}));  // would be read as table auth, column user
  CHECK_FALSE(render_reference({"user", {"odd name"}}));
}

}  // namespace
}  // namespace ormdb
