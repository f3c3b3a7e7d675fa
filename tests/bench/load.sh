#!/usr/bin/env bash
# bench/load: orders into an SL company: SQLite through unixODBC, and PostgreSQL where it is installed.
#
#   tests/bench/load.sh    by make bench, also with ONLY=load; SCALE=100 makes a hundredth of the 100,000 orders
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/bench
orders=$((100000 / ${SCALE:-1}))
mkdir -p "$build"
folder=$(mktemp -d)
trap 'bash "$root/tests/tools/postgres.sh" stop "$folder/pg"; rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM

libraries="-lcsv -lisal -lz -lcrypto -lxml2 -lxlsxwriter -lzip -lyajl -lodbc"
# shellcheck disable=SC2086
${CC:-cc} -std=c11 -O2 -D_POSIX_C_SOURCE=200809L -I"$root/etl" -o "$build/load" "$here/load.c" \
  "$root/build/release-gcc/libsluice.a" -pthread -Wl,--as-needed $libraries -ldl

cd "$root"
"$build/load" "$orders" "$folder"
chmod 755 "$folder"
if names=$(FSYNC=on bash tests/tools/postgres.sh start "$folder/pg"); then
  eval "$names"
  "$build/load" "$((orders / 10))" "$folder"
fi
