"""tools/check_orders: proves that the demo's orders are what tests/demo/README.md says, and the same in every source.

Makes the files again and compares the bytes, then reads each report on its own
and compares what it says of each order: its total, its items, their SKUs.
Exit 0 when all is well, 1 with every fault listed.
"""
import csv
import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "tests/demo/orders"
PRICES = ("item-price", "item-tax", "shipping-price", "shipping-tax", "gift-wrap-price", "gift-wrap-tax")
OFF = ("item-promotion-discount", "ship-promotion-discount")
BYTES_MOST = 60 * 1024


def table(name, charset="utf-8"):
    with open(DEMO / name, encoding=charset, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def amounts(row, names):
    return sum(Decimal(row[name]) for name in names if row.get(name))


class Orders(dict):
    """order-id: (total, sorted SKUs with quantities); items without a price are left out of both."""

    def add(self, number, total, sku, quantity):
        before, items = self.get(number, (Decimal(0), []))
        self[number] = (before + total, sorted([*items, (sku, int(quantity))]))


def of_report(name, charset="utf-8"):
    """An item has a row for each promotion: prices once, and each promotion once."""
    orders, seen = Orders(), set()
    for row in table(name, charset):
        item = row["order-item-id"]
        if item not in seen:
            orders.add(row["order-id"], amounts(row, PRICES), row["sku"], row["quantity-purchased"])
        for kind, discount in (("item-promotion-id", OFF[0]), ("ship-promotion-id", OFF[1])):
            if row[kind] and (item, row[kind]) not in seen:
                seen.add((item, row[kind]))
                total, items = orders[row["order-id"]]
                orders[row["order-id"]] = (total - Decimal(row[discount]), items)
        seen.add(item)
    return orders


def of_all_orders(name):
    orders = Orders()
    for row in table(name):
        if row["item-price"]:
            orders.add(row["amazon-order-id"], amounts(row, PRICES) - amounts(row, OFF), row["sku"], row["quantity"])
    return orders


def of_xml(name, order_tag, item_tag):
    orders = Orders()
    for order in ET.parse(DEMO / name).getroot().iter(order_tag):
        for item in order.iter(item_tag):
            if item.find("ItemPrice") is None:
                continue
            total = sum(Decimal(amount.text) for amount in item.iter("Amount"))  # discounts are negative there
            total -= sum(Decimal(off.text) for name in ("ItemPromotionDiscount", "ShipPromotionDiscount")
                         for off in item.iter(name))
            orders.add(order.findtext("AmazonOrderID"), total, item.findtext("SKU"), item.findtext("Quantity"))
    return orders


def of_search_orders(name, faults):
    orders = Orders()
    for order in json.loads((DEMO / name).read_text("utf-8"), parse_float=Decimal)["orders"]:
        stated = order.get("proceeds", {}).get("grandTotal", {}).get("amount")
        for item in order["orderItems"]:
            if "proceeds" in item:
                parts = sum(Decimal(part["subtotal"]["amount"]) for part in item["proceeds"]["breakdowns"])
                orders.add(order["orderId"], parts, item["product"]["sellerSku"], item["quantityOrdered"])
        if stated is not None and Decimal(stated) != orders[order["orderId"]][0]:
            faults.append(f"{name}: {order['orderId']} says {stated}, its parts come to {orders[order['orderId']][0]}")
    return orders


def compare(faults, name, orders, others, all_of_them=True):
    for number, said in orders.items():
        if number not in others:
            faults.append(f"{name}: {number} is in no other source")
        elif others[number] != said:
            faults.append(f"{name}: {number} is {said}, elsewhere {others[number]}")
    if all_of_them and len(orders) != len(others):
        faults.append(f"{name}: {len(orders)} orders, elsewhere {len(others)}")


def check_bytes(faults):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-B", "tests/demo/make_orders.py", "--demo", folder], check=True, cwd=ROOT)
        made = {path.name: path.read_bytes() for path in Path(folder).iterdir()}
    kept = {path.name: path.read_bytes() for path in DEMO.iterdir()}
    for name in sorted(made.keys() | kept.keys()):
        if made.get(name) != kept.get(name):
            faults.append(f"{name}: differs from what make_orders.py makes")
        elif len(made[name]) >= BYTES_MOST:
            faults.append(f"{name}: {len(made[name])} bytes, at most {BYTES_MOST - 1}")


def main():
    faults = []
    check_bytes(faults)
    every, mine = of_all_orders("all-orders.txt"), of_report("order-report.txt")
    compare(faults, "all-orders.xml", of_xml("all-orders.xml", "Order", "OrderItem"), every)
    compare(faults, "orders.xml", of_xml("orders.xml", "OrderReport", "Item"), mine)
    compare(faults, "order-report.txt", mine, every, False)
    for name in ("search-orders-merchant.json", "search-orders-fba.json"):
        compare(faults, name, of_search_orders(name, faults), every, False)
    compare(faults, "search-orders-later.json", of_search_orders("search-orders-later.json", faults),
            of_all_orders("all-orders-later.txt"))
    compare(faults, "actionable.txt", {row["order-id"]: 0 for row in table("actionable.txt")}, {n: 0 for n in mine})
    print(f"{len(every)} orders with prices, {sum(total for total, _ in every.values())} USD; "
          f"{len(mine)} of merchants, {sum(total for total, _ in mine.values())} USD; "
          f"{sum(total for total, _ in of_report('order-report-de.txt', 'windows-1252').values())} EUR")
    for fault in faults:
        print(f"check_orders: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
