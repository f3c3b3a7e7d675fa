#!/bin/sh
# tools/amazon_state: puts reports and orders where the local SP-API finds them.
#
#   amazon_state.sh STATE report TYPE FILE..     documents of a report type, to be served once each
#   amazon_state.sh STATE orders FILE..          the orders of searchOrders answers, one by one; later ones replace
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
again) rm -rf "$state/served" ;;
*) echo "amazon_state: report, orders or again" >&2; exit 2 ;;
esac
