"""Slips of the pen: what is wrong is told, never taken for nothing to do."""

import os
import shutil
import sqlite3
import subprocess

from scenario import MODELS, ORMDB, contains, equal

BLOG = MODELS + """\
      nick:     {type: string(20), nullable: true}
      age:      {type: integer, nullable: true}
"""


def _applied(project, models):
    project.write("models.yaml", models)
    project.run("migrate", "-m", "make it")
    project.run("upgrade")


def case_a_missing_directory_of_scripts_is_an_error(project):
    for words in (["heads", "-d", "typo"], ["upgrade", "-d", "typo"], ["migrate", "-d", "typo"],
                  ["status", "-d", "typo"], ["history", "-d", "typo"]):
        error = project.json(*words, code=4)["error"]
        contains(error["message"], "typo/versions")
        contains(error["hint"], "ormdb init")
    shutil.rmtree(project.path("migrations"))
    project.run("revision", "-m", "x", code=4)
    for words in (["create-db"], ["inspect"], ["diff", "models", "database"], ["--help"]):
        project.run(*words)
    project.write("ormdb.yaml", project.read("ormdb.yaml").replace(
        "migrations: migrations", "migrations: db"))
    contains(project.run("init").out, "created db/versions/")
    project.run("heads")


def case_branches_with_folders_need_no_first_one(project):
    project.chain("aaaa")
    os.rename(project.path("migrations/versions"), project.path("migrations/main"))
    with open(project.path("ormdb.yaml"), "a", encoding="utf-8") as file:
        file.write("versions: [migrations/main]\n")
    contains(project.run("heads").out, "aaaa")


def case_a_reversed_range_is_an_error(project):
    project.chain("aaaa", "bbbb", "cccc")
    error = project.json("upgrade", "bbbb:aaaa", "--sql", code=4)["error"]
    equal(error["kind"], "not_ancestor")
    contains(error["message"], "bbbb:aaaa")
    contains(error["hint"], "ormdb upgrade aaaa:bbbb --sql")
    equal(project.json("downgrade", "aaaa:bbbb", "--sql", code=4)["error"]["kind"], "not_ancestor")
    for words in (["upgrade", "bbbb:bbbb"], ["upgrade", "cccc:"], ["upgrade", "cccc:head"]):
        assert "t_" not in project.run(*words, "--sql").out


def case_a_range_makes_the_log_that_an_adopted_database_lacks(project):
    project.chain("aaaa", "bbbb")
    project.sql("CREATE TABLE ormdb_version (version_num VARCHAR(32) NOT NULL)")
    project.sql("INSERT INTO ormdb_version VALUES ('aaaa')")
    script = project.run("upgrade", "aaaa:bbbb", "--sql").out
    for _ in range(2):  # where the table is there too
        connection = sqlite3.connect(project.path("site.db"))
        connection.executescript(script.replace(".bail on", ""))
        connection.close()
        equal(project.sql("SELECT version_num FROM ormdb_version"), [("bbbb",)])
        project.sql("DROP TABLE t_bbbb")
        project.sql("UPDATE ormdb_version SET version_num = 'aaaa'")


def case_inspect_without_a_match_names_the_nearest(project):
    _applied(project, BLOG)
    error = project.json("inspect", "--table", "usr", code=4)["error"]
    contains(error["message"], "--table usr", "did you mean 'user'?")
    equal(error["candidates"], ["user"])
    contains(project.run("inspect", "--table", "us*").out, "user:")
    contains(project.run("inspect", "--schema", "nowhere", code=4).err, "--schema nowhere")


def case_a_misspelt_key_is_told_before_what_it_leaves_out(project):
    project.write("ormdb.yaml", "databse: sqlite:///site.db\nmodels: [models.yaml]\n")
    error = project.json("heads", code=4)["error"]
    contains(error["message"], "unknown key 'databse'", "did you mean 'database'?")
    equal(error["line"], 1)


