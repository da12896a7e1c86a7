"""What is SQLite's own: columns without a type, values that fit no type, rebuilds, enums."""

import os
import shutil

from scenario import contains, equal

TABLE = """\
format: 1
tables:
  t:
    columns:
      id: {type: integer, primary_key: true}
"""


def _yaml(project, revision, down, upgrade):
    project.write(f"migrations/versions/{revision}.yaml",
                  f"revision: {revision}\ndown_revision: {down}\n---\nupgrade:\n{upgrade}")


def _applied(project, models):
    project.write("models.yaml", models)
    project.run("migrate", "-m", "make it")
    project.run("upgrade")


def case_without_models_nothing_is_dropped(project):
    for models in ("", "models: []\n"):
        project.write("ormdb.yaml", f"database: sqlite:///site.db\n{models}")
        project.run("migrate", "-m", "x")
    project.sql("CREATE TABLE t (a INTEGER)")
    project.sql("CREATE TABLE u (a INTEGER)")
    for words in (["migrate"], ["migrate", "--dry-run"], ["revision", "--autogenerate"]):
        error = project.json(*words, "-m", "x", code=2)["error"]
        contains(error["message"], "drop table u and 1 more operation")
        equal(error["file"], "ormdb.yaml")
        contains(error["hint"], "models: [models.yaml]")
    project.run("revision", "-m", "empty")
    project.run("stamp", "head")
    project.write("ormdb.yaml", "database: sqlite:///site.db\nmodels: [none.yaml]\n")
    project.write("none.yaml", "format: 1\ntables: {}\n")
    equal(len(project.json("migrate", "-m", "all")["operations"]), 2)


def case_an_enum_outlives_raw_sql(project):
    use = "  - create_table: {table: %s, columns: {m: {type: enum(mood)}}}\n"
    raw = "  - execute: CREATE TABLE %s (x int)\n"
    _yaml(project, "aaaa", "null", "  - create_enum: {name: mood, values: [sad, ok]}\n" +
          raw % "r" + use % "p")
    _yaml(project, "bbbb", "aaaa", raw % "s" + use % "q")
    _yaml(project, "cccc", "bbbb", "  - create_enum: {name: tone, values: [low]}\n"
          "  - execute: CREATE TABLE o (x int)\n    transaction: false\n"
          "  - create_table: {table: n, columns: {m: {type: enum(tone)}}}\n")
    check = "CHECK (m IN ('sad', 'ok'))"
    for words in (["--plan"], ["--sql"], ["aaaa:bbbb", "--sql"]):
        contains(project.run("upgrade", *words).out, check)
    project.run("upgrade", "--dry-run", "bbbb")
    project.run("upgrade", "aaaa")
    contains(project.run("upgrade", "--plan").out, check)
    project.run("upgrade")
    contains(project.sql("SELECT sql FROM sqlite_master WHERE name = 'q'")[0][0], check)
    columns = {"m: {type: enum(mood)}": "pq", "m: {type: enum(tone)}": "n",
               "x: {type: {sqlite: INT}, nullable: true}": "ors"}
    project.write("models.yaml", "format: 1\nenums:\n  mood: [sad, ok]\n  tone: [low]\ntables:\n" +
                  "".join(f"  {name}:\n    columns:\n      {column}\n"
                          for column, names in columns.items() for name in names))
    contains(project.run("check").out, "No differences")
    contains(project.run("check", "--from-history").out, "No differences")


def case_a_column_without_a_type_keeps_none(project):
    project.sql("CREATE TABLE t (a, b DEFAULT 1, c TEXT)")
    project.write("models.yaml", "")
    project.run("init", "--from-database")
    contains(project.read("models.yaml"), 'a: {type: {sqlite: ""}, nullable: true}')
    contains(project.run("check").out, "No differences")
    contains(project.run("check", "--from-history").out, "No differences")
    project.write("models.yaml", project.read("models.yaml").replace(
        '      a: {type: {sqlite: ""}, nullable: true}\n', ""))
    project.run("migrate", "-m", "drop a")
    project.run("upgrade")
    project.run("downgrade")
    contains(project.sql("SELECT sql FROM sqlite_master WHERE name = 't'")[0][0], "a")


def case_a_type_that_rows_do_not_fit_is_a_question(project):
    for strict in ("", "    sqlite: {strict: true}\n"):
        _applied(project, TABLE + "      a: {type: text}\n" + strict)
        project.sql("INSERT INTO t VALUES (1, '7')")
        project.write("models.yaml", TABLE + "      a: {type: integer}\n" + strict)
        project.run("migrate", "-m", "fits", "--dry-run")
        project.sql("UPDATE t SET a = 'seven'")
        error = project.json("migrate", "-m", "no fit", code=3)["error"]
        equal(error["candidates"], ["--using t.a=EXPRESSION"])
        project.run("migrate", "-m", "cast", "--using", "t.a=length(a)")
        project.run("upgrade")
        equal(project.sql("SELECT a FROM t"), [(5,)])
        if not strict:
            project.sql("UPDATE t SET a = 'stray'")
        project.write("models.yaml", TABLE + "      a: {type: big_integer}\n" + strict)
        project.run("migrate", "-m", "no question", "--dry-run")
        project.write("models.yaml", "format: 1\ntables: {}\n")
        project.run("migrate", "-m", "again")
        project.run("upgrade")


