#!/usr/bin/env python3
"""Faults, through the real binary: killed at every statement, killed at random, eight runs at once,
a locked database, a full disk, a failing third statement. After each the next run must complete the
work, and nothing may be applied twice.

    ORMDB=build/dev/ormdb tests/fault/fault_test.py          (a build with ORMDB_ENABLE_FAULTS)
"""
import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

ORMDB = os.path.abspath(os.environ["ORMDB"])

HEADER = """format: 1
revision: {rev}
down_revision: {down}
message: {message}
created: 2026-01-0{day}T00:00:00Z
---
"""

# A history with what can go wrong: data steps that must run once, a native change, a rebuild of a
# referenced table, a rebuild with a trigger and a view, and a step outside the transaction.
SCRIPTS = [
    ("a1", "tables", """upgrade:
  - create_table:
      table: author
      columns:
        id: {type: integer, primary_key: true}
        name: {type: string(20)}
  - create_table:
      table: post
      columns:
        id: {type: integer, primary_key: true, autoincrement: true}
        title: {type: string(20), nullable: true}
        author_id: {type: integer, references: author.id, on_delete: cascade}
  - create_table:
      table: trace
      columns:
        step: {type: string(20)}
  - execute: INSERT INTO trace VALUES ('a1')
downgrade:
  - drop_table: {table: trace, columns: {step: {type: string(20)}}}
  - drop_table:
      table: post
      columns:
        id: {type: integer, primary_key: true, autoincrement: true}
        title: {type: string(20), nullable: true}
        author_id: {type: integer, references: author.id, on_delete: cascade}
  - drop_table:
      table: author
      columns:
        id: {type: integer, primary_key: true}
        name: {type: string(20)}
"""),
    ("b2", "rows, a view, a trigger", """upgrade:
  - insert_rows: {table: author, rows: [{id: 1, name: ann}, {id: 2, name: bob}]}
  - insert_rows:
      table: post
      rows: [{id: 1, title: one, author_id: 1}, {id: 7, title: two, author_id: 2}]
  - execute: DELETE FROM post WHERE id = 7
  - create_view: {view: titles, as: SELECT post.title FROM post}
  - create_trigger:
      name: post_trace
      table: post
      timing: after
      events: [insert]
      body: INSERT INTO trace VALUES ('trigger');
  - execute: INSERT INTO trace VALUES ('b2')
downgrade:
  - drop_trigger:
      name: post_trace
      table: post
      timing: after
      events: [insert]
      body: INSERT INTO trace VALUES ('trigger');
  - drop_view: {view: titles, as: SELECT post.title FROM post}
  - execute: DELETE FROM post
  - execute: DELETE FROM author
"""),
    ("c3", "rebuilds", """upgrade:
  - alter_column:
      table: author
      name: name
      from: {type: string(20)}
      to: {type: string(80), nullable: true}
  - add_constraint: {table: post, name: ck_post, check: length(title) > 0}
  - add_column: {table: post, column: {name: slug, type: string(30), nullable: true}}
  - execute: UPDATE post SET slug = lower(title)
  - execute: INSERT INTO trace VALUES ('c3')
downgrade:
  - drop_column: {table: post, column: {name: slug, type: string(30), nullable: true}}
  - drop_constraint: {table: post, name: ck_post, check: length(title) > 0}
  - alter_column:
      table: author
      name: name
      from: {type: string(80), nullable: true}
      to: {type: string(20)}
"""),
    ("d4", "a step outside the transaction", """upgrade:
  - execute: INSERT INTO trace VALUES ('d4 before')
  - execute: PRAGMA optimize
    transaction: false
  - execute: INSERT INTO trace VALUES ('d4 after')
downgrade: []
"""),
    ("e5", "an index", """upgrade:
  - create_index: {name: ix_post_slug, table: post, columns: [slug]}
  - execute: INSERT INTO trace VALUES ('e5')
downgrade:
  - drop_index: {name: ix_post_slug, table: post, columns: [slug]}
"""),
]


