#!/usr/bin/env python3
"""Faults on a PostgreSQL server, through the real binary: the program killed, its server process
terminated, the connection cut and answers swallowed at every statement; a restart, locks, rights
and limits in the way. After each the next run must complete the work, and nothing may be applied
twice or left half built.

    ORMDB_TEST_POSTGRESQL_URL=… ORMDB=build/dev/ormdb tests/fault/postgresql_fault_test.py
"""

import concurrent.futures
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
# pylint: disable=wrong-import-position
from postgresql_history import BASE, ROWS, SCRIPTS, SHORT, TABLES, History  # noqa: E402
from postgresql_live import (URL, Scratch, Session, skip_without_server, until,  # noqa: E402
                             with_database, with_port, with_user)
from postgresql_proxy import Harm, Proxy  # noqa: E402

WORKERS = 3  # of a class that repeats a history


class Case(unittest.TestCase):
    def history(self, scripts=None, **options):
        database = Scratch()
        self.addCleanup(database.drop)
        history = History(database, scripts, **options)
        self.addCleanup(history.close)
        return history

    def done(self, ran, code=0):
        self.assertEqual(ran.code, code, str(ran))
        return ran

    def tells(self, ran, *words):
        for word in words:
            self.assertIn(word, ran.err, str(ran))


class Interrupted(Case):
    """The same history again and again, interrupted in another way each time."""

    def begin(self, scripts):
        histories = [self.history(scripts) for _ in range(WORKERS)]
        self.free = list(histories)
        self.done(histories[0].run("upgrade"))
        self.state, self.log = histories[0].state(), histories[0].log()
        histories[0].clear()

    def each(self, attempt, faults):
        """Runs `attempt(history, fault)` for all; returns the results in order."""
        def one(fault):
            history = self.free.pop()
            try:
                return attempt(history, fault)
            finally:
                history.clear()
                self.free.append(history)
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(one, faults))

    def finish(self, history, where):
        again = history.run("upgrade")
        self.assertEqual(again.code, 0, f"{where}: {again}")
        self.assertEqual(history.state(), self.state, where)
        self.assertEqual(history.log(), self.log, where)


class Killed(Interrupted):
    def killed(self, history, fault):
        ran = history.run("upgrade", fault=fault)
        self.assertIn(ran.code, (0, -signal.SIGKILL), f"{fault}: {ran}")
        self.finish(history, fault)
        return ran.code != 0

    def killed_at_all(self, mode):
        statements = 0
        while all(self.each(self.killed, [f"{mode}:{statements + n}" for n in range(1, 7)])):
            statements += 6
        return statements

    def test_killed_before_every_statement_the_next_run_completes_it(self):
        self.begin(SCRIPTS[:3])
        self.assertGreater(self.killed_at_all("before"), 23)

    def test_killed_after_every_statement_the_next_run_completes_it(self):
        self.begin(SHORT)
        self.assertGreater(self.killed_at_all("after"), 15)
        fired = self.each(self.killed, [f"log:{n}" for n in range(12, 18)])
        self.assertGreater(sum(fired), 2)

    def test_killed_before_every_statement_of_a_downgrade(self):
        self.begin(SCRIPTS)
        def down(history, fault):
            self.done(history.run("upgrade"))
            ran = history.run("downgrade", "base", fault=fault)
            self.assertIn(ran.code, (0, -signal.SIGKILL), f"{fault}: {ran}")
            self.done(history.run("downgrade", "base"))
            return "".join(history.state()), ran.code
        numbers = range(1, 30, 4)
        found = self.each(down, [f"after:{n}" for n in numbers])
        self.assertEqual(len({state for state, _ in found}), 1)
        self.assertGreater(sum(code != 0 for _, code in found), 4)


