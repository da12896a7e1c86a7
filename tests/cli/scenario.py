"""What a scenario works with: a project in a directory of its own, and the real program."""

import json
import os
import re
import sqlite3
import subprocess
import tempfile

ORMDB = os.environ.get("ORMDB", "ormdb")

MODELS = """\
format: 1
tables:
  user:
    columns:
      id:       {type: integer, primary_key: true}
      username: {type: string(20), unique: true}
"""

POST = """\
  post:
    columns:
      id:      {type: integer, primary_key: true}
      title:   {type: string(100)}
      user_id: {type: integer, references: user.id, on_delete: cascade}
"""


class Ran:
    """One run of the program."""

    def __init__(self, words, code, out, err):
        self.words, self.code, self.out, self.err = words, code, out, err

    def __str__(self):
        return f"$ ormdb {' '.join(self.words)}\nexit {self.code}\n{self.out}{self.err}"


class Project:
    """A directory with ormdb.yaml; every run of the program is in it."""

    def __init__(self, directory):
        self.directory = directory

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def environment(self, extra):
        dropped = ("DATABASE_URL", "NO_COLOR", "COLUMNS")
        kept = {key: value for key, value in os.environ.items()
                if not key.startswith("ORMDB_") and key not in dropped}
        return {**kept, "EDITOR": "true", **extra}

    def run(self, *words, code=0, stdin="", directory=None, **environment):
        done = subprocess.run([ORMDB, *words], cwd=directory or self.directory, input=stdin,
                              timeout=60, env=self.environment(environment), capture_output=True,
                              text=True, check=False)
        ran = Ran(words, done.returncode, done.stdout, done.stderr)
        assert ran.code == code, f"exit {code} expected\n{ran}"
        return ran

    def json(self, *words, code=0, **environment):
        """The document; exactly one on standard output, and consistent with the exit code."""
        ran = self.run(*words, "--json", code=code, **environment)
        try:
            document = json.loads(ran.out)
        except ValueError as error:
            raise AssertionError(f"not one JSON document: {error}\n{ran}") from error
        assert document["ok"] is (code in (0, 1)), ran
        assert ("error" in document or "databases" in document) or document["ok"], ran
        return document

    def sql(self, statement, database="site.db"):
        connection = sqlite3.connect(self.path(database))
        try:
            with connection:
                return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def tables(self, database="site.db"):
        rows = self.sql("SELECT name FROM sqlite_master WHERE type = 'table'", database)
        return sorted(name for (name,) in rows if not name.startswith(("sqlite_", "ormdb_")))

    def script(self, revision, down, upgrade="", downgrade="", **header):
        """Writes a script with SQL sections."""
        lines = [f"-- ormdb revision: {revision}", f"-- ormdb down_revision: {down or 'null'}"]
        header.setdefault("message", f"make {revision}")
        lines += [f"-- ormdb {key}: {value}" for key, value in header.items()]
        lines += ["-- ormdb upgrade", upgrade, "-- ormdb downgrade", downgrade]
        self.write(f"migrations/versions/{revision}.sql", "\n".join(lines) + "\n")

    def chain(self, *revisions):
        """Scripts in a line; each makes a table of its name."""
        for down, revision in zip((None, *revisions), revisions):
            self.script(revision, down, f"CREATE TABLE t_{revision} (id INTEGER);",
                        f"DROP TABLE t_{revision};")


def new_project(models=MODELS):
    """A context manager: an initialised project."""
    return _Temporary(models)


class _Temporary:
    def __init__(self, models):
        self.models = models
        self.holder = tempfile.TemporaryDirectory(prefix="ormdb_scenario_")

    def __enter__(self):
        project = Project(self.holder.name)
        project.run("init")
        project.write("models.yaml", self.models)
        return project

    def __exit__(self, *_):
        self.holder.cleanup()


def contains(text, *parts):
    for part in parts:
        assert part in text, f"{part!r} is missing in\n{text}"


def matches(text, pattern):
    found = re.search(pattern, text, re.MULTILINE)
    assert found, f"{pattern!r} does not match\n{text}"
    return found


def equal(got, expected):
    assert got == expected, f"got\n{got}\nexpected\n{expected}"
