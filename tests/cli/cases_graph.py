"""Revisions: lists, arguments, branches, merges, errors about them."""

import os

from scenario import contains, equal, matches


def _fork(project):
    project.chain("aaaa", "bbbb")
    project.script("cccc", "aaaa", "CREATE TABLE t_cccc (id INTEGER);", "DROP TABLE t_cccc;",
                   branch_labels="[side]")


def case_lists_need_no_database(project):
    _fork(project)
    project.write("ormdb.yaml", "database: sqlite:////nonexistent/directory/site.db\n"
                                "models: [models.yaml]\nmigrations: migrations\n")
    equal(sorted(project.run("heads").out.splitlines()), ["bbbb (head)", "cccc (side) (head)"])
    contains(project.run("branches").out, "aaaa", "-> bbbb", "-> cccc")
    contains(project.run("show", "side").out, "Rev: cccc", "Parent: aaaa")
    contains(project.run("history").out, "<base> -> aaaa (branchpoint), make aaaa",
             "aaaa -> bbbb (head), make bbbb")
    contains(project.run("history", "--graph").out, "* bbbb", "* cccc")
    contains(project.run("history", "-v").out, "Rev: aaaa", "    make aaaa")
    contains(project.run("heads", "-v").out, "Rev: bbbb")
    equal(len(project.json("history")["revisions"]), 3)
    equal(len(project.json("heads")["revisions"]), 2)


def case_history_is_newest_first_and_marks_the_current(project):
    project.chain("aaaa", "bbbb", "cccc")
    project.run("upgrade", "bbbb")
    assert "(current)" not in project.run("history").out
    contains(project.run("history", "-i").out, "aaaa -> bbbb (current), make bbbb")
    equal([line.split()[2].strip(",") for line in project.run("history").out.splitlines()],
          ["cccc", "bbbb", "aaaa"])
    equal([each["revision"] for each in project.json("history", "-r", "current:")["revisions"]],
          ["cccc", "bbbb"])
    document = project.json("history")
    equal([each["is_current"] for each in document["revisions"]], [False, True, False])
    project.run("history", "-r", "aaaa", code=2)


def case_current_shows_rows(project):
    _fork(project)
    equal(project.run("current").out, "")
    project.run("upgrade", "bbbb")
    contains(project.run("current").out, "bbbb (head)")
    project.run("current", "--check-heads", code=1)
    found = project.json("current", "--check-heads", code=1)
    equal((found["clean"], found["heads"]), (False, ["bbbb", "cccc"]))
    project.run("upgrade", "heads")
    project.run("current", "--check-heads")
    equal([each["revision"] for each in project.json("current")["revisions"]], ["bbbb", "cccc"])
    contains(project.run("current", "-v").out, "Current revision(s) for sqlite:///", "Rev: bbbb")


def case_an_unknown_row_is_shown_and_refused(project):
    project.chain("aaaa", "bbbb")
    project.run("upgrade", "aaaa")
    project.sql("UPDATE ormdb_version SET version_num = 'gone'")
    equal(project.run("current").out, "gone (no script)\n")
    (row,) = project.json("current")["revisions"]
    equal((row["revision"], row["file"], row["is_current"]), ("gone", None, True))
    error = project.json("upgrade", code=6)["error"]
    equal([error[key] for key in ("kind", "where", "revision")],
          ["unknown_revision", "database", "gone"])


def case_several_heads_are_listed(project):
    _fork(project)
    ran = project.run("upgrade", code=3)
    matches(ran.err, r"^error: ")
    contains(ran.err, "bbbb", "cccc", "hint:")
    error = project.json("upgrade", code=3)["error"]
    equal((error["kind"], sorted(error["candidates"])[0][:4]), ("multiple_heads", "bbbb"))
    project.run("revision", "-m", "x", code=3)
    contains(project.run("merge", "-m", "join", "--rev-id", "dddd").out, "revision dddd")
    (merge,) = project.json("show", "dddd")["revisions"]
    equal((sorted(merge["down_revision"]), merge["is_merge_point"]), (["bbbb", "cccc"], True))
    project.run("upgrade")
    contains(project.run("current").out, "dddd (head) (mergepoint)")