class Project:
    def __init__(self, scripts=SCRIPTS):
        self.path = tempfile.mkdtemp(prefix="ormdb-fault-")
        os.makedirs(self.path + "/migrations/versions")
        with open(self.path + "/ormdb.yaml", "w") as f:
            f.write("database: sqlite:///site.db\nmodels: []\nmigrations: migrations\n")
        down = "null"
        for day, (rev, message, body) in enumerate(scripts, 1):
            with open("%s/migrations/versions/%s.yaml" % (self.path, rev), "w") as f:
                f.write(HEADER.format(rev=rev, down=down, message=json.dumps(message), day=day))
                f.write(body)
            down = rev

    def run(self, *args, fault=None, timeout=120):
        env = dict(os.environ, ORMDB_FAULT=fault) if fault else os.environ
        return subprocess.run([ORMDB, *args], cwd=self.path, env=env, capture_output=True,
                              text=True, timeout=timeout)

    def start(self, *args):
        return subprocess.Popen([ORMDB, *args], cwd=self.path, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def database(self):
        return self.path + "/site.db"

    def state(self):
        """Schema, rows, versions: all that must be the same however the work was interrupted."""
        if not os.path.exists(self.database()):
            return {}
        with contextlib.closing(sqlite3.connect(self.database())) as db:
            names = [r[0] for r in db.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN "
                "('ormdb_log', 'sqlite_stat1', 'sqlite_stat4') ORDER BY name")]
            out = {n: sorted(map(repr, db.execute('SELECT * FROM "%s"' % n))) for n in names}
            out[""] = sorted(map(repr, db.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_schema "
                "WHERE name NOT LIKE 'sqlite_%'")))
            self.check_sound(db)
            return out

    @staticmethod
    def check_sound(db):
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert not db.execute("PRAGMA foreign_key_check").fetchall()

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Faults(unittest.TestCase):
    def project(self, scripts=SCRIPTS):
        project = Project(scripts)
        self.addCleanup(project.close)
        return project

    def reference(self):
        project = self.project()
        done = project.run("upgrade")
        self.assertEqual(done.returncode, 0, done.stderr)
        return project.state()

    def finish(self, project, where):
        """The next run completes the work, with the user's word where an outcome is unknown."""
        again = project.run("upgrade")
        if again.returncode == 6 and "--step-redo" in again.stderr:
            number = again.stderr.split("--step-redo ")[1].split("`")[0].split()[0]
            again = project.run("upgrade", "--step-redo", number)
        self.assertEqual(again.returncode, 0, where + ": " + again.stderr)

    def killed_and_finished(self, fault, want):
        """Whether the fault fired; the next run must lead to the same state."""
        project = self.project()
        killed = project.run("upgrade", fault=fault)
        self.assertIn(killed.returncode, (0, -signal.SIGKILL), fault + killed.stderr)
        self.finish(project, fault)
        self.assertEqual(project.state(), want, fault)
        project.close()
        return killed.returncode != 0

    def test_killed_at_every_statement_the_next_run_completes_it(self):
        want = self.reference()
        statements = 1
        while self.killed_and_finished("before:%d" % statements, want):
            statements += 1
        self.assertGreater(statements, 30)
        for mode in ("after", "log"):
            fired = sum(self.killed_and_finished("%s:%d" % (mode, n), want)
                        for n in range(1, statements))
            self.assertGreater(fired, statements // 2, "the faults of %s did not fire" % mode)

    def test_killed_at_every_statement_of_a_downgrade(self):
        want = None
        for n in range(1, 200):
            project = self.project()
            self.assertEqual(project.run("upgrade").returncode, 0)
            killed = project.run("downgrade", "base", fault="after:%d" % n)
            again = project.run("downgrade", "base")
            self.assertEqual(again.returncode, 0, again.stderr)
            state = project.state()
            want = want or state
            self.assertEqual(state, want, "after:%d" % n)
            if killed.returncode == 0:
                break
            project.close()
        self.assertGreater(n, 10)

    def test_killed_at_random_moments(self):
        want = self.reference()
        rnd = random.Random(4)
        for _ in range(25):
            project = self.project()
            for _ in range(3):
                process = project.start("upgrade")
                time.sleep(rnd.uniform(0, 0.03))
                process.kill()
                process.communicate()
            self.finish(project, "kill -9")
            self.assertEqual(project.state(), want)
            project.close()

    def test_eight_at_once_apply_each_revision_once(self):
        want = self.reference()
        for _ in range(3):
            project = self.project()
            runs = [project.start("upgrade") for _ in range(8)]
            for process in runs:
                out, err = process.communicate(timeout=120)
                self.assertEqual(process.returncode, 0, out + err)
            self.assertEqual(project.state(), want)
            project.close()

    def test_a_failing_third_statement_leaves_nothing_of_its_script(self):
        bad = SCRIPTS[:1] + [("b2", "bad", """upgrade:
  - create_table: {table: t, columns: {a: {type: integer}}}
  - execute: INSERT INTO trace VALUES ('bad')
  - execute: INSERT INTO nowhere VALUES (1)
downgrade: []
""")]
        project = self.project(bad)
        self.assertEqual(project.run("upgrade", "a1").returncode, 0)
        before = project.state()
        failed = project.run("upgrade")
        self.assertEqual(failed.returncode, 5)
        self.assertIn("no such table: nowhere", failed.stderr)
        self.assertIn("INSERT INTO nowhere VALUES (1)", failed.stderr)
        self.assertIn("b2.yaml:10", failed.stderr)
        self.assertEqual(project.state(), before)

    def test_new_key_violations_roll_the_step_back_and_name_the_rows(self):
        bad = SCRIPTS[:2] + [("c3", "bad", """upgrade:
  - alter_column: {table: author, name: name, from: {type: string(20)}, to: {type: text}}
  - execute: INSERT INTO post (id, title, author_id) VALUES (50, 'x', 99)
downgrade: []
""")]
        project = self.project(bad)
        self.assertEqual(project.run("upgrade", "b2").returncode, 0)
        before = project.state()
        failed = project.run("upgrade")
        self.assertEqual(failed.returncode, 5, failed.stderr)
        self.assertIn("post", failed.stderr)
        self.assertIn("99", failed.stderr)
        self.assertEqual(project.state(), before)

    def test_a_cascading_delete_beside_a_rebuild_is_refused(self):
        bad = SCRIPTS[:2] + [("c3", "bad", """upgrade:
  - alter_column: {table: author, name: name, from: {type: string(20)}, to: {type: text}}
  - execute: DELETE FROM author WHERE id = 1
downgrade: []
""")]
        project = self.project(bad)
        self.assertEqual(project.run("upgrade", "b2").returncode, 0)
        before = project.state()
        failed = project.run("upgrade")
        self.assertEqual(failed.returncode, 4, failed.stderr)
        self.assertIn("author", failed.stderr)
        self.assertEqual(project.state(), before)

    def test_a_locked_database_waits_then_exits_75(self):
        project = self.project()
        self.assertEqual(project.run("upgrade", "a1").returncode, 0)
        with contextlib.closing(sqlite3.connect(project.database(), isolation_level=None)) as db:
            db.execute("BEGIN EXCLUSIVE")
            begun = time.time()
            refused = project.run("upgrade", "--lock-timeout", "300ms")
            self.assertEqual(refused.returncode, 75, refused.stderr)
            self.assertGreater(time.time() - begun, 0.25)
            db.execute("ROLLBACK")
        self.assertEqual(project.run("upgrade").returncode, 0)

    def test_a_full_disk_loses_nothing(self):
        place = tempfile.mkdtemp(prefix="ormdb-full-")
        self.addCleanup(shutil.rmtree, place, True)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", place],
                                 capture_output=True)
        if mounted.returncode:
            self.skipTest("a small file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", place])
        big = ("z9", "big", """upgrade:
  - execute: >-
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO trace SELECT hex(randomblob(50)) FROM n
downgrade: []
""")
        project = self.project(SCRIPTS[:1] + [big])
        with open(project.path + "/ormdb.yaml", "w") as f:
            f.write("database: sqlite:///%s/site.db\nmodels: []\nmigrations: migrations\n" % place)
        self.assertEqual(project.run("upgrade", "a1").returncode, 0)
        failed = project.run("upgrade")
        self.assertEqual(failed.returncode, 5, failed.stderr)
        self.assertIn("full", failed.stderr)
        with contextlib.closing(sqlite3.connect(place + "/site.db")) as db:
            Project.check_sound(db)
            rows = db.execute("SELECT version_num FROM ormdb_version").fetchall()
            self.assertEqual(rows, [("a1",)])
            self.assertEqual(db.execute("SELECT count(*) FROM trace").fetchone()[0], 1)

    def test_a_database_that_is_a_text_file_is_told_and_left_alone(self):
        project = self.project()
        with open(project.database(), "w") as f:
            f.write("this is no database, only a long enough text to be looked at\n" * 40)
        for command in ("upgrade", "current", "status", "check"):
            failed = project.run(command)
            self.assertEqual(failed.returncode, 5, command + failed.stderr)
            self.assertIn("site.db", failed.stderr)
        with open(project.database()) as f:
            self.assertIn("only a long enough text", f.read())

    def test_an_edited_script_and_an_unknown_row_are_conflicts(self):
        project = self.project()
        self.assertEqual(project.run("upgrade", "c3").returncode, 0)
        script = project.path + "/migrations/versions/b2.yaml"
        with open(script) as f:
            text = f.read()
        with open(script, "w") as f:
            f.write(text.replace("name: bob", "name: bill"))
        refused = project.run("upgrade")
        self.assertEqual(refused.returncode, 6, refused.stderr)
        self.assertIn("b2", refused.stderr)
        self.assertEqual(project.run("upgrade", "--allow-edited").returncode, 0)
        with contextlib.closing(sqlite3.connect(project.database())) as db:
            db.execute("UPDATE ormdb_version SET version_num = 'nobody'")
            db.commit()
        refused = project.run("upgrade", "--allow-edited")
        self.assertEqual(refused.returncode, 6, refused.stderr)
        self.assertIn("nobody", refused.stderr)

    def test_tables_without_a_version_table_are_refused(self):
        project = self.project()
        with contextlib.closing(sqlite3.connect(project.database())) as db:
            db.execute("CREATE TABLE legacy (a)")
            db.commit()
        refused = project.run("upgrade")
        self.assertEqual(refused.returncode, 6, refused.stderr)
        self.assertIn("init --from-database", refused.stderr)
        self.assertIn("stamp", refused.stderr)


if __name__ == "__main__":
    unittest.main()