class Harmed(Interrupted):
    def harmed(self, history, harm):
        with Proxy(harm=harm) as proxy:
            url = with_database(with_port(URL, proxy.port), history.database.name)
            ran = history.run("upgrade", url=url)
            where = f"{harm.mode} at {proxy.fired[:300]}"
            self.assertIn(ran.code, (0, 5), f"{where}: {ran}")
            if ran.code:
                self.assertIn("the connection to the server was lost", ran.err, where)
            self.finish(history, where)
            return proxy.fired, ran.code

    def at_every_statement(self, mode):
        """The statements at which it fired, and the exit codes."""
        self.begin(SHORT)
        found, number = [], 1
        while True:
            found += self.each(self.harmed, [Harm(mode, number + n) for n in range(6)])
            if not found[-1][0]:
                found = [each for each in found if each[0]]
                self.assertGreater(len(found), 25)
                return found
            number += 6

    def test_the_server_process_is_terminated_before_every_statement(self):
        found = self.at_every_statement(Harm.TERMINATE)
        self.assertEqual({code for statement, code in found
                          if "unlock" not in statement and statement != "COMMIT"}, {5})

    def test_the_answer_to_every_statement_is_swallowed(self):
        found = self.at_every_statement(Harm.SWALLOW)
        # What became of a COMMIT is asked over a new connection, and the run goes on.
        self.assertEqual({code for statement, code in found if statement == "COMMIT"}, {0})
        self.assertEqual({code for statement, code in found if statement.startswith("CREATE")}, {5})

    def test_the_connection_ends_while_the_catalogs_are_read(self):
        self.begin(SHORT)
        faults = [Harm(mode, fits=fits) for fits in ("pg_attribute", "to_regclass", "ROLLBACK")
                  for mode in (Harm.CUT, Harm.TERMINATE, Harm.TERMINATE_AFTER)]
        self.assertTrue(all(fired for fired, _ in self.each(self.harmed, faults)))


class LostAtCommit(Case):
    """The last COMMIT of d4, behind which everything is done."""

    def upgrade(self, history, harm):
        with Proxy(harm=harm) as proxy:
            url = with_database(with_port(URL, proxy.port), history.database.name)
            ran = history.run("upgrade", url=url)
            self.assertTrue(proxy.fired)
            return ran

    def test_committed_is_found_out_and_the_run_goes_on(self):
        history = self.history(SCRIPTS)
        self.done(self.upgrade(history, Harm(Harm.SWALLOW, fits="^COMMIT")))
        self.assertEqual([rev for rev, _ in history.log()], ["a1", "b2", "c3", "d4", "e5"])

    def test_rolled_back_is_found_out_and_told(self):
        history = self.history([TABLES])
        ran = self.done(self.upgrade(history, Harm(Harm.CUT, fits="^COMMIT")), 5)
        self.tells(ran, "revision a1", "rolled back, nothing of it was applied")
        self.assertEqual(history.state(), [])

    def test_unknown_is_told_with_the_command_that_finds_out(self):
        history = self.history([TABLES])
        ran = self.done(self.upgrade(history, Harm(Harm.FORGET, fits="^COMMIT")), 5)
        self.tells(ran, "unknown", "revision a1", "ormdb status")
        self.assertIn("at: a1", history.run("status").out)
        self.done(history.run("upgrade"))

    def test_the_same_for_a_run_in_one_transaction(self):
        history = self.history([TABLES, ROWS], config="transaction: per_run\n")
        ran = self.done(self.upgrade(history, Harm(Harm.CUT, fits="^COMMIT")), 5)
        self.tells(ran, "rolled back, nothing of it was applied")
        self.assertEqual(history.state(), [])
        self.done(self.upgrade(history, Harm(Harm.SWALLOW, fits="^COMMIT")))
        self.assertEqual(len(history.log()), 2)


