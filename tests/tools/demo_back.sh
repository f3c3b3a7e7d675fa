#!/bin/sh
# tools/demo_back: nights from SL to Amazon: acknowledgements, shipments, cancellations, products, stock, prices; what Amazon refuses, what an answer sends again, and what
# Amazon took and did not do.
#
# Run by tools/demo, after the orders. What a night asks of a person ends it 1: 0 here. Played a second time, it shows one more night, which sends nothing.
set -eu
cd "$(dirname "$0")/../.."

demo=tests/demo/back
company=var/sandbox/company.db
amazon=var/sandbox/amazon
made=build/demo
feeds=acknowledgements,shipments,sl-cancellations,products,stock,prices
mkdir -p "$made" inbox/stock

at_amazon() { sh tests/tools/amazon_state.sh "$amazon" "$@"; }
sent() { find outbox/amazon -path '*/sent/*' \( -name '*.xml' -o -name '*.json' \) ! -name '*.proof.json' | sort; }

night() { # TIME FEED,..: Amazon's own reports are of that night too
  rm -rf "$amazon/served"
  echo "$1" >"$amazon/now.txt"
  sent >"$made/sent-before"
  code=0
  ./sluice night --only "$2" --now "$1" >"$made/night.txt" 2>&1 || code=$?
  grep -vE '^  [0-9][0-9]:|^  time +call|calls:' "$made/night.txt"
  [ "$code" -le 1 ] || exit "$code"
  sent | comm -13 "$made/sent-before" - >"$made/sent-now"
}

messages() { while read -r name; do printf '%5d messages  %s\n' "$(grep -cE '<Message>|"messageId"' "$name")" "$name"; done <"$made/sent-now"; }
question() { ./sluice review | grep -B1 -F "$1: Amazon refused $2" | grep -oE 'Q-[A-Z0-9]+' | head -1; }
wants() { # WHAT EXPECTED GOT
  [ "$2" = "$3" ] || { echo "demo: $1: $2 expected, not $3" >&2; exit 70; }
}

if [ -d var/state/listing ]; then
  echo "Back to Amazon: these nights were played before; one more sends nothing"
  night 2026-11-22T03:00:00Z "$feeds"
  wants "feeds of a night in which nothing changed" 0 "$(wc -l <"$made/sent-now")"
  exit 0
fi

echo "Back to Amazon: a clerk ships five orders; one has no tracking number"
PYTHONDONTWRITEBYTECODE=1 python3 tests/fake/process_manager.py "$company" --now 2026-11-17T15:20:00 ship 900-0000001-0000001=1Z999AA10123456784 \
  900-0000003-0000003=1Z999AA10123456785 900-0000004-0000004=1Z999AA10123456786 900-0000005-0000005=1Z999AA10123456787 900-0000006-0000006=
at_amazon shipping tests/demo/orders/orders.xml
at_amazon listings $demo/listings.tsv
at_amazon report GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL $demo/all-orders.txt
cp $demo/fba.tsv "$amazon/fba.tsv"
cp $demo/refuse.txt "$amazon/refuse.txt"
echo

echo "First night: all of it goes; Amazon refuses a listing and a shipment"
night 2026-11-18T03:00:00Z "$feeds"
messages
echo
echo "What it refused, as the review sheet asks it:"
./sluice review | grep -A4 -F "Amazon refused" || true
echo

echo "Second night: nothing changed, and nothing is sent again"
night 2026-11-19T03:00:00Z "$feeds"
wants "feeds of the second night" 0 "$(wc -l <"$made/sent-now")"
echo

echo "The causes are mended, and the answers say so"
rm "$amazon/refuse.txt"
./sluice review --answer "$(question stock 00418)=again" --now 2026-11-19T16:00:00Z
./sluice review --answer "$(question shipments 900-0000004-0000004)=again" --now 2026-11-19T16:00:00Z
echo
echo "Third night: exactly those two"
night 2026-11-20T03:00:00Z "$feeds"
messages
wants "messages of the third night" 2 "$(xargs grep -hcE '<Message>|"messageId"' <"$made/sent-now" | awk '{ n += $1 } END { print n + 0 }')"
echo

echo "A warehouse of 400 more items comes as a file; of every fifty listings that Amazon takes it silently forgets one"
python3 -B $demo/make_catalogue.py 400 --stock inbox/stock/catalogue-1.csv --listings "$made/catalogue.tsv"
at_amazon listings "$made/catalogue.tsv"
echo 50 >"$amazon/drop.txt"
night 2026-11-21T03:00:00Z stock
messages
rm "$amazon/drop.txt"
echo
echo "The next night names exactly those, and sends them again"
python3 -B $demo/make_catalogue.py 400 --stock inbox/stock/catalogue-2.csv
night 2026-11-22T03:00:00Z stock
messages
cat outbox/reports/stock/differences-*.csv
sort "$amazon/dropped.txt" >"$made/dropped"
cut -d, -f2 outbox/reports/stock/differences-*.csv | grep -v subject | sort | comm -3 "$made/dropped" - >"$made/not-named"
wants "listings that were forgotten and not named, or the other way round" 0 "$(wc -l <"$made/not-named")"
