# A site in the scratch directory with the shipped specs and a sandbox company, in which the demo's FBA orders stand already.
#
#   drop FEED FILE..        copies into inbox/FEED, old enough to be taken
#   fake STEP [ORDER..]     Process Manager's stand-in, or a clerk (tests/fake)
#   sl SQL                  in the sandbox company
. "$TOP/tests/cases/steps.sh"
cp -r "$TOP/feeds" "$TOP/schemas" "$TOP/transforms" .
grep -v '^keys ' "$TOP/sluice.conf" >sluice.conf
for feed in orders fba-orders cancellations fba-returns merchant-returns merchant-returns-xml; do setting $feed.release auto; done
setting sl-connection sandbox
MASK="s|-[0-9a-f]{16}\.rows|-K.rows|"
"$SLUICE" sandbox >/dev/null

drop() {
  feed=$1
  shift
  mkdir -p "inbox/$feed"
  cp "$@" "inbox/$feed"
  age inbox/"$feed"/*
}
fake() { python3 -B "$TOP/tests/fake/process_manager.py" var/sandbox/company.db "$@"; }
sl() { sqlite3 var/sandbox/company.db "$1"; }

drop fba-orders "$TOP/tests/demo/orders/search-orders-fba.json"
NOW=2026-11-20T09:00:00Z
quiet run fba-orders
