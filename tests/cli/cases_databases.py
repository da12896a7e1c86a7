"""Several databases in one project."""

from scenario import MODELS, contains, equal


def _two(project):
    project.write("ormdb.yaml", """\
databases:
  default:
    database: sqlite:///site.db
    models: models.yaml
    migrations: migrations/default
  analytics:
    database: sqlite:///analytics.db
    models: analytics.yaml
    migrations: migrations/analytics
""")
    project.write("analytics.yaml", MODELS.replace("user:", "visit:"))
    project.run("init")
    project.run("migrate", "-m", "first")


def case_a_command_runs_on_every_database(project):
    _two(project)
    ran = project.run("upgrade")
    contains(ran.out, "[default]\nupgrade <base>", "[analytics]\nupgrade <base>")
    contains(ran.err, "2 databases: default ok, analytics ok")
    equal((project.tables(), project.tables("analytics.db")), (["user"], ["visit"]))
    document = project.json("current")
    equal(list(document), ["ok", "command", "databases"])
    equal([each["database"] for each in document["databases"]], ["default", "analytics"])
    assert all(each["ok"] and each["command"] == "current" for each in document["databases"])


def case_one_database_can_be_picked(project):
    _two(project)
    document = project.json("upgrade", "--database", "analytics")
    equal((document["database"], len(document["steps"])), ("analytics", 1))
    equal(project.run("current", "--database=default").out, "")
    contains(project.run("current", "--database", "analytic", code=2).err,
             "did you mean 'analytics'", "candidates:")


def case_a_failure_does_not_hide_the_others(project):
    _two(project)
    project.write("migrations/default/versions/zzzz.sql",
                  "-- ormdb revision: zzzz\n-- ormdb down_revision: null\n-- ormdb upgrade\n"
                  "INSERT INTO nowhere VALUES (1);\n")
    ran = project.run("upgrade", "heads", code=5)
    contains(ran.out, "[analytics]\nupgrade <base>")
    contains(ran.err, "error: [default] ", "default failed (exit 5), analytics ok")
    equal(project.tables("analytics.db"), ["visit"])
    document = project.json("upgrade", "heads", code=5)
    equal([each["ok"] for each in document["databases"]], [False, True])
    equal(document["databases"][0]["error"]["kind"], "database")


def case_sql_and_yaml_stay_readable(project):
    _two(project)
    contains(project.run("upgrade", "--sql").out, "-- [default]", "-- [analytics]")
    project.run("upgrade")
    contains(project.run("inspect").out, "# [default]", "# [analytics]")
