#!/bin/sh
# tools/demo: drops the demo's settlements into this site's inbox, as they ended, and lets nights run on them; the last finds nothing due.
#
# Run by `make run` when ./sluice is built. Ends 0 only when sluice does. A second
# run drops the same bytes again: sluice says so, and posts nothing twice.
set -eu
cd "$(dirname "$0")/../.."

inbox=inbox/settlement
made=build/demo
mkdir -p "$inbox" "$made"

echo "Making a settlement of 100,000 rows"
PYTHONDONTWRITEBYTECODE=1 python3 tests/demo/make_settlement.py --seed 5 --rows 100000 --settlement-id 70000000013 \
  --start 2026-10-30T07:12:45Z --end 2026-11-13T07:12:45Z --previous-reserve 1283.18 --reserve 9500.00 --split-month \
  -o "$made/2026-11-13-us-large.txt"
cp tests/demo/inbox/settlement/*.txt "$made"

[ -f var/sandbox/company.db ] || ./sluice sandbox # the company that stands for SL

code=0
drop() { # NAME..: a file appears in the inbox whole: renamed, never written there
  for name in "$@"; do
    mv "$made/$name" "$inbox/"
  done
}
# Each settlement is held against the last one of its currency and marketplace that an earlier run released.
drop 2026-10-16-us.txt
./sluice run settlement || code=$?
echo
drop 2026-10-30-us-all-reserved.txt 2026-11-06-de.txt
./sluice run settlement || code=$?
echo
drop 2026-11-13-us-large.txt 2026-11-16-uk-negative.txt
./sluice night --only settlement || code=$?
echo
echo "The same night once more:"
./sluice night || code=$?
echo
sh tests/tools/demo_orders.sh || [ "$code" -ne 0 ] || code=$?
echo
./sluice status || { ended=$?; [ "$ended" -eq 1 ] || [ "$code" -ne 0 ] || code=$ended; } # 1: the orders ask something

echo
echo "Journals for SL and their proofs:  outbox/sl/settlement/"
echo "Where a line comes from:           ./sluice why outbox/sl/settlement/journal-70000000011.txt:3"
exit "$code"
