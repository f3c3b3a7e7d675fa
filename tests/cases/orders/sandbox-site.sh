# A site in the scratch directory with the shipped specs and a sandbox company, in which the demo's FBA orders stand already.
#
#   drop FEED FILE..        copies into inbox/FEED, old enough to be taken
#   fake STEP [ORDER..]     Process Manager's stand-in, or a clerk (tests/fake)
#   sl SQL                  in the sandbox company
#
# The company is in SQLite; in PostgreSQL where SLUICE_TEST_POSTGRES names a server (tests/tools/postgres.sh).
. "$TOP/tests/cases/steps.sh"
cp -r "$TOP/feeds" "$TOP/schemas" "$TOP/transforms" .
grep -Ev '^(keys|amazon-[a-z]+) ' "$TOP/sluice.conf" >sluice.conf
for feed in orders fba-orders cancellations fba-returns merchant-returns merchant-returns-xml; do setting $feed.release auto; done
MASK="s|-[0-9a-f]{16}\.rows|-K.rows|"
if [ -n "${SLUICE_TEST_POSTGRES:-}" ]; then
  . "$TOP/tests/cases/orders/postgres-company.sh"
else
  setting sl-connection sandbox
  "$SLUICE" sandbox >/dev/null
  company=var/sandbox/company.db
  ask_sl() { sqlite3 var/sandbox/company.db "$1"; }
fi
# A CHAR of PostgreSQL comes back with its blanks, a FLOAT of SQLite with .0.
sl() { ask_sl "$1" | sed 's/ *|/|/g; s/ *$//; s/\.0|/|/g; s/\.0$//; s/\.0|/|/g'; }

drop() {
  feed=$1
  shift
  mkdir -p "inbox/$feed"
  cp "$@" "inbox/$feed"
  age inbox/"$feed"/*
}
fake() { python3 -B "$TOP/tests/fake/process_manager.py" "$company" "$@"; }

drop fba-orders "$TOP/tests/demo/orders/search-orders-fba.json"
NOW=2026-11-20T09:00:00Z
quiet run fba-orders
