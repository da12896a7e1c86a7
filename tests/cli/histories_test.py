#!/usr/bin/env python3
"""The revision graphs of real projects: loaded, applied, reverted, drawn."""

import json
import pathlib
import sqlite3
import subprocess
import tempfile
import unittest

from shared_material import ORMDB, environment, find, scratch

COLUMNS = 80

SCRIPT = """\
format: 1
revision: {id}
down_revision: {down}
depends_on: {depends_on}
branch_labels: {labels}
message: step {id}
---
upgrade:
{first}  - execute: INSERT INTO trace (step) VALUES ('{id}')
downgrade:
  - execute: DELETE FROM trace WHERE step = '{id}'
"""

# The first revision to run makes the table, whichever base that is.
TRACE = "  - execute: CREATE TABLE IF NOT EXISTS trace (n INTEGER PRIMARY KEY, step TEXT)\n"


def written_list(items):
    return "[" + ", ".join(json.dumps(item) for item in items) + "]"


class History:
    """A project with one script for each revision of a recorded graph."""

    def __init__(self, directory, revisions):
        self.directory = pathlib.Path(directory)
        self.revisions = {each["revision"]: each for each in revisions}
        versions = self.directory / "migrations/versions"
        versions.mkdir(parents=True)
        (self.directory / "ormdb.yaml").write_text(
            "database: sqlite:///site.db\nmodels: []\nmigrations: migrations\n", encoding="utf-8")
        for each in revisions:
            (versions / f"{each['revision']}.yaml").write_text(self.script(each), encoding="utf-8")

    @staticmethod
    def script(each):
        return SCRIPT.format(
            id=each["revision"], down=written_list(each["down_revision"]),
            depends_on=written_list(each["depends_on"]),
            labels=written_list(each["branch_labels"]),
            first="" if each["down_revision"] else TRACE)

    def run(self, *words):
        done = subprocess.run([ORMDB, *words], cwd=self.directory, env=environment(), timeout=120,
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{words}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def document(self, *words):
        return json.loads(self.run(*words, "--json"))

    def trace(self):
        database = sqlite3.connect(self.directory / "site.db")
        try:
            return [step for (step,) in database.execute("SELECT step FROM trace ORDER BY n")]
        finally:
            database.close()

    def parents(self, revision):
        """Ids it must run after; a dependency may be written as a label."""
        each = self.revisions[revision]
        labelled = {label: name for name, other in self.revisions.items()
                    for label in other["branch_labels"]}
        return each["down_revision"] + [labelled.get(name, name) for name in each["depends_on"]]

    def heads(self):
        followed = {name for each in self.revisions.values() for name in each["down_revision"]}
        return sorted(set(self.revisions) - followed)


class Histories(unittest.TestCase):
    def check_order(self, history, steps):
        place = {revision: number for number, revision in enumerate(steps)}
        for revision in steps:
            for parent in history.parents(revision):
                self.assertLess(place[parent], place[revision], f"{parent} before {revision}")

    def check_drawn(self, history):
        drawn = history.run("history", "--graph")
        for line in drawn.splitlines():
            self.assertLessEqual(len(line), COLUMNS, line)
        for revision in history.revisions:
            self.assertIn(revision, drawn)

    def check_history(self, path, directory):
        history = History(directory, json.loads(path.read_text(encoding="utf-8")))
        heads = [each["revision"] for each in history.document("heads")["revisions"]]
        self.assertEqual(sorted(heads), history.heads())
        self.check_drawn(history)

        history.run("upgrade", "heads")
        applied = history.trace()
        self.assertEqual(sorted(applied), sorted(history.revisions))
        self.check_order(history, applied)
        self.assertEqual(history.document("upgrade", "heads")["steps"], [])

        reverted = history.document("downgrade", "base")
        self.assertEqual(history.trace(), [])
        self.assertEqual(reverted["rows"], [])
        self.check_order(history, [step["revision"] for step in reverted["steps"]][::-1])

    def test_every_history(self):
        paths = sorted(find("real/histories").glob("*.json"))
        self.assertTrue(paths)
        for path in paths:
            with self.subTest(path.stem), tempfile.TemporaryDirectory(dir=scratch()) as directory:
                self.check_history(path, directory)


if __name__ == "__main__":
    find("real/histories")
    unittest.main()
