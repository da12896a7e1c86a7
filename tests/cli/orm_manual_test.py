#!/usr/bin/env python3
"""The program of ormdb-orm(7) compiles, runs and prints what the page says.

A comment line before a literal block of the page names the file that the block belongs to, in
order;
`output` is what the program prints next.
"""

import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["ORMDB_SOURCE_DIR"])
BUILD = pathlib.Path(os.environ["ORMDB_BUILD_DIR"])
PAGE = SOURCE / "man" / "ormdb-orm.7"
BLOCK = re.compile(r'^\.\\" (\S+)\n\.Bd -literal\n(.*?)^\.Ed$', re.M | re.S)


def blocks(page):
    """The text of each file, in the page's order."""
    files = {}
    for name, text in BLOCK.findall(page):
        files[name] = files.get(name, "") + text.replace("\\e", "\\").replace("\\&", "")
    return files


def cached(name):
    """Lines of the build's cache for a variable, "" where it has none."""
    text = (BUILD / "CMakeCache.txt").read_text()
    found = re.search(rf"^{name}:\w+=(.*)$", text, re.M)
    return found[1] if found else ""


def link_words():
    """What stands after the program's objects in a link of the library."""
    sanitize = cached("ORMDB_SANITIZE")
    library = [str(BUILD / "libormdb.a"), cached("ORMDB_YAML_ARCHIVE") or "-lyaml-cpp",
               "-lsqlite3", "-ldl", "-lpthread"]
    if cached("ORMDB_LINK_LIBPQ") == "ON":
        library.append("-lpq")
    return library + ([f"-fsanitize={sanitize}"] if sanitize else [])


class Manual(unittest.TestCase):
    def setUp(self):
        work = tempfile.TemporaryDirectory()
        self.addCleanup(work.cleanup)
        self.work = pathlib.Path(work.name)
        self.files = blocks(PAGE.read_text())

    def run_in_work(self, words):
        environment = {key: value for key, value in os.environ.items()
                       if key != "BLOG_DATABASE_URL"}
        run = subprocess.run(words, cwd=self.work, env=environment, capture_output=True, text=True,
                             timeout=300, check=False)
        self.assertEqual(run.returncode, 0, f"{shlex.join(words)}\n{run.stdout}{run.stderr}")
        return run.stdout

    def test_the_program_prints_what_the_page_says(self):
        expected = self.files.pop("output")
        self.assertIn("main.cc", self.files)
        for name, text in self.files.items():
            (self.work / name).write_text(text)
        sources = sorted(name for name in self.files if name.endswith(".cc"))
        self.run_in_work([cached("CMAKE_CXX_COMPILER") or "c++", "-std=c++20", "-Wall", "-Wextra",
                          "-Wpedantic", "-Werror", f"-I{SOURCE / 'include'}", *sources,
                          "-o", "blog", *link_words()])
        self.assertEqual(self.run_in_work(["./blog"]), expected)


if __name__ == "__main__":
    unittest.main()
