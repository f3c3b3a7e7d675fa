#!/usr/bin/env bash
# wire/calls: the calls that a usual night does not make, for the log that is held against Amazon's models.
#
#   SLUICE=.. SPAPI=.. tests/wire/calls.sh LOG      prints "calls: N of N"
set -uo pipefail
log=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
mkdir -p site/inbox/settlement site/inbox/orders site/inbox/fba-orders amazon
cp -R "$root"/feeds "$root"/transforms "$root"/schemas site/
for what in inventory transactions balances; do
  printf 'feed all-%s\n  extract amazon %s\n  transform order-from-search-orders, order-to-cancel\n  load sl.cancellations to "outbox/sl/all-%s/{source-file()}.csv"\n' $what $what $what >site/feeds/all-$what.feed
done
printf 'client-id = amzn1.application-oa2-client.sandbox\nclient-secret = sandbox-secret\nrefresh-token = Atzr|sandbox\nseller-id = A1SANDBOX\n' >site/amazon.key
chmod 600 site/amazon.key
sh "$root/tests/tools/amazon_state.sh" amazon orders "$root/tests/demo/orders/search-orders-fba.json"
mkdir -p amazon/reports/GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL
cp "$root/tests/demo/orders/all-orders.txt" amazon/reports/GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL/

passed=0 failed=0
check() { # WHAT WANTED-CODE TEXT COMMAND..
  what=$1 wanted=$2 text=$3
  shift 3
  said=$("$@" 2>&1)
  code=$?
  if [ "$code" = "$wanted" ] && grep -q "$text" <<<"$said"; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    printf 'calls: %s: exit %s, and not %s with "%s"\n%s\n' "$what" "$code" "$wanted" "$text" "$said" >&2
  fi
}
start() { # FAULT..
  exec 5> >(exec "$SPAPI" --state amazon --log "$log" --speed 2000 --until-eof "$@" >url.txt)
  server=$!
  for _ in $(seq 50); do [ -s url.txt ] && break; sleep 0.1; done
  {
    grep -v '^amazon-' "$root/sluice.conf"
    printf 'amazon-credentials = amazon.key\namazon-marketplaces = US\namazon-pace = 10\namazon-patience = 1\namazon-region = %s\n' "$(cat url.txt)"
  } >site/sluice.conf
}
stop() {
  exec 5>&-
  wait "$server" 2>/dev/null
  : >url.txt
}
sluice() { "$SLUICE" -C site "$@"; }

start
sluice sandbox >/dev/null
check "inventory, held money" 0 '1 page' sluice fetch all-inventory all-transactions all-balances --now 2026-11-16T03:00:00Z
check "one order by its id" 0 'order 900-0000051-0000051' sluice fetch fba-orders --order 900-0000051-0000051 --now 2026-11-16T03:00:00Z
check "an order that is not there" 69 'status 404' sluice fetch fba-orders --order 900-0000051-9999999 --now 2026-11-16T03:00:00Z
check "all since a day" 0 '2026-11-01T' sluice fetch fba-orders --since 2026-11-01 --now 2026-11-16T04:00:00Z
check "the window of 60 to 30 minutes" 0 '2026-11-14T12:00:00Z to 2026-11-14T12:30:00Z' env -C site sh -c 'echo "fba-orders.modified = 60-30" >>sluice.conf; rm -f var/courier/fba-orders.*; '"$SLUICE"' fetch fba-orders --now 2026-11-14T13:00:00Z'
check "what the other side sees of us" 0 'the keys hold' sh -c "'$SLUICE' -C site doctor | grep amazon"
check "a report with a window" 0 '1 file\|all-orders\|fba-orders-tsv-' sluice fetch fba-orders-tsv --now 2026-11-16T03:00:00Z
check "nothing more: cancelled, and nobody else knows" 1 'no other source tells' sluice fetch fba-orders-tsv --now 2026-11-17T03:00:00Z
check "nothing, and another source agrees" 0 'searchOrders agrees' sluice fetch orders --now 2026-12-17T03:00:00Z
check "cancelled, though there are orders" 1 'searchOrders knows of orders' sluice fetch fba-shipments --now 2026-11-15T03:00:00Z
echo 'fba-returns.report = scheduled' >>site/sluice.conf
check "a schedule is made" 0 'createReportSchedule' sluice fetch fba-returns --now 2026-11-16T03:00:00Z
check "and found the next time" 0 '4 calls\|3 calls: login 1, getReportSchedules 1, getReports 1' sluice fetch fba-returns --now 2026-11-17T03:00:00Z
stop
sed -i 's/^roles.*//' amazon/account.txt 2>/dev/null
echo 'roles = buyer, sellers' >>amazon/account.txt
mkdir -p amazon/reports/GET_ORDER_REPORT_DATA_SHIPPING && cp "$root/tests/demo/orders/orders.xml" amazon/reports/GET_ORDER_REPORT_DATA_SHIPPING/
start
check "a role that is missing is named" 69 'Direct-to-Consumer Shipping' sluice fetch orders --now 2026-11-18T03:00:00Z
check "doctor names it" 0 'wrong.*Direct-to-Consumer Shipping' sh -c "'$SLUICE' -C site doctor | tr -s '\n ' ' '"
stop
echo 'roles = sellers, restricted' >amazon/account.txt
sed "s/2026-11-14T10:30:00Z/$(date -u -d '-1 hour' +%FT%TZ)/" amazon/orders/900-0000051-0000051.json >order.json
mv order.json amazon/orders/900-0000051-0000051.json # it was changed an hour ago
start
check "doctor names the buyers' role" 0 'wrong  *amazon a role is missing: Direct-to-Consumer Shipping: orders come without' sh -c "'$SLUICE' -C site doctor | tr -s '\n ' ' '"
stop
echo 'revoked = yes' >amazon/account.txt
start
check "a token that was revoked" 78 'invalid_grant' sluice fetch settlement
check "doctor names it" 0 'wrong  *amazon Amazon does not take the refresh token (invalid_grant)' sh -c "'$SLUICE' -C site doctor | tr -s '\n ' ' '"
stop
rm amazon/account.txt
start --skew 600
check "a clock that is off" 1 'our clock is [0-9]* s behind' sh -c "'$SLUICE' -C site doctor"
for days in 200 178 166 160 10; do
  sed -i '/secret-made/d' site/amazon.key
  echo "secret-made = $(date -u -d "-$days days" +%F)" >>site/amazon.key
  case $days in 200) text='ended 20 days ago' good=wrong ;; 178) text='ends in 2 days' good=wrong ;; 166) text='ends in 14 days' good=wrong ;; 160) text='ends in 20 days' good=wrong ;; *) text='ends in 170 days' good=ok ;; esac
  check "the secret was made $days days ago" 0 "$good  *amazon the client secret $text" sh -c "'$SLUICE' -C site doctor | tr -s '\n ' ' '"
done
stop
echo 'client-secret = x' >site/amazon.key
start
check "half a key file" 78 'no client-id' sluice fetch settlement
chmod 644 site/amazon.key
check "an open key file" 78 'open to others' sluice fetch settlement
stop
echo "calls: $passed of $((passed + failed))"
[ "$failed" -eq 0 ]
