#!/usr/bin/env bash
# The README's first command: the release build, and the blog example shown with it.
set -euo pipefail

output=$("$ORMDB_SOURCE_DIR"/scripts/quickstart)

expect() {
  grep -qF -- "$1" <<< "$output" || {
    printf '%s\nquickstart: its output has no "%s"\n' "$output" "$1" >&2
    exit 1
  }
}

expect '$ ormdb upgrade'
expect '(head)'
expect '$ ormdb check'
expect 'The blog is in'
