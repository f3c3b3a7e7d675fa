#!/usr/bin/env python3
"""tools/shipment_play: what Amazon's shipment reports make of FBA orders in a sandbox company, good ones and bad ones.

Run in an empty folder. Every scenario is an order of its own, with the parcels of each night's report; the report holds all
that was told so far, as its trailing window does, and Process Manager's stand-in works by day. Prints for each scenario how
order and shippers stand, and what was asked; proves that no shipper's amounts differ from its lines, and that a further night
changes nothing.
"""
import os
import sqlite3
import sys
from datetime import datetime, timedelta

import order_play as play
from order_model import Item, Order, seconds
from order_reports import SearchOrders, Shipments

KETTLE, KNIFE, PAN, TEA = "HOK-KETTLE-1.5L-BLK", "HOK-KNIFE-PARING", "HOK-PAN-CI-10", "HOK-BUNDLE-TEA"
LONG = "420430009400000000000000000000000099"


class Scenario:
    """items: (SKU, quantity); nights: what each night's report adds, (item, quantity, {column: other text})."""

    def __init__(self, at, name, items, nights, **other):
        self.name, self.nights, self.other = name, nights, other
        self.number = f"902-{at:07d}-{at:07d}"
        self.items = [Item(f"{92000000000000 + at * 10 + i}", sku, sku, quantity, 2899 * quantity) for i, (sku, quantity) in enumerate(items)]
        self.asked = []

    def order(self):
        return Order(self.number, seconds(self.other.get("placed", "2026-11-14T12:00:00Z")), self.items, amazon=True,
                     market=self.other.get("market", "Amazon.com"), city="Exampleton", state="NJ", code="07000")

    def rows(self, at):
        told = 0
        for night in range(min(at + 1, len(self.nights))):
            for which, quantity, changed in self.nights[night]:
                told += 1
                parcel = Parcel(self.order(), self.items[which], quantity, f"{self.number[:3]}{self.number[-4:]}P{told}")
                yield [{**row, **changed} for row in Shipments().rows(parcel)][0]


class Parcel:
    share = (1, 1)

    def __init__(self, order, item, quantity, name):
        self.order, self.item, self.quantity, self.shipment = order, item, quantity, name
        self.carrier, self.tracking = "UPS", f"1Z{name}"
        self.sent = order.placed + 86400


def again(name):
    """Another row of the same parcel."""
    return {"shipment-id": name, "shipment-item-id": name}


SCENARIOS = [
    ("whole", [(PAN, 2)], [[(0, 2, {})]]),
    ("a row twice", [(PAN, 2)], [[(0, 2, again("D1")), (0, 2, again("D1"))]]),
    ("a row twice, and other units", [(PAN, 2)], [[(0, 1, again("D2")), (0, 2, again("D2"))]]),
    ("two items in two parcels", [(PAN, 1), (KNIFE, 2)], [[(0, 1, {}), (1, 2, {})]]),
    ("one item first", [(PAN, 1), (KNIFE, 2)], [[(0, 1, {})], [], [(1, 2, {})]]),
    ("units of one item in three parcels", [(PAN, 3)], [[(0, 1, {})], [(0, 1, {})], [], [], [(0, 1, {})]]),
    ("a bundle, one of two", [(TEA, 2)], [[(0, 1, {})]]),
    ("a bundle, the other one later", [(TEA, 2)], [[(0, 1, {})], [], [(0, 1, {})]]),
    ("no such order", [(PAN, 1)], [[(0, 1, {})]]),
    ("no such SKU", [(PAN, 1)], [[(0, 1, {"sku": "HOK-OTHER", "amazon-order-item-id": "929"})]]),
    ("more than ordered", [(PAN, 2)], [[(0, 3, {})]]),
    ("nothing shipped", [(PAN, 2)], [[(0, 0, {})]]),
    ("to come", [(PAN, 2)], [[(0, 2, {"shipment-date": "2027-03-01T06:00:00+00:00"})]]),
    ("before it was placed", [(PAN, 2)], [[(0, 2, {"shipment-date": "2026-11-01T06:00:00+00:00"})]]),
    ("a tracking number of 36", [(PAN, 1)], [[(0, 1, {"tracking-number": LONG})]]),
    ("no tracking number", [(PAN, 1)], [[(0, 1, {"tracking-number": ""})]]),
    ("a carrier nobody knows", [(PAN, 1)], [[(0, 1, {"carrier": "SNAIL"})]]),
    ("cancelled in SL", [(PAN, 1)], [[(0, 1, {})]]),
    ("SL's line has no order-item-id", [(PAN, 1)], [[(0, 1, {})]]),
    ("nor have two lines of one SKU", [(PAN, 1), (PAN, 1)], [[(0, 1, {})]]),
    ("held again by a clerk", [(PAN, 1)], [[(0, 1, {})]]),
    ("confirmed before Amazon's figures", [(PAN, 2)], [[(0, 1, {})], [], [(0, 1, {})]]),
    ("SL's shipper has fewer", [(PAN, 3)], [[(0, 3, {})]]),
    ("another shop's", [(PAN, 1)], [[(0, 1, {})]]),
    ("in the books already", [(PAN, 1)], [[(0, 1, {})]]),
]
OTHER = {"another shop's": {"market": "Non-Amazon US"}, "in the books already": {"placed": "2026-09-14T12:00:00Z"}}
BY_HAND = {  # in SL, by scenario: before the first report, and after SL made its shippers on the first day
    "cancelled in SL": ("UPDATE SOHeader SET Status = 'C', Cancelled = 1 WHERE CustOrdNbr = '{0}'", None),
    "SL's line has no order-item-id": ("UPDATE SOLine SET User1 = ' ' WHERE User1 LIKE '{1}%'", None),
    "nor have two lines of one SKU": ("UPDATE SOLine SET User1 = ' ' WHERE User1 LIKE '{1}%'", None),
    "SL's shipper has fewer": (None, "UPDATE SOShipLine SET QtyShip = 1, CuryTotMerch = 28.99 WHERE ShipperID IN "
                                     "(SELECT ShipperID FROM SOShipHeader WHERE CustOrdNbr = '{0}')"),
    "confirmed before Amazon's figures": (None, "UPDATE SOShipHeader SET ShippingConfirmed = 1, Status = 'C' WHERE CustOrdNbr = '{0}'"),
}


