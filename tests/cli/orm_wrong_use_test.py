#!/usr/bin/env python3
"""Wrong use of the ORM does not compile, and the first error says why; right use compiles.

Each case is a few lines in a function with a session `db`; it goes through -fsyntax-only of g++
and,
where it is installed, clang++. The headers and models are precompiled once for each compiler.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

INCLUDE = pathlib.Path(os.environ["ORMDB_SOURCE_DIR"]) / "include"
COMPILERS = [name for name in ("g++", "clang++") if shutil.which(name)]

MODELS = """
#pragma once
#include "ormdb/orm.h"

using namespace ormdb;

struct Post;
struct User {
  std::int64_t id{};
  std::string name{};
  std::optional<int> age{};
  bool active{};
  std::vector<std::string> tags{};
  Json data{};
  Many<Post> posts{};
  static void describe(TableOf<User>& t);
};
struct Post {
  std::int64_t id{};
  std::string title{};
  LocalTime posted{};
  std::int64_t user_id{};
  One<User> author{};
  static void describe(TableOf<Post>& t);
};
struct Unmapped {
  std::int64_t id{};
};
enum class Colour { kRed, kBlue };
struct Odd {
  std::vector<std::vector<int>> matrix{};
  Unmapped other{};
  Colour colour{};
};
struct Base {
  std::int64_t id{};
};
struct Derived : Base {
  std::string name{};
  static void describe(TableOf<Derived>& t) { t.name("derived").column<&Derived::name>(); }
};
struct NoDefault {
  explicit NoDefault(int number) : id(number) {}
  std::int64_t id;
  static void describe(TableOf<NoDefault>& t) { t.name("x").column<&NoDefault::id>(); }
};
"""

DO_NOT_COMPARE = "these types do not compare"

# What is written, and what the first error has to say.
WRONG = [
    ('db.query<User>().filter(col<&User::active> == "abc");', DO_NOT_COMPARE),
    ('db.query<User>().filter(col<&User::id> == 3.7);', DO_NOT_COMPARE),
    ('db.query<User>().filter(3.7 < col<&User::id>);', DO_NOT_COMPARE),
    ('db.query<User>().filter(col<&User::name> == nullptr);', DO_NOT_COMPARE),
    ('db.query<User>().filter(col<&User::name> == 5);', DO_NOT_COMPARE),
    ('db.query<User>().filter(col<&User::id> == "5");', DO_NOT_COMPARE),
    ('db.query<User>().filter(col<&User::id> == col<&User::name>);', DO_NOT_COMPARE),
    ('db.query<User>().filter(col<&User::age> == std::optional<std::string>("x"));',
     DO_NOT_COMPARE),
    ('db.query<Post>().filter(col<&Post::posted> > "2026-01-01");', DO_NOT_COMPARE),
    ('db.query<User>().filter(col<&User::active> == 1);', DO_NOT_COMPARE),
    ('db.query<User>().filter(col<&User::id>.like("1%"));', "only text matches a pattern"),
    ('db.query<User>().filter(col<&User::id>.startswith("1"));', "only text has a beginning"),
    ('db.query<User>().filter(col<&User::id>.in({"a", "b"}));', "the values do not compare"),
    ('db.query<User>().filter(col<&User::id>.between(1, "z"));', "the types do not compare"),
    ('db.query<User>().filter(col<&User::id> && col<&User::active>);', "&& and || join conditions"),
    ('db.query<User>().filter(!col<&User::name>);', "! negates a condition"),
    ('db.select(col<&User::name> + 1);', "texts are joined with concat()"),
    ('db.select(sum(col<&User::name>));', "only numbers add up"),
    ('db.select(lower(col<&User::id>));', "only text has a case"),
    ('db.query<User>().filter(has<&User::posts>());', "a Many<T> takes any()"),
    ('db.query<Post>().filter(any<&Post::author>());', "a One<T> takes has()"),
    ('db.query<User>().update({set_to<&User::name>(5)});',
     "a value of this type cannot be assigned to the column"),
    ('db.query<Post>().options(joinedload<&Post::author>().then<&Post::author>());',
     "the relationship is of another model"),
    ('db.get<User>(1).set<&Post::title>("x");', "no member of the model"),
    ('db.get<User>(1).set<&User::name>(Date());', "cannot be assigned to the member"),
    ('db.query<User>().filter(col<&User::posts> == 1);', "a relationship, not a column"),
    ('alias<User>("u").col<&Post::title>();', "no member of the alias's model"),
    ('col<&User::id>.is_distinct_from("x");', "the types do not compare"),
    ('col<&User::name>.not_in({1, 2});', "the values do not compare"),
    ('coalesce(col<&User::age>, "none");', "both must be of one type"),
    ('case_when(col<&User::active>, 1, "one");', "both values must be of one type"),
    ('concat(col<&User::name>, 1);', "only texts are joined"),
    ('avg(col<&User::name>);', "only numbers have a mean"),
    ('col<&User::name>["key"].is_null();', "only a Json column has parts"),
    ('col<&User::data>["key"].as<float>();', "std::int64_t, double, bool, std::string or Json"),
    ('col<&User::name>.has_value("x");', "only an array has elements"),
    ('col<&User::tags>.has_value(1);', "the value does not compare with the elements"),
    ('array_length(col<&User::name>);', "only an array has elements"),
    ('cte("c", db.select(col<&User::id>)).col<1>();', "the select has fewer columns"),
    ('db.query<User>().with(alias<Post>("p"), db.query<User>());', "of two models"),
    ('db.query<User>().filter(col<&User::tags> == "x");', DO_NOT_COMPARE),
    ('db.query<User>().filter(col<&User::data> == "x");', DO_NOT_COMPARE),
    ('Metadata::of<Unmapped>();', "a model needs `static void describe"),
    ('Metadata::of<NoDefault>();', "a model needs a default constructor"),
    ('col<&Odd::other>.is_null();', "a column cannot have this type"),
    ('col<&Odd::matrix>.is_null();', "an array of arrays cannot be a column"),
    ('col<&Odd::colour>.is_null();', "an enum column needs a specialisation of ormdb::enum_names"),
]

# Bodies of User::describe.
WRONG_DESCRIPTIONS = [
    ('t.name("user").column<&Post::title>();', "the member belongs to another struct"),
    ('t.name("user").column<&User::posts>();', "a relationship, not a column"),
    ('t.many_to_one<&User::posts, &Post::user_id>();', "many_to_one needs a One<T> member"),
    ('t.one_to_many<&User::name, &Post::user_id>();', "one_to_many needs a Many<T> member"),
    ('t.many_to_one<&User::name, &User::id>();', "this member is no relationship"),
    ('t.foreign_key<&User::id, &User::name>().references<&Post::id>();',
     "references as many columns as it has"),
]
BASE_MEMBER = """
struct Child : Base {
  static void describe(TableOf<Child>& t) { t.name("child").column<&Child::id>(); }
};
"""

RIGHT = """
void User::describe(TableOf<User>& t) {
  t.name("user").column<&User::id>({.primary_key = true}).column<&User::name>();
  t.one_to_many<&User::posts, &Post::user_id>().back_populates<&Post::author>();
}
void right(Session& db) {
  db.query<User>()
      .filter(5 == col<&User::id> && col<&User::age> == std::nullopt)
      .filter(col<&User::age> > 3 && col<&User::name>.like("a%") && !col<&User::active>)
      .filter(col<&User::age> == std::optional<int>() || col<&User::active> == true)
      .filter(any<&User::posts>(col<&Post::title> == std::string("x")))
      .options(joinedload<&User::posts>().then<&Post::author>())
      .all();
  db.select(col<&User::name>, sum(col<&User::id> + 1), count()).group_by(col<&User::name>).all();
  db.get<User>(1).set<&User::name>("x").set<&User::age>(std::nullopt);
  db.query<User>()
      .filter(col<&User::tags>.has_value("x") && col<&User::data>["a"][0] == "b")
      .filter(col<&User::tags>.has_any({"a", "b"}) && array_length(col<&User::tags>) > 1)
      .all();
  db.query<User>().update({set_to<&User::age>(col<&User::age> + 1), set_to<&User::name>("x")});
  Metadata::of<User, Derived>();
}
"""


# What each compiler calls the precompiled form of models.h, which -include then takes.
PRECOMPILED = {"g++": "models.h.gch", "clang++": "models.h.pch"}


def run_compiler(compiler, *words):
    return subprocess.run([compiler, "-std=c++20", "-Wall", "-Wextra", f"-I{INCLUDE}", *words],
                          capture_output=True, text=True, timeout=300, check=False)


class WrongUse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = tempfile.TemporaryDirectory()
        cls.addClassCleanup(work.cleanup)
        cls.models = pathlib.Path(work.name, "models.h")
        cls.models.write_text(MODELS)
        cls.file = pathlib.Path(work.name, "use.cc")
        for compiler in COMPILERS:
            run = run_compiler(compiler, "-x", "c++-header", cls.models, "-o",
                               cls.models.with_name(PRECOMPILED[compiler]))
            assert run.returncode == 0, run.stderr

    def compile(self, compiler, text):
        """The compiler's exit code and messages."""
        self.file.write_text(text)
        run = run_compiler(compiler, "-fsyntax-only", "-include", self.models, self.file)
        return run.returncode, run.stderr

    def assert_refused(self, text, why):
        for compiler in COMPILERS:
            with self.subTest(compiler=compiler, text=text):
                code, messages = self.compile(compiler, text)
                self.assertNotEqual(code, 0, "it compiled")
                errors = [line for line in messages.splitlines() if re.search(r"error: ", line)]
                self.assertTrue(errors, messages)
                self.assertIn(why, errors[0])

    def test_statements_that_make_no_sense(self):
        for statement, why in WRONG:
            self.assert_refused("void wrong(Session& db) {\n  " + statement + "\n}\n", why)

    def test_descriptions_that_make_no_sense(self):
        for statement, why in WRONG_DESCRIPTIONS:
            self.assert_refused(
                "void User::describe(TableOf<User>& t) {\n  " + statement + "\n}\n", why)
        self.assert_refused(BASE_MEMBER, "members of a base class are not columns")

    def test_right_use_compiles(self):
        for compiler in COMPILERS:
            with self.subTest(compiler=compiler):
                code, messages = self.compile(compiler, RIGHT)
                self.assertEqual(code, 0, messages)


if __name__ == "__main__":
    unittest.main()
