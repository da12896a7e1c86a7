#!/usr/bin/env python3
"""Runs the scenarios of cases_postgresql*.py through the real program and server.

    ORMDB_TEST_POSTGRESQL_URL=… ORMDB=build/dev/ormdb tests/cli/postgresql_test.py [WORD]...
"""

import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
# pylint: disable=wrong-import-position
import cases_postgresql  # noqa: E402
import cases_postgresql_changes  # noqa: E402
import scenario_test  # noqa: E402
from postgresql_live import skip_without_server  # noqa: E402

if __name__ == "__main__":
    skip_without_server()
    sys.exit(scenario_test.main([cases_postgresql, cases_postgresql_changes]))
