"""Every command on PostgreSQL; each scenario has a database of its own on the test server."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from urllib.parse import quote, urlsplit

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
# pylint: disable=wrong-import-position
import postgresql_live as live  # noqa: E402
from postgresql_proxy import Proxy  # noqa: E402
from scenario import POST, contains, equal, matches, new_project  # noqa: E402

EXAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../migrations_example")

MODELS = """\
format: 1
enums:
  mood: [sad, ok]
tables:
  user:
    columns:
      id:       {type: integer, primary_key: true}
      username: {type: string(20), unique: true}
      mood:     {type: enum(mood), nullable: true}
      tags:     {type: array(text), nullable: true}
      data:     {type: jsonb, nullable: true}
    constraints:
      - {name: ck_user_username, check: length(username) > 0}
""" + POST


@contextlib.contextmanager
def open_project():
    with new_project(MODELS) as project, live.scratch_database() as database:
        project.database = database
        configure(project)
        yield project


def configure(project, more="", url=None):
    project.write("ormdb.yaml", f"database: {url or project.database.url}\n"
                  f"models: [models.yaml]\nmigrations: migrations\n{more}")


def sql(project, statement):
    return project.database.sql(statement)


def tables(project, schema="public"):
    return [name for (name,) in sql(project, "SELECT tablename FROM pg_tables WHERE schemaname = "
                                    f"'{schema}' AND tablename !~ '^ormdb_' ORDER BY 1")]


def migrated(project):
    project.run("migrate", "-m", "first")
    project.run("upgrade")
    (revision,) = project.json("heads")["revisions"]
    return revision["revision"]


def dump(url):
    """What pg_dump writes of a database, but for ormdb's log."""
    done = subprocess.run(["pg_dump", "--no-owner", "--exclude-table=ormdb_log*", url],
                          capture_output=True, text=True, check=True)
    return [line for line in done.stdout.split("\n") if not line.startswith(("--", "\\"))]


def psql(url, text):
    return subprocess.run(["psql", "-X", "-q", url], input=text, capture_output=True, text=True,
                          check=False)


def needs_client_programs():
    for name in ("psql", "pg_dump"):
        assert shutil.which(name), f"{name} (Debian: postgresql-client) is not installed"


def case_the_way_of_a_project(project):
    equal(project.json("init")["created"], [])
    contains(project.run("status").out, "at: base")
    first = migrated(project)
    equal(tables(project), ["post", "user"])
    contains(project.run("current").out, first)
    contains(project.run("history").out, first)
    contains(project.run("check").out, "No differences")
    contains(project.run("check", "--unmanaged").out, "No differences")
    project.write("models.yaml", MODELS.replace("[sad, ok]", "[sad, ok, glad]").replace(
        "title:   {type: string(100)}", "title:   {type: text}"))
    contains(project.run("check", code=1).out, "glad", "title")
    project.run("migrate", "-m", "second")
    contains(project.run("upgrade", "--plan").out, "ALTER TYPE mood ADD VALUE 'glad'", "TYPE text")
    contains(project.run("upgrade", "--dry-run").out, "rolled back")
    contains(project.run("current").out, first)
    project.run("upgrade")
    project.run("check")
    contains(project.run("migrate", "-m", "none").out, "No changes")
    project.run("downgrade")
    project.run("downgrade", "base")
    equal(tables(project), [])
    equal(sql(project, "SELECT typname FROM pg_type WHERE typname = 'mood'"), [])
    project.run("upgrade")
    project.run("check")
    status = project.json("status")
    equal((len(status["applied"]), status["pending"], status["locked_by"]), (2, [], None))


