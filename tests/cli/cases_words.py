"""The command line itself: words, options, help, streams."""

import os
import pty
import subprocess

from scenario import ORMDB, contains, equal, matches


def case_words_after_a_command_are_arguments(project):
    project.chain("aaaa", "bbbb")
    project.run("upgrade", "heads")
    equal(project.sql("SELECT version_num FROM ormdb_version"), [("bbbb",)])
    contains(project.run("show", "current").out, "Rev: bbbb")
    project.run("stamp", "base")
    project.run("stamp", "head")
    equal(project.sql("SELECT version_num FROM ormdb_version"), [("bbbb",)])


def case_minus_numbers_are_arguments(project):
    project.chain("aaaa", "bbbb", "cccc", "dddd")
    project.run("upgrade")
    project.run("downgrade", "-1")
    equal(project.tables(), ["t_aaaa", "t_bbbb", "t_cccc"])
    project.run("downgrade", "--", "-1")
    equal(project.tables(), ["t_aaaa", "t_bbbb"])
    equal(len(project.run("history", "-r", "-2:").out.splitlines()), 3)


def case_x_takes_one_value_and_leaves_the_revision(project):
    project.chain("aaaa", "bbbb")
    project.write("ormdb.yaml", "database: sqlite:///${x.name}.db\nmodels: [models.yaml]\n"
                                "migrations: migrations\n")
    project.run("upgrade", "-x", "name=tenant", "aaaa")
    equal(project.tables("tenant.db"), ["t_aaaa"])
    failed = project.run("current", code=4)
    contains(failed.err, "x.name")


def case_options_stand_before_and_after_the_command(project):
    os.rename(project.path("ormdb.yaml"), project.path("other.yaml"))
    project.chain("aaaa")
    contains(project.run("-c", "other.yaml", "heads").out, "aaaa (head)")
    contains(project.run("heads", "--config=other.yaml").out, "aaaa (head)")
    contains(project.run("heads", ORMDB_CONFIG="other.yaml").out, "aaaa (head)")
    contains(project.run("heads", code=4).err, "ormdb.yaml", "hint:")


def case_url_and_directory_come_from_option_environment_file(project):
    project.chain("aaaa")
    project.run("upgrade", "--url", "sqlite:///given.db", ORMDB_URL="sqlite:///environment.db")
    equal(project.tables("given.db"), ["t_aaaa"])
    project.run("upgrade", ORMDB_URL="sqlite:///environment.db")
    equal(project.tables("environment.db"), ["t_aaaa"])
    assert not os.path.exists(project.path("site.db"))
    os.rename(project.path("migrations"), project.path("moved"))
    contains(project.run("heads", "-d", "moved").out, "aaaa")
    contains(project.run("heads", ORMDB_DIRECTORY="moved").out, "aaaa")


def case_wrong_usage_exits_2(project):
    contains(project.run("upgrad", code=2).err, "did you mean 'upgrade'")
    contains(project.run("upgrade", "", code=2).err, "empty")
    contains(project.run("upgrade", "--sq", code=2).err, "did you mean '--sql'")
    project.run(code=2)
    equal(project.json("upgrade", "--bogus", code=2)["error"]["kind"], "usage")
    equal(project.json(code=2)["command"], None)
    equal(project.json("nothing", code=2)["command"], "nothing")
    equal(project.json("upgrade", "--database", "nowhere", code=2)["error"]["kind"], "usage")


def case_help_and_version(project):
    matches(project.run("--version").out, r"^ormdb \d+\.\d+\.\d+$")
    contains(project.run("--help").out, "upgrade", "completion", "--json")
    contains(project.run("history", "-h").out, "--rev-range", "--config")
    contains(project.json("history", "-h")["text"], "--rev-range")


def case_bash_completion_completes(project):
    project.chain("aaaa1111", "bbbb2222")
    script = project.run("completion", "bash").out
    program = f"""
        ormdb() {{ {ORMDB} "$@"; }}
        eval "$1"
        COMP_WORDS=("${{@:2}}"); COMP_CWORD=$(($# - 2)); _ormdb; echo "${{COMPREPLY[@]}}"
    """

    def complete(*words):
        done = subprocess.run(["bash", "-c", program, "bash", script, "ormdb", *words],
                              cwd=project.directory, env=project.environment({}),
                              capture_output=True, text=True, check=True)
        return done.stdout.split()

    equal(complete("upg"), ["upgrade"])
    equal(complete("upgrade", "bb"), ["bbbb2222"])
    equal(complete("show", "hea"), ["head", "heads"])
    equal(complete("history", "--ind"), ["--indicate-current"])
    equal(complete("inspect", "--format", "js"), ["json"])
    equal(complete("completion", "f"), ["fish"])