def case_fills_of_one_table_are_one_rebuild(project):
    _applied(project, TABLE)
    project.sql("INSERT INTO t VALUES (1)")
    project.write("models.yaml", TABLE + "      a: {type: integer}\n      b: {type: text}\n")
    project.run("migrate", "-m", "two", "--fill", "t.a=1", "--fill", "t.b=sql:'n' || a")
    equal(project.run("upgrade", "--plan").out.count("DROP TABLE"), 1)
    project.run("upgrade")
    equal(project.sql("SELECT id, a, b FROM t"), [(1, 1, "n1")])
    project.run("downgrade")
    contains(project.run("upgrade").out, "two")
    contains(project.run("check").out, "No differences")


def case_a_wrong_option_is_blamed_on_the_option(project):
    _applied(project, TABLE + "      n: {type: text, nullable: true}\n")
    project.write("models.yaml", TABLE + "      n: {type: integer}\n      m: {type: integer}\n")
    error = project.json("migrate", "-m", "x", "--fill", "t.m=sql:nonsense(", code=2)["error"]
    contains(error["message"], "--fill t.m")
    contains(error["hint"], "correct the expression of --fill")
    error = project.json("migrate", "-m", "x", "--fill", "t.m=1", "--using", "t.n=nowhere",
                         code=2)["error"]
    contains(error["message"], "--using t.n")
    contains(project.run("migrate", "--fill", "t.m=abc", code=2).err, "'abc'", "integer")
    contains(project.run("migrate", "--rename", "t.x=n", "--rename", "t.x=m", code=2).err,
             "contradict")


def case_options_of_sqlite_are_read_strictly(project):
    table = TABLE + "      a: {type: text%s}\n%s"
    for column, rest, line, words in (
            ("", "    sqlite: {strict: yes}\n", 7, ("strict", "true or false", "'yes'")),
            ("", "    sqlite: {strct: true}\n", 7, ("strct", "did you mean 'strict'?")),
            (", sqlite: {not_null_on_conflic: ignore}", "", 6, ("mean 'not_null_on_conflict'?",)),
            (", sqlite: {not_null_on_conflict: ignor}", "", 6, ("did you mean 'ignore'?",)),
            ("", "    constraints:\n      - {unique: [a], sqlite: {on_conflic: ignore}}\n", 8,
             ("did you mean 'on_conflict'?",)),
            ("", "    constraints:\n      - {check: a > 0, sqlite: {on_conflict: x}}\n", 8,
             ("'x' is no value",))):
        project.write("models.yaml", table % (column, rest))
        error = project.json("check", "--from-history", code=4)["error"]
        contains(error["message"], *words)
        equal((error["file"], error["line"]), ("models.yaml", line))
    rest = ("    constraints:\n      - {unique: [a], sqlite: {on_conflict: fail}}\n"
            "    sqlite: {strict: true, without_rowid: false}\n")
    _applied(project, table % (", sqlite: {not_null_on_conflict: IGNORE}", rest))
    contains(project.run("check").out, "No differences")


def case_a_number_is_one_default_however_it_is_written(project):
    columns = ["a: {type: integer, default: 007}", "b: {type: integer, default: 0x1F}",
               "c: {type: float, default: .5}", "d: {type: integer, default: +5}",
               "e: {type: text, default: {sql: '\"abc\"'}}", "f: {type: float, default: 5.}",
               "g: {type: integer, default: {sql: '- 0x10'}}", "h: {type: float, default: 1E3}"]
    _applied(project, TABLE + "".join(f"      {column}\n" for column in columns))
    contains(project.run("check").out, "No differences")
    project.sql("INSERT INTO t (id) VALUES (1)")
    equal(project.sql("SELECT a, b, c, d, e, f, g, h FROM t"),
          [(7, 31, 0.5, 5, "abc", 5.0, -16, 1000.0)])
    project.write("models.yaml", TABLE + "".join(
        f"      {column}\n" for column in (columns[0].replace("007", "7"),
                                           columns[1].replace("0x1F", "32"), *columns[2:])))
    equal([o["alter_column"]["name"] for o in project.json("migrate", "-m", "x")["operations"]],
          ["b"])