class Concurrent(Case):
    """Indexes that are built CONCURRENTLY (d4), and what a cut-off build leaves."""

    def prepared(self):
        history = self.history(SHORT)
        self.done(history.run("upgrade", "b2"))
        return history

    def indexes(self, history):
        return sorted(history.database.sql("SELECT indexrelid::regclass::text, indisvalid "
                                           "FROM pg_index WHERE indrelid = 'post'::regclass"))

    def completed(self, history):
        self.done(history.run("upgrade"))
        self.assertEqual(self.indexes(history), [("ix_post_slug", "t"), ("ix_post_title", "t")])

    def until_building(self, history):
        until(lambda: history.database.sql(
            "SELECT pid FROM pg_stat_activity WHERE query LIKE 'CREATE%INDEX CONCURRENTLY%' "
            "AND datname = current_database() AND wait_event_type = 'Lock'"))

    def test_killed_while_the_index_waits_for_a_writer(self):
        history = self.prepared()
        with Session(history.database.url) as writer:
            writer("BEGIN; INSERT INTO post VALUES ('w', 'w')")
            process = history.start("upgrade")
            self.until_building(history)
            process.kill()
            self.assertEqual(history.end(process).code, -signal.SIGKILL)
            # The server process has not noticed: it still has the lock of the run.
            ran = self.done(history.run("upgrade", "--run-lock-timeout", "100ms"), 75)
            self.tells(ran, "another ormdb run holds", "pid ", "CREATE UNIQUE INDEX CONCURRENTLY")
        self.completed(history)

    def test_terminated_while_the_index_waits_for_a_writer(self):
        history = self.prepared()
        with Session(history.database.url) as writer:
            writer("BEGIN; INSERT INTO post VALUES ('w', 'w')")
            process = history.start("upgrade")
            self.until_building(history)
            history.database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                                 "query LIKE 'CREATE%' AND datname = current_database()")
            ran = self.done(history.end(process), 5)
            self.tells(ran, "the connection to the server was lost", "revision d4")
        self.assertEqual(self.indexes(history), [("ix_post_slug", "f")])
        self.assertIn("half-applied: upgrade of d4, 1 of 6", history.run("status").out)
        self.completed(history)

    def test_an_index_that_cannot_be_unique_goes_and_is_built_when_it_can(self):
        history = self.prepared()
        history.database.sql("INSERT INTO post VALUES ('a', 'x'), ('b', 'x')")
        ran = self.done(history.run("upgrade"), 5)
        self.tells(ran, "Key (slug)=(x) is duplicated", "23505", "part 1 of this revision stays")
        self.assertEqual(self.indexes(history), [])
        history.database.sql("DELETE FROM post WHERE title = 'b'")
        self.completed(history)

    def test_a_writer_in_the_way_is_named_and_waited_for(self):
        history = self.prepared()
        with Session(history.database.url + "?application_name=importer") as writer:
            writer("BEGIN; INSERT INTO post VALUES ('w', 'w')")
            process = history.start("upgrade", "--lock-timeout", "100ms")
            time.sleep(1)
            writer("COMMIT")
        ran = self.done(history.end(process))
        self.tells(ran, "warning:", "post is in use by pid", "importer", "trying again")
        self.completed(history)

    def test_a_concurrent_index_waits_longer_than_others(self):
        history = self.history(SHORT, config="lock_timeout: 100ms\n")
        self.done(history.run("upgrade", "b2"))
        with Session(history.database.url) as writer:
            writer("BEGIN; INSERT INTO post VALUES ('w', 'w')")
            process = history.start("upgrade")
            time.sleep(1.5)
            writer("COMMIT")
        ran = self.done(history.end(process))
        self.assertNotIn("trying again", ran.err)
        self.completed(history)

    def test_an_old_snapshot_in_the_way_is_named(self):
        history = self.prepared()
        with Session(history.database.url + "?application_name=report") as reader:
            reader("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM author")
            ran = self.done(history.run("upgrade", "--no-wait"), 75)
            self.tells(ran, "an older snapshot is held by pid", "report", "idle in transaction")
        self.completed(history)

    def test_eight_upgrades_at_once_apply_each_revision_once(self):
        history = self.history(SCRIPTS)
        runs = [history.start("upgrade") for _ in range(8)]
        for process in runs:
            self.done(history.end(process))
        self.assertEqual([rev for rev, _ in history.log()], ["a1", "b2", "c3", "d4", "e5"])
        steps = [step for (step,) in history.database.sql("SELECT * FROM trace")]
        self.assertEqual(steps, ["a1", "b2", "c3", "d4 first", "d4 second", "e5"])
        self.assertEqual(self.indexes(history)[:2],
                         [("ix_post_slug", "t"), ("ix_post_title", "t")])

    def test_a_limit_on_temporary_files_is_told_and_nothing_is_left(self):
        table = "CREATE TABLE t AS SELECT md5(i::text) AS a FROM generate_series(1, 60000) AS i"
        index = "{name: ix_t, table: t, columns: [a]}"
        history = self.history([TABLES, ("b2", "big", f"""upgrade:
  - execute: {table}
  - create_index: {index}
downgrade: []
""")])
        name = history.database.name
        history.database.maintain(f"ALTER DATABASE {name} SET temp_file_limit = '64kB'",
                                  f"ALTER DATABASE {name} SET maintenance_work_mem = '1MB'")
        ran = self.done(history.run("upgrade"), 5)
        self.tells(ran, "temporary file size exceeds temp_file_limit", "53400", "b2.yaml:9")
        self.assertEqual(history.database.sql("SELECT to_regclass('t')"), [(None,)])
        with open(history.script_path("b2"), "a+", encoding="utf-8") as file:
            file.seek(0)
            text = file.read().replace(index, index + "\n    transaction: false")
            file.truncate(0)
            file.write(text)
        self.done(history.run("upgrade"), 5)
        count = "SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass AND indisvalid = "
        self.assertEqual(history.database.sql(count + "false"), [("0",)])
        history.database.maintain(f"ALTER DATABASE {name} RESET temp_file_limit")
        self.done(history.run("upgrade"))
        self.assertEqual(history.database.sql(count + "true"), [("1",)])


