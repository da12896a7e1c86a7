"""Acceptance material that lies beside the source tree (../shared), where it is there at all."""

import os
import pathlib
import subprocess
import sys
import tempfile

ORMDB = os.path.abspath(os.environ.get("ORMDB", "ormdb"))
SOURCE = pathlib.Path(os.environ.get("ORMDB_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
SHARED = SOURCE.resolve().parent / "shared"


def find(name):
    """The path of a part of it; the test is skipped (exit code 0) when that is absent."""
    path = SHARED / name
    if not path.exists():
        print(f"skipped: there is no {path}")
        sys.exit(0)
    return path


def scratch():
    """Where thousands of small databases are made: in memory where possible, as syncing takes all
    the time otherwise."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()


def environment():
    """The tests' environment without what would lead the program elsewhere."""
    kept = {key: value for key, value in os.environ.items()
            if key != "DATABASE_URL" and not key.startswith("ORMDB_")}
    return {**kept, "TMPDIR": scratch()}


def run_check(program, *arguments):
    """Runs a checking program of the material, shows its output, and exits with its code."""
    command = [sys.executable, program, *arguments]
    sys.exit(subprocess.run(command, env=environment(), check=False).returncode)
