#!/bin/sh
# tools/demo_orders: two nights of Amazon orders into the sandbox company, with a stand-in for SL's Process Manager between them.
#
# Run by tools/demo. Orders that ask something of a person (an unknown SKU, an
# address that is too long) are part of it, so the nights end 1: 0 here. A second run drops
# the same bytes again, and nothing in the company changes.
set -eu
cd "$(dirname "$0")/../.."

demo=tests/demo/orders
company=var/sandbox/company.db
process_manager="python3 tests/fake/process_manager.py $company"
first=2026-11-21T03:00:00Z
second=2026-11-22T03:00:00Z

drop() { # FILE FEED: it appears in the inbox whole
  mkdir -p -m 770 "inbox/$2"
  mkdir -p build/demo
  cp "$demo/$1" "build/demo/$1"
  mv "build/demo/$1" "inbox/$2/"
}
run() { # what asks a person ends 1
  code=0
  ./sluice run "$@" || code=$?
  echo
  [ "$code" -le 1 ] || exit "$code"
}

echo "First night: merchant orders and Amazon's own, which wait on hold"
drop orders.xml orders
drop search-orders-fba.json fba-orders
run orders fba-orders --now $first
drop fba-shipments.txt fba-shipments
run fba-shipments --now $first

echo "SL's Process Manager makes shippers (a stand-in: SL itself runs on Windows)"
PYTHONDONTWRITEBYTECODE=1 $process_manager work
echo

echo "Second night: carriers and tracking numbers onto the shippers, orders that were cancelled meanwhile"
drop fba-shipments.txt fba-shipments # of the trailing window: now that there are shippers, they get what Amazon says
drop fba-shipments-later.txt fba-shipments
drop search-orders-later.json cancellations
run fba-shipments cancellations --now $second
PYTHONDONTWRITEBYTECODE=1 $process_manager work

python3 tests/tools/demo_totals.py ./sluice "$company"