def by_hand(scenarios, turn):
    company = sqlite3.connect(play.COMPANY)
    for scenario in scenarios:
        sql = BY_HAND.get(scenario.name, (None, None))[turn]
        if sql:
            company.execute(sql.format(scenario.number, scenario.items[0].code[:-1]))
    company.commit()


def report(scenarios, at):
    day = datetime(2026, 11, 20) + timedelta(days=at)
    lines = [Shipments().begin()]
    for scenario in scenarios:
        lines += ["\t".join(str(row.get(name, "")) for name in Shipments.columns) + "\n" for row in scenario.rows(at)]
    play.drop("fba-shipments", "shipments.txt", "".join(lines))
    play.call("run", "fba-shipments", "--now", day.strftime("%Y-%m-%dT10:00:00Z"))
    if at == 0:
        hold = sqlite3.connect(play.COMPANY)
        hold.execute("UPDATE SOHeader SET AdminHold = 1 WHERE CustOrdNbr = ?", (scenarios[20].number,))
        hold.commit()
    play.fake("work", scenarios, day.strftime("%Y-%m-%dT12:00:00"))


def shippers(scenario, company):
    for shipper, via, tracking, day, units, merch, lines in company.execute(
            "SELECT h.ShipperID, h.ShipViaID, h.TrackingNbr, h.ShipDateAct, (SELECT GROUP_CONCAT(printf('%g', QtyShip)) FROM SOShipLine l "
            "WHERE l.ShipperID = h.ShipperID), h.CuryTotMerch, (SELECT SUM(CuryTotMerch) FROM SOShipLine l WHERE l.ShipperID = h.ShipperID) "
            "FROM SOShipHeader h WHERE h.CustOrdNbr = ? ORDER BY h.ShipperID", (scenario.number,)):
        boxes = company.execute("SELECT COUNT(*), GROUP_CONCAT(TrackingNbr, ' ') FROM SOShipPack WHERE ShipperID = ?", (shipper,)).fetchone()
        words = [f"units {units}", via.strip(), tracking.strip() or "no tracking", day[:10] if day > "1901" else "no day"]
        if boxes[0]:
            words.append(f"{boxes[0]} boxes: {boxes[1]}")
        if abs(merch - lines) > 0.001:
            words.append(f"amounts differ: {merch} and {lines}")
        yield "shipper " + ", ".join(words)


def main():
    scenarios = [Scenario(at + 1, *words, **OTHER.get(words[0], {})) for at, words in enumerate(SCENARIOS)]
    play.make_site()
    orders = [scenario.order() for scenario in scenarios if scenario.name != "no such order"]
    play.drop("fba-orders", "orders.json", play.report(SearchOrders(), orders))
    play.call("run", "fba-orders", "--now", "2026-11-20T09:00:00Z")
    by_hand(scenarios, 0)
    for at in range(8):
        report(scenarios, at)
        if at == 0:
            by_hand(scenarios, 1)
    company = sqlite3.connect(play.COMPANY)
    before = play.dump(company)
    report(scenarios, 8)
    print("a further night changes " + ("nothing" if play.dump(company) == before else "something"))
    play.questions(scenarios)
    for scenario in scenarios:
        print(f"{scenario.name}: {play.standing(scenario, company)}")
        for words in shippers(scenario, company):
            print("    " + words)
        for text in scenario.asked:
            print("    ? " + play.masked(text))


if __name__ == "__main__":
    sys.exit(main())
