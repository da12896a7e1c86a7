#!/usr/bin/env python3
"""Benchmarks of the ormdb binary, as ratios taken in one run, since machines are noisy.

    bench.py ORMDB [--runs 5] [--revisions 1000] [--tables 1000,5000] [--alembic]

Start-up against the sqlite3 shell; `upgrade` of many revisions against the shell running what
`upgrade --sql` prints, in the same transactions; `check` without a difference; with --alembic
(Debian's python3-alembic) the same history through Alembic.
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

ALEMBIC = ["/usr/bin/python3", "-m", "alembic"]    # the system's Python has Debian's package
SCRIPT = """format: 1
revision: r{n:05d}
down_revision: {down}
message: step {n}
created: 2026-01-01T00:00:00Z
---
upgrade:
{up}
downgrade:
{back}
"""
MODEL = """  table_%05d:
    columns:
      id: {type: integer, primary_key: true}
      code: {type: string(20), unique: true}
      title: {type: string(100)}
      body: {type: text, nullable: true}
      amount: {type: 'numeric(10,2)', default: 0}
      ratio: {type: float, nullable: true}
      active: {type: boolean, default: true}
      made: {type: datetime, default: {sql: CURRENT_TIMESTAMP}}
      day: {type: date, nullable: true}
      data: {type: large_binary, nullable: true}
      rank: {type: big_integer, nullable: true}
      parent_id: {type: integer, nullable: true, references: table_%05d.id, on_delete: cascade}
    indexes:
      ix_table_%05d_title: {columns: [title desc]}
