"""A history of scripts for PostgreSQL with what can go wrong in it, and what to compare after."""

import json
import os
import shutil
import subprocess
import tempfile

ORMDB = os.path.abspath(os.environ.get("ORMDB", "ormdb"))

HEADER = """format: 1
revision: {rev}
down_revision: {down}
message: {message}
created: 2026-01-0{day}T00:00:00Z
---
"""

AUTHOR = """
      columns:
        id: {type: integer, primary_key: true}
        name: {type: string(20)}
"""
POST = """
      columns:
        id: {type: integer, primary_key: true}
        title: {type: string(20), nullable: true}
        author_id: {type: integer, references: author.id, on_delete: cascade}
"""

TABLES = ("a1", "tables", f"""upgrade:
  - create_table:
      table: author{AUTHOR}
  - create_table:
      table: post{POST}
  - create_table: {{table: trace, columns: {{step: {{type: text}}}}}}
  - execute: INSERT INTO trace VALUES ('a1')
downgrade:
  - drop_table: {{table: trace, columns: {{step: {{type: text}}}}}}
  - drop_table:
      table: post{POST}
  - drop_table:
      table: author{AUTHOR}
""")

ROWS = ("b2", "rows, a type, a view", """upgrade:
  - create_enum: {name: mood, values: [sad, ok]}
  - add_column: {table: author, column: {name: mood, type: enum(mood), nullable: true}}
  - insert_rows: {table: author, rows: [{id: 1, name: ann, mood: ok}, {id: 2, name: bob}]}
  - insert_rows:
      table: post
      rows: [{id: 1, title: one, author_id: 1}, {id: 7, title: two, author_id: 2}]
  - create_view: {view: titles, as: SELECT post.title FROM post}
  - execute: INSERT INTO trace VALUES ('b2')
downgrade:
  - drop_view: {view: titles, as: SELECT post.title FROM post}
  - execute: DELETE FROM author
  - drop_column: {table: author, column: {name: mood, type: enum(mood), nullable: true}}
  - drop_enum: {name: mood, values: [sad, ok]}
""")

CHANGES = ("c3", "a type under a view, a check", """upgrade:
  - alter_column:
      table: post
      name: title
      from: {type: string(20), nullable: true}
      to: {type: string(80), nullable: true}
  - add_constraint: {table: post, name: ck_post, check: length(title) > 0}
  - add_column: {table: post, column: {name: slug, type: string(30), nullable: true}}
  - execute: UPDATE post SET slug = lower(title)
  - execute: INSERT INTO trace VALUES ('c3')
downgrade:
  - drop_column: {table: post, column: {name: slug, type: string(30), nullable: true}}
  - drop_constraint: {table: post, name: ck_post, check: length(title) > 0}
  - alter_column:
      table: post
      name: title
      from: {type: string(80), nullable: true}
      to: {type: string(20), nullable: true}
""")

CONCURRENT = ("d4", "concurrent indexes, an enum value", """upgrade:
  - execute: INSERT INTO trace VALUES ('d4 first')
  - create_index: {name: ix_post_slug, table: post, columns: [slug], unique: true}
    transaction: false
  - execute: INSERT INTO trace VALUES ('d4 second')
  - execute: CREATE INDEX CONCURRENTLY ix_post_title ON post (title)
    transaction: false
  - alter_enum: {name: mood, from: [sad, ok], to: [sad, ok, glad]}
    transaction: false
  - execute: UPDATE author SET mood = 'glad' WHERE id = 2
downgrade:
  - execute: UPDATE author SET mood = NULL WHERE id = 2
  - drop_index: {name: ix_post_slug, table: post, columns: [slug], unique: true}
    transaction: false
  - execute: DROP INDEX CONCURRENTLY ix_post_title
    transaction: false
""")

LAST = ("e5", "the new value again", """upgrade:
  - insert_rows: {table: author, rows: [{id: 3, name: eve, mood: glad}]}
  - execute: INSERT INTO trace VALUES ('e5')
downgrade:
  - execute: DELETE FROM author WHERE id = 3
""")