class InTheWay(Case):
    def test_a_table_in_use_is_waited_for_then_its_user_is_named(self):
        history = self.history(SCRIPTS)
        self.done(history.run("upgrade", "b2"))
        with Session(history.database.url + "?application_name=psql_of_ann") as idle:
            idle("BEGIN; SELECT title FROM post")
            (pid,), = idle("SELECT pg_backend_pid()")
            begun = time.monotonic()
            ran = self.done(history.run("upgrade", "--lock-timeout", "50ms"), 75)
            self.assertGreater(time.monotonic() - begun, 0.5 + 1 + 2 + 4 * 0.05)
            self.assertEqual(ran.err.count("trying again"), 3)
            self.tells(ran, f"pid {pid}", "user postgres", "psql_of_ann", "idle in transaction for",
                       "SELECT pg_backend_pid()", "post", "c3.yaml:8", "55P03",
                       f"pg_terminate_backend({pid})")
            begun = time.monotonic()
            ran = self.done(history.run("upgrade", "--no-wait"), 75)
            self.assertNotIn("trying again", ran.err)
            self.assertLess(time.monotonic() - begun, 3)
            error = json.loads(history.run("upgrade", "--no-wait", "--json").out)["error"]
            self.assertEqual((error["kind"], error["revision"]), ("locked", "c3"))
            process = history.start("upgrade", "--lock-timeout", "50ms")
            time.sleep(0.5)
            idle("ROLLBACK")
            self.done(history.end(process))
        self.assertEqual(len(history.log()), 5)

    def test_the_first_revision_of_all_is_tried_again(self):
        history = self.history([("a1", "first", """upgrade:
  - execute: ALTER TABLE there ADD COLUMN b integer
downgrade: []
""")], config="transaction: per_run\n")
        history.database.sql("CREATE TABLE there (a integer); CREATE TABLE ormdb_version "
                             "(version_num varchar(64) PRIMARY KEY)")
        for transaction in ("transaction: per_run\n", ""):
            history.configure(transaction)
            with Session(history.database.url) as idle:
                idle("BEGIN; SELECT * FROM there")
                process = history.start("upgrade", "--lock-timeout", "50ms")
                time.sleep(0.6)
                idle("ROLLBACK")
            self.done(history.end(process))
            history.database.sql("DROP TABLE ormdb_log; DELETE FROM ormdb_version; "
                                 "ALTER TABLE there DROP COLUMN b")

    def test_another_run_is_waited_for_then_named(self):
        history = self.history(SHORT)
        with Session(history.database.url + "?application_name=ormdb") as other:
            other("SELECT pg_advisory_lock(8030601363470841198)")  # kRunLockKey of lock.h
            begun = time.monotonic()
            ran = self.done(history.run("upgrade", "--run-lock-timeout", "300ms"), 75)
            self.assertGreater(time.monotonic() - begun, 0.3)
            self.tells(ran, "another ormdb run holds", "pid ", "user postgres", "idle for")
            self.done(history.run("upgrade", "--no-wait"), 75)
            self.assertIn("locked by: pid", history.run("status").out)
            self.assertIn("pid", json.loads(history.run("status", "--json").out)["locked_by"])
        self.done(history.run("upgrade"))
        self.assertIsNone(json.loads(history.run("status", "--json").out)["locked_by"])

    def test_a_role_without_the_right_to_create(self):
        role = f"ormdb_plain_{os.getpid()}"
        history = self.history(SCRIPTS)
        history.database.maintain(f"CREATE ROLE {role} LOGIN")
        self.addCleanup(history.database.maintain, f"DROP ROLE {role}")
        self.addCleanup(history.database.sql, f"DROP OWNED BY {role}")
        url = with_user(history.database.url, role)
        ran = self.done(history.run("upgrade", url=url), 5)
        self.tells(ran, "permission denied for schema public", "42501",
                   "upgrade of revision a1", "role")
        history.database.sql(f"GRANT CREATE ON SCHEMA public TO {role}")
        self.done(history.run("upgrade", "a1", url=url))
        history.database.sql(f"REVOKE CREATE ON SCHEMA public FROM {role}")
        before = history.state()
        ran = self.done(history.run("upgrade", url=url), 5)
        self.tells(ran, "permission denied for schema public", "b2.yaml:8", "CREATE TYPE mood")
        self.assertEqual(history.state(), before)

    def test_a_failing_statement_takes_its_script_with_it_and_is_shown(self):
        history = self.history([TABLES, ("b2", "bad", """upgrade:
  - create_table: {table: t, columns: {a: {type: integer, unique: true}}}
  - execute: INSERT INTO t VALUES (1)
  - execute: INSERT INTO t VALUES (1)
  - execute: INSERT INTO trace VALUES ('never')
downgrade: []
""")])
        self.done(history.run("upgrade", "a1"))
        before = history.state()
        ran = self.done(history.run("upgrade"), 5)
        self.tells(ran, "b2.yaml:10", "statement 3", "INSERT INTO t VALUES (1)", "23505",
                   "duplicate key value", "Key (a)=(1) already exists", "hint: ")
        self.assertEqual(history.state(), before)
        self.done(history.run("upgrade", "--dry-run"), 5)
        self.assertEqual(history.state(), before)

    def test_the_place_in_the_statement_is_marked(self):
        history = self.history([TABLES, ("b2", "bad", """upgrade:
  - execute: |
      SELECT
        'ä', lenth(name)
        FROM author
downgrade: []
""")])
        ran = self.done(history.run("upgrade"), 5)
        self.tells(ran, "      'ä', lenth(name)\n           ^\n", "line 2, column 8", "42883",
                   "nothing of this revision was applied; No function matches",
                   "explicit type casts; applied before by the same run, and kept: a1")


