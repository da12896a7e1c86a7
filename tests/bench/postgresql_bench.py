#!/usr/bin/env python3
"""Benchmarks of the ormdb binary on a PostgreSQL server, as ratios taken in one run.

    postgresql_bench.py ORMDB [--server URL] [--runs 5] [--tables 1000,5000] [--revisions 1000]

--server: a URL without a database name; default $ORMDB_TEST_POSTGRESQL_URL. A scratch database of
its own is made there, and dropped in the end. The role must be a superuser: the catalog queries are
what the server, told so by PGOPTIONS, logs to its client while one `check` runs.

`check` without a difference against reading the models alone and against psql running the same
catalog queries; `upgrade` of many revisions against psql running what `upgrade --sql` prints.
Prints a table; a timing is never a test's assertion.
"""
import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

from bench import models, operations, pairs, timed, SCRIPT

class Server:
    def __init__(self, url):
        self.url = url.rstrip("/")
        self.name = "ormdb_bench_%d" % os.getpid()
        self.database = "%s/%s" % (self.url, self.name)

    def psql(self, database, *commands):
        command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "%s/%s" % (self.url, database)]
        for text in commands:
            command += ["-c", text]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        return done.stdout + done.stderr

    def fresh(self):
        self.psql("postgres", "DROP DATABASE IF EXISTS %s WITH (FORCE)" % self.name,
                  "CREATE DATABASE %s" % self.name)

    def drop(self):
        self.psql("postgres", "DROP DATABASE IF EXISTS %s WITH (FORCE)" % self.name)


def project(folder, server, tables=0, revisions=0):
    os.makedirs(folder + "/migrations/versions")
    with open(folder + "/ormdb.yaml", "w") as f:
        f.write("database: %s\nmodels: %s\nmigrations: migrations\n"
                % (server.database, "models.yaml" if tables else "[]"))
    for n in range(revisions):
        up, back = operations(n)
        with open("%s/migrations/versions/r%05d.yaml" % (folder, n), "w") as f:
            f.write(SCRIPT.format(n=n, down="null" if n == 0 else "r%05d" % (n - 1),
                                  up=up.rstrip(), back=back.rstrip()))
    if tables:
        with open(folder + "/models.yaml", "w") as f:
            f.write(models(tables))


def catalog_queries(ormdb, folder):
    """What one `check` asks: `-v` prints the notices that the server logs to its client."""
    options = "-c log_statement=all -c client_min_messages=log"
    done = subprocess.run([ormdb, "-v", "check"], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, "PGOPTIONS": options})
    log = re.split(r"^PostgreSQL: ", done.stderr + done.stdout, flags=re.M)
    statements = [re.sub(r"^LOG:  statement: ", "", entry).strip() for entry in log
                  if entry.startswith("LOG:  statement: ")]
    begin = next(i for i, text in enumerate(statements) if text.startswith("BEGIN"))
    return [text.replace("\nNo differences: models and database are the same.", "")
            for text in statements[begin:]]


def bench_check(ormdb, runs, tables, place, server, report):
    folder = "%s/check%d" % (place, tables)
    server.fresh()
    project(folder, server, tables=tables)
    timed([ormdb, "-q", "migrate", "-m", "all"], folder)
    timed([ormdb, "-q", "upgrade"], folder)
    server.psql(server.name, "VACUUM ANALYZE")
    sql = place + "/queries.sql"
    with open(sql, "w") as f:
        f.write(";\n".join(catalog_queries(ormdb, folder)) + ";\n")
    psql = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-A", "-t", "-f", sql, server.database]
    own, other = pairs(lambda: timed([ormdb, "check"], folder), lambda: timed(psql, folder), runs)
    models_only = statistics.median(timed([ormdb, "diff", "models", "models"], folder)
                                    for _ in range(runs))
    report("check of %d tables of 12 columns / psql running its queries" % tables, own, other)
    report("  reading the models twice and comparing them (diff models models)", models_only, None)
    return own


def bench_upgrade(ormdb, runs, revisions, place, server, report):
    folder = place + "/upgrade"
    server.fresh()
    project(folder, server, revisions=revisions)
    sql = place + "/upgrade.sql"
    with open(sql, "w") as f:
        subprocess.run([ormdb, "upgrade", "--sql"], cwd=folder, stdout=f, check=True)

    def own():
        server.fresh()
        return timed([ormdb, "-q", "upgrade"], folder)

    def psql():
        server.fresh()
        return timed(["psql", "-X", "-q", "-f", sql, server.database], folder)
    report("upgrade of %d revisions / psql running its --sql" % revisions, *pairs(own, psql, runs))


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("ormdb")
    ap.add_argument("--server", default=os.environ.get("ORMDB_TEST_POSTGRESQL_URL"))
    ap.add_argument("--runs", type=int, default=5)
    ap.add_argument("--revisions", type=int, default=1000)
    ap.add_argument("--tables", default="1000,5000")
    o = ap.parse_args()
    if not o.server:
        sys.exit("skipped: neither --server nor ORMDB_TEST_POSTGRESQL_URL")
    ormdb = os.path.abspath(o.ormdb)
    server = Server(o.server)
    place = tempfile.mkdtemp(prefix="ormdb-bench-")

    def report(what, own, other):
        ratio = "" if other is None else "%8.2f x" % (own / other)
        reference = "" if other is None else "%9.4f s" % other
        print("%-74s %9.4f s %s %s" % (what, own, reference, ratio), flush=True)
    try:
        spent = [(int(t), bench_check(ormdb, o.runs, int(t), place, server, report))
                 for t in o.tables.split(",") if t]
        if len(spent) > 1:
            report("check: t(%d) / t(%d)" % (spent[-1][0], spent[0][0]), spent[-1][1], spent[0][1])
        if o.revisions:
            bench_upgrade(ormdb, o.runs, o.revisions, place, server, report)
    finally:
        server.drop()
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