def case_a_fault_of_one_database_is_its_own(project):
    project.write("ormdb.yaml", """\
databases:
  default:   {database: "sqlite:///site.db", models: models.yaml}
  analytics: {database: "${ANALYTICS_URL}", models: models.yaml}
""")
    project.run("init", ANALYTICS_URL="sqlite:///analytics.db")
    project.run("migrate", "-m", "first", ANALYTICS_URL="sqlite:///analytics.db")
    ran = project.run("upgrade", code=4)
    contains(ran.out, "[default]\nupgrade <base>")
    contains(ran.err, "error: [analytics] the variable ANALYTICS_URL is not set",
             "default ok, analytics failed (exit 4)")
    equal(project.tables(), ["user"])
    document = project.json("current", code=4)
    equal([each["ok"] for each in document["databases"]], [True, False])
    contains(project.run("current", "--database", "analytics", code=4).err, "ANALYTICS_URL")
    project.write("ormdb.yaml", project.read("ormdb.yaml") + "bogus: 1\n")
    assert project.run("current", code=4).err.count("error:") == 1


def case_migrate_asks_what_stands_for_null(project):
    _applied(project, BLOG)
    project.write("models.yaml", BLOG.replace(
        "age:      {type: integer, nullable: true}", "age: {type: integer}"))
    project.run("migrate", "--dry-run")  # no rows, no question
    project.sql("INSERT INTO user (username) VALUES ('ann')")
    error = project.json("migrate", "-m", "x", code=3)["error"]
    equal((error["kind"], error["candidates"]), ("needs_decision", ["--fill user.age=VALUE"]))
    contains(project.run("migrate", "--fill", "user.age=", code=2).err, "user.age", "integer")
    project.run("migrate", "-m", "x", "--fill", "user.age=7")
    project.run("upgrade")
    equal(project.sql("SELECT age FROM user"), [(7,)])


def case_null_is_found_under_the_old_name(project):
    _applied(project, BLOG)
    project.sql("INSERT INTO user (username) VALUES ('ann')")
    models = BLOG.replace("  user:", "  person:\n    renamed_from: user")
    project.write("models.yaml", models.replace("nick:     {type: string(20), nullable: true}",
                                                "alias: {type: text, renamed_from: nick}"))
    equal(project.json("migrate", code=3)["error"]["candidates"], ["--fill person.alias=VALUE"])
    project.run("migrate", "-m", "x", "--fill", "person.alias=")
    project.run("upgrade")
    equal(project.sql("SELECT username, alias FROM person"), [("ann", "")])


def _upgrade_fails(project, operations, line_of):
    """The error of a script with these operations, which is at the line that holds `line_of`."""
    head = project.json("current")["revisions"][0]["revision"]
    text = (f"format: 1\nrevision: ffff\ndown_revision: {head}\n---\nupgrade:\n{operations}"
            "downgrade: []\n")
    project.write("migrations/versions/ffff.yaml", text)
    error = project.json("upgrade", code=5)["error"]
    contains(text.splitlines()[error["line"] - 1], line_of)
    assert "_ormdb_new_" not in error["message"] + error["hint"], error
    return error


def case_the_operation_that_asks_for_a_constraint_is_blamed(project):
    _applied(project, BLOG)
    project.sql("INSERT INTO user (username, nick) VALUES ('ann', 'x'), ('bob', 'x')")
    failing = [
        ("  - alter_column: {table: user, name: age, from: {type: integer, nullable: true}, "
         "to: {type: integer}}\n", "alter_column", ["user.age", "update_rows"]),
        ("  - add_constraint: {table: user, name: uq, unique: [nick]}\n",
         "name: uq", ["user.nick", "GROUP BY"]),
        ("  - add_constraint: {table: user, name: ck_age, check: id > 5}\n",
         "ck_age", ["ck_age", "correct them"]),
    ]
    first = ("  - alter_column: {table: user, name: nick, from: {type: string(20), "
             "nullable: true}, to: {type: text, nullable: true}}\n")
    for operation, line_of, parts in failing:
        error = _upgrade_fails(project, first + operation, line_of)
        equal(error["operation"], 2)
        contains(error["message"] + error["hint"], *parts)