def _at_a_terminal(project, *words, answers="", **environment):
    """Output and exit code with a terminal on all three streams."""
    parent, child = pty.openpty()
    os.write(parent, answers.encode())
    with subprocess.Popen([ORMDB, *words], cwd=project.directory, stdin=child, stdout=child,
                          stderr=child, env=project.environment(environment)) as process:
        os.close(child)
        output = b""
        try:
            while chunk := os.read(parent, 4096):
                output += chunk
        except OSError:  # the other side is gone
            pass
        process.wait(timeout=60)
    os.close(parent)
    return output.decode(), process.returncode


def case_colour_is_for_terminals(project):
    project.chain("aaaa")
    assert "\x1b[" not in project.run("heads").out
    contains(project.run("heads", "--color", "always").out, "\x1b[")
    contains(_at_a_terminal(project, "heads", TERM="xterm")[0], "\x1b[")
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        output, code = _at_a_terminal(project, "heads", **{"TERM": "xterm", **environment})
        assert "\x1b[" not in output and code == 0, output
    assert "\x1b[" not in _at_a_terminal(project, "heads", "--color", "never", TERM="xterm")[0]


def case_questions_are_asked_at_a_terminal_only(project):
    project.chain("aaaa")
    project.run("upgrade")
    output, code = _at_a_terminal(project, "drop-db", answers="maybe\nn\n")
    contains(output, "Drop sqlite:///", "[y/n]", "not dropped")
    equal((code, project.tables()), (3, ["t_aaaa"]))
    output, code = _at_a_terminal(project, "drop-db", answers="y\n")
    equal((code, os.path.exists(project.path("site.db"))), (0, False))
    project.run("create-db")
    project.run("drop-db", code=3, stdin="y\n")
    assert _at_a_terminal(project, "drop-db", "--json", answers="y\n")[1] == 3


def case_migrate_asks_for_renames_and_values(project):
    project.run("migrate", "-m", "first")
    project.run("upgrade")
    project.write("models.yaml", project.read("models.yaml").replace("username", "login") +
                  "      city: {type: text}\n")
    output, code = _at_a_terminal(project, "migrate", "-m", "second", answers="y\nBonn\n")
    contains(output, "user.username renamed to login?", "user.city", "rename column")
    equal(code, 0)
    project.sql("INSERT INTO user (username) VALUES ('ann')")
    project.run("upgrade")
    equal(project.sql("SELECT login, city FROM user"), [("ann", "Bonn")])


def case_output_that_cannot_be_written_is_a_failure(project):
    project.chain("aaaa")
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([ORMDB, "heads"], cwd=project.directory, stdout=full, check=False,
                              stderr=subprocess.PIPE, env=project.environment({}), text=True)
    equal(done.returncode, 4)
    contains(done.stderr, "standard output")
    for redirection in (">&-", "2>&- >&-", "<&- >&-"):
        done = subprocess.run(["sh", "-c", f'"$0" upgrade {redirection}', ORMDB],
                              cwd=project.directory, env=project.environment({}), check=False,
                              stderr=subprocess.DEVNULL)
        equal(done.returncode, 4)
        equal(project.tables(), ["t_aaaa"])
        project.run("downgrade", "base")


def case_a_closed_pipe_does_not_stop_a_run(project):
    project.chain("aaaa", "bbbb", "cccc")
    program = '"$0" -v upgrade 2>&1 | true; echo "${PIPESTATUS[0]}"'
    done = subprocess.run(["bash", "-c", program, ORMDB], cwd=project.directory,
                          env=project.environment({}), capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("0", "4"), done
    equal(project.tables(), ["t_aaaa", "t_bbbb", "t_cccc"])


def case_quiet_prints_answers_and_errors_only(project):
    project.chain("aaaa", "bbbb")
    done = project.run("upgrade", "-q")
    equal((done.out, done.err), ("", ""))
    contains(project.run("heads", "-q").out, "bbbb")
    contains(project.run("upgrade", "aaaa:bbbb", "--sql", "-q").out, "t_bbbb")
    contains(project.run("show", "zzzz", "-q", code=4).err, "zzzz")


def case_every_command_prints_one_document(project):
    project.chain("aaaa", "bbbb")
    project.run("upgrade")
    for words in (["current"], ["heads"], ["history"], ["branches"], ["show"], ["status"],
                  ["inspect"], ["list-templates"], ["completion", "zsh"], ["ensure-version"],
                  ["stamp", "head"], ["edit"], ["init"], ["upgrade", "--plan"],
                  ["diff", "database", "database"], ["--version"], ["--help"]):
        document = project.json(*words)
        assert document["ok"] is True and "command" in document, document