def case_an_existing_database_is_adopted(project):
    sql(project, "CREATE TYPE size AS ENUM ('s', 'm'); CREATE TABLE shirt (id serial PRIMARY KEY, "
        "size size NOT NULL DEFAULT 's', price numeric(8,2) CHECK (price > 0), UNIQUE (size)); "
        "CREATE INDEX ON shirt (price DESC) WHERE price > 10; CREATE VIEW dear AS "
        "SELECT id FROM shirt WHERE price > 100")
    project.chain("aaaa")
    contains(project.run("upgrade", code=6).err, "init --from-database", "stamp")
    os.remove(project.path("migrations/versions/aaaa.sql"))
    os.remove(project.path("models.yaml"))
    project.run("init", "--from-database")
    contains(project.read("models.yaml"), "shirt", "numeric(8,2)", "dear")
    project.run("check")
    equal(len(project.json("status")["applied"]), 1)
    with live.scratch_database() as other:
        project.run("upgrade", "--url", other.url)
        contains(project.run("diff", "database", other.url).out, "No differences")


def case_a_renamed_table_is_compared_with_what_it_was(project):
    sql(project, "CREATE TABLE item (number integer GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME "
        "numbers START 5) CONSTRAINT item_key PRIMARY KEY, day date CONSTRAINT late "
        "CHECK (day > '2026-01-01'));")
    project.write("models.yaml", "format: 1\ntables:\n  article:\n    columns:\n"
                  "      id: {type: integer, primary_key: true}\n"
                  "      day: {type: date, nullable: true, check: \"day > '2026-1-1'\"}\n")
    project.run("migrate", "-m", "rename", "--rename", "item=article",
                "--rename", "article.number=id")
    (name,) = os.listdir(project.path("migrations/versions"))
    script = project.read(os.path.join("migrations/versions", name))
    operations = re.findall(r"^  - (\w+)", script.split("downgrade:")[0], re.M)
    equal(operations, ["rename_table", "rename_column"])


def case_inspect_and_diff(project):
    migrated(project)
    contains(project.run("inspect").out, "user:", "enum(mood)", "array(text)")
    equal(project.json("inspect")["schema"]["format"], 1)
    contains(project.run("inspect", "--format", "json").out, '"user"')
    created = project.run("inspect", "--format", "sql").out
    contains(created, "CREATE TYPE mood", 'CREATE TABLE "user"', "CREATE TABLE post")
    with live.scratch_database() as other:
        done = psql(other.url, "\\set ON_ERROR_STOP on\n" + created)
        equal((done.returncode, done.stderr), (0, ""))
        contains(project.run("diff", "database", other.url).out, "No differences")
    for pair in (("models", "database"), ("database", "models")):
        contains(project.run("diff", *pair).out, "No differences")
        equal(project.run("diff", *pair, "--format", "sql").out, "")
    contains(project.run("diff", "database", "base", "--format", "sql").out, "DROP TABLE post")
    equal(project.run("inspect", "--table", "post").out.count("user:"), 0)
    contains(project.run("inspect", "--schema", "public").out, "post:")
    contains(project.run("inspect", "--schema", "nowhere", code=4).err, "nowhere", "public")


def case_databases_are_made_and_dropped(project):
    gone = live.Scratch(create=False)
    configure(project, url=gone.url)
    try:
        for command in ("status", "current", "check", "inspect", "upgrade"):
            contains(project.run(command, code=5).err, "does not exist", "ormdb create-db")
        project.chain("aaaa")
        contains(project.run("upgrade", "--plan", code=5).err, "does not exist")
        contains(project.run("create-db").out, gone.name)
        contains(project.run("create-db").out, "exists already")
        project.run("upgrade")
        contains(project.run("drop-db", code=3).err, "--yes")
        project.run("drop-db", "--yes")
        contains(project.run("drop-db", "--yes").out, "nothing to drop")
        equal(project.database.sql(f"SELECT 1 FROM pg_database WHERE datname = '{gone.name}'"), [])
    finally:
        gone.drop()


