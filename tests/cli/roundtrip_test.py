#!/usr/bin/env python3
"""Real SQLite schemas through inspect, migrate, upgrade, downgrade, and seeded changes of them."""

import shared_material

if __name__ == "__main__":
    FILES = sorted(shared_material.find("real/sqlite").glob("*.sql"))
    shared_material.run_check(shared_material.find("real/roundtrip.py"), shared_material.ORMDB,
                              "sqlite", *FILES, "--mutations", "4")
