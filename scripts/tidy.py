#!/usr/bin/env python3
"""Checks what the compiler does not: the layers, the sizes, the manual's completeness.

    scripts/tidy.py               check this tree; prints file:line: message, exit 1 if any
    scripts/tidy.py --self-test   check that planted violations are found

ARCHITECTURE.md explains the layers; CONTRIBUTING.md the limits.
"""

import pathlib
import re
import sys
import tempfile

# Layer -> layers whose private headers (src/<layer>/) it may include, beside its own.
LAYERS = {
    "base": [],
    "schema": ["base"],
    "revision": ["base"],
    "ops": ["schema", "base"],
    "db": ["base"],
    "dialect": ["db", "ops", "schema", "base"],
    "script": ["ops", "revision", "schema", "base"],
    "model": ["schema", "base"],
    "orm": ["model", "dialect", "db", "schema", "base"],
    "migrate": ["model", "script", "dialect", "db", "ops", "revision", "schema", "base"],
    "cli": ["migrate", "script", "revision", "schema", "base"],
}

# No input or output: neither a connection nor anything that needs one.
PURE = ["schema", "revision", "ops"]

# Public header -> the layer that it belongs to.
PUBLIC = {
    "error.h": "base", "type.h": "schema", "schema.h": "schema", "operation.h": "ops",
    "diff.h": "ops", "revision.h": "revision", "connection.h": "db", "dialect.h": "dialect",
    "migrator.h": "migrate", "cli.h": "cli", "config.h": "base", "orm_error.h": "base",
    "datum.h": "db", "values.h": "orm", "mapping.h": "orm", "relationship.h": "orm",
    "model.h": "orm", "expression.h": "orm", "query.h": "orm", "engine.h": "orm",
    "session.h": "orm", "orm.h": "orm", "manage.h": "cli", "scoped_session.h": "orm",
    "nlohmann_json.h": "orm",
}
IMPURE = ["db", "dialect", "model", "orm", "migrate", "cli"]

# Slow to compile, so in one place each, and in a header that no other one includes.
HEAVY_HEADERS = {"include/ormdb/nlohmann_json.h": "nlohmann/"}
HEAVY = {
    "CLI/": "src/cli/cli.cc", "spdlog/": "src/base/log.cc", "fmt/": "src/base/log.cc",
    "yaml-cpp/": "src/base/yaml.cc", "nlohmann/": "src/base/json.cc",
    "sqlite3.h": "src/dialect/sqlite/", "libpq-fe.h": "src/dialect/postgresql/",
}

