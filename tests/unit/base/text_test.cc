#include "base/text.h"

#include <catch2/catch.hpp>

namespace ormdb {
namespace {

TEST_CASE("text helpers at their edges") {
  CHECK(trim(" \t\r\n a b \v") == "a b");
  CHECK(trim("   ").empty());
  CHECK(to_lower("ÄBC") == "Äbc");
  CHECK(to_upper("abc1") == "ABC1");
  CHECK(iequals("SELECT", "select"));
  CHECK_FALSE(iequals("a", "ab"));
  CHECK(starts_with_icase("SELECT 1", "select"));
  CHECK_FALSE(starts_with_icase("SEL", "select"));
  CHECK(split("a,,b,", ',') == std::vector<std::string>{"a", "", "b", ""});
  CHECK(split("", ',') == std::vector<std::string>{""});
  CHECK(join({"a", "b"}, ", ") == "a, b");
  CHECK(join({}, ", ").empty());
  CHECK(replace_all("aaa", "a", "aa") == "aaaaaa");
  CHECK(replace_all("abc", "", "x") == "abc");
  CHECK(normalize_newlines("\xEF\xBB\xBF"
                           "a\r\nb\rc\n\r") == "a\nb\nc\n\n");
  CHECK(counted(1, "table") == "1 table");
  CHECK(counted(3, "table") == "3 tables");
  CHECK(counted(0, "index") == "0 indexes");
  CHECK(counted(2, "entry") == "2 entries");
  CHECK(counted(2, "key") == "2 keys");
}

struct NearestCase {
  const char* word;
  const char* wanted;
};

TEST_CASE("the nearest word is within a third of its length") {
  const std::vector<std::string> known = {"integer", "string", "text", "id", "nullable"};
  const std::vector<NearestCase> cases = {{"integr", "integer"}, {"itneger", "integer"},
                                          {"STRING", "string"},  {"nulable", "nullable"},
                                          {"txt", "text"},       {"x", ""},
                                          {"boolean", ""},       {"", ""},
                                          {"ix", "id"}};
  for (const NearestCase& c : cases) {
    INFO(c.word);
    CHECK(nearest(c.word, known) == c.wanted);
  }
  CHECK(did_you_mean("integr", known) == " (did you mean 'integer'?)");
  CHECK(did_you_mean("zzzz", known).empty());
  CHECK(nearest(std::string(100000, 'x'), {std::string(100000, 'y')}).empty());
}

struct GlobCase {
  const char* pattern;
  const char* text;
  bool matches;
};

TEST_CASE("globs know *, ? and sets") {
  const std::vector<GlobCase> cases = {{"*", "", true},
                                       {"tmp_*", "tmp_a", true},
                                       {"tmp_*", "a_tmp_", false},
                                       {"*_log", "a_log", true},
                                       {"*_log", "a_logs", false},
                                       {"a?c", "abc", true},
                                       {"a?c", "ac", false},
                                       {"[a-c]x", "bx", true},
                                       {"[a-c]x", "dx", false},
                                       {"[!a-c]x", "dx", true},
                                       {"[]x]", "]", true},
                                       {"[ab", "[ab", true},
                                       {"a*b*c", "aXbYbZc", true},
                                       {"post.*", "post.id", true},
                                       {"", "", true},
                                       {"", "a", false}};
  for (const GlobCase& c : cases) {
    INFO(c.pattern << " on " << c.text);
    CHECK(glob_match(c.pattern, c.text) == c.matches);
  }
  CHECK_FALSE(glob_match("*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

}  // namespace
}  // namespace ormdb