def case_revision_arguments(project):
    project.chain("aaaa1", "aabb2", "ccdd3")
    equal(project.json("show", "zzzz", code=4)["error"]["kind"], "unknown_revision")
    equal(project.json("show", "aa", code=4)["error"]["kind"], "ambiguous_prefix")
    project.run("upgrade", "+1")
    contains(project.run("show", "current").out, "Rev: aaaa1")
    project.run("upgrade", "aaaa1+1")
    contains(project.run("current").out, "aabb2")
    contains(project.run("show").out, "Rev: ccdd3")
    project.run("upgrade", "aaaa1:ccdd3", code=2)


def case_a_broken_script_is_shown_with_its_line(project):
    project.write("migrations/versions/bad.yaml",
                  "revision: aaaa\nrevision: bbbb\n---\nupgrade: []\n")
    ran = project.run("heads", code=4)
    contains(ran.err, "error:", "  --> migrations/versions/bad.yaml:2", "2 | revision: bbbb")
    error = project.json("heads", code=4)["error"]
    equal((error["kind"], error["file"], error["line"]),
          ("script", "migrations/versions/bad.yaml", 2))


def case_a_refused_statement_names_step_and_statement(project):
    project.chain("aaaa")
    project.script("bbbb", "aaaa", "CREATE TABLE t_aaaa (id INTEGER);", "DROP TABLE t_aaaa;")
    ran = project.run("upgrade", code=5)
    contains(ran.err, "bbbb", "statement:", "CREATE TABLE t_aaaa", "already exists")
    error = project.json("upgrade", code=5)["error"]
    equal((error["kind"], error["revision"]), ("database", "bbbb"))
    contains(error["statement"], "CREATE TABLE t_aaaa")


def case_edit_opens_the_editor(project):
    project.chain("aaaa", "bbbb")
    project.run("upgrade", "aaaa")
    project.write("editor", '#!/bin/sh\necho "$@" >> edited\n')
    os.chmod(project.path("editor"), 0o755)
    project.run("edit", "current", EDITOR="./editor --wait")
    project.run("edit", EDITOR="", VISUAL="./editor")
    equal(project.read("edited"), "--wait migrations/versions/aaaa.sql\n"
                                  "migrations/versions/bbbb.sql\n")
    equal(project.json("edit", "aaaa", EDITOR="echo")["files"], ["migrations/versions/aaaa.sql"])
    contains(project.run("edit", code=4, EDITOR="false").err, "exit code 1")
    contains(project.run("edit", code=4, EDITOR="/nonexistent").err, "127")


def case_several_directories_and_branches_with_their_own(project):
    with open(project.path("ormdb.yaml"), "a", encoding="utf-8") as file:
        file.write("versions: [billing/versions, spare]\n")
    project.run("revision", "-m", "main", "--rev-id", "aaaa")
    project.run("revision", "-m", "bill", "--rev-id", "bbbb", "--head", "base",
                "--branch-label", "billing", "--version-path", "billing/versions/")
    written = project.json("revision", "-m", "more", "--rev-id", "cccc", "--head", "billing@head")
    contains(written["file"], "billing/versions/")
    contains(project.json("revision", "-m", "on", "--head", "aaaa")["file"], "migrations/versions/")
    error = project.json("revision", "-m", "lost", "--head", "cccc", "--version-path", "else",
                         code=2)["error"]
    equal(error["candidates"], ["migrations/versions", "billing/versions", "spare"])
    assert not os.path.exists(project.path("else"))
    equal(project.run("upgrade", "heads").code, 0)