def case_an_index_without_a_name_is_the_one_that_is_there(project):
    project.sql("CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)")
    project.sql("CREATE INDEX idx_foo ON t (a)")
    project.sql("CREATE INDEX Other ON t (b) WHERE b > 0")
    project.run("revision", "-m", "adopted")
    project.run("stamp", "head")
    models = TABLE + ("      a: {type: integer, nullable: true}\n"
                      "      b: {type: integer, nullable: true}\n"
                      "    indexes:\n      - {columns: [a]}\n      - {columns: [b], where: b>0}\n")
    project.write("models.yaml", models)
    contains(project.run("check").out, "No differences")
    contains(project.run("diff", "models", "database").out, "No differences")
    with open(project.path("ormdb.yaml"), "a", encoding="utf-8") as file:
        file.write("naming_convention: {index: '%t_%c_index'}\n")
    contains(project.run("check").out, "No differences")
    project.write("models.yaml", models.replace("{columns: [a]}", "{name: mine, columns: [a]}"))
    equal(len(project.json("check", code=1)["operations"]), 2)
    project.write("models.yaml", models.replace("{columns: [a]}", "{columns: [b, a]}"))
    made = project.json("migrate", "-m", "x")["operations"]
    equal([(key, o[key].get("name")) for o in made for key in o if key != "destructive"],
          [("drop_index", "idx_foo"), ("create_index", "t_b_a_index")])


def case_a_comma_within_braces_is_explained(project):
    key = "      - {foreign_key: [a, b], references: %s, on_delete: cascade}\n"
    models = ("format: 1\ntables:\n"
              "  parent:\n    columns: {x: {type: integer}, y: {type: integer}}\n"
              "    primary_key: [x, y]\n"
              "  child:\n    columns: {a: {type: integer}, b: {type: integer}}\n"
              "    constraints:\n" + key)
    project.write("models.yaml", models % "parent(x, y)")
    contains(project.json("check", "--from-history", code=4)["error"]["hint"], '"parent(x, y)"')
    project.write("models.yaml", models % '"parent(x, y)"')
    project.run("migrate", "-m", "x", "--from-history")


def case_what_the_models_cannot_be_is_told_at_its_line(project):
    for text, line, words in (
            (TABLE + "      n: {type: {postgresql: citext}}\n", 6,
             "column t.n (postgresql: citext)"),
            (TABLE + "    schema: x\n", 3, "no schemas: table x.t"),
            (TABLE + "    constraints:\n      - {name: u, unique: [id], deferrable: true}\n", 7,
             "cannot be deferrable"),
            (TABLE.replace("  t:", "  Ormdb_Version:"), 3, "ormdb keeps itself")):
        project.write("models.yaml", text)
        for words_of_run in (["migrate", "-m", "x"], ["check"]):
            error = project.json(*words_of_run, code=4)["error"]
            contains(error["message"], words)
            equal((error["file"], error["line"]), ("models.yaml", line))
    check = "    constraints:\n      - {check: n > 0}\n"
    _applied(project, TABLE + "      n: {type: integer}\n" + check)
    project.write("models.yaml", TABLE + check)
    error = project.json("migrate", "-m", "x", code=4)["error"]
    contains(error["message"], "'t.n' cannot be dropped: check 'ck_t_n' uses it")
    equal(error["file"], "models.yaml")
    assert "operation" not in error, error


def case_a_database_that_models_cannot_say_is_told_before_anything_is_written(project):
    url = "sqlite:///" + project.path("odd.db")
    for statement, named, excluded in (
            ("CREATE TABLE c (p REFERENCES gone (id))", "'gone'", "tables: ['c']"),
            ("CREATE TABLE a (x); CREATE TABLE c (p REFERENCES a (x))", "neither a primary key",
             "tables: ['c']"),
            ("CREATE TABLE a (x); CREATE TABLE c (p REFERENCES a)", "which has none",
             "tables: ['c']"),
            ("CREATE TABLE a (x); CREATE VIEW v AS SELECT gone FROM a", "no such column: gone",
             "views: ['v']"),
            ('CREATE TABLE a (""); CREATE TABLE b (x)', "without a name", "tables: ['a']")):
        for each in statement.split("; "):
            project.sql(each, "odd.db")
        error = project.json("init", "new", "--from-database", "--url", url, code=4)["error"]
        contains(error["message"], named)
        contains(error["hint"], "exclude: {" + excluded + "}", "nothing was written")
        equal(error["where"], "database")
        assert not os.path.exists(project.path("new/ormdb.yaml"))
        assert not os.path.exists(project.path("new/migrations"))
        project.run("init", "new", "--url", url)
        with open(project.path("new/ormdb.yaml"), "a", encoding="utf-8") as file:
            file.write("exclude: {" + excluded + "}\n")
        project.run("init", "new", "--from-database")
        contains(project.run("check", directory=project.path("new")).out, "No differences")
        shutil.rmtree(project.path("new"))
        os.remove(project.path("odd.db"))