def case_sql_of_the_models_is_tried_before_it_is_written(project):
    _applied(project, BLOG)
    tries = [
        ("views:\n  v:\n    as: SELEC 1\n", 10, "near"),
        ("views:\n  v:\n    as: SELECT nam FROM user\n", 10, "no such column: nam"),
        ("views:\n  v:\n    as: SELECT 1 FROM usr\n", 10, "no such table"),
        ("triggers:\n  t:\n    table: user\n    events: [update]\n"
         "    body: UPDATE user SET nam = 1;\n", 10, "no such column: nam"),
    ]
    for text, line, words in tries:
        project.write("models.yaml", BLOG + text)
        error = project.json("migrate", "-m", "x", code=4)["error"]
        equal((error["kind"], error["file"], error["line"]), ("model", "models.yaml", line))
        contains(error["message"], words)
        equal(len(os.listdir(project.path("migrations/versions"))), 1)
    project.write("models.yaml", BLOG + "views:\n  v:\n    as: SELECT my_own(nick) FROM user\n")
    project.run("migrate", "-m", "a function of the application")


def case_stamp_ends_a_half_applied_step(project):
    project.chain("aaaa")
    project.run("upgrade")
    project.write("migrations/versions/bbbb.sql", """\
-- ormdb revision: bbbb
-- ormdb down_revision: aaaa
-- ormdb transaction: false
-- ormdb upgrade
CREATE TABLE one (id INTEGER);
INSERT INTO nowhere VALUES (1);
-- ormdb downgrade
""")
    project.run("upgrade", code=5)
    contains(project.run("downgrade", "base", code=6).err, "half-applied", "ormdb stamp REVISION")
    ran = project.run("stamp", "aaaa")
    contains(ran.err, "half-applied upgrade of revision bbbb is abandoned", "1 of its 2 parts")
    equal(project.json("status")["half_applied"], None)
    equal(project.sql("SELECT revision FROM ormdb_log WHERE error = 'abandoned by stamp'"),
          [("bbbb",)])
    equal(project.json("status")["edited"], [])
    project.run("downgrade", "base")


def case_sqlite_refuses_keys_that_it_cannot_hold(project):
    deferred = (MODELS + "    constraints:\n"
                         "      uq_it: {unique: [username], deferrable: deferred}\n")
    ordered = MODELS + "    indexes:\n      ix_it: {columns: [username nulls last]}\n"
    for models, names in ((deferred, ["uq_it", "user"]), (ordered, ["ix_it", "user"])):
        project.write("models.yaml", models)
        contains(project.run("migrate", code=4).err, "SQLite", *names)
    project.write("models.yaml", ordered.replace("nulls last", "desc nulls last"))
    project.run("migrate", "-m", "as SQLite orders them anyway")


def case_a_relative_url_is_relative_to_the_configuration(project):
    project.chain("aaaa")
    os.mkdir(project.path("below"))
    project.run("-c", "../ormdb.yaml", "upgrade", "--url", "sqlite:///x.db",
                directory=project.path("below"))
    equal(project.tables("x.db"), ["t_aaaa"])


def case_columns_renamed_from_each_other_are_refused(project):
    _applied(project, MODELS + ("      a: {type: text, nullable: true}\n"
                                "      b: {type: integer, nullable: true}\n"))
    swapped = MODELS + ("      a: {type: integer, nullable: true, renamed_from: b}\n"
                        "      b: {type: text, nullable: true, renamed_from: a}\n")
    project.write("models.yaml", swapped)
    contains(project.run("migrate", code=4).err, "user.a", "user.b", "rename_column")


def case_a_respelt_type_is_no_loss(project):
    models = MODELS + "      seen: {type: datetime, nullable: true}\n"
    _applied(project, models)
    project.write("models.yaml", models.replace("datetime, nullable: true", "datetime(tz)"))
    ran = project.run("migrate", "-m", "x")
    assert "destructive" not in ran.out, ran


