#!/bin/sh
# tools/demo: lets nights run on the demo site: settlements, orders and shipments come from a local SP-API, and feeds go to it.
#
# Run by `make run` when ./sluice is built. Ends 0 only when sluice does. In a second
# run Amazon has nothing new, the file dropped by hand is known, and nothing is posted twice.
set -eu
cd "$(dirname "$0")/../.."

amazon=var/sandbox/amazon
made=build/demo
settlements=GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2
mkdir -p inbox/settlement "$made"

echo "Making a settlement of 100,000 rows"
PYTHONDONTWRITEBYTECODE=1 python3 tests/demo/make_settlement.py --seed 5 --rows 100000 --settlement-id 70000000013 \
  --start 2026-10-30T07:12:45Z --end 2026-11-13T07:12:45Z --previous-reserve 1283.18 --reserve 9500.00 --split-month \
  -o "$made/2026-11-13-us-large.txt"
cp tests/demo/inbox/settlement/*.txt "$made"

[ -f var/sandbox/company.db ] || ./sluice sandbox # the company that stands for SL

code=0
ended() { # NAME..: Amazon has made these settlement reports
  for name in "$@"; do
    sh tests/tools/amazon_state.sh "$amazon" report "$settlements" "$made/$name"
    case $name in *-de.txt) echo charset=Cp1252 >"$amazon/reports/$settlements/$name.meta" ;; esac
  done
}
# Each settlement is held against the last one of its currency and marketplace that an earlier run released.
ended 2026-10-16-us.txt
./sluice run settlement || code=$?
echo
ended 2026-10-30-us-all-reserved.txt 2026-11-06-de.txt
./sluice run settlement || code=$?
echo
ended 2026-11-13-us-large.txt
./sluice night --only settlement || code=$?
echo
echo "A settlement that was downloaded by hand is dropped into the inbox, as ever"
mv "$made/2026-11-16-uk-negative.txt" inbox/settlement/
./sluice run settlement || code=$?
echo
echo "The same night once more:"
./sluice night || code=$?
echo
sh tests/tools/demo_orders.sh || [ "$code" -ne 0 ] || code=$?
echo
sh tests/tools/demo_back.sh || [ "$code" -ne 0 ] || code=$?
echo
./sluice status || { ended=$?; [ "$ended" -eq 1 ] || [ "$code" -ne 0 ] || code=$ended; } # 1: the orders ask something

echo
echo "Journals for SL and their proofs:  outbox/sl/settlement/"
echo "Where a line comes from:           ./sluice why outbox/sl/settlement/journal-70000000011.txt:3"
exit "$code"
