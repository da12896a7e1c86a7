"""A project's life: init, migrate, upgrade, downgrade, and what tells where it stands."""

import os
import re
import sqlite3

from scenario import MODELS, POST, contains, equal, matches


def _migrate(project, message):
    document = project.json("migrate", "-m", message)
    return document["revision"], document["file"]


def case_init_makes_what_is_missing_and_overwrites_nothing(project):
    os.remove(project.path("models.yaml"))
    project.write("ormdb.yaml", project.read("ormdb.yaml") + "# mine\n")
    contains(project.run("init").out, "created models.yaml")
    contains(project.read("ormdb.yaml"), "# mine")
    equal(project.json("init")["created"], [])
    contains(project.run("init").out, "nothing to make")
    project.run("init", "site", "--template", "multidb")
    contains(project.read("site/ormdb.yaml"), "databases:")
    equal(project.json("list-templates")["templates"], ["generic", "multidb"])


def case_init_writes_no_password(project):
    project.run("init", "site", "--url", "postgresql://me:secret@host/name")
    assert "secret" not in project.read("site/ormdb.yaml")


def case_init_from_a_database(project):
    project.sql("CREATE TABLE old (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL)", "old.db")
    os.mkdir(project.path("adopted"))
    url = "sqlite:///" + project.path("old.db")
    created = project.json("init", "adopted", "--from-database", "--url", url)["created"]
    assert any(path.endswith("models.yaml") for path in created), created
    contains(project.read("adopted/models.yaml"), "old:")
    config = ("-c", "adopted/ormdb.yaml")
    project.run(*config, "check")
    contains(project.run(*config, "current").out, "(head)")


def case_migrate_upgrade_downgrade(project):
    revision, file = _migrate(project, "make users")
    contains(project.read(file), "create_table", "make users")
    ran = project.run("upgrade")
    matches(ran.out, rf"^upgrade <base> -> {revision}, make users \(\d+ statements?, [\d.]+ ms\)$")
    equal(project.tables(), ["user"])
    contains(project.run("current").out, f"{revision} (head)")
    contains(project.run("upgrade").out, f"already at {revision} (head): nothing to do")
    contains(project.run("migrate").out, "No changes: models and database are the same.")
    matches(project.run("downgrade").out, rf"^downgrade {revision} -> <base>, make users")
    equal(project.tables(), [])
    equal(project.run("current").out, "")


def case_migrate_as_json(project):
    document = project.json("migrate", "-m", "make users")
    equal(list(document)[:3], ["ok", "command", "database"])
    equal([list(each) for each in document["operations"]], [["create_table", "destructive"]])
    equal(document["operations"][0]["create_table"]["table"], "user")
    equal(document["operations"][0]["destructive"], False)
    assert os.path.exists(project.path(document["file"]))
    run = project.json("upgrade")
    equal((run["rows_before"], run["rows"]), ([], [document["revision"]]))
    (step,) = run["steps"]
    equal(list(step), ["revision", "direction", "message", "statements", "ms"])
    equal((step["revision"], step["direction"]), (document["revision"], "upgrade"))
    equal(project.json("upgrade")["steps"], [])
    nothing = project.json("migrate")
    equal((nothing["operations"], nothing["file"], nothing["revision"]), ([], None, None))


def case_migrate_marks_what_loses_data(project):
    _migrate(project, "make users")
    project.run("upgrade")
    swapped = re.sub("username: .*", "age: {type: integer, nullable: true}", MODELS)
    project.write("models.yaml", swapped)
    ran = project.run("migrate", "--dry-run", "-m", "swap")
    contains(ran.out, "drop_column", "add_column")
    ran = project.run("migrate", "-m", "swap")
    matches(ran.out, r"drop column user\.username.*\(destructive\)")
    matches(ran.out, r"^wrote migrations/versions/\S+ \(revision [0-9a-f]{12}\)$")


def case_open_decisions_exit_3_and_name_the_commands(project):
    _migrate(project, "make users")
    project.run("upgrade")
    project.write("models.yaml", MODELS.replace("username:", "login:"))
    error = project.json("migrate", code=3)["error"]
    equal(error["kind"], "needs_decision")
    contains(error["hint"], "--rename user.username=login", "--no-rename")
    equal(len(os.listdir(project.path("migrations/versions"))), 1)
    ran = project.run("migrate", "-m", "rename", "--rename", "user.username=login")
    contains(ran.out, "rename column user.username")
    project.run("upgrade")
    project.write("models.yaml", MODELS.replace("username:", "login:") +
                  "      city: {type: string(20)}\n")
    contains(project.json("migrate", code=3)["error"]["hint"], "--fill user.city=")
    project.run("migrate", "-m", "city", "--fill", "user.city=Bonn")
    project.sql("INSERT INTO user (login) VALUES ('ann')")
    project.run("upgrade")
    equal(project.sql("SELECT city FROM user"), [("Bonn",)])


