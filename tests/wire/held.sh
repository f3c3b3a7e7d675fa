#!/usr/bin/env bash
# wire/held: money that Amazon holds back when a period ends becomes an accrual and its reversal, tied to Amazon's balance.
#
#   SLUICE=.. SPAPI=.. tests/wire/held.sh LOG      prints "held: N of N"
set -uo pipefail
log=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
mkdir -p site/inbox amazon
cp -R "$root"/feeds "$root"/transforms "$root"/schemas site/
printf 'client-id = amzn1.application-oa2-client.sandbox\nclient-secret = sandbox-secret\nrefresh-token = Atzr|sandbox\n' >site/amazon.key
chmod 600 site/amazon.key
transaction() { printf '{"transactionId": "%s", "transactionType": "Shipment", "transactionStatus": "DEFERRED", "postedDate": "2026-10-28T10:00:00Z", "totalAmount": {"currencyCode": "USD", "currencyAmount": %s}}' "$1" "$2"; }
printf '{"payload": {"transactions": [%s, %s]}}' "$(transaction a 120.55)" "$(transaction b -20.05)" >amazon/transactions.json
balance() { printf '{"balances": [{"balanceType": "DEFERRED", "amount": {"currencyCode": "USD", "currencyAmount": %s}}]}' "$1" >amazon/balances.json; }
exec 5> >(exec "$SPAPI" --state amazon --log "$log" --speed 2000 --until-eof >url.txt)
for _ in $(seq 50); do [ -s url.txt ] && break; sleep 0.1; done
{
  grep -v '^amazon-' "$root/sluice.conf"
  printf 'amazon-credentials = amazon.key\namazon-marketplaces = US\namazon-pace = 10\namazon-region = %s\n' "$(cat url.txt)"
  printf 'held-money.release = auto\nheld-account = 1220\nheld-sub = 0000\naccrued-account = 4090\naccrued-sub = 0000\n'
} >site/sluice.conf
passed=0 failed=0
check() { # WHAT CONDITION..
  what=$1
  shift
  if "$@"; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    printf 'held: %s\n%s\n' "$what" "$said" >&2
  fi
}
run() {
  said=$("$SLUICE" -C site run held-money --now "$1" 2>&1)
  code=$?
}
balance 100.50
run 2026-10-20T10:00:00Z
check "in the midst of a period nothing is written" test ! -e site/outbox/sl/held-money
touch -d 2026-11-01T09:59:00Z site/inbox/supply/balances/* 2>/dev/null
balance 99.00
rm -rf site/inbox/supply
run "$(date -u -d '2026-11-01 10:00' +%FT%TZ)"
check "a balance that differs refuses it" grep -q 'Amazon says that it holds 99' <<<"$said"
check "and nothing is released" test ! -e site/outbox/sl/held-money
balance 100.50
rm -rf site/inbox/supply
run 2026-11-01T10:10:00Z
check "the accrual and its reversal are written" test "$(ls site/outbox/sl/held-money/*.txt 2>/dev/null | wc -l)" = 2
check "in the period that ended" grep -q '"Batch".*202610\|Batch,.*202610' site/outbox/sl/held-money/held-2026-11-01-1.txt
check "and the next one" grep -q '202611' site/outbox/sl/held-money/held-2026-11-01-2.txt
check "for what Amazon holds" grep -q '100.50' site/outbox/sl/held-money/held-2026-11-01-1.txt
exec 5>&-
echo "held: $passed of $((passed + failed))"
[ "$failed" -eq 0 ]