def case_scripts_in_directories_by_file_template(project):
    with open(project.path("ormdb.yaml"), "a", encoding="utf-8") as file:
        file.write('file_template: "{year}/{rev}_{slug}"\ntimezone: Asia/Kolkata\n')
    error = project.json("revision", "-m", "one", "--rev-id", "aaaa", code=4)["error"]
    contains(error["hint"], "recursive_versions: true")
    with open(project.path("ormdb.yaml"), "a", encoding="utf-8") as file:
        file.write("recursive_versions: true\n")
    written = project.json("revision", "-m", "one", "--rev-id", "aaaa")
    matches(written["file"], r"^migrations/versions/\d{4}/aaaa_one\.yaml$")
    matches(written["revisions"][0]["created"], r"\+05:30$")
    project.run("revision", "-m", "two", "--rev-id", "bbbb")
    equal(len(project.json("upgrade")["steps"]), 2)
    project.run("revision", "-m", "three", "--version-path", "migrations/versions/deep")
    contains(project.run("heads", "-v").out, "Path: migrations/versions/deep/")


def case_a_template_with_operations_of_its_own(project):
    template = """\
# Shop: ${message} (${revision})
format: 1
revision: ${revision}
down_revision: ${down_revision}
created: ${created}
---
upgrade:
  - execute: SELECT 1
  ${upgrade}
downgrade:
  ${downgrade}
  - execute: SELECT 2
"""
    project.write("migrations/template.yaml", template)
    file = project.json("migrate", "-m", 'a "b"')["file"]
    contains(project.read(file), '# Shop: a "b" (', "  - execute: SELECT 1\n  - create_table:")
    project.run("upgrade")
    project.run("check")
    error = project.json("revision", "-m", "x", "--branch-label", "side", code=4)["error"]
    equal((error["kind"], error["file"]), ("config", "migrations/template.yaml"))
    contains(error["hint"], "${branch_labels}")


def case_hooks_after_write(project):
    with open(project.path("ormdb.yaml"), "a", encoding="utf-8") as file:
        file.write("hooks: {after_write: ['echo \"# checked\" >> {file}', 'echo bad; exit 3']}\n")
    ran = project.run("revision", "-m", "it's one", "--rev-id", "aaaa")
    contains(ran.err, "warning: hook 'echo bad; exit 3' failed with exit code 3: bad")
    contains(project.read(project.json("show", "aaaa")["revisions"][0]["file"]), "# checked")


def _heads(project, **scripts):
    """Heads on aaaa; each value is the head's upgrade section, a YAML list."""
    project.chain("aaaa")
    for revision, upgrade in scripts.items():
        project.write(f"migrations/versions/{revision}.yaml",
                      f"format: 1\nrevision: {revision}\ndown_revision: aaaa\n---\n"
                      f"upgrade:\n{upgrade}\ndowngrade: []\n")


def _add(name, kind="text"):
    return f"  - add_column: {{table: t_aaaa, column: {{name: {name}, type: {kind}}}}}".replace(
        "}}", ", nullable: true}}")


def case_merge_auto_joins_heads_that_commute(project):
    _heads(project, bbbb=_add("one"), cccc=_add("two"), dddd=_add("three"))
    merged = project.json("merge", "--auto", "-m", "all", "--rev-id", "eeee")["revisions"][0]
    equal(sorted(merged["down_revision"]), ["bbbb", "cccc", "dddd"])
    project.run("upgrade")


def case_merge_auto_leaves_clashes_to_people(project):
    _heads(project, bbbb=_add("one"), cccc=_add("two"), dddd=_add("one", "integer"))
    error = project.json("merge", "--auto", code=3)["error"]
    equal((error["kind"], error["candidates"]), ("needs_decision", ["t_aaaa.one"]))
    contains(error["message"], "bbbb", "dddd", "t_aaaa.one")
    contains(error["hint"], "`ormdb merge bbbb cccc dddd`")
    equal(len(project.json("heads")["revisions"]), 3)
    project.run("merge", "--auto", "bbbb", "cccc")


def case_merge_auto_never_takes_raw_sql_for_commuting(project):
    _heads(project, bbbb=_add("one"), cccc=_add("two") + "\n  - execute: UPDATE t_aaaa SET id = 2")
    error = project.json("merge", "--auto", code=3)["error"]
    equal([error[key] for key in ("revision", "file", "line", "operation")],
          ["cccc", "migrations/versions/cccc.yaml", 7, 2])
    contains(error["message"], "raw SQL in revision cccc")
    contains(error["hint"], "`ormdb merge bbbb cccc`")
