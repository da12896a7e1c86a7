#!/usr/bin/env python3
"""Benchmarks of the revision graph: heads, history, current and a last `upgrade` on long histories.

    graph_bench.py ORMDB [--runs 5] [--sizes 1000,10000] [--alembic 1000,5000]

Histories are linear, and with a merge every 20 revisions. Each command is set beside a C program
that reads the first 512 bytes of every script; --alembic runs the same through Debian's
python3-alembic (linear histories). Memory is the peak resident size of `history`.
Prints a table; a timing is never a test's assertion.
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ALEMBIC = ["/usr/bin/python3", "-m", "alembic"]
SCRIPT = """format: 1
revision: %s
down_revision: %s
message: step %d
created: 2026-01-01T00:00:00Z
---
upgrade: []
downgrade: []
"""
READER = r"""
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(int argc, char** argv) {
  if (argc < 2 || chdir(argv[1]) != 0) return 1;
  DIR* folder = opendir(".");
  char text[512];
  long sum = 0;
  for (struct dirent* entry; (entry = readdir(folder)) != NULL;) {
    int file = open(entry->d_name, O_RDONLY);
    sum += read(file, text, sizeof text);
    close(file);
  }
  printf("%ld\n", sum);
}
"""
CONFIG = """from alembic import context
from sqlalchemy import create_engine
with create_engine("sqlite:///site.db").connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


def revisions(size, merging):
    """(id, down_revision as YAML): a line, or a fork of two that meet again every 20."""
    previous = None
    n = 0
    while n < size:
        name = "r%05d" % n
        if merging and n % 20 == 18 and n + 2 < size:
            yield name, previous
            yield "r%05d" % (n + 1), previous
            yield "r%05d" % (n + 2), "[%s, r%05d]" % (name, n + 1)
            previous, n = "r%05d" % (n + 2), n + 3
            continue
        yield name, previous or "null"
        previous, n = name, n + 1


def project(folder, size, merging):
    os.makedirs(folder + "/migrations/versions")
    with open(folder + "/ormdb.yaml", "w") as f:
        f.write("database: sqlite:///site.db\nmodels: []\nmigrations: migrations\n")
    for n, (name, down) in enumerate(revisions(size, merging)):
        with open("%s/migrations/versions/%s.yaml" % (folder, name), "w") as f:
            f.write(SCRIPT % (name, down, n))
    return name


def alembic_project(folder, size):
    os.makedirs(folder + "/alembic/versions")
    with open(folder + "/alembic.ini", "w") as f:
        f.write("[alembic]\nscript_location = alembic\nsqlalchemy.url = sqlite:///site.db\n")
    with open(folder + "/alembic/env.py", "w") as f:
        f.write(CONFIG)
    for n in range(size):
        with open("%s/alembic/versions/r%05d.py" % (folder, n), "w") as f:
            f.write('"""step"""\nrevision = "r%05d"\ndown_revision = %r\ndef upgrade(): pass\n'
                    "def downgrade(): pass\n" % (n, "r%05d" % (n - 1) if n else None))


def timed(command, cwd):
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    spent = time.perf_counter() - begun
    if done.returncode:
        said = done.stderr.decode()[:500]
        sys.exit("%s: exit %d: %s" % (" ".join(command), done.returncode, said))
    return spent


def median(command, cwd, runs):
    return statistics.median(timed(command, cwd) for _ in range(runs))


def peak_memory(command, cwd):
    """Peak resident size in MB, of a child of its own."""
    code = ("import resource, subprocess, sys\n"
            "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    out = subprocess.run([sys.executable, "-c", code, *command], cwd=cwd, check=True,
                         capture_output=True, text=True).stdout
    return int(out) / 1024


def bench(ormdb, reader, folder, size, merging, runs):
    last = project(folder, size, merging)
    timed([ormdb, "-q", "stamp", last], folder)
    versions = folder + "/migrations/versions"
    reading = median([reader, versions], folder, runs)
    spent = {"reading": reading}
    for command in ("heads", "history", "current"):
        spent[command] = median([ormdb, command], folder, runs)
    with open(versions + "/zlast.yaml", "w") as f:
        f.write(SCRIPT % ("zlast", last, size))
    times = []
    for _ in range(runs):
        timed([ormdb, "-q", "stamp", last], folder)
        times.append(timed([ormdb, "-q", "upgrade", "+1"], folder))
    spent["upgrade +1"] = statistics.median(times)
    memory = peak_memory([ormdb, "history"], folder)
    what = "%d %s" % (size, "with merges" if merging else "linear")
    for command, seconds in spent.items():
        print("%-20s %-11s %8.4f s %7.2f x reading" % (what, command, seconds, seconds / reading))
    print("%-20s %-11s %8.1f MB" % (what, "memory", memory), flush=True)
    return spent


def bench_alembic(ormdb, folder, size, runs):
    project(folder + "/ours", size, False)
    alembic_project(folder + "/theirs", size)
    for command in ("heads", "history"):
        ours = median([ormdb, command], folder + "/ours", runs)
        theirs = median([*ALEMBIC, command], folder + "/theirs", 1)
        print("%-20s %-11s %8.4f s, Alembic %7.2f s, %.4f of it"
              % ("%d linear" % size, command, ours, theirs, ours / theirs), flush=True)


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("ormdb")
    ap.add_argument("--runs", type=int, default=5)
    ap.add_argument("--sizes", default="1000,10000")
    ap.add_argument("--alembic", default="", metavar="SIZES")
    o = ap.parse_args()
    ormdb = os.path.abspath(o.ormdb)
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    place = tempfile.mkdtemp(prefix="ormdb-graph-", dir=memory)
    try:
        reader = place + "/reader"
        subprocess.run(["cc", "-O2", "-x", "c", "-o", reader, "-"], input=READER.encode(),
                       check=True)
        for merging in (False, True):
            times = []
            for size in map(int, o.sizes.split(",")):
                folder = "%s/%d%d" % (place, size, merging)
                times.append(bench(ormdb, reader, folder, size, merging, o.runs))
            for command in times[0] if len(times) > 1 else ():
                ratio = times[-1][command] / times[0][command]
                print("%-32s last / first %6.2f" % (command, ratio))
        for size in map(int, filter(None, o.alembic.split(","))):
            bench_alembic(ormdb, "%s/a%d" % (place, size), size, 3)
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