def case_an_enum_of_an_earlier_script_is_known(project):
    def script(revision, down, operations):
        project.write(f"migrations/versions/{revision}.yaml",
                      f"format: 1\nrevision: {revision}\ndown_revision: {down}\n---\n"
                      f"upgrade:\n{operations}downgrade: []\n")

    script("aaaa", "null", "  - create_enum: {name: mood, values: [sad, ok]}\n")
    project.run("upgrade")
    script("bbbb", "aaaa", "  - create_table: {table: t, columns: {m: {type: enum(mood)}}}\n")
    contains(project.run("upgrade", "--plan").out, "'sad'")
    project.run("upgrade")
    project.sql("INSERT INTO t VALUES ('ok')")
    try:
        project.sql("INSERT INTO t VALUES ('none')")
        raise AssertionError("the enum is not enforced")
    except sqlite3.IntegrityError:
        pass


def case_an_error_of_a_header_shows_its_line(project):
    project.script("aaaa", "zzzz")
    contains(project.run("heads", code=4).err, "-- ormdb down_revision: zzzz")
    project.script("aaaa", None)
    project.script("b@bb", "aaaa")
    contains(project.run("heads", code=4).err, "-- ormdb revision: b@bb")


def case_a_view_or_trigger_that_would_lose_its_column_is_told(project):
    models = MODELS + "      nick: {type: text, nullable: true}\n"
    view = "views:\n  nicks: SELECT id, nick FROM user\n"
    trigger = ("triggers:\n  lower:\n    table: user\n    timing: after\n    events: [update]\n"
               "    body: UPDATE user SET nick = lower(NEW.nick) WHERE id = NEW.id;\n")
    _applied(project, models + view)
    project.write("models.yaml", MODELS + view)
    error = project.json("migrate", "-m", "drop", code=4)["error"]
    contains(error["message"], "view nicks would be broken: no such column: nick")
    equal((error["file"], error["line"]), ("models.yaml", 8))
    project.write("models.yaml", models + trigger)
    project.run("migrate", "-m", "trigger")
    project.run("upgrade")
    project.write("models.yaml", MODELS + trigger)
    error = project.json("migrate", "-m", "drop", code=4)["error"]
    contains(error["message"], "trigger lower would be broken: no such column: NEW.nick")
    equal(error["line"], 8)
    project.write("models.yaml", MODELS)
    project.run("migrate", "-m", "drop")
    project.run("upgrade")
    contains(project.run("check").out, "No differences")


def case_open_decisions_come_at_once_as_the_whole_command(project):
    _applied(project, BLOG)
    project.write("models.yaml", BLOG.replace("nick:", "alias:")
                  + "      a: {type: integer}\n      b: {type: integer}\n")
    error = project.json("migrate", "-m", "it's new", "--format", "yaml", code=3)["error"]
    words = "ormdb migrate -m 'it'\\''s new' --format yaml --rename user.nick=alias"
    contains(error["hint"], f"`{words} --fill user.a=VALUE --fill user.b=VALUE`",
             "--no-rename user.nick --fill user.a=VALUE")
    contains(error["message"], "decision")
    project.run("migrate", "-m", "x", "--rename", "user.nick=alias", "--fill", "user.a=1",
                "--fill", "user.b=2")


def case_a_refused_rename_is_named_by_either_name(project):
    _applied(project, BLOG)
    project.write("models.yaml", BLOG.replace("nick:", "alias:"))
    for name in ("user.nick", "user.alias"):
        contains(project.run("migrate", "--dry-run", "--no-rename", name).out, "drop_column")
    project.run("migrate", "--dry-run", "--no-rename", "user.other", code=2)


def case_a_hint_names_no_option_that_the_command_lacks(project):
    project.chain("aaaa")
    project.run("upgrade")
    other = sqlite3.connect(project.path("site.db"))
    try:
        other.execute("BEGIN EXCLUSIVE")
        with open(project.path("ormdb.yaml"), "a", encoding="utf-8") as file:
            file.write("lock_timeout: 10ms\n")
        contains(project.json("current", code=75)["error"]["hint"], "lock_timeout in ormdb.yaml")
        contains(project.json("upgrade", code=75)["error"]["hint"], "--lock-timeout")
    finally:
        other.close()


