#!/usr/bin/env bash
# wire/stock: what must stand on Amazon at the end when things happen at once: stock received, order taken, feed in flight, late, refused, lost.
#
#   SLUICE=.. SPAPI=.. tests/wire/stock.sh LOG      prints "stock: N of N"
#
# A site without SL: its stock, orders and SKUs are dropped as files of SL's columns. One SKU, CUP, is watched.
set -uo pipefail
log=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
passed=0 failed=0
day=0

start() { # the local SP-API, with faults perhaps
  rm -f url.txt
  exec 5> >(exec "$SPAPI" --state amazon --log "$log" --speed 2000 --until-eof "$@" >url.txt)
  for _ in $(seq 100); do [ -s url.txt ] && break; sleep 0.05; done
  {
    grep -Ev '^(amazon-|sl-connection|keys)' "$root/sluice.conf"
    printf 'amazon-credentials = amazon.key\namazon-marketplaces = US\namazon-pace = 5\namazon-region = %s\n' "$(cat url.txt)"
    printf 'amazon-patience = 20\nanswer-hours = %s\n' "${hours:-24}"
  } >site/sluice.conf
}
stop() {
  keep
  exec 5>&-
}

keep() { # what was sent, for Amazon's schemas to judge
  [ -z "${WIRE_BODIES:-}" ] || for each in site/outbox/amazon/*/sent/*.json; do
    case $each in *.proof.json | *'*'*) ;; *) cp "$each" "$WIRE_BODIES/$((++kept)).json" ;; esac
  done
}
kept=0

new() { # a site and an Amazon that have not met
  rm -rf site amazon
  mkdir -p site/inbox/{sl,stock} amazon
  cp -R "$root"/feeds "$root"/transforms "$root"/schemas site/
  printf 'client-id = amzn1.application-oa2-client.sandbox\nclient-secret = sandbox-secret\nrefresh-token = Atzr|sandbox\n' >site/amazon.key
  chmod 600 site/amazon.key
  printf 'InvtID,SKU,Units\nCUP,CUP,1\nMUG,MUG,1\n' >site/inbox/sl/alias.csv
  printf 'CUP\tDEFAULT\t1\t5.00\nMUG\tDEFAULT\t1\t6.00\n' >listings
  sh "$root/tests/tools/amazon_state.sh" amazon listings listings
  printf 'sku\tfnsku\tasin\tcondition\tmfn-listing-exists\tmfn-fulfillable-quantity\tafn-listing-exists\tafn-fulfillable-quantity\n' >amazon/fba.tsv
  orders=
  known
  from='' day=0
  impatient='' hours=24 # impatient: results are not waited for
}
known() { printf 'CustOrdNbr,OrdNbr\n%s' "${1:+$1,AZ1
}" >site/inbox/sl/known.csv; }
order() { # ID STATUS QUANTITY
  orders+="$1\t\t2026-11-20T01:00:00Z\t2026-11-20T01:00:00Z\t$2\tMerchant\tAmazon.com\tStandard\tCup\tCUP\tB0\t$2\t$3\tUSD\t\t\t\t\t\t\t\t\t\t\t\t\n"
}
columns='amazon-order-id\tmerchant-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\tsales-channel\tship-service-level\tproduct-name\tsku\tasin\titem-status\tquantity\tcurrency\titem-price\titem-tax\tshipping-price\tshipping-tax\tgift-wrap-price\tgift-wrap-tax\titem-promotion-discount\tship-promotion-discount\tship-city\tship-state\tship-postal-code\tship-country\n'
snapshot() { # ON-HAND [ORDERED-IN-SL]: as SL has it now
  {
    printf 'InvtID,SKU,StkUnit,SoldUnit,Factor,Tag,Backorder,SiteID,QtyOnHand,QtyCustOrd\n'
    printf 'CUP,CUP,EA,EA,1,,N,MAIN,%s,%s\nMUG,MUG,EA,EA,1,,N,MAIN,7,0\n' "$1" "${2:-0}"
  } >"site/inbox/stock/snapshot-$(printf %02d $day)${3:-}.csv"
}
sluice() { said=$("$SLUICE" -C site "$@" 2>&1); }
now() { # nights of a November; or, where hours count, steps of two hours from the clock on
  if [ -z "$from" ]; then printf '2026-11-%02dT03:00:00Z' $((day + 1)); else date -u -d "+$((2 * (day - from))) hours" +%FT%TZ; fi
}
fetch() {
  local type=GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL
  rm -rf amazon/served "amazon/reports/$type" site/inbox/supply site/var/amazon # a day later its rates are full again
  mkdir -p "amazon/reports/$type"
  printf "$columns$orders" >"amazon/reports/$type/day$day.txt"
  sluice fetch stock --now "$(now)"
}
night() { # [SNAPSHOT..]: with what was dropped
  day=$((day + 1))
  [ $# -eq 0 ] || snapshot "$@"
  fetch
  sluice run results-json --now "$(now)"
  sluice run stock --couriers-ran --now "$(now)"
  account=$said
  [ -z "$impatient" ] || sed -i 's/^amazon-patience.*/amazon-patience = 0/' site/sluice.conf
  sluice send stock --now "$(now)"
  sed -i 's/^amazon-patience.*/amazon-patience = 20/' site/sluice.conf
  account+=$said
  sluice run results-json --now "$(now)"
  account+=$said
}
stands() { python3 -c 'import json,sys
for element in json.load(open("amazon/listings/CUP.json"))["attributes"]["fulfillment_availability"]:
    if element["fulfillment_channel_code"] == "DEFAULT": print(element.get("quantity"))'; }
feeds() { find amazon/feeds -name '*.json' 2>/dev/null | wc -l; }
check() { # WHAT EXPECTED GOT
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    printf 'stock: %s: %s, not %s\n%s\n' "$1" "$2" "$3" "${account:-}" >&2
  fi
}

new && start
night 10
check "what SL has" 10 "$(stands)"
night 15
check "stock received" 15 "$(stands)"
sent=$(feeds)
night 15
check "nothing changed, nothing is sent" "$sent" "$(feeds)"
order 900-1111111-1111111 Pending 2
night 15
check "an order is taken: its units are kept while SL does not have it" 13 "$(stands)"
sent=$(feeds)
known 900-1111111-1111111
night 15 2
check "the order has come to SL" 13 "$(stands)"
check "and that changes nothing for Amazon" "$sent" "$(feeds)"
orders=
night 13 0
check "it has left" 13 "$(stands)"
night 0
check "sold out" 0 "$(stands)"
check "what ran out goes before the rest" CUP "$(grep -oE '"sku":"[A-Z]+"' "$(find site/outbox/amazon/stock/sent -name '*.json' ! -name '*.proof.json' -newer site/inbox/stock/snapshot-01.csv.ack 2>/dev/null | sort | tail -1)" 2>/dev/null | head -1 | cut -d'"' -f4)"
snapshot 21 0 -a
day=$((day + 1))
snapshot 22 0 -b
day=$((day - 1))
night
check "two snapshots at once: the newer one stands" 22 "$(stands)"
stop

new && start
night 10
echo 100000 >amazon/late.txt
impatient=yes
night 20
sent=$(feeds)
night 30
check "the next one waits for it" "$sent" "$(feeds)"
grep -q 'waits until Amazon has worked' <<<"$account"
check "and says so" 0 $?
rm amazon/late.txt
for each in amazon/feeds/*.json; do sed -i 's/"polls": *[0-9]*/"polls": 0/' "$each"; done
impatient=
night
check "worked: the newer one follows, and stands" 30 "$(stands)"
night 30
check "and nothing more is sent" $((sent + 1)) "$(feeds)"
stop

new && start
night 10
echo 100000 >amazon/late.txt
impatient=yes
from=$day
sed -i 's/^answer-hours.*/answer-hours = 3/' site/sluice.conf
night 20
sent=$(feeds)
night 25
check "late: within answer-hours the next one waits" "$sent" "$(feeds)"
night 30
check "later it counts as lost, and the next one goes" 25 "$(stands)"
night
night
check "late: the newest stands at the end" 30 "$(stands)"
stop

new && start
night 10
echo 'CUP 8541 no such listing' >amazon/refuse.txt
night 20
check "refused: the old one stands" 10 "$(stands)"
grep -q 'Amazon refused CUP' <<<"$account"
check "and somebody is asked" 0 $?
sent=$(feeds)
night 20
check "refused: it is not sent again by itself" "$sent" "$(feeds)"
rm amazon/refuse.txt
question=$("$SLUICE" -C site review | grep -oE 'Q-[A-Z0-9]+' | head -1)
sluice review --answer "$question=again" --now "$(now)"
night 20
check "answered: it stands" 20 "$(stands)"
echo 'CUP 8541 no such listing' >amazon/refuse.txt
night 21
rm amazon/refuse.txt
night 22
check "refused, and changed since: the change goes" 22 "$(stands)"
echo 1 >amazon/drop.txt
night 40
rm amazon/drop.txt
check "taken and not done" 22 "$(stands)"
night 40
check "the next night sees it, and mends it" 40 "$(stands)"
check "and lists it" quantity,CUP,40,40,22 "$(cut -d, -f1-5 site/outbox/reports/stock/differences-*.csv | grep CUP)"
stop

new && start --fault createFeed:cut-after
night 10
check "the answer to createFeed is lost: Amazon has it" 10 "$(stands)"
sent=$(feeds)
night 10
check "it is found there, and not sent twice" "$sent" "$(feeds)"
stop

new
sed -i 's/  # when    every 20 minutes/  when      every 20 minutes/' site/feeds/stock.feed
start
night 10
check "between nights a few go SKU by SKU: no feed" "0 10" "$(feeds) $(stands)"
check "and a report says what came of them" 2 "$(grep -ho '"messagesAccepted":[0-9]*' site/outbox/amazon/stock/sent/*.result | cut -d: -f2)"
echo 'CUP 8541 no such listing' >amazon/refuse.txt
night 12
check "one that is refused is asked about" 1 "$(grep -c 'Amazon refused CUP' <<<"$account")"
rm amazon/refuse.txt
question=$("$SLUICE" -C site review | grep -oE 'Q-[A-Z0-9]+' | head -1)
sluice review --answer "$question=again" --now "$(now)"
night 12
check "and sent again by a yes" "0 12" "$(feeds) $(stands)"
for i in $(seq 501); do printf 'X%s,X%s,EA,EA,1,,N,MAIN,1,0\n' "$i" "$i"; done >many
snapshot 13
cat many >>"site/inbox/stock/snapshot-$(printf %02d $day).csv"
mv "site/inbox/stock/snapshot-$(printf %02d $day).csv" site/inbox/stock/many.csv
night
check "more than five hundred go as a feed" "1 13" "$(feeds) $(stands)"
stop

new && start
printf 'InvtID,PriceClassID,CuryID,SlsPrcID,DetRef,SlsUnit,QtyBreak,DiscPrice,StartDate,EndDate\n' >site/inbox/sl/list.csv
printf 'CUP,AMZ,USD,1,00001,EA,0,5.49,2026-01-01,2078-12-31\nCUP,AMZ,USD,1,00002,EA,12,4.99,2026-01-01,2078-12-31\nMUG,AMZ,USD,2,00001,EA,0,5.50,2026-11-01,2027-11-30\n' >>site/inbox/sl/list.csv
mkdir -p site/inbox/prices
printf 'InvtID,SKU,StkUnit,SoldUnit,Factor,AmazonPrice,StkBasePrc\nCUP,CUP,EA,EA,1,0,6\nMUG,MUG,EA,EA,1,0,6\n' >site/inbox/prices/all.csv
sluice run prices --now "$(now)"
account=$said
check "prices are taken" "2 messages accepted" "$(python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))["summary"]["messagesAccepted"], "messages accepted")' site/outbox/amazon/prices/sent/*.result)"
check "price and tiers stand" "5.49 4.99" "$(python3 -c 'import json
for offer in json.load(open("amazon/listings/CUP.json"), parse_float=str)["attributes"]["purchasable_offer"]:
    if offer["audience"] == "ALL": price = offer["our_price"][0]["schedule"][0]["value_with_tax"]
    else: tier = offer["quantity_discount_plan"][0]["schedule"][0]["levels"][0]["value"]
print(price, tier)')"
stop

new && start
sluice run prices --now "$(now)" # nothing yet
printf 'prices.preview = yes\n' >>site/sluice.conf
printf 'InvtID,PriceClassID,CuryID,SlsPrcID,DetRef,SlsUnit,QtyBreak,DiscPrice,StartDate,EndDate\n' >site/inbox/sl/list.csv
echo 'MUG 90220 a value is missing' >amazon/refuse.txt
mkdir -p site/inbox/prices
price() { printf 'InvtID,SKU,StkUnit,SoldUnit,Factor,AmazonPrice,StkBasePrc\nCUP,CUP,EA,EA,1,0,6.5\nMUG,MUG,EA,EA,1,0,7.5\n' >"site/inbox/prices/$1.csv"; }
prices() {
  price "$1"
  sluice run results-json --now "$(now)"
  sluice run prices --now "$(now)"
  account=$said
  sluice run results-json --now "$(now)"
  account+=$said
  day=$((day + 1))
}
of() { python3 -c 'import json,sys; print(json.load(open(f"amazon/listings/{sys.argv[1]}.json"), parse_float=str)["attributes"]["purchasable_offer"][0]["our_price"][0]["schedule"][0]["value_with_tax"])' "$1"; }
prices 1
check "a preview that refuses one: nothing is sent" "0 5.00 6.00" "$(feeds) $(of CUP) $(of MUG)"
check "and that one is asked about" 1 "$(grep -c 'Amazon refused MUG' <<<"$account")"
prices 2
check "the rest follows" "1 6.50 6.00" "$(feeds) $(of CUP) $(of MUG)"
prices 3
check "and nothing more, before an answer" 1 "$(feeds)"
stop
echo "stock: $passed of $((passed + failed))"
[ "$failed" -eq 0 ]
