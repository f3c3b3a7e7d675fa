#!/usr/bin/env bash
# bench/run: sluice, its rivals and the ceilings on the same work, side by side in one run.
#
#   tests/bench/run.sh          by make bench; SCALE=100 makes all data a hundredth
#
# SCALE=1  1 GB settlement, 500 MB orders (each)  REPS=5       runs of each program, interleaved; medians count
# BIG=0|1  peak memory at 8 GB as well (default:   SLOW_REPS=1  runs of Miller, which takes half a minute a run
#          yes at SCALE=1 with 40 GB free)         ONLY=W2      one work item; db, load, listings = databases.sh, load.sh, listings.sh alone
# The data is made once into build/bench/data; the table goes to stdout and to build/bench/table.txt.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/bench
SCALE=${SCALE:-1} REPS=${REPS:-5} ONLY=${ONLY:-}
SLOW_REPS=${SLOW_REPS:-$([ "$SCALE" -ge 10 ] && echo "$REPS" || echo 1)}
sluice=${SLUICE:-$root/sluice}
data=$build/data/$SCALE
out=$build/out
runs=$build/runs.tsv
site=$build/site
mkdir -p "$data" "$out" "$build/rivals"

say() { echo "bench: $*" >&2; }
free_gb() { df -Pk "$build" | awk 'NR == 2 { printf "%d", $4 / 1000000 }'; }
if [ -z "${BIG:-}" ]; then
  BIG=0
  if [ "$SCALE" -eq 1 ] && [ "$(free_gb)" -ge 40 ]; then BIG=1; fi
fi

# ---- programs ----

tools_build() {
  local strict="-std=c11 -O2 -D_POSIX_C_SOURCE=200809L"
  # shellcheck disable=SC2086
  {
    ${CC:-cc} $strict -o "$build/timer" "$here/timer.c"
    ${CC:-cc} $strict -o "$build/generate" "$here"/{generate,settlement,settlement_order,orders,orders_xml}.c
    ${CC:-cc} $strict -o "$build/generate-ledger" "$here/ledger.c" -lcrypto
    ${CC:-cc} $strict -mavx2 -mbmi -mbmi2 -mpopcnt -pthread -o "$build/bare" "$here"/{bare,bare_totals,bare_reshape}.c
    ${CC:-cc} $strict -I"$root/etl" -isystem /usr/include/libxml2 -o "$build/xml-events" "$here/xml_events.c" \
      "${LIBRARY:-$root/build/release-gcc/libsluice.a}" -lxml2
  }
}

has() { command -v "$1" >/dev/null; }