FILE_LINES = 800
FUNCTION_LINES = 70
COLUMNS = 100
REMINDER = re.compile(r"\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b")
DIRECTORIES = ["src", "include", "tests", "scripts", "man", "migrations_example", ".ci"]
BINARY = {".db", ".png", ".pyc", ".so"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


class Tree:
    """The files under a root, and the complaints about them."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.complaints = []
        self.texts = {}
        paths = [path for path in self.root.iterdir() if path.is_file()]
        for directory in DIRECTORIES:
            paths += (self.root / directory).rglob("*")
        for path in sorted(paths):
            name = path.relative_to(self.root).as_posix()
            data_only = name.startswith(("tests/fuzz/corpus/", "tests/golden/"))
            hidden = "__pycache__" in name or path.name.endswith(".swp")
            if path.is_file() and path.suffix not in BINARY and not data_only and not hidden:
                self.texts[name] = path.read_text(encoding="utf-8", errors="surrogateescape")

    def complain(self, name, line, message):
        self.complaints.append((name, line, message))

    def sources(self, *prefixes):
        for name, text in self.texts.items():
            if name.endswith((".h", ".cc")) and name.startswith(prefixes):
                yield name, text


def check_layers(tree):
    for name, text in tree.sources("src/", "include/"):
        parts = name.split("/")
        layer = parts[1] if parts[0] == "src" else "public"
        if layer != "public" and layer not in LAYERS:
            tree.complain(name, 1, f"src/{layer} is no layer")
            continue
        if layer == "public" and parts[-1] not in PUBLIC:
            tree.complain(name, 1, "public header without a layer in scripts/tidy.py")
        for number, line in enumerate(text.splitlines(), 1):
            match = INCLUDE.match(line)
            if match:
                check_include(tree, name, number, layer, match[1], match[2])


def check_include(tree, name, number, layer, bracket, header):
    for heavy, place in HEAVY.items():
        allowed = name.startswith(place) or HEAVY_HEADERS.get(name) == heavy
        if header.startswith(heavy) and not allowed:
            tree.complain(name, number, f"{header} may be included by {place} only")
    if bracket != '"':
        return
    directory, _, rest = header.partition("/")
    if directory == "ormdb":
        owner = PUBLIC.get(rest)
        if owner is None:
            tree.complain(name, number, f"unknown public header {header}")
        elif layer in PURE and owner in IMPURE:
            tree.complain(name, number, f"pure layer {layer} may not include {header} ({owner})")
        elif owner in ("migrate", "cli") and layer not in (owner, "cli", "public"):
            tree.complain(name, number, f"layer {layer} may not include {header} ({owner})")
    elif layer == "public":
        tree.complain(name, number, f"a public header may not include the private {header}")
    elif directory not in LAYERS:
        tree.complain(name, number, f'"{header}" does not begin with a layer or ormdb/')
    elif directory != layer and directory not in LAYERS[layer]:
        tree.complain(name, number, f"layer {layer} may not include {header} (layer {directory})")


def check_headers(tree):
    for name, text in tree.sources("src/", "include/", "tests/"):
        if name.endswith(".h") and not re.search(r"^#pragma once$", text, re.M):
            tree.complain(name, 1, "header without #pragma once")
    for name, text in tree.sources("src/"):
        if not name.endswith(".cc"):
            continue
        parts = name.split("/")
        if len(parts) < 3 or (f"include/ormdb/{parts[-1][:-3]}.h") in tree.texts:
            continue
        if name[:-3] + ".h" in tree.texts:
            continue
        # Several files may implement one header, which then is of their layer or public.
        included = [m[2].partition("/")[0] for m in map(INCLUDE.match, text.splitlines())
                    if m and m[1] == '"']
        if parts[1] not in included and "ormdb" not in included:
            tree.complain(name, 1, "no header of this name, and none of its layer is included")


def check_text(tree):
    for name, text in tree.texts.items():
        is_code = name.endswith((".h", ".cc", ".py", ".sh")) or name.startswith("scripts/")
        lines = text.split("\n")
        if name.endswith((".h", ".cc", ".py")) and len(lines) - 1 > FILE_LINES:
            tree.complain(name, FILE_LINES + 1, f"{len(lines) - 1} lines, more than {FILE_LINES}")
        for number, line in enumerate(lines, 1):
            if is_code and len(line) > COLUMNS:
                tree.complain(name, number, f"{len(line)} columns, more than {COLUMNS}")
            if line != line.rstrip():
                tree.complain(name, number, "trailing white space")
            if re.search(r"[\x00-\x08\x09\x0b-\x1f\x7f]", line):
                tree.complain(name, number, "tab or control character")
            if REMINDER.search(line):
                tree.complain(name, number, f"left-over reminder {REMINDER.search(line)[0]}")
        if text and not text.endswith("\n"):
            tree.complain(name, len(lines), "no newline at the end")


def blank(match):
    """The same number of lines without content; a string keeps its quotes."""
    return ('""' if match[0][0] in "\"'R" else "") + "\n" * match[0].count("\n")


NOT_CODE = re.compile(
    r'R"([^()\s\\]*)\(.*?\)\1"'  # raw string
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'"  # not the separator in 1'000
    r"|//[^\n]*|/\*.*?\*/"
    r"|^[ ]*#(?:\\\n|[^\n])*", re.S | re.M)


def functions(text):
    """(first line, last line) of each outermost function body, by matching braces.

    A brace opens a namespace or class, a function (its head has parentheses; or it goes on after
    the braces of a constructor's initialisers), or a value; only functions are measured.
    """
    code = NOT_CODE.sub(blank, text)
    stack, head, line, last_kind = [], "", 1, ""
    for char in code:
        if char == "\n":
            line += 1
        if char == "{":
            inside = bool(stack) and stack[-1][0] != "scope"
            stack.append(("inner" if inside else brace_kind(head, last_kind), line, head))
            head = ""
        elif char == "}":
            if stack:
                last_kind, first, opened = stack.pop()
                if last_kind == "function":
                    yield first, line
                head = opened + "{}" if last_kind == "value" else ""
        elif char == ";":
            head, last_kind = "", ""
        else:
            head += char


def brace_kind(head, last_kind):
    head = re.sub(r"template\s*<[^{}]*?>\s*(?=\w|\[)", "", head).strip()
    if re.search(r"\b(namespace|class|struct|enum|union|extern)\b", head) and "(" not in head:
        return "scope"
    if head.count("(") > head.count(")"):
        return "value"  # an argument of a call, a default argument
    if "operator" not in head and re.search(r"=\s*[\w:<>, ]*$", head):
        return "value"
    if "(" in head or (last_kind == "function" and (head == "" or head.startswith(","))):
        return "function"
    return "value"


def check_functions(tree):
    # Not the unit tests, whose functions are often tables of cases.
    for name, text in tree.sources("src/", "include/", "tests/support/", "tests/fuzz/"):
        for first, last in functions(text):
            if last - first + 1 > FUNCTION_LINES:
                message = f"function of {last - first + 1} lines, more than {FUNCTION_LINES}"
                tree.complain(name, first, message)


def check_manual(tree):
    commands = []
    for name, text in tree.sources("src/cli/"):
        block = re.search(r"\bkCommands\b[^;{]*=?\s*\{(.*?)\n\s*\}+\)?;", text, re.S)
        if block:
            entry = r'\{\s*(?:\.name\s*=\s*)?"([a-z][a-z-]*)"'
            commands += [(name, found) for found in re.findall(entry, block[1])]
    if not commands:
        tree.complain("src/cli/cli.cc", 1, "no table kCommands")
    operation_header = "include/ormdb/operation.h"
    names = re.findall(r'kName = "([a-z_]+[a-z])"', tree.texts.get(operation_header, ""))
    if not names:
        tree.complain(operation_header, 1, "no operation's kName")
    described(tree, commands, "man/ormdb.1", "command")
    described(tree, [(operation_header, name) for name in names], "man/ormdb-script.5", "operation")


def described(tree, things, page, kind):
    """Every thing heads an item of a list in the page: `.It Ic add_column`."""
    items = re.findall(r"^\.It (?:Ic|Cm) (\S+)", tree.texts.get(page, ""), re.M)
    for place, thing in things:
        if thing not in items:
            tree.complain(page, 1, f"{kind} {thing} ({place}) has no item `.It Ic {thing}`")


CHECKS = [check_layers, check_headers, check_text, check_functions, check_manual]


def complaints(root):
    tree = Tree(root)
    for check in CHECKS:
        check(tree)
    return sorted(set(tree.complaints))


# Self-test: a small clean tree, and files that each break one rule --------------------------------

CLEAN = {
    "src/cli/cli.cc": '#include "cli/cli.h"\nconstexpr Command kCommands[] = {\n'
                      '    {"init", "make a project"},\n};\n',
    "src/cli/cli.h": "#pragma once\n",
    "include/ormdb/operation.h": '#pragma once\nconstexpr std::string_view kName = "add_column";\n',
    "man/ormdb.1": ".It Ic init\n",
    "man/ormdb-script.5": ".It Ic add_column\n",
    "src/ops/x.h": '#pragma once\n#include "base/text.h"\n#include "ormdb/operation.h"\n',
    "src/ops/x.cc": '#include "ops/x.h"\nX::X() : a_{1}, b_{2} {\n'
                    '  f("{", \'{\', R"(}})", 1\'0);\n}\n'
                    "const int kTable[] = {\n" + "  1,\n" * 80 + "};\n"
                    "const auto kOther = std::to_array({\n" + "  1,\n" * 80 + "});\n",
}

LONG_BODY = "  call();\n" * 70

PLANTED = [
    ("src/base/a.h", '#pragma once\n#include "ops/x.h"\n', 2, "layer base may not include ops/x.h"),
    ("src/ops/a.h", '#pragma once\n#include "ormdb/connection.h"\n', 2, "pure layer ops"),
    ("src/script/a.h", '#pragma once\n#include "ormdb/migrator.h"\n', 2, "layer script may not"),
    ("src/cli/a.h", '#pragma once\n#include "ops/x.h"\n', 2, "layer cli may not include"),
    ("src/odd/a.h", "#pragma once\n", 1, "no layer"),
    ("include/ormdb/new.h", "#pragma once\n", 1, "public header without a layer"),
    ("include/ormdb/type.h", '#pragma once\n#include "base/text.h"\n', 2, "private base/text.h"),
    ("src/base/a.h", "#pragma once\n#include <yaml-cpp/yaml.h>\n", 2, "src/base/yaml.cc only"),
    ("src/migrate/a.h", "#pragma once\n#include <sqlite3.h>\n", 2, "src/dialect/sqlite/ only"),
    ("src/base/a.h", "int a;\n", 1, "without #pragma once"),
    ("src/base/b.cc", "#include <map>\n", 1, "no header of this name"),
    ("tests/a.cc", "int a;\n" * 801, 801, "801 lines"),
    ("src/base/a.h", "#pragma once\nint f() {\n" + LONG_BODY + "}\n", 2, "function of 72 lines"),
    ("src/base/a.h", "#pragma once\nA::A() : a_{1} {\n" + LONG_BODY + "}\n", 2, "of 72 lines"),
    ("src/base/a.h", "#pragma once\nint f(A a = {}) {\n" + LONG_BODY + "}\n", 2, "of 72 lines"),
    ("src/base/a.h", "#pragma once\nclass A {\n  template <class T>\n  T f() const {\n" +
     LONG_BODY + "  }\n};\n", 4, "function of 72 lines"),
    ("src/base/a.h", "#pragma once\n//" + "x" * 99 + "\n", 2, "101 columns"),
    ("man/ormdb.1", ".It Ic init\n.Pp \n", 2, "trailing white space"),
    ("src/base/a.h", "#pragma once\n\tint a;\n", 2, "tab or control"),
    ("README.md", "TO" + "DO later\n", 1, "left-over reminder"),
    ("LICENSE", "MIT", 1, "no newline"),
    ("man/ormdb.1", ".It Ic status\n", 1, "command init"),
    ("man/ormdb-script.5", ".It Ic drop_column\n", 1, "operation add_column"),
    ("src/cli/cli.cc", '#include "cli/cli.h"\n', 1, "no table kCommands"),
]


def complaints_of(files):
    with tempfile.TemporaryDirectory() as root:
        for name, text in files.items():
            path = pathlib.Path(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return complaints(root)


def self_test():
    failures = [f"clean tree: {found}" for found in complaints_of(CLEAN)]
    for name, text, line, message in PLANTED:
        found = complaints_of({**CLEAN, name: text})
        if not any(f[0] == name and f[1] == line and message in f[2] for f in found):
            failures.append(f"not found in {name}: {message} (found {found})")
    for failure in failures:
        print(failure)
    print(f"{len(PLANTED)} planted violations, {len(failures)} failures")
    return 1 if failures else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    found = complaints(pathlib.Path(__file__).resolve().parent.parent)
    for name, line, message in found:
        print(f"{name}:{line}: {message}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
