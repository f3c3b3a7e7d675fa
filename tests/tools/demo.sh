#!/bin/sh
# tools/demo: drops the demo's settlements into this site's inbox and lets a night run on them; the next finds nothing due.
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

# A file appears in the inbox whole: renamed, never written there.
for file in "$made"/*.txt; do
  mv "$file" "$inbox/"
done

code=0
./sluice night --only settlement || code=$?
echo
echo "The same night once more:"
./sluice night || code=$?
echo
./sluice status || [ "$code" -ne 0 ] || code=$?

echo
echo "Journals for SL and their proofs:  outbox/sl/settlement/"
echo "Where a line comes from:           ./sluice why outbox/sl/settlement/journal-70000000011.txt:3"
exit "$code"
