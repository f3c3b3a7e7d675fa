#!/bin/sh
# tools/amazon_state: puts reports and orders where the local SP-API finds them.
#
#   amazon_state.sh STATE report TYPE FILE..     documents of a report type, to be served once each
#   amazon_state.sh STATE orders FILE..          the orders of searchOrders answers, one by one; later ones replace
#   amazon_state.sh STATE shipping FILE..        the orders of XML order reports that are not there yet
#   amazon_state.sh STATE listings FILE..        listings: lines of SKU, channel, quantity, price, parted by tabs
#   amazon_state.sh STATE again                  what was served may be served again
set -eu
state=$1
what=$2
shift 2
case $what in
report)
  type=$1
  shift
  mkdir -p "$state/reports/$type"
  cp "$@" "$state/reports/$type/"
  ;;
orders)
  mkdir -p "$state/orders"
  python3 - "$state/orders" "$@" <<'PYTHON'
import json, os, sys
folder, files = sys.argv[1], sys.argv[2:]
for name in files:
    with open(name, encoding="utf-8") as source:
        # Numbers keep their digits.
        for order in json.load(source, parse_float=str)["orders"]:
            with open(os.path.join(folder, order["orderId"] + ".json"), "w", encoding="utf-8") as out:
                json.dump(order, out)
PYTHON
  ;;
shipping)
  mkdir -p "$state/orders"
  python3 - "$state/orders" "$@" <<'PYTHON'
import json, os, sys
import xml.etree.ElementTree as tree
folder, files = sys.argv[1], sys.argv[2:]
for name in files:
    for order in tree.parse(name).getroot().iter("OrderReport"):
        path = os.path.join(folder, order.findtext("AmazonOrderID") + ".json")
        if os.path.exists(path):
            continue
        items = [{"orderItemId": item.findtext("AmazonOrderItemCode"), "quantityOrdered": int(item.findtext("Quantity")),
                  "product": {"sellerSku": item.findtext("SKU")}} for item in order.iter("Item")]
        with open(path, "w", encoding="utf-8") as out:
            json.dump({"orderId": order.findtext("AmazonOrderID"), "createdTime": order.findtext("OrderDate"),
                       "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"}, "orderItems": items}, out)
PYTHON
  ;;
listings)
  mkdir -p "$state/listings"
  python3 - "$state/listings" "$@" <<'PYTHON'
import os, sys, urllib.parse
folder, files = sys.argv[1], sys.argv[2:]
for name in files:
    for line in open(name, encoding="utf-8"):
        sku, channel, quantity, price = line.rstrip("\n").split("\t")
        text = sku.replace("\\", "\\\\").replace('"', '\\"')
        stock = f'"quantity": {quantity}, ' if quantity else ""
        with open(os.path.join(folder, urllib.parse.quote(sku, safe="") + ".json"), "w", encoding="utf-8") as out:
            out.write(f'{{"sku": "{text}", "productType": "PRODUCT", "attributes": {{"fulfillment_availability": [{{{stock}'
                      f'"fulfillment_channel_code": "{channel}"}}], "purchasable_offer": [{{"marketplace_id": "ATVPDKIKX0DER", '
                      f'"currency": "USD", "audience": "ALL", "our_price": [{{"schedule": [{{"value_with_tax": {price}}}]}}]}}]}}}}\n')
PYTHON
  ;;
again) rm -rf "$state/served" ;;
*) echo "amazon_state: report, orders, shipping, listings or again" >&2; exit 2 ;;
esac
