#!/usr/bin/env python3
"""Revision arguments and plans against recorded answers of Alembic, on generated graphs."""

import shared_material

if __name__ == "__main__":
    shared_material.run_check(shared_material.find("oracle/check.py"), shared_material.ORMDB,
                              shared_material.find("oracle/graphs.jsonl"), "--execute", "1")