def case_a_statement_that_times_out_exits_75(project):
    project.script("aaaa", None, "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM c) "
                                 "SELECT max(n) FROM c;")
    error = project.json("upgrade", "--statement-timeout", "50ms", code=75)["error"]
    equal(error["kind"], "locked")
    contains(error["hint"], "nothing of this revision was applied", "--statement-timeout")


def _with_file_limit(project, limit, *words):
    """Runs with a limit of file sizes, in units of 512 or 1024 bytes."""
    line = f"ulimit -f {limit}; exec \"$0\" \"$@\""
    return subprocess.run(["sh", "-c", line, ORMDB, *words], cwd=project.directory, timeout=60,
                          env=project.environment({}), capture_output=True, text=True, check=False)


def case_a_limit_of_file_sizes_is_a_full_disk(project):
    project.script("aaaa", None, "CREATE TABLE t (x TEXT);")
    project.run("upgrade")
    project.script("bbbb", "aaaa", "INSERT INTO t WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL "
                                   "SELECT n+1 FROM c WHERE n < 20000) SELECT hex(randomblob(50)) "
                                   "FROM c;")
    ran = _with_file_limit(project, 100, "upgrade")
    equal(ran.returncode, 5)
    contains(ran.stderr, "disk is full", "nothing of this revision was applied")
    equal(project.json("status")["rows"], ["aaaa"])
    before = os.listdir(project.path("migrations/versions"))
    ran = _with_file_limit(project, 0, "revision", "-m", "x")
    equal(ran.returncode, 4)
    equal(os.listdir(project.path("migrations/versions")), before)


def case_a_failing_hook_is_told_in_json(project):
    with open(project.path("ormdb.yaml"), "a", encoding="utf-8") as file:
        file.write("hooks: {after_write: ['echo oh no >&2; false']}\n")
    for words in (["revision", "-m", "x"], ["migrate", "-m", "y", "--from-history"]):
        contains(project.json(*words)["warnings"][0], "oh no")


def case_a_step_that_cannot_be_replayed_is_named(project):
    project.script("aaaa", None, "CREATE TABLE a (id INTEGER);")
    project.script("bbbb", "aaaa", "CREATE VIRTUAL TABLE v USING no_such_module(x);")
    for words in (["check", "--from-history"], ["diff", "bbbb", "models"]):
        error = project.json(*words, code=4)["error"]
        equal((error["kind"], error["revision"]), ("unsupported", "bbbb"))
        contains(error["hint"], "effects:")
        contains(error["file"], "bbbb.sql")


def case_a_link_to_nothing_is_no_missing_script(project):
    project.chain("aaaa")
    os.symlink("nowhere.sql", project.path("migrations/versions/b.sql"))
    contains(project.run("heads", code=4).err, "b.sql")


def case_a_missing_directory_of_versions_is_told(project):
    project.chain("aaaa")
    with open(project.path("ormdb.yaml"), "a", encoding="utf-8") as file:
        file.write("versions: [migrations/versions, migrations/tpyo]\n")
    contains(project.run("heads").err, "migrations/tpyo", "versions:")


def case_a_table_of_another_shape_is_no_version_table(project):
    project.chain("aaaa")
    project.sql("CREATE TABLE schema_migrations (version TEXT)")
    with open(project.path("ormdb.yaml"), "a", encoding="utf-8") as file:
        file.write("version_table: schema_migrations\n")
    error = project.json("current", code=5)["error"]
    contains(error["message"], "schema_migrations", "version_num")
    contains(error["hint"], "version_table:", "--from-table schema_migrations")


def case_an_unknown_option_of_a_url_is_told_before_there_is_a_database(project):
    for words in (["status"], ["current"], ["create-db"]):
        error = project.json(*words, "--url", "sqlite:///new.db?bogus=1", code=4)["error"]
        contains(error["message"], "bogus")