class Runs(Case):
    def test_an_edited_script_and_an_unknown_row_are_conflicts(self):
        history = self.history(SCRIPTS)
        self.done(history.run("upgrade", "c3"))
        with open(history.script_path("b2"), "r+", encoding="utf-8") as file:
            text = file.read().replace("name: bob", "name: bil")
            file.seek(0)
            file.write(text)
        self.tells(self.done(history.run("upgrade"), 6), "b2", "--allow-edited")
        self.done(history.run("upgrade", "--allow-edited"))
        history.database.sql("UPDATE ormdb_version SET version_num = 'nobody'")
        self.tells(self.done(history.run("upgrade"), 6), "nobody", "stamp --purge")

    def test_a_run_in_one_transaction(self):
        scripts = [TABLES, ROWS, ("c3", "bad", """upgrade:
  - execute: INSERT INTO nowhere VALUES (1)
downgrade: []
""")]
        history = self.history(scripts, config="transaction: per_run\n")
        self.tells(self.done(history.run("upgrade"), 5), "nowhere", "c3.yaml:8")
        self.assertEqual(history.state(), [])
        self.done(history.run("upgrade", "b2"))
        self.assertEqual(len(history.log()), 2)
        (count,), = history.database.sql("SELECT count(DISTINCT xmin::text) FROM ormdb_log")
        self.assertEqual(count, "1")
        history.write(SCRIPTS)
        ran = self.done(history.run("upgrade"), 4)
        self.tells(ran, "transaction: per_run", "d4", "a step outside a transaction")

    def test_a_dry_run_changes_nothing(self):
        raw = ("d4", "raw", """upgrade:
  - execute: CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'
  - add_column: {table: post, column: {name: note, type: text, nullable: true}}
downgrade: []
""")
        history = self.history(SCRIPTS[:3] + [raw])
        ran = self.done(history.run("upgrade", "--dry-run"))
        self.assertIn("dry run: rolled back", ran.out)
        self.assertEqual(history.state(), [])

    def test_a_new_enum_value_is_used_in_the_same_run(self):
        add = "  - alter_enum: {name: mood, from: [sad, ok], to: [sad, ok, glad]}\n"
        use = "  - execute: UPDATE author SET mood = 'glad' WHERE id = 2\n"
        together = [BASE, ("c3", "both", f"upgrade:\n{add}{use}downgrade: []\n")]
        apart = [BASE, ("c3", "add", f"upgrade:\n{add}downgrade: []\n"),
                 ("d4", "use", f"upgrade:\n{use}downgrade: []\n")]
        for scripts in (together, apart):
            history = self.history(scripts)
            self.done(history.run("upgrade"))
            self.assertEqual(history.database.sql("SELECT mood FROM author"), [("glad",)])
        history = self.history(apart, config="transaction: per_run\n")
        self.tells(self.done(history.run("upgrade"), 4), "cannot run revision d4",
                   "'glad' of enum mood", "revision c3", "hint: nothing was applied",
                   "run `ormdb upgrade c3` first")
        self.assertEqual(history.state(), [])
        self.done(history.run("upgrade", "c3"))
        self.done(history.run("upgrade"))
        self.assertEqual(history.database.sql("SELECT mood FROM author"), [("glad",)])
        # Another 'glad' is no value of the enum, and a value may be used that the run's type has.
        other = [BASE, ("c3", "add", f"upgrade:\n{add}downgrade: []\n"),
                 ("d4", "use", "upgrade:\n  - execute: INSERT INTO trace VALUES ('glad')\n"
                               "downgrade: []\n")]
        self.done(self.history(other, config="transaction: per_run\n").run("upgrade"))


