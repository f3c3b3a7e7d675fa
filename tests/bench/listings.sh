#!/usr/bin/env bash
# bench/listings: a stock feed of a million listings beside yajl's bare generator, side by side; its parts, and its memory.
#
#   tests/bench/listings.sh     by make bench, also with ONLY=listings; SCALE=100 makes a hundredth of the 1,000,000 items
#
# "feed" is the whole of `sluice run stock`: groups in order, lookups, the state of each listing, digests, synced files.
# "spec" is `sluice transform` of a spec that writes a message for each item and no more: reading and the writer.
# "load/json" is the writer alone, fed from memory as yajl is.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/bench
sluice=${SLUICE:-$root/sluice}
count=$((1000000 / ${SCALE:-1}))
reps=${REPS:-3}
mkdir -p "$build"
scratch=$(mktemp -d "$build/listings.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM

say() { echo "bench: $*" >&2; }
tools() {
  local libraries="-lcsv -lisal -lz -lcrypto -lxml2 -lxlsxwriter -lzip -lyajl -lodbc"
  # shellcheck disable=SC2086
  ${CC:-cc} -std=c11 -O2 -D_POSIX_C_SOURCE=200809L -I"$root/etl" -o "$build/listings" "$here/listings.c" \
    "${LIBRARY:-$root/build/release-gcc/libsluice.a}" -pthread -Wl,--as-needed $libraries -ldl
  ${CC:-cc} -std=c11 -O2 -D_POSIX_C_SOURCE=200809L -o "$build/timer" "$here/timer.c"
}

# A site without SL and keys, so that what would be uploaded stays in its outbox.
site_new() {
  local at=$scratch/site all=GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL fba=GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA
  rm -rf "$at"
  mkdir -p "$at"/inbox/{stock,sl} "$at/inbox/supply/$all" "$at/inbox/supply/$fba"
  cp -R "$root"/{feeds,schemas,transforms} "$at/"
  grep -Ev '^(keys|sl-connection|switch-channels|amazon-[a-z]+) ' "$root/sluice.conf" >"$at/sluice.conf"
  printf 'InvtID,SKU,Units\nCAT-0000001,CAT-0000001,1\n' >"$at/inbox/sl/alias.csv"
  printf 'CustOrdNbr,OrdNbr\n' >"$at/inbox/sl/known.csv"
  printf 'sku\tfnsku\tasin\tcondition\tmfn-listing-exists\tmfn-fulfillable-quantity\tafn-listing-exists\tafn-fulfillable-quantity\n' \
    >"$at/inbox/supply/$fba/report.txt"
  tr ' ' '\t' >"$at/inbox/supply/$all/report.txt" <<<"amazon-order-id merchant-order-id purchase-date last-updated-date order-status \
fulfillment-channel sales-channel ship-service-level product-name sku asin item-status quantity currency item-price item-tax shipping-price \
shipping-tax gift-wrap-price gift-wrap-tax item-promotion-discount ship-promotion-discount ship-city ship-state ship-postal-code ship-country"
  {
    printf 'transform each-item\n  from sl.stock\n  into amazon.listings-feed\n\n'
    grep -E '^  setting (company|seller-id|item-|tag-|backorder-column)' "$root/transforms/stock-to-amazon.transform" # which the query names
    cat <<'SPEC'

  feed
    sellerId = config.seller-id

    message each item
      messageId = counter-in-file()
      sku       = SKU

      patch each item
        op   = "merge"
        path = "/attributes/fulfillment_availability"
        value
          fulfillment_channel_code = "DEFAULT"
          quantity                 = integer(sum(site.QtyOnHand))
SPEC
  } >"$at/transforms/each-item.transform"
}

stock_of() { # ITEMS
  [ -s "$scratch/stock-$1.csv" ] || "$build/listings" snapshot "$1" >"$scratch/stock-$1.csv"
  cat "$scratch/stock-$1.csv" >/dev/null
}

measure() { # LABEL RUN OUTPUT COMMAND..: a line "label run microseconds KiB" to the results
  local label=$1 run=$2 output=$3
  shift 3
  "$build/timer" "$scratch/took" "$output" "$@" 2>"$scratch/stderr" || true
  read -r wall _ _ peak ended <"$scratch/took"
  if [ "$ended" -ne 0 ]; then
    say "$label ended with $ended: $(head -c 300 "$scratch/stderr") $(head -c 300 "$output")"
    return 1
  fi
  echo "$label $run $wall $peak" >>"$scratch/results"
}

feed() { # LABEL RUN ITEMS
  site_new
  stock_of "$3"
  cp "$scratch/stock-$3.csv" "$scratch/site/inbox/stock/all.csv"
  touch -d '1 hour ago' "$scratch/site/inbox/stock/all.csv"
  sync
  measure "$1" "$2" "$scratch/said" "$sluice" -C "$scratch/site" run stock
}

spec() { # LABEL RUN ITEMS
  stock_of "$3"
  measure "$1" "$2" "$scratch/spec.json" "$sluice" -C "$scratch/site" transform each-item "$scratch/stock-$3.csv"
}

written() { # BY RUN [SCHEMA]: the time is that of writing alone
  rm -rf "${scratch:?}/$1"
  mkdir "$scratch/$1"
  sync
  "$build/timer" "$scratch/took" "$scratch/written" "$build/listings" "$1" "$count" "$scratch/$1" "${@:3}"
  read -r wall bytes <"$scratch/written"
  read -r _ _ _ peak _ <"$scratch/took"
  echo "$1 $2 $wall $peak" >>"$scratch/results"
}

bodies() { find "$scratch/site/outbox/amazon/stock" -name '*.JSON_LISTINGS_FEED.json' | sort -V; }

# Every part parses, within Amazon's bounds; and together they are, but for line ends, yajl's bytes.
parts_check() {
  local first=
  first=$(bodies | grep -vE -- '-[0-9]+\.JSON' || true)
  mapfile -t parts < <(echo "$first"; bodies | grep -E -- '-[0-9]+\.JSON' | awk -F'[-.]' '{ print $(NF - 2), $0 }' | sort -n | cut -d' ' -f2-)
  python3 - "${parts[@]}" <<'CHECK'
import json, os, sys
counts, largest = [], 0
for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as body:
        messages = json.load(body)["messages"]
    assert len({each["messageId"] for each in messages}) == len(messages) <= 25000, path
    largest = max(largest, os.path.getsize(path))
    assert largest < 10 << 20, path
    counts.append(len(messages))
print(f"{len(counts)} parts, {sum(counts)} messages, {min(counts)} to {max(counts)} in each, the largest {largest / 1e6:.1f} MB")
CHECK
  if cmp -s <(cat "${parts[@]}" | tr -d '\n') <(cat "$scratch"/yajl/*.json | tr -d '\n'); then echo "the same bytes as yajl's, but for line ends"
  else echo "NOT the bytes that yajl wrote" && return 1; fi
}

report() { # BYTES-OF-FEED BYTES-OF-SPEC BYTES-OF-YAJL
  awk -v feed="$1" -v spec="$2" -v yajl="$3" -v count="$count" '
    function median(label,    n, i, j, t, list) {
      n = runs[label]
      for (i = 1; i <= n; i++) {
        list[i] = wall[label, i]
        for (j = i; j > 1 && list[j - 1] > list[j]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
      }
      return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
    }
    function line(label, bytes, words,    mine, base) {
      mine = bytes / median(label); base = yajl / median("yajl")
      printf "%-26s %8.1f MB/s  %5.2f x yajl  %7.1f s  %8.1f MiB\n", words, mine, mine / base, median(label) / 1e6, peak[label] / 1024
    }
    { wall[$1, ++runs[$1]] = $3; if ($4 > peak[$1]) peak[$1] = $4 }
    END {
      printf "\n%d listings, %.1f MB of feed\n", count, feed / 1e6
      line("yajl", yajl, "yajl_gen, from memory")
      line("writer", feed, "load/json, from memory")
      line("spec", spec, "sluice, message each item")
      line("feed", feed, "sluice run stock")
      printf "%-26s %8.1f MiB of %d, %.1f MiB of %d\n", "memory of the feed", peak["feed-quarter"] / 1024, count / 4, peak["feed"] / 1024, count
      printf "%-26s %8.1f MiB of %d, %.1f MiB of %d\n", "memory of the spec", peak["spec-quarter"] / 1024, count / 4, peak["spec"] / 1024, count
    }' "$scratch/results"
}

tools
: >"$scratch/results"
feed feed-quarter 1 $((count / 4))
spec spec-quarter 1 $((count / 4))
for ((rep = 1; rep <= reps; rep++)); do
  say "listings: run $rep of $reps"
  written yajl "$rep"
  written writer "$rep" "$root/schemas/amazon/listings-feed.schema"
  spec spec "$rep" "$count"
  feed feed "$rep" "$count"
done
feed_bytes=$(bodies | xargs cat | wc -c)
report "$feed_bytes" "$(stat -c %s "$scratch/spec.json")" "$(cat "$scratch"/yajl/*.json | wc -c)"
parts_check
