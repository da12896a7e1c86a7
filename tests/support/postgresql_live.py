"""PostgreSQL for tests that run the built program: libpq through ctypes, and scratch databases.

The server is the one of ORMDB_TEST_POSTGRESQL_URL (scripts/live_servers.sh starts one); without it
skip_without_server() ends the test program with ctest's SKIP_RETURN_CODE.
"""

import contextlib
import ctypes
import ctypes.util
import itertools
import os
import sys
import time
from urllib.parse import urlsplit, urlunsplit

URL = os.environ.get("ORMDB_TEST_POSTGRESQL_URL", "")
POOLER_URL = os.environ.get("ORMDB_TEST_PGBOUNCER_URL", "")
SKIPPED = 77  # SKIP_RETURN_CODE in tests/CMakeLists.txt

_numbers = itertools.count(1)


def skip_without_server():
    if not URL:
        print("skipped: ORMDB_TEST_POSTGRESQL_URL is not set")
        sys.exit(SKIPPED)


def with_database(url, name):
    return urlunsplit(urlsplit(url)._replace(path="/" + name))


def with_port(url, port):
    parts = urlsplit(url)
    user = parts.netloc.rpartition("@")[0]
    return urlunsplit(parts._replace(netloc=(user + "@" if user else "") + f"127.0.0.1:{port}"))


def with_user(url, user):
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=user + "@" + parts.netloc.rpartition("@")[2]))


def until(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.02)


class SqlError(Exception):
    """What the server, or libpq, says."""


def _library():
    pq = ctypes.CDLL(ctypes.util.find_library("pq") or "libpq.so.5")
    for name in ("PQconnectdb", "PQexec"):
        getattr(pq, name).restype = ctypes.c_void_p
    for name in ("PQerrorMessage", "PQresultErrorMessage", "PQgetvalue"):
        getattr(pq, name).restype = ctypes.c_char_p
    return pq


class Session:
    """A connection. The result of a call is the rows as tuples of text, None for NULL."""

    _pq = None

    def __init__(self, url):
        Session._pq = Session._pq or _library()
        self._handle = ctypes.c_void_p(self._pq.PQconnectdb(url.encode()))
        if self._pq.PQstatus(self._handle) != 0:
            message = self._pq.PQerrorMessage(self._handle).decode()
            self.close()
            raise SqlError(message)

    def __call__(self, sql):
        result = ctypes.c_void_p(self._pq.PQexec(self._handle, sql.encode()))
        try:
            if self._pq.PQresultStatus(result) not in (0, 1, 2):  # empty, done, rows
                raise SqlError(self._pq.PQresultErrorMessage(result).decode() or "no connection")
            return [tuple(self._value(result, row, column)
                          for column in range(self._pq.PQnfields(result)))
                    for row in range(self._pq.PQntuples(result))]
        finally:
            self._pq.PQclear(result)

    def _value(self, result, row, column):
        if self._pq.PQgetisnull(result, row, column):
            return None
        return self._pq.PQgetvalue(result, row, column).decode()

    def close(self):
        if self._handle:
            self._pq.PQfinish(self._handle)
            self._handle = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Scratch:
    """A database of its own; `server` is the URL of the server."""

    def __init__(self, server=None, create=True):
        self.server = server or URL
        self.name = f"ormdb_t{os.getpid()}_{next(_numbers)}"
        self.url = with_database(self.server, self.name)
        if create:
            self.maintain(f"CREATE DATABASE {self.name}")

    def maintain(self, *statements):
        with Session(with_database(self.server, "postgres")) as sql:
            sql("SET client_min_messages = warning")
            for statement in statements:
                sql(statement)

    def sql(self, statement):
        with Session(self.url) as sql:
            return sql(statement)

    def drop(self):
        self.maintain(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


@contextlib.contextmanager
def scratch_database(server=None, create=True):
    database = Scratch(server, create)
    try:
        yield database
    finally:
        database.drop()
