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
amazon=var/sandbox/amazon
process_manager="python3 tests/fake/process_manager.py $company"
first=2026-11-16T03:00:00Z
second=2026-11-17T03:00:00Z
orders=GET_ORDER_REPORT_DATA_SHIPPING
shipments=GET_AMAZON_FULFILLED_SHIPMENTS_DATA_GENERAL

at_amazon() { sh tests/tools/amazon_state.sh "$amazon" "$@"; }
run() { # what asks a person ends 1
  code=0
  ./sluice run "$@" || code=$?
  echo
  [ "$code" -le 1 ] || exit "$code"
}

rm -rf var/courier "$amazon/served" "$amazon/reports/$orders" "$amazon/reports/$shipments" "$amazon/orders" # as if for the first time

echo "First night: merchant orders and Amazon's own, which wait on hold"
at_amazon report $orders $demo/orders.xml
at_amazon orders $demo/search-orders-fba.json
run orders fba-orders --now $first
at_amazon report $shipments $demo/fba-shipments.txt
run fba-shipments --now $first

echo "SL's Process Manager makes shippers (a stand-in: SL itself runs on Windows)"
PYTHONDONTWRITEBYTECODE=1 $process_manager work
echo

echo "Second night: carriers and tracking numbers onto the shippers, orders that were cancelled meanwhile, and to Amazon: what was shipped"
mkdir -p build/demo
{ # Amazon's report of the trailing window: what was told before, and what came since
  cat $demo/fba-shipments.txt
  tail -n +2 $demo/fba-shipments-later.txt
} >build/demo/fba-shipments-second.txt
at_amazon report $shipments build/demo/fba-shipments-second.txt
at_amazon orders $demo/search-orders-later.json
mkdir -p inbox/confirmations
cp tests/demo/confirmations/confirmations.csv build/demo/
mv build/demo/confirmations.csv inbox/confirmations/
./sluice night --only fba-shipments,cancellations,confirmations --now $second || [ $? -eq 1 ]
echo
PYTHONDONTWRITEBYTECODE=1 $process_manager work

python3 tests/tools/demo_totals.py ./sluice "$company"