BASE = ("b2", "what d4 works on", """upgrade:
  - create_enum: {name: mood, values: [sad, ok]}
  - execute: CREATE TABLE author (id int PRIMARY KEY, mood mood)
  - execute: CREATE TABLE post (title text, slug text)
  - execute: CREATE TABLE trace (step text)
  - execute: INSERT INTO author VALUES (2, 'ok'); INSERT INTO trace VALUES ('b2')
downgrade: []
""")

SHORT = [BASE, CONCURRENT]
SCRIPTS = [TABLES, ROWS, CHANGES, CONCURRENT, LAST]

# Everything that must be the same however the work was interrupted, a line each.
STATE = """
SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
       || ' ' || a.attnotnull
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND a.attnum > 0
    AND NOT a.attisdropped AND c.relname <> 'ormdb_log'
UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index ' || pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE c.relnamespace = 'public'::regnamespace
UNION ALL SELECT 'enum ' || t.typname || ' ' || string_agg(e.enumlabel, ' ' ORDER BY enumsortorder)
  FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid GROUP BY t.typname
UNION ALL SELECT 'view ' || viewname || definition FROM pg_views WHERE schemaname = 'public'
UNION ALL SELECT 'type ' || typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
UNION ALL SELECT 'row ' || c.relname || ' ' || unnest(xpath('/table/row',
      query_to_xml(format('SELECT * FROM %I', c.relname), false, false, '')))::text
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    AND c.relname <> 'ormdb_log'
ORDER BY 1
"""

CONFIG = """database: {url}
models: []
migrations: migrations
"""


class Ran:
    def __init__(self, done):
        self.code, self.out, self.err = done.returncode, done.stdout, done.stderr

    def __str__(self):
        return f"exit {self.code}\n{self.out}{self.err}"


class History:
    """A project of these scripts for a database (postgresql_live.Scratch)."""

    def __init__(self, database, scripts=None, url=None, config=""):
        self.database = database
        self.path = tempfile.mkdtemp(prefix="ormdb-history-")
        self.url = url or database.url
        self.configure(config)
        self.write(SCRIPTS if scripts is None else scripts)

    def configure(self, more=""):
        with open(self.path + "/ormdb.yaml", "w", encoding="utf-8") as file:
            file.write(CONFIG.format(url=self.url) + more)

    def script_path(self, rev):
        return f"{self.path}/migrations/versions/{rev}.yaml"

    def write(self, scripts):
        os.makedirs(self.path + "/migrations/versions", exist_ok=True)
        down = "null"
        for day, (rev, message, body) in enumerate(scripts, 1):
            header = HEADER.format(rev=rev, down=down, message=json.dumps(message), day=day)
            with open(self.script_path(rev), "w", encoding="utf-8") as file:
                file.write(header + body)
            down = rev

    def start(self, *words, fault="", url=None, **environment):
        kept = {key: value for key, value in os.environ.items() if not key.startswith("ORMDB_")}
        if fault:
            kept["ORMDB_FAULT"] = fault
        options = ["--url", url] if url else []
        return subprocess.Popen([ORMDB, *words, *options], cwd=self.path, text=True,
                                env={**kept, **environment}, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    @staticmethod
    def end(process, timeout=60):
        out, err = process.communicate(timeout=timeout)
        return Ran(subprocess.CompletedProcess([], process.returncode, out, err))

    def run(self, *words, **options):
        return self.end(self.start(*words, **options))

    def state(self):
        return [line for (line,) in self.database.sql(STATE)]

    def log(self):
        """Every finished step: ('a1', 'upgrade')."""
        return self.database.sql("SELECT revision, direction FROM ormdb_log WHERE step IS NULL AND "
                                 "finished IS NOT NULL AND error IS NULL ORDER BY id")

    def clear(self):
        self.database.sql("SET client_min_messages = warning; "
                          "DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)
