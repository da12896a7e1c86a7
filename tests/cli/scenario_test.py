#!/usr/bin/env python3
"""Runs the scenarios of cases_*.py through the real program.

    ORMDB=build/dev/ormdb tests/cli/scenario_test.py [WORD]...

Each function case_* gets a fresh project; with WORDs only those whose name holds one of them run.
Modules with an open_project() of their own need a server; *_test.py beside this one run those.
"""

import glob
import importlib
import inspect
import os
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import scenario  # noqa: E402  (the path must be set first)


def modules_without_server():
    for path in sorted(glob.glob(os.path.join(HERE, "cases_*.py"))):
        module = importlib.import_module(os.path.basename(path)[:-3])
        if not hasattr(module, "open_project"):
            yield module


def cases_of(modules):
    for module in modules:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("case_"):
                opened = getattr(module, "open_project", scenario.new_project)
                yield f"{module.__name__[6:]}: {name[5:].replace('_', ' ')}", function, opened


def run_case(function, opened):
    """The failure as text, or None."""
    try:
        with opened() as project:
            function(project)
    except Exception:  # pylint: disable=broad-except  (a broken scenario is a failed one)
        return traceback.format_exc(limit=-2)
    return None


def main(modules=None):
    words = sys.argv[1:]
    ran = failed = 0
    for name, function, opened in cases_of(modules or modules_without_server()):
        if words and not any(word in name for word in words):
            continue
        ran += 1
        failure = run_case(function, opened)
        if failure:
            failed += 1
            print(f"FAILED {name}\n{failure}")
    print(f"{ran - failed} of {ran} scenarios passed")
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