def case_migrate_checks_its_decisions(project):
    for words in (["--rename", "a.b"], ["--rename", "=c"], ["--rename", "a.b="],
                  ["--fill", "city=x"], ["--fill", "user.city"], ["--using", "x"],
                  ["--fill", "a.b=1", "--fill", "a.b=2"]):
        equal(project.json("migrate", *words, code=2)["error"]["kind"], "usage")
    project.run("revision", "--rename", "a.b=c", code=2)
    project.run("revision", "--autogenerate", "--sql", code=2)


def case_revision_writes_an_empty_script(project):
    ran = project.run("revision", "-m", "add a thing", "--rev-id", "aaaa")
    path = matches(ran.out, r"wrote (\S+) \(revision aaaa\)").group(1)
    contains(project.read(path), "revision: aaaa", "add a thing")
    document = project.json("revision", "-m", "second", "--format", "sql", "--depends-on", "aaaa")
    (revision,) = document["revisions"]
    equal(list(revision), ["revision", "down_revision", "depends_on", "branch_labels", "message",
                           "created", "file", "is_head", "is_current", "is_branch_point",
                           "is_merge_point"])
    equal(revision["down_revision"], ["aaaa"])
    equal((revision["is_head"], revision["is_current"]), (True, False))
    assert document["file"].endswith(".sql"), document
    project.run("upgrade")


def case_plan_and_sql_run_nothing(project):
    project.chain("aaaa", "bbbb")
    ran = project.run("upgrade", "--plan")
    contains(ran.out, "upgrade <base> -> aaaa, make aaaa (1 statement)",
             "    CREATE TABLE t_aaaa (id INTEGER);", "nothing was run")
    sql = project.run("upgrade", "--sql").out
    contains(sql, "CREATE TABLE t_aaaa", "INSERT INTO")
    assert not os.path.exists(project.path("site.db")) or project.tables() == []
    document = project.json("upgrade", "--plan")
    equal([step["revision"] for step in document["steps"]], ["aaaa", "bbbb"])
    equal((document["rows_before"], document["rows"]), ([], ["bbbb"]))
    contains(project.json("upgrade", "--sql")["sql"], "t_bbbb")
    connection = sqlite3.connect(":memory:")
    connection.executescript(re.sub(r"^\..*$", "", sql, flags=re.MULTILINE))
    equal(connection.execute("SELECT version_num FROM ormdb_version").fetchall(), [("bbbb",)])
    connection.close()
    for words in (["--sql", "--plan"], ["--plan", "--dry-run"], ["--lock-timeout", "soon"],
                  ["--no-wait", "--lock-timeout", "1"], ["--step-done", "0"]):
        project.run("upgrade", *words, code=2)


def case_a_dry_run_rolls_back(project):
    project.chain("aaaa")
    contains(project.run("upgrade", "--dry-run").out, "upgrade <base> -> aaaa", "rolled back")
    assert not os.path.exists(project.path("site.db")) or project.tables() == []
    project.script("bbbb", "aaaa", "CREATE TABLE t_aaaa (id INTEGER);", "DROP TABLE t_aaaa;")
    project.run("upgrade", "--dry-run", code=5)


def case_check_finds_what_differs(project):
    project.run("check", code=1)
    _migrate(project, "make users")
    found = project.json("check", code=1)
    equal((found["clean"], len(found["behind"])), (False, 1))
    project.run("upgrade")
    contains(project.run("check").out, "No differences: models and database are the same.")
    clean = project.json("check")
    equal([clean[key] for key in ("clean", "operations", "behind", "heads")], [True, [], [], []])
    project.sql("ALTER TABLE user ADD COLUMN extra TEXT")
    contains(project.run("check", code=1).out, "drop column user.extra", "(destructive)")
    equal(project.run("check", "-q", code=1).out, "")


def case_status_tells_where_the_database_stands(project):
    project.chain("aaaa", "bbbb", "cccc")
    project.run("upgrade", "aaaa")
    contains(project.run("status").out, "at: aaaa", "applied: 1", "pending: 2", "bbbb  make bbbb")
    document = project.json("status")
    equal((document["applied"], document["pending"]), (["aaaa"], ["bbbb", "cccc"]))
    equal((document["half_applied"], document["locked_by"]), (None, None))
    project.script("aaaa", None, "CREATE TABLE other (id INTEGER);", "DROP TABLE other;")
    equal(project.json("status")["edited"], ["aaaa"])
    contains(project.run("status").out, "edited", "aaaa")
    equal(project.json("upgrade", code=6)["error"]["kind"], "conflict")
    project.run("upgrade", "--allow-edited")


def case_stamp_and_ensure_version(project):
    project.chain("aaaa", "bbbb")
    contains(project.run("ensure-version", "--sql").out, "CREATE TABLE")
    contains(project.run("ensure-version").out, "at base")
    equal(project.json("stamp", "aaaa")["rows"], ["aaaa"])
    contains(project.run("stamp").out, "stamped aaaa -> bbbb")
    contains(project.run("stamp", "heads").out, "nothing to do")
    contains(project.run("stamp", "base", "--sql").out, "DELETE FROM")
    project.run("stamp", "aaaa", "--purge", "--sql", code=2)
    equal(project.json("stamp", "aaaa", "--purge")["rows"], ["aaaa"])
    equal(project.tables(), [])