def case_a_service_names_the_database(project):
    gone = live.Scratch(create=False)
    server = urlsplit(gone.url)
    project.write("services.conf", f"[app]\nhost={server.hostname}\nport={server.port}\n"
                  f"user={server.username}\npassword={server.password or ''}\n"
                  f"dbname={gone.name}\n")
    configure(project, url="postgresql:///?service=app")
    service = {"PGSERVICEFILE": project.path("services.conf"), "PGDATABASE": "postgres"}
    there = f"SELECT 1 FROM pg_database WHERE datname = '{gone.name}'"
    try:
        project.run("create-db", **service)
        equal(len(sql(project, there)), 1)
        project.run("drop-db", "--yes", **service)
        equal(sql(project, there), [])
    finally:
        gone.drop()


def case_the_default_schema_is_the_same_for_everybody(project):
    name = project.database.name
    configure(project, "schemas: [public]\n")
    for statement in (f"ALTER DATABASE {name} SET search_path = \"$user\", app, public",
                      "CREATE SCHEMA app", "CREATE SCHEMA AUTHORIZATION CURRENT_USER"):
        sql(project, statement)
    project.run("migrate", "-m", "all")
    project.run("upgrade")
    equal(tables(project), ["post", "user"])
    equal(tables(project, "app"), [])
    for path in ("app, public", "pg_catalog", "''", "nowhere"):
        sql(project, f"ALTER DATABASE {name} SET search_path = {path}")
        contains(project.run("check").out, "No differences")
        contains(project.run("current").out, "(head)")
        offline = project.run("upgrade", "base:head", "--sql").out
        with live.scratch_database() as other:
            done = psql(other.url, f"CREATE SCHEMA app; SET search_path = {path};\n{offline}")
            equal((done.returncode, done.stderr), (0, ""))
            equal(other.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                            " AND tablename IN ('user', 'post') ORDER BY 1"),
                  [("post",), ("user",)])
    # The URL's own word counts.
    with live.scratch_database() as other:
        other.sql("CREATE SCHEMA app")
        project.run("upgrade", "--url", other.url + "?options=-csearch_path%3Dapp")
        equal(other.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'app'"
                        " AND tablename IN ('user', 'post') ORDER BY 1"),
              [("post",), ("user",)])


def case_stamp_and_ensure_version(project):
    project.chain("aaaa", "bbbb")
    contains(project.run("ensure-version", "--sql").out, "CREATE TABLE ormdb_version")
    project.run("ensure-version")
    equal(sql(project, "SELECT * FROM ormdb_version"), [])
    contains(project.run("stamp", "aaaa", "--sql").out, "INSERT INTO ormdb_version")
    project.run("stamp", "aaaa")
    project.run("upgrade")
    equal(tables(project), ["t_bbbb"])
    sql(project, "UPDATE ormdb_version SET version_num = 'gone'")
    contains(project.run("upgrade", code=6).err, "gone")
    project.run("stamp", "--purge", "bbbb")
    contains(project.run("current").out, "bbbb")


def case_a_database_that_alembic_made_goes_on(project):
    project.chain("aaaa", "bbbb")
    sql(project, "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT "
        "alembic_version_pkc PRIMARY KEY (version_num)); INSERT INTO alembic_version VALUES "
        "('aaaa'); CREATE TABLE t_aaaa (id INTEGER)")
    configure(project, "version_table: alembic_version\n")
    contains(project.run("current").out, "aaaa")
    project.run("upgrade")
    equal(sql(project, "SELECT version_num FROM alembic_version"), [("bbbb",)])
    equal(sql(project, "SELECT to_regclass('ormdb_version')"), [(None,)])
    equal(sorted(project.json("inspect")["schema"]["tables"]), ["t_aaaa", "t_bbbb"])


def case_the_version_table_can_have_a_schema(project):
    sql(project, "CREATE SCHEMA admin")
    project.write("models.yaml", MODELS)
    configure(project, "version_schema: admin\n")
    first = migrated(project)
    equal(sql(project, "SELECT version_num FROM admin.ormdb_version"), [(first,)])
    equal(sql(project, "SELECT to_regclass('public.ormdb_log')"), [(None,)])
    project.run("downgrade", "base")
    text = project.run("upgrade", "base:head", "--sql").out
    contains(text, "INSERT INTO admin.ormdb_version")


