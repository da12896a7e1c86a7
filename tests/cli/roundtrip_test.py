#!/usr/bin/env python3
"""Real schemas through inspect, migrate, upgrade, downgrade, and seeded changes of them: SQLite's
all, of PostgreSQL's some where $ORMDB_TEST_POSTGRESQL_URL names a server."""

import fcntl
import os
import pathlib
import subprocess
import sys
import tempfile

import shared_material

POSTGRESQL = os.environ.get("ORMDB_TEST_POSTGRESQL_URL")
POSTGRESQL_FILES = ["chinook.sql", "sakila.sql"]


def run(*arguments):
    command = [sys.executable, shared_material.find("real/roundtrip.py"), shared_material.ORMDB]
    return subprocess.run([*command, *arguments], env=shared_material.environment(),
                          check=False).returncode


def on_sqlite():
    files = sorted(shared_material.find("real/sqlite").glob("*.sql"))
    return run("sqlite", *files, "--mutations", "4")


def on_postgresql():
    """One at a time on a machine: the scratch databases have fixed names."""
    if not POSTGRESQL:
        print("skipped: ORMDB_TEST_POSTGRESQL_URL is not set")
        return 0
    folder = shared_material.find("real/postgresql")
    files = [folder / name for name in POSTGRESQL_FILES]
    with open(pathlib.Path(tempfile.gettempdir()) / "ormdb-roundtrip.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return run("postgresql", *files, "--server", POSTGRESQL, "--mutations", "2")


if __name__ == "__main__":
    sys.exit(on_sqlite() or on_postgresql())
