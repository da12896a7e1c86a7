"""Adopting a project of another migration tool: import, stamp --from-table, upgrade."""

import os
import subprocess

from scenario import contains, equal

ALEMBIC_INI = """\
[alembic]
script_location = %(here)s/alembic
sqlalchemy.url = sqlite:///../site.db
"""

ALEMBIC_ENV = """\
from alembic import context
from sqlalchemy import create_engine

url = context.config.get_main_option("sqlalchemy.url")
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""

ALEMBIC_REVISION = '''\
"""{message}

Revision ID: {revision}
Revises: {down}
Create Date: 2024-03-0{day} 10:00:00.123456

"""
import sqlalchemy as sa
from alembic import op

revision: str = '{revision}'
down_revision = {down!r}
branch_labels = {labels!r}
depends_on = None


def upgrade():
    {up}


def downgrade():
    {down_body}
'''

PYTHONS = ("python3", "/usr/bin/python3")


def _alembic():
    """A command that is Alembic, or None."""
    for python in PYTHONS:
        try:
            tried = subprocess.run([python, "-m", "alembic", "--help"], capture_output=True,
                                   check=False)
        except OSError:
            continue
        if tried.returncode == 0:
            return f"{python} -m alembic"
    return None


def _revision(project, revision, down, up, down_body, day=1, labels=None):
    text = ALEMBIC_REVISION.format(revision=revision, down=down, up=up, down_body=down_body,
                                   day=day, labels=labels, message=f"make {revision}")
    project.write(f"old/alembic/versions/{revision}_x.py", text)


def _alembic_project(project):
    project.write("old/alembic.ini", ALEMBIC_INI)
    project.write("old/alembic/env.py", ALEMBIC_ENV)
    _revision(project, "a1", None, "op.create_table('a', sa.Column('id', sa.Integer))",
              "op.drop_table('a')")
    _revision(project, "b2", "a1", "op.get_bind().execute(sa.text('SELECT 1')).fetchall()", "pass",
              day=2)
    _revision(project, "c3", "b2", "op.create_table('c', sa.Column('id', sa.Integer))",
              "op.execute(\"DELETE FROM a\"); op.drop_table('c')", day=3)
    _revision(project, "d4", "a1", "op.create_table('d', sa.Column('id', sa.Integer))",
              "op.drop_table('d')", day=3, labels=("side",))
    _revision(project, "e5", ("c3", "d4"), "pass", "pass", day=4)
    _revision(project, "f6", "e5", "op.add_column('a', sa.Column('n', sa.Text))",
              "op.drop_column('a', 'n')", day=5)


def case_an_alembic_project_goes_on_with_ormdb(project):
    alembic = _alembic()
    if alembic is None:
        print("skipped: there is no Alembic to import from")
        return
    _alembic_project(project)
    document = project.json("import", "alembic", "old", "--alembic", alembic)
    revisions = {each["revision"]: each for each in document["revisions"]}
    equal(sorted(revisions), ["a1", "b2", "c3", "d4", "e5", "f6"])
    equal(sorted(revisions["e5"]["down_revision"]), ["c3", "d4"])
    equal(revisions["d4"]["branch_labels"], ["side"])
    equal(revisions["a1"]["created"], "2024-03-01T10:00:00")
    equal(len(document["created"]), 6)
    contains("\n".join(document["warnings"]), "revision b2", "fetchall")
    equal(project.json("upgrade", code=4)["error"]["revision"], "b2")
    equal(project.tables(), [])
    text = project.read(revisions["a1"]["file"])
    contains(text, "CREATE TABLE a")
    assert "alembic_version" not in text, text
    contains(project.read(revisions["c3"]["file"]), "CREATE TABLE c", "DELETE FROM a;")
    ran = subprocess.run([*alembic.split(), "upgrade", "e5"], cwd=project.path("old"),
                         capture_output=True, text=True, check=False)
    equal((ran.returncode, project.tables()), (0, ["a", "alembic_version", "c", "d"]))
    equal(project.json("stamp", "--from-table", "alembic_version")["rows"], ["e5"])
    equal(project.json("upgrade")["rows"], ["f6"])
    equal([row[1] for row in project.sql("PRAGMA table_info(a)")], ["id", "n"])


def case_what_alembic_cannot_tell_is_refused_when_it_is_run(project):
    _alembic_project(project)
    project.run("import", "alembic", "old", "--alembic", "")
    error = project.json("upgrade", "a1", code=4)["error"]
    equal((error["kind"], error["revision"]), ("unsupported", "a1"))
    contains(error["message"], "without asking Alembic")
    contains(error["file"], "a1")
    assert error["line"] > 0 and "ormdb stamp" in error["hint"], error
    equal(project.tables(), [])
    project.json("upgrade", "--plan", code=4)
    equal(project.json("stamp", "f6")["rows"], ["f6"])
    contains(project.run("history").out, "e5 -> f6 (side) (head)")
    error = project.json("downgrade", code=4)["error"]
    equal((error["kind"], error["revision"]), ("unsupported", "f6"))


def case_import_overwrites_nothing(project):
    _alembic_project(project)
    project.script("c3", None)
    error = project.json("import", "alembic", "old", "--alembic", "", code=6)["error"]
    equal((error["kind"], error["candidates"]), ("conflict", ["migrations/versions/c3.sql"]))
    equal(os.listdir(project.path("migrations/versions")), ["c3.sql"])
    equal(project.json("import", "alembik", "old", code=2)["error"]["kind"], "usage")
    equal(project.json("import", "goose", "nowhere", code=4)["error"]["kind"], "io")


def case_a_dbmate_project_goes_on_with_ormdb(project):
    for version, name in (("20240101120000", "one"), ("20240201120000", "two")):
        project.write(f"old/db/migrations/{version}_make_{name}.sql",
                      f"-- migrate:up\nCREATE TABLE {name} (id INTEGER);\n"
                      f"-- migrate:down\nDROP TABLE {name};\n")
    created = project.json("import", "dbmate", "old")["created"]
    equal(created[0], "migrations/versions/20240101120000_20240101120000_make_one.sql")
    project.sql("CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)")
    project.sql("INSERT INTO schema_migrations VALUES ('20240101120000')")
    project.sql("CREATE TABLE one (id INTEGER)")
    stamp = ("stamp", "--from-table", "schema_migrations")
    equal(project.json(*stamp)["rows"], ["20240101120000"])
    equal(project.json("upgrade")["rows"], ["20240201120000"])
    equal(project.json(*stamp, code=6)["error"]["kind"], "conflict")
    project.sql("INSERT INTO schema_migrations VALUES ('20990101120000')")
    equal(project.json(*stamp, code=6)["error"]["candidates"], ["20990101120000"])
    equal(project.json("downgrade", "base")["rows"], [])
    equal(project.tables(), ["schema_migrations"])
    project.json(*stamp, "20240101120000", code=2)


def case_a_goose_project_goes_on_with_ormdb(project):
    project.write("old/00001_one.sql", "-- +goose Up\n-- +goose StatementBegin\n"
                  "CREATE TABLE one (id INTEGER)\n-- +goose StatementEnd\n"
                  "-- +goose Down\nDROP TABLE one;\n")
    project.write("old/00002_code.go", "package migrations\n")
    project.write("old/00010_three.sql", "-- +goose NO TRANSACTION\n-- +goose Up\n"
                  "CREATE TABLE three (id INTEGER);\n")
    document = project.json("import", "goose", "old")
    equal([each["revision"] for each in document["revisions"]], ["00001", "00002", "00010"])
    contains(document["warnings"][0], "00002_code.go")
    project.sql("CREATE TABLE goose_db_version (id INTEGER PRIMARY KEY, version_id INTEGER,"
                " is_applied INTEGER, tstamp TIMESTAMP)")
    project.sql("INSERT INTO goose_db_version (version_id, is_applied) VALUES"
                " (0, 1), (1, 1), (2, 1), (10, 1), (10, 0)")
    equal(project.json("stamp", "--from-table", "goose_db_version")["rows"], ["00002"])
    equal(project.json("upgrade")["rows"], ["00010"])
    equal(project.json("downgrade", code=4)["error"]["kind"], "script")


def case_a_flyway_project_goes_on_with_ormdb(project):
    for version in ("1", "1_2", "1.10", "2.0"):
        table = "t" + version.replace(".", "_")
        project.write(f"old/sql/V{version}__make_it.sql", f"CREATE TABLE {table} (id INTEGER);\n")
    project.write("old/sql/U2__make_it.sql", "DROP TABLE t2_0;\n")
    project.write("old/sql/R__view.sql", "CREATE VIEW v AS SELECT 1;\n")
    document = project.json("import", "flyway", "old")
    equal([each["revision"] for each in document["revisions"]], ["1", "1.2", "1.10", "2.0"])
    contains("\n".join(document["warnings"]), "R__view.sql")
    project.sql("CREATE TABLE flyway_schema_history (installed_rank INT PRIMARY KEY,"
                " version VARCHAR(50), type VARCHAR(20), success BOOLEAN)")
    project.sql("INSERT INTO flyway_schema_history VALUES (1, '1.2', 'BASELINE', 1),"
                " (2, NULL, 'SQL', 1), (3, '2', 'SQL', 1)")
    stamp = ("stamp", "--from-table", "flyway_schema_history")
    error = project.json(*stamp, code=6)["error"]
    equal((error["kind"], error["candidates"]), ("conflict", ["1.10"]))
    project.sql("INSERT INTO flyway_schema_history VALUES (4, '2', 'UNDO_SQL', 1)")
    equal(project.json(*stamp)["rows"], ["1.2"])
    equal(project.json("upgrade")["rows"], ["2.0"])
    equal(project.tables(), ["flyway_schema_history", "t1_10", "t2_0"])
    equal(project.json("downgrade")["rows"], ["1.10"])


def case_stamp_from_a_table_that_tells_nothing(project):
    project.chain("aaaa")
    error = project.json("stamp", "--from-table", "alembic_version", code=6)["error"]
    contains(error["hint"], "schema_migrations")
    project.sql("CREATE TABLE schema_migrations (version INTEGER, dirty INTEGER)")
    error = project.json("stamp", "--from-table", "schema_migrations", code=4)["error"]
    equal(error["kind"], "unsupported")
    contains(error["message"], "version, dirty")