def case_schemas_are_filtered(project):
    sql(project, "CREATE SCHEMA app; CREATE SCHEMA other; CREATE TABLE app.a (id int); "
        "CREATE TABLE other.b (id int)")
    configure(project, "schemas: [app]\n")
    text = project.run("inspect").out
    contains(text, "schema: app")
    assert "other" not in text, text
    project.write("models.yaml", text)
    contains(project.run("check").out, "No differences")


def case_sql_through_psql_is_the_same_as_an_online_run(project):
    needs_client_programs()
    project.run("migrate", "-m", "first")
    project.write("models.yaml", MODELS.replace("[sad, ok]", "[sad, ok, glad]").replace(
        "title:   {type: string(100)}", "title:   {type: text}").replace(
            "    constraints:", "    indexes:\n      ix_data: {columns: [data], "
            "method: gin}\n    constraints:"))
    project.run("migrate", "--from-history", "-m", "second")
    (head,) = project.json("heads")["revisions"]
    project.write("migrations/versions/last.yaml", f"""\
format: 1
revision: last
down_revision: {head["revision"]}
message: rows
---
upgrade:
  - insert_rows: {{table: user, rows: [{{id: 7, username: "o'neil \\\\ ä", mood: glad}}]}}
  - create_index: {{name: ix_mood, table: user, columns: [mood]}}
    transaction: false
  - execute: CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN 'a;b'; END $$
downgrade: []
""")
    text = project.run("upgrade", "--sql").out
    assert re.match(r"(--.*\n)*\\set ON_ERROR_STOP on\n", text), text[:200]
    equal(project.run("upgrade", "base:head", "--sql").out, text)
    with live.scratch_database() as other:
        done = psql(other.url, text)
        equal((done.returncode, done.stderr), (0, ""))
        project.run("upgrade")
        equal(dump(other.url), dump(project.database.url))
        equal(project.run("check", "--url", other.url, code=1).out,
              project.run("check", code=1).out)
        contains(project.run("current", "--url", other.url).out, "last")
    sql(project, "INSERT INTO \"user\" (username) VALUES ('next')")
    equal(sql(project, "SELECT max(id) FROM \"user\""), [("8",)])


def case_a_failing_statement_stops_psql(project):
    needs_client_programs()
    project.script("aaaa", None, "CREATE TABLE a (id int);\nINSERT INTO nowhere VALUES (1);")
    project.script("bbbb", "aaaa", "CREATE TABLE b (id int);")
    done = psql(project.database.url, project.run("upgrade", "--sql").out)
    equal(done.returncode, 3)
    contains(done.stderr, "nowhere")
    equal(tables(project), [])


def case_scripts_are_written_without_a_server(project):
    configure(project, url="postgresql://nobody@127.0.0.1:1/nothing")
    project.run("migrate", "--from-history", "-m", "first")
    contains(project.run("migrate", "--from-history", "-m", "none").out, "No changes")
    contains(project.run("check", "--from-history").out, "No differences")
    contains(project.run("upgrade", "base:head", "--sql").out, 'CREATE TABLE "user"')
    contains(project.run("upgrade", code=5).err, "cannot connect", "127.0.0.1:1", "hint: ")


def case_a_server_that_is_starting_is_waited_for(project):
    project.chain("aaaa")
    with Proxy("postgresql://postgres@127.0.0.1:1") as proxy:
        url = live.with_port(project.database.url, proxy.port)
        begun = time.monotonic()
        contains(project.run("upgrade", "--url", url, "--wait", "1", code=5).err, "cannot connect")
        assert time.monotonic() - begun >= 1
        timer = threading.Timer(0.7, proxy.lead_to, [live.URL])
        timer.start()
        project.run("upgrade", "--url", url, "--wait", "20")
        timer.join()
    equal(tables(project), ["t_aaaa"])


