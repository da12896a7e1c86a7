#!/usr/bin/env python3
"""Benchmarks of the ORM against raw sqlite3 and libpq, SOCI and SQLAlchemy, and of what its
headers cost the compiler.

    orm_bench.py [BUILD] [--rows 100000] [--runs 7] [--file] [--only NAME] [--no-compile-time]
                 [--postgresql URL] [--cpu]

BUILD is a Release build directory with libormdb.a (build/release). The program of
tests/bench/orm_bench/ is compiled with -O2 and linked with it. Both sides run in turns. Shown is
the median ratio beside the target, with the lowest and the highest. --file puts the databases into
files instead of memory. URL is a database whose table "person" may be dropped. SOCI and SQLAlchemy
are compared where they are installed. --cpu counts processor time instead of the clock's, for
machines that others use too; on PostgreSQL it sees the client's part alone. Compile times are g++
-O0, without ccache. Nothing here is a test's assertion.
"""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = SOURCE / "tests" / "bench" / "orm_bench"
INCLUDE = f"-I{SOURCE / 'include'}"


def measured(words):
    """Seconds and megabytes of a command that has to succeed."""
    start = time.monotonic()
    child = subprocess.Popen(words)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"failed: {' '.join(map(str, words))}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def build_program(build, target):
    cache = (build / "CMakeCache.txt").read_text()
    if "CMAKE_BUILD_TYPE:STRING=Release" not in cache:
        print("note: this is no Release build, the ratios mean nothing")
    yaml = re.search(r"^ORMDB_YAML_ARCHIVE:\w+=(.*)$", cache, re.M)
    libpq = subprocess.run(["pg_config", "--includedir"], capture_output=True, text=True,
                           check=True)
    soci = all(pathlib.Path("/usr/include", header).exists()
               for header in ("soci/soci.h", "boost/version.hpp"))
    subprocess.run(["g++", "-std=c++20", "-O2", INCLUDE, f"-I{libpq.stdout.strip()}",
                    *sorted(PROGRAM.glob("*.cc")), "-o", target, build / "libormdb.a",
                    yaml[1] if yaml else "-lyaml-cpp", "-lsqlite3", "-lpq",
                    *(["-lsoci_core", "-lsoci_sqlite3"] if soci else []), "-ldl", "-lpthread"],
                   check=True)


def run_program(program, options, directory):
    """Prints a line a benchmark; the ORM's milliseconds by name."""
    words = [program, str(options.rows), str(options.runs), directory, options.postgresql or ""]
    if options.only:
        words.append(options.only)
    if options.cpu:
        os.environ["ORM_BENCH_CPU"] = "1"
    if not options.postgresql:
        print("no --postgresql URL: not measured there")
    print(f"{'':28}{'target':>8}{'ratio':>8}{'low':>8}{'high':>8}{'orm ms':>10}{'raw ms':>10}")
    milliseconds = {}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            name, *numbers = line.rstrip("\n").split("\t")
            ratios, times = numbers[:4], numbers[4:]
            if times:
                milliseconds[name] = float(times[0])
            print(f"{name:28}" + "".join(f"{x:>8}" for x in ratios) +
                  "".join(f"{x:>10}" for x in times) +
                  ("" if float(ratios[1]) <= float(ratios[0]) else "  over"), flush=True)
    if child.returncode != 0:
        sys.exit("the benchmark failed")
    return milliseconds


def compare_with_sqlalchemy(options, milliseconds):
    """How many times as fast the ORM is; SQLAlchemy runs three times, which is enough for that."""
    python = "/usr/bin/python3"
    known = subprocess.run([python, "-c", "import sqlalchemy; print(sqlalchemy.__version__)"],
                           capture_output=True, text=True)
    if known.returncode != 0:
        print("SQLAlchemy is not installed (python3-sqlalchemy): not compared with it")
        return
    print(f"\n{'SQLAlchemy ' + known.stdout.strip():28}{'target':>8}{'times':>8}{'its ms':>10}")
    words = [python, PROGRAM / "sqlalchemy_bench.py", str(options.rows), "3"]
    lines = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    for name, time_there in (line.split("\t") for line in lines):
        if name not in milliseconds:
            continue
        target = 15 if name.startswith("select") else 20
        times = float(time_there) / milliseconds[name]
        print(f"{name:28}{target:>8}{times:>8.1f}{time_there:>10}" +
              ("" if times >= target else "  under"), flush=True)


def many_models(count, columns):
    text = '#include "ormdb/orm.h"\n'
    for model in range(count):
        members = "".join(f"  std::string text{i}{{}};\n" if i % 2 else
                          f"  std::int64_t number{i}{{}};\n" for i in range(1, columns))
        chain = "".join(f".column<&Model{model}::{'text' if i % 2 else 'number'}{i}>()"
                        for i in range(1, columns))
        text += (f"struct Model{model} {{\n  std::int64_t id{{}};\n{members}"
                 f"  static void describe(ormdb::TableOf<Model{model}>& t) {{\n"
                 f'    t.name("model{model}").column<&Model{model}::id>({{.primary_key = true}})'
                 f"{chain};\n  }}\n}};\n")
    names = ", ".join(f"Model{model}" for model in range(count))
    return text + f"ormdb::Metadata models() {{ return ormdb::Metadata::of<{names}>(); }}\n"


def twenty_queries():
    text = '#include "models.h"\nusing namespace ormdb;\n'
    for i in range(20):
        text += (f"std::size_t query{i}(Session& db) {{\n"
                 f"  return db.query<Person>().filter(col<&Person::age> > {i} && "
                 'col<&Person::name>.like("a%"))\n'
                 "      .order_by(col<&Person::id>.desc()).limit(10).all().size();\n}\n")
    return text


def compile_times(work):
    print(f"\n{'compiling, g++ -O0':44}{'target s':>10}{'cpu s':>8}{'wall s':>8}{'MB':>8}")
    cases = [("a file with only the headers", "", '#include "ormdb/orm.h"\n'),
             ("50 models of 10 columns", "3.0", many_models(50, 10)),
             ("a file with twenty queries", "2.0", twenty_queries())]
    for name, target, text in cases:
        file = work / "case.cc"
        file.write_text(text)
        runs = [measured(["g++", "-std=c++20", "-O0", INCLUDE, f"-I{PROGRAM}", "-c", file, "-o",
                          work / "case.o"]) for _ in range(3)]
        wall, cpu, memory = (sorted(values)[1] for values in zip(*runs))
        print(f"{name:44}{target:>10}{cpu:>8.2f}{wall:>8.2f}{memory:>8.0f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("build", nargs="?", type=pathlib.Path, default=SOURCE / "build/release")
    parser.add_argument("--rows", type=int, default=100000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--file", action="store_true")
    parser.add_argument("--only")
    parser.add_argument("--postgresql", metavar="URL")
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--no-compile-time", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores, {options.rows} rows, "
              f"median of {options.runs}, {'files' if options.file else 'memory'}")
        build_program(options.build, work / "orm_bench")
        times = run_program(work / "orm_bench", options, str(work) if options.file else ":memory:")
        if not options.file and not options.only:
            compare_with_sqlalchemy(options, times)
        if not options.no_compile_time:
            compile_times(work)


if __name__ == "__main__":
    main()