class Restarted(Case):
    """On a server of its own, stopped and started at a known statement."""

    SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                          "../../scripts/live_servers.sh")

    def servers(self, action):
        done = subprocess.run([self.SCRIPT, action, self.directory], capture_output=True, text=True,
                              check=True)
        return done.stdout.partition("POSTGRESQL_URL=")[2].split("\n")[0]

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="ormdb-restart-")
        self.addCleanup(self.servers, "stop")
        self.url = self.servers("start-postgresql")

    def restart(self):
        with open(self.directory + "/postgresql/postmaster.pid", encoding="utf-8") as file:
            pid = int(file.readline())
        os.kill(pid, signal.SIGQUIT)  # ends at once, as a crash does
        until(lambda: not os.path.exists(f"/proc/{pid}"))
        self.url = self.servers("start-postgresql")
        self.proxy.lead_to(self.url)

    def run_with_restart_at(self, fits):
        database = Scratch(self.url)
        history = History(database, SCRIPTS)
        self.addCleanup(history.close)
        with Proxy(self.url, Harm(self.restart, fits=fits)) as self.proxy:
            ran = history.run("upgrade", url=with_database(with_port(self.url, self.proxy.port),
                                                           database.name))
        database.url = with_database(self.url, database.name)
        self.tells(self.done(ran, 5), "the connection to the server was lost", "revision")
        self.done(history.run("upgrade", url=database.url))
        steps = [step for (step,) in database.sql("SELECT * FROM trace")]
        self.assertEqual(steps, ["a1", "b2", "c3", "d4 first", "d4 second", "e5"])
        self.assertEqual(database.sql("SELECT 1 FROM pg_index WHERE NOT indisvalid"), [])

    def test_the_next_run_completes_what_a_restart_cut_off(self):
        for fits in ("ADD COLUMN slug", "CREATE INDEX CONCURRENTLY"):
            self.run_with_restart_at(fits)


def run_class(case):
    """Whether all its tests pass; what they say comes out in one piece."""
    text = io.StringIO()
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(case)
    result = unittest.TextTestRunner(stream=text).run(suite)
    print(f"{case.__name__}: {text.getvalue()}", file=sys.stderr, flush=True)
    return result.wasSuccessful()


def main():
    """The classes at the same time, as most of it is waiting; with words as unittest has it."""
    skip_without_server()
    if len(sys.argv) > 1:
        unittest.main()
    classes = [Killed, Harmed, LostAtCommit, Concurrent, InTheWay, Runs, Restarted]
    with concurrent.futures.ThreadPoolExecutor(len(classes)) as pool:
        return 0 if all(list(pool.map(run_class, classes))) else 1


if __name__ == "__main__":
    sys.exit(main())