def case_behind_a_pooler_runs_are_refused_or_go_past_it(project):
    if not live.POOLER_URL:
        print("no pooler: ORMDB_TEST_PGBOUNCER_URL is not set")
        return
    project.chain("aaaa")
    pooled = live.with_database(live.POOLER_URL, project.database.name)
    configure(project, url=pooled)
    try:
        contains(project.run("upgrade", code=4).err, "pooler", "direct_url")
        equal(tables(project), [])
        contains(project.run("status").out, "at: base")
        project.run("check", code=1)
        configure(project, f"direct_url: {project.database.url}\n", url=pooled)
        project.run("upgrade")
        equal(tables(project), ["t_aaaa"])
    finally:  # the pooler keeps its connections, so the database could not be dropped soon
        with live.Session(live.with_database(live.POOLER_URL, "pgbouncer")) as pooler:
            with contextlib.suppress(live.SqlError):
                pooler(f"KILL {project.database.name}")


def case_passwords_are_never_shown(project):
    project.chain("aaaa")
    role, secret = f"ormdb_secret_{os.getpid()}", "s3cr3t@/:%"
    project.database.maintain(f"CREATE ROLE {role} LOGIN PASSWORD '{secret}'")
    try:
        place = live.URL.rpartition("@")[2]
        for password in (secret, "wr0ng:s3cr3t"):
            good = f"postgresql://{role}:{quote(password, safe='')}@{place}/{project.database.name}"
            lost = good.replace(place, "127.0.0.1:1")
            for url in (good, lost, good + "?nonsense=1", good + "?sslmode=nonsense",
                        good + "_gone", good.replace("postgresql:", "postgresq:")):
                configure(project, url=url)
                for words in (("status", "-v"), ("upgrade", "-v"), ("upgrade", "--json"),
                              ("diff", url, "models"), ("upgrade", "--sql"), ("create-db",)):
                    text = everything(project, *words)
                    assert "s3cr3t" not in text, text
        done = everything(project, "status", "--url", good.replace(quote(password, safe=""), "***"))
        assert "s3cr3t" not in done
    finally:
        with contextlib.suppress(live.SqlError):
            sql(project, f"DROP OWNED BY {role}")
        project.database.maintain(f"DROP DATABASE IF EXISTS {project.database.name}_gone",
                                  f"DROP ROLE {role}")


def everything(project, *words):
    from scenario import ORMDB  # pylint: disable=import-outside-toplevel
    done = subprocess.run([ORMDB, *words], cwd=project.directory, capture_output=True, text=True,
                          env=project.environment({}), stdin=subprocess.DEVNULL, check=False)
    return done.stdout + done.stderr


def case_the_blog_goes_up_down_and_up(project):
    blog = project.path("blog")
    shutil.copytree(EXAMPLE, blog, ignore=shutil.ignore_patterns("*.db*"))
    inside = {"directory": blog, "DATABASE_URL": project.database.url}
    run = lambda *words, **more: project.run(*words, **inside, **more)  # noqa: E731
    for revision in ("52f8c3a1907e", "head"):
        run("upgrade", revision)
        if revision != "head":
            sql(project, "INSERT INTO \"user\" (username, email, password) VALUES ('a', 'b', 'c'); "
                "INSERT INTO post (title, body, user_id, rating) VALUES ('First', 'Text', 1, 4)")
    run("check")
    run("check", "--from-history")
    equal(sql(project, "SELECT title, content, rating, category_id FROM post"),
          [("First", "Text", "4", "1")])
    sql(project, "INSERT INTO category (name) VALUES ('behind the three of the script')")
    run("downgrade", "52f8c3a1907e")
    equal(sql(project, "SELECT title, body FROM post"), [("First", "Text")])
    run("downgrade", "base")
    equal(tables(project), [])
    run("upgrade")
    run("check")
    matches(run("check", "--unmanaged").out, "No differences")