"""


def timed(command, cwd, stdin=None):
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, stdin=stdin, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE)
    spent = time.perf_counter() - begun
    if done.returncode:
        said = done.stderr.decode()[:500]
        sys.exit("%s: exit %d: %s" % (" ".join(command), done.returncode, said))
    return spent


def pairs(first, second, runs):
    """Medians of two measurements taken in turn."""
    a, b = [], []
    for _ in range(runs):
        a.append(first())
        b.append(second())
    return statistics.median(a), statistics.median(b)


def operations(n):
    """Each revision makes a table, adds a column or an index."""
    table = "t%05d" % (n - n % 3)
    if n % 3 == 0:
        body = ("  - {verb}:\n      table: %s\n      columns:\n"
                "        id: {{type: integer, primary_key: true}}\n"
                "        name: {{type: string(40)}}\n"
                "        made: {{type: datetime, nullable: true}}\n" % table)
        return body.format(verb="create_table"), body.format(verb="drop_table")
    if n % 3 == 1:
        body = ("  - {verb}: {{table: %s, column: {{name: note, type: text, nullable: true}}}}\n"
                % table)
        return body.format(verb="add_column"), body.format(verb="drop_column")
    body = "  - {verb}: {{name: ix_%s_name, table: %s, columns: [name]}}\n" % (table, table)
    return body.format(verb="create_index"), body.format(verb="drop_index")


def project(folder, revisions=0, tables=0):
    os.makedirs(folder + "/migrations/versions")
    with open(folder + "/ormdb.yaml", "w") as f:
        f.write("database: sqlite:///site.db\nmodels: %s\nmigrations: migrations\n"
                % ("models.yaml" if tables else "[]"))
    for n in range(revisions):
        up, back = operations(n)
        with open("%s/migrations/versions/r%05d.yaml" % (folder, n), "w") as f:
            f.write(SCRIPT.format(n=n, down="null" if n == 0 else "r%05d" % (n - 1),
                                  up=up.rstrip(), back=back.rstrip()))
    if tables:
        with open(folder + "/models.yaml", "w") as f:
            f.write(models(tables))


def models(tables):
    """Hand-written style: 12 columns, keys, uniques, indexes, foreign keys."""
    return "format: 1\ntables:\n" + "".join(MODEL % (t, t // 2, t) for t in range(tables))


def bench_start(ormdb, runs, place, report):
    folder = place + "/start"
    project(folder, revisions=3)
    timed([ormdb, "upgrade"], folder)
    shell = ["sqlite3", ":memory:", "select 1"]
    many = 20

    def repeat(command):
        return lambda: statistics.median(timed(command, folder) for _ in range(many))
    for name, command in (("--version", [ormdb, "--version"]), ("current", [ormdb, "current"])):
        own, floor = pairs(repeat(command), repeat(shell), runs)
        report("start-up: ormdb %s / sqlite3 :memory: 'select 1'" % name, own, floor)


def bench_upgrade(ormdb, runs, revisions, place, report):
    folder = place + "/upgrade"
    project(folder, revisions=revisions)
    sql = place + "/upgrade.sql"
    with open(sql, "w") as f:
        subprocess.run([ormdb, "upgrade", "--sql"], cwd=folder, stdout=f, check=True)

    def fresh(name):
        path = folder + "/" + name
        if os.path.exists(path):
            os.unlink(path)

    def own():
        fresh("site.db")
        return timed([ormdb, "-q", "upgrade"], folder)

    def shell():
        fresh("shell.db")
        with open(sql) as f:
            return timed(["sqlite3", folder + "/shell.db"], folder, stdin=f)
    report("upgrade of %d revisions / sqlite3 shell running its --sql" % revisions,
           *pairs(own, shell, runs))
    return folder


def bench_alembic(ormdb, runs, revisions, place, report):
    folder = place + "/alembic"
    os.makedirs(folder + "/versions")
    with open(folder + "/alembic.ini", "w") as f:
        f.write("[alembic]\nscript_location = .\nsqlalchemy.url = sqlite:///site.db\n")
    with open(folder + "/env.py", "w") as f:
        f.write("from alembic import context\nfrom sqlalchemy import create_engine\n"
                "e = create_engine(context.config.get_main_option('sqlalchemy.url'))\n"
                "with e.connect() as c:\n    context.configure(connection=c)\n"
                "    with context.begin_transaction(): context.run_migrations()\n")
    for n in range(revisions):
        t = "t%05d" % (n - n % 3)
        up = ["op.create_table('%s', sa.Column('id', sa.Integer, primary_key=True), "
              "sa.Column('name', sa.String(40), nullable=False), "
              "sa.Column('made', sa.DateTime))" % t,
              "op.add_column('%s', sa.Column('note', sa.Text))" % t,
              "op.create_index('ix_%s_name', '%s', ['name'])" % (t, t)][n % 3]
        with open(folder + "/versions/r%05d.py" % n, "w") as f:
            f.write("from alembic import op\nimport sqlalchemy as sa\nrevision = 'r%05d'\n"
                    "down_revision = %r\ndef upgrade(): %s\ndef downgrade(): pass\n"
                    % (n, "r%05d" % (n - 1) if n else None, up))
    own_folder = place + "/upgrade"

    def remove(path):
        if os.path.exists(path):
            os.unlink(path)

    def own():
        remove(own_folder + "/site.db")
        return timed([ormdb, "-q", "upgrade"], own_folder)

    def alembic():
        remove(folder + "/site.db")
        return timed([*ALEMBIC, "upgrade", "head"], folder)
    half = max(1, runs // 2)
    report("upgrade of %d revisions: ormdb / Alembic" % revisions, *pairs(own, alembic, half))
    report("current at %d revisions: ormdb / Alembic" % revisions,
           *pairs(lambda: timed([ormdb, "current"], own_folder),
                  lambda: timed([*ALEMBIC, "current"], folder), half))


def bench_check(ormdb, runs, tables, place, report):
    folder = "%s/check%d" % (place, tables)
    project(folder, tables=tables)
    timed([ormdb, "-q", "migrate", "-m", "all"], folder)
    timed([ormdb, "-q", "upgrade"], folder)
    spent = statistics.median(timed([ormdb, "check"], folder) for _ in range(runs))
    report("check of %d tables of 12 columns, no difference" % tables, spent, None)
    return spent


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    ap.add_argument("ormdb")
    ap.add_argument("--runs", type=int, default=5)
    ap.add_argument("--revisions", type=int, default=1000)
    ap.add_argument("--tables", default="1000,5000")
    ap.add_argument("--alembic", action="store_true")
    o = ap.parse_args()
    ormdb = os.path.abspath(o.ormdb)
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None
    place = tempfile.mkdtemp(prefix="ormdb-bench-", dir=memory)

    def report(what, own, other):
        ratio = "" if other is None else "%8.2f x" % (own / other)
        reference = "" if other is None else "%9.4f s" % other
        print("%-74s %9.4f s %s %s" % (what, own, reference, ratio), flush=True)
    try:
        bench_start(ormdb, o.runs, place, report)
        bench_upgrade(ormdb, o.runs, o.revisions, place, report)
        if o.alembic:
            bench_alembic(ormdb, o.runs, o.revisions, place, report)
        spent = [(int(t), bench_check(ormdb, o.runs, int(t), place, report))
                 for t in o.tables.split(",") if t]
        if len(spent) > 1:
            report("check: t(%d) / t(%d)" % (spent[-1][0], spent[0][0]), spent[-1][1], spent[0][1])
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
