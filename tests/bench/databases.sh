#!/usr/bin/env bash
# bench/databases: order lines into databases and out through ODBC: sluice, what other programs do, SQLite's own interface.
#
#   tests/bench/databases.sh    by make bench, also with ONLY=db; SCALE=100 makes a hundredth of the rows
#
# Medians of REPS runs (3), interleaved; of the client's own processor time, the best. A row a statement into PostgreSQL is a tenth of the rows. Besides the clock that
# time counts: SQLite works inside of it, and on a busy machine it is the steadier figure.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/bench
SCALE=${SCALE:-1} REPS=${REPS:-3}
rows=$((1000000 / SCALE))
runs=$build/databases.tsv
mkdir -p "$build"
folder=$(mktemp -d)
trap 'bash "$root/tests/tools/postgres.sh" stop "$folder"' EXIT
trap 'exit 1' INT TERM

say() { echo "bench: $*" >&2; }

libraries="-lcsv -lisal -lz -lcrypto -lxml2 -lxlsxwriter -lzip -lodbc"
# shellcheck disable=SC2086
${CC:-cc} -std=c11 -O2 -D_POSIX_C_SOURCE=200809L -I"$root/etl" -o "$build/database" "$here"/database{,_rivals}.c \
  "$root/build/release-gcc/libsluice.a" -Wl,--as-needed $libraries -lsqlite3

run_once() { # DATABASE WAY ROWS CONNECTION [KEY-FILE]
  local said
  if said=$("$build/database" "${@:2}"); then
    echo "$1 $2 $said" >>"$runs"
  else
    say "$1 $2 failed"
    echo "$1 $2 0 0 no" >>"$runs"
  fi
}

chmod 755 "$folder"
postgres=$(FSYNC=on bash "$root/tests/tools/postgres.sh" start "$folder/pg") || postgres=""
[ -n "$postgres" ] || say "no PostgreSQL; its rows are left out"
eval "$postgres"
: >"$runs"
for ((rep = 1; rep <= REPS; rep++)); do
  say "databases, run $rep of $REPS"
  sqlite="DRIVER=SQLite3;Database=$folder/bench.db"
  # What was written last is read.
  for way in one arrays values capi sluice read-one read-capi read-sluice; do run_once SQLite "$way" "$rows" "$sqlite"; done
  [ -n "$postgres" ] || continue
  run_once PostgreSQL one $((rows / 10)) "$SLUICE_TEST_POSTGRES" "$SLUICE_TEST_POSTGRES_KEY"
  for way in arrays values sluice read-one read-sluice; do
    run_once PostgreSQL "$way" "$rows" "$SLUICE_TEST_POSTGRES" "$SLUICE_TEST_POSTGRES_KEY"
  done
done
bash "$root/tests/tools/postgres.sh" stop "$folder/pg"

sort -k1,1r -k2,2 -k3,3n "$runs" | awk -v rows="$rows" '
  function median(list, n,  parts) { split(list, parts, " "); return parts[int((n + 1) / 2)] }
  BEGIN { printf "%s rows of 12 columns; rows a second\n%-11s %-12s %12s %14s  right\n", rows, "database", "way", "by the clock", "by own time" }
  { key = sprintf("%-11s %-12s", $1, $2)
    if (!(key in n)) order[++keys] = key
    n[key]++; wall[key] = wall[key] " " $3; if ($4 > cpu[key]) cpu[key] = $4; if ($5 != "yes") wrong[key] = 1 }
  END { for (i = 1; i <= keys; i++) { k = order[i]
    printf "%s %12d %14d  %s\n", k, median(wall[k], n[k]), cpu[k], (k in wrong) ? "no" : "yes" } }'
