#!/usr/bin/env bash
# wire/watch: notifications start feeds, and are deleted only when what they tell has been done; subscriptions are made once.
#
#   SLUICE=.. SPAPI=.. tests/wire/watch.sh LOG      prints "watch: N of N"
set -uo pipefail
log=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
mkdir -p site/inbox amazon/queue amazon/reports/GET_ORDER_REPORT_DATA_SHIPPING
cp -R "$root"/feeds "$root"/transforms "$root"/schemas site/
sed -i 's/^  # when/  when/' site/feeds/orders.feed site/feeds/confirmations.feed
sed -i 's/after fba-shipments//' site/feeds/confirmations.feed
printf 'client-id = amzn1.application-oa2-client.sandbox\nclient-secret = sandbox-secret\nrefresh-token = Atzr|sandbox\naws-key = AKIDEXAMPLE\naws-secret = wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\n' >site/amazon.key
chmod 600 site/amazon.key
passed=0 failed=0
check() { # WHAT CONDITION..
  what=$1
  shift
  if "$@"; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    printf 'watch: %s\n%s\n' "$what" "$said" >&2
  fi
}
start() {
  exec 5> >(exec "$SPAPI" --state amazon --log "$log" --speed 2000 --until-eof "$@" >url.txt)
  server=$!
  for _ in $(seq 50); do [ -s url.txt ] && break; sleep 0.1; done
  {
    grep -v '^amazon-' "$root/sluice.conf"
    printf 'amazon-credentials = amazon.key\namazon-marketplaces = US\namazon-pace = 10\namazon-patience = 1\namazon-region = %s\namazon-queue = %s/queue\namazon-queue-arn = arn:aws:sqs:us-east-1:123456789012:sluice\n' "$(cat url.txt)" "$(cat url.txt)"
  } >site/sluice.conf
}
stop() {
  exec 5>&-
  wait "$server" 2>/dev/null
  : >url.txt
}
sluice() { said=$("$SLUICE" -C site "$@" 2>&1); }
says() { grep -q "$1" <<<"$said"; }
waiting() { [ "$(find amazon/queue -type f | wc -l)" -eq "$1" ]; }

start
sluice sandbox
sluice watch --setup
check "a destination is made" says 'destination made'
check "four subscriptions are made" says 'FEED_PROCESSING_FINISHED subscribed'
sluice watch --setup
check "and are there the second time" says 'ORDER_CHANGE is subscribed'
sed -i 's/dest-[0-9]*/dest-elsewhere/' amazon/subscriptions/ORDER_CHANGE.json
sluice watch --setup
check "one that points elsewhere is made anew" says 'ORDER_CHANGE subscribed'

cp "$root/tests/demo/orders/orders.xml" amazon/reports/GET_ORDER_REPORT_DATA_SHIPPING/
printf '{"NotificationType": "ORDER_CHANGE", "Payload": {"OrderChangeNotification": {"AmazonOrderId": "900-0000001-0000001"}}}' >amazon/queue/m1
printf '{"notificationType": "REPORT_PROCESSING_FINISHED", "payload": {"reportProcessingFinishedNotification": {"reportType": "GET_ORDER_REPORT_DATA_SHIPPING", "processingStatus": "DONE"}}}' >amazon/queue/m2
printf 'rubbish' >amazon/queue/m3
printf '{"notificationType": "FEED_PROCESSING_FINISHED", "payload": {"feedProcessingFinishedNotification": {"feedType": "POST_FLAT_FILE_FULFILLMENT_DATA"}}}' >amazon/queue/m4
sluice watch --once
check "an order's change starts the orders" says 'ORDER_CHANGE: .*orders'
check "a report starts its feed" says 'REPORT_PROCESSING_FINISHED GET_ORDER_REPORT_DATA_SHIPPING: .*orders'
check "a feed's end asks for its result" says 'FEED_PROCESSING_FINISHED POST_FLAT_FILE_FULFILLMENT_DATA: .*confirmations'
check "rubbish is told" says 'a message that is no notification'
check "all four are done with" waiting 0
check "the orders stand in the ledger before" grep -q ' released orders ' site/var/ledger/ledger.txt
check "and so do the messages" grep -q ' notified ' site/var/ledger/ledger.txt
stop

start --fault getReport:500:99
printf '{"NotificationType": "ORDER_CHANGE"}' >amazon/queue/m5
cp "$root/tests/demo/orders/order-report-de.txt" amazon/reports/GET_ORDER_REPORT_DATA_SHIPPING/z.xml
sed -i 's/^amazon-patience.*/amazon-patience = 0/' site/sluice.conf
sluice watch --once
check "what could not be done keeps its message" waiting 1
stop
sed -i 's/^aws-secret.*/aws-secret = x/' site/amazon.key
start
rm -f amazon/queue/*
sluice watch --once
check "an empty queue is nothing" test -z "$said"
sed -i '/^aws-key/d' site/amazon.key
sluice watch --once
check "without AWS keys it says what it needs" says 'aws-key'
stop
echo "watch: $passed of $((passed + failed))"
[ "$failed" -eq 0 ]
