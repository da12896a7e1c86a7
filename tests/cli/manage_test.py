#!/usr/bin/env python3
"""The blog's models in C++ behind their own command line, against `ormdb` with models.yaml."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

ORMDB = os.environ["ORMDB"]
MANAGE = os.environ["ORMDB_BLOG_MANAGE"]
EXAMPLE = pathlib.Path(os.environ["ORMDB_SOURCE_DIR"]) / "migrations_example"
CREATED = re.compile(r"^created: .*$", re.MULTILINE)


class Manage(unittest.TestCase):
    def setUp(self):
        self.work = tempfile.TemporaryDirectory()
        self.addCleanup(self.work.cleanup)
        self.environment = {key: value for key, value in os.environ.items()
                            if key != "DATABASE_URL" and not key.startswith("ORMDB_")}

    def project(self, name, config):
        directory = pathlib.Path(self.work.name, name)
        (directory / "migrations/versions").mkdir(parents=True)
        (directory / "ormdb.yaml").write_text(config, encoding="utf-8")
        return directory

    def run_in(self, directory, program, *words, expected=0):
        run = subprocess.run([program, "--json", *words], cwd=directory, env=self.environment,
                             capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(run.returncode, expected, f"{words}: {run.stdout}{run.stderr}")
        return json.loads(run.stdout)

    def scripts(self, directory):
        paths = sorted((directory / "migrations/versions").iterdir())
        return [CREATED.sub("created: then", path.read_text(encoding="utf-8")) for path in paths]

    def test_both_write_the_same_script(self):
        for extra in ([], ["--sql-format"]):
            with self.subTest(extra):
                name = "sql" if extra else "yaml"
                yaml = self.project("of_" + name, "database: sqlite:///site.db\n"
                                                  "models: [models.yaml]\n")
                shutil.copy(EXAMPLE / "models.yaml", yaml)
                cpp = self.project("cpp_" + name, "database: sqlite:///site.db\n")
                words = ["migrate", "-m", "first", "--rev-id", "0123456789ab"]
                words += ["--format", "sql"] if extra else []
                self.run_in(yaml, ORMDB, *words)
                self.run_in(cpp, MANAGE, *words)
                self.assertEqual(len(self.scripts(cpp)), 1)
                self.assertEqual(self.scripts(cpp), self.scripts(yaml))

    def test_every_step_of_a_project_works(self):
        cpp = self.project("whole", "database: sqlite:///site.db\n")
        self.run_in(cpp, MANAGE, "migrate", "-m", "first")
        self.run_in(cpp, MANAGE, "check", expected=1)
        self.run_in(cpp, MANAGE, "upgrade")
        self.assertEqual(self.run_in(cpp, MANAGE, "check").get("operations", []), [])
        self.run_in(cpp, MANAGE, "downgrade", "base")
        self.assertEqual(self.run_in(cpp, MANAGE, "current")["revisions"], [])

    def test_the_example_is_up_to_date_for_them_too(self):
        blog = pathlib.Path(self.work.name, "blog")
        shutil.copytree(EXAMPLE, blog, ignore=shutil.ignore_patterns("*.db*"))
        config = (blog / "ormdb.yaml").read_text(encoding="utf-8")
        config = config.replace("models: [models.yaml]\n", "")
        (blog / "ormdb.yaml").write_text(config, encoding="utf-8")
        self.run_in(blog, MANAGE, "upgrade")
        self.assertEqual(self.run_in(blog, MANAGE, "check").get("operations", []), [])

    def test_files_say_what_the_program_does_not(self):
        cpp = self.project("views", "database: sqlite:///site.db\nmodels: [extra.yaml]\n")
        (cpp / "extra.yaml").write_text("format: 1\nviews:\n  recent: SELECT id FROM post\n",
                                        encoding="utf-8")
        self.run_in(cpp, MANAGE, "migrate", "-m", "first")
        self.assertIn("recent", self.scripts(cpp)[0])
        self.assertIn("student_course", self.scripts(cpp)[0])
        self.run_in(cpp, MANAGE, "upgrade")
        (cpp / "extra.yaml").write_text("format: 1\ntables:\n  user:\n    columns:\n"
                                        "      id: {type: integer, primary_key: true}\n",
                                        encoding="utf-8")
        error = self.run_in(cpp, MANAGE, "migrate", "-m", "again", expected=4)["error"]
        self.assertIn("declared twice, first in the program's models", error["message"])

    def test_models_without_a_database_are_an_error(self):
        cpp = self.project("other", "databases:\n  main:\n    database: sqlite:///site.db\n")
        (cpp / "migrations/main/versions").mkdir(parents=True)
        answer = self.run_in(cpp, MANAGE, "check", expected=4)
        error = answer.get("error") or answer["databases"][0]["error"]
        self.assertIn("models for the database 'default'", error["message"])


if __name__ == "__main__":
    unittest.main()