def case_inspect_prints_models(project):
    project.write("models.yaml", MODELS + POST)
    _migrate(project, "make all")
    project.run("upgrade")
    text = project.run("inspect").out
    contains(text, "user:", "post:", "references: user.id")
    project.write("models.yaml", text)
    project.run("check")
    assert "user:" not in project.run("inspect", "--table", "po*").out
    contains(project.run("inspect", "--format", "sql").out, "CREATE TABLE", ";")
    contains(project.run("inspect", "--format", "json").out, '"tables"')
    equal(sorted(project.json("inspect")["schema"]["tables"]), ["post", "user"])


def case_diff_compares_anything(project):
    project.run("migrate", "-m", "make users", "--rev-id", "aaaa")
    contains(project.run("diff", "database", "models").out, "create table user")
    contains(project.run("diff", "database", "models", "--format", "sql").out, "CREATE TABLE")
    contains(project.json("diff", "database", "models", "--format", "sql")["sql"], "CREATE TABLE")
    contains(project.run("diff", "aaaa", "models").out, "No differences")
    project.sql("CREATE TABLE other (id INTEGER)", "other.db")
    contains(project.run("diff", "aaaa", "sqlite:///other.db").out, "drop table user",
             "create table other", "(destructive)")
    project.run("diff", "models", code=2)


def case_create_and_drop_the_database(project):
    contains(project.run("create-db").out, "created sqlite:///")
    assert os.path.exists(project.path("site.db"))
    contains(project.run("create-db").out, "exists already")
    error = project.json("drop-db", code=3)["error"]
    equal(error["kind"], "needs_decision")
    contains(error["hint"], "ormdb drop-db --yes")
    assert os.path.exists(project.path("site.db"))
    equal(list(project.json("drop-db", "--yes")), ["ok", "command", "database"])
    contains(project.run("drop-db").out, "nothing to drop")
    assert not os.path.exists(project.path("site.db"))


def case_a_renamed_column_is_read_through_other_views(project):
    views = ("views:\n  name_list: SELECT username FROM user\n"
             "  name_count: SELECT count(username) AS n FROM name_list\n"
             "  long_name: SELECT username FROM (SELECT username FROM user)\n"
             "triggers:\n  name_list_add: {table: name_list, timing: instead_of, "
             "events: [insert], body: INSERT INTO user (username) VALUES (NEW.username);}\n")
    project.write("models.yaml", MODELS + views)
    _migrate(project, "first")
    project.run("upgrade")
    project.sql("INSERT INTO user VALUES (1, 'ann')")
    renamed = (MODELS + views).replace("username", "login")
    hinted = renamed.replace("string(20)", "string(20), renamed_from: username")
    project.write("models.yaml", hinted)
    _migrate(project, "second")
    project.run("upgrade")
    project.run("check")
    project.sql("INSERT INTO name_list VALUES ('bob')")
    equal(project.sql("SELECT login FROM long_name"), [("ann",), ("bob",)])
    project.run("downgrade")
    equal(project.sql("SELECT n FROM name_count"), [(2,)])
    equal(project.sql("SELECT username FROM long_name"), [("ann",), ("bob",)])


def case_plans_of_plain_sql_need_no_schema(project):
    project.chain("aaaa", "bbbb")
    project.run("upgrade")
    contains(project.run("downgrade", "--plan").out, "DROP TABLE t_bbbb")
    contains(project.run("downgrade", "--sql", "-1").out, "DROP TABLE t_bbbb")
    contains(project.run("downgrade", "--sql", "bbbb:base").out, "DROP TABLE t_aaaa")
    equal(project.tables(), ["t_aaaa", "t_bbbb"])


def case_migrate_refuses_what_sqlite_cannot_hold(project):
    project.write("models.yaml", MODELS + "triggers:\n  t: {table: user, timing: after, "
                  "events: [insert, delete], body: SELECT 1;}\n")
    project.write("schema.yaml", MODELS.replace("columns:", "schema: x\n    columns:"))
    contains(project.run("diff", "database", "schema.yaml", code=4).err, "x.user")
    for command in (("migrate", "-m", "first"), ("check",)):
        error = project.json(*command, code=4)["error"]
        equal(error["kind"], "unsupported")
        contains(error["message"], "trigger t")
    equal(os.listdir(project.path("migrations/versions")), [])


def case_options_without_meaning_are_no_difference(project):
    project.write("models.yaml", MODELS + "      note: {type: text, nullable: true, "
                  "sqlite: {not_null_on_conflict: ignore}}\n")
    _migrate(project, "first")
    project.run("upgrade")
    project.run("check")


def case_a_file_or_directory_in_the_wrong_place_is_told(project):
    os.mkdir(project.path("site.db"))
    contains(project.run("status", code=5).err, "site.db is a directory")
    os.rmdir(project.path("site.db"))
    contains(project.run("heads", ORMDB_DIRECTORY="models.yaml", code=4).err, "no directory")
    contains(project.run("diff", "nope.yaml", "models", code=4).err, "nope.yaml", "not exist")
    mistyped = project.run("diff", "models", "postgresql:/me:secret@host", code=4)
    assert "secret" not in mistyped.err, mistyped