def case_the_tag_stands_in_one_place(project):
    project.chain("aaaa")
    for words in (["upgrade"], ["stamp"]):
        out = project.run(*words, "--sql", "--tag", "release 7").out
        equal(out.splitlines()[1], "-- tag: release 7")


def case_branches_in_long_form_name_the_children(project):
    project.chain("aaaa", "bbbb")
    project.script("cccc", "aaaa", "SELECT 1;")
    contains(project.run("branches", "-v").out, "Rev: aaaa", "-> bbbb (head), make bbbb",
             "-> cccc (head), make cccc")


def case_a_label_of_another_is_refused_before_anything_is_written(project):
    project.run("revision", "-m", "a", "--branch-label", "lab")
    before = os.listdir(project.path("migrations/versions"))
    for words in (["revision", "-m", "b"], ["migrate", "-m", "c", "--from-history"]):
        equal(project.json(*words, "--branch-label", "lab", code=4)["error"]["kind"],
              "duplicate_label")
        equal(project.json(*words, "--branch-label", "x y", code=4)["error"]["kind"], "illegal_id")
    equal(os.listdir(project.path("migrations/versions")), before)
    project.run("heads")


def case_a_script_below_an_applied_one_is_named(project):
    project.chain("aaaa", "cccc")
    project.run("upgrade")
    project.chain("aaaa", "bbbb", "cccc")
    equal(project.json("status")["out_of_order"], ["bbbb"])
    contains(project.run("status").out, "counted as applied, but never run here:\n  bbbb")
    equal(project.json("check", code=1)["out_of_order"], ["bbbb"])
    contains(project.json("upgrade")["warnings"][0], "bbbb", "never run here", "stamp cccc")
    project.run("stamp", "cccc")
    equal(project.json("status")["out_of_order"], [])


def case_allow_edited_is_told_and_logged(project):
    project.chain("aaaa", "bbbb")
    project.run("upgrade", "aaaa")
    project.script("aaaa", None, "CREATE TABLE other (id INTEGER);")
    project.run("upgrade", code=6)
    contains(project.run("upgrade", "--allow-edited").err, "aaaa", "was edited")
    equal(project.sql("SELECT revision FROM ormdb_log WHERE direction = 'edited'"), [("aaaa",)])


def case_the_word_about_a_failed_statement_counts(project):
    project.write("migrations/versions/a.yaml", "revision: a\ndown_revision: null\n---\nupgrade:\n"
                  "  - {execute: CREATE TABLE t (x INT), transaction: false}\n"
                  "  - {execute: INSERT INTO u VALUES (2), transaction: false}\n"
                  "  - {execute: INSERT INTO t VALUES (3), transaction: false}\n")
    project.run("upgrade", code=5)
    project.sql("CREATE TABLE u (x INT)")
    project.sql("INSERT INTO u VALUES (2)")
    contains(project.run("status").out, "1 of 3 statements done", "--step-done 2")
    for words in (["--step-done", "99"], ["--step-redo", "1"], ["--step-done", "3"]):
        contains(project.run("upgrade", *words, code=2).err, "is 2 of 3")
    project.run("upgrade", "--step-done", "2")
    equal(project.sql("SELECT x FROM u"), [(2,)])
    project.run("upgrade", "--step-done", "2", code=2)


def case_a_half_applied_step_with_nothing_left_is_only_finished(project):
    project.write("migrations/versions/a.yaml", "revision: a\ndown_revision: null\n---\nupgrade:\n"
                  "  - {execute: CREATE TABLE t (x INT), transaction: false}\n"
                  "  - {execute: INSERT INTO t VALUES (3), transaction: false}\n")
    project.run("upgrade", code=-9, ORMDB_FAULT="before:6")  # the last commit
    out = project.run("status").out
    contains(out, "2 of 2 statements done", "it finishes it")
    assert "--step-done" not in out, out
    contains(project.run("upgrade", "--step-done", "3", code=2).err, "all statements", "are done")
    project.run("upgrade")
    equal(project.sql("SELECT x FROM t"), [(3,)])
