"""Changes of things that depend on each other, up and down again: the schema that is there is taken
by `init --from-database`, its models are edited, and after the downgrade it is what it was."""

import os
import re

from cases_postgresql import configure, dump, sql
from cases_postgresql import open_project  # noqa: F401 pylint: disable=unused-import
from scenario import contains, equal

A = "CREATE TABLE a (id int PRIMARY KEY, x int);"
STATES = "CREATE TYPE st AS ENUM ('a', 'b', 'c');"
RENAMED = (r"\bx: \{", "y: {renamed_from: x, ")
TEXT = (r"x: \{type: integer", "x: {type: text")
LABEL = (r"\[a, b, c\]", "[a, bee, c]")
FEWER = (r"\[a, b, c\]", "[a, c]")

# What changes, the SQL before it, edits of the models (pattern, replacement).
CHANGES = [
    ("a policy and the name of its column", A + "CREATE POLICY p ON a USING (x > 1);",
     [RENAMED, ("using: x", "using: y")]),
    ("a policy and the type of its column", A + "CREATE POLICY p ON a USING (x > 1);",
     [TEXT, ("using: x > 1", "using: x <> ''")]),
    ("a trigger and the type of its column",
     A + "CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW WHEN (new.x > 0) "
     "EXECUTE FUNCTION suppress_redundant_updates_trigger();",
     [TEXT, ("when: new.x > 0", "when: new.x <> ''")]),
    ("a label and an array of it", STATES + "CREATE TABLE t (id int, e st[] DEFAULT '{b}');",
     [LABEL, ("{b}", "{bee}")]),
    ("a label and an expression of it",
     STATES + "CREATE TABLE t (id int, e st DEFAULT coalesce('b'::st, 'a'::st));",
     [LABEL, ("'b'::st", "'bee'::st")]),
    ("a label and the bound of a partition",
     STATES + "CREATE TABLE p (id int, d st) PARTITION BY LIST (d);"
     "CREATE TABLE p1 PARTITION OF p FOR VALUES IN ('b');",
     [LABEL, ("IN \\('b'\\)", "IN ('bee')")]),
    ("a label that goes and an expression of it",
     STATES + "CREATE TABLE t (id int, e st DEFAULT coalesce('b'::st, 'a'::st));",
     [FEWER, ("'b'::st", "'c'::st")]),
    ("a table's name and a view that joins it",
     A + "CREATE TABLE b (id int, a int); CREATE VIEW v AS SELECT b.id, a.x FROM a JOIN b "
     "ON a.id = b.a; COMMENT ON VIEW v IS 'joined';",
     [("  a:\n", "  aa:\n    renamed_from: a\n"), (r"\ba\.(x|id)\b", r"aa.\1"),
      (r"FROM \(a", "FROM (aa")]),
    ("a view's column with the column", A + "CREATE VIEW v AS SELECT id, x FROM a;"
     "CREATE VIEW w AS SELECT v.x FROM v;",
     [RENAMED, (r"a\.x", "a.y"), (r"v\.x", "v.y")]),
    ("a column, and not the view's", A + "CREATE VIEW v AS SELECT id, x FROM a;"
     "CREATE VIEW w AS SELECT v.x FROM v WHERE v.x IN (SELECT x FROM a);",
     [RENAMED, (r"a\.x\n", "a.y AS x\n"), ("a.y AS x\n(?= *FROM a\\)\\))", "a.y\n")]),
    ("a column in a view's rule and in a routine", A + "CREATE VIEW v AS SELECT id, x FROM a;"
     "CREATE RULE r AS ON UPDATE TO v DO INSTEAD UPDATE a SET x = new.x WHERE id = old.id;"
     "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT x FROM a; END;",
     [RENAMED, (r"a\.x", "a.y"), ("SET x = new.x", "SET y = new.y")]),
    ("a column that children and partitions have",
     "CREATE TABLE ip (a int CHECK (a > 0)); CREATE TABLE ic (z int) INHERITS (ip);"
     "CREATE TABLE pp (a int, z int) PARTITION BY RANGE (z);"
     "CREATE TABLE pp1 PARTITION OF pp FOR VALUES FROM (1) TO (2); CREATE INDEX ON pp1 (a);",
     [(r"\ba:( \{|\n)", lambda found: "aa:" + (" {renamed_from: a, " if found[1] == " {" else
                                               "\n        renamed_from: a\n")),
      (r"\ba > 0", "aa > 0"), (r"columns: \[a\]", "columns: [aa]")]),
    ("a partitioned table", "CREATE TABLE p (id int) PARTITION BY LIST (id);"
     "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);",
     [("  p:\n", "  pp:\n    renamed_from: p\n"), (r"partition_of: p\b", "partition_of: pp")]),
    ("a parent of two", "CREATE TABLE p (id int); CREATE TABLE q (n int);"
     "CREATE TABLE c (x int) INHERITS (q, p);",
     [("  p:\n", "  pp:\n    renamed_from: p\n"), ("q, p", "q, pp")]),
    ("the column of a partition key", "CREATE TABLE p (a int) PARTITION BY RANGE (a);",
     [(r"\ba: \{", "aa: {renamed_from: a, "), (r"\(a\)", "(aa)")]),
    ("a table whose rows a function takes",
     "CREATE TABLE t (id int); CREATE TYPE pair AS (l t, r t); CREATE TABLE u (one t);"
     "CREATE FUNCTION f(t, t int DEFAULT 3) RETURNS SETOF t LANGUAGE sql AS 'SELECT $1';",
     [("  t:\n", "  tt:\n    renamed_from: t\n"), (r"f\(t,", "f(tt,"), ("arguments: t,",
                                                                       "arguments: tt,"),
      ("SETOF t", "SETOF tt"), ("l: t, r: t", "l: tt, r: tt"),
      (r"\{postgresql: t\}", "{postgresql: tt}")]),
    ("an index's name", A + "CREATE INDEX i ON a (x); COMMENT ON INDEX i IS 'by x';",
     [(r"      i: \{", "      j: {renamed_from: i, ")]),
    ("a computed column's type with its source's",
     "CREATE TABLE t (id int PRIMARY KEY, a int, g int GENERATED ALWAYS AS (a * 2) STORED);",
     [(r"(a|g): \{type: integer", r"\1: {type: big_integer")]),
    ("a partition more of a table that is referenced",
     "CREATE TABLE p (id int, d int, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);"
     "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2);"
     "CREATE TABLE r (i int, d int, FOREIGN KEY (i, d) REFERENCES p);",
     [(r"  p1:\n(.*?)(?=  r:\n)", lambda found: found[0] + found[0].replace("p1:", "p2:").replace(
         "(1) TO (2)", "(2) TO (3)"))]),
    ("a view that loses a column under its rule",
     "CREATE TABLE t (id int PRIMARY KEY, b int); CREATE VIEW v AS SELECT id, b FROM t;"
     "CREATE RULE r AS ON INSERT TO v DO INSTEAD INSERT INTO t (id) VALUES (new.id);",
     [(r"      b: .*\n", ""), (r"SELECT t\.id,\s*t\.b", "SELECT t.id")]),
    ("a view that becomes a materialized one",
     "CREATE TABLE t (id int PRIMARY KEY); CREATE VIEW v AS SELECT id FROM t;"
     "CREATE VIEW w AS SELECT v.id FROM v;",
     [(r"views:\n(.*?)(?=  w:)", r"materialized_views:\n\1views:\n")]),
]


