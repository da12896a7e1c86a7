#!/bin/sh
# Runs a test program on the PostgreSQL 18 of scripts/live_servers.sh; 77 (skipped) without one.
if [ -z "${ORMDB_TEST_POSTGRESQL18_URL:-}" ]; then
  echo "skipped: ORMDB_TEST_POSTGRESQL18_URL is not set"
  exit 77
fi
unset ORMDB_TEST_PGBOUNCER_URL
export ORMDB_TEST_POSTGRESQL_URL="$ORMDB_TEST_POSTGRESQL18_URL"
exec "$@"
