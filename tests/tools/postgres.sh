#!/usr/bin/env bash
# A private PostgreSQL for tests: its own data folder, port and password, on loopback alone.
#
#   tests/tools/postgres.sh start FOLDER    makes FOLDER and the server in it, and prints "export NAME=VALUE" lines
#   tests/tools/postgres.sh stop FOLDER     stops it and removes FOLDER; also when it is half made
#
# `start` ends 3, and says why, when there is no PostgreSQL here.
#   SLUICE_TEST_POSTGRES  connection string without the password    SLUICE_TEST_POSTGRES_KEY  file with the password
set -uo pipefail

lacking() {
  echo "postgres: $*" >&2
  exit 3
}

programs() {
  local pg
  pg=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/pg_ctl' 2>/dev/null | sort -V | tail -1)
  [ -n "$pg" ] || lacking "no server is installed (Debian package postgresql)"
  dirname "$pg"
}

# The server refuses to run as root.
as_server() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

free_port() {
  /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start() {
  local folder=$1 bin port try
  bin=$(programs) || exit 3
  if [ "$(id -u)" -eq 0 ]; then id postgres >/dev/null 2>&1 || lacking "root cannot run it, and there is no user postgres"; fi
  mkdir -p "$folder" || exit 1
  (umask 077 && head -c 18 /dev/urandom | base64 >"$folder/password")
  if [ "$(id -u)" -eq 0 ]; then chown -R postgres "$folder"; fi
  as_server "$bin/initdb" -D "$folder/data" -A scram-sha-256 -U etl -E UTF8 --locale=C --no-sync \
    --pwfile="$folder/password" >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
  for try in 1 2 3 4 5; do # another program may take the port first
    port=$(free_port)
    if as_server "$bin/pg_ctl" -D "$folder/data" -l "$folder/server.log" -w -t 60 start -o \
      "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=${FSYNC:-off} -c deadlock_timeout=100ms" \
      >/dev/null 2>&1; then break; fi
    [ "$try" -lt 5 ] || { tail -5 "$folder/server.log" >&2; exit 1; }
  done
  # Ours to read, whoever we are.
  if [ "$(id -u)" -eq 0 ]; then chown root "$folder/password"; fi
  echo "export SLUICE_TEST_POSTGRES='DRIVER=PostgreSQL Unicode;SERVER=127.0.0.1;PORT=$port;DATABASE=postgres;UID=etl'"
  echo "export SLUICE_TEST_POSTGRES_KEY='$folder/password'"
}

stop() {
  local folder=$1 bin
  if [ -d "$folder/data" ] && bin=$(programs); then
    as_server "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1
  fi
  rm -rf "$folder"
}

case ${1:-} in
start | stop) [ -n "${2:-}" ] && "$1" "$2" ;;
*) echo "usage: postgres.sh start|stop FOLDER" >&2 && exit 2 ;;
esac