rivals_install() {
  local missing=()
  for pair in mawk:mawk mlr:miller igzip:isal gzip:gzip openssl:openssl node:nodejs npm:npm; do
    has "${pair%%:*}" || missing+=("${pair#*:}")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    say "installing ${missing[*]}"
    local as=""
    [ "$(id -u)" -eq 0 ] || as=sudo
    $as apt-get install -y --no-install-recommends "${missing[@]}" >&2 || say "could not; their rows will be missing"
  fi
  cp "$here"/rivals/* "$build/rivals/"
  if [ ! -d "$build/rivals/node_modules/@duckdb/node-api" ] && has npm; then
    (cd "$build/rivals" && npm install --no-package-lock --no-audit --no-fund --loglevel=error >&2) ||
      say "DuckDB could not be installed; its rows will be missing"
  fi
}

site_make() {
  rm -rf "$site"
  cp -r "$here/site" "$site"
  mkdir -p "$site/transforms/lookups"
  cp "$data/skus.csv" "$site/transforms/lookups/"
}

# ---- data ----

settlement_make() { # NAME BYTES [OPTION...]
  local name=$1
  shift
  "$build/generate" settlement "$@" --expect "$data/$name.totals" --expect-channel "$data/$name.channels" \
    --residual "$data/$name.residual" >"$data/$name.part"
  mv "$data/$name.part" "$data/$name.tsv"
}

data_make() {
  local stamp
  stamp=$(cat "$here"/{generate,settlement,settlement_order,orders,orders_xml}.c "$here"/*.h | cksum)
  if [ "$(cat "$data/stamp" 2>/dev/null)" != "$stamp" ]; then
    say "making the data"
    rm -f "$data"/*
    settlement_make settlement $((1000000000 / SCALE))
    settlement_make renamed $((1000000000 / SCALE)) renamed
    gzip -6 -n -k "$data/settlement.tsv"
    "$build/generate" orders $((500000000 / SCALE)) --expect "$data/orders.csv" --skus "$data/skus.csv" >"$data/orders.tsv"
    tr , '\t' <"$data/skus.csv" >"$data/skus.tsv"
    "$build/generate" orders-xml $((500000000 / SCALE)) >"$data/orders.xml"
    "$build/xml-events" bare "$data/orders.xml" | cut -d, -f1,2 >"$data/orders.walk"
    echo "$stamp" >"$data/stamp"
  fi
  if [ -z "$ONLY" ] || [ "$ONLY" = ledger ]; then
    [ -s "$data/ledger.txt" ] || "$build/generate-ledger" $((1000000 / SCALE)) >"$data/ledger.txt"
    ledger_site_make
    cat "$data/ledger.txt" >/dev/null
  fi
  cat "$data"/*.tsv "$data"/*.gz "$data"/orders.{csv,xml} >/dev/null # into the page cache
}

# ---- the programs' command lines; each is run by timer without a shell where it can be ----

sluice_transform() { echo "$sluice -C $site transform $1 $2 --workers $3"; } # NAME FILE WORKERS
sluice_feed() { echo "$sluice -C $build/feed-site run settlement --workers $1"; }
duckdb() { echo "node $build/rivals/duckdb.mjs $1 $2 $out/current $3 ${4:-}"; } # WORK FILE THREADS [SKUS]
mawk_totals() { echo "mawk -v a=$1 -v b=$2 -v c=$3 -v d=${4:-0} -v amount=$5 -v total=$6 -f $here/rivals/totals.awk"; }
miller_totals() { # KEYS AMOUNT FILE [READER]
  echo "mlr --itsvlite --ocsv --ofmt %.2lf ${4:-} stats1 -a sum,count -f $2 -g $1 then filter '\$$2_count>0'" \
    "then rename $2_sum,sum,$2_count,rows${5:-} $3"
}
miller_reshape() {
  # shellcheck disable=SC2016
  echo 'mlr -S --itsvlite --ocsv filter '"'"'${order-status}!="Cancelled"'"'"' then put '"'"'${purchase-date}=' \
    '${purchase-date}[6:7]."/".${purchase-date}[9:10]."/".${purchase-date}[1:4]'"'"' then join --ur -j sku -f' \
    "$data/skus.tsv then cut -o -f $(head -1 "$data/orders.csv") $data/orders.tsv"
}

# The demo site's settings, without the local SP-API.
site_conf() { grep -v '^amazon-' "$root/sluice.conf" >"$1/sluice.conf"; }

# A site with so many small settlements in its inbox; the same files once more for the ceilings.
inbox_site_make() { # COUNT
  rm -rf "$build/inbox-site" "$build/inbox-files" "$build/inbox-copy"
  mkdir -p "$build/inbox-site/inbox/settlement" "$build/inbox-site/outbox" "$build/inbox-files"
  cp -r "$root/feeds" "$root/schemas" "$root/transforms" "$build/inbox-site/"
  site_conf "$build/inbox-site/"
  mawk -v n="$1" -v folder="$build/inbox-files" -f "$here/inbox.awk"
  cp -r "$build/inbox-files/." "$build/inbox-site/inbox/settlement/"
}

# A new copy of the demo site, with the report (linked, not copied) in its inbox.
feed_site_make() { # FILE
  rm -rf "$build/feed-site"
  mkdir -p "$build/feed-site/inbox/settlement" "$build/feed-site/outbox"
  cp -r "$root/feeds" "$root/schemas" "$root/transforms" "$build/feed-site/"
  site_conf "$build/feed-site/"
  ln "$1" "$build/feed-site/inbox/settlement/settlement.tsv"
}

# The demo site with nothing in its inbox and a ledger of a million released items, folded by one run.
ledger_site_make() {
  local at=$build/ledger-site
  rm -rf "$at"
  mkdir -p "$at/var/ledger" "$at/outbox" "$at/inbox/settlement"
  cp -r "$root/feeds" "$root/schemas" "$root/transforms" "$at/"
  site_conf "$at/"
  cp "$data/ledger.txt" "$at/var/ledger/"
  "$sluice" -C "$at" run settlement >/dev/null
}

# ---- what is run: work, program, threads, kind of check, plain bytes, repetitions, command ----

entries=()
entry() { # WORK PROGRAM THREADS CHECK BYTES REPS COMMAND
  if [ -z "$ONLY" ] || [ "$ONLY" = "$1" ]; then entries+=("$(printf '%s\t' "$1" "$2" "$3" "$4" "$5" "$6")$7"); fi
}

entries_make() {
  local s=$data/settlement.tsv r=$data/renamed.tsv o=$data/orders.tsv z=$data/settlement.tsv.gz n=$REPS w t bytes at
  bytes=$(stat -c %s "$s")
  for t in 1 2; do
    entry W1 sluice $t totals "$bytes" "$n" "$(sluice_transform totals "$s" $t)"
    entry W1 DuckDB $t totals "$bytes" "$n" "$(duckdb totals "$s" $t)"
    entry W1 "bare loop" $t totals "$bytes" "$n" "$build/bare totals $s $t"
  done
  entry W1 mawk 1 totals "$bytes" "$n" "$(mawk_totals 7 13 14 0 15 5) $s"
  entry W1 Miller 1 totals "$bytes" "$SLOW_REPS" \
    "$(miller_totals transaction-type,amount-type,amount-description amount "$s")"
  entry W1 "wc -l" 1 none "$bytes" "$n" "wc -l $s"

  # W1p: the whole plan of the feed (journal, month split, proofs), custody and digest aside
  for t in 1 2; do
    entry W1p sluice $t journal "$bytes" "$n" "$sluice -C $root transform settlement-to-journal $s --workers $t"
  done
  for t in 1 2; do entry W1f sluice $t feed "$bytes" "$n" "$(sluice_feed $t)"; done
  entry W1f "SHA-256" 1 none "$bytes" "$n" "openssl dgst -sha256 $s"
  entry W1f "synced write" 1 none "$bytes" "$n" "dd if=$s of=$out/synced bs=1M conv=fsync status=none"

  w=$(stat -c %s "$r")
  for t in 1 2; do
    entry W1r sluice $t channels "$w" "$n" "$(sluice_transform totals-renamed "$r" $t)"
    entry W1r DuckDB $t channels "$w" "$n" "$(duckdb totals-renamed "$r" $t)"
  done
  entry W1r mawk 1 channels "$w" "$n" "$(mawk_totals 10 17 3 14 1 21) $r"
  entry W1r Miller 1 channels "$w" "$SLOW_REPS" "$(miller_totals movement,family,label,channel worth "$r" "" \
    ",movement,transaction-type,family,amount-type,label,amount-description,channel,fulfillment-id")"

  w=$(stat -c %s "$o")
  for t in 1 2; do
    entry W2 sluice $t reshape "$w" "$n" "$(sluice_transform reshape "$o" $t)"
    entry W2 DuckDB $t reshape "$w" "$n" "$(duckdb reshape "$o" $t "$data/skus.csv")"
  done
  entry W2 "bare loop" 1 reshape "$w" "$n" "$build/bare reshape $o $data/skus.csv"
  entry W2 mawk 1 reshape "$w" "$n" "mawk -v skus=$data/skus.csv -f $here/rivals/reshape.awk $o"
  entry W2 Miller 1 reshape "$w" "$SLOW_REPS" "$(miller_reshape)"

  # XML: an order report to the canonical order; what reading it costs before anything is made of it is the ceiling
  w=$(stat -c %s "$data/orders.xml")
  for t in 1 2; do
    entry XML sluice $t items "$w" "$n" "$sluice -C $root transform order-from-xml $data/orders.xml --workers $t"
  done
  entry XML "bare SAX2" 1 walk "$w" "$n" "$build/xml-events bare $data/orders.xml"
  entry XML "pushed SAX2" 1 walk "$w" "$n" "$build/xml-events push $data/orders.xml"
  entry XML xml_read 1 walk "$w" "$n" "$build/xml-events read $data/orders.xml"
  entry XML xml_feed 1 walk "$w" "$n" "$build/xml-events feed $data/orders.xml"

  # ledger: a run that finds nothing to do, the state of the site, and a start without the checkpoint
  if [ -f "$data/ledger.txt" ]; then
    w=$(stat -c %s "$data/ledger.txt") at=$build/ledger-site
    entry ledger sluice 1 journal "$w" "$n" "$sluice -C $at run settlement"
    entry ledger status 1 none "$w" "$n" "$sluice -C $at status"
    entry ledger "find one" 1 none "$w" "$n" "$sluice -C $at find 70000000777"
    entry ledger "checkpoint" 1 none "$w" "$SLOW_REPS" "sh -c 'rm $at/var/ledger/checkpoint; $sluice -C $at find 1'"
    entry ledger "wc -l" 1 none "$w" "$n" "wc -l $data/ledger.txt"
  fi

  for t in 1 2; do
    entry W3 sluice $t totals "$bytes" "$n" "$(sluice_transform totals "$z" $t)"
    entry W3 DuckDB $t totals "$bytes" "$n" "$(duckdb totals "$z" $t)"
  done
  entry W3 "ISA-L inflate" 1 none "$bytes" "$n" "igzip -dc $z"
  entry W3 "gzip inflate" 1 none "$bytes" "$n" "gzip -dc $z"
  entry W3 "gzip | mawk" 2 totals "$bytes" "$n" "sh -c 'gzip -dc $z | $(mawk_totals 7 13 14 0 15 5)'"
  entry W3 Miller 1 totals "$bytes" "$SLOW_REPS" \
    "$(miller_totals transaction-type,amount-type,amount-description amount "$z" --gzin)"
}

# ---- checks: yes, no, or reordered (the same lines, not in the input's order) ----

sorted_same() { # EXPECTED
  if cmp -s <(tr -d '\r' <"$out/current" | sort) <(sort "$1"); then echo "$2"; else echo no; fi
}

check() { # KIND NAME
  case $1 in
  none) echo - ;;
  journal) echo yes ;; # its own proofs held, or there was nothing to do: the exit code
  totals) sorted_same "$data/$2.totals" yes ;;
  inbox) # a journal for each file
    if [ "$(find "$build/inbox-site/outbox/sl" -name 'journal-*.txt' | wc -l)" -eq "$inbox_count" ]; then echo yes
    else echo no; fi ;;
  items) # a line for each item
    if [ "$(($(wc -l <"$out/current") - 1))" -eq "$(grep -c '<AmazonOrderItemCode>' "$data/orders.xml")" ]; then echo yes
    else echo no; fi ;;
  walk) # as many elements and attributes
    if cut -d, -f1,2 "$out/current" | cmp -s - "$data/orders.walk"; then echo yes; else echo no; fi ;;
  channels) sorted_same "$data/$2.channels" yes ;;
  reshape)
    if cmp -s <(tr -d '\r' <"$out/current") "$data/orders.csv"; then echo yes
    else sorted_same "$data/orders.csv" reordered; fi ;;
  feed) # the journal's own proofs held (exit code), and exactly the known orders kept a tax residual
    cat "$build"/feed-site/outbox/sl/settlement/tax-*.csv >"$out/current" 2>/dev/null || true
    sorted_same "$data/$2.residual" yes ;;
  esac
}

# ---- runs ----

declare -A broken=() written=()

run_once() { # REP WORK PROGRAM THREADS CHECK BYTES REPS COMMAND
  local rep=$1 work=$2 program=$3 threads=$4 kind=$5 bytes=$6 reps=$7 command=$8 name=settlement target=$out/current
  local id="$work $program $threads" took took_bytes exact
  if [ "$rep" -gt "$reps" ] || [ -n "${broken[$id]:-}" ]; then return 0; fi
  if [ "$program" = sluice ] && [ ! -x "$sluice" ]; then return 0; fi
  [ "$work" = W1r ] && name=renamed
  [ "$kind" = none ] && target=/dev/null
  if [ "$kind" = feed ] && ! feed_site_make "${big_file:-$data/settlement.tsv}" 2>/dev/null; then
    broken[$id]="the demo site is not complete"
    return 0
  fi
  rm -f "$out/current" "$out/synced" "$out/took"
  case $command in node*) target=/dev/null ;; esac # writes $out/current itself
  if ! eval "$build/timer $out/took $target $command" 2>"$out/stderr"; then broken[$id]="timer failed"; fi
  took=$(cat "$out/took" 2>/dev/null || echo "0 0 0 0 126")
  case ${took##* } in
  0) ;;
  1) [ "$kind" = feed ] || broken[$id]="exit 1" ;;
  *) broken[$id]="exit ${took##* }" ;;
  esac
  if [ -n "${broken[$id]:-}" ]; then
    say "$id: ${broken[$id]}: $(head -c 200 "$out/stderr" | head -1)"
    return 0
  fi
  exact=$(check "$kind" "${big_name:-$name}")
  if [ "$program" = sluice ] && [ "$kind" != feed ]; then # the same bytes in each run, with any number of workers
    took_bytes=$(cksum <"$out/current")
    [ "${written[$work]:=$took_bytes}" = "$took_bytes" ] || exact="no: other bytes than the first run's"
  fi
  # shellcheck disable=SC2086
  printf '%s\t' "$work" "$program" "$threads" "$bytes" $took >>"$runs"
  echo "$exact" >>"$runs"
}

# OpenSSL times sealing in memory; written as if the whole report had been sealed at that speed.
seal_measure() {
  local bytes speed
  bytes=$(stat -c %s "$data/settlement.tsv")
  speed=$(openssl speed -evp aes-256-gcm -bytes 65536 -seconds 2 -mr 2>/dev/null | awk -F: '$1 == "+F" { printf "%.0f", $NF }')
  if [ "${speed:-0}" -gt 0 ]; then
    printf 'W1f\tsealing\t1\t%s\t%s\t0\t0\t0\t0\t-\n' "$bytes" $((bytes * 1000 / (speed / 1000))) >>"$runs"
  fi
}

runs_make() {
  local rep line fields
  : >"$runs"
  for ((rep = 1; rep <= REPS; rep++)); do
    say "run $rep of $REPS"
    for line in "${entries[@]}"; do
      IFS=$'\t' read -r -a fields <<<"$line"
      run_once "$rep" "${fields[@]}"
    done
  done
  if [ -z "$ONLY" ] || [ "$ONLY" = W1f ]; then seal_measure; fi
}

# ---- many small files: one run each ----

inbox_make() {
  local count name bytes from=$build/inbox-files to=$build/inbox-copy
  for count in $((10000 / SCALE)) $((100000 / SCALE)); do
    name=inbox$([ "$count" -eq $((10000 / SCALE)) ] || echo x10)
    say "$count small files"
    inbox_site_make "$count"
    bytes=$(find "$from" -type f -printf '%s\n' | awk '{ sum += $1 } END { printf "%d", sum }')
    inbox_count=$count
    run_once 1 "$name" sluice 1 inbox "$bytes" 1 "$sluice -C $build/inbox-site run settlement"
    run_once 1 "$name" sha256sum 1 none "$bytes" 1 "sh -c 'find $from -type f -print0 | xargs -0 sha256sum'"
    run_once 1 "$name" "cp and sync" 1 none "$bytes" 1 "sh -c 'cp -r $from $to && find $to -type f -print0 | xargs -0 sync'"
  done
  rm -rf "$build/inbox-site" "$from" "$to"
}

# ---- memory at eight times the size: one run each, and the files are removed ----

big_make() {
  local bytes=$((8000000000 / SCALE)) big=$data/big.tsv t
  trap 'rm -rf "$data"/big.* "$build/feed-site"' EXIT
  say "memory at 8 times the size"
  settlement_make big "$bytes"
  bytes=$(stat -c %s "$big")
  big_name=big
  for t in 1 2; do
    run_once 1 W1@8 sluice $t totals "$bytes" 1 "$(sluice_transform totals "$big" $t)"
    run_once 1 W1@8 DuckDB $t totals "$bytes" 1 "$(duckdb totals "$big" $t)"
  done
  run_once 1 W1@8 "bare loop" 1 totals "$bytes" 1 "$build/bare totals $big 1"
  if [ -x "$sluice" ]; then # every row another order than its neighbours: the most state that a feed can have
    rm -f "$big"
    settlement_make big $((8000000000 / SCALE)) scattered
    big_file=$big run_once 1 W1f@8 sluice 2 feed "$bytes" 1 "$(sluice_feed 2)"
  fi
  unset big_name
}

if [ "$ONLY" = db ]; then exec bash "$here/databases.sh"; fi
if [ "$ONLY" = load ]; then exec bash "$here/load.sh"; fi
if [ "$ONLY" = listings ]; then exec bash "$here/listings.sh"; fi
tools_build
rivals_install
if [ "$ONLY" != inbox ]; then # which makes its own small files
  data_make
  site_make
  entries_make
fi
if [ ! -x "$sluice" ]; then say "no program at $sluice: its rows are left out"; fi
runs_make
if [ -z "$ONLY" ] || [ "$ONLY" = inbox ]; then inbox_make; fi
if [ "$BIG" = 1 ]; then big_make; fi
if has uptime; then say "$(uptime | sed 's/.*load/load/'); $(nproc) cores"; fi
awk -v scale="$SCALE" -f "$here/report.awk" "$runs" | tee "$build/table.txt"
rm -rf "$out" "$build/feed-site" "$build/ledger-site"
if [ -z "$ONLY" ]; then bash "$here/databases.sh" | tee -a "$build/table.txt"; fi
if [ -z "$ONLY" ]; then bash "$here/load.sh" | tee -a "$build/table.txt"; fi
if [ -z "$ONLY" ]; then REPS=3 bash "$here/listings.sh" | tee -a "$build/table.txt"; fi
