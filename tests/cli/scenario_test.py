#!/usr/bin/env python3
"""Runs the scenarios of cases_*.py through the real program.

    ORMDB=build/dev/ormdb tests/cli/scenario_test.py [WORD]...

Each function case_* gets a fresh project; with WORDs only those whose name holds one of them run.
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


def all_cases():
    for path in sorted(glob.glob(os.path.join(HERE, "cases_*.py"))):
        module = importlib.import_module(os.path.basename(path)[:-3])
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("case_"):
                yield f"{module.__name__[6:]}: {name[5:].replace('_', ' ')}", function


def run_case(function):
    """The failure as text, or None."""
    try:
        with scenario.new_project() as project:
            function(project)
    except Exception:  # pylint: disable=broad-except  (a broken scenario is a failed one)
        return traceback.format_exc(limit=-2)
    return None


def main():
    words = sys.argv[1:]
    ran = failed = 0
    for name, function in all_cases():
        if words and not any(word in name for word in words):
            continue
        ran += 1
        failure = run_case(function)
        if failure:
            failed += 1
            print(f"FAILED {name}\n{failure}")
    print(f"{ran - failed} of {ran} scenarios passed")
    return 1 if failed or not ran else 0


if __name__ == "__main__":
    sys.exit(main())