def change(project, before, edits):
    """Returns what was there before and after the upgrade, and the script's text."""
    sql(project, before)
    os.remove(project.path("models.yaml"))
    project.run("init", "--from-database")
    project.run("check")
    models = project.read("models.yaml")
    for pattern, replacement in edits:
        changed = re.sub(pattern, replacement, models, flags=re.S if ".*?" in pattern else 0)
        assert changed != models, f"{pattern} is not in\n{models}"
        models = changed
    project.write("models.yaml", models)
    dumps = [schema_dump(project)]
    project.run("migrate", "-m", "change")
    project.run("upgrade")
    contains(project.run("check").out, "No differences")
    dumps.append(schema_dump(project))
    return dumps


def schema_dump(project):
    return [line for line in dump(project.database.url) if not re.match("[0-9a-f]{12}$", line)]


def runner(before, edits):
    def case(project):
        dumps = change(project, before, edits)
        assert dumps[0] != dumps[1]
        project.run("downgrade")
        equal(schema_dump(project), dumps[0])
        project.run("upgrade")
        contains(project.run("check").out, "No differences")
    return case


for title, sql_before, model_edits in CHANGES:
    globals()["case_" + re.sub(r"\W+", "_", title)] = runner(sql_before, model_edits)


def case_numbers_go_on_after_a_downgrade(project):
    change(project, "CREATE SEQUENCE s; CREATE TABLE t (id int PRIMARY KEY DEFAULT nextval('s'), "
           "x int); INSERT INTO t (x) VALUES (1), (2);",
           [(r"sequences:\n  s:.*\n", ""), (r"default: \{sql: nextval.*?\}\}",
                                           "postgresql: {serial: true}}")])
    for direction in ("downgrade", "upgrade"):
        sql(project, "INSERT INTO t (x) VALUES (3)")
        project.run(direction)
        sql(project, "INSERT INTO t (x) VALUES (4)")
    equal(sql(project, "SELECT max(id) FROM t"), [("6",)])


def case_an_index_is_renamed_where_it_stands(project):
    change(project, A + "CREATE INDEX i ON a (x);",
           [(r"      i: \{", "      j: {renamed_from: i, ")])
    project.run("downgrade")
    plan = project.run("upgrade", "--plan").out
    contains(plan, "ALTER INDEX i RENAME TO j")
    assert "CREATE INDEX" not in plan and "DROP INDEX" not in plan, plan
