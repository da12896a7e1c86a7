#!/usr/bin/env python3
"""The blog of migrations_example/ through the program: up, compared, filled, down and up again."""

import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import unittest

ORMDB = os.environ["ORMDB"]
EXAMPLE = pathlib.Path(os.environ["ORMDB_SOURCE_DIR"]) / "migrations_example"
REVISIONS = [
    "1c0a7e52d9b4", "52f8c3a1907e", "a94e0b6d2f13", "7d31f5c8e06a", "e2b6904ac75d", "0f5d8e17b3c2",
    "b8c47a0e91d6", "3e9a6f20c58b", "d05b2c7f4a98", "f6b81d3e0c24", "94c2e7a5d1b0",
]
HEADS = ["d05b2c7f4a98", "f6b81d3e0c24"]  # Merged by the last revision.
MERGE = REVISIONS[-1]
# How to take a step back where "-1" does not say which: with two rows, and from a merge.
BACK = {HEADS[1]: f"{HEADS[1]}@-1", MERGE: HEADS[0]}


class Example(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.TemporaryDirectory()
        self.addCleanup(self.work.cleanup)
        self.blog = pathlib.Path(self.work.name, "blog")
        shutil.copytree(EXAMPLE, self.blog, ignore=shutil.ignore_patterns("*.db*"))
        self.environment = {key: value for key, value in os.environ.items()
                            if key != "DATABASE_URL" and not key.startswith("ORMDB_")}

    def ormdb(self, *words, expected=0):
        run = subprocess.run([ORMDB, "--json", *words], cwd=self.blog, env=self.environment,
                             capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(run.returncode, expected, f"{words}: {run.stdout}{run.stderr}")
        return json.loads(run.stdout)

    def rows(self, sql):
        with sqlite3.connect(self.blog / "site.db") as database:
            return database.execute(sql).fetchall()

    def change(self, sql):
        with sqlite3.connect(self.blog / "site.db") as database:
            database.execute("PRAGMA foreign_keys = ON")
            database.executescript(sql)

    def assert_clean(self):
        result = self.ormdb("check")
        self.assertEqual(result.get("operations", []), [])
        self.assertEqual(self.rows("PRAGMA foreign_key_check"), [])
        self.assertEqual(self.rows("PRAGMA integrity_check"), [("ok",)])

    def test_upgrade_gives_the_models(self):
        result = self.ormdb("upgrade")
        self.assertEqual([step["revision"] for step in result["steps"]], REVISIONS)
        self.assertEqual(result["rows"], [REVISIONS[-1]])
        self.assert_clean()

    def test_history_is_newest_first(self):
        history = self.ormdb("history")["revisions"]
        self.assertEqual([revision["revision"] for revision in history], REVISIONS[::-1])

    def test_the_merge_is_what_merge_auto_writes(self):
        for script in (self.blog / "migrations/versions").glob(f"*{MERGE}*"):
            script.unlink()
        self.ormdb("upgrade", expected=3)
        heads = self.ormdb("heads")["revisions"]
        self.assertEqual(sorted(head["revision"] for head in heads), HEADS)
        (merged,) = self.ormdb("merge", "--auto", "-m", "merge")["revisions"]
        self.assertEqual(sorted(merged["down_revision"]), HEADS)
        self.ormdb("upgrade")
        self.assert_clean()

    def test_data_survives_the_way_up(self):
        self.ormdb("upgrade", "52f8c3a1907e")
        self.change("""
            INSERT INTO user (id, username, email, password) VALUES (7, 'ann', 'a@b.org', 'x');
            INSERT INTO post (id, title, body, user_id, rating) VALUES (3, 'First', 'Text', 7, 4);
        """)
        self.ormdb("upgrade")
        self.assert_clean()
        post = self.rows("SELECT id, title, content, rating, user_id, category_id FROM post")
        self.assertEqual(post, [(3, "First", "Text", 4.0, 7, 1)])
        self.assertEqual(self.rows("SELECT is_active, image_file FROM user"), [(1, "default.jpg")])
        self.assertEqual(self.rows("SELECT user_id FROM profile"), [(7,)])
        tree = self.rows("SELECT name, parent_id FROM category ORDER BY id")
        self.assertEqual(tree, [("General", None), ("Programming", 1), ("Databases", 2)])

    def test_data_survives_the_way_down(self):
        self.ormdb("upgrade")
        self.change("""
            INSERT INTO user (id, username, email, password) VALUES (7, 'ann', 'a@b.org', 'x');
            INSERT INTO post (id, title, content, user_id, category_id) VALUES (3, 'F', 'T', 7, 2);
        """)
        self.ormdb("downgrade", "52f8c3a1907e")
        self.assertEqual(self.rows("SELECT id, title, body, rating, user_id FROM post"),
                         [(3, "F", "T", 0, 7)])

    def test_every_step_can_be_taken_back_and_again(self):
        for revision in REVISIONS:
            self.ormdb("upgrade", revision)
            taken = self.ormdb("downgrade", BACK.get(revision, "-1"))
            self.assertEqual([step["revision"] for step in taken["steps"]], [revision])
            self.ormdb("upgrade", revision)
        self.assert_clean()
        self.ormdb("downgrade", "base")
        tables = self.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        self.assertEqual([name for (name,) in tables if not name.startswith("sqlite_")],
                         ["ormdb_log", "ormdb_version"])
        self.ormdb("upgrade")
        self.assert_clean()

    def test_relations_hold(self):
        self.ormdb("upgrade")
        self.change("""
            INSERT INTO user (id, username, email, password) VALUES (1, 'ann', 'a@b.org', 'x');
            INSERT INTO profile (user_id, bio) VALUES (1, 'hello');
            INSERT INTO student (id, name, email)
              VALUES ('7b0c7a8e-1111-4222-8333-944455566677', 'Bo', 'b@example.com');
            INSERT INTO course (id, title) VALUES (9000000000, 'Databases');
            INSERT INTO student_course (student_id, course_id)
              VALUES ('7b0c7a8e-1111-4222-8333-944455566677', 9000000000);
        """)
        with self.assertRaises(sqlite3.IntegrityError):  # one to one
            self.change("INSERT INTO profile (user_id) VALUES (1)")
        self.change("DELETE FROM course; DELETE FROM user;")
        self.assertEqual(self.rows("SELECT count(*) FROM student_course"), [(0,)])
        self.assertEqual(self.rows("SELECT count(*) FROM profile"), [(0,)])

    def test_inspected_models_equal_the_database(self):
        self.ormdb("upgrade")
        text = subprocess.run([ORMDB, "inspect"], cwd=self.blog, env=self.environment, text=True,
                              capture_output=True, timeout=120, check=True).stdout
        (self.blog / "models.yaml").write_text(text, encoding="utf-8")
        self.assert_clean()


if __name__ == "__main__":
    unittest.main()
